-- +goose NO TRANSACTION
-- +goose Up

-- Finding a part of a text takes an index of its trigrams, beside the organization.
-- Both are Postgres's own and trusted: the owner of the database may make them.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- search_text is how words are searched for: in small letters, without accents.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION search_text(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT replace(replace(replace(translate(lower(regexp_replace(normalize(words, NFKD), '[\u0300-\u036f]', '', 'g')),
  'øłđðıħŧ', 'olddiht'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe') $$;
-- +goose StatementEnd

-- What a person is found by: the name, then the addresses. And whether nothing is
-- sent to the primary one.
ALTER TABLE people ADD COLUMN IF NOT EXISTS search text COLLATE "C" NOT NULL DEFAULT '', ADD COLUMN IF NOT EXISTS blocked boolean NOT NULL DEFAULT false;

-- What an engagement is found by: coachee, coach, name. When the first of its open
-- items is due; and how urgent it is, as coaching.Urgency has it.
ALTER TABLE engagements ADD COLUMN IF NOT EXISTS search text COLLATE "C" NOT NULL DEFAULT '',
  ADD COLUMN IF NOT EXISTS due_at timestamptz, ADD COLUMN IF NOT EXISTS urgency bigint NOT NULL DEFAULT 0;

-- What forms and program templates are found by: the name.
ALTER TABLE forms ADD COLUMN IF NOT EXISTS search text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE program_templates ADD COLUMN IF NOT EXISTS search text COLLATE "C" NOT NULL DEFAULT '';

-- Whether a client's message is the latest of its stream: the coach has not answered.
ALTER TABLE messages ADD COLUMN IF NOT EXISTS waits boolean NOT NULL DEFAULT false;

ALTER TABLE people NO FORCE ROW LEVEL SECURITY;
ALTER TABLE person_addresses NO FORCE ROW LEVEL SECURITY;
ALTER TABLE blocked_addresses NO FORCE ROW LEVEL SECURITY;
ALTER TABLE engagements NO FORCE ROW LEVEL SECURITY;
ALTER TABLE items NO FORCE ROW LEVEL SECURITY;
ALTER TABLE forms NO FORCE ROW LEVEL SECURITY;
ALTER TABLE program_templates NO FORCE ROW LEVEL SECURITY;
ALTER TABLE streams NO FORCE ROW LEVEL SECURITY;
ALTER TABLE messages NO FORCE ROW LEVEL SECURITY;
UPDATE people p SET
  search = search_text(p.name || ' ' || coalesce((SELECT string_agg(a.address, ' ' ORDER BY a.is_primary DESC, a.address) FROM person_addresses a
    WHERE a.org_id = p.org_id AND a.person_id = p.id), '')),
  blocked = EXISTS (SELECT FROM person_addresses a JOIN blocked_addresses b ON b.org_id = a.org_id AND b.address = a.address
    WHERE a.org_id = p.org_id AND a.person_id = p.id AND a.is_primary)
WHERE p.search = '';
UPDATE engagements e SET search = c.search || ' ' || coalesce((SELECT k.search FROM people k WHERE k.org_id = e.org_id AND k.id = e.coach_id), '') || ' ' || search_text(e.name)
FROM people c WHERE c.org_id = e.org_id AND c.id = e.coachee_id AND e.search = '';
UPDATE engagements e SET due_at = i.due_at, urgency = CASE WHEN least(i.due_at, i.next_at) IS NULL THEN 0
  ELSE greatest(7258118400 - extract(epoch FROM least(i.due_at, i.next_at))::bigint, 1) END
FROM (SELECT org_id, engagement_id, min(due_at) FILTER (WHERE status = 'open') AS due_at, min(next_at) AS next_at FROM items GROUP BY 1, 2) i
WHERE i.org_id = e.org_id AND i.engagement_id = e.id AND e.status = 'active';
UPDATE forms SET search = search_text(name) WHERE search = '';
UPDATE program_templates SET search = search_text(name) WHERE search = '';
UPDATE messages m SET waits = true FROM streams s, LATERAL (
  SELECT x.id, x.author_id FROM messages x WHERE x.org_id = s.org_id AND x.stream_id = s.id ORDER BY x.id DESC LIMIT 1) last
WHERE m.org_id = s.org_id AND m.id = last.id AND last.author_id = s.client_id AND NOT m.waits;
ALTER TABLE messages FORCE ROW LEVEL SECURITY;
ALTER TABLE streams FORCE ROW LEVEL SECURITY;
ALTER TABLE program_templates FORCE ROW LEVEL SECURITY;
ALTER TABLE forms FORCE ROW LEVEL SECURITY;
ALTER TABLE items FORCE ROW LEVEL SECURITY;
ALTER TABLE engagements FORCE ROW LEVEL SECURITY;
ALTER TABLE blocked_addresses FORCE ROW LEVEL SECURITY;
ALTER TABLE person_addresses FORCE ROW LEVEL SECURITY;
ALTER TABLE people FORCE ROW LEVEL SECURITY;

