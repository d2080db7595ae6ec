package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx", for goose
	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/dev"
	"coachflow/workflows"
)

// TestUpgrade_FromTheVersionBefore opens a data directory of the version before, in
// which something of each kind is under way, and holds that all of it goes on and
// nothing is sent twice.
//
// Its workflows are not there: no old program runs in a test. So each process is
// started from its rows alone, which is more than an update asks for; that the old
// workflows go on is held by the histories in workflows/testdata.
func TestUpgrade_FromTheVersionBefore(t *testing.T) {
	dir, port := systemDir(t), freeBlock(t)
	leaveBefore(t, dir, port)
	s, o := startSystem(t, devOptions{Data: dir, Port: port, Fast: true})
	u := &upgraded{outside: o, s: s, rows: connectRows(t, o.DatabaseURL)}
	u.organization = uuid.MustParse(u.ask("SELECT org_id::text FROM organizations"))
	u.startWhatNoSweepStarts()

	u.waiting()
	for _, step := range []struct {
		name string
		do   func(*upgraded)
	}{
		{"open form and its reminder", (*upgraded).openForm}, {"paused program", (*upgraded).paused}, {"answer that was saved", (*upgraded).saved},
		{"sends by hand", (*upgraded).byHand}, {"invitation", (*upgraded).invitation}, {"quarantined mail", (*upgraded).quarantined}, {"held task", (*upgraded).heldTask},
	} {
		t.Run(step.name, func(t *testing.T) { step.do(u.in(t)) })
	}
	u.eachLeftOnce()
}

// beforeDir holds what the version before left. before.sql says how it was made.
const beforeDir = "testdata/upgrade"

// leaveBefore fills a data directory as the version before would have a minute ago.
func leaveBefore(t *testing.T, dir string, port int) {
	t.Helper()
	ports, err := dev.Block(port)
	require.NoError(t, err)
	postgres, err := dev.StartPostgres(t.Context(), dev.PostgresConfig{Dir: dir, Port: ports.Postgres, Fast: true, Progress: progress})
	require.NoError(t, err)
	migrateTo(t, postgres.URL(), 9)
	rows := connectRows(t, postgres.URL())
	loadBefore(t, rows)
	key := writeSecrets(t, dir)
	_, err = rows.Exec(t.Context(), `INSERT INTO api_keys (org_id, id, name, key_hash, person_id) SELECT org_id, gen_random_uuid(), 'dev.json', $1, id FROM people WHERE name = 'Ada Admin'`, app.KeyHash(key))
	require.NoError(t, err)
	// The reminder of the open form is due in a moment.
	_, err = rows.Exec(t.Context(), "UPDATE notifications SET planned_at = now() + interval '10 seconds' WHERE step = 'reminder-1' AND address IN ('mia@up.example', 'ina@up.example')")
	require.NoError(t, err)
	var blob string
	require.NoError(t, rows.QueryRow(t.Context(), "SELECT raw_key FROM inbound_mails WHERE state = 'quarantined'").Scan(&blob))
	raw, err := os.ReadFile(filepath.Join(beforeDir, "quarantined.eml"))
	require.NoError(t, err)
	path := filepath.Join(dir, "blobs", filepath.FromSlash(blob))
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, raw, 0o600))
	require.NoError(t, rows.Close(t.Context()))
	require.NoError(t, postgres.Stop(t.Context()))
}

func migrateTo(t *testing.T, url string, version int64) {
	t.Helper()
	conn, err := sql.Open("pgx", url)
	require.NoError(t, err)
	provider, err := goose.NewProvider(goose.DialectPostgres, conn, os.DirFS("db/migrations"))
	require.NoError(t, err)
	_, err = provider.UpTo(t.Context(), version)
	require.NoError(t, err)
	require.NoError(t, conn.Close())
}

func connectRows(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	rows, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = rows.Close(context.Background()) }) // it is closed already where the server went first
	return rows
}

// loadBefore loads the rows, and moves every moment in them, so that they were left
// a minute ago.
func loadBefore(t *testing.T, rows *pgx.Conn) {
	t.Helper()
	dump, err := os.ReadFile(filepath.Join(beforeDir, "before.sql"))
	require.NoError(t, err)
	_, when, _ := strings.Cut(string(dump), "-- Taken at ")
	taken, err := time.Parse(time.RFC3339, strings.TrimSpace(when[:strings.Index(when, "\n")]))
	require.NoError(t, err)
	micros := time.Since(taken).Microseconds() - time.Minute.Microseconds()
	for _, sql := range []string{
		"SET session_replication_role = replica", // the rows come in the order of the tables
		string(dump),
		fmt.Sprintf(`DO $$
		DECLARE c record;
		BEGIN
		  FOR c IN SELECT table_name, string_agg(format('%%1$I = %%1$I + %[1]d * interval ''1 microsecond''', column_name), ', ') AS moves
		    FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'timestamp with time zone' GROUP BY table_name
		  LOOP EXECUTE format('UPDATE %%I SET %%s', c.table_name, c.moves); END LOOP;
		END $$`, micros),
		// A send by hand bears its moment in its name.
		fmt.Sprintf(`UPDATE notifications SET step = moved, key = replace(key, step, moved) FROM
		(SELECT id AS row, 'resend-' || split_part(step, '-', 2) || '-' || (split_part(step, '-', 3)::bigint + %d) AS moved FROM notifications WHERE step LIKE 'resend-%%') m WHERE id = row`, micros),
		"RESET session_replication_role",
	} {
		_, err := rows.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
}

// writeSecrets makes the secrets of a data directory, and returns the API's.
func writeSecrets(t *testing.T, dir string) (apiKey string) {
	t.Helper()
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails: crypto/rand ends the program first
	made := devSecrets{LinkKeys: "1:" + base64.StdEncoding.EncodeToString(key), Password: app.NewSecret(""), IMAP: app.NewSecret(""), APIKey: app.NewSecret("cfk_")}
	data, err := json.Marshal(made)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "secrets.json"), data, 0o600))
	return made.APIKey
}

