package ics

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// frequency is how often a rule begins anew.
type frequency int

const (
	yearly frequency = iota
	monthly
	weekly
	daily
	hourly
)

var frequencies = map[string]frequency{"YEARLY": yearly, "MONTHLY": monthly, "WEEKLY": weekly, "DAILY": daily, "HOURLY": hourly}

// numbers is a set of numbers from -366 to 366.
type numbers struct {
	any bool
	has [2*366 + 1]bool
}

func (n *numbers) add(number int) { n.any, n.has[number+366] = true, true }

// holds reports whether one of the numbers is in the set.
func (n *numbers) holds(some ...int) bool {
	return slices.ContainsFunc(some, func(number int) bool { return number >= -366 && number <= 366 && n.has[number+366] })
}

// list are the numbers in order.
func (n *numbers) list() []int {
	var all []int
	for i, is := range n.has {
		if is {
			all = append(all, i-366)
		}
	}
	return all
}

// rule is a recurrence rule (RRULE).
type rule struct {
	freq      frequency
	interval  int
	count     int        // 0: without end
	until     *timeValue // nil: without end
	weekStart time.Weekday
	months    numbers
	weeks     numbers // of the year
	yearDays  numbers
	monthDays numbers
	weekdays  [7]numbers // which ones of the period, by the day; 0: all
	anyDay    bool       // a weekday was given
	hours     numbers
	minutes   numbers
	seconds   numbers
	positions numbers
}

// The faults of rules that are not expanded.
const (
	faultUnreadable = "rule_unreadable"
	faultTooOften   = "rule_too_often" // by the second, by the minute, or more often a day than anybody does anything
)

// maxTimes is how many times of a day a rule may have.
const maxTimes = 100

// ruleBounds are the least and the greatest number of the parts of a rule that are numbers,
// and whether they count from the end as well, below zero.
var ruleBounds = map[string]struct {
	least, most int
	fromEnd     bool
	in          func(r *rule) *numbers
}{
	"BYMONTH":    {1, 12, false, func(r *rule) *numbers { return &r.months }},
	"BYWEEKNO":   {1, 53, true, func(r *rule) *numbers { return &r.weeks }},
	"BYYEARDAY":  {1, 366, true, func(r *rule) *numbers { return &r.yearDays }},
	"BYMONTHDAY": {1, 31, true, func(r *rule) *numbers { return &r.monthDays }},
	"BYHOUR":     {0, 23, false, func(r *rule) *numbers { return &r.hours }},
	"BYMINUTE":   {0, 59, false, func(r *rule) *numbers { return &r.minutes }},
	"BYSECOND":   {0, 60, false, func(r *rule) *numbers { return &r.seconds }},
	"BYSETPOS":   {1, 366, true, func(r *rule) *numbers { return &r.positions }},
}

// parseRule reads a rule. A rule with a fault is not expanded.
func parseRule(s string) (r *rule, fault string) {
	r = &rule{freq: -1, interval: 1, weekStart: time.Monday}
	for part := range strings.SplitSeq(strings.ToUpper(strings.TrimSpace(s)), ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if fault := r.part(strings.TrimSpace(name), strings.TrimSpace(value)); fault != "" {
			return nil, fault
		}
	}
	times := max(1, len(r.hours.list())) * max(1, len(r.minutes.list())) * max(1, len(r.seconds.list()))
	switch {
	case r.freq < 0 || r.freq == hourly && r.positions.any:
		return nil, faultUnreadable
	case times > maxTimes:
		return nil, faultTooOften
	}
	return r, ""
}

func (r *rule) part(name, value string) (fault string) {
	is := true
	switch name {
	case "FREQ":
		if value == "SECONDLY" || value == "MINUTELY" {
			return faultTooOften
		}
		r.freq, is = frequencies[value]
	case "INTERVAL":
		r.interval, is = positive(value)
	case "COUNT":
		r.count, is = positive(value)
	case "UNTIL":
		var until timeValue
		until, is = parseTime(value, nil)
		r.until = &until
	case "WKST":
		day := slices.Index(weekdayCodes[:], value)
		r.weekStart, is = time.Weekday(day), day >= 0
	case "RSCALE":
		is = value == "GREGORIAN"
	case "BYDAY":
		is = r.addWeekdays(value)
	default:
		if bounds, known := ruleBounds[name]; known {
			is = addNumbers(bounds.in(r), value, bounds.least, bounds.most, bounds.fromEnd)
		}
	}
	if !is {
		return faultUnreadable
	}
	return ""
}

