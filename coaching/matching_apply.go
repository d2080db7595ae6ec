package coaching

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// Apply does what a person asks for, and then what follows from it and from the time. It
// gives the words that go out. What is refused changes nothing.
func (m *Matching) Apply(a MatchingAct, c MatchingClock) ([]MatchingWord, *Problem) {
	before := m.Copied()
	p := m.mayChange()
	if p == nil {
		p = m.apply(a, c)
	}
	if p != nil {
		*m = before
		return nil, p
	}
	m.settle(c)
	return m.words(), nil
}

// Copied is the matching as it is, which later changes do not touch.
func (m *Matching) Copied() Matching {
	out := *m
	out.Coaches, out.Interviews = slices.Clone(m.Coaches), slices.Clone(m.Interviews)
	if m.Selection != nil {
		selection := *m.Selection
		out.Selection = &selection
	}
	return out
}

func (m *Matching) mayChange() *Problem {
	if m.Status.Over() {
		return conflict("matching_over", "This search for a coach has ended; nothing of it can be changed.")
	}
	return nil
}

// apply is Apply without what follows.
func (m *Matching) apply(a MatchingAct, c MatchingClock) *Problem {
	switch a.Kind {
	case AskInterview:
		return m.ask(a, c)
	case SelectCoach:
		return m.selectCoach(a, c)
	case ApproveSelection, RejectSelection:
		return m.decideSelection(a, c)
	case OfferCoach:
		return m.offer(a)
	case WithdrawCoach:
		return m.withdraw(a, c)
	case CancelMatching:
		m.cancel(c)
		return nil
	case TakeDecisionBack:
		return m.takeBack(a, c)
	case RefreshMatching:
		return nil
	}
	i := m.Interview(a.Interview)
	if i == nil {
		return Problemf(NotFound, "interview_not_found", "There is no such interview.")
	}
	return m.applyTo(i, a, c)
}

// applyTo does what is asked for with an interview.
func (m *Matching) applyTo(i *Interview, a MatchingAct, c MatchingClock) *Problem {
	if p := i.may(a.Kind, c.Now); p != nil {
		return p
	}
	switch a.Kind {
	case ProposeInterview:
		i.enter(InterviewProposed, c.Now, slices.MaxFunc(a.Proposals, time.Time.Compare))
		i.Proposals = slices.Clone(a.Proposals)
		m.tellCoachee(InterviewProposedLetter, i)
	case TakeProposal:
		if !slices.ContainsFunc(i.Proposals, a.At.Equal) || !a.At.After(c.Now) {
			return conflict("proposal_passed", "This time is not offered any more; choose another one, or ask again.")
		}
		m.give(i, a.At, c)
	case AskAgain:
		i.enter(InterviewAsked, c.Now, c.Ends(InterviewLadder, c.Now))
		m.tellCoach(InterviewAskedLetter, i)
	case DeclineInterview:
		i.enter(InterviewDeclined, c.Now, time.Time{})
		m.tellCoachee(InterviewDeclinedLetter, i)
	case MoveInterview:
		if p := CheckStart(a.At, c.Now); p != nil {
			return p
		}
		i.Start = a.At
		i.enter(InterviewScheduled, c.Now, i.End().Add(CountsAsHeldAfter))
	case CancelInterview:
		m.cancelInterview(i, c, true)
	case HoldInterview:
		i.enter(InterviewHeld, c.Now, time.Time{})
	case MissInterview:
		i.enter(InterviewNoShow, c.Now, time.Time{})
		m.tellCoachee(InterviewMissedLetter, i)
	case ApproveInterview, RejectInterview:
		i.Decision = a.decision(a.Kind == ApproveInterview, c)
	default:
		return Problemf(Invalid, "matching_act_unknown", "Nothing of that kind can be done here.")
	}
	return nil
}

// decision is what an admin decides. It takes effect when it cannot be taken back any more.
func (a MatchingAct) decision(approved bool, c MatchingClock) *Decision {
	return &Decision{Approved: approved, By: a.By, At: c.Now, Effect: c.Now.Add(c.Undo), Reason: a.Words}
}

