package coaching

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// at is a moment of a test, in RFC 3339.
func at(t testing.TB, s string) time.Time {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, s)
	require.NoError(t, err)
	return moment
}

func local(t testing.TB, s string) LocalTime {
	t.Helper()
	l, err := ParseLocalTime(s)
	require.NoError(t, err)
	return l
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := Zone(name)
	require.NoError(t, err)
	return z
}

// requireProblem finds the code, and the field that is wrong (none: "").
func requireProblem(t testing.TB, err error, code, path string) {
	t.Helper()
	p, ok := AsProblem(err)
	require.True(t, ok, "%v is no problem", err)
	require.Equal(t, code, p.Code)
	if path == "" {
		require.Empty(t, p.Fields)
		return
	}
	require.Len(t, p.Fields, 1)
	require.Equal(t, path, p.Fields[0].Path)
	require.Equal(t, code, p.Fields[0].Code)
}

func TestLocalTime_In(t *testing.T) {
	t.Parallel()
	check := func(name, wall, zoneName, want string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := local(t, wall).In(zone(t, zoneName))
			require.Equal(t, want, got.Format(time.RFC3339))
		})
	}
	check("an ordinary winter's day", "2026-01-15T09:00", "Europe/Berlin", "2026-01-15T09:00:00+01:00")
	check("an ordinary summer's day", "2026-07-15T09:00", "America/New_York", "2026-07-15T09:00:00-04:00")
	check("no daylight saving", "2026-03-29T02:30", "Asia/Kolkata", "2026-03-29T02:30:00+05:30")

	check("gap in Europe", "2026-03-29T02:30", "Europe/Berlin", "2026-03-29T03:30:00+02:00")
	check("gap in America", "2026-03-08T02:30", "America/New_York", "2026-03-08T03:30:00-04:00")
	check("gap from UTC", "2026-03-29T01:30", "Europe/London", "2026-03-29T02:30:00+01:00")
	check("gap at midnight west of Greenwich", "2026-03-29T00:30", "Atlantic/Azores", "2026-03-29T01:30:00Z")
	check("gap of half an hour", "2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-04T02:45:00+11:00")
	check("a day that Samoa never had", "2011-12-30T12:00", "Pacific/Apia", "2011-12-31T12:00:00+14:00")
	check("just before the gap", "2026-03-08T01:59", "America/New_York", "2026-03-08T01:59:00-05:00")
	check("the end of the gap", "2026-03-08T03:00", "America/New_York", "2026-03-08T03:00:00-04:00")

	check("fold in Europe", "2026-10-25T02:30", "Europe/Berlin", "2026-10-25T02:30:00+02:00")
	check("fold in America", "2026-11-01T01:30", "America/New_York", "2026-11-01T01:30:00-04:00")
	check("fold of half an hour", "2026-04-05T01:45", "Australia/Lord_Howe", "2026-04-05T01:45:00+11:00")
	check("the end of the fold", "2026-10-25T03:00", "Europe/Berlin", "2026-10-25T03:00:00+01:00")
	check("fold over midnight", "2026-10-25T00:30", "Atlantic/Azores", "2026-10-25T00:30:00Z")
}

func TestLocalTime_InShowsTheWallTimeOrTheGapsEnd(t *testing.T) {
	t.Parallel()
	zones := []string{"Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Chatham", "Africa/Casablanca", "UTC"}
	rapid.Check(t, func(t *rapid.T) {
		z := ZoneOrUTC(rapid.SampledFrom(zones).Draw(t, "zone"))
		minutes := rapid.IntRange(0, 3*366*24*60).Draw(t, "minutes")
		wall := time.Date(2025, 1, 1, 0, minutes, 0, 0, time.UTC)
		got := LocalTime{wall}.In(z)
		late := wallOf(got).Sub(wall)
		require.Contains(t, []time.Duration{0, 30 * time.Minute, time.Hour}, late)
		for _, before := range []time.Duration{30 * time.Minute, time.Hour} {
			require.False(t, sameWall(got.Add(-before), wall), "the first of two is taken")
		}
	})
}

func TestParseLocalTime(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"2026-03-04T09:00", "2026-03-04T09:00:00", "2026-03-04T09:00:59"} {
		require.Equal(t, "2026-03-04T09:00", local(t, s).String())
	}
	for _, s := range []string{
		"", " ", "2026-03-04", "09:00", "2026-03-04 09:00", "2026-03-04T09:00Z", "2026-03-04T09:00+01:00", "2026-02-30T09:00",
		"2026-03-04T24:00", "2026-03-04T09:60", "2026-13-01T09:00", "26-03-04T09:00", "2026-03-04T09:00\n", "１０26-03-04T09:00",
	} {
		_, err := ParseLocalTime(s)
		requireProblem(t, err, "local_time_invalid", "")
	}
}

