package db_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/dev/testkit"
)

func TestMain(m *testing.M) {
	testkit.SetMigrate(db.Migrate)
	os.Exit(testkit.Main(m, testkit.Options{}))
}

func openDB(t testing.TB, url string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(d.Close)
	return d
}

// connect is the owner's way in, past the application.
func connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(context.Background())) })
	return conn
}

// column reads the first column of a query.
func column(t testing.TB, conn *pgx.Conn, sql string, args ...any) []string {
	t.Helper()
	found, err := conn.Query(t.Context(), sql, args...)
	require.NoError(t, err)
	out, err := pgx.CollectRows(found, pgx.RowTo[string])
	require.NoError(t, err)
	return out
}

// requireRefused finds an error of Postgres by its code (SQLSTATE).
func requireRefused(t testing.TB, err error, code string) {
	t.Helper()
	var refused *pgconn.PgError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, code, refused.Code, refused.Message)
}

const (
	insufficientPrivilege = "42501" // row level security's, too
	foreignKeyViolation   = "23503"
	uniqueViolation       = "23505"
)

// newOrg makes an organization with one active coach, and returns both ids.
func newOrg(t testing.TB, d *db.DB, name string) (org, coach uuid.UUID) {
	t.Helper()
	org, coach = db.NewID(), db.NewID()
	require.NoError(t, d.InOrg(t.Context(), org, func(q *rows.Queries) error {
		if err := q.OrganizationInsert(t.Context(), rows.OrganizationInsertParams{OrgID: org, Name: name, TimeZone: "UTC", UndoSeconds: 30}); err != nil {
			return err
		}
		return addPerson(t.Context(), q, org, coach, name+"@example.com")
	}))
	return org, coach
}

func addPerson(ctx context.Context, q *rows.Queries, org, id uuid.UUID, address string) error {
	hash := "hash of " + address
	_, err := q.PersonInsert(ctx, rows.PersonInsertParams{OrgID: org, ID: id, Name: "Somebody", Roles: []string{"coach"}, State: "active", TimeZone: "UTC", PasswordHash: &hash})
	if err != nil {
		return err
	}
	return q.AddressInsert(ctx, rows.AddressInsertParams{OrgID: org, Address: address, PersonID: id, IsPrimary: true})
}

func TestInOrg_SeesItsOwnRowsOnly(t *testing.T) {
	t.Parallel()
	d := openDB(t, testkit.Database(t))
	ctx := t.Context()
	mine, me := newOrg(t, d, "mine")
	other, them := newOrg(t, d, "other")

	require.NoError(t, d.InOrg(ctx, mine, func(q *rows.Queries) error {
		_, err := q.PersonGet(ctx, mine, me)
		require.NoError(t, err)
		_, err = q.OrganizationGet(ctx, other)
		require.True(t, db.NoRow(err), "an organization does not see another")
		_, err = q.PersonGet(ctx, other, them)
		require.True(t, db.NoRow(err), "not even with the other's id in the query")
		changed, err := q.BlockedAddressDelete(ctx, other, "other@example.com")
		require.NoError(t, err)
		require.Zero(t, changed)
		return nil
	}))
	err := d.InOrg(ctx, mine, func(q *rows.Queries) error {
		return q.FormInsert(ctx, rows.FormInsertParams{OrgID: other, ID: db.NewID(), Name: "Planted"})
	})
	requireRefused(t, err, insufficientPrivilege)
}

func TestInOrg_UnderNobodyNothingIsThere(t *testing.T) {
	t.Parallel()
	d := openDB(t, testkit.Database(t))
	org, person := newOrg(t, d, "mine")
	for _, nobody := range []uuid.UUID{uuid.Nil, db.NewID()} {
		require.NoError(t, d.InOrg(t.Context(), nobody, func(q *rows.Queries) error {
			_, err := q.PersonGet(t.Context(), org, person)
			require.True(t, db.NoRow(err))
			return nil
		}))
	}
}

