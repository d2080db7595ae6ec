-- name: MatchingGet :one
SELECT * FROM matchings WHERE org_id = @org_id AND id = @id;

-- name: MatchingContext :one
-- A matching with the names and clocks that its letters need. The engagement is locked by
-- whoever changes the matching.
SELECT sqlc.embed(m), e.name AS engagement_name, e.status AS engagement_status, e.coachee_id, c.name AS coachee_name, c.time_zone AS coachee_zone,
  o.name AS organization_name, o.time_zone AS organization_zone, o.undo_seconds, coalesce(f.name, '')::text AS found_name
FROM matchings m
JOIN engagements e ON e.org_id = m.org_id AND e.id = m.engagement_id
JOIN people c ON c.org_id = e.org_id AND c.id = e.coachee_id
JOIN organizations o ON o.org_id = m.org_id
LEFT JOIN people f ON f.org_id = m.org_id AND f.id = m.coach_id
WHERE m.org_id = @org_id AND m.id = @id;

-- name: MatchingOpenOf :one
-- The attempt of an engagement that has not ended.
SELECT id FROM matchings WHERE org_id = @org_id AND engagement_id = @engagement_id AND ended_at IS NULL;

-- name: MatchingsOfEngagement :many
SELECT * FROM matchings WHERE org_id = @org_id AND engagement_id = @engagement_id ORDER BY attempt DESC;

-- name: MatchingAttempts :one
SELECT coalesce(max(attempt), 0)::integer FROM matchings WHERE org_id = @org_id AND engagement_id = @engagement_id;

-- name: MatchingInsert :exec
INSERT INTO matchings (org_id, id, engagement_id, attempt, pool_id, settings, wishes, status, since, started_by, started_at)
VALUES (@org_id, @id, @engagement_id, @attempt, @pool_id, @settings, @wishes, @status, @since, @started_by, @since);

-- name: MatchingUpdate :execrows
-- No row: it has ended.
UPDATE matchings SET status = @status, since = @since, asked_at = @asked_at, selection = @selection, coach_id = @coach_id, reason = @reason,
  revision = revision + 1, next_at = @next_at, ended_at = @ended_at
WHERE org_id = @org_id AND id = @id AND ended_at IS NULL;

-- name: MatchingRead :exec
-- Its workflow has read it; the end of one that has ended is read, too.
UPDATE matchings SET read_at = coalesce(read_at, @read_at), end_read_at = CASE WHEN ended_at IS NOT NULL THEN coalesce(end_read_at, @read_at) END
WHERE org_id = @org_id AND id = @id;

-- name: EngagementMatching :execrows
-- A draft begins to look for a coach, or a search ends without one.
UPDATE engagements SET status = @status, program_revision = program_revision + 1
WHERE org_id = @org_id AND id = @id AND status = @before;

-- name: MatchingCoaches :many
-- The coaches of a matching with what is known of them: who is a coach no more is gone, and
-- who has a capacity may be full.
SELECT mc.coach_id, mc.position, mc.pinned, mc.suggestion, mc.gone_at, p.name, p.time_zone, ('coach' = ANY (p.roles))::boolean AS is_coach,
  coalesce(cp.profile, '{}')::jsonb AS profile, coalesce(cp.photo, '')::text AS photo,
  (SELECT count(*) FROM engagements e WHERE e.org_id = mc.org_id AND e.coach_id = mc.coach_id AND e.status NOT IN ('completed', 'cancelled'))::integer AS clients
FROM matching_coaches mc
JOIN people p ON p.org_id = mc.org_id AND p.id = mc.coach_id
LEFT JOIN coach_profiles cp ON cp.org_id = mc.org_id AND cp.coach_id = mc.coach_id
WHERE mc.org_id = @org_id AND mc.matching_id = @matching_id
ORDER BY mc.pinned DESC, mc.position, mc.coach_id;

-- name: MatchingCoachSet :exec
INSERT INTO matching_coaches (org_id, matching_id, coach_id, position, pinned, suggestion, gone_at)
VALUES (@org_id, @matching_id, @coach_id, @position, @pinned, @suggestion, @gone_at)
ON CONFLICT (org_id, matching_id, coach_id) DO UPDATE SET gone_at = excluded.gone_at;

-- name: InterviewsOfMatching :many
SELECT * FROM interviews WHERE org_id = @org_id AND matching_id = @matching_id ORDER BY created_at, id;

