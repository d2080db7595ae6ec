package coaching

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

var (
	ada, ben, cem = uuid.UUID{1}, uuid.UUID{2}, uuid.UUID{3} // coaches
	boss          = uuid.UUID{9}
	matchingStart = time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
)

// matchingStory is a matching in which time passes.
type matchingStory struct {
	t     *testing.T
	m     *Matching
	clock MatchingClock
	told  []MatchingWord
	next  byte
}

// newMatchingStory begins a matching with two coaches. Ladders end as they do by default,
// in days of the calendar.
func newMatchingStory(t *testing.T, set func(*MatchingSettings)) *matchingStory {
	settings := DefaultMatching
	if set != nil {
		set(&settings)
	}
	s := &matchingStory{t: t, clock: MatchingClock{Now: matchingStart, Undo: 30 * time.Second, Ends: testLadderEnds}}
	s.m, s.told = NewMatching(settings, []OfferedCoach{{ID: ada}, {ID: ben}}, s.clock)
	return s
}

func testLadderEnds(kind LadderKind, start time.Time) time.Time {
	days := map[LadderKind]int{ApprovalLadder: 7, InterviewLadder: 4}[kind]
	return start.AddDate(0, 0, days)
}

// does makes an act a minute after the one before, and gives the interview that it is about.
func (s *matchingStory) does(a MatchingAct) uuid.UUID {
	s.t.Helper()
	id, p := s.try(a)
	require.Nil(s.t, p)
	return id
}

func (s *matchingStory) try(a MatchingAct) (uuid.UUID, *Problem) {
	s.clock.Now = s.clock.Now.Add(time.Minute)
	if a.Kind == AskInterview {
		s.next++
		a.Interview = uuid.UUID{100, s.next}
	}
	told, p := s.m.Apply(a, s.clock)
	s.told = told
	return a.Interview, p
}

func (s *matchingStory) refused(a MatchingAct, code string) {
	s.t.Helper()
	_, p := s.try(a)
	require.NotNil(s.t, p)
	require.Equal(s.t, code, p.Code)
}

// passes lets time pass, a step of the matching at a time.
func (s *matchingStory) passes(d time.Duration) {
	until := s.clock.Now.Add(d)
	s.told = nil
	for next := s.m.NextChange(); !next.IsZero() && !next.After(until); next = s.m.NextChange() {
		s.clock.Now = next
		s.told = append(s.told, s.m.Settle(s.clock)...)
	}
	s.clock.Now = until
}

// says checks the letters that have just gone out: "letter>reader".
func (s *matchingStory) says(letters ...string) {
	s.t.Helper()
	got := []string{}
	for _, w := range s.told {
		got = append(got, string(w.Letter)+">"+string(w.To))
	}
	require.Equal(s.t, append([]string{}, letters...), got)
}

func (s *matchingStory) at(d time.Duration) time.Time { return s.clock.Now.Add(d) }

