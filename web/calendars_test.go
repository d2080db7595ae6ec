package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
)

func TestCalendars_ACoachNamesTheirOthers(t *testing.T) {
	w := newWorld(t)
	w.agree(nil)
	w.temporal.On("SignalWithStartWorkflow", mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything).Return(nil, nil).Maybe()
	v := w.login(w.ours.coach)
	wrong := v.post("/availability/calendars", url.Values{"address": {"https://user:4f1c@example.com/"}, "name": {"Family"}})
	require.Equal(t, http.StatusUnprocessableEntity, wrong.status)
	require.Contains(t, wrong.body, "An address with a user name in it is not fetched.")
	require.Contains(t, wrong.body, `value="Family"`)

	added := v.follow("/availability/calendars", url.Values{"address": {"webcal://calendar.example.com/private-4f1c/basic.ics"}, "name": {"Family"}})
	require.Contains(t, added.body, "is being fetched")
	require.Contains(t, added.body, "calendar.example.com/…")
	require.NotContains(t, added.body, "4f1c", "the address is a secret")
	require.Contains(t, added.body, "was never read. Times are offered without it")
	twice := v.post("/availability/calendars", url.Values{"address": {"https://calendar.example.com/private-4f1c/basic.ics"}})
	require.Equal(t, http.StatusConflict, twice.status)
	id := w.value("SELECT id::text FROM busy_calendars")

	w.exec("UPDATE busy_calendars SET fetched_at = now(), failing_since = now(), fault_code = 'calendar_gone', fault_words = 'There is no calendar at this address any more.'")
	page := v.get("/availability").body
	require.Contains(t, page, "There is no calendar at this address any more.")
	require.Contains(t, v.follow("/availability/calendars/"+id+"/fetch", url.Values{}).body, "was fetched less than 10 minutes ago")
	w.exec("UPDATE busy_calendars SET fetched_at = now() - interval '11 minutes'")
	require.Contains(t, v.follow("/availability/calendars/"+id+"/fetch", url.Values{}).body, "“Family” is being fetched.")

	for _, name := range []string{"2", "3", "4", "5"} {
		v.follow("/availability/calendars", url.Values{"address": {"https://calendar.example.com/" + name}})
	}
	require.Contains(t, v.get("/availability").body, "These are 5 calendars, and no more can be added.")
	require.Contains(t, v.post("/availability/calendars", url.Values{"address": {"https://calendar.example.com/6"}}).body, "Remove one first.")

	require.Contains(t, v.get("/availability/calendars/"+id+"/remove").body, "Remove “Family”?")
	require.Contains(t, v.follow("/availability/calendars/"+id+"/remove", url.Values{}).body, "“Family” is removed.")
	require.NotContains(t, w.log.String(), "4f1c")
}

func TestCalendars_AreTheCoachsAndTheAdmins(t *testing.T) {
	w := newWorld(t)
	coach := "/people/" + w.ours.coach.Person.String() + "/availability"
	admin := w.login(w.ours.admin)
	require.Contains(t, admin.follow(coach+"/calendars", url.Values{"address": {"https://calendar.example.com/a"}, "name": {"Family"}}).body, "Family")
	id := w.value("SELECT id::text FROM busy_calendars")
	for _, path := range []string{"/availability", coach} {
		coachee, foreign := w.login(w.ours.coachee), w.login(w.theirs.coach)
		for _, v := range []*visitor{coachee, foreign} {
			require.NotEqual(t, http.StatusSeeOther, v.post(path+"/calendars/"+id+"/remove", url.Values{}).status)
			require.NotEqual(t, http.StatusSeeOther, v.post(path+"/calendars/"+id+"/fetch", url.Values{}).status)
		}
		require.Equal(t, http.StatusNotFound, coachee.post(path+"/calendars", url.Values{"address": {"https://calendar.example.com/b"}}).status)
	}
	require.Equal(t, "1", w.value("SELECT count(*)::text FROM busy_calendars WHERE org_id = $1", w.ours.org))
}
