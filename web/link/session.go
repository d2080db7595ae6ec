package link

import (
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/formview"
	"coachflow/web/serve"
)

// showSession shows a session to one who attends it.
func (r *request) showSession() error {
	s, err := r.pages.App.ReadSessionLink(r.ctx, r.ref)
	if err != nil {
		return err
	}
	if at, chosen := chosenTime(r.Query(formview.AtField)); chosen && (s.CanBook || s.CanMove) {
		return r.confirmTime(s, at, "", nil)
	}
	if s.CanBook || s.CanMove && r.Query(weekField) != "" {
		return r.showTimes(s, "", nil)
	}
	return r.render(http.StatusOK, formview.Session(r.sessionPage(s)))
}

// changeSession books a session, moves it, cancels it, or asks for another time. Whatever goes wrong, the page
// comes back with what was typed.
func (r *request) changeSession() error {
	form, status := serve.Form(r.Context)
	if status != http.StatusOK {
		return coaching.Problemf(coaching.TooLarge, "form_too_large", "What was sent is too long. Please open the link again, and write less.")
	}
	if form.Get(formview.ActionField) == formview.ActionBook {
		return r.bookTime(form)
	}
	if !pressed(r.Request) {
		return r.sessionRefused(form, errSessionNotPressed)
	}
	var s app.AttendedSession
	var err error
	notice := ""
	switch form.Get(formview.ActionField) {
	case formview.ActionCancel:
		s, err = r.pages.App.CancelSessionByLink(r.ctx, r.ref, form.Get(formview.ReasonField))
	case formview.ActionFile:
		return r.giveSessionFile(form)
	case formview.ActionAsk:
		s, err = r.pages.App.AskByLink(r.ctx, r.ref, form.Get(formview.WordsField))
		notice = "Your coach gets your words by mail."
		if !s.CanBook {
			notice += " The session stays as it is until they change it."
		}
	default:
		return r.showSession()
	}
	if problem, told := coaching.AsProblem(err); told && problem.Class != coaching.NotFound {
		serve.RetryLater(r.Context, problem)
		return r.sessionRefused(form, problem)
	}
	if err != nil {
		return err
	}
	page := r.sessionPage(s)
	page.Notice = notice
	return r.render(http.StatusOK, formview.Session(page))
}

// giveSessionFile hands a file of the session over, and counts the view.
func (r *request) giveSessionFile(form url.Values) error {
	id, err := uuid.Parse(form.Get(formview.FileField))
	if err != nil {
		return r.showSession()
	}
	file, err := r.pages.App.SessionFileByLink(r.ctx, r.ref, id)
	if problem, told := coaching.AsProblem(err); told && problem.Class != coaching.NotFound {
		return r.sessionRefused(form, problem)
	}
	if err != nil {
		return err
	}
	serve.File(r.Context, file.Name, file.ContentType, file.Data)
	return nil
}

var errSessionNotPressed = coaching.Problemf(coaching.Invalid, "not_pressed", "Nothing has been changed yet. Please press the button below.")

// sessionRefused shows the session as it stands now, why nothing was done, and what was typed.
func (r *request) sessionRefused(form url.Values, problem *coaching.Problem) error {
	s, err := r.pages.App.ReadSessionLink(r.ctx, r.ref)
	if err != nil {
		return err
	}
	if s.CanBook {
		return r.showTimes(s, form.Get(formview.WordsField), problem)
	}
	page := r.sessionPage(s)
	page.Problem, page.Words, page.Reason = problem.Message, form.Get(formview.WordsField), form.Get(formview.ReasonField)
	return r.render(serve.StatusOf(problem.Class), formview.Session(page))
}

// sessionPage is the page of a session by its stand.
func (r *request) sessionPage(s app.AttendedSession) formview.SessionPage {
	page := formview.SessionPage{Frame: r.frame(s.Organization, s.Brand, s.Logo), Title: s.Title, Action: r.Request.URL.Path, Body: sessionWords(s)}
	if s.StartsAt != nil && s.Stand != app.SessionNotYours {
		page.Details = append(page.Details, formview.SessionDetail{Label: "When", Value: coaching.ShowTime(*s.StartsAt, s.Zone)})
	}
	if s.Place != "" {
		page.Details = append(page.Details, formview.SessionDetail{Label: "Where", Value: s.Place, URL: coaching.JoinURL(s.Place)})
	}
	if s.Reason != "" {
		page.Details = append(page.Details, formview.SessionDetail{Label: "Reason", Value: s.Reason})
	}
	for _, f := range s.Files {
		page.Files = append(page.Files, formview.SessionFile{ID: f.FileID.String(), Name: f.Name, Words: serve.FileKind(f.ContentType) + ", " + serve.FileSize(f.Size)})
	}
	switch {
	case s.CanBook:
		page.TimesURL, page.TimesText = r.weekURL(""), "Choose a time"
	case s.CanMove:
		page.TimesURL, page.TimesText = r.weekURL(""), "Choose another time"
	}
	page.CanCancel = s.Stand == app.SessionOpen
	page.CanAsk = page.CanCancel || s.Stand == app.SessionLate
	if page.CanCancel {
		page.Hint = "You can cancel it here until " + coaching.ShowTime(*s.CancelUntil, s.Zone) + "."
	}
	if s.CanMove {
		page.Hint = "You can move or cancel it here until " + coaching.ShowTime(*s.CancelUntil, s.Zone) + "."
	}
	return page
}

// sessionWords say how a session stands, and what is still possible.
func sessionWords(s app.AttendedSession) string {
	if s.CanBook {
		return s.BookWords()
	}
	switch s.Stand {
	case app.SessionOpen:
		return "It takes place as planned."
	case app.SessionLate:
		return "It takes place as planned.\n\nIt is too late to cancel it here. You can ask for another time, or write to your coach."
	case app.SessionBegun:
		return "Its time has come, so nothing can be changed here any more."
	case app.SessionOver:
		return "This session is over. There is nothing to do any more."
	case app.SessionOff:
		return "This session was cancelled. If another time is found, you get a mail about that."
	case app.SessionNotYours:
		return "You are no longer expected at this session. There is nothing to do any more."
	}
	return "It has no time yet. You get a mail when it has."
}
