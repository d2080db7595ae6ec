package worker

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/grpc"

	"coachflow/dev/testkit"
	"coachflow/mail/receive"
	"coachflow/workflows"
)

// server is a Temporal server as far as a worker prepares it.
type server struct {
	client.Client
	away    int // how many more times it does not answer
	asked   int
	present map[string]enums.IndexedValueType
	added   []map[string]enums.IndexedValueType
	started []string // workflow ids
}

func (s *server) OperatorService() operatorservice.OperatorServiceClient { return operator{s: s} }
func (s *server) ScheduleClient() client.ScheduleClient                  { return schedules{} }

type operator struct {
	operatorservice.OperatorServiceClient
	s *server
}

func (o operator) ListSearchAttributes(context.Context, *operatorservice.ListSearchAttributesRequest, ...grpc.CallOption) (*operatorservice.ListSearchAttributesResponse, error) {
	if o.s.asked++; o.s.asked <= o.s.away {
		return nil, errors.New("away")
	}
	return &operatorservice.ListSearchAttributesResponse{CustomAttributes: o.s.present}, nil
}

func (o operator) AddSearchAttributes(_ context.Context, in *operatorservice.AddSearchAttributesRequest, _ ...grpc.CallOption) (*operatorservice.AddSearchAttributesResponse, error) {
	o.s.added = append(o.s.added, in.SearchAttributes)
	return &operatorservice.AddSearchAttributesResponse{}, nil
}

// ExecuteWorkflow notes what was started.
func (s *server) ExecuteWorkflow(_ context.Context, options client.StartWorkflowOptions, _ any, _ ...any) (client.WorkflowRun, error) {
	s.started = append(s.started, options.ID)
	return nil, nil
}

// schedules is a server without any schedule.
type schedules struct{ client.ScheduleClient }

func (schedules) GetHandle(context.Context, string) client.ScheduleHandle { return noSchedule{} }

type noSchedule struct{ client.ScheduleHandle }

func (noSchedule) Delete(context.Context) error { return serviceerror.NewNotFound("no schedule") }

func (s *server) config() Config {
	return Config{Engine: Engine{Temporal: s, Namespace: "default", Log: slog.New(slog.DiscardHandler)}}
}

func TestPrepare_MakesWhatTheWorkflowsNeed(t *testing.T) {
	t.Parallel()
	s := &server{}
	require.True(t, prepare(t.Context(), s.config().Engine))
	require.Len(t, s.added, 1)
	require.ElementsMatch(t, slices.Collect(maps.Keys(workflows.SearchAttributes)), slices.Collect(maps.Keys(s.added[0])))
	require.Equal(t, []string{workflows.SweepID}, s.started)
}

func TestPrepare_LeavesWhatIsThere(t *testing.T) {
	t.Parallel()
	s := &server{present: map[string]enums.IndexedValueType{}}
	require.True(t, prepare(t.Context(), s.config().Engine))
	s.present, s.added = s.added[0], nil
	require.True(t, prepare(t.Context(), s.config().Engine), "it is prepared")
	require.Empty(t, s.added)

	kind := workflows.KindAttribute.GetName()
	delete(s.present, kind)
	require.True(t, prepare(t.Context(), s.config().Engine))
	require.Equal(t, []string{kind}, slices.Collect(maps.Keys(s.added[0])))
}

func TestPrepare_AsksUntilTheServerAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // its clock passes at once
		s := &server{away: 20}
		require.True(t, prepare(t.Context(), s.config().Engine))
		require.Equal(t, 21, s.asked)
		require.Equal(t, []string{workflows.SweepID}, s.started)
	})
}

// A worker that is stopped before Temporal came up has started nothing, and has
// not failed.
func TestRun_StopsWhileTemporalIsAway(t *testing.T) {
	for _, moment := range []time.Duration{59 * time.Second, time.Minute} { // while it waits, and as it asks
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), moment)
			defer cancel()
			s := &server{away: 1 << 30}
			require.NoError(t, Run(ctx, s.config()))
			require.Greater(t, s.asked, 1)
		})
	}
}

type registry map[string]bool

func (r registry) RegisterWorkflow(any) {}

func (r registry) RegisterWorkflowWithOptions(_ any, options workflow.RegisterOptions) {
	r[options.Name] = true
}

func (r registry) RegisterDynamicWorkflow(any, workflow.DynamicRegisterOptions) {}

// The names stand in the histories of what is running: a worker that does not know
// one of them cannot go on with it.
func TestRegister_KnowsTheNamesThatHistoriesHold(t *testing.T) {
	t.Parallel()
	r := registry{}
	Register(r)
	for _, name := range []string{"Program", "InboundMail", "Invitation", "Notice", "Sweep", "RecoverySweep"} {
		require.True(t, r[name], name)
	}
}

// running is a worker that runs against Temporal's own server.
type running struct {
	cancel context.CancelFunc
	ended  chan error
}

func (w *world) runs(cfg Config) running {
	w.Helper()
	address, _ := testkit.Temporal(w.T)
	c, err := client.DialContext(w.Context(), client.Options{HostPort: address, Logger: cfg.Log})
	require.NoError(w, err)
	cfg.Temporal = c
	ctx, cancel := context.WithCancel(w.Context())
	w.Cleanup(cancel)
	r := running{cancel, make(chan error, 1)}
	go func() {
		defer c.Close()
		r.ended <- Run(ctx, cfg)
	}()
	return r
}

// stop stops the worker and waits until it has.
func (r running) stop() error {
	r.cancel()
	return <-r.ended
}

func TestRun_OneWorkerAtATimeEmptiesTheMailbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	configs := []Config{w.config(), w.config()}
	workers := []running{w.runs(configs[0]), w.runs(configs[1])}
	at := func(i int) bool { return configs[i].Mailbox.Running() }
	w.becomes("one is at work", func() bool { return at(0) || at(1) })
	first, second := 0, 1
	if at(1) {
		first, second = 1, 0
	}
	for i := range 10 {
		w.arrives(string(rune('A'+i)), "nobody@in.example")
		w.filed(i + 1)
		require.True(t, at(first))
		require.False(t, at(second), "the other waits for its turn")
	}
	require.NoError(t, workers[first].stop())
	w.becomes("the other takes over", func() bool { return at(second) })
	w.arrives("Later", "nobody@in.example")
	w.filed(11)
	require.False(t, at(first))
	require.NoError(t, workers[second].stop())
}

func TestRun_AMailboxThatCannotWorkEndsTheWorker(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cfg := w.config()
	cfg.Mailbox = receive.NewMailbox(receive.MailboxConfig{Addr: "no port"}, cfg.Log)
	require.ErrorContains(t, <-w.runs(cfg).ended, "mailbox address")
}
