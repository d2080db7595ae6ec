-- name: ContactsOfStreams :many
-- The addresses in use of streams, one direction, with the names of both sides.
SELECT a.id, a.stream_id, a.local_part, s.coach_id, s.client_id, k.name AS coach_name, c.name AS client_name
FROM system_addresses a JOIN streams s ON s.org_id = a.org_id AND s.id = a.stream_id
JOIN people k ON k.org_id = s.org_id AND k.id = s.coach_id
JOIN people c ON c.org_id = s.org_id AND c.id = s.client_id
WHERE a.org_id = @org_id AND a.retired_at IS NULL AND a.direction = @direction AND s.id = ANY (@streams::uuid[])
ORDER BY c.name, a.id;

-- name: NotificationsAboutStreams :many
-- What is about to leave about a coach's streams, or anybody's.
SELECT n.id, n.engagement_id, n.item_id, n.kind, n.step, n.person_id, n.address, n.recipient_name, n.reason, n.state, n.state_reason, n.planned_at, n.sent_at, n.outcome_at,
  n.subject, n.template_version, n.mail_message_id, n.provider_id
FROM notifications n
WHERE n.org_id = @org_id AND n.kind IN ('contacts_for_coach', 'address_for_client') AND n.state = 'planned'
  AND (sqlc.narg(coach)::uuid IS NULL OR NOT EXISTS (
    SELECT FROM unnest(n.about_ids) AS about(id) JOIN streams s ON s.org_id = n.org_id AND s.id = about.id WHERE s.coach_id <> sqlc.narg(coach)))
ORDER BY n.planned_at, n.id LIMIT 100;

-- name: NotificationTakeBack :execrows
UPDATE notifications SET state = 'cancelled', state_reason = 'taken back', outcome_at = @outcome_at
WHERE org_id = @org_id AND id = @id AND state = 'planned' AND kind IN ('contacts_for_coach', 'address_for_client');

-- name: NotificationPlannedAbout :one
SELECT id FROM notifications WHERE org_id = @org_id AND person_id = @person_id AND kind = @kind AND about_ids = @about_ids::uuid[] AND state = 'planned' LIMIT 1;
