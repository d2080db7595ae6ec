package coaching

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"unicode"
)

// Bounds of an answer.
const (
	MaxAnswerBytes = 256 << 10 // everything that one person typed into one form
	MaxShortText   = 1000      // characters of a short text
	MaxLongText    = 20000     // characters of a long text

	// Numbers beyond this lose digits in a float64 and in JavaScript readers.
	maxAnswerNumber = 1e15
)

// Draft is what a person typed, by question name: raw, right or wrong, so that
// it can be shown again just as it was. A choice is its value, yes/no is
// "true" or "false".
type Draft map[string][]string

// Answer is a checked answer in the shape of a SurveyJS result, by question
// name: string, float64, bool or []string. Unanswered questions are absent.
type Answer map[string]any

// JSON is the answer as a SurveyJS result, keys sorted.
func (a Answer) JSON() ([]byte, error) {
	if a == nil {
		a = Answer{}
	}
	data, err := json.Marshal(map[string]any(a))
	if err != nil {
		return nil, fmt.Errorf("write answer as JSON: %w", err)
	}
	return data, nil
}

// ReadDraft takes what an HTML form posted. Fields that belong to no question
// are left out. The error is a *Problem answer_too_large; nothing is cut.
func (f *Form) ReadDraft(values url.Values) (Draft, error) {
	draft, size := Draft{}, 0
	for _, question := range f.Questions() {
		for _, value := range values[question.Field()] {
			value = cleanAnswer(value)
			if strings.TrimSpace(value) == "" {
				continue
			}
			draft[question.Name] = append(draft[question.Name], value)
			size += len(value)
		}
	}
	if size > MaxAnswerBytes {
		return nil, answerTooLarge()
	}
	return draft, nil
}

// ReadAnswer is ReadDraft followed by Check. The draft is good whenever the
// error is nil; the answer is complete when there are no problems, too.
func (f *Form) ReadAnswer(values url.Values) (Answer, Draft, []FieldProblem, error) {
	draft, err := f.ReadDraft(values)
	if err != nil {
		return nil, nil, nil, err
	}
	answer, problems := f.Check(draft)
	return answer, draft, problems, nil
}

func answerTooLarge() *Problem {
	return Problemf(TooLarge, "answer_too_large",
		"Your answers are longer than %d KB together. Please shorten the longest ones.", MaxAnswerBytes>>10)
}

// cleanAnswer gives lines one ending and removes what no keyboard types and no
// database column of text holds.
func cleanAnswer(value string) string {
	value = strings.ToValidUTF8(value, "\uFFFD")
	value = strings.ReplaceAll(value, "\r\n", "\n")
	value = strings.ReplaceAll(value, "\r", "\n")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, value)
}

// Check reads a draft as an answer. Every question that is wrong gives one
// FieldProblem whose path is the question's name and whose message can stand
// beside the question; the answer holds the questions that are right.
// A draft of an older version of the form is read as far as its names fit.
func (f *Form) Check(draft Draft) (Answer, []FieldProblem) {
	answer := Answer{}
	var problems []FieldProblem
	if draft.size() > MaxAnswerBytes {
		tooLarge := answerTooLarge()
		return answer, []FieldProblem{{Code: tooLarge.Code, Message: tooLarge.Message}}
	}
	for _, question := range f.Questions() {
		value, problem := question.check(draft[question.Name])
		switch {
		case problem != nil:
			problem.Path = question.Name
			problems = append(problems, *problem)
		case value != nil:
			answer[question.Name] = value
		}
	}
	return answer, problems
}

func (d Draft) size() int {
	size := 0
	for _, values := range d {
		for _, value := range values {
			size += len(value)
		}
	}
	return size
}

// Draft is an answer as it would have been typed, to fill the page again.
func (f *Form) Draft(answer Answer) Draft {
	draft := Draft{}
	for _, question := range f.Questions() {
		value, ok := answer[question.Name]
		if !ok {
			continue
		}
		if typed, problem := question.fromJSON(value); problem == nil && len(typed) > 0 {
			draft[question.Name] = typed
		}
	}
	return draft
}

// ProblemsByQuestion gives the first message of each question, by its name.
func ProblemsByQuestion(problems []FieldProblem) map[string]string {
	messages := make(map[string]string, len(problems))
	for _, problem := range problems {
		if _, taken := messages[problem.Path]; !taken {
			messages[problem.Path] = problem.Message
		}
	}
	return messages
}

// AnswerLine is one question with its answer in words.
type AnswerLine struct {
	Question Question
	// Texts is empty where the question was not answered, and has more than
	// one entry for multiple choice alone.
	Texts []string
}

// Summary puts an answer in words, question by question, in reading order. It
// also takes an answer that was read back from JSON.
func (f *Form) Summary(answer Answer) []AnswerLine { return f.Words(f.Draft(answer)) }

// Words is Summary of what was typed, right or wrong.
func (f *Form) Words(draft Draft) []AnswerLine {
	var lines []AnswerLine
	for _, question := range f.Questions() {
		line := AnswerLine{Question: question}
		for _, value := range draft[question.Name] {
			line.Texts = append(line.Texts, question.inWords(value))
		}
		lines = append(lines, line)
	}
	return lines
}
