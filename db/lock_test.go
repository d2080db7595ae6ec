package db_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/db"
	"coachflow/dev/testkit"
)

func TestWithAdvisoryLock_OneAtATimeAndTheNextTakesOver(t *testing.T) {
	t.Parallel()
	url := testkit.Database(t)
	var inside, most atomic.Int32
	entered := make(chan int, 4)
	run := func(ctx context.Context, who int) (stop func()) {
		d, err := db.Open(t.Context(), url)
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() {
			ended <- d.WithAdvisoryLock(ctx, db.IngestLock, func(ctx context.Context) error {
				most.Store(max(most.Load(), inside.Add(1)))
				entered <- who
				<-ctx.Done()
				inside.Add(-1)
				return nil
			})
		}()
		return func() {
			cancel()
			require.NoError(t, <-ended)
			d.Close()
		}
	}
	stopFirst := run(t.Context(), 1)
	require.Equal(t, 1, <-entered)
	stopSecond := run(t.Context(), 2)
	stopFirst()
	select {
	case who := <-entered:
		require.Equal(t, 2, who)
	case <-time.After(30 * time.Second):
		t.Fatal("nobody took over")
	}
	stopSecond()
	require.EqualValues(t, 1, most.Load())
}
