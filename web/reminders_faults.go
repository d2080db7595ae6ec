package web

import (
	"strings"

	"coachflow/coaching"
)

// fault puts the messages of a problem at the fields where they belong. The result says
// of a place whether it has one.
func (f *ladderForm) fault(err error) (shown func(path string) bool) {
	placed := map[string]bool{}
	if problem, is := coaching.AsProblem(err); is {
		for _, field := range problem.Fields {
			placed[field.Path] = f.place(strings.TrimPrefix(field.Path, "ladder."), field)
		}
	}
	return func(path string) bool { return placed[path] }
}

func (f *ladderForm) place(path string, field coaching.FieldProblem) bool {
	if path == "due_days" {
		f.DaysFault = "Enter a whole number of days, 1 to 730."
		return true
	}
	for i := range f.Sets {
		set := &f.Sets[i]
		if rest, within := strings.CutPrefix(path, set.Path); within && set.place(rest, field) {
			return true
		}
	}
	return false
}

func (s *stepSet) place(path string, field coaching.FieldProblem) bool {
	if path == "steps" {
		s.Fault = upperFirst(field.Message) + "."
		return true
	}
	row := s.rowAt(path)
	if row == nil {
		return false
	}
	row.AmountWrong = row.AmountWrong || strings.HasSuffix(path, ".amount")
	row.Faults = append(row.Faults, faultWords(field))
	return true
}

// rowAt finds the row of a place like "steps[2].when.delay.amount".
func (s *stepSet) rowAt(path string) *stepRow {
	if strings.HasPrefix(path, "end") {
		return &s.End
	}
	number, _, found := strings.Cut(strings.TrimPrefix(path, "steps["), "]")
	if n := atoi(number); found && n < len(s.Rows) && strings.HasPrefix(path, "steps[") {
		return &s.Rows[n]
	}
	return nil
}

// faultWords say what is wrong with a row in the words of the form.
func faultWords(field coaching.FieldProblem) string {
	switch field.Code {
	case "delay_out_of_range":
		return "Enter a whole number, 1 or more and two years at most."
	case "delay_unit_unknown":
		return "Choose hours, days or working days."
	case "when_misplaced", "end_repeats":
		return "Only what counts from the sending can be repeated; choose “once”."
	case "step_after_end":
		return "This would come after the end of it, below."
	case "when_unknown", "percent_out_of_range":
		return "Choose when."
	}
	return upperFirst(field.Message) + "."
}
