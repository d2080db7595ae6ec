-- +goose Up

-- The files of items, each in the version that its recipients see and in those before.
CREATE TABLE item_files (
  org_id      uuid NOT NULL,
  item_id     uuid NOT NULL,
  file_id     uuid NOT NULL,
  position    integer NOT NULL, -- among the files of the item; a new version takes the place of the one before
  version     integer NOT NULL DEFAULT 1 CONSTRAINT item_files_version_check CHECK (version >= 1),
  added_at    timestamptz NOT NULL,
  replaced_at timestamptz,
  PRIMARY KEY (org_id, item_id, file_id),
  CONSTRAINT item_files_item_fkey FOREIGN KEY (org_id, item_id) REFERENCES items ON DELETE CASCADE,
  CONSTRAINT item_files_file_fkey FOREIGN KEY (org_id, file_id) REFERENCES files
);
CREATE INDEX item_files_file ON item_files (org_id, file_id);
CALL protect('item_files');

-- +goose Down
ALTER TABLE notifications NO FORCE ROW LEVEL SECURITY;
DELETE FROM notifications WHERE kind LIKE 'file\_re%' OR kind = 'file_escalation';
ALTER TABLE notifications FORCE ROW LEVEL SECURITY;
ALTER TABLE items NO FORCE ROW LEVEL SECURITY;
DELETE FROM items WHERE kind = 'file';
ALTER TABLE items FORCE ROW LEVEL SECURITY;
DROP TABLE item_files;
