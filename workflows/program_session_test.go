package workflows_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/mail/compose"
	"coachflow/workflows"
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

// calendars lists the calendar mails that left, like "REQUEST 0 ben@client.test": those of
// each reader in their order, the readers side by side.
func (w *world) calendars() []string {
	out := []string{}
	for _, m := range w.mails.all() {
		if m.Calendar != nil {
			sequence := between(string(m.Calendar.Data), "SEQUENCE:", "\r\n")
			out = append(out, fmt.Sprintf("%s %s %s", m.Calendar.Method, sequence, m.To.Addr))
		}
	}
	return byReader(out)
}

func byReader(list []string) []string {
	reader := func(line string) string { return line[strings.LastIndexByte(line, ' '):] }
	slices.SortStableFunc(list, func(a, b string) int { return strings.Compare(reader(a), reader(b)) })
	return list
}

// told says which calendar mails have left since the last time.
func (r *run) told(want ...string) {
	r.Helper()
	require.Equal(r, byReader(append([]string{}, want...)), r.calendars())
	r.mails.clear()
	r.exec("UPDATE notifications SET state = 'delivered' WHERE state = 'sent'") // the books begin anew
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
		require.Equal(t, byReader([]string{"REQUEST 0 " + clara, "REQUEST 0 " + ben}), w.calendars())
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

// adds and takes off.
func (r *run) adds(title, email string) {
	r.Helper()
	r.does(func() error {
		_, err := r.app.AddAttendee(r.Context(), r.admin, r.item(title).ID, coaching.RecipientSpec{Email: email, Name: "Sam"})
		return err
	})
}

func (r *run) takesOff(title, address string) {
	r.Helper()
	item := r.item(title)
	for _, to := range item.To {
		if to.Address == address {
			r.does(func() error {
				_, err := r.app.RemoveAttendee(r.Context(), r.admin, item.ID, to.ID)
				return err
			})
		}
	}
}

func (r *run) skips(title string) {
	r.Helper()
	r.does(func() error {
		_, err := r.app.SkipItem(r.Context(), r.admin, r.item(title).ID)
		return err
	})
}

// uids are the UIDs of the calendar mails that left, each once, in their order.
func (w *world) uids() []string {
	var out []string
	for _, m := range w.mails.all() {
		if m.Calendar != nil {
			if uid := between(string(m.Calendar.Data), "UID:", "\r\n"); !slices.Contains(out, uid) {
				out = append(out, uid)
			}
		}
	}
	return out
}

// The life cycle as calendars see it: one UID, a sequence that rises with each mailed
// change, each told what concerns them and nothing else.
func TestR11_SessionInCalendars(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(sessionItem("First session")))
	uid := ""
	r.at(time.Hour, func() { r.schedules("First session", 10*day) })
	r.at(2*time.Hour, func() {
		uid = w.uids()[0]
		r.told("REQUEST 0 "+clara, "REQUEST 0 "+ben)
		r.adds("First session", sam)
	})
	r.at(3*time.Hour, func() {
		require.Equal(t, []string{uid}, w.uids())
		r.told("REQUEST 0 " + sam)
		r.moves("First session", 11*day, "The room is taken.")
	})
	r.at(4*time.Hour, func() {
		require.Equal(t, []string{uid}, w.uids())
		require.Contains(t, w.mails.to(ben)[0].Text, "The room is taken.")
		require.Contains(t, w.mails.to(ben)[0].Text, "It was to be on "+coaching.ShowTime(r.begins(10*day), coaching.ZoneOrUTC("Europe/Berlin")))
		r.told("REQUEST 1 "+clara, "REQUEST 1 "+ben, "REQUEST 1 "+sam)
		r.moves("First session", 11*day, "the same time again")
	})
	r.at(5*time.Hour, func() {
		r.told()
		r.takesOff("First session", sam)
	})
	r.at(6*time.Hour, func() {
		require.Contains(t, w.mails.to(sam)[0].Text, "you are no longer expected")
		require.NotContains(t, w.mails.to(sam)[0].Text, "/l/", "no links in it")
		r.told("CANCEL 2 " + sam)
		require.Len(t, r.pending(), 4, "and no reminder is left for who does not come")
		r.adds("First session", sam)
	})
	r.at(7*time.Hour, func() {
		r.told("REQUEST 3 " + sam) // above the CANCEL
		r.cancels("First session", "Clara is ill.")
	})
	r.at(8*time.Hour, func() {
		require.Contains(t, w.mails.to(ben)[0].Text, "Clara is ill.")
		r.told("CANCEL 4 "+clara, "CANCEL 4 "+ben, "CANCEL 4 "+sam)
		require.Equal(t, "open", r.item("First session").Status)
		r.schedules("First session", 12*day)
	})
	r.at(9*time.Hour, func() {
		require.NotEqual(t, []string{uid}, w.uids(), "a meeting of its own")
		r.told("REQUEST 0 "+clara, "REQUEST 0 "+ben, "REQUEST 0 "+sam)
		r.skips("First session")
	})
	r.at(10*time.Hour, func() { r.told("CANCEL 1 "+clara, "CANCEL 1 "+ben, "CANCEL 1 "+sam) })
	r.execute()
	require.Zero(t, r.outcomes()["session_reminder sent"])
}