// A connection of the pool that served an organization must not remember it.
func TestInOrg_LeavesNoTraceOnItsConnection(t *testing.T) {
	t.Parallel()
	url := testkit.Database(t)
	org, _ := newOrg(t, openDB(t, url), "mine")
	conn := connect(t, url)
	_, err := conn.Exec(t.Context(), "SET ROLE coachflow_app")
	require.NoError(t, err)
	count := func() (n int) {
		t.Helper()
		require.NoError(t, conn.QueryRow(t.Context(), "SELECT count(*) FROM people").Scan(&n))
		return n
	}
	require.Zero(t, count(), "nothing is visible without an organization")
	begin := pgx.TxOptions{BeginQuery: "begin; select set_config('app.org_id', '" + org.String() + "', true)"}
	require.NoError(t, pgx.BeginTxFunc(t.Context(), conn, begin, func(pgx.Tx) error {
		require.Equal(t, 1, count())
		return nil
	}))
	require.Zero(t, count(), "nor after a transaction that had one")
	_, err = conn.Exec(t.Context(), "INSERT INTO forms (org_id, id, name) VALUES ($1, $2, 'Planted')", org, db.NewID())
	requireRefused(t, err, insufficientPrivilege)
}

func TestInOrg_CommitsOrRollsBack(t *testing.T) {
	t.Parallel()
	d := openDB(t, testkit.Database(t))
	ctx := t.Context()
	org, _ := newOrg(t, d, "mine")
	boom, form := errors.New("boom"), db.NewID()
	insert := func(q *rows.Queries) error {
		return q.FormInsert(ctx, rows.FormInsertParams{OrgID: org, ID: form, Name: "Goals"})
	}
	require.ErrorIs(t, d.InOrg(ctx, org, func(q *rows.Queries) error { return errors.Join(insert(q), boom) }), boom)
	require.NoError(t, d.InOrg(ctx, org, insert), "the failed one left nothing behind")
	err := d.InOrg(ctx, org, insert)
	requireRefused(t, err, uniqueViolation)
	require.True(t, db.Violates(err, "forms_pkey"))
	require.True(t, db.Violates(fmt.Errorf("make form: %w", err), "forms_pkey"))
	require.False(t, db.Violates(err, "people_pkey"))
	require.False(t, db.Away(err))
}

func TestForeignKeys_StayWithinTheOrganization(t *testing.T) {
	t.Parallel()
	d := openDB(t, testkit.Database(t))
	ctx := t.Context()
	mine, me := newOrg(t, d, "mine")
	_, them := newOrg(t, d, "other")
	engage := func(coachee uuid.UUID) error {
		return d.InOrg(ctx, mine, func(q *rows.Queries) error {
			_, err := q.EngagementInsert(ctx, rows.EngagementInsertParams{OrgID: mine, ID: db.NewID(), Name: "Coaching", CoacheeID: coachee, Status: "draft"})
			return err
		})
	}
	require.NoError(t, engage(me))
	err := engage(them)
	requireRefused(t, err, foreignKeyViolation)
	require.True(t, db.Violates(err, "engagements_coachee_fkey"))
}

func TestAcross_FindsTheOrganization(t *testing.T) {
	t.Parallel()
	d := openDB(t, testkit.Database(t))
	ctx := t.Context()
	mine, me := newOrg(t, d, "mine")
	other, _ := newOrg(t, d, "other")

	login, err := d.Across().LookupLogin(ctx, "mine@example.com")
	require.NoError(t, err)
	require.Equal(t, []rows.LookupLoginRow{{OrgID: mine, PersonID: me}}, login)
	require.NoError(t, d.InOrg(ctx, other, func(q *rows.Queries) error { return addPerson(ctx, q, other, db.NewID(), "mine@example.com") }))
	login, err = d.Across().LookupLogin(ctx, "mine@example.com")
	require.NoError(t, err)
	require.Len(t, login, 2, "one address may log in to two organizations")
	login, err = d.Across().LookupLogin(ctx, "nobody@example.com")
	require.NoError(t, err)
	require.Empty(t, login)
}

