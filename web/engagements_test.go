package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
)

func TestEngagement_FromNothingToRunning(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	page := v.post("/people/new", url.Values{"name": {"Amara"}, "roles": {"coachee"}, "emails": {"not an address"}, "time_zone": {"Africa/Lagos"}})
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Contains(t, page.body, `value="Africa/Lagos"`)
	require.Contains(t, page.body, "not an address")
	require.Contains(t, v.follow("/people/new", url.Values{"name": {"Amara"}, "roles": {"coachee"}, "emails": {"amara@example.com\r\namara@home.example"}, "state": {"internal"}}).body, "Amara is added.")

	page = v.post("/forms/new", url.Values{"name": {"Broken"}, "definition": {`{"elements":[{"type":"matrix","name":"x"}]}`}})
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Contains(t, page.body, "definition.elements[0].type")
	require.Contains(t, page.body, "matrix")
	require.Contains(t, v.follow("/forms/new", url.Values{"name": {"Start"}, "definition": {formDefinition}}).body, "The form is created.")

	people, err := w.app.ListPeople(t.Context(), w.ours.admin, "coachee", noPaging)
	require.NoError(t, err)
	amara := people.Items[len(people.Items)-1]
	page = v.post("/engagements/new", url.Values{"name": {""}, "coachee_id": {amara.ID.String()}})
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	page = v.follow("/engagements/new", url.Values{"name": {"Growth"}, "coachee_id": {amara.ID.String()}, "coach_id": {w.ours.coach.Person.String()}})
	require.Contains(t, page.body, "The engagement is created")
	list, err := w.app.ListEngagements(t.Context(), w.ours.admin, noPaging)
	require.NoError(t, err)
	path := "/engagements/" + list.Items[0].ID.String()
	require.Contains(t, v.get(path+"/start").body, "Start this engagement?")
	require.Contains(t, v.follow(path+"/start", url.Values{}).body, "The engagement is started.")
	require.Contains(t, v.follow(path+"/start", url.Values{}).body, "only a draft can be started")
	require.Contains(t, v.get("/").body, "Growth")
}

func TestNextSentence_AddsTheReadersOwnTime(t *testing.T) {
	t.Parallel()
	lagos, berlin := coaching.ZoneOrUTC("Africa/Lagos"), coaching.ZoneOrUTC("Europe/Berlin")
	at, err := coaching.ParseLocalTime("2027-07-01T09:00")
	require.NoError(t, err)
	moment := at.In(lagos)
	item := app.Item{Next: &app.Coming{What: "release", At: &moment, Text: "is sent on " + coaching.ShowTime(moment, lagos)}}
	require.Equal(t, "Is sent on Thursday, 1 July 2027, 09:00 (Africa/Lagos).", nextSentence(item, lagos))
	require.Equal(t, "Is sent on Thursday, 1 July 2027, 09:00 (Africa/Lagos), which is 1 Jul 2027, 10:00 CEST for you.", nextSentence(item, berlin))
	require.Empty(t, nextSentence(app.Item{}, berlin))
}
