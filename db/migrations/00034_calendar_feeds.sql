-- +goose Up

-- The secret address at which a calendar subscribes to what a person has: one a person, and
-- a new one takes the place of the old. Of its token, which has 256 random bits, the hash
-- is stored.
CREATE TABLE calendar_feeds (
  org_id     uuid NOT NULL,
  person_id  uuid NOT NULL,
  token_hash bytea NOT NULL CHECK (length(token_hash) = 32), -- SHA-256
  made_at    timestamptz NOT NULL,
  PRIMARY KEY (org_id, person_id),
  CONSTRAINT calendar_feeds_person_fkey FOREIGN KEY (org_id, person_id) REFERENCES people ON DELETE CASCADE
);
CALL protect('calendar_feeds');
CALL unveil('calendar_feeds');
CREATE INDEX calendar_feeds_token ON calendar_feeds (token_hash);

-- Whose feed a token opens: that of somebody with an account.
-- +goose StatementBegin
CREATE FUNCTION lookup_calendar_feed(wanted bytea) RETURNS TABLE (org_id uuid, person_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT f.org_id, f.person_id FROM calendar_feeds f JOIN people p ON p.org_id = f.org_id AND p.id = f.person_id AND p.state = 'active'
   WHERE f.token_hash = wanted $$;
-- +goose StatementEnd
CALL reserve('lookup_calendar_feed(bytea)');

-- +goose Down
DROP FUNCTION lookup_calendar_feed(bytea);
DROP TABLE calendar_feeds;
