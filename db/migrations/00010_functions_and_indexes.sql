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

-- Each file knows its stream, also one that came with a message, so that a coach's
-- list of them has an index. The owner of the tables reads and writes past the
-- organizations for as long as this takes.
ALTER TABLE files NO FORCE ROW LEVEL SECURITY;
ALTER TABLE messages NO FORCE ROW LEVEL SECURITY;
UPDATE files f SET stream_id = m.stream_id FROM messages m WHERE m.org_id = f.org_id AND m.id = f.message_id AND f.stream_id IS NULL;
ALTER TABLE messages FORCE ROW LEVEL SECURITY;
ALTER TABLE files FORCE ROW LEVEL SECURITY;

-- The indexes are made without keeping anybody from writing. What an earlier
-- attempt did not finish is made anew.
-- +goose StatementBegin
CREATE OR REPLACE PROCEDURE drop_invalid_indexes() LANGUAGE plpgsql AS
$$
DECLARE broken regclass;
BEGIN
  FOR broken IN SELECT i.indexrelid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE NOT i.indisvalid AND c.relnamespace = 'public'::regnamespace
  LOOP
    EXECUTE format('DROP INDEX %s', broken);
  END LOOP;
END
$$;
-- +goose StatementEnd
CALL drop_invalid_indexes();
SET lock_timeout = 0; -- waiting for a long transaction, these are in nobody's way

-- Lists: every filter of every list, in the order of the list.
CREATE INDEX CONCURRENTLY IF NOT EXISTS notifications_state ON notifications (org_id, state, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS notifications_of_person ON notifications (org_id, person_id, planned_at, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS notifications_about_streams ON notifications (org_id, planned_at, id) WHERE state = 'planned' AND kind IN ('contacts_for_coach', 'address_for_client');
CREATE INDEX CONCURRENTLY IF NOT EXISTS person_addresses_person ON person_addresses (org_id, person_id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS people_admins ON people (org_id, id) WHERE 'admin' = ANY (roles);
CREATE INDEX CONCURRENTLY IF NOT EXISTS people_coaches ON people (org_id, id) WHERE 'coach' = ANY (roles);
CREATE INDEX CONCURRENTLY IF NOT EXISTS people_coachees ON people (org_id, id) WHERE 'coachee' = ANY (roles);
CREATE INDEX CONCURRENTLY IF NOT EXISTS invitations_status ON invitations (org_id, status, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS inbound_mails_state ON inbound_mails (org_id, state, received_at, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS messages_of_stream ON messages (org_id, stream_id, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS messages_author ON messages (org_id, author_id, posted_at);
CREATE INDEX CONCURRENTLY IF NOT EXISTS files_of_client ON files (org_id, client_id, created_at, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS files_of_stream ON files (org_id, stream_id, created_at, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS streams_client ON streams (org_id, client_id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS system_addresses_live ON system_addresses (org_id, id) WHERE retired_at IS NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS blocked_addresses_newest ON blocked_addresses (org_id, blocked_at);

-- What is planned for a person, among everything that the person ever got.
CREATE INDEX CONCURRENTLY IF NOT EXISTS notifications_person_pending ON notifications (org_id, person_id, kind) WHERE state IN ('planned', 'held', 'sending');

-- Every foreign key has an index from its own side: without, deleting or moving
-- what is referred to reads the whole table, once for each row.
CREATE INDEX CONCURRENTLY IF NOT EXISTS answers_form ON answers (org_id, form_id, form_version);
CREATE INDEX CONCURRENTLY IF NOT EXISTS api_keys_person ON api_keys (org_id, person_id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS events_actor ON events (org_id, actor_id) WHERE actor_id IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS events_item ON events (org_id, item_id) WHERE item_id IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS file_views_person ON file_views (org_id, person_id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS files_uploaded_by ON files (org_id, uploaded_by);
CREATE INDEX CONCURRENTLY IF NOT EXISTS inbound_mails_address ON inbound_mails (org_id, system_address_id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS inbound_mails_mailbox_mail ON inbound_mails (mailbox_mail_id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS inbound_mails_released_by ON inbound_mails (org_id, released_by) WHERE released_by IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS invitations_invited_by ON invitations (org_id, invited_by);
CREATE INDEX CONCURRENTLY IF NOT EXISTS item_recipients_reader ON item_recipients (org_id, person_id) WHERE person_id IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS items_form ON items (org_id, form_id, form_version) WHERE form_id IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS messages_inbound ON messages (org_id, inbound_mail_id) WHERE inbound_mail_id IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS notifications_message ON notifications (org_id, message_id) WHERE message_id IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS program_edits_actor ON program_edits (org_id, actor_id) WHERE actor_id IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS program_edits_engagement ON program_edits (org_id, engagement_id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS sessions_person ON sessions (org_id, person_id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS system_addresses_stream ON system_addresses (org_id, stream_id);

-- What has run out is found by its time.
CREATE INDEX CONCURRENTLY IF NOT EXISTS sessions_expired ON sessions (org_id, expires_at);
CREATE INDEX CONCURRENTLY IF NOT EXISTS idempotency_keys_old ON idempotency_keys (org_id, created_at);

-- In whose place others have come.
DROP INDEX CONCURRENTLY IF EXISTS notifications_person;
DROP INDEX CONCURRENTLY IF EXISTS files_client;
DROP INDEX CONCURRENTLY IF EXISTS files_stream;
DROP INDEX CONCURRENTLY IF EXISTS messages_stream;
RESET lock_timeout;

-- +goose Down
CREATE INDEX IF NOT EXISTS notifications_person ON notifications (org_id, person_id, kind, planned_at);
CREATE INDEX IF NOT EXISTS files_client ON files (org_id, client_id, created_at);
CREATE INDEX IF NOT EXISTS files_stream ON files (org_id, stream_id) WHERE stream_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS messages_stream ON messages (org_id, stream_id, posted_at, id);
DROP INDEX IF EXISTS person_addresses_person, notifications_state, notifications_of_person, notifications_about_streams, people_admins, people_coaches, people_coachees, invitations_status, inbound_mails_state, messages_of_stream, files_of_client, files_of_stream, messages_author, streams_client, system_addresses_live, blocked_addresses_newest, notifications_person_pending,
  answers_form, api_keys_person, events_actor, events_item, file_views_person, files_uploaded_by, inbound_mails_address, inbound_mails_mailbox_mail,
  inbound_mails_released_by, invitations_invited_by, item_recipients_reader, items_form, messages_inbound, notifications_message, program_edits_actor,
  program_edits_engagement, sessions_person, system_addresses_stream, sessions_expired, idempotency_keys_old;
DROP PROCEDURE drop_invalid_indexes();
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
