package coaching

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const undo = 30 * time.Second

// courier carries a program out by the pure rules alone: it moves the clock
// from one release to the next, and issues what is due.
type courier struct {
	t        *rapid.T
	items    []ProgramItem
	now      time.Time
	pausedAt time.Time
	made     int
	// issues is every item that went out, in order; byHand those that a person
	// sent.
	issues []uuid.UUID
	byHand map[uuid.UUID]bool
}

func (c *courier) paused() bool { return !c.pausedAt.IsZero() }

func (c *courier) context() EditContext {
	return EditContext{Running: true, Paused: c.paused(), Started: day(0), Now: c.now, Zone: func(ItemSpec) string { return "Europe/Berlin" }}
}

// nextDue is the item that goes out first, if any does up to some moment.
func (c *courier) nextDue(until time.Time) (int, time.Time) {
	best, at := -1, time.Time{}
	for i := range c.items {
		r := ReleaseOf(States(c.items), i, day(0))
		if r.Known() && !r.At.After(until) && (best < 0 || r.At.Before(at)) {
			best, at = i, r.At
		}
	}
	return best, at
}

// pass lets time pass, and issues what falls due in it.
func (c *courier) pass(until time.Time) {
	for !c.paused() {
		i, at := c.nextDue(until)
		if i < 0 {
			break
		}
		c.now = later(c.now, at)
		c.issue(i)
	}
	c.now = until
}

func (c *courier) issue(i int) {
	s := &c.items[i].State
	require.NotContains(c.t, c.issues, s.ID, "an item goes out once")
	require.Contains(c.t, []ItemStatus{Waiting, Sending}, s.Status)
	switch {
	case s.Status == Sending:
		require.True(c.t, c.byHand[s.ID])
	case s.Release.Rule == AfterPrior:
		prior := c.before(i)
		require.True(c.t, prior < 0 || c.over(prior), "item %d goes out while item %d before it is not done", i, prior)
		done := day(0)
		if prior >= 0 {
			done = c.items[prior].State.DoneAt
		}
		require.False(c.t, c.now.Before(afterPrior(*s, done)), "item %d goes out before its delay is over", i)
	case s.Release.Rule == At:
		require.False(c.t, c.now.Before(c.items[i].Spec.Release.At.In(ZoneOrUTC(s.Zone))))
	default:
		require.Fail(c.t, "a manual item went out by itself")
	}
	s.Status, s.SendAt = Open, time.Time{}
	s.IssuedAt, s.FollowFrom, s.PlannedAt, s.Plan, s.Round = c.now, c.now, c.now, 1, 1
	c.issues = append(c.issues, s.ID)
}

// before is the test's own idea of the item directly before item i.
func (c *courier) before(i int) int {
	for i--; i >= 0; i-- {
		if c.items[i].State.Status != Removed || slices.Contains(c.issues, c.items[i].State.ID) {
			return i
		}
	}
	return -1
}

func (c *courier) over(i int) bool {
	return slices.Contains([]ItemStatus{Completed, Skipped, Removed}, c.items[i].State.Status)
}

// pick draws an item in one of some states, or skips the action.
func (c *courier) pick(t *rapid.T, states ...ItemStatus) int {
	var fit []int
	for i, item := range c.items {
		if slices.Contains(states, item.State.Status) {
			fit = append(fit, i)
		}
	}
	if len(fit) == 0 {
		t.Skip("no such item")
	}
	return rapid.SampledFrom(fit).Draw(t, "item")
}

// end completes or skips an item, and holds that the one behind it, and no
// other, goes out by that.
func (c *courier) end(i int, status ItemStatus) {
	already := len(c.issues)
	s := &c.items[i].State
	s.Status, s.DoneAt, s.SendAt = status, c.now, time.Time{}
	behind := -1
	for j := len(c.items) - 1; j > i; j-- {
		if c.before(j) == i && c.items[j].State.Status != Removed {
			behind = j
		}
	}
	var want []uuid.UUID
	if behind >= 0 && !c.paused() {
		next := c.items[behind].State
		if next.Status == Waiting && next.Release.Rule == AfterPrior && (next.Release.Delay == nil || next.Release.Delay.Amount == 0) {
			want = []uuid.UUID{next.ID}
		}
	}
	c.pass(c.now)
	require.Equal(c.t, want, append([]uuid.UUID(nil), c.issues[already:]...), "exactly the next item goes out, once")
}

func (c *courier) reopen(i int) {
	s := &c.items[i].State
	s.DoneAt = time.Time{}
	if !s.IssuedAt.IsZero() {
		s.Status, s.FollowFrom, s.PlannedAt = Open, c.now, c.now
		return
	}
	s.Status, s.Release, s.ReleaseAt = Waiting, manual, time.Time{}
	c.items[i].Spec.Release = manual
}

// edit applies what was previewed, and holds that just what the preview said
// goes out at once does so.
func (c *courier) edit(wanted []EditItem) {
	out, err := PlanEdit(c.items, wanted, c.context())
	require.NoError(c.t, err)
	var want []uuid.UUID
	for _, e := range out.Effects {
		if e.Change == "released" && !c.paused() {
			want = append(want, e.ItemID)
		}
	}
	already := len(c.issues)
	c.items = out.Items
	c.pass(c.now)
	require.ElementsMatch(c.t, want, c.issues[already:], "the preview was right")
}

