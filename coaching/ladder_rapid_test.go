package coaching

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func anyWhen(t *rapid.T, due bool) When {
	unit := rapid.SampledFrom([]DelayUnit{Hours, Days, BusinessDays}).Draw(t, "unit")
	n := rapid.IntRange(1, 40).Draw(t, "amount")
	rules := []WhenRule{AfterStart, Every}
	if due {
		rules = []WhenRule{AfterStart, Every, PartOfTime, BeforeDue, AtDue, AfterDue}
	}
	switch rule := rapid.SampledFrom(rules).Draw(t, "rule"); rule {
	case Every:
		return every(n, unit, rapid.IntRange(1, 4).Draw(t, "most"))
	case PartOfTime:
		return part(rapid.IntRange(1, 99).Draw(t, "percent"))
	case AtDue:
		return When{Rule: AtDue}
	default:
		return When{Rule: rule, Delay: Delay{n, unit}}
	}
}

func anySteps(t *rapid.T, rules ladderRules, due bool) LadderSteps {
	var set LadderSteps
	to, told := anyAudience(rules.steps), anyAudience(rules.told)
	for range rapid.IntRange(0, 5).Draw(t, "steps") {
		set.Steps = append(set.Steps, Rung{anyWhen(t, due), to.Draw(t, "to")})
	}
	if rules.does == "" {
		return set
	}
	when := anyWhen(t, due)
	when.Most = 0
	if when.Rule == Every {
		when.Rule = AfterStart
	}
	set.End = &LadderEnd{when, rules.does, told.Draw(t, "end to")}
	set.Steps = slices.DeleteFunc(set.Steps, func(r Rung) bool { return surelyAfter(r.When, when) })
	return set
}

// anyAudience is any, or the only one that a kind allows.
func anyAudience(only Audience) *rapid.Generator[Audience] {
	if only != "" {
		return rapid.Just(only)
	}
	return rapid.SampledFrom([]Audience{ToReader, ToReader, ToCoach, ToAdmins})
}

// anyLadder is any ladder that Check lets pass.
func anyLadder(t *rapid.T) Ladder {
	l := Ladder{Kind: rapid.SampledFrom(LadderKinds).Draw(t, "kind"), MinGapHours: rapid.IntRange(0, 80).Draw(t, "gap")}
	rules := ladderKinds[l.Kind]
	l.LadderSteps = anySteps(t, rules, rules.due != neverDue)
	if rules.due == mayBeDue {
		open := anySteps(t, rules, false)
		l.WithoutDue = &open
	}
	l.KeepsMoment = l.Kind == SessionLadder || rapid.IntRange(0, 5).Draw(t, "keeps") == 0
	require.Nil(t, l.Check(""))
	return l
}

func anyInput(t *rapid.T) LadderInput {
	zone := func(label string) *time.Location { return ZoneOrUTC(rapid.SampledFrom(uglyZones).Draw(t, label)) }
	in := LadderInput{Start: anyMoment(t, "start"), Zones: LadderZones{zone("reader"), zone("coach"), zone("admins")}, Hours: DefaultWorkingHours}
	if rapid.Bool().Draw(t, "is due") {
		in.Due = in.Start.Add(time.Duration(rapid.IntRange(-100_000, 4_000_000).Draw(t, "due in")) * time.Second)
	}
	in.Now = in.Start.Add(time.Duration(max(0, rapid.IntRange(-2_000_000, 4_000_000).Draw(t, "now"))) * time.Second)
	if rapid.Bool().Draw(t, "own hours") {
		in.Hours = anyHours(t)
	}
	return in
}

func TestLadder_WhateverIsLaidOut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l, in := anyLadder(t), anyInput(t)
		laid := l.Lay(in)
		require.Equal(t, laid, l.Lay(in), "the same question has the same answer")
		requireOrder(t, laid)
		requireHours(t, l, in, laid)
		requireBounds(t, l, in, laid)
		requireGaps(t, l, in, laid)
		requireWhole(t, l, in, laid)
	})
}

