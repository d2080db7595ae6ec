package coaching

import "math"

// questionReaders read what is particular to each SurveyJS type.
var questionReaders = map[string]func(*formObject, *Question){
	"text":       readTextQuestion,
	"comment":    readCommentQuestion,
	"radiogroup": readRadioQuestion,
	"dropdown":   readDropdownQuestion,
	"checkbox":   readCheckboxQuestion,
	"rating":     readRatingQuestion,
	"boolean":    readBooleanQuestion,
}

func readTextQuestion(o *formObject, q *Question) {
	switch inputType := o.name("inputType", maxNameRunes); inputType {
	case "", "text":
		q.Kind = AskShortText
		q.MaxLength = o.maxLength(MaxShortText)
	case "number":
		q.Kind = AskNumber
		readNumberBounds(o, q)
	case "date":
		q.Kind = AskDate
		readDateBounds(o, q)
	default:
		o.problem("inputType", "form_type_unsupported",
			"The input type %q is not supported. Use text, number or date.", inputType)
	}
	q.Placeholder = readPlaceholder(o)
	o.ignore(textCosmetics)
}

// maxLength reads a bound on an answer. -1 and 0 are SurveyJS's words for none.
func (o *formObject) maxLength(limit int) int {
	return max(0, o.count("maxLength", -1, limit))
}

func readNumberBounds(o *formObject, q *Question) {
	q.Min, q.Max, q.Step = o.number("min"), o.number("max"), o.number("step")
	if q.Min != nil && q.Max != nil && *q.Min > *q.Max {
		o.problem("max", "form_value_invalid", "The largest value is below the smallest.")
	}
	if q.Step != nil && *q.Step <= 0 {
		o.problem("step", "form_value_invalid", "The step must be above 0.")
	}
}

func readDateBounds(o *formObject, q *Question) {
	q.Earliest, q.Latest = o.day("min"), o.day("max")
	if q.Earliest != "" && q.Latest != "" && q.Earliest > q.Latest {
		o.problem("max", "form_value_invalid", "The last day is before the first.")
	}
}

// readPlaceholder knows the older spelling, which Creator versions before 1.9 write.
func readPlaceholder(o *formObject) string {
	old := o.line("placeHolder", maxLabelRunes)
	if text := o.line("placeholder", maxLabelRunes); text != "" {
		return text
	}
	return old
}

func readCommentQuestion(o *formObject, q *Question) {
	q.Kind = AskLongText
	q.MaxLength = o.maxLength(MaxLongText)
	q.Rows = o.count("rows", 1, 50)
	q.Placeholder = readPlaceholder(o)
	o.ignore(commentCosmetics)
}

func readRadioQuestion(o *formObject, q *Question) {
	q.Kind = AskSingleChoice
	q.Choices = o.choices()
	o.ignore(choiceCosmetics)
}

func readDropdownQuestion(o *formObject, q *Question) {
	q.Kind, q.Dropdown = AskSingleChoice, true
	q.Choices = o.choices()
	q.Placeholder = readPlaceholder(o)
	o.ignore(dropdownCosmetics)
}

func readCheckboxQuestion(o *formObject, q *Question) {
	q.Kind = AskMultipleChoice
	q.Choices = o.choices()
	o.ignore(choiceCosmetics)
}

func readBooleanQuestion(o *formObject, q *Question) {
	q.Kind = AskYesNo
	q.TrueLabel = o.line("labelTrue", maxLabelRunes)
	q.FalseLabel = o.line("labelFalse", maxLabelRunes)
	o.ignore(booleanCosmetics)
}

// choices reads the choices of a question, each a text or {"value", "text"}.
func (o *formObject) choices() []FormChoice {
	items, ok := o.list("choices", MaxQuestionChoice)
	path := formPath(o.path, "choices")
	if ok && len(items) == 0 || !ok && !o.parser.reported(path) {
		o.problem("choices", "form_property_missing", "This question needs at least one choice.")
	}
	taken := map[string]bool{}
	var choices []FormChoice
	for i, item := range items {
		choice, ok := o.parser.choice(item, formItemPath(path, i))
		if !ok {
			continue
		}
		if taken[choice.Value] {
			o.parser.problem(formItemPath(path, i), "form_name_duplicate", "Another choice of this question has this value.")
		}
		taken[choice.Value] = true
		choices = append(choices, choice)
	}
	return choices
}

func (p *formParser) choice(node *formNode, path string) (FormChoice, bool) {
	before := p.total
	var choice FormChoice
	if node.kind == formScalar {
		choice.Value = p.nameText(node, path, maxLabelRunes)
	} else if object, ok := p.object(node, path); ok {
		choice.Value, choice.Text = object.name("value", maxLabelRunes), object.line("text", maxChoiceRunes)
		object.end()
	}
	if choice.Text == "" {
		choice.Text = choice.Value
	}
	if choice.Value == "" && p.total == before {
		p.problem(path, "form_property_missing", "Every choice needs a value.")
	}
	return choice, p.total == before
}

// readRatingQuestion reads a scale. SurveyJS's defaults are 1 to 5 in steps of 1.
// The Creator may write rateCount beside rateMax; the two must agree.
func readRatingQuestion(o *formObject, q *Question) {
	q.Kind = AskScale
	before := o.parser.total
	low, step := o.wholeOr("rateMin", 1), o.wholeOr("rateStep", 1)
	count := o.count("rateCount", 2, MaxScaleSteps)
	fallback := 5.0
	if count > 0 {
		fallback = low + float64(count-1)*step
	}
	high := o.wholeOr("rateMax", fallback)
	q.Min, q.Max, q.Step = &low, &high, &step
	q.LowLabel = o.line("minRateDescription", maxLabelRunes)
	q.HighLabel = o.line("maxRateDescription", maxLabelRunes)
	o.ignore(ratingCosmetics)
	if o.parser.total == before {
		checkScale(o, q, count)
	}
}

func (o *formObject) wholeOr(key string, fallback float64) float64 {
	value := o.number(key)
	if value == nil {
		return fallback
	}
	if *value != math.Trunc(*value) {
		o.problem(key, "form_value_invalid", "Expected a whole number here.")
	}
	return *value
}

func checkScale(o *formObject, q *Question, count int) {
	values := scaleCount(*q.Min, *q.Max, *q.Step)
	switch {
	case *q.Step <= 0:
		o.problem("rateStep", "form_value_invalid", "The step must be above 0.")
	case values < 2:
		o.problem("rateMax", "form_value_invalid", "A scale needs at least two values.")
	case values > MaxScaleSteps:
		o.problem("rateMax", "form_too_many", "A scale can have at most %d values.", MaxScaleSteps)
	case count > 0 && count != values:
		o.problem("rateCount", "form_value_invalid", "The count does not fit the range, which has %d values.", values)
	}
}

// reported tells whether a problem stands at a path already.
func (p *formParser) reported(path string) bool {
	for _, problem := range p.problems {
		if problem.Path == path {
			return true
		}
	}
	return false
}
