package ics

import (
	"strconv"
	"strings"
	"time"

	"coachflow/coaching"
)

// Answer is what a calendar sends about an event: a REPLY to an invitation, a COUNTER with
// another time, or a CANCEL or REQUEST of its own. It is a claim: who has sent it is for
// the mail to tell, and what it does is for the rules.
type Answer struct {
	Method   string // in capital letters
	UID      string
	Sequence int
	Stamp    time.Time // zero: none
	// Attendees are those who answer: in a REPLY it should be one. Some calendars leave out
	// the organizer, which is not asked for.
	Attendees []AnswerBy
	// Start and End are the times in it, in a COUNTER those that are proposed. Zero: none.
	Start, End time.Time
	Comment    string
	// Instance is set in an answer about a single instance of a series.
	Instance bool
	// Series is set in one about an event that repeats, Several where the calendar has
	// more events than the one that was read.
	Series, Several bool
}

// AnswerBy is somebody's answer.
type AnswerBy struct {
	Address string // the mailbox, in the spelling in which addresses are stored
	Name    string
	Part    Participation
}

// Participation is whether somebody takes part (PARTSTAT).
type Participation string

// The participations. What is none of them counts as no answer.
const (
	NoAnswer  Participation = "NEEDS-ACTION"
	Accepted  Participation = "ACCEPTED"
	Declined  Participation = "DECLINED"
	Tentative Participation = "TENTATIVE"
	Delegated Participation = "DELEGATED"
)

var participations = map[Participation]bool{NoAnswer: true, Accepted: true, Declined: true, Tentative: true, Delegated: true}

// maxAnswer is how large an answer may be, in bytes.
const maxAnswer = 1 << 20

// ReadAnswer reads the first event of a calendar that came by mail. zone is whose clock
// times without a zone are on. The error is a *coaching.Problem.
func ReadAnswer(raw []byte, zone *time.Location) (Answer, error) {
	if len(raw) > maxAnswer {
		return Answer{}, tooLarge()
	}
	calendars, p := read(raw)
	if p != nil {
		return Answer{}, p
	}
	var found []Answer
	for _, calendar := range calendars {
		for _, part := range calendar.parts {
			if part.name != "VEVENT" || part.first("UID").name == "" {
				continue
			}
			if len(found) > 0 {
				found[0].Several = true
				return found[0], nil
			}
			found = append(found, answerOf(calendar, part, zone))
		}
	}
	if len(found) > 0 {
		return found[0], nil
	}
	return Answer{}, coaching.Problemf(coaching.Invalid, "calendar_without_event", "The calendar in the mail is about no event.")
}

func answerOf(calendar, part *component, zone *time.Location) Answer {
	// Its own zones are looked up around its time, whatever that is.
	around, _ := parseTime(part.first("DTSTART").value, nil)
	spend := &budget{feed: entrySteps, entry: entrySteps}
	z := zonesOf(calendar, zone, around.wall, around.wall, spend)
	a := Answer{Method: calendar.word("METHOD"), UID: plain(strings.TrimSpace(part.first("UID").value)), Comment: plain(part.first("COMMENT").value),
		Instance: part.first("RECURRENCE-ID").name != "", Series: part.first("RRULE").name != "" || part.first("RDATE").name != ""}
	a.Sequence, _ = strconv.Atoi(part.word("SEQUENCE"))
	if stamp, is := parseTime(part.first("DTSTAMP").value, nil); is {
		a.Stamp = stamp.wall
	}
	e := entry{component: part, zones: z}
	if start, is, _ := z.time(part.first("DTSTART")); is {
		e.start = start
		a.Start = z.moment(start).UTC()
		if lasts, is := e.readLength(); is && !part.broken {
			a.End = lasts.end(start.wall, z.of(start)).UTC()
		}
	}
	for _, p := range part.properties {
		if p.name == "ATTENDEE" {
			part := Participation(strings.ToUpper(p.parameter("PARTSTAT")))
			if !participations[part] {
				part = NoAnswer
			}
			a.Attendees = append(a.Attendees, AnswerBy{p.address(), p.parameter("CN"), part})
		}
	}
	return a
}
