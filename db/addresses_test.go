package db_test

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"coachflow/coaching"
	"coachflow/db"
)

const (
	orgA = "'00000000-0000-7000-8000-00000000000a'"
	orgB = "'00000000-0000-7000-8000-00000000000b'"
)

// before fills a database as it was before one mailbox had one spelling.
func before(t *testing.T, rows *pgx.Conn) {
	t.Helper()
	person := func(org, id, created, address string, primary bool) {
		t.Helper()
		exec(t, rows, fmt.Sprintf("INSERT INTO people (org_id, id, name, roles, state, time_zone, created_at) VALUES (%s, '%s', 'P', '{coach}', 'internal', 'UTC', '%s') ON CONFLICT DO NOTHING", org, id, created))
		exec(t, rows, fmt.Sprintf("INSERT INTO person_addresses (org_id, address, person_id, is_primary) VALUES (%s, '%s', '%s', %v)", org, address, id, primary))
	}
	exec(t, rows, "INSERT INTO organizations (org_id, name, time_zone) VALUES ("+orgA+", 'A', 'UTC'), ("+orgB+", 'B', 'UTC')")
	const hanna, older, newer, both, plain = "00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002", "00000000-0000-7000-8000-000000000003",
		"00000000-0000-7000-8000-000000000004", "00000000-0000-7000-8000-000000000005"
	person(orgA, hanna, "2025-01-01", "hanna@bücher.example", true)
	person(orgA, newer, "2025-03-01", "otto@bücher.example", true) // after the one whose address is in ASCII already
	person(orgA, older, "2025-02-01", "otto@xn--bcher-kva.example", true)
	person(orgA, both, "2025-01-01", "ida@bücher.example", true)
	person(orgA, both, "2025-01-01", "ida@xn--bcher-kva.example", false)
	person(orgA, "00000000-0000-7000-8000-000000000006", "2025-03-01", "uwe@bu\u0308cher.example", true) // sorts first, and came second
	person(orgA, "00000000-0000-7000-8000-000000000007", "2025-02-01", "uwe@bücher.example", true)
	person(orgA, plain, "2025-01-01", "paul@acme.example", true)
	person(orgB, hanna, "2025-01-01", "hanna@bücher.example", true)

	exec(t, rows, "INSERT INTO blocked_addresses VALUES ("+orgA+", 'peer@bücher.example', 'it bounced', now()), ("+orgA+", 'ida@bücher.example', 'it bounced', now())")
	exec(t, rows, "INSERT INTO engagements (org_id, id, name, coachee_id, status) VALUES ("+orgA+", '"+hanna+"', 'E', '"+hanna+"', 'active')")
	for _, item := range []string{"1", "2"} {
		exec(t, rows, "INSERT INTO items (org_id, id, engagement_id, position, kind, title, spec, status, zone) VALUES ("+orgA+", '00000000-0000-7000-8000-00000000010"+item+"', '"+hanna+"', "+item+", 'form', 'I', '{}', 'open', 'UTC')")
	}
	for i, at := range []string{"1 peer@bücher.example", "1 peer@xn--bcher-kva.example", "2 peer@bücher.example"} {
		exec(t, rows, fmt.Sprintf("INSERT INTO item_recipients (org_id, id, item_id, email, required) VALUES (%s, '00000000-0000-7000-8000-00000000020%d', '00000000-0000-7000-8000-00000000010%s', '%s', true)", orgA, i, at[:1], at[2:]))
	}
	for i, of := range []string{hanna, newer} {
		address := []string{"hanna@bücher.example", "otto@bücher.example"}[i]
		exec(t, rows, fmt.Sprintf("INSERT INTO links (org_id, id, purpose, subject_id, person_id, email, expires_at) VALUES (%s, gen_random_uuid(), 'password', gen_random_uuid(), '%s', '%s', now())", orgA, of, address))
		for _, state := range []string{"planned", "sent"} {
			exec(t, rows, fmt.Sprintf("INSERT INTO notifications (org_id, id, kind, step, key, person_id, address, reason, state, planned_at) VALUES (%s, gen_random_uuid(), 'password_reset', 'request', '%s', '%s', '%s', 'r', '%s', now())",
				orgA, state+of, of, address, state))
		}
	}
}

