package coaching

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// CheckJSON reads an answer that came as a SurveyJS result. Types are strict:
// the number 3 is no answer to a text. A name that the form does not have is a
// problem answer_unknown_question, since its answer would be lost.
func (f *Form) CheckJSON(result map[string]any) (Answer, []FieldProblem) {
	draft, wrong := Draft{}, map[string]*FieldProblem{}
	known := map[string]bool{}
	for _, question := range f.Questions() {
		known[question.Name] = true
		typed, problem := question.fromJSON(result[question.Name])
		draft[question.Name] = typed
		if problem != nil {
			wrong[question.Name] = problem
		}
	}
	answer, problems := f.Check(draft)
	problems = slices.DeleteFunc(problems, func(p FieldProblem) bool { return wrong[p.Path] != nil })
	return answer, append(problems, f.mistyped(result, wrong, known)...)
}

// mistyped lists the answers of the wrong type in the form's order, and then
// the unknown names, sorted.
func (f *Form) mistyped(result map[string]any, wrong map[string]*FieldProblem, known map[string]bool) []FieldProblem {
	var problems []FieldProblem
	for _, question := range f.Questions() {
		if problem := wrong[question.Name]; problem != nil {
			problem.Path = question.Name
			problems = append(problems, *problem)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(result)) {
		if !known[name] && len(problems) < MaxFormProblems {
			problems = append(problems, FieldProblem{
				Path: formPath("", name), Code: "answer_unknown_question", Message: "The form has no question of this name.",
			})
		}
	}
	return problems
}

// fromJSON turns one value of a SurveyJS result into what would have been typed.
func (q Question) fromJSON(value any) ([]string, *FieldProblem) {
	if value == nil {
		return nil, nil
	}
	switch q.Kind {
	case AskNumber, AskScale:
		return numberFromJSON(value)
	case AskYesNo:
		if flag, ok := value.(bool); ok {
			return []string{strconv.FormatBool(flag)}, nil
		}
		return nil, answerProblem("answer_not_a_choice", "Expected true or false.")
	case AskMultipleChoice:
		return listFromJSON(value)
	}
	text, ok := value.(string)
	if !ok {
		return nil, answerProblem(q.textCode(), "Expected a text.")
	}
	return []string{cleanAnswer(text)}, nil
}

func (q Question) textCode() string {
	switch q.Kind {
	case AskDate:
		return "answer_not_a_date"
	case AskSingleChoice:
		return "answer_not_a_choice"
	}
	return "answer_not_a_text"
}

func numberFromJSON(value any) ([]string, *FieldProblem) {
	switch number := value.(type) {
	case float64:
		return []string{FormatNumber(number)}, nil
	case int:
		return []string{strconv.Itoa(number)}, nil
	case json.Number:
		if parsed, err := number.Float64(); err == nil {
			return []string{FormatNumber(parsed)}, nil
		}
	}
	return nil, answerProblem("answer_not_a_number", "Expected a number.")
}

func listFromJSON(value any) ([]string, *FieldProblem) {
	if list, ok := value.([]string); ok {
		return list, nil
	}
	list, ok := value.([]any)
	if !ok {
		return nil, answerProblem("answer_not_a_choice", "Expected a list of texts.")
	}
	var texts []string
	for _, item := range list {
		text, ok := item.(string)
		if !ok {
			return nil, answerProblem("answer_not_a_choice", "Expected a list of texts.")
		}
		texts = append(texts, text)
	}
	return texts, nil
}
