package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAPI_ThingsAreMadeReadAndChanged(t *testing.T) {
	w := newWorld(t)
	person := w.call("POST", "/api/v1/people", `{"name":"Kim","roles":["coachee"],"emails":["KIM@example.com"]}`)
	require.Equal(t, "kim@example.com", person.ok(http.StatusCreated)["emails"].([]any)[0])
	require.Equal(t, "/api/v1/people/"+person.id(), person.header.Get("Location"))
	require.Equal(t, `"1"`, person.header.Get("ETag"))
	require.Equal(t, "no-store", person.header.Get("Cache-Control"))

	engagement, form := w.engagement(), w.form()
	id := w.addItem(engagement, form)
	read := w.call("GET", "/api/v1/items/"+id, nil)
	require.Equal(t, "Start form", read.ok(200)["title"])
	changed := w.call("PUT", "/api/v1/items/"+id, with(item(form), "title", "Other"), "If-Match", read.header.Get("ETag"))
	require.Equal(t, "Other", changed.ok(200)["title"])
	require.NotEqual(t, read.header.Get("ETag"), changed.header.Get("ETag"))

	program := w.call("GET", "/api/v1/engagements/"+engagement+"/program", nil)
	require.Len(t, program.ok(200)["items"], 1)
	require.Equal(t, changed.header.Get("ETag"), program.header.Get("ETag"))
	edit := map[string]any{"items": []any{with(item(form), "title", "First"), with(item(form), "id", id)}}
	preview := w.call("POST", "/api/v1/engagements/"+engagement+"/program/preview", edit).ok(200)
	require.NotEmpty(t, preview["effects"])
	require.Len(t, w.call("GET", "/api/v1/engagements/"+engagement+"/program", nil).ok(200)["items"], 1, "a preview changes nothing")
	edited := w.call("PUT", "/api/v1/engagements/"+engagement+"/program", edit, "If-Match", program.header.Get("ETag"))
	require.Len(t, edited.ok(200)["items"], 2)
	require.EqualValues(t, 0, w.call("POST", "/api/v1/items/"+id+"/move", `{"position":0}`).ok(200)["position"])
	letter := w.call("POST", "/api/v1/items/"+id+"/preview", nil).ok(200)
	require.Equal(t, "ours.coachee@example.com", letter["to"])
	require.Equal(t, http.StatusNoContent, w.call("DELETE", "/api/v1/items/"+id, nil).status)
	w.call("GET", "/api/v1/items/"+id, nil).refused(404, "item_not_found")
	require.Equal(t, "active", w.call("POST", "/api/v1/engagements/"+engagement+"/start", nil).ok(200)["status"])
	require.NotEmpty(t, w.call("GET", "/api/v1/engagements/"+engagement+"/timeline", nil).ok(200)["events"])

	stream := w.call("POST", "/api/v1/streams", map[string]any{"coach_id": w.ours.coach, "client_id": w.ours.coachee})
	require.Equal(t, http.StatusCreated, stream.status, stream.body)
	require.Empty(t, w.call("GET", "/api/v1/streams/"+stream.id()+"/messages", nil).ok(200)["items"])
	addresses := w.call("GET", "/api/v1/system-addresses?coach_id="+w.ours.coach.String(), nil).ok(200)["items"].([]any)
	require.Len(t, addresses, 2)
	first := addresses[0].(map[string]any)
	renewed := w.call("POST", "/api/v1/system-addresses/"+first["id"].(string)+"/regenerate", nil).ok(200)
	require.NotEqual(t, first["address"], renewed["address"])
	require.True(t, strings.HasSuffix(renewed["address"].(string), "@in.coachflow.test"))
}
