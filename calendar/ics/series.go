package ics

import (
	"slices"
	"strings"
	"time"
)

// occurrence is one time at which a series takes place.
type occurrence struct {
	at   time.Time
	wall time.Time // on the clock of the series
	end  time.Time // zero: as long as the series says
}

// times is a set of moments as they are written in EXDATE and RECURRENCE-ID: compared as
// moments, as dates where they are dates, and on the wall where they have no zone.
type times struct{ moments, dates, walls map[int64]bool }

func newTimes() times {
	return times{map[int64]bool{}, map[int64]bool{}, map[int64]bool{}}
}

// add takes a value. In a series of whole days, a time at midnight stands for the day.
func (t times) add(v timeValue, z *zones, wholeDays bool) {
	t.moments[z.moment(v).Unix()] = true
	midnight := v.wall.Truncate(day)
	if v.date || wholeDays && v.wall.Equal(midnight) {
		t.dates[midnight.Unix()] = true
	}
	if !v.date && v.clock == nil {
		t.walls[v.wall.Unix()] = true
	}
}

func (t times) holds(o occurrence) bool {
	return t.moments[o.at.Unix()] || t.dates[o.wall.Truncate(day).Unix()] || t.walls[o.wall.Unix()]
}

// newest are the entries of the highest sequence, and of those the ones with the latest
// stamp. Of several that are equal in both, nobody knows which one is meant: all count.
func newest(entries []*entry) []*entry {
	var best []*entry
	for _, e := range entries {
		if len(best) > 0 {
			b := best[0]
			if e.sequence < b.sequence || e.sequence == b.sequence && e.stamp < b.stamp {
				continue
			}
			if e.sequence > b.sequence || e.stamp > b.stamp {
				best = nil
			}
		}
		best = append(best, e)
	}
	return best
}

// addSeries takes the busy times of a series: its occurrences, but those that an entry of
// their own stands for, and these.
func (in *busyReading) addSeries(s *series) {
	masters := newest(s.masters)
	excluded := make([]times, len(masters))
	for i, master := range masters {
		excluded[i] = master.excluded()
	}
	wholeDays := len(masters) > 0 && masters[0].start.date
	moved := newTimes()
	var onwards []*entry
	for _, e := range s.newestInstances() {
		// One that is older than a series which excludes it is out.
		out := false
		for i, master := range masters {
			out = out || e.sequence < master.sequence && excluded[i].holds(occurrence{at: e.instanceAt(), wall: e.instance.wall})
		}
		if out {
			continue
		}
		moved.add(*e.instance, e.zones, wholeDays)
		if e.onwards {
			onwards = append(onwards, e)
		}
		in.addOne(e)
	}
	slices.SortStableFunc(onwards, func(a, b *entry) int { return a.instanceAt().Compare(b.instanceAt()) })
	for i, master := range masters {
		in.addMaster(master, excluded[i], moved, onwards)
	}
}

func (e *entry) instanceAt() time.Time { return e.zones.moment(*e.instance) }

// newestInstances are the newest entries of each single instance.
func (s *series) newestInstances() []*entry {
	byInstance := map[int64][]*entry{}
	var order []int64
	for _, e := range s.instances {
		at := e.instanceAt().Unix()
		if byInstance[at] == nil {
			order = append(order, at)
		}
		byInstance[at] = append(byInstance[at], e)
	}
	var out []*entry
	for _, at := range order {
		out = append(out, newest(byInstance[at])...)
	}
	return out
}

// excluded are the occurrences that the series leaves out.
func (e *entry) excluded() times {
	out := newTimes()
	for _, p := range e.properties {
		if p.name != "EXDATE" {
			continue
		}
		zoned, _ := e.zones.zoneOf(p)
		for value := range strings.SplitSeq(p.value, ",") {
			if v, is := parseTime(value, zoned); is {
				out.add(v, e.zones, e.start.date)
			}
		}
	}
	return out
}

// addOne takes an entry that happens once.
func (in *busyReading) addOne(e *entry) {
	if e.busy {
		at := e.zones.moment(e.start)
		in.addLong(e, at, e.length.end(e.start.wall, e.zones.of(e.start)))
	}
}

// addLong takes a busy time of an entry, which should have a length.
func (in *busyReading) addLong(e *entry, from, to time.Time) {
	if !from.Before(to) && !from.Before(in.from) && from.Before(in.to) {
		in.warn(e, WarnNoTime, "An entry of the calendar has no length, so that it takes no time of yours.")
	}
	in.add(from, to)
}

