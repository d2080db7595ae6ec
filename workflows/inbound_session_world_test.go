package workflows_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
)

// withSession runs a program with a scheduled session of coachee, coach and Sam, who has no
// account, and does what a test is about while the session is to come.
func withSession(t *testing.T, do func(r *run)) {
	t.Helper()
	w := newWorld(t)
	r := w.program(w.engagement(sessionItem("First session", to(coaching.RecipientSpec{Role: "coachee"}, coaching.RecipientSpec{Role: "coach"}, coaching.RecipientSpec{Email: sam, Name: "Sam", Optional: true}))))
	r.at(time.Hour, func() { r.schedules("First session", 5*day) })
	r.at(2*time.Hour, func() {
		r.newBooks()
		do(r)
	})
	r.at(3*day, func() {
		r.newBooks()
		r.skips("First session")
	})
	r.execute()
}

// newBooks forgets the mails that have left so far.
func (r *run) newBooks() {
	r.Helper()
	r.mails.clear()
	r.exec("UPDATE notifications SET state = 'delivered' WHERE state = 'sent'")
}

// entry is an invitation as a calendar has it.
type entry struct {
	UID, Organizer, Start, End string
	Sequence                   int
}

// entryOf is what the calendar at an address has of the session.
func (w *world) entryOf(address string) entry {
	w.Helper()
	var e entry
	var raw string
	w.ask("SELECT calendar FROM notifications WHERE address = $1 AND calendar <> '' ORDER BY calendar_sequence DESC, id DESC LIMIT 1", &raw, address)
	_, unfolded, _ := strings.Cut(strings.ReplaceAll(raw, "\r\n ", ""), "BEGIN:VEVENT")
	e.UID, e.Organizer = between(unfolded, "UID:", "\r\n"), between(between(unfolded, "ORGANIZER", "\r\n")+"\r\n", "mailto:", "\r\n")
	_, err := fmt.Sscan(between(unfolded, "SEQUENCE:", "\r\n"), &e.Sequence)
	require.NoError(w, err)
	start := between(between(unfolded, "DTSTART", "\r\n")+"\r\n", ":", "\r\n")
	end := between(between(unfolded, "DTEND", "\r\n")+"\r\n", ":", "\r\n")
	e.Start, e.End = start, end
	return e
}

// clicked is what somebody answers in their calendar.
type clicked struct {
	From, Part string
	Stamp      time.Time
	Method     string // REPLY where it is empty
	Comment    string
	Start, End string // of a counter, on Berlin's clock
	Sequence   *int
	More       []string // further lines of the event
}

// ics is the calendar object of an answer.
func (e entry) ics(c clicked) string {
	method, start, end, sequence := c.Method, c.Start, c.End, e.Sequence
	if method == "" {
		method = "REPLY"
	}
	if start == "" {
		start, end = e.Start, e.End
	}
	if c.Sequence != nil {
		sequence = *c.Sequence
	}
	lines := []string{"BEGIN:VCALENDAR", "PRODID:-//Example//Calendar//EN", "VERSION:2.0", "METHOD:" + method, "BEGIN:VEVENT", "UID:" + e.UID, fmt.Sprintf("SEQUENCE:%d", sequence),
		"DTSTAMP:" + c.Stamp.UTC().Format("20060102T150405Z"), "DTSTART;TZID=Europe/Berlin:" + start, "DTEND;TZID=Europe/Berlin:" + end, "SUMMARY:First session",
		"ORGANIZER;CN=Acme Coaching:mailto:" + e.Organizer, "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=" + c.Part + ";CN=X:mailto:" + c.From}
	if c.Comment != "" {
		lines = append(lines, "COMMENT:"+c.Comment)
	}
	return strings.Join(append(append(lines, c.More...), "END:VEVENT", "END:VCALENDAR", ""), "\r\n")
}

