package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"coachflow/app"
	"coachflow/coaching"
)

func itemValues(form uuid.UUID) url.Values {
	return url.Values{"title": {"Feedback"}, "form_id": {form.String()}, "rule": {"after_prior"}, "delay_amount": {"2"}, "delay_unit": {"days"},
		"due": {"after"}, "due_amount": {"7"}, "due_unit": {"business_days"}, "coachee": {"required"}, "coach": {"optional"},
		"r0_email": {" Paul@Example.com "}, "r0_name": {"Paul Peer"}, "r0_optional": {"yes"}, "r1_email": {""}, "r1_name": {""}}
}

func TestR16_AnItemIsAddedAfterAPreviewOnly(t *testing.T) {
	w := newWorld(t)
	engagement, item := w.engagement(w.ours)
	v := w.login(w.ours.coach)
	path := "/engagements/" + engagement.ID.String() + "/items/new"
	values := itemValues(*item.FormID)
	values.Set("action", "preview")
	before := w.snapshot()
	page := v.post(path, values)
	require.Equal(t, http.StatusOK, page.status, page.body)
	require.Contains(t, page.body, "Nothing has been changed yet")
	require.Contains(t, page.body, "&#34;Feedback&#34; is added.")
	require.Contains(t, page.body, `name="r0_name" value="Paul Peer"`)
	require.Equal(t, before, w.snapshot())

	values.Set("action", "back")
	require.Contains(t, v.post(path, values).body, `value="Paul Peer"`)

	values.Set("action", "apply")
	values.Set("revision", revision(t, page.body))
	require.Contains(t, v.follow(path, values).body, "The item is added.")
	program, err := w.app.GetProgram(t.Context(), w.ours.admin, engagement.ID)
	require.NoError(t, err)
	require.Len(t, program.Items, 2)
	added := program.Items[1]
	require.Equal(t, "Feedback", added.Title)
	require.Equal(t, coaching.ReleaseRule{Rule: coaching.AfterPrior, Delay: &coaching.Delay{Amount: 2, Unit: coaching.Days}}, added.Release)
	require.Equal(t, &coaching.DueRule{After: &coaching.Delay{Amount: 7, Unit: coaching.BusinessDays}}, added.Due)
	require.Len(t, added.To, 3)

	again := v.post(path, values)
	require.Equal(t, http.StatusConflict, again.status, "the same button pressed twice")
	require.Contains(t, again.body, "was changed since")
}

