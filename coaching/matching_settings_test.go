package coaching

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestResolveMatching(t *testing.T) {
	template := uuid.UUID{7}
	organization := MatchingChoices{Interview: new(RequiredInterview), MostInterviews: new(5), ApproveSelections: new(true), TemplateID: &template}
	pool := MatchingChoices{MostInterviews: new(2), Welcome: new("Hello")}
	got := ResolveMatching(ChoicesAt{FromOrganization, organization}, ChoicesAt{FromPool, pool}, ChoicesAt{FromEngagement, MatchingChoices{TemplateID: new(uuid.Nil), ApproveSelections: new(false)}})
	want := DefaultMatching
	want.Interview, want.MostInterviews, want.Welcome = RequiredInterview, 2, "Hello"
	require.Equal(t, want, got.MatchingSettings)
	require.Equal(t, map[string]MatchingPlace{"welcome": FromPool, "interview": FromOrganization, "interview_minutes": FromProduct, "interview_text": FromProduct,
		"most_interviews": FromPool, "interview_approval": FromProduct, "selection_approval": FromEngagement, "approvers": FromProduct,
		"program_template_id": FromEngagement, "starts_by_itself": FromProduct}, got.From)
	require.Len(t, got.From, len(MatchingSettingNames))
}

func TestMatchingChoices_Check(t *testing.T) {
	require.Nil(t, MatchingChoices{}.Check("body"))
	require.Nil(t, MatchingChoices{Interview: new(NoInterview), InterviewMinutes: new(5), MostInterviews: new(20), Welcome: new("a\n\tb")}.Check("body"))
	p := MatchingChoices{Interview: new(InterviewRule("perhaps")), InterviewMinutes: new(481), MostInterviews: new(0), Welcome: new("\x00"), Approvers: new(make([]uuid.UUID, 21))}.Check("body")
	require.Len(t, p.Fields, 5)
}

func TestMatchingAct_Check(t *testing.T) {
	now := matchingStart
	check := func(a MatchingAct, path string) {
		t.Helper()
		p := a.Check(now)
		if path == "" {
			require.Nil(t, p)
			return
		}
		require.NotNil(t, p)
		require.Equal(t, path, p.Fields[0].Path)
	}
	later := now.Add(time.Hour)
	check(MatchingAct{Kind: AskInterview, Words: " "}, "words")
	check(MatchingAct{Kind: AskInterview, At: later}, "")
	check(MatchingAct{Kind: ProposeInterview}, "proposals")
	check(MatchingAct{Kind: ProposeInterview, Proposals: []time.Time{later, later}}, "proposals[1]")
	check(MatchingAct{Kind: ProposeInterview, Proposals: []time.Time{now}}, "proposals[0]")
	check(MatchingAct{Kind: ProposeInterview, Proposals: []time.Time{now.AddDate(30, 0, 0)}}, "proposals[0]")
	check(MatchingAct{Kind: TakeProposal}, "at")
	check(MatchingAct{Kind: RejectInterview}, "words")
	check(MatchingAct{Kind: ApproveInterview, Words: "a\x00"}, "words")
	check(MatchingAct{Kind: ApproveInterview}, "")
}
