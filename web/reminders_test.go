package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/coaching"
)

const itemLadderPath = "/settings/reminders/item"

// typed is the form for the reminders of items as a browser sends it; rows of the first
// set are a0_ and so on, of the second b0_.
func typed(action string, change ...string) url.Values {
	values := url.Values{"action": {action}, "preview_days": {"30"}}
	row := func(prefix, amount, unit, when string) {
		values.Set(prefix+"amount", amount)
		values.Set(prefix+"unit", unit)
		values.Set(prefix+"when", when)
	}
	row("a0_", "", "days", "part:50")
	row("a1_", "2", "business_days", "before_due")
	row("a2_", "", "days", "after_start")
	row("a_end_", "1", "days", "after_due")
	row("b0_", "4", "days", "after_start")
	values.Set("b0_times", "3")
	row("b1_", "9", "days", "")
	row("b_end_", "20", "days", "after_start")
	for i := 0; i < len(change); i += 2 {
		values.Set(change[i], change[i+1])
	}
	return values
}

func TestReminders_AreSetInPlainWords(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	require.Contains(t, v.get("/settings").body, `href="/settings/reminders"`)
	page := v.get("/settings/reminders").body
	for _, words := range []string{"1 day before it is due.", "Every 3 days, 5 times at most.", "14 days after the invitation, it expires, and the admins are told.",
		`href="/settings/reminders/item"`, `href="/settings/reminders/invitation"`, ">default<"} {
		require.Contains(t, strings.Join(strings.Fields(page), " "), words)
	}
	form := v.get(itemLadderPath)
	require.Equal(t, http.StatusOK, form.status)
	require.Contains(t, form.body, "Then the coach is told.")
	require.NotContains(t, form.body, "Back to the default")
	require.Equal(t, 3+moreSteps, strings.Count(form.body, `aria-label="With a due date: Reminder`))

	saved := v.follow(itemLadderPath, typed("save")).body
	for _, words := range []string{"The reminders are saved.", "After half of the time.", "2 working days before it is due.", "1 day after it is due, the coach is told.",
		"Every 4 days, 3 times at most.", "20 days after it was sent, the coach is told.", "your own"} {
		require.Contains(t, saved, words)
	}
	setting, err := w.app.GetLadder(t.Context(), w.ours.admin, coaching.ItemLadder)
	require.NoError(t, err)
	require.Len(t, setting.Steps, 2, "a row without a number is none")
	require.Len(t, setting.WithoutDue.Steps, 1, "nor is one that is to be no reminder")
	require.Equal(t, coaching.DefaultLadders[coaching.ItemLadder].MinGapHours, setting.MinGapHours)

	again := v.get(itemLadderPath).body
	require.Contains(t, again, "Back to the default")
	require.Contains(t, v.follow(itemLadderPath+"/reset", url.Values{}).body, "The reminders are the default ones again.")
	require.Contains(t, v.get("/settings/reminders").body, "1 day before it is due.")
}

// A ladder goes through the form and comes out as it was.
func TestReminders_ALadderSurvivesTheForm(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	own := coaching.DefaultLadders[coaching.ItemLadder]
	when := func(rule coaching.WhenRule, n int, unit coaching.DelayUnit) coaching.When {
		return coaching.When{Rule: rule, Delay: coaching.Delay{Amount: n, Unit: unit}}
	}
	own.Steps = nil
	for _, moment := range []coaching.When{{Rule: coaching.PartOfTime, Percent: 60}, when(coaching.BeforeDue, 5, coaching.Hours), {Rule: coaching.AtDue},
		when(coaching.AfterDue, 3, coaching.BusinessDays), when(coaching.AfterStart, 2, coaching.Days)} {
		own.Steps = append(own.Steps, coaching.Rung{When: moment, To: coaching.ToReader})
	}
	own.End = &coaching.LadderEnd{When: when(coaching.AfterDue, 9, coaching.BusinessDays), Does: coaching.Escalate, To: coaching.ToCoach}
	own.MinGapHours, own.KeepsMoment = 7, true
	before, err := w.app.SetLadder(t.Context(), w.ours.admin, coaching.ItemLadder, own)
	require.NoError(t, err)
	v.follow(itemLadderPath, fieldsOf(v.get(itemLadderPath).body, "save"))
	after, err := w.app.GetLadder(t.Context(), w.ours.admin, coaching.ItemLadder)
	require.NoError(t, err)
	require.Equal(t, before.Version+1, after.Version)
	require.Equal(t, before.Ladder, after.Ladder)
}

