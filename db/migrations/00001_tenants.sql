-- +goose Up
-- Two roles besides the owner of the tables. coachflow_app is what the program
-- works as: it owns nothing and no policy lets it past its organization.
-- coachflow_lookup owns the few functions that must find out which
-- organization is meant; it can read just the tables that they need.
-- +goose StatementBegin
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'coachflow_app') THEN
    CREATE ROLE coachflow_app NOLOGIN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'coachflow_lookup') THEN
    CREATE ROLE coachflow_lookup NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL; -- another database of the same cluster made them at the same moment
END $$;
-- +goose StatementEnd
GRANT coachflow_app, coachflow_lookup TO CURRENT_USER;
GRANT USAGE ON SCHEMA public TO coachflow_app;
GRANT USAGE, CREATE ON SCHEMA public TO coachflow_lookup;

-- current_org is the organization of the running transaction, or NULL, which
-- matches no row.
-- +goose StatementBegin
CREATE FUNCTION current_org() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('app.org_id', true), '')::uuid $$;
-- +goose StatementEnd

-- protect puts a tenant table behind its organization. Every table with an
-- org_id goes through it, and a test over the catalogue holds that.
-- +goose StatementBegin
CREATE PROCEDURE protect(target regclass) LANGUAGE plpgsql AS
$$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('CREATE POLICY organization ON %s USING (org_id = current_org()) WITH CHECK (org_id = current_org())', target);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO coachflow_app', target);
END
$$;
-- +goose StatementEnd

-- unveil lets the look-up functions, and nothing else, read a table across
-- organizations.
-- +goose StatementBegin
CREATE PROCEDURE unveil(target regclass) LANGUAGE plpgsql AS
$$
BEGIN
  EXECUTE format('CREATE POLICY lookup ON %s FOR SELECT TO coachflow_lookup USING (true)', target);
  EXECUTE format('GRANT SELECT ON %s TO coachflow_lookup', target);
END
$$;
-- +goose StatementEnd

CREATE TABLE organizations (
  org_id       uuid PRIMARY KEY,
  name         text NOT NULL CHECK (name <> ''),
  time_zone    text NOT NULL,
  -- How long a mail that a person sends by hand can be taken back.
  undo_seconds integer NOT NULL DEFAULT 30 CHECK (undo_seconds BETWEEN 0 AND 3600),
  created_at   timestamptz NOT NULL DEFAULT now()
);
CALL protect('organizations');

CREATE TABLE people (
  org_id        uuid NOT NULL REFERENCES organizations,
  id            uuid NOT NULL,
  name          text NOT NULL CHECK (name <> ''),
  roles         text[] NOT NULL CHECK (roles <> '{}' AND roles <@ ARRAY['admin', 'coach', 'coachee']),
  state         text NOT NULL CHECK (state IN ('internal', 'invited', 'active')),
  time_zone     text NOT NULL,
  password_hash text,
  version       integer NOT NULL DEFAULT 1,
  created_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, id)
);
CALL protect('people');

-- The addresses by which a person is known: mail to the person goes to the
-- primary one, mail from any of them is the person's. Stored in lower case.
CREATE TABLE person_addresses (
  org_id     uuid NOT NULL,
  address    text NOT NULL CHECK (address = lower(address)),
  person_id  uuid NOT NULL,
  is_primary boolean NOT NULL,
  PRIMARY KEY (org_id, address),
  CONSTRAINT person_addresses_person_fkey FOREIGN KEY (org_id, person_id) REFERENCES people ON DELETE CASCADE
);
CREATE UNIQUE INDEX person_addresses_one_primary ON person_addresses (org_id, person_id) WHERE is_primary;
CALL protect('person_addresses');
CALL unveil('people');
CALL unveil('person_addresses');

-- Addresses that bounced for good or complained. Nothing is sent there until
-- an admin clears the row.
CREATE TABLE blocked_addresses (
  org_id     uuid NOT NULL REFERENCES organizations,
  address    text NOT NULL CHECK (address = lower(address)),
  reason     text NOT NULL,
  blocked_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, address)
);
CALL protect('blocked_addresses');

CREATE TABLE api_keys (
  org_id       uuid NOT NULL,
  id           uuid NOT NULL,
  name         text NOT NULL CHECK (name <> ''),
  key_hash     bytea NOT NULL,
  person_id    uuid NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  revoked_at   timestamptz,
  PRIMARY KEY (org_id, id),
  CONSTRAINT api_keys_hash_key UNIQUE (org_id, key_hash),
  CONSTRAINT api_keys_person_fkey FOREIGN KEY (org_id, person_id) REFERENCES people ON DELETE CASCADE
);
CREATE INDEX api_keys_hash ON api_keys (key_hash);
CALL protect('api_keys');
CALL unveil('api_keys');

-- Logins. The token itself is in the cookie alone.
CREATE TABLE sessions (
  org_id     uuid NOT NULL,
  token_hash bytea NOT NULL,
  person_id  uuid NOT NULL,
  data       bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, token_hash),
  CONSTRAINT sessions_person_fkey FOREIGN KEY (org_id, person_id) REFERENCES people ON DELETE CASCADE
);
CREATE INDEX sessions_token ON sessions (token_hash);
CALL protect('sessions');
CALL unveil('sessions');

-- The answers to POSTs that carried an Idempotency-Key, for 24 hours.
CREATE TABLE idempotency_keys (
  org_id       uuid NOT NULL REFERENCES organizations,
  principal_id uuid NOT NULL,
  key          text NOT NULL,
  request_hash bytea NOT NULL,
  status       integer,
  headers      jsonb,
  body         bytea,
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, principal_id, key)
);
CALL protect('idempotency_keys');

-- +goose StatementBegin
CREATE FUNCTION lookup_login(wanted text) RETURNS TABLE (org_id uuid, person_id uuid, password_hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT p.org_id, p.id, p.password_hash FROM person_addresses a JOIN people p ON p.org_id = a.org_id AND p.id = a.person_id
   WHERE a.address = wanted AND p.state = 'active' AND p.password_hash IS NOT NULL ORDER BY p.created_at $$;
-- +goose StatementEnd
ALTER FUNCTION lookup_login(text) OWNER TO coachflow_lookup;

-- +goose StatementBegin
CREATE FUNCTION lookup_api_key(wanted bytea) RETURNS TABLE (org_id uuid, id uuid, person_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT k.org_id, k.id, k.person_id FROM api_keys k WHERE k.key_hash = wanted AND k.revoked_at IS NULL $$;
-- +goose StatementEnd
ALTER FUNCTION lookup_api_key(bytea) OWNER TO coachflow_lookup;

-- +goose StatementBegin
CREATE FUNCTION lookup_session(wanted bytea, moment timestamptz) RETURNS TABLE (org_id uuid, person_id uuid, data bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT s.org_id, s.person_id, s.data FROM sessions s WHERE s.token_hash = wanted AND s.expires_at > moment $$;
-- +goose StatementEnd
ALTER FUNCTION lookup_session(bytea, timestamptz) OWNER TO coachflow_lookup;

-- +goose Down
DROP FUNCTION lookup_session(bytea, timestamptz);
DROP FUNCTION lookup_api_key(bytea);
DROP FUNCTION lookup_login(text);
DROP TABLE idempotency_keys, sessions, api_keys, blocked_addresses, person_addresses, people, organizations;
DROP PROCEDURE unveil(regclass);
DROP PROCEDURE protect(regclass);
DROP FUNCTION current_org();
