package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/workflows"
)

func TestProgram_SendNowCanBeTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake", manual)))
	r.at(time.Hour, func() { r.update(workflows.SendUpdate, r.act("Intake")) })
	r.at(time.Hour+20*time.Second, func() {
		require.Equal(t, "sending", r.item("Intake").Status)
		r.refused(workflows.SendUpdate, r.act("Intake"), "item_not_sendable")
		r.update(workflows.TakeBackUpdate, r.act("Intake"))
	})
	r.at(2*time.Hour, func() {
		require.Equal(t, "waiting", r.item("Intake").Status)
		r.refused(workflows.TakeBackUpdate, r.act("Intake"), "nothing_to_take_back")
		r.update(workflows.SendUpdate, r.act("Intake"))
	})
	r.at(2*time.Hour+time.Minute, func() {
		r.refused(workflows.TakeBackUpdate, r.act("Intake"), "nothing_to_take_back")
		r.answer("Intake", ben)
	})
	r.execute()
	require.Equal(t, []string{"2h0m30s request Intake " + ben}, r.sent())
	require.Equal(t, []string{"item_send_asked", "item_taken_back", "item_send_asked", "item_sent"}, r.events("item_send_asked", "item_taken_back", "item_sent"))
}

func TestProgram_TheTimeToTakeBackIsASetting(t *testing.T) {
	t.Parallel()
	for _, seconds := range []int{0, 600} {
		w := newWorld(t)
		_, err := w.app.UpdateOrganization(t.Context(), w.admin, app.OrganizationInput{Name: "Acme Coaching", TimeZone: "Europe/Berlin", UndoSeconds: seconds})
		require.NoError(t, err)
		r := w.program(w.engagement(w.formItem("Intake", manual)))
		r.at(time.Hour, func() { r.update(workflows.SendUpdate, r.act("Intake")) })
		r.at(2*time.Hour, func() { r.answer("Intake", ben) })
		r.execute()
		require.Equal(t, []string{short(time.Hour+time.Duration(seconds)*time.Second) + " request Intake " + ben}, r.sent())
	}
}

// A resend goes to those who have not answered, and can be taken back, too.
func TestR15_ResendGoesToThoseWhoOweAnAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Peers", to(coaching.RecipientSpec{Role: "coachee"}, coaching.RecipientSpec{Email: peer}))))
	r.at(time.Hour, func() { r.answer("Peers", ben) })
	r.at(2*time.Hour, func() { r.update(workflows.SendUpdate, r.act("Peers")) })
	r.at(2*time.Hour+10*time.Second, func() { r.update(workflows.TakeBackUpdate, r.act("Peers")) })
	r.at(2*time.Hour+20*time.Second, func() { r.update(workflows.SendUpdate, r.act("Peers")) })
	r.at(3*time.Hour, func() { r.update(workflows.SendUpdate, r.act("Peers")) })
	r.at(3*time.Hour+10*time.Second, func() { r.answer("Peers", peer) }) // before it leaves
	r.execute()
	require.Equal(t, "2h0m50s request Peers "+peer, r.sent()[2])
	require.Len(t, r.sent(), 3)
	require.Equal(t, 2, r.outcomes()["request cancelled"], "one taken back, one answered")
}

func TestProgram_AResendLeavesTheFollowUpAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake")))
	r.at(2*day, func() { r.update(workflows.SendUpdate, r.act("Intake")) })
	r.at(4*day, func() { r.answer("Intake", ben) })
	r.execute()
	require.Equal(t, []string{"0d request Intake " + ben, "2d30s request Intake " + ben, "3d reminder Intake " + ben}, r.sent())
}

func TestProgram_ActsThatTheStateDoesNotAllow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("One"), w.formItem("Two", manual)))
	r.at(time.Hour, func() {
		nobody := workflows.ProgramCommand{Item: w.admin.Person}
		for _, act := range []string{workflows.SendUpdate, workflows.SkipUpdate, workflows.TakeBackUpdate, workflows.ReopenUpdate} {
			r.refused(act, nobody, "item_not_found")
		}
		r.env.SignalWorkflow(workflows.AnsweredSignal, workflows.ProgramAnswer{Item: w.admin.Person}) // nothing to take up
		r.refused(workflows.HoldUpdate, workflows.ProgramHold{Item: w.admin.Person}, "item_not_found")
		r.refused(workflows.HoldUpdate, workflows.ProgramHold{Item: r.item("One").ID, Recipient: w.admin.Person}, "recipient_not_found")
		r.refused(workflows.ReopenUpdate, r.act("One"), "item_not_ended")
		r.refused(workflows.EndUpdate, workflows.ProgramEnd{Status: "draft"}, "engagement_end_unknown")
		r.update(workflows.SkipUpdate, r.act("One"))
	})
	r.at(2*time.Hour, func() {
		r.refused(workflows.SkipUpdate, r.act("One"), "item_ended")
		r.refused(workflows.SendUpdate, r.act("One"), "item_not_sendable")
	})
	r.execute()
	require.Len(t, r.sent(), 1)
}

