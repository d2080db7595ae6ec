-- name: FormInsert :exec
INSERT INTO forms (org_id, id, name) VALUES ($1, $2, $3);

-- name: FormVersionInsert :exec
INSERT INTO form_versions (org_id, form_id, version, definition) VALUES ($1, $2, $3, $4);

-- name: FormBump :one
-- No row: the form has a newer version than the one that was read.
UPDATE forms SET latest_version = latest_version + 1, name = @name
WHERE org_id = @org_id AND id = @id AND latest_version = @latest_version RETURNING latest_version;

-- name: FormGet :one
SELECT sqlc.embed(f), v.definition FROM forms f
JOIN form_versions v ON v.org_id = f.org_id AND v.form_id = f.id AND v.version = f.latest_version
WHERE f.org_id = @org_id AND f.id = @id;

-- name: FormVersionGet :one
SELECT * FROM form_versions WHERE org_id = $1 AND form_id = $2 AND version = $3;

-- name: FormList :many
SELECT * FROM forms WHERE org_id = @org_id AND id > @after ORDER BY id LIMIT @most;

-- name: ProgramTemplateInsert :one
INSERT INTO program_templates (org_id, id, name, items) VALUES (@org_id, @id, @name, @items) RETURNING *;

-- name: ProgramTemplateGet :one
SELECT * FROM program_templates WHERE org_id = $1 AND id = $2;

-- name: ProgramTemplateList :many
SELECT * FROM program_templates WHERE org_id = @org_id AND id > @after ORDER BY id LIMIT @most;

-- name: ProgramTemplateUpdate :one
UPDATE program_templates SET name = @name, items = @items, version = version + 1
WHERE org_id = @org_id AND id = @id AND version = @version RETURNING *;

-- name: AnswerSave :one
-- A draft never overwrites what was submitted. No row: it was submitted before.
INSERT INTO answers (org_id, id, recipient_id, round, form_id, form_version, draft, saved_at)
VALUES (@org_id, @id, @recipient_id, @round, @form_id, @form_version, @draft, @saved_at)
ON CONFLICT (org_id, recipient_id, round) DO UPDATE SET draft = excluded.draft, saved_at = excluded.saved_at
WHERE answers.submitted_at IS NULL
RETURNING *;

-- name: AnswerSubmit :one
INSERT INTO answers (org_id, id, recipient_id, round, form_id, form_version, draft, answer, saved_at, submitted_at)
VALUES (@org_id, @id, @recipient_id, @round, @form_id, @form_version, @draft, @answer, @saved_at, @saved_at)
ON CONFLICT (org_id, recipient_id, round) DO UPDATE
SET draft = excluded.draft, answer = excluded.answer, saved_at = excluded.saved_at, submitted_at = excluded.saved_at
WHERE answers.submitted_at IS NULL
RETURNING *;

-- name: AnswerGet :one
SELECT * FROM answers WHERE org_id = $1 AND recipient_id = $2 AND round = $3;

-- name: AnswerTakeUp :one
-- No row: nothing submitted, or taken up before.
UPDATE answers SET taken_up_at = @taken_up_at
WHERE org_id = @org_id AND recipient_id = @recipient_id AND round = @round AND submitted_at IS NOT NULL AND taken_up_at IS NULL
RETURNING id, submitted_at;

-- name: AnswersOfItem :many
SELECT a.*, r.person_id, r.email, r.name AS recipient_name FROM answers a
JOIN item_recipients r ON r.org_id = a.org_id AND r.id = a.recipient_id
WHERE a.org_id = @org_id AND r.item_id = @item_id AND a.submitted_at IS NOT NULL
ORDER BY a.submitted_at;
