package activities_test

import (
	"encoding/json"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/inbox"
	"coachflow/program"
)

// A worker can die between an activity and the record of its answer. The activity is
// then done again, and the workflow hears of what the first time changed.
func TestActivities_ARepeatAnswersWithTheState(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		activity func(*story) (program.Change, error)
		item     coaching.ItemStatus // of the first item
		// status of the engagement; empty where the activity is not about it.
		status string
	}{
		{"issue", func(s *story) (program.Change, error) {
			return s.activities.TakeStep(s.Context(), s.command(0, time.Hour, "issue"))
		}, coaching.Open, ""},
		{"send", func(s *story) (program.Change, error) {
			return s.activities.SendItem(s.Context(), s.command(0, time.Hour, "send"))
		}, coaching.Sending, ""},
		{"skip", func(s *story) (program.Change, error) {
			return s.activities.SkipItem(s.Context(), s.command(0, time.Hour, "skip"))
		}, coaching.Skipped, ""},
		{"pause", func(s *story) (program.Change, error) {
			return s.activities.Pause(s.Context(), s.onProgram(time.Hour, "pause"))
		}, "", "paused"},
		{"end", func(s *story) (program.Change, error) {
			return s.activities.EndEngagement(s.Context(), program.Ending{CommandContext: s.onProgram(time.Hour, "end"), Status: "cancelled"})
		}, "", "cancelled"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newWorld(t).start(coaching.AfterPrior, coaching.AfterPrior)
			for range 2 {
				change := s.does(test.activity(s))
				if test.item != "" {
					require.Equal(t, test.item, change.Items[0].Status)
				}
				if test.status != "" {
					require.Equal(t, test.status, change.Status)
				}
			}
			s.onceEach()
		})
	}
}

// onceEach holds that the timeline tells nothing twice and no mail left twice.
func (s *story) onceEach() {
	s.Helper()
	shown, err := s.app.GetTimeline(s.Context(), s.admin, s.engagement.ID, app.Paging{})
	require.NoError(s, err)
	seen := map[string]bool{}
	for _, e := range shown.Events {
		what := e.Kind + e.ItemTitle
		require.False(s, seen[what], "%s is told twice", what)
		seen[what] = true
	}
	keys := map[string]bool{}
	for _, m := range s.mails.list {
		require.False(s, keys[m.IdempotencyKey], "%s was sent twice", m.Subject)
		keys[m.IdempotencyKey] = true
	}
}

func TestActivities_ARepeatedAnswerAnswersWithTheState(t *testing.T) {
	t.Parallel()
	s := newWorld(t).start(coaching.AfterPrior, coaching.AfterPrior)
	s.does(s.activities.TakeStep(t.Context(), s.command(0, 0, "issue")))
	s.read()
	in := s.submits(0)
	first := s.does(s.activities.TakeAnswer(t.Context(), in))
	again := s.does(s.activities.TakeAnswer(t.Context(), in))
	require.Equal(t, coaching.Completed, first.Items[0].Status)
	require.Equal(t, coaching.Completed, again.Items[0].Status)
	require.Equal(t, first.Items[0].Revision, again.Items[0].Revision)
}

// submits fills out the form of an item as its coachee.
func (s *story) submits(item int) program.Answered {
	s.Helper()
	to := s.items[item].To[0]
	ref := coaching.LinkRef{Purpose: coaching.FormLink, Org: s.admin.Org, ID: coaching.LinkID(coaching.FormLink, to.ID, *to.PersonID, to.Address)}
	_, faults, err := s.app.SubmitForm(s.Context(), ref, url.Values{"q.q": {"x"}})
	require.NoError(s, err)
	require.Empty(s, faults)
	return program.Answered{CommandContext: s.command(item, time.Hour, "answer"), Recipient: to.ID, Round: 1}
}

