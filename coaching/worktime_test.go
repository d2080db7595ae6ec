package coaching

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// hoursOf are working hours in the words of a test: "08:00-18:00" on days.
func hoursOf(t testing.TB, span string, days ...Weekday) WorkingHours {
	t.Helper()
	var h WorkingHours
	require.NoError(t, h.From.UnmarshalText([]byte(span[:5])))
	require.NoError(t, h.To.UnmarshalText([]byte(span[6:])))
	h.Days = days
	if len(days) == 0 {
		h.Days = Weekdays[:5]
	}
	require.Nil(t, h.Check(""))
	return h
}

func TestWorkingHours_Next(t *testing.T) {
	t.Parallel()
	check := func(name string, h WorkingHours, zoneName, from, want string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, found := h.ready().next(at(t, from), zone(t, zoneName))
			require.Equal(t, want != "", found)
			if found {
				require.Equal(t, want, got.In(zone(t, zoneName)).Format(time.RFC3339))
			}
		})
	}
	standard := DefaultWorkingHours
	const berlin = "Europe/Berlin"
	check("within", standard, berlin, "2026-03-04T12:34:56+01:00", "2026-03-04T12:34:56+01:00")
	check("the very begin is within", standard, berlin, "2026-03-04T08:00:00+01:00", "2026-03-04T08:00:00+01:00")
	check("a second before", standard, berlin, "2026-03-04T07:59:59+01:00", "2026-03-04T09:00:00+01:00")
	check("the very end is not within", standard, berlin, "2026-03-04T18:00:00+01:00", "2026-03-05T09:00:00+01:00")
	check("a second before the end is", standard, berlin, "2026-03-04T17:59:59+01:00", "2026-03-04T17:59:59+01:00")
	check("Friday evening", standard, berlin, "2026-03-06T20:00:00+01:00", "2026-03-09T09:00:00+01:00")
	check("over a weekend with a change of the clocks", standard, berlin, "2026-03-28T12:00:00+01:00", "2026-03-30T09:00:00+02:00")
	check("the reader's Saturday, though it is Friday in UTC", standard, "Asia/Tokyo", "2026-03-06T20:00:00Z", "2026-03-09T09:00:00+09:00")
	check("the reader's Friday, though it is Saturday in UTC", standard, "America/Los_Angeles", "2026-03-07T01:00:00Z", "2026-03-06T17:00:00-08:00")
	check("a day that Samoa never had was a Friday", standard, "Pacific/Apia", "2011-12-29T20:00:00-10:00", "2012-01-02T09:00:00+14:00")
	check("a far date", standard, berlin, "2999-12-29T03:00:00+01:00", "2999-12-30T09:00:00+01:00")

	check("hours that begin after nine", hoursOf(t, "10:30-18:00"), berlin, "2026-03-04T03:00:00+01:00", "2026-03-04T10:30:00+01:00")
	check("hours that end before nine", hoursOf(t, "06:00-08:30"), berlin, "2026-03-04T12:00:00+01:00", "2026-03-05T06:00:00+01:00")
	check("hours that end at nine", hoursOf(t, "06:00-09:00"), berlin, "2026-03-04T12:00:00+01:00", "2026-03-05T06:00:00+01:00")
	check("all day, to midnight", hoursOf(t, "00:00-24:00"), berlin, "2026-03-06T23:59:59+01:00", "2026-03-06T23:59:59+01:00")
	check("all day, on a weekend", hoursOf(t, "00:00-24:00"), berlin, "2026-03-07T00:00:00+01:00", "2026-03-09T09:00:00+01:00")
	check("Sunday to Thursday", hoursOf(t, "08:00-18:00", Sunday, Monday, Tuesday, Wednesday, Thursday), "Asia/Jerusalem", "2026-03-06T12:00:00+02:00", "2026-03-08T09:00:00+02:00")
	check("the only hour is left out that day", hoursOf(t, "02:00-03:00", Weekdays...), berlin, "2026-03-28T12:00:00+01:00", "2026-03-30T02:00:00+02:00")
	check("the only hour of the week is left out", hoursOf(t, "02:00-03:00", Sunday), berlin, "2026-03-27T12:00:00+01:00", "2026-04-05T02:00:00+02:00")
	check("an hour that comes twice, the second time", hoursOf(t, "02:00-03:00", Weekdays...), berlin, "2026-10-25T02:30:00+01:00", "2026-10-25T02:30:00+01:00")
	check("half of an hour is left out", hoursOf(t, "02:00-02:30", Weekdays...), "Australia/Lord_Howe", "2026-10-03T12:00:00+10:30", "2026-10-05T02:00:00+11:00")
	check("midnight is left out", hoursOf(t, "00:00-12:00", Weekdays...), "Atlantic/Azores", "2026-03-28T23:30:00-01:00", "2026-03-29T09:00:00Z")
	check("no day at all", WorkingHours{From: 0, To: 60}, berlin, "2026-03-04T12:00:00+01:00", "")
}

