package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// extremesWorld is what the fields are tried in: people at both ends of the calendar,
// and bodies that are taken, for each operation that has one.
type extremesWorld struct {
	*outside
	doc      openAPI
	form     string
	coach    string
	client   string
	admin    string
	last     string   // the engagement of the last session
	coachees []string // in turn those of new engagements
	turn     int
	made     *int // addresses and files: each subtest goes on where the last one stopped
}

// TestExtremes walks the description of the API, so that a field that is added is tried
// with everybody else's: each field is stored with the ends of what it takes and with
// what lies beyond them. Every request is answered, whatever is taken comes back as it
// was sent, and everything can be read afterwards: over the API, on the pages, and by
// the workflows.
func TestExtremes(t *testing.T) {
	s, o := startSystem(t, devOptions{Fast: true})
	w := newExtremesWorld(o)
	t.Run("every field comes back as it was sent", func(t *testing.T) { w.in(t).tryFields() })
	running := w.runningProgram()
	t.Run("every answer to a form comes back as it was typed", func(t *testing.T) { w.in(t).tryAnswers(running) })
	t.Run("every password is taken or refused", func(t *testing.T) { w.in(t).tryPasswords() })
	t.Run("a subject from outside is shown without what nobody sees", func(t *testing.T) { w.in(t).trySubject() })
	t.Run("every operation reads it", func(t *testing.T) { w.in(t).readAPI() })
	t.Run("every page shows it", func(t *testing.T) { w.in(t).readPages() })
	t.Run("workflows go on with it", func(t *testing.T) { w.in(t).checkWorkflow(s, running) })
}

func (w *extremesWorld) in(t testing.TB) *extremesWorld {
	inner := *w
	inner.outside = w.outside.in(t)
	return &inner
}

func newExtremesWorld(o *outside) *extremesWorld {
	o.Helper()
	w := &extremesWorld{outside: o, doc: o.openAPI(), made: new(int)}
	type person struct {
		ID     string
		Emails []string
	}
	for _, p := range list[person](o, "/people") {
		switch p.Emails[0] {
		case o.CoachEmail:
			w.coach = p.ID
		case o.ClientEmail:
			w.client = p.ID
		case o.AdminEmail:
			w.admin = p.ID
		}
	}
	w.coachees = []string{w.client, w.coacheeIn("Pacific/Kiritimati"), w.coacheeIn("Pacific/Pago_Pago")}
	w.form = post[thing](o, "/forms", map[string]any{"name": "Every question", "definition": raw(everyQuestion)}).ID
	return w
}

func (w *extremesWorld) coacheeIn(zone string) string {
	w.Helper()
	return post[thing](w.outside, "/people", map[string]any{"name": zone, "roles": []string{"coachee"}, "emails": []string{w.address()}, "time_zone": zone}).ID
}

func (w *extremesWorld) address() string {
	*w.made++
	return fmt.Sprintf("extreme%d@example.com", *w.made)
}

func (w *extremesWorld) engagement() string {
	w.Helper()
	w.turn++
	return post[thing](w.outside, "/engagements", map[string]any{"name": "Extremes", "coachee_id": w.coachees[w.turn%len(w.coachees)], "coach_id": w.coach}).ID
}

