package coaching_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/coaching"
)

func TestWeekOfSlots(t *testing.T) {
	t.Parallel()
	var days []coaching.SlotDay
	for _, date := range []coaching.Date{"2027-03-04", "2027-03-07", "2027-03-08", "2027-03-26", "2027-04-05"} {
		days = append(days, coaching.SlotDay{Date: date})
	}
	check := func(asked coaching.Date, earlier, later coaching.Date, want ...coaching.Date) {
		t.Helper()
		week := coaching.WeekOfSlots(days, asked)
		var got []coaching.Date
		for _, day := range week.Days {
			got = append(got, day.Date)
		}
		require.Equal(t, want, got)
		require.Equal(t, []coaching.Date{earlier, later}, []coaching.Date{week.Earlier, week.Later})
	}
	check("", "", "2027-03-08", "2027-03-04", "2027-03-07")
	check("2027-03-01", "", "2027-03-08", "2027-03-04", "2027-03-07")
	check("2027-03-14", "2027-03-01", "2027-03-22", "2027-03-08") // a Sunday
	check("2027-03-15", "2027-03-08", "2027-04-05", "2027-03-26") // nothing is free in that week
	check("2027-12-01", "2027-03-22", "", "2027-04-05")
	check("1999-01-01", "", "2027-03-08", "2027-03-04", "2027-03-07")
	check("no date", "", "2027-03-08", "2027-03-04", "2027-03-07")
	require.Equal(t, coaching.SlotWeek{}, coaching.WeekOfSlots(nil, "2027-03-01"))
}

// In the night in which the clock is put back, one time of day is two moments.
func TestSlotDay_LabelsTellAmbiguousTimesApart(t *testing.T) {
	t.Parallel()
	at := time.Date(2027, 10, 31, 0, 0, 0, 0, time.UTC) // 02:00 in Berlin for the first time
	days := coaching.SlotsByDay([]time.Time{at, at.Add(30 * time.Minute), at.Add(time.Hour), at.Add(2 * time.Hour)}, coaching.ZoneOrUTC("Europe/Berlin"))
	require.Len(t, days, 1)
	require.Equal(t, []string{"02:00 CEST", "02:30", "02:00 CET", "03:00"}, days[0].Labels())
}
