package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"coachflow/mail/compose"
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
	s.over(t, workflows.InboundMailID(id))
}

// forgedLetter is a mail that is put into quarantine.
func (s *served) forgedLetter(text string) []byte {
	return []byte(strings.Replace(string(s.letter("Server forged", text)), "dmarc=pass", "dmarc=fail", 1))
}

// quarantines takes a forged mail in, and waits until it is in quarantine.
func (s *served) quarantines(t *testing.T, text string) uuid.UUID {
	t.Helper()
	id := s.takesIn(t, s.forgedLetter(text))
	s.settles(t, id, "quarantined dmarc_failed")
	return id
}

// over waits for the end of a workflow, and finds that it went well.
func (s *served) over(t *testing.T, workflow string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(t, s.temporal.GetWorkflow(ctx, workflow, "").Get(ctx, nil))
}

func (s *served) releasesMail(t *testing.T) {
	ctx := t.Context()
	id := s.quarantines(t, "Believe me.")
	for range 2 { // the second time, it is the same
		released, err := s.app.ReleaseInboundMail(ctx, s.admin, id)
		require.NoError(t, err)
		require.Equal(t, "posted", released.State)
		require.NotNil(t, released.ReleasedAt)
	}
	_, err := s.app.DiscardInboundMail(ctx, s.admin, id)
	require.Equal(t, "mail_not_quarantined", (&told{T: t}).refuses(nil, err))
	require.Equal(t, 1, s.postedWith("Believe me."))

	id = s.quarantines(t, "Believe me, too.")
	for range 2 {
		discarded, err := s.app.DiscardInboundMail(ctx, s.admin, id)
		require.NoError(t, err)
		require.Equal(t, "discarded", discarded.State)
	}
	_, err = s.app.ReleaseInboundMail(ctx, s.admin, id)
	require.Equal(t, "mail_not_quarantined", (&told{T: t}).refuses(nil, err))
	s.over(t, workflows.InboundMailID(id))
}

// postedWith counts the messages with a text.
func (s *served) postedWith(text string) int {
	return s.count("SELECT count(*) FROM messages WHERE body = $1", text)
}

// However much spam comes, none of it keeps a workflow open.
func (s *served) quarantinesMany(t *testing.T) {
	var ids []uuid.UUID
	for i := range 50 {
		ids = append(ids, s.takesIn(t, s.forgedLetter(fmt.Sprint("Spam ", i))))
	}
	for _, id := range ids {
		s.over(t, workflows.InboundMailID(id))
		require.Equal(t, "quarantined dmarc_failed", s.mailState(id))
	}
}

// What an admin decides is saved: the sweep posts it where the engine was away, and where
// the worker dies on the way, the next one goes on.
func (s *served) releaseIsKept(t *testing.T) {
	id := s.quarantines(t, "Engine away.")
	s.app.Temporal = &away{}
	m, err := s.app.ReleaseInboundMail(t.Context(), s.admin, id)
	s.app.Temporal = s.temporal
	require.NoError(t, err)
	require.True(t, m.BeingPosted())
	s.exec("UPDATE inbound_mails SET released_at = released_at - interval '1 minute' WHERE id = $1", id)
	require.Len(t, s.sweep(t).LetThrough, 1)
	s.settles(t, id, "posted")
	require.Equal(t, 1, s.postedWith("Engine away."))
	require.Empty(t, s.sweep(t).LetThrough)

	id = s.quarantines(t, "Worker dies.")
	s.mails.clear()
	tried := make(chan struct{}, 100)
	s.mails.refuse(func(compose.Outgoing) error {
		tried <- struct{}{}
		return errors.New("the mail server is away")
	})
	answered := make(chan error, 1)
	go func() {
		_, err := s.app.ReleaseInboundMail(t.Context(), s.admin, id)
		answered <- err
	}()
	<-tried // it is posted, and its mail has not left
	s.rest()
	s.mails.refuse(nil)
	s.outage()
	s.work()
	require.NoError(t, <-answered)
	s.over(t, workflows.MailReleaseID(id))
	require.Equal(t, 1, s.postedWith("Worker dies."))
	require.Len(t, s.mails.to(ben), 1)
}

// Runs of the version before wait for a decision. A release does not need them, and the
// sweep has them end.
func (s *served) endsWaitingRuns(t *testing.T) {
	s.sweepAll(t)
	s.rest()
	before := sdk.New(s.temporal, workflows.TaskQueue, sdk.Options{Identity: "worker"})
	before.RegisterWorkflowWithOptions(workflows.InboundMailBefore, workflow.RegisterOptions{Name: "InboundMail"})
	mails := sdk.New(s.temporal, workflows.MailTaskQueue, sdk.Options{DisableWorkflowWorker: true, Identity: "worker"})
	s.workers = []sdk.Worker{before, mails}
	for _, w := range s.workers {
		w.RegisterActivity(s.activities)
		require.NoError(t, w.Start())
	}
	released, undecided := s.quarantines(t, "Waits, is released."), s.quarantines(t, "Waits.")
	for _, id := range []uuid.UUID{released, undecided} {
		require.Eventually(t, func() bool { return s.waitsFor(t, id) }, 10*time.Second, 20*time.Millisecond)
	}
	s.rest()
	s.work()

	m, err := s.app.ReleaseInboundMail(t.Context(), s.admin, released)
	require.NoError(t, err)
	require.Equal(t, "posted", m.State)
	require.Equal(t, 1, s.postedWith("Waits, is released."))
	s.exec("UPDATE inbound_mails SET settled_at = settled_at - interval '1 minute'")
	require.Len(t, s.sweep(t).Waiting, 2)
	s.over(t, workflows.InboundMailID(released))
	s.over(t, workflows.InboundMailID(undecided))
	require.Equal(t, "quarantined dmarc_failed", s.mailState(undecided))
	require.Empty(t, s.sweep(t).Waiting)
	require.Equal(t, 1, s.postedWith("Waits, is released."))
}

// sweepAll leaves nothing to sweep of the tests before.
func (s *served) sweepAll(t *testing.T) {
	t.Helper()
	s.exec("UPDATE inbound_mails SET run_ended = true")
	require.Empty(t, s.sweep(t).Waiting)
}

// waitsFor tells whether the run of a mail has a timer, for the decision.
func (s *served) waitsFor(t *testing.T, id uuid.UUID) bool {
	t.Helper()
	events := s.temporal.GetWorkflowHistory(t.Context(), workflows.InboundMailID(id), "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		require.NoError(t, err)
		if event.EventType == enums.EVENT_TYPE_TIMER_STARTED {
			return true
		}
	}
	return false
}
