-- +goose NO TRANSACTION
-- +goose Up

-- A mail about a matching, and about one of its interviews.
ALTER TABLE notifications ADD COLUMN IF NOT EXISTS matching_id uuid, ADD COLUMN IF NOT EXISTS interview_id uuid;
ALTER TABLE notifications DROP CONSTRAINT IF EXISTS notifications_matching_fkey,
  ADD CONSTRAINT notifications_matching_fkey FOREIGN KEY (org_id, matching_id) REFERENCES matchings ON DELETE CASCADE NOT VALID;
ALTER TABLE notifications VALIDATE CONSTRAINT notifications_matching_fkey;
ALTER TABLE notifications DROP CONSTRAINT IF EXISTS notifications_interview_fkey,
  ADD CONSTRAINT notifications_interview_fkey FOREIGN KEY (org_id, interview_id) REFERENCES interviews ON DELETE CASCADE NOT VALID;
ALTER TABLE notifications VALIDATE CONSTRAINT notifications_interview_fkey;
DROP INDEX CONCURRENTLY IF EXISTS notifications_matching;
CREATE INDEX CONCURRENTLY notifications_matching ON notifications (org_id, matching_id) WHERE matching_id IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS notifications_interview;
CREATE INDEX CONCURRENTLY notifications_interview ON notifications (org_id, interview_id) WHERE interview_id IS NOT NULL;

-- Coachee, coach and admin act in a matching by links.
ALTER TABLE links DROP CONSTRAINT IF EXISTS links_purpose_check,
  ADD CONSTRAINT links_purpose_check CHECK (purpose IN ('form', 'file', 'invitation', 'password', 'session', 'booking', 'proposal', 'rating', 'matching', 'interview', 'approval')) NOT VALID;
ALTER TABLE links VALIDATE CONSTRAINT links_purpose_check;

-- +goose Down
ALTER TABLE links NO FORCE ROW LEVEL SECURITY;
DELETE FROM links WHERE purpose IN ('matching', 'interview', 'approval');
ALTER TABLE links FORCE ROW LEVEL SECURITY;
ALTER TABLE links DROP CONSTRAINT IF EXISTS links_purpose_check,
  ADD CONSTRAINT links_purpose_check CHECK (purpose IN ('form', 'file', 'invitation', 'password', 'session', 'booking', 'proposal', 'rating'));
ALTER TABLE notifications NO FORCE ROW LEVEL SECURITY;
DELETE FROM notifications WHERE matching_id IS NOT NULL;
ALTER TABLE notifications FORCE ROW LEVEL SECURITY;
ALTER TABLE notifications DROP COLUMN IF EXISTS matching_id, DROP COLUMN IF EXISTS interview_id;
