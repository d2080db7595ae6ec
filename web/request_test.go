package web

import (
	"bytes"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBroken_TellsNothingOfTheInside(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	w.exec("ALTER TABLE engagements RENAME TO gone")
	page := v.do(http.MethodGet, "/", nil)
	require.Equal(t, http.StatusInternalServerError, page.status)
	require.Contains(t, page.body, "Something went wrong on our side")
	require.NotContains(t, page.body, "engagements&#34;")
	require.True(t, bytes.Contains(w.log.Bytes(), []byte("page failed")))
}

// NUL and what is no UTF-8 are text that Postgres refuses.
func TestPages_TakeTextThatNoDatabaseHolds(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	places := w.places()
	for _, bad := range []string{"%00", "%ff", "a%00b", "%c3%28"} {
		for _, place := range places {
			for _, name := range []string{"role", "state", "after", "files", "all", "kind", "recipient"} {
				require.Less(t, v.get(place.path+"?"+name+"="+bad).status, 500, "%s of %s is %s", name, place.path, bad)
			}
		}
		for _, path := range []string{"/settings/letters/", "/people/", "/nowhere/", "/engagements/"} {
			require.Equal(t, http.StatusNotFound, v.get(path+bad).status, path)
		}
	}
	require.NotContains(t, v.get("/people?role=%00").body, "Ours coach", "it is a role that nobody has")
	require.NotContains(t, w.log.String(), "page failed")
}

func TestForms_TakeTextThatNoDatabaseHolds(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	engagement, item := w.sent(w.ours)
	for _, bad := range []string{"a\x00b", "a\xffb"} {
		for path, fields := range map[string][]string{
			"/people/new": {"name", "roles", "time_zone", "emails"}, "/forms/new": {"name", "definition"}, "/settings": {"name", "time_zone", "undo_seconds"},
			"/settings/api-keys": {"name"}, "/settings/letters/form_request": {"action", "subject", "body"}, "/engagements/new": {"name", "coachee", "coach", "template"},
			"/account": {"present", "password", "again"}, "/login": {"email", "password", "to"}, "/password": {"email"}, "/blocked-addresses/clear": {"address"},
			"/engagements/" + engagement.ID.String() + "/details": {"name", "coach", "revision"}, "/addresses/send": {"pair"},
			"/engagements/" + engagement.ID.String() + "/items/" + item.ID.String() + "/edit": {"action", "title", "due", "due_amount"},
			"/engagements/" + engagement.ID.String() + "/items/new":                           {"action", "kind", "title", "description", "form", "rule", "subject", "body", "email_1"},
		} {
			form := url.Values{}
			for _, field := range fields {
				form.Set(field, bad)
			}
			require.Less(t, v.post(path, form).status, 500, path)
		}
	}
	page := v.post("/people/new", url.Values{"name": {"Ame\x00lie"}, "emails": {"amelie@ours.example"}, "time_zone": {"UTC"}, "roles": {"coach"}})
	require.Equal(t, http.StatusSeeOther, page.status, page.body)
	require.Contains(t, v.get(page.location).body, "Ame\uFFFDlie")
	require.NotContains(t, w.log.String(), "page failed")
}
