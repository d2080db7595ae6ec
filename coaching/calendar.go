package coaching

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Calendar mail puts a session into the calendars of its people, and keeps it right there
// (RFC 5546). This is the rule which act mails what to whom:
//
//   - A session has one UID. One that is scheduled again after its cancellation has a new
//     one, since calendars do not bring back what was cancelled.
//   - SEQUENCE is one counter of the UID: 0 at the first REQUEST, and one more with each
//     act that mails a change, a removal, or the cancellation. Who is added gets what the
//     others have, under the same number; who is added after a CANCEL needs a greater one.
//   - A change of what the entry says goes to everybody. Who is added or removed is told
//     alone: for the others nothing has changed.
//   - While an approval is waited for, and when the session is over, nothing is mailed (R10).
//
// An act is not named: it is found by comparing the session as it is now with what the
// calendars hold. So nothing can be forgotten, and saving without a change mails nothing.

// CalendarStatus is how a session stands, as far as calendars are concerned.
//
//	pending ──▶ scheduled ──▶ over
//	   │          ▲   │
//	   ▼          │   ▼
//	   └──────▶ cancelled
type CalendarStatus string

// The states.
const (
	CalendarPending   CalendarStatus = "pending"   // waits for an approval
	CalendarScheduled CalendarStatus = "scheduled" // takes place
	CalendarCancelled CalendarStatus = "cancelled" // also rejected or expired
	CalendarOver      CalendarStatus = "over"      // held, or nobody came
)

// CalendarMethod is what a calendar mail does.
type CalendarMethod string

// The methods of calendar mail.
const (
	CalendarRequest CalendarMethod = "REQUEST"
	CalendarCancel  CalendarMethod = "CANCEL"
)

// Appointment is what a calendar entry says. Who has the entry is told about each change.
type Appointment struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	Title string    `json:"title"`
	Text  string    `json:"text,omitempty"`
	Place string    `json:"place,omitempty"`
	URL   string    `json:"url,omitempty"` // where to join
	Coach string    `json:"coach"`         // the coach's name
}

// same reports whether two appointments read the same.
func (a Appointment) same(b Appointment) bool {
	sameTimes := a.Start.Equal(b.Start) && a.End.Equal(b.End)
	b.Start, b.End = a.Start, a.End
	return sameTimes && a == b
}

// Attendee is somebody who has the session in a calendar. The coach is one, too.
type Attendee struct {
	Address string `json:"address"`
	Name    string `json:"name"`
}

// OtherAttendee is somebody who attends as well, with what they have answered.
type OtherAttendee struct {
	Attendee
	Answer Attendance
}

// OthersOf are those who attend beside somebody, as far as the organization lets them know:
// with visible off, nobody.
func OthersOf(visible bool, people []OtherAttendee, who string) []OtherAttendee {
	if !visible {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(people), func(o OtherAttendee) bool { return SameMailbox(o.Address, who) })
}

// CalendarSession is a session as it stands.
type CalendarSession struct {
	Status CalendarStatus
	Appointment
	Attendees []Attendee // the coach first; each gets one mail
	// Visible tells the attendees who else attends. Switching it mails nothing by itself.
	Visible bool
}

// People are the attendees, each mailbox once.
func (s CalendarSession) People() []Attendee {
	var people []Attendee
	for _, a := range s.Attendees {
		a.Address = MailboxKey(a.Address)
		if !slices.ContainsFunc(people, func(b Attendee) bool { return b.Address == a.Address }) {
			people = append(people, a)
		}
	}
	return people
}

// others are the people, as others are told of them.
func (s CalendarSession) others() []OtherAttendee {
	var out []OtherAttendee
	for _, a := range s.People() {
		out = append(out, OtherAttendee{Attendee: a})
	}
	return out
}

// CalendarCopy is what one person's calendar holds of a session: the last mail to it.
type CalendarCopy struct {
	Attendee
	Method   CalendarMethod `json:"method"`
	Sequence int            `json:"sequence"`
}

// SessionCalendar is what calendars hold of a session. It begins with its UID alone, and
// is stored as it is.
type SessionCalendar struct {
	// UID is that of the first time the session is scheduled: "ID@domain". It is made with
	// the session, and never changes.
	UID string `json:"uid"`
	// Round counts how often the session was scheduled again after its cancellation.
	Round int `json:"round,omitempty"`
	// Sequence is the last one that was used. It means nothing while there is no copy.
	Sequence int `json:"sequence"`
	// Stamp is the DTSTAMP of the last mail.
	Stamp time.Time `json:"stamp,omitzero"`
	// Said is what the last REQUEST said.
	Said   Appointment    `json:"said"`
	Copies []CalendarCopy `json:"copies,omitempty"`
	// Off is set by the cancellation of the session.
	Off bool `json:"off,omitempty"`
}

