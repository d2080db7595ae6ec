package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"coachflow/dev/testkit"
)

// The rows that lists are tried on: one organization of a size that can be set,
// beside a small one. What is rare stands where a walk in the order of the list
// would find it last.

// The kinds of rows that have ids of their own in the world of the lists.
const (
	ofOrganization = iota + 1
	ofPerson
	ofEngagement
	ofItem
	ofRecipient
	ofForm
	ofNotification
	ofStream
	ofAddress
	ofMailboxMail
	ofInboundMail
	ofMessage
	ofFile
	ofInvitation
	ofEvent
	ofAnswer
	ofKey
	ofTemplate
	ofUpload
	ofSession
	ofAttendee
	ofRating
)

// nth is the id of the nth row of a kind. They grow with n, as ids do.
func nth(kind, n int) uuid.UUID {
	return uuid.MustParse(fmt.Sprintf("%08x-0000-7000-8000-%012x", kind, n))
}

// listWorld is a database with many rows.
type listWorld struct {
	url   string
	scale int // engagements
	org   uuid.UUID
}

func (w listWorld) people() int        { return 2 * w.scale }
func (w listWorld) coaches() int       { return max(w.scale/50, 4) }
func (w listWorld) notifications() int { return 20 * w.scale }
func (w listWorld) messages() int      { return 50 * w.scale }
func (w listWorld) files() int         { return 5 * w.scale }

// coach is a coach with as many clients as most have; coachee one of the clients.
func (w listWorld) coach() uuid.UUID   { return nth(ofPerson, w.people()) }
func (w listWorld) coachee() uuid.UUID { return nth(ofPerson, w.coaches()) }

// longStream is a stream of a fifth of all messages, and busyEngagement an
// engagement with a hundredth of all mails.
func (w listWorld) longStream() uuid.UUID     { return nth(ofStream, w.coaches()) }
func (w listWorld) busyEngagement() uuid.UUID { return nth(ofEngagement, 1) }

// newListWorld fills a database of the test's own.
func newListWorld(t testing.TB, scale int) listWorld {
	t.Helper()
	w := listWorld{url: testkit.Database(t), scale: scale, org: nth(ofOrganization, 1)}
	conn, err := pgx.Connect(t.Context(), w.url)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(context.Background())) }()
	fill := strings.NewReplacer("$ENGAGEMENTS", fmt.Sprint(scale), "$PEOPLE", fmt.Sprint(w.people()), "$COACHES", fmt.Sprint(w.coaches()),
		"$NOTIFICATIONS", fmt.Sprint(w.notifications()), "$MESSAGES", fmt.Sprint(w.messages()), "$FILES", fmt.Sprint(w.files()))
	indexes := dropIndexes(t, conn)
	for _, sql := range slices.Concat(listRows, indexes, []string{"ANALYZE"}) {
		_, err := conn.Exec(t.Context(), fill.Replace(sql))
		require.NoError(t, err, sql)
	}
	return w
}

// dropIndexes takes the indexes away that belong to no constraint, and gives the
// statements that make them again: over rows that are there that takes a fraction of the
// time.
func dropIndexes(t testing.TB, conn *pgx.Conn) (again []string) {
	t.Helper()
	list, err := conn.Query(t.Context(), `SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid) ORDER BY 1`)
	require.NoError(t, err)
	var name, definition string
	var drop []string
	_, err = pgx.ForEachRow(list, []any{&name, &definition}, func() error {
		drop, again = append(drop, name), append(again, definition)
		return nil
	})
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), "DROP INDEX "+strings.Join(drop, ", "))
	require.NoError(t, err)
	return again
}

