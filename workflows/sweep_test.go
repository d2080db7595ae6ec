package workflows_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"coachflow/activities"
	"coachflow/inbox"
	"coachflow/outbox"
	"coachflow/workflows"
)

// swept is a recovery sweep in an environment in which time passes by itself.
// What each round finds is given; what it does is noted.
type swept struct {
	*testing.T
	env     *testsuite.TestWorkflowEnvironment
	begun   time.Time
	looked  []time.Duration // when each round looked, since the beginning
	started []string        // workflow ids
	mu      sync.Mutex
	told    []string // workflow ids; signals go side by side
}

// sweeping makes a sweep whose rounds find what find says, which is given the
// round's number from 1.
func sweeping(t *testing.T, find func(round int) (activities.Unprocessed, error)) *swept {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(nopLogger{})
	s := &swept{T: t, env: suite.NewTestWorkflowEnvironment()}
	s.begun = s.env.Now()
	s.env.RegisterActivity(&activities.Activities{})
	s.env.OnActivity("FindUnprocessed", mock.Anything).Return(func(context.Context) (activities.Unprocessed, error) {
		s.looked = append(s.looked, s.env.Now().Sub(s.begun))
		return find(len(s.looked))
	})
	for name, fn := range map[string]any{
		"Program":     func(workflow.Context, workflows.ProgramInput) error { return nil },
		"InboundMail": func(workflow.Context, workflows.InboundMailInput) error { return nil },
		"Invitation":  func(workflow.Context, workflows.InvitationInput) error { return nil },
		"Notice":      func(workflow.Context, workflows.StandaloneMailInput) error { return nil },
	} {
		s.env.RegisterWorkflowWithOptions(fn, workflow.RegisterOptions{Name: name})
	}
	s.env.SetOnChildWorkflowStartedListener(func(info *workflow.Info, _ workflow.Context, _ converter.EncodedValues) {
		s.started = append(s.started, info.WorkflowExecution.ID)
	})
	return s
}

// signals says how each signal of the sweep goes.
func (s *swept) signals(takes time.Duration, answer func(id string) error) {
	s.env.OnSignalExternalWorkflow(mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything).After(takes).
		Return(func(_, id, _, _ string, _ any) error {
			s.mu.Lock()
			s.told = append(s.told, id)
			s.mu.Unlock()
			return answer(id)
		})
}

// ends runs the sweep until it goes on in a new run.
func (s *swept) ends() {
	s.Helper()
	s.env.ExecuteWorkflow(workflows.RecoverySweep, workflows.StartRecoverySweep().Input)
	require.True(s, s.env.IsWorkflowCompleted())
	var next *workflow.ContinueAsNewError
	require.ErrorAs(s, s.env.GetWorkflowError(), &next)
	require.Equal(s, "RecoverySweep", next.WorkflowType.Name)
}

func (s *swept) last() (round workflows.SweepRound) {
	s.Helper()
	answer, err := s.env.QueryWorkflow(workflows.LastRoundQuery)
	require.NoError(s, err)
	require.NoError(s, answer.Get(&round))
	return round
}

// details is what the Temporal UI shows.
func details(t *testing.T, env *testsuite.TestWorkflowEnvironment) string {
	t.Helper()
	answer, err := env.QueryWorkflow("__temporal_workflow_metadata")
	require.NoError(t, err)
	var metadata sdkpb.WorkflowMetadata
	require.NoError(t, answer.Get(&metadata))
	return metadata.CurrentDetails
}

// A round that fails for good, one that hangs: the next one comes after a minute.
func TestSweep_AFailedRoundIsFollowedByTheNext(t *testing.T) {
	t.Parallel()
	var s *swept
	s = sweeping(t, func(round int) (activities.Unprocessed, error) {
		switch {
		case round == 2:
			return activities.Unprocessed{}, temporal.NewNonRetryableApplicationError("broken", "broken", nil)
		case round > 2 && s.env.Now().Sub(s.begun) < 4*time.Minute:
			return activities.Unprocessed{}, errors.New("the database is away")
		}
		return activities.Unprocessed{Late: int64(round)}, nil
	})
	seen := map[time.Duration]string{}
	for _, at := range []time.Duration{30 * time.Second, 90 * time.Second, 210 * time.Second} {
		s.env.RegisterDelayedCallback(func() { seen[at] = details(t, s.env) }, at)
	}
	s.ends()
	require.Contains(t, seen[30*time.Second], "1 **mails that are late**")
	require.Contains(t, seen[90*time.Second], "**failed**")
	require.Contains(t, seen[210*time.Second], "**failed**", "a minute of attempts, and then the minute between two rounds")
	last := s.last()
	require.Equal(t, 300, last.N)
	require.False(t, last.Failed)
	require.Equal(t, int64(len(s.looked)), last.Found.Late)
}

