package link

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/formview"
	"coachflow/web/serve"
)

// Choosing the time of a session: the free times by week, the page that confirms one, and
// its button. Only the button does something.

// weekField names a date of the week whose times are shown.
const weekField = "week"

func (r *request) weekURL(week coaching.Date) string {
	if week == "" {
		week = "next" // which is no date: the first week that has free times
	}
	return r.Request.URL.Path + "?" + url.Values{weekField: {string(week)}}.Encode()
}

func (r *request) timeURL(at time.Time) string {
	return r.Request.URL.Path + "?" + url.Values{formview.AtField: {at.UTC().Format(time.RFC3339)}}.Encode()
}

// chosenTime reads a time that was chosen; false: none was.
func chosenTime(text string) (time.Time, bool) {
	at, err := time.Parse(time.RFC3339, text)
	return at, err == nil
}

// showTimes shows the free times of a week, with why nothing was done and what was typed.
func (r *request) showTimes(s app.AttendedSession, words string, problem *coaching.Problem) error {
	times := s.Times()
	page := formview.TimesPage{Frame: r.frame(s.Organization, s.Brand, s.Logo), Title: s.Title, Body: s.BookWords(), Zone: s.Zone.String(), Action: r.Request.URL.Path, Words: words}
	if len(times) == 0 {
		page.Body += "\n\n" + app.NoTimesWords
	}
	week := coaching.WeekOfSlots(coaching.SlotsByDay(times, s.Zone), coaching.Date(r.Query(weekField)))
	for _, day := range week.Days {
		shown := formview.TimesDay{Label: day.Slots[0].Format("Monday, 2 January 2006")}
		for i, label := range day.Labels() {
			shown.Times = append(shown.Times, formview.TimeChoice{Label: label, URL: r.timeURL(day.Slots[i])})
		}
		page.Days = append(page.Days, shown)
	}
	if week.Earlier != "" {
		page.EarlierURL = r.weekURL(week.Earlier)
	}
	if week.Later != "" {
		page.LaterURL = r.weekURL(week.Later)
	}
	if s.CanMove {
		page.BackURL = r.Request.URL.Path
	}
	status := http.StatusOK
	if problem != nil {
		page.Problem, status = problem.Message, serve.StatusOf(problem.Class)
	}
	return r.render(status, formview.Times(page))
}

// confirmTime shows the page with the button that books a time. One that is not free any
// more leads back to those that are.
func (r *request) confirmTime(s app.AttendedSession, at time.Time, reason string, problem *coaching.Problem) error {
	if refused := s.CheckTime(at); refused != nil {
		return r.showTimes(s, "", refused)
	}
	page := formview.ConfirmPage{Frame: r.frame(s.Organization, s.Brand, s.Logo), Title: "Book this time?", Button: "Book the session", Action: r.Request.URL.Path, Reason: reason,
		Hidden:  map[string]string{formview.ActionField: formview.ActionBook, formview.AtField: at.UTC().Format(time.RFC3339)},
		Details: []formview.Detail{{Label: "Session", Value: s.Title}, {Label: "With", Value: s.Coach}, {Label: "When", Value: coaching.ShowTime(at, s.Zone)}, {Label: "Length", Value: strconv.Itoa(s.Minutes) + " minutes"}},
		Hint:    "Nothing is booked until you press the button. Then everybody who attends gets a mail with the time for their calendar.",
		BackURL: r.weekURL(coaching.DateOf(at.In(s.Zone))), BackText: "Choose another time"}
	if s.CanMove {
		page.Title, page.Button, page.ReasonLabel = "Move the session to this time?", "Move the session", "Why? Everybody who attends reads this. May be empty."
		page.Details = append(page.Details, formview.Detail{Label: "Until now", Value: coaching.ShowTime(*s.StartsAt, s.Zone)})
		page.Hint = "It stays as it is until you press the button. Then everybody who attends gets a mail with the new time for their calendar."
	}
	status := http.StatusOK
	if problem != nil {
		page.Problem, status = problem.Message, serve.StatusOf(problem.Class)
	}
	return r.render(status, formview.Confirm(page))
}

// bookTime books a session, or moves it. What was taken in the meantime leads back to the
// times that are free.
func (r *request) bookTime(form url.Values) error {
	reason := form.Get(formview.ReasonField)
	at, chosen := chosenTime(form.Get(formview.AtField))
	s, err := r.pages.App.ReadSessionLink(r.ctx, r.ref)
	switch {
	case err != nil:
		return err
	case !chosen:
		return r.showSession()
	case !pressed(r.Request) && (s.CanBook || s.CanMove):
		return r.confirmTime(s, at, reason, errSessionNotPressed)
	case !pressed(r.Request):
		return r.sessionRefused(form, errSessionNotPressed)
	}
	moved := s.CanMove
	s, err = r.pages.App.BookByLink(r.ctx, r.ref, at, reason)
	problem, told := coaching.AsProblem(err)
	switch {
	case told && problem.Class == coaching.NotFound || err != nil && !told:
		return err
	case told && (s.CanBook || s.CanMove):
		serve.RetryLater(r.Context, problem)
		return r.confirmTime(s, at, reason, problem)
	case told:
		return r.sessionRefused(form, problem)
	}
	page := r.sessionPage(s)
	page.Notice = "It is booked. Everybody who attends gets a mail with the time for their calendar."
	if moved {
		page.Notice = "It is moved. Everybody who attends gets a mail with the new time for their calendar."
	}
	return r.render(http.StatusOK, formview.Session(page))
}
