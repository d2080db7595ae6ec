package workflows_test

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"coachflow/activities"
	"coachflow/app"
	"coachflow/calendar/fetch"
	"coachflow/coaching"
	"coachflow/db"
	"coachflow/dev/testkit"
	"coachflow/mail/compose"
)

func TestMain(m *testing.M) {
	testkit.SetMigrate(db.Migrate)
	// Each check is a whole story on a real database; the command line can ask
	// for more.
	if err := flag.Lookup("rapid.checks").Value.Set("12"); err != nil {
		panic(err)
	}
	os.Exit(testkit.Main(m, testkit.Options{}))
}

const day = 24 * time.Hour

// world is an organization on a real database, with real activities and a mail
// transport that keeps what it is given.
type world struct {
	*testing.T
	url        string // of the database, as its owner
	db         *db.DB
	app        *app.App
	away       *away
	activities *activities.Activities
	domain     *activities.Domain
	mails      *postbox
	admin      app.Principal
	coach      app.Person
	client     app.Person
	forms      *sync.Map     // ids by name
	later      time.Duration // than now are mails read
}

// away is a Temporal client that is never reached. It keeps what it should
// have told, so that a test can tell it to its environment instead.
type away struct {
	client.Client
	mu      sync.Mutex
	told    []client.UpdateWorkflowOptions
	signals []signal
}

func (a *away) UpdateWorkflow(_ context.Context, options client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.told = append(a.told, options)
	return nil, errors.New("away")
}

func (*away) SignalWithStartWorkflow(context.Context, string, string, any, client.StartWorkflowOptions, any, ...any) (client.WorkflowRun, error) {
	return nil, errors.New("away")
}

func (a *away) SignalWorkflow(_ context.Context, workflow, _, name string, arg any) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.signals = append(a.signals, signal{workflow, name, arg})
	return errors.New("away")
}

// signal is one that the engine did not hear.
type signal struct {
	workflow, name string
	arg            any
}

// takeSignals gives the signals that were to be sent since the last time.
func (a *away) takeSignals() []signal {
	a.mu.Lock()
	defer a.mu.Unlock()
	told := a.signals
	a.signals = nil
	return told
}

func (*away) ExecuteWorkflow(context.Context, client.StartWorkflowOptions, any, ...any) (client.WorkflowRun, error) {
	return nil, errors.New("away")
}

// take gives what was to be told since the last time.
func (a *away) take() []client.UpdateWorkflowOptions {
	a.mu.Lock()
	defer a.mu.Unlock()
	told := a.told
	a.told = nil
	return told
}