func TestWorkingHours_LastFullHourBeforeALimit(t *testing.T) {
	t.Parallel()
	check := func(name string, h WorkingHours, limit, floor, want string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			berlin := zone(t, "Europe/Berlin")
			got, found := h.ready().lastBefore(at(t, limit), at(t, floor), berlin)
			require.Equal(t, want != "", found)
			if found {
				require.Equal(t, want, got.In(berlin).Format(time.RFC3339))
			}
		})
	}
	standard, long := DefaultWorkingHours, "2026-01-01T00:00:00Z"
	check("Saturday", standard, "2026-03-07T12:00:00+01:00", long, "2026-03-06T17:00:00+01:00")
	check("Friday night", standard, "2026-03-06T23:00:00+01:00", long, "2026-03-06T17:00:00+01:00")
	check("within the hours", standard, "2026-03-06T12:30:00+01:00", long, "2026-03-06T11:30:00+01:00")
	check("an hour after the begin", standard, "2026-03-06T09:00:00+01:00", long, "2026-03-06T08:00:00+01:00")
	check("less than an hour after the begin", standard, "2026-03-06T08:59:59+01:00", long, "2026-03-05T17:00:00+01:00")
	check("Monday morning", standard, "2026-03-09T08:30:00+01:00", long, "2026-03-06T17:00:00+01:00")
	check("the floor itself is allowed", standard, "2026-03-07T12:00:00+01:00", "2026-03-06T17:00:00+01:00", "2026-03-06T17:00:00+01:00")
	check("after the floor is nothing left", standard, "2026-03-07T12:00:00+01:00", "2026-03-06T17:00:01+01:00", "")
	check("hours shorter than an hour", hoursOf(t, "08:00-08:15"), "2026-03-07T12:00:00+01:00", long, "2026-03-06T08:00:00+01:00")
	check("the only hour is left out that day", hoursOf(t, "02:00-03:00", Weekdays...), "2026-03-29T12:00:00+02:00", long, "2026-03-28T02:00:00+01:00")
	check("an hour that comes twice", hoursOf(t, "02:00-03:00", Weekdays...), "2026-10-25T12:00:00+01:00", long, "2026-10-25T02:00:00+01:00")
	check("no day at all", WorkingHours{From: 0, To: 60}, "2026-03-07T12:00:00+01:00", long, "")
}

func TestWorkingHours_BothWaysStayWithin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := anyHours(t)
		work, where := h.ready(), ZoneOrUTC(rapid.SampledFrom(uglyZones).Draw(t, "zone"))
		from := anyMoment(t, "from")
		next, found := work.next(from, where)
		require.True(t, found, "every fortnight has a working hour")
		require.True(t, work.allows(next, where))
		require.False(t, next.Before(from))
		again, _ := work.next(next, where)
		require.Equal(t, next, again, "what is within stays")

		last, found := work.lastBefore(from, from.AddDate(0, -1, 0), where)
		require.True(t, found, "every fortnight has a working hour")
		require.True(t, work.allows(last, where))
		require.True(t, last.Before(from))
	})
}

// uglyZones change their clocks at midnight, by half an hour, by a day, or never.
var uglyZones = []string{"UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Chatham",
	"Pacific/Apia", "Africa/Casablanca", "Atlantic/Azores", "America/Havana", "Asia/Kathmandu", "Pacific/Kiritimati"}

func anyMoment(t *rapid.T, label string) time.Time {
	seconds := rapid.OneOf(rapid.Int64Range(1_325_000_000, 1_326_000_000), rapid.Int64Range(1_767_225_600, 1_830_000_000), rapid.Int64Range(0, 30_000_000_000)).Draw(t, label)
	return time.Unix(seconds, 0).UTC()
}

// anyHours are valid hours of at least two hours a day: shorter ones can be
// swallowed by a change of the clocks.
func anyHours(t *rapid.T) WorkingHours {
	from := rapid.IntRange(0, 22*60).Draw(t, "from")
	h := WorkingHours{From: TimeOfDay(from), To: TimeOfDay(rapid.IntRange(from+120, 24*60).Draw(t, "to"))}
	h.Days = rapid.SliceOfNDistinct(rapid.SampledFrom(Weekdays), 1, 7, rapid.ID).Draw(t, "days")
	require.Nil(t, h.Check(""))
	return h
}