// interviewActs are the states in which each act is possible.
var interviewActs = map[MatchingActKind][]InterviewState{
	ProposeInterview: {InterviewAsked, InterviewProposed},
	TakeProposal:     {InterviewProposed},
	AskAgain:         {InterviewProposed},
	DeclineInterview: {InterviewAsked, InterviewProposed},
	MoveInterview:    {InterviewScheduled},
	CancelInterview:  {InterviewAsked, InterviewProposed, InterviewPending, InterviewScheduled},
	HoldInterview:    {InterviewScheduled, InterviewNoShow},
	MissInterview:    {InterviewScheduled},
	ApproveInterview: {InterviewPending},
	RejectInterview:  {InterviewPending},
}

// may refuses an act that the state of the interview does not allow.
func (i *Interview) may(kind MatchingActKind, now time.Time) *Problem {
	begun := i.State == InterviewScheduled && !now.Before(i.Start)
	states, known := interviewActs[kind]
	switch {
	case !known:
		return Problemf(Invalid, "matching_act_unknown", "Nothing of that kind can be done here.")
	case !slices.Contains(states, i.State):
		return conflict("interview_state", "This cannot be done any more, or not yet: the interview is "+i.State.Words()+".")
	case begun && (kind == MoveInterview || kind == CancelInterview):
		return conflict("interview_begun", "The interview has begun; say whether it was held.")
	case !begun && i.State == InterviewScheduled && (kind == HoldInterview || kind == MissInterview):
		return conflict("interview_not_begun", "The interview has not begun yet; it can be said afterwards whether it was held.")
	case i.Decision != nil && (kind == ApproveInterview || kind == RejectInterview):
		return conflict("decided_already", "This is decided already; the decision can be taken back for a moment.")
	}
	return nil
}

// ask makes a new interview: in a free slot, or one for which the coach proposes times.
func (m *Matching) ask(a MatchingAct, c MatchingClock) *Problem {
	if p := m.MayAsk(a.Coach); p != nil {
		return p
	}
	if len(m.Interviews) >= maxInterviews {
		return conflict("interviews_used_up", "No more interviews can be asked for in this search.")
	}
	if !a.At.IsZero() {
		if p := CheckStart(a.At, c.Now); p != nil {
			return p
		}
	}
	m.Interviews = append(m.Interviews, Interview{ID: a.Interview, Coach: a.Coach, Minutes: m.Settings.InterviewMinutes})
	i := &m.Interviews[len(m.Interviews)-1]
	if a.At.IsZero() {
		i.enter(InterviewAsked, c.Now, c.Ends(InterviewLadder, c.Now))
		i.CoachKnows = true
		m.tellCoach(InterviewAskedLetter, i)
		m.tellCoachee(InterviewRequestedLetter, i)
		return nil
	}
	m.give(i, a.At, c)
	return nil
}

// give gives an interview its time. Where admins approve, it waits for them; nobody's
// calendar is told before (R10).
func (m *Matching) give(i *Interview, at time.Time, c MatchingClock) {
	i.Start = at
	if !m.Settings.ApproveInterviews {
		m.schedule(i, c)
		return
	}
	i.enter(InterviewPending, c.Now, earlier(c.Ends(ApprovalLadder, c.Now), at))
	m.tellCoachee(InterviewPendingLetter, i)
	m.tell(ApprovalNeededLetter, MatchingAdmins, i.Coach, i.ID)
}

func (m *Matching) schedule(i *Interview, c MatchingClock) {
	i.enter(InterviewScheduled, c.Now, i.End().Add(CountsAsHeldAfter))
	i.CoachKnows, i.Scheduled = true, true
}

// cancelInterview ends an open interview. Of one that calendars hold they tell; of others a
// letter does. told says whether the coachee gets one, too.
func (m *Matching) cancelInterview(i *Interview, c MatchingClock, coacheeToo bool) {
	inCalendars := i.State == InterviewScheduled
	i.enter(InterviewCancelled, c.Now, time.Time{})
	if inCalendars {
		return
	}
	m.tellCoach(InterviewWithdrawnLetter, i)
	if coacheeToo {
		m.tellCoachee(InterviewWithdrawnLetter, i)
	}
}

func (m *Matching) selectCoach(a MatchingAct, c MatchingClock) *Problem {
	if p := m.MaySelect(a.Coach); p != nil {
		return p
	}
	m.Selection = &Selection{Coach: a.Coach, At: c.Now}
	if !m.Settings.ApproveSelections {
		m.match(c)
		return nil
	}
	m.Selection.Until = c.Ends(ApprovalLadder, c.Now)
	m.tell(SelectionPendingLetter, MatchingCoachee, a.Coach, uuid.Nil)
	m.tell(ApprovalNeededLetter, MatchingAdmins, a.Coach, uuid.Nil)
	return nil
}

