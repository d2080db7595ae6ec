package coaching

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// steps writes a plan as hours since from, "!" marking the escalation.
func steps(from time.Time, plan []FollowUp) map[string]float64 {
	out := map[string]float64{}
	for _, f := range plan {
		out[f.Name()] = f.At.Sub(from).Hours()
	}
	return out
}

func TestFollowUpRule_Plan(t *testing.T) {
	t.Parallel()
	from := day(0)
	check := func(name string, dueAfter float64, want map[string]float64) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			due := time.Time{}
			if dueAfter != 0 {
				due = from.Add(time.Duration(dueAfter * float64(time.Hour)))
			}
			plan := DefaultFollowUp.Plan(from, due)
			require.Equal(t, want, steps(from, plan))
			for i, f := range plan {
				require.Equal(t, i+1, f.Step)
				require.Equal(t, i == len(plan)-1, f.Escalate, "the last step, and no other, goes to the coach")
			}
		})
	}
	openEnded := map[string]float64{"reminder-1": 72, "reminder-2": 144, "reminder-3": 216, "reminder-4": 288, "reminder-5": 360, "escalation": 432}
	check("no due date", 0, openEnded)
	check("a due date that has passed is none", -5, openEnded)
	check("due in ten days", 240, map[string]float64{"reminder-1": 120, "reminder-2": 180, "reminder-3": 216, "escalation": 240})
	check("due in a hundred days", 2400, map[string]float64{"reminder-1": 1200, "reminder-2": 1800, "reminder-3": 2376, "escalation": 2400})
	check("three quarters are the day before", 96, map[string]float64{"reminder-1": 48, "reminder-2": 72, "escalation": 96})
	check("the day before comes before three quarters", 72, map[string]float64{"reminder-1": 36, "reminder-2": 48, "reminder-3": 54, "escalation": 72})
	check("the day before is half of the time", 48, map[string]float64{"reminder-1": 24, "reminder-2": 36, "escalation": 48})
	check("the day before is before the issue", 20, map[string]float64{"reminder-1": 10, "reminder-2": 15, "escalation": 20})
	check("the last reminder is too close to the end", 12, map[string]float64{"reminder-1": 6, "escalation": 12})
	check("no time for a reminder", 7, map[string]float64{"escalation": 7})
	check("due in a minute", 1.0/60, map[string]float64{"escalation": 1.0 / 60})
}

func TestR2_RemindersCountFromTheIssue(t *testing.T) {
	t.Parallel()
	item := open(day(0))
	item.DueAt = day(10)
	planned, _ := DefaultFollowUp.FollowUpsOf(item)
	item.PlannedAt, item.Plan = day(2), 2 // the plan was made again, from the same event
	again, dropped := DefaultFollowUp.FollowUpsOf(item)
	require.Equal(t, planned, again)
	require.Empty(t, dropped)
}

func TestR3_PassedStepsAreDropped(t *testing.T) {
	t.Parallel()
	item := open(day(0)) // reminders on days 5, 7.5 and 9
	item.DueAt = day(10)
	check := func(plannedAt time.Time, followed int, wantDropped, wantPending []int) {
		t.Helper()
		item := item
		item.PlannedAt, item.Followed = plannedAt, followed
		pending, dropped := DefaultFollowUp.FollowUpsOf(item)
		require.Equal(t, wantDropped, numbers(dropped))
		require.Equal(t, wantPending, numbers(pending))
		next, more := DefaultFollowUp.NextFollowUp(item)
		require.Equal(t, len(pending) > 0, more)
		if more {
			require.Equal(t, pending[0], next)
		}
	}
	check(day(0), 0, nil, []int{1, 2, 3, 4})
	check(day(5), 0, nil, []int{1, 2, 3, 4}) // at its very moment, it is in time
	check(day(5.01), 0, []int{1}, []int{2, 3, 4})
	check(day(8), 1, []int{2}, []int{3, 4})
	check(day(9.5), 3, nil, []int{4})
	check(day(11), 0, []int{1, 2, 3}, []int{4}) // the coach is told all the same
	check(day(11), 4, nil, nil)
}

func numbers(plan []FollowUp) []int {
	var out []int
	for _, f := range plan {
		out = append(out, f.Step)
	}
	return out
}

func TestR1_OnlyOpenItemsAreFollowedUp(t *testing.T) {
	t.Parallel()
	for _, s := range []ItemState{waiting(manual), sending(day(1)), completed(day(1)), ended(Skipped, day(0), day(1)), ended(Removed, day(0), day(1))} {
		s.FollowFrom, s.PlannedAt = day(0), day(0)
		pending, dropped := DefaultFollowUp.FollowUpsOf(s)
		require.Empty(t, pending)
		require.Empty(t, dropped)
		_, more := DefaultFollowUp.NextFollowUp(s)
		require.False(t, more)
	}
}

func TestR15_NoTwoRemindersWithinTheGap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		minutes := rapid.OneOf(rapid.IntRange(1, 3000), rapid.IntRange(1, 1_000_000)).Draw(t, "minutes")
		from, due := day(0), day(0).Add(time.Duration(minutes)*time.Minute)
		plan := DefaultFollowUp.Plan(from, due)
		last := from
		for i, f := range plan[:len(plan)-1] {
			require.Equal(t, i+1, f.Step)
			require.GreaterOrEqual(t, f.At.Sub(last), DefaultFollowUp.MinGap)
			last = f.At
		}
		end := plan[len(plan)-1]
		require.True(t, end.Escalate)
		require.Equal(t, due, end.At)
		if len(plan) > 1 {
			require.GreaterOrEqual(t, end.At.Sub(last), DefaultFollowUp.MinGap)
		}
		require.Equal(t, plan, DefaultFollowUp.Plan(from, due), "the same question has the same answer")
	})
}
