-- +goose Up

-- The logos of organizations as PNG, by their content. One that was replaced stays: mails
-- that were sent show it.
CREATE TABLE logos (
  org_id  uuid NOT NULL REFERENCES organizations,
  id      text NOT NULL CHECK (id ~ '^[0-9a-f]{16}$'),
  picture bytea NOT NULL CHECK (octet_length(picture) <= 1000000),
  PRIMARY KEY (org_id, id)
);
CALL protect('logos');

-- The one in use; empty: the first letter of the name stands in for it.
ALTER TABLE organizations ADD COLUMN logo text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE organizations DROP COLUMN logo;
DROP TABLE logos;
