package workflows_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/workflows"
)

// Sessions against the dev server: each act, a reminder, and the end of the engagement
// while one is still to come.

// inDays is a time on Berlin's clock, so many days from now.
func inDays(t *testing.T, days int) app.SessionTime {
	t.Helper()
	at, err := coaching.ParseLocalTime(time.Now().AddDate(0, 0, days).Format("2006-01-02T15:04"))
	require.NoError(t, err)
	return app.SessionTime{At: at, TimeZone: "Europe/Berlin", Place: new("Recorded room")}
}

// sessionMails waits until so many mails to calendars have left.
func (s *told) sessionMails(many int) {
	s.Helper()
	require.Eventually(s.T, func() bool { return len(s.calendars()) == many }, 30*time.Second, 20*time.Millisecond, "%d mails to calendars", many)
}

// recordSessions is a session that is scheduled, moved, cancelled, scheduled again and
// held; the next one is to come when the engagement ends.
func (s *served) recordSessions(t *testing.T) string {
	ctx := t.Context()
	p := s.story(t, sessionItem("Recorded session"), sessionItem("Recorded next"))
	id := p.becomes("Recorded session", "open").ID
	p.does(s.app.ScheduleSession(ctx, s.admin, id, inDays(t, 10)))
	p.sessionMails(2)
	p.does(s.app.AddAttendee(ctx, s.admin, id, coaching.RecipientSpec{Email: sam}))
	p.sessionMails(3)
	moved := inDays(t, 11)
	moved.Reason = "Recorded reason"
	p.does(s.app.RescheduleSession(ctx, s.admin, id, moved))
	p.sessionMails(6)
	item := p.run.item("Recorded session")
	p.does(s.app.RemoveAttendee(ctx, s.admin, id, item.To[len(item.To)-1].ID))
	p.sessionMails(7)
	s.exec("UPDATE notifications SET planned_at = now() + interval '2 seconds' WHERE item_id = $1 AND step = 'reminder-1' AND state = 'planned'", id)
	p.does(s.app.HoldFollowUp(ctx, s.admin, id, item.To[0].ID, false)) // lets the program know of it
	require.Eventually(t, func() bool { return strings.Contains(strings.Join(p.subjects(), "\n"), "reminder Recorded session") }, 30*time.Second, 50*time.Millisecond)
	p.does(s.app.CancelSession(ctx, s.admin, id, "Recorded reason"))
	p.sessionMails(9)
	p.does(s.app.ScheduleSession(ctx, s.admin, id, inDays(t, 12)))
	p.sessionMails(11)
	s.exec("UPDATE item_sessions SET starts_at = now() - interval '2 hours' WHERE state = 'scheduled'")
	p.does(s.app.MarkSessionNoShow(ctx, s.admin, id))
	p.does(s.app.MarkSessionHeld(ctx, s.admin, id))
	next := p.becomes("Recorded next", "open").ID
	p.does(s.app.ScheduleSession(ctx, s.admin, next, inDays(t, 13)))
	p.sessionMails(13)
	p.does(s.app.CompleteEngagement(ctx, s.admin, p.run.engagement.ID))
	p.ends()
	p.sessionMails(15)
	return workflows.ProgramID(p.run.engagement.ID)
}

func TestServer_Sessions(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.recordSessions(t)
	require.Equal(t, []string{"REQUEST 0", "REQUEST 1", "CANCEL 2"}, calendarsOf(s.world, sam))
}

func TestRecordSessionHistories(t *testing.T) {
	if os.Getenv("COACHFLOW_RECORD") != "1" {
		return // made by hand, see histories_test.go
	}
	s := serve(t)
	s.record(t, "program_sessions", s.recordSessions(t))
}
