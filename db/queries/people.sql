-- name: OrganizationInsert :exec
INSERT INTO organizations (org_id, name, time_zone, undo_seconds) VALUES ($1, $2, $3, $4);

-- name: OrganizationGet :one
SELECT * FROM organizations WHERE org_id = @org_id;

-- name: OrganizationUpdate :one
UPDATE organizations SET name = @name, time_zone = @time_zone, undo_seconds = @undo_seconds, contact_suffix = coalesce(sqlc.narg(contact_suffix), contact_suffix),
  brand_color = coalesce(sqlc.narg(brand_color), brand_color),
  reply_address = coalesce(sqlc.narg(reply_address), reply_address), onward_per_hour = coalesce(sqlc.narg(onward_per_hour), onward_per_hour),
  sessions_held_by_themselves = coalesce(sqlc.narg(sessions_held_by_themselves), sessions_held_by_themselves), session_notice_hours = coalesce(sqlc.narg(session_notice_hours), session_notice_hours),
  attendees_see_each_other = coalesce(sqlc.narg(attendees_see_each_other), attendees_see_each_other),
  ratings = coalesce(sqlc.narg(ratings), ratings)
WHERE org_id = @org_id RETURNING *;

-- name: OrganizationBrand :one
SELECT brand_color, logo FROM organizations WHERE org_id = @org_id;

-- name: OrganizationLock :exec
SELECT FROM organizations WHERE org_id = @org_id FOR NO KEY UPDATE;

