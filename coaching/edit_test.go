package coaching

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// item puts a valid specification to a state.
func item(title string, s ItemState, change ...func(*ItemSpec)) ProgramItem {
	spec := aForm(append([]func(*ItemSpec){func(spec *ItemSpec) {
		spec.Title, spec.Release = title, s.Release
		if spec.Release.Rule == "" {
			spec.Release = manual
		}
	}}, change...)...)
	s.Kind, s.Release = FormItem, spec.Release
	return ProgramItem{Spec: spec, State: s}
}

func dueAfter(amount int, unit DelayUnit) func(*ItemSpec) {
	return func(s *ItemSpec) { s.Due = &DueRule{After: &Delay{amount, unit}} }
}

func dueAtNoon(t testing.TB, date string) func(*ItemSpec) {
	moment := local(t, date+"T12:00")
	return func(s *ItemSpec) { s.Due = &DueRule{At: &moment} }
}

func released(r ReleaseRule) func(*ItemSpec) { return func(s *ItemSpec) { s.Release = r } }

func atNoon(t testing.TB, date string) ReleaseRule {
	moment := local(t, date+"T12:00")
	return ReleaseRule{Rule: At, At: &moment}
}

func programItems(items ...ProgramItem) []ProgramItem {
	for i := range items {
		items[i].State.ID = testID(i)
	}
	return items
}

// asIs wants a program as it stands; an edit starts from there.
func asIs(items []ProgramItem) []EditItem {
	var out []EditItem
	for _, i := range items {
		if i.State.Status != Removed {
			out = append(out, EditItem{ID: i.State.ID, Spec: i.Spec})
		}
	}
	return out
}

func with(e EditItem, change ...func(*ItemSpec)) EditItem {
	for _, c := range change {
		c(&e.Spec)
	}
	return e
}

func newItem(n int, change ...func(*ItemSpec)) EditItem {
	return EditItem{ID: testID(n), New: true, Spec: aForm(append([]func(*ItemSpec){func(s *ItemSpec) { s.Title = "New" }}, change...)...)}
}

// running is a program that began on day 0, edited on day 10.
func running() EditContext {
	return EditContext{Running: true, Started: day(0), Now: day(10), Zone: func(ItemSpec) string { return "UTC" }}
}

// told writes effects as "id:change", in order.
func told(effects []Effect) []string {
	out := []string{}
	for _, e := range effects {
		out = append(out, string('a'+rune(e.ItemID[15])-1)+":"+e.Change)
	}
	return out
}

// order writes the order of the items that are not removed; a removed one in
// brackets.
func order(items []ProgramItem) string {
	var b strings.Builder
	for _, i := range items {
		name := string('a' + rune(i.State.ID[15]) - 1)
		if i.State.Status == Removed {
			name = "(" + name + ")"
		}
		b.WriteString(name)
	}
	return b.String()
}

