package coaching

import "time"

// The messages of one side of a conversation go on by mail at once, up to a number that
// an organization sets for OnwardWithin. What is over that, as when a mailbox was taken
// over or a program writes from it, waits: one leaves every OnwardGap, in the order in
// which they came. Nothing is dropped, and all of it is in the stream at once.
const (
	OnwardWithin = time.Hour
	OnwardGap    = 2 * time.Minute
)

// OnwardAt is the moment at which the next message goes on; now: at once. recent is how
// many went on to the same side within OnwardWithin, or wait to, and last the moment of
// the last one that had to wait, zero for none.
func OnwardAt(now time.Time, recent, perHour int, last time.Time) time.Time {
	waiting := last.After(now)
	switch {
	case waiting:
		return last.Add(OnwardGap)
	case recent >= perHour:
		return now.Add(OnwardGap)
	}
	return now
}
