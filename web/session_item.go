package web

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
)

// The session of an item, for those who run the engagement: one page with its state, its
// attendees, and a form for each act. It works without script.

func (p *Pages) registerSessionItems(engine *gin.Engine) {
	const at = "/engagements/:id/items/:item/session"
	p.get(engine, at, sessionItem)
	p.post(engine, at+"/schedule", actOnSession("The session is scheduled. Its attendees are invited.", timeOfSession((*app.App).ScheduleSession)))
	p.post(engine, at+"/reschedule", actOnSession("The session is changed. Whoever attends it is told, if there is something to tell.", timeOfSession((*app.App).RescheduleSession)))
	p.post(engine, at+"/cancel", actOnSession("The session is cancelled. Whoever had it in a calendar is told.", func(v *request, i itemView) error {
		_, err := v.app().CancelSession(v.ctx, v.who, i.ID, v.field("cancel_reason"))
		return err
	}))
	p.post(engine, at+"/held", actOnSession("The session was held. The program goes on.", func(v *request, i itemView) error {
		_, err := v.app().MarkSessionHeld(v.ctx, v.who, i.ID)
		return err
	}))
	p.post(engine, at+"/no-show", actOnSession("Noted: the session was not attended. Schedule it again, or skip it.", func(v *request, i itemView) error {
		_, err := v.app().MarkSessionNoShow(v.ctx, v.who, i.ID)
		return err
	}))
	p.post(engine, at+"/attendees", actOnSession("They are added.", func(v *request, i itemView) error {
		_, err := v.app().AddAttendee(v.ctx, v.who, i.ID, v.attendee())
		return err
	}))
	p.post(engine, at+"/proposals/:proposal/take", actOnSession("The session has the proposed time. Whoever attends it is told.", func(v *request, i itemView) error {
		proposal, err := v.id("proposal")
		if err == nil {
			_, err = v.app().TakeProposal(v.ctx, v.who, i.ID, proposal)
		}
		return err
	}))
	p.post(engine, at+"/proposals/:proposal/refuse", actOnSession("The session stays as it is. Who has proposed another time is told.", func(v *request, i itemView) error {
		proposal, err := v.id("proposal")
		if err == nil {
			_, err = v.app().RefuseProposal(v.ctx, v.who, i.ID, proposal, v.field("refuse_reason"))
		}
		return err
	}))
	p.postFiles(engine, at+"/files", addSessionFiles)
	p.post(engine, at+"/remove/:recipient", actOnSession("They are taken off the session.", func(v *request, i itemView) error {
		recipient, err := v.id("recipient")
		if err == nil {
			_, err = v.app().RemoveAttendee(v.ctx, v.who, i.ID, recipient)
		}
		return err
	}))
}

// sessionForm is the page of a session, with what was typed.
type sessionForm struct {
	itemView
	Values url.Values
	Faults map[string]string
	Zone   string // the reader's
	// People are those of the organization who can be added; with More there are others, and
	// Find is how they were searched for.
	People []option
	Find   string
	More   bool
}

func sessionItem(v *request) error {
	item, err := v.sessionItem()
	if err != nil {
		return err
	}
	return v.showSession(item, sessionValues(item, v.zone.String()), nil)
}

func (v *request) sessionItem() (itemView, error) {
	item, _, err := v.item()
	if err == nil && !item.rules().Meets {
		err = coaching.Problemf(coaching.NotFound, "session_not_found", "There is no such session.")
	}
	return item, err
}

func (v *request) showSession(item itemView, values url.Values, problem error) error {
	form := sessionForm{itemView: item, Values: values, Faults: faultsOf(problem), Zone: v.zone.String()}
	if item.canChangeAttendees() {
		if err := v.offerPeople(&form); err != nil {
			return err
		}
	}
	return v.show(item.Title, "engagements", problem, sessionItemPage(form))
}

// sessionValues are what the form begins with: the time that the session has, on the
// reader's clock.
func sessionValues(item itemView, zone string) url.Values {
	values := url.Values{"time_zone": {zone}, "minutes": {strconv.Itoa(item.Minutes)}, "place": {item.Place}}
	if s := item.Session; s != nil && s.State == coaching.SessionScheduled {
		at := s.StartsAt.In(coaching.ZoneOrUTC(zone))
		values.Set("date", at.Format(time.DateOnly))
		values.Set("time", at.Format("15:04"))
		values.Set("minutes", strconv.Itoa(int(s.EndsAt.Sub(*s.StartsAt).Minutes())))
		values.Set("place", s.Place)
	}
	return values
}

// actOnSession runs one act on a session. What is refused is told on the session's page,
// beside what was typed.
func actOnSession(done string, act func(*request, itemView) error) handler {
	return func(v *request) error {
		item, err := v.sessionItem()
		if err != nil {
			return err
		}
		err = act(v, item)
		if _, told := coaching.AsProblem(err); told {
			values := v.form
			for name, usual := range sessionValues(item, v.zone.String()) {
				if !values.Has(name) {
					values[name] = usual
				}
			}
			return v.showSession(item, values, err)
		}
		if err != nil {
			return err
		}
		return v.done(item.anchor(), done)
	}
}

