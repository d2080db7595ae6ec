package workflows_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/workflows"
)

// search is one attempt to find a coach, followed in controlled time.
type search struct {
	*world
	env        *testsuite.TestWorkflowEnvironment
	engagement app.Engagement
	id         uuid.UUID
	start      time.Time
	coaches    []app.Person // Clara and Dora
	unanswered int
	begun      []uuid.UUID // engagements whose program was started
}

// looksForACoach starts matching for Ben, who has an account, with a pool of two coaches.
func (w *world) looksForACoach(settings coaching.MatchingChoices) *search {
	w.Helper()
	w.exec("UPDATE people SET state = 'active', password_hash = 'x' WHERE id = $1", w.client.ID)
	s := &search{world: w, coaches: []app.Person{w.coach, w.person("Dora Maar", "coach", "dora@acme.test")}}
	pool, err := w.app.CreatePool(w.Context(), w.admin, app.PoolInput{Name: "All", Coaches: []uuid.UUID{s.coaches[0].ID, s.coaches[1].ID}, Settings: settings})
	require.NoError(w, err)
	s.engagement, err = w.app.CreateEngagement(w.Context(), w.admin, app.EngagementInput{Name: "Leadership", CoacheeID: w.client.ID})
	require.NoError(w, err)
	m, err := w.app.StartMatching(w.Context(), w.admin, s.engagement.ID, app.MatchingStart{PoolID: pool.ID})
	require.NoError(w, err)
	s.id, s.start = m.ID, m.StartedAt
	s.env = w.environment(s.start)
	s.env.RegisterWorkflow(workflows.Matching)
	s.env.RegisterWorkflow(workflows.Program)
	s.env.RegisterWorkflowWithOptions(workflows.StandaloneMail, workflow.RegisterOptions{Name: workflows.StandaloneMailType})
	s.env.OnWorkflow(workflows.Program, mock.Anything, mock.Anything).Return(func(_ workflow.Context, in workflows.ProgramInput) error {
		s.begun = append(s.begun, in.Engagement)
		return nil
	}).Maybe()
	return s
}

func (s *search) at(after time.Duration, do func()) { s.env.RegisterDelayedCallback(do, after) }

// ends runs the search to its end, which is asked for at the latest after 100 days.
func (s *search) ends(status coaching.MatchingStatus) {
	s.Helper()
	s.at(100*day, func() {
		if !s.matching().Status.Over() {
			s.acts(app.MatchingActInput{Kind: coaching.CancelMatching})
		}
	})
	s.env.ExecuteWorkflow(workflows.Matching, workflows.MatchingInput{Org: s.admin.Org, Matching: s.id, Engagement: s.engagement.ID, Attempt: s.matching().Attempt})
	require.True(s, s.env.IsWorkflowCompleted())
	require.NoError(s, s.env.GetWorkflowError())
	require.Zero(s, s.unanswered, "Updates without an answer")
	var got coaching.MatchingStatus
	require.NoError(s, s.env.GetWorkflowResult(&got))
	require.Equal(s, status, got)
	require.Empty(s, s.pending(), "nothing stays planned")
}

func (s *search) matching() app.Matching {
	s.Helper()
	m, err := s.app.GetMatching(s.Context(), s.admin, s.id)
	require.NoError(s, err)
	return m
}

// acts does an act through the application, and tells the workflow what the application
// would have told it.
func (s *search) acts(in app.MatchingActInput) {
	s.Helper()
	s.tries(in, func(err error) { require.NoError(s, err, in.Kind) })
}

func (s *search) refused(in app.MatchingActInput, code string) {
	s.Helper()
	s.tries(in, func(err error) {
		var refusal *temporal.ApplicationError
		require.True(s, errors.As(err, &refusal), "%s: %v", in.Kind, err)
		require.Equal(s, code, refusal.Type())
	})
}

func (s *search) tries(in app.MatchingActInput, done func(error)) {
	s.Helper()
	s.away.take()
	_, err := s.app.ActInMatching(s.Context(), s.admin, s.id, in)
	problem, is := coaching.AsProblem(err)
	require.True(s, is, "%v", err)
	require.Equal(s, "engine_unavailable", problem.Code, problem.Message)
	for _, told := range s.away.take() {
		require.Equal(s, workflows.MatchingID(s.engagement.ID, s.matching().Attempt), told.WorkflowID)
		s.unanswered++
		answered := func(err error) {
			s.unanswered--
			done(err)
		}
		s.env.UpdateWorkflow(told.UpdateName, told.UpdateID, &testsuite.TestUpdateCallback{OnReject: answered, OnAccept: func() {},
			OnComplete: func(_ any, err error) { answered(err) }}, told.Args[0])
	}
}

// with is the newest interview with a coach.
func (s *search) with(coach app.Person) app.MatchingInterview {
	s.Helper()
	var out *app.MatchingInterview
	for _, i := range s.matching().Interviews {
		if i.CoachID == coach.ID {
			out = &i
		}
	}
	require.NotNil(s, out)
	return *out
}

func (s *search) in(after time.Duration) *time.Time {
	at := s.env.Now().UTC().Add(after).Truncate(time.Minute)
	return &at
}

// told lists what was sent so far: "3d Reminder: your coach > ben@client.test".
func (s *search) told() []string {
	out := []string{}
	for _, m := range s.mails.all() {
		subject, _, _ := strings.Cut(m.Subject, ": interview of")
		out = append(out, fmt.Sprintf("%s %s > %s", short(m.at.Sub(s.start).Round(time.Minute)), strings.ReplaceAll(subject, "Acme Coaching", "Acme"), m.To.Addr))
	}
	return out
}

