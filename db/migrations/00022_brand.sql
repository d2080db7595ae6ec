-- +goose Up

-- The colour of the organization's pages and mails, as "#rrggbb".
ALTER TABLE organizations ADD COLUMN brand_color text NOT NULL DEFAULT '#0f766e'
  CONSTRAINT organizations_brand_color_check CHECK (brand_color ~ '^#[0-9a-f]{6}$');

-- +goose Down
ALTER TABLE organizations DROP COLUMN brand_color;
