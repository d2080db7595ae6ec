// Package formview draws the pages behind links: a form to fill out, a message,
// and a page with one button. They are plain HTML that works without script, on
// a phone and with a keyboard alone. The package knows forms and nothing of
// tokens, people or storage.
package formview

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"coachflow/coaching"
)

// Icon is the URL of the pages' icon, which holds the icon itself: a step, and
// the one after it.
const Icon templ.SafeURL = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%231f5f8b'/%3E" +
	"%3Ccircle cx='4.5' cy='8' r='2' fill='%23fff'/%3E%3Cpath d='M8.5 4.5 12 8l-3.5 3.5' fill='none' stroke='%23fff' stroke-width='2' stroke-linecap='round' stroke-linejoin='round'/%3E%3C/svg%3E"

// Names and values of the fields that a form page posts beside its questions,
// whose own fields begin with "q." (see coaching.Question.Field).
const (
	ActionField  = "action" // which button was pressed
	ActionSubmit = "submit" // send the answers
	ActionDraft  = "draft"  // keep what was typed, right or wrong
	ReasonField  = "reason" // words typed on a ConfirmPage
)

// Frame is what all pages have around them.
type Frame struct {
	// OrganizationName is shown above and below. Leave it empty where the page
	// must not tell whose link it was.
	OrganizationName string
	// Brand is the organization's colour; empty is the one that it has until it chooses.
	Brand string
	// Logo is the path of the organization's logo; empty where it has none.
	Logo string
	// Footer replaces the sentence at the end of the page.
	Footer string
}

func (f Frame) brand() string { return or(f.Brand, coaching.DefaultBrand) }

func (f Frame) footer() string {
	if f.Footer != "" {
		return f.Footer
	}
	return "You opened this page with a personal link. Please do not pass it on."
}

// State is what can be done with a form.
type State string

// The states of a form page.
const (
	StateOpen         State = "open"          // can be filled out
	StateAnswered     State = "answered"      // answers are in; shows them, and the way to change them
	StateClosed       State = "closed"        // no answers are taken any more
	StateSavedPending State = "saved_pending" // answers are stored, and the process has yet to acknowledge them
)

// FormPage is everything that Page shows. Times come formatted in the reader's
// zone, with its name.
type FormPage struct {
	Frame
	Form          *coaching.Form
	State         State
	RecipientName string
	Intro         string // a sentence above the questions, such as who asks

	Action   string            // URL that the form posts to
	Hidden   map[string]string // hidden fields, such as a CSRF token
	Draft    coaching.Draft    // what was typed so far
	Problems map[string]string // message by question name; see coaching.ProblemsByQuestion
	// ProblemSummary is the heading of the list of problems, or a problem of
	// the whole page. Empty: a heading that counts them.
	ProblemSummary string

	// Saved is the draft that is saved, where it is newer than the one that Draft
	// was made from: nothing was written, and both are shown.
	Saved coaching.Draft

	Notice     string          // something that has just happened
	SavedAt    string          // when the draft was saved
	AnsweredAt string          // when the answers were sent
	DueAt      string          // until when answers are asked for
	Answer     coaching.Answer // what was sent, in every state but open
	Typed      coaching.Draft  // what was entered and not taken, to be copied
	ChangeText string          // how what was not taken can still be
	EditURL    string          // where the answers can be changed; empty: they cannot
	ClosedText string          // why no answers are taken any more
}

// MessagePage says one thing: what happened, and what to do about it.
type MessagePage struct {
	Frame
	Title string
	Body  string // paragraphs, parted by empty lines
	Hint  string // what to do next
	Tone  Tone
	// LinkText and LinkURL lead on, where there is a place to go.
	LinkText, LinkURL string
}

// Tone colours a message; the words have to be enough without it.
type Tone string

// The tones of a message.
const (
	TonePlain   Tone = ""
	ToneSuccess Tone = "success"
	ToneWarning Tone = "warning"
)

