-- +goose Up
CREATE TABLE streams (
  org_id     uuid NOT NULL REFERENCES organizations,
  id         uuid NOT NULL,
  coach_id   uuid NOT NULL,
  client_id  uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, id),
  CONSTRAINT streams_pair_key UNIQUE (org_id, coach_id, client_id),
  CONSTRAINT streams_coach_fkey FOREIGN KEY (org_id, coach_id) REFERENCES people,
  CONSTRAINT streams_client_fkey FOREIGN KEY (org_id, client_id) REFERENCES people
);
CALL protect('streams');

-- local_part has over 100 random bits, so it is unique across organizations
-- without a constraint that would have to look across them.
CREATE TABLE system_addresses (
  org_id     uuid NOT NULL,
  id         uuid NOT NULL,
  stream_id  uuid NOT NULL,
  direction  text NOT NULL CHECK (direction IN ('to_client', 'to_coach')),
  local_part text NOT NULL CHECK (local_part = lower(local_part) AND length(local_part) >= 20),
  created_at timestamptz NOT NULL DEFAULT now(),
  retired_at timestamptz,
  PRIMARY KEY (org_id, id),
  CONSTRAINT system_addresses_local_part_key UNIQUE (org_id, local_part),
  CONSTRAINT system_addresses_stream_fkey FOREIGN KEY (org_id, stream_id) REFERENCES streams ON DELETE CASCADE
);
CREATE UNIQUE INDEX system_addresses_one_live ON system_addresses (org_id, stream_id, direction) WHERE retired_at IS NULL;
CREATE INDEX system_addresses_local_part ON system_addresses (local_part);
CALL protect('system_addresses');
CALL unveil('system_addresses');

-- What came out of the mailbox, before anybody knows whose it is. It names no
-- organization and holds no content: the raw bytes are in the blob store.
-- One row per (mailbox, uidvalidity, uid) is the first guard against doubles.
CREATE TABLE mailbox_mails (
  id          uuid PRIMARY KEY,
  mailbox     text NOT NULL,
  uidvalidity bigint NOT NULL,
  uid         bigint NOT NULL,
  size        bigint NOT NULL,
  raw_key     text NOT NULL,
  received_at timestamptz NOT NULL,
  stored_at   timestamptz NOT NULL DEFAULT now(),
  -- Why the mail belongs to nobody: "unknown_address", "no_address". Empty when it was routed.
  unrouted    text NOT NULL DEFAULT '',
  CONSTRAINT mailbox_mails_uid_key UNIQUE (mailbox, uidvalidity, uid)
);
GRANT SELECT, INSERT ON mailbox_mails TO coachflow_app;

-- A mail to one system address.
CREATE TABLE inbound_mails (
  org_id            uuid NOT NULL,
  id                uuid NOT NULL,
  mailbox_mail_id   uuid NOT NULL REFERENCES mailbox_mails,
  system_address_id uuid NOT NULL,
  raw_key           text NOT NULL,
  too_large         boolean NOT NULL DEFAULT false, -- then raw_key holds the header alone; the mail is in the mailbox's folder TooLarge
  state             text NOT NULL CHECK (state IN ('received', 'posted', 'duplicate', 'ignored', 'quarantined', 'discarded')),
  reason            text NOT NULL DEFAULT '',
  from_address      text NOT NULL DEFAULT '',
  subject           text NOT NULL DEFAULT '',
  received_at       timestamptz NOT NULL,
  settled_at        timestamptz,
  released_by       uuid,
  released_at       timestamptz,
  PRIMARY KEY (org_id, id),
  CONSTRAINT inbound_mails_once_key UNIQUE (org_id, mailbox_mail_id, system_address_id),
  CONSTRAINT inbound_mails_address_fkey FOREIGN KEY (org_id, system_address_id) REFERENCES system_addresses,
  CONSTRAINT inbound_mails_released_by_fkey FOREIGN KEY (org_id, released_by) REFERENCES people
);
CREATE INDEX inbound_mails_received ON inbound_mails (org_id, received_at, id);
CREATE INDEX inbound_mails_unsettled ON inbound_mails (received_at) WHERE state = 'received';
CALL protect('inbound_mails');
CALL unveil('inbound_mails');

