package worker_test

import (
	"context"
	"log/slog"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"coachflow/dev"
	"coachflow/dev/testkit"
	"coachflow/worker"
	"coachflow/workflows"
)

func engine(t *testing.T) worker.Engine {
	t.Helper()
	address, _ := testkit.Temporal(t)
	quiet := slog.New(slog.DiscardHandler)
	c, err := client.DialContext(t.Context(), client.Options{HostPort: address, Logger: log.NewStructuredLogger(quiet)})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return worker.Engine{Temporal: c, Namespace: "default", Log: quiet}
}

// The version before has left its schedule. Several processes start side by
// side: the schedule goes, and one sweep runs.
func TestPrepare_OneSweepInPlaceOfTheSchedule(t *testing.T) {
	e := engine(t)
	_, err := e.Temporal.ScheduleClient().Create(t.Context(), client.ScheduleOptions{
		ID: workflows.SweepID, Spec: client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: time.Minute}}},
		Action: &client.ScheduleWorkflowAction{ID: workflows.SweepID, Workflow: "Sweep", TaskQueue: workflows.TaskQueue},
	})
	require.NoError(t, err)

	var side sync.WaitGroup
	for range 3 {
		side.Go(func() { worker.Prepare(t.Context(), e) })
	}
	side.Wait()
	first := runningSweep(t, e)
	_, err = e.Temporal.ScheduleClient().GetHandle(t.Context(), workflows.SweepID).Describe(t.Context())
	var none *serviceerror.NotFound
	require.ErrorAs(t, err, &none)

	require.True(t, worker.Prepare(t.Context(), e))
	require.Equal(t, first, runningSweep(t, e), "a start leaves the running one alone")
	require.NoError(t, e.Temporal.TerminateWorkflow(t.Context(), workflows.SweepID, "", "by hand"))
	require.True(t, worker.Prepare(t.Context(), e))
	require.NotEqual(t, first, runningSweep(t, e), "a start brings one back that was ended by hand")
}

// runningSweep is the run of the sweep.
func runningSweep(t *testing.T, e worker.Engine) (run string) {
	t.Helper()
	found, err := e.Temporal.DescribeWorkflow(t.Context(), workflows.SweepID, "")
	require.NoError(t, err)
	require.Equal(t, enums.WORKFLOW_EXECUTION_STATUS_RUNNING, found.Status)
	require.Equal(t, "RecoverySweep", found.WorkflowType.Name)
	return found.WorkflowExecution.RunID
}

// A process that is told to stop while Temporal is away stops at once.
func TestPrepare_EndsWhileTemporalIsAway(t *testing.T) {
	ports, err := dev.FreePorts(1)
	require.NoError(t, err)
	e := engine(t)
	e.Temporal, err = client.NewLazyClient(client.Options{HostPort: "127.0.0.1:" + strconv.Itoa(ports[0]), Logger: log.NewStructuredLogger(e.Log)})
	require.NoError(t, err)
	defer e.Temporal.Close()
	ctx, cancel := context.WithCancel(t.Context())
	told := &cancelling{Handler: slog.DiscardHandler, cancel: cancel}
	e.Log = slog.New(told)
	require.False(t, worker.Prepare(ctx, e))
	require.Equal(t, "Temporal is not ready, will be asked again", told.said)
}

// cancelling ends the context with the first line of the log.
type cancelling struct {
	slog.Handler
	cancel context.CancelFunc
	said   string
}

func (c *cancelling) Enabled(context.Context, slog.Level) bool { return true }

func (c *cancelling) Handle(_ context.Context, r slog.Record) error {
	c.said = r.Message
	c.cancel()
	return nil
}
