package coaching

import (
	"fmt"
	"time"
)

// TimeOfDay is a time on a clock, in minutes since midnight; 1440 is midnight at
// the day's end. In JSON and in forms it is written "08:00".
type TimeOfDay int

const (
	dayLength TimeOfDay = 24 * 60
	// morning is when a reminder leaves that would have fallen outside.
	morning TimeOfDay = 9 * 60
	// lastHour is the time that a reminder leaves its reader where it cannot wait
	// for the next morning.
	lastHour = time.Hour
	// maxSearch is how many days are searched for a working hour, beside the holidays: two
	// weeks, since a change of the clocks can swallow the only hour of one.
	maxSearch = 15
)

// String writes t like "08:00".
func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", int(t)/60, int(t)%60) }

// MarshalText writes t like "08:00".
func (t TimeOfDay) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads "08:00", up to "24:00".
func (t *TimeOfDay) UnmarshalText(text []byte) error {
	if string(text) == "24:00" {
		*t = dayLength
		return nil
	}
	clock, err := time.Parse("15:04", string(text))
	if err != nil || len(text) != len("15:04") {
		return Problemf(Invalid, "time_of_day_invalid", "%q is not a time of day; write it like 08:00.", text)
	}
	*t = TimeOfDay(clock.Hour()*60 + clock.Minute())
	return nil
}

// Weekday is a day of the week by its English name, in lower case.
type Weekday string

// The days of the week.
const (
	Monday    Weekday = "monday"
	Tuesday   Weekday = "tuesday"
	Wednesday Weekday = "wednesday"
	Thursday  Weekday = "thursday"
	Friday    Weekday = "friday"
	Saturday  Weekday = "saturday"
	Sunday    Weekday = "sunday"
)

// Weekdays are all days, as a page shows them.
var Weekdays = []Weekday{Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday}

// number is the day as package time counts it, or -1.
func (d Weekday) number() int {
	for i, known := range Weekdays {
		if d == known {
			return (i + 1) % 7
		}
	}
	return -1
}

// WorkingHours are the hours in which reminders leave, on the clock of whoever
// reads them: from From (included) to To (not included) on each of Days that is no
// holiday. The same days are the business days of a ladder.
type WorkingHours struct {
	From     TimeOfDay `json:"from"`
	To       TimeOfDay `json:"to"`
	Days     []Weekday `json:"days"`
	Holidays []Holiday `json:"holidays,omitempty" maxItems:"200"`
}

// DefaultWorkingHours are 08:00 to 18:00, Monday to Friday.
var DefaultWorkingHours = WorkingHours{From: 8 * 60, To: 18 * 60, Days: Weekdays[:5]}

// Check refuses hours in which nothing could leave, with all faults at once.
// path is where the hours stand in the input.
func (h WorkingHours) Check(path string) *Problem {
	p := Problemf(Invalid, "working_hours_invalid", "Working hours are a time to begin, a later time to end, and at least one day of the week.")
	if h.From < 0 || h.From >= dayLength {
		p.WithField(path+".from", "time_of_day_invalid", "between 00:00 and 23:59")
	}
	if h.To < 0 || h.To > dayLength {
		p.WithField(path+".to", "time_of_day_invalid", "between 00:01 and 24:00")
	} else if h.To <= h.From {
		p.WithField(path+".to", "working_hours_empty", "must be later than the begin, %s", h.From)
	}
	if len(h.Days) == 0 {
		p.WithField(path+".days", "working_days_missing", "at least one day")
	}
	seen := map[Weekday]bool{}
	for i, day := range h.Days {
		switch {
		case day.number() < 0:
			p.WithField(indexed(path+".days", i), "weekday_unknown", "%q is no day of the week; write it like monday", day)
		case seen[day]:
			p.WithField(indexed(path+".days", i), "weekday_twice", "%s stands there twice", day)
		}
		seen[day] = true
	}
	checkHolidays(p, h.Holidays, path+".holidays")
	if len(p.Fields) == 0 {
		return nil
	}
	return p
}

// orDefault is h, or the default hours for what was never set.
func (h WorkingHours) orDefault() WorkingHours {
	if len(h.Days) == 0 {
		return DefaultWorkingHours
	}
	return h
}

