package workflows_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"coachflow/workflows"
)

// receives stores a mail and starts its workflow, as the ingest does.
func (s *served) takesIn(t *testing.T, raw []byte) uuid.UUID {
	t.Helper()
	mails, err := s.domain.Inbox.Store(t.Context(), s.arrives(raw))
	require.NoError(t, err)
	require.Len(t, mails, 1)
	_, err = s.temporal.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: workflows.InboundMailID(mails[0].ID), TaskQueue: workflows.TaskQueue},
		workflows.InboundMail, workflows.InboundMailInput{Org: mails[0].Org, ID: mails[0].ID})
	require.NoError(t, err)
	return mails[0].ID
}

func (s *served) settles(t *testing.T, id uuid.UUID, state string) {
	t.Helper()
	require.Eventually(t, func() bool { return s.mailState(id) == state }, 10*time.Second, 20*time.Millisecond)
}

func (s *served) postsMail(t *testing.T) {
	id := s.takesIn(t, s.letter("Server mail", "It is posted."))
	s.settles(t, id, "posted")
	require.NoError(t, s.temporal.GetWorkflow(t.Context(), workflows.InboundMailID(id), "").Get(t.Context(), nil))
}

func (s *served) releasesMail(t *testing.T) {
	ctx := t.Context()
	forged := func() []byte {
		return []byte(strings.Replace(string(s.letter("Server forged", "Believe me.")), "dmarc=pass", "dmarc=fail", 1))
	}
	id := s.takesIn(t, forged())
	s.settles(t, id, "quarantined dmarc_failed")
	released, err := s.app.ReleaseInboundMail(ctx, s.admin, id)
	require.NoError(t, err)
	require.Equal(t, "posted", released.State)
	require.NotNil(t, released.ReleasedAt)
	_, err = s.app.ReleaseInboundMail(ctx, s.admin, id)
	require.Equal(t, "mail_not_quarantined", (&told{T: t}).refuses(nil, err))

	id = s.takesIn(t, forged())
	s.settles(t, id, "quarantined dmarc_failed")
	discarded, err := s.app.DiscardInboundMail(ctx, s.admin, id)
	require.NoError(t, err)
	require.Equal(t, "discarded", discarded.State)
	require.NoError(t, s.temporal.GetWorkflow(ctx, workflows.InboundMailID(id), "").Get(ctx, nil))
}
