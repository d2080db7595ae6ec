-- name: ReplyAddressGet :one
-- Where replies to letters of an organization go; empty: to nobody's mailbox.
SELECT name, reply_address FROM organizations WHERE org_id = @org_id;

-- name: ReplyMailInsert :exec
-- A mail to the address that nobody reads.
INSERT INTO inbound_mails (org_id, id, mailbox_mail_id, raw_key, too_large, state, received_at)
VALUES (@org_id, @id, @mailbox_mail_id, @raw_key, @too_large, 'received', @received_at)
ON CONFLICT (org_id, id) DO NOTHING;

-- name: SessionMailInsert :exec
-- A mail to the address of a session.
INSERT INTO inbound_mails (org_id, id, mailbox_mail_id, session_id, raw_key, too_large, state, received_at)
VALUES (@org_id, @id, @mailbox_mail_id, @session_id::uuid, @raw_key, @too_large, 'received', @received_at)
ON CONFLICT (org_id, id) DO NOTHING;

-- name: SessionMailGet :one
SELECT m.*, b.size, o.name AS organization_name FROM inbound_mails m
JOIN mailbox_mails b ON b.id = m.mailbox_mail_id
JOIN organizations o ON o.org_id = m.org_id
WHERE m.org_id = @org_id AND m.id = @id AND m.session_id IS NOT NULL;

-- name: SessionMailItem :one
-- The session of a mail, whose item it is, and who is the coach.
SELECT sqlc.embed(s), i.engagement_id, i.title, e.coach_id FROM item_sessions s
JOIN items i ON i.org_id = s.org_id AND i.id = s.item_id
JOIN engagements e ON e.org_id = i.org_id AND e.id = i.engagement_id
WHERE s.org_id = @org_id AND s.id = @id;

-- name: SessionMailAuthors :many
-- Who is or was invited to a session, by each of their addresses; who is invited now first.
SELECT r.id AS recipient_id, r.person_id, coalesce(a.address, r.email, '')::text AS address FROM session_attendees t
JOIN item_recipients r ON r.org_id = t.org_id AND r.id = t.recipient_id
LEFT JOIN person_addresses a ON a.org_id = r.org_id AND a.person_id = r.person_id
WHERE t.org_id = @org_id AND t.session_id = @session_id ORDER BY t.removed_at IS NOT NULL, t.id;

-- name: ReplyMailGet :one
SELECT id, session_id, raw_key, state, reason FROM inbound_mails WHERE org_id = @org_id AND id = @id AND system_address_id IS NULL;

-- name: ReplyMailsRecent :many
-- The mails to the address that nobody reads since a moment, of one domain, as they
-- were settled.
SELECT from_address, reason, settled_at::timestamptz AS settled_at FROM inbound_mails
WHERE org_id = @org_id AND system_address_id IS NULL AND settled_at > @since AND split_part(from_address, '@', -1) = @domain::text
ORDER BY settled_at, id;

-- name: InboundMailRead :one
-- A received mail as a page shows it, whatever it was sent to.
SELECT m.id, m.system_address_id, m.session_id, m.raw_key, m.state, m.reason, m.from_address, m.subject, m.too_large, m.received_at, m.settled_at, m.released_at, b.size
FROM inbound_mails m JOIN mailbox_mails b ON b.id = m.mailbox_mail_id
WHERE m.org_id = @org_id AND m.id = @id;

-- name: AddressesToCoachesOf :many
-- The addresses in use by which a client writes to their coaches.
SELECT a.local_part, k.name AS coach_name FROM streams s
JOIN system_addresses a ON a.org_id = s.org_id AND a.stream_id = s.id AND a.direction = 'to_coach' AND a.retired_at IS NULL
JOIN people k ON k.org_id = s.org_id AND k.id = s.coach_id
WHERE s.org_id = @org_id AND s.client_id = @client_id ORDER BY s.created_at DESC, s.id LIMIT 5;

-- name: AddressBlocked :one
SELECT EXISTS (SELECT FROM blocked_addresses WHERE org_id = @org_id AND address = @address)::boolean AS blocked;

-- name: BlockedAddressesOf :many
-- Of a person's addresses those that get no mail.
SELECT b.address, b.reason, b.blocked_at FROM person_addresses a JOIN blocked_addresses b ON b.org_id = a.org_id AND b.address = a.address
WHERE a.org_id = @org_id AND a.person_id = @person_id ORDER BY a.is_primary DESC, b.address;

-- name: StreamLock :exec
-- Of two mails in one stream that are posted at once, the second sees the first.
SELECT FROM streams WHERE org_id = @org_id AND id = @id FOR NO KEY UPDATE;

-- name: OnwardRecent :one
-- How many mails of a stream went on to one side since a moment, or will, the moment of
-- the last of them that had to wait, and how many may leave in an hour.
SELECT count(n.id) AS mails, coalesce(max(n.planned_at) FILTER (WHERE n.standalone), '0001-01-01 00:00Z')::timestamptz AS last_that_waited, o.onward_per_hour
FROM organizations o
LEFT JOIN notifications n ON n.org_id = o.org_id AND n.person_id = @person_id AND n.planned_at > @since AND n.kind = ANY (@kinds::text[])
  AND @stream_id::uuid = ANY (n.about_ids) AND n.state IN ('planned', 'sending', 'sent', 'delivered', 'bounced', 'failed')
WHERE o.org_id = @org_id GROUP BY o.onward_per_hour;