// CalendarMail is one mail to one calendar. Its recipient is the only attendee in it, unless
// the organization lets the attendees know of each other: then Others are in it, too, but in
// what takes the session out of a calendar.
type CalendarMail struct {
	To       Attendee
	Others   []OtherAttendee
	UID      string
	Method   CalendarMethod
	Sequence int
	Stamp    time.Time // the moment of the act, so that each try has the same bytes
	Appointment
}

// UIDNow is the UID under which the session is mailed: "ID@domain", and "ID.2@domain" when
// it is scheduled for the second time.
func (c SessionCalendar) UIDNow() string {
	if c.Round == 0 {
		return c.UID
	}
	id, domain, _ := strings.Cut(c.UID, "@")
	return fmt.Sprintf("%s.%d@%s", id, c.Round+1, domain)
}

// Update brings the calendars to how the session stands now. It gives what they hold then,
// and the mails that do it, in the order in which they leave: who is out before who is in.
func (c SessionCalendar) Update(s CalendarSession, now time.Time) (SessionCalendar, []CalendarMail) {
	c.Copies = slices.Clone(c.Copies)
	var mails []CalendarMail
	switch s.Status {
	case CalendarScheduled:
		mails = c.schedule(s)
	case CalendarCancelled:
		mails = c.cancel(nil)
		c.Off = len(c.Copies) > 0
	}
	if len(mails) > 0 {
		c.Stamp = laterSecond(now, c.Stamp)
	}
	for i := range mails {
		mails[i].Stamp = c.Stamp
		if mails[i].Method == CalendarRequest {
			mails[i].Others = OthersOf(s.Visible, s.others(), mails[i].To.Address)
		}
	}
	return c, mails
}

// laterSecond is now, or a second after the last stamp: each act has a greater one.
func laterSecond(now, last time.Time) time.Time {
	now = now.UTC().Truncate(time.Second)
	if !last.IsZero() && !now.After(last) {
		return last.UTC().Add(time.Second)
	}
	return now
}

func (c *SessionCalendar) schedule(s CalendarSession) []CalendarMail {
	if c.Off {
		*c = SessionCalendar{UID: c.UID, Round: c.Round + 1, Stamp: c.Stamp}
	}
	people := s.People()
	changed := c.held() > 0 && !c.Said.same(s.Appointment)
	mails := c.cancel(people)
	if raised := len(mails) > 0; !raised && (changed || c.anyCancelled(people)) {
		c.Sequence++
	}
	before := len(mails)
	for _, person := range people {
		if changed || !c.holds(person) {
			mails = append(mails, c.mail(person, CalendarRequest, s.Appointment))
		}
	}
	if len(mails) > before {
		c.Said = s.Appointment
	}
	return mails
}

// cancel takes the session out of the calendars of all but those who stay.
func (c *SessionCalendar) cancel(stay []Attendee) []CalendarMail {
	var mails []CalendarMail
	for _, copied := range slices.Clone(c.Copies) {
		stays := slices.ContainsFunc(stay, func(a Attendee) bool { return a.Address == copied.Address })
		if copied.Method != CalendarRequest || stays {
			continue
		}
		if len(mails) == 0 {
			c.Sequence++
		}
		mails = append(mails, c.mail(copied.Attendee, CalendarCancel, c.Said))
	}
	return mails
}

// mail writes down what a calendar will hold, and gives the mail that brings it there.
func (c *SessionCalendar) mail(to Attendee, method CalendarMethod, says Appointment) CalendarMail {
	copied := CalendarCopy{to, method, c.Sequence}
	if i := c.indexOf(to); i >= 0 {
		c.Copies[i] = copied
	} else {
		c.Copies = append(c.Copies, copied)
	}
	return CalendarMail{To: to, UID: c.UIDNow(), Method: method, Sequence: c.Sequence, Appointment: says}
}

func (c *SessionCalendar) indexOf(a Attendee) int {
	return slices.IndexFunc(c.Copies, func(copied CalendarCopy) bool { return copied.Address == a.Address })
}

func (c *SessionCalendar) holds(a Attendee) bool {
	i := c.indexOf(a)
	return i >= 0 && c.Copies[i].Method == CalendarRequest
}

// held is how many calendars hold the session.
func (c *SessionCalendar) held() int {
	count := 0
	for _, copied := range c.Copies {
		if copied.Method == CalendarRequest {
			count++
		}
	}
	return count
}

func (c *SessionCalendar) anyCancelled(people []Attendee) bool {
	return slices.ContainsFunc(people, func(a Attendee) bool {
		i := c.indexOf(a)
		return i >= 0 && c.Copies[i].Method == CalendarCancel
	})
}
