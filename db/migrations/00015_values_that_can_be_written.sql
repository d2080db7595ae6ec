-- +goose Up

-- Dates from the last days of the year 9999 became moments of the year 10000 in UTC,
-- which can be stored and not be written out: nobody could read the program any more,
-- and its workflow tried for ever. They move back by the days that it takes.
ALTER TABLE items NO FORCE ROW LEVEL SECURITY;
UPDATE items SET
  release_at = CASE WHEN release_at > '9999-12-30Z' THEN '9999-12-30Z' ELSE release_at END,
  due_at = CASE WHEN due_at > '9999-12-30Z' THEN '9999-12-30Z' ELSE due_at END,
  next_at = CASE WHEN next_at > '9999-12-30Z' THEN '9999-12-30Z' ELSE next_at END
WHERE release_at > '9999-12-30Z' OR due_at > '9999-12-30Z' OR next_at > '9999-12-30Z';
UPDATE items SET spec = jsonb_set(spec, '{due,at}', '"9999-12-29T00:00"') WHERE spec #>> '{due,at}' COLLATE "C" > '9999-12-29T00:00';
UPDATE items SET spec = jsonb_set(spec, '{release,at}', '"9999-12-29T00:00"') WHERE spec #>> '{release,at}' COLLATE "C" > '9999-12-29T00:00';
ALTER TABLE notifications NO FORCE ROW LEVEL SECURITY;
UPDATE notifications SET planned_at = '9999-12-30Z' WHERE planned_at > '9999-12-30Z';
ALTER TABLE notifications FORCE ROW LEVEL SECURITY;

-- Time zones are those of the program's own database, which has no names that only
-- some machines have.
UPDATE items SET zone = CASE WHEN zone IN ('posixrules', 'localtime', 'Factory', 'Local') THEN 'UTC' ELSE regexp_replace(zone, '^(posix|right)/', '') END
  WHERE zone ~ '^(posix|right)/' OR zone IN ('posixrules', 'localtime', 'Factory', 'Local');
ALTER TABLE items FORCE ROW LEVEL SECURITY;
ALTER TABLE organizations NO FORCE ROW LEVEL SECURITY;
UPDATE organizations SET time_zone = CASE WHEN time_zone IN ('posixrules', 'localtime', 'Factory', 'Local') THEN 'UTC' ELSE regexp_replace(time_zone, '^(posix|right)/', '') END
  WHERE time_zone ~ '^(posix|right)/' OR time_zone IN ('posixrules', 'localtime', 'Factory', 'Local');
ALTER TABLE organizations FORCE ROW LEVEL SECURITY;
ALTER TABLE people NO FORCE ROW LEVEL SECURITY;
UPDATE people SET time_zone = CASE WHEN time_zone IN ('posixrules', 'localtime', 'Factory', 'Local') THEN 'UTC' ELSE regexp_replace(time_zone, '^(posix|right)/', '') END
  WHERE time_zone ~ '^(posix|right)/' OR time_zone IN ('posixrules', 'localtime', 'Factory', 'Local');
ALTER TABLE people FORCE ROW LEVEL SECURITY;

-- +goose Down
-- The rows stay as they are: the version before reads them, too.
