package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/testsuite"

	"coachflow/activities"
	"coachflow/app"
	"coachflow/coaching"
	"coachflow/db"
	"coachflow/dev/testkit"
	"coachflow/mail"
	"coachflow/workflows"
)

func TestMain(m *testing.M) {
	testkit.SetMigrate(db.Migrate)
	os.Exit(testkit.Main(m, testkit.Options{}))
}

// world is an organization on a real database, with real deeds and a mail
// transport that keeps what it is given.
type world struct {
	*testing.T
	db     *db.DB
	app    *app.App
	deeds  *activities.Activities
	mails  *postbox
	admin  app.Principal
	coach  app.Person
	client app.Person
	forms  map[string]uuid.UUID
}

// away is a Temporal client that is never reached: what is saved is told to
// the workflow by the test itself.
type away struct{ client.Client }

func (away) UpdateWorkflow(context.Context, client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	return nil, errors.New("away")
}

func (away) ExecuteWorkflow(context.Context, client.StartWorkflowOptions, any, ...any) (client.WorkflowRun, error) {
	return nil, errors.New("away")
}

func newWorld(t *testing.T) *world {
	t.Helper()
	ctx := t.Context()
	facts, err := db.Open(ctx, testkit.Database(t))
	require.NoError(t, err)
	t.Cleanup(facts.Close)
	keys, err := coaching.ParseLinkKeys("1:" + strings.Repeat("A", 43) + "=")
	require.NoError(t, err)
	w := &world{T: t, db: facts, mails: &postbox{now: time.Now}, forms: map[string]uuid.UUID{}}
	w.deeds = &activities.Activities{DB: facts, Mail: w.mails, Blobs: &blobs{}, Links: keys, Log: slog.New(slog.DiscardHandler),
		BaseURL: "http://coachflow.test", From: mail.Recipient{Name: "coachflow", Addr: "no-reply@mail.coachflow.test"},
		InboundDomain: "in.coachflow.test", AuthservID: "mx.coachflow.test", LateAfter: time.Hour}
	w.app = &app.App{DB: facts, Temporal: away{}, Deeds: w.deeds, Log: w.deeds.Log, Patience: time.Second}
	w.admin, err = w.app.CreateOrganization(ctx, app.NewOrganization{Name: "Acme", TimeZone: "Europe/Berlin", AdminName: "Ada", AdminEmail: "ada@acme.test", AdminPassword: "correct horse battery"})
	require.NoError(t, err)
	w.coach = w.person("Clara", "coach", "clara@acme.test")
	w.client = w.person("Ben", "coachee", "ben@client.test")
	return w
}

func (w *world) person(name, role, email string) app.Person {
	w.Helper()
	made, err := w.app.CreatePerson(w.Context(), w.admin, app.PersonInput{Name: name, Roles: []string{role}, State: "internal", TimeZone: "Europe/Berlin", Emails: []string{email}})
	require.NoError(w, err)
	return made
}

// form makes a form with one required question, or finds the one of that name.
func (w *world) form(name string) *uuid.UUID {
	w.Helper()
	if id, is := w.forms[name]; is {
		return &id
	}
	made, err := w.app.CreateForm(w.Context(), w.admin, app.FormInput{Name: name, Definition: []byte(`{"title": "` + name + `", "elements": [{"type": "text", "name": "q", "title": "Q", "isRequired": true}]}`)})
	require.NoError(w, err)
	w.forms[name] = made.ID
	return &made.ID
}

// formItem is an item that goes to the coachee after the one before it.
func (w *world) formItem(title string, change ...func(*coaching.ItemSpec)) coaching.ItemSpec {
	spec := coaching.ItemSpec{Kind: coaching.FormItem, Title: title, FormID: w.form(title), Release: coaching.ReleaseRule{Rule: coaching.AfterPrior},
		Recipients: []coaching.RecipientSpec{{Role: "coachee"}}}
	for _, c := range change {
		c(&spec)
	}
	return spec
}

// engagement makes and starts an engagement with these items.
func (w *world) engagement(items ...coaching.ItemSpec) app.Engagement {
	w.Helper()
	ctx := w.Context()
	e, err := w.app.CreateEngagement(ctx, w.admin, app.EngagementInput{Name: "E", CoacheeID: w.client.ID, CoachID: &w.coach.ID})
	require.NoError(w, err)
	for _, item := range items {
		_, err := w.app.AddItem(ctx, w.admin, e.ID, -1, item)
		require.NoError(w, err)
	}
	e, err = w.app.StartEngagement(ctx, w.admin, e.ID)
	require.NoError(w, err)
	return e
}

// run is one run of a program in controlled time.
type run struct {
	*world
	env        *testsuite.TestWorkflowEnvironment
	engagement app.Engagement
	start      time.Time
}

