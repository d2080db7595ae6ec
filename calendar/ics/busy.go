package ics

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"coachflow/coaching"
)

// Busy is what a feed says about when its owner is busy.
type Busy struct {
	// Intervals are in order, and do not overlap or touch. They lie within the window.
	Intervals []coaching.Interval
	// Warnings are what is not as it should be, and the owner should be told: at most
	// maxWarnings, one of each sort for an entry.
	Warnings []Warning
	// MoreWarnings is how many there are beyond these.
	MoreWarnings int
}

// Warning is about one entry of a feed. The others count all the same.
type Warning struct {
	Code string // one of the Warning… codes
	UID  string
	Text string // for the owner of the calendar
}

// The codes of warnings.
const (
	WarnUnreadable  = "entry_unreadable" // it is left out
	WarnNoTime      = "entry_takes_no_time"
	WarnRule        = faultUnreadable    // it is left out
	WarnTooOften    = faultTooOften      // it is left out
	WarnTooMany     = "entry_too_costly" // it is left out
	WarnUnknownZone = "zone_unknown"     // its times are taken to be in the calendar's own zone
)

const maxWarnings = 20

// maxWindow is how long the window may be.
const maxWindow = 2 * 366 * day

// ReadBusy reads the busy times between two moments out of a feed. coach is the zone of its
// owner: all-day entries are of the owner's midnights, and so are times without a zone where
// the feed names none. The error is a *coaching.Problem: what was read before stays in force.
//
// What is marked as free or is cancelled takes no time, nor does what the owner does
// elsewhere; what is tentative does. Where the standard leaves it open, the reading is chosen
// in which the owner is busy.
func ReadBusy(raw []byte, coach *time.Location, from, to time.Time) (Busy, error) {
	if to.Sub(from) > maxWindow {
		return Busy{}, fmt.Errorf("a window of %s is longer than feeds are read for", to.Sub(from))
	}
	calendars, p := read(raw)
	if p != nil {
		return Busy{}, p
	}
	in := busyReading{from: from.UTC(), to: to.UTC(), spend: budget{feed: feedSteps}, series: map[string]*series{}}
	for _, calendar := range calendars {
		in.calendar(calendar, coach)
	}
	for _, s := range in.order {
		if in.addSeries(s); in.spend.feed < 0 {
			return Busy{}, tooLarge()
		}
	}
	in.busy.Intervals = coaching.MergeIntervals(in.busy.Intervals)
	return in.busy, nil
}

// busyReading is a feed while its busy times are read.
type busyReading struct {
	from, to time.Time
	spend    budget
	series   map[string]*series
	order    []*series
	busy     Busy
}

// entry is an event of a calendar.
type entry struct {
	*component
	zones    *zones
	uid      string
	sequence int
	stamp    string
	start    timeValue
	length   length
	busy     bool
	instance *timeValue // which instance of a series it stands for; nil: the series itself
	onwards  bool       // and for those after it
}

// series are the entries with one UID: the series itself, and single instances of it.
type series struct{ masters, instances []*entry }

func (in *busyReading) warn(e *entry, code, text string) {
	w := Warning{code, e.uid, text}
	switch {
	case slices.Contains(in.busy.Warnings, w):
	case len(in.busy.Warnings) == maxWarnings:
		in.busy.MoreWarnings++
	default:
		in.busy.Warnings = append(in.busy.Warnings, w)
	}
}

// add takes an interval as busy, as far as it lies in the window.
func (in *busyReading) add(from, to time.Time) {
	if from, to = later(from.UTC(), in.from), earlier(to.UTC(), in.to); from.Before(to) {
		in.busy.Intervals = append(in.busy.Intervals, coaching.Interval{From: from, To: to})
	}
}

func (in *busyReading) calendar(calendar *component, coach *time.Location) {
	in.spend.begin()
	z := zonesOf(calendar, coach, in.from, in.to, &in.spend)
	for _, part := range calendar.parts {
		switch part.name {
		case "VEVENT":
			in.event(part, z)
		case "VFREEBUSY":
			in.freeBusy(part, z)
		}
	}
}