func TestMatching_SilenceIsRemindedOfAndToldTheAdmins(t *testing.T) {
	t.Parallel()
	s := newWorld(t).looksForACoach(coaching.MatchingChoices{})
	require.Equal(t, []string{"request ben@client.test", "reminder-1 ben@client.test", "reminder-2 ben@client.test", "end ada@acme.test"}, s.pending(), "R12: each can be seen before it leaves")
	s.ends(coaching.MatchingCancelled)
	told := s.told()
	require.Len(t, told, 5, told)
	require.Equal(t, "0d Find your coach with Acme > ben@client.test", told[0])
	require.Contains(t, told[1], "Reminder: your coach with Acme > ben@client.test")
	require.Contains(t, told[3], "Ben Okri is still without a coach > ada@acme.test")
	require.Contains(t, told[4], "Your search for a coach has ended > ben@client.test")
	e, err := s.app.GetEngagement(t.Context(), s.admin, s.engagement.ID)
	require.NoError(t, err)
	require.Equal(t, "draft", e.Status, "matching can start again")
}

func TestMatching_FromTheRequestToTheCoachWithBothApprovals(t *testing.T) {
	t.Parallel()
	s := newWorld(t).looksForACoach(coaching.MatchingChoices{Interview: new(coaching.RequiredInterview), ApproveInterviews: new(true), ApproveSelections: new(true)})
	clara := s.coaches[0]
	s.at(time.Hour, func() {
		s.acts(app.MatchingActInput{Kind: coaching.AskInterview, CoachID: clara.ID, Words: "I lead a hospital."})
	})
	s.at(2*time.Hour, func() {
		s.acts(app.MatchingActInput{Kind: coaching.ProposeInterview, InterviewID: s.with(clara).ID, Proposals: []time.Time{*s.in(48 * time.Hour)}})
	})
	s.at(3*time.Hour, func() {
		s.acts(app.MatchingActInput{Kind: coaching.TakeProposal, InterviewID: s.with(clara).ID, At: &s.with(clara).Proposals[0]})
	})
	s.at(4*time.Hour, func() {
		require.Empty(t, s.calendarMails(), "R10: nothing reaches a calendar before the approval")
		s.acts(app.MatchingActInput{Kind: coaching.ApproveInterview, InterviewID: s.with(clara).ID})
	})
	s.at(5*time.Hour, func() {
		require.ElementsMatch(t, []string{"REQUEST clara@acme.test", "REQUEST ben@client.test"}, s.calendarMails())
	})
	s.at(5*day, func() {
		require.Equal(t, coaching.InterviewHeld, s.with(clara).State)
		s.acts(app.MatchingActInput{Kind: coaching.SelectCoach, CoachID: clara.ID})
	})
	s.at(5*day+time.Hour, func() { s.acts(app.MatchingActInput{Kind: coaching.ApproveSelection}) })
	s.ends(coaching.MatchingMatched)
	var subjects []string
	for _, line := range s.told() {
		_, rest, _ := strings.Cut(line, " ")
		subjects = append(subjects, rest)
	}
	require.Subset(t, subjects, []string{"Find your coach with Acme > ben@client.test", "Ben Okri would like to talk with you > clara@acme.test", "Clara Schumann was asked for an interview > ben@client.test",
		"Clara Schumann proposes times for your interview > ben@client.test", "Your interview with Clara Schumann waits for approval > ben@client.test", "Please decide: Ben Okri and Clara Schumann > ada@acme.test",
		"Select your coach > ben@client.test", "Your choice of Clara Schumann waits for approval > ben@client.test", "Clara Schumann is your coach > ben@client.test", "Ben Okri has chosen you as coach > clara@acme.test"})
	e, err := s.app.GetEngagement(t.Context(), s.admin, s.engagement.ID)
	require.NoError(t, err)
	require.Equal(t, "active", e.Status)
	require.Equal(t, clara.ID, *e.CoachID)
	require.Equal(t, []uuid.UUID{s.engagement.ID}, s.begun)
}

// calendarMails are the mails to calendars that left: "REQUEST ben@client.test".
func (s *search) calendarMails() []string {
	var out []string
	for _, m := range s.mails.all() {
		if m.Calendar != nil {
			out = append(out, m.Calendar.Method+" "+m.To.Addr)
		}
	}
	return out
}

func TestR6_UnansweredRequestsOfMatchingExpire(t *testing.T) {
	t.Parallel()
	s := newWorld(t).looksForACoach(coaching.MatchingChoices{Interview: new(coaching.RequiredInterview), ApproveInterviews: new(true)})
	clara, dora := s.coaches[0], s.coaches[1]
	s.at(time.Hour, func() { s.acts(app.MatchingActInput{Kind: coaching.AskInterview, CoachID: clara.ID, Words: "Hello."}) })
	s.at(5*day, func() {
		require.Equal(t, coaching.InterviewDeclined, s.with(clara).State)
		s.acts(app.MatchingActInput{Kind: coaching.AskInterview, CoachID: dora.ID, At: s.in(3 * day)})
		s.refused(app.MatchingActInput{Kind: coaching.AskInterview, CoachID: clara.ID, Words: "Again?"}, "interview_declined")
	})
	s.at(5*day+time.Hour, func() {
		require.Equal(t, 1, s.count("SELECT count(*) FROM bookings"), "the time is kept while it waits for the approval")
	})
	s.at(9*day, func() {
		require.Equal(t, coaching.InterviewExpired, s.with(dora).State)
		require.Zero(t, s.count("SELECT count(*) FROM bookings"), "the time is free again")
	})
	s.ends(coaching.MatchingCancelled)
	require.Empty(t, s.calendarMails())
}