// items are specifications which between them have every field.
func (w *extremesWorld) items() []any {
	day := extremeDates()[0]
	letter := map[string]any{"subject": "S", "body": "{{link}}"}
	return []any{
		map[string]any{"kind": "form", "title": "A form", "form_id": w.form, "release": map[string]any{"rule": "at", "at": day}, "due": map[string]any{"at": extremeDates()[1]},
			"recipients": []any{map[string]any{"email": w.address(), "name": "N", "optional": true}, map[string]any{"role": "coachee"}}, "letter": letter},
		map[string]any{"kind": "task", "title": "A task", "description": "D", "release": map[string]any{"rule": "after_prior", "delay": map[string]any{"amount": 1, "unit": "days"}},
			"due": map[string]any{"after": map[string]any{"amount": 1, "unit": "days"}}, "recipients": []any{map[string]any{"role": "coachee"}}},
		map[string]any{"kind": "task", "title": "Another task", "release": map[string]any{"rule": "manual"}, "recipients": []any{map[string]any{"person_id": w.client}}},
		map[string]any{"kind": "session", "title": "A session", "description": "D", "minutes": 60, "place": "Room 1", "booked_by": "coachee", "release": map[string]any{"rule": "manual"}, "recipients": []any{map[string]any{"role": "coachee"}, map[string]any{"role": "coach"}}},
		map[string]any{"kind": "file", "title": "A file", "description": "D", "file_ids": []any{w.upload()}, "release": map[string]any{"rule": "manual"}, "recipients": []any{map[string]any{"role": "coachee"}}},
	}
}

// upload uploads a file, and is its id.
func (w *extremesWorld) upload() string {
	w.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "Plan.txt")
	require.NoError(w, err)
	*w.made++
	_, err = fmt.Fprintf(part, "Plan %d", *w.made)
	require.NoError(w, err)
	require.NoError(w, form.Close())
	answer, err := w.do(http.MethodPost, w.API+"/files", &body, http.Header{"Authorization": {"Bearer " + w.APIKey}, "Content-Type": {form.FormDataContentType()}})
	require.NoError(w, err)
	require.Less(w, answer.Status, 300, "%s", answer.Body)
	var file thing
	require.NoError(w, json.Unmarshal(answer.Body, &file), "%s", answer.Body)
	return file.ID
}

// session is the address of a session in a running program, with or without a time, which
// the admin attends.
func (w *extremesWorld) session(scheduled bool) string {
	w.Helper()
	engagement := w.engagement()
	w.last = engagement
	item := post[thing](w.outside, "/engagements/"+engagement+"/items", map[string]any{"kind": "session", "title": "A session", "minutes": 60, "release": map[string]any{"rule": "manual"}, "recipients": []any{map[string]any{"person_id": w.admin}}}).ID
	post[thing](w.outside, "/engagements/"+engagement+"/start", nil)
	if scheduled {
		post[thing](w.outside, "/items/"+item+"/schedule", sessionTime)
	}
	return item
}

// replace puts what is at an address, whatever was there.
func (w *extremesWorld) replace(path string, body any) {
	w.Helper()
	header := http.Header{"Authorization": {"Bearer " + w.APIKey}, "Content-Type": {"application/json"}, "If-Match": {w.call(w.APIKey, http.MethodGet, path, nil).Header.Get("ETag")}}
	set, err := w.do(http.MethodPut, w.API+path, bytes.NewReader(w.text(body)), header)
	require.NoError(w, err)
	require.Less(w, set.Status, 300, "%s", set.Body)
}

// sessionToBook is the address of a session that the admin books as a coachee, and a time for
// it that the coach has free.
func (w *extremesWorld) sessionToBook() (item, start string) {
	w.Helper()
	week := map[string]any{}
	for _, day := range []string{"monday", "tuesday", "wednesday", "thursday", "friday"} {
		week[day] = []any{map[string]any{"from": "00:00", "to": "24:00"}}
	}
	w.replace("/people/"+w.coach+"/availability", map[string]any{"weekly": week, "duration_minutes": 60, "step_minutes": 30, "padding_minutes": 0, "notice_minutes": 0, "horizon_days": 365})
	me := ask[map[string]any](w.outside, http.MethodGet, "/people/"+w.admin, nil)
	w.replace("/people/"+w.admin, map[string]any{"name": me["name"], "emails": me["emails"], "time_zone": me["time_zone"], "roles": []string{"admin", "coachee"}})
	engagement := post[thing](w.outside, "/engagements", map[string]any{"name": "Booked", "coachee_id": w.admin, "coach_id": w.coach}).ID
	item = post[thing](w.outside, "/engagements/"+engagement+"/items", map[string]any{"kind": "session", "title": "A session", "minutes": 60, "booked_by": "coachee",
		"release": map[string]any{"rule": "after_prior"}, "recipients": []any{map[string]any{"role": "coachee"}, map[string]any{"role": "coach"}}}).ID
	post[thing](w.outside, "/engagements/"+engagement+"/start", nil)
	require.Eventually(w, func() bool {
		return w.call(w.APIKey, http.MethodGet, "/sessions/"+item, nil).Status == http.StatusOK
	}, time.Minute, 50*time.Millisecond, "the session is opened")
	times := ask[struct {
		Items []struct {
			Start string `json:"start"`
		} `json:"items"`
	}](w.outside, http.MethodGet, "/sessions/"+item+"/times", nil).Items
	require.NotEmpty(w, times)
	return item, times[0].Start
}