func newWorld(t *testing.T) *world {
	t.Helper()
	ctx := t.Context()
	url := testkit.Database(t)
	facts, err := db.Open(ctx, url)
	require.NoError(t, err)
	t.Cleanup(facts.Close)
	keys, err := coaching.ParseLinkKeys("1:" + strings.Repeat("A", 43) + "=")
	require.NoError(t, err)
	w := &world{T: t, url: url, db: facts, away: &away{}, mails: &postbox{now: time.Now}, forms: &sync.Map{}}
	domain := activities.NewDomain(activities.Config{DB: facts, Mail: w.mails, Blobs: testkit.WithStreams(&blobs{}), Links: keys, Log: slog.New(slog.DiscardHandler),
		BaseURL: "http://coachflow.test", From: compose.Recipient{Name: "coachflow", Addr: "no-reply@mail.coachflow.test"},
		InboundDomain: "in.coachflow.test", AuthservID: "mx.coachflow.test", LateAfter: time.Hour,
		Calendars: fetch.Config{Loopback: true}})
	w.domain, w.activities = domain, domain.Activities
	w.app = app.New(domain, w.away, slog.New(slog.DiscardHandler), time.Second)
	w.admin, err = w.app.CreateOrganization(ctx, app.NewOrganization{Name: "Acme Coaching", TimeZone: "Europe/Berlin", AdminName: "Ada Lovelace", AdminEmail: "ada@acme.test", AdminPassword: "correct horse battery"})
	require.NoError(t, err)
	keepMoments(t, w.app, w.admin)
	w.coach = w.person("Clara Schumann", "coach", "clara@acme.test")
	w.client = w.person("Ben Okri", "coachee", "ben@client.test")
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
	if id, is := w.forms.Load(name); is {
		found := id.(uuid.UUID)
		return &found
	}
	made, err := w.app.CreateForm(w.Context(), w.admin, app.FormInput{Name: name, Definition: []byte(`{"title": "` + name + `", "elements": [{"type": "text", "name": "q", "title": "Q", "isRequired": true}]}`)})
	require.NoError(w, err)
	w.forms.Store(name, made.ID)
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

func manual(spec *coaching.ItemSpec) { spec.Release = coaching.ReleaseRule{Rule: coaching.Manual} }

func delayed(amount int, unit coaching.DelayUnit) func(*coaching.ItemSpec) {
	return func(spec *coaching.ItemSpec) { spec.Release.Delay = &coaching.Delay{Amount: amount, Unit: unit} }
}

func releasedAt(local string) func(*coaching.ItemSpec) {
	at, err := coaching.ParseLocalTime(local)
	if err != nil {
		panic(err)
	}
	return func(spec *coaching.ItemSpec) { spec.Release = coaching.ReleaseRule{Rule: coaching.At, At: &at} }
}

func dueAfter(amount int, unit coaching.DelayUnit) func(*coaching.ItemSpec) {
	return func(spec *coaching.ItemSpec) {
		spec.Due = &coaching.DueRule{After: &coaching.Delay{Amount: amount, Unit: unit}}
	}
}

func to(recipients ...coaching.RecipientSpec) func(*coaching.ItemSpec) {
	return func(spec *coaching.ItemSpec) { spec.Recipients = recipients }
}

// draft makes an engagement with these items that has not started.
func (w *world) draft(items ...coaching.ItemSpec) app.Engagement {
	w.Helper()
	e, err := w.app.CreateEngagement(w.Context(), w.admin, app.EngagementInput{Name: "Leadership", CoacheeID: w.client.ID, CoachID: &w.coach.ID})
	require.NoError(w, err)
	for _, item := range items {
		_, err := w.app.AddItem(w.Context(), w.admin, e.ID, -1, item)
		require.NoError(w, err)
	}
	return e
}

// engagement makes and starts an engagement with these items.
func (w *world) engagement(items ...coaching.ItemSpec) app.Engagement {
	w.Helper()
	e, err := w.app.StartEngagement(w.Context(), w.admin, w.draft(items...).ID)
	require.NoError(w, err)
	return e
}

// engagementFrom is engagement, started at a moment of the test's choice.
func (w *world) engagementFrom(start time.Time, items ...coaching.ItemSpec) app.Engagement {
	w.Helper()
	e := w.engagement(items...)
	w.exec("UPDATE engagements SET started_at = $2 WHERE id = $1", e.ID, start)
	e.StartedAt = &start
	return e
}

// exec changes rows as the owner of the tables, for what no act can do.
func (w *world) exec(sql string, args ...any) {
	w.Helper()
	connection, err := pgx.Connect(w.Context(), w.url)
	require.NoError(w, err)
	_, err = connection.Exec(w.Context(), sql, args...)
	require.NoError(w, errors.Join(err, connection.Close(w.Context())))
}

// count asks for one number as the owner of the tables.
func (w *world) count(sql string, args ...any) (n int) {
	w.Helper()
	w.ask(sql, &n, args...)
	return n
}

// ask asks for one value as the owner of the tables.
func (w *world) ask(sql string, value any, args ...any) {
	w.Helper()
	connection, err := pgx.Connect(w.Context(), w.url)
	require.NoError(w, err)
	err = connection.QueryRow(w.Context(), sql, args...).Scan(value)
	require.NoError(w, errors.Join(err, connection.Close(w.Context())))
}

// notifications lists the mails of an engagement, of whatever state.
func (w *world) notifications(engagement uuid.UUID) []app.Notification {
	w.Helper()
	page, err := w.app.ListNotifications(w.Context(), w.admin, &engagement, "", app.Paging{Most: 200})
	require.NoError(w, err)
	require.Empty(w, page.Next)
	return page.Items
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