func TestActivities_ARepeatedEditAnswersWithTheProgram(t *testing.T) {
	t.Parallel()
	s := newWorld(t).start(coaching.AfterPrior, coaching.Manual)
	edit := s.edits(s.items[:1])
	first := s.does(s.activities.ApplyEdit(t.Context(), edit))
	again := s.does(s.activities.ApplyEdit(t.Context(), edit))
	require.Equal(t, first.Order, again.Order)
	require.Len(t, again.Items, 2)
	require.Equal(t, coaching.Removed, again.Items[1].Status)

	edit.ID = s.admin.Person
	_, err := s.activities.ApplyEdit(t.Context(), edit)
	requireRefused(t, err, "edit_not_found")
}

// edits stores an edit that leaves only these items.
func (s *story) edits(keep []app.Item) program.Edit {
	s.Helper()
	engine := &listening{}
	s.app.Temporal = engine
	items := make([]app.EditItem, len(keep))
	for i, item := range keep {
		items[i] = app.EditItem{ID: &item.ID, ItemSpec: item.ItemSpec}
	}
	_, err := s.app.EditProgram(s.Context(), s.admin, s.engagement.ID, 0, items)
	require.Error(s, err)
	return program.Edit{CommandContext: s.onProgram(time.Hour, "edit"), ID: engine.edit}
}

func requireRefused(t *testing.T, err error, code string) {
	t.Helper()
	var refused *temporal.ApplicationError
	require.ErrorAs(t, err, &refused)
	require.True(t, refused.NonRetryable())
	require.Equal(t, code, refused.Type())
}

// An activity that waits long in the queue of mails asks again whether it is still
// to be done.
func TestR1_AStepAsksAgainWhenItsTurnComes(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)

	s := w.start(coaching.Manual)
	s.does(s.activities.SendItem(ctx, s.command(0, 0, "send")))
	s.does(s.activities.TakeBack(ctx, s.command(0, 20*time.Second, "take-back")))
	s.does(s.activities.TakeStep(ctx, s.command(0, 30*time.Second, "issue")))
	require.Empty(t, w.mails.list, "it was taken back")

	s = w.start(coaching.AfterPrior)
	s.does(s.activities.SkipItem(ctx, s.command(0, 0, "skip")))
	s.does(s.activities.TakeStep(ctx, s.command(0, 0, "issue")))
	require.Empty(t, w.mails.list, "it was skipped")

	s = w.start(coaching.AfterPrior)
	s.does(s.activities.Pause(ctx, s.onProgram(0, "pause")))
	s.does(s.activities.TakeStep(ctx, s.command(0, 0, "issue")))
	require.Empty(t, w.mails.list, "the program was paused")

	s = w.start(coaching.AfterPrior, coaching.AfterPrior)
	s.does(s.activities.TakeStep(ctx, s.command(1, time.Hour, "issue")))
	require.Empty(t, w.mails.list, "it is not its turn")

	s = w.start(coaching.AfterPrior)
	s.does(s.activities.TakeStep(ctx, s.command(0, 0, "issue")))
	require.Len(t, w.mails.list, 1)
	s.does(s.activities.SendItem(ctx, s.command(0, time.Hour, "send")))
	s.does(s.activities.TakeBack(ctx, s.command(0, time.Hour, "take-back")))
	s.does(s.activities.SendItem(ctx, s.command(0, time.Hour+20*time.Second, "send again")))
	change := s.does(s.activities.TakeStep(ctx, s.command(0, time.Hour+30*time.Second, "resend")))
	require.Len(t, w.mails.list, 1, "the second one can still be taken back")
	require.False(t, change.Items[0].SendAt.IsZero())
	s.does(s.activities.TakeStep(ctx, s.command(0, time.Hour+50*time.Second, "resend")))
	require.Len(t, w.mails.list, 2)

	s.read()
	s.does(s.activities.TakeAnswer(ctx, s.submits(0)))
	s.does(s.activities.TakeStep(ctx, s.command(0, 72*time.Hour, "follow-up")))
	require.Len(t, w.mails.list, 2, "it was answered")
}

