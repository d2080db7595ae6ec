package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"coachflow/activities"
	"coachflow/program"
	"coachflow/workflows"
)

// Two activities run side by side, and the later one answers first: what the earlier
// one changed is not lost, since it is about something else.
func TestProgram_NewsOvertakeEachOther(t *testing.T) {
	t.Parallel()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(nopLogger{})
	env := suite.NewTestWorkflowEnvironment()
	env.RegisterWorkflow(workflows.Program)
	var activities *activities.Activities
	slow := make(chan struct{})
	env.RegisterActivity(activities)
	env.OnActivity(activities.LoadProgram, mock.Anything, mock.Anything).Return(program.Change{Revision: 1, Status: "active"}, nil)
	env.OnActivity(activities.Pause, mock.Anything, mock.Anything).Return(func(context.Context, program.CommandContext) (program.Change, error) {
		<-slow
		return program.Change{Revision: 2, Status: "paused"}, nil
	})
	env.OnActivity(activities.ApplyEdit, mock.Anything, mock.Anything).Return(program.Change{Revision: 3, Order: []uuid.UUID{uuid.New()}}, nil)
	env.OnActivity(activities.Resume, mock.Anything, mock.Anything).Return(program.Change{Revision: 4, Status: "active"}, nil)
	env.OnActivity(activities.EndEngagement, mock.Anything, mock.Anything).Return(program.Change{Revision: 5, Status: "completed"}, nil)

	answered := map[string]bool{}
	update := func(name string, arg any, then func()) {
		env.UpdateWorkflow(name, name, &testsuite.TestUpdateCallback{OnAccept: func() {}, OnReject: func(err error) { require.NoError(t, err, name) },
			OnComplete: func(_ any, err error) { require.NoError(t, err, name); answered[name] = true; then() }}, arg)
	}
	env.RegisterDelayedCallback(func() {
		update(workflows.PauseUpdate, workflows.ProgramCommand{}, func() {})
		update(workflows.EditUpdate, workflows.ProgramEdit{}, func() { close(slow) })
	}, time.Minute)
	env.RegisterDelayedCallback(func() { update(workflows.ResumeUpdate, workflows.ProgramCommand{}, func() {}) }, time.Hour)
	env.RegisterDelayedCallback(func() { update(workflows.EndUpdate, workflows.ProgramEnd{Status: "completed"}, func() {}) }, 2*time.Hour)
	env.ExecuteWorkflow(workflows.Program, workflows.ProgramInput{})
	require.NoError(t, env.GetWorkflowError())
	require.Len(t, answered, 4)
}
