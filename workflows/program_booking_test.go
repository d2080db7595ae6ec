package workflows_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/db"
	"coachflow/workflows"
)

// bookedByCoachee lets the coachee choose the time of a session.
func bookedByCoachee(s *coaching.ItemSpec) { s.BookedBy = coaching.BookedByCoachee }

// offers lets the coach be booked at every hour of every day for a year.
func (w *world) offers(change ...func(*coaching.Availability)) {
	w.Helper()
	in := coaching.DefaultAvailability()
	for _, day := range coaching.Weekdays {
		in.Weekly[day] = []coaching.DayHours{{From: 0, To: 24 * 60}}
	}
	in.Notice, in.Horizon = 0, 365
	for _, c := range change {
		c(&in)
	}
	read, err := w.app.GetAvailability(w.Context(), w.admin, w.coach.ID)
	require.NoError(w, err)
	_, err = w.app.SetAvailability(w.Context(), w.admin, w.coach.ID, read.Version, in)
	require.NoError(w, err)
}

// bookingLink is what the link in the last mail to book a session names.
func (w *world) bookingLink(address string) coaching.LinkRef {
	w.Helper()
	for _, m := range w.mails.to(address) {
		if strings.HasPrefix(m.Subject, "Book your session") {
			ref, err := w.app.OpenLink(strings.TrimRight(between(m.Text, "http://coachflow.test/l/", "\n"), "> "))
			require.NoError(w, err)
			require.Equal(w, coaching.BookingLink, ref.Purpose)
			return ref
		}
	}
	require.Fail(w, "no mail to book a session", address)
	return coaching.LinkRef{}
}

// behind is the session that a link shows.
func (r *run) behind(link coaching.LinkRef) app.AttendedSession {
	r.Helper()
	s, err := r.app.ReadSessionLink(r.Context(), link)
	require.NoError(r, err)
	return s
}

// freeAt is the first free time behind a link that comes so long after the start.
func (r *run) freeAt(link coaching.LinkRef, after time.Duration) time.Time {
	r.Helper()
	for _, at := range r.behind(link).Times() {
		if !at.Before(r.start.Add(after)) {
			return at
		}
	}
	require.Fail(r, "no free time", after)
	return time.Time{}
}

func (r *run) books(link coaching.LinkRef, at time.Time, reason string) {
	r.Helper()
	r.does(func() error {
		_, err := r.app.BookByLink(r.Context(), link, at, reason)
		return err
	})
}

// stored is an act on a session as the application stores it before it tells the program.
func (w *world) stored(item uuid.UUID, act coaching.SessionAct) workflows.ProgramSession {
	w.Helper()
	wanted, err := json.Marshal(act)
	require.NoError(w, err)
	id := db.NewID()
	w.exec("INSERT INTO session_acts (org_id, id, item_id, kind, wanted, created_at) VALUES ($1, $2, $3, $4, $5, now())", w.admin.Org, id, item, act.Kind, wanted)
	return workflows.ProgramSession{Item: item, ID: id, Kind: act.Kind}
}

// texts are the rows of one column.
func (w *world) texts(sql string, args ...any) []string {
	w.Helper()
	conn, err := pgx.Connect(w.Context(), w.url)
	require.NoError(w, err)
	defer func() { _ = conn.Close(w.Context()) }()
	found, err := conn.Query(w.Context(), sql, args...)
	require.NoError(w, err)
	list, err := pgx.CollectRows(found, pgx.RowTo[string])
	require.NoError(w, err)
	return list
}

// booked are the bookings, like "2027-03-30T08:00:00Z".
func (w *world) booked() []string {
	w.Helper()
	return w.texts("SELECT to_char(starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM bookings ORDER BY starts_at")
}

