package workflows_test

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/program"
	"coachflow/workflows"
)

// Many people who want the same few times of one coach at once: each time is somebody's,
// and everybody else is told so and sees what is free.

// crowd are people who each have a session to book with the coach.
func (w *world) crowd(many int, began func(app.Engagement)) []coaching.LinkRef {
	w.Helper()
	w.offers()
	coachees := make([]app.Person, many)
	for i := range coachees {
		coachees[i] = w.person(fmt.Sprintf("Coachee %d", i), "coachee", fmt.Sprintf("coachee%d@client.test", i))
	}
	links := make([]coaching.LinkRef, many)
	var all sync.WaitGroup
	for part := range 8 {
		all.Go(func() {
			for i := part; i < many; i += 8 {
				e, err := w.app.CreateEngagement(w.Context(), w.admin, app.EngagementInput{Name: "Leadership", CoacheeID: coachees[i].ID, CoachID: &w.coach.ID})
				if err == nil {
					_, err = w.app.AddItem(w.Context(), w.admin, e.ID, -1, sessionItem("Session", bookedByCoachee))
				}
				if err == nil {
					e, err = w.app.StartEngagement(w.Context(), w.admin, e.ID)
				}
				if err != nil {
					w.Error(err)
					return
				}
				began(e)
			}
		})
	}
	all.Wait()
	for i := range links {
		links[i] = w.bookingLink(coachees[i].Emails[0])
	}
	return links
}

// grabbed counts what became of everybody's choice, by the code of the refusal.
func grabbed(many int, grab func(i int) error) map[string]int {
	var all sync.WaitGroup
	var mu sync.Mutex
	outcomes := map[string]int{}
	for i := range many {
		all.Go(func() {
			err, code := grab(i), "booked"
			if problem, is := coaching.AsProblem(err); is {
				code = problem.Code
			} else if err != nil {
				code = err.Error()
			}
			mu.Lock()
			defer mu.Unlock()
			outcomes[code]++
		})
	}
	all.Wait()
	return outcomes
}

// 300 people at the level of the transactions, where no early answer helps anybody.
func TestBookings_ThreeHundredWantTheSameTwenty(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const many, few = 300, 20
	links := w.crowd(many, func(e app.Engagement) {
		p, err := w.app.GetProgram(w.Context(), w.admin, e.ID)
		if err == nil {
			_, err = w.domain.Programs.TakeStep(w.Context(), program.CommandContext{Org: w.admin.Org, Engagement: e.ID, Item: p.Items[0].ID, At: time.Now().UTC(), Key: "issue"})
		}
		if err != nil {
			w.Error(err)
		}
	})
	times := hourly(w.times(links[0]), few)
	acts := make([]program.SessionCommand, many)
	for i, link := range links {
		s, err := w.app.ReadSessionLink(t.Context(), link)
		require.NoError(t, err)
		var recipient uuid.UUID
		w.ask("SELECT subject_id FROM links WHERE id = $1", &recipient, link.ID)
		act := w.stored(s.ID, coaching.SessionAct{Kind: coaching.ScheduleSession, Start: times[i%few], Recipient: recipient})
		acts[i] = program.SessionCommand{CommandContext: program.CommandContext{Org: w.admin.Org, Engagement: s.EngagementID, Item: s.ID, At: time.Now().UTC(), Key: act.ID.String()}, Act: act.ID}
	}
	outcomes := grabbed(many, func(i int) error {
		_, err := w.domain.Programs.ApplySession(t.Context(), acts[i])
		return err
	})
	require.Equal(t, map[string]int{"booked": few, "slot_taken": many - few}, outcomes)
	w.requireBooked(few)
	require.Equal(t, few, w.count("SELECT count(*) FROM item_sessions"), "of the others nothing is left")
	require.Equal(t, 2*few, w.count("SELECT count(*) FROM notifications WHERE kind = 'session_scheduled'"), "nobody else gets a mail")
}

