package coaching

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// FuzzMoment reads dates and zones of every spelling, without a database: each is refused
// with a problem, or it is a moment that a plan can have, and is written out and read
// back as the same. The one of package api sends them.
func FuzzMoment(f *testing.F) {
	for _, at := range []string{"2027-03-04T09:00", "2027-03-28T02:30", "9999-12-31T23:59", "0000-01-01T00:00", "0001-01-01T00:00", "2028-02-29T24:00", "2046-03-04T09:00:59.9", ""} {
		for _, zone := range []string{"Europe/Berlin", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Antarctica/Troll", "Pacific/Apia", "posixrules", "right/UTC", "Local", "../UTC"} {
			f.Add(at, zone)
		}
	}
	now := at(f, "2026-03-04T09:00:00Z")
	f.Fuzz(func(t *testing.T, wall, name string) {
		local, err := ParseLocalTime(wall)
		if err != nil {
			requireProblem(t, err, "local_time_invalid", "")
			return
		}
		var again LocalTime
		data, err := json.Marshal(local)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(data, &again))
		require.Equal(t, local, again)
		zone, err := Zone(name)
		if err != nil {
			requireProblem(t, err, "time_zone_unknown", "")
			return
		}
		moment := local.In(zone)
		if problem := CheckMoment(moment, now, "due.at"); problem != nil {
			requireProblem(t, problem, "date_out_of_range", "due.at")
			return
		}
		for _, moment := range []time.Time{moment, moment.UTC()} {
			var back time.Time
			data, err = json.Marshal(moment)
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(data, &back))
			require.True(t, moment.Equal(back))
		}
	})
}