// ConfirmPage asks for one press of one button; the press is a POST.
type ConfirmPage struct {
	Frame
	Title       string
	Body        string // paragraphs, parted by empty lines
	Details     []Detail
	Action      string // URL that the button posts to
	Hidden      map[string]string
	Button      string
	Danger      bool   // the act takes something away
	ReasonLabel string // asks for a reason in words, where given
	Reason      string // the reason typed so far
	Problem     string // why the last press did not work
	Hint        string
	BackURL     string // leads to where something else can be chosen, where given
	BackText    string
}

// Detail is a fact with its name.
type Detail struct{ Label, Value string }

// section is a page of the form with its questions.
type section struct {
	coaching.FormSection
	id        string
	questions []question
}

func (p FormPage) sections() []section {
	var sections []section
	number := 0
	for i, page := range p.Form.Pages {
		drawn := section{FormSection: page, id: "section-" + strconv.Itoa(i+1)}
		for _, asked := range page.Questions {
			number++
			drawn.questions = append(drawn.questions, question{
				Question: asked, id: "q" + strconv.Itoa(number),
				typed: p.Draft[asked.Name], problem: p.Problems[asked.Name],
			})
		}
		sections = append(sections, drawn)
	}
	return sections
}

// wrong are the questions with a problem, in reading order.
func (p FormPage) wrong() []question {
	var wrong []question
	for _, section := range p.sections() {
		for _, question := range section.questions {
			if question.problem != "" {
				wrong = append(wrong, question)
			}
		}
	}
	return wrong
}

// differing are the lines of what is saved that differ from what was typed now.
func (p FormPage) differing() []coaching.AnswerLine {
	typed := p.Form.Words(p.Draft)
	return slices.DeleteFunc(p.Form.Words(p.Saved), func(line coaching.AnswerLine) bool {
		return slices.ContainsFunc(typed, func(other coaching.AnswerLine) bool {
			return other.Question.Name == line.Question.Name && slices.Equal(other.Texts, line.Texts)
		})
	})
}

func (p FormPage) hasProblems() bool { return p.ProblemSummary != "" || len(p.wrong()) > 0 }

func (p FormPage) problemHeading() string {
	if p.ProblemSummary != "" {
		return p.ProblemSummary
	}
	if n := len(p.wrong()); n > 1 {
		return strconv.Itoa(n) + " answers need another look"
	}
	return "One answer needs another look"
}

func (p FormPage) title() string { return or(p.Form.Title, "Form") }

// documentTitle begins with the news, since it is read out first.
func (p FormPage) documentTitle() string {
	switch {
	case p.State == StateOpen && p.hasProblems():
		return "Please check: " + p.title()
	case p.State == StateOpen && len(p.Saved) > 0:
		return "Not saved: " + p.title()
	case len(p.Typed) > 0 && (p.State == StateAnswered || p.State == StateSavedPending):
		return "Not taken: " + p.title()
	case p.State == StateAnswered, p.State == StateSavedPending:
		return "Thank you: " + p.title()
	case p.State == StateClosed:
		return "Closed: " + p.title()
	}
	return p.title()
}

func (p FormPage) thanks() string {
	if p.RecipientName == "" {
		return "Thank you, your answers are in"
	}
	return "Thank you, " + p.RecipientName + ", your answers are in"
}

func (p FormPage) summaryTitle() string {
	if len(p.Typed) > 0 {
		return "The answers that count: " + p.title()
	}
	return "Your answers: " + p.title()
}

func (p FormPage) someRequired() bool {
	return slices.ContainsFunc(p.Form.Questions(), func(q coaching.Question) bool { return q.Required })
}

// Entered is everything that was typed into a form, right or wrong, small or large.
func Entered(form *coaching.Form, values url.Values) coaching.Draft {
	draft := coaching.Draft{}
	for _, question := range form.Questions() {
		for _, value := range values[question.Field()] {
			if strings.TrimSpace(value) != "" {
				draft[question.Name] = append(draft[question.Name], value)
			}
		}
	}
	return draft
}

// names gives hidden fields an order, so that a page is the same every time.
func names(hidden map[string]string) []string { return slices.Sorted(maps.Keys(hidden)) }

// paragraphs parts a text at its empty lines.
func paragraphs(text string) []string {
	var parts []string
	for _, part := range strings.Split(text, "\n\n") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

func or(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}
