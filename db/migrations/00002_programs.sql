-- +goose Up
CREATE TABLE forms (
  org_id         uuid NOT NULL REFERENCES organizations,
  id             uuid NOT NULL,
  name           text NOT NULL CHECK (name <> ''),
  latest_version integer NOT NULL DEFAULT 1,
  created_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, id)
);
CALL protect('forms');

-- A version never changes: an answer belongs to the version that it answered.
CREATE TABLE form_versions (
  org_id     uuid NOT NULL,
  form_id    uuid NOT NULL,
  version    integer NOT NULL CHECK (version > 0),
  definition jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, form_id, version),
  CONSTRAINT form_versions_form_fkey FOREIGN KEY (org_id, form_id) REFERENCES forms ON DELETE CASCADE
);
CALL protect('form_versions');

-- items is a list of item specifications as coaching.ItemSpec reads it.
CREATE TABLE program_templates (
  org_id     uuid NOT NULL REFERENCES organizations,
  id         uuid NOT NULL,
  name       text NOT NULL CHECK (name <> ''),
  items      jsonb NOT NULL,
  version    integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, id)
);
CALL protect('program_templates');

CREATE TABLE engagements (
  org_id           uuid NOT NULL REFERENCES organizations,
  id               uuid NOT NULL,
  name             text NOT NULL CHECK (name <> ''),
  coachee_id       uuid NOT NULL,
  coach_id         uuid,
  status           text NOT NULL CHECK (status IN ('draft', 'matching', 'active', 'paused', 'completed', 'cancelled')),
  -- Counts every change of the program; the ETag of the program.
  program_revision integer NOT NULL DEFAULT 1,
  started_at       timestamptz,
  taken_up_at      timestamptz, -- when the workflow first saw it; without, it is started again
  -- The last change by a person's act of which it is not known that the
  -- workflow heard: the sweep makes it look again.
  untold_revision  integer,
  untold_at        timestamptz,
  paused_at        timestamptz,
  ended_at         timestamptz,
  created_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, id),
  CONSTRAINT engagements_coachee_fkey FOREIGN KEY (org_id, coachee_id) REFERENCES people,
  CONSTRAINT engagements_coach_fkey FOREIGN KEY (org_id, coach_id) REFERENCES people
);
CREATE INDEX engagements_coach ON engagements (org_id, coach_id);
CREATE INDEX engagements_coachee ON engagements (org_id, coachee_id);
CREATE INDEX engagements_untold ON engagements (untold_at) WHERE untold_at IS NOT NULL;
CREATE INDEX engagements_not_taken_up ON engagements (started_at) WHERE status = 'active' AND taken_up_at IS NULL;
CALL protect('engagements');

-- An item of a program. spec is what was asked for (kind, title, release rule,
-- due rule, letter), as coaching.ItemSpec; the columns are what became of it.
CREATE TABLE items (
  org_id        uuid NOT NULL,
  id            uuid NOT NULL,
  engagement_id uuid NOT NULL,
  position      integer NOT NULL,
  kind          text NOT NULL CHECK (kind IN ('session', 'form', 'file', 'task')),
  title         text NOT NULL CHECK (title <> ''),
  spec          jsonb NOT NULL,
  form_id       uuid,
  form_version  integer,
  status        text NOT NULL CHECK (status IN ('waiting', 'sending', 'open', 'completed', 'skipped', 'removed')),
  -- Counts every change of the row, so that news which overtake each other are told apart.
  revision      integer NOT NULL DEFAULT 0,
  -- Counts issues and reopenings; part of every key of what is sent.
  round         integer NOT NULL DEFAULT 0,
  -- The plan of reminders: how often it was replaced, when it was made, the
  -- moment it counts from (pauses added), and how many of its steps are behind.
  plan          integer NOT NULL DEFAULT 0,
  plan_made_at  timestamptz,
  follow_from   timestamptz,
  followed      integer NOT NULL DEFAULT 0,
  zone          text NOT NULL, -- the recipient's, by its IANA name
  release_at    timestamptz, -- of rule "at", or shifted by a pause
  send_at       timestamptz, -- when a send by hand leaves, while it can be taken back
  issued_at     timestamptz,
  due_at        timestamptz,
  done_at       timestamptz, -- completed, skipped or removed
  PRIMARY KEY (org_id, id),
  CONSTRAINT items_engagement_fkey FOREIGN KEY (org_id, engagement_id) REFERENCES engagements ON DELETE CASCADE,
  CONSTRAINT items_form_fkey FOREIGN KEY (org_id, form_id) REFERENCES forms,
  CONSTRAINT items_form_version_fkey FOREIGN KEY (org_id, form_id, form_version) REFERENCES form_versions
);
CREATE INDEX items_engagement ON items (org_id, engagement_id, position);
CALL protect('items');

