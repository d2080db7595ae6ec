package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/workflows"
)

// Silence is an outcome of its own: reminders, then the coach, then nothing.
func TestR24_SilenceWithoutDueDate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake"), w.formItem("Goals")))
	r.at(time.Minute, func() {
		require.Equal(t, []string{"3d reminder " + ben, "6d reminder " + ben, "9d reminder " + ben, "12d reminder " + ben, "15d reminder " + ben, "18d escalation " + clara}, r.pending())
	})
	r.at(19*day, func() { require.Empty(t, r.pending()) })
	r.execute()
	require.Equal(t, []string{"0d request Intake " + ben, "3d reminder Intake " + ben, "6d reminder Intake " + ben, "9d reminder Intake " + ben,
		"12d reminder Intake " + ben, "15d reminder Intake " + ben, "18d escalation Intake " + clara}, r.sent())
	require.Contains(t, w.mails.all()[6].Text, "Ben Okri", "the coach reads who has not answered")
	require.Contains(t, w.mails.all()[6].Text, "/engagements/"+r.engagement.ID.String()+"#item-"+r.item("Intake").ID.String(), "and where to do something about it")
}

func TestProgram_SilenceWithDueDate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := berlin("2030-06-03T10:00") // no change of the clocks near
	r := w.program(w.engagementFrom(start, w.formItem("Intake", dueAfter(8, coaching.Days))))
	r.execute()
	require.Equal(t, []string{"0d request Intake " + ben, "4d reminder Intake " + ben, "6d reminder Intake " + ben, "7d reminder Intake " + ben,
		"8d escalation Intake " + clara}, r.sent())
	require.Contains(t, w.mails.all()[0].Text, "Tuesday, 11 June 2030, 10:00 (Europe/Berlin)")
}

func TestR1_NothingRemindsOfWhatIsAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	two := to(coaching.RecipientSpec{Role: "coachee"}, coaching.RecipientSpec{Email: peer})
	r := w.program(w.engagement(w.formItem("Peers", two)))
	r.at(4*day, func() { r.answer("Peers", ben) })
	r.at(4*day+time.Minute, func() {
		require.Equal(t, []string{"6d reminder " + peer, "9d reminder " + peer, "12d reminder " + peer, "15d reminder " + peer, "18d escalation " + clara}, r.pending())
	})
	r.at(7*day, func() { r.answer("Peers", peer) })
	r.execute()
	require.Equal(t, "6d reminder Peers "+peer, r.sent()[4])
	require.Len(t, r.sent(), 5, "two requests, two first reminders, one second")
	require.Equal(t, map[string]int{"request sent": 2, "reminder sent": 3, "reminder cancelled": 7, "escalation cancelled": 1}, r.outcomes())
}

func TestProgram_AnswerAfterTheEscalation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake"), w.formItem("Goals")))
	r.at(30*day, func() { r.answer("Intake", ben) })
	r.at(31*day, func() { r.answer("Goals", ben) })
	r.execute()
	require.Equal(t, []string{"18d escalation Intake " + clara, "30d request Goals " + ben}, r.sent()[6:])
}

func TestR24_TheCoachHoldsTheRemindersOfOnePerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	two := to(coaching.RecipientSpec{Role: "coachee"}, coaching.RecipientSpec{Email: peer})
	r := w.program(w.engagement(w.formItem("Peers", two)))
	hold := func(held bool) {
		item := r.item("Peers")
		for _, recipient := range item.To {
			if recipient.Address == ben {
				r.update(workflows.HoldUpdate, workflows.ProgramHold{Item: item.ID, Recipient: recipient.ID, Held: held, Actor: &w.coach.ID})
			}
		}
	}
	r.at(day, func() { hold(true) })
	r.at(7*day, func() { hold(false) })
	r.at(10*day, func() { r.answer("Peers", ben); r.answer("Peers", peer) })
	r.execute()
	require.ElementsMatch(t, []string{"0d request Peers " + ben, "0d request Peers " + peer, "3d reminder Peers " + peer, "6d reminder Peers " + peer,
		"9d reminder Peers " + ben, "9d reminder Peers " + peer}, r.sent())
	require.Equal(t, []string{"follow_up_held", "follow_up_resumed"}, r.events("follow_up_held", "follow_up_resumed"))
}

// The person who asks for an earlier due date late gets no reminders that
// should have left before.
func TestR3_RemindersInThePastAreDropped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := berlin("2030-06-03T10:00")
	r := w.program(w.engagementFrom(start, w.formItem("Intake")))
	r.at(7*day+time.Hour, func() {
		r.edit(func(items []app.EditItem) []app.EditItem {
			dueAfter(8, coaching.Days)(&items[0].ItemSpec)
			return items
		})
	})
	r.at(7*day+2*time.Hour, func() {
		require.Equal(t, []string{"8d escalation " + clara}, r.pending(), "R4: the plan was replaced as one")
	})
	r.execute()
	require.Equal(t, []string{"0d request Intake " + ben, "3d reminder Intake " + ben, "6d reminder Intake " + ben, "8d escalation Intake " + clara}, r.sent())
	require.Equal(t, 3, r.outcomes()["reminder dropped"], "and the dropped ones are written down")
}

