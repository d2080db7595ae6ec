package app

import (
	"context"
	"runtime"

	"coachflow/coaching"
)

// Lane bounds how many passwords are checked at once, and how many wait for that,
// since each takes a processor for some milliseconds, 19 MiB and a connection to the
// database. Who waits is served in order.
//
// There are two (see App): whatever strangers send, the lane of those who are known
// stays free.
type Lane struct {
	places chan struct{} // of those who wait or are served
	slots  chan struct{} // of those who are served
}

// laneSlots is half of the processors for a lane, so that the pages have some, too.
func laneSlots() int { return min(max(runtime.GOMAXPROCS(0)/2, 1), 4) }

// How many wait in a lane at most. Strangers are refused early: a queue as long as
// they like is what they could fill.
const (
	strangersWaiting = 30
	ownersWaiting    = 100
)

// NewLane makes a lane in which so many are served at once, and so many wait.
func NewLane(slots, waiting int) *Lane {
	return &Lane{places: make(chan struct{}, slots+waiting), slots: make(chan struct{}, slots)}
}

// Do waits for its turn and checks. Where too many wait, or ctx ends first, it answers
// with a problem and does nothing.
func (l *Lane) Do(ctx context.Context, check func() error) error {
	select {
	case l.places <- struct{}{}:
		defer func() { <-l.places }()
	default:
		return errBusy()
	}
	select {
	case l.slots <- struct{}{}: // a channel serves those who wait for it in order
		defer func() { <-l.slots }()
	case <-ctx.Done():
		return errBusy()
	}
	return check()
}

func errBusy() error {
	return coaching.Problemf(coaching.Unavailable, "passwords_busy", "Very many people are logging in at this moment. Nothing was done; try again in a few seconds.")
}
