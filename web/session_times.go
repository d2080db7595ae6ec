package web

import (
	"net/url"
	"time"

	"coachflow/app"
	"coachflow/coaching"
)

// The time of a session, chosen by the coachee who has logged in: the free times by week,
// the page that confirms one, and its button.

// timesView is a week of free times for a session.
type timesView struct {
	app.AttendedSession
	Week   coaching.SlotWeek
	Values url.Values // typed so far
}

func (t timesView) url(query url.Values) string {
	return coaching.SessionPage + t.ID.String() + "/times?" + query.Encode()
}

func (t timesView) weekURL(week coaching.Date) string {
	return t.url(url.Values{"week": {string(week)}})
}

func (t timesView) timeURL(at time.Time) string {
	return t.url(url.Values{"at": {at.UTC().Format(time.RFC3339)}})
}

// showTimes shows the free times of a session or, of one that was chosen, the page that
// confirms it. It changes nothing.
func showTimes(v *request) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	session, err := v.app().GetAttendedSession(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	if !session.CanBook && !session.CanMove {
		return v.showAttended(session, nil, nil)
	}
	at, err := time.Parse(time.RFC3339, v.Query("at"))
	if err != nil {
		return v.showTimes(session, nil, nil)
	}
	if problem := session.CheckTime(at); problem != nil {
		return v.showTimes(session, nil, problem)
	}
	return v.show(session.Title, "engagements", nil, confirmTimePage(timesView{AttendedSession: session}, at, ""))
}

func (v *request) showTimes(session app.AttendedSession, values url.Values, problem error) error {
	week := coaching.WeekOfSlots(coaching.SlotsByDay(session.Times(), session.Zone), coaching.Date(v.Query("week")))
	return v.show(session.Title, "engagements", problem, timesPage(timesView{session, week, values}))
}

func bookAttended(v *request) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339, v.field("at"))
	if err != nil {
		return coaching.Problemf(coaching.Invalid, "slot_not_offered", "Choose one of the times that are offered.")
	}
	session, err := v.app().BookAttendedSession(v.ctx, v.who, id, at, v.field("reason"))
	if _, told := coaching.AsProblem(err); told && (session.CanBook || session.CanMove) {
		return v.showTimes(session, v.form, err)
	}
	return v.afterAct(session, err, "It is booked. Everybody who attends gets a mail with the time for their calendar.")
}
