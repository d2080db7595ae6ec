-- +goose NO TRANSACTION
-- +goose Up

-- What coach and coachee are asked after each session, as coaching.RatingSettings writes
-- it; NULL: as it is from the start.
ALTER TABLE organizations ADD COLUMN IF NOT EXISTS ratings jsonb;

-- A person is asked how useful a session was that was held: once, and until a moment. The
-- words of the question and who reads the answer stand here as they were then, and who the
-- coach was.
CREATE TABLE IF NOT EXISTS session_ratings (
  org_id        uuid NOT NULL,
  id            uuid NOT NULL,
  engagement_id uuid NOT NULL,
  session_id    uuid NOT NULL,
  person_id     uuid NOT NULL,
  role          text NOT NULL CHECK (role IN ('coachee', 'coach')),
  coach_id      uuid,
  question      text NOT NULL,
  low           text NOT NULL, -- what 1 means
  high          text NOT NULL, -- what 5 means
  readers       text NOT NULL CHECK (readers IN ('admins', 'coach', 'everyone')),
  asked_at      timestamptz NOT NULL,
  closes_at     timestamptz NOT NULL,
  ended_at      timestamptz,   -- the session turned out not to have been held
  score         integer CHECK (score BETWEEN 1 AND 5),
  words         text NOT NULL DEFAULT '',
  answered_at   timestamptz,
  changed_at    timestamptz,
  PRIMARY KEY (org_id, id),
  CONSTRAINT session_ratings_person_key UNIQUE (org_id, session_id, person_id),
  CONSTRAINT session_ratings_engagement_fkey FOREIGN KEY (org_id, engagement_id) REFERENCES engagements ON DELETE CASCADE,
  CONSTRAINT session_ratings_session_fkey FOREIGN KEY (org_id, session_id) REFERENCES item_sessions ON DELETE CASCADE,
  CONSTRAINT session_ratings_person_fkey FOREIGN KEY (org_id, person_id) REFERENCES people,
  CONSTRAINT session_ratings_coach_fkey FOREIGN KEY (org_id, coach_id) REFERENCES people,
  CONSTRAINT session_ratings_answered_check CHECK ((score IS NULL) = (answered_at IS NULL))
);
CREATE INDEX IF NOT EXISTS session_ratings_engagement ON session_ratings (org_id, engagement_id, id);
CREATE INDEX IF NOT EXISTS session_ratings_person ON session_ratings (org_id, person_id);
CREATE INDEX IF NOT EXISTS session_ratings_coach ON session_ratings (org_id, coach_id, role, score) WHERE coach_id IS NOT NULL;
DROP POLICY IF EXISTS organization ON session_ratings;
CALL protect('session_ratings');

ALTER TABLE links DROP CONSTRAINT IF EXISTS links_purpose_check,
  ADD CONSTRAINT links_purpose_check CHECK (purpose IN ('form', 'file', 'invitation', 'password', 'session', 'booking', 'proposal', 'rating')) NOT VALID;
ALTER TABLE links VALIDATE CONSTRAINT links_purpose_check;

-- +goose Down
ALTER TABLE notifications NO FORCE ROW LEVEL SECURITY;
DELETE FROM notifications WHERE kind = 'session_rating';
ALTER TABLE notifications FORCE ROW LEVEL SECURITY;
ALTER TABLE links NO FORCE ROW LEVEL SECURITY;
DELETE FROM links WHERE purpose = 'rating';
ALTER TABLE links FORCE ROW LEVEL SECURITY;
ALTER TABLE links DROP CONSTRAINT IF EXISTS links_purpose_check,
  ADD CONSTRAINT links_purpose_check CHECK (purpose IN ('form', 'file', 'invitation', 'password', 'session', 'booking', 'proposal'));
DROP TABLE IF EXISTS session_ratings;
ALTER TABLE organizations DROP COLUMN IF EXISTS ratings;
