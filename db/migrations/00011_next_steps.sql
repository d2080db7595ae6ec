-- +goose Up

-- What comes next for an item and when, decided with each change of it: the
-- workflow waits for this moment, and lists can show it.
ALTER TABLE items ADD COLUMN next_step text NOT NULL DEFAULT '' CONSTRAINT items_next_step_check CHECK (next_step IN ('', 'issue', 'reminder', 'escalation', 'resend')),
  ADD COLUMN next_at timestamptz;

-- Workflows hear of every change: an Update that was accepted is in the history
-- before it is carried out. So nobody notes any more which ones they have heard of.
DROP FUNCTION sweep_untold(timestamptz, integer);
ALTER TABLE engagements DROP COLUMN untold_revision, DROP COLUMN untold_at;

-- Programs that run are read anew by the workflows of this version, which know
-- their next steps from these columns.
ALTER TABLE engagements NO FORCE ROW LEVEL SECURITY;
UPDATE engagements SET taken_up_at = NULL WHERE status IN ('active', 'paused');
ALTER TABLE engagements FORCE ROW LEVEL SECURITY;

-- Started programs that no workflow has read.
DROP INDEX engagements_not_taken_up;
CREATE INDEX engagements_not_taken_up ON engagements (started_at) WHERE status IN ('active', 'paused') AND taken_up_at IS NULL;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION sweep_programs(before timestamptz, most integer) RETURNS TABLE (org_id uuid, engagement_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT e.org_id, e.id FROM engagements e
   WHERE e.status IN ('active', 'paused') AND e.started_at < before AND e.taken_up_at IS NULL ORDER BY e.started_at LIMIT most $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION sweep_programs(before timestamptz, most integer) RETURNS TABLE (org_id uuid, engagement_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT e.org_id, e.id FROM engagements e WHERE e.status = 'active' AND e.started_at < before AND e.taken_up_at IS NULL ORDER BY e.started_at LIMIT most $$;
-- +goose StatementEnd
DROP INDEX engagements_not_taken_up;
CREATE INDEX engagements_not_taken_up ON engagements (started_at) WHERE status = 'active' AND taken_up_at IS NULL;
ALTER TABLE engagements ADD COLUMN untold_revision integer, ADD COLUMN untold_at timestamptz;
CREATE INDEX engagements_untold ON engagements (untold_at) WHERE untold_at IS NOT NULL;
-- +goose StatementBegin
CREATE FUNCTION sweep_untold(before timestamptz, most integer) RETURNS TABLE (org_id uuid, engagement_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT e.org_id, e.id FROM engagements e
   WHERE e.untold_at < before AND e.untold_at > before - interval '1 day' AND e.taken_up_at IS NOT NULL ORDER BY e.untold_at LIMIT most $$;
-- +goose StatementEnd
CALL reserve('sweep_untold(timestamptz, integer)');
ALTER TABLE items DROP COLUMN next_step, DROP COLUMN next_at;
