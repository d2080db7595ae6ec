-- name: EngagementInsert :one
-- It is found by its people and its name, as by EngagementsFollowPerson.
INSERT INTO engagements (org_id, id, name, coachee_id, coach_id, status, search) VALUES (@org_id, @id, @name, @coachee_id, sqlc.narg(coach_id), @status,
  coalesce((SELECT c.search FROM people c WHERE c.org_id = @org_id AND c.id = @coachee_id), '') || ' '
  || coalesce((SELECT k.search FROM people k WHERE k.org_id = @org_id AND k.id = sqlc.narg(coach_id)), '') || ' ' || search_text(@name)) RETURNING *;

-- name: EngagementGet :one
SELECT * FROM engagements WHERE org_id = $1 AND id = $2;

-- name: EngagementLock :one
-- Everything that changes a program holds this lock while it does.
SELECT id FROM engagements WHERE org_id = $1 AND id = $2 FOR UPDATE;

-- name: EngagementList :many
SELECT e.id, e.name, e.coachee_id, e.coach_id, e.status, e.program_revision, e.started_at, e.taken_up_at, e.paused_at, e.ended_at, e.created_at,
  c.name AS coachee_name, coalesce(k.name, '')::text AS coach_name
FROM engagements e
JOIN people c ON c.org_id = e.org_id AND c.id = e.coachee_id
LEFT JOIN people k ON k.org_id = e.org_id AND k.id = e.coach_id
WHERE e.org_id = @org_id AND e.id > @after AND (sqlc.narg(person)::uuid IS NULL OR e.coachee_id = sqlc.narg(person) OR e.coach_id = sqlc.narg(person))
ORDER BY e.id LIMIT @most;

-- name: EngagementUpdate :one
UPDATE engagements e SET name = @name, coach_id = sqlc.narg(coach_id), program_revision = e.program_revision + 1,
  search = coalesce((SELECT c.search FROM people c WHERE c.org_id = e.org_id AND c.id = e.coachee_id), '') || ' '
    || coalesce((SELECT k.search FROM people k WHERE k.org_id = e.org_id AND k.id = sqlc.narg(coach_id)), '') || ' ' || search_text(@name)
WHERE e.org_id = @org_id AND e.id = @id AND e.program_revision = @program_revision RETURNING *;

-- name: EngagementStart :one
UPDATE engagements SET status = 'active', started_at = @started_at, program_revision = program_revision + 1
WHERE org_id = @org_id AND id = @id AND status = 'draft' RETURNING *;

-- name: EngagementSetStatus :exec
UPDATE engagements SET status = @status, paused_at = @paused_at, ended_at = @ended_at
WHERE org_id = @org_id AND id = @id;

-- name: EngagementCount :exec
-- Counts a change of the program, and keeps what lists are ordered by.
UPDATE engagements SET program_revision = program_revision + 1, due_at = @due_at, urgency = @urgency WHERE org_id = @org_id AND id = @id;

-- name: ItemList :many
SELECT * FROM items WHERE org_id = $1 AND engagement_id = $2 ORDER BY position, id;

-- name: ItemNext :exec
-- What comes next for one item.
UPDATE items SET next_step = @next_step, next_at = @next_at, revision = @revision WHERE org_id = @org_id AND id = @id;

-- name: ItemsOfEngagements :many
SELECT * FROM items WHERE org_id = @org_id AND engagement_id = ANY (@engagements::uuid[]) ORDER BY engagement_id, position, id;

-- name: ItemGet :one
SELECT * FROM items WHERE org_id = $1 AND id = $2;

-- name: ItemUpsert :exec
INSERT INTO items (org_id, id, engagement_id, position, kind, title, spec, form_id, form_version, status, revision, round, plan, plan_made_at, follow_from, followed,
  release_at, send_at, issued_at, due_at, done_at, held_at, zone, next_step, next_at)
VALUES (@org_id, @id, @engagement_id, @position, @kind, @title, @spec, @form_id, @form_version, @status, @revision, @round, @plan, @plan_made_at, @follow_from, @followed,
  @release_at, @send_at, @issued_at, @due_at, @done_at, @held_at, @zone, @next_step, @next_at)
ON CONFLICT (org_id, id) DO UPDATE SET position = excluded.position, kind = excluded.kind, title = excluded.title, spec = excluded.spec,
  form_id = excluded.form_id, form_version = excluded.form_version, status = excluded.status, revision = excluded.revision, round = excluded.round, plan = excluded.plan,
  plan_made_at = excluded.plan_made_at, follow_from = excluded.follow_from, followed = excluded.followed, release_at = excluded.release_at,
  send_at = excluded.send_at, issued_at = excluded.issued_at, due_at = excluded.due_at, done_at = excluded.done_at, held_at = excluded.held_at, zone = excluded.zone,
  next_step = excluded.next_step, next_at = excluded.next_at;

