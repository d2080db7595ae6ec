package coaching

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// dateLayout is how a Date is written.
const dateLayout = "2006-01-02"

// Date is a day of the calendar, written "2027-03-30".
type Date string

// DateOf is the date that t's clock shows.
func DateOf(t time.Time) Date { return Date(t.Format(dateLayout)) }

// wall is the date's midnight as a time in UTC; false for what is no date.
func (d Date) wall() (time.Time, bool) {
	t, err := time.Parse(dateLayout, string(d))
	return t, err == nil
}

// DayHours are hours of a day on the coach's clock, from From (included) to To. 24:00 is
// the midnight at the day's end.
type DayHours struct {
	From TimeOfDay `json:"from"`
	To   TimeOfDay `json:"to"`
}

// Availability says when a coach can be booked, on the coach's clock.
type Availability struct {
	// Weekly are the hours of each day of the week. A day without hours is closed.
	Weekly map[Weekday][]DayHours `json:"weekly"`
	// Exceptions are the hours of single dates, instead of those of the week. Without
	// hours the date is closed.
	Exceptions map[Date][]DayHours `json:"exceptions,omitempty"`
	// Duration is how long a session lasts, in minutes.
	Duration int `json:"duration_minutes" minimum:"5" maximum:"480" example:"60"`
	// Step is from one start to the next, in minutes, counted from the begin of the hours.
	Step int `json:"step_minutes" minimum:"5" maximum:"1440" example:"30"`
	// Padding is how many minutes are kept free before and after a session.
	Padding int `json:"padding_minutes" minimum:"0" maximum:"240" example:"15"`
	// Notice is how many minutes before a session it is booked at the latest.
	Notice int `json:"notice_minutes" minimum:"0" maximum:"86400" example:"1440"`
	// Horizon is how many days ahead can be booked, the last one included.
	Horizon int `json:"horizon_days" minimum:"1" maximum:"365" example:"60"`
	// MostPerDay is how many sessions a day has at most; 0: as many as fit.
	MostPerDay int `json:"most_per_day,omitempty" minimum:"0" maximum:"50"`
}

// The extremes of an availability. They bound what Slots reckons with.
const (
	// MostHorizon is how many days ahead can be booked at most.
	MostHorizon = 365

	minStep       = 5
	maxDayHours   = 12
	maxExceptions = 500
)

// availabilityLimits are the numbers of an availability, each with its least and its most.
var availabilityLimits = []struct {
	name        string
	value       func(a Availability) int
	least, most int
}{
	{"duration_minutes", func(a Availability) int { return a.Duration }, 5, 8 * 60},
	{"step_minutes", func(a Availability) int { return a.Step }, minStep, 24 * 60},
	{"padding_minutes", func(a Availability) int { return a.Padding }, 0, 4 * 60},
	{"notice_minutes", func(a Availability) int { return a.Notice }, 0, 60 * 24 * 60},
	{"horizon_days", func(a Availability) int { return a.Horizon }, 1, MostHorizon},
	{"most_per_day", func(a Availability) int { return a.MostPerDay }, 0, 50},
}

// Check refuses an availability that cannot be meant, with all faults at once. path is
// where it stands in the input.
func (a Availability) Check(path string, now time.Time) *Problem {
	p := Problemf(Invalid, "availability_invalid", "The availability cannot be used as it is. Correct the places that are named.")
	for _, limit := range availabilityLimits {
		if v := limit.value(a); v < limit.least || v > limit.most {
			p.WithField(path+"."+limit.name, "number_out_of_range", "%d is not between %d and %d", v, limit.least, limit.most)
		}
	}
	if a.Notice >= (a.Horizon+1)*24*60 {
		p.WithField(path+".notice_minutes", "notice_beyond_horizon", "longer than the %d days that can be booked, so that nothing could be", a.Horizon)
	}
	for _, day := range slices.Sorted(maps.Keys(a.Weekly)) {
		at := path + ".weekly." + string(day)
		if day.number() < 0 {
			p.WithField(at, "weekday_unknown", "%q is no day of the week; write it like monday", day)
		}
		a.checkHours(p, a.Weekly[day], at)
	}
	if len(a.Exceptions) > maxExceptions {
		return p.WithField(path+".exceptions", "too_many", "%d dates are more than %d", len(a.Exceptions), maxExceptions)
	}
	for _, date := range slices.Sorted(maps.Keys(a.Exceptions)) {
		at := path + ".exceptions." + string(date)
		wall, is := date.wall()
		if !is {
			p.WithField(at, "date_invalid", "%q is not a date; write it like 2027-03-30", date)
		} else if far := CheckMoment(wall, now, at); far != nil {
			p.Fields = append(p.Fields, far.Fields...)
		}
		a.checkHours(p, a.Exceptions[date], at)
	}
	if len(p.Fields) == 0 {
		return nil
	}
	return p
}