// Taken back and asked for again within a second, a resend still leaves.
func TestR15_TwoResendsInOneSecondAreTwo(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := newWorld(t).start(coaching.AfterPrior)
	s.does(s.activities.TakeStep(ctx, s.command(0, 0, "issue")))
	second := s.engagement.StartedAt.Truncate(time.Second).Add(time.Hour).Sub(*s.engagement.StartedAt)
	s.does(s.activities.SendItem(ctx, s.command(0, second, "send")))
	s.does(s.activities.TakeBack(ctx, s.command(0, second+100*time.Millisecond, "take-back")))
	s.does(s.activities.SendItem(ctx, s.command(0, second+200*time.Millisecond, "send again")))
	s.does(s.activities.TakeStep(ctx, s.command(0, second+time.Minute, "resend")))
	require.Len(t, s.mails.list, 2)
}

// Refusals for good cross into the workflow with their code.
func TestActivities_RefusalsAreForGood(t *testing.T) {
	t.Parallel()
	s := newWorld(t).start(coaching.Manual)
	nowhere := s.command(0, 0, "x")
	nowhere.Engagement = s.admin.Person
	_, err := s.activities.SkipItem(t.Context(), nowhere)
	requireRefused(t, err, "engagement_not_found")
	nothing := s.command(0, 0, "x")
	nothing.Item = s.admin.Person
	_, err = s.activities.SkipItem(t.Context(), nothing)
	requireRefused(t, err, "item_not_found")
	_, err = s.activities.ReceiveMail(t.Context(), inbox.Inbound{Org: s.admin.Org, ID: s.admin.Person})
	requireRefused(t, err, "inbound_mail_not_found")
}

// A change holds ids, states and times, in few bytes, since each becomes part
// of a history.
func TestChange_IsSmall(t *testing.T) {
	t.Parallel()
	s := newWorld(t).start(coaching.AfterPrior, coaching.AfterPrior, coaching.AfterPrior)
	data, err := json.Marshal(s.does(s.activities.TakeStep(t.Context(), s.command(0, 0, "issue"))))
	require.NoError(t, err)
	require.Less(t, len(data), 500, string(data))
	require.NotContains(t, string(data), "ben@client.test")
}

// The same reader by role and by address gets one mail, and owes one answer.
func TestR15_TheSameReaderByRoleAndAddressGetsOneMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.startWith(coaching.RecipientSpec{Role: "coachee", Optional: true}, coaching.RecipientSpec{Email: "Ben@client.test"}, coaching.RecipientSpec{Email: "peer@x.test"})
	require.Len(t, s.items[0].To, 2)
	require.True(t, s.items[0].To[0].Required, "required by one of the names")
	s.does(s.activities.TakeStep(t.Context(), s.command(0, 0, "issue")))
	require.Len(t, s.mails.list, 2)
}

// Whatever reaches an engagement that has ended a moment before changes nothing of it, and
// is told how it ended.
func TestActivities_ACommandAfterTheEndIsToldWhatHolds(t *testing.T) {
	t.Parallel()
	s := newWorld(t).start(coaching.AfterPrior, coaching.AfterPrior)
	s.does(s.activities.EndEngagement(t.Context(), program.Ending{CommandContext: s.onProgram(time.Hour, "end"), Status: "cancelled"}))
	for name, activity := range map[string]func() (program.Change, error){
		"complete": func() (program.Change, error) {
			return s.activities.EndEngagement(t.Context(), program.Ending{CommandContext: s.onProgram(time.Hour, "other"), Status: "completed"})
		},
		"pause": func() (program.Change, error) {
			return s.activities.Pause(t.Context(), s.onProgram(time.Hour, "pause"))
		},
		"resume": func() (program.Change, error) {
			return s.activities.Resume(t.Context(), s.onProgram(time.Hour, "resume"))
		},
		"send": func() (program.Change, error) {
			return s.activities.SendItem(t.Context(), s.command(0, time.Hour, "send"))
		},
		"skip": func() (program.Change, error) {
			return s.activities.SkipItem(t.Context(), s.command(0, time.Hour, "skip"))
		},
	} {
		_, err := activity()
		var refusal *temporal.ApplicationError
		require.ErrorAs(t, err, &refusal, name)
		require.Equal(t, "engagement_over", refusal.Type(), name)
		require.Contains(t, refusal.Message(), "The engagement is cancelled", name)
	}
	e, err := s.app.GetEngagement(t.Context(), s.admin, s.engagement.ID)
	require.NoError(t, err)
	require.Equal(t, "cancelled", e.Status)
}