// Skipped before it went out and reopened, an item waits for a person.
func TestProgram_ASkippedItemIsReopened(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("One"), w.formItem("Two"), w.formItem("Three")))
	r.at(time.Hour, func() { r.update(workflows.SkipUpdate, r.act("Two")) })
	r.at(time.Hour+time.Minute, func() { require.Equal(t, "open", r.item("Three").Status) })
	r.at(2*time.Hour, func() { r.update(workflows.ReopenUpdate, r.act("Two")) })
	r.at(3*time.Hour, func() { r.answer("One", ben) })
	r.at(4*time.Hour, func() {
		require.Equal(t, "waiting", r.item("Two").Status)
		r.update(workflows.SendUpdate, r.act("Two"))
	})
	r.at(5*time.Hour, func() { r.answer("Two", ben); r.answer("Three", ben) })
	r.execute()
	require.Equal(t, []string{"0d request One " + ben, "1h request Three " + ben, "4h0m30s request Two " + ben}, r.sent())
}

func TestR1_TheEndOfTheEngagementEndsEverything(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"completed", "cancelled"} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			r := w.program(w.engagement(w.formItem("Open"), w.formItem("Sending", manual), w.formItem("Coming", releasedAt("2040-01-01T09:00"))))
			r.at(time.Hour, func() { r.update(workflows.SendUpdate, r.act("Sending")) })
			r.at(time.Hour+10*time.Second, func() { r.update(workflows.EndUpdate, workflows.ProgramEnd{Status: status, Actor: &w.admin.Person}) })
			var ended time.Duration
			r.at(time.Hour+time.Minute, func() { ended = time.Hour })
			r.execute()
			require.Zero(t, ended, "the workflow had ended by then")
			require.Equal(t, []string{"0d request Open " + ben}, r.sent())
			e, err := w.app.GetEngagement(t.Context(), w.admin, r.engagement.ID)
			require.NoError(t, err)
			require.Equal(t, status, e.Status)
			link, err := w.app.ReadFormLink(t.Context(), w.linkOf(r.item("Open").To[0]))
			require.NoError(t, err)
			require.Equal(t, app.FormClosed, link.Stand)
		})
	}
}

// Commands that come at the same moment as the end of the engagement: what is second is
// refused, and told which state holds.
func TestProgram_OfTwoEndsTheSecondIsToldWhatHolds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("One")))
	var done []string
	var refused []error
	try := func(name string, arg any, means string) {
		r.tryUpdate(name, arg, func(err error) {
			if err == nil {
				done = append(done, means)
			} else {
				refused = append(refused, err)
			}
		})
	}
	r.at(time.Hour, func() {
		try(workflows.EndUpdate, workflows.ProgramEnd{Status: "completed"}, "completed")
		try(workflows.EndUpdate, workflows.ProgramEnd{Status: "cancelled"}, "cancelled")
	})
	r.execute()
	require.Len(t, done, 1)
	require.Len(t, refused, 1)
	var refusal *temporal.ApplicationError
	require.ErrorAs(t, refused[0], &refusal)
	require.Equal(t, "engagement_over", refusal.Type())
	require.Contains(t, refusal.Message(), "The engagement is "+done[0])
	e, err := w.app.GetEngagement(t.Context(), w.admin, r.engagement.ID)
	require.NoError(t, err)
	require.Equal(t, done[0], e.Status)
}

func TestR15_AnAnswerToldTwiceCountsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("One"), w.formItem("Two"), w.formItem("Three")))
	r.at(time.Hour, func() {
		answer := r.submit("One", ben)
		r.env.SignalWorkflow(workflows.AnsweredSignal, answer)
		r.env.SignalWorkflow(workflows.AnsweredSignal, answer)
		r.env.SignalWorkflow(workflows.AnsweredSignal, answer)
		r.env.SignalWorkflow(workflows.AnsweredSignal, workflows.ProgramAnswer{Item: w.admin.Person})
	})
	r.at(2*time.Hour, func() { r.answer("Two", ben) })
	r.at(3*time.Hour, func() { r.answer("Three", ben) })
	r.execute()
	require.Equal(t, []string{"0d request One " + ben, "1h request Two " + ben, "2h request Three " + ben}, r.sent())
	require.Equal(t, []string{"form_answered", "form_answered", "form_answered"}, r.events("form_answered"))
}

