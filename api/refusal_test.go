package api

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// badInput is a request that is wrong in one way.
type badInput struct {
	name, method, path string
	body               any
	header             []string
	status             int
	code               string
	at                 string // path of the first wrong place
	its                string // code of the first wrong place
}

func (w *world) checkBad(t *testing.T, cases []badInput) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := w.call(c.method, "/api/v1"+c.path, c.body, c.header...)
			a.t = t
			p := a.refused(c.status, c.code)
			if c.at == "" {
				return
			}
			require.NotEmpty(t, p.Errors, a.body)
			require.Equal(t, c.at, p.Errors[0].Path, a.body)
			require.Equal(t, c.its, p.Errors[0].Code, a.body)
		})
	}
}

func TestBadInput_Bodies(t *testing.T) {
	w := newWorld(t)
	good := `{"name":"Kim","roles":["coachee"],"emails":["kim@example.com"]}`
	w.checkBad(t, []badInput{
		{name: "no body", method: "POST", path: "/people", status: 400, code: "body_missing"},
		{name: "no JSON", method: "POST", path: "/people", body: `{"name":`, status: 400, code: "json_invalid"},
		{name: "two JSONs", method: "POST", path: "/people", body: good + good, status: 400, code: "json_invalid"},
		{name: "a form", method: "POST", path: "/people", body: "name=Kim", header: []string{"Content-Type", "application/x-www-form-urlencoded"}, status: 415, code: "content_type_unsupported"},
		{name: "absurd content type", method: "POST", path: "/people", body: good, header: []string{"Content-Type", "+;;"}, status: 415, code: "content_type_unsupported"},
		{name: "null", method: "POST", path: "/people", body: `null`, status: 422, code: "request_invalid"},
		{name: "a list", method: "POST", path: "/people", body: `[]`, status: 422, code: "request_invalid"},
		{name: "a number", method: "POST", path: "/people", body: `7`, status: 422, code: "request_invalid"},
		{name: "empty object", method: "POST", path: "/people", body: `{}`, status: 422, code: "request_invalid", at: "emails", its: "required"},
		{name: "unknown field", method: "POST", path: "/people", body: `{"name":"K","roles":["coachee"],"emails":["k@example.com"],"admin":true}`, status: 422, code: "request_invalid", at: "admin", its: "unknown_field"},
		{name: "other case", method: "POST", path: "/people", body: `{"Name":"K","roles":["coachee"],"emails":["k@example.com"]}`, status: 422, code: "request_invalid", at: "name", its: "required"},
		{name: "wrong type", method: "POST", path: "/people", body: `{"name":7,"roles":["coachee"],"emails":["k@example.com"]}`, status: 422, code: "request_invalid", at: "name", its: "wrong_type"},
		{name: "wrong type inside", method: "POST", path: "/people", body: `{"name":"K","roles":[{}],"emails":["k@example.com"]}`, status: 422, code: "request_invalid", at: "roles[0]", its: "wrong_type"},
		{name: "empty name", method: "POST", path: "/people", body: `{"name":"","roles":["coachee"],"emails":["k@example.com"]}`, status: 422, code: "request_invalid", at: "name", its: "too_short"},
		{name: "long name", method: "POST", path: "/people", body: `{"name":"` + strings.Repeat("x", 201) + `","roles":["coachee"],"emails":["k@example.com"]}`, status: 422, code: "request_invalid", at: "name", its: "too_long"},
		{name: "no role", method: "POST", path: "/people", body: `{"name":"K","roles":[],"emails":["k@example.com"]}`, status: 422, code: "request_invalid", at: "roles", its: "too_few"},
		{name: "unknown state", method: "POST", path: "/people", body: `{"name":"K","roles":["coachee"],"emails":["k@example.com"],"state":"x"}`, status: 422, code: "request_invalid", at: "state", its: "not_in_list"},
		{name: "line break in name", method: "POST", path: "/people", body: `{"name":"K\nBcc: x","roles":["coachee"],"emails":["k@example.com"]}`, status: 422, code: "name_invalid", at: "name", its: "name_invalid"},
		{name: "unknown role", method: "POST", path: "/people", body: `{"name":"K","roles":["owner"],"emails":["k@example.com"]}`, status: 422, code: "role_unknown", at: "roles[0]", its: "role_unknown"},
		{name: "no address", method: "POST", path: "/people", body: `{"name":"K","roles":["coachee"],"emails":["kim"]}`, status: 422, code: "email_invalid", at: "emails[0]", its: "email_invalid"},
		{name: "address with a header", method: "POST", path: "/people", body: `{"name":"K","roles":["coachee"],"emails":["k@example.com\r\nBcc: x@example.com"]}`, status: 422, code: "email_invalid"},
		{name: "taken address", method: "POST", path: "/people", body: `{"name":"K","roles":["coachee"],"emails":["ours.coach@example.com"]}`, status: 409, code: "email_taken"},
		{name: "unknown zone", method: "POST", path: "/people", body: `{"name":"K","roles":["coachee"],"emails":["k@example.com"],"time_zone":"../../etc/passwd"}`, status: 422, code: "time_zone_unknown"},
		{name: "NUL", method: "POST", path: "/people", body: `{"name":"K\u0000","roles":["coachee"],"emails":["k@example.com"]}`, status: 422, code: "control_character", at: "name", its: "control_character"},
		{name: "NUL deep down", method: "POST", path: "/forms", body: `{"name":"F","definition":{"elements":[{"type":"text","name":"\u0000"}]}}`, status: 422, code: "control_character", at: "definition.elements[0].name", its: "control_character"},
		{name: "NUL in a name", method: "POST", path: "/forms", body: `{"name":"F","definition":{"\u0000":1}}`, status: 422, code: "control_character"},
		{name: "bell", method: "POST", path: "/people", body: `{"name":"K\u0007","roles":["coachee"],"emails":["k@example.com"]}`, status: 422, code: "control_character"},
		{name: "raw NUL", method: "POST", path: "/people", body: "{\"name\":\"K\x00\"}", status: 400, code: "json_invalid"},
		{name: "not UTF-8", method: "POST", path: "/people", body: "{\"name\":\"K\xff\"}", status: 400, code: "body_not_utf8"},
		{name: "deep", method: "POST", path: "/forms", body: `{"name":"F","definition":` + strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000) + "}", status: 422, code: "json_too_deep"},
		{name: "deep lists that never end", method: "POST", path: "/people", body: strings.Repeat("[", 900_000), status: 422, code: "json_too_deep"},
		{name: "10 MB", method: "POST", path: "/people", body: `{"name":"` + strings.Repeat("x", 10<<20) + `"}`, status: 413, code: "body_too_large"},
		{name: "a byte too large", method: "POST", path: "/people", body: strings.Repeat(" ", 1<<20) + "1", status: 413, code: "body_too_large"},
	})
}

