-- name: SessionsOfEngagements :many
-- The newest session of each item of engagements.
SELECT DISTINCT ON (s.item_id) s.* FROM items i JOIN item_sessions s ON s.org_id = i.org_id AND s.item_id = i.id
WHERE i.org_id = @org_id AND i.engagement_id = ANY (@engagements::uuid[]) AND i.kind = 'session'
ORDER BY s.item_id, s.created_at DESC, s.id DESC;

-- name: SessionByUID :one
SELECT * FROM item_sessions WHERE org_id = @org_id AND uid = @uid;

-- name: SessionInsert :exec
INSERT INTO item_sessions (org_id, id, item_id, engagement_id, state, uid, organizer, calendar, starts_at, minutes, zone, place, created_at)
VALUES (@org_id, @id, @item_id, @engagement_id, 'scheduled', @uid, @organizer, @calendar, @starts_at, @minutes, @zone, @place, @created_at);

-- name: SessionUpdate :execrows
-- No row: it is not in the state any more in which it was read.
UPDATE item_sessions SET state = @state, calendar = @calendar, starts_at = @starts_at, minutes = @minutes, zone = @zone, place = @place,
  moved_from = @moved_from, reason = @reason, ended_at = @ended_at
WHERE org_id = @org_id AND id = @id AND state = @before;

-- name: AttendeesOfSession :many
SELECT * FROM session_attendees WHERE org_id = @org_id AND session_id = @session_id ORDER BY id;

-- name: AttendeeInsert :exec
INSERT INTO session_attendees (org_id, id, session_id, recipient_id, invited_at) VALUES ($1, $2, $3, $4, $5);

-- name: AttendeeRemove :execrows
UPDATE session_attendees SET removed_at = @removed_at WHERE org_id = @org_id AND id = @id AND removed_at IS NULL;

-- name: RecipientRemove :execrows
UPDATE item_recipients SET removed_at = @removed_at WHERE org_id = @org_id AND id = @id AND item_id = @item_id AND removed_at IS NULL;

-- name: RecipientRestore :one
-- Somebody who was removed attends again.
UPDATE item_recipients SET removed_at = NULL, required = @required, name = CASE WHEN @name::text = '' THEN name ELSE @name END
WHERE org_id = @org_id AND item_id = @item_id AND removed_at IS NOT NULL
  AND (person_id = sqlc.narg(person_id)::uuid OR email = sqlc.narg(email)::text)
RETURNING id;

-- name: SessionReader :one
-- A recipient of a session as RecipientsOfItem has them, also one who was removed.
SELECT r.id, r.item_id, r.person_id, r.required, r.answered_at, r.follow_up_held,
  coalesce(p.name, r.name)::text AS name, coalesce(a.address, r.email, '')::text AS address,
  coalesce(p.time_zone, '')::text AS time_zone, coalesce(p.state, 'bare_email')::text AS standing,
  (b.address IS NOT NULL)::boolean AS blocked
FROM item_recipients r
LEFT JOIN people p ON p.org_id = r.org_id AND p.id = r.person_id
LEFT JOIN person_addresses a ON a.org_id = r.org_id AND a.person_id = r.person_id AND a.is_primary
LEFT JOIN blocked_addresses b ON b.org_id = r.org_id AND b.address = coalesce(a.address, r.email)
WHERE r.org_id = @org_id AND r.id = @id;

-- name: SessionActInsert :exec
INSERT INTO session_acts (org_id, id, item_id, kind, wanted, actor_id, recipient_id, created_at, applied_at)
VALUES (@org_id, @id, @item_id, @kind, @wanted, @actor_id, @recipient_id, @created_at, @applied_at);

-- name: SessionActGet :one
SELECT * FROM session_acts WHERE org_id = @org_id AND id = @id;

-- name: SessionActApplied :execrows
UPDATE session_acts SET applied_at = @applied_at WHERE org_id = @org_id AND id = @id AND applied_at IS NULL;

-- name: SessionAsksRecent :one
-- How often an attendee has asked for another time since a moment.
SELECT count(*) FROM session_acts WHERE org_id = @org_id AND recipient_id = @recipient_id AND kind = 'ask' AND created_at > @since;

-- name: CalendarMails :many
-- The mails about one meeting in calendars, in the order in which they were planned.
SELECT id, recipient_id, address, kind, step, calendar_method, calendar_sequence, state, doubtful, mail_message_id, claimed_until, planned_at
FROM notifications WHERE org_id = @org_id AND item_id = @item_id AND calendar_uid = @calendar_uid AND calendar_method <> ''
ORDER BY calendar_sequence, calendar_stamp, id;

