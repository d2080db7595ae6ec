package coaching

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
)

// Bounds of a form definition. They keep a form answerable on a phone and a
// definition readable at once by the server.
const (
	MaxFormBytes      = 256 << 10 // size of the definition as JSON
	MaxFormQuestions  = 200       // questions on all pages together
	MaxFormPages      = 50
	MaxQuestionChoice = 100 // choices of one question
	MaxScaleSteps     = 21  // values of one scale: 0 to 20 is the longest that fits on a page
	MaxFormProblems   = 50  // problems that one refusal lists

	maxFormDepth   = 12
	maxNameRunes   = 100
	maxTitleRunes  = 500
	maxHelpRunes   = 4000
	maxLabelRunes  = 200
	maxChoiceRunes = 500
)

// QuestionKind is the kind of answer that a question asks for.
type QuestionKind string

// The kinds of questions, with their SurveyJS spelling.
const (
	AskShortText      QuestionKind = "short_text"      // text
	AskLongText       QuestionKind = "long_text"       // comment
	AskSingleChoice   QuestionKind = "single_choice"   // radiogroup or dropdown
	AskMultipleChoice QuestionKind = "multiple_choice" // checkbox
	AskScale          QuestionKind = "scale"           // rating
	AskNumber         QuestionKind = "number"          // text with inputType number
	AskDate           QuestionKind = "date"            // text with inputType date
	AskYesNo          QuestionKind = "yes_no"          // boolean
)

// Form is a form definition that has passed ParseForm. A form is immutable:
// an edit makes a new one, and answers are kept with the one they answered.
type Form struct {
	Title       string // may be empty; never holds a control character, so it can stand in a subject line
	Description string
	Pages       []FormSection
}

// FormSection is one page of the SurveyJS definition. It is shown as a section
// of a single page, since without script there is no paging that keeps answers.
type FormSection struct {
	Name        string // SurveyJS page name, may be empty
	Title       string
	Description string
	Questions   []Question
}

// Question is one question. Which of the fields after Required have a meaning
// follows from Kind.
type Question struct {
	Name     string // key of the answer; unique in the form
	Kind     QuestionKind
	Title    string // never empty: SurveyJS shows the name where no title is given
	Help     string
	Required bool

	Placeholder string       // short and long text, number, date, dropdown
	MaxLength   int          // short and long text, in characters; 0: the default bound
	Rows        int          // long text: lines shown; 0: the default
	Choices     []FormChoice // single and multiple choice
	Dropdown    bool         // single choice: a list to open, not radio buttons
	Min, Max    *float64     // number: bounds or nil; scale: never nil
	Step        *float64     // number: distance of allowed values or nil; scale: never nil
	Earliest    string       // date: first allowed day as 2006-01-02, or empty
	Latest      string       // date: last allowed day, or empty
	LowLabel    string       // scale: words at the lowest value
	HighLabel   string       // scale: words at the highest value
	TrueLabel   string       // yes/no: word for true; empty: Yes
	FalseLabel  string       // yes/no: word for false; empty: No
}

// FormChoice is one choice of a question: Value is what is stored, Text what is read.
type FormChoice struct {
	Value string
	Text  string
}

// Questions are all questions of the form, in reading order.
func (f *Form) Questions() []Question {
	var all []Question
	for _, page := range f.Pages {
		all = append(all, page.Questions...)
	}
	return all
}

// Field is the name that the question's input has in an HTML form. The prefix
// keeps a question named "action" from colliding with the page's own fields.
func (q Question) Field() string { return "q." + q.Name }

// ScaleValues are the values that a scale offers, lowest first.
func (q Question) ScaleValues() []float64 {
	if q.Kind != AskScale || q.Min == nil || q.Max == nil || q.Step == nil {
		return nil
	}
	count := scaleCount(*q.Min, *q.Max, *q.Step)
	values := make([]float64, 0, count)
	for i := range count {
		values = append(values, *q.Min+float64(i)**q.Step)
	}
	return values
}

// scaleCount is the number of values from min to max; 0 where there is no such scale.
func scaleCount(low, high, step float64) int {
	if step <= 0 || high < low {
		return 0
	}
	// Compared as floats first: a huge range must not overflow the int.
	return int(math.Min((high-low)/step, 1e6)) + 1
}