var sessionTime = map[string]any{"at": "2030-03-04T09:00", "minutes": 60, "place": "Room 1", "reason": "R", "time_zone": "Europe/Berlin"}

// ladders are reminders which between them have every rule.
func (w *extremesWorld) ladders() []any {
	days := map[string]any{"amount": 1, "unit": "days"}
	part, every := map[string]any{"rule": "part", "percent": 50}, map[string]any{"rule": "every", "delay": days, "most": 2}
	before, due, after := map[string]any{"rule": "before_due", "delay": days}, map[string]any{"rule": "at_due"}, map[string]any{"rule": "after_due", "delay": days}
	start, late := map[string]any{"rule": "after_start", "delay": days}, map[string]any{"rule": "after_start", "delay": map[string]any{"amount": 30, "unit": "days"}}
	steps := func(when, end any) map[string]any {
		return map[string]any{"steps": []any{map[string]any{"when": when, "to": "reader"}}, "end": map[string]any{"when": end, "does": "escalate", "to": "coach"}}
	}
	ladder := func(set, without map[string]any) any {
		set["without_due"], set["min_gap_hours"], set["keeps_moment"] = without, 1, true
		return set
	}
	return []any{ladder(steps(part, due), steps(every, late)), ladder(steps(before, after), steps(start, late)), ladder(steps(every, map[string]any{"rule": "part", "percent": 90}), steps(start, late))}
}

// tried is one way to call an operation: its address, and a body that is taken.
type tried struct {
	path string
	body any
}