// What is in a calendar mail: the shape, the one attendee, the address that organizes it,
// and nothing of the others.
func TestR11_CalendarMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(sessionItem("First session", to(coaching.RecipientSpec{Role: "coachee"}, coaching.RecipientSpec{Role: "coach"}, coaching.RecipientSpec{Email: sam}))))
	r.at(time.Hour, func() { r.schedules("First session", 3*day) })
	r.at(2*time.Hour, func() {
		var organizers []string
		for _, m := range w.mails.all() {
			object := strings.ReplaceAll(string(m.Calendar.Data), "\r\n ", "")
			require.Contains(t, object, "METHOD:REQUEST\r\n")
			require.Contains(t, object, "BEGIN:VTIMEZONE")
			require.Contains(t, object, "DTSTART;TZID=Europe/Berlin:"+r.begins(3*day).In(coaching.ZoneOrUTC("Europe/Berlin")).Format("20060102T150405"))
			require.Contains(t, object, "DTSTAMP:"+r.start.Add(time.Hour).UTC().Truncate(time.Second).Format("20060102T150405Z"), "the time of the act")
			require.Equal(t, 1, strings.Count(object, "\r\nATTENDEE"))
			require.Contains(t, object, "mailto:"+m.To.Addr)
			for _, other := range []string{ben, clara, sam} {
				if other != m.To.Addr {
					require.NotContains(t, object, other)
					require.NotContains(t, m.Text+m.HTML, other)
				}
			}
			organizer := between(between(object, "ORGANIZER", "\r\n")+"\r\n", "mailto:", "\r\n")
			require.Regexp(t, `^session-[a-z2-7]{24}@in\.coachflow\.test$`, organizer)
			organizers = append(organizers, organizer)
			raw, err := compose.BuildMIME(m.Outgoing)
			require.NoError(t, err)
			require.Contains(t, string(raw), "text/calendar; method=REQUEST")
			require.Contains(t, string(raw), "invite.ics")
		}
		require.Len(t, organizers, 3)
		require.Len(t, slices.Compact(organizers), 1, "one for the session")
	})
	r.execute()
}

