package coaching

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAvailability_Check(t *testing.T) {
	t.Parallel()
	now := at(t, "2027-03-01T00:00:00Z")
	check := func(name string, change func(a *Availability), want ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := office(t)
			a.Exceptions = map[Date][]DayHours{"2027-03-30": {}}
			change(&a)
			require.Equal(t, want, faults(a.Check("availability", now)))
		})
	}
	hours := func(spans ...[2]string) []DayHours { return dayHours(t, spans) }
	check("as it should be", func(*Availability) {})
	check("closed all week", func(a *Availability) { a.Weekly = nil })
	check("two times that touch", func(a *Availability) {
		a.Weekly[Monday] = hours([2]string{"09:00", "12:00"}, [2]string{"12:00", "24:00"})
	})
	check("the numbers", func(a *Availability) {
		a.Duration, a.Step, a.Padding, a.Notice, a.Horizon, a.MostPerDay = 0, 4, -1, -1, 366, 51
	},
		"availability.duration_minutes number_out_of_range", "availability.step_minutes number_out_of_range", "availability.padding_minutes number_out_of_range",
		"availability.notice_minutes number_out_of_range", "availability.horizon_days number_out_of_range", "availability.most_per_day number_out_of_range")
	check("a notice beyond the horizon", func(a *Availability) { a.Horizon, a.Notice = 1, 2*24*60 }, "availability.notice_minutes notice_beyond_horizon")
	check("no such day", func(a *Availability) { a.Weekly["mon"] = nil }, "availability.weekly.mon weekday_unknown")
	check("hours that are none", func(a *Availability) { a.Weekly[Monday] = []DayHours{{540, 540}, {1440, 1500}, {0, 1441}} },
		"availability.weekly.monday[0].to hours_empty", "availability.weekly.monday[1].from time_of_day_invalid", "availability.weekly.monday[2].to time_of_day_invalid",
		"availability.weekly.monday[2] hours_overlap", "availability.weekly.monday[2] hours_overlap")
	check("hours without room", func(a *Availability) { a.Weekly[Monday] = hours([2]string{"09:00", "09:59"}) }, "availability.weekly.monday[0].to hours_too_short")
	check("hours that overlap", func(a *Availability) {
		a.Exceptions["2027-03-30"] = hours([2]string{"09:00", "12:00"}, [2]string{"11:00", "14:00"})
	},
		"availability.exceptions.2027-03-30[1] hours_overlap")
	check("dates that are none", func(a *Availability) {
		a.Exceptions = map[Date][]DayHours{"2027-02-29": {}, "30.3.2027": {}, "1999-01-01": {}}
	},
		"availability.exceptions.1999-01-01 date_out_of_range", "availability.exceptions.2027-02-29 date_invalid", "availability.exceptions.30.3.2027 date_invalid")
	check("very many times of a day", func(a *Availability) { a.Weekly[Monday] = make([]DayHours, 100000) }, "availability.weekly.monday too_many")
	check("very many dates", func(a *Availability) {
		for i := range 1000 {
			a.Exceptions[Date(fmt.Sprintf("2028-%d", i))] = nil
		}
	}, "availability.exceptions too_many")
}

func TestAvailability_AsJSON(t *testing.T) {
	t.Parallel()
	written := `{"weekly":{"monday":[{"from":"09:00","to":"24:00"}]},"exceptions":{"2027-03-30":[]},"duration_minutes":60,"step_minutes":30,` +
		`"padding_minutes":10,"notice_minutes":1440,"horizon_days":60}`
	var a Availability
	require.NoError(t, json.Unmarshal([]byte(written), &a))
	again, err := json.Marshal(a)
	require.NoError(t, err)
	require.JSONEq(t, written, string(again))
	require.Error(t, json.Unmarshal([]byte(`{"weekly":{"monday":[{"from":"9","to":"24:01"}]}}`), &a))
}

func TestParseHours_AsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", " , ": "", "09:00-12:00": "09:00-12:00", "9-12, 13:30–17": "09:00-12:00, 13:30-17:00", "9:00 to 10:00; 22:00 — 24:00": "09:00-10:00, 22:00-24:00",
	} {
		hours, problem := ParseHours(text)
		require.Nil(t, problem, text)
		require.Equal(t, want, ShowHours(hours), text)
		again, problem := ParseHours(ShowHours(hours))
		require.Nil(t, problem)
		require.Equal(t, hours, again)
	}
	for _, text := range []string{"nine", "9", "9-", "-9", "25:00-26:00", "09:00-12:60", "9--12", "09:00-10:00-11:00"} {
		_, problem := ParseHours(text)
		require.NotNil(t, problem, text)
		require.Equal(t, "hours_invalid", problem.Code, text)
	}
}
