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
		"two lines":         {func(v url.Values) { v.Set("title", "a\u2028b") }, "needs a title"},
		"no number":         {func(v url.Values) { v.Set("delay_amount", "two") }, "Enter a whole number"},
		"no time":           {func(v url.Values) { v.Set("rule", "at") }, "Enter a date and a time"},
		"a time passed":     {func(v url.Values) { v.Set("rule", "at"); v.Set("at", "2020-01-01T09:00") }, "has passed"},
		"no rule":           {func(v url.Values) { v.Del("rule") }, "release rule"},
		"nobody":            {func(v url.Values) { clearRecipients(v) }, "needs a recipient"},
		"nobody must":       {func(v url.Values) { v.Set("coachee", "optional") }, "at least one recipient must be required"},
		"a broken address":  {func(v url.Values) { v.Set("r0_email", "paul") }, "is not an email address"},
		"a name alone":      {func(v url.Values) { v.Set("r0_email", "") }, "Enter the email address of Paul Peer"},
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

// Whatever is wrong is told at once: at its field, in a step that is open for it.
func TestItemForm_AllFaultsAreToldAtOnceInOpenSteps(t *testing.T) {
	w := newWorld(t)
	engagement, item := w.engagement(w.ours)
	v := w.login(w.ours.admin)
	path := "/engagements/" + engagement.ID.String() + "/items/new"
	values := url.Values{"action": {"preview"}, "kind": {"form"}, "form_id": {""}, "title": {"a\u2028b"}, "rule": {"at"}, "at": {"soon"}, "due": {"after"}, "due_amount": {"many"}, "due_unit": {"days"},
		"coachee": {"required"}, "r0_name": {"Paul Peer"}}
	page := v.post(path, values)
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Equal(t, map[string]string{"form_id": "Choose the form", "title": "1 to 200 characters", "at": "Enter a date and a time", "due_amount": "Enter a whole number", "r0_email": "Enter the email address of Paul Peer"}, faultsIn(page.body, "form_id", "title", "at", "due_amount", "r0_email"))
	require.Contains(t, page.body, "5 places are not right yet")
	require.Equal(t, map[string]bool{"When it goes out": true, "By when": true, "Who gets it": true, "Words of the mail": false}, stepsIn(page.body))

	values = itemValues(*item.FormID)
	values.Set("title", strings.Repeat("x", 300))
	values.Set("due_amount", "0")
	values.Set("r0_email", "paul")
	values.Set("action", "preview")
	page = v.post(path, values)
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Len(t, faultsIn(page.body, "title", "due_amount", "r0_email"), 3, "those that only the rules find, too")
}

// faultsIn are the beginnings of the faults that stand at fields of a page.
func faultsIn(body string, fields ...string) map[string]string {
	faults := map[string]string{}
	for _, field := range fields {
		_, rest, _ := strings.Cut(body, `<div id="`+field+`-note">`)
		if text, at := strings.CutPrefix(rest, `<div class="cf-fault">`); at {
			faults[field] = firstWords(text)
		}
	}
	return faults
}

func firstWords(text string) string {
	text, _, _ = strings.Cut(text, "<")
	for _, end := range []string{",", ".", " that is"} {
		text, _, _ = strings.Cut(text, end)
	}
	return text
}

// stepsIn are the folded steps of the form, and whether each is open.
func stepsIn(body string) map[string]bool {
	steps := map[string]bool{}
	for _, part := range strings.Split(body, `<details class="cf-fold"`)[1:] {
		_, rest, _ := strings.Cut(part, `<span class="cf-fold-title">`)
		title, _, _ := strings.Cut(rest, "<")
		steps[title] = strings.HasPrefix(part, " open")
	}
	return steps
}

func TestItemForm_ANewItemIsAsUsualAndSaysSo(t *testing.T) {
	w := newWorld(t)
	engagement, item := w.engagement(w.ours)
	v := w.login(w.ours.coach)
	path := "/engagements/" + engagement.ID.String() + "/items/new"
	page := v.get(path + "?kind=form")
	require.Equal(t, map[string]bool{"When it goes out": false, "By when": false, "Who gets it": false, "Words of the mail": false}, stepsIn(page.body))
	for _, choice := range []string{"After the item before it is complete", "7 days after it went out", "Ours coachee", "The organization&#39;s letter"} {
		require.Contains(t, page.body, `<span class="cf-fold-choice">`+choice+`</span>`)
	}

	values := url.Values{"action": {"preview"}, "kind": {"form"}, "form_id": {item.FormID.String()}, "title": {""}}
	for name, usual := range usualItem(coaching.FormItem) {
		values[name] = usual
	}
	page = v.post(path, values)
	require.Contains(t, page.body, "&#34;Before we begin&#34; is added", "a form without a title has the form's name")
	values.Set("action", "back")
	values.Set("rule", "manual")
	values.Set("coach", "optional")
	page = v.post(path, values)
	require.Equal(t, map[string]bool{"When it goes out": true, "By when": false, "Who gets it": true, "Words of the mail": false}, stepsIn(page.body))
	require.Contains(t, page.body, "Ours coachee, Ours coach (optional)")
	values.Set("action", "preview")
	values.Set("kind", "task")
	require.Contains(t, v.post(path, values).body, "needs a title", "a task has no other name")
}

// The first item of a program has none before it: it goes out at the start.
func TestItemForm_TheFirstItemFollowsTheStart(t *testing.T) {
	w := newWorld(t)
	engagement, item := w.engagement(w.ours)
	require.NoError(t, w.app.RemoveItem(t.Context(), w.ours.admin, item.ID))
	v := w.login(w.ours.coach)
	path := "/engagements/" + engagement.ID.String()
	require.Contains(t, v.get(path).body, `btn btn-primary" href="`+path+`/items/new?kind=form"`, "an empty program has the button that begins it")
	page := v.get(path + "/items/new?kind=form")
	require.Contains(t, page.body, `<span class="cf-fold-choice">When the engagement starts</span>`)
	values := url.Values{"action": {"apply"}, "kind": {"form"}, "form_id": {item.FormID.String()}, "title": {"First"}}
	for name, usual := range usualItem(coaching.FormItem) {
		values[name] = usual
	}
	preview := url.Values{}
	for name, value := range values {
		preview[name] = value
	}
	preview.Set("action", "preview")
	values.Set("revision", revision(t, v.post(path+"/items/new", preview).body))
	require.Contains(t, v.follow(path+"/items/new", values).body, "Goes out when the engagement starts")
	second := v.get(path + "/items/new?kind=task")
	require.Contains(t, second.body, `<span class="cf-fold-choice">After the item before it is complete</span>`)
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

func TestActs_ARefusalIsAnAlertAndASilenceSaysWhatCanBeDone(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		says string
	}{
		"refused": {temporal.NewNonRetryableApplicationError("The item has ended already.", "item_ended", nil, "conflict"), "The item has ended already."},
		"silence": {errors.New("no answer"), "This was not done: the process of the engagement does not answer. It may still be done when the process answers again, so look before you repeat it. An admin can cancel the engagement even now."},
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