// Reminders count from the moment that the mail went out, not from when the
// program would have allowed it.
func TestR2_RemindersCountFromTheIssue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake", manual)))
	r.at(10*day, func() { r.update(workflows.SendUpdate, r.act("Intake")) })
	r.at(14*day, func() { r.answer("Intake", ben) })
	r.execute()
	require.Equal(t, []string{"10d30s request Intake " + ben, "13d30s reminder Intake " + ben}, r.sent())
}

func TestR12_WhatIsPlannedIsShownWithItsTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake"), w.formItem("Goals", delayed(2, coaching.Hours)), w.formItem("Later", manual)))
	r.at(day, func() {
		shown, err := w.app.GetTimeline(t.Context(), w.admin, r.engagement.ID, app.Paging{})
		require.NoError(t, err)
		require.Len(t, shown.Coming, 3)
		require.Equal(t, "reminder", shown.Coming[0].What)
		require.Equal(t, "3d", short(shown.Coming[0].At.Sub(r.start)))
		require.Equal(t, "release_after", shown.Coming[1].What)
		require.Equal(t, "release_by_hand", shown.Coming[2].What)
	})
	r.at(2*day, func() { r.answer("Intake", ben) })
	r.at(2*day+time.Minute, func() {
		coming := r.item("Goals").Next
		require.Equal(t, "release", coming.What)
		require.Equal(t, "2d2h", short(coming.At.Sub(r.start)))
	})
	r.execute()
	require.Equal(t, "2d2h request Goals "+ben, r.sent()[1])
}

// berlin is the moment of a local time in Berlin.
func berlin(local string) time.Time {
	zone := coaching.ZoneOrUTC("Europe/Berlin")
	at, err := time.ParseInLocation("2006-01-02T15:04", local, zone)
	if err != nil {
		panic(err)
	}
	return at.UTC()
}

// Reminders leave in the working hours of whoever reads them, each on their own clock;
// the first mail leaves at once, whatever the hour.
func TestProgram_RemindersKeepTheHoursOfTheirReader(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.app.ResetLadder(t.Context(), w.admin, coaching.ItemLadder)
	require.NoError(t, err)
	far := w.person("Hana Sato", "coachee", "hana@client.test")
	w.exec("UPDATE people SET time_zone = 'Asia/Tokyo' WHERE id = $1", far.ID)
	start := berlin("2030-06-07T20:00") // a Friday evening; in Tokyo it is Saturday, 03:00
	r := w.program(w.engagementFrom(start, w.formItem("One", to(coaching.RecipientSpec{Role: "coachee"}, coaching.RecipientSpec{PersonID: &far.ID}))))
	r.at(9*day, func() { r.update(workflows.SkipUpdate, r.act("One")) })
	r.execute()
	var left []string
	for _, m := range r.mails.all() {
		left = append(left, m.at.In(coaching.ZoneOrUTC("Europe/Berlin")).Format("Mon 15:04 ")+m.To.Addr)
	}
	require.ElementsMatch(t, []string{
		"Fri 20:00 " + ben, "Fri 20:00 hana@client.test",
		"Tue 02:00 hana@client.test", // after 3 days it is Tuesday, 03:00 in Tokyo: at 09:00 there
		"Tue 09:00 " + ben,           // after 3 days it is Monday evening
		"Fri 02:00 hana@client.test",
		"Fri 09:00 " + ben, // after 6 days it is Thursday evening
	}, left)
}

// A setting acts on plans that are made from then on: what is planned stays.
func TestR5_ANewLadderActsOnLaterPlans(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagementFrom(berlin("2030-06-03T10:00"), w.formItem("One"), w.formItem("Two")))
	r.at(day, func() {
		none := coaching.DefaultLadders[coaching.ItemLadder]
		none.WithoutDue = &coaching.LadderSteps{Steps: []coaching.Rung{}, End: none.WithoutDue.End}
		none.KeepsMoment = true
		_, err := w.app.SetLadder(t.Context(), w.admin, coaching.ItemLadder, none)
		require.NoError(t, err)
	})
	r.at(4*day, func() { r.answer("One", ben) })
	r.at(20*day, func() { r.answer("Two", ben) })
	r.execute()
	require.Equal(t, []string{"0d request One " + ben, "3d reminder One " + ben, "4d request Two " + ben}, r.sent())
}
