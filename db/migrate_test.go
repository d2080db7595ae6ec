package db_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/dev/testkit"
)

// shape is the schema as the catalogue tells it: columns, constraints,
// indexes, policies, functions and grants.
const shape = `
SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '')
  FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'policy ' || tablename || ' ' || policyname || ' ' || roles::text || cmd || coalesce(qual, '') || coalesce(with_check, '')
  FROM pg_policies WHERE schemaname = 'public'
UNION ALL SELECT 'function ' || oid::regprocedure || ' ' || pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'grant ' || oid::regprocedure || ' ' || coalesce(proacl::text, '') FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'grant ' || relname || ' ' || coalesce(relacl::text, '') FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
ORDER BY 1`

func shapeOf(t testing.TB, url string) []string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	out := column(t, conn, shape)
	require.NoError(t, conn.Close(t.Context()))
	return out
}

func TestMigrate_AgainAndAtOnceIsHarmless(t *testing.T) {
	t.Parallel()
	url := testkit.Database(t)
	before := shapeOf(t, url)
	require.NotEmpty(t, before)
	require.NoError(t, db.Migrate(t.Context(), url))
	require.NoError(t, atOnce(t.Context(), 4, url))
	require.Equal(t, before, shapeOf(t, url))
	done, err := db.Migrated(t.Context(), url)
	require.NoError(t, err)
	require.True(t, done)
}

func TestMigrate_ManyAtOnceOnAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	url := testkit.Database(t)
	want := shapeOf(t, url)
	downToNothing(t, url)
	done, err := db.Migrated(t.Context(), url)
	require.NoError(t, err)
	require.False(t, done)
	require.NoError(t, atOnce(t.Context(), 4, url), "one migrates, the others wait")
	require.Equal(t, want, shapeOf(t, url))
}

func atOnce(ctx context.Context, n int, url string) error {
	group, ctx := errgroup.WithContext(ctx)
	for range n {
		group.Go(func() error { return db.Migrate(ctx, url) })
	}
	return group.Wait()
}

func downToNothing(t testing.TB, url string) {
	t.Helper()
	_, err := provide(t, url).DownTo(t.Context(), 0)
	require.NoError(t, err)
}

// provide is the migrations for a database, to be taken a step at a time.
func provide(t testing.TB, url string) *goose.Provider {
	t.Helper()
	conn, err := sql.Open("pgx", url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close()) })
	provider, err := goose.NewProvider(goose.DialectPostgres, conn, os.DirFS("migrations"))
	require.NoError(t, err)
	return provider
}

func TestMigrate_DownLeavesNothingAndUpBringsItBack(t *testing.T) {
	t.Parallel()
	url := testkit.Database(t)
	want := shapeOf(t, url)
	downToNothing(t, url)
	for _, left := range shapeOf(t, url) {
		require.Contains(t, left, "goose_db_version", "a migration does not take everything back")
	}
	require.NoError(t, db.Migrate(t.Context(), url))
	require.Equal(t, want, shapeOf(t, url))
}

func TestMigrate_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	const nowhere = "postgres://nobody@127.0.0.1:1/none?connect_timeout=2"
	require.ErrorContains(t, db.Migrate(t.Context(), nowhere), "migrate database")
	_, err := db.Migrated(t.Context(), nowhere)
	require.Error(t, err)
}

// plainOwner makes a database whose owner is no superuser, as in production, so
// that row level security holds for the migrations' own statements, too. It gives
// the owner's way in, and an administrator's connection.
func plainOwner(t *testing.T) (owner string, rows *pgx.Conn) {
	t.Helper()
	admin := testkit.Database(t)
	super := connect(t, admin)
	name := "plain_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	for _, sql := range []string{"CREATE ROLE " + name + " LOGIN CREATEROLE NOSUPERUSER PASSWORD 'x'", "GRANT coachflow_app, coachflow_lookup TO " + name + " WITH ADMIN OPTION",
		"CREATE DATABASE " + name + " OWNER " + name} {
		_, err := super.Exec(t.Context(), sql)
		require.NoError(t, err, sql)
	}
	t.Cleanup(func() {
		conn, err := pgx.Connect(context.Background(), admin)
		require.NoError(t, err)
		for _, sql := range []string{"DROP DATABASE " + name + " WITH (FORCE)", "DROP ROLE " + name} {
			_, err := conn.Exec(context.Background(), sql)
			require.NoError(t, err)
		}
		require.NoError(t, conn.Close(context.Background()))
	})
	at, err := url.Parse(admin)
	require.NoError(t, err)
	at.Path = "/" + name
	rows = connect(t, at.String())
	at.User = url.UserPassword(name, "x")
	return at.String(), rows
}

