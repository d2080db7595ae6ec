-- +goose Up

-- Which message a message answers, so that the mail that goes on belongs to the
-- same conversation in its reader's mailbox.
ALTER TABLE messages ADD COLUMN replies_to_id uuid;
ALTER TABLE messages ADD CONSTRAINT messages_replies_to_fkey FOREIGN KEY (org_id, replies_to_id) REFERENCES messages;

-- +goose Down
ALTER TABLE messages DROP COLUMN replies_to_id;
