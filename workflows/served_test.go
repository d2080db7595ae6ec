package workflows_test

import (
	"context"
	"log/slog"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	sdk "go.temporal.io/sdk/worker"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/dev/testkit"
	"coachflow/worker"
	"coachflow/workflows"
)

// served is a world whose workflows run on a real Temporal server, in real
// time. All of them share the task queues, so there is one at a time: tests
// that use it are not parallel.
type served struct {
	*world
	temporal client.Client
	workers  []sdk.Worker
}

func serve(t *testing.T) *served {
	t.Helper()
	return serveOn(t, dial(t))
}

// serveOn is serve on the server of a client.
func serveOn(t *testing.T, temporal client.Client) *served {
	t.Helper()
	// Real time, so the time to take a mail back is as short as it can be.
	s := &served{world: newWorld(t)}
	_, err := s.app.UpdateOrganization(t.Context(), s.admin, app.OrganizationInput{Name: "Acme Coaching", TimeZone: "Europe/Berlin", UndoSeconds: 1})
	require.NoError(t, err)
	s.temporal = temporal
	s.app.Temporal, s.app.Patience = s.temporal, 10*time.Second
	s.work()
	t.Cleanup(s.rest)
	return s
}

// work starts the workers, and rest stops them.
func (s *served) work() {
	s.Helper()
	rows := sdk.New(s.temporal, workflows.TaskQueue, sdk.Options{StickyScheduleToStartTimeout: time.Second, Identity: "worker"})
	worker.Register(rows)
	mails := sdk.New(s.temporal, workflows.MailTaskQueue, sdk.Options{DisableWorkflowWorker: true, Identity: "worker"})
	s.workers = []sdk.Worker{rows, mails}
	for _, w := range s.workers {
		w.RegisterActivity(s.activities)
		require.NoError(s, w.Start())
	}
}

func (s *served) rest() {
	for _, w := range s.workers {
		w.Stop()
	}
	s.workers = nil
}

// story is an engagement on the server.
func (s *served) story(t *testing.T, items ...coaching.ItemSpec) *told {
	t.Helper()
	e, err := s.app.StartEngagement(t.Context(), s.admin, s.draft(items...).ID)
	require.NoError(t, err)
	return &told{served: s, T: t, run: &run{world: s.world, engagement: e, start: *e.StartedAt}}
}

type told struct {
	*served
	*testing.T
	run *run
}

// becomes waits until an item has a status.
func (s *told) becomes(title, status string) app.Item {
	s.Helper()
	var item app.Item
	require.Eventually(s.T, func() bool { item = s.run.item(title); return item.Status == status }, 15*time.Second, 20*time.Millisecond, "%s becomes %s", title, status)
	return item
}

// answers fills out a form, and finds it taken up at once.
func (s *told) answers(title string) {
	s.Helper()
	link, faults, err := s.app.SubmitForm(s.Context(), s.linkOf(s.run.item(title).To[0]), url.Values{"q.q": {"my answer"}})
	require.NoError(s.T, err)
	require.Empty(s.T, faults)
	require.Equal(s.T, app.FormAnswered, link.Stand)
}

func (s *told) does(_ any, err error) {
	s.Helper()
	require.NoError(s.T, err)
}

func (s *told) refuses(_ any, err error) (code string) {
	s.Helper()
	problem, is := coaching.AsProblem(err)
	require.True(s.T, is, "%v", err)
	require.NotEmpty(s.T, problem.Message)
	return problem.Code
}

// subjects lists what was sent about this story's items.
func (s *told) subjects() []string {
	s.Helper()
	var out []string
	for _, n := range s.notifications(s.run.engagement.ID) {
		if n.State == "sent" {
			out = append(out, about(n.Subject))
		}
	}
	return out
}

func (s *told) Context() context.Context { return s.T.Context() }
func (s *told) Helper()                  { s.T.Helper() }

func dial(t *testing.T) client.Client {
	t.Helper()
	address, _ := testkit.Temporal(t)
	return dialTo(t, address)
}

func dialTo(t *testing.T, address string) client.Client {
	t.Helper()
	c, err := client.DialContext(t.Context(), client.Options{HostPort: address, Identity: "test", Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// ends waits for the end of the workflow, and finds that it went well.
func (s *told) ends() {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), 10*time.Second)
	defer cancel()
	require.NoError(s.T, s.temporal.GetWorkflow(ctx, workflows.ProgramID(s.run.engagement.ID), "").Get(ctx, nil))
}
