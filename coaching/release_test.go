package coaching

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// day is noon of the n-th day of a test's program, which starts on day 0, a
// Thursday in winter.
func day(n float64) time.Time {
	return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(n * 24 * float64(time.Hour)))
}

// testID is an id that a failing test's output can be read by.
func testID(n int) uuid.UUID { return uuid.UUID{15: byte(n + 1)} }

func after(amount int, unit DelayUnit) ReleaseRule {
	return ReleaseRule{Rule: AfterPrior, Delay: &Delay{amount, unit}}
}

var (
	manual      = ReleaseRule{Rule: Manual}
	afterPrior0 = ReleaseRule{Rule: AfterPrior}
)

// Items in the states that the rules know.
func waiting(r ReleaseRule) ItemState { return ItemState{Status: Waiting, Release: r, Zone: "UTC"} }
func waitingAt(moment time.Time) ItemState {
	return ItemState{Status: Waiting, Release: ReleaseRule{Rule: At}, ReleaseAt: moment, Zone: "UTC"}
}
func shifted(r ReleaseRule, moment time.Time) ItemState {
	s := waiting(r)
	s.ReleaseAt = moment
	return s
}
func sending(moment time.Time) ItemState {
	return ItemState{Status: Sending, Release: manual, SendAt: moment, Zone: "UTC"}
}
func open(issued time.Time) ItemState {
	return ItemState{Status: Open, IssuedAt: issued, FollowFrom: issued, PlannedAt: issued, Plan: 1, Round: 1, Zone: "UTC"}
}
func ended(status ItemStatus, issued, done time.Time) ItemState {
	return ItemState{Status: status, IssuedAt: issued, DoneAt: done, Zone: "UTC"}
}
func completed(done time.Time) ItemState { return ended(Completed, done.Add(-time.Hour), done) }

// removedUnsent is an item that was removed before it ever went out.
func removedUnsent(done time.Time) ItemState { return ended(Removed, time.Time{}, done) }

func program(items ...ItemState) []ItemState {
	for i := range items {
		items[i].ID = testID(i)
	}
	return items
}

func TestReleaseOf_LastItem(t *testing.T) {
	t.Parallel()
	check := func(name string, want Release, items ...ItemState) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ReleaseOf(program(items...), len(items)-1, day(0))
			require.Equal(t, want.WaitsFor, got.WaitsFor)
			require.True(t, want.At.Equal(got.At), "want %s, got %s", want.At, got.At)
			require.Equal(t, !want.At.IsZero(), got.Known())
		})
	}
	never, goes, waits := Release{}, func(n float64) Release { return Release{At: day(n)} }, func(n int) Release { return Release{WaitsFor: testID(n)} }

	check("manual", never, waiting(manual))
	check("manual behind a done one", never, completed(day(1)), waiting(manual))
	check("at", goes(3), waitingAt(day(3)))
	check("at does not wait for the one before", goes(3), open(day(1)), waitingAt(day(3)))
	check("at a time that was never fixed", never, waitingAt(time.Time{}))
	check("sent by hand", goes(2), open(day(1)), sending(day(2)))
	for _, status := range []ItemStatus{Open, Completed, Skipped, Removed} {
		check("not again when "+string(status), never, completed(day(1)), ItemState{Status: status, Release: afterPrior0, ReleaseAt: day(1)})
	}

	check("the first counts from the start", goes(0), waiting(afterPrior0))
	check("the first, with a delay", goes(2), waiting(after(2, Days)))
	check("behind an open one", waits(0), open(day(1)), waiting(afterPrior0))
	check("behind one that waits", waits(0), waiting(manual), waiting(afterPrior0))
	check("behind one that is being sent", waits(0), sending(day(1)), waiting(afterPrior0))
	check("behind a completed one", goes(4), completed(day(4)), waiting(afterPrior0))
	check("behind a completed one, with a delay", goes(4.5), completed(day(4)), waiting(after(12, Hours)))
	check("behind a skipped one", goes(4), ended(Skipped, time.Time{}, day(4)), waiting(afterPrior0))
	check("only the one directly before counts", waits(1), completed(day(1)), open(day(1)), waiting(afterPrior0))
	check("what stands further up may be open", goes(2), open(day(1)), completed(day(2)), waiting(afterPrior0))

	check("behind one removed after the issue", goes(5), open(day(1)), ended(Removed, day(2), day(5)), waiting(afterPrior0))
	check("behind one removed before the issue", waits(0), open(day(1)), removedUnsent(day(5)), waiting(afterPrior0))
	check("the removed one's prior is done", goes(2), completed(day(2)), removedUnsent(day(5)), waiting(afterPrior0))
	check("all before it removed unsent", goes(0), removedUnsent(day(5)), removedUnsent(day(6)), waiting(afterPrior0))

	check("the prior is open again", waits(0), open(day(1)), waiting(after(1, Days)))
	check("shifted by a pause", goes(9), completed(day(4)), shifted(after(1, Days), day(9)))
	check("shifted, and the prior open again", waits(0), open(day(1)), shifted(after(1, Days), day(9)))
	check("shifted, and the prior done again later", goes(21), completed(day(20)), shifted(after(1, Days), day(9)))
	check("an unknown zone is UTC", goes(5), completed(day(4)), ItemState{Status: Waiting, Release: after(1, Days), Zone: "Mars/Olympus"})
}

