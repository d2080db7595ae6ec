package web

import (
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/formview"
)

// readForm shows a form as it stands.
func (l *link) readForm() error {
	f, err := l.pages.App.ReadFormLink(l.ctx, l.ref)
	if err != nil {
		return err
	}
	l.pages.seen.keep(l.ref, f)
	return l.render(http.StatusOK, formview.Page(l.formPage(f)))
}

// takeForm saves or submits what was typed. Whatever goes wrong, the page comes
// back with everything typed.
func (l *link) takeForm() error {
	values, status := readForm(l.Context)
	if status != http.StatusOK {
		return l.unreadable(status)
	}
	if !pressed(l.Request) {
		return l.askAgain(values)
	}
	if values.Get(formview.ActionField) == formview.ActionSubmit {
		return l.submitForm(values)
	}
	return l.saveForm(values)
}

func (l *link) unreadable(status int) error {
	return l.render(status, formview.Message(formview.MessagePage{
		Frame: l.frame(""), Tone: formview.ToneWarning, Title: "Your answers are too long to be taken",
		Body: "They are longer than a megabyte, or were cut off on their way. Nothing was saved.",
		Hint: "Go back with your browser: what you typed is still there. Shorten the longest answers, and send them again.",
	}))
}

// askAgain shows what was typed, and saves nothing, since nobody pressed.
func (l *link) askAgain(values url.Values) error {
	f, err := l.pages.App.ReadFormLink(l.ctx, l.ref)
	if err != nil {
		return l.notSaved(values, err)
	}
	page := l.formPage(f)
	if page.State == formview.StateOpen {
		page.Draft = typed(f.Form, values)
		page.Notice, page.SavedAt = "Nothing has been sent yet. Please press the button below.", ""
	}
	return l.render(http.StatusOK, formview.Page(page))
}

func (l *link) saveForm(values url.Values) error {
	f, err := l.pages.App.SaveDraft(l.ctx, l.ref, values)
	if err != nil {
		return l.notSaved(values, err)
	}
	page := l.formPage(f)
	if page.State == formview.StateOpen {
		page.Notice = "Your draft is saved. Come back any time with the same link."
	} else {
		l.late(&page, f, values)
	}
	return l.render(http.StatusOK, formview.Page(page))
}

func (l *link) submitForm(values url.Values) error {
	f, faults, err := l.pages.App.SubmitForm(l.ctx, l.ref, values)
	if err != nil {
		return l.notSaved(values, err)
	}
	page := l.formPage(f)
	if len(faults) > 0 {
		page.Draft, page.Problems = typed(f.Form, values), coaching.ProblemsByQuestion(faults)
		return l.render(http.StatusUnprocessableEntity, formview.Page(page))
	}
	if f.Stand == app.FormClosed || !f.SubmittedAt.IsZero() {
		l.late(&page, f, values)
	}
	return l.render(http.StatusOK, formview.Page(page))
}

// late says so where what was typed came after the form was answered or closed,
// and shows it where it would be lost otherwise. The same answers sent twice, as
// by a button pressed twice, are taken.
func (l *link) late(page *formview.FormPage, f app.FormLink, values url.Values) {
	entered, err := f.Form.ReadDraft(values)
	if err != nil {
		entered = typed(f.Form, values)
	} else if reflect.DeepEqual(entered, f.Draft) && !f.SubmittedAt.IsZero() {
		return
	}
	if len(entered) == 0 {
		return
	}
	page.Typed = entered
	if f.Stand != app.FormClosed {
		page.Notice = "Your answers had been sent before, and those are the ones that count. What you have entered now is below them."
		return
	}
	page.ClosedText = "It was closed before your answers came, so they were not taken. You find them below, to copy them.\n\nIf you still want them to be read, send them to the person who asked you, for example as a reply to the mail that brought you here."
}

// notSaved brings the page back with everything typed. The form is the one that
// was shown last, since the database may be away; where it is not known here,
// the bare answers stand in for it.
func (l *link) notSaved(values url.Values, err error) error {
	problem, told := coaching.AsProblem(err)
	if told && problem.Class == coaching.NotFound {
		return err
	}
	status, summary := http.StatusServiceUnavailable, "Your answers could not be saved just now. Everything that you typed is still here: please try again in a moment."
	if told {
		status, summary = statusOf(problem.Class), problem.Message
	} else {
		l.pages.Log.ErrorContext(l.Request.Context(), "answers not saved", "error", err)
	}
	f, known := l.pages.seen.recall(l.ref)
	if !known {
		if f, err = l.pages.App.ReadFormLink(l.ctx, l.ref); err != nil {
			return l.render(status, formview.Retry(l.bareAnswers(values, summary)))
		}
	}
	page := l.formPage(f)
	page.State, page.Draft, page.ProblemSummary, page.SavedAt = formview.StateOpen, typed(f.Form, values), summary, ""
	return l.render(status, formview.Page(page))
}

