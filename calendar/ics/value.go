package ics

import (
	"strconv"
	"strings"
	"time"
)

// day is how long a day is on the wall.
const day = 24 * time.Hour

// clock tells how far the clocks of a place are ahead of UTC at a moment.
type clock func(at time.Time) time.Duration

func utcClock(time.Time) time.Duration { return 0 }

// clockOf is the clock of a zone.
func clockOf(zone *time.Location) clock {
	return func(at time.Time) time.Duration {
		_, offset := at.In(zone).Zone()
		return time.Duration(offset) * time.Second
	}
}

// moment is when the clock shows what wall shows in UTC, as coaching.LocalTime has it: of a
// time that comes twice the first, and one that is skipped is later by the gap.
func (c clock) moment(wall time.Time) time.Time {
	before := wall.Add(-c(wall.Add(-day)))
	if c.wall(before).Equal(wall) {
		return before
	}
	if after := wall.Add(-c(wall.Add(day))); c.wall(after).Equal(wall) {
		return after
	}
	return before
}

// wall is what the clock shows at a moment, as a time in UTC.
func (c clock) wall(at time.Time) time.Time { return at.UTC().Add(c(at)) }

// timeValue is a date, or a date with a time, as it is written.
type timeValue struct {
	wall  time.Time // as a time in UTC
	date  bool      // without a time
	clock clock     // nil for a date and a floating time, which are on the clock of whoever looks
}

// parseTime reads "20270330", "20270330T100000" and "20270330T100000Z". zoned is the clock of
// the parameter TZID, nil without one.
func parseTime(s string, zoned clock) (timeValue, bool) {
	s = strings.ToUpper(strings.TrimSpace(s))
	s, utc := strings.CutSuffix(s, "Z")
	written, clockTime, timed := strings.Cut(s, "T")
	year, month, date, is := threeNumbers(written, 4)
	if !is || month < 1 || month > 12 || date < 1 || date > time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day() {
		return timeValue{}, false
	}
	v := timeValue{wall: time.Date(year, time.Month(month), date, 0, 0, 0, 0, time.UTC), date: !timed}
	if !timed {
		return v, true
	}
	if len(clockTime) == 4 {
		clockTime += "00"
	}
	hour, minute, second, is := threeNumbers(clockTime, 2)
	if !is || hour > 24 || minute > 59 || second > 60 || hour == 24 && minute+second > 0 {
		return timeValue{}, false
	}
	v.wall = v.wall.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second)
	if v.clock = zoned; utc {
		v.clock = utcClock
	}
	return v, true
}

// threeNumbers reads digits: a number of the first length, and two of two digits.
func threeNumbers(s string, first int) (a, b, c int, is bool) {
	if len(s) != first+4 || strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' }) {
		return 0, 0, 0, false
	}
	a, _ = strconv.Atoi(s[:first])
	b, _ = strconv.Atoi(s[first : first+2])
	c, _ = strconv.Atoi(s[first+2:])
	return a, b, c, true
}

// length is how long something lasts: days on the calendar, and then exact time.
type length struct {
	days  int
	exact time.Duration
}

// end is when something of that length ends which begins at a time of a clock.
func (l length) end(wall time.Time, on clock) time.Time {
	return on.moment(wall.AddDate(0, 0, l.days)).Add(l.exact)
}

// about is the length on the wall, at most a day wrong, as far as it is one that anything
// has: between nothing and maxLength.
func (l length) about() time.Duration {
	days, exact := min(max(l.days, 0), maxLength), min(max(l.exact, 0), maxLength*day)
	return min(time.Duration(days)*day+exact, maxLength*day)
}

// maxLength bounds lengths, in days: some hundred years.
const maxLength = 40000

// parseLength reads a duration: "PT1H30M", "P1DT2H", "P1W", "-PT15M".
func parseLength(s string) (length, bool) {
	s = strings.ToUpper(strings.TrimSpace(s))
	sign := 1
	if rest, negative := strings.CutPrefix(s, "-"); negative {
		s, sign = rest, -1
	}
	s, is := strings.CutPrefix(strings.TrimPrefix(s, "+"), "P")
	if !is || s == "" {
		return length{}, false
	}
	var l length
	timed := false
	for s != "" {
		if rest, t := strings.CutPrefix(s, "T"); t && !timed && rest != "" {
			s, timed = rest, true
			continue
		}
		digits := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
		if digits < 1 {
			return length{}, false
		}
		n, err := strconv.Atoi(s[:digits])
		unit := s[digits]
		s = s[digits+1:]
		if err != nil || n > maxLength*86400 || !l.add(unit, timed, n) || l.days > maxLength || l.exact > maxLength*day {
			return length{}, false
		}
	}
	return length{sign * l.days, time.Duration(sign) * l.exact}, true
}

func (l *length) add(unit byte, timed bool, n int) bool {
	switch {
	case unit == 'W' && !timed && n < maxLength:
		l.days += 7 * n
	case unit == 'D' && !timed:
		l.days += n
	case unit == 'H' && timed && n < maxLength*24:
		l.exact += time.Duration(n) * time.Hour
	case unit == 'M' && timed && n < maxLength*24*60:
		l.exact += time.Duration(n) * time.Minute
	case unit == 'S' && timed:
		l.exact += time.Duration(n) * time.Second
	default:
		return false
	}
	return true
}
