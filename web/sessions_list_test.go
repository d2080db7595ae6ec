package web

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/app"
)

func TestWeek_BeginsOnMonday(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	auckland, err := time.LoadLocation("Pacific/Auckland")
	require.NoError(t, err)
	now := time.Date(2026, 3, 1, 23, 30, 0, 0, time.UTC) // a Sunday; Monday in Berlin and Auckland
	for name, c := range map[string]struct {
		day  string
		zone *time.Location
		want string
	}{
		"no day":               {"", time.UTC, "2026-02-23"},
		"no day, east of here": {"", berlin, "2026-03-02"},
		"no day, far east":     {"", auckland, "2026-03-02"},
		"a Monday":             {"2026-03-02", berlin, "2026-03-02"},
		"a Sunday":             {"2026-03-08", berlin, "2026-03-02"},
		"over the end of year": {"2027-01-02", berlin, "2026-12-28"},
		"clocks go forward":    {"2026-03-29", berlin, "2026-03-23"},
		"no date":              {"2026-02-30", berlin, "2026-03-02"},
		"made up":              {"<b>", berlin, "2026-03-02"},
		"too far":              {"9999-01-01", berlin, "2026-03-02"},
	} {
		got := mondayOf(c.day, now, c.zone)
		require.Equal(t, c.want, got.Format(time.DateOnly), name)
		require.Equal(t, time.Monday, got.Weekday(), name)
		require.Zero(t, got.Hour(), name)
	}
}

func TestWeek_PutsSessionsOnTheirDays(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	monday := mondayOf("2026-03-23", time.Time{}, berlin) // the clocks go forward on its Sunday
	at := func(s string) app.ListedSession {
		begin, err := time.Parse(time.RFC3339, s)
		require.NoError(t, err)
		return app.ListedSession{StartsAt: begin}
	}
	w := newWeek(monday, time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC), []app.ListedSession{at("2026-03-22T23:00:00Z"), at("2026-03-23T22:59:00Z"), at("2026-03-29T21:59:00Z")}, "")
	require.Equal(t, []int{2, 0, 0, 0, 0, 0, 1}, []int{len(w.Days[0].Sessions), len(w.Days[1].Sessions), len(w.Days[2].Sessions), len(w.Days[3].Sessions), len(w.Days[4].Sessions), len(w.Days[5].Sessions), len(w.Days[6].Sessions)})
	require.True(t, w.Days[6].Today)
	require.Equal(t, "/sessions?week=2026-03-30", w.URL(1))
	require.Equal(t, "/sessions?week=2026-03-16", w.URL(-1))
	require.Equal(t, "23 to 29 March 2026", w.title())
	require.Equal(t, "28 December 2026 to 3 January 2027", newWeek(mondayOf("2027-01-01", time.Time{}, berlin), monday, nil, "").title())
}
