package coaching

import (
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
)

// Attendance is what an attendee has answered to the present time of a session; empty: not
// answered yet.
type Attendance string

// The answers.
const (
	NotAnswered Attendance = ""
	Accepted    Attendance = "accepted"
	Declined    Attendance = "declined"
	Tentative   Attendance = "tentative"
)

// Attendances are all of them.
var Attendances = []Attendance{NotAnswered, Accepted, Declined, Tentative}

// Words is an answer in words, as behind somebody's name.
func (a Attendance) Words() string {
	switch a {
	case Accepted:
		return "accepted"
	case Declined:
		return "declined"
	case Tentative:
		return "may come"
	}
	return "not answered yet"
}

// SessionAnswerKind is what a mail to the address of a session was.
type SessionAnswerKind string

// The kinds. The first three are those of Attendance.
const (
	AnswerAccepted  SessionAnswerKind = "accepted"
	AnswerDeclined  SessionAnswerKind = "declined"
	AnswerTentative SessionAnswerKind = "tentative"
	AnswerProposed  SessionAnswerKind = "proposed" // another time
	AnswerWords     SessionAnswerKind = "words"    // a mail for the coach to read
)

// SessionAnswerKinds are all of them.
var SessionAnswerKinds = []SessionAnswerKind{AnswerAccepted, AnswerDeclined, AnswerTentative, AnswerProposed, AnswerWords}

// ProposalState is how an attendee's proposal of another time stands:
//
//	open ──somebody decides──▶ taken, refused
//	  ├──the same attendee proposes again──▶ replaced
//	  ├──the session gets another time, or is cancelled──▶ moved, cancelled
//	  └──the session or the proposed time begins──▶ expired
type ProposalState string

// The states; empty: it is no proposal.
const (
	NoProposal        ProposalState = ""
	ProposalOpen      ProposalState = "open"
	ProposalTaken     ProposalState = "taken"
	ProposalRefused   ProposalState = "refused"
	ProposalReplaced  ProposalState = "replaced"
	ProposalMoved     ProposalState = "moved"
	ProposalCancelled ProposalState = "cancelled"
	ProposalExpired   ProposalState = "expired"
)

// ProposalStates are all of them.
var ProposalStates = []ProposalState{NoProposal, ProposalOpen, ProposalTaken, ProposalRefused, ProposalReplaced, ProposalMoved, ProposalCancelled, ProposalExpired}

// SessionMail is a mail to the address of a session, from somebody for whom the receiving
// server vouches, or whom an admin believed.
type SessionMail struct {
	Org, ID, Session uuid.UUID
	At, ReceivedAt   time.Time
	// From is its sender; Attendee is the recipient whom it is from, Nil for none.
	From     string
	Attendee uuid.UUID
	// Key is the same for the same mail twice.
	Key string
	// Answer is what the calendar in it says; nil: there is none, and Words count alone.
	Answer *CalendarAnswer
	Words  string
}

// CalendarAnswer is an answer of a calendar to an invitation.
type CalendarAnswer struct {
	Counter    bool       // it proposes another time
	Attendance Attendance // of a counter it may be none
	Sequence   int
	Stamp      time.Time // zero: it does not say when it was given
	Start, End time.Time // of a counter
}

// Why an answer that can be read does not count.
const (
	AnswerOutdated  = "answer_outdated"       // it answers the invitation to an earlier time
	AnswerOvertaken = "answer_overtaken"      // a later one of the same attendee counts
	AnswerTooLate   = "answer_too_late"       // the session is over, cancelled, or has begun
	AnswerUninvited = "answer_uninvited"      // the attendee was taken off
	AnswerEmpty     = "answer_says_nothing"   // neither yes nor no
	ProposalNoTime  = "proposal_without_time" // or its time cannot be read
	ProposalSame    = "proposal_of_same_time" // as it is
	ProposalPassed  = "proposal_of_passed_time"
)

// AnswerFacts are what decides whether an answer counts.
type AnswerFacts struct {
	State      SessionState
	Start, End time.Time
	Now        time.Time
	Invited    bool
	Sequence   int // of the attendee's present invitation
	// LastSequence and LastStamp are those of the answer that counts; a zero stamp: none.
	LastSequence int
	LastStamp    time.Time
}