func exec(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	_, err := conn.Exec(t.Context(), sql)
	require.NoError(t, err, sql)
}

func TestMigrate_ChangesRowsAsAPlainOwner(t *testing.T) {
	t.Parallel()
	owner, rows := plainOwner(t)
	provider := provide(t, owner)
	_, err := provider.UpTo(t.Context(), 4)
	require.NoError(t, err)
	exec(t, rows, "INSERT INTO organizations VALUES ('00000000-0000-7000-8000-000000000001', 'A', 'UTC')")
	exec(t, rows, `INSERT INTO people (org_id, id, name, roles, state, time_zone, password_hash) VALUES
		('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002', 'invited', '{coach}', 'invited', 'UTC', NULL),
		('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000003', 'active in name', '{coach}', 'active', 'UTC', NULL),
		('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000004', 'active', '{coach}', 'active', 'UTC', 'hash')`)
	_, err = provider.Up(t.Context())
	require.NoError(t, err)
	states := "SELECT name || ': ' || state FROM people ORDER BY id"
	require.Equal(t, []string{"invited: internal", "active in name: internal", "active: active"}, column(t, rows, states))
	exec(t, rows, "UPDATE people SET state = 'invited' WHERE name = 'invited'")
	exec(t, rows, `INSERT INTO links (org_id, id, purpose, subject_id, expires_at) VALUES ('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000005', 'invitation', '00000000-0000-7000-8000-000000000006', now())`)
	_, err = provider.DownTo(t.Context(), 4)
	require.NoError(t, err)
	require.Equal(t, []string{"invited: internal", "active in name: internal", "active: active"}, column(t, rows, states))
	require.Empty(t, column(t, rows, "SELECT id::text FROM links"))
}

func TestMigrate_FilesOfMessagesKnowTheirStream(t *testing.T) {
	t.Parallel()
	owner, rows := plainOwner(t)
	provider := provide(t, owner)
	_, err := provider.UpTo(t.Context(), 9)
	require.NoError(t, err)
	const org, person, stream, message = "'00000000-0000-7000-8000-000000000001'", "'00000000-0000-7000-8000-000000000002'", "'00000000-0000-7000-8000-000000000003'", "'00000000-0000-7000-8000-000000000004'"
	exec(t, rows, "INSERT INTO organizations VALUES ("+org+", 'A', 'UTC')")
	exec(t, rows, "INSERT INTO people (org_id, id, name, roles, state, time_zone) VALUES ("+org+", "+person+", 'A', '{coach}', 'internal', 'UTC')")
	exec(t, rows, "INSERT INTO streams (org_id, id, coach_id, client_id) VALUES ("+org+", "+stream+", "+person+", "+person+")")
	exec(t, rows, "INSERT INTO messages (org_id, id, stream_id, author_id, posted_at) VALUES ("+org+", "+message+", "+stream+", "+person+", now())")
	file := "INSERT INTO files (org_id, id, client_id, message_id, uploaded_by, name, content_type, size, blob_key, created_at) VALUES (" + org + ", %s, " + person + ", %s, " + person + ", 'a', 'text/plain', 1, 'a', now())"
	exec(t, rows, fmt.Sprintf(file, message, message))
	exec(t, rows, fmt.Sprintf(file, stream, "NULL"))
	_, err = provider.Up(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"none", strings.Trim(stream, "'")}, column(t, rows, "SELECT coalesce(stream_id::text, 'none') FROM files ORDER BY id"))
}