func TestR16_PreviewTellsWhatAnEditDoes(t *testing.T) {
	t.Parallel()
	// a is done, b is out, c waits for b, d for its date, e for a person.
	current := programItems(item("A", completed(day(2))), item("B", open(day(2))), item("C", waiting(after(2, Days))),
		item("D", waitingAt(day(20)), released(atNoon(t, "2026-01-21"))), item("E", waiting(manual)))
	check := func(name string, wanted []EditItem, wantOrder string, wantTold ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := slices.Clone(current)
			out, err := PlanEdit(current, wanted, running())
			require.NoError(t, err)
			require.Equal(t, wantOrder, order(out.Items))
			require.Equal(t, wantTold, told(out.Effects))
			require.Equal(t, before, current, "a preview changes nothing")
			again, err := PlanEdit(current, wanted, running())
			require.NoError(t, err)
			require.Equal(t, out, again, "what was previewed is what is applied")
		})
	}
	w := func() []EditItem { return asIs(current) }
	check("nothing", w(), "abcde", []string{}...)
	check("add at the end", append(w(), newItem(5)), "abcdef", "f:added")
	check("add before one that waits for its prior", slices.Insert(w(), 2, newItem(5)), "abfcde", "f:added")
	check("remove one that waits", slices.Delete(w(), 4, 5), "abcd(e)", "e:removed")
	check("remove the open prior: the next goes on from now", slices.Delete(w(), 1, 2), "a(b)cde", "b:removed", "c:rescheduled")
	check("remove all", nil, "(a)(b)(c)(d)(e)", "a:removed", "b:removed", "c:removed", "d:removed", "e:removed")
	check("swap two that wait by themselves", []EditItem{w()[0], w()[1], w()[2], w()[4], w()[3]}, "abced", "e:moved", "d:moved")
	check("move behind what is done: it goes out", []EditItem{w()[0], w()[2], w()[1], w()[3], w()[4]}, "acbde", "c:moved", "b:moved", "c:released")
	check("another title", slices.Replace(w(), 4, 5, with(w()[4], func(s *ItemSpec) { s.Title = "E2" })), "abcde", "e:changed")
	check("another date", slices.Replace(w(), 3, 4, with(w()[3], released(atNoon(t, "2026-01-25")))), "abcde", "d:changed", "d:rescheduled")
	check("a date becomes a person's act", slices.Replace(w(), 3, 4, with(w()[3], released(manual))), "abcde", "d:changed")
	check("a due date of what is out", slices.Replace(w(), 1, 2, with(w()[1], dueAfter(30, Days))), "abcde", "b:due_changed")
	check("what is out may move", []EditItem{w()[1], w()[0], w()[2], w()[3], w()[4]}, "bacde", "b:moved", "a:moved", "c:released")
}

func TestR16_EffectsNameMomentAndZone(t *testing.T) {
	t.Parallel()
	current := programItems(item("A", completed(day(2))))
	c := running()
	c.Zone = func(ItemSpec) string { return "Europe/Berlin" }
	plan := func(rule ReleaseRule) Effect {
		t.Helper()
		out, err := PlanEdit(current, append(asIs(current), newItem(1, released(rule))), c)
		require.NoError(t, err)
		return out.Effects[len(out.Effects)-1]
	}
	later := plan(atNoon(t, "2026-07-01"))
	require.Equal(t, `"New" will be sent on Wednesday, 1 July 2026, 12:00 (Europe/Berlin).`, later.Text)
	require.True(t, later.At.Equal(at(t, "2026-07-01T10:00:00Z")))
	require.Equal(t, `"New" will be sent at once.`, plan(afterPrior0).Text)
	c.Paused = true
	require.Equal(t, `"New" will be sent when the program is resumed.`, plan(afterPrior0).Text)
	c.Paused, c.Running = false, false
	require.Equal(t, "added", plan(afterPrior0).Change, "nothing is sent of a program that has not begun")
}

func TestR16_WhatIsIssuedNeverChanges(t *testing.T) {
	t.Parallel()
	issued := open(day(2))
	issued.DueAt = day(12)
	states := []ItemState{issued, sending(day(10.001)), completed(day(3)), ended(Skipped, time.Time{}, day(3))}
	changes := map[string]func(*ItemSpec){
		"title":      func(s *ItemSpec) { s.Title = "Another" },
		"form":       func(s *ItemSpec) { id := uuid.New(); s.FormID = &id },
		"recipients": func(s *ItemSpec) { s.Recipients = []RecipientSpec{{Role: "coach"}} },
		"letter":     func(s *ItemSpec) { s.Letter = &LetterSpec{Subject: "x", Body: "y"} },
		"release":    released(after(1, Days)),
		"title and due date": func(s *ItemSpec) {
			s.Title = "Another"
			dueAfter(30, Days)(s)
		},
	}
	refused := func(s ItemState, change func(*ItemSpec)) {
		t.Helper()
		current := programItems(item("A", s, dueAfter(10, Days)))
		_, err := PlanEdit(current, []EditItem{with(asIs(current)[0], change)}, running())
		requireProblem(t, err, "item_issued", "items[0]")
		p, _ := AsProblem(err)
		require.Equal(t, Conflict, p.Class)
	}
	for _, s := range states {
		for _, change := range changes {
			refused(s, change)
		}
		if s.Status != Open {
			refused(s, dueAfter(30, Days))
		}
	}
}

