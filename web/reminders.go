package web

import (
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"coachflow/app"
	"coachflow/coaching"
)

// actsLater says on what a setting of reminders acts (R5).
const actsLater = "This acts on what is sent from now on. Reminders that are planned already stay as they are."

func (p *Pages) registerReminders(engine *gin.Engine) {
	p.both(engine, "/settings/reminders", adminPage(reminders))
	p.both(engine, "/settings/reminders/:kind", adminPage(changeLadder))
	p.post(engine, "/settings/reminders/:kind/reset", adminPage(resetLadder))
}

// hoursForm is the form for the working hours, with what was typed.
type hoursForm struct {
	Values url.Values
	Faults map[string]string
}

// on reports whether a day is ticked.
func (f hoursForm) on(day coaching.Weekday) bool {
	for _, ticked := range f.Values["days"] {
		if ticked == string(day) {
			return true
		}
	}
	return false
}

func reminders(v *request) error {
	form := hoursForm{Values: v.form}
	var failed error
	if v.posted() {
		hours := readHours(v.form)
		in := app.OrganizationInput{Name: v.org.Name, TimeZone: v.org.TimeZone, UndoSeconds: v.org.UndoSeconds, WorkingHours: &hours}
		if _, failed = v.app().UpdateOrganization(v.ctx, v.who, in); failed == nil {
			return v.done("/settings/reminders", "The working hours are saved. "+actsLater)
		}
		form.Faults = hoursFaults(failed)
		failed = withoutPlaces(failed, func(path string) bool { return strings.HasPrefix(path, "working_hours.") })
	} else {
		form.Values = hoursValues(v.org.WorkingHours)
	}
	list, err := v.app().ListLadders(v.ctx, v.who)
	if err != nil {
		return err
	}
	return v.show("Reminders", "reminders", failed, remindersPage(form, list))
}

func hoursValues(hours coaching.WorkingHours) url.Values {
	values := url.Values{"from": {hours.From.String()}, "to": {hours.To.String()}, "holidays": {coaching.ShowHolidays(hours.Holidays)}}
	for _, day := range hours.Days {
		values.Add("days", string(day))
	}
	return values
}

// readHours makes working hours of a posted form. A time that is none is -1, which is
// refused with everything else.
func readHours(values url.Values) coaching.WorkingHours {
	hours := coaching.WorkingHours{From: readTime(values.Get("from")), To: readTime(values.Get("to")), Holidays: coaching.ParseHolidays(values.Get("holidays"))}
	for _, day := range values["days"] {
		hours.Days = append(hours.Days, coaching.Weekday(day))
	}
	return hours
}

func readTime(typed string) (t coaching.TimeOfDay) {
	typed = trimmed(typed)
	if len(typed) == len("8:00") {
		typed = "0" + typed
	}
	if t.UnmarshalText([]byte(typed)) != nil {
		return -1
	}
	return t
}

// hoursFaults are the messages of a problem by the fields of the form.
func hoursFaults(err error) map[string]string {
	problem, is := coaching.AsProblem(err)
	if !is {
		return nil
	}
	faults := map[string]string{}
	for _, field := range problem.Fields {
		name, _, _ := strings.Cut(strings.TrimPrefix(field.Path, "working_hours."), "[")
		message := upperFirst(field.Message) + "."
		if field.Code == "time_of_day_invalid" {
			message = "Enter a time like 08:00, " + field.Message + "."
		}
		faults[name] = message
	}
	return faults
}

// withoutPlaces is a problem without the places that the page shows at its own fields.
func withoutPlaces(err error, shown func(path string) bool) error {
	problem, is := coaching.AsProblem(err)
	if !is {
		return err
	}
	rest := *problem
	rest.Fields = nil
	for _, field := range problem.Fields {
		if !shown(field.Path) {
			rest.Fields = append(rest.Fields, field)
		}
	}
	return &rest
}

func changeLadder(v *request) error {
	setting, err := v.app().GetLadder(v.ctx, v.who, coaching.LadderKind(v.Param("kind")))
	if err != nil {
		return err
	}
	form := newLadderForm(setting)
	if !v.posted() {
		return v.showLadder(form, nil)
	}
	form.read(v.form)
	if v.form.Get("action") == "save" {
		if _, err = v.app().SetLadder(v.ctx, v.who, setting.Kind, form.ladder()); err == nil {
			return v.done("/settings/reminders", "The reminders are saved. "+actsLater)
		}
		return v.showLadder(form, err)
	}
	return v.showLadder(form, v.previewLadder(&form))
}

// previewLadder lays out what was typed, each set for a sending of now.
func (v *request) previewLadder(form *ladderForm) error {
	ladder := form.ladder()
	for _, days := range form.dueDays() {
		laid, err := v.app().PreviewLadder(v.ctx, v.who, ladder.Kind, app.LadderPreviewInput{Ladder: &ladder, DueDays: days})
		if err != nil {
			form.Previews = nil
			return err
		}
		form.Previews = append(form.Previews, laid)
	}
	return nil
}

func (v *request) showLadder(form ladderForm, failed error) error {
	if failed != nil {
		failed = withoutPlaces(failed, form.fault(failed))
	}
	return v.show(form.Setting.Title, "reminders", failed, ladderPage(form, coaching.ZoneOrUTC(v.org.TimeZone)))
}

func resetLadder(v *request) error {
	v.back = "/settings/reminders"
	if _, err := v.app().ResetLadder(v.ctx, v.who, coaching.LadderKind(v.Param("kind"))); err != nil {
		return err
	}
	return v.done(v.back, "The reminders are the default ones again. "+actsLater)
}