-- name: RecipientInsert :exec
INSERT INTO item_recipients (org_id, id, item_id, person_id, email, name, required) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: RecipientsClear :exec
-- For items that were never issued; of the others nobody is removed.
DELETE FROM item_recipients r USING items i
WHERE r.org_id = @org_id AND r.item_id = @item_id AND i.org_id = r.org_id AND i.id = r.item_id AND i.issued_at IS NULL;

-- name: RecipientsOfItem :many
-- Persons with their primary address, name and zone; bare emails as they are.
SELECT r.id, r.item_id, r.person_id, r.required, r.answered_at, r.follow_up_held,
  coalesce(p.name, r.name)::text AS name, coalesce(a.address, r.email, '')::text AS address,
  coalesce(p.time_zone, '')::text AS time_zone, coalesce(p.state, 'bare_email')::text AS standing,
  (b.address IS NOT NULL)::boolean AS blocked
FROM item_recipients r
LEFT JOIN people p ON p.org_id = r.org_id AND p.id = r.person_id
LEFT JOIN person_addresses a ON a.org_id = r.org_id AND a.person_id = r.person_id AND a.is_primary
LEFT JOIN blocked_addresses b ON b.org_id = r.org_id AND b.address = coalesce(a.address, r.email)
WHERE r.org_id = @org_id AND r.item_id = @item_id AND r.removed_at IS NULL
ORDER BY r.id;

-- name: RecipientsOfEngagements :many
SELECT r.id, r.item_id, r.person_id, r.required, r.answered_at, r.follow_up_held,
  coalesce(p.name, r.name)::text AS name, coalesce(a.address, r.email, '')::text AS address
FROM item_recipients r
JOIN items i ON i.org_id = r.org_id AND i.id = r.item_id
LEFT JOIN people p ON p.org_id = r.org_id AND p.id = r.person_id
LEFT JOIN person_addresses a ON a.org_id = r.org_id AND a.person_id = r.person_id AND a.is_primary
WHERE r.org_id = @org_id AND i.engagement_id = ANY (@engagements::uuid[]) AND r.removed_at IS NULL
ORDER BY r.id;

-- name: RecipientsReopen :exec
UPDATE item_recipients SET answered_at = NULL WHERE org_id = $1 AND item_id = $2;

-- name: RecipientHoldFollowUp :one
UPDATE item_recipients SET follow_up_held = @held WHERE org_id = @org_id AND id = @id AND item_id = @item_id RETURNING id;