// timeOfSession reads a time, as the form gives it, for an act on a session.
func timeOfSession(act func(*app.App, context.Context, app.Principal, uuid.UUID, app.SessionTime) (app.Item, error)) func(*request, itemView) error {
	return func(v *request, i itemView) error {
		at, err := coaching.ParseLocalTime(v.field("date") + "T" + v.field("time"))
		if err != nil {
			return wrong("date", "local_time_invalid", "Enter the date and the time at which it begins.")
		}
		minutes, err := strconv.Atoi(v.field("minutes"))
		if err != nil || minutes <= 0 {
			return wrong("minutes", "session_minutes_invalid", "Enter how many minutes it takes.")
		}
		_, err = act(v.app(), v.ctx, v.who, i.ID, app.SessionTime{At: at, TimeZone: v.field("time_zone"), Minutes: minutes, Place: new(v.field("place")), Reason: v.field("reason")})
		return err
	}
}

// attendee is who is to be added, as the form names them.
func (v *request) attendee() coaching.RecipientSpec {
	spec := coaching.RecipientSpec{Optional: v.field("optional") != ""}
	if role := v.field("who"); role == "coachee" || role == "coach" {
		spec.Role = role
		return spec
	}
	if person := optionalID(v.field("who")); person != nil {
		spec.PersonID = person
		return spec
	}
	spec.Email, spec.Name = v.field("email"), v.field("name")
	return spec
}

// mostPeople is how many people the form of a session offers at once.
const mostPeople = 100

// offerPeople reads who of the organization can be added to a session. Where they are many,
// they are searched for by name.
func (v *request) offerPeople(form *sessionForm) error {
	form.Find = strings.TrimSpace(v.Query("find"))
	list, err := v.app().FindPeople(v.ctx, v.who, app.PeopleFilter{ListQuery: app.ListQuery{Search: form.Find, Sort: app.ByName, Limit: mostPeople}})
	if err != nil {
		return err
	}
	form.More = list.Next != ""
	for _, person := range list.Items {
		if !form.attends(person.ID) {
			form.People = append(form.People, option{Value: person.ID.String(), Label: named(person.Name, first(person.Emails))})
		}
	}
	return nil
}

// attends reports whether a person attends the session already, or is offered by role.
func (i itemView) attends(person uuid.UUID) bool {
	is := func(id *uuid.UUID) bool { return id != nil && *id == person }
	return slices.ContainsFunc(i.To, func(r app.ItemRecipient) bool { return is(r.PersonID) }) || is(i.engagement.CoachID) || is(&i.engagement.CoacheeID)
}

// canChangeAttendees reports whether somebody can be added or taken off.
func (i itemView) canChangeAttendees() bool {
	return i.running() && !i.ended() && !i.sessionBegun()
}

// sessionState is where the session of an item stands.
func (i itemView) sessionState() coaching.SessionState {
	if i.Session == nil {
		return coaching.SessionToSchedule
	}
	return i.Session.State
}

// sessionBegun reports whether the time of a scheduled session has come.
func (i itemView) sessionBegun() bool {
	return i.sessionState() == coaching.SessionScheduled && !i.Session.StartsAt.After(time.Now())
}

// sessionBadge is the state of a session of an open item in a word or two.
func (i itemView) sessionBadge() string {
	switch i.sessionState() {
	case coaching.SessionScheduled:
		if i.sessionBegun() {
			return "was it held?"
		}
		return "scheduled"
	case coaching.SessionNoShow:
		return "not attended"
	case coaching.SessionCancelled:
		return "cancelled"
	}
	if i.SelfBooked() {
		return "to book"
	}
	return "to schedule"
}

// sessionSentence says of the session of an open item what is waited for.
func (i itemView) sessionSentence() string {
	switch {
	case i.sessionBegun():
		return "Say whether it was held: the program waits for that."
	case i.sessionState() == coaching.SessionScheduled:
		return "It takes place as planned."
	}
	if i.SelfBooked() {
		return "It waits until the coachee books it; what comes after it waits, too."
	}
	return "It waits to be scheduled; what comes after it waits, too."
}

// toBook reports whether the coachee is to book the session now.
func (i itemView) toBook() bool {
	return i.SelfBooked() && i.Status == "open" && i.sessionState() != coaching.SessionScheduled
}

// canSchedule reports whether the session can get a time, and canMove whether the time
// that it has can be changed.
func (i itemView) canSchedule() bool {
	return i.running() && !i.ended() && i.sessionState() != coaching.SessionScheduled
}

func (i itemView) canMove() bool {
	return i.running() && !i.ended() && i.sessionState() == coaching.SessionScheduled && !i.sessionBegun()
}

func (i itemView) canSayHeld() bool {
	return i.running() && !i.ended() && (i.sessionBegun() || i.sessionState() == coaching.SessionNoShow)
}
