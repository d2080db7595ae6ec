-- +goose Up

-- Other calendars of a coach, whose entries keep times from being offered. The address is
-- a secret: who has it can read the calendar.
CREATE TABLE busy_calendars (
  org_id        uuid NOT NULL,
  id            uuid NOT NULL,
  coach_id      uuid NOT NULL,
  address       text NOT NULL,
  name          text NOT NULL CHECK (name <> ''),
  created_at    timestamptz NOT NULL,
  -- The calendar as it was read well the last time, and what its server said of it then.
  feed          bytea,
  etag          text NOT NULL DEFAULT '',
  modified      text NOT NULL DEFAULT '',
  -- The busy times of the feed from busy_from until busy_until, for a coach in busy_zone: the
  -- seconds since 1970 of each begin and end in turn. And what in it is not as it should be.
  busy          jsonb,
  busy_zone     text NOT NULL DEFAULT '',
  busy_from     timestamptz,
  busy_until    timestamptz,
  warnings      jsonb,
  asked_at      timestamptz, -- when somebody asked to have it fetched now
  fetched_at    timestamptz, -- when it was tried the last time
  worked_at     timestamptz, -- when that went well the last time
  failing_since timestamptz, -- null: it works
  fault_code    text NOT NULL DEFAULT '',
  fault_words   text NOT NULL DEFAULT '',
  told_at       timestamptz, -- when the coach was told of this failing period
  PRIMARY KEY (org_id, id),
  CONSTRAINT busy_calendars_address_key UNIQUE (org_id, coach_id, address),
  CONSTRAINT busy_calendars_coach_fkey FOREIGN KEY (org_id, coach_id) REFERENCES people ON DELETE CASCADE,
  CONSTRAINT busy_calendars_busy_check CHECK ((worked_at IS NULL) = (busy IS NULL) AND (busy IS NULL) = (feed IS NULL)
    AND (busy IS NULL) = (busy_from IS NULL) AND (busy IS NULL) = (busy_until IS NULL))
);
CALL protect('busy_calendars');
CALL unveil('busy_calendars');
CREATE INDEX busy_calendars_fetched ON busy_calendars (coalesce(fetched_at, created_at));

-- Calendars that no workflow has fetched though it is time: those that are new or asked for since before,
-- and those that were fetched long ago. Somebody who is no coach any more needs none.
-- +goose StatementBegin
CREATE FUNCTION sweep_calendars(before timestamptz, long_before timestamptz, most integer) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT b.org_id, b.id FROM busy_calendars b JOIN people p ON p.org_id = b.org_id AND p.id = b.coach_id AND 'coach' = ANY (p.roles)
   WHERE coalesce(b.fetched_at, b.created_at) < before
     AND (b.fetched_at IS NULL OR b.fetched_at < long_before OR (b.asked_at > b.fetched_at AND b.asked_at < before))
   ORDER BY coalesce(b.fetched_at, b.created_at) LIMIT most $$;
-- +goose StatementEnd
CALL reserve('sweep_calendars(timestamptz, timestamptz, integer)');

-- +goose Down
DROP FUNCTION sweep_calendars(timestamptz, timestamptz, integer);
DROP TABLE busy_calendars;