// addMaster takes the busy times of a series, or of an entry that happens once.
func (in *busyReading) addMaster(master *entry, excluded, moved times, onwards []*entry) {
	busyLater := slices.ContainsFunc(onwards, func(e *entry) bool { return e.busy })
	if !master.busy && !busyLater {
		return
	}
	in.spend.begin()
	found, fault := in.occurrences(master, onwards)
	if fault != "" {
		in.warn(master, fault, ruleWords[fault])
		return
	}
	for _, o := range found {
		if !excluded.holds(o) && !moved.holds(o) {
			in.addOccurrence(master, o, onwards)
		}
	}
}

var ruleWords = map[string]string{
	WarnRule:     "An entry of the calendar repeats in a way that cannot be read, and is left out.",
	WarnTooOften: "An entry of the calendar repeats more often than can be read, and is left out.",
	WarnTooMany:  "An entry of the calendar repeats more often than can be read, and is left out.",
}

// addOccurrence takes one time of a series, as the last change of this and the later ones
// has it.
func (in *busyReading) addOccurrence(master *entry, o occurrence, onwards []*entry) {
	as, wall, on := master, o.wall, master.zones.of(master.start)
	for _, e := range onwards {
		if e.instanceAt().After(o.at) {
			break
		}
		as, wall = e, o.wall.Add(e.shift(on))
	}
	if !as.busy {
		return
	}
	from, to := on.moment(wall), as.length.end(wall, on)
	if !o.end.IsZero() && as == master {
		to = o.end
	}
	in.addLong(as, from, to)
}

// shift is by how much an entry moves the instance it stands for, on a clock.
func (e *entry) shift(on clock) time.Duration {
	shift := on.wall(e.zones.moment(e.start)).Sub(on.wall(e.instanceAt()))
	return min(max(shift, -maxShift), maxShift)
}

// maxShift bounds how far from its series a time is looked for.
const maxShift = 10 * 366 * day

// occurrences are the times of a series that can reach into the window, or the fault for
// which they are not known.
func (in *busyReading) occurrences(e *entry, onwards []*entry) (found []occurrence, fault string) {
	on := e.zones.of(e.start)
	before, after := 2*day+e.length.about(), 2*day
	for _, later := range onwards {
		before = max(before, 2*day+later.length.about()+later.shift(on))
		after = max(after, 2*day-later.shift(on))
	}
	from, to := in.from.Add(-before), in.to.Add(after)
	seen := map[int64]bool{}
	add := func(o occurrence) {
		if !seen[o.at.Unix()] {
			seen[o.at.Unix()] = true
			found = append(found, o)
		}
	}
	add(occurrence{at: on.moment(e.start.wall), wall: e.start.wall})
	for _, p := range e.properties {
		switch p.name {
		case "RRULE":
			r, fault := parseRule(p.value)
			if fault != "" {
				return nil, fault
			}
			walls, is := r.expand(e.start.wall, from, to, &in.spend)
			if !is {
				return nil, WarnTooMany
			}
			for _, wall := range walls {
				if o := (occurrence{at: on.moment(wall), wall: wall}); !r.isOver(o, e) {
					add(o)
				}
			}
		case "RDATE":
			for _, o := range e.extra(p) {
				add(o)
			}
		}
	}
	return found, ""
}

// extra are the times of an RDATE: times, dates or periods.
func (e *entry) extra(p property) []occurrence {
	zoned, _ := e.zones.zoneOf(p)
	on := e.zones.of(e.start)
	var out []occurrence
	for value := range strings.SplitSeq(p.value, ",") {
		v, is := parseTime(value, zoned)
		switch {
		case is && v.date && !e.start.date: // at the time of the series
			wall := v.wall.Add(e.start.wall.Sub(e.start.wall.Truncate(day)))
			out = append(out, occurrence{at: on.moment(wall), wall: wall})
		case is:
			at := e.zones.moment(v)
			out = append(out, occurrence{at: at, wall: on.wall(at)})
		default:
			if from, to, is := e.zones.period(strings.TrimSpace(value), zoned); is {
				out = append(out, occurrence{from, on.wall(from), to})
			}
		}
	}
	return out
}

// isOver reports whether an occurrence lies behind the rule's UNTIL, which is included. A
// date includes its day; so does, in a series of whole days, a time: the day that begins
// then in the owner's zone, or else the one that it has in UTC.
func (r *rule) isOver(o occurrence, e *entry) bool {
	switch {
	case r.until == nil:
		return false
	case r.until.date:
		return o.wall.Truncate(day).After(r.until.wall)
	case e.start.date:
		last := r.until.wall.Truncate(day)
		if r.until.clock != nil {
			coach := e.zones.coach.wall(r.until.wall)
			if coach.Equal(coach.Truncate(day)) {
				last = coach
			}
		}
		return o.wall.After(last)
	case r.until.clock == nil:
		return o.wall.After(r.until.wall)
	}
	return o.at.After(r.until.wall)
}