-- A message of a stream. (system address, author, message_key) is the second
-- guard against doubles: only mail whose sender was verified gets this far.
CREATE TABLE messages (
  org_id            uuid NOT NULL,
  id                uuid NOT NULL,
  stream_id         uuid NOT NULL,
  author_id         uuid NOT NULL,
  inbound_mail_id   uuid,
  system_address_id uuid,
  message_key       text,
  content_hash      text NOT NULL DEFAULT '',
  subject           text NOT NULL DEFAULT '',
  body              text NOT NULL DEFAULT '',
  html              text NOT NULL DEFAULT '',
  quoted            text NOT NULL DEFAULT '',
  posted_at         timestamptz NOT NULL,
  PRIMARY KEY (org_id, id),
  CONSTRAINT messages_once_key UNIQUE (org_id, system_address_id, author_id, message_key),
  CONSTRAINT messages_stream_fkey FOREIGN KEY (org_id, stream_id) REFERENCES streams ON DELETE CASCADE,
  CONSTRAINT messages_author_fkey FOREIGN KEY (org_id, author_id) REFERENCES people,
  CONSTRAINT messages_inbound_fkey FOREIGN KEY (org_id, inbound_mail_id) REFERENCES inbound_mails,
  CONSTRAINT messages_address_fkey FOREIGN KEY (org_id, system_address_id) REFERENCES system_addresses
);
CREATE INDEX messages_stream ON messages (org_id, stream_id, posted_at, id);
CALL protect('messages');
ALTER TABLE notifications ADD CONSTRAINT notifications_message_fkey FOREIGN KEY (org_id, message_id) REFERENCES messages ON DELETE CASCADE;

-- The client's Files. Inline images of a message stand here too, marked.
CREATE TABLE files (
  org_id       uuid NOT NULL,
  id           uuid NOT NULL,
  client_id    uuid NOT NULL,
  message_id   uuid,
  uploaded_by  uuid NOT NULL,
  name         text NOT NULL CHECK (name <> ''),
  content_type text NOT NULL,
  size         bigint NOT NULL,
  blob_key     text NOT NULL,
  inline       boolean NOT NULL DEFAULT false,
  content_id   text NOT NULL DEFAULT '',
  position     integer NOT NULL DEFAULT 0, -- among the files of its message
  created_at   timestamptz NOT NULL,
  PRIMARY KEY (org_id, id),
  CONSTRAINT files_client_fkey FOREIGN KEY (org_id, client_id) REFERENCES people,
  CONSTRAINT files_message_fkey FOREIGN KEY (org_id, message_id) REFERENCES messages ON DELETE CASCADE,
  CONSTRAINT files_uploaded_by_fkey FOREIGN KEY (org_id, uploaded_by) REFERENCES people
);
CREATE INDEX files_client ON files (org_id, client_id, created_at);
CREATE INDEX files_message ON files (org_id, message_id);
CALL protect('files');

CREATE TABLE file_views (
  org_id    uuid NOT NULL,
  file_id   uuid NOT NULL,
  person_id uuid NOT NULL,
  first_at  timestamptz NOT NULL,
  last_at   timestamptz NOT NULL,
  views     integer NOT NULL DEFAULT 1,
  PRIMARY KEY (org_id, file_id, person_id),
  CONSTRAINT file_views_file_fkey FOREIGN KEY (org_id, file_id) REFERENCES files ON DELETE CASCADE,
  CONSTRAINT file_views_person_fkey FOREIGN KEY (org_id, person_id) REFERENCES people
);
CALL protect('file_views');

-- +goose StatementBegin
CREATE FUNCTION lookup_system_address(wanted text) RETURNS TABLE (org_id uuid, id uuid, retired_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT a.org_id, a.id, a.retired_at FROM system_addresses a WHERE a.local_part = wanted $$;
-- +goose StatementEnd
ALTER FUNCTION lookup_system_address(text) OWNER TO coachflow_lookup;

-- Mails stored but not settled: their workflow is started again.
-- +goose StatementBegin
CREATE FUNCTION sweep_inbound_mails(before timestamptz, most integer) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT m.org_id, m.id FROM inbound_mails m WHERE m.state = 'received' AND m.received_at < before ORDER BY m.received_at LIMIT most $$;
-- +goose StatementEnd
ALTER FUNCTION sweep_inbound_mails(timestamptz, integer) OWNER TO coachflow_lookup;

-- +goose Down
DROP FUNCTION sweep_inbound_mails(timestamptz, integer);
DROP FUNCTION lookup_system_address(text);
ALTER TABLE notifications DROP CONSTRAINT notifications_message_fkey;
DROP TABLE file_views, files, messages, inbound_mails, mailbox_mails, system_addresses, streams;
