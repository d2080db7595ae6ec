package web

import (
	"html"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/coaching"
	"coachflow/db"
)

// scheduled gives an engagement of a party a session that begins so many minutes from now,
// which coachee and coach attend.
func (w *world) scheduled(p party, minutes int) {
	w.t.Helper()
	ctx := w.t.Context()
	engagement, _ := w.engagement(p)
	item, err := w.app.AddItem(ctx, p.admin, engagement.ID, -1, coaching.ItemSpec{Kind: coaching.SessionItem, Title: "Half-time", Minutes: 60, Release: coaching.ReleaseRule{Rule: coaching.Manual},
		Recipients: []coaching.RecipientSpec{{Role: "coachee"}, {Role: "coach"}}})
	require.NoError(w.t, err)
	session := db.NewID()
	w.exec("UPDATE items SET status = 'open', issued_at = now(), round = 1 WHERE id = $1", item.ID)
	w.exec(`INSERT INTO item_sessions (org_id, id, item_id, engagement_id, state, uid, organizer, calendar, starts_at, minutes, zone, place, created_at)
		VALUES ($1, $2::uuid, $3, $4, 'scheduled', $2::uuid::text, 'session-aaaaaaaaaaaaaaaaaaaa', '{}', now() + $5::int * interval '1 minute', 60, 'UTC', 'https://meet.example.com/room', now())`, p.org, session, item.ID, engagement.ID, minutes)
	w.exec("INSERT INTO session_attendees (org_id, id, session_id, recipient_id, invited_at) SELECT org_id, gen_random_uuid(), $2, id, now() FROM item_recipients WHERE item_id = $1", item.ID, session)
}

func TestHome_ShowsTheNextSessionWithItsButton(t *testing.T) {
	w := newWorld(t)
	w.scheduled(w.ours, 60)
	coachee, coach, admin := w.login(w.ours.coachee), w.login(w.ours.coach), w.login(w.ours.admin)
	page := func(v *visitor, path string) string {
		got := v.get(path)
		require.Equal(t, http.StatusOK, got.status)
		return html.UnescapeString(got.body)
	}
	require.Contains(t, page(coachee, "/"), "Your next session")
	require.Contains(t, page(coachee, "/"), "Join from ")
	require.NotContains(t, page(coachee, "/"), "Join now")
	require.Contains(t, page(coach, "/"), "Join from ")
	require.Contains(t, page(coach, "/"), "Week after")
	require.NotContains(t, page(coach, "/?q=nobody"), "Week after", "a search is answered by what it finds")
	require.NotContains(t, page(w.login(w.theirs.coach), "/"), "Half-time")
	require.NotContains(t, page(w.login(w.theirs.coachee), "/"), "Half-time")

	w.exec("UPDATE item_sessions SET starts_at = now() + interval '9 minutes'")
	require.Contains(t, page(coachee, "/"), "Join now")
	require.Contains(t, page(coachee, "/"), `href="https://meet.example.com/room"`)
	require.Contains(t, page(coach, "/"), "Join now")
	require.Contains(t, page(admin, "/sessions"), "Half-time")
	require.Contains(t, page(coachee, "/sessions"), "Half-time")

	w.exec("UPDATE item_sessions SET starts_at = now() - interval '70 minutes'")
	require.NotContains(t, page(coachee, "/"), "Your next session")
	require.NotContains(t, page(coach, "/"), "Join now")
	w.exec("UPDATE item_sessions SET starts_at = '2026-03-04 09:00+0', state = 'held'; UPDATE items SET status = 'completed' WHERE kind = 'session'")
	week := page(coach, "/sessions?week=2026-03-05")
	require.Contains(t, week, "2 to 8 March 2026")
	require.Contains(t, week, "10:00")
	require.Contains(t, week, "held")
	require.Contains(t, week, "/sessions?week=2026-02-23")
	require.NotContains(t, page(coach, "/sessions?week=2026-03-09"), "Half-time")
}

func TestHome_AnAdminSeesHowManySessionsThereAreToday(t *testing.T) {
	w := newWorld(t)
	admin := w.login(w.ours.admin)
	require.NotContains(t, admin.get("/").body, "today")
	w.scheduled(w.ours, 0)
	require.Contains(t, admin.get("/").body, "1 session today")
	require.NotContains(t, w.login(w.theirs.admin).get("/").body, "today")
}
