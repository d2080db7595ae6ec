-- +goose Up

-- Recipients go with their item or stay: nobody ever set a date of removal. The
-- index of an item's recipients is the beginning of that of its persons.
DROP INDEX item_recipients_person, item_recipients_email, item_recipients_item;
ALTER TABLE item_recipients DROP COLUMN removed_at;
CREATE UNIQUE INDEX item_recipients_person ON item_recipients (org_id, item_id, person_id);
CREATE UNIQUE INDEX item_recipients_email ON item_recipients (org_id, item_id, email);

-- Why a mail is taken back. Of one that an attempt still holds nobody may know
-- whether it left: the worker can have died before it wrote that down.
-- +goose StatementBegin
CREATE FUNCTION cancelled_because(reason text, state text, claimed_until timestamptz) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT reason || CASE WHEN state = 'sending' AND claimed_until IS NOT NULL THEN ', while it was being handed over: it may have arrived' ELSE '' END $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION cancelled_because(text, text, timestamptz);
DROP INDEX item_recipients_person, item_recipients_email;
ALTER TABLE item_recipients ADD COLUMN removed_at timestamptz;
CREATE INDEX item_recipients_item ON item_recipients (org_id, item_id);
CREATE UNIQUE INDEX item_recipients_person ON item_recipients (org_id, item_id, person_id) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX item_recipients_email ON item_recipients (org_id, item_id, email) WHERE removed_at IS NULL;