// listRows fill the tables. Foreign keys are not looked at meanwhile.
var listRows = []string{
	`SET session_replication_role = replica`,
	`SET synchronous_commit = off`,
	`SET maintenance_work_mem = '512MB'`,
	`CREATE FUNCTION pg_temp.nth(kind integer, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT (lpad(to_hex(kind), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$`,
	`CREATE FUNCTION pg_temp.org() RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT pg_temp.nth(1, 1) $$`,
	// The nth person's name: sixty first names by two hundred last ones; and address.
	`CREATE FUNCTION pg_temp.name(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT (ARRAY['Anna', 'Ben', 'Clara', 'David', 'Eva', 'Felix', 'Greta', 'Hans', 'Ines', 'Jörg', 'Katrin', 'Lukas', 'Marie', 'Niklas', 'Olga', 'Paul', 'Renée', 'Stefan', 'Tânia', 'Uwe',
  'Vera', 'Willem', 'Xavier', 'Yusuf', 'Zoë', 'Øystein', 'Łukasz', 'Chloé', 'Siobhán', 'Hannah'])[1 + n * 7919 % 30] || ' ' || (ARRAY['Müller', 'Weiß', 'O''Brien', 'Smith', 'Nowak', 'García', 'Jansen', 'Rossi', 'Dubois', 'Åberg'])[1 + n * 31 % 10]
  || (ARRAY['', 'mann', 'son', 'berg', 'stein', 'feld', 'hoff', 'bach', 'wald', 'tal', 'dorf', 'brook', 'ley', 'ton', 'ham', 'ford', 'wick', 'by', 'thorpe', 'er'])[1 + n / 7 % 20] $$`,
	`CREATE FUNCTION pg_temp.address(n bigint, a bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'person' || n || '-' || a || '@example.com' $$`,
	// When the nth of many rows was made: over the last year.
	`CREATE FUNCTION pg_temp.made(n bigint, many bigint) RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT now() - interval '365 days' * (1 - n::float / many) $$`,
	`INSERT INTO organizations (org_id, name, time_zone) SELECT pg_temp.nth(1, n), 'Organization ' || n, 'UTC' FROM generate_series(1, 2) n`,
	// The last ones are coaches, and the very last also admins.
	`INSERT INTO people (org_id, id, name, search, blocked, roles, state, time_zone)
SELECT pg_temp.org(), pg_temp.nth(2, n), pg_temp.name(n), search_text(pg_temp.name(n) || ' ' || pg_temp.address(n, 1) || CASE WHEN n % 10 = 0 THEN ' ' || pg_temp.address(n, 2) ELSE '' END), n % 50 = 1,
  CASE WHEN n > $PEOPLE - 2 THEN ARRAY['admin', 'coach'] WHEN n > $PEOPLE - $COACHES THEN ARRAY['coach'] ELSE ARRAY['coachee'] END,
  CASE WHEN n % 10 = 0 THEN 'internal' WHEN n BETWEEN 31 AND 33 THEN 'invited' ELSE 'active' END, 'UTC' FROM generate_series(1, $PEOPLE) n`,
	`INSERT INTO person_addresses (org_id, address, person_id, is_primary)
SELECT pg_temp.org(), pg_temp.address(n, a), pg_temp.nth(2, n), a = 1 FROM generate_series(1, $PEOPLE) n, generate_series(1, 1 + (n % 10 = 0)::integer) a`,
	`INSERT INTO blocked_addresses (org_id, address, reason, blocked_at)
SELECT pg_temp.org(), pg_temp.address(n, 1), 'bounced', pg_temp.made(n, $PEOPLE) FROM generate_series(1, $PEOPLE, 50) n`,
	`INSERT INTO forms (org_id, id, name, search) SELECT pg_temp.org(), pg_temp.nth(6, n), pg_temp.name(n) || '''s form ' || n, search_text(pg_temp.name(n) || '''s form ' || n) FROM generate_series(1, $ENGAGEMENTS / 10) n`,
	`INSERT INTO form_versions (org_id, form_id, version, definition) SELECT org_id, id, 1, '{"elements": [{"type": "text", "name": "a", "title": "A"}]}' FROM forms`,
	`INSERT INTO program_templates (org_id, id, name, search, items) SELECT pg_temp.org(), pg_temp.nth(18, n), 'Program ' || n, 'program ' || n, '[{"kind": "form", "title": "A"}, {"kind": "task", "title": "B"}]' FROM generate_series(1, $ENGAGEMENTS / 100) n`,
	`INSERT INTO engagements (org_id, id, name, coachee_id, coach_id, status, started_at, taken_up_at)
SELECT pg_temp.org(), pg_temp.nth(3, n), 'Coaching ' || n, pg_temp.nth(2, n), pg_temp.nth(2, $PEOPLE - n % $COACHES),
  CASE WHEN n % 5 = 0 THEN 'completed' WHEN n BETWEEN 11 AND 14 THEN 'draft' WHEN n BETWEEN 16 AND 19 THEN 'cancelled' WHEN n BETWEEN 21 AND 24 THEN 'paused' ELSE 'active' END, pg_temp.made(n, $ENGAGEMENTS), pg_temp.made(n, $ENGAGEMENTS) FROM generate_series(1, $ENGAGEMENTS) n`,
	`INSERT INTO items (org_id, id, engagement_id, position, kind, title, spec, form_id, form_version, status, zone, round, issued_at, due_at, next_step, next_at)
SELECT pg_temp.org(), pg_temp.nth(4, n), pg_temp.nth(3, 1 + (n - 1) / 10), n % 10, 'form', 'Item ' || n,
  jsonb_build_object('kind', 'form', 'title', 'Item ' || n, 'form_id', pg_temp.nth(6, 1), 'release', jsonb_build_object('rule', 'after_prior'), 'recipients', '[{"role": "coachee"}]'::jsonb),
  pg_temp.nth(6, 1), 1, CASE WHEN n % 10 < 6 THEN 'completed' WHEN n % 10 = 6 THEN 'open' ELSE 'waiting' END, 'UTC', 1, CASE WHEN n % 10 <= 6 THEN pg_temp.made(n, 10 * $ENGAGEMENTS) END,
  CASE WHEN n % 10 = 6 AND n / 10 % 2 = 0 THEN now() + interval '1 day' * (CASE WHEN n / 10 % 20 = 0 THEN -1 - n % 90 ELSE 1 + n % 30 END) END,
  CASE WHEN n % 10 = 6 AND n / 10 % 3 = 0 THEN 'reminder' ELSE '' END, CASE WHEN n % 10 = 6 AND n / 10 % 3 = 0 THEN now() + interval '1 hour' * (n / 10 % 500) END
FROM generate_series(1, 10 * $ENGAGEMENTS) n`,
	// What the statements that change programs keep with the engagement.
	`UPDATE engagements e SET search = c.search || ' ' || k.search || ' ' || search_text(e.name) FROM people c, people k
WHERE c.org_id = e.org_id AND c.id = e.coachee_id AND k.org_id = e.org_id AND k.id = e.coach_id`,
	`UPDATE engagements e SET due_at = i.due_at, urgency = 7258118400 - extract(epoch FROM least(i.due_at, i.next_at))::bigint
FROM items i WHERE i.org_id = e.org_id AND i.engagement_id = e.id AND i.status = 'open' AND coalesce(i.due_at, i.next_at) IS NOT NULL AND e.status = 'active'`,
	`INSERT INTO item_recipients (org_id, id, item_id, person_id, required)
SELECT pg_temp.org(), pg_temp.nth(5, n), pg_temp.nth(4, n), pg_temp.nth(2, 1 + (n - 1) / 10), true FROM generate_series(1, 10 * $ENGAGEMENTS) n`,
	`INSERT INTO answers (org_id, id, recipient_id, round, form_id, form_version, answer, saved_at, submitted_at, taken_up_at)
SELECT pg_temp.org(), pg_temp.nth(16, n), pg_temp.nth(5, n), 1, pg_temp.nth(6, 1), 1, '{"a": "An answer"}', pg_temp.made(n, 10 * $ENGAGEMENTS), pg_temp.made(n, 10 * $ENGAGEMENTS), pg_temp.made(n, 10 * $ENGAGEMENTS)
FROM generate_series(1, 10 * $ENGAGEMENTS, 2) n`,
	// The first item was sent to fifty more, who have all answered.
	`INSERT INTO item_recipients (org_id, id, item_id, email, required)
SELECT pg_temp.org(), pg_temp.nth(5, 10 * $ENGAGEMENTS + n), pg_temp.nth(4, 1), 'peer' || n || '@example.com', true FROM generate_series(1, 50) n`,
	`INSERT INTO answers (org_id, id, recipient_id, round, form_id, form_version, answer, saved_at, submitted_at, taken_up_at)
SELECT pg_temp.org(), pg_temp.nth(16, 10 * $ENGAGEMENTS + n), pg_temp.nth(5, 10 * $ENGAGEMENTS + n), 1, pg_temp.nth(6, 1), 1, '{"a": "An answer"}', now(), now(), now() FROM generate_series(1, 50) n`,
	// Nearly all mails were delivered. What is planned and held, and the few that
	// failed, are the newest; every hundredth belongs to the first engagement.
	`INSERT INTO notifications (org_id, id, engagement_id, item_id, recipient_id, kind, step, key, person_id, address, recipient_name, reason, state, planned_at, sent_at, outcome_at, subject, html, body)
SELECT pg_temp.org(), pg_temp.nth(7, n), pg_temp.nth(3, CASE WHEN n % 100 = 0 THEN 1 ELSE 1 + (n - 1) / 20 END), pg_temp.nth(4, 1 + (n - 1) / 2), pg_temp.nth(5, 1 + (n - 1) / 2),
  CASE WHEN n % 20 = 0 THEN 'form_escalation' ELSE 'form_request' END, 'request', 'key/' || n,
  CASE WHEN n % 20 = 0 THEN pg_temp.nth(2, $PEOPLE) WHEN n % 40 <> 3 THEN pg_temp.nth(2, 1 + (n - 1) / 20) END, CASE WHEN n % 40 = 3 THEN 'peer' || n || '@elsewhere.test' ELSE pg_temp.address(1 + (n - 1) / 20, 1) END,
  CASE WHEN n % 40 = 3 THEN 'A peer' ELSE pg_temp.name(1 + (n - 1) / 20) END, 'it is in the program',
  CASE WHEN n > $NOTIFICATIONS - 4 THEN 'failed' WHEN n > $NOTIFICATIONS - 8 THEN 'suppressed' WHEN n > $NOTIFICATIONS - 12 THEN 'sending' WHEN n > $NOTIFICATIONS - 16 THEN 'bounced'
    WHEN n > $NOTIFICATIONS * 0.98 THEN 'planned' WHEN n > $NOTIFICATIONS * 0.975 THEN 'held' WHEN n % 1000 = 7 THEN 'cancelled' WHEN n % 1000 = 8 THEN 'dropped' WHEN n % 1000 = 9 THEN 'sent' ELSE 'delivered' END,
  pg_temp.made(n, ($NOTIFICATIONS * 0.98)::bigint), pg_temp.made(n, $NOTIFICATIONS), pg_temp.made(n, $NOTIFICATIONS), 'A form for you', repeat(md5(n::text), 20), repeat(md5(n::text), 6)
FROM generate_series(1, $NOTIFICATIONS) n`,
	`INSERT INTO streams (org_id, id, coach_id, client_id)
SELECT pg_temp.org(), pg_temp.nth(8, n), pg_temp.nth(2, $PEOPLE - n % $COACHES), pg_temp.nth(2, n) FROM generate_series(1, $ENGAGEMENTS) n`,
	// The first half was replaced by the second.
	`INSERT INTO system_addresses (org_id, id, stream_id, direction, local_part, retired_at)
SELECT pg_temp.org(), pg_temp.nth(9, n), pg_temp.nth(8, 1 + (n - 1) / 2 % $ENGAGEMENTS), CASE WHEN n % 2 = 0 THEN 'to_client' ELSE 'to_coach' END, lpad('a' || n, 24, 'a'),
  CASE WHEN n <= 2 * $ENGAGEMENTS THEN now() END FROM generate_series(1, 4 * $ENGAGEMENTS) n`,
	// The contacts that are about to leave are among the newest mails.
	`UPDATE notifications SET kind = 'contacts_for_coach', about_ids = ARRAY[pg_temp.nth(8, $COACHES)], person_id = pg_temp.nth(2, $PEOPLE)
WHERE org_id = pg_temp.org() AND id > pg_temp.nth(7, $NOTIFICATIONS - 40) AND state = 'planned'`,
	`INSERT INTO mailbox_mails (id, mailbox, uidvalidity, uid, size, raw_key, received_at)
SELECT pg_temp.nth(10, n), 'inbound', 1, n, 1000, 'mail/' || n, pg_temp.made(n, $MESSAGES) FROM generate_series(1, $MESSAGES) n`,
	// The oldest ones were never settled or are in quarantine; the list begins with the newest.
	`INSERT INTO inbound_mails (org_id, id, mailbox_mail_id, system_address_id, raw_key, state, received_at, subject)
SELECT pg_temp.org(), pg_temp.nth(11, n), pg_temp.nth(10, n), pg_temp.nth(9, 2 * $ENGAGEMENTS + 1 + (n - 1) % (2 * $ENGAGEMENTS)), 'mail/' || n,
  CASE WHEN n < 4 THEN 'received' WHEN n < 8 THEN 'quarantined' WHEN n < 12 THEN 'discarded' WHEN n < 16 THEN 'duplicate' WHEN n % 50 = 0 THEN 'filed' WHEN n % 50 = 1 THEN 'ignored' ELSE 'posted' END,
  pg_temp.made(n, $MESSAGES), 'Hello' FROM generate_series(1, $MESSAGES) n`,
	// Every fifth message belongs to one stream.
	`INSERT INTO messages (org_id, id, stream_id, author_id, inbound_mail_id, subject, body, posted_at, waits)
SELECT pg_temp.org(), pg_temp.nth(12, n), pg_temp.nth(8, CASE WHEN n % 5 = 0 THEN $COACHES ELSE 1 + (n - 1) / 50 END), pg_temp.nth(2, CASE WHEN n % 5 = 0 THEN $PEOPLE ELSE 1 + (n - 1) / 50 END),
  pg_temp.nth(11, n), 'Hello', repeat(md5(n::text), 6), pg_temp.made(n, $MESSAGES), n % 50 = 49 AND n / 50 % 20 = 0 FROM generate_series(1, $MESSAGES) n`,
	`INSERT INTO files (org_id, id, client_id, message_id, stream_id, uploaded_by, name, content_type, size, blob_key, inline, created_at)
SELECT pg_temp.org(), pg_temp.nth(13, n), pg_temp.nth(2, CASE WHEN n % 5 = 0 THEN $COACHES ELSE 1 + (n - 1) / 50 END), pg_temp.nth(12, n), pg_temp.nth(8, CASE WHEN n % 5 = 0 THEN $COACHES ELSE 1 + (n - 1) / 50 END), pg_temp.nth(2, $PEOPLE), 'File ' || n, 'text/plain', 10, 'file/' || n,
  n % 10 = 3, pg_temp.made(n, $MESSAGES) FROM generate_series(1, $FILES) n`,
	`INSERT INTO files (org_id, id, uploaded_by, name, search, content_type, size, blob_key, created_at)
SELECT pg_temp.org(), pg_temp.nth(19, n), pg_temp.nth(2, CASE WHEN n % 2 = 0 THEN $COACHES ELSE $PEOPLE END), 'Upload ' || n || '.pdf', 'upload ' || n || '.pdf', 'application/pdf', 10, 'file/u' || n,
  pg_temp.made(n, $ENGAGEMENTS) FROM generate_series(1, $ENGAGEMENTS / 10) n`,
	`INSERT INTO file_views (org_id, file_id, person_id, first_at, last_at)
SELECT pg_temp.org(), pg_temp.nth(13, n), pg_temp.nth(2, 1 + (n - 1) / 50), now(), now() FROM generate_series(1, $FILES, 2) n`,
	`INSERT INTO invitations (org_id, id, person_id, status, invited_by, invited_at, send_at, expires_at, ended_at)
SELECT pg_temp.org(), pg_temp.nth(14, n), pg_temp.nth(2, n), s.status, pg_temp.nth(2, $PEOPLE), pg_temp.made(n, $PEOPLE), pg_temp.made(n, $PEOPLE), now() + interval '1 day', CASE WHEN s.status <> 'open' THEN now() END
FROM generate_series(1, $PEOPLE) n, LATERAL (SELECT CASE WHEN n > $PEOPLE - 3 THEN 'withdrawn' WHEN n > $PEOPLE - 6 THEN 'expired' WHEN n > $PEOPLE - 9 THEN 'replaced' WHEN n > $PEOPLE - 20 THEN 'open' ELSE 'accepted' END AS status) s`,
	`INSERT INTO events (org_id, id, engagement_id, at, kind, actor_kind, actor_id, item_id, key)
SELECT pg_temp.org(), pg_temp.nth(15, n), pg_temp.nth(3, 1 + (n - 1) / 10), pg_temp.made(n, 10 * $ENGAGEMENTS), 'item_sent', 'person', pg_temp.nth(2, $PEOPLE), pg_temp.nth(4, n), 'key/' || n
FROM generate_series(1, 10 * $ENGAGEMENTS) n`,
	// Four sessions an engagement, over a year around now; those that are over were held and rated.
	`INSERT INTO item_sessions (org_id, id, item_id, engagement_id, state, uid, organizer, calendar, starts_at, minutes, zone, created_at)
SELECT pg_temp.org(), pg_temp.nth(20, n), pg_temp.nth(4, 1 + (n - 1) / 4 * 10 + (n - 1) % 4), pg_temp.nth(3, 1 + (n - 1) / 4), CASE WHEN n % 10 = 9 THEN 'cancelled' WHEN n % 361 < 180 THEN 'held' ELSE 'scheduled' END,
  'uid' || n, lpad('s' || n, 24, 's'), '{}', now() + interval '1 day' * (n % 361 - 180) + interval '3 hours', 60, 'UTC', now() FROM generate_series(1, 4 * $ENGAGEMENTS) n`,
	`INSERT INTO session_attendees (org_id, id, session_id, recipient_id, invited_at)
SELECT pg_temp.org(), pg_temp.nth(21, n), pg_temp.nth(20, n), pg_temp.nth(5, 1 + (n - 1) / 4 * 10 + (n - 1) % 4), now() FROM generate_series(1, 4 * $ENGAGEMENTS) n`,
	`INSERT INTO session_ratings (org_id, id, engagement_id, session_id, person_id, role, coach_id, question, low, high, readers, asked_at, closes_at, score, answered_at)
SELECT s.org_id, pg_temp.nth(22, n), s.engagement_id, s.id, CASE WHEN n % 2 = 0 THEN e.coachee_id ELSE e.coach_id END, CASE WHEN n % 2 = 0 THEN 'coachee' ELSE 'coach' END, e.coach_id, 'Useful?', 'no', 'yes', 'everyone', now(), now(), 1 + n % 5, now()
FROM generate_series(1, 8 * $ENGAGEMENTS) n JOIN item_sessions s ON s.id = pg_temp.nth(20, 1 + (n - 1) / 2) JOIN engagements e ON e.org_id = s.org_id AND e.id = s.engagement_id WHERE s.state = 'held'`,
	`INSERT INTO api_keys (org_id, id, name, key_hash, person_id) SELECT pg_temp.org(), pg_temp.nth(17, n), 'Key ' || n, decode(md5(n::text), 'hex'), pg_temp.nth(2, $PEOPLE) FROM generate_series(1, 20) n`,
	`SET session_replication_role = origin`,
}
