package coaching

import (
	"time"

	"github.com/google/uuid"
)

// MatchingWait is something that a matching waits for. Whoever is waited for is reminded by
// the ladder of its kind, from Since on.
type MatchingWait struct {
	Ladder LadderKind
	// Since is when the waiting began, which reminders count from (R2).
	Since time.Time
	// Due is the moment that it is about, of a scheduled interview.
	Due time.Time
	// Coach and Interview are whom and what it is about; zero: none.
	Coach, Interview uuid.UUID
}

// Waits are all that the matching waits for now. Something that waits for nothing but a
// moment, such as a decision that can still be taken back, is not among them.
func (m *Matching) Waits() []MatchingWait {
	if m.Status.Over() {
		return nil
	}
	var out []MatchingWait
	for _, i := range m.Interviews {
		if ladder := i.ladder(); ladder != "" {
			w := MatchingWait{Ladder: ladder, Since: i.Since, Coach: i.Coach, Interview: i.ID}
			if i.State == InterviewScheduled {
				w.Due = i.Start
			}
			out = append(out, w)
		}
	}
	switch {
	case m.Status == MatchingChoosing, m.Status == MatchingSelecting && m.AskedToSelect.IsZero():
		out = append(out, MatchingWait{Ladder: MatchingLadder, Since: m.Since})
	case m.Status == MatchingSelecting:
		out = append(out, MatchingWait{Ladder: SelectionLadder, Since: m.Since})
	case m.Status == MatchingApproving && m.Selection.Decision == nil:
		out = append(out, MatchingWait{Ladder: ApprovalLadder, Since: m.Selection.At, Coach: m.Selection.Coach})
	}
	return out
}

// ladder is the ladder by which whoever an interview waits for is reminded; empty: none.
func (i Interview) ladder() LadderKind {
	switch {
	case i.State == InterviewAsked:
		return InterviewLadder
	case i.State == InterviewProposed:
		return SelectionLadder // the coachee takes one of the times
	case i.State == InterviewPending && i.Decision == nil:
		return ApprovalLadder
	case i.State == InterviewScheduled:
		return SessionLadder
	}
	return ""
}

// NextChange is the next moment at which the time alone changes something of the matching;
// zero: none.
func (m *Matching) NextChange() time.Time {
	var next time.Time
	add := func(at time.Time) {
		if !at.IsZero() {
			next = earlier(next, at)
		}
	}
	if m.Status.Over() {
		return next
	}
	for _, i := range m.Interviews {
		switch {
		case i.Decision != nil:
			add(i.Decision.Effect)
		case i.State.Open():
			add(i.Until)
		}
	}
	if s := m.Selection; s != nil {
		if s.Decision != nil {
			add(s.Decision.Effect)
		} else {
			add(s.Until)
		}
	}
	return next
}
