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