func revision(t *testing.T, body string) string {
	t.Helper()
	_, rest, found := strings.Cut(body, `name="revision" value="`)
	require.True(t, found)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

func TestItemForm_FaultsComeBackWithEverythingTyped(t *testing.T) {
	w := newWorld(t)
	engagement, item := w.engagement(w.ours)
	v := w.login(w.ours.admin)
	path := "/engagements/" + engagement.ID.String() + "/items/new"
	for name, c := range map[string]struct {
		change func(url.Values)
		says   string
	}{
		"no form":           {func(v url.Values) { v.Set("form_id", "") }, "Choose the form"},
		"no title":          {func(v url.Values) { v.Set("title", " ") }, "needs a title"},
		"no number":         {func(v url.Values) { v.Set("delay_amount", "two") }, "Enter a whole number"},
		"no time":           {func(v url.Values) { v.Set("rule", "at") }, "Enter a date and a time"},
		"a time passed":     {func(v url.Values) { v.Set("rule", "at"); v.Set("at", "2020-01-01T09:00") }, "has passed"},
		"no rule":           {func(v url.Values) { v.Del("rule") }, "release rule"},
		"nobody":            {func(v url.Values) { clearRecipients(v) }, "needs a recipient"},
		"nobody must":       {func(v url.Values) { v.Set("coachee", "optional") }, "at least one recipient must be required"},
		"a broken address":  {func(v url.Values) { v.Set("r0_email", "paul") }, "is not an email address"},
		"a name alone":      {func(v url.Values) { v.Set("r0_email", "") }, "exactly one of"},
		"an endless delay":  {func(v url.Values) { v.Set("delay_amount", "999999") }, "between 0 and"},
		"an unknown letter": {func(v url.Values) { v.Set("letter_subject", "S"); v.Set("letter_body", "{{nonsense}}") }, "nonsense"},
	} {
		values := itemValues(*item.FormID)
		values.Set("action", "apply")
		values.Set("r3_name", "Kept Name")
		values.Set("r3_email", "kept@example.com")
		values.Set("r3_optional", "yes")
		c.change(values)
		page := v.post(path, values)
		require.Equal(t, http.StatusUnprocessableEntity, page.status, name)
		require.Contains(t, strings.ToLower(page.body), strings.ToLower(c.says), name)
		for _, kept := range []string{"r3_email", "due_amount"} {
			require.Contains(t, page.body, `value="`+values.Get(kept)+`"`, name)
		}
	}
}

func clearRecipients(values url.Values) {
	for _, name := range []string{"coachee", "coach", "r0_email", "r0_name", "r3_email", "r3_name"} {
		values.Set(name, "")
	}
}

func TestItemForm_AnItemSurvivesTheForm(t *testing.T) {
	t.Parallel()
	form, person := uuid.New(), uuid.New()
	at, err := coaching.ParseLocalTime("2027-03-04T09:00")
	require.NoError(t, err)
	for name, spec := range map[string]coaching.ItemSpec{
		"manual": {Kind: coaching.FormItem, Title: "A", FormID: &form, Release: coaching.ReleaseRule{Rule: coaching.Manual}, Recipients: []coaching.RecipientSpec{{Role: "coachee"}}},
		"all": {Kind: coaching.FormItem, Title: "B", FormID: &form, Release: coaching.ReleaseRule{Rule: coaching.At, At: &at}, Due: &coaching.DueRule{At: &at},
			Recipients: []coaching.RecipientSpec{{Role: "coachee", Optional: true}, {Role: "coach"}, {PersonID: &person, Optional: true}, {Email: "a@example.com", Name: "A"}},
			Letter:     &coaching.LetterSpec{Subject: "S", Body: "one\ntwo\n"}},
		"after": {Kind: coaching.FormItem, Title: "C", FormID: &form, Release: coaching.ReleaseRule{Rule: coaching.AfterPrior, Delay: &coaching.Delay{Amount: 3, Unit: coaching.Hours}},
			Due: &coaching.DueRule{After: &coaching.Delay{Amount: 1, Unit: coaching.Days}}, Recipients: []coaching.RecipientSpec{{Email: "a@example.com"}}},
	} {
		got, err := readItem(valuesOf(spec), coaching.ItemSpec{Kind: coaching.FormItem}, false)
		require.NoError(t, err, name)
		require.Equal(t, spec, got, name)
	}
}

func TestItem_OfWhatWasSentOnlyTheDueDateCanChange(t *testing.T) {
	w := newWorld(t)
	engagement, item := w.sent(w.ours)
	v := w.login(w.ours.admin)
	path := "/engagements/" + engagement.ID.String() + "/items/" + item.ID.String() + "/edit"
	require.Contains(t, v.get(path).body, "only its due date can change")
	page := v.post(path, url.Values{"action": {"preview"}, "title": {"Another title"}, "due": {"after"}, "due_amount": {"20"}, "due_unit": {"days"}})
	require.Equal(t, http.StatusOK, page.status, page.body)
	require.Contains(t, page.body, "gets a new due date")
	require.NotContains(t, page.body, "is changed.")
}

func TestActs_SayWhatHappenedOnThePageTheyWerePressedOn(t *testing.T) {
	w := newWorld(t)
	w.agree(nil)
	engagement, item := w.sent(w.ours)
	v := w.login(w.ours.coach)
	path := "/engagements/" + engagement.ID.String()
	page := v.follow(path+"/items/"+item.ID.String()+"/send", url.Values{})
	require.Contains(t, page.body, "leaves in 30 seconds. Until then you can take it back.")
	require.NotContains(t, v.get(path).body, "leaves in 30 seconds", "it is said once")
	require.Contains(t, v.follow(path+"/pause", url.Values{}).body, "The engagement is paused")
}

func TestActs_ARefusalIsAnAlertAndASilenceSaysInProgress(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		says string
	}{
		"refused": {temporal.NewNonRetryableApplicationError("The item has ended already.", "item_ended", nil, "conflict"), "The item has ended already."},
		"silence": {errors.New("no answer"), "may still be in progress"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.agree(c.err)
			engagement, item := w.sent(w.ours)
			path := "/engagements/" + engagement.ID.String()
			page := w.login(w.ours.admin).follow(path+"/items/"+item.ID.String()+"/skip", url.Values{})
			require.Equal(t, http.StatusOK, page.status)
			require.Contains(t, page.body, c.says)
			require.Contains(t, page.body, `role="alert"`)
			require.NotContains(t, page.body, "no answer</div>")
		})
	}
}

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

func TestEdits_OverSomebodyElsesChangeAreToldFirst(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	path := "/people/" + w.ours.coach.Person.String()
	values := url.Values{"name": {"Second"}, "roles": {"coach"}, "emails": {"coach@ours.example"}, "state": {"active"}, "time_zone": {"Europe/Berlin"}, "version": {"1"}}
	first := url.Values{}
	for name, value := range values {
		first[name] = value
	}
	first.Set("name", "First")
	v.follow(path, first)
	page := v.post(path, values)
	require.Equal(t, http.StatusConflict, page.status)
	require.Contains(t, page.body, `value="Second"`)
	require.Contains(t, page.body, `name="version" value="2"`)
	values.Set("version", "2")
	require.Contains(t, v.follow(path, values).body, "Second is changed.")
}

