-- name: NotificationsReleaseHeld :many
-- Lets what was held for a person go, as one: of each item one mail, the request
-- or else the newest time that it was sent again, and of the reminders those that
-- are still to come. What would be a backlog is dropped. A time to take a mail
-- back that has not passed goes on. What a pause holds up stays held.
WITH held AS (
  SELECT n.id, n.item_id, n.plan, n.step, n.planned_at FROM notifications n
  LEFT JOIN engagements e ON e.org_id = n.org_id AND e.id = n.engagement_id
  WHERE n.org_id = @org_id AND n.person_id = @person_id AND n.state = 'held' AND (e.status IS NULL OR e.status = 'active' OR n.matching_id IS NOT NULL)
  ORDER BY n.id FOR UPDATE OF n
), chosen AS (
  SELECT DISTINCT ON (coalesce(item_id, id)) id, (step <> 'request' AND planned_at > @moment::timestamptz) AS waits FROM held
  WHERE plan = 0 ORDER BY coalesce(item_id, id), (step = 'request') DESC, planned_at DESC
), kept AS (
  SELECT h.id, c.id IS NOT NULL AND NOT c.waits AS due FROM held h LEFT JOIN chosen c ON c.id = h.id
  WHERE c.id IS NOT NULL OR (h.plan > 0 AND h.planned_at > @moment)
)
UPDATE notifications n SET
  step = CASE WHEN kept.due THEN 'request' ELSE n.step END,
  planned_at = CASE WHEN kept.due THEN @moment ELSE n.planned_at END,
  state = CASE WHEN kept.id IS NOT NULL THEN 'planned' ELSE 'dropped' END,
  state_reason = CASE WHEN kept.id IS NOT NULL THEN '' ELSE 'its time had passed when the person got an account' END,
  outcome_at = CASE WHEN kept.id IS NOT NULL THEN NULL ELSE @moment END
FROM held LEFT JOIN kept ON kept.id = held.id
WHERE n.org_id = @org_id AND n.id = held.id
RETURNING n.engagement_id, n.item_id, coalesce(kept.due, false)::boolean AS due;

-- name: NotificationsHeldFor :many
-- The persons with an account for whom something of an engagement is held.
SELECT DISTINCT n.person_id::uuid AS person_id FROM notifications n
JOIN people p ON p.org_id = n.org_id AND p.id = n.person_id AND p.state = 'active'
WHERE n.org_id = @org_id AND n.engagement_id = @engagement_id AND n.state = 'held';

-- name: NotificationsNoteHeld :many
-- Notes that the admins are told of what is held for a person, whatever is added later.
UPDATE notifications SET held_told_at = @told_at
WHERE org_id = @org_id AND person_id = @person_id AND state = 'held' AND held_told_at IS NULL
RETURNING id;

-- name: NotificationsHeldCount :one
SELECT count(*) FROM notifications WHERE org_id = @org_id AND person_id = @person_id AND state = 'held';

-- name: TaskGet :one
-- An item that is completed on the page of tasks, as one of its recipients sees it.
SELECT i.id, i.engagement_id, i.title, i.spec, i.status, i.round, i.issued_at, i.due_at, r.id AS recipient_id, e.name AS engagement_name,
  e.status AS engagement_status, i.kind, a.submitted_at, a.taken_up_at
FROM items i
JOIN item_recipients r ON r.org_id = i.org_id AND r.item_id = i.id AND r.person_id = @person_id
JOIN engagements e ON e.org_id = i.org_id AND e.id = i.engagement_id
LEFT JOIN answers a ON a.org_id = i.org_id AND a.recipient_id = r.id AND a.round = i.round
WHERE i.org_id = @org_id AND i.id = @id AND i.kind = ANY (@kinds::text[]) AND i.issued_at IS NOT NULL;