func (c *courier) resume() {
	states := States(c.items)
	for i := range c.items {
		c.items[i].State = ShiftAfterPause(states, i, day(0), c.pausedAt, c.now)
	}
	c.pausedAt = time.Time{}
	c.pass(c.now)
}

func (c *courier) anyRule(t *rapid.T) ReleaseRule {
	switch rapid.IntRange(0, 5).Draw(t, "rule") {
	case 0:
		return manual
	case 1:
		wall := wallOf(c.now.In(ZoneOrUTC("Europe/Berlin"))).Add(time.Duration(rapid.IntRange(2, 500).Draw(t, "hours")) * time.Hour)
		return ReleaseRule{Rule: At, At: &LocalTime{wall.Truncate(time.Minute)}}
	case 2:
		units := []DelayUnit{Hours, Days, BusinessDays}
		return after(rapid.IntRange(0, 9).Draw(t, "amount"), rapid.SampledFrom(units).Draw(t, "unit"))
	}
	return afterPrior0
}

func (c *courier) anyNew(t *rapid.T) EditItem {
	c.made++
	item := newItem(c.made, released(c.anyRule(t)))
	if item.Spec.Kind = rapid.SampledFrom(ItemKinds).Draw(t, "kind"); item.Spec.Kind != FormItem {
		item.Spec.FormID = nil
	}
	if item.Spec.Kind.Rules().HasFiles {
		item.Spec.FileIDs = []uuid.UUID{testID(200)}
	}
	if item.Spec.Kind.Rules().Meets {
		item.Spec.Minutes, item.Spec.Due = 60, nil
	}
	return item
}

// actions are what can happen to a program, in any order.
func (c *courier) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"time passes": func(t *rapid.T) {
			c.pass(c.now.Add(time.Duration(rapid.IntRange(1, 20_000).Draw(t, "minutes")) * time.Minute))
		},
		"complete": func(t *rapid.T) { c.end(c.pick(t, Open), Completed) },
		"skip":     func(t *rapid.T) { c.end(c.pick(t, Waiting, Sending, Open), Skipped) },
		"reopen":   func(t *rapid.T) { c.reopen(c.pick(t, Completed, Skipped)); c.pass(c.now) },
		"send": func(t *rapid.T) {
			s := &c.items[c.pick(t, Waiting)].State
			s.Status, s.SendAt = Sending, c.now.Add(undo)
			c.byHand[s.ID] = true
		},
		"take back": func(t *rapid.T) {
			s := &c.items[c.pick(t, Sending)].State
			s.Status, s.SendAt = Waiting, time.Time{}
			c.pass(c.now)
		},
		"add": func(t *rapid.T) {
			wanted := asIs(c.items)
			c.edit(slices.Insert(wanted, rapid.IntRange(0, len(wanted)).Draw(t, "place"), c.anyNew(t)))
		},
		"remove": func(t *rapid.T) {
			id := c.items[c.pick(t, Waiting, Sending, Open)].State.ID
			c.edit(slices.DeleteFunc(asIs(c.items), func(e EditItem) bool { return e.ID == id }))
		},
		"move": func(t *rapid.T) { c.edit(rapid.Permutation(asIs(c.items)).Draw(t, "order")) },
		"change": func(t *rapid.T) {
			id, rule := c.items[c.pick(t, Waiting)].State.ID, c.anyRule(t)
			wanted := asIs(c.items)
			i := slices.IndexFunc(wanted, func(e EditItem) bool { return e.ID == id })
			wanted[i] = with(wanted[i], released(rule))
			c.edit(wanted)
		},
		"pause": func(t *rapid.T) {
			if c.paused() {
				t.Skip("paused already")
			}
			c.pausedAt = c.now
		},
		"resume": func(t *rapid.T) {
			if !c.paused() {
				t.Skip("not paused")
			}
			c.resume()
		},
	}
}

// finish gives everything the time that it needs, and completes whatever goes out.
func (c *courier) finish() {
	if c.paused() {
		c.resume()
	}
	for range len(c.items) + 1 {
		c.pass(c.now.Add(5 * 365 * 24 * time.Hour))
		for i := range c.items {
			if c.items[i].State.Status == Open {
				c.end(i, Completed)
			}
		}
	}
}

func TestR17_ExactlyTheNextItemOnceInAnyOrderOfEvents(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := &courier{t: t, now: day(0), byHand: map[uuid.UUID]bool{}}
		var wanted []EditItem
		for range rapid.IntRange(1, 6).Draw(t, "items") {
			wanted = append(wanted, c.anyNew(t))
		}
		c.edit(wanted)
		t.Repeat(c.actions())

		c.finish()
		held := false // behind an item that only a person sends
		for i, item := range c.items {
			switch s := item.State; {
			case s.Status == Waiting:
				held = s.Release.Rule == Manual || held
				require.True(t, held && s.Release.Rule != At, "item %d was forgotten", i)
			case s.Status != Removed:
				require.True(t, c.over(i), "item %d is %s", i, s.Status)
				held = false
			}
		}
		for range c.items {
			for i := range c.items {
				if s := &c.items[i].State; s.Status == Waiting && s.Release.Rule == Manual {
					s.Status, s.SendAt, c.byHand[s.ID] = Sending, c.now.Add(undo), true
				}
			}
			c.finish()
		}
		for i, item := range c.items {
			if item.State.Status != Removed {
				require.True(t, c.over(i), "item %d is %s in the end", i, item.State.Status)
			}
			if item.State.Status == Completed {
				require.Contains(t, c.issues, item.State.ID)
			}
		}
	})
}
