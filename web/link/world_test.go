package link_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/mocks"

	"coachflow/activities"
	"coachflow/app"
	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/dev/testkit"
	"coachflow/mail/compose"
	"coachflow/web"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.ReleaseMode)
	testkit.SetMigrate(db.Migrate)
	os.Exit(testkit.Main(m, testkit.Options{}))
}

// world is the whole site over a database of its own, with two organizations
// that know nothing of each other.
type world struct {
	t         *testing.T
	db        *db.DB
	superuser string
	app       *app.App
	temporal  *mocks.Client
	engine    *gin.Engine
	clock     time.Time // of the limits on tries
	log       *bytes.Buffer
	ours      party
	theirs    party
}

type party struct {
	org                   uuid.UUID
	admin, coach, coachee app.Principal
}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	superuser := testkit.Database(t)
	database, err := db.Open(t.Context(), superuser)
	require.NoError(t, err)
	t.Cleanup(database.Close)
	keys, err := coaching.ParseLinkKeys("1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
	require.NoError(t, err)
	w := &world{t: t, db: database, superuser: superuser, temporal: &mocks.Client{}, log: &bytes.Buffer{}}
	log := slog.New(slog.NewTextHandler(&lockedWriter{w: w.log}, nil))
	domain := activities.NewDomain(activities.Config{DB: database, Blobs: &blobs{data: map[string][]byte{}}, Links: keys, Log: log, BaseURL: "https://coachflow.test",
		From: compose.Recipient{Name: "coachflow", Addr: "mail@coachflow.test"}, InboundDomain: "in.coachflow.test"})
	w.app = app.New(domain, w.temporal, log, 2*time.Second)
	w.clock = time.Now()
	w.restart()
	w.temporal.On("ExecuteWorkflow", mock.Anything, mock.Anything, mock.Anything, mock.Anything).Return(&mocks.WorkflowRun{}, nil).Maybe()
	w.ours, w.theirs = w.party("Ours"), w.party("Theirs")
	return w
}

// restart makes the site anew, as a process does that has shown nothing yet.
func (w *world) restart() {
	w.t.Helper()
	pages, err := web.New(web.Config{App: w.app, Log: w.app.Log, Now: func() time.Time { return w.clock }})
	require.NoError(w.t, err)
	w.engine = gin.New()
	pages.Register(w.engine)
}

// agree lets every Update and every Signal of a workflow be taken, or fail with err.
func (w *world) agree(err error) {
	handle := &mocks.WorkflowUpdateHandle{}
	handle.On("Get", mock.Anything, mock.Anything).Return(nil).Maybe()
	var answer client.WorkflowUpdateHandle
	if err == nil {
		answer = handle
	}
	w.temporal.On("UpdateWorkflow", mock.Anything, mock.Anything).Return(answer, err).Maybe()
	w.temporal.On("SignalWorkflow", mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything).Return(err).Maybe()
}

func (w *world) party(name string) party {
	w.t.Helper()
	p := party{org: db.NewID()}
	w.inOrg(p.org, func(ctx context.Context, q *rows.Queries) error {
		return q.OrganizationInsert(ctx, rows.OrganizationInsertParams{OrgID: p.org, Name: name + " Coaching", TimeZone: "Europe/Berlin", UndoSeconds: 30})
	})
	p.admin, p.coach, p.coachee = w.person(p.org, name, "admin"), w.person(p.org, name, "coach"), w.person(p.org, name, "coachee")
	return p
}

// person adds somebody with an account, with the address role@name.example.
func (w *world) person(org uuid.UUID, name, role string) app.Principal {
	w.t.Helper()
	who := app.Principal{Org: org, Person: db.NewID(), Name: name + " " + role, Roles: []string{role}}
	w.inOrg(org, func(ctx context.Context, q *rows.Queries) error {
		_, err := q.PersonInsert(ctx, rows.PersonInsertParams{OrgID: org, ID: who.Person, Name: who.Name, Roles: who.Roles, State: "active", TimeZone: "Europe/Berlin"})
		if err != nil {
			return err
		}
		return q.AddressInsert(ctx, rows.AddressInsertParams{OrgID: org, Address: address(who), PersonID: who.Person, IsPrimary: true})
	})
	return who
}

func address(who app.Principal) string {
	return who.Roles[0] + "@" + strings.ToLower(strings.Fields(who.Name)[0]) + ".example"
}

func (w *world) inOrg(org uuid.UUID, do func(context.Context, *rows.Queries) error) {
	w.t.Helper()
	ctx := w.t.Context()
	require.NoError(w.t, w.db.InOrg(ctx, org, func(q *rows.Queries) error { return do(ctx, q) }))
}

// exec runs a statement past all rules.
func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	conn, err := pgx.Connect(w.t.Context(), w.superuser)
	require.NoError(w.t, err)
	defer func() { _ = conn.Close(context.Background()) }()
	_, err = conn.Exec(w.t.Context(), sql, args...)
	require.NoError(w.t, err)
}

// value asks for one value past all rules.
func (w *world) value(sql string, args ...any) (value string) {
	w.t.Helper()
	conn, err := pgx.Connect(w.t.Context(), w.superuser)
	require.NoError(w.t, err)
	defer func() { _ = conn.Close(context.Background()) }()
	require.NoError(w.t, conn.QueryRow(w.t.Context(), sql, args...).Scan(&value))
	return value
}

