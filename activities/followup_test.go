package activities_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/mail/compose"
	"coachflow/mail/deliver"
	"coachflow/program"
)

// steps are the planned and sent steps of the first item, by state.
func (s *story) steps() map[string]string {
	s.Helper()
	list, err := s.app.ListNotifications(s.Context(), s.admin, &s.engagement.ID, "", app.Paging{})
	require.NoError(s, err)
	found := map[string]string{}
	for _, n := range list.Items {
		if n.ItemID != nil && *n.ItemID == s.items[0].ID {
			_, twice := found[n.Step]
			require.False(s, twice, "%s is planned twice", n.Step)
			found[n.Step] = n.State
		}
	}
	return found
}

var wholePlan = map[string]string{"request": "sent", "reminder-1": "planned", "reminder-2": "planned", "reminder-3": "planned",
	"reminder-4": "planned", "reminder-5": "planned", "escalation": "planned"}

// refusing takes no mail, as a server that is away.
type refusing struct{ deliver.Transport }

func (refusing) Send(context.Context, compose.Outgoing) (deliver.Receipt, error) {
	return deliver.Receipt{}, errors.New("away")
}

// The reminders are planned with the first mail, and do not wait for it.
func TestR4_AMailThatIsNotTakenHasItsRemindersPlanned(t *testing.T) {
	t.Parallel()
	s := newWorld(t).start(coaching.AfterPrior)
	s.domain.Outbox.Mail = refusing{s.mails}
	_, err := s.activities.TakeStep(s.Context(), s.command(0, time.Hour, "issue"))
	require.ErrorContains(t, err, "not taken")
	waiting := s.steps()
	require.Equal(t, "sending", waiting["request"])
	require.Equal(t, "planned", waiting["reminder-1"])
	s.domain.Outbox.Mail = s.mails
	s.does(s.activities.TakeStep(s.Context(), s.command(0, time.Hour, "issue")))
	require.Equal(t, wholePlan, s.steps())
}

// dying is a worker that dies when its mail has left.
type dying struct {
	deliver.Transport
	die func()
}

func (d dying) Send(ctx context.Context, o compose.Outgoing) (deliver.Receipt, error) {
	receipt, err := d.Transport.Send(ctx, o)
	d.die()
	return receipt, err
}

func TestR4_ARepeatLeavesThePlanAsItIs(t *testing.T) {
	t.Parallel()
	s := newWorld(t).start(coaching.AfterPrior)
	ctx, cancel := context.WithCancel(s.Context())
	s.domain.Outbox.Mail = dying{s.mails, cancel}
	_, err := s.activities.TakeStep(ctx, s.command(0, time.Hour, "issue"))
	require.NoError(t, err, "what is known is written down, whatever ends the attempt")
	require.Equal(t, wholePlan, s.steps(), "what was planned stands")
	s.domain.Outbox.Mail = s.mails
	change := s.does(s.activities.TakeStep(s.Context(), s.command(0, time.Hour, "issue")))
	require.Equal(t, coaching.Open, change.Items[0].Status)
	require.Equal(t, wholePlan, s.steps())
	require.Len(t, s.mails.list, 1)
}

// lost is a worker that dies when its mail has left, before it can write
// anything down.
type lost struct{ deliver.Transport }

func (l lost) Send(ctx context.Context, o compose.Outgoing) (deliver.Receipt, error) {
	_, _ = l.Transport.Send(ctx, o)
	panic("killed")
}

// Of a mail that was answered before anybody wrote down that it left, the row
// does not say that it stayed.
func TestActivities_AnAnswerToAMailWhoseEndNobodyKnows(t *testing.T) {
	t.Parallel()
	request := func(s *story) app.Notification {
		list, err := s.app.ListNotifications(s.Context(), s.admin, &s.engagement.ID, "", app.Paging{})
		require.NoError(s, err)
		return list.Items[0]
	}
	answered := func(transport deliver.Transport) app.Notification {
		s := newWorld(t).start(coaching.AfterPrior)
		s.domain.Outbox.Mail = transport
		func() {
			defer func() { _ = recover() }()
			_, err := s.activities.TakeStep(s.Context(), s.command(0, time.Hour, "issue"))
			require.Error(t, err)
		}()
		require.Equal(t, "sending", request(s).State)
		s.read()
		s.does(s.activities.TakeAnswer(s.Context(), s.submits(0)))
		return request(s)
	}
	unknown := answered(lost{&outbox{}})
	require.Equal(t, "cancelled", unknown.State)
	require.Equal(t, "answered, while it was being handed over: it may have arrived", unknown.StateReason)
	require.Equal(t, "answered", answered(refusing{}).StateReason, "it was not taken")
}

