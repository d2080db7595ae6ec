package web

import (
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
)

// task makes a task that went out to the coachee of a party.
func (w *world) task(p party) app.Item {
	w.t.Helper()
	engagement, _ := w.engagement(p)
	item, err := w.app.AddItem(w.t.Context(), p.admin, engagement.ID, -1, coaching.ItemSpec{Kind: coaching.TaskItem, Title: "Talk to <your> team",
		Description: "Half an hour.\n\n<b>Write</b> it down.", Release: coaching.ReleaseRule{Rule: coaching.Manual}, Recipients: []coaching.RecipientSpec{{Role: "coachee"}}})
	require.NoError(w.t, err)
	_, err = w.app.StartEngagement(w.t.Context(), p.admin, engagement.ID)
	require.NoError(w.t, err)
	w.exec("UPDATE items SET status = 'open', issued_at = now(), round = 1, due_at = now() + interval '7 days' WHERE id = $1", item.ID)
	return item
}

func TestTask_IsDoneAfterALogin(t *testing.T) {
	w := newWorld(t)
	w.agree(nil)
	item := w.task(w.ours)
	path := "/tasks/" + item.ID.String()
	v := w.visitor()
	page := v.get(path)
	require.Equal(t, http.StatusSeeOther, page.status)
	require.Equal(t, "/login?to="+url.QueryEscape(path), page.location, "the mail's link comes back here after the login")
	require.Equal(t, http.StatusSeeOther, v.post(path, url.Values{}).status)
	in := v.post("/login", url.Values{"email": {address(w.ours.coachee)}, "password": {password}, "to": {path}})
	require.Equal(t, path, in.location)

	before := w.snapshot()
	page = v.get(path)
	require.Contains(t, page.body, "Talk to &lt;your&gt; team")
	require.Contains(t, page.body, "&lt;b&gt;Write&lt;/b&gt; it down.")
	require.Contains(t, page.body, "Mark as complete")
	require.Equal(t, before, w.snapshot(), "R9: looking changes nothing")
	require.Contains(t, v.follow(path, url.Values{}).body, "is complete.")
	require.Contains(t, v.get(path).body, "You marked it as complete on")
	require.Contains(t, v.follow(path, url.Values{}).body, "You marked it as complete on", "again changes nothing")
	require.Contains(t, v.get("/engagements/"+item.EngagementID.String()).body, path, "the portal leads there, too")

	for _, who := range []app.Principal{w.ours.coach, w.ours.admin, w.theirs.coachee} {
		other := w.login(who)
		require.Equal(t, http.StatusNotFound, other.get(path).status)
		require.Equal(t, http.StatusNotFound, other.post(path, url.Values{}).status)
	}
}

func TestStretches(t *testing.T) {
	t.Parallel()
	check := func(text string, want ...string) {
		t.Helper()
		var got []string
		whole := ""
		for _, s := range stretches(text) {
			whole += s.Text
			if s.URL != "" {
				got = append(got, s.URL)
			}
		}
		require.Equal(t, text, whole, "nothing is lost")
		require.Equal(t, want, got)
	}
	check("Read https://example.com/a?b=c#d, then (http://x.example/y). Done!", "https://example.com/a?b=c#d", "http://x.example/y")
	check("https://example.com", "https://example.com")
	check("javascript:alert(1) data:text/html,x ftp://x.example")
	check("https://")
	check(`<a href="https://evil.example">x</a>`, "https://evil.example")
	check("")
}

func TestTask_IsSavedWhenTheEngineIsAway(t *testing.T) {
	w := newWorld(t)
	w.agree(errors.New("away"))
	item := w.task(w.ours)
	v, path := w.login(w.ours.coachee), "/tasks/"+item.ID.String()
	require.Contains(t, v.follow(path, url.Values{}).body, "being processed")
	require.Contains(t, v.get(path).body, "being processed")
	w.exec("UPDATE items SET status = 'skipped' WHERE id = $1", item.ID)
	w.exec("DELETE FROM answers")
	require.Contains(t, v.get(path).body, "This task is closed")
	require.Contains(t, v.follow(path, url.Values{}).body, "This task is closed; there is nothing to complete any more.")
}

func TestTask_IsAddedInTheConsole(t *testing.T) {
	w := newWorld(t)
	w.agree(nil)
	engagement, _ := w.engagement(w.ours)
	v, path := w.login(w.ours.coach), "/engagements/"+engagement.ID.String()
	require.Contains(t, v.get(path).body, "items/new?kind=task")
	page := v.get(path + "/items/new?kind=task")
	require.Contains(t, page.body, "Add a task to the program")
	require.NotContains(t, page.body, `name="form_id"`)
	require.NotContains(t, page.body, `name="r0_email"`, "a task cannot go to a bare address")
	values := url.Values{"kind": {"task"}, "title": {"Talk"}, "description": {"One.\r\n\r\nTwo."}, "rule": {"manual"}, "due": {"none"}, "coachee": {"required"}}
	preview := v.post(path+"/items/new", values)
	require.Contains(t, preview.body, "This is what the change does")
	values.Set("action", "apply")
	values.Set("revision", "0")
	require.Contains(t, v.follow(path+"/items/new", values).body, "The item is added.")
	program, err := w.app.GetProgram(t.Context(), w.ours.admin, engagement.ID)
	require.NoError(t, err)
	added := program.Items[len(program.Items)-1]
	require.Equal(t, coaching.TaskItem, added.Kind)
	require.Equal(t, "One.\n\nTwo.", added.Description)
	edit := v.get(path + "/items/" + added.ID.String() + "/edit").body
	require.Contains(t, edit, "One.\n\nTwo.")
	require.Contains(t, edit, `name="kind" value="task"`)
	letter := v.get(path + "/items/" + added.ID.String() + "/preview").body
	require.Contains(t, letter, "Talk: a task for you")
	require.Contains(t, letter, "task_escalation")
	values.Set("title", "")
	values.Set("action", "preview")
	require.Equal(t, http.StatusUnprocessableEntity, v.post(path+"/items/new", values).status)
}
