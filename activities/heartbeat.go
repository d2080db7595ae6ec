package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
)

// heartbeatEvery is well within the heartbeat timeout of the workflows.
const heartbeatEvery = 2 * time.Second

// startHeartbeat heartbeats until stop is called: waiting for the rate limiter can
// take longer than the heartbeat timeout.
func startHeartbeat(ctx context.Context) (stop func()) {
	if !activity.IsActivity(ctx) {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		ticks := time.NewTicker(heartbeatEvery)
		defer ticks.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticks.C:
				activity.RecordHeartbeat(ctx)
			}
		}
	}()
	return cancel
}
