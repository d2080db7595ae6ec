package app_test

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
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"coachflow/activities"
	"coachflow/app"
	"coachflow/coaching"
	"coachflow/db"
	"coachflow/dev/testkit"
)

func TestMain(m *testing.M) {
	testkit.SetMigrate(db.Migrate)
	os.Exit(testkit.Main(m, testkit.Options{}))
}

// away is a process engine that cannot be reached: what gets as far as it was
// permitted.
type away struct{ client.Client }

var errAway = errors.New("away")

func (away) UpdateWorkflow(context.Context, client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	return nil, errAway
}

func (away) SignalWithStartWorkflow(context.Context, string, string, any, client.StartWorkflowOptions, any, ...any) (client.WorkflowRun, error) {
	return nil, errAway
}

func (away) SignalWorkflow(context.Context, string, string, string, any) error { return errAway }

func (away) ExecuteWorkflow(context.Context, client.StartWorkflowOptions, any, ...any) (client.WorkflowRun, error) {
	return nil, errAway
}

// blobs keeps files in memory.
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

const password = "correct horse battery"

// passwordHash is made once, because hashing is slow on purpose.
var passwordHash = sync.OnceValues(func() (string, error) { return app.HashPassword(password) })

// world is an organization with two coaches who each have a coachee, and another
// organization that knows nothing of it.
//
//	Clara coaches Ben, in whose program Petra has a task, and writes with Sam, who
//	has no engagement. Otto coaches Erik, in whose program Paul has a task.
type world struct {
	*testing.T
	app       *app.App
	links     *coaching.LinkKeys
	superuser *pgx.Conn

	admin, clara, ben, petra, sam, otto, erik, paul app.Principal
	foreign                                         app.Principal // the admin of the other organization

	form   uuid.UUID
	bens   uuid.UUID // Ben's engagement
	stream uuid.UUID // Clara's with Ben
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t}
	url := testkit.Database(t)
	facts, err := db.Open(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(facts.Close)
	w.superuser, err = pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = w.superuser.Close(context.Background()) })
	w.links, err = coaching.ParseLinkKeys("1:" + strings.Repeat("A", 43) + "=")
	require.NoError(t, err)
	log := slog.New(slog.DiscardHandler)
	domain := activities.NewDomain(activities.Config{DB: facts, Blobs: testkit.WithStreams(&blobs{}), Links: w.links, Log: log, BaseURL: "http://coachflow.test", InboundDomain: "in.coachflow.test"})
	w.app = app.New(domain, away{}, log, time.Second)
	w.admin, w.foreign = w.organization("Ours", "Ada"), w.organization("Theirs", "Thea")
	w.people()
	w.engagements()
	return w
}

func (w *world) organization(name, admin string) app.Principal {
	w.Helper()
	p, err := w.app.CreateOrganization(w.Context(), app.NewOrganization{Name: name, TimeZone: "Europe/Berlin", AdminName: admin, AdminEmail: email(admin), AdminPassword: password})
	require.NoError(w, err)
	return p
}

func email(name string) string { return strings.ToLower(name) + "@example.com" }

func (w *world) people() {
	w.Helper()
	w.clara, w.otto = w.person("Clara", "coach"), w.person("Otto", "coach")
	w.ben, w.petra, w.sam = w.person("Ben", "coachee"), w.person("Petra", "coachee"), w.person("Sam", "coachee")
	w.erik, w.paul = w.person("Erik", "coachee"), w.person("Paul", "coachee")
}

// person adds somebody who has an account.
func (w *world) person(name, role string) app.Principal {
	w.Helper()
	made, err := w.app.CreatePerson(w.Context(), w.admin, app.PersonInput{Name: name, Roles: []string{role}, TimeZone: "Europe/Berlin", Emails: []string{email(name)}})
	require.NoError(w, err)
	hash, err := passwordHash()
	require.NoError(w, err)
	w.exec("UPDATE people SET state = 'active', password_hash = $1 WHERE id = $2", hash, made.ID)
	return app.Principal{Org: w.admin.Org, Person: made.ID, Name: name, Roles: []string{role}}
}

func (w *world) engagements() {
	w.Helper()
	made, err := w.app.CreateForm(w.Context(), w.admin, app.FormInput{Name: "F", Definition: []byte(`{"elements": [{"type": "text", "name": "q", "title": "Q"}]}`)})
	require.NoError(w, err)
	w.form = made.ID
	w.bens = w.running(w.clara, w.ben, w.petra)
	w.running(w.otto, w.erik, w.paul)
	w.stream = w.conversation(w.clara, w.ben)
	w.conversation(w.clara, w.sam)
	w.conversation(w.otto, w.erik)
}

// The items of every engagement, by their place in it.
const (
	coacheesForm = iota // and a stakeholder's, who has no account
	coacheesTask
	peersTask
	coachsForm
	aSession // of coachee and coach
)