func TestMatching_WithBothApprovals(t *testing.T) {
	s := newMatchingStory(t, func(m *MatchingSettings) {
		m.Interview, m.ApproveInterviews, m.ApproveSelections = RequiredInterview, true, true
	})
	s.says("matching_started>coachee")
	require.Equal(t, MatchingChoosing, s.m.Status)
	s.refused(MatchingAct{Kind: SelectCoach, Coach: ada}, "interview_missing")

	first := s.does(MatchingAct{Kind: AskInterview, Coach: ada, At: s.at(72 * time.Hour)})
	s.says("interview_pending>coachee", "approval_needed>admins")
	require.Equal(t, CalendarPending, s.m.Interview(first).CalendarStatus())
	s.does(MatchingAct{Kind: ApproveInterview, Interview: first, By: boss})
	s.says()
	require.Equal(t, CalendarPending, s.m.Interview(first).CalendarStatus(), "the decision can still be taken back")
	s.passes(time.Minute)
	require.Equal(t, CalendarScheduled, s.m.Interview(first).CalendarStatus())
	s.refused(MatchingAct{Kind: TakeDecisionBack, Interview: first}, "nothing_to_take_back")
	s.refused(MatchingAct{Kind: HoldInterview, Interview: first}, "interview_not_begun")

	s.passes(5 * 24 * time.Hour)
	s.says("select_coach>coachee")
	require.Equal(t, InterviewHeld, s.m.Interview(first).State, "a day after its end it counts as held")
	require.Equal(t, MatchingSelecting, s.m.Status)

	s.does(MatchingAct{Kind: SelectCoach, Coach: ada})
	s.says("selection_pending>coachee", "approval_needed>admins")
	s.does(MatchingAct{Kind: RejectSelection, By: boss, Words: "Ada is away in May."})
	s.passes(time.Minute)
	s.says("selection_rejected>coachee")
	require.Equal(t, MatchingSelecting, s.m.Status, "the choice is open again")
	s.does(MatchingAct{Kind: SelectCoach, Coach: ada})
	s.does(MatchingAct{Kind: ApproveSelection, By: boss})
	s.clock.Now = s.clock.Now.Add(20*time.Second - time.Minute)
	s.does(MatchingAct{Kind: TakeDecisionBack})
	s.does(MatchingAct{Kind: ApproveSelection, By: boss})
	s.passes(time.Minute)
	s.says("matched>coachee", "new_client>coach")
	require.Equal(t, MatchingMatched, s.m.Status)
	require.Equal(t, ada, s.m.Coach)
	s.refused(MatchingAct{Kind: CancelMatching}, "matching_over")
}

func TestMatching_WithoutInterviewsTheCoacheeSelectsAtOnce(t *testing.T) {
	s := newMatchingStory(t, func(m *MatchingSettings) { m.Interview = NoInterview })
	s.says("matching_started>coachee")
	require.Equal(t, MatchingSelecting, s.m.Status)
	require.Equal(t, MatchingLadder, s.m.Waits()[0].Ladder)
	s.refused(MatchingAct{Kind: AskInterview, Coach: ada, Words: "hello"}, "interviews_off")
	s.does(MatchingAct{Kind: SelectCoach, Coach: ben})
	s.says("matched>coachee", "new_client>coach")
}

func TestMatching_ACoachWithoutFreeSlotsProposes(t *testing.T) {
	s := newMatchingStory(t, func(m *MatchingSettings) { m.Interview = RequiredInterview })
	id := s.does(MatchingAct{Kind: AskInterview, Coach: ada, Words: "I look for somebody who knows hospitals."})
	s.says("interview_asked>coach", "interview_requested>coachee")
	early, late := s.at(24*time.Hour), s.at(48*time.Hour)
	s.does(MatchingAct{Kind: ProposeInterview, Interview: id, Proposals: []time.Time{late, early}})
	s.says("interview_proposed>coachee")
	s.does(MatchingAct{Kind: AskAgain, Interview: id, Words: "Only afternoons."})
	s.says("interview_asked>coach")
	s.does(MatchingAct{Kind: ProposeInterview, Interview: id, Proposals: []time.Time{late, early}})
	s.refused(MatchingAct{Kind: TakeProposal, Interview: id, At: s.at(time.Hour)}, "proposal_passed")
	s.does(MatchingAct{Kind: TakeProposal, Interview: id, At: late})
	s.says()
	require.Equal(t, CalendarScheduled, s.m.Interview(id).CalendarStatus())
}

