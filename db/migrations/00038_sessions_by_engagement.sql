-- +goose NO TRANSACTION
-- +goose Up

-- The engagement of a session, as its item has it: lists of sessions by their time look at
-- those of an engagement alone.
ALTER TABLE item_sessions ADD COLUMN IF NOT EXISTS engagement_id uuid;
ALTER TABLE item_sessions NO FORCE ROW LEVEL SECURITY;
ALTER TABLE items NO FORCE ROW LEVEL SECURITY;
UPDATE item_sessions s SET engagement_id = i.engagement_id FROM items i WHERE i.org_id = s.org_id AND i.id = s.item_id AND s.engagement_id IS NULL;
ALTER TABLE items FORCE ROW LEVEL SECURITY;
ALTER TABLE item_sessions FORCE ROW LEVEL SECURITY;
ALTER TABLE item_sessions DROP CONSTRAINT IF EXISTS item_sessions_engagement_fkey,
  ADD CONSTRAINT item_sessions_engagement_fkey FOREIGN KEY (org_id, engagement_id) REFERENCES engagements ON DELETE CASCADE NOT VALID;
ALTER TABLE item_sessions VALIDATE CONSTRAINT item_sessions_engagement_fkey;

-- Of an event about a session: its time then, and the one before it was moved.
ALTER TABLE events ADD COLUMN IF NOT EXISTS session_at timestamptz, ADD COLUMN IF NOT EXISTS session_before timestamptz;

CALL drop_invalid_indexes();
SET lock_timeout = 0;
CREATE INDEX CONCURRENTLY IF NOT EXISTS item_sessions_engagement ON item_sessions (org_id, engagement_id, starts_at);
CREATE INDEX CONCURRENTLY IF NOT EXISTS item_sessions_starts ON item_sessions (org_id, starts_at, id);
RESET lock_timeout;

-- +goose Down
ALTER TABLE events DROP COLUMN IF EXISTS session_at, DROP COLUMN IF EXISTS session_before;
DROP INDEX IF EXISTS item_sessions_starts;
DROP INDEX IF EXISTS item_sessions_engagement;
ALTER TABLE item_sessions DROP COLUMN IF EXISTS engagement_id;
