package web

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/parts"
)

func (p *Pages) registerAvailability(engine *gin.Engine) {
	p.both(engine, "/availability", ofOwnAvailability((*request).availability))
	p.both(engine, "/people/:id/availability", ofOnesAvailability((*request).availability))
	p.registerCalendars(engine)
}

// moreExceptions is how many empty rows for single dates the form offers.
const moreExceptions = 2

// mostExceptions bounds how many rows are read.
const mostExceptions = 500

// availabilityForm is the form for when a coach can be booked, with what was typed, and the
// coach's other calendars.
type availabilityForm struct {
	app.CoachAvailability
	Own    bool // the reader's own
	Path   string
	Values url.Values
	Faults map[string]string
	Next   []app.Slot

	Calendars []app.BusyCalendar
	Busy      map[coaching.Weekday][]coaching.DayHours // in the next seven days
	Added     url.Values                               // a calendar that was not taken
	AddFaults map[string]string
}

// availability shows and saves when a coach can be booked.
func (v *request) availability(coach uuid.UUID, path string) error {
	f, err := v.storedAvailability(coach, path)
	if err != nil {
		return err
	}
	if !v.posted() {
		return v.showAvailability(f, nil)
	}
	f.Values = v.form
	if err := v.saveAvailability(&f); err != nil {
		return v.showAvailability(f, err)
	}
	return v.done(path, "The availability is saved. What is booked stays as it is.")
}

func (v *request) storedAvailability(coach uuid.UUID, path string) (availabilityForm, error) {
	stored, err := v.app().GetAvailability(v.ctx, v.who, coach)
	return availabilityForm{CoachAvailability: stored, Own: coach == v.who.Person, Path: path, Values: availabilityValues(stored)}, err
}

// showAvailability shows the page with the form; failed is why something was not taken.
func (v *request) showAvailability(f availabilityForm, failed error) (err error) {
	title, section := "Availability", "availability"
	if !f.Own {
		title, section = "Availability of "+f.Name, "people"
		v.crumbs = []crumb{{"People", "/people"}, {f.Name, "/people/" + f.CoachID.String()}}
	}
	if f.Next, err = v.app().ListSlots(v.ctx, v.who, f.CoachID, "", ""); err != nil {
		return err
	}
	if f.Calendars, err = v.app().ListBusyCalendars(v.ctx, v.who, f.CoachID); err != nil {
		return err
	}
	if f.Busy, err = v.app().BusyWeek(v.ctx, v.who, f.CoachID); err != nil {
		return err
	}
	return v.show(title, section, failed, availabilityPage(f, v.zone))
}

// saveAvailability saves what was typed, or notes what is wrong with it.
func (v *request) saveAvailability(f *availabilityForm) error {
	in, faults := readAvailability(v.form)
	if len(faults) > 0 {
		f.Faults = faults
		return coaching.Problemf(coaching.Invalid, "availability_invalid", "The availability is not saved: some of it needs another look.")
	}
	_, err := v.app().SetAvailability(v.ctx, v.who, f.CoachID, atoi(v.field("version")), in)
	f.Faults = availabilityFaults(err, v.form)
	if isStale(err) {
		f.Values.Set("version", strconv.Itoa(f.Version))
	}
	if len(f.Faults) > 0 {
		return coaching.Problemf(coaching.Invalid, "availability_invalid", "The availability is not saved: some of it needs another look.")
	}
	return err
}

// The numbers of the form, each with the choices that people usually want.
var availabilityNumbers = []struct {
	Name, Label, Hint string
	Choices           []int
	words             func(n int) string
}{
	{"duration", "A session lasts", "", []int{30, 45, 50, 60, 75, 90, 120}, minutesWords},
	{"step", "Sessions can start every", "Counted from the begin of the hours.", []int{15, 20, 30, 45, 60}, minutesWords},
	{"padding", "Free before and after", "So much time is kept free around each session and each entry of the calendars.", []int{0, 5, 10, 15, 30, 45, 60}, minutesWords},
	{"notice", "Booked at the latest", "", []int{0, 60, 4 * 60, 12 * 60, 24 * 60, 48 * 60, 72 * 60, 7 * 24 * 60}, noticeWords},
	{"horizon", "Booked at the earliest", "", []int{14, 30, 60, 90, 180, 365}, func(n int) string { return count(n, "day") + " ahead" }},
	{"most", "Sessions a day", "", []int{0, 1, 2, 3, 4, 5, 6, 8}, func(n int) string {
		if n == 0 {
			return "as many as fit"
		}
		return strconv.Itoa(n) + " at most"
	}},
}

func count(n int, noun string) string { return parts.Count(n, noun, noun+"s") }

func minutesWords(n int) string {
	switch {
	case n == 0:
		return "nothing"
	case n > 60 && n%60 == 0:
		return count(n/60, "hour")
	}
	return count(n, "minute")
}

func noticeWords(n int) string {
	switch {
	case n == 0:
		return "up to its start"
	case n%(24*60) == 0 && n > 24*60:
		return count(n/24/60, "day") + " before"
	case n%60 == 0:
		return count(n/60, "hour") + " before"
	}
	return count(n, "minute") + " before"
}

// choices are those of a number, with the one that is chosen, whatever it is.
func numberChoices(choices []int, chosen string, words func(int) string) []option {
	if n, err := strconv.Atoi(chosen); err == nil && !slices.Contains(choices, n) {
		choices = append(slices.Clone(choices), n)
		slices.Sort(choices)
	}
	var out []option
	for _, n := range choices {
		out = append(out, option{Value: strconv.Itoa(n), Label: words(n)})
	}
	return out
}

