package db_test

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/dev/testkit"
)

// withoutOrg are the tables that belong to no organization, each with its reason.
var withoutOrg = []string{
	"goose_db_version",      // the migrations' own
	"mailbox_mails",         // mail before anybody knows whose it is; holds no content
	"unfinished_migrations", // the migrations' own, too
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	conn := connect(t, testkit.Database(t))
	// Each query finds what breaks a law; an empty answer is right.
	check := func(law, sql string) {
		t.Helper()
		t.Run(law, func(t *testing.T) { require.Empty(t, column(t, conn, sql), law) })
	}
	const tenants = `WITH tenant AS (
  SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity, a.attnum AS org
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped
  WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace) `

	require.Equal(t, withoutOrg, column(t, conn, `SELECT relname::text FROM pg_class c
  WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'org_id') ORDER BY 1`))
	require.Greater(t, len(column(t, conn, tenants+`SELECT relname::text FROM tenant`)), 20)

	check("row level security is on, also for the owner",
		tenants+`SELECT relname::text FROM tenant WHERE NOT (relrowsecurity AND relforcerowsecurity)`)
	check("there is one policy for everybody, and it is by organization", tenants+`SELECT relname::text FROM tenant WHERE NOT EXISTS (
  SELECT FROM pg_policies p WHERE p.schemaname = 'public' AND p.tablename = relname AND p.policyname = 'organization' AND p.cmd = 'ALL'
  AND p.permissive = 'PERMISSIVE' AND p.roles = '{public}' AND p.qual = '(org_id = current_org())' AND p.with_check = '(org_id = current_org())')`)
	check("other policies only let the look-up functions read", `SELECT tablename || ' ' || policyname FROM pg_policies
  WHERE schemaname = 'public' AND policyname <> 'organization' AND NOT (policyname = 'lookup' AND cmd = 'SELECT' AND roles = '{coachflow_lookup}')`)
	check("org_id is never null", tenants+`SELECT relname::text FROM tenant
  JOIN pg_attribute a ON a.attrelid = oid AND a.attnum = org WHERE NOT a.attnotnull OR a.atttypid <> 'uuid'::regtype`)
	check("foreign keys between tenants' tables carry the organization", tenants+`SELECT c.conname::text FROM pg_constraint c
  JOIN tenant f ON f.oid = c.conrelid JOIN tenant p ON p.oid = c.confrelid
  WHERE c.contype = 'f' AND NOT EXISTS (SELECT FROM unnest(c.conkey, c.confkey) AS k (this, that) WHERE k.this = f.org AND k.that = p.org)`)
	check("primary keys and unique indexes begin with the organization", tenants+`SELECT i.indexrelid::regclass::text FROM pg_index i
  JOIN tenant t ON t.oid = i.indrelid WHERE i.indisunique AND i.indkey[0] <> t.org`)
	check("every table has a primary key", `SELECT relname::text FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = c.oid AND contype = 'p')`)
	check("foreign keys are checked at once, and validated", `SELECT conname::text FROM pg_constraint
  WHERE connamespace = 'public'::regnamespace AND (condeferrable OR NOT convalidated)`)
	check("every foreign key has an index that begins with its columns", `SELECT c.conrelid::regclass || ' ' || c.conname FROM pg_constraint c
  WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.conrelid
    AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) IN (
      SELECT '(' || a.attname || ' IS NOT NULL)' FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)))
    AND (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)`)
	check("every index is whole", `SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisvalid`)
	check("no index is the beginning of another one", `SELECT s.indexrelid::regclass || ' begins ' || l.indexrelid::regclass FROM pg_index s JOIN pg_index l
  ON l.indrelid = s.indrelid AND l.indexrelid <> s.indexrelid AND l.indpred IS NULL AND NOT s.indisunique AND s.indpred IS NULL
  JOIN pg_class c ON c.oid = s.indexrelid AND c.relnamespace = 'public'::regnamespace
  WHERE (l.indkey::int2[])[0:s.indnatts - 1] = s.indkey::int2[] AND (l.indnatts > s.indnatts OR l.indexrelid < s.indexrelid)`)
	check("no view shows a tenant's rows past the policies", `SELECT relname::text FROM pg_class
  WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace`)
}