// A program that nobody could read any more can be read after the migration.
func TestMigrate_MendsMomentsAndZonesThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	owner, rows := plainOwner(t)
	provider := provide(t, owner)
	_, err := provider.UpTo(t.Context(), 14)
	require.NoError(t, err)
	const org, person, engagement = "'00000000-0000-7000-8000-000000000001'", "'00000000-0000-7000-8000-000000000002'", "'00000000-0000-7000-8000-000000000003'"
	exec(t, rows, "INSERT INTO organizations VALUES ("+org+", 'A', 'right/UTC')")
	exec(t, rows, "INSERT INTO people (org_id, id, name, roles, state, time_zone) VALUES ("+org+", "+person+", 'A', '{coachee}', 'internal', 'posix/Europe/Berlin')")
	exec(t, rows, "INSERT INTO engagements (org_id, id, name, coachee_id, status) VALUES ("+org+", "+engagement+", 'A', "+person+", 'draft')")
	item := "INSERT INTO items (org_id, id, engagement_id, position, kind, title, spec, status, zone, release_at, due_at, next_at) VALUES (" + org +
		", %s, " + engagement + ", %d, 'task', 'A', '%s', 'waiting', '%s', %[5]s, %[5]s, %[5]s)"
	exec(t, rows, fmt.Sprintf(item, person, 0, `{"due": {"at": "9999-12-31T23:59"}, "release": {"rule": "at", "at": "9999-12-31T23:59"}}`, "posixrules", "'10000-01-01 10:59Z'"))
	exec(t, rows, fmt.Sprintf(item, engagement, 1, `{"due": {"at": "9998-12-31T23:59"}, "release": {"rule": "manual"}}`, "Europe/Berlin", "NULL"))
	_, err = provider.Up(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"UTC", "Europe/Berlin"}, column(t, rows, "SELECT time_zone FROM organizations UNION ALL SELECT time_zone FROM people"))
	const moment = "'9999-12-30Z'::timestamptz"
	require.Equal(t, []string{`{"at": "9999-12-29T00:00"} {"at": "9999-12-29T00:00", "rule": "at"} UTC true`, `{"at": "9998-12-31T23:59"} {"rule": "manual"} Europe/Berlin none`},
		column(t, rows, "SELECT (spec->'due')::text || ' ' || (spec->'release')::text || ' ' || zone || ' ' || coalesce((release_at = "+moment+" AND due_at = "+moment+" AND next_at = "+moment+")::text, 'none') FROM items ORDER BY position"))
}

// A migration that does not get its lock lets those through who queue behind it,
// and is tried again.
func TestMigrate_GivesALockUpAndTriesAgain(t *testing.T) {
	t.Parallel()
	at := testkit.Database(t)
	want := shapeOf(t, at)
	_, err := provide(t, at).DownTo(t.Context(), 9)
	require.NoError(t, err)
	holder, err := connect(t, at).Begin(t.Context())
	require.NoError(t, err)
	_, err = holder.Exec(t.Context(), "SELECT * FROM files") // also a reader stands in the way of ALTER TABLE
	require.NoError(t, err)

	var tries []int
	err = db.MigrateImpatiently(t.Context(), at, 3, func(try int, err error) { tries = append(tries, try) })
	require.ErrorContains(t, err, "lock timeout")
	require.Equal(t, []int{1, 2}, tries, "it gives up in the end")

	err = db.MigrateImpatiently(t.Context(), at, 3, func(int, error) { require.NoError(t, holder.Rollback(t.Context())) })
	require.NoError(t, err, "what an earlier try did is no obstacle")
	require.Equal(t, want, shapeOf(t, at))
}

// released lists the migrations that never change any more: their checksums, as
// sha256sum writes them. Those of a release are added with it.
const released = "migrations/RELEASED"

func TestMigrations_ReleasedOnesNeverChange(t *testing.T) {
	t.Parallel()
	all, err := filepath.Glob("migrations/*.sql")
	require.NoError(t, err)
	slices.Sort(all)
	data, err := os.ReadFile(released)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	require.GreaterOrEqual(t, len(lines), 9)
	require.GreaterOrEqual(t, len(all), len(lines), "a released migration is gone")
	for i, line := range lines {
		sum, name, _ := strings.Cut(line, "  ")
		require.Equal(t, filepath.Base(all[i]), name, "nothing comes between released migrations")
		content, err := os.ReadFile(all[i])
		require.NoError(t, err)
		require.Equal(t, sum, fmt.Sprintf("%x", sha256.Sum256(content)), "%s was released: what it should do otherwise is a new migration", name)
	}
}

