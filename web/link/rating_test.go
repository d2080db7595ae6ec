package link_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/coaching"
	"coachflow/db"
)

// rated asks the coachee of a party about a session that was held, and gives the path of
// the link.
func (w *world) rated(p party, readers coaching.RatingReaders) string {
	w.t.Helper()
	engagement, item, _ := w.sent(p)
	session, rating := db.NewID(), db.NewID()
	w.exec(`INSERT INTO item_sessions (org_id, id, item_id, engagement_id, state, uid, organizer, calendar, starts_at, minutes, zone, created_at)
		VALUES ($1, $2::uuid, $3, $4, 'held', $2::uuid::text, 'session-aaaaaaaaaaaaaaaaaaaa', '{}', '2026-03-02 09:00+0', 60, 'UTC', now())`, p.org, session, item.ID, engagement.ID)
	w.exec(`INSERT INTO session_ratings (org_id, id, engagement_id, session_id, person_id, role, coach_id, question, low, high, readers, asked_at, closes_at)
		VALUES ($1, $2, $3, $4, $5, 'coachee', $6, 'Was it <of use>?', 'no', 'yes', $7, now(), now() + interval '14 days')`, p.org, rating, engagement.ID, session, p.coachee.Person, p.coach.Person, readers)
	return w.link(p, coaching.RatingLink, rating, p.coachee.Person, 24*time.Hour)
}

func rating(score, words string) url.Values {
	return url.Values{"q.score": {score}, "q.words": {words}}
}

func TestRating_IsGivenAndChangedByLink(t *testing.T) {
	w := newWorld(t)
	path := w.rated(w.ours, coaching.RatingsForCoach)
	before := w.snapshot()
	page := w.visitor().get(path)
	require.Equal(t, http.StatusOK, page.status, page.body)
	require.Equal(t, before, w.snapshot(), "R9: looking changes nothing")
	text := html.UnescapeString(page.body)
	require.Contains(t, text, "Was it <of use>?")
	require.Contains(t, text, "1 = no")
	require.Contains(t, text, "Your answer is read by the admins of Ours Coaching and by your coach, Ours coach.", "R27")
	require.Contains(t, text, "Monday, 2 March 2026, 10:00 (Europe/Berlin)")

	for _, c := range []struct {
		form url.Values
		says string
	}{
		{rating("", "Only words"), "Choose a number from 1 to 5."}, {rating("6", "Only words"), "Choose a number from 1 to 5."},
		{rating("4", strings.Repeat("x", 4001)), "at most 4000 characters"}, {rating("4", "a\x07b"), "control characters"},
	} {
		refused := page.from.post(path, c.form)
		require.Equal(t, http.StatusUnprocessableEntity, refused.status)
		require.Contains(t, refused.body, c.says)
		require.Equal(t, before, w.snapshot())
	}
	kept := page.from.post(path, rating("", "Only <words>"))
	require.Contains(t, html.UnescapeString(kept.body), "Only <words>", "what was typed is there again")

	given := page.from.post(path, rating("4", "Good\r\nenough"))
	require.Equal(t, http.StatusOK, given.status)
	require.Contains(t, given.body, "Thank you. Your answer is saved.")
	require.Equal(t, "4 Good\nenough", w.value("SELECT score || ' ' || words FROM session_ratings"))
	require.Contains(t, page.from.get(path).body, "Change my answer")
	page.from.post(path, rating("2", ""))
	require.Equal(t, "2 ", w.value("SELECT score || ' ' || words FROM session_ratings"))

	w.exec("UPDATE session_ratings SET closes_at = now()")
	late := page.from.post(path, rating("5", "Late"))
	require.Equal(t, http.StatusConflict, late.status)
	require.Contains(t, late.body, "it cannot be changed any more")
	require.NotContains(t, late.body, "<form")
	require.Equal(t, "2 ", w.value("SELECT score || ' ' || words FROM session_ratings"))
}

func TestRating_SaysPlainlyWhatIsOver(t *testing.T) {
	w := newWorld(t)
	path := w.rated(w.ours, coaching.RatingsForEveryone)
	for _, c := range []struct{ sql, says string }{
		{"UPDATE engagements SET status = 'completed'", "The coaching has ended. You gave none; there is nothing to do any more."},
		{"UPDATE engagements SET status = 'active'", "You can send and change it until"},
		{"UPDATE session_ratings SET closes_at = now()", "You gave none; there is nothing to do any more."},
		{"UPDATE session_ratings SET ended_at = now()", "This session was not held after all, so nothing is asked about it any more."},
	} {
		w.exec(c.sql)
		page := w.visitor().get(path)
		require.Equal(t, http.StatusOK, page.status)
		require.Contains(t, page.body, c.says, c.sql)
	}
	require.Equal(t, http.StatusConflict, w.visitor().post(path, rating("5", "")).status)
}

// A scanner that presses buttons gives no rating.
func TestRating_AScannerGivesNone(t *testing.T) {
	w := newWorld(t)
	path := w.rated(w.ours, coaching.RatingsForAdmins)
	page := w.visitor().post(path, rating("1", "Scanned"), "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "navigate")
	require.Contains(t, page.body, "Nothing has been sent yet")
	require.Contains(t, page.body, "Scanned")
	require.Equal(t, "0", w.value("SELECT count(score)::text FROM session_ratings"))
}
