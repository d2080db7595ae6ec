package coaching_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/coaching"
)

func TestOnwardAt(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	check := func(want time.Duration, recent, perHour int, last time.Duration) {
		t.Helper()
		require.Equal(t, want, coaching.OnwardAt(now, recent, perHour, now.Add(last)).Sub(now))
	}
	long := -24 * time.Hour
	check(0, 0, 30, long)
	check(0, 29, 30, long)
	check(2*time.Minute, 30, 30, long)
	check(2*time.Minute, 1000, 30, long)
	check(0, 0, 1, long)
	check(2*time.Minute, 1, 1, long)
	check(12*time.Minute, 35, 30, 10*time.Minute)
	check(12*time.Minute, 3, 30, 10*time.Minute)             // nothing overtakes what waits
	check(2*time.Minute, 30, 30, -1*time.Minute)             // the last that waited has just left
	check(0, 29, 30, -time.Second)                           // and there is room again
	check(26*time.Hour+2*time.Minute, 800, 30, 26*time.Hour) // a day's backlog
	require.Equal(t, now, coaching.OnwardAt(now, 0, 30, time.Time{}))
}

// However many messages come at once, they leave in order, with a gap, and no more than
// the limit and one every two minutes in any hour.
func TestOnwardAt_AThousandAtOnce(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	var moments []time.Time
	var last time.Time
	for range 1000 {
		at := coaching.OnwardAt(now, len(moments), 30, last)
		if at.After(now) {
			last = at
		}
		moments = append(moments, at)
	}
	for i, at := range moments[30:] {
		require.Equal(t, time.Duration(i+1)*coaching.OnwardGap, at.Sub(now))
	}
	require.Equal(t, now, moments[29])
}