-- An edit of a program as it was asked for. The workflow is told the id alone,
-- so that its history holds no addresses and no letters.
CREATE TABLE program_edits (
  org_id        uuid NOT NULL,
  id            uuid NOT NULL,
  engagement_id uuid NOT NULL,
  base_revision integer NOT NULL,
  wanted        jsonb NOT NULL,
  actor_id      uuid,
  created_at    timestamptz NOT NULL DEFAULT now(),
  applied_at    timestamptz,
  PRIMARY KEY (org_id, id),
  CONSTRAINT program_edits_engagement_fkey FOREIGN KEY (org_id, engagement_id) REFERENCES engagements ON DELETE CASCADE,
  CONSTRAINT program_edits_actor_fkey FOREIGN KEY (org_id, actor_id) REFERENCES people
);
CALL protect('program_edits');

-- Who gets an item: a person of the organization or a bare email address.
CREATE TABLE item_recipients (
  org_id         uuid NOT NULL,
  id             uuid NOT NULL,
  item_id        uuid NOT NULL,
  person_id      uuid,
  email          text CHECK (email = lower(email)),
  name           text NOT NULL DEFAULT '',
  required       boolean NOT NULL,
  answered_at    timestamptz,
  follow_up_held boolean NOT NULL DEFAULT false,
  removed_at     timestamptz,
  PRIMARY KEY (org_id, id),
  CONSTRAINT item_recipients_one_way CHECK ((person_id IS NULL) <> (email IS NULL)),
  CONSTRAINT item_recipients_item_fkey FOREIGN KEY (org_id, item_id) REFERENCES items ON DELETE CASCADE,
  CONSTRAINT item_recipients_person_fkey FOREIGN KEY (org_id, person_id) REFERENCES people
);
CREATE INDEX item_recipients_item ON item_recipients (org_id, item_id);
CREATE UNIQUE INDEX item_recipients_person ON item_recipients (org_id, item_id, person_id) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX item_recipients_email ON item_recipients (org_id, item_id, email) WHERE removed_at IS NULL;
CALL protect('item_recipients');

-- One row per recipient and round. draft is everything typed, valid or not;
-- answer is there once submitted. taken_up_at is set by the workflow: a
-- submitted answer without it is told again.
CREATE TABLE answers (
  org_id       uuid NOT NULL,
  id           uuid NOT NULL,
  recipient_id uuid NOT NULL,
  round        integer NOT NULL,
  form_id      uuid NOT NULL,
  form_version integer NOT NULL,
  draft        jsonb NOT NULL DEFAULT '{}',
  answer       jsonb,
  saved_at     timestamptz NOT NULL,
  submitted_at timestamptz,
  taken_up_at  timestamptz,
  PRIMARY KEY (org_id, id),
  CONSTRAINT answers_recipient_round_key UNIQUE (org_id, recipient_id, round),
  CONSTRAINT answers_recipient_fkey FOREIGN KEY (org_id, recipient_id) REFERENCES item_recipients ON DELETE CASCADE,
  CONSTRAINT answers_form_version_fkey FOREIGN KEY (org_id, form_id, form_version) REFERENCES form_versions
);
CREATE INDEX answers_not_taken_up ON answers (submitted_at) WHERE submitted_at IS NOT NULL AND taken_up_at IS NULL;
CALL protect('answers');
CALL unveil('answers');
CALL unveil('item_recipients');
CALL unveil('items');
CALL unveil('engagements');