// upgraded is a system that has opened the rows of the version before.
type upgraded struct {
	*outside
	s            *devStack
	rows         *pgx.Conn
	organization uuid.UUID
}

func (u *upgraded) in(t testing.TB) *upgraded {
	inner := *u
	inner.outside = u.outside.in(t)
	return &inner
}

// ask asks the rows for one text.
func (u *upgraded) ask(sql string, args ...any) (answer string) {
	u.Helper()
	require.NoError(u, u.rows.QueryRow(u.Context(), sql, args...).Scan(&answer), sql)
	return answer
}

// engagement is the id of a person's engagement.
func (u *upgraded) engagement(name string) string {
	u.Helper()
	return u.ask("SELECT id::text FROM engagements WHERE name = $1", name+" program")
}

// item is an item by its title, as the rows have it.
func (u *upgraded) status(title string) string {
	u.Helper()
	return u.ask("SELECT status FROM items WHERE title = $1", title)
}

// came lists the subjects of the mails to an address, from the first on.
func (u *upgraded) came(to string) (subjects []string) {
	u.Helper()
	for _, m := range u.mails(to, "") {
		require.Zero(u, m.Duplicates, "%s to %s was handed over twice", m.Subject, to)
		subjects = append(subjects, m.Subject)
	}
	return subjects
}

// link is the link in a mail that the version before sent. Its token is signed by keys
// of this data directory, as it was then.
func (u *upgraded) link(purpose coaching.LinkPurpose, person string) string {
	u.Helper()
	id := u.ask("SELECT l.id::text FROM links l JOIN people p ON p.id = l.person_id WHERE p.name = $1 AND l.purpose = $2 ORDER BY l.created_at DESC LIMIT 1", person, purpose.Name())
	return u.Web + "/l/" + u.s.parts.domain.Outbox.Links.Sign(coaching.LinkRef{Purpose: purpose, Org: u.organization, ID: uuid.MustParse(id)})
}

// answers fills out a form.
func (u *upgraded) answers(link string) {
	u.Helper()
	page, err := u.fill(link, map[string]string{"a": "An answer."})
	require.NoError(u, err)
	require.Equal(u, http.StatusOK, page.Status, "%s", page.Body)
}