// The SurveyJS spelling of a form, in the order in which the keys are written.
type (
	wireForm struct {
		Title       string     `json:"title,omitempty"`
		Description string     `json:"description,omitempty"`
		Pages       []wirePage `json:"pages"`
	}
	wirePage struct {
		Name        string         `json:"name,omitempty"`
		Title       string         `json:"title,omitempty"`
		Description string         `json:"description,omitempty"`
		Elements    []wireQuestion `json:"elements"`
	}
	wireQuestion struct {
		Type        string       `json:"type"`
		Name        string       `json:"name"`
		Title       string       `json:"title,omitempty"`
		Description string       `json:"description,omitempty"`
		IsRequired  bool         `json:"isRequired,omitempty"`
		InputType   string       `json:"inputType,omitempty"`
		Choices     []wireChoice `json:"choices,omitempty"`
		Min         any          `json:"min,omitempty"`
		Max         any          `json:"max,omitempty"`
		Step        *float64     `json:"step,omitempty"`
		RateMin     *float64     `json:"rateMin,omitempty"`
		RateMax     *float64     `json:"rateMax,omitempty"`
		RateStep    *float64     `json:"rateStep,omitempty"`
		LowLabel    string       `json:"minRateDescription,omitempty"`
		HighLabel   string       `json:"maxRateDescription,omitempty"`
		TrueLabel   string       `json:"labelTrue,omitempty"`
		FalseLabel  string       `json:"labelFalse,omitempty"`
		MaxLength   int          `json:"maxLength,omitempty"`
		Rows        int          `json:"rows,omitempty"`
		Placeholder string       `json:"placeholder,omitempty"`
	}
	wireChoice struct {
		Value string `json:"value"`
		Text  string `json:"text"`
	}
)

// JSON is the form in canonical SurveyJS JSON: fixed order of keys, nothing
// that coachflow ignores. ParseForm of it gives an equal form, and the same
// form always gives the same bytes, so they can be hashed to name a version.
func (f *Form) JSON() ([]byte, error) {
	wire := wireForm{Title: f.Title, Description: f.Description, Pages: []wirePage{}}
	for _, page := range f.Pages {
		wire.Pages = append(wire.Pages, page.wire())
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(wire); err != nil {
		return nil, fmt.Errorf("write form as JSON: %w", err)
	}
	return bytes.TrimRight(out.Bytes(), "\n"), nil
}

func (s FormSection) wire() wirePage {
	page := wirePage{Name: s.Name, Title: s.Title, Description: s.Description, Elements: []wireQuestion{}}
	for _, question := range s.Questions {
		page.Elements = append(page.Elements, question.wire())
	}
	return page
}

func (q Question) wire() wireQuestion {
	wire := wireQuestion{
		Name: q.Name, Title: q.Title, Description: q.Help, IsRequired: q.Required,
		LowLabel: q.LowLabel, HighLabel: q.HighLabel, TrueLabel: q.TrueLabel, FalseLabel: q.FalseLabel,
		MaxLength: q.MaxLength, Rows: q.Rows, Placeholder: q.Placeholder,
	}
	wire.Type, wire.InputType = q.wireType()
	for _, choice := range q.Choices {
		wire.Choices = append(wire.Choices, wireChoice(choice))
	}
	switch q.Kind {
	case AskNumber:
		wire.Step = q.Step
		wire.Min, wire.Max = anyNumber(q.Min), anyNumber(q.Max)
	case AskDate:
		wire.Min, wire.Max = anyString(q.Earliest), anyString(q.Latest)
	case AskScale:
		wire.RateMin, wire.RateMax, wire.RateStep = q.Min, q.Max, q.Step
	}
	return wire
}

// wireType gives the SurveyJS type and, where the type needs one, the inputType.
func (q Question) wireType() (typ, inputType string) {
	switch q.Kind {
	case AskLongText:
		return "comment", ""
	case AskSingleChoice:
		if q.Dropdown {
			return "dropdown", ""
		}
		return "radiogroup", ""
	case AskMultipleChoice:
		return "checkbox", ""
	case AskScale:
		return "rating", ""
	case AskYesNo:
		return "boolean", ""
	case AskNumber:
		return "text", "number"
	case AskDate:
		return "text", "date"
	default:
		return "text", ""
	}
}

// anyNumber and anyString keep an absent bound absent in JSON.
func anyNumber(v *float64) any {
	if v == nil {
		return nil
	}
	return *v
}

func anyString(s string) any {
	if s == "" {
		return nil
	}
	return s
}
