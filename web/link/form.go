package link

import (
	"net/http"
	"net/url"
	"reflect"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/formview"
	"coachflow/web/serve"
)

// showForm shows a form as it stands.
func (r *request) showForm() error {
	f, err := r.pages.App.ReadFormLink(r.ctx, r.ref)
	if err != nil {
		return err
	}
	r.pages.shown.keep(r.ref, f)
	return r.render(http.StatusOK, formview.Page(r.formPage(f)))
}

// enterForm saves or submits what was typed. Whatever goes wrong, the page comes
// back with everything typed.
func (r *request) enterForm() error {
	values, status := serve.Form(r.Context)
	if status != http.StatusOK {
		return r.unreadable(status)
	}
	if !pressed(r.Request) {
		return r.askAgain(values)
	}
	if values.Get(formview.ActionField) == formview.ActionSubmit {
		return r.submitForm(values)
	}
	return r.saveForm(values)
}

func (r *request) unreadable(status int) error {
	return r.render(status, formview.Message(formview.MessagePage{
		Frame: formview.Frame{}, Tone: formview.ToneWarning, Title: "Your answers are too long to be taken",
		Body: "They are longer than a megabyte, or were cut off on their way. Nothing was saved.",
		Hint: "Go back with your browser: what you typed is still there. Shorten the longest answers, and send them again.",
	}))
}

// askAgain shows what was typed, and saves nothing, since nobody pressed.
func (r *request) askAgain(values url.Values) error {
	f, err := r.pages.App.ReadFormLink(r.ctx, r.ref)
	if err != nil {
		return r.notSaved(values, err)
	}
	page := r.formPage(f)
	if page.State == formview.StateOpen {
		page.Draft, page.Hidden = formview.Entered(f.Form, values), startedFrom(values)
		page.Notice, page.SavedAt = "Nothing has been sent yet. Please press the button below.", ""
	}
	return r.render(http.StatusOK, formview.Page(page))
}

func (r *request) saveForm(values url.Values) error {
	f, err := r.pages.App.SaveDraft(r.ctx, r.ref, values)
	if err != nil {
		return r.notSaved(values, err)
	}
	page := r.formPage(f)
	switch {
	case f.Outdated:
		return r.outdated(page, values)
	case page.State == formview.StateOpen:
		page.Notice = "Your draft is saved. Come back any time with the same link."
	default:
		r.late(&page, f, values)
	}
	return r.render(http.StatusOK, formview.Page(page))
}

func (r *request) submitForm(values url.Values) error {
	f, faults, err := r.pages.App.SubmitForm(r.ctx, r.ref, values)
	if err != nil {
		return r.notSaved(values, err)
	}
	page := r.formPage(f)
	if f.Outdated {
		return r.outdated(page, values)
	}
	if len(faults) > 0 {
		page.Draft, page.Problems = formview.Entered(f.Form, values), coaching.ProblemsByQuestion(faults)
		return r.render(http.StatusUnprocessableEntity, formview.Page(page))
	}
	if f.Stand == app.FormClosed || !f.SubmittedAt.IsZero() {
		r.late(&page, f, values)
	}
	return r.render(http.StatusOK, formview.Page(page))
}

// outdated brings back what was typed where a newer draft was saved from another
// window. Both are shown, nothing was written, and the next press of a button
// decides.
func (r *request) outdated(page formview.FormPage, values url.Values) error {
	typed, err := page.Form.ReadDraft(values)
	if err != nil {
		return err
	}
	page.Saved, page.Draft = page.Draft, typed
	return r.render(http.StatusConflict, formview.Page(page))
}

// late says so where what was typed came after the form was answered or closed,
// and shows it where it would be lost otherwise. The same answers sent twice, as
// by a button pressed twice, are taken.
func (r *request) late(page *formview.FormPage, f app.FormLink, values url.Values) {
	entered, err := f.Form.ReadDraft(values)
	if err != nil {
		entered = formview.Entered(f.Form, values)
	} else if reflect.DeepEqual(entered, f.Draft) && !f.SubmittedAt.IsZero() {
		return
	}
	if len(entered) == 0 {
		return
	}
	page.Typed = entered
	if f.Stand != app.FormClosed {
		if !f.Over {
			page.ChangeText = "If what you have entered now is what should count, ask the person who sent you this form to open it again. Then send it once more with the same link."
		}
		return
	}
	page.ClosedText = "It was closed before your answers came, so they were not taken. You find them below, to copy them.\n\nIf you still want them to be read, send them to the person who asked you."
}

// notSaved brings the page back with everything typed. The form is the one that
// was shown last, since the database may be away; where it is not known here,
// the bare answers stand in for it.
func (r *request) notSaved(values url.Values, err error) error {
	problem, told := coaching.AsProblem(err)
	if told && problem.Class == coaching.NotFound {
		return err
	}
	status, summary := http.StatusServiceUnavailable, "Your answers could not be saved just now. Everything that you typed is still here: please try again in a moment."
	if told {
		status, summary = serve.StatusOf(problem.Class), problem.Message
	} else {
		r.pages.Log.ErrorContext(r.Request.Context(), "answers not saved", "error", err)
	}
	f, known := r.pages.shown.recall(r.ref)
	if !known {
		if f, err = r.pages.App.ReadFormLink(r.ctx, r.ref); err != nil {
			return r.render(status, formview.Retry(r.bareAnswers(values, summary)))
		}
	}
	page := r.formPage(f)
	page.State, page.Draft, page.ProblemSummary, page.SavedAt = formview.StateOpen, formview.Entered(f.Form, values), summary, ""
	page.Hidden = startedFrom(values)
	return r.render(status, formview.Page(page))
}

func (r *request) bareAnswers(values url.Values, summary string) formview.RetryPage {
	return formview.RetryPage{Frame: formview.Frame{}, Title: "Your answers could not be saved just now", Body: summary,
		Action: r.Request.URL.Path, Hidden: startedFrom(values), Values: values, Button: "Try again"}
}

// startedFrom keeps which draft was filled out, on a page that saved nothing.
func startedFrom(values url.Values) map[string]string {
	return map[string]string{app.DraftField: values.Get(app.DraftField)}
}

var formStates = map[app.FormStand]formview.State{
	app.FormOpen: formview.StateOpen, app.FormAnswered: formview.StateAnswered, app.FormPending: formview.StateSavedPending, app.FormClosed: formview.StateClosed,
}

func (r *request) formPage(f app.FormLink) formview.FormPage {
	form := *f.Form
	if form.Title == "" {
		form.Title = f.Title
	}
	page := formview.FormPage{Frame: r.frame(f.Organization, f.Brand, f.Logo), Form: &form, State: formStates[f.Stand], RecipientName: f.Recipient,
		Action: r.Request.URL.Path, Hidden: map[string]string{app.DraftField: f.Version()}, Draft: f.Draft}
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
