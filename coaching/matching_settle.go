package coaching

import (
	"time"

	"github.com/google/uuid"
)

// Settle does what the time has brought about: what expires, what counts as held or
// declined, which decisions take effect.
func (m *Matching) Settle(c MatchingClock) []MatchingWord {
	m.settle(c)
	return m.words()
}

func (m *Matching) settle(c MatchingClock) {
	for k := range m.Interviews {
		m.settleInterview(&m.Interviews[k], c)
	}
	m.settleSelection(c)
	m.settleStatus(c)
}

// settleInterview ends a state of an interview whose time is over.
func (m *Matching) settleInterview(i *Interview, c MatchingClock) {
	if d := i.Decision; d != nil && !d.Effect.After(c.Now) {
		m.carryOut(i, *d, c)
		return
	}
	// A decision that can still be taken back holds the expiry.
	if i.Decision != nil || i.Until.IsZero() || i.Until.After(c.Now) {
		return
	}
	switch i.State {
	case InterviewAsked:
		i.enter(InterviewDeclined, c.Now, time.Time{})
		i.Silent = true
		m.tellCoachee(InterviewDeclinedLetter, i)
		m.tellCoach(InterviewExpiredLetter, i)
	case InterviewProposed:
		i.enter(InterviewExpired, c.Now, time.Time{})
		m.tellCoachee(InterviewExpiredLetter, i)
		m.tellCoach(InterviewExpiredLetter, i)
	case InterviewPending:
		m.expire(i, c)
	case InterviewScheduled:
		i.enter(InterviewHeld, c.Now, time.Time{})
	}
}

// carryOut does what an admin decided about an interview. One whose time has come meanwhile
// cannot be approved any more.
func (m *Matching) carryOut(i *Interview, d Decision, c MatchingClock) {
	switch {
	case !d.Approved:
		i.enter(InterviewRejected, c.Now, time.Time{})
		m.tellCoachee(InterviewRejectedLetter, i)
		m.tellCoach(InterviewRejectedLetter, i)
	case !i.Start.After(c.Now):
		m.expire(i, c)
	default:
		m.schedule(i, c)
	}
}

// expire ends an interview about which nobody decided in time: everybody is told (R6).
func (m *Matching) expire(i *Interview, c MatchingClock) {
	i.enter(InterviewExpired, c.Now, time.Time{})
	m.tellCoachee(InterviewExpiredLetter, i)
	m.tellCoach(InterviewExpiredLetter, i)
	m.tell(ApprovalExpiredLetter, MatchingAdmins, i.Coach, i.ID)
}

func (m *Matching) settleSelection(c MatchingClock) {
	s := m.Selection
	switch {
	case s == nil:
	case s.Decision != nil && !s.Decision.Effect.After(c.Now):
		if s.Decision.Approved {
			m.match(c)
			return
		}
		m.Selection = nil
		m.tell(SelectionRejectedLetter, MatchingCoachee, s.Coach, uuid.Nil)
	case s.Decision == nil && !s.Until.IsZero() && !s.Until.After(c.Now):
		m.Selection = nil
		m.tell(SelectionExpiredLetter, MatchingCoachee, s.Coach, uuid.Nil)
		m.tell(ApprovalExpiredLetter, MatchingAdmins, s.Coach, uuid.Nil)
	}
}

// settleStatus brings the status in line with the rest, and asks the coachee to select
// where it is their turn after interviews.
func (m *Matching) settleStatus(c MatchingClock) {
	before, now := m.Status, m.statusNow()
	if now == before {
		return
	}
	m.Status, m.Since = now, c.Now
	switch {
	case now == MatchingSelecting && before == MatchingInterviewing && m.anyHeld():
		m.AskedToSelect = c.Now
		m.tell(SelectCoachLetter, MatchingCoachee, uuid.Nil, uuid.Nil)
	case now == MatchingStalled:
		m.tell(MatchingStalledLetter, MatchingAdmins, uuid.Nil, uuid.Nil)
	case before == MatchingStalled && !now.Over():
		m.tell(MatchingGoesOnLetter, MatchingCoachee, uuid.Nil, uuid.Nil)
	}
}

// Refresh takes over which coaches are gone or full by now, which is known outside of the
// matching, and does what follows.
func (m *Matching) Refresh(gone, full func(coach uuid.UUID) bool, c MatchingClock) []MatchingWord {
	if m.Status.Over() {
		return nil
	}
	for k := range m.Coaches {
		coach := &m.Coaches[k]
		coach.Full = full(coach.ID)
		if !coach.Gone && gone(coach.ID) {
			coach.Gone = true
			m.dropCoach(coach.ID, c)
		}
	}
	m.settle(c)
	return m.words()
}