-- What links in mails may do. The token is a MAC over the row's id and is
-- stored nowhere.
CREATE TABLE links (
  org_id     uuid NOT NULL,
  id         uuid NOT NULL,
  purpose    text NOT NULL CHECK (purpose IN ('form', 'file')),
  subject_id uuid NOT NULL,
  person_id  uuid,
  email      text,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, id),
  CONSTRAINT links_person_fkey FOREIGN KEY (org_id, person_id) REFERENCES people ON DELETE CASCADE
);
CREATE INDEX links_subject ON links (org_id, subject_id);
CALL protect('links');

-- The timeline. key makes writing an event twice harmless.
CREATE TABLE events (
  org_id        uuid NOT NULL,
  id            uuid NOT NULL,
  engagement_id uuid,
  at            timestamptz NOT NULL,
  kind          text NOT NULL,
  actor_kind    text NOT NULL CHECK (actor_kind IN ('person', 'email', 'process')),
  actor_id      uuid,
  actor_email   text,
  item_id       uuid,
  reason        text NOT NULL DEFAULT '',
  key           text NOT NULL,
  PRIMARY KEY (org_id, id),
  CONSTRAINT events_key_key UNIQUE (org_id, key),
  CONSTRAINT events_engagement_fkey FOREIGN KEY (org_id, engagement_id) REFERENCES engagements ON DELETE CASCADE,
  CONSTRAINT events_actor_fkey FOREIGN KEY (org_id, actor_id) REFERENCES people,
  CONSTRAINT events_item_fkey FOREIGN KEY (org_id, item_id) REFERENCES items ON DELETE CASCADE
);
CREATE INDEX events_engagement ON events (org_id, engagement_id, id);
CALL protect('events');

CREATE TABLE notification_templates (
  org_id     uuid NOT NULL REFERENCES organizations,
  kind       text NOT NULL,
  subject    text NOT NULL,
  body       text NOT NULL,
  version    integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, kind)
);
CALL protect('notification_templates');

-- Every mail that is planned, held back or sent, with its reason and, once it
-- is rendered, its copy (link tokens blotted out).
CREATE TABLE notifications (
  org_id           uuid NOT NULL,
  id               uuid NOT NULL,
  engagement_id    uuid,
  item_id          uuid,
  recipient_id     uuid,
  message_id       uuid,
  kind             text NOT NULL,
  step             text NOT NULL,
  -- From business id, step and recipient, never from an attempt.
  key              text NOT NULL,
  plan             integer NOT NULL DEFAULT 0,
  person_id        uuid,
  address          text NOT NULL,
  recipient_name   text NOT NULL DEFAULT '',
  reason           text NOT NULL,
  state            text NOT NULL CHECK (state IN ('planned', 'held', 'suppressed', 'sending', 'sent', 'delivered', 'bounced', 'failed', 'cancelled', 'dropped')),
  state_reason     text NOT NULL DEFAULT '',
  planned_at       timestamptz NOT NULL,
  template_version text NOT NULL DEFAULT '',
  subject          text NOT NULL DEFAULT '',
  html             text NOT NULL DEFAULT '',
  body             text NOT NULL DEFAULT '',
  mail_message_id  text NOT NULL DEFAULT '',
  provider_id      text NOT NULL DEFAULT '',
  sent_at          timestamptz,
  outcome_at       timestamptz,
  -- While an attempt holds the mail, no other one hands it over.
  claimed_until    timestamptz,
  created_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, id),
  CONSTRAINT notifications_key_key UNIQUE (org_id, key),
  CONSTRAINT notifications_engagement_fkey FOREIGN KEY (org_id, engagement_id) REFERENCES engagements ON DELETE CASCADE,
  CONSTRAINT notifications_item_fkey FOREIGN KEY (org_id, item_id) REFERENCES items ON DELETE CASCADE,
  CONSTRAINT notifications_recipient_fkey FOREIGN KEY (org_id, recipient_id) REFERENCES item_recipients ON DELETE CASCADE,
  CONSTRAINT notifications_person_fkey FOREIGN KEY (org_id, person_id) REFERENCES people
);
CREATE INDEX notifications_engagement ON notifications (org_id, engagement_id, id);
CREATE INDEX notifications_recipient ON notifications (org_id, recipient_id);
CREATE INDEX notifications_person ON notifications (org_id, person_id, kind, planned_at);
CREATE INDEX notifications_item ON notifications (org_id, item_id);
CREATE INDEX notifications_pending ON notifications (planned_at) WHERE state IN ('planned', 'sending', 'held');
CREATE INDEX notifications_provider ON notifications (provider_id) WHERE provider_id <> '';
CALL protect('notifications');
CALL unveil('notifications');