// ways are those of an operation. What needs a thing of its own makes it.
func (w *extremesWorld) ways(op apiOperation) []tried {
	w.Helper()
	person := func() map[string]any {
		return map[string]any{"name": "P", "roles": []any{"coachee"}, "emails": []any{w.address()}, "time_zone": "UTC", "state": "internal"}
	}
	template := func(item any) map[string]any { return map[string]any{"name": "T", "items": []any{item}} }
	form := map[string]any{"name": "F", "definition": raw(everyQuestion)}
	each := func(path func() string, of []any, body func(one any) any) (out []tried) {
		for _, one := range of {
			out = append(out, tried{path(), body(one)})
		}
		return out
	}
	as := func(path string) func() string { return func() string { return path } }
	ofEngagement := func(rest string) func() string {
		return func() string { return "/engagements/" + w.engagement() + rest }
	}
	item := func() string { return post[thing](w.outside, ofEngagement("/items")(), w.items()[1]).ID }
	switch op.ID {
	case "createAPIKey":
		return []tried{{"/api-keys", map[string]any{"name": "K"}}}
	case "createEngagement":
		return []tried{{"/engagements", map[string]any{"name": "E", "coachee_id": w.client, "coach_id": w.coach}}}
	case "updateEngagement":
		return []tried{{ofEngagement("")(), map[string]any{"name": "E", "coach_id": w.coach}}}
	case "addItem":
		return each(ofEngagement("/items"), w.items(), func(item any) any { return put(item, []string{"position"}, 0) })
	case "changeItem":
		return each(func() string { return "/items/" + item() }, w.items(), func(item any) any { return item })
	case "editProgram":
		return each(ofEngagement("/program"), w.items(), func(item any) any { return map[string]any{"items": []any{item}} })
	case "previewProgram":
		return each(ofEngagement("/program/preview"), w.items(), func(item any) any { return map[string]any{"items": []any{item}} })
	case "createProgramTemplate":
		return each(as("/program-templates"), w.items(), func(item any) any { return template(item) })
	case "updateProgramTemplate":
		id := post[thing](w.outside, "/program-templates", template(w.items()[0])).ID
		return each(as("/program-templates/"+id), w.items(), func(item any) any { return template(item) })
	case "createPool":
		return []tried{{"/pools", w.pool()}}
	case "updatePool":
		return []tried{{"/pools/" + post[thing](w.outside, "/pools", w.pool()).ID, w.pool()}}
	case "setCoachProfile":
		return []tried{{"/people/" + w.coach + "/coach-profile", map[string]any{"headline": "H", "biography": "B", "languages": []any{"L"}, "specialities": []any{"S"}, "places": []any{"P"},
			"remote": true, "meeting": "M", "capacity": 1}}}
	case "startMatching":
		return []tried{{"/engagements/" + w.looking() + "/matchings", map[string]any{"pool_id": post[thing](w.outside, "/pools", w.pool()).ID, "coach_ids": []any{w.coach}, "pinned_ids": []any{w.coach},
			"wishes": map[string]any{"languages": []any{"L"}, "specialities": []any{"S"}, "place": "P"}, "settings": w.matchingSettings()}}}
	case "actInMatching":
		id := post[thing](w.outside, "/engagements/"+w.looking()+"/matchings", map[string]any{"pool_id": post[thing](w.outside, "/pools", w.pool()).ID}).ID
		return []tried{{"/matchings/" + id + "/acts", map[string]any{"kind": "ask", "coach_id": w.coach, "words": "W", "proposals": []any{"2027-03-30T10:00:00Z"}}}}
	case "createForm":
		return []tried{{"/forms", form}}
	case "updateForm":
		return []tried{{"/forms/" + post[thing](w.outside, "/forms", form).ID, form}}
	case "createPerson":
		return []tried{{"/people", person()}}
	case "updatePerson":
		return []tried{{"/people/" + post[thing](w.outside, "/people", person()).ID, person()}}
	case "invitePerson":
		return []tried{{"/invitations", map[string]any{"person_id": post[thing](w.outside, "/people", person()).ID}}}
	case "moveItem":
		return []tried{{"/items/" + item() + "/move", map[string]any{"position": 0}}}
	case "previewItem":
		return []tried{{"/items/" + post[thing](w.outside, ofEngagement("/items")(), w.items()[0]).ID + "/preview", map[string]any{"kind": "form_request", "letter": map[string]any{"subject": "S", "body": "{{link}}"}}}}
	case "setLadder":
		return each(as("/ladders/item"), w.ladders(), func(ladder any) any { return ladder })
	case "previewLadder":
		return each(as("/ladders/item/preview"), w.ladders(), func(ladder any) any { return map[string]any{"ladder": ladder, "due_days": 10} })
	case "setNotificationTemplate":
		return []tried{{"/notification-templates/form_request", map[string]any{"subject": "S", "body": "{{link}}"}}}
	case "updateOrganization":
		return []tried{{"/organization", map[string]any{"name": "O", "time_zone": "UTC", "undo_seconds": 0, "contact_suffix": "via us", "attendees_see_each_other": true,
			"ratings":       map[string]any{"asked": true, "question": "Q", "low": "L", "high": "H", "readers": "everyone"},
			"working_hours": map[string]any{"from": "00:00", "to": "24:00", "days": []any{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}, "holidays": []any{map[string]any{"date": "2027-01-01", "name": "New Year"}}}}}}
	case "addAttendee":
		return []tried{{"/items/" + w.session(true) + "/attendees", map[string]any{"email": w.address(), "name": "N", "optional": true}}, {"/items/" + w.session(true) + "/attendees", map[string]any{"role": "coach"}}}
	case "scheduleSession":
		return []tried{{"/items/" + w.session(false) + "/schedule", sessionTime}}
	case "rescheduleSession":
		return []tried{{"/items/" + w.session(true) + "/reschedule", put(sessionTime, []string{"at"}, "2030-04-04T09:00")}}
	case "cancelSession":
		return []tried{{"/items/" + w.session(true) + "/cancel-session", map[string]any{"reason": "R"}}}
	case "refuseProposal":
		return []tried{{w.proposal() + "/refuse", map[string]any{"reason": "R"}}}
	case "cancelAttendedSession":
		return []tried{{"/sessions/" + w.session(true) + "/cancel", map[string]any{"reason": "R"}}}
	case "askForAnotherTime":
		return []tried{{"/sessions/" + w.session(true) + "/ask", map[string]any{"words": "W"}}}
	case "addItemFiles":
		return []tried{{"/items/" + w.session(true) + "/files", map[string]any{"file_ids": []any{w.upload()}}}}
	case "bookSession":
		item, start := w.sessionToBook()
		return []tried{{"/sessions/" + item + "/book", map[string]any{"start": start, "reason": "R"}}}
	case "replaceItemFile":
		file := w.upload()
		item := post[thing](w.outside, ofEngagement("/items")(), put(w.items()[4], []string{"file_ids"}, []any{file})).ID
		return []tried{{"/items/" + item + "/files/" + file + "/replace", map[string]any{"file_id": w.upload()}}}
	case "setAvailability":
		return []tried{{"/people/" + w.coach + "/availability", map[string]any{"weekly": map[string]any{"monday": []any{map[string]any{"from": "08:00", "to": "20:00"}}}, "exceptions": map[string]any{"2027-03-30": []any{map[string]any{"from": "08:00", "to": "20:00"}}},
			"duration_minutes": 60, "step_minutes": 30, "padding_minutes": 0, "notice_minutes": 0, "horizon_days": 365, "most_per_day": 0}}}
	case "addBusyCalendar":
		*w.made++
		return []tried{{"/people/" + post[thing](w.outside, "/people", map[string]any{"name": "A coach", "roles": []any{"coach"}, "emails": []any{w.address()}}).ID + "/busy-calendars",
			map[string]any{"address": fmt.Sprintf("https://calendar.example/%d.ics", *w.made), "name": "N"}}}
	case "openStream":
		return []tried{{"/streams", map[string]any{"coach_id": w.coach, "client_id": w.client}}}
	case "sendContacts", "sendAddressesToClients":
		return []tried{{op.path, map[string]any{"stream_ids": []any{w.demoStream()}}}}
	}
	w.Fatalf("the operation %s is new: give it a body that is taken, so that its fields can be tried", op.ID)
	return nil
}

