-- name: NotificationsReleaseHeld :many
-- Lets what was held for a person go, as one: of each item the request, or else
-- the newest time that it was sent again; of the reminders those that are still
-- to come. What would be a backlog is dropped.
WITH chosen AS (
  SELECT DISTINCT ON (item_id) id FROM notifications
  WHERE org_id = @org_id AND person_id = @person_id AND state = 'held' AND plan = 0 AND item_id IS NOT NULL
  ORDER BY item_id, (step = 'request') DESC, planned_at DESC
)
UPDATE notifications n SET
  step = CASE WHEN n.id IN (SELECT id FROM chosen) THEN 'request' ELSE n.step END,
  planned_at = CASE WHEN n.id IN (SELECT id FROM chosen) THEN @moment::timestamptz ELSE n.planned_at END,
  state = CASE WHEN n.id IN (SELECT id FROM chosen) OR n.planned_at > @moment THEN 'planned' ELSE 'dropped' END,
  state_reason = CASE WHEN n.id IN (SELECT id FROM chosen) OR n.planned_at > @moment THEN '' ELSE 'its time had passed when the person got an account' END,
  outcome_at = CASE WHEN n.id IN (SELECT id FROM chosen) OR n.planned_at > @moment THEN NULL ELSE @moment END
WHERE n.org_id = @org_id AND n.person_id = @person_id AND n.state = 'held'
RETURNING n.engagement_id, n.item_id, (n.step = 'request')::boolean AS due;

-- name: NotificationsNoteHeld :many
-- Notes that the admins are told of what is held for a person, whatever is added later.
UPDATE notifications SET held_told_at = @told_at
WHERE org_id = @org_id AND person_id = @person_id AND state = 'held' AND held_told_at IS NULL
RETURNING id;

-- name: TaskGet :one
-- A task as one of its recipients sees it.
SELECT i.id, i.engagement_id, i.title, i.spec, i.status, i.round, i.issued_at, i.due_at, r.id AS recipient_id, r.required, e.name AS engagement_name,
  e.status AS engagement_status, a.submitted_at, a.taken_up_at
FROM items i
JOIN item_recipients r ON r.org_id = i.org_id AND r.item_id = i.id AND r.person_id = @person_id
JOIN engagements e ON e.org_id = i.org_id AND e.id = i.engagement_id
LEFT JOIN answers a ON a.org_id = i.org_id AND a.recipient_id = r.id AND a.round = i.round
WHERE i.org_id = @org_id AND i.id = @id AND i.kind = 'task' AND i.issued_at IS NOT NULL;