// snapshot is every row of every table in public, as text, sessions apart.
func (w *world) snapshot() string {
	w.t.Helper()
	conn, err := pgx.Connect(w.t.Context(), w.superuser)
	require.NoError(w.t, err)
	defer func() { _ = conn.Close(context.Background()) }()
	list, err := conn.Query(w.t.Context(), "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
	require.NoError(w.t, err)
	tables, err := pgx.CollectRows(list, pgx.RowTo[string])
	require.NoError(w.t, err)
	var out strings.Builder
	for _, table := range tables {
		var text *string
		err := conn.QueryRow(w.t.Context(), "SELECT string_agg(t::text, E'\\n' ORDER BY t::text) FROM "+pgx.Identifier{table}.Sanitize()+" t").Scan(&text)
		require.NoError(w.t, err)
		if text != nil {
			out.WriteString(table + "\n" + *text + "\n")
		}
	}
	return out.String()
}

// visitor is a browser with the cookie of its session and that of the device.
type visitor struct {
	w              *world
	cookie, device string
}

func (w *world) visitor() *visitor { return &visitor{w: w} }

type response struct {
	from     *visitor
	path     string
	status   int
	header   http.Header
	body     string
	location string
}

func (v *visitor) get(path string) response { return v.do(http.MethodGet, path, nil) }

func (v *visitor) post(path string, form url.Values, header ...string) response {
	return v.do(http.MethodPost, path, form, header...)
}

func (v *visitor) do(method, path string, form url.Values, header ...string) response {
	v.w.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequestWithContext(v.w.t.Context(), method, path, body)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, cookie := range []string{v.cookie, v.device} {
		if cookie != "" {
			r.Header.Add("Cookie", cookie)
		}
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	v.w.engine.ServeHTTP(rec, r)
	for _, cookie := range rec.Result().Cookies() {
		kept := &v.cookie
		if strings.HasSuffix(cookie.Name, "-device") {
			kept = &v.device
		}
		*kept = cookie.Name + "=" + cookie.Value
	}
	return response{from: v, path: path, status: rec.Code, header: rec.Header(), body: rec.Body.String(), location: rec.Header().Get("Location")}
}

const formDefinition = `{"title":"Before we begin","elements":[
	{"type":"text","name":"role","title":"What is your role?","isRequired":true},
	{"type":"comment","name":"why","title":"Why now?"},
	{"type":"text","name":"years","title":"For how long?","inputType":"number"}]}`

// sent makes an engagement of a party with one form that went out, and the path
// of its link.
func (w *world) sent(p party) (engagement app.Engagement, item app.Item, path string) {
	w.t.Helper()
	ctx := w.t.Context()
	form, err := w.app.CreateForm(ctx, p.admin, app.FormInput{Name: "Before we begin", Definition: []byte(formDefinition)})
	require.NoError(w.t, err)
	engagement, err = w.app.CreateEngagement(ctx, p.admin, app.EngagementInput{Name: "Leadership", CoacheeID: p.coachee.Person, CoachID: &p.coach.Person})
	require.NoError(w.t, err)
	item, err = w.app.AddItem(ctx, p.admin, engagement.ID, -1, coaching.ItemSpec{Kind: coaching.FormItem, Title: "Before we begin", FormID: &form.ID,
		Release: coaching.ReleaseRule{Rule: coaching.Manual}, Recipients: []coaching.RecipientSpec{{Role: "coachee"}}})
	require.NoError(w.t, err)
	_, err = w.app.StartEngagement(ctx, p.admin, engagement.ID)
	require.NoError(w.t, err)
	w.exec("UPDATE items SET status = 'open', issued_at = now(), form_version = 1, round = 1, due_at = now() + interval '7 days' WHERE id = $1", item.ID)
	return engagement, item, w.link(p, coaching.FormLink, item.To[0].ID, p.coachee.Person, 24*time.Hour)
}

func (w *world) link(p party, purpose coaching.LinkPurpose, subject, holder uuid.UUID, lives time.Duration) string {
	w.t.Helper()
	mailed := w.value("SELECT address FROM person_addresses WHERE person_id = $1 AND is_primary", holder)
	id := coaching.LinkID(purpose, subject, holder, mailed)
	w.inOrg(p.org, func(ctx context.Context, q *rows.Queries) error {
		return q.LinkInsert(ctx, rows.LinkInsertParams{OrgID: p.org, ID: id, Purpose: purpose.Name(), SubjectID: subject, PersonID: &holder, Email: &mailed, ExpiresAt: time.Now().Add(lives)})
	})
	return "/l/" + w.app.Outbox.Links.Sign(coaching.LinkRef{Purpose: purpose, Org: p.org, ID: id})
}

// file is one that the coachee of a party has shared.
func (w *world) file(p party) uuid.UUID {
	w.t.Helper()
	id := db.NewID()
	w.exec(`INSERT INTO files (org_id, id, client_id, uploaded_by, name, content_type, size, blob_key, created_at)
		VALUES ($1, $2, $3, $3, $4, 'text/html', 4, 'file', now())`, p.org, id, p.coachee.Person, "Plan \"für\" <Montag>.html")
	require.NoError(w.t, w.app.Inbox.Blobs.Put(w.t.Context(), "file", []byte("data")))
	return id
}

type blobs struct {
	mu   sync.Mutex
	data map[string][]byte
}

func (b *blobs) Put(_ context.Context, key string, data []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.data[key] = data
	return nil
}

func (b *blobs) Get(_ context.Context, key string) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.data[key], nil
}

type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}