func TestMigrate_StandaloneMailsAreMarked(t *testing.T) {
	t.Parallel()
	owner, rows := plainOwner(t)
	provider := provide(t, owner)
	_, err := provider.UpTo(t.Context(), 12)
	require.NoError(t, err)
	const org = "'00000000-0000-7000-8000-000000000001'"
	exec(t, rows, "INSERT INTO organizations VALUES ("+org+", 'A', 'UTC')")
	for _, kind := range []string{"password_reset", "password_changed", "invitation_expired", "held_too_long", "contacts_for_coach", "address_for_client", "form_request", "invitation", "stream_message"} {
		exec(t, rows, "INSERT INTO notifications (org_id, id, kind, step, key, address, reason, state, planned_at) VALUES ("+org+", gen_random_uuid(), '"+kind+"', 'request', '"+kind+"', 'a@b.test', 'r', 'planned', now())")
	}
	sweep := "SELECT n.kind FROM sweep_notices(now(), 100) s JOIN notifications n ON n.id = s.id ORDER BY n.kind"
	before := column(t, rows, sweep)
	require.Len(t, before, 6)
	_, err = provider.Up(t.Context())
	require.NoError(t, err)
	require.Equal(t, before, column(t, rows, "SELECT kind FROM notifications WHERE standalone ORDER BY kind"))
	require.Equal(t, before, column(t, rows, sweep), "the sweep finds the same mails")
	_, err = provider.DownTo(t.Context(), 12)
	require.NoError(t, err)
	require.Equal(t, before, column(t, rows, sweep), "and so it does on the way back")
}

// What lists go by is there for the rows of before, as it is kept from then on.
func TestMigrate_FillsWhatListsGoBy(t *testing.T) {
	t.Parallel()
	owner, rows := plainOwner(t)
	provider := provide(t, owner)
	_, err := provider.UpTo(t.Context(), 19)
	require.NoError(t, err)
	const org = "'00000000-0000-7000-8000-000000000001'"
	id := func(n int) string { return fmt.Sprintf("'00000000-0000-7000-8000-%012d'", n) }
	exec(t, rows, "INSERT INTO organizations (org_id, name, time_zone) VALUES ("+org+", 'A', 'UTC')")
	exec(t, rows, "INSERT INTO people (org_id, id, name, roles, state, time_zone) VALUES ("+org+", "+id(2)+", 'Jörg Weiß', '{coach}', 'internal', 'UTC'), ("+org+", "+id(3)+", 'Zoë', '{coachee}', 'internal', 'UTC')")
	exec(t, rows, "INSERT INTO person_addresses (org_id, address, person_id, is_primary) VALUES ("+org+", 'j@x.test', "+id(2)+", true), ("+org+", 'z@x.test', "+id(3)+", true), ("+org+", 'a@x.test', "+id(3)+", false)")
	exec(t, rows, "INSERT INTO blocked_addresses (org_id, address, reason, blocked_at) VALUES ("+org+", 'z@x.test', 'bounced', now()), ("+org+", 'a@x.test', 'bounced', now())")
	for n, status := range map[int]string{4: "active", 5: "active", 6: "paused"} {
		exec(t, rows, "INSERT INTO engagements (org_id, id, name, coachee_id, coach_id, status) VALUES ("+org+", "+id(n)+", 'Größe', "+id(3)+", "+map[bool]string{true: id(2), false: "NULL"}[n == 4]+", '"+status+"')")
	}
	item := "INSERT INTO items (org_id, id, engagement_id, position, kind, title, spec, status, zone, due_at, next_at) VALUES (" + org + ", gen_random_uuid(), %s, 0, 'task', 'T', '{}', '%s', 'UTC', %s, %s)"
	exec(t, rows, fmt.Sprintf(item, id(4), "open", "'2026-03-04T00:00Z'", "'2026-03-01T00:00Z'"))
	exec(t, rows, fmt.Sprintf(item, id(4), "completed", "'2026-01-01T00:00Z'", "NULL"))
	exec(t, rows, fmt.Sprintf(item, id(5), "waiting", "NULL", "NULL"))
	exec(t, rows, fmt.Sprintf(item, id(6), "open", "'2026-03-04T00:00Z'", "NULL"))
	exec(t, rows, "INSERT INTO streams (org_id, id, coach_id, client_id) VALUES ("+org+", "+id(7)+", "+id(2)+", "+id(3)+"), ("+org+", "+id(8)+", "+id(3)+", "+id(2)+")")
	for n, of := range map[int]int{10: 7, 11: 7, 12: 8, 13: 8} {
		exec(t, rows, "INSERT INTO messages (org_id, id, stream_id, author_id, posted_at) VALUES ("+org+", "+id(n)+", "+id(of)+", "+id(3)+", now())")
	}
	_, err = provider.Up(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"jorg weiss j@x.test false", "zoe z@x.test a@x.test true"}, column(t, rows, "SELECT search || ' ' || blocked FROM people ORDER BY id"))
	urgent := coaching.UrgencyAt(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	require.Equal(t, []string{
		fmt.Sprintf("zoe z@x.test a@x.test jorg weiss j@x.test grosse|%d|2026-03-04", urgent), "zoe z@x.test a@x.test  grosse|0|none", "zoe z@x.test a@x.test  grosse|0|none",
	}, column(t, rows, "SELECT search || '|' || urgency || '|' || coalesce((due_at AT TIME ZONE 'UTC')::date::text, 'none') FROM engagements ORDER BY id"))
	require.Equal(t, []string{strings.Trim(id(11), "'")}, column(t, rows, "SELECT id::text FROM messages WHERE waits"))
}