// An answer to the first round that arrives after the item was reopened does
// not count for the second.
func TestProgram_AnAnswerOfAnEarlierRound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("One"), w.formItem("Two")))
	var early workflows.ProgramAnswer
	r.at(time.Hour, func() { early = r.submit("One", ben); r.update(workflows.SkipUpdate, r.act("One")) })
	r.at(2*time.Hour, func() { r.update(workflows.ReopenUpdate, r.act("One")) })
	r.at(3*time.Hour, func() { r.env.SignalWorkflow(workflows.AnsweredSignal, early) })
	r.at(4*time.Hour, func() { require.Equal(t, "open", r.item("One").Status) })
	r.at(5*time.Hour, func() { r.answer("One", ben); r.answer("Two", ben) })
	r.execute()
	require.Len(t, r.sent(), 2)
}

// An engagement that ends takes back what was about to leave.
func TestProgram_AnEndTakesBackWhatIsAboutToLeave(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake", manual), w.formItem("Middle", manual)))
	r.at(time.Minute, func() { r.update(workflows.SendUpdate, r.act("Intake")) })
	r.at(time.Hour, func() {
		r.update(workflows.SendUpdate, r.act("Intake"))
		r.update(workflows.SendUpdate, r.act("Middle"))
	})
	r.at(time.Hour+10*time.Second, func() { r.update(workflows.EndUpdate, workflows.ProgramEnd{Status: "completed"}) })
	r.execute()
	require.Len(t, r.sent(), 1)
	for title, status := range map[string]string{"Intake": "closed", "Middle": "waiting"} {
		require.Equal(t, status, r.item(title).Status)
		require.Nil(t, r.item(title).SendAt, title)
	}
}

// What comes next says that reminders are held.
func TestProgram_HeldRemindersAreNotAnnounced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake")))
	hold := func(held bool) {
		item := r.item("Intake")
		r.update(workflows.HoldUpdate, workflows.ProgramHold{Item: item.ID, Recipient: item.To[0].ID, Held: held})
	}
	r.at(time.Hour, func() { require.Equal(t, "reminder", r.item("Intake").Next.What) })
	r.at(2*time.Hour, func() { hold(true) })
	r.at(3*time.Hour, func() { require.Equal(t, "reminder_held", r.item("Intake").Next.What) })
	r.at(4*time.Hour, func() { hold(false) })
	r.at(5*time.Hour, func() {
		require.Equal(t, "reminder", r.item("Intake").Next.What)
		r.answer("Intake", ben)
	})
	r.execute()
}

// Positions count what is there, in answers as in requests.
func TestProgram_PositionsCountWhatIsThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.draft(w.formItem("A"), w.formItem("B"), w.formItem("C"))
	r := &run{world: w, engagement: e}
	require.NoError(t, w.app.RemoveItem(t.Context(), w.admin, r.item("A").ID))
	require.Equal(t, 0, r.item("B").Position)
	require.Equal(t, 1, r.item("C").Position)
	moved, err := w.app.MoveItem(t.Context(), w.admin, r.item("B").ID, 1)
	require.NoError(t, err)
	require.Equal(t, 1, moved.Position)
	require.Equal(t, 0, r.item("C").Position)
	added, err := w.app.AddItem(t.Context(), w.admin, e.ID, 0, w.formItem("D"))
	require.NoError(t, err)
	require.Equal(t, 0, added.Position)
}

// What was not sent yet goes out by the clock of where its reader is now.
func TestProgram_AReadersNewZoneMovesWhatWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	date := time.Now().AddDate(0, 0, 5).Format("2006-01-02")
	r := w.program(w.engagement(w.formItem("Dated", releasedAt(date+"T09:00")), w.formItem("Peer", manual, to(coaching.RecipientSpec{Email: peer}))))
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	require.NoError(t, err)
	want, err := time.ParseInLocation("2006-01-02T15:04", date+"T09:00", tokyo)
	require.NoError(t, err)
	r.at(day, func() {
		ben, err := w.app.GetPerson(t.Context(), w.admin, w.client.ID)
		require.NoError(t, err)
		_, err = w.app.UpdatePerson(t.Context(), w.admin, ben.ID, ben.Version, app.PersonInput{Name: ben.Name, Roles: ben.Roles, TimeZone: "Asia/Tokyo", Emails: ben.Emails})
		require.NoError(t, err)
		require.True(t, want.Equal(*r.item("Dated").Next.At), r.item("Dated").Next.Text)
		require.Equal(t, 1, w.count("SELECT count(*) FROM engagements WHERE id = $1 AND taken_up_at IS NULL", r.engagement.ID))
		r.env.SignalWorkflow(workflows.ReadAgainSignal, nil)
	})
	r.at(6*day, func() {
		issued := *r.item("Dated").IssuedAt
		require.WithinDuration(t, want, issued, time.Second)
		r.answer("Dated", ben)
	})
	r.execute()
}
