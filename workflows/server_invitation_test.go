package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"coachflow/app"
	"coachflow/workflows"
)

// On a real server: the application starts the workflow, tells a running one of
// a second invitation, and of the end.
func TestServed_InvitationIsFollowedToItsEnd(t *testing.T) {
	s := serve(t)
	for _, end := range []string{"accepted", "ran_out"} {
		s.recordInvitation(t, end)
		require.Eventually(t, func() bool { return len(s.pending()) == 0 }, 20*time.Second, 20*time.Millisecond, "also the word to the admins, which leaves by itself")
	}
	person := s.person("Late Okri", "coach", "late@acme.test")
	made, err := s.app.Invite(t.Context(), s.admin, app.InvitationInput{PersonID: person.ID})
	require.NoError(t, err)
	_, err = s.app.WithdrawInvitation(t.Context(), s.admin, made.ID)
	require.NoError(t, err)
	ends(t, s.temporal, workflows.InvitationID(person.ID))
	require.Empty(t, s.mails.to("late@acme.test"), "taken back in time")
	s.recordNotice(t)
	require.Len(t, s.mails.to("ada@acme.test"), 2, "the word about who did not come, and the link")
}

// The account comes, and the program that runs on a real server sends what
// was held.
func TestServed_HeldMailLeavesWithTheAccount(t *testing.T) {
	s := serve(t)
	s.recordHeld(t)
	require.Len(t, s.mails.to(ben), 2)
}

// What was saved while the engine was away is found by the sweep: an invitation
// without a workflow, one whose workflow did not hear that it was replaced, and
// a single mail.
func TestServed_TheSweepFindsInvitationsAndMails(t *testing.T) {
	s := serve(t)
	first := s.person("Nora Okri", "coach", "nora@acme.test")
	running := s.person("Omar Okri", "coach", "omar@acme.test")
	_, err := s.app.Invite(t.Context(), s.admin, app.InvitationInput{PersonID: running.ID})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(s.mails.to("omar@acme.test")) == 1 }, 20*time.Second, 20*time.Millisecond)

	s.app.Temporal = &away{}
	for _, person := range []app.Person{first, running} {
		_, err := s.app.Invite(t.Context(), s.admin, app.InvitationInput{PersonID: person.ID})
		require.NoError(t, err, "it is saved")
	}
	require.NoError(t, s.app.AskNewPassword(t.Context(), "ada@acme.test"))
	s.app.Temporal = s.temporal
	s.exec("UPDATE invitations SET invited_at = invited_at - interval '1 minute', send_at = send_at - interval '1 minute' WHERE taken_up_at IS NULL")
	s.exec("UPDATE notifications SET planned_at = planned_at - interval '1 minute' WHERE state = 'planned'")
	for range 2 { // a second sweep finds nothing more to do
		s.sweep(t)
		require.Eventually(t, func() bool {
			return len(s.mails.to("nora@acme.test")) == 1 && len(s.mails.to("omar@acme.test")) == 2 && len(s.mails.to("ada@acme.test")) == 1
		}, 20*time.Second, 20*time.Millisecond)
	}
	require.Len(t, s.mails.all(), 4)
	for _, person := range []app.Person{first, running} {
		require.NoError(t, s.app.SetPassword(t.Context(), s.admin, app.PasswordInput{Person: person.ID, Password: secret}))
		require.NoError(t, s.temporal.SignalWorkflow(t.Context(), workflows.InvitationID(person.ID), "", workflows.LookAgainSignal, nil))
		ends(t, s.temporal, workflows.InvitationID(person.ID))
	}
}

// ends waits for the end of a workflow, and finds that it went well.
func ends(t *testing.T, c client.Client, id string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(t, c.GetWorkflow(ctx, id, "").Get(ctx, nil))
}