func TestR16_Refusals(t *testing.T) {
	t.Parallel()
	current := programItems(item("A", open(day(2))), item("B", waiting(manual)), item("C", removedUnsent(day(1))), item("D", ended(Removed, day(1), day(2))))
	check := func(name string, wanted []EditItem, code, path string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := PlanEdit(current, wanted, running())
			requireProblem(t, err, code, path)
			require.Empty(t, out.Items)
			require.Empty(t, out.Effects)
		})
	}
	w := asIs(current)
	check("twice", []EditItem{w[0], w[1], w[0]}, "item_twice", "items[2].id")
	check("twice, new", []EditItem{w[0], newItem(9), newItem(9)}, "item_twice", "items[2].id")
	check("foreign", []EditItem{{ID: uuid.New(), Spec: aForm()}}, "item_not_found", "items[0].id")
	check("no id", []EditItem{{Spec: aForm()}}, "item_not_found", "items[0].id")
	check("removed unsent", append(slices.Clone(w), EditItem{ID: testID(2), Spec: current[2].Spec}), "item_not_found", "items[2].id")
	check("removed after the issue", append(slices.Clone(w), EditItem{ID: testID(3), Spec: current[3].Spec}), "item_not_found", "items[2].id")
	check("new, but there: it would go out again", []EditItem{newItem(0), w[1]}, "item_exists", "items[0].id")
	check("new, but removed: it would come back", []EditItem{newItem(3), w[1]}, "item_exists", "items[0].id")
	check("bad specification", []EditItem{w[0], with(w[1], func(s *ItemSpec) { s.Title = "" })}, "item_title_invalid", "items[1].title")
	check("a time that has passed", []EditItem{w[0], with(w[1], released(atNoon(t, "2026-01-10")))}, "release_time_passed", "items[1].release.at")
	check("new, at a time that has passed", append(slices.Clone(w), newItem(9, released(atNoon(t, "2026-01-10")))), "release_time_passed", "items[2].release.at")
	check("a due date that has passed", []EditItem{with(w[0], dueAtNoon(t, "2026-01-10")), w[1]}, "due_time_passed", "items[0].due")
	check("new, due at a time that has passed", append(slices.Clone(w), newItem(9, dueAtNoon(t, "2026-01-10"))), "due_time_passed", "items[2].due")
	check("waiting, due at a time that has passed", []EditItem{w[0], with(w[1], dueAtNoon(t, "2026-01-10"))}, "due_time_passed", "items[1].due")
	check("due after a span that has passed", []EditItem{with(w[0], dueAfter(8, Hours)), w[1]}, "due_time_passed", "items[0].due")
}

func TestPlanEdit_PassedTimeIsOfTheRecipientsZone(t *testing.T) {
	t.Parallel()
	c := running() // noon of 11 January in UTC
	wanted := []EditItem{newItem(0, released(atNoon(t, "2026-01-11")))}
	for zoneName, fine := range map[string]bool{"America/New_York": true, "UTC": true, "Asia/Tokyo": false} {
		c.Zone = func(ItemSpec) string { return zoneName }
		out, err := PlanEdit(nil, wanted, c)
		if !fine {
			requireProblem(t, err, "release_time_passed", "items[0].release.at")
			continue
		}
		require.NoError(t, err)
		require.Equal(t, zoneName, out.Items[0].State.Zone)
		require.True(t, out.Items[0].State.ReleaseAt.Equal(local(t, "2026-01-11T12:00").In(zone(t, zoneName))))
	}
}

func TestPlanEdit_RecipientsZoneMovesTheDate(t *testing.T) {
	t.Parallel()
	current := programItems(item("A", waitingAt(day(20)), released(atNoon(t, "2026-01-21"))))
	c := running()
	c.Zone = func(s ItemSpec) string {
		if s.Recipients[0].Role == "coach" {
			return "America/New_York"
		}
		return "UTC"
	}
	toCoach := func(s *ItemSpec) { s.Recipients = []RecipientSpec{{Role: "coach"}} }
	out, err := PlanEdit(current, []EditItem{with(asIs(current)[0], toCoach)}, c)
	require.NoError(t, err)
	require.Equal(t, []string{"a:changed", "a:rescheduled"}, told(out.Effects))
	require.True(t, out.Items[0].State.ReleaseAt.Equal(at(t, "2026-01-21T12:00:00-05:00")))
}