// checkHours names the faults of the hours of a day.
func (a Availability) checkHours(p *Problem, hours []DayHours, path string) {
	if len(hours) > maxDayHours {
		p.WithField(path, "too_many", "%d times of a day are more than %d", len(hours), maxDayHours)
		return
	}
	for i, h := range hours {
		at := indexed(path, i)
		switch {
		case h.From < 0 || h.From >= dayLength:
			p.WithField(at+".from", "time_of_day_invalid", "between 00:00 and 23:59")
		case h.To < 0 || h.To > dayLength:
			p.WithField(at+".to", "time_of_day_invalid", "between 00:01 and 24:00")
		case h.To <= h.From:
			p.WithField(at+".to", "hours_empty", "must be later than the begin, %s", h.From)
		case int(h.To-h.From) < a.Duration:
			p.WithField(at+".to", "hours_too_short", "%s to %s has no room for %d minutes", h.From, h.To, a.Duration)
		}
		for _, other := range hours[:i] {
			if h.From < other.To && other.From < h.To {
				p.WithField(at, "hours_overlap", "%s to %s overlaps %s to %s", h.From, h.To, other.From, other.To)
			}
		}
	}
}

// on are the hours of a date, whose midnight on the wall is given.
func (a Availability) on(wall time.Time) []DayHours {
	if hours, is := a.Exceptions[DateOf(wall)]; is {
		return hours
	}
	return a.Weekly[Weekdays[(int(wall.Weekday())+6)%7]]
}

// DefaultAvailability is what a coach who has set nothing begins with.
func DefaultAvailability() Availability {
	weekly := map[Weekday][]DayHours{}
	for _, day := range Weekdays[:5] {
		weekly[day] = []DayHours{{From: morning, To: 12 * 60}, {From: 13 * 60, To: 17 * 60}}
	}
	return Availability{Weekly: weekly, Duration: 60, Step: 30, Padding: 15, Notice: 24 * 60, Horizon: 60}
}

// Check refuses what is no date. path is where it stands in the input.
func (d Date) Check(path string) *Problem {
	if _, is := d.wall(); is {
		return nil
	}
	return Problemf(Invalid, "date_invalid", "%q is no date; write it like 2027-03-30.", string(d)).WithField(path, "date_invalid", "write it like 2027-03-30")
}

// ParseHours reads the hours of a day as people write them: "09:00-12:00, 13:00-17:00".
// Nothing is a day without hours.
func ParseHours(text string) ([]DayHours, *Problem) {
	var hours []DayHours
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		from, to, both := strings.Cut(strings.NewReplacer("–", "-", "—", "-", " to ", "-").Replace(part), "-")
		var h DayHours
		if !both || h.From.read(from) != nil || h.To.read(to) != nil {
			return nil, Problemf(Invalid, "hours_invalid", "“%s” are no hours. Write them like 09:00-12:00, 13:00-17:00.", part)
		}
		hours = append(hours, h)
	}
	return hours, nil
}

// read reads a time of a day that may lack what people leave out: "9", "9:30".
func (t *TimeOfDay) read(text string) error {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, ":") {
		text += ":00"
	}
	if len(text) == len("9:00") {
		text = "0" + text
	}
	return t.UnmarshalText([]byte(text))
}

// ShowHours writes the hours of a day as ParseHours reads them.
func ShowHours(hours []DayHours) string {
	var parts []string
	for _, h := range hours {
		parts = append(parts, h.From.String()+"-"+h.To.String())
	}
	return strings.Join(parts, ", ")
}
