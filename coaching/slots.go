package coaching

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Interval is a span of time, from From (included) to To (not included).
type Interval struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// SlotsInput is what the free slots of a coach depend on, beside the availability.
type SlotsInput struct {
	Zone *time.Location // the coach's
	Now  time.Time
	// Busy are the times at which the coach's own calendars have something.
	Busy []Interval
	// Booked are the coach's sessions, and requests that hold a slot, until their end. They
	// are busy times, and count for the most per day. A session that is to be moved is not
	// among them: its old time does not block it.
	Booked []Interval
	// First and Last are the coach's dates that are asked about; empty: all until the
	// horizon.
	First, Last Date
}

// Slots are the starts of the sessions that can be booked, in order:
//
//   - The starts of a day are from, from + step and so on, on the coach's clock. A time that
//     the clock skips is none, and one that it shows twice is the first of the two.
//   - A session lasts its duration of elapsed time, and ends with the hours at the latest.
//   - At least the padding is between it and anything busy, before and after it.
//   - It starts no sooner than the notice after now, on a date within the horizon.
func (a Availability) Slots(in SlotsInput) []time.Time {
	day, last := a.days(in)
	taken := MergeIntervals(slices.Concat(in.Busy, in.Booked))
	booked := in.bookedByDate()
	soonest := in.Now.Add(time.Duration(a.Notice) * time.Minute)
	var slots []time.Time
	for ; !day.After(last); day = day.AddDate(0, 0, 1) {
		if a.MostPerDay > 0 && booked[DateOf(day)] >= a.MostPerDay {
			continue
		}
		for _, hours := range a.on(day) {
			for _, at := range a.starts(day, hours, in.Zone) {
				if !at.Before(soonest) && a.fits(at, taken) {
					slots = append(slots, at)
				}
			}
		}
	}
	slices.SortFunc(slots, time.Time.Compare)
	return slices.CompactFunc(slots, time.Time.Equal)
}

// days are the first and the last date, as midnights on the wall.
func (a Availability) days(in SlotsInput) (first, last time.Time) {
	first = midnight(wallOf(in.Now.In(in.Zone)))
	last = first.AddDate(0, 0, min(a.Horizon, MostHorizon))
	if asked, is := in.First.wall(); is && asked.After(first) {
		first = asked
	}
	if asked, is := in.Last.wall(); is && asked.Before(last) {
		last = asked
	}
	return first, last
}

// starts are the moments at which a session can start in the hours of a day.
func (a Availability) starts(day time.Time, hours DayHours, zone *time.Location) []time.Time {
	var starts []time.Time
	closes := momentOf(day.Add(time.Duration(hours.To)*time.Minute), zone)
	for clock := hours.From; clock < min(hours.To, dayLength); clock += TimeOfDay(max(a.Step, minStep)) {
		wall := day.Add(time.Duration(clock) * time.Minute)
		at := momentOf(wall, zone)
		if sameWall(at, wall) && !at.Add(a.length()).After(closes) {
			starts = append(starts, at.UTC())
		}
	}
	return starts
}

func (a Availability) length() time.Duration { return time.Duration(a.Duration) * time.Minute }

// fits reports whether a session that starts then has the padding around it.
func (a Availability) fits(at time.Time, taken []Interval) bool {
	padding := time.Duration(a.Padding) * time.Minute
	from, to := at.Add(-padding), at.Add(a.length()+padding)
	next, _ := slices.BinarySearchFunc(taken, from, func(i Interval, from time.Time) int {
		if i.To.After(from) {
			return 1
		}
		return -1
	})
	return next == len(taken) || !taken[next].From.Before(to)
}

// MergeIntervals gives intervals in order, those that overlap or touch as one.
func MergeIntervals(intervals []Interval) []Interval {
	intervals = slices.DeleteFunc(slices.Clone(intervals), func(i Interval) bool { return !i.From.Before(i.To) })
	slices.SortFunc(intervals, func(a, b Interval) int { return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To)) })
	out := intervals[:0]
	for _, i := range intervals {
		if last := len(out) - 1; last >= 0 && !i.From.After(out[last].To) {
			if i.To.After(out[last].To) {
				out[last].To = i.To
			}
			continue
		}
		out = append(out, i)
	}
	return out
}

// CutInterval gives intervals without the part of them that lies in another one.
func CutInterval(intervals []Interval, cut Interval) []Interval {
	var out []Interval
	for _, i := range intervals {
		for _, rest := range []Interval{{i.From, earlier(i.To, cut.From)}, {later(i.From, cut.To), i.To}} {
			if rest.From.Before(rest.To) {
				out = append(out, rest)
			}
		}
	}
	return out
}

// bookedByDate counts the sessions of each of the coach's dates.
func (in SlotsInput) bookedByDate() map[Date]int {
	count := map[Date]int{}
	for _, session := range in.Booked {
		count[DateOf(session.From.In(in.Zone))]++
	}
	return count
}

// CheckSlot refuses a start that is none of the Slots: one that somebody else has taken in
// the meantime, or that was never offered.
func (a Availability) CheckSlot(at time.Time, in SlotsInput) *Problem {
	date := DateOf(at.In(in.Zone))
	in.First, in.Last = date, date
	_, last := a.days(SlotsInput{Zone: in.Zone, Now: in.Now})
	empty := in
	empty.Busy, empty.Booked = nil, nil
	switch {
	case hasSlot(a.Slots(in), at):
		return nil
	case at.Before(in.Now.Add(time.Duration(a.Notice) * time.Minute)):
		return Problemf(Conflict, "slot_too_soon", "This time is too soon to be booked. Choose a later one.")
	case midnight(wallOf(at.In(in.Zone))).After(last):
		return Problemf(Conflict, "slot_too_far", "This time is further ahead than can be booked. Choose an earlier one.")
	case hasSlot(a.Slots(empty), at):
		return SlotTaken()
	}
	return Problemf(Conflict, "slot_not_offered", "This time is not offered. Choose one of those that are.")
}

// SlotTaken says to who books that the time is somebody else's.
func SlotTaken() *Problem {
	return Problemf(Conflict, "slot_taken", "This time is taken by now. Choose another one.")
}

// SlotRequest is a start that somebody wants to book.
type SlotRequest struct {
	Start   time.Time
	Minutes int
	// Moves is the session that is to begin then; zero: a new one.
	Moves uuid.UUID
	Now   time.Time
}

func hasSlot(slots []time.Time, at time.Time) bool {
	return slices.ContainsFunc(slots, at.Equal)
}

// SlotDay are the slots of one date of whoever looks at them.
type SlotDay struct {
	Date  Date
	Slots []time.Time // in the zone of whoever looks
}

// SlotsByDay are slots by the dates of somebody's clock. Which slots there are does not
// depend on who looks.
func SlotsByDay(slots []time.Time, viewer *time.Location) []SlotDay {
	var days []SlotDay
	for _, at := range slots {
		at = at.In(viewer)
		if last := len(days) - 1; last < 0 || days[last].Date != DateOf(at) {
			days = append(days, SlotDay{Date: DateOf(at)})
		}
		last := len(days) - 1
		days[last].Slots = append(days[last].Slots, at)
	}
	return days
}
