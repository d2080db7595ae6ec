package coaching

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCalendarAddress(t *testing.T) {
	t.Parallel()
	check := func(text, want, code string) {
		t.Helper()
		got, problem := CalendarAddress(text, "address")
		require.Equal(t, want, got, text)
		if code == "" {
			require.Nil(t, problem, text)
			return
		}
		require.Equal(t, code, problem.Code, text)
		require.Equal(t, "address", problem.Fields[0].Path)
		require.NotContains(t, problem.Error(), "4f1c")
	}
	check(" https://example.com/4f1c.ics\n", "https://example.com/4f1c.ics", "")
	check("webcal://example.com/4f1c.ics?a=b", "https://example.com/4f1c.ics?a=b", "")
	check("WebCal://example.com/4f1c.ics", "https://example.com/4f1c.ics", "")
	check("webcals://example.com/4f1c.ics", "https://example.com/4f1c.ics", "")
	check("http://example.com:8443/4f1c.ics#top", "http://example.com:8443/4f1c.ics", "")
	check("HTTPS://example.com/4f1c.ics", "https://example.com/4f1c.ics", "")
	check("https://bücher.example/ä", "https://b%C3%BCcher.example/%C3%A4", "")
	check("", "", "calendar_address_missing")
	check("example.com/4f1c.ics", "", "calendar_address_invalid")
	check("ftp://example.com/4f1c.ics", "", "calendar_address_invalid")
	check("https://", "", "calendar_address_invalid")
	check("https:///4f1c.ics", "", "calendar_address_invalid")
	check("https:example.com/4f1c.ics", "", "calendar_address_invalid")
	check("https://example.com/4f1c .ics", "", "calendar_address_invalid")
	check("https://example.com/4f1c\x00", "", "calendar_address_invalid")
	check("https://example.com/4f1c\xff", "", "calendar_address_invalid")
	check("https://example.com/4f1c"+strings.Repeat("x", 2000), "", "calendar_address_invalid")
	check("https://me:4f1c@example.com/", "", "calendar_address_user")
	check("webcal://4f1c@example.com/", "", "calendar_address_user")
}

func TestShortCalendarAddress_HoldsNoSecret(t *testing.T) {
	t.Parallel()
	require.Equal(t, "example.com:8443/…", ShortCalendarAddress("https://example.com:8443/4f1c.ics?4f1c"))
	require.Equal(t, "…", ShortCalendarAddress("http://[4f1c"))
	for given, want := range map[string]string{"": "example.com", "  ": "example.com", " Family ": "Family"} {
		name, err := CalendarName(given, "https://www.example.com/4f1c")
		require.NoError(t, err)
		require.Equal(t, want, name)
	}
	_, err := CalendarName("two\nlines", "https://example.com")
	require.Error(t, err)
}

func TestR15_ACoachIsToldOnceOfEachFailingPeriod(t *testing.T) {
	t.Parallel()
	now := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	var s BusyState
	told := 0
	passes := func(d time.Duration, works bool) {
		for end := now.Add(d); now.Before(end); now = now.Add(BusyEvery) {
			if works {
				s = s.Worked(now)
				continue
			}
			var tell bool
			if s, tell = s.Failed(now); tell {
				told++
			}
		}
	}
	passes(time.Hour, true)
	passes(24*time.Hour, false)
	require.Zero(t, told, "not yet a day since it failed first")
	passes(100*24*time.Hour, false)
	require.Equal(t, 1, told)
	require.NotNil(t, s.WorkedAt, "what was read before is known")
	passes(BusyEvery, true)
	require.Nil(t, s.FailingSince)
	passes(23*time.Hour, false)
	passes(BusyEvery, true)
	passes(23*time.Hour, false)
	require.Equal(t, 1, told, "it worked again in between")
	passes(2*time.Hour, false)
	require.Equal(t, 2, told)
}

func TestBusyWeek(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	at := func(text string) time.Time {
		moment, err := time.ParseInLocation("2006-01-02 15:04", text, berlin)
		require.NoError(t, err)
		return moment
	}
	now := at("2027-03-26 14:00") // a Friday; the clocks go forward on Sunday
	week := BusyWeek([]Interval{{at("2027-03-26 09:00"), at("2027-03-26 10:00")}, {at("2027-03-27 22:00"), at("2027-03-28 04:00")}, {at("2027-03-29 00:00"), at("2027-03-30 00:00")},
		{at("2027-04-02 09:00"), at("2027-04-02 10:00")}}, now, berlin)
	require.Equal(t, map[Weekday][]DayHours{Friday: {{9 * 60, 10 * 60}}, Saturday: {{22 * 60, 24 * 60}}, Sunday: {{0, 4 * 60}}, Monday: {{0, 24 * 60}}}, week,
		"today as a whole, and not the same day of the next week")
}

func TestCutInterval(t *testing.T) {
	t.Parallel()
	at := func(hour int) time.Time { return time.Date(2027, 3, 1, hour, 0, 0, 0, time.UTC) }
	check := func(cut [2]int, want ...[2]int) {
		t.Helper()
		var got [][2]int
		for _, i := range CutInterval([]Interval{{at(2), at(5)}, {at(8), at(9)}}, Interval{at(cut[0]), at(cut[1])}) {
			got = append(got, [2]int{i.From.Hour(), i.To.Hour()})
		}
		require.Equal(t, want, got)
	}
	check([2]int{0, 2}, [2]int{2, 5}, [2]int{8, 9})
	check([2]int{5, 8}, [2]int{2, 5}, [2]int{8, 9})
	check([2]int{3, 4}, [2]int{2, 3}, [2]int{4, 5}, [2]int{8, 9})
	check([2]int{2, 5}, [2]int{8, 9})
	check([2]int{4, 10}, [2]int{2, 4})
	check([2]int{1, 10})
}
