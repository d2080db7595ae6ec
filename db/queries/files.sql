-- name: UploadBegin :exec
INSERT INTO uploads (org_id, id, blob_key, begun_at) VALUES ($1, $2, $3, $4);

-- name: UploadEnd :execrows
-- No row: the sweep took it for broken off.
DELETE FROM uploads WHERE org_id = $1 AND id = $2;

-- name: UploadForget :exec
-- Its content is removed with it. The sweep may have been faster.
DELETE FROM uploads WHERE org_id = $1 AND id = $2;

-- name: ContentKeep :one
-- Where the blob of a content is: this one's or, where the same content is there already,
-- that one's.
INSERT INTO file_contents (org_id, content_hash, blob_key) VALUES ($1, $2, $3)
ON CONFLICT (org_id, content_hash) DO UPDATE SET blob_key = file_contents.blob_key RETURNING blob_key;

-- name: ContentKey :one
SELECT blob_key FROM file_contents WHERE org_id = $1 AND content_hash = $2;

-- name: UploadedFileInsert :one
INSERT INTO files (org_id, id, uploaded_by, name, content_type, size, blob_key, created_at, search)
VALUES (@org_id, @id, @uploaded_by, @name, @content_type, @size, @blob_key, @created_at, search_text(@name)) RETURNING *;

-- name: FilesUploaded :many
-- Which of the files were uploaded, by anybody or by one person.
SELECT id FROM files WHERE org_id = @org_id AND id = ANY (@ids::uuid[]) AND client_id IS NULL AND (sqlc.narg(person)::uuid IS NULL OR uploaded_by = sqlc.narg(person));

-- name: ItemFilesClear :exec
-- For items that were never issued; what was sent keeps its versions.
DELETE FROM item_files x USING items i
WHERE x.org_id = @org_id AND x.item_id = @item_id AND i.org_id = x.org_id AND i.id = x.item_id AND i.issued_at IS NULL;

-- name: ItemFilesPut :exec
-- The files of an item in their order. One that is there stays as it is.
INSERT INTO item_files (org_id, item_id, file_id, position, added_at)
SELECT @org_id, @item_id, f.id, f.place - 1, @added_at FROM unnest(@files::uuid[]) WITH ORDINALITY AS f(id, place)
ON CONFLICT (org_id, item_id, file_id) DO NOTHING;

-- name: ItemFileReplace :execrows
-- No row: the item has no such file any more, or has the new one already.
WITH old AS (
  UPDATE item_files x SET replaced_at = @at::timestamptz WHERE x.org_id = @org_id AND x.item_id = @item_id AND x.file_id = @old_id AND x.replaced_at IS NULL
    AND NOT EXISTS (SELECT FROM item_files y WHERE y.org_id = @org_id AND y.item_id = @item_id AND y.file_id = @new_id)
  RETURNING x.position, x.version
)
INSERT INTO item_files (org_id, item_id, file_id, position, version, added_at)
SELECT @org_id, @item_id, @new_id, old.position, old.version + 1, @at FROM old;

-- name: ItemFiles :many
-- The files of items, in all versions, the newest of each first.
SELECT x.item_id, x.file_id, x.version, x.added_at, x.replaced_at, f.name, f.content_type, f.size, f.uploaded_by
FROM item_files x JOIN files f ON f.org_id = x.org_id AND f.id = x.file_id
WHERE x.org_id = @org_id AND x.item_id = ANY (@item_ids::uuid[]) ORDER BY x.item_id, x.position, x.version DESC;

-- name: FileReaders :one
-- Whether a person runs an engagement in which an uploaded file is, and whether it was sent
-- to them, in the version that was the newest then or after.
SELECT coalesce(bool_or(e.coach_id = @person_id::uuid), false)::boolean AS runs, coalesce(bool_or(r.id IS NOT NULL AND i.issued_at IS NOT NULL AND (x.replaced_at IS NULL OR x.replaced_at > i.issued_at)), false)::boolean AS reads
FROM item_files x JOIN items i ON i.org_id = x.org_id AND i.id = x.item_id
JOIN engagements e ON e.org_id = i.org_id AND e.id = i.engagement_id
LEFT JOIN item_recipients r ON r.org_id = i.org_id AND r.item_id = i.id AND r.person_id = @person_id::uuid AND r.removed_at IS NULL
WHERE x.org_id = @org_id AND x.file_id = @file_id;

-- name: NotificationsTellReplaced :many
-- What was to tell of files that were replaced before and has not left gives way to one
-- word about all of them; gives what it was about.
UPDATE notifications SET state = 'cancelled', state_reason = cancelled_because(@state_reason, state, claimed_until), outcome_at = @outcome_at
WHERE org_id = @org_id AND item_id = @item_id AND kind = @kind AND state = 'planned'
RETURNING recipient_id, about_ids;

-- name: RecipientsWritten :many
-- The recipients of an item who have got its first mail, or whom it is on its way to.
SELECT DISTINCT recipient_id::uuid FROM notifications
WHERE org_id = @org_id AND item_id = @item_id AND kind = @kind AND recipient_id IS NOT NULL AND state IN ('sending', 'sent', 'delivered', 'bounced');
