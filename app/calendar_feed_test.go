package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/accounts"
	"coachflow/app"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/dev/readers"
	"coachflow/outbox"
)

// feedOf makes the address of somebody's calendar, and gives its token.
func (w *world) feedOf(p app.Principal) string {
	w.Helper()
	made, err := w.app.NewCalendarFeed(w.Context(), p)
	require.NoError(w, err)
	token, is := strings.CutPrefix(strings.TrimSuffix(made.Address, ".ics"), "http://coachflow.test/calendar/")
	require.True(w, is, made.Address)
	require.Len(w, token, 43, "32 bytes")
	return token
}

func (w *world) opens(token string) string {
	w.Helper()
	feed, err := w.app.OpenCalendar(w.Context(), token)
	require.NoError(w, err)
	return string(feed.Body)
}

func TestCalendarFeed_HoldsWhatIsTheirs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.scheduledSession()
	w.exec("UPDATE items SET due_at = '2099-03-30 21:30+00' WHERE engagement_id = $1", w.bens)
	ben, clara, petra, otto := w.opens(w.feedOf(w.ben)), w.opens(w.feedOf(w.clara)), w.opens(w.feedOf(w.petra)), w.opens(w.feedOf(w.otto))
	holds := func(feed string, entries ...string) {
		t.Helper()
		require.Equal(t, len(entries), strings.Count(feed, "BEGIN:VEVENT"), feed)
		for _, entry := range entries {
			require.Contains(t, feed, "\r\nSUMMARY:"+entry+"\r\n")
		}
	}
	holds(ben, "Session", "Form", "Task")
	holds(clara, "Session", "Coach's form")
	holds(petra, "Peer's task")
	holds(otto)
	for _, feed := range []string{ben, clara, petra, otto} {
		require.NotContains(t, feed, "@example.com", "nobody's address")
		require.NotContains(t, feed, "ATTENDEE")
		require.Contains(t, feed, "METHOD:PUBLISH\r\n")
		require.Contains(t, feed, "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n")
	}
	require.Contains(t, ben, "DTSTART;VALUE=DATE:20990330\r\n", "the date on Ben's clock, 23:30")
	require.Equal(t, 2, strings.Count(ben, "TRANSP:TRANSPARENT"))
	require.Equal(t, 1, strings.Count(ben, "TRANSP:OPAQUE"))
	w.exec("UPDATE item_recipients SET answered_at = now() WHERE person_id = $1 AND item_id IN (SELECT id FROM items WHERE kind = 'task')", w.ben.Person)
	holds(w.opens(w.feedOf(w.ben)), "Session", "Form")
	w.exec("UPDATE session_attendees SET removed_at = now() WHERE recipient_id IN (SELECT id FROM item_recipients WHERE person_id = ANY ($1))", []any{w.ben.Person, w.clara.Person})
	holds(w.opens(w.feedOf(w.ben)), "Form")
	holds(w.opens(w.feedOf(w.clara)), "Session", "Coach's form") // hers as the coach
}

func TestCalendarFeed_WhatIsCancelledStaysAndWhatIsLongOverGoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.scheduledSession()
	token := w.feedOf(w.ben)
	require.Contains(t, w.opens(token), "STATUS:CONFIRMED")
	w.exec("UPDATE item_sessions SET state = 'cancelled' WHERE org_id = $1", w.admin.Org)
	cancelled := w.opens(token)
	require.Contains(t, cancelled, "STATUS:CANCELLED")
	require.NotContains(t, cancelled, "STATUS:CONFIRMED")
	for days, there := range map[int]bool{-89: true, -91: false, 5000: true} {
		w.exec("UPDATE item_sessions SET starts_at = now() + make_interval(days => $2) WHERE org_id = $1", w.admin.Org, days)
		require.Equal(t, there, strings.Contains(w.opens(token), "BEGIN:VEVENT"), days)
	}
}