// The same through the application, by links, with the process engine.
func TestServer_TheWholeCrowdBooksByLink(t *testing.T) {
	s := serve(t)
	const many, few = 60, 20
	var began sync.WaitGroup
	links := s.crowd(many, func(e app.Engagement) {
		began.Go(func() {
			for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
				p, err := s.app.GetProgram(s.world.Context(), s.admin, e.ID)
				if err == nil && p.Items[0].Status == "open" && len(s.mails.to(p.Items[0].To[0].Address)) > 0 {
					return
				}
			}
			s.Error("a session was not opened")
		})
		began.Wait()
	})
	times := hourly(s.times(links[0]), few)
	s.app.Patience = time.Minute
	free := make([]int, many)
	outcomes := grabbed(many, func(i int) error {
		shown, err := s.app.BookByLink(t.Context(), links[i], times[i%few], "")
		free[i] = len(shown.Times())
		return err
	})
	require.Equal(t, map[string]int{"booked": few, "slot_taken": many - few}, outcomes)
	for i, left := range free {
		require.NotZero(t, left, "%d sees the next free ones, or those to move to", i)
	}
	s.requireBooked(few)
}

// times are the free ones that a link shows.
func (w *world) times(link coaching.LinkRef) []time.Time {
	w.Helper()
	s, err := w.app.ReadSessionLink(w.Context(), link)
	require.NoError(w, err)
	return s.Times()
}

// hourly are times that do not exclude each other, from when a session can still be moved.
func hourly(times []time.Time, many int) []time.Time {
	times = slices.DeleteFunc(times, func(at time.Time) bool { return at.Before(time.Now().Add(30 * time.Hour)) })
	out := times[:1:1]
	for _, at := range times {
		if at.Sub(out[len(out)-1]) >= 2*time.Hour {
			out = append(out, at)
		}
	}
	return out[:many]
}

func (w *world) requireBooked(many int) {
	w.Helper()
	require.Equal(w, many, w.count("SELECT count(*) FROM bookings"))
	require.Zero(w, w.count(overlapping))
	require.Zero(w, w.count("SELECT count(*) FROM ("+scheduledWithCoach+" EXCEPT "+bookedSessions+") AS missing"))
}

// recordBooked is a session that the coachee books, moves, cancels and books again, that
// was taken in between, and that is held.
func (s *served) recordBooked(t *testing.T) string {
	ctx := t.Context()
	s.offers()
	p := s.story(t, sessionItem("Recorded session", bookedByCoachee))
	id := p.becomes("Recorded session", "open").ID
	require.Eventually(t, func() bool { return len(s.mails.to(ben)) == 1 }, 30*time.Second, 20*time.Millisecond)
	link := s.bookingLink(ben)
	p.does(s.app.SendItem(ctx, s.admin, id))
	require.Eventually(t, func() bool { return len(s.mails.to(ben)) == 2 }, 30*time.Second, 20*time.Millisecond)
	times := hourly(s.times(link), 60)
	s.bookedElsewhere(s.coach.ID, times[50], 60)
	require.Equal(t, "slot_taken", p.refuses(s.app.BookByLink(ctx, link, times[50], "")))
	p.does(s.app.BookByLink(ctx, link, times[40], ""))
	p.sessionMails(2)
	p.does(s.app.BookByLink(ctx, link, times[45], "Recorded reason"))
	p.sessionMails(4)
	p.does(s.app.CancelSessionByLink(ctx, link, "Recorded reason"))
	p.sessionMails(6)
	p.does(s.app.BookByLink(ctx, link, times[46], ""))
	p.sessionMails(8)
	s.exec("UPDATE item_sessions SET starts_at = now() - interval '2 hours' WHERE state = 'scheduled'")
	p.does(s.app.MarkSessionHeld(ctx, s.admin, id))
	p.becomes("Recorded session", "completed")
	p.does(s.app.CompleteEngagement(ctx, s.admin, p.run.engagement.ID))
	p.ends()
	return workflows.ProgramID(p.run.engagement.ID)
}

func TestServer_ASessionBookedByTheCoachee(t *testing.T) {
	s := serve(t)
	s.recordBooked(t)
}

func TestRecordBookedHistories(t *testing.T) {
	if os.Getenv("COACHFLOW_RECORD") != "1" {
		return // made by hand, see histories_test.go
	}
	s := serve(t)
	s.record(t, "program_session_booked", s.recordBooked(t))
}