// Next is t where it lies within the hours on a clock in zone, else the next morning of a
// working day; t itself where there is none.
func (h WorkingHours) Next(t time.Time, zone *time.Location) time.Time {
	if at, is := h.orDefault().ready().next(t, zone); is {
		return at.UTC()
	}
	return t.UTC()
}

// worktime is WorkingHours made ready for reckoning.
type worktime struct {
	from, to, morning time.Duration // since midnight, on the wall
	days              [7]bool
	holidays          map[Date]bool
}

func (h WorkingHours) ready() worktime {
	w := worktime{from: time.Duration(h.From) * time.Minute, to: time.Duration(h.To) * time.Minute, holidays: map[Date]bool{}}
	w.morning = w.from
	if morning > h.From && morning < h.To {
		w.morning = time.Duration(morning) * time.Minute
	}
	for _, day := range h.Days {
		if n := day.number(); n >= 0 {
			w.days[n] = true
		}
	}
	for _, day := range h.Holidays {
		w.holidays[day.Date] = true
	}
	return w
}

func (w worktime) working(wall time.Time) bool {
	return w.days[wall.Weekday()] && !w.holidays[DateOf(wall)]
}

// search is how many days are looked at for a working hour.
func (w worktime) search() int { return maxSearch + len(w.holidays) }

// allows reports whether t lies within the hours, on a clock in zone.
func (w worktime) allows(t time.Time, zone *time.Location) bool {
	wall := wallOf(t.In(zone))
	clock := wall.Sub(midnight(wall))
	return w.working(wall) && clock >= w.from && clock < w.to
}

// next is t where it lies within the hours, else the next morning of a working
// day: 09:00, or the begin of the hours where 09:00 is not among them. There is
// none where a change of the clocks leaves no such hour.
func (w worktime) next(t time.Time, zone *time.Location) (time.Time, bool) {
	if w.allows(t, zone) {
		return t, true
	}
	day := midnight(wallOf(t.In(zone)))
	for range w.search() {
		if w.working(day) {
			at := momentOf(day.Add(w.morning), zone)
			if !at.Before(t) && w.allows(at, zone) {
				return at, true
			}
		}
		day = day.AddDate(0, 0, 1)
	}
	return time.Time{}, false
}

// lastBefore is the begin of the last full hour of working time that is over by
// limit; where the hours of a day are shorter than that, the begin of these.
// There is none that would lie before floor.
func (w worktime) lastBefore(limit, floor time.Time, zone *time.Location) (time.Time, bool) {
	day := midnight(wallOf(limit.In(zone)))
	for range w.search() {
		if w.working(day) {
			opens, closes := momentOf(day.Add(w.from), zone), momentOf(day.Add(w.to), zone)
			if closes.After(limit) {
				closes = limit
			}
			at := closes.Add(-min(lastHour, w.to-w.from))
			if at.Before(floor) {
				return time.Time{}, false
			}
			if !at.Before(opens) && w.allows(at, zone) {
				return at, true
			}
		}
		day = day.AddDate(0, 0, -1)
	}
	return time.Time{}, false
}

// move is the moment d after t (sign 1) or before it (sign -1), on a calendar in
// zone. It differs from Delay.After in its business days, which are the working
// days of the organization.
func (w worktime) move(t time.Time, d Delay, sign int, zone *time.Location) time.Time {
	switch {
	case d.Amount <= 0:
		return t
	case d.Unit == Days:
		return momentOf(wallOf(t.In(zone)).AddDate(0, 0, sign*d.Amount), zone)
	case d.Unit == BusinessDays:
		return momentOf(w.workingDays(wallOf(t.In(zone)), d.Amount, sign), zone)
	}
	return t.Add(time.Duration(sign*d.Amount) * time.Hour)
}

func (w worktime) workingDays(wall time.Time, n, sign int) time.Time {
	if w.days == [7]bool{} {
		return wall
	}
	for n > 0 {
		wall = wall.AddDate(0, 0, sign)
		if w.working(wall) {
			n--
		}
	}
	return wall
}

// midnight is the begin of the day of a wall time.
func midnight(wall time.Time) time.Time { return wall.Truncate(24 * time.Hour) }

// sameDay reports whether two moments fall on one day of a calendar in zone.
func sameDay(a, b time.Time, zone *time.Location) bool {
	return midnight(wallOf(a.In(zone))).Equal(midnight(wallOf(b.In(zone))))
}
