package coaching

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// off are the default working hours with holidays.
func off(dates ...Date) WorkingHours {
	h := DefaultWorkingHours
	for _, date := range dates {
		h.Holidays = append(h.Holidays, Holiday{Date: date})
	}
	return h
}

func TestHolidays_NoReminderLeavesOnOne(t *testing.T) {
	t.Parallel()
	const berlin = "Europe/Berlin"
	check := func(name string, h WorkingHours, zoneName, from, next, before string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			where := zone(t, zoneName)
			got, found := h.ready().next(at(t, from), where)
			require.True(t, found)
			require.Equal(t, next, got.In(where).Format("Mon 2006-01-02T15:04"))
			got, found = h.ready().lastBefore(at(t, from), at(t, "2020-01-01T00:00:00Z"), where)
			require.True(t, found)
			require.Equal(t, before, got.In(where).Format("Mon 2006-01-02T15:04"))
		})
	}
	check("a holiday in the week", off("2027-05-06"), berlin, "2027-05-06T12:00:00+02:00", "Fri 2027-05-07T09:00", "Wed 2027-05-05T17:00")
	check("one on a weekend changes nothing", off("2027-05-08"), berlin, "2027-05-08T12:00:00+02:00", "Mon 2027-05-10T09:00", "Fri 2027-05-07T17:00")
	check("Easter, around its weekend", off("2027-03-26", "2027-03-28", "2027-03-29"), berlin, "2027-03-26T10:00:00+01:00", "Tue 2027-03-30T09:00", "Thu 2027-03-25T17:00")
	check("two holidays around a weekend's bridge", off("2027-12-24", "2027-12-27", "2027-12-28"), berlin, "2027-12-27T12:00:00+01:00", "Wed 2027-12-29T09:00", "Thu 2027-12-23T17:00")
	check("the date is the reader's: in Tokyo it is over", off("2027-05-06"), "Asia/Tokyo", "2027-05-06T16:00:00Z", "Fri 2027-05-07T09:00", "Wed 2027-05-05T17:00")
	check("in Los Angeles it has not begun", off("2027-05-06"), "America/Los_Angeles", "2027-05-06T06:30:00Z", "Fri 2027-05-07T09:00", "Wed 2027-05-05T17:00")
	var whole []Date
	for day := time.Date(2027, 1, 4, 0, 0, 0, 0, time.UTC); len(whole) < MostHolidays; day = day.AddDate(0, 0, 1) {
		whole = append(whole, DateOf(day))
	}
	check("a run of as many as there can be", off(whole...), berlin, "2027-01-04T10:00:00+01:00", "Fri 2027-07-23T09:00", "Fri 2027-01-01T17:00")
}

func TestHolidays_AreNoBusinessDaysOfALadder(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	check := func(h WorkingHours, from string, days, sign int, want string) {
		t.Helper()
		got := h.ready().move(at(t, from), Delay{days, BusinessDays}, sign, berlin)
		require.Equal(t, want, got.In(berlin).Format("Mon 2006-01-02T15:04"))
	}
	check(off(), "2027-05-05T12:00:00+02:00", 1, 1, "Thu 2027-05-06T12:00")
	check(off("2027-05-06"), "2027-05-05T12:00:00+02:00", 1, 1, "Fri 2027-05-07T12:00")
	check(off("2027-05-06", "2027-05-07"), "2027-05-05T12:00:00+02:00", 1, 1, "Mon 2027-05-10T12:00")
	check(off("2027-05-06"), "2027-05-07T12:00:00+02:00", 1, -1, "Wed 2027-05-05T12:00")
	check(off("2027-05-06"), "2027-05-06T12:00:00+02:00", 0, 1, "Thu 2027-05-06T12:00")
	check(off("2027-05-08"), "2027-05-07T12:00:00+02:00", 1, 1, "Mon 2027-05-10T12:00")
	require.Equal(t, at(t, "2027-05-06T12:00:00+02:00").UTC(), Delay{1, BusinessDays}.After(at(t, "2027-05-05T12:00:00+02:00"), berlin).UTC(), "a release counts Monday to Friday")
}

func TestHolidays_AnyReckoningEnds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := anyHours(t)
		from := anyMoment(t, "from")
		for range rapid.IntRange(0, 40).Draw(t, "holidays") {
			h.Holidays = append(h.Holidays, Holiday{Date: DateOf(from.AddDate(0, 0, rapid.IntRange(-30, 60).Draw(t, "day")))})
		}
		where := ZoneOrUTC(rapid.SampledFrom(uglyZones).Draw(t, "zone"))
		work := h.ready()
		next, found := work.next(from, where)
		require.True(t, found)
		require.True(t, work.allows(next, where))
		require.False(t, work.holidays[DateOf(next.In(where))])
		last, found := work.lastBefore(from, from.AddDate(-1, 0, 0), where)
		require.True(t, found)
		require.True(t, work.allows(last, where))
	})
}

func TestHolidays_AreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	days := ParseHolidays(" 2027-12-24  Holy   Night \r\n\n2027-01-01\tNew Year\n2027-06-06\n")
	require.Equal(t, []Holiday{{"2027-12-24", "Holy Night"}, {"2027-01-01", "New Year"}, {"2027-06-06", ""}}, days)
	require.Equal(t, "2027-01-01 New Year\n2027-06-06\n2027-12-24 Holy Night", ShowHolidays(days))
	require.Empty(t, ParseHolidays(" \n"))

	check := func(text string, want ...string) {
		t.Helper()
		h := DefaultWorkingHours
		h.Holidays = ParseHolidays(text)
		p := h.Check("hours")
		var got []string
		if p != nil {
			for _, field := range p.Fields {
				got = append(got, field.Path+" "+field.Code)
			}
		}
		require.Equal(t, want, got)
	}
	check("2027-01-01 New Year")
	check("New Year\n2027-02-29 none\n1.1.2027", "hours.holidays[0].date date_invalid", "hours.holidays[1].date date_invalid", "hours.holidays[2].date date_invalid")
	check("2027-01-01\n2027-01-01 again", "hours.holidays[1].date date_twice")
	check("2027-01-01 "+strings.Repeat("x", 201), "hours.holidays[0].name name_invalid")
	check("2027-01-01 a\u202eb", "hours.holidays[0].name name_invalid")
	check(strings.Repeat("2027-01-01\n", 201), "hours.holidays too_many")
}
