-- +goose Up

-- What coachees read of a coach before they choose, as coaching.CoachProfile. photo is the
-- hash under which the picture is kept; empty: none.
CREATE TABLE coach_profiles (
  org_id     uuid NOT NULL,
  coach_id   uuid NOT NULL,
  profile    jsonb NOT NULL,
  photo      text NOT NULL DEFAULT '',
  version    integer NOT NULL, -- from 2 on: 1 is that of a coach without a row
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, coach_id),
  CONSTRAINT coach_profiles_coach_fkey FOREIGN KEY (org_id, coach_id) REFERENCES people ON DELETE CASCADE
);
CALL protect('coach_profiles');

-- Coaches whom admins offer together. choices are its settings, as
-- coaching.MatchingChoices.
CREATE TABLE pools (
  org_id      uuid NOT NULL REFERENCES organizations,
  id          uuid NOT NULL,
  name        text NOT NULL CHECK (name <> ''),
  choices     jsonb NOT NULL DEFAULT '{}',
  version     integer NOT NULL DEFAULT 1,
  created_at  timestamptz NOT NULL,
  archived_at timestamptz,
  PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX pools_name_key ON pools (org_id, name) WHERE archived_at IS NULL;
CALL protect('pools');

CREATE TABLE pool_coaches (
  org_id   uuid NOT NULL,
  pool_id  uuid NOT NULL,
  coach_id uuid NOT NULL,
  position integer NOT NULL,
  PRIMARY KEY (org_id, pool_id, coach_id),
  CONSTRAINT pool_coaches_pool_fkey FOREIGN KEY (org_id, pool_id) REFERENCES pools ON DELETE CASCADE,
  CONSTRAINT pool_coaches_coach_fkey FOREIGN KEY (org_id, coach_id) REFERENCES people ON DELETE CASCADE
);
CREATE INDEX pool_coaches_coach ON pool_coaches (org_id, coach_id);
CALL protect('pool_coaches');

-- The settings of matching at the organization and at an engagement.
ALTER TABLE organizations ADD COLUMN matching jsonb NOT NULL DEFAULT '{}';
ALTER TABLE engagements ADD COLUMN matching jsonb NOT NULL DEFAULT '{}';

-- An attempt to find a coach for an engagement, as coaching.Matching. settings are those
-- that it goes by from its start to its end.
CREATE TABLE matchings (
  org_id        uuid NOT NULL,
  id            uuid NOT NULL,
  engagement_id uuid NOT NULL,
  attempt       integer NOT NULL CHECK (attempt > 0),
  pool_id       uuid,
  settings      jsonb NOT NULL,
  wishes        jsonb NOT NULL DEFAULT '{}',
  status        text NOT NULL CHECK (status IN ('choosing', 'interviewing', 'selecting', 'approving', 'stalled', 'matched', 'cancelled')),
  since         timestamptz NOT NULL,
  asked_at      timestamptz, -- when the coachee was asked to select a coach
  selection     jsonb,       -- as coaching.Selection
  coach_id      uuid,        -- who was found
  reason        text NOT NULL DEFAULT '', -- of its end, or of the last rejection
  revision      integer NOT NULL DEFAULT 1,
  next_at       timestamptz, -- when its workflow has to do something next
  started_by    uuid,
  started_at    timestamptz NOT NULL,
  ended_at      timestamptz,
  read_at       timestamptz, -- when its workflow read it; the end is read, too
  end_read_at   timestamptz,
  PRIMARY KEY (org_id, id),
  CONSTRAINT matchings_attempt_key UNIQUE (org_id, engagement_id, attempt),
  CONSTRAINT matchings_engagement_fkey FOREIGN KEY (org_id, engagement_id) REFERENCES engagements ON DELETE CASCADE,
  CONSTRAINT matchings_pool_fkey FOREIGN KEY (org_id, pool_id) REFERENCES pools,
  CONSTRAINT matchings_coach_fkey FOREIGN KEY (org_id, coach_id) REFERENCES people,
  CONSTRAINT matchings_starter_fkey FOREIGN KEY (org_id, started_by) REFERENCES people
);
CREATE UNIQUE INDEX matchings_one_open ON matchings (org_id, engagement_id) WHERE ended_at IS NULL;
CREATE INDEX matchings_open ON matchings (org_id, id) WHERE ended_at IS NULL;
CREATE INDEX matchings_pool ON matchings (org_id, pool_id);
CREATE INDEX matchings_coach ON matchings (org_id, coach_id) WHERE coach_id IS NOT NULL;
CREATE INDEX matchings_starter ON matchings (org_id, started_by) WHERE started_by IS NOT NULL;
CREATE INDEX matchings_next ON matchings (next_at) WHERE ended_at IS NULL;
CREATE INDEX matchings_unread ON matchings (started_at) WHERE read_at IS NULL OR (ended_at IS NOT NULL AND end_read_at IS NULL);
CALL protect('matchings');
CALL unveil('matchings');

-- The coaches who are offered in a matching. suggestion is how well they fit, as it was
-- reckoned at the start; pinned ones stand first.
CREATE TABLE matching_coaches (
  org_id      uuid NOT NULL,
  matching_id uuid NOT NULL,
  coach_id    uuid NOT NULL,
  position    integer NOT NULL,
  pinned      boolean NOT NULL DEFAULT false,
  suggestion  jsonb,
  gone_at     timestamptz,
  PRIMARY KEY (org_id, matching_id, coach_id),
  CONSTRAINT matching_coaches_matching_fkey FOREIGN KEY (org_id, matching_id) REFERENCES matchings ON DELETE CASCADE,
  CONSTRAINT matching_coaches_coach_fkey FOREIGN KEY (org_id, coach_id) REFERENCES people ON DELETE CASCADE
);
CREATE INDEX matching_coaches_coach ON matching_coaches (org_id, coach_id);
CALL protect('matching_coaches');

-- An interview of a coachee with a coach, as coaching.Interview.
CREATE TABLE interviews (
  org_id      uuid NOT NULL,
  id          uuid NOT NULL,
  matching_id uuid NOT NULL,
  coach_id    uuid NOT NULL,
  state       text NOT NULL CHECK (state IN ('asked', 'proposed', 'pending', 'scheduled', 'held', 'no_show', 'declined', 'rejected', 'expired', 'cancelled')),
  since       timestamptz NOT NULL,
  until       timestamptz,
  starts_at   timestamptz,
  minutes     integer NOT NULL CHECK (minutes > 0),
  place       text NOT NULL DEFAULT '', -- where they meet, as the coach has set it
  proposals   timestamptz[] NOT NULL DEFAULT '{}',
  decision    jsonb,
  coach_knows boolean NOT NULL DEFAULT false,
  silent      boolean NOT NULL DEFAULT false,
  scheduled   boolean NOT NULL DEFAULT false,
  memo        text NOT NULL DEFAULT '', -- what the coachee wrote last, for the coach to read
  reason      text NOT NULL DEFAULT '', -- of the last change, for those who are told of it
  uid         text NOT NULL,            -- in calendars; made once
  organizer   text NOT NULL CHECK (organizer = lower(organizer) AND length(organizer) >= 20),
  calendar    jsonb NOT NULL,           -- what calendars hold of it, as coaching.SessionCalendar
  created_at  timestamptz NOT NULL,
  PRIMARY KEY (org_id, id),
  CONSTRAINT interviews_uid_key UNIQUE (org_id, uid),
  CONSTRAINT interviews_matching_fkey FOREIGN KEY (org_id, matching_id) REFERENCES matchings ON DELETE CASCADE,
  CONSTRAINT interviews_coach_fkey FOREIGN KEY (org_id, coach_id) REFERENCES people ON DELETE CASCADE
);
CREATE INDEX interviews_matching ON interviews (org_id, matching_id, id);
CREATE INDEX interviews_coach ON interviews (org_id, coach_id, starts_at);
CREATE INDEX interviews_organizer ON interviews (organizer);
CALL protect('interviews');
CALL unveil('interviews');

-- What somebody wants to be done in a matching, as coaching.MatchingAct. The workflow is
-- told the id alone, so that its history holds no names and words.
CREATE TABLE matching_acts (
  org_id      uuid NOT NULL,
  id          uuid NOT NULL,
  matching_id uuid NOT NULL,
  kind        text NOT NULL,
  wanted      jsonb NOT NULL,
  actor_id    uuid,
  created_at  timestamptz NOT NULL,
  applied_at  timestamptz,
  PRIMARY KEY (org_id, id),
  CONSTRAINT matching_acts_matching_fkey FOREIGN KEY (org_id, matching_id) REFERENCES matchings ON DELETE CASCADE,
  CONSTRAINT matching_acts_actor_fkey FOREIGN KEY (org_id, actor_id) REFERENCES people
);
CREATE INDEX matching_acts_matching ON matching_acts (org_id, matching_id);
CREATE INDEX matching_acts_actor ON matching_acts (org_id, actor_id) WHERE actor_id IS NOT NULL;
CALL protect('matching_acts');

-- An interview keeps its time as a session does.
ALTER TABLE bookings ADD COLUMN interview_id uuid,
  ADD CONSTRAINT bookings_interview_key UNIQUE (org_id, interview_id),
  ADD CONSTRAINT bookings_interview_fkey FOREIGN KEY (org_id, interview_id) REFERENCES interviews ON DELETE CASCADE,
  DROP CONSTRAINT bookings_of_one_check,
  ADD CONSTRAINT bookings_of_one_check CHECK (num_nonnulls(session_id, interview_id) = 1);

-- Matchings that their workflow has not read, whose end it has not read, or whose moment
-- has passed.
-- +goose StatementBegin
CREATE FUNCTION sweep_matchings(before timestamptz, most integer) RETURNS TABLE (org_id uuid, id uuid, engagement_id uuid, attempt integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ (SELECT m.org_id, m.id, m.engagement_id, m.attempt FROM matchings m
    WHERE m.started_at < before AND (m.read_at IS NULL OR (m.ended_at IS NOT NULL AND m.end_read_at IS NULL AND m.ended_at < before)) ORDER BY m.started_at LIMIT most)
   UNION
   (SELECT m.org_id, m.id, m.engagement_id, m.attempt FROM matchings m WHERE m.ended_at IS NULL AND m.next_at < before ORDER BY m.next_at LIMIT most) $$;
-- +goose StatementEnd
CALL reserve('sweep_matchings(timestamptz, integer)');

-- +goose Down
DROP FUNCTION sweep_matchings(timestamptz, integer);
ALTER TABLE bookings NO FORCE ROW LEVEL SECURITY;
DELETE FROM bookings WHERE session_id IS NULL;
ALTER TABLE bookings FORCE ROW LEVEL SECURITY;
ALTER TABLE bookings DROP CONSTRAINT bookings_of_one_check, DROP COLUMN interview_id,
  ADD CONSTRAINT bookings_of_one_check CHECK (num_nonnulls(session_id) = 1);
DROP TABLE matching_acts, interviews, matching_coaches, matchings;
ALTER TABLE engagements NO FORCE ROW LEVEL SECURITY;
UPDATE engagements SET status = 'draft' WHERE status = 'matching';
ALTER TABLE engagements FORCE ROW LEVEL SECURITY;
ALTER TABLE engagements DROP COLUMN matching;
ALTER TABLE organizations DROP COLUMN matching;
DROP TABLE pool_coaches, pools, coach_profiles;
