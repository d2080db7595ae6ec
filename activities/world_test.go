package activities_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"coachflow/activities"
	"coachflow/app"
	"coachflow/coaching"
	"coachflow/db"
	"coachflow/dev/testkit"
	"coachflow/mail/compose"
	"coachflow/mail/deliver"
	"coachflow/program"
)

func TestMain(m *testing.M) {
	testkit.SetMigrate(db.Migrate)
	os.Exit(testkit.Main(m, testkit.Options{}))
}

// world is an organization whose activities are carried out one at a time by the test, in
// the place of a workflow.
type world struct {
	*testing.T
	app        *app.App
	activities *activities.Activities
	domain     *activities.Domain
	mails      *outbox
	admin      app.Principal
	coach      app.Person
	client     app.Person
	form       uuid.UUID
}

// away is an engine that hears nothing.
type away struct{ client.Client }

func (away) UpdateWorkflow(context.Context, client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	return nil, errors.New("away")
}

func (away) SignalWithStartWorkflow(context.Context, string, string, any, client.StartWorkflowOptions, any, ...any) (client.WorkflowRun, error) {
	return nil, errors.New("away")
}

func (away) SignalWorkflow(context.Context, string, string, string, any) error {
	return errors.New("away")
}

func (away) ExecuteWorkflow(context.Context, client.StartWorkflowOptions, any, ...any) (client.WorkflowRun, error) {
	return nil, errors.New("away")
}

// outbox keeps every mail that is sent.
type outbox struct {
	mu   sync.Mutex
	list []compose.Outgoing
}

func (o *outbox) Send(_ context.Context, m compose.Outgoing) (deliver.Receipt, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.list = append(o.list, m)
	return deliver.Receipt{ProviderID: m.MessageID}, nil
}

func (*outbox) Close() error { return nil }

type blobs struct{ sync.Map }

func (b *blobs) Put(_ context.Context, key string, data []byte) error {
	b.Store(key, data)
	return nil
}

func (b *blobs) Get(_ context.Context, key string) ([]byte, error) {
	data, is := b.Load(key)
	if !is {
		return nil, errors.New("no such blob")
	}
	return data.([]byte), nil
}

func newWorld(t *testing.T) *world {
	t.Helper()
	ctx := t.Context()
	facts, err := db.Open(ctx, testkit.Database(t))
	require.NoError(t, err)
	t.Cleanup(facts.Close)
	keys, err := coaching.ParseLinkKeys("1:" + strings.Repeat("A", 43) + "=")
	require.NoError(t, err)
	w := &world{T: t, mails: &outbox{}}
	domain := activities.NewDomain(activities.Config{DB: facts, Mail: w.mails, Blobs: testkit.WithStreams(&blobs{}), Links: keys, Log: slog.New(slog.DiscardHandler),
		BaseURL: "http://coachflow.test", From: compose.Recipient{Name: "coachflow", Addr: "no-reply@mail.coachflow.test"},
		InboundDomain: "in.coachflow.test", AuthservID: "mx.coachflow.test", LateAfter: time.Hour})
	w.domain, w.activities = domain, domain.Activities
	w.app = app.New(domain, away{}, slog.New(slog.DiscardHandler), time.Second)
	w.admin, err = w.app.CreateOrganization(ctx, app.NewOrganization{Name: "Acme", TimeZone: "Europe/Berlin", AdminName: "Ada", AdminEmail: "ada@acme.test", AdminPassword: "correct horse battery"})
	require.NoError(t, err)
	keepMoments(t, w.app, w.admin)
	w.coach = w.person("Clara", "coach", "clara@acme.test")
	w.client = w.person("Ben", "coachee", "ben@client.test")
	made, err := w.app.CreateForm(ctx, w.admin, app.FormInput{Name: "F", Definition: []byte(`{"elements": [{"type": "text", "name": "q", "title": "Q"}]}`)})
	require.NoError(t, err)
	w.form = made.ID
	return w
}

func (w *world) person(name, role, email string) app.Person {
	w.Helper()
	made, err := w.app.CreatePerson(w.Context(), w.admin, app.PersonInput{Name: name, Roles: []string{role}, State: "internal", TimeZone: "Europe/Berlin", Emails: []string{email}})
	require.NoError(w, err)
	return made
}

// story is a started engagement of which no workflow has heard.
type story struct {
	*world
	engagement app.Engagement
	items      []app.Item
}

// start starts an engagement with one form for each release rule.
func (w *world) start(rules ...coaching.ReleaseKind) *story {
	w.Helper()
	items := make([]coaching.ItemSpec, len(rules))
	for i, rule := range rules {
		items[i] = coaching.ItemSpec{Release: coaching.ReleaseRule{Rule: rule}, Recipients: []coaching.RecipientSpec{{Role: "coachee"}}}
	}
	return w.startItems(items...)
}

// startWith starts an engagement with one form that goes to these recipients.
func (w *world) startWith(to ...coaching.RecipientSpec) *story {
	w.Helper()
	return w.startItems(coaching.ItemSpec{Release: coaching.ReleaseRule{Rule: coaching.AfterPrior}, Recipients: to})
}

func (w *world) startItems(items ...coaching.ItemSpec) *story {
	w.Helper()
	ctx := w.Context()
	e, err := w.app.CreateEngagement(ctx, w.admin, app.EngagementInput{Name: "E", CoacheeID: w.client.ID, CoachID: &w.coach.ID})
	require.NoError(w, err)
	for i, item := range items {
		item.Kind, item.Title, item.FormID = coaching.FormItem, string(rune('A'+i)), &w.form
		_, err := w.app.AddItem(ctx, w.admin, e.ID, -1, item)
		require.NoError(w, err)
	}
	e, err = w.app.StartEngagement(ctx, w.admin, e.ID)
	require.NoError(w, err)
	s := &story{world: w, engagement: e}
	s.read()
	return s
}

func (s *story) read() {
	s.Helper()
	p, err := s.app.GetProgram(s.Context(), s.admin, s.engagement.ID)
	require.NoError(s, err)
	s.items = p.Items
}

// command is a command on an item, some time after the start.
func (s *story) command(item int, after time.Duration, key string) program.CommandContext {
	return program.CommandContext{Org: s.admin.Org, Engagement: s.engagement.ID, Item: s.items[item].ID, At: s.engagement.StartedAt.Add(after), Key: key}
}

// onProgram is a command on the program as a whole.
func (s *story) onProgram(after time.Duration, key string) program.CommandContext {
	c := s.command(0, after, key)
	c.Item = uuid.Nil
	return c
}

// does carries an activity out and gives its answer.
func (s *story) does(change program.Change, err error) program.Change {
	s.Helper()
	require.NoError(s, err)
	return change
}

// listening is an engine that is away, and notes which edit it should apply.
type listening struct {
	away
	edit uuid.UUID
}

func (l *listening) UpdateWorkflow(_ context.Context, options client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	l.edit = uuid.MustParse(options.UpdateID)
	return nil, errors.New("away")
}

// keepMoments lets reminders leave at any hour, so that a story does not depend on the
// day on which it is told. Working hours have tests of their own.
func keepMoments(t *testing.T, a *app.App, admin app.Principal) {
	t.Helper()
	for _, kind := range app.LaddersInUse {
		ladder := coaching.DefaultLadders[kind]
		ladder.KeepsMoment = true
		_, err := a.SetLadder(t.Context(), admin, kind, ladder)
		require.NoError(t, err)
	}
}
