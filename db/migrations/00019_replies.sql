-- +goose NO TRANSACTION
-- +goose Up

-- Where replies to letters go that belong to no conversation. Empty: to an address of
-- the inbound domain, which nobody reads and which answers once with what to do.
ALTER TABLE organizations ADD COLUMN IF NOT EXISTS reply_address text NOT NULL DEFAULT '';

-- How many messages of one person to one other go on by mail in an hour at once. What
-- is over that waits, a few minutes between each.
ALTER TABLE organizations ADD COLUMN IF NOT EXISTS onward_per_hour integer NOT NULL DEFAULT 30
  CONSTRAINT organizations_onward_per_hour_check CHECK (onward_per_hour BETWEEN 1 AND 100000);

-- Where a reply to the mail goes, as it was sent.
ALTER TABLE notifications ADD COLUMN IF NOT EXISTS reply_to text NOT NULL DEFAULT '';

-- A mail without a system address came to the address that nobody reads.
ALTER TABLE inbound_mails ALTER COLUMN system_address_id DROP NOT NULL;

-- What migrate still has to do, beyond what SQL can, by its name.
CREATE TABLE IF NOT EXISTS unfinished_migrations (name text PRIMARY KEY);

-- Addresses from before one mailbox had one spelling: SQL writes no domain in ASCII.
INSERT INTO unfinished_migrations VALUES ('one_spelling_of_addresses') ON CONFLICT DO NOTHING;

-- The mails that were answered lately. The index is made without keeping anybody from
-- writing; what an earlier attempt did not finish is made anew.
DROP INDEX CONCURRENTLY IF EXISTS inbound_mails_replies;
CREATE INDEX CONCURRENTLY inbound_mails_replies ON inbound_mails (org_id, settled_at) WHERE system_address_id IS NULL;

-- +goose Down
DROP INDEX CONCURRENTLY IF EXISTS inbound_mails_replies;
DROP TABLE IF EXISTS unfinished_migrations;
ALTER TABLE inbound_mails NO FORCE ROW LEVEL SECURITY;
DELETE FROM inbound_mails WHERE system_address_id IS NULL;
ALTER TABLE inbound_mails FORCE ROW LEVEL SECURITY;
ALTER TABLE inbound_mails ALTER COLUMN system_address_id SET NOT NULL;
ALTER TABLE notifications DROP COLUMN IF EXISTS reply_to;
ALTER TABLE organizations DROP COLUMN IF EXISTS reply_address, DROP COLUMN IF EXISTS onward_per_hour;
