package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
)

// toBook is a session that the coachee of a party books among the times of the coach.
func (w *world) toBook(p party) app.Item {
	w.t.Helper()
	ctx := w.t.Context()
	in := coaching.DefaultAvailability()
	for _, day := range coaching.Weekdays {
		in.Weekly[day] = []coaching.DayHours{{From: 9 * 60, To: 17 * 60}}
	}
	_, err := w.app.SetAvailability(ctx, p.coach, p.coach.Person, 1, in)
	require.NoError(w.t, err)
	engagement, _ := w.engagement(p)
	item, err := w.app.AddItem(ctx, p.admin, engagement.ID, -1, coaching.ItemSpec{Kind: coaching.SessionItem, Title: "First session", Minutes: 60, BookedBy: coaching.BookedByCoachee,
		Release: coaching.ReleaseRule{Rule: coaching.Manual}, Recipients: []coaching.RecipientSpec{{Role: "coachee"}, {Role: "coach"}}})
	require.NoError(w.t, err)
	_, err = w.app.StartEngagement(ctx, p.admin, engagement.ID)
	require.NoError(w.t, err)
	w.exec("UPDATE items SET status = 'open', issued_at = now(), round = 1, plan = 1 WHERE id = $1", item.ID)
	return item
}

var timeLink = regexp.MustCompile(`href="(/sessions/[^"]*/times\?at=[^"]*)"`)

func TestSessionTimes_TheCoacheeChoosesAfterALogin(t *testing.T) {
	w := newWorld(t)
	item := w.toBook(w.ours)
	w.agree(nil)
	v := w.login(w.ours.coachee)
	at := coaching.SessionPage + item.ID.String()
	before := w.snapshot()
	require.Contains(t, v.get(at).body, "Choose a time")
	page := v.get(at + "/times")
	require.Contains(t, page.body, "Europe/Berlin")
	links := timeLink.FindAllStringSubmatch(page.body, -1)
	require.NotEmpty(t, links)
	choice := html.UnescapeString(links[0][1])
	require.Contains(t, v.get(choice).body, "Book this time?")
	require.Equal(t, before, w.snapshot(), "looking changes nothing")

	chosen, err := url.Parse(choice)
	require.NoError(t, err)
	require.Equal(t, http.StatusSeeOther, v.post(at+"/book", url.Values{"at": {chosen.Query().Get("at")}}).status)
	require.Equal(t, "schedule", w.value("SELECT kind FROM session_acts"))
	require.Equal(t, w.ours.coachee.Person.String(), w.value("SELECT actor_id::text FROM session_acts"))
	refused := v.post(at+"/book", url.Values{"at": {time.Now().UTC().Format(time.RFC3339)}})
	require.Equal(t, http.StatusConflict, refused.status)
	require.NotEmpty(t, timeLink.FindAllString(refused.body, -1), "the free ones are offered again")
	require.Equal(t, http.StatusUnprocessableEntity, v.post(at+"/book", url.Values{"at": {"x"}}).status)
	require.Equal(t, http.StatusNotFound, w.login(w.theirs.coachee).get(at+"/times").status)
	require.NotContains(t, w.login(w.ours.coach).get(at+"/times").body, "?at=", "the coach sets the time by hand")
}

func TestItemForm_WhoBooksASession(t *testing.T) {
	w := newWorld(t)
	engagement, _ := w.engagement(w.ours)
	v := w.login(w.ours.coach)
	path := "/engagements/" + engagement.ID.String() + "/items/new"
	values := usualItem(coaching.SessionItem)
	for name, value := range map[string]string{"kind": "session", "title": "First session", "booked_by": "coachee", "action": "apply"} {
		values.Set(name, value)
	}
	values.Del("coach")
	page := v.post(path, values)
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Contains(t, page.body, "coachee and coach must be among the recipients")
	values.Set("coach", "required")
	require.Contains(t, v.follow(path, values).body, "The item is added.")
	program, err := w.app.GetProgram(t.Context(), w.ours.admin, engagement.ID)
	require.NoError(t, err)
	added := program.Items[len(program.Items)-1]
	require.Equal(t, coaching.BookedByCoachee, added.BookedBy)
	require.Contains(t, v.get("/engagements/"+engagement.ID.String()+"/items/"+added.ID.String()+"/edit").body, `value="coachee" checked`)
}