func TestCalendarFeed_TheSameContentIsTheSameBytes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.scheduledSession()
	token := w.feedOf(w.ben)
	first, err := w.app.OpenCalendar(t.Context(), token)
	require.NoError(t, err)
	second, err := w.app.OpenCalendar(t.Context(), token)
	require.NoError(t, err)
	require.Equal(t, first, second)
	w.exec("DELETE FROM item_sessions WHERE org_id = $1", w.admin.Org)
	third, err := w.app.OpenCalendar(t.Context(), token)
	require.NoError(t, err)
	require.NotEqual(t, first.ETag, third.ETag, "what is gone changes it, too")
}

func TestCalendarFeed_ADeadAddressOpensNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dead := func(token string) {
		t.Helper()
		_, err := w.app.OpenCalendar(t.Context(), token)
		requireProblem(t, err, "calendar_not_found")
	}
	dead("")
	dead(strings.Repeat("A", 43))
	old := w.feedOf(w.ben)
	present := w.feedOf(w.ben)
	dead(old)
	w.opens(present)
	foreign := w.feedOf(w.foreign)
	require.Zero(t, strings.Count(w.opens(foreign), "BEGIN:VEVENT"))
	require.NoError(t, w.app.RemoveCalendarFeed(t.Context(), w.ben))
	dead(present)
	feed, err := w.app.GetCalendarFeed(t.Context(), w.ben)
	require.NoError(t, err)
	require.False(t, feed.Made)

	// A closed account: neither then, nor when there is an account again.
	closed := w.feedOf(w.ben)
	require.NoError(t, w.app.DB.InOrg(t.Context(), w.ben.Org, func(q *rows.Queries) error {
		return accounts.Close(t.Context(), q, outbox.Addressee{Org: w.ben.Org, Person: w.ben.Person, At: db.Now()})
	}))
	dead(closed)
	w.exec("UPDATE people SET state = 'active' WHERE id = $1", w.ben.Person)
	dead(closed)
	inactive := w.feedOf(w.clara)
	w.exec("UPDATE people SET state = 'internal' WHERE id = $1", w.clara.Person)
	dead(inactive)
}

func TestCalendarFeed_OtherReadersReadIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.scheduledSession()
	w.exec("UPDATE items SET due_at = now() + interval '20 days' WHERE engagement_id = $1", w.bens)
	w.exec("UPDATE item_sessions SET zone = 'Europe/Berlin', place = 'https://meet.example.com/room' WHERE org_id = $1", w.admin.Org)
	feeds := []string{w.opens(w.feedOf(w.ben)), w.opens(w.feedOf(w.otto))}
	w.exec("UPDATE item_sessions SET state = 'cancelled' WHERE org_id = $1", w.admin.Org)
	feeds = append(feeds, w.opens(w.feedOf(w.clara)))
	var starts time.Time
	require.NoError(t, w.superuser.QueryRow(t.Context(), "SELECT starts_at FROM item_sessions WHERE org_id = $1", w.admin.Org).Scan(&starts))

	t.Run("libical", func(t *testing.T) {
		var libical []struct {
			Faults int
			Right  bool
		}
		readers.Libical.Read(t, feeds, &libical)
		for i, got := range libical {
			require.Zero(t, got.Faults, feeds[i])
			require.True(t, got.Right || i == 1, feeds[i]) // a calendar without entries is none for libical
		}
	})
	t.Run("python", func(t *testing.T) {
		type entry struct {
			Title, Status, Transparency string
			Start                       time.Time
		}
		var python []struct {
			Method string
			Events []entry
		}
		readers.Python.Read(t, feeds, &python)
		require.Len(t, python, 3)
		statuses := func(events []entry) (out []string) {
			for _, e := range events {
				if e.Title == "Session" {
					require.True(t, starts.Truncate(time.Second).Equal(e.Start), "%s %s", starts, e.Start)
				}
				out = append(out, e.Title+" "+e.Status+" "+e.Transparency)
			}
			return out
		}
		require.ElementsMatch(t, []string{"Session CONFIRMED OPAQUE", "Form CONFIRMED TRANSPARENT", "Task CONFIRMED TRANSPARENT"}, statuses(python[0].Events))
		require.Empty(t, python[1].Events)
		require.ElementsMatch(t, []string{"Session CANCELLED OPAQUE", "Coach's form CONFIRMED TRANSPARENT"}, statuses(python[2].Events))
	})
}
