package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"coachflow/activities"
	"coachflow/db"
	"coachflow/dev"
	"coachflow/dev/testkit"
	"coachflow/mail/receive"
)

func TestMain(m *testing.M) {
	testkit.SetMigrate(db.Migrate)
	// The namespace begins without any search attribute of ours.
	os.Exit(testkit.Main(m, testkit.Options{SearchAttributes: map[string]string{"Another": "Keyword"}}))
}

// patience is an upper bound for what comes soon, on whatever machine.
const patience = time.Minute

// world is a mailbox with mail, a database to store it in, and a process engine
// that notes which workflows it is asked to start.
type world struct {
	*testing.T
	url     string // of the database
	facts   *db.DB
	box     *dev.Sandbox
	blobs   *blobs
	engine  *engine
	said    *answers
	address string // a system address
}

// answers are what the ingest said to the mailbox of the mails that it did not take.
type answers struct {
	mu     sync.Mutex
	pauses int     // nothing can be taken now
	faults []error // this one cannot
}

func (a *answers) note(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case errors.Is(err, receive.ErrPause):
		a.pauses++
	case err != nil && !errors.Is(err, context.Canceled):
		a.faults = append(a.faults, err)
	}
}

func (a *answers) read() (pauses int, faults []error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.pauses, append([]error{}, a.faults...)
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, url: testkit.Database(t), blobs: &blobs{}, engine: &engine{}, said: &answers{}}
	var err error
	w.facts, err = db.Open(t.Context(), w.url)
	require.NoError(t, err)
	t.Cleanup(w.facts.Close)
	w.box, err = dev.StartSandbox(t.Context(), dev.SandboxConfig{SMTPAddr: "127.0.0.1:0", IMAPAddr: "127.0.0.1:0", Dir: t.TempDir(),
		InboundDomain: "in.example", AuthservID: "mx.example", Username: "intake", Password: "secret"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.box.Close()) })
	w.address = w.systemAddress() + "@in.example"
	return w
}

// systemAddress makes an organization with one conversation, and gives the local
// part of the address by which the coach writes to the client.
func (w *world) systemAddress() string {
	w.Helper()
	org, coach, client, stream, local := db.NewID(), db.NewID(), db.NewID(), db.NewID(), "abcdefghijklmnopqrstuvwx"
	w.exec("INSERT INTO organizations (org_id, name, time_zone) VALUES ($1, 'Ours', 'UTC')", org)
	w.exec("INSERT INTO people (org_id, id, name, roles, state, time_zone) VALUES ($1, $2, 'Clara', '{coach}', 'internal', 'UTC'), ($1, $3, 'Ben', '{coachee}', 'internal', 'UTC')", org, coach, client)
	w.exec("INSERT INTO streams (org_id, id, coach_id, client_id) VALUES ($1, $2, $3, $4)", org, stream, coach, client)
	w.exec("INSERT INTO system_addresses (org_id, id, stream_id, direction, local_part) VALUES ($1, $2, $3, 'to_client', $4)", org, db.NewID(), stream, local)
	return local
}

// exec runs a statement past all rules.
func (w *world) exec(sql string, args ...any) {
	w.Helper()
	conn, err := pgx.Connect(w.Context(), w.url)
	require.NoError(w, err)
	_, err = conn.Exec(w.Context(), sql, args...)
	require.NoError(w, errors.Join(err, conn.Close(w.Context())))
}

// column gives the first column of what a query finds.
func (w *world) column(sql string) []string {
	w.Helper()
	conn, err := pgx.Connect(w.Context(), w.url)
	require.NoError(w, err)
	defer func() { _ = conn.Close(context.Background()) }()
	list, err := conn.Query(w.Context(), sql)
	require.NoError(w, err)
	found, err := pgx.CollectRows(list, pgx.RowTo[string])
	require.NoError(w, err)
	return found
}