var (
	inputField   = regexp.MustCompile(`(?s)<input[^>]*? name="([ab][^"]*|preview_days)"[^>]*? value="([^"]*)"`)
	selectFields = regexp.MustCompile(`(?s)<select[^>]* name="([^"]+)".*?</select>`)
	chosen       = regexp.MustCompile(`<option value="([^"]*)" selected`)
)

// fieldsOf are the fields of a form as a browser sends them when a button is pressed.
func fieldsOf(body, action string) url.Values {
	values := url.Values{"action": {action}}
	for _, field := range inputField.FindAllStringSubmatch(body, -1) {
		values.Set(field[1], field[2])
	}
	for _, field := range selectFields.FindAllStringSubmatch(body, -1) {
		if option := chosen.FindStringSubmatch(field[0]); option != nil {
			values.Set(field[1], option[1])
		}
	}
	return values
}

func TestReminders_APreviewSavesNothing(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	before := w.snapshot()
	page := v.post(itemLadderPath, typed("preview"))
	require.Equal(t, http.StatusOK, page.status, page.body)
	require.Equal(t, before, w.snapshot())
	body := strings.Join(strings.Fields(page.body), " ")
	for _, words := range []string{`id="preview"`, "Nothing is saved yet.", "Reminder 2", "After half of the time.", "2 working days before it is due.", "(Europe/Berlin)",
		"1 day after it is due, the coach is told.", "Without a due date", "Every 4 days, 3 times at most."} {
		require.Contains(t, body, words)
	}
	require.Equal(t, typed("preview")["a1_amount"], fieldsOf(page.body, "")["a1_amount"], "what was typed is still there")

	close := v.post(itemLadderPath, typed("preview", "preview_days", "1")).body
	require.Contains(t, close, "does not go out")
	require.Contains(t, close, "but "+coaching.DropPassed.Words()+".")

	invited := v.post("/settings/reminders/invitation", url.Values{"action": {"preview"}, "a0_amount": {"3"}, "a0_unit": {"days"}, "a0_when": {"after_start"}, "a0_times": {"1"},
		"a_end_amount": {"14"}, "a_end_unit": {"days"}, "a_end_when": {"after_start"}})
	require.Equal(t, http.StatusOK, invited.status, invited.body)
	require.Contains(t, invited.body, "The first mail")
	require.NotContains(t, invited.body, "preview_days")
}

func TestReminders_FaultsStandAtTheirFieldsAllAtOnce(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	require.Equal(t, 3+2*moreSteps, strings.Count(v.post(itemLadderPath, typed("preview")).body, ": how often"), "every reminder can be repeated, no end can")
	wrong := []string{"a1_amount", "three", "b_end_amount", "", "a2_when", "soon", "a2_amount", "5", "b0_amount", "0", "a0_times", "2", "a_end_unit", ""}
	for _, action := range []string{"save", "preview"} {
		page := v.post(itemLadderPath, typed(action, append(wrong, "preview_days", "often")...))
		require.Equal(t, http.StatusUnprocessableEntity, page.status)
		require.Equal(t, 3, strings.Count(page.body, "Enter a whole number, 1 or more"), "%s: %s", action, page.body)
		days := action == "preview" // on saving, the due date of a preview is of no matter
		require.Equal(t, days, strings.Contains(page.body, "Enter a whole number of days, 1 to 730."))
		require.Equal(t, map[bool]int{false: 3, true: 4}[days], strings.Count(page.body, `aria-invalid="true"`))
		require.Contains(t, page.body, "Choose when.")
		require.Contains(t, page.body, "Choose hours, days or working days.")
		require.Contains(t, page.body, "Only what counts from the sending can be repeated")
		for name, value := range map[string]string{"a1_amount": "three", "a2_amount": "5", "b0_amount": "0", "preview_days": "often"} {
			require.Equal(t, value, fieldsOf(page.body, "")[name][0], "nothing typed is lost")
		}
		require.Equal(t, "3", fieldsOf(page.body, "")["b0_times"][0])
		require.NotContains(t, page.body, "<code>", "no place in JSON is shown to people")
		require.NotContains(t, page.body, `id="preview"`)
	}
	late := v.post(itemLadderPath, typed("save", "b0_amount", "10"))
	require.Contains(t, late.body, "This would come after the end of it, below.")
	many := v.post(itemLadderPath, typed("save", "b0_times", "20", "b2_amount", "1", "b2_when", "after_start", "b2_unit", "days", "b_end_amount", "90"))
	require.Contains(t, many.body, "At most 20 reminders.")
	setting, err := w.app.GetLadder(t.Context(), w.ours.admin, coaching.ItemLadder)
	require.NoError(t, err)
	require.False(t, setting.Own)
}

