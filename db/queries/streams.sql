-- name: StreamUpsert :one
INSERT INTO streams (org_id, id, coach_id, client_id) VALUES ($1, $2, $3, $4)
ON CONFLICT (org_id, coach_id, client_id) DO UPDATE SET coach_id = excluded.coach_id RETURNING *;

-- name: StreamGet :one
SELECT s.*, k.name AS coach_name, c.name AS client_name FROM streams s
JOIN people k ON k.org_id = s.org_id AND k.id = s.coach_id
JOIN people c ON c.org_id = s.org_id AND c.id = s.client_id
WHERE s.org_id = @org_id AND s.id = @id;

-- name: StreamsGet :many
SELECT s.*, k.name AS coach_name, c.name AS client_name FROM streams s
JOIN people k ON k.org_id = s.org_id AND k.id = s.coach_id
JOIN people c ON c.org_id = s.org_id AND c.id = s.client_id
WHERE s.org_id = @org_id AND s.id = ANY (@ids::uuid[]) ORDER BY s.id;

-- name: StreamList :many
SELECT s.id, s.coach_id, s.client_id, k.name AS coach_name, c.name AS client_name FROM streams s
JOIN people k ON k.org_id = s.org_id AND k.id = s.coach_id
JOIN people c ON c.org_id = s.org_id AND c.id = s.client_id
WHERE s.org_id = @org_id AND s.id > @after AND (sqlc.narg(person)::uuid IS NULL OR s.coach_id = sqlc.narg(person) OR s.client_id = sqlc.narg(person))
ORDER BY s.id LIMIT @most;

-- name: StreamOfPair :one
SELECT * FROM streams WHERE org_id = $1 AND coach_id = $2 AND client_id = $3;

-- name: SystemAddressInsert :exec
INSERT INTO system_addresses (org_id, id, stream_id, direction, local_part) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (org_id, stream_id, direction) WHERE retired_at IS NULL DO NOTHING;

-- name: SystemAddressRetire :execrows
UPDATE system_addresses SET retired_at = $3 WHERE org_id = $1 AND id = $2 AND retired_at IS NULL;

-- name: SystemAddressGet :one
SELECT a.*, s.coach_id, s.client_id, k.name AS coach_name, c.name AS client_name
FROM system_addresses a JOIN streams s ON s.org_id = a.org_id AND s.id = a.stream_id
JOIN people k ON k.org_id = s.org_id AND k.id = s.coach_id
JOIN people c ON c.org_id = s.org_id AND c.id = s.client_id
WHERE a.org_id = @org_id AND a.id = @id;

-- name: SystemAddressesOfStream :many
SELECT * FROM system_addresses WHERE org_id = @org_id AND stream_id = @stream_id AND retired_at IS NULL ORDER BY id;

-- name: SystemAddressLive :one
SELECT * FROM system_addresses WHERE org_id = $1 AND stream_id = $2 AND direction = $3 AND retired_at IS NULL;

-- name: SystemAddressList :many
SELECT a.id, a.stream_id, a.direction, a.local_part, a.created_at, s.coach_id, s.client_id, k.name AS coach_name, c.name AS client_name
FROM system_addresses a JOIN streams s ON s.org_id = a.org_id AND s.id = a.stream_id
JOIN people k ON k.org_id = s.org_id AND k.id = s.coach_id
JOIN people c ON c.org_id = s.org_id AND c.id = s.client_id
WHERE a.org_id = @org_id AND a.retired_at IS NULL AND a.id > @after
  AND (sqlc.narg(coach)::uuid IS NULL OR s.coach_id = sqlc.narg(coach))
ORDER BY a.id LIMIT @most;