// availabilityValues are the fields of what is stored.
func availabilityValues(a app.CoachAvailability) url.Values {
	values := url.Values{"version": {strconv.Itoa(a.Version)}}
	for name, n := range map[string]int{"duration": a.Duration, "step": a.Step, "padding": a.Padding, "notice": a.Notice, "horizon": a.Horizon, "most": a.MostPerDay} {
		values.Set(name, strconv.Itoa(n))
	}
	for _, day := range coaching.Weekdays {
		values.Set(string(day), coaching.ShowHours(a.Weekly[day]))
	}
	for n, date := range slices.Sorted(maps.Keys(a.Exceptions)) {
		values.Set(exceptionField(n, "date"), string(date))
		values.Set(exceptionField(n, "hours"), coaching.ShowHours(a.Exceptions[date]))
	}
	return values
}

func exceptionField(n int, what string) string { return "exception" + strconv.Itoa(n) + "_" + what }

// readAvailability reads the form, and names the fields that cannot be read.
func readAvailability(values url.Values) (coaching.Availability, map[string]string) {
	faults := map[string]string{}
	number := func(name string) int {
		n, err := strconv.Atoi(trimmed(values.Get(name)))
		if err != nil {
			faults[name] = "Choose one of the list."
		}
		return n
	}
	hours := func(name string) []coaching.DayHours {
		read, problem := coaching.ParseHours(values.Get(name))
		if problem != nil {
			faults[name] = problem.Message
		}
		return read
	}
	a := coaching.Availability{Weekly: map[coaching.Weekday][]coaching.DayHours{}, Exceptions: map[coaching.Date][]coaching.DayHours{},
		Duration: number("duration"), Step: number("step"), Padding: number("padding"), Notice: number("notice"), Horizon: number("horizon"), MostPerDay: number("most")}
	for _, day := range coaching.Weekdays {
		if open := hours(string(day)); len(open) > 0 {
			a.Weekly[day] = open
		}
	}
	for n := range mostExceptions {
		date, open := coaching.Date(trimmed(values.Get(exceptionField(n, "date")))), hours(exceptionField(n, "hours"))
		_, twice := a.Exceptions[date]
		switch {
		case date == "" && len(open) > 0:
			faults[exceptionField(n, "date")] = "Enter the date of these hours."
		case date != "" && date.Check("") != nil:
			faults[exceptionField(n, "date")] = date.Check("").Message
		case twice:
			faults[exceptionField(n, "date")] = "This date is there twice. Write all its hours in one row."
		case date != "":
			a.Exceptions[date] = open
		}
	}
	return a, faults
}

// availabilityFaults lay the faults of the rules to the fields of the form.
func availabilityFaults(err error, values url.Values) map[string]string {
	problem, is := coaching.AsProblem(err)
	if !is {
		return nil
	}
	numbers := map[string]string{"duration_minutes": "duration", "step_minutes": "step", "padding_minutes": "padding", "notice_minutes": "notice", "horizon_days": "horizon", "most_per_day": "most"}
	faults := map[string]string{}
	for _, field := range problem.Fields {
		steps := strings.SplitN(strings.TrimPrefix(field.Path, "body."), ".", 3)
		name := numbers[steps[0]]
		if len(steps) > 1 {
			name, _, _ = strings.Cut(steps[1], "[")
		}
		if steps[0] == "exceptions" && len(steps) > 1 {
			name = exceptionOf(name, values)
		}
		if name != "" && faults[name] == "" {
			faults[name] = upperFirst(field.Message) + "."
		}
	}
	return faults
}

// exceptionOf is the field of the hours of a date.
func exceptionOf(date string, values url.Values) string {
	for n := range mostExceptions {
		if trimmed(values.Get(exceptionField(n, "date"))) == date {
			return exceptionField(n, "hours")
		}
	}
	return ""
}

// exceptions are the numbers of the rows for single dates: those that are filled, and
// some empty ones.
func (f availabilityForm) exceptions() []int {
	var filled []int
	last := -1
	for n := range mostExceptions {
		if f.Values.Get(exceptionField(n, "date")) != "" || f.Values.Get(exceptionField(n, "hours")) != "" {
			filled, last = append(filled, n), n
		}
	}
	for n := last + 1; n < min(last+1+moreExceptions, mostExceptions); n++ {
		filled = append(filled, n)
	}
	return filled
}

// week is the picture of the hours as they stand in the form; a day that cannot be read
// is shown as closed.
func (f availabilityForm) week() (days []parts.DayHours, fields []string) {
	for _, day := range coaching.Weekdays {
		open, _ := coaching.ParseHours(f.Values.Get(string(day)))
		column := parts.DayHours{Name: upperFirst(string(day[:3]))}
		for _, h := range open {
			if h.From < h.To {
				column.Open = append(column.Open, parts.Minutes{From: int(h.From), To: int(h.To)})
			}
		}
		for _, h := range f.Busy[day] {
			column.Taken = append(column.Taken, parts.Minutes{From: int(h.From), To: int(h.To)})
		}
		days, fields = append(days, column), append(fields, string(day))
	}
	return days, fields
}

// soon are the first slots, by their dates on the clock of who looks.
func (f availabilityForm) soon(zone *time.Location) []coaching.SlotDay {
	var starts []time.Time
	for _, slot := range f.Next {
		starts = append(starts, slot.Start)
	}
	days := coaching.SlotsByDay(starts, zone)
	return days[:min(len(days), 5)]
}

// startsWords are the first starts of a day.
func startsWords(slots []time.Time) string {
	const shown = 6
	var words []string
	for _, at := range slots[:min(len(slots), shown)] {
		words = append(words, at.Format("15:04"))
	}
	if more := len(slots) - shown; more > 0 {
		words = append(words, "and "+strconv.Itoa(more)+" more")
	}
	return strings.Join(words, ", ")
}
