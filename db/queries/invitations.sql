-- name: PersonLock :one
-- Whoever invites, withdraws, activates or closes an account holds this lock. It
-- leaves alone who only refers to the person, as nearly every other row does.
SELECT p.state FROM people p WHERE p.org_id = @org_id AND p.id = @id FOR NO KEY UPDATE;

-- name: PersonInvite :exec
UPDATE people SET state = 'invited', version = version + 1 WHERE org_id = $1 AND id = $2 AND state = 'internal';

-- name: PersonUninvite :exec
UPDATE people SET state = 'internal', version = version + 1 WHERE org_id = $1 AND id = $2 AND state = 'invited';

-- name: PersonPasswordHash :one
-- Of who can log in.
SELECT coalesce(password_hash, '')::text AS password_hash FROM people WHERE org_id = @org_id AND id = @id AND state = 'active';

-- name: PersonClearPassword :exec
UPDATE people SET password_hash = NULL, password_set_at = NULL WHERE org_id = $1 AND id = $2;

-- name: AdminsOf :many
-- The admins who can log in, as letters need them.
SELECT p.id, p.name, p.time_zone, p.state, a.address, (b.address IS NOT NULL)::boolean AS blocked FROM people p
JOIN person_addresses a ON a.org_id = p.org_id AND a.person_id = p.id AND a.is_primary
LEFT JOIN blocked_addresses b ON b.org_id = p.org_id AND b.address = a.address
WHERE p.org_id = @org_id AND 'admin' = ANY (p.roles) AND p.state = 'active'
ORDER BY p.id;

-- name: InvitationInsert :one
INSERT INTO invitations (org_id, id, person_id, status, invited_by, invited_at, send_at, expires_at)
VALUES (@org_id, @id, @person_id, 'open', @invited_by, @invited_at, @send_at, @expires_at) RETURNING *;

-- name: InvitationGet :one
SELECT sqlc.embed(i), p.name AS person_name, p.time_zone AS person_zone, b.name AS inviter_name, o.name AS organization_name,
  coalesce(n.step, 'end')::text AS next_step, coalesce(n.planned_at, i.expires_at)::timestamptz AS next_at
FROM invitations i
JOIN organizations o ON o.org_id = i.org_id
JOIN people p ON p.org_id = i.org_id AND p.id = i.person_id
JOIN people b ON b.org_id = i.org_id AND b.id = i.invited_by
LEFT JOIN LATERAL (SELECT n.step, n.planned_at FROM notifications n
  WHERE n.org_id = i.org_id AND n.invitation_id = i.id AND n.state IN ('planned', 'sending') AND n.step <> 'end' ORDER BY n.planned_at, n.id LIMIT 1) n ON i.status = 'open'
WHERE i.org_id = @org_id AND i.id = @id;

-- name: InvitationList :many
SELECT sqlc.embed(i), p.name AS person_name, b.name AS inviter_name, coalesce(n.step, 'end')::text AS next_step, coalesce(n.planned_at, i.expires_at)::timestamptz AS next_at
FROM invitations i
JOIN people p ON p.org_id = i.org_id AND p.id = i.person_id
JOIN people b ON b.org_id = i.org_id AND b.id = i.invited_by
LEFT JOIN LATERAL (SELECT n.step, n.planned_at FROM notifications n
  WHERE n.org_id = i.org_id AND n.invitation_id = i.id AND n.state IN ('planned', 'sending') AND n.step <> 'end' ORDER BY n.planned_at, n.id LIMIT 1) n ON i.status = 'open'
WHERE i.org_id = @org_id AND i.id > @after AND (sqlc.narg(status)::text IS NULL OR i.status = sqlc.narg(status))
  AND (sqlc.narg(person)::uuid IS NULL OR i.person_id = sqlc.narg(person))
ORDER BY i.id LIMIT @most;

-- name: InvitationNewest :one
SELECT i.id FROM invitations i
WHERE i.org_id = @org_id AND i.person_id = @person_id ORDER BY (i.status = 'open') DESC, i.id DESC LIMIT 1;

-- name: InvitationTakeUp :exec
UPDATE invitations SET taken_up_at = @taken_up_at WHERE org_id = @org_id AND id = @id AND taken_up_at IS NULL;

-- name: InvitationEnd :many
-- Ends the open invitation of a person, if there is one.
UPDATE invitations SET status = @status, ended_at = @ended_at WHERE org_id = @org_id AND person_id = @person_id AND status = 'open' RETURNING id;

-- name: InvitationFollowed :exec
UPDATE invitations SET followed = @followed WHERE org_id = @org_id AND id = @id AND followed < @followed;

-- name: NotificationsOfInvitation :many
SELECT * FROM notifications WHERE org_id = @org_id AND invitation_id = @invitation_id AND state IN ('planned', 'sending') ORDER BY planned_at, id;

-- name: NotificationsCancelOfInvitation :exec
UPDATE notifications SET state = 'cancelled', state_reason = cancelled_because(@state_reason, state, claimed_until), outcome_at = @outcome_at
WHERE org_id = @org_id AND invitation_id = @invitation_id AND step <> @keep AND state IN ('planned', 'sending');

-- name: NotificationsCancelOfKind :exec
-- What is planned of a kind for a person.
UPDATE notifications SET state = 'cancelled', state_reason = cancelled_because(@state_reason, state, claimed_until), outcome_at = @outcome_at
WHERE org_id = @org_id AND person_id = @person_id AND kind = @kind AND state IN ('planned', 'sending');

-- name: NotificationsOfPerson :many
SELECT id, engagement_id, item_id, kind, step, person_id, address, recipient_name, reason, state, state_reason, planned_at, sent_at, outcome_at,
  subject, template_version, mail_message_id, provider_id
FROM notifications WHERE org_id = @org_id AND person_id = @person_id ORDER BY planned_at DESC, id DESC LIMIT @most;

-- name: AccountLinkGet :one
-- What a link to choose a password leads to. The address that it was sent to
-- must still be the person's.
SELECT l.purpose, l.expires_at, l.revoked_at, l.email::text AS email, p.id AS person_id, p.name AS person_name, p.state AS person_state, p.time_zone, p.password_set_at,
  o.name AS organization_name, o.brand_color, o.logo, coalesce(i.status, '')::text AS invitation_status
FROM links l
JOIN organizations o ON o.org_id = l.org_id
JOIN people p ON p.org_id = l.org_id AND p.id = l.person_id
JOIN person_addresses a ON a.org_id = p.org_id AND a.person_id = p.id AND a.address = l.email
LEFT JOIN invitations i ON i.org_id = l.org_id AND i.id = l.subject_id
WHERE l.org_id = @org_id AND l.id = @id AND l.purpose IN ('invitation', 'password');

-- name: LinksRevoke :exec
UPDATE links SET revoked_at = @revoked_at WHERE org_id = @org_id AND person_id = @person_id AND purpose = @purpose AND revoked_at IS NULL;