// What is skipped while its first mail leaves has no reminders.
func TestR4_RemindersAreAsThingsStand(t *testing.T) {
	t.Parallel()
	s := newWorld(t).start(coaching.AfterPrior)
	var skipped program.Change
	s.domain.Outbox.Mail = dying{s.mails, func() {
		skipped = s.does(s.activities.SkipItem(s.Context(), s.command(0, time.Hour, "skip")))
	}}
	change := s.does(s.activities.TakeStep(s.Context(), s.command(0, time.Hour, "issue")))
	require.Equal(t, coaching.Skipped, skipped.Items[0].Status)
	require.Greater(t, skipped.Items[0].Revision, change.Items[0].Revision, "the workflow goes by the newest state")
	steps := s.steps()
	require.Equal(t, "sent", steps["request"])
	delete(steps, "request")
	for step, state := range steps {
		require.Equal(t, "cancelled", state, step)
	}
}

// Rows that are changed beside the workflow are noted until the workflow has read them.
func TestProgram_WhatIsChangedBesideTheWorkflowIsReadAgain(t *testing.T) {
	t.Parallel()
	s := newWorld(t).start(coaching.AfterPrior)
	s.does(s.activities.LoadProgram(t.Context(), s.onProgram(time.Minute, "load")))
	require.False(t, s.unread())
	other := s.person("Carl", "coach", "carl@acme.test")
	e, err := s.app.GetEngagement(t.Context(), s.admin, s.engagement.ID)
	require.NoError(t, err)
	_, err = s.app.UpdateEngagement(t.Context(), s.admin, e.ID, e.ProgramRevision, app.EngagementChange{CoachID: &other.ID})
	require.NoError(t, err, "the engine is away, and that is no matter")
	require.True(t, s.unread())
	change := s.does(s.activities.LoadProgram(t.Context(), s.onProgram(time.Hour, "load")))
	require.Len(t, change.Order, 1, "all of it")
	require.False(t, s.unread())
}

// unread reports whether the recovery sweep would tell the program's workflow.
func (s *story) unread() bool {
	s.Helper()
	found, err := s.domain.Outbox.DB.Across().SweepPrograms(s.Context(), time.Now().Add(time.Hour), 100)
	require.NoError(s, err)
	return len(found) > 0
}

// A program that is taken up by a workflow of its own, at whatever point, goes on from
// its rows: the next steps are those that were known before.
func TestProgram_NextStepsComeFromTheRows(t *testing.T) {
	t.Parallel()
	s := newWorld(t).start(coaching.AfterPrior, coaching.AfterPrior)
	ctx := t.Context()
	before := s.does(s.activities.LoadProgram(ctx, s.onProgram(0, "load")))
	require.Equal(t, coaching.IssueStep, before.Items[0].Next.Step)
	require.Equal(t, coaching.NoStep, before.Items[1].Next.Step, "it waits for the first")
	sent := s.does(s.activities.TakeStep(ctx, s.command(0, time.Hour, "issue")))
	require.Equal(t, coaching.ReminderStep, sent.Items[0].Next.Step)
	again := s.does(s.activities.LoadProgram(ctx, s.onProgram(2*time.Hour, "load")))
	require.Equal(t, sent.Items[0].Next, again.Items[0].Next)
	s.read()
	answered := s.does(s.activities.TakeAnswer(ctx, s.submits(0)))
	require.Len(t, answered.Items, 2, "the answered one, and the one whose turn it is")
	require.Equal(t, coaching.NoStep, answered.Items[0].Next.Step)
	require.Equal(t, coaching.IssueStep, answered.Items[1].Next.Step)
	repeated := s.does(s.activities.TakeAnswer(ctx, s.submits(0)))
	require.Equal(t, answered.Items, repeated.Items, "a repeat tells all of it: the first answer may not have arrived")
}

// Of a mail whose attempt was cut off, the program knows that it is still to be sent.
func TestR1_APauseHoldsAMailWhoseAttemptWasCutOff(t *testing.T) {
	t.Parallel()
	s := newWorld(t).start(coaching.AfterPrior)
	ctx := t.Context()
	s.domain.Outbox.Mail = refusing{s.mails}
	_, err := s.activities.TakeStep(ctx, s.command(0, time.Hour, "issue"))
	require.ErrorContains(t, err, "not taken")
	s.domain.Outbox.Mail = s.mails
	s.does(s.activities.Pause(ctx, s.onProgram(2*time.Hour, "pause")))
	s.does(s.activities.TakeStep(ctx, s.command(0, 2*time.Hour, "issue")))
	require.Empty(t, s.mails.list, "it is paused")
	resumed := s.does(s.activities.Resume(ctx, s.onProgram(3*time.Hour, "resume")))
	require.Equal(t, coaching.IssueStep, resumed.Items[0].Next.Step)
	s.does(s.activities.TakeStep(ctx, s.command(0, 3*time.Hour, "issue")))
	require.Len(t, s.mails.list, 1)
}