-- name: MessageInsert :execrows
-- No row: the same mail of the same author was posted before. A client's message waits
-- for the coach, while it is the latest of its stream.
WITH answered AS (
  UPDATE messages m SET waits = false WHERE m.org_id = @org_id AND m.stream_id = @stream_id AND m.waits AND m.id < @id AND NOT EXISTS (
    SELECT FROM messages d WHERE d.org_id = @org_id AND d.system_address_id = @system_address_id AND d.author_id = @author_id AND d.message_key = @message_key)
)
INSERT INTO messages (org_id, id, stream_id, author_id, inbound_mail_id, system_address_id, message_key, content_hash, subject, body, html, quoted, posted_at, replies_to_id, mail_message_id, waits)
VALUES (@org_id, @id, @stream_id, @author_id, @inbound_mail_id, @system_address_id, @message_key, @content_hash, @subject, @body, @html, @quoted, @posted_at, @replies_to_id, @mail_message_id,
  EXISTS (SELECT FROM streams s WHERE s.org_id = @org_id AND s.id = @stream_id AND s.client_id = @author_id)
  AND NOT EXISTS (SELECT FROM messages l WHERE l.org_id = @org_id AND l.stream_id = @stream_id AND l.id > @id))
ON CONFLICT (org_id, system_address_id, author_id, message_key) DO NOTHING;

-- name: MessagesAlike :one
-- How often an author has written the same words into a stream since a moment.
SELECT count(*) FROM messages
WHERE org_id = @org_id AND stream_id = @stream_id AND author_id = @author_id AND posted_at > @since AND body = @body;

-- name: StreamMailsRecent :many
-- The mails of both directions of a stream that went on since a moment, as they came.
SELECT coalesce(m.released_at, m.received_at)::timestamptz AS at, (a.direction = 'to_coach')::boolean AS to_coach FROM inbound_mails m
JOIN system_addresses a ON a.org_id = m.org_id AND a.id = m.system_address_id
JOIN mailbox_mails b ON b.id = m.mailbox_mail_id
WHERE m.org_id = @org_id AND m.received_at > @since AND a.stream_id = @stream_id AND m.state IN ('posted', 'filed')
ORDER BY 1, b.uid;

-- name: MessageByKey :one
SELECT * FROM messages WHERE org_id = $1 AND system_address_id = $2 AND author_id = $3 AND message_key = $4;

-- name: MessageAnswered :one
-- The newest message of a stream that its author may have answered: one that is
-- named itself, one that was passed on to them by a mail with one of these
-- Message-IDs, or one of their own. Each way has its index.
SELECT found.id::uuid AS id FROM (
  SELECT m.id FROM messages m WHERE m.org_id = @org_id AND m.id = ANY (@ids::uuid[]) AND m.stream_id = @stream_id
  UNION ALL
  SELECT m.id FROM notifications n JOIN messages m ON m.org_id = n.org_id AND m.id = n.message_id
  WHERE n.org_id = @org_id AND n.kind = 'stream_message' AND n.mail_message_id = ANY (@message_ids::text[]) AND n.person_id = @author_id AND m.stream_id = @stream_id
  UNION ALL
  SELECT m.id FROM system_addresses a JOIN messages m ON m.org_id = a.org_id AND m.system_address_id = a.id
  WHERE a.org_id = @org_id AND a.stream_id = @stream_id AND m.author_id = @author_id AND m.message_key = ANY (@message_keys::text[])
) AS found ORDER BY found.id DESC LIMIT 1;

-- name: MessageThread :many
-- What a message answers, and what that answered, the oldest first, and twenty at most.
WITH RECURSIVE thread AS (
  SELECT m.id, m.replies_to_id, m.author_id, m.mail_message_id, m.inbound_mail_id, 0 AS depth FROM messages m
  WHERE m.org_id = @org_id AND m.id = (SELECT x.replies_to_id FROM messages x WHERE x.org_id = @org_id AND x.id = @id)
  UNION ALL
  SELECT m.id, m.replies_to_id, m.author_id, m.mail_message_id, m.inbound_mail_id, thread.depth + 1 FROM messages m
  JOIN thread ON m.org_id = @org_id AND m.id = thread.replies_to_id WHERE thread.depth < 20
)
SELECT id, author_id, mail_message_id, inbound_mail_id FROM thread ORDER BY depth DESC;