// requireOrder finds numbers and moments in order, and the end last.
func requireOrder(t *rapid.T, laid Layout) {
	for i, s := range laid.Steps {
		require.Equal(t, time.UTC, s.At.Location())
		require.Equal(t, s.End, s.Name == "end" || s.Name == "escalation")
		if i > 0 {
			require.Greater(t, s.Number, laid.Steps[i-1].Number)
			require.False(t, s.At.Before(laid.Steps[i-1].At), "%v", laid.Steps)
			require.False(t, laid.Steps[i-1].End)
		}
	}
}

// requireHours finds every mail within the hours of its reader, and one a day
// at most.
func requireHours(t *rapid.T, l Ladder, in LadderInput, laid Layout) {
	if l.KeepsMoment {
		return
	}
	work := in.Hours.ready()
	for i, s := range laid.Steps {
		if s.Request || s.To == "" {
			continue
		}
		require.True(t, work.allows(s.At, in.Zones.of(s.To)), "%+v", s)
		for _, other := range laid.Steps[:i] {
			if other.To == s.To && !other.Request {
				require.False(t, sameDay(s.At, other.At, in.Zones.of(s.To)), "%+v and %+v", other, s)
			}
		}
	}
}

// requireBounds finds nothing in the past of the plan and nothing after the due
// moment or the end but what belongs there.
func requireBounds(t *rapid.T, l Ladder, in LadderInput, laid Layout) {
	for _, s := range laid.Steps {
		if s.Request {
			continue
		}
		require.False(t, s.At.Before(in.Now), "%+v", s)
		require.False(t, s.At.Before(in.Start))
		if s.End {
			require.False(t, s.At.Before(s.Effect))
			continue
		}
		if end := laid.Steps[len(laid.Steps)-1]; end.End {
			require.True(t, s.At.Before(end.Effect))
		}
		due := in.Due
		if rules := ladderKinds[l.Kind]; rules.due == neverDue || rules.due == mayBeDue && !due.After(in.Start) {
			due = time.Time{}
		}
		if !due.IsZero() && !s.nominal.After(due) {
			require.False(t, s.At.After(due), "%+v", s)
		}
	}
}

// requireGaps finds the least distance between two mails to one audience.
func requireGaps(t *rapid.T, l Ladder, in LadderInput, laid Layout) {
	last := map[Audience]time.Time{ladderKinds[l.Kind].waits: in.Start}
	for _, s := range laid.Steps {
		if s.Request || s.End {
			continue
		}
		if before, is := last[s.To]; is {
			require.GreaterOrEqual(t, s.At.Sub(before), time.Duration(l.MinGapHours)*time.Hour, "%+v", s)
		}
		last[s.To] = s.At
	}
	if end := laid.Steps; l.KeepsMoment && len(end) > 1 && end[len(end)-1].End && !end[len(end)-2].Request {
		require.GreaterOrEqual(t, end[len(end)-1].At.Sub(end[len(end)-2].At), time.Duration(l.MinGapHours)*time.Hour)
	}
}

// requireWhole finds each number once, and the same numbers whatever the hours
// of the day and the time of planning.
func requireWhole(t *rapid.T, l Ladder, in LadderInput, laid Layout) {
	all := rungs(laid)
	require.Len(t, all, len(laid.Steps)+len(laid.Dropped))
	for n := 1; n <= len(all); n++ {
		require.Contains(t, all, n)
	}
	l.KeepsMoment, in.Now = true, time.Time{}
	bare := l.Lay(in)
	require.Empty(t, bare.Dropped)
	require.Equal(t, all, rungs(bare))
	require.Equal(t, laid.LeftOut, bare.LeftOut)
}

func BenchmarkLadder_Lay(b *testing.B) {
	berlin := ZoneOrUTC("Europe/Berlin")
	l, in := DefaultLadders[ItemLadder], LadderInput{Start: day(60), Due: day(74.3), Now: day(60), Zones: LadderZones{berlin, berlin, berlin}}
	b.ReportAllocs()
	for b.Loop() {
		l.Lay(in)
	}
}