-- name: CalendarMailDrop :execrows
-- Takes back a mail to a calendar that surely has not left: no attempt of it is under way,
-- and none ended so that nobody knows.
UPDATE notifications SET state = 'dropped', state_reason = @state_reason, outcome_at = @outcome_at
WHERE org_id = @org_id AND id = @id AND state IN ('planned', 'held', 'sending') AND claimed_until IS NULL AND NOT doubtful;

-- name: NotificationsCancelReminders :exec
-- The pending reminders of an item to one of its recipients.
UPDATE notifications SET state = 'cancelled', state_reason = cancelled_because(@state_reason, state, claimed_until), outcome_at = @outcome_at
WHERE org_id = @org_id AND item_id = @item_id AND recipient_id = @recipient_id AND plan > 0 AND state IN ('planned', 'held', 'sending');

-- name: StandaloneOfItem :many
-- The mails about an item that leave by themselves and have not left.
SELECT id, planned_at FROM notifications
WHERE org_id = @org_id AND item_id = @item_id AND standalone AND state = 'planned' ORDER BY id;

-- name: SessionLinkGet :one
-- All that the link of an attendee shows. The address that it was mailed to must still be
-- the attendee's.
SELECT l.purpose, l.expires_at, l.revoked_at, t.id AS attendee_id, t.removed_at AS attendee_removed_at, r.id AS recipient_id, r.person_id, sqlc.embed(s), i.engagement_id, i.title, i.spec, i.status AS item_status,
  coalesce(p.time_zone, c.time_zone)::text AS zone, coalesce(p.name, r.name)::text AS display_name, l.email,
  o.name AS organization_name, o.brand_color, o.logo, o.session_notice_hours, e.status AS engagement_status, coalesce(k.name, '')::text AS coach_name
FROM links l
JOIN session_attendees t ON t.org_id = l.org_id AND t.id = l.subject_id
JOIN item_recipients r ON r.org_id = t.org_id AND r.id = t.recipient_id
JOIN item_sessions s ON s.org_id = t.org_id AND s.id = t.session_id
JOIN items i ON i.org_id = s.org_id AND i.id = s.item_id
JOIN engagements e ON e.org_id = i.org_id AND e.id = i.engagement_id
JOIN organizations o ON o.org_id = l.org_id
JOIN people c ON c.org_id = e.org_id AND c.id = e.coachee_id
LEFT JOIN people k ON k.org_id = e.org_id AND k.id = e.coach_id
LEFT JOIN people p ON p.org_id = r.org_id AND p.id = r.person_id
WHERE l.org_id = @org_id AND l.id = @id AND (l.email = r.email OR EXISTS (
  SELECT FROM person_addresses own WHERE own.org_id = r.org_id AND own.person_id = r.person_id AND own.address = l.email));

-- name: SessionForAttendee :one
-- A session as one of its attendees sees it, after a login; also before it has a time.
SELECT i.id, i.engagement_id, i.title, i.spec, i.status AS item_status, i.issued_at, r.id AS recipient_id, e.name AS engagement_name, e.status AS engagement_status
FROM items i
JOIN item_recipients r ON r.org_id = i.org_id AND r.item_id = i.id AND r.person_id = @person_id AND r.removed_at IS NULL
JOIN engagements e ON e.org_id = i.org_id AND e.id = i.engagement_id
WHERE i.org_id = @org_id AND i.id = @id AND i.kind = 'session' AND i.issued_at IS NOT NULL;

-- name: BookingLinkGet :one
-- All that the link shows by which a coachee books the session of an item. The address that
-- it was mailed to must still be theirs.
SELECT l.purpose, l.expires_at, l.revoked_at, r.id AS recipient_id, r.removed_at, i.id AS item_id, i.engagement_id, i.title, i.spec, i.status AS item_status,
  coalesce(p.time_zone, c.time_zone)::text AS zone, coalesce(p.name, r.name)::text AS display_name,
  o.name AS organization_name, o.brand_color, o.logo, o.session_notice_hours, e.status AS engagement_status, coalesce(k.name, '')::text AS coach_name
FROM links l
JOIN item_recipients r ON r.org_id = l.org_id AND r.id = l.subject_id
JOIN items i ON i.org_id = r.org_id AND i.id = r.item_id
JOIN engagements e ON e.org_id = i.org_id AND e.id = i.engagement_id
JOIN organizations o ON o.org_id = l.org_id
JOIN people c ON c.org_id = e.org_id AND c.id = e.coachee_id
LEFT JOIN people k ON k.org_id = e.org_id AND k.id = e.coach_id
LEFT JOIN people p ON p.org_id = r.org_id AND p.id = r.person_id
WHERE l.org_id = @org_id AND l.id = @id AND (l.email = r.email OR EXISTS (
  SELECT FROM person_addresses own WHERE own.org_id = r.org_id AND own.person_id = r.person_id AND own.address = l.email));