func TestPlanEdit_RemovedItemsKeepTheirPlace(t *testing.T) {
	t.Parallel()
	current := programItems(item("A", ended(Removed, day(1), day(2))), item("B", waiting(manual)), item("C", removedUnsent(day(2))),
		item("D", waiting(manual)), item("E", waiting(manual)))
	check := func(want string, wanted ...int) {
		t.Helper()
		var list []EditItem
		for _, n := range wanted {
			list = append(list, EditItem{ID: testID(n), Spec: current[n].Spec})
		}
		out, err := PlanEdit(current, list, running())
		require.NoError(t, err)
		require.Equal(t, want, order(out.Items))
	}
	check("(a)b(c)de", 1, 3, 4)
	check("(a)eb(c)d", 4, 1, 3)
	check("(a)(b)(c)de", 3, 4)
	check("(a)(b)(c)(d)(e)")
	check("(a)(b)(c)ed", 4, 3)
}

func TestPlanEdit_RemovedTwiceStaysAsItWas(t *testing.T) {
	t.Parallel()
	current := programItems(item("A", ended(Removed, day(1), day(2))), item("B", open(day(3))))
	out, err := PlanEdit(current, nil, running())
	require.NoError(t, err)
	require.Equal(t, day(2), out.Items[0].State.DoneAt)
	require.Equal(t, day(10), out.Items[1].State.DoneAt)
	require.Equal(t, []string{"b:removed"}, told(out.Effects))
}

func TestR4_AnEditReplacesThePlanAsOne(t *testing.T) {
	t.Parallel()
	issued := open(day(2))
	issued.DueAt, issued.Followed = day(12), 1
	current := programItems(item("A", issued, dueAfter(10, Days)))
	edit := func(change func(*ItemSpec)) ItemState {
		t.Helper()
		out, err := PlanEdit(current, []EditItem{with(asIs(current)[0], change)}, running())
		require.NoError(t, err)
		return out.Items[0].State
	}
	got := edit(dueAfter(20, Days))
	require.Equal(t, 2, got.Plan, "the number of the plan is in every step's key")
	require.Equal(t, 0, got.Followed)
	require.Equal(t, day(10), got.PlannedAt)
	require.Equal(t, day(2), got.FollowFrom, "it still counts from the issue")
	require.True(t, day(22).Equal(got.DueAt))
	laid := atAnyHour(ItemLadder).OfItem(got, LadderZones{}, WorkingHours{})
	require.Equal(t, map[string]float64{"reminder-1": 240, "reminder-2": 360, "reminder-3": 456, "escalation": 480}, atMoments(day(2), laid))

	require.True(t, edit(func(s *ItemSpec) { s.Due = nil }).DueAt.IsZero())
	require.Equal(t, current[0].State, edit(func(*ItemSpec) {}), "no change leaves the plan alone")
}

func TestR4_ANewDueDateCountsThePauses(t *testing.T) {
	t.Parallel()
	issued := open(day(2)) // and paused for seven days since
	issued.FollowFrom, issued.DueAt = day(9), day(12)
	current := programItems(item("A", issued, dueAfter(3, Days)))
	out, err := PlanEdit(current, []EditItem{with(asIs(current)[0], dueAfter(5, Days))}, running())
	require.NoError(t, err)
	require.True(t, day(14).Equal(out.Items[0].State.DueAt))
}