func TestR3_SessionRemindersThatHavePassedAreDroppedAndLogged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(sessionItem("First session", to(coaching.RecipientSpec{Role: "coachee"}))))
	r.at(time.Hour, func() { r.schedules("First session", 9*time.Hour) })
	r.at(2*time.Hour, func() {
		require.Equal(t, 1, r.outcomes()["session_reminder planned"])
		require.Equal(t, 1, r.outcomes()["session_reminder dropped"])
		require.Equal(t, 1, r.count("SELECT count(*) FROM notifications WHERE kind = 'session_reminder' AND state = 'dropped' AND state_reason = 'its time had passed when it was planned'"))
	})
	r.execute()
	require.Equal(t, 1, r.outcomes()["session_reminder sent"])
	require.Equal(t, r.begins(9*time.Hour).Add(-time.Hour), w.mails.to(ben)[1].at.UTC(), "at its very moment, whatever the hour")
}

// After any change exactly the reminders of what holds now are pending, and nothing of
// what was moved or cancelled reminds anybody.
func TestR4_SessionRemindersAreReplacedAsOneSet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(sessionItem("First session", to(coaching.RecipientSpec{Role: "coachee"}))))
	reminders := func(begins time.Duration) []string {
		at := func(before time.Duration) string {
			return short(r.begins(begins).Add(-before).Sub(r.start)) + " session_reminder " + ben
		}
		return []string{at(24 * time.Hour), at(time.Hour)}
	}
	r.at(time.Hour, func() { r.schedules("First session", 5*day) })
	r.at(2*time.Hour, func() {
		require.Equal(t, reminders(5*day), r.pending())
		r.moves("First session", 8*day, "")
	})
	r.at(3*time.Hour, func() {
		require.Equal(t, reminders(8*day), r.pending())
		r.moves("First session", 2*day, "")
	})
	r.at(4*time.Hour, func() { require.Equal(t, reminders(2*day), r.pending()) })
	r.at(30*time.Hour, func() { r.cancels("First session", "") }) // one of them has left
	r.at(31*time.Hour, func() {
		for _, one := range r.pending() {
			require.NotContains(t, one, "session_reminder")
		}
	})
	r.execute()
	require.Equal(t, 1, r.outcomes()["session_reminder sent"])
}

func TestR1_SessionRemindersReadTheStateWhenTheyLeave(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(sessionItem("First session", to(coaching.RecipientSpec{Role: "coachee"}))))
	r.at(time.Hour, func() { r.schedules("First session", 3*day) })
	r.at(2*time.Hour, func() {
		// Only the place changes: the reminders keep their times, and name the new one.
		r.does(func() error {
			_, err := w.app.RescheduleSession(t.Context(), w.admin, r.item("First session").ID, app.SessionTime{At: r.localAt(3 * day), TimeZone: "Europe/Berlin", Place: new("https://meet.example.com/other")})
			return err
		})
	})
	r.at(2*day+12*time.Hour, func() { require.Contains(t, w.mails.to(ben)[2].Text, "https://meet.example.com/other") })
	r.at(3*day-90*time.Minute, func() { r.skips("First session") })
	r.execute()
	require.Equal(t, 1, r.outcomes()["session_reminder sent"], "not the one after it was skipped")
}

func TestSession_CountsAsHeldWhereTheSettingIsOn(t *testing.T) {
	t.Parallel()
	for _, on := range []bool{true, false} {
		t.Run(fmt.Sprint(on), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			_, err := w.app.UpdateOrganization(t.Context(), w.admin, app.OrganizationInput{Name: "Acme Coaching", TimeZone: "Europe/Berlin", SessionsHeldByThemselves: &on})
			require.NoError(t, err)
			r := w.program(w.engagement(sessionItem("First session"), w.formItem("Review")))
			r.at(time.Hour, func() { r.schedules("First session", 2*day) })
			after := r.begins(2 * day).Add(25 * time.Hour).Sub(r.start)
			r.at(after-time.Minute, func() { require.Equal(t, "open", r.item("First session").Status) })
			r.at(after+time.Minute, func() {
				require.Equal(t, on, r.item("First session").Status == "completed")
				require.Equal(t, on, r.item("Review").Status == "open", "the next one goes out")
			})
			r.execute()
		})
	}
}

