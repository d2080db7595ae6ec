-- +goose NO TRANSACTION
-- +goose Up

-- An exclusion constraint over ids and times takes an index of both. The extension is
-- Postgres's own and trusted: the owner of the database may make it.
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- The times of coaches that are taken. What takes a time is named by one of the columns
-- from session_id on, each of them nullable: another kind of appointment is another column,
-- and its name in bookings_of_one_check. A row is there exactly while its appointment
-- stands.
CREATE TABLE IF NOT EXISTS bookings (
  org_id        uuid NOT NULL,
  id            uuid NOT NULL,
  coach_id      uuid NOT NULL,
  starts_at     timestamptz NOT NULL,
  ends_at       timestamptz NOT NULL,
  -- The end, and the time that the coach kept free after it when the row was written.
  blocked_until timestamptz NOT NULL,
  session_id    uuid,
  PRIMARY KEY (org_id, id),
  CONSTRAINT bookings_session_key UNIQUE (org_id, session_id),
  CONSTRAINT bookings_coach_fkey FOREIGN KEY (org_id, coach_id) REFERENCES people,
  CONSTRAINT bookings_session_fkey FOREIGN KEY (org_id, session_id) REFERENCES item_sessions ON DELETE CASCADE,
  CONSTRAINT bookings_times_check CHECK (starts_at < ends_at AND ends_at <= blocked_until),
  CONSTRAINT bookings_of_one_check CHECK (num_nonnulls(session_id) = 1),
  CONSTRAINT bookings_no_overlap EXCLUDE USING gist (org_id WITH =, coach_id WITH =, tstzrange(starts_at, blocked_until) WITH &&)
);
CREATE INDEX IF NOT EXISTS bookings_coach ON bookings (org_id, coach_id, blocked_until);
DROP POLICY IF EXISTS organization ON bookings;
CALL protect('bookings');

-- The sessions that are scheduled already. Of those that collide the first one keeps the
-- time: the others take place as before, and take a time when they are moved. The free time
-- after them is not kept here, since coaches may have scheduled one behind the other.
ALTER TABLE bookings NO FORCE ROW LEVEL SECURITY;
ALTER TABLE engagements NO FORCE ROW LEVEL SECURITY;
ALTER TABLE items NO FORCE ROW LEVEL SECURITY;
ALTER TABLE item_recipients NO FORCE ROW LEVEL SECURITY;
ALTER TABLE item_sessions NO FORCE ROW LEVEL SECURITY;
INSERT INTO bookings (org_id, id, coach_id, starts_at, ends_at, blocked_until, session_id)
SELECT s.org_id, gen_random_uuid(), e.coach_id, s.starts_at, s.starts_at + make_interval(mins => s.minutes), s.starts_at + make_interval(mins => s.minutes), s.id
FROM item_sessions s
JOIN items i ON i.org_id = s.org_id AND i.id = s.item_id
JOIN engagements e ON e.org_id = i.org_id AND e.id = i.engagement_id
WHERE s.state = 'scheduled'
  AND EXISTS (SELECT FROM item_recipients r WHERE r.org_id = i.org_id AND r.item_id = i.id AND r.person_id = e.coach_id AND r.removed_at IS NULL)
ORDER BY s.created_at, s.id
ON CONFLICT DO NOTHING;
ALTER TABLE item_sessions FORCE ROW LEVEL SECURITY;
ALTER TABLE item_recipients FORCE ROW LEVEL SECURITY;
ALTER TABLE items FORCE ROW LEVEL SECURITY;
ALTER TABLE engagements FORCE ROW LEVEL SECURITY;
ALTER TABLE bookings FORCE ROW LEVEL SECURITY;

-- A coachee books the session of an item by a link.
ALTER TABLE links DROP CONSTRAINT IF EXISTS links_purpose_check,
  ADD CONSTRAINT links_purpose_check CHECK (purpose IN ('form', 'file', 'invitation', 'password', 'session', 'booking')) NOT VALID;
ALTER TABLE links VALIDATE CONSTRAINT links_purpose_check;

-- +goose Down
ALTER TABLE notifications NO FORCE ROW LEVEL SECURITY;
DELETE FROM notifications WHERE kind IN ('session_booking', 'session_time_asked');
ALTER TABLE notifications FORCE ROW LEVEL SECURITY;
ALTER TABLE links NO FORCE ROW LEVEL SECURITY;
DELETE FROM links WHERE purpose = 'booking';
ALTER TABLE links FORCE ROW LEVEL SECURITY;
ALTER TABLE links DROP CONSTRAINT IF EXISTS links_purpose_check,
  ADD CONSTRAINT links_purpose_check CHECK (purpose IN ('form', 'file', 'invitation', 'password', 'session'));
DROP TABLE IF EXISTS bookings;
DROP EXTENSION IF EXISTS btree_gist;
