package workflows_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
)

const sam = "sam@stake.test"

// sessionItem is a session of coachee and coach, after the item before it.
func sessionItem(title string, change ...func(*coaching.ItemSpec)) coaching.ItemSpec {
	spec := coaching.ItemSpec{Kind: coaching.SessionItem, Title: title, Description: "Bring your notes.", Minutes: 60, Place: "https://meet.example.com/room",
		Release: coaching.ReleaseRule{Rule: coaching.AfterPrior}, Recipients: []coaching.RecipientSpec{{Role: "coachee"}, {Role: "coach"}}}
	for _, c := range change {
		c(&spec)
	}
	return spec
}

// localAt is a moment after the start, on Berlin's clock.
func (r *run) localAt(after time.Duration) coaching.LocalTime {
	r.Helper()
	at, err := coaching.ParseLocalTime(r.start.Add(after).In(coaching.ZoneOrUTC("Europe/Berlin")).Format("2006-01-02T15:04"))
	require.NoError(r, err)
	return at
}

// begins is when a session begins that was scheduled for after the start.
func (r *run) begins(after time.Duration) time.Time {
	return r.localAt(after).In(coaching.ZoneOrUTC("Europe/Berlin")).UTC()
}

func (r *run) schedules(title string, after time.Duration) {
	r.Helper()
	r.does(func() error {
		_, err := r.app.ScheduleSession(r.Context(), r.admin, r.item(title).ID, app.SessionTime{At: r.localAt(after), TimeZone: "Europe/Berlin"})
		return err
	})
}

func (r *run) moves(title string, after time.Duration, reason string) {
	r.Helper()
	r.does(func() error {
		_, err := r.app.RescheduleSession(r.Context(), r.admin, r.item(title).ID, app.SessionTime{At: r.localAt(after), TimeZone: "Europe/Berlin", Reason: reason})
		return err
	})
}

func (r *run) cancels(title, reason string) {
	r.Helper()
	r.does(func() error {
		_, err := r.app.CancelSession(r.Context(), r.admin, r.item(title).ID, reason)
		return err
	})
}

// calendars lists the calendar mails that left, like "REQUEST 0 ben@client.test".
func (w *world) calendars() []string {
	out := []string{}
	for _, m := range w.mails.all() {
		if m.Calendar != nil {
			sequence := between(string(m.Calendar.Data), "SEQUENCE:", "\r\n")
			out = append(out, fmt.Sprintf("%s %s %s", m.Calendar.Method, sequence, m.To.Addr))
		}
	}
	return out
}

func between(text, before, after string) string {
	_, rest, _ := strings.Cut(text, before)
	found, _, _ := strings.Cut(rest, after)
	return found
}

func TestSession_IsScheduledHeldAndReleasesTheNext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(sessionItem("First session"), w.formItem("Review")))
	r.at(time.Hour, func() {
		item := r.item("First session")
		require.Equal(t, "open", item.Status)
		require.Equal(t, coaching.SessionToSchedule, item.Session.State)
		require.Empty(t, r.sent(), "nobody is told before it has a time")
		r.schedules("First session", 3*day)
	})
	r.at(2*time.Hour, func() {
		item := r.item("First session")
		require.Equal(t, coaching.SessionScheduled, item.Session.State)
		require.Equal(t, r.begins(3*day), item.Session.StartsAt.UTC())
		require.Equal(t, []string{"REQUEST 0 " + clara, "REQUEST 0 " + ben}, w.calendars())
		require.Contains(t, w.mails.to(ben)[0].Text, "https://meet.example.com/room")
		require.Contains(t, w.mails.to(ben)[0].Text, "(Europe/Berlin)")
		require.Len(t, r.pending(), 4, "two reminders to each")
		require.Equal(t, "waiting", r.item("Review").Status, "the program waits until it is held")
	})
	r.at(3*day+2*time.Hour, func() {
		r.does(func() error {
			_, err := r.app.MarkSessionHeld(t.Context(), w.admin, r.item("First session").ID)
			return err
		})
	})
	r.at(3*day+3*time.Hour, func() {
		require.Equal(t, "completed", r.item("First session").Status)
		require.Equal(t, coaching.SessionHeld, r.item("First session").Session.State)
		require.Equal(t, "open", r.item("Review").Status)
		r.answer("Review", ben)
	})
	r.execute()
	require.Equal(t, []string{"session_opened", "session_scheduled", "session_held", "item_completed"},
		r.events("session_opened", "session_scheduled", "session_held", "item_completed")[:4])
	require.Equal(t, 4, r.outcomes()["session_reminder sent"])
}

