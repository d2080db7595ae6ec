-- +goose NO TRANSACTION
-- +goose Up

-- What an attendee has answered to the present time of a session: the last answer that
-- counts, when it came, and its place among their answers (coaching.AnswerFacts).
ALTER TABLE session_attendees ADD COLUMN IF NOT EXISTS answer text NOT NULL DEFAULT '', ADD COLUMN IF NOT EXISTS answer_words text NOT NULL DEFAULT '',
  ADD COLUMN IF NOT EXISTS answered_at timestamptz, ADD COLUMN IF NOT EXISTS answer_sequence integer NOT NULL DEFAULT 0, ADD COLUMN IF NOT EXISTS answer_stamp timestamptz;
ALTER TABLE session_attendees DROP CONSTRAINT IF EXISTS session_attendees_answer_check,
  ADD CONSTRAINT session_attendees_answer_check CHECK (answer IN ('', 'accepted', 'declined', 'tentative')) NOT VALID;
ALTER TABLE session_attendees VALIDATE CONSTRAINT session_attendees_answer_check;

-- What came by mail about a session from one of its attendees and counted, each mail once:
-- answers, words for the coach, and proposals of another time, which are open until
-- somebody decides or the session goes another way.
CREATE TABLE IF NOT EXISTS session_answers (
  org_id      uuid NOT NULL,
  id          uuid NOT NULL,              -- that of the received mail
  session_id  uuid NOT NULL,
  attendee_id uuid,                       -- nobody: an admin has let the words of somebody else through
  mail_key    text NOT NULL,              -- Message-ID and contents
  kind        text NOT NULL CHECK (kind IN ('accepted', 'declined', 'tentative', 'proposed', 'words')),
  address     text NOT NULL,              -- from which it came
  words       text NOT NULL DEFAULT '',
  received_at timestamptz NOT NULL,
  -- Of a proposal: the time, how it stands, and who ended it.
  starts_at   timestamptz,
  minutes     integer CHECK (minutes > 0),
  state       text NOT NULL DEFAULT '' CHECK (state IN ('', 'open', 'taken', 'refused', 'replaced', 'moved', 'cancelled', 'expired')),
  reason      text NOT NULL DEFAULT '',
  ended_at    timestamptz,
  ended_by    uuid,
  PRIMARY KEY (org_id, id),
  CONSTRAINT session_answers_proposal_check CHECK ((kind = 'proposed') = (state <> '') AND (kind <> 'proposed' OR (starts_at IS NOT NULL AND minutes IS NOT NULL))),
  CONSTRAINT session_answers_session_fkey FOREIGN KEY (org_id, session_id) REFERENCES item_sessions ON DELETE CASCADE,
  CONSTRAINT session_answers_attendee_fkey FOREIGN KEY (org_id, attendee_id) REFERENCES session_attendees ON DELETE CASCADE,
  CONSTRAINT session_answers_ended_by_fkey FOREIGN KEY (org_id, ended_by) REFERENCES people
);
CREATE UNIQUE INDEX IF NOT EXISTS session_answers_mail ON session_answers (org_id, session_id, address, mail_key);
CREATE INDEX IF NOT EXISTS session_answers_attendee ON session_answers (org_id, attendee_id) WHERE attendee_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS session_answers_ended_by ON session_answers (org_id, ended_by) WHERE ended_by IS NOT NULL;
CREATE INDEX IF NOT EXISTS session_answers_words ON session_answers (org_id, address, received_at) WHERE kind = 'words';
DROP POLICY IF EXISTS organization ON session_answers;
CALL protect('session_answers');

-- A mail that came to the address of a session, and what counted of it.
ALTER TABLE inbound_mails ADD COLUMN IF NOT EXISTS session_id uuid;
ALTER TABLE inbound_mails DROP CONSTRAINT IF EXISTS inbound_mails_session_fkey,
  ADD CONSTRAINT inbound_mails_session_fkey FOREIGN KEY (org_id, session_id) REFERENCES item_sessions ON DELETE SET NULL (session_id) NOT VALID;
ALTER TABLE inbound_mails VALIDATE CONSTRAINT inbound_mails_session_fkey;
ALTER TABLE inbound_mails DROP CONSTRAINT IF EXISTS inbound_mails_state_check,
  ADD CONSTRAINT inbound_mails_state_check CHECK (state IN ('received', 'posted', 'filed', 'taken', 'duplicate', 'ignored', 'quarantined', 'discarded')) NOT VALID;
ALTER TABLE inbound_mails VALIDATE CONSTRAINT inbound_mails_state_check;
CALL drop_invalid_indexes();
SET lock_timeout = 0;
CREATE INDEX CONCURRENTLY IF NOT EXISTS inbound_mails_session ON inbound_mails (org_id, session_id) WHERE session_id IS NOT NULL;
RESET lock_timeout;

-- The session to whose address a mail came.
GRANT SELECT ON item_sessions TO coachflow_lookup;
DROP POLICY IF EXISTS lookup ON item_sessions;
CREATE POLICY lookup ON item_sessions FOR SELECT TO coachflow_lookup USING (true);
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION lookup_session_address(wanted text) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT s.org_id, s.id FROM item_sessions s WHERE s.organizer = wanted $$;
-- +goose StatementEnd
CALL reserve('lookup_session_address(text)');

-- Who is responsible decides about a proposal by a link.
ALTER TABLE links DROP CONSTRAINT IF EXISTS links_purpose_check,
  ADD CONSTRAINT links_purpose_check CHECK (purpose IN ('form', 'file', 'invitation', 'password', 'session', 'booking', 'proposal')) NOT VALID;
ALTER TABLE links VALIDATE CONSTRAINT links_purpose_check;

-- +goose Down
ALTER TABLE links NO FORCE ROW LEVEL SECURITY;
DELETE FROM links WHERE purpose = 'proposal';
ALTER TABLE links FORCE ROW LEVEL SECURITY;
ALTER TABLE links DROP CONSTRAINT IF EXISTS links_purpose_check,
  ADD CONSTRAINT links_purpose_check CHECK (purpose IN ('form', 'file', 'invitation', 'password', 'session', 'booking'));
DROP FUNCTION IF EXISTS lookup_session_address(text);
DROP POLICY IF EXISTS lookup ON item_sessions;
REVOKE SELECT ON item_sessions FROM coachflow_lookup;
ALTER TABLE notifications NO FORCE ROW LEVEL SECURITY;
DELETE FROM notifications WHERE kind IN ('session_declined', 'session_proposed', 'session_proposal_refused', 'session_proposal_expired', 'session_words');
ALTER TABLE notifications FORCE ROW LEVEL SECURITY;
DROP TABLE IF EXISTS session_answers;
ALTER TABLE inbound_mails NO FORCE ROW LEVEL SECURITY;
DELETE FROM inbound_mails WHERE session_id IS NOT NULL;
ALTER TABLE inbound_mails FORCE ROW LEVEL SECURITY;
ALTER TABLE inbound_mails DROP COLUMN IF EXISTS session_id;
ALTER TABLE inbound_mails DROP CONSTRAINT IF EXISTS inbound_mails_state_check,
  ADD CONSTRAINT inbound_mails_state_check CHECK (state IN ('received', 'posted', 'filed', 'duplicate', 'ignored', 'quarantined', 'discarded'));
ALTER TABLE session_attendees DROP COLUMN IF EXISTS answer, DROP COLUMN IF EXISTS answer_words, DROP COLUMN IF EXISTS answered_at,
  DROP COLUMN IF EXISTS answer_sequence, DROP COLUMN IF EXISTS answer_stamp;