func TestReleaseOf_DelayIsOfTheRecipientsZone(t *testing.T) {
	t.Parallel()
	done := at(t, "2026-03-27T16:00:00+01:00") // a Friday, the clocks change on Sunday
	check := func(rule ReleaseRule, zoneName, want string) {
		t.Helper()
		item := waiting(rule)
		item.Zone = zoneName
		got := ReleaseOf(program(completed(done), item), 1, day(0))
		require.True(t, got.At.Equal(at(t, want)), "want %s, got %s", want, got.At)
	}
	check(after(2, Days), "Europe/Berlin", "2026-03-29T16:00:00+02:00")
	check(after(48, Hours), "Europe/Berlin", "2026-03-29T17:00:00+02:00")
	check(after(2, Days), "UTC", "2026-03-29T15:00:00Z")
	check(after(1, BusinessDays), "Europe/Berlin", "2026-03-30T16:00:00+02:00")
	check(after(1, BusinessDays), "Pacific/Kiritimati", "2026-03-30T05:00:00+14:00") // Saturday there
}

func TestPrior(t *testing.T) {
	t.Parallel()
	items := program(removedUnsent(day(1)), open(day(1)), removedUnsent(day(1)), ended(Removed, day(1), day(2)), removedUnsent(day(1)), waiting(manual))
	check := func(i, want int, found bool) {
		t.Helper()
		got, is := Prior(items, i)
		require.Equal(t, found, is)
		require.Equal(t, want, got)
	}
	check(0, 0, false)
	check(1, 0, false)
	check(2, 1, true)
	check(3, 1, true)
	check(4, 3, true)
	check(5, 3, true)
}

func TestFinished(t *testing.T) {
	t.Parallel()
	require.False(t, Finished(nil), "items may still be added")
	require.False(t, Finished(program(removedUnsent(day(1)))))
	require.False(t, Finished(program(ended(Removed, day(1), day(2)))))
	require.True(t, Finished(program(completed(day(1)), ended(Skipped, time.Time{}, day(1)), removedUnsent(day(1)))))
	for _, s := range []ItemState{waiting(manual), sending(day(1)), open(day(1))} {
		require.False(t, Finished(program(completed(day(1)), s)))
	}
}

func TestShiftAfterPause_Releases(t *testing.T) {
	t.Parallel()
	// Paused on day 10, resumed on day 15.
	check := func(name string, want float64, items ...ItemState) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			states, i := program(items...), len(items)-1
			states[i] = ShiftAfterPause(states, i, day(0), day(10), day(15))
			got := ReleaseOf(states, i, day(0))
			require.True(t, day(want).Equal(got.At), "want %s, got %s", day(want), got.At)
		})
	}
	check("at, in the pause", 17, waitingAt(day(12)))
	check("at, right after the beginning", 15.001, waitingAt(day(10.001)))
	check("at, long after the pause", 105, waitingAt(day(100)))
	check("at, before the pause: it was due already", 9, waitingAt(day(9)))
	check("delay that ends in the pause", 16, completed(day(8)), waiting(after(3, Days)))
	check("delay that ends after the pause", 25, completed(day(8)), waiting(after(12, Days)))
	check("the prior completed in the pause, no delay", 15, completed(day(12)), waiting(afterPrior0))
	check("the prior completed in the pause, with a delay", 16, completed(day(12)), waiting(after(1, Days)))
	check("the first item's delay", 17, waiting(after(12, Days)))
	check("shifted by an earlier pause", 18, completed(day(2)), shifted(after(1, Days), day(13)))
	check("sent by hand, the time to undo was running", 15, sending(day(10.0001)))
	check("sent by hand, in a while", 16, sending(day(16)))
}

