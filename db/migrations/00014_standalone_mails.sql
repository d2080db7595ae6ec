-- +goose NO TRANSACTION
-- +goose Up

-- A mail that is not part of a long-running workflow says so itself, as the registry
-- of letters has it: the sweep need not know the kinds by their names.
ALTER TABLE notifications ADD COLUMN IF NOT EXISTS standalone boolean NOT NULL DEFAULT false;
ALTER TABLE notifications NO FORCE ROW LEVEL SECURITY;
UPDATE notifications SET standalone = true
  WHERE kind IN ('password_reset', 'password_changed', 'invitation_expired', 'held_too_long', 'contacts_for_coach', 'address_for_client') AND NOT standalone;
ALTER TABLE notifications FORCE ROW LEVEL SECURITY;

-- The index is made without keeping anybody from writing; what an earlier attempt did
-- not finish is made anew.
DROP INDEX CONCURRENTLY IF EXISTS notifications_standalone;
CREATE INDEX CONCURRENTLY notifications_standalone ON notifications (planned_at) WHERE state = 'planned' AND standalone;

-- Standalone mails that did not leave.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION sweep_notices(before timestamptz, most integer) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT n.org_id, n.id FROM notifications n
   WHERE n.state = 'planned' AND n.standalone AND n.planned_at < before ORDER BY n.planned_at LIMIT most $$;
-- +goose StatementEnd
CALL reserve('sweep_notices(timestamptz, integer)');

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION sweep_notices(before timestamptz, most integer) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT n.org_id, n.id FROM notifications n
   WHERE n.state = 'planned' AND n.kind IN ('password_reset', 'invitation_expired', 'held_too_long', 'contacts_for_coach', 'address_for_client', 'password_changed')
     AND n.planned_at < before ORDER BY n.planned_at LIMIT most $$;
-- +goose StatementEnd
DROP INDEX CONCURRENTLY IF EXISTS notifications_standalone;
ALTER TABLE notifications DROP COLUMN IF EXISTS standalone;
