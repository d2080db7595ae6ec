package inbox

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"time"

	"coachflow/calendar/ics"
	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/mail/receive"
)

// Why a mail to the address of a session is put aside, beside the reasons of all mails.
const (
	senderNotAttendee  = "sender_not_attendee"
	calendarBroken     = "calendar_broken"
	calendarSeveral    = "calendar_several_events"
	calendarRepeats    = "calendar_repeats"
	calendarNoAnswer   = "calendar_no_answer"
	calendarOtherEvent = "calendar_other_event"
	calendarOtherName  = "calendar_of_somebody_else"
	calendarDelegated  = "calendar_delegated"
	sessionWordsNone   = "session_words_missing"
)

// sessionMail is a mail to the address of a session as it was judged.
type sessionMail struct {
	letter   *receive.Inbound
	from     string                      // its sole author, in the one spelling
	attendee *rows.SessionMailAuthorsRow // whose address that is; nil: nobody's
	vouched  bool                        // and for whom the receiving server vouches
	answer   *ics.Answer                 // what the calendar in it says; nil: there is none
	by       ics.AnswerBy                // who answers in it
	verdict  Verdict                     // empty: it counts
}

// judgeSession reads the mail and decides whether it counts. The answer of a calendar does
// although a program wrote it, since a person told it to; nothing is ever answered to it.
// What an admin let through is believed to be from the attendee whom it names.
func (x *Inbox) judgeSession(in Inbound, about sessionAbout, raw []byte) sessionMail {
	m := sessionMail{letter: receive.ReadHeader(raw)}
	x.readSender(&m, about, raw)
	aside := func(reason string) sessionMail {
		m.verdict = Verdict{"quarantined", reason}
		return m
	}
	letter, err := receive.ParseInbound(raw)
	if err != nil {
		reason := receive.MailUnreadable
		var refusal *receive.Refusal
		if errors.As(err, &refusal) {
			reason = refusal.Code
		}
		return aside(reason)
	}
	m.letter = letter
	calendar, fault := calendarIn(letter, coaching.ZoneOrUTC(about.ItemSession.Zone))
	answers := calendar != nil && (calendar.Method == "REPLY" || calendar.Method == "COUNTER")
	if reason := x.machine(in, m, raw, answers); reason != "" {
		m.verdict = Verdict{"ignored", reason}
		return m
	}
	if !in.Released {
		if reason := x.sessionDoubt(m, raw); reason != "" {
			return aside(reason)
		}
	}
	if refusal := letter.Refused(); refusal != nil {
		return aside(refusal.Code)
	}
	if fault != "" {
		return aside(fault)
	}
	if calendar == nil {
		if strings.TrimSpace(letter.Text) == "" && len(letter.Attachments()) == 0 {
			return aside(sessionWordsNone)
		}
		return m
	}
	m.answer = calendar
	if in.Released && m.attendee == nil && len(calendar.Attendees) == 1 {
		m.attendee = about.attendee(calendar.Attendees[0].Address)
	}
	if reason := m.readAnswer(about); reason != "" {
		return aside(reason)
	}
	return m
}

// readSender finds the attendee in whose name a mail comes, and whether that is vouched for.
func (x *Inbox) readSender(m *sessionMail, about sessionAbout, raw []byte) {
	if author, err := m.letter.SoleAuthor(); err == nil {
		m.from = coaching.MailboxKey(author.Addr)
		m.attendee = about.attendee(m.from)
		m.vouched = m.attendee != nil && receive.VerifySender(raw, x.AuthservID).Pass
	}
}

// machine gives the reason why a mail is none of a person; empty: it is, or it is the answer
// of a person's calendar.
func (x *Inbox) machine(in Inbound, m sessionMail, raw []byte, answers bool) string {
	signs := receive.ReadSigns(raw, x.Outbox.From.Addr)
	if answers && signs.Proof != receive.AutomaticBounce && signs.Proof != receive.AutomaticOwn {
		return ""
	}
	if signs.Proof != "" && !(in.Released && postable(signs.Proof)) {
		return signs.Proof
	}
	if in.Released {
		return ""
	}
	reason, _ := signs.Automatic(m.attendee != nil)
	if reason == receive.AutomaticBounce {
		return looksLikeABounce
	}
	return reason
}

// sessionDoubt gives the reason why the sender is not believed to be an attendee.
func (x *Inbox) sessionDoubt(m sessionMail, raw []byte) string {
	switch {
	case m.from == "":
		return "author_unclear"
	case m.attendee == nil:
		return senderNotAttendee
	case !m.vouched:
		return receive.VerifySender(raw, x.AuthservID).Reason
	}
	return ""
}

// readAnswer takes up what the attendee answers, or gives the reason why it cannot count.
func (m *sessionMail) readAnswer(about sessionAbout) string {
	a := m.answer
	switch {
	case a.Several:
		return calendarSeveral
	case a.Series || a.Instance:
		return calendarRepeats
	case a.Method != "REPLY" && a.Method != "COUNTER":
		return calendarNoAnswer
	case a.UID != about.ItemSession.Uid:
		return calendarOtherEvent
	case m.attendee == nil:
		return calendarOtherName
	}
	own := slices.IndexFunc(a.Attendees, func(by ics.AnswerBy) bool {
		of := about.attendee(by.Address)
		return of != nil && of.RecipientID == m.attendee.RecipientID
	})
	if own < 0 || (a.Method == "REPLY" && len(a.Attendees) != 1) {
		return calendarOtherName
	}
	if m.by = a.Attendees[own]; m.by.Part == ics.Delegated {
		return calendarDelegated
	}
	return ""
}

// answerOf is the answer of a calendar as the rules see it.
func answerOf(a ics.Answer, by ics.AnswerBy) *coaching.CalendarAnswer {
	out := &coaching.CalendarAnswer{Counter: a.Method == "COUNTER", Sequence: a.Sequence, Stamp: a.Stamp, Start: a.Start, End: a.End}
	switch by.Part {
	case ics.Accepted:
		out.Attendance = coaching.Accepted
	case ics.Declined:
		out.Attendance = coaching.Declined
	case ics.Tentative:
		out.Attendance = coaching.Tentative
	}
	return out
}

// calendarIn reads the calendar of a mail; nil: there is none, or none that can be read,
// and fault says so. Many programs send the same one twice, as a form of the text and as a
// file.
func calendarIn(letter *receive.Inbound, zone *time.Location) (found *ics.Answer, fault string) {
	var read [][]byte
	for _, part := range letter.Parts {
		if !isCalendar(part) || slices.ContainsFunc(read, func(b []byte) bool { return bytes.Equal(bytes.TrimSpace(b), bytes.TrimSpace(part.Data)) }) {
			continue
		}
		read = append(read, part.Data)
		a, err := ics.ReadAnswer(part.Data, zone)
		switch {
		case err != nil:
			return nil, calendarBroken
		case found == nil:
			found = &a
		case !sameAnswer(*found, a):
			found.Several = true
		}
	}
	return found, ""
}

func isCalendar(p receive.Part) bool {
	return p.ContentType == "text/calendar" || p.ContentType == "application/ics" || strings.HasSuffix(strings.ToLower(p.Name), ".ics")
}

// sameAnswer reports whether two calendars of one mail say the same.
func sameAnswer(a, b ics.Answer) bool {
	return a.Method == b.Method && a.UID == b.UID && a.Sequence == b.Sequence && a.Start.Equal(b.Start) && a.End.Equal(b.End) &&
		slices.EqualFunc(a.Attendees, b.Attendees, func(x, y ics.AnswerBy) bool { return x.Address == y.Address && x.Part == y.Part })
}