// R14, R9, R10, R15: one link books, moves, cancels, and books again; looking at it changes nothing.
func TestR14_TheCoacheeBooksMovesAndCancelsByOneLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.offers()
	r := w.program(w.engagement(sessionItem("First session", bookedByCoachee), w.formItem("Review")))
	var link coaching.LinkRef
	var first, second, third time.Time
	r.at(time.Hour, func() {
		require.Empty(t, w.calendars(), "R10: nobody's calendar hears of it before it has a time")
		require.Len(t, w.mails.all(), 1, "the coachee alone is told")
		link = w.bookingLink(ben)
		for range 3 { // R9
			s := r.behind(link)
			require.True(t, s.CanBook)
			require.NotEmpty(t, s.Times())
			require.Equal(t, 60, s.Minutes)
		}
		require.Empty(t, w.booked())
		first = r.freeAt(link, 5*day)
		r.books(link, first, "")
	})
	r.at(2*time.Hour, func() {
		r.told("REQUEST 0 "+clara, "REQUEST 0 "+ben)
		require.Equal(t, []string{first.Format(time.RFC3339)}, w.booked())
		s := r.behind(link)
		require.Equal(t, app.SessionOpen, s.Stand)
		require.True(t, s.CanMove)
		require.Equal(t, first, s.StartsAt.UTC())
		require.Contains(t, s.Times(), first.Add(30*time.Minute), "its own time does not stand in its way")
		again, err := w.app.BookByLink(t.Context(), link, first, "")
		require.NoError(t, err, "R15: pressed twice shows the same")
		require.Equal(t, s.StartsAt, again.StartsAt)
		second = first.Add(30 * time.Minute)
		r.books(link, second, "The train is late.")
	})
	r.at(3*time.Hour, func() {
		require.Contains(t, w.mails.to(clara)[0].Text, "The train is late.", "the others read why")
		r.told("REQUEST 1 "+clara, "REQUEST 1 "+ben)
		require.Equal(t, []string{second.Format(time.RFC3339)}, w.booked())
		r.does(func() error {
			_, err := w.app.CancelSessionByLink(t.Context(), link, "I am ill.")
			return err
		})
	})
	r.at(4*time.Hour, func() {
		require.Contains(t, w.mails.to(ben)[0].Text, "You can book another time.")
		require.NotContains(t, w.mails.to(clara)[0].Text, "You can book another time.")
		old := w.sessionLink(ben)
		r.told("CANCEL 2 "+clara, "CANCEL 2 "+ben)
		require.Empty(t, w.booked())
		require.True(t, r.behind(link).CanBook)
		require.True(t, r.behind(old).CanBook, "so does the link to the session that was cancelled")
		third = r.freeAt(link, 6*day)
		r.books(old, third, "")
	})
	r.at(5*time.Hour, func() {
		r.told("REQUEST 0 "+clara, "REQUEST 0 "+ben)
		require.Equal(t, []string{third.Format(time.RFC3339)}, w.booked())
	})
	r.at(6*day+2*time.Hour, func() {
		r.does(func() error {
			_, err := w.app.MarkSessionNoShow(t.Context(), w.admin, r.item("First session").ID)
			return err
		})
	})
	r.at(6*day+3*time.Hour, func() {
		require.Empty(t, w.booked())
		require.True(t, r.behind(link).CanBook, "nobody came: it can be booked again")
		r.books(link, r.freeAt(link, 9*day), "")
	})
	r.at(9*day+2*time.Hour, func() {
		r.does(func() error {
			_, err := w.app.MarkSessionHeld(t.Context(), w.admin, r.item("First session").ID)
			return err
		})
	})
	r.at(9*day+3*time.Hour, func() {
		require.Equal(t, "open", r.item("Review").Status)
		require.False(t, r.behind(link).CanBook)
		require.Empty(t, r.behind(link).Times())
		r.answer("Review", ben)
	})
	r.execute()
	require.Equal(t, 1, r.outcomes()["session_booking sent"]+r.outcomes()["session_booking delivered"], "the mail to book it came once")
	require.Equal(t, 1, r.count("SELECT count(*) FROM events WHERE kind = 'session_rescheduled' AND actor_id = $1", w.client.ID), "the timeline says who moved it")
}