func (l *link) bareAnswers(values url.Values, summary string) formview.RetryPage {
	return formview.RetryPage{Frame: l.frame(""), Title: "Your answers could not be saved just now", Body: summary,
		Action: l.Request.URL.Path, Values: values, Button: "Try again"}
}

// typed is everything that was typed into a form, right or wrong, small or large.
func typed(form *coaching.Form, values url.Values) coaching.Draft {
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

var formStates = map[app.FormStand]formview.State{
	app.FormOpen: formview.StateOpen, app.FormAnswered: formview.StateAnswered, app.FormPending: formview.StateSavedPending, app.FormClosed: formview.StateClosed,
}

func (l *link) formPage(f app.FormLink) formview.FormPage {
	form := *f.Form
	if form.Title == "" {
		form.Title = f.Title
	}
	page := formview.FormPage{Frame: l.frame(f.Organization), Form: &form, State: formStates[f.Stand], RecipientName: f.Recipient,
		Action: l.Request.URL.Path, Draft: f.Draft}
	if !f.DueAt.IsZero() {
		page.DueAt = coaching.ShowTime(f.DueAt, f.Zone)
	}
	if !f.SavedAt.IsZero() {
		page.SavedAt = "on " + coaching.ShowTime(f.SavedAt, f.Zone)
	}
	if !f.SubmittedAt.IsZero() {
		page.AnsweredAt = "on " + coaching.ShowTime(f.SubmittedAt, f.Zone)
		page.Answer, _ = form.Check(f.Draft) // a draft that was submitted had no faults
	} else if f.Stand == app.FormClosed && len(f.Draft) > 0 {
		page.Typed = f.Draft
		page.ClosedText = "Answers are no longer taken. You had begun, and find below what you entered.\n\nIf you still want it to be read, please write to the person who asked you."
	}
	return page
}

// giveFile hands the file over, and counts the view.
func (l *link) giveFile() error {
	if _, status := readForm(l.Context); status != http.StatusOK {
		return coaching.Problemf(coaching.TooLarge, "form_too_large", "Please open the link again and press the button.")
	}
	if !pressed(l.Request) {
		return l.offerFile("Please press the button to open the file.")
	}
	file, err := l.pages.App.ViewFile(l.ctx, l.ref)
	if err != nil {
		return err
	}
	sendFile(l.Context, file.Name, file.ContentType, file.Data)
	return nil
}

func (l *link) offerFile(notice string) error {
	file, err := l.pages.App.ReadFileLink(l.ctx, l.ref)
	if err != nil {
		return err
	}
	return l.render(http.StatusOK, formview.Confirm(formview.ConfirmPage{
		Frame: l.frame(file.Organization), Title: file.Name, Problem: notice, Body: "A file was shared with you.",
		Details: []formview.Detail{{Label: "Size", Value: size(file.Size)}, {Label: "Kind", Value: kindOfFile(file.ContentType)}},
		Action:  l.Request.URL.Path, Button: "Open the file",
		Hint: "Your browser saves the file on your device. The person who shared it sees that you opened it.",
	}))
}

// size writes a number of bytes for people.
func size(bytes int64) string {
	switch {
	case bytes < 1000:
		return strconv.FormatInt(bytes, 10) + " bytes"
	case bytes < 1000*1000:
		return strconv.FormatFloat(float64(bytes)/1000, 'f', 0, 64) + " KB"
	}
	return strconv.FormatFloat(float64(bytes)/1000/1000, 'f', 1, 64) + " MB"
}

// formMemory keeps the forms that this process has shown last, for the moment
// when the database is away and somebody sends their answers.
type formMemory struct {
	mu    sync.Mutex
	forms map[coaching.LinkRef]app.FormLink
	order []coaching.LinkRef
}

// mostForms bounds the memory; the one shown longest ago goes first.
const mostForms = 500

func newFormMemory() *formMemory { return &formMemory{forms: map[coaching.LinkRef]app.FormLink{}} }

func (m *formMemory) keep(ref coaching.LinkRef, f app.FormLink) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f.Draft, f.Answer = nil, nil // what people typed is not kept here
	if _, known := m.forms[ref]; !known {
		m.order = append(m.order, ref)
	}
	m.forms[ref] = f
	if len(m.order) > mostForms {
		delete(m.forms, m.order[0])
		m.order = m.order[1:]
	}
}

func (m *formMemory) recall(ref coaching.LinkRef) (app.FormLink, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, known := m.forms[ref]
	return f, known
}