func TestCatalogue_Roles(t *testing.T) {
	t.Parallel()
	conn := connect(t, testkit.Database(t))
	check := func(law string, want []string, sql string) {
		t.Helper()
		require.ElementsMatch(t, want, column(t, conn, sql), law)
	}
	const ours = `('coachflow_app', 'coachflow_lookup')`
	check("both roles are there, and cannot log in", []string{"coachflow_app", "coachflow_lookup"},
		`SELECT rolname::text FROM pg_roles WHERE rolname IN `+ours+` AND NOT rolcanlogin`)
	check("neither has a right of its own", nil,
		`SELECT rolname::text FROM pg_roles WHERE rolname IN `+ours+` AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)`)
	check("neither is a member of another", nil,
		`SELECT m.roleid::regrole::text FROM pg_auth_members m WHERE m.member::regrole::text IN `+ours)
	check("the application owns nothing", nil,
		`SELECT classid::regclass::text || ' ' || objid FROM pg_shdepend WHERE deptype = 'o' AND refobjid = 'coachflow_app'::regrole`)
	check("the look-up role owns functions alone", []string{"pg_proc"},
		`SELECT DISTINCT classid::regclass::text FROM pg_shdepend WHERE deptype = 'o' AND refobjid = 'coachflow_lookup'::regrole
  AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())`)
	check("the application may do with tables what the program does, and no more", nil,
		`SELECT c.relname || ' ' || p FROM pg_class c, unnest(ARRAY['TRUNCATE', 'REFERENCES', 'TRIGGER']) p
  WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND has_table_privilege('coachflow_app', c.oid, p)`)
	check("of the migrations it reads which were made", []string{"SELECT"},
		`SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p WHERE has_table_privilege('coachflow_app', 'goose_db_version', p)`)
	check("mails of the mailbox are added and read, never changed", []string{"SELECT", "INSERT"},
		`SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p WHERE has_table_privilege('coachflow_app', 'mailbox_mails', p)`)
	check("the look-up role writes nothing", nil,
		`SELECT c.relname || ' ' || p FROM pg_class c, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p
  WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND has_table_privilege('coachflow_lookup', c.oid, p)`)
	unveiled := []string{"people", "person_addresses", "api_keys", "sessions", "answers", "item_recipients", "items", "engagements", "notifications",
		"system_addresses", "inbound_mails", "invitations", "uploads", "item_sessions", "busy_calendars", "calendar_feeds"}
	check("it reads what its functions need", unveiled,
		`SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND has_table_privilege('coachflow_lookup', oid, 'SELECT')`)
	check("and has a policy for just these", unveiled, `SELECT tablename::text FROM pg_policies WHERE policyname = 'lookup'`)
}

func TestCatalogue_Functions(t *testing.T) {
	t.Parallel()
	conn := connect(t, testkit.Database(t))
	crossing := column(t, conn, `SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef ORDER BY 1`)
	require.Equal(t, []string{"lookup_api_key", "lookup_calendar_feed", "lookup_login", "lookup_organizations", "lookup_provider_id", "lookup_session", "lookup_session_address", "lookup_system_address",
		"search_engagements", "search_people", "sweep_answers", "sweep_calendars", "sweep_held", "sweep_inbound_mails", "sweep_invitations", "sweep_late_sends", "sweep_let_through", "sweep_notices",
		"sweep_programs", "sweep_releasable", "sweep_released", "sweep_running_invitations", "sweep_running_programs", "sweep_running_sends",
		"sweep_unread_ends", "sweep_uploads", "sweep_waiting_mails"}, crossing, "these, and no others, see past row level security")
	require.Equal(t, []string{"search_engagements", "search_people"}, column(t, conn, `SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
   AND prosrc LIKE '%.org_id = current_org()%' ORDER BY 1`), "those that are asked for inside of an organization see it alone")
	require.Empty(t, column(t, conn, `SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
  AND (proowner <> 'coachflow_lookup'::regrole OR provolatile <> 's'
    OR NOT EXISTS (SELECT FROM unnest(proconfig) AS c WHERE c LIKE 'search\_path=%'))`),
		"they are the look-up role's, only read, and find names in a fixed place")
	require.Empty(t, column(t, conn, `SELECT proname || ' ' || grantee::regrole || ' ' || privilege_type FROM pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner)))
  WHERE pronamespace = 'public'::regnamespace AND prosecdef AND grantee NOT IN (proowner, 'coachflow_app'::regrole)`),
		"nobody but the application may call them: CALL reserve('name(types)') in the migration that makes one")
	require.Equal(t, crossing, column(t, conn, `SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
  AND has_function_privilege('coachflow_app', oid, 'EXECUTE') ORDER BY 1`), "and the application may")
	require.Empty(t, column(t, conn, `SELECT proname || ' ' || name FROM pg_proc, unnest(proargnames) AS name
  WHERE pronamespace = 'public'::regnamespace AND prosecdef AND (name LIKE '%password%' OR name LIKE '%hash%' OR name LIKE '%secret%')`),
		"none gives a secret away")
}

// Who can merely connect to the database learns nothing from the functions that
// see across organizations.
func TestLookups_AreForTheApplicationAlone(t *testing.T) {
	t.Parallel()
	conn := connect(t, testkit.Database(t))
	name := "guest_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	for _, sql := range []string{"BEGIN", "CREATE ROLE " + name, "SET ROLE " + name} {
		_, err := conn.Exec(t.Context(), sql)
		require.NoError(t, err, sql)
	}
	_, err := conn.Exec(t.Context(), "SELECT * FROM lookup_login('somebody@example.com')")
	requireRefused(t, err, insufficientPrivilege)
	_, err = conn.Exec(t.Context(), "ROLLBACK") // the role goes with it
	require.NoError(t, err)
}

