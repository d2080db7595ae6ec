package coaching

import (
	"slices"
	"strings"
)

// Holiday is a date on which nobody of the organization works, on the clock of whoever
// reads: no reminder leaves on it, and it is no business day of a ladder.
type Holiday struct {
	Date Date   `json:"date"`
	Name string `json:"name,omitempty"`
}

// MostHolidays bounds the holidays of an organization: some ten a year for many years.
const MostHolidays = 200

// checkHolidays names the faults of holidays in p.
func checkHolidays(p *Problem, holidays []Holiday, path string) {
	if len(holidays) > MostHolidays {
		p.WithField(path, "too_many", "%d dates are more than %d", len(holidays), MostHolidays)
		return
	}
	seen := map[Date]bool{}
	for i, day := range holidays {
		at := indexed(path, i)
		if _, is := day.Date.wall(); !is {
			p.WithField(at+".date", "date_invalid", "%q is not a date; write it like 2027-01-01", string(day.Date))
		} else if seen[day.Date] {
			p.WithField(at+".date", "date_twice", "%s stands there twice", string(day.Date))
		}
		seen[day.Date] = true
		if day.Name == "" {
			continue
		}
		if _, err := CleanName("A holiday", day.Name); err != nil {
			p.WithField(at+".name", "name_invalid", "the name of %s has at most %d characters on one line", string(day.Date), maxName)
		}
	}
}

// ParseHolidays reads holidays as people write them, one a line: "2027-01-01 New Year".
// What is no date is found by Check.
func ParseHolidays(text string) []Holiday {
	var days []Holiday
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) > 0 {
			days = append(days, Holiday{Date(fields[0]), strings.Join(fields[1:], " ")})
		}
	}
	return days
}

// ShowHolidays writes holidays as ParseHolidays reads them, the first first.
func ShowHolidays(days []Holiday) string {
	days = slices.Clone(days)
	slices.SortStableFunc(days, func(a, b Holiday) int { return strings.Compare(string(a.Date), string(b.Date)) })
	var lines []string
	for _, day := range days {
		lines = append(lines, strings.TrimSpace(string(day.Date)+" "+day.Name))
	}
	return strings.Join(lines, "\n")
}
