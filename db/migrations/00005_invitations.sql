-- +goose Up

-- An invitation to create an account. A person has one open one at most, and is
-- in the state invited exactly as long. One that is sent again is replaced by a
-- new row, so that the link of the old mail dies.
CREATE TABLE invitations (
  org_id      uuid NOT NULL,
  id          uuid NOT NULL,
  person_id   uuid NOT NULL,
  status      text NOT NULL CHECK (status IN ('open', 'accepted', 'withdrawn', 'replaced', 'expired')),
  invited_by  uuid NOT NULL,
  invited_at  timestamptz NOT NULL,
  send_at     timestamptz NOT NULL, -- until then it can be taken back unsent
  expires_at  timestamptz NOT NULL,
  -- How many of its steps (the mail, reminders, the end) are behind.
  followed    integer NOT NULL DEFAULT 0,
  taken_up_at timestamptz, -- when its workflow first saw it; without, it is told again
  ended_at    timestamptz,
  PRIMARY KEY (org_id, id),
  CONSTRAINT invitations_ended CHECK ((status = 'open') = (ended_at IS NULL)),
  CONSTRAINT invitations_person_fkey FOREIGN KEY (org_id, person_id) REFERENCES people ON DELETE CASCADE,
  CONSTRAINT invitations_invited_by_fkey FOREIGN KEY (org_id, invited_by) REFERENCES people
);
CREATE UNIQUE INDEX invitations_one_open ON invitations (org_id, person_id) WHERE status = 'open';
CREATE INDEX invitations_person ON invitations (org_id, person_id, id);
CREATE INDEX invitations_not_taken_up ON invitations (invited_at) WHERE status = 'open' AND taken_up_at IS NULL;
CALL protect('invitations');
CALL unveil('invitations');

-- When the present password was set: a login with an older one is over.
ALTER TABLE people ADD COLUMN password_set_at timestamptz;

-- So far a state could be set by hand and had no meaning: nobody was invited, and
-- who is active without a password could never log in. The owner of the tables is
-- behind row level security, too, unless it is a superuser.
ALTER TABLE people NO FORCE ROW LEVEL SECURITY;
UPDATE people SET state = 'internal' WHERE state = 'invited' OR (state = 'active' AND password_hash IS NULL);
ALTER TABLE people FORCE ROW LEVEL SECURITY;

ALTER TABLE notifications ADD COLUMN invitation_id uuid;
ALTER TABLE notifications ADD CONSTRAINT notifications_invitation_fkey FOREIGN KEY (org_id, invitation_id) REFERENCES invitations ON DELETE CASCADE;
CREATE INDEX notifications_invitation ON notifications (org_id, invitation_id) WHERE invitation_id IS NOT NULL;

ALTER TABLE links DROP CONSTRAINT links_purpose_check;
ALTER TABLE links ADD CONSTRAINT links_purpose_check CHECK (purpose IN ('form', 'file', 'invitation', 'password'));
CREATE INDEX links_person ON links (org_id, person_id, purpose);

-- Invitations of which no workflow has heard.
-- +goose StatementBegin
CREATE FUNCTION sweep_invitations(before timestamptz, most integer) RETURNS TABLE (org_id uuid, person_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT i.org_id, i.person_id FROM invitations i
   WHERE i.status = 'open' AND i.invited_at < before AND i.taken_up_at IS NULL ORDER BY i.invited_at LIMIT most $$;
-- +goose StatementEnd
ALTER FUNCTION sweep_invitations(timestamptz, integer) OWNER TO coachflow_lookup;

-- Single mails that belong to no longer process, and did not leave.
-- +goose StatementBegin
CREATE FUNCTION sweep_notices(before timestamptz, most integer) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT n.org_id, n.id FROM notifications n
   WHERE n.state = 'planned' AND n.kind IN ('password_reset', 'invitation_expired') AND n.planned_at < before ORDER BY n.planned_at LIMIT most $$;
-- +goose StatementEnd
ALTER FUNCTION sweep_notices(timestamptz, integer) OWNER TO coachflow_lookup;

-- +goose Down
DROP FUNCTION sweep_notices(timestamptz, integer);
DROP FUNCTION sweep_invitations(timestamptz, integer);
ALTER TABLE links NO FORCE ROW LEVEL SECURITY;
DELETE FROM links WHERE purpose IN ('invitation', 'password');
ALTER TABLE links FORCE ROW LEVEL SECURITY;
DROP INDEX links_person;
ALTER TABLE links DROP CONSTRAINT links_purpose_check;
ALTER TABLE links ADD CONSTRAINT links_purpose_check CHECK (purpose IN ('form', 'file'));
ALTER TABLE notifications NO FORCE ROW LEVEL SECURITY;
DELETE FROM notifications WHERE invitation_id IS NOT NULL OR kind = 'password_reset';
ALTER TABLE notifications FORCE ROW LEVEL SECURITY;
ALTER TABLE notifications DROP COLUMN invitation_id;
ALTER TABLE people NO FORCE ROW LEVEL SECURITY;
UPDATE people SET state = 'internal' WHERE state = 'invited';
ALTER TABLE people FORCE ROW LEVEL SECURITY;
ALTER TABLE people DROP COLUMN password_set_at;
DROP TABLE invitations;
