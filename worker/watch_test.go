package worker

import (
	"context"
	"log/slog"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"coachflow/db"
)

// asked is a process engine that knows which workflows run, and counts questions.
type asked struct {
	*engine
	questions int
}

func (a *asked) DescribeWorkflow(_ context.Context, id, _ string) (*client.WorkflowExecutionDescription, error) {
	a.questions++
	if _, started := a.seen(); !slices.Contains(started, id) {
		return nil, serviceerror.NewNotFound("no such workflow")
	}
	out := &client.WorkflowExecutionDescription{}
	out.Status = enums.WORKFLOW_EXECUTION_STATUS_RUNNING
	return out, nil
}

// A round asks about a hundred programs. As long as it finds some that were lost it goes
// on with the next ones, and the next round does from there.
func TestWatch_GoesOnWhereSomethingWasLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	org := uuid.MustParse(w.column("SELECT org_id::text FROM organizations")[0])
	for range 250 {
		w.exec(`INSERT INTO engagements (org_id, id, name, coachee_id, status, started_at, taken_up_at)
			SELECT org_id, $2, 'E', id, 'active', now(), now() FROM people WHERE org_id = $1 AND 'coachee' = ANY (roles)`, org, db.NewID())
	}
	a := &asked{engine: w.engine}
	watch := &Watch{Engine: Engine{Temporal: a, Log: slog.New(slog.DiscardHandler)}, DB: w.facts}
	round := func() (started, questions int) {
		t.Helper()
		_, before := a.seen()
		a.questions = 0
		require.NoError(t, watch.walk(t.Context(), &watch.programs, watch.programsAfter))
		_, after := a.seen()
		return len(after) - len(before), a.questions
	}
	for _, want := range [][2]int{{200, 200}, {50, 50}, {0, 100}, {0, 100}, {0, 50}, {0, 100}} {
		started, questions := round()
		require.Equal(t, want, [2]int{started, questions})
	}
}
