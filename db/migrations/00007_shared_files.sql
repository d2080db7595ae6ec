-- +goose Up

-- A mail with the subject "File: NAME" shares its file, and posts no message. The
-- file knows its stream by itself then.
ALTER TABLE files ADD COLUMN stream_id uuid, ADD COLUMN inbound_mail_id uuid;
ALTER TABLE files ADD CONSTRAINT files_stream_fkey FOREIGN KEY (org_id, stream_id) REFERENCES streams ON DELETE CASCADE;
ALTER TABLE files ADD CONSTRAINT files_inbound_mail_fkey FOREIGN KEY (org_id, inbound_mail_id) REFERENCES inbound_mails;
CREATE INDEX files_inbound_mail ON files (org_id, inbound_mail_id) WHERE inbound_mail_id IS NOT NULL;

ALTER TABLE inbound_mails DROP CONSTRAINT inbound_mails_state_check;
ALTER TABLE inbound_mails ADD CONSTRAINT inbound_mails_state_check CHECK (state IN ('received', 'posted', 'filed', 'duplicate', 'ignored', 'quarantined', 'discarded'));

-- +goose Down
ALTER TABLE inbound_mails NO FORCE ROW LEVEL SECURITY;
UPDATE inbound_mails SET state = 'posted' WHERE state = 'filed';
ALTER TABLE inbound_mails FORCE ROW LEVEL SECURITY;
ALTER TABLE inbound_mails DROP CONSTRAINT inbound_mails_state_check;
ALTER TABLE inbound_mails ADD CONSTRAINT inbound_mails_state_check CHECK (state IN ('received', 'posted', 'duplicate', 'ignored', 'quarantined', 'discarded'));
ALTER TABLE files DROP COLUMN stream_id, DROP COLUMN inbound_mail_id;
