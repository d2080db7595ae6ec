package formview

import "coachflow/coaching"

// StepsPage shows how something stands and what its reader can do about it: parts with
// their facts, each with forms of one button.
type StepsPage struct {
	Frame
	Title, Body     string
	Problem, Notice string
	Action          string // where the forms post to
	Parts           []StepsPart
}

// StepsPart is a part of such a page.
type StepsPart struct {
	Heading string
	Line    string // below the heading, in small
	HTML    string // what somebody has written in Markdown, as HTML
	Body    string
	Details []Detail
	Forms   []StepsForm
}

// StepsForm is a form with one button.
type StepsForm struct {
	ID     string // tells the forms of a page apart
	Act    coaching.MatchingActKind
	Hidden map[string]string
	Words  string // the label of a field for words; empty: none
	Typed  string // what was typed in it
	// Choices are offered as radio buttons; the first is chosen.
	Choices []StepsChoice
	// Times are the labels of fields for a date and a time.
	Times           []string
	Button          string
	Primary, Danger bool
}

// StepsChoice is one of several values.
type StepsChoice struct{ Value, Label string }

// The fields of the forms.
const (
	ChoiceField    = "at"
	DateField      = "date" // each with a number behind it, as TimeField
	TimeField      = "time"
	CoachField     = "coach"
	InterviewField = "interview"
)