// calendarShapes make the mail that carries an answer, as three programs do.
var calendarShapes = map[string]func(d *draft, method, object string) *draft{
	// Google: marked as generated, the object as a form of the text and as a file.
	"gmail": func(d *draft, method, object string) *draft {
		d.set("Auto-Submitted", "auto-generated").set("Sender", "Google Calendar <calendar-notification@google.com>").set("Subject", "Accepted: First session")
		alternative := "Content-Type: multipart/alternative; boundary=alternative-edge\r\n\r\n" + joined("alternative",
			"Content-Type: text/plain; charset=\"UTF-8\"; format=flowed; delsp=yes\r\nContent-Transfer-Encoding: base64\r\n\r\n"+base64.StdEncoding.EncodeToString([]byte("X has answered this invitation.\r\n")),
			"Content-Type: text/html; charset=\"UTF-8\"\r\n\r\n<html><body>X has answered this invitation.</body></html>",
			"Content-Type: text/calendar; charset=\"UTF-8\"; method="+method+"\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"+object)
		return d.multipart("mixed", alternative, "Content-Type: application/ics; name=\"invite.ics\"\r\nContent-Disposition: attachment; filename=\"invite.ics\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"+wrapped(object))
	},
	// Outlook: an empty text and the object in base64, with a header that its machines have, too.
	"outlook": func(d *draft, method, object string) *draft {
		d.set("X-Auto-Response-Suppress", "All").set("X-MS-Exchange-Generated-Message-Source", "Mailbox Rules Agent").set("Subject", "Accepted: First session")
		return d.multipart("alternative", "Content-Type: text/plain; charset=\"us-ascii\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\r\n",
			"Content-Type: text/calendar; charset=\"utf-8\"; method="+method+"\r\nContent-Transfer-Encoding: base64\r\n\r\n"+wrapped(object))
	},
	// Apple: the object beside the HTML, with a name.
	"apple": func(d *draft, method, object string) *draft {
		mixed := "Content-Type: multipart/mixed; boundary=mixed-edge\r\n\r\n" + joined("mixed", "Content-Type: text/html; charset=utf-8\r\n\r\n<html><body></body></html>",
			"Content-Type: text/calendar; charset=utf-8; method="+method+"; name=\"iCal-20270330-100000.ics\"\r\nContent-Disposition: attachment; filename=\"iCal-20270330-100000.ics\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"+strings.ReplaceAll(object, "=", "=3D"))
		return d.set("Subject", "X accepted the invitation \"First session\"").multipart("alternative", "Content-Type: text/plain; charset=utf-8\r\n\r\nX has accepted your invitation to the event: First session.", mixed)
	},
}

func wrapped(text string) string {
	encoded := base64.StdEncoding.EncodeToString([]byte(text))
	var b strings.Builder
	for len(encoded) > 76 {
		b.WriteString(encoded[:76] + "\r\n")
		encoded = encoded[76:]
	}
	return b.String() + encoded
}

// mailFrom is a mail to the address of the session, for whose sender the server vouches.
func (w *world) mailFrom(from string, e entry) *draft {
	domain := from[strings.LastIndexByte(from, '@')+1:]
	return w.mail("Session", "Hello").set("From", from).set("To", e.Organizer).set(results, "mx.coachflow.test; dmarc=pass header.from="+domain).
		set("Message-ID", "<"+uuid.NewString()+"@"+domain+">")
}

// answerMail is the mail of an answer in one of the shapes.
func (w *world) answerMail(shape string, e entry, c clicked) *draft {
	method := c.Method
	if method == "" {
		method = "REPLY"
	}
	if c.Stamp.IsZero() {
		c.Stamp = time.Now()
	}
	return calendarShapes[shape](w.mailFrom(c.From, e), method, e.ics(c))
}

// attendance is what the page of the session says of an attendee.
func (r *run) attendance(address string) string {
	r.Helper()
	for _, to := range r.item("First session").To {
		if to.Address == address {
			return string(to.Attendance)
		}
	}
	return "nobody"
}

// kinds counts the mails of a kind that are to leave or have left.
func (w *world) kinds(kind coaching.NotificationKind) int {
	return w.count("SELECT count(*) FROM notifications WHERE kind = $1 AND state IN ('planned', 'sending', 'sent', 'delivered')", string(kind))
}

// proposals are those that the page of the session shows.
func (r *run) proposals() []app.Proposal {
	r.Helper()
	return r.item("First session").Session.Proposals
}