-- name: LinkInsert :exec
-- Made again for a later mail, it lives longer.
INSERT INTO links (org_id, id, purpose, subject_id, person_id, email, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (org_id, id) DO UPDATE SET expires_at = greatest(links.expires_at, excluded.expires_at);

-- name: LinkGet :one
-- A link whose address is its reader's no more is none.
SELECT l.* FROM links l WHERE l.org_id = @org_id AND l.id = @id AND (l.email IS NULL OR EXISTS (
  SELECT FROM person_addresses a WHERE a.org_id = l.org_id AND a.person_id = l.person_id AND a.address = l.email));

-- name: EventInsert :exec
INSERT INTO events (org_id, id, engagement_id, at, kind, actor_kind, actor_id, actor_email, item_id, reason, key, session_at, session_before)
VALUES (@org_id, @id, @engagement_id, @at, @kind, @actor_kind, @actor_id, @actor_email, @item_id, @reason, @key, @session_at, @session_before)
ON CONFLICT (org_id, key) DO NOTHING;

-- name: EventList :many
SELECT ev.id, ev.at, ev.kind, ev.actor_id, ev.actor_email, ev.item_id, ev.reason, ev.session_at, ev.session_before, coalesce(p.name, '')::text AS actor_name, coalesce(i.title, '')::text AS item_title FROM events ev
LEFT JOIN people p ON p.org_id = ev.org_id AND p.id = ev.actor_id
LEFT JOIN items i ON i.org_id = ev.org_id AND i.id = ev.item_id
WHERE ev.org_id = @org_id AND ev.engagement_id = @engagement_id AND ev.id > @after
ORDER BY ev.id LIMIT @most;

-- name: EngagementUnread :exec
-- The workflow is to read the program again.
UPDATE engagements SET taken_up_at = NULL WHERE org_id = $1 AND id = $2;

-- name: EngagementTakeUp :exec
UPDATE engagements SET taken_up_at = $3 WHERE org_id = $1 AND id = $2 AND taken_up_at IS NULL;

-- name: EngagementContext :one
-- All the names that a letter may use.
SELECT sqlc.embed(e), o.session_notice_hours, o.ratings, o.name AS organization_name, o.time_zone AS organization_zone, o.undo_seconds,
  o.sessions_held_by_themselves, o.attendees_see_each_other, c.name AS coachee_name, c.time_zone AS coachee_zone,
  coalesce(k.name, '')::text AS coach_name, coalesce(k.time_zone, '')::text AS coach_zone, o.reply_address, o.brand_color, o.logo,
  -- of the address in use by which the coachee writes to the coach
  coalesce((SELECT a.local_part FROM streams s JOIN system_addresses a ON a.org_id = s.org_id AND a.stream_id = s.id AND a.direction = 'to_coach' AND a.retired_at IS NULL
    WHERE s.org_id = e.org_id AND s.coach_id = e.coach_id AND s.client_id = e.coachee_id), '')::text AS to_coach
FROM engagements e
JOIN organizations o ON o.org_id = e.org_id
JOIN people c ON c.org_id = e.org_id AND c.id = e.coachee_id
LEFT JOIN people k ON k.org_id = e.org_id AND k.id = e.coach_id
WHERE e.org_id = @org_id AND e.id = @id;

-- name: Responsible :many
-- The coach of an engagement or, while it has none, the admins.
SELECT p.id, p.name, p.time_zone, p.state, a.address, (b.address IS NOT NULL)::boolean AS blocked
FROM engagements e
JOIN people p ON p.org_id = e.org_id AND p.id = e.coach_id
JOIN person_addresses a ON a.org_id = p.org_id AND a.person_id = p.id AND a.is_primary
LEFT JOIN blocked_addresses b ON b.org_id = p.org_id AND b.address = a.address
WHERE e.org_id = @org_id AND e.id = @id
UNION ALL
SELECT p.id, p.name, p.time_zone, p.state, a.address, (b.address IS NOT NULL)::boolean
FROM engagements e
JOIN people p ON p.org_id = e.org_id AND 'admin' = ANY (p.roles) AND p.state = 'active'
JOIN person_addresses a ON a.org_id = p.org_id AND a.person_id = p.id AND a.is_primary
LEFT JOIN blocked_addresses b ON b.org_id = p.org_id AND b.address = a.address
WHERE e.org_id = @org_id AND e.id = @id AND e.coach_id IS NULL
ORDER BY id;

-- name: ContactGet :one
-- How to write to a person: name, primary address, zone, standing, block.
SELECT p.id, p.name, p.time_zone, p.state, a.address, (b.address IS NOT NULL)::boolean AS blocked FROM people p
JOIN person_addresses a ON a.org_id = p.org_id AND a.person_id = p.id AND a.is_primary
LEFT JOIN blocked_addresses b ON b.org_id = p.org_id AND b.address = a.address
WHERE p.org_id = @org_id AND p.id = @id;

-- name: ProgramEditInsert :exec
INSERT INTO program_edits (org_id, id, engagement_id, base_revision, wanted, actor_id) VALUES ($1, $2, $3, $4, $5, $6);

-- name: ProgramEditGet :one
SELECT * FROM program_edits WHERE org_id = $1 AND id = $2;

-- name: ProgramEditApplied :exec
UPDATE program_edits SET applied_at = $3 WHERE org_id = $1 AND id = $2;

-- name: EngagementOfPair :one
-- Whether a coach has, or had, this client.
SELECT count(*) FROM engagements WHERE org_id = @org_id AND coach_id = @coach_id AND coachee_id = @coachee_id;

-- name: EngagementParts :one
-- In how many engagements that are not over a person has which part.
SELECT count(*) FILTER (WHERE coach_id = @person_id) AS as_coach, count(*) FILTER (WHERE coachee_id = @person_id) AS as_coachee
FROM engagements WHERE org_id = @org_id AND (coach_id = @person_id OR coachee_id = @person_id) AND status NOT IN ('completed', 'cancelled');

-- name: EngagementsOfReader :many
-- The engagements that are not over in which a person is the coachee or gets an
-- item.
SELECT e.id FROM engagements e
WHERE e.org_id = @org_id AND e.status NOT IN ('completed', 'cancelled') AND (e.coachee_id = @person_id OR EXISTS (
  SELECT FROM items i JOIN item_recipients r ON r.org_id = i.org_id AND r.item_id = i.id
  WHERE i.org_id = e.org_id AND i.engagement_id = e.id AND r.person_id = @person_id AND r.removed_at IS NULL))
ORDER BY e.id;