func TestLetters_AreCheckedBeforeTheyAreSaved(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	path := "/settings/letters/form_request"
	for _, letter := range []string{"form_request", "form_reminder", "form_escalation", "stream_message", "inbound_mail_quarantined"} {
		page := v.get("/settings/letters/" + letter)
		require.Equal(t, http.StatusOK, page.status, letter)
		require.Contains(t, page.body, "How it reads", letter)
	}
	page := v.post(path, url.Values{"action": {"save"}, "subject": {"{{form}}"}, "body": {"Dear {{nobody}}"}})
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Contains(t, page.body, "Dear {{nobody}}")
	page = v.post(path, url.Values{"action": {"preview"}, "subject": {"{{form}}"}, "body": {"Dear {{name}}, {{link}}"}})
	require.Contains(t, page.body, "Dear Amara Okafor")
	require.Contains(t, v.follow(path, url.Values{"action": {"save"}, "subject": {"{{form}}"}, "body": {"Dear {{name}}, {{link}}"}}).body, "The letter is saved")
	require.Contains(t, v.follow(path+"/reset", url.Values{}).body, "default one again")
	require.Equal(t, http.StatusNotFound, v.get("/settings/letters/nonsense").status)
}

func TestAPIKey_IsShownOnce(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	page := v.post("/settings/api-keys", url.Values{"name": {"script"}})
	require.Contains(t, page.body, "cfk_")
	require.NotContains(t, v.get("/settings/api-keys").body, "cfk_")
	require.Equal(t, http.StatusUnprocessableEntity, v.post("/settings/api-keys", url.Values{"name": {" "}}).status)
	keys, err := w.app.ListAPIKeys(t.Context(), w.ours.admin)
	require.NoError(t, err)
	path := "/settings/api-keys/" + keys[0].ID.String() + "/revoke"
	require.Contains(t, v.get(path).body, "Revoke this API key?")
	require.Contains(t, v.follow(path, url.Values{}).body, "revoked")
}

func TestSettings_KeepWhatWasTyped(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	for _, values := range []url.Values{
		{"name": {"New"}, "time_zone": {"Mars/Base"}, "undo_seconds": {"30"}},
		{"name": {"New"}, "time_zone": {"UTC"}, "undo_seconds": {"soon"}},
		{"name": {"New"}, "time_zone": {"UTC"}, "undo_seconds": {"99999"}},
	} {
		page := v.post("/settings", values)
		require.Equal(t, http.StatusUnprocessableEntity, page.status)
		require.Contains(t, page.body, `value="New"`)
	}
	require.Contains(t, v.follow("/settings", url.Values{"name": {"New"}, "time_zone": {"UTC"}, "undo_seconds": {"0"}}).body, "The settings are saved.")
}

func TestAddress_IsReplacedAfterAQuestion(t *testing.T) {
	w := newWorld(t)
	engagement, _ := w.engagement(w.ours)
	v := w.login(w.ours.coach)
	path := "/engagements/" + engagement.ID.String() + "/messages"
	require.Contains(t, v.get(path).body, "have no conversation yet")
	require.Contains(t, v.follow(path, url.Values{}).body, "The conversation is open")
	list, err := w.app.ListSystemAddresses(t.Context(), w.ours.admin, nil, noPaging)
	require.NoError(t, err)
	replace := "/addresses/" + list.Items[0].ID.String() + "/regenerate"
	require.Contains(t, v.get(replace).body, list.Items[0].Address)
	page := v.follow(replace, url.Values{})
	require.Contains(t, page.body, "The new address is")
	require.NotContains(t, page.body, list.Items[0].Address)
	require.Equal(t, http.StatusNotFound, v.post(replace, url.Values{}).status, "it is gone")
	require.Equal(t, http.StatusNotFound, w.login(w.theirs.admin).get(replace).status)
}

func TestForm_CanBeTriedAndKeepsNothing(t *testing.T) {
	w := newWorld(t)
	_, item := w.engagement(w.ours)
	v := w.login(w.ours.coach)
	path := "/forms/" + item.FormID.String() + "/try"
	before := w.snapshot()
	require.Equal(t, http.StatusUnprocessableEntity, v.post(path, url.Values{"action": {"submit"}}).status)
	require.Contains(t, v.post(path, url.Values{"action": {"submit"}, "q.role": {"x"}}).body, "nothing was kept")
	require.Equal(t, before, w.snapshot())
}

func TestBefore_IsTheIDJustBelow(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"00000000-0000-0000-0000-000000000001": "00000000-0000-0000-0000-000000000000",
		"00000000-0000-0000-0000-000000010000": "00000000-0000-0000-0000-00000000ffff",
		"01a203e2-7cb9-7c73-92d0-6c5eedb8fb5d": "01a203e2-7cb9-7c73-92d0-6c5eedb8fb5c",
	} {
		require.Equal(t, want, before(uuid.MustParse(id)).String())
	}
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
