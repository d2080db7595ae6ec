package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/app"
)

// problemOf is what a refusal says.
type problemOf struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Errors []struct {
		Path string `json:"path"`
		Code string `json:"code"`
	} `json:"errors"`
}

// refused sends a request that must be refused, and says how.
func (o *outside) refused(key, method, path string, body any) problemOf {
	o.Helper()
	answer := o.call(key, method, path, body)
	what := method + " " + path + ": " + string(answer.Body[:min(len(answer.Body), 500)])
	require.GreaterOrEqual(o, answer.Status, 400, what)
	require.Less(o, answer.Status, 500, what)
	require.Equal(o, "application/problem+json", answer.Header.Get("Content-Type"), what)
	var p problemOf
	require.NoError(o, json.Unmarshal(answer.Body, &p))
	require.Equal(o, answer.Status, p.Status)
	require.NotEmpty(o, p.Code)
	require.NotEmpty(o, p.Detail)
	return p
}

// itemWith is an item of a program as the API takes it, with one thing changed.
func itemWith(form string, change map[string]any) map[string]any {
	item := map[string]any{"kind": "form", "title": "A form", "form_id": form, "release": map[string]any{"rule": "after_prior"},
		"recipients": []any{map[string]any{"role": "coachee"}}}
	for name, value := range change {
		item[name] = value
	}
	return item
}

// badInput is a request that must be refused with a code, of the problem or of
// a place in it.
type badInput struct {
	path string
	body any
	code string
}

