package coaching

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestJoin_FromTenMinutesBeforeUntilTheEnd(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	end := start.Add(time.Hour)
	const room = "https://meet.example.com/room"
	for name, c := range map[string]struct {
		place string
		now   time.Time
		want  JoinState
	}{
		"the day before":              {room, start.AddDate(0, 0, -1), JoinLater},
		"a moment too early":          {room, start.Add(-10*time.Minute - time.Nanosecond), JoinLater},
		"ten minutes before":          {room, start.Add(-10 * time.Minute), JoinOpen},
		"at its start":                {room, start, JoinOpen},
		"a moment before its end":     {room, end.Add(-time.Nanosecond), JoinOpen},
		"at its end":                  {room, end, JoinOver},
		"long after":                  {room, end.AddDate(1, 0, 0), JoinOver},
		"in another zone":             {room, start.In(time.FixedZone("", 14*3600)), JoinOpen},
		"a room":                      {"Room 4", start, JoinNowhere},
		"nowhere yet":                 {"", start, JoinNowhere},
		"an address that is no web's": {"tel:+4930123456", start, JoinNowhere},
		"without encryption":          {"http://meet.example.com", start, JoinOpen},
	} {
		j := JoinOf(c.place, start, end, c.now)
		require.Equal(t, c.want, j.State, name)
		require.Equal(t, c.want == JoinNowhere, j.URL == "", name)
		if c.want != JoinNowhere {
			require.Equal(t, start.Add(-10*time.Minute), j.From, name)
			require.Equal(t, end, j.Until, name)
		}
	}
}
