package coaching

// Bounds of a ladder.
const (
	maxReminders = 20
	maxGapHours  = 30 * 24
)

// Check refuses a ladder that makes no sense, with all faults at once. path is
// where the ladder stands in the input; empty: it is the whole input.
func (l Ladder) Check(path string) *Problem {
	c := ladderCheck{Problem: Problemf(Invalid, "ladder_invalid", "These reminders cannot be laid out; the fields say what to change."), rules: ladderKinds[l.Kind]}
	if path != "" {
		path += "."
	}
	if _, known := ladderKinds[l.Kind]; !known {
		c.fault(path+"kind", "ladder_kind_unknown", "%q is nothing that is waited for", l.Kind)
		return c.Problem
	}
	if l.MinGapHours < 0 || l.MinGapHours > maxGapHours {
		c.fault(path+"min_gap_hours", "min_gap_out_of_range", "between 0 and %d", maxGapHours)
	}
	if l.Kind == SessionLadder && !l.KeepsMoment {
		c.fault(path+"keeps_moment", "keeps_moment_needed", "a reminder of a session cannot wait for working hours")
	}
	c.steps(l.LadderSteps, path, c.rules.due != neverDue)
	switch {
	case l.WithoutDue == nil && c.rules.due == mayBeDue:
		c.fault(path+"without_due", "without_due_missing", "needed, for what has no due date")
	case l.WithoutDue != nil && c.rules.due != mayBeDue:
		c.fault(path+"without_due", "without_due_misplaced", "only for what may or may not have a due date")
	case l.WithoutDue != nil:
		c.steps(*l.WithoutDue, path+"without_due.", false)
	}
	if len(c.Fields) == 0 {
		return nil
	}
	return c.Problem
}

// ladderCheck gathers the faults of a ladder.
type ladderCheck struct {
	*Problem
	rules ladderRules
}

func (c ladderCheck) fault(path, code, format string, args ...any) {
	c.WithField(path, code, format, args...)
}

func (c ladderCheck) steps(set LadderSteps, path string, due bool) {
	reminders, ends := 0, c.ends(set.End, due)
	for i, rung := range set.Steps {
		if i >= maxReminders {
			break // further faults are of no use to anybody
		}
		at := indexed(path+"steps", i)
		reminders += min(max(1, rung.When.Most), maxReminders+1)
		fine := c.when(rung.When, at+".when", due)
		switch {
		case !audienceKnown(rung.To):
			c.fault(at+".to", "audience_unknown", "%q is none of reader, coach, admins", rung.To)
		case c.rules.steps != "" && rung.To != c.rules.steps:
			c.fault(at+".to", "ladder_step_audience", "only %q can be reminded here; the end alone tells somebody else", c.rules.steps)
		}
		if fine && ends && surelyAfter(rung.When, set.End.When) {
			c.fault(at+".when", "step_after_end", "comes after the end")
		}
	}
	if len(set.Steps) > maxReminders || reminders > maxReminders {
		c.fault(path+"steps", "steps_too_many", "at most %d reminders", maxReminders)
	}
	c.end(set.End, path+"end", due)
}

// ends reports whether there is an end with which the steps can be compared.
func (c ladderCheck) ends(end *LadderEnd, due bool) bool {
	alone := ladderCheck{Problem: &Problem{}, rules: c.rules} // c.end tells the faults
	return end != nil && alone.when(end.When, "", due)
}

func audienceKnown(to Audience) bool { return to == ToReader || to == ToCoach || to == ToAdmins }

func (c ladderCheck) end(end *LadderEnd, path string, due bool) {
	switch {
	case end == nil && c.rules.does == "":
		return
	case end == nil:
		c.fault(path, "end_missing", "needed: it says what happens when the reminders were in vain")
		return
	case c.rules.does == "":
		c.fault(path, "end_misplaced", "there is no end but the session itself")
		return
	}
	if end.When.Rule == Every {
		c.fault(path+".when.rule", "end_repeats", "an end comes once")
	} else {
		c.when(end.When, path+".when", due)
	}
	if end.Does != c.rules.does {
		c.fault(path+".does", "end_act_wrong", "must be %q", c.rules.does)
	}
	told := end.Does == Escalate || end.Does == HandOver
	switch {
	case !audienceKnown(end.To) && (told || end.To != ""):
		c.fault(path+".to", "audience_unknown", "%q is none of reader, coach, admins", end.To)
	case c.rules.told != "" && end.To != c.rules.told:
		c.fault(path+".to", "ladder_end_audience", "must be %q: it is they who are told at the end", c.rules.told)
	}
}

