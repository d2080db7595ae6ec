-- +goose Up

-- When a coach can be booked, as coaching.Availability writes it. A coach without a row
-- offers nothing.
CREATE TABLE availabilities (
  org_id     uuid NOT NULL,
  coach_id   uuid NOT NULL,
  rules      jsonb NOT NULL,
  version    integer NOT NULL, -- from 2 on: 1 is that of a coach without a row
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, coach_id),
  CONSTRAINT availabilities_coach_fkey FOREIGN KEY (org_id, coach_id) REFERENCES people ON DELETE CASCADE
);
CALL protect('availabilities');

-- +goose Down
DROP TABLE availabilities;