func TestR5_ARuleActsOnTheFutureOnly(t *testing.T) {
	t.Parallel()
	check := func(name string, prior ItemState, from, to ReleaseRule, want Release, wantTold ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			current := programItems(item("A", prior), item("B", waiting(from)))
			out, err := PlanEdit(current, []EditItem{asIs(current)[0], with(asIs(current)[1], released(to))}, running())
			require.NoError(t, err)
			got := ReleaseOf(States(out.Items), 1, day(0))
			require.Equal(t, want.WaitsFor, got.WaitsFor)
			require.True(t, want.At.Equal(got.At), "want %s, got %s", want.At, got.At)
			require.Equal(t, wantTold, told(out.Effects))
			require.Equal(t, current[0], out.Items[0], "what was there before is left alone")
			require.Equal(t, Waiting, out.Items[1].State.Status, "an edit itself sends nothing")
		})
	}
	check("the prior is complete already", completed(day(2)), manual, afterPrior0, Release{At: day(2)}, "b:changed", "b:released")
	check("the prior was skipped", ended(Skipped, time.Time{}, day(2)), manual, afterPrior0, Release{At: day(2)}, "b:changed", "b:released")
	check("complete, and the delay has passed", completed(day(2)), manual, after(3, Days), Release{At: day(5)}, "b:changed", "b:released")
	check("complete, and the delay runs", completed(day(9)), manual, after(3, Days), Release{At: day(12)}, "b:changed", "b:rescheduled")
	check("the prior is open", open(day(2)), manual, afterPrior0, Release{WaitsFor: testID(0)}, "b:changed")
	check("back to a person's act", completed(day(9)), after(3, Days), manual, Release{}, "b:changed")
}

func TestR5_APausesShiftEndsWithANewRuleOrPrior(t *testing.T) {
	t.Parallel()
	current := programItems(item("A", completed(day(9))), item("B", open(day(9))), item("C", shifted(after(2, Days), day(30))))
	current[1].State = completed(day(9.5))
	current[1].State.ID = testID(1)
	w := asIs(current)
	releaseOfC := func(wanted ...EditItem) time.Time {
		t.Helper()
		out, err := PlanEdit(current, wanted, running())
		require.NoError(t, err)
		i := slices.IndexFunc(out.Items, func(p ProgramItem) bool { return p.State.ID == testID(2) })
		return ReleaseOf(States(out.Items), i, day(0)).At.UTC()
	}
	require.Equal(t, day(30), releaseOfC(w...), "no edit of it, no change")
	require.Equal(t, day(30), releaseOfC(w[0], w[1], with(w[2], func(s *ItemSpec) { s.Title = "C2" })))
	require.Equal(t, day(12.5), releaseOfC(w[0], w[1], with(w[2], released(after(3, Days)))), "another delay")
	require.Equal(t, day(11), releaseOfC(w[1], w[0], w[2]), "another prior")
}

func TestDueAt(t *testing.T) {
	t.Parallel()
	check := func(due *DueRule, zoneName string, want time.Time) {
		t.Helper()
		got, err := DueAt(ItemSpec{Due: due}, at(t, "2026-03-27T16:00:00+01:00"), zoneName)
		require.NoError(t, err)
		require.True(t, want.Equal(got), "want %s, got %s", want, got)
	}
	noon := local(t, "2026-04-01T12:00")
	check(nil, "Europe/Berlin", time.Time{})
	check(&DueRule{At: &noon}, "Europe/Berlin", at(t, "2026-04-01T12:00:00+02:00"))
	check(&DueRule{At: &noon}, "Asia/Tokyo", at(t, "2026-04-01T12:00:00+09:00"))
	check(&DueRule{After: &Delay{5, Days}}, "Europe/Berlin", at(t, "2026-04-01T16:00:00+02:00"))
	check(&DueRule{After: &Delay{1, BusinessDays}}, "Europe/Berlin", at(t, "2026-03-30T16:00:00+02:00"))
	_, err := DueAt(ItemSpec{Due: &DueRule{}}, day(0), "UTC")
	requireProblem(t, err, "due_rule_invalid", "")
}

func TestStates_InOrder(t *testing.T) {
	t.Parallel()
	items := programItems(item("A", open(day(1))), item("B", waiting(manual)))
	require.True(t, reflect.DeepEqual([]ItemState{items[0].State, items[1].State}, States(items)))
}
