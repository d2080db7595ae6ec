-- +goose Up

-- In which hours reminders leave, on the clock of whoever reads them, as
-- coaching.WorkingHours writes it. None: the default hours.
ALTER TABLE organizations ADD COLUMN working_hours jsonb;

-- What follows while something is waited for, as coaching.Ladder writes it. A kind
-- without a row has the default ladder.
CREATE TABLE ladders (
  org_id     uuid NOT NULL REFERENCES organizations,
  kind       text NOT NULL,
  ladder     jsonb NOT NULL,
  version    integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, kind)
);
CALL protect('ladders');

-- +goose Down
DROP TABLE ladders;
ALTER TABLE organizations DROP COLUMN working_hours;