// The check of pending migrations works for a login that owns nothing.
func TestMigrated_AsTheApplication(t *testing.T) {
	t.Parallel()
	at := testkit.Database(t)
	conn := connect(t, at)
	name := "login_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	_, err := conn.Exec(t.Context(), "CREATE ROLE "+name+" LOGIN PASSWORD 'x' IN ROLE coachflow_app")
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := conn.Exec(context.Background(), "DROP ROLE "+name)
		require.NoError(t, err)
	})
	own, err := url.Parse(at)
	require.NoError(t, err)
	own.User = url.UserPassword(name, "x")
	done, err := db.Migrated(t.Context(), own.String())
	require.NoError(t, err)
	require.True(t, done)
	d, err := db.Open(t.Context(), own.String())
	require.NoError(t, err)
	d.Close()
}

// states are the columns whose values the table and the program both list.
func states() map[string][]string {
	purposes := make([]string, len(coaching.LinkPurposes))
	for i, p := range coaching.LinkPurposes {
		purposes[i] = p.Name()
	}
	return map[string][]string{
		"engagements.status": texts(coaching.EngagementStatuses), "events.actor_kind": texts(coaching.ActorKinds), "inbound_mails.state": texts(coaching.InboundMailStates),
		"invitations.status": texts(coaching.InvitationStatuses), "items.kind": texts(coaching.ItemKinds), "items.next_step": texts(coaching.StepKinds), "items.status": texts(coaching.ItemStatuses), "links.purpose": purposes,
		"item_sessions.state": texts(coaching.BookedStates), "session_acts.kind": texts(coaching.SessionActKinds), "session_ratings.readers": texts(coaching.AllRatingReaders), "session_ratings.role": texts(coaching.RatingRoles), "notifications.state": texts(coaching.NotificationStates), "people.roles": texts(coaching.Roles), "people.state": texts(coaching.PersonStates),
		"system_addresses.direction": texts(coaching.Directions),
		"session_attendees.answer":   texts(coaching.Attendances[1:]), "session_answers.kind": texts(coaching.SessionAnswerKinds), "session_answers.state": texts(coaching.ProposalStates[1:]),
	}
}

func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, value := range values {
		out[i] = string(value)
	}
	return out
}

// A list of values in a CHECK is the list of constants in package coaching.
func TestCatalogue_StatesAreThoseOfTheProgram(t *testing.T) {
	t.Parallel()
	conn := connect(t, testkit.Database(t))
	checked := map[string][]string{}
	for _, line := range column(t, conn, `SELECT c.conrelid::regclass || '.' || a.attname || ' ' || pg_get_constraintdef(c.oid)
  FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
  WHERE c.contype = 'c' AND c.connamespace = 'public'::regnamespace AND pg_get_constraintdef(c.oid) LIKE '%ARRAY[%'`) {
		name, definition, _ := strings.Cut(line, " ")
		require.NotContains(t, checked, name)
		for _, value := range regexp.MustCompile(`'(\w+)'::text`).FindAllStringSubmatch(definition, -1) {
			checked[name] = append(checked[name], value[1])
		}
	}
	want := states()
	for name, values := range checked {
		require.ElementsMatch(t, want[name], values, "%s: its values have a type in package coaching, and are the same ones", name)
	}
	require.Len(t, checked, len(want))
}

// What the catalogue says holds when it is tried.
func TestLookupRole_CannotWrite(t *testing.T) {
	t.Parallel()
	url := testkit.Database(t)
	newOrg(t, openDB(t, url), "mine")
	conn := connect(t, url)
	_, err := conn.Exec(t.Context(), "SET ROLE coachflow_lookup")
	require.NoError(t, err)
	var n int
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT count(*) FROM people").Scan(&n))
	require.Equal(t, 1, n)
	for _, sql := range []string{
		"UPDATE people SET name = 'x'", "DELETE FROM people", "INSERT INTO blocked_addresses SELECT", "TRUNCATE people",
		"SELECT * FROM messages", "SELECT * FROM organizations",
	} {
		_, err := conn.Exec(t.Context(), sql)
		requireRefused(t, err, insufficientPrivilege)
	}
}

func TestAppRole_CannotBecomeAnother(t *testing.T) {
	t.Parallel()
	url := testkit.Database(t)
	conn := connect(t, url)
	_, err := conn.Exec(t.Context(), "SET SESSION AUTHORIZATION coachflow_app")
	require.NoError(t, err)
	for _, sql := range []string{
		"SET ROLE coachflow_lookup", "ALTER TABLE people NO FORCE ROW LEVEL SECURITY", "DROP POLICY organization ON people",
		"CREATE TABLE own (n int)", "CALL unveil('messages')",
	} {
		_, err := conn.Exec(t.Context(), sql)
		requireRefused(t, err, insufficientPrivilege)
	}
}