-- name: InterviewGet :one
SELECT * FROM interviews WHERE org_id = @org_id AND id = @id;

-- name: InterviewUpsert :exec
INSERT INTO interviews (org_id, id, matching_id, coach_id, state, since, until, starts_at, minutes, place, proposals, decision, coach_knows, silent, scheduled, memo, reason, uid, organizer, calendar, created_at)
VALUES (@org_id, @id, @matching_id, @coach_id, @state, @since, @until, @starts_at, @minutes, @place, @proposals, @decision, @coach_knows, @silent, @scheduled, @memo, @reason, @uid, @organizer, @calendar, @created_at)
ON CONFLICT (org_id, id) DO UPDATE SET state = excluded.state, since = excluded.since, until = excluded.until, starts_at = excluded.starts_at, minutes = excluded.minutes, place = excluded.place,
  proposals = excluded.proposals, decision = excluded.decision, coach_knows = excluded.coach_knows, silent = excluded.silent, scheduled = excluded.scheduled,
  memo = excluded.memo, reason = excluded.reason, calendar = excluded.calendar;

-- name: MatchingActInsert :exec
INSERT INTO matching_acts (org_id, id, matching_id, kind, wanted, actor_id, created_at) VALUES (@org_id, @id, @matching_id, @kind, @wanted, @actor_id, @created_at);

-- name: MatchingActGet :one
SELECT * FROM matching_acts WHERE org_id = @org_id AND id = @id AND matching_id = @matching_id;

-- name: MatchingActApplied :execrows
UPDATE matching_acts SET applied_at = @applied_at WHERE org_id = @org_id AND id = @id AND applied_at IS NULL;

-- name: MatchingWaits :many
-- The waits of a matching for which mails were planned. The key of such a mail begins with
-- that of its wait, and "#" ends it.
SELECT DISTINCT split_part(key, '#', 1)::text AS wait FROM notifications
WHERE org_id = @org_id AND matching_id = @matching_id AND starts_with(key, 'wait/');

-- name: MatchingWaitsCancel :exec
-- What is planned for waits that are over.
UPDATE notifications SET state = 'cancelled', state_reason = cancelled_because(@state_reason, state, claimed_until), outcome_at = @outcome_at
WHERE org_id = @org_id AND matching_id = @matching_id AND starts_with(key, 'wait/') AND split_part(key, '#', 1) <> ALL (@waits::text[])
  AND state IN ('planned', 'held', 'sending');

-- name: MatchingMailNext :one
-- When the next planned mail of a matching leaves, after those that leave now.
SELECT planned_at FROM notifications WHERE org_id = @org_id AND matching_id = @matching_id AND state = 'planned' AND planned_at > @moment
ORDER BY planned_at LIMIT 1;

-- name: MatchingMailsDue :many
-- The mails about a matching that are to leave by now.
SELECT id, planned_at FROM notifications
WHERE org_id = @org_id AND matching_id = @matching_id AND state = 'planned' AND planned_at <= @moment
ORDER BY planned_at, id;

-- name: PoolGet :one
SELECT * FROM pools WHERE org_id = @org_id AND id = @id;

-- name: PoolCoaches :many
SELECT pc.coach_id, pc.position, p.name, p.time_zone, coalesce(cp.profile, '{}')::jsonb AS profile, coalesce(cp.photo, '')::text AS photo,
  ('coach' = ANY (p.roles))::boolean AS is_coach
FROM pool_coaches pc
JOIN people p ON p.org_id = pc.org_id AND p.id = pc.coach_id
LEFT JOIN coach_profiles cp ON cp.org_id = pc.org_id AND cp.coach_id = pc.coach_id
WHERE pc.org_id = @org_id AND pc.pool_id = @pool_id
ORDER BY pc.position, pc.coach_id;

-- name: MatchingsWithCoach :many
-- The matchings that have not ended in which a coach is offered.
SELECT m.id, m.engagement_id, m.attempt FROM matchings m JOIN matching_coaches mc ON mc.org_id = m.org_id AND mc.matching_id = m.id
WHERE m.org_id = @org_id AND m.ended_at IS NULL AND mc.coach_id = @coach_id AND mc.gone_at IS NULL;

-- name: BookingTakeInterview :exec
-- Refused where the coach is taken (db.Taken).
INSERT INTO bookings (org_id, id, coach_id, starts_at, ends_at, blocked_until, interview_id) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: BookingFreeInterview :exec
DELETE FROM bookings WHERE org_id = @org_id AND interview_id = @interview_id;

