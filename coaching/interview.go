package coaching

import (
	"time"

	"github.com/google/uuid"
)

// InterviewState is where an interview of a matching stands:
//
//	the coachee asks ──▶ asked ──the coach proposes times──▶ proposed ──the coachee takes one──▶ (1)
//	                      │ ▲────────the coachee asks again──────┘ └──all of them have passed──▶ expired
//	                      └──a no, also by silence──▶ declined ◀──a no──── asked, proposed, pending
//
//	the coachee chooses a free slot ──▶ (1)
//
//	(1) ──where admins approve──▶ pending ──yes──▶ scheduled
//	 │                               ├──no──▶ rejected
//	 │                               └──silence, or its time comes──▶ expired
//	 └──otherwise──▶ scheduled ──its start──▶ held or no_show; held also a day after its end
//
// asked, proposed, pending and scheduled are open. Whatever is open can be cancelled, and a
// scheduled one moved.
type InterviewState string

// The states of an interview.
const (
	InterviewAsked     InterviewState = "asked"
	InterviewProposed  InterviewState = "proposed"
	InterviewPending   InterviewState = "pending"
	InterviewScheduled InterviewState = "scheduled"
	InterviewHeld      InterviewState = "held"
	InterviewNoShow    InterviewState = "no_show"
	InterviewDeclined  InterviewState = "declined"
	InterviewRejected  InterviewState = "rejected"
	InterviewExpired   InterviewState = "expired"
	InterviewCancelled InterviewState = "cancelled"
)

// InterviewStates are all of them.
var InterviewStates = []InterviewState{InterviewAsked, InterviewProposed, InterviewPending, InterviewScheduled, InterviewHeld, InterviewNoShow,
	InterviewDeclined, InterviewRejected, InterviewExpired, InterviewCancelled}

// Open reports whether somebody or a date can still move the interview on.
func (s InterviewState) Open() bool {
	return s == InterviewAsked || s == InterviewProposed || s == InterviewPending || s == InterviewScheduled
}

// KeepsSlot reports whether nobody else can have the interview's time with its coach.
func (s InterviewState) KeepsSlot() bool { return s == InterviewPending || s == InterviewScheduled }

// Words is the state as after "the interview is".
func (s InterviewState) Words() string {
	switch s {
	case InterviewAsked:
		return "asked for"
	case InterviewProposed:
		return "waiting for a choice of its time"
	case InterviewPending:
		return "waiting for an approval"
	case InterviewNoShow:
		return "not attended"
	}
	return string(s)
}

// Decision is what an admin has decided. It is carried out when the time to take it back
// is over.
type Decision struct {
	Approved bool      `json:"approved"`
	By       uuid.UUID `json:"by"`
	At       time.Time `json:"at"`
	Effect   time.Time `json:"effect"`
	Reason   string    `json:"reason,omitempty"`
}

// Interview is the talk of a coachee and a coach of the pool before the coachee selects.
type Interview struct {
	ID    uuid.UUID
	Coach uuid.UUID
	State InterviewState
	// Since is when it came into its state, and Until when the state ends by itself.
	Since, Until time.Time
	// Start and Minutes are its time; Start is zero where it has none.
	Start   time.Time
	Minutes int
	// Proposals are the times that the coach offers, in proposed.
	Proposals []time.Time
	// Decision is that about a pending one.
	Decision *Decision
	// CoachKnows says that the coach was told of it: one that waits for an approval is not
	// theirs to know, if they were not asked before.
	CoachKnows bool
	// Silent says that it was declined by silence.
	Silent bool
	// Scheduled says that it was scheduled once, so that calendars may hold it.
	Scheduled bool
}

// End is when the interview is over.
func (i Interview) End() time.Time { return i.Start.Add(time.Duration(i.Minutes) * time.Minute) }

// counts reports whether the interview counts towards the most that a coachee can have. One
// that came to nothing does not.
func (i Interview) counts() bool {
	return i.State.Open() || i.State == InterviewHeld || i.State == InterviewNoShow
}

// enter brings the interview into a state.
func (i *Interview) enter(s InterviewState, now, until time.Time) {
	i.State, i.Since, i.Until, i.Decision = s, now, until, nil
	if s != InterviewProposed {
		i.Proposals = nil
	}
}

// CalendarStatus is how the interview stands, as far as calendars are concerned: nothing
// reaches them before it is scheduled (R10).
func (i Interview) CalendarStatus() CalendarStatus {
	switch {
	case i.State == InterviewScheduled:
		return CalendarScheduled
	case i.State == InterviewHeld || i.State == InterviewNoShow:
		return CalendarOver
	case i.Scheduled:
		return CalendarCancelled
	}
	return CalendarPending
}
