package activities_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/activities"
	"coachflow/app"
	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/mail/compose"
	"coachflow/mail/deliver"
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

// The first mail does not wait for its reminders to be planned, and they do
// not wait for it.
func TestR4_AMailThatIsNotTakenHasItsRemindersPlanned(t *testing.T) {
	t.Parallel()
	s := newWorld(t).start(coaching.AfterPrior)
	s.deeds.Mail = refusing{s.mails}
	_, err := s.deeds.IssueItem(s.Context(), s.act(0, time.Hour, "issue"))
	require.ErrorContains(t, err, "not taken")
	waiting := s.steps()
	require.Equal(t, "sending", waiting["request"])
	require.Equal(t, "planned", waiting["reminder-1"])
	s.deeds.Mail = s.mails
	s.does(s.deeds.IssueItem(s.Context(), s.act(0, time.Hour, "issue")))
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

func TestR4_ARepeatPlansTheRemindersThatAreMissing(t *testing.T) {
	t.Parallel()
	s := newWorld(t).start(coaching.AfterPrior)
	ctx, cancel := context.WithCancel(s.Context())
	s.deeds.Mail = dying{s.mails, cancel}
	_, err := s.deeds.IssueItem(ctx, s.act(0, time.Hour, "issue"))
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, map[string]string{"request": "sent"}, s.steps())
	s.deeds.Mail = s.mails
	change := s.does(s.deeds.IssueItem(s.Context(), s.act(0, time.Hour, "issue")))
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
func TestDeeds_AnAnswerToAMailWhoseEndNobodyKnows(t *testing.T) {
	t.Parallel()
	request := func(s *story) app.Notification {
		list, err := s.app.ListNotifications(s.Context(), s.admin, &s.engagement.ID, "", app.Paging{})
		require.NoError(s, err)
		return list.Items[0]
	}
	answered := func(transport deliver.Transport) app.Notification {
		s := newWorld(t).start(coaching.AfterPrior)
		s.deeds.Mail = transport
		func() {
			defer func() { _ = recover() }()
			_, err := s.deeds.IssueItem(s.Context(), s.act(0, time.Hour, "issue"))
			require.Error(t, err)
		}()
		require.Equal(t, "sending", request(s).State)
		s.read()
		s.does(s.deeds.TakeAnswer(s.Context(), s.submits(0)))
		return request(s)
	}
	unknown := answered(lost{&outbox{}})
	require.Equal(t, "cancelled", unknown.State)
	require.Equal(t, "answered, while it was being handed over: it may have arrived", unknown.StateReason)
	require.Equal(t, "answered", answered(refusing{}).StateReason, "it was not taken")
}

// What was answered or paused before the reminders were planned has none, or
// those of its plan.
func TestR4_RemindersArePlannedAsThingsStandThen(t *testing.T) {
	t.Parallel()
	s := newWorld(t).start(coaching.AfterPrior)
	s.deeds.Mail = dying{s.mails, func() {
		s.does(s.deeds.SkipItem(s.Context(), s.act(0, time.Hour, "skip")))
	}}
	change := s.does(s.deeds.IssueItem(s.Context(), s.act(0, time.Hour, "issue")))
	require.Equal(t, coaching.Skipped, change.Items[0].Status, "the workflow hears of the newest state")
	require.Equal(t, map[string]string{"request": "sent"}, s.steps())
}

// Of several acts of which the workflow may not have heard, the oldest stays
// noted until the workflow says that it has heard of it, and then those after it.
func TestUntold_WhatMayNotBeHeardOfStaysNoted(t *testing.T) {
	t.Parallel()
	s := newWorld(t).start(coaching.AfterPrior, coaching.AfterPrior, coaching.AfterPrior)
	ctx := t.Context()
	skip := func(item int) int {
		act := s.act(item, time.Hour, "skip")
		act.Told = true
		return s.does(s.deeds.SkipItem(ctx, act)).Revision
	}
	first := skip(0)
	second := skip(1)
	require.EqualValues(t, first, *s.untold())
	issue := s.act(2, time.Hour, "issue")
	issue.Heard = second
	s.does(s.deeds.IssueItem(ctx, issue))
	require.EqualValues(t, first, *s.untold(), "hearing of the newer act is not hearing of the older one")
	s.tell(first)
	newest := *s.untold()
	require.Greater(t, int(newest), second, "nor hearing of the older one of those after it")
	s.tell(int(newest))
	require.Nil(t, s.untold())

	third := skip(2)
	hold := s.does(s.deeds.HoldFollowUp(ctx, activities.Hold{Act: s.act(2, time.Hour, "hold"), Recipient: s.items[2].To[0].ID, Held: true}))
	require.True(t, hold.Uncounted, "its revision is the other act's")
	require.EqualValues(t, third, *s.untold())
	s.does(s.deeds.LoadProgram(ctx, s.program(3*time.Hour, "look again")))
	require.Nil(t, s.untold(), "who read everything has heard of everything")
}

// A deed of the workflow notes by itself what it has heard of.
func TestUntold_ADeedNotesWhatWasHeard(t *testing.T) {
	t.Parallel()
	s := newWorld(t).start(coaching.AfterPrior, coaching.AfterPrior)
	act := s.act(0, time.Hour, "skip")
	act.Told = true
	issue := s.act(1, time.Hour, "issue")
	issue.Heard = s.does(s.deeds.SkipItem(s.Context(), act)).Revision
	require.EqualValues(t, issue.Heard, *s.untold())
	s.does(s.deeds.IssueItem(s.Context(), issue))
	require.Nil(t, s.untold())
}

// A workflow that has heard of the end has ended: nothing is told to it again.
func TestUntold_NothingAfterTheEnd(t *testing.T) {
	t.Parallel()
	s := newWorld(t).start(coaching.AfterPrior)
	act := s.act(0, time.Hour, "skip")
	act.Told = true
	s.does(s.deeds.SkipItem(s.Context(), act))
	end := activities.Ending{Act: s.program(time.Hour, "end"), Status: "completed"}
	end.Told = true
	s.tell(s.does(s.deeds.EndEngagement(s.Context(), end)).Revision)
	require.Nil(t, s.untold())
}

func (s *story) untold() *int32 {
	s.Helper()
	var e rows.Engagement
	require.NoError(s, s.deeds.DB.InOrg(s.Context(), s.admin.Org, func(q *rows.Queries) (err error) {
		e, err = q.EngagementGet(s.Context(), s.admin.Org, s.engagement.ID)
		return err
	}))
	require.Equal(s, e.UntoldRevision == nil, e.UntoldAt == nil)
	return e.UntoldRevision
}

// tell notes that the workflow has heard of a revision, as the app does.
func (s *story) tell(revision int) {
	s.Helper()
	require.NoError(s, s.deeds.DB.InOrg(s.Context(), s.admin.Org, func(q *rows.Queries) error {
		return q.EngagementTold(s.Context(), rows.EngagementToldParams{OrgID: s.admin.Org, ID: s.engagement.ID, Revision: int32(revision)})
	}))
}