// A quiet sweep goes on in a new run after 300 rounds: 3,300 events.
func TestSweep_OneRoundAMinute(t *testing.T) {
	t.Parallel()
	s := sweeping(t, func(int) (activities.Unprocessed, error) { return activities.Unprocessed{}, nil })
	s.ends()
	require.Len(t, s.looked, 300)
	for i, at := range s.looked {
		require.Equal(t, time.Duration(i)*workflows.SweepEvery, at.Round(time.Second))
	}
	require.Contains(t, details(t, s.env), "round 300 of this run")
	require.Contains(t, details(t, s.env), "nothing was left over")
}

// 200 answers whose programs take a second each: ten seconds, since 20 are told
// at the same time. One that cannot be told holds up nobody.
func TestSweep_TellsSideBySide(t *testing.T) {
	t.Parallel()
	var found activities.Unprocessed
	for range 200 {
		found.Answers = append(found.Answers, activities.UnprocessedAnswer{Engagement: uuid.New()})
	}
	found.Changed = []uuid.UUID{uuid.New(), uuid.New()}
	gone := workflows.ProgramID(found.Answers[7].Engagement)
	s := sweeping(t, func(round int) (activities.Unprocessed, error) {
		if round == 1 {
			return found, nil
		}
		return activities.Unprocessed{}, nil
	})
	s.signals(time.Second, func(id string) error {
		if id == gone {
			return errors.New("no such workflow")
		}
		return nil
	})
	s.ends()
	require.Len(t, s.told, 202)
	require.Equal(t, 11*time.Second+workflows.SweepEvery, s.looked[1].Round(time.Second))
}

// Each kind has its workflow. The server bounds the children of one run, so many
// of them end it.
func TestSweep_ManyStartsEndTheRun(t *testing.T) {
	t.Parallel()
	org := uuid.New()
	s := sweeping(t, func(int) (found activities.Unprocessed, _ error) {
		for range 200 {
			found.Programs = append(found.Programs, activities.UnreadProgram{Org: org, Engagement: uuid.New()})
			found.Mails = append(found.Mails, inbox.Inbound{Org: org, ID: uuid.New()})
			found.Invitations = append(found.Invitations, outbox.Addressee{Org: org, Person: uuid.New()})
			found.StandaloneMails = append(found.StandaloneMails, outbox.StandaloneMail{Org: org, ID: uuid.New()})
		}
		return found, nil
	})
	s.ends()
	require.Len(t, s.looked, 2)
	require.Len(t, s.started, 1600)
	last := s.last().Found
	for _, id := range []string{workflows.ProgramID(last.Programs[199].Engagement), workflows.InboundMailID(last.Mails[199].ID),
		workflows.InvitationID(last.Invitations[199].Person), workflows.StandaloneMailID(last.StandaloneMails[199].ID)} {
		require.Contains(t, s.started, id)
	}
}

// A cancelled sweep ends, and does not look as if it went on.
func TestSweep_Cancelled(t *testing.T) {
	t.Parallel()
	s := sweeping(t, func(int) (activities.Unprocessed, error) { return activities.Unprocessed{}, nil })
	s.env.RegisterDelayedCallback(s.env.CancelWorkflow, 90*time.Second)
	s.env.ExecuteWorkflow(workflows.RecoverySweep, workflows.StartRecoverySweep().Input)
	require.True(t, temporal.IsCanceledError(s.env.GetWorkflowError()))
	require.Len(t, s.looked, 2)
	require.Contains(t, details(t, s.env), "**cancelled**")
}