// away takes the database away, or brings it back: nobody gets in, and who was in
// is thrown out.
func (w *world) away(away bool) {
	w.Helper()
	u, err := url.Parse(w.url)
	require.NoError(w, err)
	name := u.Path[1:]
	conn, err := pgx.Connect(w.Context(), testkit.Postgres(w.T))
	require.NoError(w, err)
	defer func() { require.NoError(w, conn.Close(context.Background())) }()
	_, err = conn.Exec(w.Context(), fmt.Sprintf("ALTER DATABASE %s WITH ALLOW_CONNECTIONS %t", pgx.Identifier{name}.Sanitize(), !away))
	require.NoError(w, err)
	if away {
		_, err = conn.Exec(w.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
		require.NoError(w, err)
	}
}

// config is a worker's over this world.
func (w *world) config() Config {
	log := slog.New(slog.DiscardHandler)
	domain := activities.NewDomain(activities.Config{DB: w.facts, Blobs: testkit.WithStreams(w.blobs), InboundDomain: "in.example", Log: log, LateAfter: time.Hour})
	return Config{Engine: Engine{Temporal: w.engine, Namespace: "default", Log: log}, Domain: domain, DB: w.facts, Mailbox: w.mailbox(), StopTimeout: time.Second}
}

func (w *world) mailbox() *receive.Mailbox {
	return receive.NewMailbox(receive.MailboxConfig{Addr: w.box.IMAPAddr(), Username: "intake", Password: "secret", TLSMode: receive.MailboxPlain,
		Timeouts: receive.MailboxTimeouts{PauseMin: 5 * time.Millisecond, PauseMax: 50 * time.Millisecond, RetryMin: 5 * time.Millisecond, RetryMax: 50 * time.Millisecond}},
		slog.New(slog.DiscardHandler))
}

// ingests empties the mailbox until the test ends, without workers beside it.
func (w *world) ingests() {
	w.Helper()
	cfg := w.config()
	ctx, cancel := context.WithCancel(w.Context())
	ended := make(chan error, 1)
	take := func(ctx context.Context, m receive.Arrived) error {
		err := (&ingest{cfg}).take(ctx, m)
		w.said.note(err)
		return err
	}
	go func() { ended <- cfg.Mailbox.Run(ctx, take) }()
	w.Cleanup(func() {
		cancel()
		require.NoError(w, <-ended)
	})
}

// arrives lets a mail come in.
func (w *world) arrives(subject string, to ...string) (raw string) {
	w.Helper()
	raw = "From: clara@example.com\r\nTo: " + to[0] + "\r\nSubject: " + subject + "\r\nMessage-ID: <" + subject + "@example.com>\r\n\r\nHello\r\n"
	require.NoError(w, dev.SendSMTP(w.Context(), w.box.SMTPAddr(), "clara@example.com", to, []byte(raw)))
	return raw
}

// in counts the mails in a folder of the mailbox; -1 where it cannot be asked.
func (w *world) in(folder string) int {
	c, err := imapclient.DialInsecure(w.box.IMAPAddr(), nil)
	if err != nil {
		return -1
	}
	defer func() { _ = c.Close() }()
	if c.Login("intake", "secret").Wait() != nil {
		return -1
	}
	status, err := c.Status(folder, &imap.StatusOptions{NumMessages: true}).Wait()
	if err != nil {
		return -1
	}
	return int(*status.NumMessages)
}

// becomes waits until something is so.
func (w *world) becomes(what string, so func() bool) {
	w.Helper()
	require.Eventually(w, so, patience, 5*time.Millisecond, what)
}

func (w *world) filed(count int) {
	w.Helper()
	w.becomes("the mails are filed", func() bool { return w.in("Processed") == count && w.in("INBOX") == 0 })
}

// engine is a process engine of which nothing but the start of workflows is used.
type engine struct {
	client.Client
	mu      sync.Mutex
	tried   int
	started []string
	// starting is asked before a workflow starts; nil: it may.
	starting func() error
}

func (e *engine) ExecuteWorkflow(_ context.Context, options client.StartWorkflowOptions, _ any, _ ...any) (client.WorkflowRun, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tried++
	if e.starting != nil {
		if err := e.starting(); err != nil {
			return nil, err
		}
	}
	e.started = append(e.started, options.ID)
	return nil, nil
}

// lets sets what is asked before a workflow starts.
func (e *engine) lets(starting func() error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.starting = starting
}

func (e *engine) seen() (tried int, started []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.tried, append([]string{}, e.started...)
}

// blobs keeps bytes in memory.
type blobs struct {
	mu   sync.Mutex
	data map[string]string
	// putting is asked before bytes are stored; nil: they are.
	putting func() error
}

func (b *blobs) Put(_ context.Context, key string, data []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.putting != nil {
		if err := b.putting(); err != nil {
			return err
		}
	}
	if b.data == nil {
		b.data = map[string]string{}
	}
	b.data[key] = string(data)
	return nil
}

func (b *blobs) Get(_ context.Context, key string) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return []byte(b.data[key]), nil
}

// lets sets what is asked before bytes are stored.
func (b *blobs) lets(putting func() error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.putting = putting
}

func (b *blobs) contents() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := []string{}
	for _, data := range b.data {
		list = append(list, data)
	}
	return list
}

// workflowIDs are those of the mails that are stored for an organization.
func (w *world) workflowIDs() []string {
	w.Helper()
	ids := w.column("SELECT id::text FROM inbound_mails ORDER BY received_at, id")
	for i, id := range ids {
		ids[i] = "mail/" + uuid.MustParse(id).String()
	}
	return ids
}
