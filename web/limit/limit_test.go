package limit

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// clock is one that a test sets.
type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

func (c *clock) pass(d time.Duration) { c.Time = c.Add(d) }

var fiveThenEvery12s = Rate{Burst: 5, Every: 12 * time.Second}

func newLimits(most int) (*clock, *Limits, *Table) {
	c := &clock{time.Date(2026, 3, 29, 0, 59, 59, 0, time.UTC)}
	return c, New(c.now), NewTable(fiveThenEvery12s, most)
}

func lock(t *testing.T, l *Limits, claim Claim) {
	t.Helper()
	for range fiveThenEvery12s.Burst {
		require.Zero(t, l.Take(claim))
	}
	require.NotZero(t, l.Take(claim))
}

func TestTake_ABurstThenOneEverySoOften(t *testing.T) {
	t.Parallel()
	c, l, table := newLimits(10)
	lock(t, l, table.Of("a"))
	require.Equal(t, 12*time.Second, l.Take(table.Of("a")))
	require.Zero(t, l.Take(table.Of("b")), "each key has its own")
	c.pass(11 * time.Second)
	require.Equal(t, time.Second, l.Take(table.Of("a")), "what is refused does not count")
	c.pass(time.Second)
	require.Zero(t, l.Take(table.Of("a")))
	require.Equal(t, 12*time.Second, l.Take(table.Of("a")))
	c.pass(time.Hour)
	lock(t, l, table.Of("a"))
}

func TestTake_AllOrNothing(t *testing.T) {
	t.Parallel()
	_, l, one := newLimits(10)
	other := NewTable(Rate{Burst: 1, Every: time.Hour}, 10)
	require.Zero(t, l.Take(one.Of("a"), other.Of("a")))
	for range 20 {
		require.Equal(t, time.Hour, l.Take(one.Of("a"), other.Of("a")), "the longest wait")
	}
	for range 4 {
		require.Zero(t, l.Take(one.Of("a")))
	}
	require.Equal(t, 12*time.Second, l.Take(one.Of("a")))
}

func TestGiveBack_TakesATryOffAgain(t *testing.T) {
	t.Parallel()
	_, l, table := newLimits(10)
	for range 50 {
		require.Zero(t, l.Take(table.Of("a")))
		l.GiveBack(table.Of("a"))
	}
	require.Empty(t, table.buckets, "a full bucket is none")
	lock(t, l, table.Of("a"))
	l.GiveBack(table.Of("a"))
	require.Zero(t, l.Take(table.Of("a")))
	require.NotZero(t, l.Take(table.Of("a")))
	l.GiveBack(table.Of("never taken"))
	require.Len(t, table.buckets, 1)
}

func TestTable_AFloodDoesNotFreeWhatIsLocked(t *testing.T) {
	t.Parallel()
	_, l, table := newLimits(1000)
	lock(t, l, table.Of("victim"))
	for i := range 20000 {
		require.Zero(t, l.Take(table.Of(fmt.Sprint("other ", i))))
		require.LessOrEqual(t, len(table.buckets), 1000)
	}
	require.Equal(t, 12*time.Second, l.Take(table.Of("victim")))
	require.Equal(t, table.recent.Len(), len(table.buckets))
}

func TestTable_ForgetsWhatWasUsedLongestAgo(t *testing.T) {
	t.Parallel()
	_, l, table := newLimits(3)
	for _, key := range []string{"a", "b", "c", "a", "d"} {
		require.Zero(t, l.Take(table.Of(key)))
	}
	require.NotContains(t, table.buckets, "b")
	require.Contains(t, table.buckets, "a")
}

func TestTable_FullOfLockedBucketsRefusesOthersUntilOneOpens(t *testing.T) {
	t.Parallel()
	c, l, table := newLimits(2)
	lock(t, l, table.Of("a"))
	lock(t, l, table.Of("b"))
	require.NotZero(t, l.Take(table.Of("c")))
	require.NotZero(t, l.Take(table.Of("a")), "and forgets none of them")
	c.pass(12 * time.Second)
	require.Zero(t, l.Take(table.Of("c")))
}

func TestTake_WhatIsRefusedMakesNobodyBeForgotten(t *testing.T) {
	t.Parallel()
	_, l, places := newLimits(10)
	addresses := NewTable(fiveThenEvery12s, 2)
	lock(t, l, places.Of("place"))
	require.Zero(t, l.Take(addresses.Of("a")))
	require.Zero(t, l.Take(addresses.Of("b")))
	for i := range 100 {
		require.NotZero(t, l.Take(places.Of("place"), addresses.Of(fmt.Sprint("other ", i))))
	}
	require.Contains(t, addresses.buckets, "a")
	require.Contains(t, addresses.buckets, "b")
}

func TestWords(t *testing.T) {
	t.Parallel()
	check := func(wait time.Duration, words, header string) {
		t.Helper()
		require.Equal(t, words, Words(wait))
		require.Equal(t, header, RetryAfter(wait))
	}
	check(time.Nanosecond, "1 second", "1")
	check(11*time.Second+time.Millisecond, "12 seconds", "12")
	check(time.Minute, "60 seconds", "60")
	check(time.Minute+time.Nanosecond, "2 minutes", "61")
	check(5*time.Minute, "5 minutes", "300")
}
