-- name: LookupLogin :many
-- The accounts that an address may log in to.
SELECT org_id::uuid AS org_id, person_id::uuid AS person_id FROM lookup_login(@address::text);

-- name: LookupAPIKey :one
SELECT org_id::uuid AS org_id, id::uuid AS id, person_id::uuid AS person_id FROM lookup_api_key(@key_hash::bytea);

-- name: LookupSession :one
SELECT org_id::uuid AS org_id, person_id::uuid AS person_id, data::bytea AS data FROM lookup_session(@token_hash::bytea, @moment::timestamptz);

-- name: LookupSystemAddress :one
SELECT org_id::uuid AS org_id, id::uuid AS id, (retired_at IS NOT NULL)::boolean AS retired FROM lookup_system_address(@local_part::text);

-- name: LookupSessionAddress :one
SELECT org_id::uuid AS org_id, id::uuid AS id FROM lookup_session_address(@local_part::text);

-- name: LookupOrganizations :many
SELECT org_id::uuid AS org_id FROM lookup_organizations(@address::text);

-- name: LookupProviderID :many
SELECT org_id::uuid AS org_id, notification_id::uuid AS notification_id FROM lookup_provider_id(@provider_id::text);

-- name: SweepAnswers :many
SELECT org_id::uuid AS org_id, engagement_id::uuid AS engagement_id, item_id::uuid AS item_id, recipient_id::uuid AS recipient_id, round::integer AS round
FROM sweep_answers(@before::timestamptz, @most::integer);

-- name: SweepInboundMails :many
SELECT org_id::uuid AS org_id, id::uuid AS id FROM sweep_inbound_mails(@before::timestamptz, @most::integer);

-- name: SweepLetThrough :many
SELECT org_id::uuid AS org_id, id::uuid AS id FROM sweep_let_through(@before::timestamptz, @most::integer);

-- name: SweepWaitingMails :many
SELECT org_id::uuid AS org_id, id::uuid AS id FROM sweep_waiting_mails(@before::timestamptz, @most::integer);

-- name: SweepUploads :many
SELECT org_id::uuid AS org_id, id::uuid AS id, blob_key::text AS blob_key FROM sweep_uploads(@before::timestamptz, @most::integer);

-- name: SweepLateSends :many
SELECT org_id::uuid AS org_id, late::bigint AS late, oldest::timestamptz AS oldest FROM sweep_late_sends(@before::timestamptz);

-- name: SweepPrograms :many
SELECT org_id::uuid AS org_id, engagement_id::uuid AS engagement_id FROM sweep_programs(@before::timestamptz, @most::integer);

-- name: SweepInvitations :many
SELECT org_id::uuid AS org_id, person_id::uuid AS person_id FROM sweep_invitations(@before::timestamptz, @most::integer);

-- name: SweepReleasable :many
SELECT org_id::uuid AS org_id, person_id::uuid AS person_id FROM sweep_releasable(@most::integer);

-- name: SweepReleased :many
SELECT org_id::uuid AS org_id, engagement_id::uuid AS engagement_id, item_id::uuid AS item_id FROM sweep_released(@before::timestamptz, @most::integer);

-- name: SweepHeld :many
SELECT org_id::uuid AS org_id, person_id::uuid AS person_id FROM sweep_held(@before::timestamptz, @most::integer);

-- name: SweepNotices :many
SELECT org_id::uuid AS org_id, id::uuid AS id FROM sweep_notices(@before::timestamptz, @most::integer);

-- name: SweepUnreadEnds :many
SELECT org_id::uuid AS org_id, engagement_id::uuid AS engagement_id FROM sweep_unread_ends(@before::timestamptz, @most::integer);

-- name: SweepRunningPrograms :many
SELECT org_id::uuid AS org_id, id::uuid AS id FROM sweep_running_programs(@after::uuid, @most::integer);

-- name: SweepRunningInvitations :many
SELECT org_id::uuid AS org_id, id::uuid AS id, person_id::uuid AS person_id FROM sweep_running_invitations(@after::uuid, @most::integer);

-- name: SweepRunningSends :many
SELECT org_id::uuid AS org_id, id::uuid AS id, standalone::boolean AS standalone, key::text AS key FROM sweep_running_sends(@before::timestamptz, @most::integer);

-- name: APIKeyInsert :exec
INSERT INTO api_keys (org_id, id, name, key_hash, person_id) VALUES ($1, $2, $3, $4, $5);

-- name: APIKeyList :many
SELECT id, name, created_at, revoked_at FROM api_keys WHERE org_id = $1 ORDER BY id;

-- name: APIKeyGet :one
SELECT id, name, created_at, revoked_at FROM api_keys WHERE org_id = $1 AND id = $2;

-- name: APIKeyRevokeOfPerson :exec
UPDATE api_keys SET revoked_at = $3 WHERE org_id = $1 AND person_id = $2 AND revoked_at IS NULL;

-- name: APIKeyRevoke :execrows
UPDATE api_keys SET revoked_at = $3 WHERE org_id = $1 AND id = $2 AND revoked_at IS NULL;

-- name: SessionUpsert :exec
INSERT INTO sessions (org_id, token_hash, person_id, data, expires_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (org_id, token_hash) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at;

-- name: SessionDelete :exec
DELETE FROM sessions WHERE org_id = $1 AND token_hash = $2;

-- name: SessionDeleteOfPerson :exec
DELETE FROM sessions WHERE org_id = $1 AND person_id = $2;

-- name: SessionsDropExpired :exec
-- Some of them; the next login drops more.
DELETE FROM sessions x WHERE x.org_id = @org_id AND x.token_hash IN (
  SELECT s.token_hash FROM sessions s WHERE s.org_id = @org_id AND s.expires_at < @moment ORDER BY s.expires_at LIMIT 200);

-- name: IdempotencyClaim :execrows
-- One row: the key is new, and the request is ours to carry out.
INSERT INTO idempotency_keys (org_id, principal_id, key, request_hash) VALUES ($1, $2, $3, $4)
ON CONFLICT (org_id, principal_id, key) DO NOTHING;

-- name: IdempotencyGet :one
SELECT * FROM idempotency_keys WHERE org_id = $1 AND principal_id = $2 AND key = $3;

-- name: IdempotencyFinish :exec
UPDATE idempotency_keys SET status = @status, headers = @headers, body = @body
WHERE org_id = @org_id AND principal_id = @principal_id AND key = @key;

-- name: IdempotencyRelease :exec
-- A request that failed for a passing reason may be tried again with its key.
DELETE FROM idempotency_keys WHERE org_id = $1 AND principal_id = $2 AND key = $3 AND status IS NULL;

-- name: IdempotencyPrune :exec
DELETE FROM idempotency_keys WHERE org_id = $1 AND created_at < $2;

