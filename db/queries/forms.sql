-- name: FormInsert :exec
INSERT INTO forms (org_id, id, name, search) VALUES (@org_id, @id, @name, search_text(@name));

-- name: FormVersionInsert :exec
INSERT INTO form_versions (org_id, form_id, version, definition) VALUES ($1, $2, $3, $4);

-- name: FormBump :one
-- No row: the form has a newer version than the one that was read.
UPDATE forms SET latest_version = latest_version + 1, name = @name, search = search_text(@name)
WHERE org_id = @org_id AND id = @id AND latest_version = @latest_version RETURNING latest_version;

-- name: FormGet :one
SELECT sqlc.embed(f), v.definition FROM forms f
JOIN form_versions v ON v.org_id = f.org_id AND v.form_id = f.id AND v.version = f.latest_version
WHERE f.org_id = @org_id AND f.id = @id;

-- name: FormOfItem :one
-- The newest version of the form of an item.
SELECT f.latest_version FROM items i JOIN forms f ON f.org_id = i.org_id AND f.id = i.form_id
WHERE i.org_id = @org_id AND i.engagement_id = @engagement_id AND i.id = @id;

-- name: FormsKnown :many
-- Which of these forms there are.
SELECT id FROM forms WHERE org_id = @org_id AND id = ANY (@ids::uuid[]);

-- name: FormVersionGet :one
SELECT * FROM form_versions WHERE org_id = $1 AND form_id = $2 AND version = $3;

-- name: FormList :many
SELECT * FROM forms WHERE org_id = @org_id AND id > @after ORDER BY id LIMIT @most;

-- name: ProgramTemplateInsert :one
INSERT INTO program_templates (org_id, id, name, items, search) VALUES (@org_id, @id, @name, @items, search_text(@name)) RETURNING *;

-- name: ProgramTemplateGet :one
SELECT * FROM program_templates WHERE org_id = $1 AND id = $2;

-- name: ProgramTemplateList :many
SELECT * FROM program_templates WHERE org_id = @org_id AND id > @after ORDER BY id LIMIT @most;

-- name: ProgramTemplateUpdate :one
UPDATE program_templates SET name = @name, search = search_text(@name), items = @items, version = version + 1
WHERE org_id = @org_id AND id = @id AND version = @version RETURNING *;

-- name: AnswerSave :execrows
-- A draft never overwrites what was submitted, nor a draft that is newer than the
-- one that it was made from (started_from is that one's saved_at). No row: it was
-- submitted before, or there is a newer draft.
INSERT INTO answers (org_id, id, recipient_id, round, form_id, form_version, draft, saved_at)
VALUES (@org_id, @id, @recipient_id, @round, @form_id, @form_version, @draft, @saved_at)
ON CONFLICT (org_id, recipient_id, round) DO UPDATE SET draft = excluded.draft, saved_at = excluded.saved_at
WHERE answers.submitted_at IS NULL AND (answers.saved_at = sqlc.narg('started_from') OR answers.draft IN ('{}', excluded.draft));

-- name: AnswerSubmit :execrows
-- What is submitted first counts. No row as with AnswerSave.
INSERT INTO answers (org_id, id, recipient_id, round, form_id, form_version, draft, answer, saved_at, submitted_at)
VALUES (@org_id, @id, @recipient_id, @round, @form_id, @form_version, @draft, @answer, @saved_at, @saved_at)
ON CONFLICT (org_id, recipient_id, round) DO UPDATE
SET draft = excluded.draft, answer = excluded.answer, saved_at = excluded.saved_at, submitted_at = excluded.saved_at
WHERE answers.submitted_at IS NULL AND (answers.saved_at = sqlc.narg('started_from') OR answers.draft IN ('{}', excluded.draft));

-- name: AnswerGet :one
SELECT * FROM answers WHERE org_id = $1 AND recipient_id = $2 AND round = $3;

-- name: AnswerTakeUp :one
-- No row: nothing submitted, or taken up before. The recipient has answered,
-- unless the item was reopened since: then the newer round counts.
WITH taken AS (
  UPDATE answers a SET taken_up_at = @taken_up_at
  WHERE a.org_id = @org_id AND a.recipient_id = @recipient_id AND a.round = @round AND a.submitted_at IS NOT NULL AND a.taken_up_at IS NULL
  RETURNING a.recipient_id, a.submitted_at
), noted AS (
  UPDATE item_recipients r SET answered_at = coalesce(r.answered_at, taken.submitted_at)
  FROM taken, items i
  WHERE r.org_id = @org_id AND r.id = taken.recipient_id AND i.org_id = r.org_id AND i.id = r.item_id AND i.round = @round
)
SELECT taken.submitted_at FROM taken;

-- name: AnswersUnread :many
-- What was submitted in the present round of an engagement's items and not acknowledged.
SELECT r.item_id, a.recipient_id, a.round FROM items i
JOIN item_recipients r ON r.org_id = i.org_id AND r.item_id = i.id
JOIN answers a ON a.org_id = r.org_id AND a.recipient_id = r.id AND a.round = i.round
WHERE i.org_id = @org_id AND i.engagement_id = @engagement_id AND a.submitted_at IS NOT NULL AND a.taken_up_at IS NULL
ORDER BY a.submitted_at;

-- name: AnswersOfItem :many
SELECT a.id, a.recipient_id, a.round, a.form_id, a.form_version, a.answer, a.submitted_at,
  coalesce(p.name, r.name)::text AS recipient_name, coalesce(own.address, r.email, '')::text AS address
FROM answers a
JOIN item_recipients r ON r.org_id = a.org_id AND r.id = a.recipient_id
LEFT JOIN people p ON p.org_id = r.org_id AND p.id = r.person_id
LEFT JOIN person_addresses own ON own.org_id = r.org_id AND own.person_id = r.person_id AND own.is_primary
WHERE a.org_id = @org_id AND r.item_id = @item_id AND a.submitted_at IS NOT NULL
ORDER BY a.submitted_at;

-- name: FormLinkGet :one
-- All that a form's link shows, in one round trip: the link, its recipient and
-- item, the version that was sent, and what was entered so far. The address that the
-- link was mailed to must still be the recipient's.
SELECT l.purpose, l.expires_at, l.revoked_at, r.id AS recipient_id, r.item_id, i.engagement_id, i.title, i.status AS item_status, i.round,
  v.form_id, v.version AS form_version, v.definition, i.due_at, coalesce(p.time_zone, i.zone)::text AS zone, e.status AS engagement_status,
  coalesce(p.name, r.name)::text AS display_name, o.name AS organization_name, o.brand_color, o.logo,
  a.draft, a.answer, a.saved_at, a.submitted_at, a.taken_up_at
FROM links l
JOIN item_recipients r ON r.org_id = l.org_id AND r.id = l.subject_id
JOIN items i ON i.org_id = r.org_id AND i.id = r.item_id
JOIN form_versions v ON v.org_id = i.org_id AND v.form_id = i.form_id AND v.version = i.form_version
JOIN engagements e ON e.org_id = i.org_id AND e.id = i.engagement_id
JOIN organizations o ON o.org_id = r.org_id
LEFT JOIN people p ON p.org_id = r.org_id AND p.id = r.person_id
LEFT JOIN answers a ON a.org_id = r.org_id AND a.recipient_id = r.id AND a.round = i.round
WHERE l.org_id = @org_id AND l.id = @id AND (l.email IS NULL OR l.email = r.email OR EXISTS (
  SELECT FROM person_addresses own WHERE own.org_id = r.org_id AND own.person_id = r.person_id AND own.address = l.email));
