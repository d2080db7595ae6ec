package formview

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"

	"coachflow/coaching"
)

// question is one question as it is drawn.
type question struct {
	coaching.Question
	id      string // unique on the page; names may hold what an id must not
	typed   []string
	problem string
}

func (q question) fieldClass() string {
	if q.problem != "" {
		return "question has-problem"
	}
	return "question"
}

func (q question) helpID() string    { return q.id + "-help" }
func (q question) problemID() string { return q.id + "-problem" }
func (q question) hintID() string    { return q.id + "-hint" }

// target is where the list of problems leads: the control that takes the focus.
func (q question) target() string {
	switch {
	case q.grouped():
		return q.id + "-1"
	default:
		return q.id
	}
}

// grouped questions consist of several controls under one legend.
func (q question) grouped() bool {
	switch q.Kind {
	case coaching.AskSingleChoice:
		return !q.Dropdown
	case coaching.AskMultipleChoice, coaching.AskScale, coaching.AskYesNo:
		return true
	}
	return false
}

// describedBy lists the ids of what belongs to the question beside its label.
func (q question) describedBy() string {
	var ids []string
	if q.Help != "" {
		ids = append(ids, q.helpID())
	}
	if q.hint() != "" {
		ids = append(ids, q.hintID())
	}
	if q.problem != "" {
		ids = append(ids, q.problemID())
	}
	return strings.Join(ids, " ")
}

// hint says what the rules of the answer are, before they are broken.
func (q question) hint() string {
	switch q.Kind {
	case coaching.AskShortText, coaching.AskLongText:
		if q.MaxLength > 0 {
			return "Up to " + strconv.Itoa(q.MaxLength) + " characters."
		}
	case coaching.AskNumber:
		return q.numberHint()
	case coaching.AskMultipleChoice:
		return "You can choose several."
	case coaching.AskScale:
		return q.scaleHint()
	}
	return ""
}

func (q question) numberHint() string {
	switch {
	case q.Min != nil && q.Max != nil:
		return "A number from " + coaching.FormatNumber(*q.Min) + " to " + coaching.FormatNumber(*q.Max) + "."
	case q.Min != nil:
		return "A number, at least " + coaching.FormatNumber(*q.Min) + "."
	case q.Max != nil:
		return "A number, at most " + coaching.FormatNumber(*q.Max) + "."
	}
	return ""
}

// scaleHint gives the ends of the scale in words to those who do not see where
// the labels stand.
func (q question) scaleHint() string {
	low, high := coaching.FormatNumber(*q.Min), coaching.FormatNumber(*q.Max)
	if q.LowLabel != "" {
		low += " (" + q.LowLabel + ")"
	}
	if q.HighLabel != "" {
		high += " (" + q.HighLabel + ")"
	}
	return "From " + low + " to " + high + "."
}

// common are the attributes of every single control. Native validation is off
// and aria-required used, since the draft button has to work with gaps.
func (q question) common() templ.Attributes {
	attributes := templ.Attributes{"id": q.id, "name": q.Field()}
	if ids := q.describedBy(); ids != "" {
		attributes["aria-describedby"] = ids
	}
	if q.Required {
		attributes["aria-required"] = "true"
	}
	if q.problem != "" {
		attributes["aria-invalid"] = "true"
	}
	if placeholder := q.placeholder(); placeholder != "" {
		attributes["placeholder"] = placeholder
	}
	return attributes
}

// placeholder of a date shows the form to browsers that have no date picker.
func (q question) placeholder() string {
	switch {
	case q.Dropdown: // it is the first option there
		return ""
	case q.Kind == coaching.AskDate:
		return or(q.Placeholder, "2026-03-04")
	}
	return q.Placeholder
}

func controlType(q question) string {
	if q.Kind == coaching.AskMultipleChoice {
		return "checkbox"
	}
	return "radio"
}

// value is what was typed into a single control.
func (q question) value() string {
	if len(q.typed) == 0 {
		return ""
	}
	return q.typed[0]
}

// dateType keeps what was typed in sight: a date input drops what is no date.
func (q question) dateType() string {
	if _, err := time.Parse(time.DateOnly, q.value()); err != nil && q.value() != "" {
		return "text"
	}
	return "date"
}

// inputMode picks the keyboard of a phone. The number pads of some phones have
// no minus, so questions that allow negative numbers get the full keyboard.
func (q question) inputMode() string {
	if q.Min != nil && *q.Min < 0 || q.Max != nil && *q.Max < 0 {
		return "text"
	}
	return "decimal"
}

// rows makes room for what was typed already, within reason.
func (q question) rows() string {
	rows := q.Rows
	if rows == 0 {
		rows = 4
	}
	needed := strings.Count(q.value(), "\n") + utf8.RuneCountInString(q.value())/60 + 1
	return strconv.Itoa(min(max(rows, needed), 20))
}

// option is one radio button or checkbox.
type option struct {
	id, value, text string
	checked         bool
	subdued         bool // the way out of an optional question
}

// options are the controls of a grouped question. A radio button cannot be
// unpressed without script, so an optional question offers no answer as one.
func (q question) options() []option {
	options := q.offered()
	if !q.Required && q.Kind != coaching.AskMultipleChoice {
		options = append(options, option{text: "No answer", subdued: true})
	}
	for i := range options {
		options[i].id = q.id + "-" + strconv.Itoa(i+1)
		options[i].checked = !options[i].subdued && slices.Contains(q.typed, options[i].value)
	}
	return options
}

func (q question) offered() []option {
	var options []option
	switch q.Kind {
	case coaching.AskScale:
		for _, value := range q.ScaleValues() {
			text := coaching.FormatNumber(value)
			options = append(options, option{value: text, text: text})
		}
	case coaching.AskYesNo:
		options = []option{{value: "true", text: q.YesText()}, {value: "false", text: q.NoText()}}
	default:
		for _, choice := range q.Choices {
			options = append(options, option{value: choice.Value, text: choice.Text})
		}
	}
	return options
}
