-- +goose NO TRANSACTION
-- +goose Up

CALL drop_invalid_indexes();
SET lock_timeout = 0; -- waiting for a long transaction, these are in nobody's way

-- Engagements that no workflow has read since their rows were changed beside it. Those
-- that have ended are among them: an engagement can be ended though its workflow does not
-- answer, which then is told to end, too.
CREATE INDEX CONCURRENTLY IF NOT EXISTS engagements_unread ON engagements (started_at) WHERE started_at IS NOT NULL AND taken_up_at IS NULL;
DROP INDEX CONCURRENTLY IF EXISTS engagements_not_taken_up;

-- What a workflow must run for, in the order in which it is looked through.
CREATE INDEX CONCURRENTLY IF NOT EXISTS engagements_running ON engagements (id) WHERE status IN ('active', 'paused');
CREATE INDEX CONCURRENTLY IF NOT EXISTS invitations_running ON invitations (id) WHERE status = 'open';
CREATE INDEX CONCURRENTLY IF NOT EXISTS inbound_mails_quarantined ON inbound_mails (id) WHERE state = 'quarantined';
RESET lock_timeout;

-- A link works for as long as the address that it was mailed to is its reader's. Links
-- of before went to the address that the person has now, as far as anybody knows.
ALTER TABLE links NO FORCE ROW LEVEL SECURITY;
ALTER TABLE person_addresses NO FORCE ROW LEVEL SECURITY;
UPDATE links l SET email = a.address FROM person_addresses a
  WHERE a.org_id = l.org_id AND a.person_id = l.person_id AND a.is_primary AND l.email IS NULL;
ALTER TABLE person_addresses FORCE ROW LEVEL SECURITY;
ALTER TABLE links FORCE ROW LEVEL SECURITY;

-- Engagements that no workflow has read.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION sweep_programs(before timestamptz, most integer) RETURNS TABLE (org_id uuid, engagement_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT e.org_id, e.id FROM engagements e
   WHERE e.started_at < before AND e.taken_up_at IS NULL ORDER BY e.started_at LIMIT most $$;
-- +goose StatementEnd

-- Of them, those that have ended.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION sweep_unread_ends(before timestamptz, most integer) RETURNS TABLE (org_id uuid, engagement_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT e.org_id, e.id FROM engagements e
   WHERE e.started_at IS NOT NULL AND e.taken_up_at IS NULL AND e.status IN ('completed', 'cancelled') AND e.ended_at < before
   ORDER BY e.ended_at LIMIT most $$;
-- +goose StatementEnd
CALL reserve('sweep_unread_ends(timestamptz, integer)');

-- Programs, invitations and quarantined mails that a workflow must run for, from one of
-- them on. What no workflow has read yet is not among them: it is told in any case. The
-- workflow of a quarantined mail waits for 90 days, and one that is about to end is left
-- alone.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION sweep_running_programs(after uuid, most integer) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT e.org_id, e.id FROM engagements e
   WHERE e.status IN ('active', 'paused') AND e.taken_up_at IS NOT NULL AND e.id > after
   ORDER BY e.id LIMIT most $$;
-- +goose StatementEnd
CALL reserve('sweep_running_programs(uuid, integer)');

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION sweep_running_invitations(after uuid, most integer) RETURNS TABLE (org_id uuid, id uuid, person_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT i.org_id, i.id, i.person_id FROM invitations i
   WHERE i.status = 'open' AND i.taken_up_at IS NOT NULL AND i.id > after
   ORDER BY i.id LIMIT most $$;
-- +goose StatementEnd
CALL reserve('sweep_running_invitations(uuid, integer)');

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION sweep_running_mails(after uuid, most integer) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT m.org_id, m.id FROM inbound_mails m
   WHERE m.state = 'quarantined' AND m.received_at > now() - interval '89 days' AND m.id > after
   ORDER BY m.id LIMIT most $$;
-- +goose StatementEnd
CALL reserve('sweep_running_mails(uuid, integer)');

-- Mails that should have left by now and are sent neither by a program nor by an
-- invitation. Those that do not stand alone are the letters of received mails.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION sweep_running_sends(before timestamptz, most integer) RETURNS TABLE (org_id uuid, id uuid, standalone boolean, key text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT n.org_id, n.id, n.standalone, n.key FROM notifications n
   WHERE n.state IN ('planned', 'sending') AND n.planned_at < before AND n.item_id IS NULL AND (n.standalone OR n.invitation_id IS NULL)
   ORDER BY n.planned_at LIMIT most $$;
-- +goose StatementEnd
CALL reserve('sweep_running_sends(timestamptz, integer)');

-- +goose Down
DROP FUNCTION sweep_running_sends(timestamptz, integer);
DROP FUNCTION sweep_running_mails(uuid, integer);
DROP FUNCTION sweep_running_invitations(uuid, integer);
DROP FUNCTION sweep_running_programs(uuid, integer);
DROP FUNCTION sweep_unread_ends(timestamptz, integer);
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION sweep_programs(before timestamptz, most integer) RETURNS TABLE (org_id uuid, engagement_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT e.org_id, e.id FROM engagements e
   WHERE e.status IN ('active', 'paused') AND e.started_at < before AND e.taken_up_at IS NULL ORDER BY e.started_at LIMIT most $$;
-- +goose StatementEnd
DROP INDEX IF EXISTS inbound_mails_quarantined, invitations_running, engagements_running, engagements_unread;
CREATE INDEX IF NOT EXISTS engagements_not_taken_up ON engagements (started_at) WHERE status IN ('active', 'paused') AND taken_up_at IS NULL;
