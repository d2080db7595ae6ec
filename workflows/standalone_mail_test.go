package workflows_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"coachflow/activities"
	"coachflow/workflows"
)

// What the Temporal UI shows of a single mail: that it waits, that it is done,
// and, when the workflow was cancelled, that nothing waits any more.
func TestStandaloneMail_SaysWhereItStands(t *testing.T) {
	t.Parallel()
	for _, cancelled := range []bool{false, true} {
		var suite testsuite.WorkflowTestSuite
		suite.SetLogger(nopLogger{})
		env := suite.NewTestWorkflowEnvironment()
		env.RegisterActivity(&activities.Activities{})
		env.OnActivity("SendNotice", mock.Anything, mock.Anything).Return(nil).Maybe()
		env.RegisterDelayedCallback(func() { require.Contains(t, details(t, env), "until then it can be taken back") }, time.Minute)
		if cancelled {
			env.RegisterDelayedCallback(env.CancelWorkflow, 2*time.Minute)
		}
		env.ExecuteWorkflow(workflows.StandaloneMail, workflows.StandaloneMailInput{Org: uuid.New(), ID: uuid.New(), SendAt: env.Now().Add(time.Hour)})
		if cancelled {
			require.True(t, temporal.IsCanceledError(env.GetWorkflowError()))
			require.Contains(t, details(t, env), "**ended early**")
			continue
		}
		require.NoError(t, env.GetWorkflowError())
		require.Contains(t, details(t, env), "done")
	}
}
