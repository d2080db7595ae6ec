package web

import (
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/web/parts"
	"coachflow/web/serve"
)

// The other calendars of a coach stand below the hours, on the coach's own page and on that
// of the admins.

func (p *Pages) registerCalendars(engine *gin.Engine) {
	for _, place := range []struct {
		base string
		with func(func(*request, uuid.UUID, string) error) handler
	}{{"/availability", ofOwnAvailability}, {"/people/:id/availability", ofOnesAvailability}} {
		p.post(engine, place.base+"/calendars", place.with((*request).addCalendar))
		p.post(engine, place.base+"/calendars/:calendar/fetch", place.with((*request).fetchCalendar))
		p.both(engine, place.base+"/calendars/:calendar/remove", place.with((*request).removeCalendar))
	}
}

// ofOwnAvailability is about the reader's own availability, ofOnesAvailability about that of
// a coach whom an admin looks at. What is done is told whose it is, and the page of it.
func ofOwnAvailability(do func(v *request, coach uuid.UUID, path string) error) handler {
	return func(v *request) error {
		if !v.who.Coach() {
			return serve.ErrMissing
		}
		return do(v, v.who.Person, "/availability")
	}
}

func ofOnesAvailability(do func(v *request, coach uuid.UUID, path string) error) handler {
	return adminPage(func(v *request) error {
		id, err := v.id("id")
		if err != nil {
			return err
		}
		return do(v, id, "/people/"+id.String()+"/availability")
	})
}

// calendarsPart is where on the page the calendars are.
const calendarsPart = "#calendars"

func (v *request) addCalendar(coach uuid.UUID, path string) error {
	added, err := v.app().AddBusyCalendar(v.ctx, v.who, coach, app.BusyCalendarInput{Address: v.field("address"), Name: v.field("name")})
	if err == nil {
		return v.done(path+calendarsPart, "“"+added.Name+"” is added, and is being fetched. Load this page again in a moment to see whether it can be read.")
	}
	f, missing := v.storedAvailability(coach, path)
	if missing != nil {
		return missing
	}
	f.Added, f.AddFaults = v.form, faultsOf(err)
	return v.showAvailability(f, err)
}

func (v *request) fetchCalendar(coach uuid.UUID, path string) error {
	id, err := v.id("calendar")
	if err != nil {
		return err
	}
	v.back = path + calendarsPart
	c, err := v.app().FetchBusyCalendar(v.ctx, v.who, coach, id)
	if err != nil {
		return err
	}
	return v.done(path+calendarsPart, "“"+c.Name+"” is being fetched. Load this page again in a moment to see what became of it.")
}

func (v *request) removeCalendar(coach uuid.UUID, path string) error {
	id, err := v.id("calendar")
	if err != nil {
		return err
	}
	c, err := v.app().GetBusyCalendar(v.ctx, v.who, coach, id)
	if err != nil {
		return err
	}
	if !v.posted() {
		return v.show("Remove a calendar", "availability", nil, parts.Confirm(removalOf(c, v.Request.URL.Path, path)))
	}
	if err := v.app().RemoveBusyCalendar(v.ctx, v.who, coach, id); err != nil {
		return err
	}
	return v.done(path+calendarsPart, "“"+c.Name+"” is removed.")
}

func removalOf(c app.BusyCalendar, action, back string) parts.Confirmation {
	return parts.Confirmation{Title: "Remove “" + c.Name + "”?", Action: action, Button: "Remove it", Back: back + calendarsPart, Danger: true,
		Lines: []string{"What is in this calendar keeps no times from being offered any more, and all that was read of it is forgotten. The calendar itself is not touched.",
			"To add it again, its whole address is needed."}}
}

// calendarWords say how a calendar stands, in a few words.
func calendarWords(c app.BusyCalendar) (parts.Tone, string) {
	switch c.State {
	case app.BusyNew:
		return parts.Waits, "is being fetched"
	case app.BusyNeverRead:
		return parts.Trouble, "was never read"
	case app.BusyFailing:
		return parts.Trouble, "cannot be read"
	}
	return parts.Done, "works"
}

// neverRead reports whether times are offered without one of the calendars.
func neverRead(list []app.BusyCalendar) bool {
	for _, c := range list {
		if c.State == app.BusyNew || c.State == app.BusyNeverRead {
			return true
		}
	}
	return false
}

// warningWords are the warnings of a calendar in one text.
func warningWords(c app.BusyCalendar) string {
	words := strings.Join(c.Warnings, " ")
	if c.MoreWarnings > 0 {
		words += " There are more entries like this."
	}
	return words
}

// busyHint explains what is hatched in the week.
func (f availabilityForm) busyHint() string {
	if len(f.Calendars) == 0 {
		return ""
	}
	return " Hatched is what your other calendars have in the next seven days."
}
