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
