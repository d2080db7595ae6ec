package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
)

// sessionAt gives Ben's session a time so far from now, of an hour in a room on the web.
func (w *world) sessionAt(from time.Duration, state string) app.Item {
	w.Helper()
	item := w.scheduledSession()
	w.exec("UPDATE item_sessions SET starts_at = now() + $1::float * interval '1 second', place = 'https://meet.example.com/room', state = $2 WHERE item_id = $3 AND state = 'scheduled'", from.Seconds(), state, item.ID)
	return item
}

func TestSessions_NextAreThoseThatHaveNotEnded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct {
		from  time.Duration
		state string
		want  coaching.JoinState // of what is listed
	}{
		{2 * time.Hour, "scheduled", coaching.JoinLater}, {5 * time.Minute, "scheduled", coaching.JoinOpen}, {-30 * time.Minute, "scheduled", coaching.JoinOpen},
		{-61 * time.Minute, "scheduled", ""}, {-30 * time.Minute, "held", ""}, {time.Hour, "cancelled", ""},
	} {
		item := w.sessionAt(c.from, c.state)
		for _, p := range []app.Principal{w.admin, w.clara, w.ben} {
			list, err := w.app.NextSessions(t.Context(), p, 5)
			require.NoError(t, err)
			if c.want == "" {
				require.Empty(t, list, "%+v for %s", c, p.Name)
				continue
			}
			require.Len(t, list, 1, "%+v for %s", c, p.Name)
			require.Equal(t, item.ID, list[0].ID)
			require.Equal(t, c.want, list[0].Join.State, "%+v", c)
			require.Equal(t, p.Person != w.ben.Person, list[0].Runs)
		}
		w.exec("DELETE FROM item_sessions")
	}
}

func TestSessions_AWeekInPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sessionAt(3*time.Hour, "held")
	w.exec(`INSERT INTO item_sessions (org_id, id, item_id, engagement_id, state, uid, organizer, calendar, starts_at, minutes, zone, created_at)
		SELECT org_id, gen_random_uuid(), item_id, engagement_id, 'no_show', gen_random_uuid()::text, organizer, calendar, starts_at, 60, 'UTC', now() FROM item_sessions, generate_series(1, 4) WHERE state = 'held'`)
	w.exec("UPDATE items SET status = 'completed' WHERE id IN (SELECT item_id FROM item_sessions)")
	ask := app.SessionQuery{From: time.Now(), Until: time.Now().AddDate(0, 0, 7), Most: 2}
	for _, p := range []app.Principal{w.admin, w.clara} {
		seen := 0
		for ask.After = ""; ; {
			page, err := w.app.ListSessions(t.Context(), p, ask)
			require.NoError(t, err)
			seen += len(page.Items)
			if ask.After = page.Next; ask.After == "" {
				break
			}
		}
		require.Equal(t, 5, seen, "all at the same moment, each once")
	}
	w.exec("UPDATE items SET status = 'open' WHERE id IN (SELECT item_id FROM item_sessions)")
	page, err := w.app.ListSessions(t.Context(), w.admin, app.SessionQuery{From: time.Now(), Until: time.Now().AddDate(0, 0, 7)})
	require.NoError(t, err)
	require.Len(t, page.Items, 4, "the held one was reopened: it was not held after all")

	for _, wrong := range []app.SessionQuery{{}, {From: ask.From, Until: ask.From}, {From: ask.Until, Until: ask.From}, {From: time.Now(), Until: time.Now().AddDate(0, 0, 70)}} {
		_, err := w.app.ListSessions(t.Context(), w.admin, wrong)
		problem, _ := coaching.AsProblem(err)
		require.Equal(t, "session_range_invalid", problem.Code)
	}
	_, err = w.app.ListSessions(t.Context(), w.admin, app.SessionQuery{From: time.Now(), Until: time.Now().AddDate(0, 0, 7), After: "made up"})
	problem, _ := coaching.AsProblem(err)
	require.Equal(t, "cursor_invalid", problem.Code)
}

// What comes next for a session follows its state and its time.
func TestSessions_WhatComesNext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	remind := func(in time.Duration) {
		w.exec("DELETE FROM notifications WHERE kind = 'session_reminder'")
		w.exec(`INSERT INTO notifications (org_id, id, engagement_id, item_id, recipient_id, kind, step, plan, key, address, reason, state, planned_at)
			SELECT i.org_id, gen_random_uuid(), i.engagement_id, i.id, r.id, 'session_reminder', 'reminder-1', 1, gen_random_uuid()::text, 'ben@example.com', 'attends', 'planned', now() + $2::interval
			FROM items i JOIN item_recipients r ON r.item_id = i.id WHERE i.id = $1 LIMIT 1`, w.item(w.bens, aSession).ID, in.String())
	}
	next := func(status string) *app.Coming {
		w.exec("UPDATE engagements SET status = $2 WHERE id = $1", w.bens, status)
		defer w.exec("UPDATE engagements SET status = 'active' WHERE id = $1", w.bens)
		return w.item(w.bens, aSession).Next
	}
	w.exec("UPDATE items SET status = 'open', issued_at = now(), plan = 1 WHERE id = $1", w.item(w.bens, aSession).ID)

	item := w.sessionAt(48*time.Hour, "scheduled")
	remind(24 * time.Hour)
	require.Equal(t, "reminder", next("active").What)
	require.Contains(t, next("paused").Text, "if the program is resumed before")
	require.NotContains(t, next("paused").Text, "moved by", "a pause moves no session")
	w.exec("DELETE FROM notifications WHERE kind = 'session_reminder'")
	require.Equal(t, "begins", next("active").What)
	w.exec("UPDATE items SET held_at = now() + interval '73 hours' WHERE id = $1", item.ID)
	require.Equal(t, "begins", next("active").What, "before it counts as held")

	w.exec("UPDATE item_sessions SET starts_at = now() - interval '2 hours' WHERE item_id = $1 AND state = 'scheduled'", item.ID)
	require.Equal(t, "held", next("active").What)
	require.Contains(t, next("active").Text, "counts as held")
	w.exec("UPDATE items SET held_at = NULL WHERE id = $1", item.ID)
	require.Equal(t, "say_held", next("active").What)

	w.exec("UPDATE item_sessions SET state = 'cancelled' WHERE item_id = $1", item.ID)
	require.Nil(t, next("active"))
	remind(24 * time.Hour)
	require.Equal(t, "unbooked", next("active").What)
	w.exec("UPDATE items SET status = 'waiting', issued_at = NULL WHERE id = $1", item.ID)
	require.Contains(t, next("active").Text, "scheduled", "nothing of a session is sent before it has a time")
}
