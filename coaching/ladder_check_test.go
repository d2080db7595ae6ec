package coaching

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDefaultLadders_AreWhole(t *testing.T) {
	t.Parallel()
	require.Len(t, DefaultLadders, len(LadderKinds))
	for _, kind := range LadderKinds {
		l, is := DefaultLadders[kind]
		require.True(t, is, kind)
		require.Equal(t, kind, l.Kind)
		require.Nil(t, l.Check(""), kind)
		require.NotEmpty(t, kind.Title())

		out, err := json.Marshal(l)
		require.NoError(t, err)
		var back Ladder
		require.NoError(t, json.Unmarshal(out, &back))
		require.Equal(t, l, back, "it can be stored")
	}
}

func TestLadder_JSON(t *testing.T) {
	t.Parallel()
	out, err := json.Marshal(DefaultLadders[ItemLadder])
	require.NoError(t, err)
	require.JSONEq(t, `{"kind": "item", "min_gap_hours": 4,
		"steps": [{"when": {"rule": "part", "percent": 50}, "to": "reader"}, {"when": {"rule": "part", "percent": 75}, "to": "reader"},
			{"when": {"rule": "before_due", "delay": {"amount": 1, "unit": "days"}}, "to": "reader"}],
		"end": {"when": {"rule": "at_due"}, "does": "escalate", "to": "coach"},
		"without_due": {"steps": [{"when": {"rule": "every", "delay": {"amount": 3, "unit": "days"}, "most": 5}, "to": "reader"}],
			"end": {"when": {"rule": "after_start", "delay": {"amount": 18, "unit": "days"}}, "does": "escalate", "to": "coach"}}}`, string(out))
}