func TestWorkingHours_Move(t *testing.T) {
	t.Parallel()
	check := func(name string, d Delay, sign int, days []Weekday, from, want string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			berlin := zone(t, "Europe/Berlin")
			got := WorkingHours{To: 60, Days: days}.ready().move(at(t, from), d, sign, berlin)
			require.Equal(t, want, got.In(berlin).Format(time.RFC3339))
		})
	}
	week := Weekdays[:5]
	check("hours back over the change", Delay{24, Hours}, -1, week, "2026-03-29T12:00:00+02:00", "2026-03-28T11:00:00+01:00")
	check("a day back over the change", Delay{1, Days}, -1, week, "2026-03-29T12:00:00+02:00", "2026-03-28T12:00:00+01:00")
	check("a day back into the gap", Delay{1, Days}, -1, week, "2026-03-30T02:30:00+02:00", "2026-03-29T03:30:00+02:00")
	check("a business day back over a weekend", Delay{1, BusinessDays}, -1, week, "2026-03-09T12:00:00+01:00", "2026-03-06T12:00:00+01:00")
	check("a business day back from a Sunday", Delay{1, BusinessDays}, -1, week, "2026-03-08T12:00:00+01:00", "2026-03-06T12:00:00+01:00")
	check("Sunday is a working day here", Delay{1, BusinessDays}, 1, []Weekday{Sunday, Monday}, "2026-03-06T12:00:00+01:00", "2026-03-08T12:00:00+01:00")
	check("one working day a week", Delay{3, BusinessDays}, 1, []Weekday{Wednesday}, "2026-03-04T12:00:00+01:00", "2026-03-25T12:00:00+01:00")
	check("no working day at all", Delay{3, BusinessDays}, 1, nil, "2026-03-04T12:00:00+01:00", "2026-03-04T12:00:00+01:00")
	check("nothing", Delay{0, BusinessDays}, 1, week, "2026-03-07T12:00:00+01:00", "2026-03-07T12:00:00+01:00")
}

func TestWorkingHours_CheckNamesEveryFault(t *testing.T) {
	t.Parallel()
	check := func(name string, h WorkingHours, want ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, want, faults(h.Check("hours")))
		})
	}
	check("default", DefaultWorkingHours)
	check("all the time", WorkingHours{From: 0, To: 1440, Days: Weekdays})
	check("nothing was said", WorkingHours{}, "hours.to working_hours_empty", "hours.days working_days_missing")
	check("backwards", WorkingHours{From: 600, To: 540, Days: Weekdays}, "hours.to working_hours_empty")
	check("no time at all", WorkingHours{From: 600, To: 600, Days: Weekdays}, "hours.to working_hours_empty")
	check("out of the day", WorkingHours{From: -1, To: 1441, Days: Weekdays}, "hours.from time_of_day_invalid", "hours.to time_of_day_invalid")
	check("days that are none", WorkingHours{From: 0, To: 60, Days: []Weekday{"Monday", "", Friday, "freitag", Friday}},
		"hours.days[0] weekday_unknown", "hours.days[1] weekday_unknown", "hours.days[3] weekday_unknown", "hours.days[4] weekday_twice")
}

// faults are the places that a Problem names, each with its code.
func faults(p *Problem) []string {
	if p == nil {
		return nil
	}
	var out []string
	for _, f := range p.Fields {
		out = append(out, f.Path+" "+f.Code)
	}
	return out
}

func TestWorkingHours_JSON(t *testing.T) {
	t.Parallel()
	out, err := json.Marshal(DefaultWorkingHours)
	require.NoError(t, err)
	require.JSONEq(t, `{"from":"08:00","to":"18:00","days":["monday","tuesday","wednesday","thursday","friday"]}`, string(out))
	var back WorkingHours
	require.NoError(t, json.Unmarshal(out, &back))
	require.Equal(t, DefaultWorkingHours, back)

	var midnight TimeOfDay
	require.NoError(t, midnight.UnmarshalText([]byte("24:00")))
	require.Equal(t, "24:00", midnight.String())
	for _, bad := range []string{"", "8:00", "08:60", "24:01", "25:00", "08:00:00", " 8:00", "-1:00", "noon", "08:00 "} {
		var clock TimeOfDay
		requireProblem(t, clock.UnmarshalText([]byte(bad)), "time_of_day_invalid", "")
	}
}

func TestWorkingHours_String(t *testing.T) {
	t.Parallel()
	require.Equal(t, "08:00 to 18:00, Monday to Friday", DefaultWorkingHours.String())
	days := func(days ...Weekday) string { return dayWords(days) }
	require.Equal(t, "Monday to Sunday", days(Weekdays...))
	require.Equal(t, "Sunday", days(Sunday))
	require.Equal(t, "Monday to Thursday, Sunday", days(Sunday, Monday, Tuesday, Wednesday, Thursday))
	require.Equal(t, "Monday, Tuesday, Thursday, Friday", days(Friday, Monday, Tuesday, Thursday))
	require.Empty(t, days())
	reversed := slices.Clone(Weekdays)
	slices.Reverse(reversed)
	require.Equal(t, "Monday to Sunday", days(reversed...))
}