// notGivenBack are fields that no answer repeats, with the reason.
var notGivenBack = map[string]string{
	"createEngagement.program_template_id": "its items are laid out", "addItem.position": "counted anew", "moveItem.position": "counted anew",
	"createPerson.state": "set by inviting alone", "updatePerson.state": "set by inviting alone",
	"createForm.definition": "given back in one spelling", "updateForm.definition": "given back in one spelling",
	"setLadder.end.when.most": "an end comes once", "setLadder.without_due.end.when.most": "an end comes once",
	"setLadder.without_due.steps.0.when.percent": "a part of no time", "setLadder.without_due.end.when.percent": "a part of no time",
	"previewProgram": "tells what would change", "previewItem": "tells the letter", "previewLadder": "tells the moments",
	"addAttendee": "tells the item", "scheduleSession": "tells the item", "rescheduleSession": "tells the item", "cancelSession": "tells the item",
	"refuseProposal": "tells the item", "addItemFiles": "tells the item", "cancelAttendedSession": "tells the session", "askForAnotherTime": "tells the session", "bookSession": "tells the session", "replaceItemFile": "tells the item",
	"addBusyCalendar.address": "a secret, which is shown shortened",
	"startMatching.pool_id":   "a pool for each", "actInMatching": "tells the matching",
	"sendContacts": "tells the mails", "sendAddressesToClients": "tells the mails",
}