func TestLadder_CheckNamesEveryFault(t *testing.T) {
	t.Parallel()
	check := func(name string, kind LadderKind, change func(*Ladder), want ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := DefaultLadders[kind]
			end := *l.End
			l.End = &end
			change(&l)
			p := l.Check("")
			require.Equal(t, want, faults(p))
			if p != nil {
				require.Equal(t, "ladder_invalid", p.Code)
				require.Equal(t, Invalid, p.Class)
			}
		})
	}
	steps := func(moments ...When) func(*Ladder) { return func(l *Ladder) { l.Steps = remind(ToReader, moments...) } }

	check("no steps: nobody is reminded", SelectionLadder, steps())
	check("a kind of its own", SelectionLadder, func(l *Ladder) { l.Kind = "tea" }, "kind ladder_kind_unknown")
	check("no kind", SelectionLadder, func(l *Ladder) { l.Kind = "" }, "kind ladder_kind_unknown")
	check("zero, negative and endless delays", SelectionLadder, steps(afterStart(0, Days), afterStart(-1, Days), afterStart(731, Days), afterStart(math.MaxInt, Hours), afterStart(math.MinInt, BusinessDays)),
		"steps[0].when.delay.amount delay_out_of_range", "steps[1].when.delay.amount delay_out_of_range", "steps[2].when.delay.amount delay_out_of_range",
		"steps[3].when.delay.amount delay_out_of_range", "steps[4].when.delay.amount delay_out_of_range")
	check("units and rules that are none", SelectionLadder, steps(afterStart(1, "weeks"), When{Rule: "soon"}, When{}),
		"steps[0].when.delay.unit delay_unit_unknown", "steps[1].when.rule when_unknown", "steps[2].when.rule when_unknown")
	check("nothing is due", SelectionLadder, steps(part(50), beforeDue(1, Days), When{Rule: AtDue}, afterDue(1, Days)),
		"steps[0].when.rule due_unknown", "steps[1].when.rule due_unknown", "steps[2].when.rule due_unknown", "steps[3].when.rule due_unknown")
	check("parts", MilestoneLadder, steps(part(0), part(-1), part(100), part(1), part(99)),
		"steps[0].when.percent percent_out_of_range", "steps[1].when.percent percent_out_of_range", "steps[2].when.percent percent_out_of_range")
	check("repeats", FeedbackLadder, steps(every(1, Days, 0), every(1, Days, -1), every(1, Hours, 16), every(1, Days, math.MaxInt)),
		"steps[0].when.most most_out_of_range", "steps[1].when.most most_out_of_range", "steps[3].when.most most_out_of_range", "steps steps_too_many")
	check("a repeat of years", FeedbackLadder, func(l *Ladder) { l.Steps, l.End.When = remind(ToReader, every(200, Days, 4)), afterStart(700, Days) },
		"steps[0].when when_too_late")
	check("twenty reminders", FeedbackLadder, steps(every(1, Hours, 20)))
	check("twenty-one in two steps", FeedbackLadder, steps(every(1, Hours, 20), afterStart(1, Days)), "steps steps_too_many")
	check("twenty-one steps", FeedbackLadder, steps(make([]When, 21)...), append(repeated("when.rule when_unknown", 20), "steps steps_too_many")...)
	check("what belongs to another rule", MilestoneLadder, steps(
		When{Rule: AtDue, Delay: Delay{1, Days}}, When{Rule: AtDue, Percent: 5}, When{Rule: BeforeDue, Delay: Delay{1, Days}, Most: 2}, When{Rule: PartOfTime, Percent: 5, Delay: Delay{Unit: Days}}),
		"steps[0].when.delay when_misplaced", "steps[1].when.percent when_misplaced", "steps[2].when.most when_misplaced", "steps[3].when.delay when_misplaced")
	check("readers that are none", SelectionLadder, func(l *Ladder) {
		l.Steps, l.End.To = []Rung{{afterStart(1, Days), ""}, {afterStart(1, Days), "peer"}}, ""
	},
		"steps[0].to audience_unknown", "steps[1].to audience_unknown", "end.to audience_unknown")
	check("an end may tell nobody where it closes", ApprovalLadder, func(l *Ladder) { l.End.To = "" })
	check("a coach is not reminded of an item, nor admins", ItemLadder, func(l *Ladder) {
		l.Steps = []Rung{{afterStart(1, Days), ToCoach}, {afterStart(2, Days), ToReader}}
		l.WithoutDue = &LadderSteps{Steps: remind(ToAdmins, every(3, Days, 5)), End: l.WithoutDue.End}
	}, "steps[0].to ladder_step_audience", "without_due.steps[0].to ladder_step_audience")
	check("nor of an invitation", InvitationLadder, func(l *Ladder) {
		l.Steps = append(remind(ToAdmins, afterStart(1, Days)), remind(ToCoach, afterStart(2, Days))...)
	},
		"steps[0].to ladder_step_audience", "steps[1].to ladder_step_audience")
	check("others have steps to anybody", SelectionLadder, func(l *Ladder) {
		l.Steps = append(remind(ToAdmins, afterStart(1, Days)), remind(ToReader, afterStart(2, Days))...)
	})
	check("the end of an item tells the coach", ItemLadder, func(l *Ladder) {
		l.End.To = ToAdmins
		l.WithoutDue = &LadderSteps{End: &LadderEnd{afterStart(18, Days), Escalate, ToReader}}
	}, "end.to ladder_end_audience", "without_due.end.to ladder_end_audience")
	check("that of an invitation the admins, always", InvitationLadder, func(l *Ladder) { l.End.To = "" }, "end.to ladder_end_audience")
	check("and nobody unknown", InvitationLadder, func(l *Ladder) { l.End.To = "peer" }, "end.to audience_unknown")
	check("items and invitations need their ends", ItemLadder, func(l *Ladder) { l.End, l.WithoutDue = nil, &LadderSteps{} }, "end end_missing", "without_due.end end_missing")
	check("an invitation needs its end", InvitationLadder, func(l *Ladder) { l.End = nil }, "end end_missing")
	check("no end", SelectionLadder, func(l *Ladder) { l.End = nil }, "end end_missing")
	check("another end", SelectionLadder, func(l *Ladder) { l.End.Does = Expire }, "end.does end_act_wrong")
	check("steps are not compared with an end that is none", SelectionLadder, func(l *Ladder) { l.End.When = afterStart(0, Days) }, "end.when.delay.amount delay_out_of_range")
	check("an end that repeats", SelectionLadder, func(l *Ladder) { l.End.When = every(3, Days, 2) }, "end.when.rule end_repeats")
	check("an end at the due moment of what is never due", SelectionLadder, func(l *Ladder) { l.End.When = When{Rule: AtDue} }, "end.when.rule due_unknown")
	check("gaps", SelectionLadder, func(l *Ladder) { l.MinGapHours = -1 }, "min_gap_hours min_gap_out_of_range")
	check("a gap of months", SelectionLadder, func(l *Ladder) { l.MinGapHours = 721 }, "min_gap_hours min_gap_out_of_range")
	check("all at once", SelectionLadder, func(l *Ladder) { l.MinGapHours, l.Steps, l.End = -1, remind("", part(0)), nil },
		"min_gap_hours min_gap_out_of_range", "steps[0].when.rule due_unknown", "steps[0].when.percent percent_out_of_range", "steps[0].to audience_unknown", "end end_missing")
	check("items need steps without a due date", ItemLadder, func(l *Ladder) { l.WithoutDue = nil }, "without_due without_due_missing")
	check("others have none", SelectionLadder, func(l *Ladder) { l.WithoutDue = &LadderSteps{} }, "without_due without_due_misplaced")
	check("faults without a due date", ItemLadder, func(l *Ladder) { l.WithoutDue = &l.LadderSteps },
		"without_due.steps[0].when.rule due_unknown", "without_due.steps[1].when.rule due_unknown", "without_due.steps[2].when.rule due_unknown", "without_due.end.when.rule due_unknown")
}

