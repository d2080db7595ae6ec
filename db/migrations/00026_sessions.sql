-- +goose NO TRANSACTION
-- +goose Up

-- A session of an item that has, or had, a time: one meeting in the calendars of those who
-- attend it. One that is scheduled again after it was cancelled or missed is another one.
CREATE TABLE IF NOT EXISTS item_sessions (
  org_id     uuid NOT NULL,
  id         uuid NOT NULL,
  item_id    uuid NOT NULL,
  state      text NOT NULL CHECK (state IN ('scheduled', 'held', 'no_show', 'cancelled')),
  uid        text NOT NULL, -- in calendars; made once
  -- The local part of its address, which organizes it in calendars. It has over 100 random
  -- bits, so it is unique across organizations without a constraint that would have to
  -- look across them.
  organizer  text NOT NULL CHECK (organizer = lower(organizer) AND length(organizer) >= 20),
  calendar   jsonb NOT NULL,             -- what calendars hold of it, as coaching.SessionCalendar
  starts_at  timestamptz NOT NULL,
  minutes    integer NOT NULL CHECK (minutes > 0),
  zone       text NOT NULL,              -- in which the time was given, by its IANA name
  place      text NOT NULL DEFAULT '',
  moved_from timestamptz,                -- its time before it was moved the last time
  reason     text NOT NULL DEFAULT '',   -- of the last change, as the attendees read it
  created_at timestamptz NOT NULL,
  ended_at   timestamptz,
  PRIMARY KEY (org_id, id),
  CONSTRAINT item_sessions_uid_key UNIQUE (org_id, uid),
  CONSTRAINT item_sessions_item_fkey FOREIGN KEY (org_id, item_id) REFERENCES items ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS item_sessions_item ON item_sessions (org_id, item_id, created_at);
CREATE UNIQUE INDEX IF NOT EXISTS item_sessions_one_live ON item_sessions (org_id, item_id) WHERE state = 'scheduled';
CREATE INDEX IF NOT EXISTS item_sessions_organizer ON item_sessions (organizer);
DROP POLICY IF EXISTS organization ON item_sessions;
CALL protect('item_sessions');

-- Who was invited to a session, since when; and when the invitation was taken back.
CREATE TABLE IF NOT EXISTS session_attendees (
  org_id       uuid NOT NULL,
  id           uuid NOT NULL,
  session_id   uuid NOT NULL,
  recipient_id uuid NOT NULL,
  invited_at   timestamptz NOT NULL,
  removed_at   timestamptz,
  PRIMARY KEY (org_id, id),
  CONSTRAINT session_attendees_session_fkey FOREIGN KEY (org_id, session_id) REFERENCES item_sessions ON DELETE CASCADE,
  CONSTRAINT session_attendees_recipient_fkey FOREIGN KEY (org_id, recipient_id) REFERENCES item_recipients ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS session_attendees_session ON session_attendees (org_id, session_id);
CREATE INDEX IF NOT EXISTS session_attendees_recipient ON session_attendees (org_id, recipient_id);
DROP POLICY IF EXISTS organization ON session_attendees;
CALL protect('session_attendees');

-- What somebody wants to be done with a session. The workflow is told the id alone, so
-- that its history holds no addresses, places and reasons.
CREATE TABLE IF NOT EXISTS session_acts (
  org_id       uuid NOT NULL,
  id           uuid NOT NULL,
  item_id      uuid NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('schedule', 'reschedule', 'cancel', 'held', 'no_show', 'add_attendee', 'remove_attendee', 'ask')),
  wanted       jsonb NOT NULL,
  actor_id     uuid,
  -- An attendee who acts by a link.
  recipient_id uuid,
  created_at   timestamptz NOT NULL,
  applied_at   timestamptz,
  PRIMARY KEY (org_id, id),
  CONSTRAINT session_acts_item_fkey FOREIGN KEY (org_id, item_id) REFERENCES items ON DELETE CASCADE,
  CONSTRAINT session_acts_actor_fkey FOREIGN KEY (org_id, actor_id) REFERENCES people,
  CONSTRAINT session_acts_recipient_fkey FOREIGN KEY (org_id, recipient_id) REFERENCES item_recipients ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS session_acts_item ON session_acts (org_id, item_id);
CREATE INDEX IF NOT EXISTS session_acts_actor ON session_acts (org_id, actor_id) WHERE actor_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS session_acts_recipient ON session_acts (org_id, recipient_id, created_at) WHERE recipient_id IS NOT NULL;
DROP POLICY IF EXISTS organization ON session_acts;
CALL protect('session_acts');

-- Who attends a session no more stays its recipient of before: the mails to them name it.
ALTER TABLE item_recipients ADD COLUMN IF NOT EXISTS removed_at timestamptz;

-- When a scheduled session counts as held by itself.
ALTER TABLE items ADD COLUMN IF NOT EXISTS held_at timestamptz;
ALTER TABLE items DROP CONSTRAINT IF EXISTS items_next_step_check,
  ADD CONSTRAINT items_next_step_check CHECK (next_step IN ('', 'issue', 'reminder', 'escalation', 'resend', 'held')) NOT VALID;
ALTER TABLE items VALIDATE CONSTRAINT items_next_step_check;
ALTER TABLE links DROP CONSTRAINT IF EXISTS links_purpose_check,
  ADD CONSTRAINT links_purpose_check CHECK (purpose IN ('form', 'file', 'invitation', 'password', 'session')) NOT VALID;
ALTER TABLE links VALIDATE CONSTRAINT links_purpose_check;

-- Whether sessions count as held by themselves, and how many hours before its start an
-- attendee can last change one.
ALTER TABLE organizations ADD COLUMN IF NOT EXISTS sessions_held_by_themselves boolean NOT NULL DEFAULT false,
  ADD COLUMN IF NOT EXISTS session_notice_hours integer NOT NULL DEFAULT 24 CONSTRAINT organizations_session_notice_hours_check CHECK (session_notice_hours BETWEEN 0 AND 720);

-- What a mail tells calendars: of which meeting, by which method, at which of its changes,
-- and what it says of it (coaching.Appointment); and the calendar object as it was sent. doubtful says that an
-- attempt ended so that nobody knows whether the mail left.
ALTER TABLE notifications ADD COLUMN IF NOT EXISTS calendar_uid text NOT NULL DEFAULT '', ADD COLUMN IF NOT EXISTS calendar_method text NOT NULL DEFAULT '',
  ADD COLUMN IF NOT EXISTS calendar_sequence integer NOT NULL DEFAULT 0, ADD COLUMN IF NOT EXISTS calendar_stamp timestamptz, ADD COLUMN IF NOT EXISTS calendar_says jsonb,
  ADD COLUMN IF NOT EXISTS calendar text NOT NULL DEFAULT '', ADD COLUMN IF NOT EXISTS doubtful boolean NOT NULL DEFAULT false;

-- Mails that should have left by now and are sent neither by a program nor by an
-- invitation. Those that do not stand alone are the letters of received mails.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION sweep_running_sends(before timestamptz, most integer) RETURNS TABLE (org_id uuid, id uuid, standalone boolean, key text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT n.org_id, n.id, n.standalone, n.key FROM notifications n
   WHERE n.state IN ('planned', 'sending') AND n.planned_at < before AND (n.standalone OR (n.item_id IS NULL AND n.invitation_id IS NULL))
   ORDER BY n.planned_at LIMIT most $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION sweep_running_sends(before timestamptz, most integer) RETURNS TABLE (org_id uuid, id uuid, standalone boolean, key text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT n.org_id, n.id, n.standalone, n.key FROM notifications n
   WHERE n.state IN ('planned', 'sending') AND n.planned_at < before AND n.item_id IS NULL AND (n.standalone OR n.invitation_id IS NULL)
   ORDER BY n.planned_at LIMIT most $$;
-- +goose StatementEnd
ALTER TABLE notifications NO FORCE ROW LEVEL SECURITY;
DELETE FROM notifications WHERE kind LIKE 'session\_%';
ALTER TABLE notifications FORCE ROW LEVEL SECURITY;
ALTER TABLE notifications DROP COLUMN IF EXISTS calendar_uid, DROP COLUMN IF EXISTS calendar_method, DROP COLUMN IF EXISTS calendar_sequence, DROP COLUMN IF EXISTS calendar_stamp,
  DROP COLUMN IF EXISTS calendar_says, DROP COLUMN IF EXISTS calendar, DROP COLUMN IF EXISTS doubtful;
ALTER TABLE organizations DROP COLUMN IF EXISTS sessions_held_by_themselves, DROP COLUMN IF EXISTS session_notice_hours;
ALTER TABLE links NO FORCE ROW LEVEL SECURITY;
DELETE FROM links WHERE purpose = 'session';
ALTER TABLE links FORCE ROW LEVEL SECURITY;
ALTER TABLE links DROP CONSTRAINT IF EXISTS links_purpose_check,
  ADD CONSTRAINT links_purpose_check CHECK (purpose IN ('form', 'file', 'invitation', 'password'));
ALTER TABLE items NO FORCE ROW LEVEL SECURITY;
UPDATE items SET next_step = '', next_at = NULL WHERE next_step = 'held';
ALTER TABLE items FORCE ROW LEVEL SECURITY;
ALTER TABLE items DROP CONSTRAINT IF EXISTS items_next_step_check,
  ADD CONSTRAINT items_next_step_check CHECK (next_step IN ('', 'issue', 'reminder', 'escalation', 'resend'));
ALTER TABLE items DROP COLUMN IF EXISTS held_at;
ALTER TABLE item_recipients DROP COLUMN IF EXISTS removed_at;
DROP TABLE IF EXISTS session_acts, session_attendees, item_sessions;