// program prepares a run. Time stands at the start of the engagement, and
// passes by itself whenever the workflow waits.
func (w *world) program(e app.Engagement) *run {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(nopLogger{})
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(time.Minute)
	env.SetStartTime(*e.StartedAt)
	env.RegisterWorkflow(workflows.Program)
	env.RegisterActivity(w.deeds)
	w.mails.now = env.Now
	return &run{world: w, env: env, engagement: e, start: *e.StartedAt}
}

// at does something at a moment after the start.
func (r *run) at(after time.Duration, do func()) { r.env.RegisterDelayedCallback(do, after) }

// execute runs the program to its end, which is asked for at the latest after
// a year.
func (r *run) execute() {
	r.Helper()
	r.at(366*24*time.Hour, func() { r.update(workflows.EndUpdate, workflows.ProgramEnd{Status: "completed"}) })
	r.env.ExecuteWorkflow(workflows.Program, workflows.ProgramInput{Org: r.admin.Org, Engagement: r.engagement.ID})
	require.True(r, r.env.IsWorkflowCompleted())
	require.NoError(r, r.env.GetWorkflowError())
}

// update sends an Update and notes a refusal as a failure of the test.
func (r *run) update(name string, arg any) {
	r.tryUpdate(name, arg, func(err error) { require.NoError(r, err, name) })
}

func (r *run) tryUpdate(name string, arg any, done func(error)) {
	r.env.UpdateWorkflow(name, uuid.NewString(), &testsuite.TestUpdateCallback{
		OnReject: done, OnAccept: func() {}, OnComplete: func(_ any, err error) { done(err) },
	}, arg)
}

// item finds an item of the program by its title.
func (r *run) item(title string) app.Item {
	r.Helper()
	p, err := r.app.GetProgram(r.Context(), r.admin, r.engagement.ID)
	require.NoError(r, err)
	for _, item := range p.Items {
		if item.Title == title {
			return item
		}
	}
	r.Fatalf("no item %q", title)
	return app.Item{}
}

// answer fills out the form of an item as one of its recipients and tells the
// program.
func (r *run) answer(title string, recipient int) {
	r.Helper()
	item := r.item(title)
	to := item.To[recipient]
	who := to.ID
	if to.PersonID != nil {
		who = *to.PersonID
	}
	ref := coaching.LinkRef{Purpose: coaching.FormLink, Org: r.admin.Org, ID: coaching.LinkID(coaching.FormLink, to.ID, who)}
	link, faults, err := r.app.SubmitForm(r.Context(), ref, url.Values{"q.q": {"answer"}})
	require.NoError(r, err)
	require.Empty(r, faults)
	require.Equal(r, app.FormPending, link.Stand)
	r.update(workflows.AnswerUpdate, workflows.ProgramAnswer{Item: item.ID, Recipient: to.ID, Round: 1})
}

// act makes the argument of an act on an item.
func (r *run) act(title string) workflows.ProgramAct {
	return workflows.ProgramAct{Item: r.item(title).ID, Actor: &r.admin.Person}
}

// sent lists what was sent so far: "2d form_reminder Intake ben@client.test".
func (r *run) sent() []string {
	var out []string
	for _, m := range r.mails.all() {
		out = append(out, fmt.Sprintf("%s %s %s", short(m.at.Sub(r.start)), m.Subject, m.To.Addr))
	}
	return out
}

func short(d time.Duration) string {
	d = d.Round(time.Second)
	if d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	}
	return d.String()
}

// postbox is a transport that keeps what it is given, once by key.
type postbox struct {
	mu   sync.Mutex
	now  func() time.Time
	list []posted
	fail func(mail.Outgoing) error
}

type posted struct {
	mail.Outgoing
	at time.Time
}

func (p *postbox) Send(_ context.Context, o mail.Outgoing) (mail.Receipt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail != nil {
		if err := p.fail(o); err != nil {
			return mail.Receipt{}, err
		}
	}
	for _, old := range p.list {
		if old.IdempotencyKey == o.IdempotencyKey {
			return mail.Receipt{ProviderID: o.MessageID}, nil
		}
	}
	p.list = append(p.list, posted{o, p.now()})
	return mail.Receipt{ProviderID: o.MessageID}, nil
}

func (*postbox) Close() error { return nil }

func (p *postbox) all() []posted {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]posted{}, p.list...)
}

type blobs struct{ m sync.Map }

func (b *blobs) Put(_ context.Context, key string, data []byte) error {
	b.m.Store(key, data)
	return nil
}

func (b *blobs) Get(_ context.Context, key string) ([]byte, error) {
	data, is := b.m.Load(key)
	if !is {
		return nil, errors.New("no such blob")
	}
	return data.([]byte), nil
}

type nopLogger struct{}

func (nopLogger) Debug(string, ...any) {}
func (nopLogger) Info(string, ...any)  {}
func (nopLogger) Warn(string, ...any)  {}
func (nopLogger) Error(string, ...any) {}
