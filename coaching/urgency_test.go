package coaching_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/coaching"
)

func TestUrgency(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
	day := func(n int) time.Time { return now.AddDate(0, 0, n) }
	open := func(due, next time.Time) coaching.ItemState {
		return coaching.ItemState{Status: coaching.Open, DueAt: due, Next: coaching.NextStep{At: next}}
	}
	waiting := coaching.ItemState{Status: coaching.Waiting, DueAt: day(-9), Next: coaching.NextStep{At: day(2)}}
	never := time.Time{}
	fallsTo := [][]coaching.ItemState{
		{open(day(-7), day(1))},
		{open(day(-1), never), waiting},
		{open(day(3), day(1)), open(day(2), day(2))},
		{waiting, open(never, day(4))},
		{open(day(400), never)},
		{open(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), never)},
		{open(never, never), {Status: coaching.Completed, DueAt: day(-30)}},
	}
	last := int64(1) << 62
	for i, items := range fallsTo {
		urgency := coaching.Urgency(items)
		require.Less(t, urgency, last, "program %d is less urgent than the one before", i)
		last = urgency
	}
	require.Zero(t, last)
	require.Zero(t, coaching.Urgency(nil))
	require.Equal(t, coaching.UrgencyAt(day(-7)), coaching.Urgency(fallsTo[0]))
	require.Equal(t, day(2), coaching.FirstDue(fallsTo[2]))
	require.Zero(t, coaching.FirstDue([]coaching.ItemState{waiting}), "what waits is not due yet")
}
