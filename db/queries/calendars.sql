-- name: SweepCalendars :many
SELECT org_id::uuid AS org_id, id::uuid AS id FROM sweep_calendars(@before::timestamptz, @long_before::timestamptz, @most::integer);

-- name: BusyCalendarInsert :exec
INSERT INTO busy_calendars (org_id, id, coach_id, address, name, created_at) VALUES (@org_id, @id, @coach_id, @address, @name, @created_at);

-- name: BusyCalendarsOfCoach :many
-- Without the feeds, which are large.
SELECT id, address, name, created_at, busy, busy_zone, busy_from, busy_until, warnings, asked_at, fetched_at, worked_at, failing_since, fault_code, fault_words
FROM busy_calendars WHERE org_id = @org_id AND coach_id = @coach_id ORDER BY created_at, id;

-- name: BusyCalendarFeed :one
SELECT feed FROM busy_calendars WHERE org_id = @org_id AND id = @id;

-- name: BusyCalendarGet :one
-- A calendar of somebody who is a coach, with the zone of their clock.
SELECT sqlc.embed(b), p.time_zone FROM busy_calendars b JOIN people p ON p.org_id = b.org_id AND p.id = b.coach_id
WHERE b.org_id = @org_id AND b.id = @id AND 'coach' = ANY (p.roles);

-- name: BusyCalendarSave :execrows
-- What became of a fetch. Without a feed or busy times those from before stay in force. No
-- row: the calendar was removed in the meantime.
UPDATE busy_calendars SET feed = coalesce(sqlc.narg(feed), feed), etag = @etag, modified = @modified,
  busy = coalesce(sqlc.narg(busy), busy), busy_zone = @busy_zone, busy_from = @busy_from, busy_until = @busy_until, warnings = coalesce(sqlc.narg(warnings), warnings),
  fetched_at = @fetched_at, worked_at = @worked_at, failing_since = @failing_since, fault_code = @fault_code, fault_words = @fault_words, told_at = @told_at
WHERE org_id = @org_id AND id = @id;

-- name: BusyCalendarAsk :execrows
-- No row: there is no such calendar of this coach, or it was fetched a moment ago.
UPDATE busy_calendars SET asked_at = @at::timestamptz
WHERE org_id = @org_id AND coach_id = @coach_id AND id = @id AND (fetched_at IS NULL OR fetched_at <= @before::timestamptz);

-- name: BusyCalendarDelete :execrows
DELETE FROM busy_calendars WHERE org_id = @org_id AND coach_id = @coach_id AND id = @id;

-- name: LookupCalendarFeed :one
SELECT org_id::uuid AS org_id, person_id::uuid AS person_id FROM lookup_calendar_feed(@token_hash::bytea);

-- name: CalendarFeedSet :exec
INSERT INTO calendar_feeds (org_id, person_id, token_hash, made_at) VALUES (@org_id, @person_id, @token_hash, @made_at)
ON CONFLICT (org_id, person_id) DO UPDATE SET token_hash = excluded.token_hash, made_at = excluded.made_at;

-- name: CalendarFeedGet :one
SELECT made_at FROM calendar_feeds WHERE org_id = @org_id AND person_id = @person_id;

-- name: CalendarFeedDelete :exec
DELETE FROM calendar_feeds WHERE org_id = @org_id AND person_id = @person_id;

-- name: FeedOwner :one
SELECT p.time_zone, o.name AS organization_name FROM people p JOIN organizations o ON o.org_id = p.org_id WHERE p.org_id = @org_id AND p.id = @person_id;

-- name: SessionsOfPerson :many
-- The sessions since a moment that somebody attends, and those of the engagements whose coach they are.
WITH theirs AS (
  SELECT s.id FROM engagements e
  JOIN items i ON i.org_id = e.org_id AND i.engagement_id = e.id AND i.kind = 'session'
  JOIN item_sessions s ON s.org_id = i.org_id AND s.item_id = i.id AND s.starts_at >= @since::timestamptz
  WHERE e.org_id = @org_id AND e.coach_id = @person_id
  UNION
  SELECT a.session_id FROM item_recipients r
  JOIN session_attendees a ON a.org_id = r.org_id AND a.recipient_id = r.id AND a.removed_at IS NULL
  JOIN item_sessions s ON s.org_id = a.org_id AND s.id = a.session_id AND s.starts_at >= @since::timestamptz
  WHERE r.org_id = @org_id AND r.person_id = @person_id AND r.removed_at IS NULL)
SELECT s.state, s.organizer, s.calendar, s.starts_at, s.minutes, s.zone, s.place, s.created_at, i.title, i.spec FROM theirs
JOIN item_sessions s ON s.org_id = @org_id AND s.id = theirs.id
JOIN items i ON i.org_id = s.org_id AND i.id = s.item_id
ORDER BY s.starts_at, s.id LIMIT 2000;

-- name: DueDatesOfPerson :many
-- What is open for somebody in running programs and has a due date.
SELECT r.id AS recipient_id, i.id AS item_id, i.kind, i.title, i.due_at::timestamptz AS due_at, i.issued_at::timestamptz AS issued_at, e.name AS engagement_name FROM item_recipients r
JOIN items i ON i.org_id = r.org_id AND i.id = r.item_id AND i.status = 'open' AND i.kind <> 'session' AND i.due_at >= @since::timestamptz AND i.issued_at IS NOT NULL
JOIN engagements e ON e.org_id = i.org_id AND e.id = i.engagement_id AND e.status IN ('active', 'paused')
WHERE r.org_id = @org_id AND r.person_id = @person_id AND r.removed_at IS NULL AND r.answered_at IS NULL
ORDER BY i.due_at, r.id LIMIT 500;