// A session that nobody schedules: the coach after 5 days, the admins after 10, and again
// after one that was cancelled.
func TestSession_NobodySchedulesIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(sessionItem("First session")))
	r.at(20*day, func() { r.schedules("First session", 30*day) })
	r.at(21*day, func() { r.cancels("First session", "") })
	r.execute()
	var words []string
	for _, m := range w.mails.all() {
		if m.Calendar == nil {
			words = append(words, short(m.at.Sub(r.start))+" "+m.Subject+" "+m.To.Addr)
		}
	}
	word := " First session of Ben Okri has no time yet "
	require.Equal(t, []string{"5d" + word + clara, "10d" + word + "ada@acme.test", "26d" + word + clara, "31d" + word + "ada@acme.test"}, words)
	require.Contains(t, w.mails.to(clara)[0].Text, "/engagements/"+r.engagement.ID.String())
}

func TestSession_KeepsItsTimeInAPause(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(sessionItem("First session", to(coaching.RecipientSpec{Role: "coachee"})), w.formItem("Review")))
	r.at(time.Hour, func() { r.schedules("First session", 5*day) })
	r.at(2*day, func() { r.update(workflows.PauseUpdate, workflows.ProgramCommand{}) })
	r.at(4*day+12*time.Hour, func() {
		require.Zero(t, r.outcomes()["session_reminder sent"], "its reminder a day before was not sent")
		r.update(workflows.ResumeUpdate, workflows.ProgramCommand{})
	})
	r.at(4*day+13*time.Hour, func() {
		require.Equal(t, r.begins(5*day), r.item("First session").Session.StartsAt.UTC())
		require.Zero(t, r.outcomes()["session_reminder sent"], "and does not come late")
		require.Equal(t, 1, r.outcomes()["session_reminder planned"])
	})
	r.execute()
	require.Equal(t, 1, r.outcomes()["session_reminder sent"])
}

// In a pause a person can still move and cancel: that is between people, and told at once.
func TestSession_IsCancelledInAPause(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(sessionItem("First session")))
	r.at(time.Hour, func() { r.schedules("First session", 5*day) })
	r.at(day, func() { r.update(workflows.PauseUpdate, workflows.ProgramCommand{}) })
	r.at(2*day, func() { r.cancels("First session", "") })
	r.at(2*day+time.Hour, func() {
		require.Equal(t, byReader([]string{"REQUEST 0 " + clara, "REQUEST 0 " + ben, "CANCEL 1 " + clara, "CANCEL 1 " + ben}), w.calendars())
	})
	r.execute()
}

func TestSession_EndsWithTheEngagement(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(sessionItem("First session")))
	r.at(time.Hour, func() { r.schedules("First session", 5*day) })
	r.at(day, func() { r.update(workflows.EndUpdate, workflows.ProgramEnd{Status: "cancelled"}) })
	r.execute()
	require.Equal(t, byReader([]string{"REQUEST 0 " + clara, "REQUEST 0 " + ben, "CANCEL 1 " + clara, "CANCEL 1 " + ben}), w.calendars())
	require.Contains(t, w.mails.to(ben)[1].Text, "The coaching is cancelled.")
}

func TestSession_FollowsANewCoachAndANewAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.person("Otto Klemperer", "coach", "otto@acme.test")
	r := w.program(w.engagement(sessionItem("First session")))
	r.at(time.Hour, func() { r.schedules("First session", 5*day) })
	r.at(2*time.Hour, func() {
		r.told("REQUEST 0 "+clara, "REQUEST 0 "+ben)
		e, err := w.app.GetEngagement(t.Context(), w.admin, r.engagement.ID)
		require.NoError(t, err)
		_, err = w.app.UpdateEngagement(t.Context(), w.admin, e.ID, e.ProgramRevision, app.EngagementChange{CoachID: &other.ID})
		require.NoError(t, err)
		r.env.SignalWorkflow(workflows.ReadAgainSignal, nil)
		r.sendsStandalone()
	})
	r.at(3*time.Hour, func() {
		r.told("CANCEL 1 "+clara, "REQUEST 1 otto@acme.test", "REQUEST 1 "+ben)
		_, err := w.app.UpdatePerson(t.Context(), w.admin, w.client.ID, w.version(w.client.ID), app.PersonInput{Name: w.client.Name, Roles: w.client.Roles, State: "internal", TimeZone: "Europe/Berlin", Emails: []string{"ben@new.test"}})
		require.NoError(t, err)
		r.sendsStandalone()
	})
	r.at(4*time.Hour, func() {
		r.told("CANCEL 2 "+ben, "REQUEST 2 ben@new.test")
		r.skips("First session")
	})
	r.execute()
}