func TestR5_ThePagesSayThatASettingActsOnTheFutureOnly(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	for _, path := range []string{"/settings/reminders", itemLadderPath, "/settings/reminders/invitation"} {
		require.Contains(t, v.get(path).body, "This acts on what is sent from now on. Reminders that are planned already stay as they are.", path)
	}
	require.Contains(t, v.follow(itemLadderPath, typed("save")).body, "The reminders are saved. "+actsLater)
	require.Contains(t, v.follow(itemLadderPath+"/reset", url.Values{}).body, actsLater)
}

func TestReminders_WorkingHours(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	page := v.get("/settings/reminders").body
	require.Contains(t, page, `value="08:00"`)
	require.Equal(t, 5, strings.Count(page, " checked"))
	wrong := v.post("/settings/reminders", url.Values{"from": {"early"}, "to": {"25:00"}})
	require.Equal(t, http.StatusUnprocessableEntity, wrong.status)
	for _, words := range []string{"Enter a time like 08:00, between 00:00 and 23:59.", "Enter a time like 08:00, between 00:01 and 24:00.", "At least one day.", `value="early"`, `value="25:00"`} {
		require.Contains(t, wrong.body, words)
	}
	require.Equal(t, 0, strings.Count(wrong.body, " checked"), "nothing typed is replaced")
	require.Contains(t, v.post("/settings/reminders", url.Values{"from": {"10:00"}, "to": {"9:00"}, "days": {"monday"}}).body, "Must be later than the begin, 10:00.")
	require.Contains(t, v.follow("/settings/reminders", url.Values{"from": {"7:30"}, "to": {"24:00"}, "days": {"monday", "sunday"}}).body, "The working hours are saved.")
	organization, err := w.app.GetOrganization(t.Context(), w.ours.admin)
	require.NoError(t, err)
	require.Equal(t, coaching.WorkingHours{From: 7*60 + 30, To: 24 * 60, Days: []coaching.Weekday{coaching.Monday, coaching.Sunday}}, organization.WorkingHours)
	require.Equal(t, w.ours.org, organization.ID)
	require.Equal(t, "Ours Coaching", organization.Name)
	require.Equal(t, 30, organization.UndoSeconds)
}

func TestReminders_BelongToAdmins(t *testing.T) {
	w := newWorld(t)
	admin, others := w.login(w.ours.admin), []*visitor{w.login(w.ours.coach), w.login(w.ours.coachee)}
	before := w.snapshot()
	for _, who := range others {
		for _, path := range []string{"/settings/reminders", itemLadderPath} {
			require.Equal(t, http.StatusNotFound, who.get(path).status, path)
			require.Equal(t, http.StatusNotFound, who.post(path, typed("save")).status, path)
		}
		require.Equal(t, http.StatusNotFound, who.post(itemLadderPath+"/reset", url.Values{}).status)
	}
	for _, kind := range []string{"tea", "milestone"} {
		require.Equal(t, http.StatusNotFound, admin.get("/settings/reminders/"+kind).status, kind)
		require.Equal(t, http.StatusNotFound, admin.post("/settings/reminders/"+kind, typed("save")).status, kind)
	}
	require.Equal(t, before, w.snapshot())
}

func TestItemForm_SaysWhichRemindersThereAre(t *testing.T) {
	w := newWorld(t)
	engagement, _ := w.engagement(w.ours)
	path := "/engagements/" + engagement.ID.String() + "/items/new"
	coach := w.login(w.ours.coach)
	page := coach.get(path).body
	require.Contains(t, page, "No due date: a reminder every 3 days, 5 times at most")
	require.Contains(t, page, "With a due date there is a reminder after half of the time, then after three quarters of the time, then 1 day before it is due.")
	w.login(w.ours.admin).follow(itemLadderPath, typed("save", "b0_when", ""))
	page = coach.get(path).body
	require.Contains(t, page, "No due date: no reminder")
	require.Contains(t, page, "then 2 working days before it is due.")
}
