package coaching

import (
	"fmt"
	"time"

	"github.com/google/uuid"
)

func indexed(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// Release is the decision about one item that waits. At is the moment it goes
// out and is zero while that is not known; WaitsFor is then the item before it
// (uuid.Nil: a person's command).
type Release struct {
	At       time.Time
	WaitsFor uuid.UUID
}

// Known reports whether the moment of the release is known.
func (r Release) Known() bool { return !r.At.IsZero() }

// ReleaseOf decides when item i of a program goes out. started is when the
// program began, which is what the first item counts from. Pauses are not
// looked at: a paused program releases nothing, and resuming shifts the times.
func ReleaseOf(items []ItemState, i int, started time.Time) Release {
	item := items[i]
	switch {
	case item.Status == Sending:
		return Release{At: item.SendAt}
	case item.Status != Waiting || item.Release.Rule == Manual:
		return Release{}
	case item.Release.Rule == At:
		return Release{At: item.ReleaseAt}
	}
	prior, found := Prior(items, i)
	if found && !items[prior].Done() {
		return Release{WaitsFor: items[prior].ID}
	}
	base := started
	if found {
		base = items[prior].DoneAt
	}
	// A pause only ever puts a release off. Where the rule says later than the
	// shifted moment, the item before was reopened and done again since.
	return Release{At: later(afterPrior(item, base), item.ReleaseAt)}
}

func afterPrior(item ItemState, base time.Time) time.Time {
	if item.Release.Delay == nil {
		return base
	}
	return item.Release.Delay.After(base, ZoneOrUTC(item.Zone))
}

// Prior finds the item directly before item i. An item that was removed before
// it was ever issued is not there any more; one that was removed afterwards
// counts, as done.
func Prior(items []ItemState, i int) (int, bool) {
	for j := i - 1; j >= 0; j-- {
		if items[j].Status == Removed && items[j].IssuedAt.IsZero() {
			continue
		}
		return j, true
	}
	return 0, false
}

// Finished reports whether every item has ended, so that the program is
// complete. An empty program is not: items may still be added.
func Finished(items []ItemState) bool {
	live := false
	for _, item := range items {
		if !item.Ended() {
			return false
		}
		live = live || item.Status != Removed
	}
	return live
}

// ShiftAfterPause gives an item the times that it has after a pause from
// paused to resumed: what was still open moves, so that nothing falls due
// because of the pause and nothing leaves in a burst. base is when the item
// before it was done (zero: not yet).
func ShiftAfterPause(items []ItemState, i int, started, paused, resumed time.Time) ItemState {
	item := items[i]
	length := resumed.Sub(paused)
	switch {
	case item.Status == Waiting && item.Release.Rule == At && item.ReleaseAt.After(paused):
		item.ReleaseAt = shiftDate(item.ReleaseAt, paused, resumed, ZoneOrUTC(item.Zone))
	case item.Status == Waiting && item.Release.Rule == AfterPrior:
		if r := ReleaseOf(items, i, started); r.Known() {
			item.ReleaseAt = r.At.Add(resumed.Sub(later(paused, priorDone(items, i, started))))
		}
	case item.Status == Sending:
		item.SendAt = later(item.SendAt, resumed)
	case item.Status == Open:
		// A reminder that waited during the pause moves with the rest; one
		// that was sent before it stays behind.
		// What was reopened during the pause waited only since then.
		item.FollowFrom = item.FollowFrom.Add(resumed.Sub(later(paused, item.FollowFrom)))
		if !item.DueAt.IsZero() {
			item.DueAt = item.DueAt.Add(length)
		}
		item.Plan, item.PlannedAt = item.Plan+1, resumed
	}
	return item
}

func priorDone(items []ItemState, i int, started time.Time) time.Time {
	if prior, found := Prior(items, i); found {
		return items[prior].DoneAt
	}
	return started
}

// shiftDate moves a date by the length of a pause in whole days, so that the
// time of day stays; if that left it before the end of the pause, by the exact
// length.
func shiftDate(at, paused, resumed time.Time, zone *time.Location) time.Time {
	length := resumed.Sub(paused)
	days := int((length + 12*time.Hour) / (24 * time.Hour))
	if moved := momentOf(wallOf(at.In(zone)).AddDate(0, 0, days), zone); moved.After(resumed) {
		return moved
	}
	return at.Add(length)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