CALL drop_invalid_indexes();
SET lock_timeout = 0; -- waiting for a long transaction, these are in nobody's way

-- Searches: a part of the text, and its beginning, which is also the order by name.
CREATE INDEX CONCURRENTLY IF NOT EXISTS people_search ON people USING gin (org_id, search gin_trgm_ops);
CREATE INDEX CONCURRENTLY IF NOT EXISTS people_by_name ON people (org_id, search, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS engagements_search ON engagements USING gin (org_id, search gin_trgm_ops);
CREATE INDEX CONCURRENTLY IF NOT EXISTS engagements_by_name ON engagements (org_id, search, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS forms_by_name ON forms (org_id, search, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS program_templates_by_name ON program_templates (org_id, search, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS notifications_outside ON notifications (org_id, (address COLLATE "C")) WHERE person_id IS NULL;

-- Lists, the most urgent first: all, and those with a filter that few rows pass.
CREATE INDEX CONCURRENTLY IF NOT EXISTS people_urgent ON people (org_id, blocked, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS people_urgent_admins ON people (org_id, blocked, id) WHERE 'admin' = ANY (roles);
CREATE INDEX CONCURRENTLY IF NOT EXISTS people_urgent_coaches ON people (org_id, blocked, id) WHERE 'coach' = ANY (roles);
CREATE INDEX CONCURRENTLY IF NOT EXISTS people_urgent_coachees ON people (org_id, blocked, id) WHERE 'coachee' = ANY (roles);
CREATE INDEX CONCURRENTLY IF NOT EXISTS people_state ON people (org_id, state, blocked, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS engagements_urgent ON engagements (org_id, urgency, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS engagements_status ON engagements (org_id, status, urgency, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS engagements_due ON engagements (org_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS notifications_urgent ON notifications (org_id, (state IN ('held', 'bounced', 'failed')), id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS notifications_person ON notifications (org_id, person_id, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS notifications_held_of ON notifications (org_id, engagement_id) WHERE state = 'held';
CREATE INDEX CONCURRENTLY IF NOT EXISTS inbound_mails_urgent ON inbound_mails (org_id, (state = 'quarantined'), received_at, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS inbound_mails_of_address ON inbound_mails (org_id, system_address_id, received_at, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS messages_urgent ON messages (org_id, waits, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS messages_waiting ON messages (org_id, stream_id) WHERE waits;
DROP INDEX CONCURRENTLY IF EXISTS inbound_mails_address; -- in its place is inbound_mails_of_address
RESET lock_timeout;

-- Under row level security, Postgres looks for a part of a text only after it has read
-- every row of the organization: it cannot know that the comparison keeps rows to
-- itself. So the search itself is in functions, which see the transaction's
-- organization alone, and give ids.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION search_people(pattern text, most integer) RETURNS TABLE (id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off AS
$$ SELECT p.id FROM people p WHERE p.org_id = current_org() AND p.search LIKE pattern LIMIT most $$;
-- +goose StatementEnd
CALL reserve('search_people(text, integer)');
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION search_engagements(pattern text, most integer) RETURNS TABLE (id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off AS
$$ SELECT e.id FROM engagements e WHERE e.org_id = current_org() AND e.search LIKE pattern LIMIT most $$;
-- +goose StatementEnd
CALL reserve('search_engagements(text, integer)');

-- +goose Down
DROP FUNCTION search_engagements(text, integer);
DROP FUNCTION search_people(text, integer);
CREATE INDEX IF NOT EXISTS inbound_mails_address ON inbound_mails (org_id, system_address_id);
DROP INDEX IF EXISTS people_search, people_by_name, engagements_search, engagements_by_name, forms_by_name, program_templates_by_name, notifications_outside, people_urgent, people_urgent_admins, people_urgent_coaches, people_urgent_coachees, people_state, engagements_urgent, engagements_status,
  engagements_due, notifications_urgent, notifications_person, notifications_held_of, inbound_mails_urgent, inbound_mails_of_address, messages_urgent, messages_waiting;
ALTER TABLE messages DROP COLUMN IF EXISTS waits;
ALTER TABLE forms DROP COLUMN IF EXISTS search;
ALTER TABLE program_templates DROP COLUMN IF EXISTS search;
ALTER TABLE engagements DROP COLUMN IF EXISTS search, DROP COLUMN IF EXISTS due_at, DROP COLUMN IF EXISTS urgency;
ALTER TABLE people DROP COLUMN IF EXISTS search, DROP COLUMN IF EXISTS blocked;
DROP FUNCTION IF EXISTS search_text(text);
DROP EXTENSION IF EXISTS btree_gin, pg_trgm;