-- Submitted answers whose workflow has not said that it took them up.
-- +goose StatementBegin
CREATE FUNCTION sweep_answers(before timestamptz, most integer) RETURNS TABLE (org_id uuid, engagement_id uuid, item_id uuid, recipient_id uuid, round integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT a.org_id, i.engagement_id, i.id, a.recipient_id, a.round
   FROM answers a
   JOIN item_recipients r ON r.org_id = a.org_id AND r.id = a.recipient_id
   JOIN items i ON i.org_id = r.org_id AND i.id = r.item_id
   JOIN engagements e ON e.org_id = i.org_id AND e.id = i.engagement_id
   WHERE a.submitted_at < before AND a.taken_up_at IS NULL AND e.status IN ('active', 'paused')
   ORDER BY a.submitted_at LIMIT most $$;
-- +goose StatementEnd
ALTER FUNCTION sweep_answers(timestamptz, integer) OWNER TO coachflow_lookup;

-- Sends that should have left before the given moment and did not: an alarm.
-- +goose StatementBegin
CREATE FUNCTION sweep_late_sends(before timestamptz) RETURNS TABLE (org_id uuid, late bigint, oldest timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT n.org_id, count(*), min(n.planned_at) FROM notifications n
   LEFT JOIN engagements e ON e.org_id = n.org_id AND e.id = n.engagement_id
   WHERE n.state IN ('planned', 'sending') AND n.planned_at < before AND (e.status IS NULL OR e.status = 'active')
   GROUP BY n.org_id $$;
-- +goose StatementEnd
ALTER FUNCTION sweep_late_sends(timestamptz) OWNER TO coachflow_lookup;

-- Started programs of which no workflow has heard.
-- +goose StatementBegin
CREATE FUNCTION sweep_programs(before timestamptz, most integer) RETURNS TABLE (org_id uuid, engagement_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT e.org_id, e.id FROM engagements e WHERE e.status = 'active' AND e.started_at < before AND e.taken_up_at IS NULL ORDER BY e.started_at LIMIT most $$;
-- +goose StatementEnd
ALTER FUNCTION sweep_programs(timestamptz, integer) OWNER TO coachflow_lookup;

-- Programs whose rows were changed by an act of which the workflow may not have
-- heard. What is older than a day belongs to workflows that have ended.
-- +goose StatementBegin
CREATE FUNCTION sweep_untold(before timestamptz, most integer) RETURNS TABLE (org_id uuid, engagement_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT e.org_id, e.id FROM engagements e
   WHERE e.untold_at < before AND e.untold_at > before - interval '1 day' AND e.taken_up_at IS NOT NULL ORDER BY e.untold_at LIMIT most $$;
-- +goose StatementEnd
ALTER FUNCTION sweep_untold(timestamptz, integer) OWNER TO coachflow_lookup;

-- +goose StatementBegin
CREATE FUNCTION lookup_provider_id(wanted text) RETURNS TABLE (org_id uuid, notification_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT n.org_id, n.id FROM notifications n WHERE n.provider_id = wanted $$;
-- +goose StatementEnd
ALTER FUNCTION lookup_provider_id(text) OWNER TO coachflow_lookup;

-- +goose Down
DROP FUNCTION lookup_provider_id(text);
DROP FUNCTION sweep_untold(timestamptz, integer);
DROP FUNCTION sweep_programs(timestamptz, integer);
DROP FUNCTION sweep_late_sends(timestamptz);
DROP FUNCTION sweep_answers(timestamptz, integer);
DROP TABLE notifications, notification_templates, events, links, answers, item_recipients, program_edits, items, engagements, program_templates, form_versions, forms;
