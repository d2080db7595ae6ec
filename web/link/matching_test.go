package link_test

import (
	"html"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/mocks"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/matching"
	"coachflow/workflows"
)

// searching is a search for a coach of our coachee, with both approvals, and the path of
// their link.
func (w *world) searching() (m app.Matching, path string) {
	w.t.Helper()
	ctx, p := w.t.Context(), w.ours
	w.temporal.On("ExecuteWorkflow", mock.Anything, mock.Anything, mock.Anything, mock.Anything).Return(&mocks.WorkflowRun{}, nil).Maybe()
	pool, err := w.app.CreatePool(ctx, p.admin, app.PoolInput{Name: "All", Coaches: []uuid.UUID{p.coach.Person}, Settings: coaching.MatchingChoices{
		Welcome: new("Take **your** time."), Interview: new(coaching.RequiredInterview), ApproveInterviews: new(true), ApproveSelections: new(true)}})
	require.NoError(w.t, err)
	e, err := w.app.CreateEngagement(ctx, p.admin, app.EngagementInput{Name: "Leadership", CoacheeID: p.coachee.Person})
	require.NoError(w.t, err)
	m, err = w.app.StartMatching(ctx, p.admin, e.ID, app.MatchingStart{PoolID: pool.ID})
	require.NoError(w.t, err)
	w.matches(m)
	return m, w.link(p, coaching.MatchingLink, m.ID, p.coachee.Person, 24*time.Hour)
}

// matches lets the matching carry out what the process engine is asked for.
func (w *world) matches(m app.Matching) {
	handle := &mocks.WorkflowUpdateHandle{}
	handle.On("Get", mock.Anything, mock.Anything).Return(nil).Maybe()
	w.temporal.On("UpdateWorkflow", mock.Anything, mock.Anything).Return(handle, nil).Run(func(args mock.Arguments) {
		in := args.Get(1).(client.UpdateWorkflowOptions).Args[0].(workflows.MatchingAct)
		_, err := w.app.Matchings.Apply(w.t.Context(), matching.Act{Ref: matching.Ref{Org: w.ours.org, Matching: m.ID, At: time.Now().UTC().Truncate(time.Microsecond)}, Act: in.ID, Actor: in.Actor})
		require.NoError(w.t, err)
	})
}

func act(kind coaching.MatchingActKind, pairs ...string) url.Values {
	form := url.Values{"action": {string(kind)}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func (w *world) interviews(m app.Matching) []app.MatchingInterview {
	now, err := w.app.GetMatching(w.t.Context(), w.ours.admin, m.ID)
	require.NoError(w.t, err)
	return now.Interviews
}

func TestR8_AMatchingGoesFromTheRequestToTheDecisionByLinks(t *testing.T) {
	w := newWorld(t)
	m, path := w.searching()
	before := w.snapshot()
	page := w.visitor().get(path)
	require.Equal(t, http.StatusOK, page.status, page.body)
	require.Contains(t, page.body, "<strong>your</strong>")
	require.Contains(t, page.body, "Ask for an interview")
	require.NotContains(t, page.body, "Choose Ours coach", "an interview is required first")
	coach := w.ours.coach.Person.String()
	ask := act(coaching.AskInterview, "coach", coach, "words", "I lead <people>.")
	scanned := page.from.post(path, ask, byScanner...)
	require.Equal(t, before, w.snapshot(), "R9: neither looking nor a scanner changes anything")
	require.Contains(t, html.UnescapeString(scanned.body), "I lead <people>.", "what was typed is there again")
	empty := page.from.post(path, act(coaching.AskInterview, "coach", coach), byPerson...)
	require.Equal(t, http.StatusUnprocessableEntity, empty.status)
	require.Contains(t, empty.body, "Write a few words to the coach")

	asked := page.from.post(path, ask, byPerson...)
	require.Equal(t, http.StatusOK, asked.status, asked.body)
	require.Contains(t, asked.body, "Ours coach was asked")
	answer := w.link(w.ours, coaching.InterviewLink, w.interviews(m)[0].ID, w.ours.coach.Person, 24*time.Hour)
	day := time.Now().AddDate(0, 0, 7).Format(time.DateOnly)
	asking := w.visitor().get(answer)
	require.Contains(t, html.UnescapeString(asking.body), "I lead <people>.")
	require.Contains(t, asking.from.post(answer, act(coaching.ProposeInterview, "date0", day), byPerson...).body, "Enter a date and a time")
	proposed := asking.from.post(answer, act(coaching.ProposeInterview, "date0", day, "time0", "10:00", "date2", day, "time2", "15:30"), byPerson...)
	require.Equal(t, http.StatusOK, proposed.status, proposed.body)

	choice := w.interviews(m)[0].Proposals[1].UTC().Format(time.RFC3339)
	offered := page.from.get(path)
	require.Contains(t, offered.body, "15:30 (Europe/Berlin)")
	taken := page.from.post(path, act(coaching.TakeProposal, "interview", w.interviews(m)[0].ID.String(), "at", choice), byPerson...)
	require.Contains(t, taken.body, "It waits for an approval")

	decide := w.link(w.ours, coaching.ApprovalLink, w.interviews(m)[0].ID, w.ours.admin.Person, 24*time.Hour)
	facts := w.visitor().get(decide)
	require.Contains(t, facts.body, "an interview with Ours coach")
	require.Contains(t, facts.from.post(decide, act(coaching.RejectInterview), byPerson...).body, "Say why, for the coachee to read.")
	approved := facts.from.post(decide, act(coaching.ApproveInterview), byPerson...)
	require.Contains(t, approved.body, "It is approved, and takes effect on")
	require.Contains(t, approved.body, "Take the decision back")
}

func TestMatchingLink_DoesForItsHolderAlone(t *testing.T) {
	w := newWorld(t)
	m, path := w.searching()
	before := w.snapshot()
	for _, kind := range []coaching.MatchingActKind{coaching.CancelMatching, coaching.ApproveSelection, coaching.HoldInterview, "nonsense"} {
		refused := w.visitor().post(path, act(kind, "words", "x"), byPerson...)
		require.Equal(t, http.StatusUnprocessableEntity, refused.status, kind)
	}
	others := w.link(w.ours, coaching.MatchingLink, m.ID, w.ours.coach.Person, 24*time.Hour)
	require.Equal(t, http.StatusNotFound, w.visitor().get(others).status, "the coachee's link is nobody else's")
	admins := w.link(w.ours, coaching.ApprovalLink, m.ID, w.ours.coach.Person, 24*time.Hour)
	require.Equal(t, http.StatusNotFound, w.visitor().get(admins).status, "a coach decides nothing")
	nothing := w.visitor().get(w.link(w.ours, coaching.ApprovalLink, m.ID, w.ours.admin.Person, 24*time.Hour))
	require.Contains(t, nothing.body, "There is nothing to decide here any more")
	require.NotEqual(t, "", before)
}
