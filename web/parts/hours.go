package parts

import (
	"fmt"
	"strings"
)

// The measures of the picture of a week's hours, in pixels of its own.
const (
	hoursLeft   = 44 // for the names of the hours
	hoursTop    = 24 // for the names of the days
	hoursColumn = 84
	hoursHigh   = 22 // an hour
	minutesADay = 24 * 60
)

// DayHours is one column of a picture of hours: when it is open, and when it is taken,
// in minutes since midnight.
type DayHours struct {
	Name        string
	Open, Taken []Minutes
}

// Minutes are a span of a day.
type Minutes struct{ From, To int }

func (m Minutes) String() string {
	return fmt.Sprintf("%02d:%02d to %02d:%02d", m.From/60, m.From%60, m.To/60, m.To%60)
}

// hoursShown are the first and the last hour of a picture: the usual day, and what is open
// outside of it.
func hoursShown(days []DayHours) (first, last int) {
	first, last = 7, 20
	for _, day := range days {
		for _, m := range day.Open {
			first, last = min(first, m.From/60), max(last, (m.To+59)/60)
		}
	}
	return max(first, 0), min(last, minutesADay/60)
}

// within is the part of a span that lies between two hours; false: none of it.
func (m Minutes) within(first, last int) (Minutes, bool) {
	m = Minutes{max(m.From, first*60), min(m.To, last*60)}
	return m, m.From < m.To
}

// hoursWords say what the picture shows.
func hoursWords(days []DayHours) string {
	var all []string
	for _, day := range days {
		var spans []string
		for _, m := range day.Open {
			spans = append(spans, m.String())
		}
		words := day.Name + ": "
		if len(spans) == 0 {
			words += "closed"
		}
		words += strings.Join(spans, " and ")
		if n := len(day.Taken); n > 0 {
			words += ", taken " + Count(n, "time", "times")
		}
		all = append(all, words)
	}
	return strings.Join(all, "; ") + "."
}

func hoursY(minute, first int) string {
	return fmt.Sprintf("%.1f", hoursTop+float64(minute-first*60)*hoursHigh/60)
}

func hoursHeight(m Minutes) string { return fmt.Sprintf("%.1f", float64(m.To-m.From)*hoursHigh/60) }

func hoursX(column int) string { return pixels(hoursLeft + column*hoursColumn) }

func hoursBox(columns, first, last int) string {
	return fmt.Sprintf("0 0 %d %d", hoursLeft+columns*hoursColumn, hoursTop+(last-first)*hoursHigh+6)
}

func hourName(hour int) string { return fmt.Sprintf("%02d:00", hour) }
