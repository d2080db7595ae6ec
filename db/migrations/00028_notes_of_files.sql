-- +goose Up

-- What the author of a mail that shares a file wrote in it, and what looks like a
-- quotation or a signature below. No message is posted for it, so it stands with the file.
ALTER TABLE files ADD COLUMN note text NOT NULL DEFAULT '', ADD COLUMN note_quoted text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE files DROP COLUMN note, DROP COLUMN note_quoted;