-- name: MessageGet :one
SELECT * FROM messages WHERE org_id = $1 AND id = $2;

-- name: MessageList :many
SELECT m.id, m.stream_id, m.author_id, m.subject, m.body, m.html, m.quoted, m.posted_at, p.name AS author_name FROM messages m JOIN people p ON p.org_id = m.org_id AND p.id = m.author_id
WHERE m.org_id = @org_id AND m.stream_id = @stream_id AND m.id > @after ORDER BY m.id LIMIT @most;

-- name: MessagesLatest :many
-- The latest messages of a stream, the newest first.
SELECT m.id, m.stream_id, m.author_id, m.subject, m.body, m.html, m.quoted, m.posted_at, p.name AS author_name FROM messages m JOIN people p ON p.org_id = m.org_id AND p.id = m.author_id
WHERE m.org_id = @org_id AND m.stream_id = @stream_id ORDER BY m.id DESC LIMIT @most;

-- name: FileInsert :exec
-- A file of a message belongs to the message's stream.
INSERT INTO files (org_id, id, client_id, message_id, stream_id, uploaded_by, name, content_type, size, blob_key, inline, content_id, position, created_at)
VALUES (@org_id, @id, @client_id, @message_id, (SELECT m.stream_id FROM messages m WHERE m.org_id = @org_id AND m.id = @message_id),
  @uploaded_by, @name, @content_type, @size, @blob_key, @inline, @content_id, @position, @created_at)
ON CONFLICT (org_id, id) DO NOTHING;

-- name: FileShare :execrows
-- A file without a message. No row: the same mail has shared it before.
INSERT INTO files (org_id, id, client_id, stream_id, inbound_mail_id, uploaded_by, name, content_type, size, blob_key, note, note_quoted, created_at)
VALUES (@org_id, @id, @client_id, @stream_id, @inbound_mail_id, @uploaded_by, @name, @content_type, @size, @blob_key, @note, @note_quoted, @created_at)
ON CONFLICT (org_id, id) DO NOTHING;

-- name: FileOfInboundMail :one
SELECT * FROM files WHERE org_id = $1 AND inbound_mail_id = $2;

-- name: FileGet :one
SELECT sqlc.embed(f), s.coach_id FROM files f
LEFT JOIN messages m ON m.org_id = f.org_id AND m.id = f.message_id
LEFT JOIN streams s ON s.org_id = f.org_id AND s.id = coalesce(m.stream_id, f.stream_id)
WHERE f.org_id = @org_id AND f.id = @id;

-- name: FilesOfMessage :many
SELECT * FROM files WHERE org_id = $1 AND message_id = $2 ORDER BY position;

-- name: FilesOfMessages :many
SELECT * FROM files WHERE org_id = @org_id AND message_id = ANY (@messages::uuid[]) ORDER BY position;

-- name: FilesOfClient :many
-- Newest first; all of them, or those that came through one stream.
SELECT f.* FROM files f
WHERE f.org_id = @org_id AND f.client_id = @client_id AND NOT f.inline
  AND (sqlc.narg(stream)::uuid IS NULL OR f.stream_id = sqlc.narg(stream))
  AND (sqlc.narg(after)::uuid IS NULL
    OR (f.created_at, f.id) < (SELECT b.created_at, b.id FROM files b WHERE b.org_id = @org_id AND b.id = sqlc.narg(after)))
ORDER BY f.created_at DESC, f.id DESC LIMIT @most;

-- name: FileViewed :exec
INSERT INTO file_views (org_id, file_id, person_id, first_at, last_at) VALUES (@org_id, @file_id, @person_id, @at, @at)
ON CONFLICT (org_id, file_id, person_id) DO UPDATE SET last_at = excluded.last_at, views = file_views.views + 1;

