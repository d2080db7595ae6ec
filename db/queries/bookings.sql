-- name: BookingsOfCoach :many
-- What is booked of a coach and not over at a moment.
SELECT starts_at, ends_at, blocked_until, session_id FROM bookings
WHERE org_id = @org_id AND coach_id = @coach_id AND blocked_until > @since::timestamptz
ORDER BY starts_at LIMIT 5000;

-- name: BookingInsert :exec
-- Refused where the coach is taken (db.Taken).
INSERT INTO bookings (org_id, id, coach_id, starts_at, ends_at, blocked_until, session_id) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: BookingDelete :exec
-- A session without the coach has none.
DELETE FROM bookings WHERE org_id = @org_id AND session_id = @session_id;

-- name: BookingPadding :one
-- How many minutes a coach keeps free after an appointment; 0 where nothing is set.
SELECT coalesce(max((rules ->> 'padding_minutes')::integer), 0)::integer FROM availabilities WHERE org_id = @org_id AND coach_id = @coach_id;

-- name: BookingCollision :one
-- The first appointment of a coach that stands in the way of another one.
SELECT b.starts_at, b.ends_at FROM bookings b
WHERE b.org_id = @org_id AND b.coach_id = @coach_id AND tstzrange(b.starts_at, b.blocked_until) && tstzrange(@starts_at::timestamptz, @blocked_until::timestamptz)
ORDER BY b.starts_at LIMIT 1;

-- name: AvailabilityLock :one
-- Whoever books with a coach, and whoever changes when the coach can be booked, waits here
-- for the one before.
SELECT version FROM availabilities WHERE org_id = @org_id AND coach_id = @coach_id FOR UPDATE;
