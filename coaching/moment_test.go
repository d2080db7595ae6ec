package coaching

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestCheckMoment_TakesTenYearsBackToTwentyAhead(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-03-04T09:00:00Z")
	check := func(moment string, fine bool) {
		t.Helper()
		problem := CheckMoment(at(t, moment), now, "due.at")
		if fine {
			require.Nil(t, problem, moment)
			return
		}
		requireProblem(t, problem, "date_out_of_range", "due.at")
	}
	check("2016-03-04T09:00:00Z", true)
	check("2016-03-04T08:59:59Z", false)
	check("2046-03-04T09:00:00Z", true)
	check("2046-03-04T09:00:01Z", false)
	check("2046-03-04T20:00:00+14:00", true) // 06:00 in UTC
	check("2046-03-04T08:59:00-11:00", false)
	check("0001-01-01T00:00:00Z", false)
	check("9999-12-31T23:59:00-11:00", false) // the year 10000 in UTC
}

// TestPlanEdit_DatesThatNoPlanHas are those that would be stored and never written
// out again: the moment counts, not what the clock of the recipient shows.
func TestPlanEdit_DatesThatNoPlanHas(t *testing.T) {
	t.Parallel()
	check := func(name, wall, zoneName, code string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			date, c := local(t, wall), running()
			c.Now, c.Zone = at(t, "2026-01-11T00:00:00Z"), func(ItemSpec) string { return zoneName }
			state := open(day(1))
			state.Zone = zoneName
			current := programItems(item("Open", state))
			due := func(s *ItemSpec) { s.Due = &DueRule{At: &date} }
			for place, wanted := range map[string][]EditItem{
				"items[1].release.at": append(asIs(current), newItem(1, released(ReleaseRule{Rule: At, At: &date}))),
				"items[1].due.at":     append(asIs(current), newItem(1, due)),
				"items[0].due.at":     {with(asIs(current)[0], due)},
			} {
				_, err := PlanEdit(current, wanted, c)
				if code == "" {
					require.NoError(t, err, place)
					continue
				}
				requireProblem(t, err, code, place)
			}
		})
	}
	check("the year 10000 in UTC", "9999-12-31T23:59", "Pacific/Pago_Pago", "date_out_of_range")
	check("the last day of four digits", "9999-12-31T23:59", "Pacific/Kiritimati", "date_out_of_range")
	check("the year 0", "0000-01-01T00:00", "Pacific/Kiritimati", "date_out_of_range")
	check("the year 1, which no time at all is, too", "0001-01-01T00:01", "UTC", "date_out_of_range")
	check("twenty years, and an hour too late in the west", "2046-01-10T14:00", "Pacific/Pago_Pago", "date_out_of_range")
	check("twenty years in the west", "2046-01-10T13:00", "Pacific/Pago_Pago", "")
	check("twenty years in the east", "2046-01-11T14:00", "Pacific/Kiritimati", "")
	check("eleven years ago", "2015-01-01T00:00", "UTC", "date_out_of_range")
}

func TestItemSpec_CheckDates(t *testing.T) {
	t.Parallel()
	now, far := at(t, "2026-03-04T09:00:00Z"), local(t, "9999-12-31T23:59")
	requireProblem(t, aForm(released(ReleaseRule{Rule: At, At: &far})).CheckDates(now, "items[0]"), "date_out_of_range", "items[0].release.at")
	requireProblem(t, aForm(func(s *ItemSpec) { s.Due = &DueRule{At: &far} }).CheckDates(now, "items[0]"), "date_out_of_range", "items[0].due.at")
	require.Nil(t, aForm(dueAfter(730, Days)).CheckDates(now, "items[0]"))
}

// TestDelay_StaysWithinWhatCanBeWritten lays the longest delays behind the latest
// date: however a program is put together, every moment of it can be written out.
func TestDelay_StaysWithinWhatCanBeWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.SampledFrom([]DelayUnit{Hours, Days, BusinessDays}).Draw(t, "unit")
		d := Delay{Amount: maxDelay[unit], Unit: unit}
		require.Nil(t, d.Check("delay"))
		d.Amount++
		require.NotNil(t, d.Check("delay"), "a longer one is refused")
		d.Amount--
		zone := ZoneOrUTC(rapid.SampledFrom([]string{"Pacific/Pago_Pago", "Pacific/Kiritimati", "UTC"}).Draw(t, "zone"))
		last := time.Now().AddDate(yearsFuture, 0, 0)
		oneDay := WorkingHours{From: 480, To: 481, Days: []Weekday{"monday"}}
		for _, at := range []time.Time{d.After(last, zone), oneDay.ready().move(last, d, 1, zone)} {
			require.Less(t, at.UTC().Year(), 9000)
		}
	})
}