// Sessions that were scheduled before take their time where it is free; those that collide
// stop no migration. As in production, the migrations' login is bound by row level security.
func TestMigrate_ScheduledSessionsAreBooked(t *testing.T) {
	t.Parallel()
	owner, rows := plainOwner(t)
	provider := provide(t, owner)
	_, err := provider.UpTo(t.Context(), 30)
	require.NoError(t, err)
	const org, coach, engagement = "'00000000-0000-7000-8000-000000000001'", "'00000000-0000-7000-8000-000000000002'", "'00000000-0000-7000-8000-000000000003'"
	exec(t, rows, "INSERT INTO organizations (org_id, name, time_zone) VALUES ("+org+", 'A', 'UTC')")
	exec(t, rows, "INSERT INTO people (org_id, id, name, roles, state, time_zone) VALUES ("+org+", "+coach+", 'A', '{coach}', 'internal', 'UTC')")
	exec(t, rows, "INSERT INTO engagements (org_id, id, name, coachee_id, coach_id, status) VALUES ("+org+", "+engagement+", 'E', "+coach+", "+coach+", 'active')")
	for i, session := range []struct {
		starts, state string
		attends       bool
	}{{"10:00", "scheduled", true}, {"10:30", "scheduled", true}, {"11:00", "scheduled", true}, {"12:00", "cancelled", true}, {"13:00", "scheduled", false}} {
		item, id := fmt.Sprintf("'00000000-0000-7000-8000-00000000010%d'", i), fmt.Sprintf("'00000000-0000-7000-8000-00000000020%d'", i)
		exec(t, rows, "INSERT INTO items (org_id, id, engagement_id, position, kind, title, spec, status, zone) VALUES ("+org+", "+item+", "+engagement+", "+fmt.Sprint(i)+", 'session', 'S', '{}', 'open', 'UTC')")
		exec(t, rows, "INSERT INTO item_sessions (org_id, id, item_id, state, uid, organizer, calendar, starts_at, minutes, zone, created_at) VALUES ("+
			org+", "+id+", "+item+", '"+session.state+"', "+id+", 'session-aaaaaaaaaaaaaaaaaaaa', '{}', '2030-01-01 "+session.starts+"Z', 60, 'UTC', '2029-01-0"+fmt.Sprint(i+1)+"')")
		if session.attends {
			exec(t, rows, "INSERT INTO item_recipients (org_id, id, item_id, person_id, required) VALUES ("+org+", gen_random_uuid(), "+item+", "+coach+", true)")
		}
	}
	require.NoError(t, db.Migrate(t.Context(), owner))
	require.Equal(t, []string{"10:00", "11:00"}, column(t, rows, "SELECT to_char(starts_at AT TIME ZONE 'UTC', 'HH24:MI') FROM bookings ORDER BY starts_at"))
	require.Equal(t, []string{"0"}, column(t, rows, "SELECT count(*)::text FROM pg_class WHERE relname IN ('bookings', 'items', 'item_sessions', 'item_recipients', 'engagements') AND NOT relforcerowsecurity"), "the tables stay closed")
	_, err = provider.DownTo(t.Context(), 30)
	require.NoError(t, err)
}

// What Postgres says where two want one time is told apart from everything else.
func TestTaken(t *testing.T) {
	t.Parallel()
	rows := connect(t, testkit.Database(t))
	exec(t, rows, "CREATE TABLE times (t tstzrange, EXCLUDE USING gist (t WITH &&))")
	exec(t, rows, "INSERT INTO times VALUES ('[2030-01-01, 2030-01-02)'), ('[2030-01-02, 2030-01-03)')")
	_, err := rows.Exec(t.Context(), "INSERT INTO times VALUES ('[2030-01-01 12:00, 2030-01-02)')")
	require.True(t, db.Taken(err), "%v", err)
	require.True(t, db.Taken(fmt.Errorf("book: %w", &pgconn.PgError{Code: "40P01"})), "each waited for the other")
	_, err = rows.Exec(t.Context(), "INSERT INTO times VALUES ('nonsense')")
	require.Error(t, err)
	require.False(t, db.Taken(err))
	require.False(t, db.Taken(nil))
}