// positive reads a number of 1 or more. A greater one than any calendar needs is cut.
func positive(s string) (int, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		n = 1 << 30
	}
	return min(n, 1<<30), n > 0
}

func addNumbers(in *numbers, value string, least, most int, fromEnd bool) bool {
	for item := range strings.SplitSeq(value, ",") {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		n, err := strconv.Atoi(item)
		if err != nil || (n < least || n > most) && (!fromEnd || n > -least || n < -most) {
			return false
		}
		in.add(n)
	}
	return true
}

func (r *rule) addWeekdays(value string) bool {
	for item := range strings.SplitSeq(value, ",") {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		if len(item) < 2 {
			return false
		}
		nth, code := 0, slices.Index(weekdayCodes[:], item[len(item)-2:])
		if number := item[:len(item)-2]; number != "" {
			var err error
			if nth, err = strconv.Atoi(number); err != nil || nth == 0 || nth > 53 || nth < -53 {
				return false
			}
		}
		if code < 0 {
			return false
		}
		r.weekdays[code].add(nth)
		r.anyDay = true
	}
	return true
}

// filled is the rule with what its parts leave to the start: a yearly rule has the month
// and the day of the start, and so on.
func (r *rule) filled(start time.Time) rule {
	f := *r
	if !r.yearDays.any && !r.monthDays.any && !r.anyDay {
		switch {
		case r.freq == weekly || r.freq == yearly && r.weeks.any:
			f.weekdays[start.Weekday()].add(0)
			f.anyDay = true
		case r.freq == monthly || r.freq == yearly:
			f.monthDays.add(start.Day())
			if r.freq == yearly && !r.months.any {
				f.months.add(int(start.Month()))
			}
		}
	}
	if !f.hours.any && r.freq != hourly {
		f.hours.add(start.Hour())
	}
	if !f.minutes.any {
		f.minutes.add(start.Minute())
	}
	if !f.seconds.any {
		f.seconds.add(start.Second())
	}
	return f
}

// matches reports whether a day, by its midnight, is one of the rule's.
func (r *rule) matches(date time.Time) bool {
	which := &r.weekdays[date.Weekday()]
	if r.anyDay && !which.any {
		return false
	}
	year, month, ofMonth := date.Date()
	if r.months.any && !r.months.holds(int(month)) {
		return false
	}
	if r.monthDays.any && !r.monthDays.holds(ofMonth, ofMonth-daysIn(year, month)-1) {
		return false
	}
	if r.yearDays.any && !r.yearDays.holds(date.YearDay(), date.YearDay()-daysInYear(year)-1) {
		return false
	}
	if r.weeks.any && r.freq == yearly {
		if week, weeks := weekOf(date, r.weekStart); !r.weeks.holds(week, week-weeks-1) {
			return false
		}
	}
	switch {
	case !r.anyDay || which.holds(0):
		return true
	case r.freq == monthly || r.freq == yearly && r.months.any:
		return which.holds((ofMonth+6)/7, -(daysIn(year, month)-ofMonth)/7-1)
	case r.freq == yearly && !r.weeks.any:
		return which.holds((date.YearDay()+6)/7, -(daysInYear(year)-date.YearDay())/7-1)
	}
	return true
}

func daysInYear(year int) int { return 337 + daysIn(year, time.February) }

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// weekOf is the number of a day's week, and how many weeks its year has. A week belongs to
// the year in which its fourth day lies.
func weekOf(date time.Time, weekStart time.Weekday) (week, weeks int) {
	number := func(date time.Time) (year, week int) {
		fourth := date.AddDate(0, 0, 3-int(date.Weekday()-weekStart+7)%7)
		return fourth.Year(), (fourth.YearDay() + 6) / 7
	}
	year, week := number(date)
	_, weeks = number(time.Date(year, 12, 28, 0, 0, 0, 0, time.UTC))
	return week, weeks
}