// sendsStandalone sends what stands alone and has not left, as the recovery sweep does.
func (r *run) sendsStandalone() {
	r.Helper()
	r.exec("UPDATE notifications SET planned_at = now() - interval '1 hour' WHERE state = 'planned' AND standalone")
	found, err := r.activities.FindUnprocessed(r.Context())
	require.NoError(r, err)
	for _, n := range found.StandaloneMails {
		require.NoError(r, r.activities.SendNotice(r.Context(), n))
	}
}

func TestR10_NoCalendarMailBeforeASessionHasItsTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(sessionItem("First session")))
	r.at(time.Hour, func() { r.adds("First session", sam) })
	r.at(2*time.Hour, func() { r.takesOff("First session", sam) })
	r.at(day, func() { r.skips("First session") })
	r.execute()
	require.Empty(t, w.mails.all())
}

// The timeline tells what became of a session, with its times and reasons.
func TestSession_TheTimelineTellsItsTimes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(sessionItem("First session")))
	show := func(after time.Duration) string {
		return coaching.ShowTime(r.begins(after), coaching.ZoneOrUTC("Europe/Berlin"))
	}
	place := "Room 4"
	r.at(time.Hour, func() { r.schedules("First session", 3*day) })
	r.at(2*time.Hour, func() { r.moves("First session", 4*day, "The room is taken.") })
	r.at(3*time.Hour, func() {
		r.does(func() error {
			_, err := r.app.RescheduleSession(t.Context(), w.admin, r.item("First session").ID, app.SessionTime{At: r.localAt(4 * day), TimeZone: "Europe/Berlin", Place: &place})
			return err
		})
	})
	r.at(4*time.Hour, func() { r.cancels("First session", "Clara is ill.") })
	r.at(5*time.Hour, func() { r.schedules("First session", 5*day) })
	r.at(5*day+2*time.Hour, func() {
		r.does(func() error {
			_, err := r.app.MarkSessionNoShow(t.Context(), w.admin, r.item("First session").ID)
			return err
		})
	})
	r.at(5*day+3*time.Hour, func() { r.holds("First session") })
	r.execute()
	shown, err := w.app.GetTimeline(t.Context(), w.admin, r.engagement.ID, app.Paging{Most: 200})
	require.NoError(t, err)
	var told []string
	for _, e := range shown.Events {
		if e.SessionAt != nil && e.Kind != "session_opened" {
			told = append(told, strings.TrimSpace(e.Text+" "+e.Reason))
		}
	}
	require.Equal(t, []string{
		"Ada Lovelace scheduled “First session” for " + show(3*day),
		"Ada Lovelace moved “First session” from " + show(3*day) + " to " + show(4*day) + " The room is taken.",
		"Ada Lovelace changed the place or the length of “First session”, which is on " + show(4*day),
		"Ada Lovelace cancelled “First session”, which was to be on " + show(4*day) + " Clara is ill.",
		"Ada Lovelace scheduled “First session” for " + show(5*day),
		"Ada Lovelace noted that nobody came to “First session” on " + show(5*day),
		"Ada Lovelace noted that “First session” was held, on " + show(5*day),
	}, told)
}