func TestR6_WhatNobodyAnswersEndsAndBothSidesAreTold(t *testing.T) {
	s := newMatchingStory(t, func(m *MatchingSettings) { m.Interview, m.ApproveInterviews = RequiredInterview, true })
	asked := s.does(MatchingAct{Kind: AskInterview, Coach: ada, Words: "hello"})
	s.passes(5 * 24 * time.Hour)
	s.says("interview_declined>coachee", "interview_expired>coach")
	require.Equal(t, InterviewDeclined, s.m.Interview(asked).State)
	require.True(t, s.m.Interview(asked).Silent)

	proposed := s.does(MatchingAct{Kind: AskInterview, Coach: ben, Words: "hello"})
	s.does(MatchingAct{Kind: ProposeInterview, Interview: proposed, Proposals: []time.Time{s.at(24 * time.Hour)}})
	s.passes(25 * time.Hour)
	s.says("interview_expired>coachee", "interview_expired>coach")

	soon := s.does(MatchingAct{Kind: AskInterview, Coach: ben, At: s.at(24 * time.Hour)})
	s.passes(25 * time.Hour)
	s.says("interview_expired>coachee", "approval_expired>admins")
	require.Equal(t, InterviewExpired, s.m.Interview(soon).State, "its time came before a decision")

	later := s.does(MatchingAct{Kind: AskInterview, Coach: ben, At: s.at(30 * 24 * time.Hour)})
	s.passes(8 * 24 * time.Hour)
	s.says("interview_expired>coachee", "approval_expired>admins")
	require.Equal(t, InterviewExpired, s.m.Interview(later).State)
	require.Equal(t, MatchingChoosing, s.m.Status)
}

func TestMatching_WhatCameToNothingDoesNotCount(t *testing.T) {
	s := newMatchingStory(t, func(m *MatchingSettings) { m.Interview, m.MostInterviews = RequiredInterview, 1 })
	id := s.does(MatchingAct{Kind: AskInterview, Coach: ada, Words: "hello"})
	s.refused(MatchingAct{Kind: AskInterview, Coach: ben, Words: "hello"}, "interviews_used_up")
	s.refused(MatchingAct{Kind: AskInterview, Coach: ada, Words: "hello"}, "interview_open")
	s.does(MatchingAct{Kind: DeclineInterview, Interview: id})
	s.says("interview_declined>coachee")
	s.refused(MatchingAct{Kind: AskInterview, Coach: ada, Words: "hello"}, "interview_declined")
	s.does(MatchingAct{Kind: AskInterview, Coach: ben, Words: "hello"})
}

func TestMatching_ACoachWhoIsWithdrawnDropsOutCleanly(t *testing.T) {
	s := newMatchingStory(t, func(m *MatchingSettings) { m.Interview, m.ApproveSelections = OptionalInterview, true })
	id := s.does(MatchingAct{Kind: AskInterview, Coach: ada, At: s.at(48 * time.Hour)})
	s.does(MatchingAct{Kind: SelectCoach, Coach: ada})
	s.does(MatchingAct{Kind: WithdrawCoach, Coach: ada, By: boss})
	s.says("matching_coach_gone>coachee")
	require.Equal(t, CalendarCancelled, s.m.Interview(id).CalendarStatus())
	require.Equal(t, MatchingSelecting, s.m.Status)
	s.does(MatchingAct{Kind: WithdrawCoach, Coach: ben, By: boss})
	s.says("matching_stalled>admins")
	require.Empty(t, s.m.Waits())
	s.does(MatchingAct{Kind: OfferCoach, Coach: cem, By: boss})
	s.says("matching_goes_on>coachee")
	s.told = s.m.Refresh(func(c uuid.UUID) bool { return false }, func(c uuid.UUID) bool { return c == cem }, s.clock)
	s.says("matching_stalled>admins")
}

func TestR7_TheCoachesWhoWereNotChosenAreToldKindly(t *testing.T) {
	s := newMatchingStory(t, nil)
	open := s.does(MatchingAct{Kind: AskInterview, Coach: ben, At: s.at(48 * time.Hour)})
	s.does(MatchingAct{Kind: SelectCoach, Coach: ada})
	s.says("matched>coachee", "new_client>coach", "not_chosen>coach")
	require.Equal(t, ben, s.told[2].Coach)
	require.Equal(t, CalendarCancelled, s.m.Interview(open).CalendarStatus())
}
