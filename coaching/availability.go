package coaching

import (
	"maps"
	"slices"
	"time"
)

// dateLayout is how a Date is written.
const dateLayout = "2006-01-02"

// Date is a day of the calendar, written "2027-03-30".
type Date string

// dateOf is the date that t's clock shows.
func dateOf(t time.Time) Date { return Date(t.Format(dateLayout)) }

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
	Duration int `json:"duration_minutes"`
	// Step is from one start to the next, in minutes, counted from the begin of the hours.
	Step int `json:"step_minutes"`
	// Padding is how many minutes are kept free before and after a session.
	Padding int `json:"padding_minutes"`
	// Notice is how many minutes before a session it is booked at the latest.
	Notice int `json:"notice_minutes"`
	// Horizon is how many days ahead can be booked, the last one included.
	Horizon int `json:"horizon_days"`
	// MostPerDay is how many sessions a day has at most; 0: as many as fit.
	MostPerDay int `json:"most_per_day,omitempty"`
}

// The extremes of an availability. They bound what Slots reckons with.
const (
	minStep       = 5
	maxHorizon    = 365
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
	{"horizon_days", func(a Availability) int { return a.Horizon }, 1, maxHorizon},
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
	if hours, is := a.Exceptions[dateOf(wall)]; is {
		return hours
	}
	return a.Weekly[Weekdays[(int(wall.Weekday())+6)%7]]
}
