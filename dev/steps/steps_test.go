package steps

import (
	"container/list"
	"testing"

	"github.com/stretchr/testify/require"
)

// fill makes a list that is as long as it says; its steps are those of the
// package container/list.
func fill(length int) {
	l := list.New()
	for i := range length {
		l.PushBack(i)
	}
}

func TestCounter_TellsLinearFromQuadratic(t *testing.T) {
	t.Parallel()
	c := New(t, "container/list")
	c.Linear("a list", 100, fill)
	c.AtMost(20, "a list", 100, func() { fill(100) })
	once, again := c.count(1000, fill), c.count(1000, fill)
	small, large := c.count(20, func(size int) { fill(size * size) }), c.count(80, func(size int) { fill(size * size) })
	if c.counted {
		return
	}
	require.Positive(t, once)
	require.InDelta(t, once, again, 20, "the same work takes the same steps; a few are the counter's own")
	require.False(t, linear(small, large), "%d, %d", small, large)
	require.False(t, linear(0, 0), "nothing was counted")
}
