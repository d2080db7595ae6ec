package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"coachflow/inbox"
	"coachflow/workflows"
)

// waiting is a run of the version before, of a quarantined mail, in controlled time.
func (w *world) waiting(t *testing.T) (*testsuite.TestWorkflowEnvironment, inbox.Inbound) {
	t.Helper()
	in := w.stores(w.mail("Forged", "Release me.").without(results).bytes())
	env := w.environment(time.Now())
	env.OnGetVersion("quarantine-is-a-row", workflow.DefaultVersion, workflow.Version(1)).Return(workflow.DefaultVersion)
	env.RegisterWorkflow(workflows.InboundMail)
	return env, in
}

func decide(t *testing.T, env *testsuite.TestWorkflowEnvironment, w *world, name, refusal string) {
	t.Helper()
	done := func(err error) {
		var refused *temporal.ApplicationError
		if refusal == "" {
			require.NoError(t, err)
			return
		}
		require.ErrorAs(t, err, &refused)
		require.Equal(t, refusal, refused.Type())
	}
	env.UpdateWorkflow(name, name, &testsuite.TestUpdateCallback{OnAccept: func() {}, OnReject: done, OnComplete: func(_ any, err error) { done(err) }},
		workflows.InboundMailDecision{Actor: &w.admin.Person})
}

// A run that waits is decided by what the version before still tells it, and ends.
func TestInboundMailBefore_TheQuarantineEnds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		act   string
		after time.Duration // when it ends
		state string
		posts int
	}{
		{"released", "release", 5 * day, "posted", 1},
		{"discarded", "discard", 5 * day, "discarded no_results", 0},
		{"forgotten", "", 90 * day, "quarantined no_results", 0},
	}
	w := newWorld(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w.mails.clear()
			before := len(w.messages())
			env, in := w.waiting(t)
			start := env.Now()
			if test.act != "" {
				env.RegisterDelayedCallback(func() { decide(t, env, w, test.act, "") }, 5*day)
			}
			env.ExecuteWorkflow(workflows.InboundMail, workflows.InboundMailInput{Org: in.Org, ID: in.ID})
			require.NoError(t, env.GetWorkflowError())
			require.Equal(t, short(test.after), short(env.Now().Sub(start)))
			require.Equal(t, test.state, w.mailState(in.ID))
			require.Len(t, w.messages(), before+test.posts)
			require.Len(t, w.mails.to(ben), test.posts)
			decided := w.count("SELECT count(*) FROM inbound_mails WHERE id = $1 AND released_by = $2", in.ID, w.admin.Person)
			require.Equal(t, test.act != "", decided == 1, "who decided is written down")
		})
	}
}

// Two people decide at once: one does, the other is told.
func TestInboundMailBefore_ADecisionIsMadeOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	env, in := w.waiting(t)
	env.RegisterDelayedCallback(func() {
		decide(t, env, w, "release", "")
		decide(t, env, w, "discard", "mail_not_quarantined")
	}, day)
	env.ExecuteWorkflow(workflows.InboundMail, workflows.InboundMailInput{Org: in.Org, ID: in.ID})
	require.NoError(t, env.GetWorkflowError())
	require.Equal(t, "posted", w.mailState(in.ID))
	require.Len(t, w.mails.to(ben), 1)
}

// What was decided in the row by now is not decided again by an Update of the version
// before, and the signal of the sweep ends the run.
func TestInboundMailBefore_TheRowHasTheLastWord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	env, in := w.waiting(t)
	env.RegisterDelayedCallback(func() {
		_, err := w.app.DiscardInboundMail(t.Context(), w.admin, in.ID)
		require.NoError(t, err)
		decide(t, env, w, "release", "mail_not_quarantined")
	}, day)
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.ReadAgainSignal, nil) }, 2*day)
	env.ExecuteWorkflow(workflows.InboundMail, workflows.InboundMailInput{Org: in.Org, ID: in.ID})
	require.True(t, workflow.IsContinueAsNewError(env.GetWorkflowError()), "%v", env.GetWorkflowError())
	require.Equal(t, "discarded no_results", w.mailState(in.ID))
	require.Empty(t, w.messages())
}