func TestAcross_SessionsEnd(t *testing.T) {
	t.Parallel()
	d := openDB(t, testkit.Database(t))
	ctx := t.Context()
	org, person := newOrg(t, d, "mine")
	token, end := []byte("hash of a token"), time.Now().Add(time.Hour).Truncate(time.Microsecond)
	require.NoError(t, d.InOrg(ctx, org, func(q *rows.Queries) error {
		return q.SessionUpsert(ctx, rows.SessionUpsertParams{OrgID: org, TokenHash: token, PersonID: person, Data: []byte("data"), ExpiresAt: end})
	}))
	found, err := d.Across().LookupSession(ctx, token, end.Add(-time.Second))
	require.NoError(t, err)
	require.Equal(t, rows.LookupSessionRow{OrgID: org, PersonID: person, Data: []byte("data")}, found)
	_, err = d.Across().LookupSession(ctx, token, end)
	require.True(t, db.NoRow(err), "an expired session is none")
	_, err = d.Across().LookupSession(ctx, []byte("another"), end.Add(-time.Second))
	require.True(t, db.NoRow(err))
}

func TestAcross_RevokedKeysOpenNothing(t *testing.T) {
	t.Parallel()
	d := openDB(t, testkit.Database(t))
	ctx := t.Context()
	org, person := newOrg(t, d, "mine")
	id, hash, now := db.NewID(), []byte("hash of a key"), time.Now()
	require.NoError(t, d.InOrg(ctx, org, func(q *rows.Queries) error {
		return q.APIKeyInsert(ctx, rows.APIKeyInsertParams{OrgID: org, ID: id, Name: "Key", KeyHash: hash, PersonID: person})
	}))
	found, err := d.Across().LookupAPIKey(ctx, hash)
	require.NoError(t, err)
	require.Equal(t, rows.LookupAPIKeyRow{OrgID: org, ID: id, PersonID: person}, found)
	require.NoError(t, d.InOrg(ctx, org, func(q *rows.Queries) error {
		_, err := q.APIKeyRevoke(ctx, rows.APIKeyRevokeParams{OrgID: org, ID: id, RevokedAt: &now})
		return err
	}))
	_, err = d.Across().LookupAPIKey(ctx, hash)
	require.True(t, db.NoRow(err))
}

func TestOpen_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := db.Open(t.Context(), "postgres://nobody@127.0.0.1:1/none?connect_timeout=2")
	require.ErrorContains(t, err, "reach database")
	require.True(t, db.Away(err), "an unreachable database may come back")
	_, err = db.Open(t.Context(), "::not a url::")
	require.ErrorContains(t, err, "read database URL")
}

func TestAway(t *testing.T) {
	t.Parallel()
	check := func(err error, want bool) {
		t.Helper()
		require.Equal(t, want, db.Away(err), "%v", err)
	}
	check(nil, false)
	check(pgx.ErrNoRows, false)
	check(fmt.Errorf("read: %w", pgx.ErrNoRows), false)
	check(errors.New("a blob is missing"), false)
	check(fmt.Errorf("read: %w", syscall.ECONNRESET), true)
	check(io.ErrUnexpectedEOF, true)
	check(context.DeadlineExceeded, true)
	check(&pgconn.PgError{Code: "57P01"}, true)  // admin shutdown
	check(&pgconn.PgError{Code: "08006"}, true)  // connection failure
	check(&pgconn.PgError{Code: "53300"}, true)  // too many connections
	check(&pgconn.PgError{Code: "23505"}, false) // unique violation
	check(&pgconn.PgError{}, false)
}

func TestNewID_GrowsWithTime(t *testing.T) {
	t.Parallel()
	last := db.NewID()
	require.EqualValues(t, 7, last.Version())
	for range 1000 {
		next := db.NewID()
		require.Less(t, last.String(), next.String())
		last = next
	}
}