func (m *Matching) decideSelection(a MatchingAct, c MatchingClock) *Problem {
	switch {
	case m.Selection == nil || a.Coach != uuid.Nil && a.Coach != m.Selection.Coach:
		return conflict("selection_missing", "No selection of this coach waits for a decision any more.")
	case m.Selection.Decision != nil:
		return conflict("decided_already", "This is decided already; the decision can be taken back for a moment.")
	}
	m.Selection.Decision = a.decision(a.Kind == ApproveSelection, c)
	return nil
}

// takeBack undoes a decision that was not carried out yet.
func (m *Matching) takeBack(a MatchingAct, c MatchingClock) *Problem {
	if i := m.Interview(a.Interview); i != nil && i.State == InterviewPending && i.Decision != nil && c.Now.Before(i.Decision.Effect) {
		i.Decision = nil
		return nil
	}
	if s := m.Selection; a.Interview == uuid.Nil && s != nil && s.Decision != nil && c.Now.Before(s.Decision.Effect) {
		s.Decision = nil
		return nil
	}
	return conflict("nothing_to_take_back", "The decision was carried out already, or there is none; it cannot be taken back.")
}

// match ends the attempt with the coach who was selected.
func (m *Matching) match(c MatchingClock) {
	m.Coach, m.Selection = m.Selection.Coach, nil
	m.Status, m.Since = MatchingMatched, c.Now
	m.tell(MatchedLetter, MatchingCoachee, m.Coach, uuid.Nil)
	m.tell(NewClientLetter, MatchingCoach, m.Coach, uuid.Nil)
	for _, coach := range m.otherCoachesWhoKnow() {
		m.tell(NotChosenLetter, MatchingCoach, coach, uuid.Nil)
	}
	for k := range m.Interviews {
		if i := &m.Interviews[k]; i.State.Open() {
			i.enter(InterviewCancelled, c.Now, time.Time{}) // the letters say it; calendars are told
		}
	}
}

// otherCoachesWhoKnow are the coaches, but for the one found, who had or were asked for an
// interview, and did not say no themselves.
func (m *Matching) otherCoachesWhoKnow() []uuid.UUID {
	var out []uuid.UUID
	for _, i := range m.Interviews {
		said := i.State == InterviewDeclined
		if i.CoachKnows && !said && i.Coach != m.Coach && !slices.Contains(out, i.Coach) {
			out = append(out, i.Coach)
		}
	}
	return out
}

// cancel ends the attempt without a coach.
func (m *Matching) cancel(c MatchingClock) {
	for k := range m.Interviews {
		if i := &m.Interviews[k]; i.State.Open() {
			m.cancelInterview(i, c, false)
		}
	}
	m.Selection = nil
	m.Status, m.Since = MatchingCancelled, c.Now
	m.tell(MatchingCancelledLetter, MatchingCoachee, uuid.Nil, uuid.Nil)
}

// offer adds a coach, or brings one back.
func (m *Matching) offer(a MatchingAct) *Problem {
	offered := m.Offered(a.Coach)
	switch {
	case offered == nil:
		m.Coaches = append(m.Coaches, OfferedCoach{ID: a.Coach})
	case !offered.Gone:
		return conflict("coach_offered", "This coach is offered already.")
	default:
		offered.Gone = false
	}
	return nil
}

// withdraw takes a coach off: what is open with them ends, and the coachee is told where it
// concerns them.
func (m *Matching) withdraw(a MatchingAct, c MatchingClock) *Problem {
	offered := m.Offered(a.Coach)
	if offered == nil || offered.Gone {
		return conflict("coach_not_offered", "This coach is not offered here.")
	}
	offered.Gone = true
	m.dropCoach(a.Coach, c)
	return nil
}

// dropCoach ends what is open with a coach who is gone.
func (m *Matching) dropCoach(coach uuid.UUID, c MatchingClock) {
	concerns := m.heldWith(coach)
	for k := range m.Interviews {
		if i := &m.Interviews[k]; i.Coach == coach && i.State.Open() {
			concerns = true
			m.cancelInterview(i, c, false)
		}
	}
	if m.Selection != nil && m.Selection.Coach == coach {
		concerns, m.Selection = true, nil
	}
	if concerns {
		m.tell(CoachGoneLetter, MatchingCoachee, coach, uuid.Nil)
	}
}