-- name: FileViews :many
SELECT v.*, p.name FROM file_views v JOIN people p ON p.org_id = v.org_id AND p.id = v.person_id
WHERE v.org_id = @org_id AND v.file_id = ANY (@files::uuid[]) ORDER BY v.first_at;

-- name: MailboxMailInsert :one
-- No row: stored before.
INSERT INTO mailbox_mails (id, mailbox, uidvalidity, uid, size, raw_key, received_at, unrouted)
VALUES (@id, @mailbox, @uidvalidity, @uid, @size, @raw_key, @received_at, @unrouted)
ON CONFLICT (mailbox, uidvalidity, uid) DO NOTHING RETURNING id;

-- name: MailboxMailGet :one
SELECT * FROM mailbox_mails WHERE mailbox = @mailbox AND uidvalidity = @uidvalidity AND uid = @uid;

-- name: InboundMailInsert :exec
INSERT INTO inbound_mails (org_id, id, mailbox_mail_id, system_address_id, raw_key, too_large, state, received_at)
VALUES (@org_id, @id, @mailbox_mail_id, @system_address_id::uuid, @raw_key, @too_large, 'received', @received_at)
ON CONFLICT (org_id, mailbox_mail_id, system_address_id) DO NOTHING;

-- name: InboundMailGet :one
SELECT m.*, b.uid AS mailbox_uid, b.size, a.stream_id, a.direction, (a.retired_at IS NOT NULL)::boolean AS address_retired, s.coach_id, s.client_id, o.name AS organization_name
FROM inbound_mails m
JOIN mailbox_mails b ON b.id = m.mailbox_mail_id
JOIN system_addresses a ON a.org_id = m.org_id AND a.id = m.system_address_id
JOIN streams s ON s.org_id = a.org_id AND s.id = a.stream_id
JOIN organizations o ON o.org_id = m.org_id
WHERE m.org_id = @org_id AND m.id = @id;

-- name: InboundMailLock :one
SELECT state FROM inbound_mails WHERE org_id = $1 AND id = $2 FOR UPDATE;

-- name: InboundMailSettle :execrows
-- Only as the mail was when it was read. No row: another run has settled it, or a person
-- has decided about it. A mail that was let through and stays aside all the same, for
-- another reason, can be decided about anew.
UPDATE inbound_mails SET state = @state, reason = @reason, from_address = @from_address, subject = @subject, settled_at = @settled_at,
  released_by = CASE WHEN @state IN ('quarantined', 'ignored') THEN NULL ELSE released_by END,
  released_at = CASE WHEN @state IN ('quarantined', 'ignored') THEN NULL ELSE released_at END
WHERE org_id = @org_id AND id = @id AND state = @was AND released_at IS NOT DISTINCT FROM sqlc.narg(was_released_at)::timestamptz;

-- name: InboundMailRelease :execrows
-- Once only: the row says who let the mail through. No row: somebody has decided. The run
-- of an ignored mail never waited.
UPDATE inbound_mails SET released_by = @released_by, released_at = @released_at, run_ended = run_ended OR state = 'ignored'
WHERE org_id = @org_id AND id = @id AND state IN ('quarantined', 'ignored') AND released_by IS NULL;

-- name: InboundMailDiscard :execrows
-- No row: somebody has decided.
UPDATE inbound_mails SET state = 'discarded', settled_at = @settled_at, released_by = @released_by
WHERE org_id = @org_id AND id = @id AND state = 'quarantined' AND released_by IS NULL;

-- name: InboundMailRunEnded :exec
UPDATE inbound_mails SET run_ended = true WHERE org_id = $1 AND id = $2;

-- name: InboundMailQuarantinedCount :one
-- Counts up to 100.
SELECT count(*) FROM (SELECT FROM inbound_mails WHERE org_id = @org_id AND state = 'quarantined' LIMIT 100) AS bounded;