-- name: CalendarMailsOfInterview :many
-- The mails about an interview in calendars, in the order in which they were planned.
SELECT id, recipient_id, address, kind, step, calendar_method, calendar_sequence, state, doubtful, mail_message_id, claimed_until, planned_at
FROM notifications WHERE org_id = @org_id AND interview_id = @interview_id AND calendar_method <> ''
ORDER BY calendar_sequence, calendar_stamp, id;

-- name: ClientsOfCoach :one
-- How many engagements of a coach are not over.
SELECT count(*) FROM engagements WHERE org_id = @org_id AND coach_id = @coach_id AND status NOT IN ('completed', 'cancelled');

-- name: PoolInsert :exec
INSERT INTO pools (org_id, id, name, choices, created_at) VALUES (@org_id, @id, @name, @choices, @created_at);

-- name: PoolUpdate :execrows
UPDATE pools SET name = @name, choices = @choices, version = version + 1 WHERE org_id = @org_id AND id = @id AND version = @version AND archived_at IS NULL;

-- name: PoolArchive :execrows
UPDATE pools SET archived_at = @archived_at, version = version + 1 WHERE org_id = @org_id AND id = @id AND archived_at IS NULL;

-- name: PoolList :many
SELECT p.id, p.name, (SELECT count(*) FROM pool_coaches c WHERE c.org_id = p.org_id AND c.pool_id = p.id)::integer AS coaches FROM pools p
WHERE p.org_id = @org_id AND p.archived_at IS NULL AND p.id > @after ORDER BY p.id LIMIT @most;

-- name: PoolCoachesClear :exec
DELETE FROM pool_coaches WHERE org_id = @org_id AND pool_id = @pool_id;

-- name: PoolCoachInsert :exec
INSERT INTO pool_coaches (org_id, pool_id, coach_id, position) VALUES (@org_id, @pool_id, @coach_id, @position);

-- name: CoachProfileGet :one
SELECT p.name, ('coach' = ANY (p.roles))::boolean AS is_coach, coalesce(cp.profile, '{}')::jsonb AS profile, coalesce(cp.photo, '')::text AS photo, coalesce(cp.version, 1)::integer AS version
FROM people p LEFT JOIN coach_profiles cp ON cp.org_id = p.org_id AND cp.coach_id = p.id
WHERE p.org_id = @org_id AND p.id = @coach_id;

-- name: CoachProfileSet :one
-- No row: it was changed since the version that was read.
INSERT INTO coach_profiles (org_id, coach_id, profile, version, changed_at)
SELECT @org_id, @coach_id, @profile, 2, @changed_at WHERE @version::integer = 1
  OR EXISTS (SELECT FROM coach_profiles c WHERE c.org_id = @org_id AND c.coach_id = @coach_id)
ON CONFLICT (org_id, coach_id) DO UPDATE SET profile = excluded.profile, version = coach_profiles.version + 1, changed_at = excluded.changed_at
WHERE coach_profiles.version = @version::integer
RETURNING version;

-- name: MatchingsOpen :many
-- The attempts that have not ended, the oldest first.
SELECT m.id, m.engagement_id, m.attempt, m.status, m.since, m.next_at, m.started_at, e.coachee_id, c.name AS coachee_name
FROM matchings m
JOIN engagements e ON e.org_id = m.org_id AND e.id = m.engagement_id
JOIN people c ON c.org_id = e.org_id AND c.id = e.coachee_id
WHERE m.org_id = @org_id AND m.ended_at IS NULL AND m.id > @after ORDER BY m.id LIMIT @most;

-- name: MatchingLinkGet :one
-- A link about a matching with its holder, whose address it still must be.
SELECT l.purpose, l.expires_at, l.revoked_at, h.id AS person_id, l.subject_id, o.name AS organization_name, o.brand_color, o.logo, h.name AS holder, h.time_zone AS zone,
  ('admin' = ANY (h.roles))::boolean AS is_admin
FROM links l
JOIN organizations o ON o.org_id = l.org_id
JOIN people h ON h.org_id = l.org_id AND h.id = l.person_id
JOIN person_addresses own ON own.org_id = h.org_id AND own.person_id = h.id AND own.address = l.email
WHERE l.org_id = @org_id AND l.id = @id;