// Stamped is when an answer counts as given: a clock that is ahead of ours does not put an
// answer before those that come later.
func (a CalendarAnswer) Stamped(received time.Time) time.Time {
	if a.Stamp.IsZero() || a.Stamp.After(received) {
		return received.UTC().Truncate(time.Second)
	}
	return a.Stamp.UTC()
}

// Refuse gives the reason why an answer does not count; empty: it counts. An answer to an
// older SEQUENCE than the present invitation has says nothing about the present time, and
// of two to the same the one with the later DTSTAMP counts (RFC 5546, 2.1.5).
func (f AnswerFacts) Refuse(a CalendarAnswer, received time.Time) string {
	switch {
	case !f.Invited:
		return AnswerUninvited
	case f.State != SessionScheduled || !f.Now.Before(f.Start):
		return AnswerTooLate
	case a.Sequence < f.Sequence:
		return AnswerOutdated
	case !f.LastStamp.IsZero() && (a.Sequence < f.LastSequence || (a.Sequence == f.LastSequence && a.Stamped(received).Before(f.LastStamp))):
		return AnswerOvertaken
	case a.Counter:
		return f.refuseProposal(a)
	case a.Attendance == NotAnswered:
		return AnswerEmpty
	}
	return ""
}

func (f AnswerFacts) refuseProposal(a CalendarAnswer) string {
	start, minutes := a.Proposed(f.End.Sub(f.Start))
	switch {
	case a.Start.IsZero() || CheckMoment(start, f.Now, "at") != nil:
		return ProposalNoTime
	case !start.After(f.Now):
		return ProposalPassed
	case start.Equal(f.Start) && minutes == int(f.End.Sub(f.Start).Minutes()):
		return ProposalSame
	}
	return ""
}

// Proposed is the time that a counter proposes, in whole minutes. One without an end, or
// with one that no session can have, lasts as long as the session does.
func (a CalendarAnswer) Proposed(lasts time.Duration) (start time.Time, minutes int) {
	minutes = int(a.End.Sub(a.Start).Minutes())
	if a.End.IsZero() || checkMinutes(minutes, "minutes") != nil {
		minutes = int(lasts.Minutes())
	}
	return a.Start.UTC().Truncate(time.Minute), minutes
}

// ProposalUntil is until when a proposal can be decided about: until the session begins, or
// the proposed time does.
func ProposalUntil(session, proposed time.Time) time.Time {
	if proposed.Before(session) {
		return proposed
	}
	return session
}

// TakesProposal is the act that gives a session a proposed time, on the clock of zone. A
// time that this clock does not show, or shows twice, is given in UTC.
func TakesProposal(session, proposal uuid.UUID, start time.Time, minutes int, zone string) SessionAct {
	at := LocalTime{wallOf(start.In(ZoneOrUTC(zone)))}
	if !at.In(ZoneOrUTC(zone)).Equal(start) {
		zone, at = "UTC", LocalTime{wallOf(start.UTC())}
	}
	return SessionAct{Kind: RescheduleSession, At: &at, Zone: zone, Minutes: minutes, Session: session, Proposal: proposal,
		Reason: "This time was proposed by somebody who attends."}
}

// MaxAnswerWords is how many characters are kept of the words of an answer.
const MaxAnswerWords = 4000

// AnswerWordsOf are words of a mail as they are kept: without what nobody sees, and cut
// where they are too long, which they then say.
func AnswerWordsOf(words string) string {
	words = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(words, "\uFFFD")))
	if runes := []rune(words); len(runes) > MaxAnswerWords {
		return strings.TrimSpace(string(runes[:MaxAnswerWords])) + "\n\n[It is longer than this. An admin can read all of it, among the mails received.]"
	}
	return words
}

// Words of one attendee to the coach are bounded: each is a mail.
const (
	MostSessionWords   = 10
	SessionWordsWithin = 24 * time.Hour
	// WordsTooOften is the reason for which more are put aside.
	WordsTooOften = "session_words_too_often"
)
