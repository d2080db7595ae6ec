package coaching

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// MatchingActKind is what a person does in a matching.
type MatchingActKind string

// The acts. An admin can do each of them for whoever else it is for.
const (
	AskInterview     MatchingActKind = "ask"               // the coachee asks for an interview, in a slot or with a memo
	ProposeInterview MatchingActKind = "propose"           // the coach offers up to three times
	TakeProposal     MatchingActKind = "take"              // the coachee takes one of them
	AskAgain         MatchingActKind = "ask_again"         // none of them suits the coachee
	DeclineInterview MatchingActKind = "decline"           // the coach says no
	MoveInterview    MatchingActKind = "move"              // a scheduled one gets another time
	CancelInterview  MatchingActKind = "cancel_interview"  // whoever is in it
	HoldInterview    MatchingActKind = "held"              // the coach
	MissInterview    MatchingActKind = "no_show"           // the coach
	ApproveInterview MatchingActKind = "approve_interview" // an admin
	RejectInterview  MatchingActKind = "reject_interview"
	SelectCoach      MatchingActKind = "select" // the coachee
	ApproveSelection MatchingActKind = "approve_selection"
	RejectSelection  MatchingActKind = "reject_selection"
	TakeDecisionBack MatchingActKind = "take_back" // an admin, of their decision or another's
	OfferCoach       MatchingActKind = "offer_coach"
	WithdrawCoach    MatchingActKind = "withdraw_coach"
	CancelMatching   MatchingActKind = "cancel"
	RefreshMatching  MatchingActKind = "refresh" // the process looks at the coaches anew
)

// MatchingActKinds are all of them that persons do.
var MatchingActKinds = []MatchingActKind{AskInterview, ProposeInterview, TakeProposal, AskAgain, DeclineInterview, MoveInterview, CancelInterview, HoldInterview,
	MissInterview, ApproveInterview, RejectInterview, SelectCoach, ApproveSelection, RejectSelection, TakeDecisionBack, OfferCoach, WithdrawCoach, CancelMatching}

// MatchingAct is one act, as it was asked for. Each kind has only the fields that it needs.
type MatchingAct struct {
	Kind MatchingActKind `json:"kind"`
	// Interview is which one it is about; of AskInterview and OfferCoach the id that a new
	// one gets.
	Interview uuid.UUID `json:"interview,omitzero"`
	Coach     uuid.UUID `json:"coach,omitzero"`
	// At is a time for an interview: a free slot, or one of the proposals.
	At time.Time `json:"at,omitzero"`
	// FreeSlot says that At must be one of the coach's free slots: the coachee chooses it.
	FreeSlot bool `json:"free_slot,omitempty"`
	// Proposals are the times that a coach offers.
	Proposals []time.Time `json:"proposals,omitempty"`
	// Words are a memo, or a reason; those who are told of the act read them.
	Words string `json:"words,omitempty"`
	// By is who acts; for TakeDecisionBack and decisions an admin.
	By uuid.UUID `json:"by,omitzero"`
	// ByCoach says that the coach of the interview acts, or an admin in their name.
	ByCoach bool `json:"by_coach,omitempty"`
}

// Bounds of acts.
const (
	maxMatchingWords = 2000
	maxProposals     = 3
	maxInterviews    = 60 // of one attempt, whatever became of them
)

// Check refuses an act that makes no sense, whatever the state of the matching. Words are
// trimmed.
func (a *MatchingAct) Check(now time.Time) *Problem {
	a.Words = strings.TrimSpace(a.Words)
	var found []*Problem
	add := func(p *Problem) {
		if p != nil {
			found = append(found, p)
		}
	}
	unseen := func(r rune) bool { return isControl(r) && r != '\n' && r != '\t' && r != '\r' }
	if utf8.RuneCountInString(a.Words) > maxMatchingWords || !utf8.ValidString(a.Words) || strings.ContainsFunc(a.Words, unseen) {
		add(Problemf(Invalid, "words_invalid", "At most %d characters can be written here, and no control characters.", maxMatchingWords).
			WithField("words", "words_invalid", "at most %d characters, no control characters", maxMatchingWords))
	}
	switch a.Kind {
	case ProposeInterview:
		add(a.checkProposals(now))
	case TakeProposal, MoveInterview:
		if a.At.IsZero() {
			add(Problemf(Invalid, "interview_time_missing", "Choose a time.").WithField("at", "interview_time_missing", "needed"))
		}
	case AskInterview:
		if a.At.IsZero() && a.Words == "" {
			add(Problemf(Invalid, "memo_missing", "Write a few words to the coach: what you look for, and when you have time.").WithField("words", "memo_missing", "needed"))
		}
	case RejectInterview, RejectSelection:
		if a.Words == "" {
			add(Problemf(Invalid, "reason_missing", "Say why, for the coachee to read.").WithField("words", "reason_missing", "needed"))
		}
	}
	return joined(found, "matching_act_invalid", "This cannot be done; the fields say what to change.")
}

func (a *MatchingAct) checkProposals(now time.Time) *Problem {
	if len(a.Proposals) == 0 || len(a.Proposals) > maxProposals {
		return Problemf(Invalid, "proposals_invalid", "Propose one to %d times.", maxProposals).WithField("proposals", "proposals_invalid", "one to %d times", maxProposals)
	}
	for i, at := range a.Proposals {
		path := indexed("proposals", i)
		if p := CheckMoment(at, now, path); p != nil {
			return p
		}
		if !at.After(now) {
			return Problemf(Invalid, "session_time_passed", "This time has passed; choose a later one.").WithField(path, "session_time_passed", "in the past")
		}
		if slices.ContainsFunc(a.Proposals[:i], at.Equal) {
			return Problemf(Invalid, "proposals_invalid", "Propose each time once.").WithField(path, "proposals_invalid", "the same as another one")
		}
	}
	return nil
}