func TestLocalTime_JSON(t *testing.T) {
	t.Parallel()
	var rule ReleaseRule
	require.NoError(t, json.Unmarshal([]byte(`{"rule":"at","at":"2026-03-04T09:00"}`), &rule))
	require.False(t, rule.At.IsZero())
	out, err := json.Marshal(rule)
	require.NoError(t, err)
	require.JSONEq(t, `{"rule":"at","at":"2026-03-04T09:00"}`, string(out))

	rule = ReleaseRule{}
	require.NoError(t, json.Unmarshal([]byte(`{"rule":"manual","at":null}`), &rule))
	require.Nil(t, rule.At)
	for _, bad := range []string{`7`, `""`, `{}`, `"tomorrow"`, `["2026-03-04T09:00"]`} {
		var l LocalTime
		requireProblem(t, json.Unmarshal([]byte(bad), &l), "local_time_invalid", "")
		require.True(t, l.IsZero())
	}
}

func TestDelay_After(t *testing.T) {
	t.Parallel()
	check := func(name string, d Delay, zoneName, from, want string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := d.After(at(t, from), zone(t, zoneName))
			require.Equal(t, want, got.In(zone(t, zoneName)).Format(time.RFC3339))
		})
	}
	days := func(n int) Delay { return Delay{n, Days} }
	hours := func(n int) Delay { return Delay{n, Hours} }
	business := func(n int) Delay { return Delay{n, BusinessDays} }
	const berlin, newYork = "Europe/Berlin", "America/New_York"

	check("days keep the time of day into summer", days(1), berlin, "2026-03-28T09:00:00+01:00", "2026-03-29T09:00:00+02:00")
	check("days keep the time of day into winter", days(1), berlin, "2026-10-24T09:00:00+02:00", "2026-10-25T09:00:00+01:00")
	check("hours do not", hours(24), berlin, "2026-03-28T09:00:00+01:00", "2026-03-29T10:00:00+02:00")
	check("hours are hours in the fold", hours(1), berlin, "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00")
	check("a day into a European gap", days(1), berlin, "2026-03-28T02:30:00+01:00", "2026-03-29T03:30:00+02:00")
	check("a day into an American gap", days(1), newYork, "2026-03-07T02:30:00-05:00", "2026-03-08T03:30:00-04:00")
	check("a day into a fold", days(1), berlin, "2026-10-24T02:30:00+02:00", "2026-10-25T02:30:00+02:00")
	check("seconds stay", days(1), berlin, "2026-01-01T09:00:59+01:00", "2026-01-02T09:00:59+01:00")
	check("no delay leaves the second of two times alone", days(0), newYork, "2026-11-01T01:30:00-05:00", "2026-11-01T01:30:00-05:00")
	check("no delay on a weekend", business(0), berlin, "2026-03-07T09:00:00+01:00", "2026-03-07T09:00:00+01:00")

	check("month end", days(1), berlin, "2026-01-31T09:00:00+01:00", "2026-02-01T09:00:00+01:00")
	check("February of a common year", days(1), berlin, "2026-02-28T09:00:00+01:00", "2026-03-01T09:00:00+01:00")
	check("February of a leap year", days(1), berlin, "2028-02-28T09:00:00+01:00", "2028-02-29T09:00:00+01:00")
	check("year end", days(31), berlin, "2026-12-31T23:59:00+01:00", "2027-01-31T23:59:00+01:00")
	check("the reader's day, not that of UTC", days(1), newYork, "2026-03-08T03:00:00Z", "2026-03-08T22:00:00-04:00")

	check("business day in the week", business(1), berlin, "2026-03-04T09:00:00+01:00", "2026-03-05T09:00:00+01:00")
	check("over a weekend", business(1), berlin, "2026-03-06T09:00:00+01:00", "2026-03-09T09:00:00+01:00")
	check("from a Saturday", business(1), berlin, "2026-03-07T09:00:00+01:00", "2026-03-09T09:00:00+01:00")
	check("from a Sunday", business(2), berlin, "2026-03-08T09:00:00+01:00", "2026-03-10T09:00:00+01:00")
	check("five make a week", business(5), berlin, "2026-03-04T09:00:00+01:00", "2026-03-11T09:00:00+01:00")
	check("over the change of the clocks", business(1), berlin, "2026-03-27T09:00:00+01:00", "2026-03-30T09:00:00+02:00")
	check("Saturday in the reader's zone only", business(1), "Asia/Tokyo", "2026-03-06T20:00:00Z", "2026-03-09T05:00:00+09:00")
}

func TestDelay_CheckRefusesTheAbsurd(t *testing.T) {
	t.Parallel()
	for unit, most := range map[DelayUnit]int{Hours: 17520, Days: 730, BusinessDays: 520} {
		for _, amount := range []int{0, 1, most} {
			require.Nil(t, Delay{amount, unit}.Check("delay"))
		}
		for _, amount := range []int{-1, math.MinInt, most + 1, math.MaxInt} {
			requireProblem(t, Delay{amount, unit}.Check("delay"), "delay_out_of_range", "delay.amount")
		}
	}
	for _, unit := range []DelayUnit{"", "weeks", "Days", "days "} {
		requireProblem(t, Delay{1, unit}.Check("delay"), "delay_unit_unknown", "delay.unit")
	}
}

func TestShowTime_NamesTheZone(t *testing.T) {
	t.Parallel()
	moment := at(t, "2026-03-04T23:30:00Z")
	require.Equal(t, "Wednesday, 4 March 2026, 23:30 (UTC)", ShowTime(moment, time.UTC))
	require.Equal(t, "Thursday, 5 March 2026, 00:30 (Europe/Berlin)", ShowTime(moment, zone(t, "Europe/Berlin")))
}
