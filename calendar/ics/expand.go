package ics

import (
	"slices"
	"time"
)

// Rules are expanded on the wall: a meeting at ten stays at ten when the clocks change. It
// is done here and not by a library, since a rule comes from a stranger: the one there is
// walks on to the year 9999 where a rule never comes true, never ends for some, and panics
// for others. Its results are compared with these in a test.

// budget is how many steps may still be taken: a day that is looked at, a time that is found.
type budget struct{ feed, entry int }

const (
	feedSteps  = 5_000_000 // for a whole feed
	entrySteps = 300_000   // for one entry
)

const secondsOfDay = 24 * 60 * 60

// begin gives the next entry its share.
func (b *budget) begin() { b.entry = entrySteps }

// take takes steps; false when there are none left.
func (b *budget) take(steps int) bool {
	b.feed -= steps
	b.entry -= steps
	return b.feed >= 0 && b.entry >= 0
}

// expand gives what the wall shows at each time of the rule between from and to, in order;
// start is the first one. It is false where that would take too many steps.
func (r *rule) expand(start, from, to time.Time, spend *budget) ([]time.Time, bool) {
	f := r.filled(start)
	if r.until != nil {
		// Which time is the last one is seen by its moment; this is at most a day off.
		to = earlier(to, r.until.wall.Add(2*day))
	}
	e := expansion{rule: &f, start: start, from: later(from, start), to: to, spend: spend, times: f.times()}
	for k := e.firstPeriod(); ; k++ {
		begin, end := e.period(k)
		if begin.After(to) || e.finished {
			return e.found, true
		}
		if !spend.take(1) || !e.take(begin, end) {
			return nil, false
		}
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// expansion is a rule while it is expanded.
type expansion struct {
	*rule
	start, from, to time.Time
	spend           *budget
	times           []time.Duration // of a day; for an hourly rule, those within an hour
	counted         int
	finished        bool
	found           []time.Time
}

// times are the times of a day, since its midnight; of an hour for an hourly rule.
func (r *rule) times() []time.Duration {
	hours := r.hours.list()
	if r.freq == hourly {
		hours = []int{0}
	}
	var times []time.Duration
	for _, hour := range hours {
		for _, minute := range r.minutes.list() {
			for _, second := range r.seconds.list() {
				times = append(times, time.Duration(hour)*time.Hour+time.Duration(minute)*time.Minute+time.Duration(min(second, 59))*time.Second)
			}
		}
	}
	return slices.Compact(times)
}

// period is the k-th period of the rule, from the one of the start on: midnights. A rule
// by the hour is looked at day by day.
func (e *expansion) period(k int) (begin, end time.Time) {
	year, month, date := e.start.Date()
	k *= e.step()
	switch e.freq {
	case yearly:
		return time.Date(year+k, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(year+k+1, 1, 1, 0, 0, 0, 0, time.UTC)
	case monthly:
		return time.Date(year, month+time.Month(k), 1, 0, 0, 0, 0, time.UTC), time.Date(year, month+time.Month(k)+1, 1, 0, 0, 0, 0, time.UTC)
	case weekly:
		date += 7*k - int(e.start.Weekday()-e.weekStart+7)%7
		return time.Date(year, month, date, 0, 0, 0, 0, time.UTC), time.Date(year, month, date+7, 0, 0, 0, 0, time.UTC)
	}
	return time.Date(year, month, date+k, 0, 0, 0, 0, time.UTC), time.Date(year, month, date+k+1, 0, 0, 0, 0, time.UTC)
}

// step is from one period to the next: years, months, weeks or days.
func (e *expansion) step() int {
	if e.freq == hourly {
		return 1
	}
	return e.interval
}

// firstPeriod is the first one that is looked at. A rule that counts its times begins with
// the first; others shortly before what is asked about.
func (e *expansion) firstPeriod() int {
	if e.count > 0 {
		return 0
	}
	days := int((e.from.Unix() - e.start.Unix()) / secondsOfDay)
	perPeriod := map[frequency]int{yearly: 366, monthly: 31, weekly: 7}[e.freq]
	return max(0, days/max(1, perPeriod)/e.step()-1)
}

// take adds the times of a period; false where the steps do not suffice.
func (e *expansion) take(begin, end time.Time) bool {
	var dates []time.Time
	for date := begin; date.Before(end); date = date.Add(day) {
		if e.matches(date) {
			dates = append(dates, date)
		}
	}
	if !e.spend.take(int(end.Sub(begin) / day)) {
		return false
	}
	if e.positions.any {
		return e.takePositions(dates)
	}
	for _, date := range dates {
		for _, wall := range e.onDate(date) {
			if !e.one(wall) {
				return false
			}
		}
	}
	return true
}

// onDate are the times of a date.
func (e *expansion) onDate(date time.Time) []time.Time {
	var walls []time.Time
	if e.freq != hourly {
		for _, t := range e.times {
			walls = append(walls, date.Add(t))
		}
		return walls
	}
	first := e.start.Truncate(time.Hour)
	for hour := range 24 {
		at := date.Add(time.Duration(hour) * time.Hour)
		since := int(at.Unix()-first.Unix()) / 3600 // a Duration ends after 292 years
		if since < 0 || since%e.interval != 0 || e.hours.any && !e.hours.holds(hour) {
			continue
		}
		for _, t := range e.times {
			walls = append(walls, at.Add(t))
		}
	}
	return walls
}

// takePositions adds those of a period's times whose numbers in it are wanted.
func (e *expansion) takePositions(dates []time.Time) bool {
	all := len(dates) * len(e.times)
	for i := range all {
		if e.positions.holds(i+1) || e.positions.holds(i-all) {
			if !e.one(dates[i/len(e.times)].Add(e.times[i%len(e.times)])) {
				return false
			}
		}
	}
	return true
}

// one takes a time of the rule.
func (e *expansion) one(wall time.Time) bool {
	if wall.Before(e.start) || e.finished {
		return true
	}
	e.counted++
	if wall.After(e.to) || e.count > 0 && e.counted > e.count {
		e.finished = true
		return true
	}
	if !wall.Before(e.from) {
		e.found = append(e.found, wall)
	}
	return e.spend.take(1)
}