// R1: the state is read again by the program: what was chosen a while ago is refused where
// it is taken, too soon, past, or not theirs to choose.
func TestR1_TheProgramJudgesABookingOnceMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.offers(func(a *coaching.Availability) { a.Notice = 120 })
	r := w.program(w.engagement(sessionItem("First session", bookedByCoachee, to(coaching.RecipientSpec{Role: "coachee"}, coaching.RecipientSpec{Role: "coach"}, coaching.RecipientSpec{Email: sam})), w.formItem("Review")))
	item := func() app.Item { return r.item("First session") }
	act := func(change func(*coaching.SessionAct)) workflows.ProgramSession {
		a := coaching.SessionAct{Kind: coaching.ScheduleSession, Start: r.freeAt(w.bookingLink(ben), 5*day), Recipient: recipientAt(r, ben)}
		change(&a)
		return r.stored(item().ID, a)
	}
	r.at(30*time.Minute, func() { require.Len(t, w.mails.to(ben), 1) })
	r.at(3*time.Hour, func() {
		r.refused(workflows.SessionUpdate, act(func(a *coaching.SessionAct) { a.Start = r.start.Add(2 * time.Hour).Truncate(30 * time.Minute) }), "slot_too_soon")
		r.refused(workflows.SessionUpdate, act(func(a *coaching.SessionAct) { a.Start = a.Start.Add(7 * time.Minute) }), "slot_not_offered")
		r.refused(workflows.SessionUpdate, act(func(a *coaching.SessionAct) { a.Start = a.Start.AddDate(2, 0, 0) }), "slot_too_far")
		r.refused(workflows.SessionUpdate, act(func(a *coaching.SessionAct) { a.Recipient = recipientAt(r, sam) }), "session_not_bookable")
		r.refused(workflows.SessionUpdate, act(func(a *coaching.SessionAct) { a.Recipient = recipientAt(r, clara) }), "session_not_bookable")
	})
	r.at(4*time.Hour, func() {
		require.Empty(t, w.booked(), "nothing is half done")
		require.Equal(t, coaching.SessionToSchedule, item().Session.State)
		taken := act(func(*coaching.SessionAct) {})
		w.bookedElsewhere(w.coach.ID, r.freeAt(w.bookingLink(ben), 5*day), 60)
		r.refused(workflows.SessionUpdate, taken, "slot_taken")
	})
	r.at(5*time.Hour, func() {
		require.Len(t, w.booked(), 1, "the other one's")
		require.Empty(t, w.calendars())
		r.takesOff("First session", clara)
	})
	r.at(6*time.Hour, func() {
		require.False(t, r.behind(w.bookingLink(ben)).CanBook, "without the coach there is nothing to book")
		r.skips("First session")
	})
	r.at(7*time.Hour, func() { r.answer("Review", ben) })
	r.execute()
}

// recipientAt is the recipient of the session with an address.
func recipientAt(r *run, address string) (id uuid.UUID) {
	for _, to := range r.item("First session").To {
		if to.Address == address {
			return to.ID
		}
	}
	require.Fail(r, "no such recipient", address)
	return id
}

// Where the coach sets the time by hand, the mail to book it is taken back, and the link
// shows the time.
func TestR1_NoMailToBookWhatHasItsTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.offers()
	r := w.program(w.engagement(sessionItem("First session", bookedByCoachee)))
	r.at(time.Hour, func() { r.does(func() error { return r.sendAgain("First session") }) })
	r.at(2*time.Hour, func() {
		require.Len(t, w.mails.to(ben), 2, "sent again by hand, while it has no time")
		require.Equal(t, w.mails.to(ben)[0].Text, w.mails.to(ben)[1].Text, "with the same link")
		r.does(func() error { return r.sendAgain("First session") })
	})
	r.at(2*time.Hour+10*time.Second, func() { r.schedules("First session", 3*day) })
	r.at(3*time.Hour, func() {
		link := w.bookingLink(ben)
		require.Equal(t, r.begins(3*day), r.behind(link).StartsAt.UTC())
		require.True(t, r.behind(link).CanMove)
		require.Len(t, w.mails.to(ben), 3, "the third is the invitation")
		r.does(func() error { return r.sendAgain("First session") })
	})
	r.at(4*time.Hour, func() {
		require.NotNil(t, w.mails.to(ben)[3].Calendar, "sent again is the invitation now")
		r.skips("First session")
	})
	r.execute()
	require.Equal(t, 1, r.outcomes()["session_booking cancelled"])
}

// One that is scheduled while its item waits is opened by it, and needs no mail to book it.
func TestBooking_ScheduledWhileItWaitsIsNotToBeBooked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake"), sessionItem("First session", bookedByCoachee)))
	r.at(time.Hour, func() { r.schedules("First session", 3*day) })
	r.at(2*time.Hour, func() { r.answer("Intake", ben) })
	r.execute()
	require.Zero(t, r.count("SELECT count(*) FROM notifications WHERE kind = 'session_booking'"))
}

