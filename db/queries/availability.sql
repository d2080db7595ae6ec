-- name: AvailabilityGet :one
-- When a coach can be booked, with the zone of their clock; rules are null where they have
-- set none.
SELECT p.name, p.time_zone, p.roles, a.rules, coalesce(a.version, 1)::integer AS version FROM people p
LEFT JOIN availabilities a ON a.org_id = p.org_id AND a.coach_id = p.id
WHERE p.org_id = @org_id AND p.id = @coach_id;

-- name: AvailabilitySet :one
-- Replaces the version that was read; version 1 is that of a coach who has set nothing.
INSERT INTO availabilities (org_id, coach_id, rules, version, changed_at)
SELECT @org_id, @coach_id, @rules, 2, @changed_at WHERE @version::integer = 1 OR EXISTS (SELECT FROM availabilities a WHERE a.org_id = @org_id AND a.coach_id = @coach_id)
ON CONFLICT (org_id, coach_id) DO UPDATE SET rules = excluded.rules, version = availabilities.version + 1, changed_at = excluded.changed_at
WHERE availabilities.version = @version::integer
RETURNING version;