// event sorts an event into its series. Without a UID it is one of its own.
func (in *busyReading) event(part *component, z *zones) {
	e, ok := in.entry(part, z)
	if !ok {
		in.warn(e, WarnUnreadable, "An entry of the calendar cannot be read, and is left out.")
		return
	}
	s := in.series[e.uid]
	if s == nil {
		s = &series{}
		in.order = append(in.order, s)
		if e.uid != "" {
			in.series[e.uid] = s
		}
	}
	if e.instance != nil {
		s.instances = append(s.instances, e)
	} else {
		s.masters = append(s.masters, e)
	}
}

func (in *busyReading) entry(part *component, z *zones) (*entry, bool) {
	e := &entry{component: part, zones: z, uid: plain(strings.TrimSpace(part.first("UID").value)), busy: takesTime(part)}
	e.sequence, _ = strconv.Atoi(part.word("SEQUENCE"))
	e.stamp = part.word("DTSTAMP")
	start, is, known := z.time(part.first("DTSTART"))
	e.start = start
	if !is || part.broken {
		return e, false
	}
	if e.length, is = e.readLength(); !is {
		return e, false
	}
	if p := part.first("RECURRENCE-ID"); p.name != "" {
		id, is, idKnown := z.time(p)
		if !is {
			return e, false
		}
		e.instance, e.onwards, known = &id, strings.EqualFold(p.parameter("RANGE"), "THISANDFUTURE"), known && idKnown
	}
	if !known {
		in.warn(e, WarnUnknownZone, "An entry of the calendar is in a time zone that nobody knows. It is read as if it were in your own.")
	}
	return e, true
}

// takesTime reports whether an event is one for which its owner is busy.
func takesTime(part *component) bool {
	outlook := part.word("X-MICROSOFT-CDO-BUSYSTATUS")
	return part.word("STATUS") != "CANCELLED" && part.word("TRANSP") != "TRANSPARENT" && outlook != "FREE" && outlook != "WORKINGELSEWHERE"
}

// readLength is how long the event lasts. With DTEND it is exact, with DURATION it counts
// days of the calendar; a date lasts its day.
func (e *entry) readLength() (length, bool) {
	if p := e.first("DTEND"); p.name != "" {
		end, is, _ := e.zones.time(p)
		if !is {
			return length{}, false
		}
		if e.start.date && end.date {
			days := int((end.wall.Unix() - e.start.wall.Unix()) / secondsOfDay)
			if days == 0 {
				days = 1 // some programs write the last day as the end
			}
			return length{days: days}, true
		}
		return length{exact: e.zones.moment(end).Sub(e.zones.moment(e.start))}, true
	}
	if p := e.first("DURATION"); p.name != "" {
		return parseLength(p.value)
	}
	if e.start.date {
		return length{days: 1}, true
	}
	return length{}, true
}

// freeBusy reads periods that are busy.
func (in *busyReading) freeBusy(part *component, z *zones) {
	for _, p := range part.properties {
		if p.name != "FREEBUSY" || strings.EqualFold(p.parameter("FBTYPE"), "FREE") {
			continue
		}
		for value := range strings.SplitSeq(p.value, ",") {
			if value = strings.TrimSpace(value); value == "" {
				continue
			}
			from, to, is := z.period(value, nil)
			if !is {
				in.warn(&entry{}, WarnUnreadable, "An entry of the calendar cannot be read, and is left out.")
				continue
			}
			in.add(from, to)
		}
	}
}

// period reads "FROM/TO" and "FROM/DURATION".
func (z *zones) period(value string, zoned clock) (from, to time.Time, is bool) {
	first, second, _ := strings.Cut(value, "/")
	start, is := parseTime(first, zoned)
	if !is {
		return from, to, false
	}
	from = z.moment(start)
	if end, is := parseTime(second, zoned); is {
		return from, z.moment(end), true
	}
	lasts, is := parseLength(second)
	return from, lasts.end(start.wall, z.of(start)), is
}