func TestBadInput_OtherNouns(t *testing.T) {
	w := newWorld(t)
	engagement, form := w.engagement(), w.form()
	good, items := item(form), "/engagements/"+engagement+"/items"
	release := func(r map[string]any) map[string]any { return with(good, "release", r) }
	to := func(r map[string]any) map[string]any { return with(good, "recipients", []any{r}) }
	w.checkBad(t, []badInput{
		{name: "settings out of range", method: "PUT", path: "/organization", body: `{"name":"O","time_zone":"UTC","undo_seconds":1e9}`, status: 422, code: "request_invalid", at: "undo_seconds", its: "too_large"},
		{name: "settings fraction", method: "PUT", path: "/organization", body: `{"name":"O","time_zone":"UTC","undo_seconds":1.5}`, status: 422, code: "request_invalid", at: "undo_seconds", its: "wrong_type"},
		{name: "number beyond numbers", method: "PUT", path: "/organization", body: `{"name":"O","time_zone":"UTC","undo_seconds":1e999}`, status: 422, code: "number_out_of_range"},
		{name: "key without name", method: "POST", path: "/api-keys", body: `{"name":"  "}`, status: 422, code: "name_invalid"},
		{name: "form outside the subset", method: "POST", path: "/forms", body: `{"name":"F","definition":{"elements":[{"type":"file","name":"a"}]}}`, status: 422, code: "form_invalid", at: "definition.elements[0].type", its: "form_type_unsupported"},
		{name: "form that is a list", method: "POST", path: "/forms", body: `{"name":"F","definition":[]}`, status: 422, code: "request_invalid", at: "definition", its: "wrong_type"},
		{name: "form that is null", method: "POST", path: "/forms", body: `{"name":"F","definition":null}`, status: 422, code: "request_invalid"},
		{name: "form too large", method: "POST", path: "/forms", body: `{"name":"F","definition":{"title":"` + strings.Repeat("x", 600<<10) + `"}}`, status: 413, code: "form_too_large"},
		{name: "delay of −1 days", method: "POST", path: items, body: release(map[string]any{"rule": "after_prior", "delay": map[string]any{"amount": -1, "unit": "days"}}), status: 422, code: "delay_out_of_range", at: "release.delay.amount", its: "delay_out_of_range"},
		{name: "delay of a googol", method: "POST", path: items, body: strings.Replace(text(t, release(map[string]any{"rule": "after_prior", "delay": map[string]any{"amount": 777, "unit": "days"}})), "777", "1e100", 1), status: 422, code: "request_invalid", at: "release.delay.amount", its: "number_out_of_range"},
		{name: "delay of moons", method: "POST", path: items, body: release(map[string]any{"rule": "after_prior", "delay": map[string]any{"amount": 1, "unit": "moons"}}), status: 422, code: "delay_unit_unknown"},
		{name: "time with a zone", method: "POST", path: items, body: release(map[string]any{"rule": "at", "at": "2026-03-04T09:00Z"}), status: 422, code: "local_time_invalid"},
		{name: "13th month", method: "POST", path: items, body: release(map[string]any{"rule": "at", "at": "2026-13-04T09:00"}), status: 422, code: "local_time_invalid"},
		{name: "time as a number", method: "POST", path: items, body: release(map[string]any{"rule": "at", "at": 7}), status: 422, code: "request_invalid", at: "release.at", its: "wrong_type"},
		{name: "unknown rule", method: "POST", path: items, body: release(map[string]any{"rule": "soon"}), status: 422, code: "release_rule_unknown"},
		{name: "no recipient", method: "POST", path: items, body: with(good, "recipients", []any{}), status: 422, code: "recipient_missing"},
		{name: "recipient that is no address", method: "POST", path: items, body: to(map[string]any{"email": "kim"}), status: 422, code: "email_invalid"},
		{name: "recipient named twice", method: "POST", path: items, body: to(map[string]any{"email": "k@example.com", "role": "coach"}), status: 422, code: "recipient_invalid"},
		{name: "recipient of another organization", method: "POST", path: items, body: to(map[string]any{"person_id": w.theirs.coach}), status: 422, code: "recipient_not_found", at: "recipients[0].person_id", its: "recipient_not_found"},
		{name: "form of nobody", method: "POST", path: items, body: with(good, "form_id", uuid.New()), status: 422, code: "form_not_found"},
		{name: "form id that is none", method: "POST", path: items, body: with(good, "form_id", "x"), status: 422, code: "request_invalid", at: "form_id", its: "format_invalid"},
		{name: "file with a form", method: "POST", path: items, body: with(good, "kind", "file"), status: 422, code: "item_form_misplaced"},
		{name: "session with a form", method: "POST", path: items, body: with(good, "kind", "session"), status: 422, code: "item_form_misplaced", at: "form_id", its: "item_form_misplaced"},
		{name: "negative position", method: "POST", path: items, body: with(good, "position", -1), status: 422, code: "request_invalid", at: "position", its: "too_small"},
		{name: "letter with an unknown placeholder", method: "POST", path: items, body: with(good, "letter", map[string]any{"subject": "S", "body": "{{salary}}"}), status: 422, code: "unknown_placeholder"},
		{name: "template with an unknown placeholder", method: "PUT", path: "/notification-templates/form_request", body: `{"subject":"S","body":"{{salary}}"}`, status: 422, code: "unknown_placeholder"},
		{name: "letter without its link", method: "POST", path: items, body: with(good, "letter", map[string]any{"subject": "S", "body": "Hello {{name}}, please answer."}), status: 422, code: "letter_link_missing"},
		{name: "template without its link", method: "PUT", path: "/notification-templates/form_reminder", body: `{"subject":"S","body":"No link"}`, status: 422, code: "letter_link_missing", at: "body", its: "letter_link_missing"},
		{name: "link in the subject", method: "PUT", path: "/notification-templates/form_request", body: `{"subject":"{{ link }}","body":"{{link}}"}`, status: 422, code: "letter_link_in_subject", at: "subject", its: "letter_link_in_subject"},
		{name: "due in the past", method: "POST", path: items, body: with(good, "due", map[string]any{"at": "2020-01-01T09:00"}), status: 422, code: "due_time_passed", at: "due", its: "due_time_passed"},
		{name: "name with a line separator", method: "PUT", path: "/organization", body: "{\"name\":\"O\u2028P\",\"time_zone\":\"UTC\",\"undo_seconds\":1}", status: 422, code: "name_invalid", at: "name", its: "name_invalid"},
		{name: "template of an unknown kind", method: "PUT", path: "/notification-templates/nope", body: `{"subject":"S","body":"B"}`, status: 404, code: "notification_template_not_found"},
		{name: "program template with a bad item", method: "POST", path: "/program-templates", body: map[string]any{"name": "T", "items": []any{with(good, "title", "")}}, status: 422, code: "item_title_invalid", at: "items[0].title", its: "item_title_invalid"},
		{name: "edit with a foreign item", method: "POST", path: "/engagements/" + engagement + "/program/preview", body: map[string]any{"items": []any{with(good, "id", uuid.New())}}, status: 404, code: "item_not_found"},
		{name: "edit of too many", method: "POST", path: "/engagements/" + engagement + "/program/preview", body: `{"items":[` + strings.Repeat("{},", 300) + `{}]}`, status: 422, code: "request_invalid"},
		{name: "coachee who coaches", method: "POST", path: "/engagements", body: map[string]any{"name": "E", "coachee_id": w.ours.coach}, status: 422, code: "role_missing"},
		{name: "coachee of another organization", method: "POST", path: "/engagements", body: map[string]any{"name": "E", "coachee_id": w.theirs.coachee}, status: 422, code: "person_not_found"},
		{name: "stream with a stranger", method: "POST", path: "/streams", body: map[string]any{"coach_id": w.ours.coach, "client_id": w.theirs.coachee}, status: 422, code: "person_not_found"},
		{name: "person who is active from the start", method: "POST", path: "/people", body: `{"name":"K","roles":["coach"],"state":"active","emails":["k@example.com"]}`, status: 422, code: "state_not_settable", at: "state", its: "state_not_settable"},
		{name: "person at a system address", method: "POST", path: "/people", body: `{"name":"K","roles":["coach"],"emails":["k@example.com","x@IN.coachflow.test"]}`, status: 422, code: "email_is_system_address", at: "emails[1]", its: "email_is_system_address"},
		{name: "person at the address of our mails", method: "POST", path: "/people", body: `{"name":"K","roles":["coach"],"emails":["mail@coachflow.test"]}`, status: 422, code: "email_is_system_address", at: "emails[0]", its: "email_is_system_address"},
		{name: "person below the system addresses", method: "POST", path: "/people", body: `{"name":"K","roles":["coach"],"emails":["x@a.in.coachflow.test"]}`, status: 422, code: "email_is_system_address", at: "emails[0]", its: "email_is_system_address"},
		{name: "item to a system address", method: "POST", path: items, body: with(good, "recipients", []map[string]any{{"role": "coachee"}, {"email": "x@IN.coachflow.test"}}), status: 422, code: "email_is_system_address", at: "recipients[1].email", its: "email_is_system_address"},
		{name: "program template to a system address", method: "POST", path: "/program-templates", body: map[string]any{"name": "T", "items": []any{with(good, "recipients", []map[string]any{{"email": "x@in.coachflow.test"}})}}, status: 422, code: "email_is_system_address", at: "items[0].recipients[0].email", its: "email_is_system_address"},
		{name: "edit to a system address", method: "POST", path: "/engagements/" + engagement + "/program/preview", body: map[string]any{"items": []any{with(good, "recipients", []map[string]any{{"email": "x@in.coachflow.test"}})}}, status: 422, code: "email_is_system_address", at: "items[0].recipients[0].email", its: "email_is_system_address"},
		{name: "person with an address twice", method: "POST", path: "/people", body: `{"name":"K","roles":["coach"],"emails":["k@example.com","K@example.com"]}`, status: 422, code: "email_twice", at: "emails[1]", its: "email_twice"},
		{name: "person in no zone", method: "POST", path: "/people", body: `{"name":"K","roles":["coach"],"emails":["k@example.com"],"time_zone":"Mars/Olympus"}`, status: 422, code: "time_zone_unknown", at: "time_zone", its: "time_zone_unknown"},
		{name: "invitation of nobody", method: "POST", path: "/invitations", body: map[string]any{"person_id": uuid.New()}, status: 422, code: "person_not_found", at: "person_id", its: "person_not_found"},
		{name: "invitation of a stranger", method: "POST", path: "/invitations", body: map[string]any{"person_id": w.theirs.coach}, status: 422, code: "person_not_found"},
		{name: "invitation of somebody active", method: "POST", path: "/invitations", body: map[string]any{"person_id": w.ours.coach}, status: 409, code: "account_active"},
		{name: "invitation by address", method: "POST", path: "/invitations", body: `{"email":"kim@example.com"}`, status: 422, code: "request_invalid"},
		{name: "unknown invitation", method: "POST", path: "/invitations/" + uuid.NewString() + "/withdraw", status: 404, code: "invitation_not_found"},
		{name: "unknown state of invitations", method: "GET", path: "/invitations?status=x", status: 422, code: "request_invalid", at: "status", its: "not_in_list"},
		{name: "unknown cursor", method: "GET", path: "/people?cursor=x", status: 422, code: "cursor_invalid"},
		{name: "limit that is no number", method: "GET", path: "/people?limit=x", status: 422, code: "request_invalid", at: "limit", its: "format_invalid"},
		{name: "limit of nothing", method: "GET", path: "/people?limit=0", status: 422, code: "request_invalid", at: "limit", its: "too_small"},
		{name: "huge limit", method: "GET", path: "/people?limit=99999999999999999999", status: 422, code: "request_invalid", at: "limit", its: "format_invalid"},
		{name: "unknown role asked for", method: "GET", path: "/people?role=x", status: 422, code: "request_invalid", at: "role", its: "not_in_list"},
		{name: "unknown parameter", method: "GET", path: "/people?rolle=coach", status: 422, code: "request_invalid", at: "rolle", its: "unknown_parameter"},
		{name: "NUL in the query", method: "GET", path: "/people?cursor=%00", status: 422, code: "control_character"},
		{name: "query not UTF-8", method: "GET", path: "/people?cursor=%ff", status: 422, code: "control_character"},
		{name: "engagement that is no id", method: "GET", path: "/notifications?engagement_id=x", status: 422, code: "request_invalid", at: "engagement_id", its: "format_invalid"},
		{name: "unknown mail state", method: "GET", path: "/inbound-mails?state=x", status: 422, code: "request_invalid", at: "state", its: "not_in_list"},
		{name: "NUL in the path", method: "DELETE", path: "/blocked-addresses/a%00@example.com", status: 404, code: "route_not_found"},
		{name: "path not UTF-8", method: "DELETE", path: "/notification-templates/%ff", status: 404, code: "route_not_found"},
		{name: "address that is not blocked", method: "DELETE", path: "/blocked-addresses/a@example.com", status: 404, code: "blocked_address_not_found"},
		{name: "no such route", method: "GET", path: "/unicorns", status: 404, code: "route_not_found"},
		{name: "no such method", method: "PATCH", path: "/people", status: 405, code: "method_not_allowed"},
		{name: "second start", method: "POST", path: "/engagements/" + engagement + "/pause", status: 409, code: "engagement_not_started"},
		{name: "recipient that is no id", method: "POST", path: "/items/" + uuid.NewString() + "/recipients/x/hold", status: 404, code: "recipient_not_found"},
	})
}