func repeated(fault string, n int) []string {
	var out []string
	for i := range n {
		out = append(out, indexed("steps", i)+"."+fault)
	}
	return out
}

func TestLadder_CheckOfASession(t *testing.T) {
	t.Parallel()
	l := DefaultLadders[SessionLadder]
	l.KeepsMoment, l.End = false, &LadderEnd{When: When{Rule: AtDue}, Does: CloseOut}
	require.Equal(t, []string{"ladders.session.keeps_moment keeps_moment_needed", "ladders.session.end end_misplaced"}, faults(l.Check("ladders.session")))
}

func TestLadder_CheckFindsStepsAfterTheEnd(t *testing.T) {
	t.Parallel()
	check := func(name string, step, end When, want bool) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, want, surelyAfter(step, end))
			l := DefaultLadders[MilestoneLadder]
			l.LadderSteps = LadderSteps{remind(ToReader, step), &LadderEnd{end, Escalate, ToCoach}}
			if want {
				requireProblem(t, firstFault(l.Check("")), "step_after_end", "steps[0].when")
			} else {
				require.Nil(t, l.Check(""))
			}
		})
	}
	atDue := When{Rule: AtDue}
	check("later day", afterStart(8, Days), afterStart(7, Days), true)
	check("the same day", afterStart(7, Days), afterStart(7, Days), false)
	check("more hours than days", afterStart(169, Hours), afterStart(7, Days), true)
	check("as many hours as days", afterStart(168, Hours), afterStart(7, Days), false)
	check("business days are at least days", afterStart(8, BusinessDays), afterStart(7, Days), true)
	check("business days may be more than days", afterStart(5, Days), afterStart(2, BusinessDays), false)
	check("but not more than weeks", afterStart(15, Days), afterStart(2, BusinessDays), true)
	check("the last of a repeat", every(3, Days, 3), afterStart(8, Days), true)
	check("the last of a repeat is in time", every(3, Days, 3), afterStart(9, Days), false)
	check("from the start and from the due date cannot be compared", afterStart(99, Days), atDue, false)
	check("nor the other way round", afterDue(99, Days), afterStart(1, Days), false)
	check("before it is due, and before that", beforeDue(1, Days), beforeDue(2, Days), true)
	check("before it is due, and after that", beforeDue(2, Days), beforeDue(1, Days), false)
	check("a part and a day before", part(99), beforeDue(30, Days), false)
	check("a larger part", part(76), part(75), true)
	check("a smaller part", part(74), part(75), false)
	check("a part of the time", part(99), atDue, false)
	check("when the end is at a part", atDue, part(99), true)
	check("both when it is due", atDue, atDue, false)
	check("after it was due", afterDue(1, Hours), atDue, true)
	check("after it was due, and after that", afterDue(2, Days), afterDue(1, Days), true)
	check("after it was due, in time", afterDue(1, Days), afterDue(1, Days), false)
}

// firstFault makes a field of a Problem one of its own.
func firstFault(p *Problem) error {
	if p == nil || len(p.Fields) == 0 {
		return p
	}
	return &Problem{Code: p.Fields[0].Code, Fields: p.Fields[:1]}
}