func givenBack(op apiOperation, field apiField) bool {
	return notGivenBack[op.ID] == "" && notGivenBack[op.ID+"."+field.String()] == ""
}

func (w *extremesWorld) tryFields() {
	w.Helper()
	compared := 0
	for _, op := range w.doc.operations("") {
		fields := w.doc.fields(op)
		if len(fields) == 0 {
			continue
		}
		for _, field := range fields {
			taken, same := w.tryField(op, field)
			if isReference := field.schema["format"] == "uuid"; !isReference {
				require.NotZero(w, taken, "no value of %s.%s is taken: add the field to a body of ways()", op.ID, field)
				require.True(w, same > 0 || !givenBack(op, field), "%s.%s is never given back; if that is right, say why in notGivenBack", op.ID, field)
			}
			compared += same
		}
		// What was set for everybody is as it was before, so that the rest goes on.
		w.settle(op)
	}
	w.Logf("%d values came back as they were sent", compared)
}

func (w *extremesWorld) settle(op apiOperation) {
	w.Helper()
	switch op.ID {
	case "updateOrganization":
		way := w.ways(op)[0]
		ask[thing](w.outside, op.method, way.path, way.body)
	case "setLadder":
		w.keepMoments()
	case "setNotificationTemplate":
		require.Equal(w, http.StatusNoContent, w.call(w.APIKey, http.MethodDelete, "/notification-templates/form_request", nil).Status)
	}
}

// tryField tries a field in every body of the operation that has it; in all of them,
// where none has. It counts what was taken, and what came back.
func (w *extremesWorld) tryField(op apiOperation, field apiField) (taken, same int) {
	w.Helper()
	all := w.ways(op)
	has := slices.DeleteFunc(slices.Clone(all), func(way tried) bool { _, is := at(way.body, field.path); return !is })
	if len(has) > 0 {
		all = has[:1]
	}
	for _, way := range all {
		own, _ := at(way.body, field.path)
		values := w.doc.extremes(field.String(), field.schema)
		if own != nil {
			values = append([]any{own}, values...)
		}
		for _, value := range values {
			if fresh := op.ID == "createPerson" || op.ID == "addItem" || op.ID == "editProgram" || op.ID == "invitePerson" || op.ID == "addBusyCalendar"; fresh {
				way = w.again(op, way)
			}
			answer := w.send(op, way.path, put(way.body, field.path, value))
			if answer.Status >= 300 {
				continue
			}
			taken++
			if givenBack(op, field) && w.cameBack(op, field, value, answer) {
				same++
			}
		}
	}
	return taken, same
}

// again is the same way with a thing of its own.
func (w *extremesWorld) again(op apiOperation, way tried) tried {
	switch op.ID {
	case "createPerson":
		way.body = put(way.body, []string{"emails"}, []any{w.address()})
	case "addBusyCalendar":
		way = w.ways(op)[0] // a coach has five at most
	case "invitePerson":
		way.body = put(way.body, []string{"person_id"}, w.coacheeIn("UTC"))
	default:
		_, rest, _ := strings.Cut(strings.TrimPrefix(way.path, "/engagements/"), "/")
		way.path = "/engagements/" + w.engagement() + "/" + rest
	}
	return way
}