// when checks a moment, and reports whether it is without fault.
func (c ladderCheck) when(w When, path string, due bool) bool {
	before := len(c.Fields)
	needsDue, delay, percent, most := false, false, false, false
	switch w.Rule {
	case AfterStart:
		delay = true
	case Every:
		delay, most = true, true
	case PartOfTime:
		needsDue, percent = true, true
	case BeforeDue, AfterDue:
		needsDue, delay = true, true
	case AtDue:
		needsDue = true
	default:
		c.fault(path+".rule", "when_unknown", "%q is none of after_start, every, part, before_due, at_due, after_due", w.Rule)
		return false
	}
	if needsDue && !due {
		c.fault(path+".rule", "due_unknown", "there is no due date to count from")
	}
	c.delay(w, path+".delay", delay)
	c.number(w.Percent, percent, 99, path+".percent", "percent_out_of_range")
	c.number(w.Most, most, maxReminders, path+".most", "most_out_of_range")
	if most && len(c.Fields) == before && amountOf(w) > maxDelay[w.Delay.Unit] {
		c.fault(path, "when_too_late", "the last one would come after more than two years")
	}
	return len(c.Fields) == before
}

func (c ladderCheck) delay(w When, path string, wanted bool) {
	if !wanted {
		if w.Delay != (Delay{}) {
			c.fault(path, "when_misplaced", "not for rule %q", w.Rule)
		}
		return
	}
	if p := w.Delay.Check(path); p != nil {
		c.Fields = append(c.Fields, p.Fields...)
	} else if w.Delay.Amount == 0 {
		c.fault(path+".amount", "delay_out_of_range", "at least 1")
	}
}

func (c ladderCheck) number(n int, wanted bool, most int, path, code string) {
	switch {
	case !wanted && n != 0:
		c.fault(path, "when_misplaced", "not for this rule")
	case wanted && (n < 1 || n > most):
		c.fault(path, code, "between 1 and %d", most)
	}
}

// surelyAfter reports whether a comes after b whatever the dates. What counts
// from the start and what counts from the due date cannot be compared before
// these are known: a step that turns out to come after the end is left out.
func surelyAfter(a, b When) bool {
	sideA, sideB := sideOf(a), sideOf(b)
	switch {
	case sideA == fromStart || sideB == fromStart:
		return sideA == sideB && farther(a, b)
	case sideA != sideB:
		return sideA > sideB
	case a.Rule == PartOfTime && b.Rule == PartOfTime:
		return a.Percent > b.Percent
	case a.Rule == BeforeDue && b.Rule == BeforeDue:
		return farther(b, a)
	}
	return a.Rule == AfterDue && farther(a, b)
}

// side is where a moment lies, seen from the due date.
type side int

const (
	fromStart side = iota
	ahead
	atDue
	behind
)

func sideOf(w When) side {
	switch w.Rule {
	case AfterStart, Every:
		return fromStart
	case AtDue:
		return atDue
	case AfterDue:
		return behind
	}
	return ahead
}

// farther reports whether the (last) delay of a is surely the longer one. A
// business day takes at least a day, and at most a week.
func farther(a, b When) bool {
	if a.Delay.Unit == b.Delay.Unit {
		return amountOf(a) > amountOf(b)
	}
	hours := map[DelayUnit][2]int{Hours: {1, 1}, Days: {24, 24}, BusinessDays: {24, 7 * 24}}
	return amountOf(a)*hours[a.Delay.Unit][0] > amountOf(b)*hours[b.Delay.Unit][1]
}

func amountOf(w When) int { return w.Delay.Amount * max(1, w.Most) }
