package coaching

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// MatchingStatus is where an attempt to find a coach stands. Each waits for somebody, or
// for a date:
//
//	choosing ──the coachee asks for an interview──▶ interviewing ──the last open one ends──┐
//	   ▲──none was held, and one is required───────────────────────────────────────────────┤
//	   │                                                                                   ▼
//	stalled (no coach is left: an admin adds one)                selecting ◀──────── asked to select
//	                                                              │  ▲ no, or silence
//	                                        the coachee selects   ▼  │
//	                              matched ◀──yes, or no approval── approving
//
// Each that has not ended can be cancelled.
type MatchingStatus string

// The states of a matching.
const (
	MatchingChoosing     MatchingStatus = "choosing"     // the coachee asks for an interview
	MatchingInterviewing MatchingStatus = "interviewing" // interviews are open; each waits for somebody
	MatchingSelecting    MatchingStatus = "selecting"    // the coachee selects a coach
	MatchingApproving    MatchingStatus = "approving"    // an admin decides about the selection
	MatchingStalled      MatchingStatus = "stalled"      // no coach is left; an admin adds one or cancels
	MatchingMatched      MatchingStatus = "matched"
	MatchingCancelled    MatchingStatus = "cancelled"
)

// MatchingStatuses are all of them.
var MatchingStatuses = []MatchingStatus{MatchingChoosing, MatchingInterviewing, MatchingSelecting, MatchingApproving, MatchingStalled, MatchingMatched, MatchingCancelled}

// Over reports whether the attempt has ended.
func (s MatchingStatus) Over() bool { return s == MatchingMatched || s == MatchingCancelled }

// FoundCoach is the coach with whom an engagement begins.
type FoundCoach struct {
	Org, Engagement, Coach uuid.UUID
	// Template is the program that is laid out where there is none; nil: none.
	Template *uuid.UUID
	// Starts starts the program; otherwise the engagement is ready to start.
	Starts bool
	At     time.Time
	Key    string // tells this from others, and is the same on every repeat
}

// OfferedCoach is a coach whom the coachee can choose in a matching.
type OfferedCoach struct {
	ID uuid.UUID
	// Gone says that the coach was taken off: by an admin, or because their role ended.
	Gone bool
	// Full says that the coach has no room for another client now.
	Full bool
}

// Selection is the coach whom the coachee wants.
type Selection struct {
	Coach uuid.UUID `json:"coach_id"`
	At    time.Time `json:"at"`
	// Until is when the selection expires without a decision.
	Until    time.Time `json:"until,omitzero"`
	Decision *Decision `json:"decision,omitempty"`
}

// Matching is one attempt to find a coach for an engagement. Its methods are the rules;
// they are given the moment, and write down who is to be told what.
type Matching struct {
	Settings MatchingSettings
	Status   MatchingStatus
	// Since is when the status began.
	Since time.Time
	// AskedToSelect is when the coachee was asked to select a coach after interviews; zero:
	// not yet, or not any more.
	AskedToSelect time.Time
	Coaches       []OfferedCoach
	Interviews    []Interview
	Selection     *Selection
	// Coach is who was found.
	Coach uuid.UUID

	told []MatchingWord
}

// MatchingReader is to whom a word about a matching goes.
type MatchingReader string

// The readers.
const (
	MatchingCoachee MatchingReader = "coachee"
	MatchingCoach   MatchingReader = "coach"
	MatchingAdmins  MatchingReader = "admins"
)

// MatchingWord is a letter that follows from an act or from a date. What calendars are told
// is not among them: it follows from Interview.CalendarStatus.
type MatchingWord struct {
	Letter NotificationKind
	To     MatchingReader
	// Coach is whom it is about or, with MatchingCoach, to.
	Coach uuid.UUID
	// Interview is the interview that it is about; zero: none.
	Interview uuid.UUID
}

// MatchingClock is what the rules of a matching know of the time.
type MatchingClock struct {
	Now time.Time
	// Undo is how long a decision can be taken back.
	Undo time.Duration
	// Ends is when the ladder of a kind ends that began at a moment.
	Ends func(kind LadderKind, start time.Time) time.Time
}

// NewMatching begins an attempt with the coaches who are offered.
func NewMatching(settings MatchingSettings, coaches []OfferedCoach, c MatchingClock) (*Matching, []MatchingWord) {
	m := &Matching{Settings: settings, Coaches: coaches, Since: c.Now}
	m.tell(MatchingStartedLetter, MatchingCoachee, uuid.Nil, uuid.Nil)
	m.Status = m.statusNow()
	if m.Status == MatchingStalled {
		m.told = nil
		m.tell(MatchingStalledLetter, MatchingAdmins, uuid.Nil, uuid.Nil)
	}
	return m, m.words()
}