// The letter is that of the item, and its preview is what is sent.
func TestBooking_TheItemsOwnWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	own := &coaching.LetterSpec{Subject: "Book your session: yours", Body: "Dear {{name}}, choose among the times of {{coach}}, {{length}} each: {{link}}"}
	r := w.program(w.engagement(sessionItem("First session", bookedByCoachee, func(s *coaching.ItemSpec) { s.Letter = own })))
	r.at(time.Hour, func() {
		mail := w.mails.to(ben)[0]
		require.Contains(t, mail.Text, "Dear Ben Okri, choose among the times of Clara Schumann, 60 minutes each")
		shown, err := w.app.PreviewItem(t.Context(), w.admin, r.item("First session").ID, app.PreviewInput{})
		require.NoError(t, err)
		require.Equal(t, mail.Subject, shown.Subject)
		r.schedules("First session", 3*day)
	})
	r.at(2*time.Hour, func() {
		require.NotContains(t, w.mails.to(ben)[1].Text, "Dear Ben", "the invitation has the words of the organization")
		r.skips("First session")
	})
	r.execute()
}

func TestBooking_NoFreeTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(sessionItem("First session", bookedByCoachee)))
	r.at(time.Hour, func() {
		link := w.bookingLink(ben)
		require.True(t, r.behind(link).CanBook)
		require.Empty(t, r.behind(link).Times(), "the coach has set no availability")
		_, err := w.app.BookByLink(t.Context(), link, r.start.Add(day), "")
		requireProblem(t, err, "slot_not_offered")
		for range 5 {
			_, err = w.app.AskByLink(t.Context(), link, "In the evening?")
			require.NoError(t, err)
		}
		_, err = w.app.AskByLink(t.Context(), link, "And now?")
		requireProblem(t, err, "session_asked_often")
		r.sendsStandalone()
		require.Len(t, w.mails.to(clara), 5)
		require.Equal(t, "Ben Okri asks for a time: First session", w.mails.to(clara)[0].Subject)
		require.Contains(t, w.mails.to(clara)[0].Text, "In the evening?")
		r.skips("First session")
	})
	r.at(2*time.Hour, func() {
		_, err := w.app.AskByLink(t.Context(), w.bookingLink(ben), "And now?")
		requireProblem(t, err, "session_closed")
	})
	r.execute()
}

// A time that a person sets by hand keeps off the coach's other appointments, too, and is
// told with which one it collides. So is who gives the engagement a coach who is busy then.
func TestBooking_ByHandTheCoachIsBusy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.offers()
	other := w.person("Otto Klemperer", "coach", "otto@acme.test")
	r := w.program(w.engagement(sessionItem("First session"), sessionItem("Second session", func(s *coaching.ItemSpec) { s.Release = coaching.ReleaseRule{Rule: coaching.Manual} })))
	r.at(time.Hour, func() { r.schedules("First session", 5*day) })
	busy := func(code string, do func() error) {
		r.away.take()
		_ = do()
		for _, told := range r.away.take() {
			r.tryUpdate(told.UpdateName, told.Args[0], func(err error) {
				require.ErrorContains(t, err, code)
				require.ErrorContains(t, err, coaching.ShowTime(r.begins(5*day), coaching.ZoneOrUTC("Europe/Berlin")), "it says with which")
			})
		}
	}
	at := func(after time.Duration) app.SessionTime {
		return app.SessionTime{At: r.localAt(after), TimeZone: "Europe/Berlin"}
	}
	r.at(2*time.Hour, func() {
		for _, after := range []time.Duration{5 * day, 5*day + 70*time.Minute, 5*day - 74*time.Minute} {
			busy("another appointment", func() error {
				_, err := w.app.ScheduleSession(t.Context(), w.admin, r.item("Second session").ID, at(after))
				return err
			})
		}
	})
	r.at(3*time.Hour, func() {
		require.Len(t, w.booked(), 1)
		require.Equal(t, "waiting", r.item("Second session").Status, "nothing is half done")
		r.schedules("Second session", 5*day+75*time.Minute)
	})
	r.at(4*time.Hour, func() {
		require.Len(t, w.booked(), 2, "with the minutes between that the coach keeps free")
		busy("another appointment", func() error {
			_, err := w.app.RescheduleSession(t.Context(), w.admin, r.item("Second session").ID, at(5*day+30*time.Minute))
			return err
		})
	})
	r.at(5*time.Hour, func() {
		w.bookedElsewhere(other.ID, r.begins(5*day).Add(30*time.Minute), 60)
		e, err := w.app.GetEngagement(t.Context(), w.admin, r.engagement.ID)
		require.NoError(t, err)
		_, err = w.app.UpdateEngagement(t.Context(), w.admin, e.ID, e.ProgramRevision, app.EngagementChange{CoachID: &other.ID})
		requireProblem(t, err, "coach_busy")
		w.exec("DELETE FROM bookings WHERE coach_id = $1", other.ID)
		_, err = w.app.UpdateEngagement(t.Context(), w.admin, e.ID, e.ProgramRevision, app.EngagementChange{CoachID: &other.ID})
		require.NoError(t, err)
		require.Equal(t, 2, w.count("SELECT count(*) FROM bookings WHERE coach_id = $1", other.ID), "the new coach has the appointments")
		require.Equal(t, 2, w.count("SELECT count(*) FROM bookings"))
		r.env.SignalWorkflow(workflows.ReadAgainSignal, nil)
		r.sendsStandalone()
	})
	r.at(6*time.Hour, func() { r.update(workflows.EndUpdate, workflows.ProgramEnd{Status: "cancelled"}) })
	r.execute()
	require.Empty(t, w.booked(), "with the engagement the appointments end")
}

