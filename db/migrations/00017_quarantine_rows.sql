-- +goose NO TRANSACTION
-- +goose Up

-- A mail in quarantine is a row: its run has ended. Runs of the version before wait for
-- a decision; run_ended says of which mails it is known that no such run waits. Of mails
-- that were decided about, it has ended.
ALTER TABLE inbound_mails ADD COLUMN IF NOT EXISTS run_ended boolean NOT NULL DEFAULT false;
ALTER TABLE inbound_mails NO FORCE ROW LEVEL SECURITY;
UPDATE inbound_mails SET run_ended = true WHERE released_by IS NOT NULL AND state <> 'quarantined' AND NOT run_ended;
ALTER TABLE inbound_mails FORCE ROW LEVEL SECURITY;

-- The indexes are made without keeping anybody from writing; what an earlier attempt did
-- not finish is made anew.
DROP INDEX CONCURRENTLY IF EXISTS inbound_mails_run_waits;
CREATE INDEX CONCURRENTLY inbound_mails_run_waits ON inbound_mails (settled_at) WHERE NOT run_ended AND (state = 'quarantined' OR released_by IS NOT NULL);
DROP INDEX CONCURRENTLY IF EXISTS inbound_mails_let_through;
CREATE INDEX CONCURRENTLY inbound_mails_let_through ON inbound_mails (released_at) WHERE released_at IS NOT NULL AND state IN ('quarantined', 'ignored');

-- Mails whose run of the version before may still wait. Such a run lives for 90 days.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION sweep_waiting_mails(before timestamptz, most integer) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT m.org_id, m.id FROM inbound_mails m
   WHERE NOT m.run_ended AND (m.state = 'quarantined' OR m.released_by IS NOT NULL) AND m.settled_at < before AND m.settled_at > before - interval '91 days'
   ORDER BY m.settled_at LIMIT most $$;
-- +goose StatementEnd
CALL reserve('sweep_waiting_mails(timestamptz, integer)');

-- Mails that a person let through and that were not posted.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION sweep_let_through(before timestamptz, most integer) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT m.org_id, m.id FROM inbound_mails m
   WHERE m.released_at IS NOT NULL AND m.state IN ('quarantined', 'ignored') AND m.released_at < before ORDER BY m.released_at LIMIT most $$;
-- +goose StatementEnd
CALL reserve('sweep_let_through(timestamptz, integer)');

-- +goose Down
DROP FUNCTION sweep_let_through(timestamptz, integer);
DROP FUNCTION sweep_waiting_mails(timestamptz, integer);
DROP INDEX CONCURRENTLY IF EXISTS inbound_mails_let_through;
DROP INDEX CONCURRENTLY IF EXISTS inbound_mails_run_waits;
ALTER TABLE inbound_mails DROP COLUMN IF EXISTS run_ended;
