package ics

import (
	"fmt"
	"time"
)

// A calendar has to be told the rules of each zone that it uses. The only ones that all
// calendars understand say that the clocks change on the second Sunday of March, or on the
// last one, each year. They are found in what package time knows: as the days on which the
// clocks change in many years from now on.

// ruleYears is over how many years a rule must hold: after 28 years the days of the week
// come again on the same dates.
const ruleYears = 28

// firstYear is the year in which the written rules begin. Outlook needs a year from which
// they hold, and takes 1970 as good.
const firstYear = 1970

// zoneRules are the rules of a zone: changes of its clocks, or one offset for ever. Offsets
// are seconds east of Greenwich.
type zoneRules struct {
	offset   int
	yearly   bool
	daylight clockChange
	standard clockChange
}

// clockChange is a change of the clocks that comes every year.
type clockChange struct {
	month    time.Month
	week     int // the first to the fourth of its weekday in the month; -1: the last
	weekday  time.Weekday
	clock    time.Duration // since midnight, on the clock before the change
	from, to int
}

// rulesOf are the rules of a zone for a year and those after it; false for a zone that has
// no yearly rule, or gets another one.
func rulesOf(zone *time.Location, year int) (zoneRules, bool) {
	if zone == time.UTC || zone.String() == "UTC" {
		return zoneRules{}, false
	}
	from := time.Date(year, 1, 1, 0, 0, 0, 0, zone)
	changes := changesOf(from)
	if len(changes) == 0 {
		_, offset := from.Zone()
		return zoneRules{offset: offset}, true
	}
	if len(changes) != 2*ruleYears {
		return zoneRules{}, false
	}
	var in [2][]time.Time // on the clock before the change
	for i, at := range changes {
		_, before := at.Add(-time.Second).Zone()
		in[i%2] = append(in[i%2], at.UTC().Add(time.Duration(before)*time.Second))
	}
	first, firstIs := yearlyChange(in[0], changes[0])
	second, secondIs := yearlyChange(in[1], changes[1])
	if !firstIs || !secondIs || first.from != second.to || first.to != second.from {
		return zoneRules{}, false
	}
	if first.to < first.from {
		first, second = second, first
	}
	return zoneRules{yearly: true, daylight: first, standard: second}, true
}

// changesOf are the moments at which the offset of a zone changes in the years from then.
func changesOf(from time.Time) []time.Time {
	var changes []time.Time
	end := from.AddDate(ruleYears, 0, 0)
	for t := from; ; {
		_, next := t.ZoneBounds()
		if next.IsZero() || !next.Before(end) || !t.Before(end) {
			return changes
		}
		if !next.After(t) { // as ZoneBounds has it on the last day of a leap year after 2037
			t = t.AddDate(0, 0, 1)
			continue
		}
		_, before := t.Zone()
		if _, after := next.Zone(); after != before {
			changes = append(changes, next)
		}
		t = next
	}
}

// yearlyChange finds the rule by which one change comes in each year; walls are what the
// clocks show when it comes, without it.
func yearlyChange(walls []time.Time, at time.Time) (clockChange, bool) {
	day := func(wall time.Time) time.Duration { return wall.Sub(wall.Truncate(24 * time.Hour)) }
	first := walls[0]
	_, from := at.Add(-time.Second).Zone()
	_, to := at.Zone()
	change := clockChange{first.Month(), (first.Day() + 6) / 7, first.Weekday(), day(first), from, to}
	last := true
	for i, wall := range walls {
		if wall.Year() != first.Year()+i || wall.Month() != change.month || wall.Weekday() != change.weekday || day(wall) != change.clock {
			return clockChange{}, false
		}
		if (wall.Day()+6)/7 != change.week {
			change.week = 0
		}
		last = last && wall.AddDate(0, 0, 7).Month() != wall.Month()
	}
	if last {
		change.week = -1
	}
	return change, change.week != 0
}

// write writes the rules as the component VTIMEZONE.
func (r zoneRules) write(w *writer, name string) {
	w.line("BEGIN", "VTIMEZONE")
	w.line("TZID", name)
	if r.yearly {
		r.daylight.write(w, "DAYLIGHT")
		r.standard.write(w, "STANDARD")
	} else {
		w.line("BEGIN", "STANDARD")
		w.line("DTSTART", "19700101T000000")
		w.line("TZOFFSETFROM", offsetText(r.offset))
		w.line("TZOFFSETTO", offsetText(r.offset))
		w.line("END", "STANDARD")
	}
	w.line("END", "VTIMEZONE")
}

func (c clockChange) write(w *writer, name string) {
	w.line("BEGIN", name)
	w.line("DTSTART", c.in(firstYear).Format(wallTime))
	w.line("TZOFFSETFROM", offsetText(c.from))
	w.line("TZOFFSETTO", offsetText(c.to))
	w.line("RRULE", fmt.Sprintf("FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s", c.month, c.week, weekdayCodes[c.weekday]))
	w.line("END", name)
}

var weekdayCodes = [7]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// in is what the clock shows at the change in a year, without it.
func (c clockChange) in(year int) time.Time {
	if c.week < 0 {
		end := time.Date(year, c.month+1, 0, 0, 0, 0, 0, time.UTC)
		return end.AddDate(0, 0, -int(end.Weekday()-c.weekday+7)%7).Add(c.clock)
	}
	begin := time.Date(year, c.month, 1, 0, 0, 0, 0, time.UTC)
	return begin.AddDate(0, 0, int(c.weekday-begin.Weekday()+7)%7+7*(c.week-1)).Add(c.clock)
}

// offsetText writes an offset like "+0545".
func offsetText(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	out := fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		out += fmt.Sprintf("%02d", seconds%60)
	}
	return out
}