func text(t *testing.T, v any) string {
	t.Helper()
	var b bytes.Buffer
	_, err := b.ReadFrom(reader(t, v))
	require.NoError(t, err)
	return b.String()
}

// A foreign id and a nonsense one are the same 404, on every operation.
func TestForeignAndNonsenseIDs_AreNotFound(t *testing.T) {
	w := newWorld(t)
	engagement, form := w.engagement(), w.form()
	itemID := w.addItem(engagement, form)
	stream := w.call("POST", "/api/v1/streams", map[string]any{"coach_id": w.ours.coach, "client_id": w.ours.coachee}).id()
	template := w.call("POST", "/api/v1/program-templates", map[string]any{"name": "T", "items": []any{}}).id()
	ids := map[string]string{"people": w.ours.coachee.String(), "forms": form, "program-templates": template, "engagements": engagement,
		"items": itemID, "streams": stream}
	person := `{"name":"K","roles":["coachee"],"emails":["k@example.com"]}`
	program := map[string]any{"items": []any{}}
	for _, c := range []struct {
		method, path string
		body         any
	}{
		{"GET", "/people/{id}", nil}, {"PUT", "/people/{id}", person}, {"DELETE", "/api-keys/{id}", nil},
		{"GET", "/forms/{id}", nil}, {"PUT", "/forms/{id}", `{"name":"F","definition":` + oneQuestion + `}`},
		{"GET", "/program-templates/{id}", nil}, {"PUT", "/program-templates/{id}", `{"name":"T","items":[]}`},
		{"GET", "/engagements/{id}", nil}, {"PATCH", "/engagements/{id}", `{"name":"E"}`}, {"POST", "/engagements/{id}/start", nil},
		{"POST", "/engagements/{id}/pause", nil}, {"POST", "/engagements/{id}/resume", nil}, {"POST", "/engagements/{id}/complete", nil},
		{"POST", "/engagements/{id}/cancel", nil}, {"GET", "/engagements/{id}/program", nil}, {"PUT", "/engagements/{id}/program", program},
		{"POST", "/engagements/{id}/program/preview", program}, {"POST", "/engagements/{id}/items", item(form)}, {"GET", "/engagements/{id}/timeline", nil}, {"GET", "/engagements/{id}/ratings", nil},
		{"GET", "/items/{id}", nil}, {"PUT", "/items/{id}", item(form)}, {"DELETE", "/items/{id}", nil}, {"POST", "/items/{id}/move", `{"position":0}`},
		{"POST", "/items/{id}/send", nil}, {"POST", "/items/{id}/take-back", nil}, {"POST", "/items/{id}/skip", nil}, {"POST", "/items/{id}/reopen", nil},
		{"POST", "/items/{id}/preview", nil}, {"GET", "/items/{id}/answers", nil}, {"POST", "/items/{id}/recipients/" + uuid.NewString() + "/hold", nil},
		{"POST", "/items/{id}/recipients/" + uuid.NewString() + "/resume-follow-up", nil}, {"GET", "/notifications/{id}", nil},
		{"GET", "/streams/{id}", nil}, {"GET", "/streams/{id}/messages", nil}, {"GET", "/files/{id}", nil}, {"GET", "/files/{id}/content", nil},
		{"POST", "/system-addresses/{id}/regenerate", nil}, {"GET", "/inbound-mails/{id}", nil}, {"GET", "/inbound-mails/{id}/raw", nil},
		{"POST", "/inbound-mails/{id}/release", nil}, {"POST", "/inbound-mails/{id}/discard", nil},
	} {
		noun, _, _ := strings.Cut(strings.TrimPrefix(c.path, "/"), "/")
		for name, id := range map[string]string{"nonsense": "x", "unknown": uuid.NewString(), "foreign": ids[noun]} {
			if id == "" {
				continue
			}
			t.Run(name+" "+c.method+" "+c.path, func(t *testing.T) {
				a := w.call(c.method, "/api/v1"+strings.Replace(c.path, "{id}", id, 1), c.body, append(as(w.theirs.key), "If-Match", `"1"`)...)
				a.t = t
				a.refused(http.StatusNotFound, singular[noun]+"_not_found")
			})
		}
	}
}

