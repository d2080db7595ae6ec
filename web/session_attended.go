package web

import (
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"coachflow/app"
	"coachflow/coaching"
)

// A session, for those who attend it and have logged in.

func (p *Pages) registerSessions(engine *gin.Engine) {
	p.get(engine, coaching.SessionPage+":id", showAttended)
	p.post(engine, coaching.SessionPage+":id/cancel", cancelAttended)
	p.post(engine, coaching.SessionPage+":id/ask", askForAnotherTime)
	p.get(engine, coaching.SessionPage+":id/times", showTimes)
	p.post(engine, coaching.SessionPage+":id/book", bookAttended)
}

func showAttended(v *request) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	session, err := v.app().GetAttendedSession(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	return v.showAttended(session, nil, nil)
}

func (v *request) showAttended(session app.AttendedSession, values url.Values, problem error) error {
	_, err := v.app().GetEngagement(v.ctx, v.who, session.EngagementID)
	if _, told := coaching.AsProblem(err); err != nil && !told {
		return err
	}
	return v.show(session.Title, "engagements", problem, attendedPage(session, err == nil, values))
}

func cancelAttended(v *request) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	session, err := v.app().CancelAttendedSession(v.ctx, v.who, id, v.field("reason"))
	return v.afterAct(session, err, "The session is cancelled. Whoever had it in a calendar is told.")
}

func askForAnotherTime(v *request) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	session, err := v.app().AskForAnotherTime(v.ctx, v.who, id, v.field("words"))
	done := "Your coach gets your words by mail."
	if !session.CanBook {
		done += " The session stays as it is until they change it."
	}
	return v.afterAct(session, err, done)
}

// afterAct goes back to the session, or says beside what was typed why nothing was done.
func (v *request) afterAct(session app.AttendedSession, err error, done string) error {
	if _, told := coaching.AsProblem(err); told && session.Title != "" {
		if session.CanBook {
			return v.showTimes(session, v.form, err)
		}
		return v.showAttended(session, v.form, err)
	}
	if err != nil {
		return err
	}
	return v.done(coaching.SessionPage+session.ID.String(), done)
}

// attendedBadge is how a session stands, in a word.
func attendedBadge(stand app.SessionStand) string {
	switch stand {
	case app.SessionAwaited:
		return "to schedule"
	case app.SessionOpen, app.SessionLate:
		return "scheduled"
	case app.SessionBegun:
		return "begun"
	case app.SessionOff:
		return "cancelled"
	case app.SessionNotYours:
		return "removed"
	}
	return "over"
}

// attendedWords say how a session stands, and what is still possible.
func attendedWords(s app.AttendedSession) string {
	if s.CanBook {
		return s.BookWords()
	}
	switch s.Stand {
	case app.SessionAwaited:
		return "It has no time yet. You get a mail when it has."
	case app.SessionOpen:
		return "It takes place as planned."
	case app.SessionLate:
		return "It takes place as planned. It is too late to cancel it here; you can ask for another time, or write to your coach."
	case app.SessionBegun:
		return "Its time has come, so nothing can be changed here any more."
	case app.SessionOff:
		return "This session was cancelled. If another time is found, you get a mail about that."
	case app.SessionNotYours:
		return "You are no longer expected at this session."
	}
	return "This session is over. There is nothing to do any more."
}

// attendeeOptions are who can be added to a session.
func attendeeOptions(f sessionForm) []option {
	i := f.itemView
	out := []option{{Value: "email", Label: "Somebody by email address"}, {Value: "coachee", Label: "Coachee: " + i.engagement.CoacheeName}}
	if i.engagement.CoachID != nil {
		out = append(out, option{Value: "coach", Label: "Coach: " + i.engagement.CoachName})
	}
	return append(out, f.People...)
}

// proposer is who has proposed another time.
func (f sessionForm) proposer(p app.Proposal) string {
	for _, r := range f.To {
		if p.RecipientID != nil && r.ID == *p.RecipientID {
			return or(r.Name, coaching.ShowAddress(r.Address))
		}
	}
	return "Somebody"
}

// attendanceWords say what an attendee has answered in their calendar, and when.
func attendanceWords(r app.ItemRecipient, zone *time.Location) string {
	if r.AttendanceAt == nil {
		return "Not answered yet."
	}
	words := "Answered " + full(*r.AttendanceAt, zone) + "."
	if r.AttendanceWords != "" {
		words += " “" + r.AttendanceWords + "”"
	}
	return words
}

// timeAction is where the form for the time of a session posts to.
func (f sessionForm) timeAction() string {
	if f.canMove() {
		return f.URL("session/reschedule")
	}
	return f.URL("session/schedule")
}
