-- +goose Up

-- A task that somebody marked as complete is kept as an answer is, so that it is
-- saved before its workflow hears of it, and told again if need be. It answers no
-- form.
ALTER TABLE answers ALTER COLUMN form_id DROP NOT NULL, ALTER COLUMN form_version DROP NOT NULL;
ALTER TABLE answers ADD CONSTRAINT answers_form_whole CHECK ((form_id IS NULL) = (form_version IS NULL));

-- When the admins were told that a mail is held for long; and what a single mail is
-- about, by the ids of what its kind is about.
ALTER TABLE notifications ADD COLUMN held_told_at timestamptz, ADD COLUMN about_ids uuid[] NOT NULL DEFAULT '{}';
CREATE INDEX notifications_held ON notifications (planned_at) WHERE state = 'held';

-- Mails that are still held although the person has an account by now: they were
-- planned in the moment in which the account came, or a pause has held them up.
-- +goose StatementBegin
CREATE FUNCTION sweep_releasable(most integer) RETURNS TABLE (org_id uuid, person_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT DISTINCT n.org_id, n.person_id FROM notifications n
   JOIN people p ON p.org_id = n.org_id AND p.id = n.person_id
   LEFT JOIN engagements e ON e.org_id = n.org_id AND e.id = n.engagement_id
   WHERE n.state = 'held' AND p.state = 'active' AND (e.status IS NULL OR e.status = 'active') LIMIT most $$;
-- +goose StatementEnd
ALTER FUNCTION sweep_releasable(integer) OWNER TO coachflow_lookup;

-- Mails that were held, may leave, and have not left.
-- +goose StatementBegin
CREATE FUNCTION sweep_released(before timestamptz, most integer) RETURNS TABLE (org_id uuid, engagement_id uuid, item_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT DISTINCT n.org_id, n.engagement_id, n.item_id FROM notifications n
   JOIN engagements e ON e.org_id = n.org_id AND e.id = n.engagement_id
   JOIN items i ON i.org_id = n.org_id AND i.id = n.item_id
   WHERE n.state = 'planned' AND n.step = 'request' AND n.planned_at < before AND e.status = 'active' AND i.status = 'open' LIMIT most $$;
-- +goose StatementEnd
ALTER FUNCTION sweep_released(timestamptz, integer) OWNER TO coachflow_lookup;

-- People for whom mails have been held for so long that the admins are told: once
-- for as long as anything of it is held.
-- +goose StatementBegin
CREATE FUNCTION sweep_held(before timestamptz, most integer) RETURNS TABLE (org_id uuid, person_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT DISTINCT n.org_id, n.person_id FROM notifications n
   WHERE n.state = 'held' AND n.planned_at < before AND n.person_id IS NOT NULL AND NOT EXISTS (
     SELECT FROM notifications t WHERE t.org_id = n.org_id AND t.person_id = n.person_id AND t.state = 'held' AND t.held_told_at IS NOT NULL)
   LIMIT most $$;
-- +goose StatementEnd
ALTER FUNCTION sweep_held(timestamptz, integer) OWNER TO coachflow_lookup;

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION sweep_notices(before timestamptz, most integer) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT n.org_id, n.id FROM notifications n
   WHERE n.state = 'planned' AND n.kind IN ('password_reset', 'invitation_expired', 'held_too_long') AND n.planned_at < before ORDER BY n.planned_at LIMIT most $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION sweep_notices(before timestamptz, most integer) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT n.org_id, n.id FROM notifications n
   WHERE n.state = 'planned' AND n.kind IN ('password_reset', 'invitation_expired') AND n.planned_at < before ORDER BY n.planned_at LIMIT most $$;
-- +goose StatementEnd
DROP FUNCTION sweep_held(timestamptz, integer);
DROP FUNCTION sweep_released(timestamptz, integer);
DROP FUNCTION sweep_releasable(integer);
DROP INDEX notifications_held;
ALTER TABLE notifications NO FORCE ROW LEVEL SECURITY;
DELETE FROM notifications WHERE kind = 'held_too_long';
ALTER TABLE notifications FORCE ROW LEVEL SECURITY;
ALTER TABLE notifications DROP COLUMN held_told_at, DROP COLUMN about_ids;
ALTER TABLE answers NO FORCE ROW LEVEL SECURITY;
DELETE FROM answers WHERE form_id IS NULL;
ALTER TABLE answers FORCE ROW LEVEL SECURITY;
ALTER TABLE answers DROP CONSTRAINT answers_form_whole;
ALTER TABLE answers ALTER COLUMN form_id SET NOT NULL, ALTER COLUMN form_version SET NOT NULL;
