-- +goose NO TRANSACTION
-- +goose Up

-- A quarantined mail is a row: its workflow has ended when it is put aside, and nothing
-- is looked for that would run for it.
DROP FUNCTION IF EXISTS sweep_running_mails(uuid, integer);
SET lock_timeout = 0; -- waiting for a long transaction, this is in nobody's way
DROP INDEX CONCURRENTLY IF EXISTS inbound_mails_quarantined;
RESET lock_timeout;

-- +goose Down
CREATE INDEX CONCURRENTLY IF NOT EXISTS inbound_mails_quarantined ON inbound_mails (id) WHERE state = 'quarantined';
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION sweep_running_mails(after uuid, most integer) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT m.org_id, m.id FROM inbound_mails m
   WHERE m.state = 'quarantined' AND m.received_at > now() - interval '89 days' AND m.id > after
   ORDER BY m.id LIMIT most $$;
-- +goose StatementEnd
CALL reserve('sweep_running_mails(uuid, integer)');
