-- +goose NO TRANSACTION
-- +goose Up

-- The functions that see across organizations are for the application alone: a
-- role that can merely connect to the database calls none of them. Every such
-- function goes through reserve, and a test over the catalogue holds that.
-- +goose StatementBegin
CREATE OR REPLACE PROCEDURE reserve(target regprocedure) LANGUAGE plpgsql AS
$$
BEGIN
  EXECUTE format('ALTER FUNCTION %s OWNER TO coachflow_lookup', target);
  EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', target);
  EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO coachflow_app', target);
END
$$;
-- +goose StatementEnd

-- A login needs to know which accounts an address may log in to. The hash of the
-- password is read inside of the organization, behind row level security.
-- +goose StatementBegin
BEGIN;
DROP FUNCTION IF EXISTS lookup_login(text);
CREATE FUNCTION lookup_login(wanted text) RETURNS TABLE (org_id uuid, person_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT p.org_id, p.id FROM person_addresses a JOIN people p ON p.org_id = a.org_id AND p.id = a.person_id
   WHERE a.address = wanted AND p.state = 'active' AND p.password_hash IS NOT NULL ORDER BY p.created_at $$;
CALL reserve('lookup_login(text)');
COMMIT;
-- +goose StatementEnd

CALL reserve('lookup_api_key(bytea)');
CALL reserve('lookup_session(bytea, timestamptz)');
CALL reserve('lookup_provider_id(text)');
CALL reserve('lookup_system_address(text)');
CALL reserve('sweep_answers(timestamptz, integer)');
CALL reserve('sweep_held(timestamptz, integer)');
CALL reserve('sweep_inbound_mails(timestamptz, integer)');
CALL reserve('sweep_invitations(timestamptz, integer)');
CALL reserve('sweep_late_sends(timestamptz)');
CALL reserve('sweep_notices(timestamptz, integer)');
CALL reserve('sweep_programs(timestamptz, integer)');
CALL reserve('sweep_releasable(integer)');
CALL reserve('sweep_released(timestamptz, integer)');
CALL reserve('sweep_untold(timestamptz, integer)');

-- The program asks whether migrations are pending, also where its login owns nothing.
GRANT SELECT ON goose_db_version TO coachflow_app;

-- +goose Down
REVOKE SELECT ON goose_db_version FROM coachflow_app;
-- +goose StatementBegin
DO $$
DECLARE target regprocedure;
BEGIN
  FOR target IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM coachflow_app', target);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', target);
  END LOOP;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
BEGIN;
DROP FUNCTION lookup_login(text);
CREATE FUNCTION lookup_login(wanted text) RETURNS TABLE (org_id uuid, person_id uuid, password_hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT p.org_id, p.id, p.password_hash FROM person_addresses a JOIN people p ON p.org_id = a.org_id AND p.id = a.person_id
   WHERE a.address = wanted AND p.state = 'active' AND p.password_hash IS NOT NULL ORDER BY p.created_at $$;
ALTER FUNCTION lookup_login(text) OWNER TO coachflow_lookup;
COMMIT;
-- +goose StatementEnd
DROP PROCEDURE reserve(regprocedure);