// Junk on every operation of the document gives a refusal with a code, or
// nothing at all; never a failure of ours.
func TestJunk_NeverFails(t *testing.T) {
	w := newWorld(t)
	engagement, form := w.engagement(), w.form()
	ids := []string{"x", "%00", "%ff", "..%2f", "'", uuid.NewString(), engagement, form, w.addItem(engagement, form), w.ours.coachee.String()}
	junk := []string{``, `null`, `[]`, `"x"`, `0`, `-1e308`, `{}`, `{"name":null}`, `{"name":{"a":[1]},"items":"x"}`, `{"items":[null,7,{"id":7}]}`,
		`{"items":[{"id":"` + uuid.NewString() + `","kind":"\ud800","title":"\u0000","release":{"rule":1}}]}`, `{"position":99999999999999999999}`,
		`{"subject":"{{","body":"{{{{x}}"}`, `{"a":1,"a":2}`, "\xff\xfe", `{"name":"\uDEAD","roles":["\ud83d"],"emails":["a@\ud800.com"]}`,
		`{"coach_id":"","client_id":null,"coachee_id":"` + strings.Repeat("9", 40) + `"}`}
	for _, op := range operationsOf(w.document()) {
		for i, id := range ids {
			path := strings.NewReplacer("{id}", id, "{rid}", ids[(i+1)%len(ids)], "{address}", id, "{kind}", id).Replace(op.Path)
			for _, body := range junk {
				if op.RequestBody == nil && body != "" {
					continue
				}
				a := w.call(op.Method, path, body, "If-Match", fmt.Sprintf("%q", "1"))
				require.Less(t, a.status, 500, "%s %s %s: %s", op.Method, path, body, a.body)
				if a.status >= 400 {
					a.refused(a.status, codeOf(t, a))
				}
			}
		}
	}
	require.NotContains(t, w.log.String(), "request failed")
	require.NotContains(t, w.log.String(), "panicked")
}
