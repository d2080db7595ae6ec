package ics

import (
	"os"
	"strings"
	"testing"
	"time"

	"coachflow/coaching"

	"github.com/stretchr/testify/require"
)

// allZones are the names of the zones that people can have.
func allZones(t testing.TB) []string {
	t.Helper()
	raw, err := os.ReadFile("../../coaching/zones.txt")
	require.NoError(t, err)
	return strings.Fields(string(raw))
}

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := coaching.Zone(name)
	require.NoError(t, err)
	return zone
}

// offsetAt is the offset that the written rules have at a moment.
func (r zoneRules) offsetAt(t time.Time) int {
	if !r.yearly {
		return r.offset
	}
	offset := r.standard.to
	var latest time.Time
	for year := t.UTC().Year() - 1; year <= t.UTC().Year()+1; year++ {
		for _, change := range []clockChange{r.daylight, r.standard} {
			at := change.in(year).Add(-time.Duration(change.from) * time.Second)
			if !at.After(t) && at.After(latest) {
				latest, offset = at, change.to
			}
		}
	}
	return offset
}

// The written rules of every zone there is give the offsets of the zone, on each day of
// three years and on both sides of each change.
func TestZoneRules_OfEveryZone(t *testing.T) {
	t.Parallel()
	const year = 2027
	var without []string
	for _, name := range allZones(t) {
		zone := zoneOf(t, name)
		rules, known := rulesOf(zone, year)
		if !known {
			without = append(without, name)
			continue
		}
		check := func(at time.Time) {
			if _, offset := at.Zone(); offset != rules.offsetAt(at) {
				require.Equal(t, offset, rules.offsetAt(at), "%s at %s", name, at)
			}
		}
		begin := time.Date(year, 1, 1, 0, 0, 0, 0, zone)
		for day := range 3 * 365 {
			check(begin.AddDate(0, 0, day))
		}
		for _, change := range changesOf(begin) {
			check(change)
			check(change.Add(-time.Second))
		}
	}
	require.Equal(t, strings.Fields(`Africa/Cairo Africa/Casablanca Africa/El_Aaiun America/Godthab America/Nuuk America/Santiago America/Scoresbysund
		Asia/Gaza Asia/Hebron Asia/Jerusalem Asia/Tel_Aviv Chile/Continental Egypt Israel UTC`), without)
}

func TestZoneRules_AsWritten(t *testing.T) {
	t.Parallel()
	check := func(name string, want string) {
		t.Helper()
		rules, known := rulesOf(zoneOf(t, name), 2027)
		require.True(t, known, name)
		w := &writer{}
		rules.write(w, name)
		require.Equal(t, strings.ReplaceAll(want, " ", "\r\n")+"\r\n", w.String())
	}
	check("Europe/Berlin", "BEGIN:VTIMEZONE TZID:Europe/Berlin "+
		"BEGIN:DAYLIGHT DTSTART:19700329T020000 TZOFFSETFROM:+0100 TZOFFSETTO:+0200 RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU END:DAYLIGHT "+
		"BEGIN:STANDARD DTSTART:19701025T030000 TZOFFSETFROM:+0200 TZOFFSETTO:+0100 RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU END:STANDARD END:VTIMEZONE")
	check("America/New_York", "BEGIN:VTIMEZONE TZID:America/New_York "+
		"BEGIN:DAYLIGHT DTSTART:19700308T020000 TZOFFSETFROM:-0500 TZOFFSETTO:-0400 RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU END:DAYLIGHT "+
		"BEGIN:STANDARD DTSTART:19701101T020000 TZOFFSETFROM:-0400 TZOFFSETTO:-0500 RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU END:STANDARD END:VTIMEZONE")
	check("Australia/Lord_Howe", "BEGIN:VTIMEZONE TZID:Australia/Lord_Howe "+
		"BEGIN:DAYLIGHT DTSTART:19701004T020000 TZOFFSETFROM:+1030 TZOFFSETTO:+1100 RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=1SU END:DAYLIGHT "+
		"BEGIN:STANDARD DTSTART:19700405T020000 TZOFFSETFROM:+1100 TZOFFSETTO:+1030 RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU END:STANDARD END:VTIMEZONE")
	for name, offset := range map[string]string{"America/Sao_Paulo": "-0300", "Asia/Kathmandu": "+0545", "Asia/Kolkata": "+0530"} {
		check(name, "BEGIN:VTIMEZONE TZID:"+name+" BEGIN:STANDARD DTSTART:19700101T000000 TZOFFSETFROM:"+offset+" TZOFFSETTO:"+offset+" END:STANDARD END:VTIMEZONE")
	}
}

// A year in which a zone still changes its rules has none that is written.
func TestZoneRules_OfAZoneThatChangesItsRules(t *testing.T) {
	t.Parallel()
	_, known := rulesOf(zoneOf(t, "America/Sao_Paulo"), 2018)
	require.False(t, known)
	_, known = rulesOf(zoneOf(t, "Europe/Berlin"), 1994)
	require.False(t, known)
}