// words hands over what was written down.
func (m *Matching) words() []MatchingWord {
	told := m.told
	m.told = nil
	return told
}

func (m *Matching) tell(letter NotificationKind, to MatchingReader, coach, interview uuid.UUID) {
	m.told = append(m.told, MatchingWord{Letter: letter, To: to, Coach: coach, Interview: interview})
}

// tellCoach tells the coach of an interview, if they know of it.
func (m *Matching) tellCoach(letter NotificationKind, i *Interview) {
	if i.CoachKnows {
		m.tell(letter, MatchingCoach, i.Coach, i.ID)
	}
}

func (m *Matching) tellCoachee(letter NotificationKind, i *Interview) {
	m.tell(letter, MatchingCoachee, i.Coach, i.ID)
}

// Interview finds an interview; nil: there is none.
func (m *Matching) Interview(id uuid.UUID) *Interview {
	for i := range m.Interviews {
		if m.Interviews[i].ID == id {
			return &m.Interviews[i]
		}
	}
	return nil
}

// Offered finds a coach who is, or was, offered; nil: there is none.
func (m *Matching) Offered(coach uuid.UUID) *OfferedCoach {
	for i := range m.Coaches {
		if m.Coaches[i].ID == coach {
			return &m.Coaches[i]
		}
	}
	return nil
}

func (m *Matching) anyInterview(is func(Interview) bool) bool {
	return slices.ContainsFunc(m.Interviews, is)
}

func (m *Matching) anyOpen() bool {
	return m.anyInterview(func(i Interview) bool { return i.State.Open() })
}

func (m *Matching) anyHeld() bool {
	return m.anyInterview(func(i Interview) bool { return i.State == InterviewHeld })
}

// heldWith reports whether an interview with a coach was held.
func (m *Matching) heldWith(coach uuid.UUID) bool {
	return m.anyInterview(func(i Interview) bool { return i.Coach == coach && i.State == InterviewHeld })
}

// statusNow is the status that follows from all the rest of an attempt that has not ended.
func (m *Matching) statusNow() MatchingStatus {
	switch {
	case m.Status.Over():
		return m.Status
	case m.Selection != nil:
		return MatchingApproving
	case m.anyOpen():
		return MatchingInterviewing
	case !slices.ContainsFunc(m.Coaches, func(c OfferedCoach) bool { return m.MayAsk(c.ID) == nil || m.MaySelect(c.ID) == nil }):
		return MatchingStalled
	case slices.ContainsFunc(m.Coaches, func(c OfferedCoach) bool { return m.MaySelect(c.ID) == nil }):
		return MatchingSelecting
	}
	return MatchingChoosing
}

// MayAsk refuses a request for an interview with a coach that cannot be made.
func (m *Matching) MayAsk(coach uuid.UUID) *Problem {
	offered := m.Offered(coach)
	switch {
	case m.Settings.Interview == NoInterview:
		return conflict("interviews_off", "No interviews take place here: choose your coach from the list.")
	case m.Selection != nil:
		return conflict("selection_pending", "Your choice of a coach waits for an approval; until then no interview can be asked for.")
	case offered == nil || offered.Gone:
		return conflict("coach_not_offered", "This coach is not offered any more; choose another one.")
	case offered.Full:
		return conflict("coach_full", "This coach has no room for another client at the moment; choose another one.")
	}
	counted := 0
	for _, i := range m.Interviews {
		switch {
		case i.Coach != coach:
		case i.State.Open():
			return conflict("interview_open", "An interview with this coach is under way already.")
		case i.State == InterviewHeld:
			return conflict("interview_held", "The interview with this coach was held already.")
		case i.State == InterviewDeclined:
			return conflict("interview_declined", "This coach has declined; choose another one.")
		}
		if i.counts() {
			counted++
		}
	}
	if counted >= m.Settings.MostInterviews {
		return conflict("interviews_used_up", "No more interviews can be asked for: you have had, or asked for, as many as there are.")
	}
	return nil
}

// MaySelect refuses the selection of a coach that cannot be made.
func (m *Matching) MaySelect(coach uuid.UUID) *Problem {
	offered := m.Offered(coach)
	switch {
	case m.Selection != nil:
		return conflict("selection_pending", "You have chosen already; the choice waits for an approval.")
	case offered == nil || offered.Gone:
		return conflict("coach_not_offered", "This coach is not offered any more; choose another one.")
	case offered.Full:
		return conflict("coach_full", "This coach has no room for another client at the moment; choose another one.")
	case m.Settings.Interview == RequiredInterview && !m.heldWith(coach):
		return conflict("interview_missing", "Choose a coach with whom you have had an interview.")
	}
	return nil
}
