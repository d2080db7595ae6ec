-- +goose Up

-- Stands behind the names of the contacts that coaches get for their system
-- addresses, so that they are told from the people's own.
ALTER TABLE organizations ADD COLUMN contact_suffix text NOT NULL DEFAULT 'via coachflow';

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION sweep_notices(before timestamptz, most integer) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT n.org_id, n.id FROM notifications n
   WHERE n.state = 'planned' AND n.kind IN ('password_reset', 'invitation_expired', 'held_too_long', 'contacts_for_coach', 'address_for_client', 'password_changed')
     AND n.planned_at < before ORDER BY n.planned_at LIMIT most $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION sweep_notices(before timestamptz, most integer) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT n.org_id, n.id FROM notifications n
   WHERE n.state = 'planned' AND n.kind IN ('password_reset', 'invitation_expired', 'held_too_long') AND n.planned_at < before ORDER BY n.planned_at LIMIT most $$;
-- +goose StatementEnd
ALTER TABLE notifications NO FORCE ROW LEVEL SECURITY;
DELETE FROM notifications WHERE kind IN ('contacts_for_coach', 'address_for_client', 'password_changed');
ALTER TABLE notifications FORCE ROW LEVEL SECURITY;
ALTER TABLE organizations DROP COLUMN contact_suffix;
