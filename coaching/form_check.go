package coaching

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// check reads what was typed for one question. Both results are nil for an
// optional question without an answer.
func (q Question) check(typed []string) (any, *FieldProblem) {
	typed = slices.DeleteFunc(slices.Clone(typed), func(s string) bool { return strings.TrimSpace(s) == "" })
	if len(typed) == 0 {
		return nil, q.missing()
	}
	if q.Kind == AskMultipleChoice {
		return q.checkChoices(typed)
	}
	if len(typed) > 1 {
		return nil, answerProblem("answer_not_a_choice", "Give one answer only.")
	}
	switch q.Kind {
	case AskNumber, AskScale:
		return q.checkNumber(typed[0])
	case AskDate:
		return q.checkDate(typed[0])
	case AskSingleChoice:
		return q.checkChoice(typed[0])
	case AskYesNo:
		return q.checkYesNo(typed[0])
	default:
		return q.checkText(typed[0])
	}
}

func answerProblem(code, format string, args ...any) *FieldProblem {
	return &FieldProblem{Code: code, Message: fmt.Sprintf(format, args...)}
}

func (q Question) missing() *FieldProblem {
	if !q.Required {
		return nil
	}
	switch q.Kind {
	case AskMultipleChoice:
		return answerProblem("answer_required", "Please choose at least one answer.")
	case AskSingleChoice, AskScale, AskYesNo:
		return answerProblem("answer_required", "Please choose an answer.")
	case AskNumber:
		return answerProblem("answer_required", "Please enter a number.")
	case AskDate:
		return answerProblem("answer_required", "Please enter a date.")
	default:
		return answerProblem("answer_required", "Please answer this question.")
	}
}

func (q Question) checkText(text string) (any, *FieldProblem) {
	text, limit := strings.TrimSpace(cleanAnswer(text)), MaxLongText
	if q.Kind == AskShortText {
		limit = MaxShortText
		text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\t' }), " ")
	}
	if q.MaxLength > 0 {
		limit = q.MaxLength
	}
	if n := utf8.RuneCountInString(text); n > limit {
		return nil, answerProblem("answer_too_long",
			"This answer has %d characters; at most %d are possible. Please shorten it.", n, limit)
	}
	return text, nil
}

func (q Question) checkChoice(value string) (any, *FieldProblem) {
	if !slices.ContainsFunc(q.Choices, func(c FormChoice) bool { return c.Value == value }) {
		return nil, answerProblem("answer_not_a_choice", "Please choose one of the listed answers.")
	}
	return value, nil
}

// checkChoices gives the choices in the form's order, each once.
func (q Question) checkChoices(values []string) (any, *FieldProblem) {
	for _, value := range values {
		if _, problem := q.checkChoice(value); problem != nil {
			return nil, answerProblem("answer_not_a_choice", "Please choose from the listed answers.")
		}
	}
	var chosen []string
	for _, choice := range q.Choices {
		if slices.Contains(values, choice.Value) {
			chosen = append(chosen, choice.Value)
		}
	}
	return chosen, nil
}

func (q Question) checkYesNo(value string) (any, *FieldProblem) {
	switch value {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return nil, answerProblem("answer_not_a_choice", "Please choose %s or %s.", q.YesText(), q.NoText())
}

// YesText is the word for true of a yes/no question.
func (q Question) YesText() string { return labelOr(q.TrueLabel, "Yes") }

// NoText is the word for false of a yes/no question.
func (q Question) NoText() string { return labelOr(q.FalseLabel, "No") }

func labelOr(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}

// A decimal comma is taken when one or two digits follow: with three it could
// as well part thousands, and a wrong guess would be off by a factor of 1000.
var answerNumber = regexp.MustCompile(`^[+-]?[0-9]{1,16}(\.[0-9]{1,20}|,[0-9]{1,2})?$`)

func (q Question) checkNumber(text string) (any, *FieldProblem) {
	text = strings.Replace(strings.TrimSpace(text), "−", "-", 1)
	value, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
	if !answerNumber.MatchString(text) || err != nil {
		return nil, answerProblem("answer_not_a_number", "Please write this as a number, such as 12 or 7.5.")
	}
	if q.Kind == AskScale {
		return q.checkScale(value)
	}
	if q.outside(value) {
		return nil, answerProblem("answer_out_of_range", "%s", q.rangeWords())
	}
	if q.Step != nil && !onStep(value, q.stepBase(), *q.Step) {
		return nil, answerProblem("answer_out_of_range",
			"Please use steps of %s, counted from %s.", FormatNumber(*q.Step), FormatNumber(q.stepBase()))
	}
	return value + 0, nil // + 0 turns -0 into 0
}

func (q Question) checkScale(value float64) (any, *FieldProblem) {
	if !slices.Contains(q.ScaleValues(), value) {
		return nil, answerProblem("answer_out_of_range", "Please choose one of the values shown.")
	}
	return value + 0, nil
}

func (q Question) outside(value float64) bool {
	return q.Min != nil && value < *q.Min || q.Max != nil && value > *q.Max || math.Abs(value) > maxAnswerNumber
}

func (q Question) rangeWords() string {
	switch {
	case q.Min != nil && q.Max != nil:
		return fmt.Sprintf("Please enter a number from %s to %s.", FormatNumber(*q.Min), FormatNumber(*q.Max))
	case q.Min != nil:
		return fmt.Sprintf("Please enter a number of at least %s.", FormatNumber(*q.Min))
	case q.Max != nil:
		return fmt.Sprintf("Please enter a number of at most %s.", FormatNumber(*q.Max))
	}
	return "This number is too large."
}

// stepBase is where steps are counted from, as browsers do it.
func (q Question) stepBase() float64 {
	if q.Min != nil {
		return *q.Min
	}
	return 0
}

// onStep allows for the rounding of binary fractions: 0.3 is on steps of 0.1.
func onStep(value, base, step float64) bool {
	steps := (value - base) / step
	return math.Abs(steps-math.Round(steps)) < 1e-6
}

// FormatNumber writes a number of a form without exponent and needless zeros.
func FormatNumber(value float64) string { return strconv.FormatFloat(value, 'f', -1, 64) }

func (q Question) checkDate(text string) (any, *FieldProblem) {
	text = strings.TrimSpace(text)
	if !isFormDay(text) {
		return nil, answerProblem("answer_not_a_date",
			"Please write the date as year, month and day, such as 2026-03-04.")
	}
	// Days in this form sort as text.
	if q.Earliest != "" && text < q.Earliest {
		return nil, answerProblem("answer_out_of_range", "Please choose %s or a later day.", formDayInWords(q.Earliest))
	}
	if q.Latest != "" && text > q.Latest {
		return nil, answerProblem("answer_out_of_range", "Please choose %s or an earlier day.", formDayInWords(q.Latest))
	}
	return text, nil
}

func formDayInWords(text string) string {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return text
	}
	return day.Format("2 January 2006")
}

// inWords is a typed value as people read it.
func (q Question) inWords(value string) string {
	switch q.Kind {
	case AskSingleChoice, AskMultipleChoice:
		for _, choice := range q.Choices {
			if choice.Value == value {
				return choice.Text
			}
		}
	case AskYesNo:
		if value == "true" {
			return q.YesText()
		}
		return q.NoText()
	case AskDate:
		return formDayInWords(value)
	}
	return value
}
