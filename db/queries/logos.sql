-- name: LogoInsert :exec
INSERT INTO logos (org_id, id, picture) VALUES ($1, $2, $3) ON CONFLICT (org_id, id) DO NOTHING;

-- name: LogoGet :one
SELECT picture FROM logos WHERE org_id = $1 AND id = $2;

-- name: OrganizationSetLogo :exec
UPDATE organizations SET logo = @logo WHERE org_id = @org_id;
