package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/mocks"

	"coachflow/activities"
	"coachflow/app"
	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/dev/testkit"
	"coachflow/mail/compose"
)

func TestMain(m *testing.M) {
	testkit.SetMigrate(db.Migrate)
	os.Exit(testkit.Main(m, testkit.Options{}))
}

const webhookSecret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

// world is the API over a database of its own, with two organizations that
// know nothing of each other.
type world struct {
	t         testing.TB
	db        *db.DB
	superuser string // URL of the database for who may do everything
	app       *app.App
	handler   http.Handler
	log       *lockedBuffer
	blobs     *memoryBlobs
	ours      party
	theirs    party
}

// party is an organization with its people and an API key of its admin.
type party struct {
	org                       uuid.UUID
	admin, coach, coachee     uuid.UUID
	key, coachKey, coacheeKey string
}

func newWorld(t *testing.T, change ...func(*Config)) *world {
	t.Helper()
	t.Parallel()
	return makeWorld(t, change...)
}

func makeWorld(t testing.TB, change ...func(*Config)) *world {
	t.Helper()
	superuser := testkit.Database(t)
	database, err := db.Open(t.Context(), superuser)
	require.NoError(t, err)
	t.Cleanup(database.Close)
	w := &world{t: t, superuser: superuser, db: database, log: &lockedBuffer{}, blobs: &memoryBlobs{data: map[string][]byte{}}}
	log := slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	keys, err := coaching.ParseLinkKeys("1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
	require.NoError(t, err)
	domain := activities.NewDomain(activities.Config{DB: database, Blobs: testkit.WithStreams(w.blobs), Links: keys, Log: log, BaseURL: "https://coachflow.test",
		From: compose.Recipient{Name: "coachflow", Addr: "mail@coachflow.test"}, InboundDomain: "in.coachflow.test"})
	w.app = app.New(domain, willingTemporal(), log, 5*time.Second)
	cfg := Config{App: w.app, Log: log, Webhooks: []Webhook{resendWebhook(webhookSecret, w.app.RecordDelivery)}}
	for _, c := range change {
		c(&cfg)
	}
	w.handler, err = New(cfg)
	require.NoError(t, err)
	w.ours, w.theirs = w.party("Ours"), w.party("Theirs")
	return w
}

// in is the same world for a test inside of a test.
func (w *world) in(t testing.TB) *world {
	inner := *w
	inner.t = t
	return &inner
}

// willingTemporal starts every workflow; Updates are not expected.
func willingTemporal() *mocks.Client {
	c := &mocks.Client{}
	run := &mocks.WorkflowRun{}
	run.On("Get", mock.Anything, mock.Anything).Return(nil)
	c.On("ExecuteWorkflow", mock.Anything, mock.Anything, mock.Anything, mock.Anything).Return(run, nil)
	c.On("SignalWithStartWorkflow", mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything).Return(&mocks.WorkflowRun{}, nil)
	c.On("SignalWorkflow", mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything).Return(nil)
	return c
}

func (w *world) party(name string) party {
	w.t.Helper()
	p := party{org: db.NewID()}
	w.inOrg(p.org, func(ctx context.Context, q *rows.Queries) error {
		return q.OrganizationInsert(ctx, rows.OrganizationInsertParams{OrgID: p.org, Name: name, TimeZone: "Europe/Berlin", UndoSeconds: 30})
	})
	p.admin, p.key = w.person(p.org, name+" Admin", "admin")
	p.coach, p.coachKey = w.person(p.org, name+" Coach", "coach")
	p.coachee, p.coacheeKey = w.person(p.org, name+" Coachee", "coachee")
	return p
}

// person adds a person with an API key.
func (w *world) person(org uuid.UUID, name, role string) (id uuid.UUID, key string) {
	w.t.Helper()
	id, key = db.NewID(), app.NewSecret("cfk_")
	w.inOrg(org, func(ctx context.Context, q *rows.Queries) error {
		_, err := q.PersonInsert(ctx, rows.PersonInsertParams{OrgID: org, ID: id, Name: name, Roles: []string{role}, State: "active", TimeZone: "Europe/Berlin"})
		if err != nil {
			return err
		}
		address := rows.AddressInsertParams{OrgID: org, Address: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.com", PersonID: id, IsPrimary: true}
		if err := q.AddressInsert(ctx, address); err != nil {
			return err
		}
		return q.APIKeyInsert(ctx, rows.APIKeyInsertParams{OrgID: org, ID: db.NewID(), Name: "test", KeyHash: app.KeyHash(key), PersonID: id})
	})
	return id, key
}

func (w *world) inOrg(org uuid.UUID, do func(context.Context, *rows.Queries) error) {
	w.t.Helper()
	ctx := w.t.Context()
	require.NoError(w.t, w.db.InOrg(ctx, org, func(q *rows.Queries) error { return do(ctx, q) }))
}

// answer is what came back.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   string
}

// call sends a request as our admin; header pairs may add to it or replace.
func (w *world) call(method, path string, body any, header ...string) answer {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), method, path, reader(w.t, body))
	r.Header.Set("Authorization", "Bearer "+w.ours.key)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Del(header[i])
		if header[i+1] != "" {
			r.Header.Set(header[i], header[i+1])
		}
	}
	return w.send(r)
}