// draft makes an engagement that has not started.
func (w *world) draft(coach, coachee, peer app.Principal) uuid.UUID {
	w.Helper()
	ctx := w.Context()
	e, err := w.app.CreateEngagement(ctx, w.admin, app.EngagementInput{Name: coachee.Name + "'s", CoacheeID: coachee.Person, CoachID: &coach.Person})
	require.NoError(w, err)
	byHand := coaching.ReleaseRule{Rule: coaching.Manual}
	for _, item := range []coaching.ItemSpec{
		{Kind: coaching.FormItem, Title: "Form", FormID: &w.form, Release: byHand, Recipients: []coaching.RecipientSpec{{Role: "coachee"}, {Email: "boss@example.com", Name: "Boss"}}},
		{Kind: coaching.TaskItem, Title: "Task", Description: "Read it.", Release: byHand, Recipients: []coaching.RecipientSpec{{Role: "coachee"}}},
		{Kind: coaching.TaskItem, Title: "Peer's task", Release: byHand, Recipients: []coaching.RecipientSpec{{PersonID: &peer.Person}}},
		{Kind: coaching.FormItem, Title: "Coach's form", FormID: &w.form, Release: byHand, Recipients: []coaching.RecipientSpec{{Role: "coach"}}},
		{Kind: coaching.SessionItem, Title: "Session", Minutes: 60, Release: byHand, Recipients: []coaching.RecipientSpec{{Role: "coachee"}, {Role: "coach"}}},
	} {
		_, err := w.app.AddItem(ctx, w.admin, e.ID, -1, item)
		require.NoError(w, err)
	}
	return e.ID
}

// running makes an engagement whose items all went out.
func (w *world) running(coach, coachee, peer app.Principal) uuid.UUID {
	w.Helper()
	id := w.draft(coach, coachee, peer)
	_, err := w.app.StartEngagement(w.Context(), w.admin, id)
	require.NoError(w, err)
	w.exec("UPDATE items SET status = 'open', issued_at = now(), round = 1, form_version = CASE WHEN kind = 'form' THEN 1 END WHERE engagement_id = $1", id)
	return id
}

// scheduledSession lets Ben's session have a time in ten days, and names its item.
func (w *world) scheduledSession() app.Item {
	w.Helper()
	item, id := w.item(w.bens, aSession), db.NewID()
	w.exec("UPDATE item_sessions SET state = 'cancelled' WHERE item_id = $1", item.ID)
	w.exec(`INSERT INTO item_sessions (org_id, id, item_id, state, uid, organizer, calendar, starts_at, minutes, zone, created_at)
		VALUES ($1, $2::uuid, $3, 'scheduled', $2::uuid::text || '@in.test', 'session-aaaaaaaaaaaaaaaaaaaa', '{"uid": "u"}', now() + interval '10 days', 60, 'UTC', now())`, w.admin.Org, id, item.ID)
	w.exec("UPDATE item_sessions SET engagement_id = $1 WHERE id = $2", w.bens, id)
	w.exec("DELETE FROM bookings WHERE session_id IN (SELECT id FROM item_sessions WHERE item_id = $1)", item.ID)
	w.exec(`INSERT INTO bookings (org_id, id, coach_id, starts_at, ends_at, blocked_until, session_id)
		SELECT org_id, gen_random_uuid(), $2, starts_at, starts_at + interval '60 minutes', starts_at + interval '60 minutes', id FROM item_sessions WHERE id = $1`, id, w.clara.Person)
	w.exec("INSERT INTO session_attendees (org_id, id, session_id, recipient_id, invited_at) SELECT $1::uuid, gen_random_uuid(), $2::uuid, id, now() FROM item_recipients WHERE item_id = $3", w.admin.Org, id, item.ID)
	return item
}

// proposal is another time that Ben proposes for a scheduled session.
func (w *world) proposal() (item, proposal uuid.UUID) {
	w.Helper()
	item, proposal = w.scheduledSession().ID, db.NewID()
	w.exec(`INSERT INTO session_answers (org_id, id, session_id, attendee_id, mail_key, kind, address, received_at, starts_at, minutes, state)
		SELECT $1, $2::uuid, s.id, a.id, $2::uuid::text, 'proposed', 'ben@client.test', now(), now() + interval '11 days', 60, 'open'
		FROM item_sessions s JOIN session_attendees a ON a.session_id = s.id JOIN item_recipients r ON r.id = a.recipient_id
		WHERE s.item_id = $3 AND s.state = 'scheduled' AND r.person_id = $4`, w.admin.Org, proposal, item, w.ben.Person)
	return item, proposal
}

func (w *world) proposalArgs() []any {
	item, proposal := w.proposal()
	return []any{item, proposal}
}

// rating asks Ben about a session of his, for these readers, and answers.
func (w *world) rating(readers string) uuid.UUID {
	w.Helper()
	w.scheduledSession()
	id := db.NewID()
	w.exec("DELETE FROM session_ratings")
	w.exec(`INSERT INTO session_ratings (org_id, id, engagement_id, session_id, person_id, role, coach_id, question, low, high, readers, asked_at, closes_at, score, answered_at)
		SELECT org_id, $1, engagement_id, id, $2, 'coachee', $3, 'Useful?', 'no', 'yes', $4, now(), now() + interval '14 days', 4, now() FROM item_sessions WHERE engagement_id = $5 AND state = 'scheduled'`,
		id, w.ben.Person, w.clara.Person, readers, w.bens)
	return id
}

