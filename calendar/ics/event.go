package ics

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"coachflow/coaching"
)

// Method is what a calendar is for.
type Method string

// The methods that are written.
const (
	Request Method = "REQUEST"
	Cancel  Method = "CANCEL"
	Publish Method = "PUBLISH"
)

// Person is an organizer or an attendee.
type Person struct{ Name, Address string }

// Other is somebody who attends beside the reader, with what they have answered. Nothing is
// asked of them in the reader's copy.
type Other struct {
	Person
	Part Participation
}

// Event is an entry of a calendar.
type Event struct {
	UID        string
	Sequence   int
	Stamp      time.Time // DTSTAMP: when it became as it is, so that the same event is the same bytes
	Start, End time.Time
	Zone       *time.Location // on whose clock it is written
	AllDay     bool           // the date that Zone has at Start, without End
	Title      string
	Text       string
	Place      string
	URL        string
	Organizer  Person // without an address: none
	Attendees  []Person
	Others     []Other
	Free       bool // takes no time of whoever has it, as a due date
	Cancelled  bool // in a feed: it does not take place
}

// Calendar is a calendar with its entries.
type Calendar struct {
	Method Method
	Name   string // of a feed
	Events []Event
}

// Mail writes the calendar of a calendar mail. The recipient is the only attendee in it, but
// for the others whom they may know of;
// by is the organizer, an address at which the system reads answers. zone is on whose
// clock the times are written.
func Mail(m coaching.CalendarMail, by Person, zone *time.Location) ([]byte, error) {
	var others []Other
	for _, o := range m.Others {
		others = append(others, Other{Person{nameOr(o.Name, o.Address), o.Address}, participationOf(o.Answer)})
	}
	return Calendar{Method: Method(m.Method), Events: []Event{{
		UID: m.UID, Sequence: m.Sequence, Stamp: m.Stamp, Start: m.Start, End: m.End, Zone: zone,
		Title: m.Title, Text: m.Text, Place: m.Place, URL: m.URL,
		Organizer: by, Attendees: []Person{{m.To.Name, m.To.Address}}, Others: others,
	}}}.Write()
}

func nameOr(name, address string) string {
	if name == "" {
		return address
	}
	return name
}

// participationOf is an answer as calendars write it.
func participationOf(a coaching.Attendance) Participation {
	switch a {
	case coaching.Accepted:
		return Accepted
	case coaching.Declined:
		return Declined
	case coaching.Tentative:
		return Tentative
	}
	return NoAnswer
}

// people are all who attend.
func (e Event) people() []Person {
	people := slices.Clone(e.Attendees)
	for _, o := range e.Others {
		people = append(people, o.Person)
	}
	return people
}

// check refuses what no calendar should be sent.
func (c Calendar) check() error {
	if !slices.Contains([]Method{Request, Cancel, Publish}, c.Method) {
		return fmt.Errorf("calendar method %q is not written", c.Method)
	}
	for _, e := range c.Events {
		if err := e.check(c.Method); err != nil {
			return fmt.Errorf("calendar entry %q: %w", e.UID, err)
		}
	}
	return nil
}

func (e Event) check(method Method) error {
	switch {
	case e.UID == "":
		return errors.New("no UID")
	case e.Stamp.IsZero() || e.Start.IsZero():
		return errors.New("no time")
	case !e.AllDay && e.End.Before(e.Start):
		return errors.New("it ends before it begins")
	case e.Sequence < 0:
		return errors.New("a negative sequence")
	case method == Publish && len(e.Attendees) > 0:
		return errors.New("a feed names no attendees")
	case method != Publish && (e.Organizer.Address == "" || len(e.Attendees) == 0):
		return errors.New("nobody to tell, or nobody who tells")
	}
	for _, a := range e.people() {
		if coaching.SameMailbox(a.Address, e.Organizer.Address) {
			return errors.New("the organizer is an attendee: calendars show no buttons to answer")
		}
	}
	return nil
}
