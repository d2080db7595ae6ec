package ics

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"coachflow/coaching"
)

// zones are the clocks that a calendar speaks of. A name is looked for among the zones that
// the program knows, then among those that the calendar describes itself, then among the
// names of Windows. A vendor may have put something before the name of a zone.
type zones struct {
	coach    clock            // of whoever has the calendar
	floating clock            // of times without a zone
	own      map[string]clock // by VTIMEZONE
	known    map[string]clock // what was looked for already; nil for a name that nobody knows
}

// zonesOf are the clocks of a calendar that is the coach's. The walls between from and to
// are what will be asked about; spend says how much may be reckoned.
func zonesOf(calendar *component, coach *time.Location, from, to time.Time, spend *budget) *zones {
	z := &zones{coach: clockOf(coach), own: map[string]clock{}, known: map[string]clock{}}
	for _, part := range calendar.parts {
		if part.name != "VTIMEZONE" {
			continue
		}
		if described, is := describedClock(part, from, to, spend); is {
			z.own[plain(part.first("TZID").value)] = described
		}
	}
	z.floating = z.coach
	if named := plain(strings.TrimSpace(calendar.first("X-WR-TIMEZONE").value)); named != "" {
		if found := z.named(named); found != nil {
			z.floating = found
		}
	}
	return z
}

// named is the clock of a zone by its name; nil for a name that nobody knows.
func (z *zones) named(name string) clock {
	found, is := z.known[name]
	if !is {
		found = z.find(name)
		z.known[name] = found
	}
	return found
}

func (z *zones) find(name string) clock {
	if zone, err := coaching.Zone(name); err == nil {
		return clockOf(zone)
	}
	if own := z.own[name]; own != nil {
		return own
	}
	if zone, err := coaching.Zone(windowsZones[name]); err == nil {
		return clockOf(zone)
	}
	for rest := name; strings.Contains(rest, "/"); {
		_, rest, _ = strings.Cut(rest, "/")
		if zone, err := coaching.Zone(rest); err == nil {
			return clockOf(zone)
		}
	}
	if strings.EqualFold(name, "tzone://Microsoft/Utc") || strings.EqualFold(name, "Z") {
		return utcClock
	}
	return nil
}

// of is the clock on which a value was written; for a date it is the coach's.
func (z *zones) of(v timeValue) clock {
	switch {
	case v.date:
		return z.coach
	case v.clock == nil:
		return z.floating
	}
	return v.clock
}

// moment is when a value is; a date is its midnight.
func (z *zones) moment(v timeValue) time.Time { return z.of(v).moment(v.wall) }

// time reads the value of a property. A zone that nobody knows counts as no zone, which
// known tells.
func (z *zones) time(p property) (v timeValue, is, known bool) {
	zoned, known := z.zoneOf(p)
	v, is = parseTime(p.value, zoned)
	if is && strings.EqualFold(p.parameter("VALUE"), "DATE") && !v.date {
		v = timeValue{wall: v.wall.Truncate(day), date: true}
	}
	return v, is, known || v.date || v.clock != nil
}

// zoneOf is the clock of the parameter TZID; nil without one.
func (z *zones) zoneOf(p property) (zoned clock, known bool) {
	tzid := p.parameter("TZID")
	if tzid == "" {
		return nil, true
	}
	zoned = z.named(tzid)
	return zoned, zoned != nil
}

// onset is a moment from which the clocks have another offset.
type onset struct {
	at       time.Time
	from, to time.Duration
}

// describedClock is the clock that a VTIMEZONE describes, for the years around those that
// will be asked about.
func describedClock(zone *component, from, to time.Time, spend *budget) (clock, bool) {
	var onsets []onset
	for _, part := range zone.parts {
		onsets = append(onsets, onsetsOf(part, from.AddDate(-2, 0, 0), to.AddDate(1, 0, 0), spend)...)
	}
	if len(onsets) == 0 {
		return nil, false
	}
	slices.SortStableFunc(onsets, func(a, b onset) int { return a.at.Compare(b.at) })
	return func(at time.Time) time.Duration {
		next, _ := slices.BinarySearchFunc(onsets, at, func(o onset, at time.Time) int {
			if o.at.After(at) {
				return 1
			}
			return -1
		})
		if next == 0 {
			return onsets[0].from
		}
		return onsets[next-1].to
	}, true
}

// onsetsOf are the onsets of a STANDARD or DAYLIGHT in the years between, and its first one.
func onsetsOf(part *component, from, to time.Time, spend *budget) []onset {
	before, beforeIs := parseOffset(part.first("TZOFFSETFROM").value)
	after, afterIs := parseOffset(part.first("TZOFFSETTO").value)
	start, startIs := parseTime(part.first("DTSTART").value, nil)
	if !beforeIs || !afterIs || !startIs {
		return nil
	}
	walls := []time.Time{start.wall}
	var until time.Time
	for _, p := range part.properties {
		switch p.name {
		case "RDATE":
			for value := range strings.SplitSeq(p.value, ",") {
				if v, is := parseTime(value, nil); is {
					walls = append(walls, v.wall)
				}
			}
		case "RRULE":
			r, fault := parseRule(p.value)
			if fault != "" {
				continue
			}
			first, last := from, to
			if r.until != nil {
				until = r.until.wall    // in UTC
				if until.Before(from) { // the last one still counts
					first, last = until.AddDate(-2, 0, 0), until.Add(day)
				}
			}
			more, _ := r.expand(start.wall, first, last, spend)
			walls = append(walls, more...)
		}
	}
	var onsets []onset
	for _, wall := range walls {
		if at := wall.Add(-before); until.IsZero() || !at.After(until) {
			onsets = append(onsets, onset{at, before, after})
		}
	}
	return onsets
}

// parseOffset reads "+0545".
func parseOffset(s string) (time.Duration, bool) {
	s = strings.TrimSpace(s)
	if len(s) != 5 && len(s) != 7 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	seconds := 0
	for i, unit := 1, 3600; i < len(s); i, unit = i+2, unit/60 {
		n, err := strconv.ParseUint(s[i:i+2], 10, 8)
		if err != nil {
			return 0, false
		}
		seconds += int(n) * unit
	}
	if seconds >= 86400 {
		return 0, false
	}
	if s[0] == '-' {
		seconds = -seconds
	}
	return time.Duration(seconds) * time.Second, true
}