-- name: PersonInsert :one
INSERT INTO people (org_id, id, name, roles, state, time_zone, password_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *;

-- name: PersonGet :one
SELECT sqlc.embed(p), a.address AS primary_address
FROM people p JOIN person_addresses a ON a.org_id = p.org_id AND a.person_id = p.id AND a.is_primary
WHERE p.org_id = @org_id AND p.id = @id;

-- name: PersonList :many
-- Pages by id, which is in the order of creation.
SELECT p.id, p.name, p.roles, p.state, p.time_zone, p.version, p.created_at, a.address AS primary_address
FROM people p JOIN person_addresses a ON a.org_id = p.org_id AND a.person_id = p.id AND a.is_primary
WHERE p.org_id = @org_id AND p.id > @after AND (sqlc.narg(role)::text IS NULL OR sqlc.narg(role) = ANY (p.roles))
ORDER BY p.id LIMIT @most;

-- name: PersonListOfCoach :many
-- PersonList for a coach: their own people and, as coaches alone, all others.
SELECT p.id, p.name, p.roles, p.state, p.time_zone, p.version, p.created_at, a.address AS primary_address
FROM people p JOIN person_addresses a ON a.org_id = p.org_id AND a.person_id = p.id AND a.is_primary
WHERE p.org_id = @org_id AND p.id > @after AND (@role::text = '' OR @role = ANY (p.roles))
  AND (p.id = ANY (@own::uuid[]) OR ('coach' = ANY (p.roles) AND @role IN ('', 'coach')))
ORDER BY p.id LIMIT @most;

-- name: PeopleOfCoach :many
-- Whom a coach works with: the coachees of their engagements, who else gets an
-- item there, and the clients of their conversations.
SELECT e.coachee_id AS id FROM engagements e WHERE e.org_id = @org_id AND e.coach_id = @coach_id
UNION
SELECT s.client_id FROM streams s WHERE s.org_id = @org_id AND s.coach_id = @coach_id::uuid
UNION
SELECT r.person_id FROM engagements e
JOIN items i ON i.org_id = e.org_id AND i.engagement_id = e.id
JOIN item_recipients r ON r.org_id = i.org_id AND r.item_id = i.id AND r.person_id IS NOT NULL
WHERE e.org_id = @org_id AND e.coach_id = @coach_id;

-- name: PersonNames :many
SELECT id, name FROM people WHERE org_id = @org_id AND id = ANY (@ids::uuid[]);

-- name: PersonUpdate :one
-- No row: somebody changed the person since version was read.
UPDATE people SET name = @name, roles = @roles, state = @state, time_zone = @time_zone, version = version + 1
WHERE org_id = @org_id AND id = @id AND version = @version RETURNING *;

-- name: PersonSetPassword :exec
UPDATE people SET password_hash = @password_hash, password_set_at = @password_set_at, state = 'active', version = version + 1 WHERE org_id = @org_id AND id = @id;

-- name: PersonOtherAdmins :one
SELECT count(*) FROM people WHERE org_id = @org_id AND id <> @id AND 'admin' = ANY (roles) AND state = 'active';

-- name: AddressInsert :exec
INSERT INTO person_addresses (org_id, address, person_id, is_primary) VALUES ($1, $2, $3, $4);

-- name: PersonFoundBy :exec
-- Keeps what a person is found by, and whether nothing is sent to the primary address,
-- after a change of name or addresses.
UPDATE people p SET
  search = search_text(p.name || ' ' || coalesce((SELECT string_agg(a.address, ' ' ORDER BY a.is_primary DESC, a.address) FROM person_addresses a
    WHERE a.org_id = p.org_id AND a.person_id = p.id), '')),
  blocked = EXISTS (SELECT FROM person_addresses a JOIN blocked_addresses b ON b.org_id = a.org_id AND b.address = a.address
    WHERE a.org_id = p.org_id AND a.person_id = p.id AND a.is_primary)
WHERE p.org_id = @org_id AND p.id = @id;

-- name: EngagementsFollowPerson :exec
-- Keeps what the engagements of a person are found by. They are locked in the order of
-- their ids, as everywhere.
WITH own AS (
  SELECT e.id, c.search || ' ' || coalesce(k.search, '') || ' ' || search_text(e.name) AS search FROM engagements e
  JOIN people c ON c.org_id = e.org_id AND c.id = e.coachee_id
  LEFT JOIN people k ON k.org_id = e.org_id AND k.id = e.coach_id
  WHERE e.org_id = @org_id AND (e.coachee_id = @person_id OR e.coach_id = @person_id::uuid) ORDER BY e.id FOR NO KEY UPDATE OF e
)
UPDATE engagements e SET search = own.search FROM own WHERE e.org_id = @org_id AND e.id = own.id AND e.search <> own.search;

-- name: AddressesOf :many
SELECT address, is_primary FROM person_addresses WHERE org_id = $1 AND person_id = $2 ORDER BY is_primary DESC, address;

-- name: PersonByAddress :one
SELECT person_id FROM person_addresses WHERE org_id = @org_id AND address = @address;

-- name: AddressesClear :exec
DELETE FROM person_addresses WHERE org_id = $1 AND person_id = $2;

-- name: BlockedAddressInsert :exec
-- Whoever is written to there is marked.
WITH block AS (
  INSERT INTO blocked_addresses (org_id, address, reason, blocked_at) VALUES (@org_id, @address, @reason, @blocked_at)
  ON CONFLICT (org_id, address) DO NOTHING
)
UPDATE people p SET blocked = true FROM person_addresses a
WHERE a.org_id = @org_id AND a.address = @address AND a.is_primary AND p.org_id = a.org_id AND p.id = a.person_id AND NOT p.blocked;

-- name: BlockedAddressDelete :execrows
WITH mark AS (
  UPDATE people p SET blocked = false FROM person_addresses a
  WHERE a.org_id = @org_id AND a.address = @address AND a.is_primary AND p.org_id = a.org_id AND p.id = a.person_id
)
DELETE FROM blocked_addresses b WHERE b.org_id = @org_id AND b.address = @address;

-- name: BlockedAddressList :many
SELECT * FROM blocked_addresses WHERE org_id = $1 ORDER BY blocked_at DESC LIMIT 500;