func (w *world) send(r *http.Request) answer {
	w.t.Helper()
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	return answer{t: w.t, status: rec.Code, header: rec.Header(), body: rec.Body.String()}
}

// as is the header of somebody else's key.
func as(key string) []string { return []string{"Authorization", "Bearer " + key} }

func reader(t testing.TB, body any) io.Reader {
	t.Helper()
	switch body := body.(type) {
	case nil:
		return nil
	case string:
		return strings.NewReader(body)
	case []byte:
		return bytes.NewReader(body)
	}
	data, err := json.Marshal(body)
	require.NoError(t, err)
	return bytes.NewReader(data)
}

// ok requires a status and reads the body.
func (a answer) ok(status int) map[string]any {
	a.t.Helper()
	require.Equal(a.t, status, a.status, a.body)
	out := map[string]any{}
	if a.body != "" {
		require.NoError(a.t, json.Unmarshal([]byte(a.body), &out), a.body)
	}
	return out
}

// refused requires a whole problem with a status and a code.
func (a answer) refused(status int, code string) Problem {
	a.t.Helper()
	require.Equal(a.t, status, a.status, a.body)
	require.Equal(a.t, "application/problem+json", a.header.Get("Content-Type"))
	var p Problem
	require.NoError(a.t, json.Unmarshal([]byte(a.body), &p), a.body)
	require.Equal(a.t, code, p.Code, a.body)
	require.Equal(a.t, status, p.Status)
	require.Equal(a.t, http.StatusText(status), p.Title)
	require.NotEmpty(a.t, p.Detail)
	require.NotEmpty(a.t, p.Type)
	require.Equal(a.t, a.header.Get("X-Request-Id"), p.RequestID)
	for _, e := range p.Errors {
		require.NotEmpty(a.t, e.Code, a.body)
		require.NotEmpty(a.t, e.Message, a.body)
	}
	return p
}

func (a answer) id() string { return a.ok(a.status)["id"].(string) }

// form makes a form with one question.
func (w *world) form() string {
	w.t.Helper()
	return w.call("POST", "/api/v1/forms", `{"name":"Start","definition":`+oneQuestion+`}`).id()
}

const oneQuestion = `{"elements":[{"type":"text","name":"q","title":"What brings you here?","isRequired":true}]}`

// item is a form item for the coachee.
func item(form string) map[string]any {
	return map[string]any{"kind": "form", "title": "Start form", "form_id": form, "release": map[string]any{"rule": "manual"},
		"recipients": []any{map[string]any{"role": "coachee"}}}
}

// with is a copy with one field set.
func with(m map[string]any, name string, value any) map[string]any {
	out := map[string]any{name: value}
	for k, v := range m {
		if k != name {
			out[k] = v
		}
	}
	return out
}

func (w *world) engagement() string {
	w.t.Helper()
	return w.call("POST", "/api/v1/engagements", map[string]any{"name": "Growth", "coachee_id": w.ours.coachee, "coach_id": w.ours.coach}).id()
}

func (w *world) addItem(engagement, form string) string {
	w.t.Helper()
	a := w.call("POST", "/api/v1/engagements/"+engagement+"/items", item(form))
	require.Equal(w.t, http.StatusCreated, a.status, a.body)
	return a.id()
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

type memoryBlobs struct {
	mu   sync.Mutex
	data map[string][]byte
}

func (m *memoryBlobs) Put(_ context.Context, key string, data []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.data[key] = data
	return nil
}

func (m *memoryBlobs) Get(_ context.Context, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.data[key], nil
}

// exec changes rows past all rules, for what no act can do.
func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	conn, err := pgx.Connect(w.t.Context(), w.superuser)
	require.NoError(w.t, err)
	_, err = conn.Exec(w.t.Context(), sql, args...)
	require.NoError(w.t, errors.Join(err, conn.Close(w.t.Context())))
}
