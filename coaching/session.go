package coaching

import (
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// SessionState is where the session of an open item stands:
//
//	to_schedule ──schedule──▶ scheduled ──its start──▶ held
//	                           │  ▲  └─────────────▶ no_show ──the coach was wrong──▶ held
//	                 reschedule└──┘                     │
//	                           └──cancel──▶ cancelled   │
//	                                          └─────────┴──schedule──▶ scheduled, as a new
//	                                                                   meeting with a new UID
//
// held completes the item. All other states leave it open, so that it waits to be
// scheduled (again), or skipped.
type SessionState string

// The states of a session.
const (
	SessionToSchedule SessionState = "to_schedule"
	SessionScheduled  SessionState = "scheduled"
	SessionHeld       SessionState = "held"
	SessionNoShow     SessionState = "no_show"
	SessionCancelled  SessionState = "cancelled"
)

// BookedStates are the states of a session that has, or had, a time.
var BookedStates = []SessionState{SessionScheduled, SessionHeld, SessionNoShow, SessionCancelled}

// SessionActKind is what a person does with a session.
type SessionActKind string

// The acts.
const (
	ScheduleSession   SessionActKind = "schedule"
	RescheduleSession SessionActKind = "reschedule"
	CancelSession     SessionActKind = "cancel"
	HoldSession       SessionActKind = "held"
	MissSession       SessionActKind = "no_show"
	AddAttendee       SessionActKind = "add_attendee"
	RemoveAttendee    SessionActKind = "remove_attendee"
	AskForChange      SessionActKind = "ask" // an attendee asks the coach for another time
)

// SessionActKinds are all of them.
var SessionActKinds = []SessionActKind{ScheduleSession, RescheduleSession, CancelSession, HoldSession, MissSession, AddAttendee, RemoveAttendee, AskForChange}

// SessionAct is one act, as it was asked for. Each kind has only the fields that it
// needs: a time to schedule and reschedule, a reason to reschedule and cancel, and so on.
type SessionAct struct {
	Kind SessionActKind `json:"kind"`
	// At is a time on the clock of Zone, an IANA name.
	At   *LocalTime `json:"at,omitempty"`
	Zone string     `json:"time_zone,omitempty"`
	// Start is the time instead of At, where it was chosen among the coach's free ones. It
	// is a moment, since a clock can show one time twice.
	Start time.Time `json:"start,omitzero"`
	// Minutes is how long it takes; 0: as it was.
	Minutes int `json:"minutes,omitempty"`
	// Place is where it is held: a place, or an address to join; empty: as it was.
	Place *string `json:"place,omitempty"`
	// Reason is read by the attendees; of AskForChange it is what the coach reads.
	Reason string `json:"reason,omitempty"`
	// Attendee is who is added, Recipient who is removed or, in other acts, the attendee who
	// acts for themselves.
	Attendee  *RecipientSpec `json:"attendee,omitempty"`
	Recipient uuid.UUID      `json:"recipient,omitzero"`
	// Session is the one that an attendee saw; zero: the present one, whichever that is.
	Session uuid.UUID `json:"session,omitzero"`
	// Proposal is the proposal of an attendee that is taken with a new time.
	Proposal uuid.UUID `json:"proposal,omitzero"`
}

// Bounds of a session.
const (
	minSessionMinutes = 5
	maxSessionMinutes = 24 * 60
	maxPlace          = 500
	maxReason         = 1000
	// CountsAsHeldAfter is how long after its end a session counts as held, in
	// organizations that have set so.
	CountsAsHeldAfter = 24 * time.Hour
	// DefaultNoticeHours is how long before its start an attendee can last change a session.
	DefaultNoticeHours = 24
	// MaxNoticeHours bounds that.
	MaxNoticeHours = 30 * 24
)

// Check refuses an act that makes no sense, whatever the state of the session.
func (a SessionAct) Check() *Problem {
	var found []*Problem
	add := func(p *Problem) {
		if p != nil {
			found = append(found, p)
		}
	}
	switch a.Kind {
	case ScheduleSession, RescheduleSession:
		add(a.checkTime())
		if a.Minutes != 0 {
			add(checkMinutes(a.Minutes, "minutes"))
		}
		if a.Place != nil {
			add(CheckPlace(*a.Place, "place"))
		}
	case AddAttendee:
		if a.Attendee == nil {
			return Problemf(Invalid, "recipient_invalid", "Say who is to attend: a role, a person or an address.").WithField("attendee", "recipient_invalid", "needed")
		}
		add(a.Attendee.check("attendee"))
	case AskForChange:
		if strings.TrimSpace(a.Reason) == "" {
			add(Problemf(Invalid, "session_words_missing", "Write which times suit you, so that the coach can choose one.").WithField("reason", "session_words_missing", "needed"))
		}
	}
	add(a.checkReason())
	return joined(found, "session_act_invalid", "This cannot be done with the session; the fields say what to change.")
}

// joined makes one problem of several.
func joined(found []*Problem, code, message string) *Problem {
	switch len(found) {
	case 0:
		return nil
	case 1:
		return found[0]
	}
	all := Problemf(Invalid, code, "%s", message)
	for _, p := range found {
		all.Fields = append(all.Fields, p.Fields...)
	}
	return all
}

// Begins is when the session begins that is scheduled or moved by the act.
func (a SessionAct) Begins() time.Time {
	if !a.Start.IsZero() {
		return a.Start.UTC()
	}
	return a.At.In(ZoneOrUTC(a.Zone)).UTC()
}

// SelfBooked reports whether an attendee does it who has chosen the time themselves.
func (a SessionAct) SelfBooked() bool {
	return a.Recipient != uuid.Nil && (a.Kind == ScheduleSession || a.Kind == RescheduleSession)
}

func (a SessionAct) checkTime() *Problem {
	if !a.Start.IsZero() {
		return nil
	}
	if a.At == nil || a.At.IsZero() {
		return Problemf(Invalid, "session_time_missing", "Give the date and time at which the session begins.").WithField("at", "session_time_missing", "needed")
	}
	_, err := Zone(a.Zone)
	return AtPath(err, "time_zone")
}

func (a SessionAct) checkReason() *Problem {
	unseen := func(r rune) bool { return isControl(r) && r != '\n' && r != '\t' && r != '\r' }
	if utf8.RuneCountInString(a.Reason) > maxReason || !utf8.ValidString(a.Reason) || strings.ContainsFunc(a.Reason, unseen) {
		return Problemf(Invalid, "session_reason_invalid", "The reason has at most %d characters, and no control characters.", maxReason).
			WithField("reason", "session_reason_invalid", "at most %d characters, no control characters", maxReason)
	}
	return nil
}

func checkMinutes(minutes int, path string) *Problem {
	if minutes >= minSessionMinutes && minutes <= maxSessionMinutes {
		return nil
	}
	return Problemf(Invalid, "session_minutes_invalid", "A session lasts %d minutes at least and %d at most.", minSessionMinutes, maxSessionMinutes).
		WithField(path, "session_minutes_invalid", "between %d and %d", minSessionMinutes, maxSessionMinutes)
}

// CheckPlace refuses a place that could not stand in letters and calendars: it is one line
// of at most 500 characters. What is written like an address of the web must be one.
func CheckPlace(place, path string) *Problem {
	if utf8.RuneCountInString(place) > maxPlace || !utf8.ValidString(place) || strings.ContainsFunc(place, isControl) {
		return Problemf(Invalid, "session_place_invalid", "A place is at most %d characters on one line.", maxPlace).
			WithField(path, "session_place_invalid", "at most %d characters, no line breaks", maxPlace)
	}
	if p := CheckVisible("The place", place, path); p != nil {
		return p
	}
	scheme, _, isURL := strings.Cut(place, "://")
	if !isURL || strings.ContainsAny(scheme, " \t") {
		return nil
	}
	if u, err := url.Parse(place); err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Hostname() == "" || u.User != nil || strings.ContainsAny(place, " \"<>`") {
		return Problemf(Invalid, "session_place_invalid", "The address to join must be a whole one that begins with https://.").
			WithField(path, "session_place_invalid", "not an address like https://example.com/room")
	}
	return nil
}

// JoinURL is the address at which a session is joined; empty where its place is none.
func JoinURL(place string) string {
	if strings.HasPrefix(place, "https://") || strings.HasPrefix(place, "http://") {
		return place
	}
	return ""
}

// SessionFacts are what decides whether an act on a session is possible.
type SessionFacts struct {
	State SessionState
	Start time.Time // zero while there is none
	Now   time.Time
}

// May refuses an act that the state of the session does not allow.
func (f SessionFacts) May(kind SessionActKind) *Problem {
	begun := f.State == SessionScheduled && !f.Now.Before(f.Start)
	switch kind {
	case ScheduleSession:
		if f.State == SessionScheduled {
			return conflict("session_scheduled", "The session is scheduled already; give it another time instead.")
		}
	case RescheduleSession, CancelSession, AskForChange:
		if f.State != SessionScheduled {
			return conflict("session_not_scheduled", "The session is "+f.State.Words()+"; there is no time to change.")
		}
		if begun {
			return conflict("session_begun", "The session has begun; say whether it was held.")
		}
	case HoldSession, MissSession:
		if f.State != SessionScheduled && (f.State != SessionNoShow || kind != HoldSession) {
			return conflict("session_not_scheduled", "The session is "+f.State.Words()+"; only one that was scheduled can be held or missed.")
		}
		if f.State == SessionScheduled && !begun {
			return conflict("session_not_begun", "The session has not begun yet; it can be said afterwards whether it was held.")
		}
	case AddAttendee, RemoveAttendee:
		if begun {
			return conflict("session_begun", "The session has begun; nobody can be added or removed any more.")
		}
	}
	return nil
}

func conflict(code, message string) *Problem { return Problemf(Conflict, code, "%s", message) }

// Words is the state in words, as after "the session is".
func (s SessionState) Words() string {
	switch s {
	case SessionToSchedule:
		return "to be scheduled"
	case SessionNoShow:
		return "not attended"
	}
	return string(s)
}

// CheckStart refuses a session that would begin in the past, or when nobody plans.
func CheckStart(start, now time.Time) *Problem {
	if p := CheckMoment(start, now, "at"); p != nil {
		return p
	}
	if start.After(now) {
		return nil
	}
	return Problemf(Invalid, "session_time_passed", "This time has passed; choose a later one.").WithField("at", "session_time_passed", "in the past")
}

// ByLinkUntil is until when an attendee can change a session that starts then, with the
// minimum notice of the organization.
func ByLinkUntil(start time.Time, noticeHours int) time.Time {
	return start.Add(-time.Duration(noticeHours) * time.Hour)
}

// HeldByItself is when a session counts as held by itself; zero where the organization
// has not set so.
func HeldByItself(start time.Time, minutes int, set bool) time.Time {
	if !set {
		return time.Time{}
	}
	return start.Add(time.Duration(minutes)*time.Minute + CountsAsHeldAfter)
}

// OfAttendee lays the ladder out for an attendee of a session that begins at start, who
// knows of it since invited. Those of its reminders that do not go out are all among the
// dropped ones, so that they can be written down (R3).
func (l Ladder) OfAttendee(start, invited, now time.Time, zone *time.Location) Layout {
	laid := l.Lay(LadderInput{Start: invited, Due: start, Now: now, Zones: LadderZones{Reader: zone}})
	for i, s := range laid.LeftOut {
		s.Name = "left-out-" + strings.TrimPrefix(reminderName(i+1), "reminder-")
		laid.Dropped = append(laid.Dropped, s)
	}
	laid.LeftOut = nil
	return laid
}