// At the two changes of the clock in Berlin, page, mail and calendar show the right time,
// to a reader in another zone in theirs.
func TestBooking_WhenTheClockChanges(t *testing.T) {
	t.Parallel()
	berlin, york := coaching.ZoneOrUTC("Europe/Berlin"), coaching.ZoneOrUTC("America/New_York")
	for _, change := range clockChanges(berlin, time.Now()) {
		t.Run(change.Format(time.DateOnly), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.offers(func(a *coaching.Availability) { a.Padding = 0 })
			_, err := w.app.UpdatePerson(t.Context(), w.admin, w.client.ID, w.version(w.client.ID), app.PersonInput{Name: w.client.Name, Roles: w.client.Roles, State: "internal", TimeZone: "America/New_York", Emails: []string{ben}})
			require.NoError(t, err)
			r := w.program(w.engagement(sessionItem("First session", bookedByCoachee)))
			r.at(time.Hour, func() {
				link := w.bookingLink(ben)
				free := r.behind(link).Times()
				require.Contains(t, free, change.Add(-time.Hour), "an hour before it")
				require.Contains(t, free, change.Add(2*time.Hour), "two hours after it")
				for _, at := range free {
					require.Contains(t, []int{0, 30}, at.In(berlin).Minute())
				}
				r.books(link, change.Add(2*time.Hour), "")
			})
			r.at(2*time.Hour, func() {
				at := change.Add(2 * time.Hour)
				require.Equal(t, "First session: "+coaching.ShowTime(at, york), w.mails.to(ben)[1].Subject)
				require.Equal(t, "First session: "+coaching.ShowTime(at, berlin), w.mails.to(clara)[0].Subject)
				require.Contains(t, string(w.mails.to(clara)[0].Calendar.Data), "DTSTART;TZID=Europe/Berlin:"+at.In(berlin).Format("20060102T150405"))
				require.Equal(t, []string{at.Format(time.RFC3339)}, w.booked())
				r.skips("First session")
			})
			r.execute()
		})
	}
}

// clockChanges are the moments of the next year at which a zone's clock is changed.
func clockChanges(zone *time.Location, now time.Time) (out []time.Time) {
	_, before := now.In(zone).Zone()
	for at := now.UTC().Truncate(time.Hour).Add(3 * time.Hour); len(out) < 2; at = at.Add(time.Hour) {
		if _, offset := at.In(zone).Zone(); offset != before {
			out, before = append(out, at), offset
		}
	}
	return out
}

// bookedElsewhere takes a time of a coach for another appointment.
func (w *world) bookedElsewhere(coach fmt.Stringer, at time.Time, minutes int) {
	w.Helper()
	w.exec(`WITH s AS (INSERT INTO item_sessions (org_id, id, item_id, state, uid, organizer, calendar, starts_at, minutes, zone, created_at)
		SELECT org_id, gen_random_uuid(), id, 'cancelled', gen_random_uuid()::text, 'session-aaaaaaaaaaaaaaaaaaaa', '{"uid": "u"}', $2::timestamptz, $3::integer, 'UTC', '2020-01-01' FROM items ORDER BY position DESC LIMIT 1 RETURNING org_id, id)
		INSERT INTO bookings (org_id, id, coach_id, starts_at, ends_at, blocked_until, session_id)
		SELECT org_id, gen_random_uuid(), $1::uuid, $2, $2::timestamptz + make_interval(mins => $3), $2::timestamptz + make_interval(mins => $3), id FROM s`, coach.String(), at, minutes)
}
