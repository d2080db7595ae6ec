-- +goose NO TRANSACTION
-- +goose Up

-- A file that somebody has uploaded is no client's and came by no mail. It is found by its
-- name.
ALTER TABLE files ALTER COLUMN client_id DROP NOT NULL;
ALTER TABLE files ADD COLUMN IF NOT EXISTS search text COLLATE "C" NOT NULL DEFAULT '';

-- What was uploaded, once for each content: files with the same bytes share a blob.
CREATE TABLE IF NOT EXISTS file_contents (
  org_id       uuid NOT NULL REFERENCES organizations,
  content_hash bytea NOT NULL CONSTRAINT file_contents_hash_check CHECK (length(content_hash) = 32), -- SHA-256
  blob_key     text NOT NULL,
  PRIMARY KEY (org_id, content_hash)
);

-- The uploads that have begun. A row goes with the end of its upload; the sweep removes
-- those that were broken off, with what they have stored under their key.
CREATE TABLE IF NOT EXISTS uploads (
  org_id    uuid NOT NULL REFERENCES organizations,
  id        uuid NOT NULL,
  blob_key  text NOT NULL,
  begun_at  timestamptz NOT NULL,
  PRIMARY KEY (org_id, id)
);

-- +goose StatementBegin
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'file_contents' AND policyname = 'organization') THEN
    CALL protect('file_contents');
  END IF;
  IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'uploads' AND policyname = 'organization') THEN
    CALL protect('uploads');
  END IF;
  IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'uploads' AND policyname = 'lookup') THEN
    CALL unveil('uploads');
  END IF;
END $$;
-- +goose StatementEnd

CALL drop_invalid_indexes();
SET lock_timeout = 0; -- waiting for a long transaction, these are in nobody's way
CREATE INDEX CONCURRENTLY IF NOT EXISTS files_uploaded ON files (org_id, id) WHERE client_id IS NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS files_uploaded_by_name ON files (org_id, search, id) WHERE client_id IS NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS files_uploaded_of ON files (org_id, uploaded_by, id) WHERE client_id IS NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS files_uploaded_of_by_name ON files (org_id, uploaded_by, search, id) WHERE client_id IS NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS uploads_begun ON uploads (begun_at);
RESET lock_timeout;

-- Uploads that were broken off.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION sweep_uploads(before timestamptz, most integer) RETURNS TABLE (org_id uuid, id uuid, blob_key text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT u.org_id, u.id, u.blob_key FROM uploads u WHERE u.begun_at < before ORDER BY u.begun_at LIMIT most $$;
-- +goose StatementEnd
CALL reserve('sweep_uploads(timestamptz, integer)');

-- +goose Down
DROP FUNCTION IF EXISTS sweep_uploads(timestamptz, integer);
DROP INDEX IF EXISTS files_uploaded, files_uploaded_by_name, files_uploaded_of, files_uploaded_of_by_name;
DROP TABLE IF EXISTS uploads, file_contents;
ALTER TABLE files NO FORCE ROW LEVEL SECURITY;
DELETE FROM files WHERE client_id IS NULL;
ALTER TABLE files FORCE ROW LEVEL SECURITY;
ALTER TABLE files DROP COLUMN IF EXISTS search;
ALTER TABLE files ALTER COLUMN client_id SET NOT NULL;
