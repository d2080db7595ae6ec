-- name: LadderGet :one
-- The ladder that an organization has set for a kind; null where it has set none, and
-- with it the hours in which its reminders leave.
SELECT o.working_hours, l.ladder, coalesce(l.version, 0)::integer AS version, o.time_zone FROM organizations o
LEFT JOIN ladders l ON l.org_id = o.org_id AND l.kind = @kind
WHERE o.org_id = @org_id;

-- name: LadderUpsert :one
INSERT INTO ladders (org_id, kind, ladder, updated_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (org_id, kind) DO UPDATE SET ladder = excluded.ladder, version = ladders.version + 1, updated_at = excluded.updated_at
RETURNING *;

-- name: LadderDelete :exec
DELETE FROM ladders WHERE org_id = $1 AND kind = $2;

-- name: OrganizationSetHours :exec
UPDATE organizations SET working_hours = $2 WHERE org_id = $1;