// badInputs are named requests about the items of an engagement and the rest.
func badInputs(items, form string) map[string]badInput {
	delay := func(amount any) map[string]any {
		return map[string]any{"release": map[string]any{"rule": "after_prior", "delay": map[string]any{"amount": amount, "unit": "days"}}}
	}
	recipient := func(r map[string]any) map[string]any { return map[string]any{"recipients": []any{r}} }
	return map[string]badInput{
		"no JSON":                  {items, `{"title": `, "json_invalid"},
		"no body":                  {items, "", "body_missing"},
		"unknown field":            {items, itemWith(form, map[string]any{"colour": "red"}), "unknown_field"},
		"field in another case":    {items, itemWith(form, map[string]any{"Title": "A"}), "unknown_field"},
		"wrong type":               {items, itemWith(form, map[string]any{"title": 7}), "wrong_type"},
		"wrong type inside":        {items, itemWith(form, map[string]any{"recipients": "everybody"}), "wrong_type"},
		"no title":                 {items, itemWith(form, map[string]any{"title": " "}), "item_title_invalid"},
		"line break in the title":  {items, itemWith(form, map[string]any{"title": "A\r\nBcc: all@example.com"}), "item_title_invalid"},
		"control character":        {items, itemWith(form, map[string]any{"title": "A\x00"}), "control_character"},
		"ten megabytes":            {items, `{"title": "` + strings.Repeat("x", 10<<20) + `"}`, "body_too_large"},
		"very deep":                {items, strings.Repeat("[", 100_000), "json_too_deep"},
		"unknown kind":             {items, itemWith(form, map[string]any{"kind": "party"}), "item_kind_unknown"},
		"unknown form":             {items, itemWith("01a203e3-0000-7000-8000-000000000000", nil), "form_not_found"},
		"form id that is none":     {items, itemWith("seven", nil), "format_invalid"},
		"delay of minus one day":   {items, itemWith(form, delay(-1)), "delay_out_of_range"},
		"delay of half a day":      {items, itemWith(form, delay(0.5)), "wrong_type"},
		"delay of a million years": {items, itemWith(form, delay(365_000_000)), "delay_out_of_range"},
		"sent in the year 9999":    {items, itemWith(form, map[string]any{"release": map[string]any{"rule": "at", "at": "9999-12-31T23:59"}}), "date_out_of_range"},
		"due in the year 9999":     {items, itemWith(form, map[string]any{"due": map[string]any{"at": "9999-12-31T23:59"}}), "date_out_of_range"},
		"due in the year 1":        {items, itemWith(form, map[string]any{"due": map[string]any{"at": "0001-01-01T09:00"}}), "date_out_of_range"},
		"template of the year 9999": {"/program-templates", map[string]any{"name": "T", "items": []any{itemWith(form, map[string]any{"due": map[string]any{"at": "9999-12-31T23:59"}})}},
			"date_out_of_range"},
		"field twice":             {items, `{"kind": "task", "title": "A", "title": "B", "release": {"rule": "manual"}, "recipients": [{"role": "coachee"}]}`, "field_twice"},
		"title that hides":        {items, itemWith(form, map[string]any{"title": "A\u202eB"}), "invisible_character"},
		"recipient that hides":    {items, itemWith(form, recipient(map[string]any{"email": "kim\u200b@example.com"})), "invisible_character"},
		"nobody to send it to":    {items, itemWith(form, map[string]any{"recipients": []any{}}), "recipient_missing"},
		"recipient is no address": {items, itemWith(form, recipient(map[string]any{"email": "kim"})), "email_invalid"},
		"recipient with a header": {items, itemWith(form, recipient(map[string]any{"email": "kim@example.com\nBcc: all@example.com"})), "email_invalid"},
		"recipient of no sort":    {items, itemWith(form, recipient(map[string]any{"role": "admin"})), "recipient_role_unknown"},
		"unknown placeholder":     {items, itemWith(form, map[string]any{"letter": map[string]any{"subject": "Hello {{nickname}}", "body": "{{link}}"}}), "unknown_placeholder"},
		"position that is none":   {items, itemWith(form, map[string]any{"position": -1}), "too_small"},
		"form that is too clever": {"/forms", map[string]any{"name": "F", "definition": map[string]any{"pages": []any{map[string]any{"elements": []any{
			map[string]any{"type": "signaturepad", "name": "s"}}}}}}, "form_type_unsupported"},
		"form with an expression": {"/forms", map[string]any{"name": "F", "definition": map[string]any{"pages": []any{map[string]any{"elements": []any{
			map[string]any{"type": "text", "name": "s", "visibleIf": "{a} = 1"}}}}}}, "form_property_unsupported"},
		"person without address": {"/people", map[string]any{"name": "K", "roles": []string{"coachee"}, "emails": []string{"kim"}}, "email_invalid"},
		"unknown role":           {"/people", map[string]any{"name": "K", "roles": []string{"king"}, "emails": []string{"kim@example.com"}}, "role_unknown"},
		"unknown time zone":      {"/people", map[string]any{"name": "K", "roles": []string{"coachee"}, "emails": []string{"kim@example.com"}, "time_zone": "Mars/Olympus"}, "time_zone_unknown"},
		"time zone of a machine": {"/people", map[string]any{"name": "K", "roles": []string{"coachee"}, "emails": []string{"kim@example.com"}, "time_zone": "posixrules"}, "time_zone_unknown"},
		"name that hides":        {"/people", map[string]any{"name": "K\u200bim", "roles": []string{"coachee"}, "emails": []string{"kim@example.com"}}, "invisible_character"},
		"address that hides":     {"/people", map[string]any{"name": "K", "roles": []string{"coachee"}, "emails": []string{"kim@exam\u200bple.com"}}, "invisible_character"},
		"no such engagement":     {"/engagements/01a203e3-0000-7000-8000-000000000000/start", nil, "engagement_not_found"},
		"id that is none":        {"/engagements/seven/start", nil, "engagement_not_found"},
		"no such address":        {"/nothing", map[string]any{}, "route_not_found"},
	}
}

// TestBadInput sends what is wrong in every way that is known: each is refused
// with a code, and nothing changes.
func TestBadInput(t *testing.T) {
	_, o := shared(t)
	c := gather(o, "badinput", 1, 2)
	engagement := c.members[0].engagement
	form := list[thing](o, "/forms")[0].ID
	before := o.call(o.APIKey, http.MethodGet, "/engagements/"+engagement+"/program", nil)
	items := "/engagements/" + engagement + "/items"
	for name, bad := range badInputs(items, form) {
		t.Run(name, func(t *testing.T) {
			p := o.in(t).refused(o.APIKey, http.MethodPost, bad.path, bad.body)
			codes := []string{p.Code}
			for _, place := range p.Errors {
				codes = append(codes, place.Code)
			}
			require.Contains(t, codes, bad.code, "%+v", p)
		})
	}
	after := o.call(o.APIKey, http.MethodGet, "/engagements/"+engagement+"/program", nil)
	require.Equal(t, before.Header.Get("ETag"), after.Header.Get("ETag"), "nothing has changed")
	require.JSONEq(t, string(before.Body), string(after.Body))
}