// send calls an operation, which is to answer in order, whatever it is told.
func (w *extremesWorld) send(op apiOperation, path string, body any) reply {
	w.Helper()
	data, err := json.Marshal(body)
	require.NoError(w, err)
	header := http.Header{"Authorization": {"Bearer " + w.APIKey}, "Content-Type": {"application/json"}}
	if slices.ContainsFunc(op.Parameters, func(p apiParameter) bool { return p.Name == "If-Match" }) {
		header.Set("If-Match", w.call(w.APIKey, http.MethodGet, path, nil).Header.Get("ETag"))
	}
	what := op.ID + " " + path + ": " + string(data[:min(len(data), 1500)])
	answer, err := w.do(op.method, w.API+path, strings.NewReader(string(data)), header)
	require.NoError(w, err, what)
	require.Less(w, answer.Status, 500, "%s\n%s", what, answer.Body)
	if answer.Status >= 400 {
		require.Equal(w, "application/problem+json", answer.Header.Get("Content-Type"), what)
	}
	if answer.Status < 300 {
		require.True(w, json.Valid(answer.Body), "%s\n%s", what, answer.Body)
	}
	return answer
}

// cameBack compares a value with the answer, and with the thing as it is read. It
// reports whether there was something to compare.
func (w *extremesWorld) cameBack(op apiOperation, field apiField, value any, answer reply) bool {
	w.Helper()
	answers := []reply{answer}
	if location := answer.Header.Get("Location"); location != "" {
		answers = append(answers, w.call(w.APIKey, http.MethodGet, strings.TrimPrefix(location, "/api/v1"), nil))
	}
	found := false
	for _, answer := range answers {
		var tree any
		require.NoError(w, json.Unmarshal(answer.Body, &tree), "%s", answer.Body)
		got, is := at(tree, field.path)
		if empty := slices.Contains([]string{"null", `""`, "0", "false"}, string(w.text(value))); !is || empty { // as where it is left out
			continue
		}
		found = true
		want := w.tree(value)
		if name := field.String(); strings.HasPrefix(name, "emails") || strings.HasSuffix(name, "_address") {
			want = strings.ToLower(fmt.Sprint(want))
			want = strings.Replace(fmt.Sprint(want), "bücher", "xn--bcher-kva", 1)
		}
		if op.ID == "updateOrganization" || op.ID == "createPerson" || op.ID == "updatePerson" || strings.HasSuffix(field.String(), "name") {
			want, got = trimmedText(want), trimmedText(got)
		}
		require.Equal(w, want, got, "%s.%s", op.ID, field)
	}
	return found
}

// trimmedText is a text as names keep it: without space around it, and with spaces for
// tabs.
func trimmedText(value any) any {
	if text, is := value.(string); is {
		return strings.TrimSpace(strings.ReplaceAll(text, "\t", " "))
	}
	return value
}

func (w *extremesWorld) text(value any) []byte {
	data, err := json.Marshal(value)
	require.NoError(w, err)
	return data
}

// pool is a pool of the coach, under a name of its own.
func (w *extremesWorld) pool() map[string]any {
	return map[string]any{"name": "P " + uuid.NewString(), "coach_ids": []any{w.coach}, "settings": w.matchingSettings()}
}

func (w *extremesWorld) matchingSettings() map[string]any {
	return map[string]any{"welcome": "W", "interview": "optional", "interview_minutes": 30, "interview_text": "T", "most_interviews": 3,
		"interview_approval": true, "selection_approval": true, "approvers": []any{w.admin}, "program_template_id": uuid.Nil.String(), "starts_by_itself": true}
}

// looking is an engagement without a coach. Its coachee has no account, so that no mail
// leaves.
func (w *extremesWorld) looking() string {
	return post[thing](w.outside, "/engagements", map[string]any{"name": "E", "coachee_id": w.coacheeWithoutAccount()}).ID
}

func (w *extremesWorld) coacheeWithoutAccount() string {
	person := map[string]any{"name": "N", "roles": []any{"coachee"}, "emails": []any{"m" + uuid.NewString() + "@example.com"}}
	return post[thing](w.outside, "/people", person).ID
}