// R26: what was stored before one mailbox had one spelling is rewritten, everywhere.
// Two people who are one mailbox stay two; the second gets no mail, and the block says
// why. As in production, the migrations' login is bound by row level security.
func TestR26_AddressesFromBeforeAreRewritten(t *testing.T) {
	t.Parallel()
	owner, rows := plainOwner(t)
	_, err := provide(t, owner).UpTo(t.Context(), 18)
	require.NoError(t, err)
	before(t, rows)
	require.NoError(t, db.Migrate(t.Context(), owner))

	check := func(sql string, want ...string) {
		t.Helper()
		require.Equal(t, want, column(t, rows, sql), sql)
	}
	check("SELECT address || CASE WHEN is_primary THEN '' ELSE ' (second)' END FROM person_addresses WHERE org_id = "+orgA+" ORDER BY address COLLATE \"C\"",
		"hanna@xn--bcher-kva.example", "ida@xn--bcher-kva.example", "otto@bücher.example", "otto@xn--bcher-kva.example", "paul@acme.example",
		"uwe@bu\u0308cher.example", "uwe@xn--bcher-kva.example")
	check("SELECT right(person_id::text, 1) FROM person_addresses WHERE address = 'uwe@xn--bcher-kva.example'", "7")
	check("SELECT address FROM person_addresses WHERE org_id = "+orgB, "hanna@xn--bcher-kva.example")
	check("SELECT address || ' ' || left(reason, 35) FROM blocked_addresses ORDER BY address COLLATE \"C\"",
		"ida@xn--bcher-kva.example it bounced", "otto@bücher.example it is the mailbox of another person", "peer@bücher.example it is the mailbox of another recipi", "peer@xn--bcher-kva.example it bounced",
		"uwe@bu\u0308cher.example it is the mailbox of another person")
	check("SELECT email FROM item_recipients ORDER BY id", "peer@bücher.example", "peer@xn--bcher-kva.example", "peer@xn--bcher-kva.example")
	check("SELECT email FROM links ORDER BY email COLLATE \"C\"", "hanna@xn--bcher-kva.example", "otto@bücher.example")
	check("SELECT state || ' ' || address FROM notifications ORDER BY state, address COLLATE \"C\"", "planned hanna@xn--bcher-kva.example", "planned otto@bücher.example",
		"sent hanna@bücher.example", "sent otto@bücher.example")
	for _, table := range []string{"person_addresses", "links", "blocked_addresses"} {
		require.NotEmpty(t, column(t, rows, "SELECT relname::text FROM pg_class WHERE relname = '"+table+"' AND relforcerowsecurity"), "the tables stay closed")
	}

	all := "SELECT (SELECT count(*) FROM person_addresses) || ' ' || (SELECT count(*) FROM blocked_addresses) || ' ' || (SELECT count(*) FROM unfinished_migrations)"
	check(all, "8 5 0")
	exec(t, rows, "INSERT INTO unfinished_migrations VALUES ('one_spelling_of_addresses')") // as after a crash at its end
	require.NoError(t, db.Migrate(t.Context(), owner))
	check(all, "8 5 0")
}

// What is in the tables afterwards is what lookups ask for.
func TestR26_AfterTheMigrationTheKeyFindsThePerson(t *testing.T) {
	t.Parallel()
	owner, rows := plainOwner(t)
	_, err := provide(t, owner).UpTo(t.Context(), 18)
	require.NoError(t, err)
	before(t, rows)
	exec(t, rows, "UPDATE people SET state = 'active', password_hash = 'hash'")
	typed := coaching.MailboxKey("Hanna@BÜCHER.example")
	require.Empty(t, column(t, rows, "SELECT person_id::text FROM lookup_login('"+typed+"')"), "nobody could log in")
	require.NoError(t, db.Migrate(t.Context(), owner))
	require.Len(t, column(t, rows, "SELECT person_id::text FROM lookup_login('"+typed+"')"), 2, "of each organization one")
	require.Len(t, column(t, rows, "SELECT person_id::text FROM lookup_login('"+coaching.MailboxKey("otto@bücher.example")+"')"), 1)
}
