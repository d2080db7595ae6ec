package ics

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/teambition/rrule-go"
	"pgregory.net/rapid"
)

// drawRule makes a rule that people and programs write, in the parts that rrule-go and the
// standard agree on: there a yearly rule with weeks names its weekdays, and weekdays are
// either numbered or not.
func drawRule(t *rapid.T) string {
	freq := rapid.SampledFrom([]string{"YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"}).Draw(t, "freq")
	parts := []string{"FREQ=" + freq}
	some := func(name string, least, most int, fromEnd bool) {
		if rapid.IntRange(0, 3).Draw(t, name+"?") > 0 {
			return
		}
		var list []string
		for range rapid.IntRange(1, 3).Draw(t, name+" count") {
			n := rapid.IntRange(least, most).Draw(t, name)
			if fromEnd && rapid.Bool().Draw(t, name+" from the end") {
				n = -n
			}
			list = append(list, fmt.Sprint(n))
		}
		slices.Sort(list) // rrule-go has a number that stands there twice twice
		list = slices.Compact(list)
		parts = append(parts, name+"="+strings.Join(list, ","))
	}
	if rapid.Bool().Draw(t, "interval?") {
		parts = append(parts, fmt.Sprintf("INTERVAL=%d", rapid.IntRange(1, 5).Draw(t, "interval")))
	}
	if rapid.IntRange(0, 2).Draw(t, "count?") == 0 {
		parts = append(parts, fmt.Sprintf("COUNT=%d", rapid.IntRange(1, 60).Draw(t, "count")))
	}
	parts = append(parts, "WKST="+rapid.SampledFrom(weekdayCodes[:]).Draw(t, "wkst"))
	some("BYMONTH", 1, 12, false)
	some("BYMONTHDAY", 1, 31, true)
	if freq == "YEARLY" {
		some("BYYEARDAY", 1, 366, true)
	}
	most := map[string]int{"YEARLY": 20, "MONTHLY": 5}[freq]
	numbered := most > 0 && rapid.Bool().Draw(t, "numbered")
	if rapid.Bool().Draw(t, "days?") {
		var days []string
		for range rapid.IntRange(1, 3).Draw(t, "days") {
			name := rapid.SampledFrom(weekdayCodes[:]).Draw(t, "day")
			if n := rapid.IntRange(1, min(5, max(1, most))).Draw(t, "nth"); numbered {
				name = fmt.Sprintf("%+d%s", rapid.SampledFrom([]int{n, -n}).Draw(t, "from the end"), name)
			}
			days = append(days, name)
		}
		parts = append(parts, "BYDAY="+strings.Join(days, ","))
		if !numbered && freq == "YEARLY" {
			some("BYWEEKNO", 1, 52, false)
		}
	}
	if freq != "HOURLY" {
		some("BYHOUR", 0, 23, false)
	}
	if freq != "HOURLY" && freq != "WEEKLY" { // rrule-go begins the first week with its start
		some("BYSETPOS", 1, 4, true)
	}
	some("BYMINUTE", 0, 59, false)
	return strings.Join(parts, ";")
}

// Rules come true when rrule-go says so.
func TestExpand_AgreesWithRruleGo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		text := drawRule(r)
		start := time.Unix(rapid.Int64Range(1_700_000_000, 1_800_000_000).Draw(r, "start"), 0).UTC()
		from := start.Add(time.Duration(rapid.IntRange(-1000, 40000).Draw(r, "from")) * time.Hour)
		to := from.Add(time.Duration(rapid.IntRange(0, 3000).Draw(r, "to")) * time.Hour)
		options, err := rrule.StrToROption(text)
		require.NoError(t, err, text)
		options.Dtstart = start
		options.Until = to // it would go on to the year 9999
		theirs, err := rrule.NewRRule(*options)
		require.NoError(t, err, text)
		want := theirs.Between(from, to, true)
		ours, fault := parseRule(text)
		require.Empty(t, fault, text)
		got, is := ours.expand(start, from, to, &budget{feed: feedSteps, entry: feedSteps})
		require.True(t, is, text)
		if len(want)+len(got) > 0 && !slices.EqualFunc(want, got, time.Time.Equal) {
			require.Equal(t, fmt.Sprint(want[:min(10, len(want))]), fmt.Sprint(got[:min(10, len(got))]), "%s from %s, %d and %d between %s and %s", text, start, len(want), len(got), from, to)
			require.Equal(t, len(want), len(got), "%s from %s", text, start)
		}
	})
}
