package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/coaching"
	"coachflow/workflows"
)

// The clocks of Berlin go forward in the night of 31 March 2030, and back on 27
// October.
func TestR17_ReleaseOverAChangeOfTheClocks(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		start    string // when the program begins and the first form goes out
		answered time.Duration
		second   func(*coaching.ItemSpec)
		want     string // the local time at which the second form leaves
	}{
		{"hours pass as they are", "2030-03-30T10:00", time.Hour, delayed(24, coaching.Hours), "2030-03-31 12:00"},
		{"days keep the time of day, in spring", "2030-03-30T10:00", time.Hour, delayed(1, coaching.Days), "2030-03-31 11:00"},
		{"days keep the time of day, in autumn", "2030-10-26T10:00", time.Hour, delayed(1, coaching.Days), "2030-10-27 11:00"},
		{"business days pass over the weekend", "2030-03-29T10:00", time.Hour, delayed(2, coaching.BusinessDays), "2030-04-02 11:00"},
		{"a time that the clocks skip comes an hour later", "2030-03-30T02:00", 30 * time.Minute, delayed(1, coaching.Days), "2030-03-31 03:30"},
		{"a fixed local time after the change", "2030-03-30T10:00", time.Hour, releasedAt("2030-03-31T09:00"), "2030-03-31 09:00"},
		{"a fixed time does not wait for the item before", "2030-03-30T10:00", 40 * day, releasedAt("2030-04-03T09:00"), "2030-04-03 09:00"},
		{"no delay at all", "2030-03-30T10:00", time.Hour, delayed(0, coaching.Days), "2030-03-30 11:00"},
	}
	w := newWorld(t)
	for _, test := range tests { // one world and one clock at a time
		t.Run(test.name, func(t *testing.T) {
			w.mails.clear()
			r := w.program(w.engagementFrom(berlin(test.start), w.formItem("Intake"), w.formItem("Goals", test.second)))
			r.at(test.answered, func() { r.answer("Intake", ben) })
			r.at(60*day, func() { r.update(workflows.EndUpdate, workflows.ProgramEnd{Status: "completed"}) })
			r.execute()
			var at []string
			for _, m := range w.mails.all() {
				if m.Subject == "Goals: a form to fill out" {
					at = append(at, m.at.In(coaching.ZoneOrUTC("Europe/Berlin")).Format("2006-01-02 15:04"))
				}
			}
			require.Equal(t, []string{test.want}, at)
		})
	}
}

func TestProgram_FirstItemCountsFromTheStart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake", delayed(5, coaching.Hours))))
	r.at(6*time.Hour, func() { r.answer("Intake", ben) })
	r.execute()
	require.Equal(t, []string{"5h request Intake " + ben}, r.sent())
}

// A skipped item, a removed one and a completed one all release the next.
func TestR17_WhatEndsReleasesTheNext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("One"), w.formItem("Two"), w.formItem("Three"), w.formItem("Four")))
	r.at(time.Hour, func() { r.answer("One", ben) })
	r.at(2*time.Hour, func() { r.update(workflows.SkipUpdate, r.act("Two")) })
	r.at(3*time.Hour, func() { r.does(func() error { return w.app.RemoveItem(t.Context(), w.admin, r.item("Three").ID) }) })
	r.at(4*time.Hour, func() { r.answer("Four", ben) })
	r.execute()
	require.Equal(t, []string{"0d request One " + ben, "1h request Two " + ben, "2h request Three " + ben, "3h request Four " + ben}, r.sent())
}

// An item that was removed before it went out was never there: the one after
// it waits for the one before it.
func TestR17_ARemovedWaitingItemReleasesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("One"), w.formItem("Two"), w.formItem("Three")))
	r.at(time.Hour, func() { r.does(func() error { return w.app.RemoveItem(t.Context(), w.admin, r.item("Two").ID) }) })
	r.at(2*time.Hour, func() { r.answer("One", ben) })
	r.at(3*time.Hour, func() { r.answer("Three", ben) })
	r.execute()
	require.Equal(t, []string{"0d request One " + ben, "2h request Three " + ben}, r.sent())
}

func TestR17_ReopeningLeavesWhatWasSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("One"), w.formItem("Two"), w.formItem("Three")))
	r.at(time.Hour, func() { r.answer("One", ben) })
	r.at(2*time.Hour, func() { r.update(workflows.ReopenUpdate, r.act("One")) })
	r.at(3*time.Hour, func() { r.answer("Two", ben) })
	r.at(4*time.Hour, func() {
		require.Equal(t, "open", r.item("Three").Status)
		r.answer("One", ben) // a second round
	})
	r.at(5*time.Hour, func() { r.answer("Three", ben) })
	r.execute()
	require.Equal(t, []string{"0d request One " + ben, "1h request Two " + ben, "3h request Three " + ben}, r.sent())
	require.Equal(t, 2, w.count("SELECT count(*) FROM answers a JOIN item_recipients r ON r.id = a.recipient_id JOIN items i ON i.id = r.item_id WHERE i.title = 'One'"))
}

// Reopened and silent, an item is followed up from the reopening on.
func TestR2_ReopenedItemsRemindFromTheReopening(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("One", dueAfter(2, coaching.Days))))
	r.at(time.Hour, func() { r.answer("One", ben) })
	r.at(10*day, func() { r.update(workflows.ReopenUpdate, r.act("One")) })
	r.at(10*day+time.Minute, func() { require.Equal(t, "13d reminder "+ben, r.pending()[0]) })
	r.at(14*day, func() { r.answer("One", ben) })
	r.execute()
	require.Equal(t, []string{"0d request One " + ben, "13d reminder One " + ben}, r.sent())
}
