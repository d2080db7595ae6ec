-- name: RatingInsert :execrows
-- No row: the person was asked about the session before (R15).
INSERT INTO session_ratings (org_id, id, engagement_id, session_id, person_id, role, coach_id, question, low, high, readers, asked_at, closes_at)
VALUES (@org_id, @id, @engagement_id, @session_id, @person_id, @role, @coach_id, @question, @low, @high, @readers, @asked_at, @closes_at)
ON CONFLICT (org_id, session_id, person_id) DO NOTHING;

-- name: RatingGet :one
SELECT * FROM session_ratings WHERE org_id = @org_id AND id = @id;

-- name: RatingsEnd :exec
-- The session was not held after all: what can still be answered ends.
UPDATE session_ratings SET ended_at = @ended_at WHERE org_id = @org_id AND session_id = @session_id AND ended_at IS NULL AND closes_at > @ended_at;

-- name: RatingAnswer :execrows
-- No row: it takes no answer any more.
UPDATE session_ratings SET score = @score, words = @words, answered_at = coalesce(answered_at, @changed_at), changed_at = @changed_at
WHERE org_id = @org_id AND id = @id AND ended_at IS NULL AND closes_at > @changed_at;

-- name: RatingLinkGet :one
-- All that the link to a rating shows. The address that it was mailed to must still be the
-- person's.
SELECT l.purpose, l.expires_at, l.revoked_at, sqlc.embed(r), s.starts_at, i.title, e.status AS engagement_status, p.time_zone AS zone,
  o.name AS organization_name, o.brand_color, o.logo, c.name AS coachee_name, coalesce(k.name, '')::text AS coach_name
FROM links l
JOIN session_ratings r ON r.org_id = l.org_id AND r.id = l.subject_id
JOIN item_sessions s ON s.org_id = r.org_id AND s.id = r.session_id
JOIN items i ON i.org_id = s.org_id AND i.id = s.item_id
JOIN engagements e ON e.org_id = r.org_id AND e.id = r.engagement_id
JOIN organizations o ON o.org_id = l.org_id
JOIN people p ON p.org_id = r.org_id AND p.id = r.person_id
JOIN people c ON c.org_id = e.org_id AND c.id = e.coachee_id
LEFT JOIN people k ON k.org_id = r.org_id AND k.id = r.coach_id
WHERE l.org_id = @org_id AND l.id = @id AND EXISTS (
  SELECT FROM person_addresses own WHERE own.org_id = r.org_id AND own.person_id = r.person_id AND own.address = l.email);

-- name: RatingsOfEngagement :many
-- What was asked about the sessions of an engagement, for somebody who reads answers with
-- these readers; of_coach is NULL, or the coach to whom alone they belong.
SELECT r.id, r.session_id, r.role, r.question, r.low, r.high, r.readers, r.asked_at, r.closes_at, r.ended_at, r.score, r.words, r.answered_at, r.changed_at,
  s.starts_at, s.item_id, i.title, p.name AS person_name
FROM session_ratings r
JOIN item_sessions s ON s.org_id = r.org_id AND s.id = r.session_id
JOIN items i ON i.org_id = s.org_id AND i.id = s.item_id
JOIN people p ON p.org_id = r.org_id AND p.id = r.person_id
WHERE r.org_id = @org_id AND r.engagement_id = @engagement_id AND r.id > @after AND r.readers = ANY (@readers::text[])
  AND (sqlc.narg(of_coach)::uuid IS NULL OR r.coach_id = sqlc.narg(of_coach))
ORDER BY r.id LIMIT @most;

-- name: RatingsAreThere :one
-- Whether RatingsOfEngagement would find any.
SELECT EXISTS (SELECT FROM session_ratings r WHERE r.org_id = @org_id AND r.engagement_id = @engagement_id AND r.readers = ANY (@readers::text[])
  AND (sqlc.narg(of_coach)::uuid IS NULL OR r.coach_id = sqlc.narg(of_coach)))::boolean;

-- name: RatingOfCoach :one
-- What coachees said of the sessions of a coach.
SELECT count(score) AS answers, coalesce(avg(score), 0)::float AS average FROM session_ratings
WHERE org_id = @org_id AND coach_id = @coach_id AND role = 'coachee' AND score IS NOT NULL;