// TestBadInput_OtherPeoplesIDsDoNotExist has two organizations try each
// other's ids, in paths and in bodies.
func TestBadInput_OtherPeoplesIDsDoNotExist(t *testing.T) {
	s, o := shared(t)
	admin, err := s.parts.app.CreateOrganization(t.Context(), app.NewOrganization{Name: "Fabrikam", TimeZone: "Europe/Paris",
		AdminName: "Fay", AdminEmail: "fay@fabrikam.example", AdminPassword: "a long enough one"})
	require.NoError(t, err)
	key, err := s.parts.app.CreateAPIKey(t.Context(), admin, "test")
	require.NoError(t, err)
	c := gather(o, "foreign", 1, 1)
	c.start()
	o.waitMail(c.members[0].email, "Step 1:")
	before := o.call(o.APIKey, http.MethodGet, "/engagements/"+c.members[0].engagement+"/program", nil)
	engagement, item := c.members[0].engagement, o.program(c.members[0].engagement).Items[0].ID
	person := list[thing](o, "/people?role=coachee")[0].ID
	form := list[thing](o, "/forms")[0].ID
	notification := list[thing](o, "/notifications?engagement_id="+engagement)[0].ID
	stream := o.demoStream()

	for _, path := range []string{"/engagements/" + engagement, "/engagements/" + engagement + "/program", "/engagements/" + engagement + "/timeline", "/items/" + item,
		"/items/" + item + "/answers", "/people/" + person, "/people/" + person + "/files", "/forms/" + form, "/notifications/" + notification,
		"/notifications?engagement_id=" + engagement, "/streams/" + stream, "/streams/" + stream + "/messages"} {
		require.Equal(t, http.StatusNotFound, o.refused(key.Key, http.MethodGet, path, nil).Status, path)
	}
	for _, path := range []string{"/engagements/" + engagement + "/pause", "/engagements/" + engagement + "/cancel", "/items/" + item + "/send", "/items/" + item + "/skip"} {
		require.Equal(t, http.StatusNotFound, o.refused(key.Key, http.MethodPost, path, nil).Status, path)
	}
	inBodies(o, key.Key, person, form)
	require.Empty(t, foreignThings(o, key.Key), "the other organization sees only its own")
	after := o.call(o.APIKey, http.MethodGet, "/engagements/"+engagement+"/program", nil)
	require.Equal(t, before.Header.Get("ETag"), after.Header.Get("ETag"), "nothing has changed")
}

// inBodies names other people's things in what is to be made.
func inBodies(o *outside, key, person, form string) {
	o.Helper()
	p := o.refused(key, http.MethodPost, "/engagements", map[string]any{"name": "Stolen", "coachee_id": person})
	require.Equal(o, "person_not_found", p.Code)
	p = o.refused(key, http.MethodPost, "/program-templates", map[string]any{"name": "Stolen", "items": []any{itemWith(form, nil)}})
	require.Equal(o, "form_not_found", p.Code)
	p = o.refused(key, http.MethodPost, "/streams", map[string]any{"coach_id": person, "client_id": person})
	require.Equal(o, "person_not_found", p.Code)
}

// foreignThings lists what a key of an empty organization sees.
func foreignThings(o *outside, key string) []thing {
	o.Helper()
	var all []thing
	for _, path := range []string{"/engagements", "/forms", "/program-templates", "/streams", "/notifications", "/inbound-mails", "/system-addresses"} {
		answer := o.call(key, http.MethodGet, path, nil)
		require.Equal(o, http.StatusOK, answer.Status, path)
		var page struct {
			Items []thing `json:"items"`
		}
		require.NoError(o, json.Unmarshal(answer.Body, &page))
		all = append(all, page.Items...)
	}
	return all
}