// listed is given beside one session of Ben's that has a time.
func listed(args ...any) func(*world) []any {
	return func(w *world) []any {
		w.scheduledSession()
		return args
	}
}

// rated is given with the engagement of Ben, a session of which he has rated.
func rated(readers string) func(*world) []any {
	return func(w *world) []any {
		w.rating(readers)
		return []any{w.bens, paging}
	}
}

// item is an item of an engagement by its place.
func (w *world) item(engagement uuid.UUID, place int) app.Item {
	w.Helper()
	p, err := w.app.GetProgram(w.Context(), w.admin, engagement)
	require.NoError(w, err)
	return p.Items[place]
}

// conversation opens the stream of a pair, with one message and one file.
func (w *world) conversation(coach, client app.Principal) uuid.UUID {
	w.Helper()
	s, err := w.app.OpenStream(w.Context(), w.admin, app.StreamInput{CoachID: coach.Person, ClientID: client.Person})
	require.NoError(w, err)
	message := db.NewID()
	w.exec("INSERT INTO messages (org_id, id, stream_id, author_id, subject, body, posted_at) VALUES ($1, $2, $3, $4, 'Thursday', 'Shall we meet?', now())",
		w.admin.Org, message, s.ID, client.Person)
	w.exec(`INSERT INTO files (org_id, id, client_id, message_id, uploaded_by, name, content_type, size, blob_key, created_at, stream_id)
		VALUES ($1, $2, $3, $4, $3, $5, 'text/plain', 4, 'blob', now(), $6)`, w.admin.Org, db.NewID(), client.Person, message, client.Name+".txt", s.ID)
	require.NoError(w, w.app.Inbox.Blobs.Put(w.Context(), "blob", []byte("data")))
	return s.ID
}

// file is the file of a client.
func (w *world) file(client app.Principal) uuid.UUID {
	w.Helper()
	list, err := w.app.ListFiles(w.Context(), client, client.Person, app.Paging{})
	require.NoError(w, err)
	return list.Items[0].ID
}

// quarantined makes a mail to Clara's stream that was put aside.
func (w *world) quarantined() uuid.UUID {
	w.Helper()
	box, id := db.NewID(), db.NewID()
	w.exec("INSERT INTO mailbox_mails (id, mailbox, uidvalidity, uid, size, raw_key, received_at) SELECT $1, 'm', 1, count(*), 4, 'blob', now() FROM mailbox_mails", box)
	w.exec(`INSERT INTO inbound_mails (org_id, id, mailbox_mail_id, system_address_id, raw_key, state, reason, received_at)
		SELECT org_id, $1, $2, id, 'blob', 'quarantined', 'dmarc_failed', now() FROM system_addresses WHERE stream_id = $3 AND retired_at IS NULL LIMIT 1`, id, box, w.stream)
	return id
}

// sent makes the only mail of all organizations, which was sent about an
// engagement, or about none.
func (w *world) sent(engagement *uuid.UUID) uuid.UUID {
	w.Helper()
	w.exec("DELETE FROM notifications")
	id := db.NewID()
	w.exec(`INSERT INTO notifications (org_id, id, engagement_id, kind, step, key, person_id, address, reason, state, planned_at, subject)
		VALUES ($1, $2, $3, 'form_request', 'request', $4, $5, 'ben@example.com', 'a recipient of the form', 'sent', now(), 'A form')`,
		w.admin.Org, id, engagement, id.String(), w.ben.Person)
	return id
}

// link makes the link by which somebody reaches one subject.
func (w *world) link(purpose coaching.LinkPurpose, subject uuid.UUID, holder app.Principal, lives time.Duration) coaching.LinkRef {
	w.Helper()
	id := db.NewID()
	w.exec("INSERT INTO links (org_id, id, purpose, subject_id, person_id, email, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		w.admin.Org, id, purpose.Name(), subject, holder.Person, email(holder.Name), time.Now().Add(lives))
	return coaching.LinkRef{Purpose: purpose, Org: w.admin.Org, ID: id}
}

// exec runs a statement past all rules.
func (w *world) exec(sql string, args ...any) {
	w.Helper()
	_, err := w.superuser.Exec(w.Context(), sql, args...)
	require.NoError(w, err)
}

// snapshot is every row of every table, as text.
func (w *world) snapshot() string {
	w.Helper()
	list, err := w.superuser.Query(w.Context(), "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
	require.NoError(w, err)
	tables, err := pgx.CollectRows(list, pgx.RowTo[string])
	require.NoError(w, err)
	var out strings.Builder
	for _, table := range tables {
		var text string
		err := w.superuser.QueryRow(w.Context(), "SELECT coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM "+pgx.Identifier{table}.Sanitize()+" t").Scan(&text)
		require.NoError(w, err)
		out.WriteString(table + "\n" + text + "\n")
	}
	return out.String()
}
