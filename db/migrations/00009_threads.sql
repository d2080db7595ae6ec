-- +goose Up

-- Which message a message answers, and the Message-ID of the mail that it came by,
-- as it was, so that the mail that goes on belongs to the same conversation in its
-- reader's mailbox.
ALTER TABLE messages ADD COLUMN replies_to_id uuid, ADD COLUMN mail_message_id text NOT NULL DEFAULT '';
ALTER TABLE messages ADD CONSTRAINT messages_replies_to_fkey FOREIGN KEY (org_id, replies_to_id) REFERENCES messages;
CREATE INDEX messages_replies_to ON messages (org_id, replies_to_id) WHERE replies_to_id IS NOT NULL;
CREATE INDEX notifications_passed_on ON notifications (org_id, mail_message_id) WHERE kind = 'stream_message';
CREATE INDEX files_stream ON files (org_id, stream_id) WHERE stream_id IS NOT NULL;

-- +goose Down
DROP INDEX files_stream, notifications_passed_on;
ALTER TABLE messages DROP COLUMN replies_to_id, DROP COLUMN mail_message_id;