func TestShiftAfterPause_LeavesAloneWhatDoesNotRun(t *testing.T) {
	t.Parallel()
	items := program(completed(day(1)), ended(Skipped, day(1), day(2)), removedUnsent(day(3)), open(day(4)), waiting(after(2, Days)), waiting(manual))
	for _, i := range []int{0, 1, 2, 4, 5} {
		require.Equal(t, items[i], ShiftAfterPause(items, i, day(0), day(10), day(15)))
	}
}

func TestShiftAfterPause_KeepsTheTimeOfDay(t *testing.T) {
	t.Parallel()
	check := func(name, paused, resumed, date, want string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			item := waitingAt(at(t, date))
			item.Zone = "Europe/Berlin"
			got := ShiftAfterPause(program(item), 0, day(0), at(t, paused), at(t, resumed)).ReleaseAt
			require.True(t, got.Equal(at(t, want)), "want %s, got %s", want, got)
			require.True(t, got.After(at(t, resumed)), "nothing leaves the moment that the program goes on")
		})
	}
	check("a week and a bit", "2026-02-02T10:00:00+01:00", "2026-02-09T14:00:00+01:00", "2026-02-20T09:00:00+01:00", "2026-02-27T09:00:00+01:00")
	check("a week but a bit", "2026-02-02T10:00:00+01:00", "2026-02-09T07:00:00+01:00", "2026-02-20T09:00:00+01:00", "2026-02-27T09:00:00+01:00")
	check("a few minutes", "2026-02-02T10:00:00+01:00", "2026-02-02T10:05:00+01:00", "2026-02-20T09:00:00+01:00", "2026-02-20T09:00:00+01:00")
	check("a few minutes around the date", "2026-02-02T08:58:00+01:00", "2026-02-02T09:03:00+01:00", "2026-02-02T09:00:00+01:00", "2026-02-02T09:05:00+01:00")
	check("a moment, before an hour that there is twice", "2026-02-02T10:00:00+01:00", "2026-02-02T10:00:01+01:00", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+02:00")
	check("a week, into an hour that there is twice", "2026-10-12T10:00:00+02:00", "2026-10-19T10:00:00+02:00", "2026-10-18T02:30:00+02:00", "2026-10-25T02:30:00+02:00")
	check("over the change of the clocks", "2026-03-27T10:00:00+01:00", "2026-04-03T10:00:00+02:00", "2026-03-28T09:00:00+01:00", "2026-04-04T09:00:00+02:00")
}

func TestShiftAfterPause_OpenItem(t *testing.T) {
	t.Parallel()
	item := open(day(8))
	item.DueAt, item.Followed = day(12), 1
	got := ShiftAfterPause(program(item), 0, day(0), day(10), day(15))
	require.Equal(t, day(17), got.DueAt)
	require.Equal(t, day(13), got.FollowFrom)
	require.Equal(t, day(15), got.PlannedAt)
	require.Equal(t, 2, got.Plan)
	require.Equal(t, 1, got.Followed)
	require.Equal(t, day(8), got.IssuedAt, "what was sent stays as it was")

	item.DueAt = time.Time{}
	require.True(t, ShiftAfterPause(program(item), 0, day(0), day(10), day(15)).DueAt.IsZero())
	reopened := open(day(8))
	reopened.FollowFrom, reopened.PlannedAt = day(13), day(13)
	require.Equal(t, day(15), ShiftAfterPause(program(reopened), 0, day(0), day(10), day(15)).FollowFrom, "it waited only since it was reopened")
}

func TestShiftAfterPause_NoBurst(t *testing.T) {
	t.Parallel()
	paused, resumed := day(10), day(40)
	items := program(waitingAt(day(11)), waitingAt(day(15)), waitingAt(day(20)), waitingAt(day(50)))
	for i := range items {
		moved := ShiftAfterPause(items, i, day(0), paused, resumed)
		require.Equal(t, resumed.Sub(paused), moved.ReleaseAt.Sub(items[i].ReleaseAt), "distances stay")
	}
	item := open(day(9))
	item.DueAt = day(13)
	item = ShiftAfterPause(program(item), 0, day(0), paused, resumed)
	laid := atAnyHour(ItemLadder).OfItem(item, LadderZones{}, WorkingHours{})
	require.Empty(t, laid.Dropped)
	require.NotEmpty(t, laid.Steps)
	for _, s := range laid.Steps {
		require.True(t, s.At.After(resumed), "%s would leave at once", s.Name)
	}
}