func TestSession_ScheduledWhileItWaitsIsReleasedAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake"), sessionItem("First session")))
	r.at(time.Hour, func() { r.schedules("First session", 3*day) })
	r.at(2*time.Hour, func() {
		require.Equal(t, "open", r.item("First session").Status)
		require.Equal(t, "open", r.item("Intake").Status)
		require.Len(t, w.calendars(), 2)
		r.answer("Intake", ben)
	})
	r.execute()
}

// mayNot asks for something that is refused before the workflow hears of it, or by it.
func (r *run) mayNot(code string, act func() error) {
	r.Helper()
	r.away.take()
	problem, is := coaching.AsProblem(act())
	require.True(r, is)
	told := r.away.take()
	if len(told) == 0 {
		require.Equal(r, code, problem.Code, problem.Message)
		return
	}
	for _, t := range told {
		r.refused(t.UpdateName, t.Args[0], code)
	}
}

func TestSession_WhatItsStateDoesNotAllow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(sessionItem("First session"), w.formItem("Review")))
	ctx := t.Context()
	on := func(act func(id uuid.UUID) (app.Item, error)) func() error {
		return func() error {
			_, err := act(r.item("First session").ID)
			return err
		}
	}
	at := func(after time.Duration) app.SessionTime {
		return app.SessionTime{At: r.localAt(after), TimeZone: "Europe/Berlin"}
	}
	held := on(func(id uuid.UUID) (app.Item, error) { return w.app.MarkSessionHeld(ctx, w.admin, id) })
	missed := on(func(id uuid.UUID) (app.Item, error) { return w.app.MarkSessionNoShow(ctx, w.admin, id) })
	cancelled := on(func(id uuid.UUID) (app.Item, error) { return w.app.CancelSession(ctx, w.admin, id, "") })
	r.at(time.Hour, func() {
		r.mayNot("session_not_scheduled", held)
		r.mayNot("session_not_scheduled", cancelled)
		r.mayNot("session_not_scheduled", func() error { return r.sendAgain("First session") })
		r.mayNot("session_time_passed", on(func(id uuid.UUID) (app.Item, error) { return w.app.ScheduleSession(ctx, w.admin, id, at(0)) }))
		r.mayNot("time_zone_unknown", on(func(id uuid.UUID) (app.Item, error) {
			return w.app.ScheduleSession(ctx, w.admin, id, app.SessionTime{At: r.localAt(day), TimeZone: "Mars/Base"})
		}))
		r.mayNot("item_not_session", func() error {
			_, err := w.app.ScheduleSession(ctx, w.admin, r.item("Review").ID, at(day))
			return err
		})
	})
	r.at(90*time.Minute, func() { r.schedules("First session", 2*day) })
	r.at(2*time.Hour, func() {
		r.mayNot("session_scheduled", on(func(id uuid.UUID) (app.Item, error) { return w.app.ScheduleSession(ctx, w.admin, id, at(day)) }))
		r.mayNot("session_not_begun", held)
		r.mayNot("session_not_begun", missed)
		r.mayNot("session_time_passed", on(func(id uuid.UUID) (app.Item, error) { return w.app.RescheduleSession(ctx, w.admin, id, at(time.Hour)) }))
	})
	r.at(2*day+time.Hour, func() {
		r.mayNot("session_begun", on(func(id uuid.UUID) (app.Item, error) { return w.app.RescheduleSession(ctx, w.admin, id, at(3*day)) }))
		r.mayNot("session_begun", cancelled)
	})
	r.at(2*day+90*time.Minute, func() { r.does(missed) })
	r.at(2*day+2*time.Hour, func() {
		require.Equal(t, "open", r.item("First session").Status, "it can be scheduled again, or skipped")
		require.Equal(t, coaching.SessionNoShow, r.item("First session").Session.State)
	})
	r.at(2*day+150*time.Minute, func() { r.does(held) }) // the coach was wrong
	r.at(2*day+3*time.Hour, func() {
		require.Equal(t, "completed", r.item("First session").Status)
		r.mayNot("item_ended", held)
		r.answer("Review", ben)
	})
	r.execute()
	require.Len(t, w.calendars(), 2, "what became of it is told to no calendar")
}

func (r *run) sendAgain(title string) error {
	_, err := r.app.SendItem(r.Context(), r.admin, r.item(title).ID)
	return err
}