// choosesPassword makes the account of somebody who was invited.
func (u *upgraded) choosesPassword(link string) {
	u.Helper()
	values := url.Values{"password": {"quiet green river 7"}, "again": {"quiet green river 7"}}
	page, err := u.do(http.MethodPost, link, strings.NewReader(values.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
	require.NoError(u, err)
	require.Equal(u, http.StatusOK, page.Status, "%s", page.Body)
	require.Contains(u, string(page.Body), "Your account is ready")
}

// startWhatNoSweepStarts starts what the sweep takes to be running: in an update, it is.
func (u *upgraded) startWhatNoSweepStarts() {
	u.Helper()
	person := uuid.MustParse(u.ask("SELECT id::text FROM people WHERE name = 'Ina Invited'"))
	mail := uuid.MustParse(u.ask("SELECT id::text FROM inbound_mails WHERE state = 'quarantined'"))
	for _, start := range []workflows.Start{workflows.StartInvitation(workflows.InvitationInput{Org: u.organization, Person: person}),
		workflows.StartInboundMail(workflows.InboundMailInput{Org: u.organization, ID: mail})} {
		require.NoError(u, start.By(u.Context(), u.s.parts.temporal))
	}
}

// waiting holds that every program has its workflow, and what each waits for is known.
func (u *upgraded) waiting() {
	u.Helper()
	const unread = "SELECT count(*)::text FROM engagements WHERE status IN ('active', 'paused') AND taken_up_at IS NULL"
	u.eventually(3*time.Minute, "the sweep has started every program", func() bool { return u.ask(unread) == "0" })
	steps := map[string]string{}
	for _, title := range []string{"Mid three", "Mid four", "Pause one", "Held one", "Delay two", "Resend one", "Resend two"} {
		steps[title] = u.ask("SELECT next_step || CASE WHEN next_at > now() + interval '50 minutes' THEN ' later' ELSE '' END FROM items WHERE title = $1", title)
	}
	require.Equal(u, map[string]string{"Mid three": "", "Mid four": "", "Pause one": "", "Held one": "escalation later", "Delay two": "issue later",
		"Resend one": "resend later", "Resend two": "issue later"}, steps)
}

func (u *upgraded) openForm() {
	reminder := u.waitMail("mia@up.example", "Reminder: Mid two")
	u.answers(reminder.link())
	u.waitMail("mia@up.example", "Mid three:")
	require.Equal(u, "completed", u.status("Mid two"))
	require.Equal(u, "0", u.ask("SELECT count(*)::text FROM notifications n JOIN items i ON i.id = n.item_id WHERE i.title = 'Mid two' AND n.state IN ('planned', 'sending')"))
}

func (u *upgraded) paused() {
	require.Empty(u, u.came("paul@up.example"))
	post[thing](u.outside, "/engagements/"+u.engagement("Paul Pause")+"/resume", nil)
	require.Equal(u, "reminder", u.ask("SELECT next_step FROM items WHERE title = 'Pause one'"))
	u.answers(u.link(coaching.FormLink, "Paul Pause"))
	u.waitMail("paul@up.example", "Pause two:")
}

// saved needs the sweep: nobody else tells of an answer of then.
func (u *upgraded) saved() {
	u.eventually(3*time.Minute, "the answer is taken up", func() bool { return u.status("Saved one") == "completed" })
	u.waitMail("sam@up.example", "Saved two:")
}

func (u *upgraded) byHand() {
	for _, title := range []string{"Resend one", "Resend two"} {
		post[itemOf](u.outside, "/items/"+u.ask("SELECT id::text FROM items WHERE title = $1", title)+"/take-back", nil)
	}
	require.Equal(u, "open", u.status("Resend one"))
	require.Equal(u, "waiting", u.status("Resend two"))
	require.Equal(u, "cancelled", u.ask("SELECT state FROM notifications WHERE step LIKE 'resend-%'"))
}

func (u *upgraded) invitation() {
	reminder := u.waitMail("ina@up.example", "")
	require.Equal(u, u.link(coaching.InvitationLink, "Ina Invited"), reminder.link(), "the link of then still works")
	u.choosesPassword(reminder.link())
	require.Equal(u, "accepted", u.ask("SELECT status FROM invitations"))
	require.Equal(u, "active", u.ask("SELECT state FROM people WHERE name = 'Ina Invited'"))
}

func (u *upgraded) quarantined() {
	mail := u.ask("SELECT id::text FROM inbound_mails WHERE subject = 'Forged'")
	require.Equal(u, "posted", post[thing](u.outside, "/inbound-mails/"+mail+"/release", nil).State)
	u.waitMail(u.ClientEmail, "Forged")
	require.Equal(u, "Believe me", get[struct {
		Items []messageOf `json:"items"`
	}](u.outside, "/streams/"+u.demoStream()+"/messages").Items[1].Text)
}

func (u *upgraded) heldTask() {
	require.Empty(u, u.came("hanna@up.example"))
	ask[thing](u.outside, http.MethodPut, "/organization", map[string]any{"name": "Northwind Coaching", "time_zone": "Europe/Berlin", "undo_seconds": 0})
	post[thing](u.outside, "/invitations", map[string]any{"person_id": u.ask("SELECT id::text FROM people WHERE name = 'Hanna Held'")})
	u.choosesPassword(u.waitMail("hanna@up.example", "").link())
	u.waitMail("hanna@up.example", "Held one:")
	require.Equal(u, "reminder", u.ask("SELECT next_step FROM items WHERE title = 'Held one'"))
}

// eachLeftOnce holds that nothing left but what these acts led to, and each once; of
// what was sent by the version before, nothing is among them.
func (u *upgraded) eachLeftOnce() {
	u.Helper()
	const late = "SELECT count(*)::text FROM notifications WHERE state = 'sending' OR (state = 'planned' AND planned_at < now())"
	u.eventually(time.Minute, "nothing is under way", func() bool { return u.ask(late) == "0" })
	all, err := u.fetchMails(url.Values{})
	require.NoError(u, err)
	var left []string
	for _, m := range all {
		require.Zero(u, m.Duplicates, "%s", m.Subject)
		left = append(left, strings.Join(m.EnvelopeTo, " ")+" "+m.Subject)
	}
	slices.Sort(left)
	require.Equal(u, []string{
		u.ClientEmail + " Forged",
		"hanna@up.example Held one: a task for you",
		"hanna@up.example Your account with Northwind Coaching",
		"ina@up.example Reminder: your account with Northwind Coaching",
		"mia@up.example Mid three: a form to fill out",
		"mia@up.example Reminder: Mid two is waiting for you",
		"paul@up.example Pause two: a form to fill out",
		"sam@up.example Saved two: a form to fill out",
	}, left)
}