-- name: SessionBooker :one
-- What decides whether a recipient of an item can book its session: whether they are the
-- coachee, and whether the coach attends.
SELECT (r.person_id IS NOT NULL AND r.person_id = e.coachee_id)::boolean AS is_coachee, e.coach_id,
  EXISTS (SELECT FROM item_recipients k WHERE k.org_id = i.org_id AND k.item_id = i.id AND k.person_id = e.coach_id AND k.removed_at IS NULL)::boolean AS coach_attends
FROM item_recipients r
JOIN items i ON i.org_id = r.org_id AND i.id = r.item_id
JOIN engagements e ON e.org_id = i.org_id AND e.id = i.engagement_id
WHERE r.org_id = @org_id AND r.id = @id;

-- name: SessionsBetween :many
-- Sessions of an organization that begin from one moment on and before another, with what
-- lists show of them, behind a place in the list. One that ends before ends_after is left
-- out, and one whose item was reopened: it was not held after all.
SELECT s.id, s.item_id, s.state, s.starts_at, s.minutes, s.place, i.title, e.id AS engagement_id, e.name AS engagement_name, e.coach_id, c.name AS coachee_name, coalesce(k.name, '')::text AS coach_name
FROM item_sessions s
JOIN items i ON i.org_id = s.org_id AND i.id = s.item_id
JOIN engagements e ON e.org_id = i.org_id AND e.id = i.engagement_id
JOIN people c ON c.org_id = e.org_id AND c.id = e.coachee_id
LEFT JOIN people k ON k.org_id = e.org_id AND k.id = e.coach_id
WHERE s.org_id = @org_id AND s.starts_at >= @from_moment AND s.starts_at < @until AND (s.starts_at, s.id) > (@key_time::timestamptz, @key_id::uuid)
  AND s.state = ANY (@states::text[]) AND s.starts_at + s.minutes * interval '1 minute' > @ends_after::timestamptz AND (s.state <> 'held' OR i.status <> 'open')
ORDER BY s.starts_at, s.id LIMIT @most;

-- name: SessionsOfPersonBetween :many
-- SessionsBetween for somebody who is the coach of their engagements, or attends them as
-- the coachee.
SELECT s.id, s.item_id, s.state, s.starts_at, s.minutes, s.place, i.title, e.id AS engagement_id, e.name AS engagement_name, e.coach_id, c.name AS coachee_name, coalesce(k.name, '')::text AS coach_name
FROM engagements e
JOIN LATERAL (
  SELECT n.id, n.org_id, n.item_id, n.state, n.starts_at, n.minutes, n.place FROM item_sessions n
  WHERE n.org_id = e.org_id AND n.engagement_id = e.id AND n.starts_at >= @from_moment AND n.starts_at < @until AND (n.starts_at, n.id) > (@key_time::timestamptz, @key_id::uuid)
    AND n.state = ANY (@states::text[]) AND n.starts_at + n.minutes * interval '1 minute' > @ends_after::timestamptz
    AND (e.coach_id = @person::uuid OR EXISTS (
      SELECT FROM session_attendees a JOIN item_recipients r ON r.org_id = a.org_id AND r.id = a.recipient_id
      WHERE a.org_id = n.org_id AND a.session_id = n.id AND a.removed_at IS NULL AND r.person_id = @person::uuid))
  ORDER BY n.starts_at, n.id LIMIT @most
) s ON true
JOIN items i ON i.org_id = s.org_id AND i.id = s.item_id AND (s.state <> 'held' OR i.status <> 'open')
JOIN people c ON c.org_id = e.org_id AND c.id = e.coachee_id
LEFT JOIN people k ON k.org_id = e.org_id AND k.id = e.coach_id
WHERE e.org_id = @org_id AND (e.coach_id = @person::uuid OR e.coachee_id = @person::uuid)
ORDER BY s.starts_at, s.id LIMIT @most;

-- name: SessionsCount :one
-- How many sessions begin between two moments, up to most of them.
SELECT count(*) FROM (SELECT FROM item_sessions s WHERE s.org_id = @org_id AND s.starts_at >= @from_moment AND s.starts_at < @until AND s.state = ANY (@states::text[]) LIMIT @most) few;
