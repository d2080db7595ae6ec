-- name: PlanByValues :exec
-- From here to the end of the transaction, Postgres plans each statement for the
-- values that it is given, and works on it alone: starting helpers takes longer than
-- any of these should.
SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('max_parallel_workers_per_gather', '0', true);

-- The lists below have one statement each. It names every filter, every order and
-- both directions of paging; since it is planned for its values, what is not asked
-- for is not in the plan. "part" says behind which row it goes on: '' from the
-- beginning, else the order, with " back" for the page before, which comes
-- in the opposite order. A pattern stands in a CASE, which Postgres takes to be true of
-- every other row: it is given only where many rows fit, and without the CASE Postgres
-- takes them for a few, finds them all and sorts them.

-- name: SearchText :one
-- How words are searched for.
SELECT search_text(@words::text)::text AS words;

-- name: PeopleSearch :many
SELECT s.id::uuid AS id FROM search_people(@pattern::text, @most::integer) s;

-- name: PeopleSample :one
-- How many of a few hundred people are like this: of what half of them are, the index of
-- trigrams would find all at length.
SELECT count(*) FROM (SELECT p.search FROM people p WHERE p.org_id = @org_id ORDER BY p.id DESC LIMIT @sample) s WHERE s.search LIKE @pattern::text;

-- name: PeopleNewest :many
-- Those of the newest people who are like this.
SELECT s.id FROM (SELECT p.id, p.search FROM people p WHERE p.org_id = @org_id ORDER BY p.id DESC LIMIT @among) s WHERE s.search LIKE @pattern::text LIMIT @most;

-- name: PeopleBeginning :many
SELECT p.id FROM people p WHERE p.org_id = @org_id AND p.search >= @beginning AND p.search < @beyond LIMIT @most;

-- name: EngagementsSearch :many
SELECT s.id::uuid AS id FROM search_engagements(@pattern::text, @most::integer) s;

-- name: EngagementsSample :one
SELECT count(*) FROM (SELECT e.search FROM engagements e WHERE e.org_id = @org_id ORDER BY e.id DESC LIMIT @sample) s WHERE s.search LIKE @pattern::text;

-- name: EngagementsNewest :many
SELECT s.id FROM (SELECT e.id, e.search FROM engagements e WHERE e.org_id = @org_id ORDER BY e.id DESC LIMIT @among) s WHERE s.search LIKE @pattern::text LIMIT @most;

-- name: EngagementsBeginning :many
SELECT e.id FROM engagements e WHERE e.org_id = @org_id AND e.search >= @beginning AND e.search < @beyond LIMIT @most;

-- name: PeopleFind :many
SELECT p.id, p.name, p.roles, p.state, p.time_zone, p.version, p.created_at, p.blocked, p.search, a.address AS primary_address,
  (SELECT count(*) FROM (SELECT FROM engagements e WHERE e.org_id = @org_id AND (e.coachee_id = p.id OR e.coach_id = p.id) LIMIT @most_counted) e) AS engagements
FROM (
SELECT p.id, p.name, p.roles, p.state, p.time_zone, p.version, p.created_at, p.blocked, p.search FROM people p
WHERE p.org_id = @org_id
  AND (sqlc.narg(role)::text IS NULL OR sqlc.narg(role) = ANY (p.roles))
  AND (sqlc.narg(state)::text IS NULL OR p.state = sqlc.narg(state))
  AND (sqlc.narg(blocked)::boolean IS NULL OR p.blocked = sqlc.narg(blocked))
  AND (sqlc.narg(ids)::uuid[] IS NULL OR p.id = ANY (sqlc.narg(ids)::uuid[]))
  AND (sqlc.narg(pattern)::text IS NULL OR CASE WHEN p.search LIKE sqlc.narg(pattern) THEN true ELSE false END)
  AND (@part::text <> 'urgent' OR (p.blocked, p.id) < (@key_flag::boolean, @key_id::uuid))
  AND (@part <> 'urgent back' OR (p.blocked, p.id) > (@key_flag, @key_id))
  AND (@part <> 'newest' OR p.id < @key_id)
  AND (@part <> 'newest back' OR p.id > @key_id)
  AND (@part <> 'name' OR (p.search, p.id) > (@key_text::text, @key_id))
  AND (@part <> 'name back' OR (p.search, p.id) < (@key_text, @key_id))
ORDER BY CASE WHEN @sort::text = 'urgent' THEN p.blocked END DESC, CASE WHEN @sort = 'urgent back' THEN p.blocked END,
  CASE WHEN @sort = 'name' THEN p.search END, CASE WHEN @sort = 'name back' THEN p.search END DESC,
  CASE WHEN @sort IN ('urgent', 'newest', 'name back') THEN p.id END DESC, CASE WHEN @sort IN ('urgent back', 'newest back', 'name') THEN p.id END
LIMIT @most
) p JOIN person_addresses a ON a.org_id = @org_id AND a.person_id = p.id AND a.is_primary
ORDER BY CASE WHEN @sort = 'urgent' THEN p.blocked END DESC, CASE WHEN @sort = 'urgent back' THEN p.blocked END,
  CASE WHEN @sort = 'name' THEN p.search END, CASE WHEN @sort = 'name back' THEN p.search END DESC,
  CASE WHEN @sort IN ('urgent', 'newest', 'name back') THEN p.id END DESC, CASE WHEN @sort IN ('urgent back', 'newest back', 'name') THEN p.id END;

-- name: PeopleFindOfCoach :many
-- PeopleFind for a coach: their own people and, as coaches alone, all others, who are
-- found by their names and whose state nobody learns.
SELECT p.id, p.name, p.roles, p.state, p.time_zone, p.version, p.created_at, p.blocked, p.search, a.address AS primary_address,
  (SELECT count(*) FROM (SELECT FROM engagements e WHERE e.org_id = @org_id AND e.coach_id = @coach_id AND e.coachee_id = p.id LIMIT @most_counted) e) AS engagements
FROM (
SELECT p.id, p.name, p.roles, p.state, p.time_zone, p.version, p.created_at, p.blocked, p.search FROM (
  SELECT x.id, x.name, x.roles, x.time_zone, x.version, x.created_at, (CASE WHEN x.id = ANY (@own::uuid[]) THEN x.state ELSE '' END)::text AS state,
    (x.blocked AND x.id = ANY (@own))::boolean AS blocked, (CASE WHEN x.id = ANY (@own) THEN x.search ELSE search_text(x.name) END COLLATE "C")::text AS search
  FROM people x WHERE x.org_id = @org_id AND (x.id = ANY (@own) OR ('coach' = ANY (x.roles) AND coalesce(sqlc.narg(role), 'coach') = 'coach'))
) p
WHERE (sqlc.narg(role)::text IS NULL OR sqlc.narg(role) = ANY (p.roles))
  AND (sqlc.narg(state)::text IS NULL OR p.state = sqlc.narg(state))
  AND (sqlc.narg(blocked)::boolean IS NULL OR p.blocked = sqlc.narg(blocked))
  AND (sqlc.narg(pattern)::text IS NULL OR CASE WHEN p.search LIKE sqlc.narg(pattern) THEN true ELSE false END)
  AND (@part::text <> 'urgent' OR (p.blocked, p.id) < (@key_flag::boolean, @key_id::uuid))
  AND (@part <> 'urgent back' OR (p.blocked, p.id) > (@key_flag, @key_id))
  AND (@part <> 'newest' OR p.id < @key_id)
  AND (@part <> 'newest back' OR p.id > @key_id)
  AND (@part <> 'name' OR (p.search, p.id) > (@key_text::text, @key_id))
  AND (@part <> 'name back' OR (p.search, p.id) < (@key_text, @key_id))
ORDER BY CASE WHEN @sort::text = 'urgent' THEN p.blocked END DESC, CASE WHEN @sort = 'urgent back' THEN p.blocked END,
  CASE WHEN @sort = 'name' THEN p.search END, CASE WHEN @sort = 'name back' THEN p.search END DESC,
  CASE WHEN @sort IN ('urgent', 'newest', 'name back') THEN p.id END DESC, CASE WHEN @sort IN ('urgent back', 'newest back', 'name') THEN p.id END
LIMIT @most
) p JOIN person_addresses a ON a.org_id = @org_id AND a.person_id = p.id AND a.is_primary
ORDER BY CASE WHEN @sort = 'urgent' THEN p.blocked END DESC, CASE WHEN @sort = 'urgent back' THEN p.blocked END,
  CASE WHEN @sort = 'name' THEN p.search END, CASE WHEN @sort = 'name back' THEN p.search END DESC,
  CASE WHEN @sort IN ('urgent', 'newest', 'name back') THEN p.id END DESC, CASE WHEN @sort IN ('urgent back', 'newest back', 'name') THEN p.id END;

-- name: PeopleCount :one
-- How many there are of each filter, each counted up to a number.
SELECT (SELECT count(*) FROM (SELECT FROM people p WHERE p.org_id = @org_id LIMIT @most) c) AS everybody,
  (SELECT count(*) FROM (SELECT FROM people p WHERE p.org_id = @org_id AND 'admin' = ANY (p.roles) LIMIT @most) c) AS admins,
  (SELECT count(*) FROM (SELECT FROM people p WHERE p.org_id = @org_id AND 'coach' = ANY (p.roles) LIMIT @most) c) AS coaches,
  (SELECT count(*) FROM (SELECT FROM people p WHERE p.org_id = @org_id AND 'coachee' = ANY (p.roles) LIMIT @most) c) AS coachees,
  (SELECT count(*) FROM (SELECT FROM people p WHERE p.org_id = @org_id AND p.state = 'internal' LIMIT @most) c) AS internal,
  (SELECT count(*) FROM (SELECT FROM people p WHERE p.org_id = @org_id AND p.state = 'invited' LIMIT @most) c) AS invited,
  (SELECT count(*) FROM (SELECT FROM people p WHERE p.org_id = @org_id AND p.state = 'active' LIMIT @most) c) AS active,
  (SELECT count(*) FROM (SELECT FROM people p WHERE p.org_id = @org_id AND p.blocked LIMIT @most) c) AS blocked;

-- name: PeopleCountAmong :one
SELECT count(*) AS everybody, count(*) FILTER (WHERE 'admin' = ANY (p.roles)) AS admins, count(*) FILTER (WHERE 'coach' = ANY (p.roles)) AS coaches,
  count(*) FILTER (WHERE 'coachee' = ANY (p.roles)) AS coachees, count(*) FILTER (WHERE p.state = 'internal') AS internal,
  count(*) FILTER (WHERE p.state = 'invited') AS invited, count(*) FILTER (WHERE p.state = 'active') AS active, count(*) FILTER (WHERE p.blocked) AS blocked
FROM people p WHERE p.org_id = @org_id AND p.id = ANY (@ids::uuid[]);

-- name: PeopleCountOfCoach :one
-- The counts of PeopleFindOfCoach.
SELECT count(*) AS everybody, count(*) FILTER (WHERE p.own AND 'admin' = ANY (p.roles)) AS admins, count(*) FILTER (WHERE 'coach' = ANY (p.roles)) AS coaches,
  count(*) FILTER (WHERE p.own AND 'coachee' = ANY (p.roles)) AS coachees, count(*) FILTER (WHERE p.own AND p.state = 'internal') AS internal,
  count(*) FILTER (WHERE p.own AND p.state = 'invited') AS invited, count(*) FILTER (WHERE p.own AND p.state = 'active') AS active, count(*) FILTER (WHERE p.own AND p.blocked) AS blocked
FROM (SELECT x.roles, x.state, x.blocked, x.id = ANY (@own::uuid[]) AS own, CASE WHEN x.id = ANY (@own) THEN x.search ELSE search_text(x.name) END AS search
  FROM people x WHERE x.org_id = @org_id AND (x.id = ANY (@own) OR 'coach' = ANY (x.roles))) p
WHERE (sqlc.narg(pattern)::text IS NULL OR p.search LIKE sqlc.narg(pattern));

-- name: EngagementsFind :many
-- Those of an organization.
SELECT e.id, e.name, e.coachee_id, e.coach_id, e.status, e.program_revision, e.started_at, e.paused_at, e.ended_at, e.created_at, e.urgency, e.search,
  c.name AS coachee_name, coalesce(k.name, '')::text AS coach_name
FROM (
SELECT e.id, e.name, e.coachee_id, e.coach_id, e.status, e.program_revision, e.started_at, e.paused_at, e.ended_at, e.created_at, e.urgency, e.search FROM engagements e
WHERE e.org_id = @org_id
  AND (sqlc.narg(status)::text IS NULL OR e.status = sqlc.narg(status))
  AND (sqlc.narg(coach)::uuid IS NULL OR e.coach_id = sqlc.narg(coach))
  AND (sqlc.narg(coachee)::uuid IS NULL OR e.coachee_id = sqlc.narg(coachee))
  AND (sqlc.narg(overdue_at)::timestamptz IS NULL OR (e.due_at < sqlc.narg(overdue_at) AND e.urgency >= @overdue_urgency::bigint))
  AND (NOT @held::boolean OR e.id IN (SELECT n.engagement_id FROM notifications n WHERE n.org_id = @org_id AND n.state = 'held'))
  AND (sqlc.narg(ids)::uuid[] IS NULL OR e.id = ANY (sqlc.narg(ids)::uuid[]))
  AND (sqlc.narg(pattern)::text IS NULL OR CASE WHEN e.search LIKE sqlc.narg(pattern) THEN true ELSE false END)
  AND (@part::text <> 'urgent' OR (e.urgency, e.id) < (@key_number::bigint, @key_id::uuid))
  AND (@part <> 'urgent back' OR (e.urgency, e.id) > (@key_number, @key_id))
  AND (@part <> 'newest' OR e.id < @key_id)
  AND (@part <> 'newest back' OR e.id > @key_id)
  AND (@part <> 'name' OR (e.search, e.id) > (@key_text::text, @key_id))
  AND (@part <> 'name back' OR (e.search, e.id) < (@key_text, @key_id))
ORDER BY CASE WHEN @sort::text = 'urgent' THEN e.urgency END DESC, CASE WHEN @sort = 'urgent back' THEN e.urgency END,
  CASE WHEN @sort = 'name' THEN e.search END, CASE WHEN @sort = 'name back' THEN e.search END DESC,
  CASE WHEN @sort IN ('urgent', 'newest', 'name back') THEN e.id END DESC, CASE WHEN @sort IN ('urgent back', 'newest back', 'name') THEN e.id END
LIMIT @most
) e
JOIN people c ON c.org_id = @org_id AND c.id = e.coachee_id
LEFT JOIN people k ON k.org_id = @org_id AND k.id = e.coach_id
ORDER BY CASE WHEN @sort = 'urgent' THEN e.urgency END DESC, CASE WHEN @sort = 'urgent back' THEN e.urgency END,
  CASE WHEN @sort = 'name' THEN e.search END, CASE WHEN @sort = 'name back' THEN e.search END DESC,
  CASE WHEN @sort IN ('urgent', 'newest', 'name back') THEN e.id END DESC, CASE WHEN @sort IN ('urgent back', 'newest back', 'name') THEN e.id END;

-- name: EngagementsFindOfPerson :many
-- EngagementsFind for a coach or a coachee: their own. A coach finds clients by their
-- addresses, too; a coachee everybody by name alone, and nothing of what is held.
SELECT e.id, e.name, e.coachee_id, e.coach_id, e.status, e.program_revision, e.started_at, e.paused_at, e.ended_at, e.created_at, e.urgency, e.search,
  e.coachee_name, e.coach_name
FROM (
  SELECT x.id, x.name, x.coachee_id, x.coach_id, x.status, x.program_revision, x.started_at, x.paused_at, x.ended_at, x.created_at, x.due_at, x.urgency, x.search, c.name AS coachee_name, coalesce(k.name, '')::text AS coach_name FROM (
    SELECT y.id, y.org_id, y.name, y.coachee_id, y.coach_id, y.status, y.program_revision, y.started_at, y.paused_at, y.ended_at, y.created_at,
      CASE WHEN y.coach_id = @person THEN y.due_at END AS due_at, (CASE WHEN y.coach_id = @person THEN y.urgency ELSE 0 END)::bigint AS urgency,
      ((CASE WHEN y.coach_id = @person THEN y.search ELSE (
        SELECT search_text(concat_ws(' ', (SELECT n.name FROM people n WHERE n.org_id = y.org_id AND n.id = y.coachee_id), (SELECT n.name FROM people n WHERE n.org_id = y.org_id AND n.id = y.coach_id), y.name))
      ) END) COLLATE "C")::text AS search
    FROM engagements y WHERE y.org_id = @org_id AND (y.coachee_id = @person OR y.coach_id = @person::uuid)
  ) x
  JOIN people c ON c.org_id = x.org_id AND c.id = x.coachee_id
  LEFT JOIN people k ON k.org_id = x.org_id AND k.id = x.coach_id
) e
WHERE (sqlc.narg(status)::text IS NULL OR e.status = sqlc.narg(status))
  AND (sqlc.narg(coach)::uuid IS NULL OR e.coach_id = sqlc.narg(coach))
  AND (sqlc.narg(coachee)::uuid IS NULL OR e.coachee_id = sqlc.narg(coachee))
  AND (sqlc.narg(overdue_at)::timestamptz IS NULL OR e.due_at < sqlc.narg(overdue_at))
  AND (NOT @held::boolean OR (e.coach_id = @person AND EXISTS (SELECT FROM notifications n WHERE n.org_id = @org_id AND n.engagement_id = e.id AND n.state = 'held')))
  AND (sqlc.narg(pattern)::text IS NULL OR CASE WHEN e.search LIKE sqlc.narg(pattern) THEN true ELSE false END)
  AND (@part::text <> 'urgent' OR (e.urgency, e.id) < (@key_number::bigint, @key_id::uuid))
  AND (@part <> 'urgent back' OR (e.urgency, e.id) > (@key_number, @key_id))
  AND (@part <> 'newest' OR e.id < @key_id)
  AND (@part <> 'newest back' OR e.id > @key_id)
  AND (@part <> 'name' OR (e.search, e.id) > (@key_text::text, @key_id))
  AND (@part <> 'name back' OR (e.search, e.id) < (@key_text, @key_id))
ORDER BY CASE WHEN @sort::text = 'urgent' THEN e.urgency END DESC, CASE WHEN @sort = 'urgent back' THEN e.urgency END,
  CASE WHEN @sort = 'name' THEN e.search END, CASE WHEN @sort = 'name back' THEN e.search END DESC,
  CASE WHEN @sort IN ('urgent', 'newest', 'name back') THEN e.id END DESC, CASE WHEN @sort IN ('urgent back', 'newest back', 'name') THEN e.id END
LIMIT @most;

-- name: EngagementsCount :many
-- How many there are in each status, and that are overdue or have mails held, each
-- counted up to a number.
SELECT '' AS value, count(*) AS count FROM (SELECT FROM engagements e WHERE e.org_id = @org_id LIMIT @most) c
UNION ALL SELECT 'draft', count(*) FROM (SELECT FROM engagements e WHERE e.org_id = @org_id AND e.status = 'draft' LIMIT @most) c
UNION ALL SELECT 'matching', count(*) FROM (SELECT FROM engagements e WHERE e.org_id = @org_id AND e.status = 'matching' LIMIT @most) c
UNION ALL SELECT 'active', count(*) FROM (SELECT FROM engagements e WHERE e.org_id = @org_id AND e.status = 'active' LIMIT @most) c
UNION ALL SELECT 'paused', count(*) FROM (SELECT FROM engagements e WHERE e.org_id = @org_id AND e.status = 'paused' LIMIT @most) c
UNION ALL SELECT 'completed', count(*) FROM (SELECT FROM engagements e WHERE e.org_id = @org_id AND e.status = 'completed' LIMIT @most) c
UNION ALL SELECT 'cancelled', count(*) FROM (SELECT FROM engagements e WHERE e.org_id = @org_id AND e.status = 'cancelled' LIMIT @most) c
UNION ALL SELECT 'overdue', count(*) FROM (SELECT FROM engagements e WHERE e.org_id = @org_id AND e.due_at < @moment::timestamptz LIMIT @most) c
UNION ALL SELECT 'held', count(*) FROM (SELECT DISTINCT n.engagement_id FROM notifications n WHERE n.org_id = @org_id AND n.state = 'held' AND n.engagement_id IS NOT NULL LIMIT @most) c;

-- name: EngagementsCountAmong :many
-- The same of those that a search has found.
WITH found AS MATERIALIZED (SELECT e.id, e.status, e.due_at FROM engagements e WHERE e.org_id = @org_id AND e.id = ANY (@ids::uuid[]))
SELECT f.status AS value, count(*) AS count FROM found f GROUP BY 1
UNION ALL SELECT '', count(*) FROM found
UNION ALL SELECT 'overdue', count(*) FROM found f WHERE f.due_at < @moment::timestamptz
UNION ALL SELECT 'held', count(DISTINCT n.engagement_id) FROM notifications n WHERE n.org_id = @org_id AND n.state = 'held' AND n.engagement_id = ANY (@ids);

-- name: EngagementsCountOfPerson :many
-- The same of the engagements of a coach or a coachee.
WITH own AS MATERIALIZED (
  SELECT e.id, e.status, e.coach_id = @person::uuid AS runs, CASE WHEN e.coach_id = @person THEN e.due_at END AS due_at FROM engagements e
  JOIN people c ON c.org_id = e.org_id AND c.id = e.coachee_id LEFT JOIN people k ON k.org_id = e.org_id AND k.id = e.coach_id
  WHERE e.org_id = @org_id AND (e.coachee_id = @person OR e.coach_id = @person) AND (sqlc.narg(pattern)::text IS NULL
    OR CASE WHEN e.coach_id = @person THEN e.search ELSE search_text(concat_ws(' ', c.name, k.name, e.name)) END LIKE sqlc.narg(pattern))
)
SELECT own.status AS value, count(*) AS count FROM own GROUP BY 1
UNION ALL SELECT '', count(*) FROM own
UNION ALL SELECT 'overdue', count(*) FROM own WHERE own.due_at < @moment::timestamptz
UNION ALL SELECT 'held', count(*) FROM own, LATERAL (SELECT FROM notifications n WHERE n.org_id = @org_id AND n.engagement_id = own.id AND n.state = 'held' LIMIT 1) h WHERE own.runs;

-- name: ItemsOfList :many
-- What a list shows of the items of its engagements. Of those that a person only
-- gets items in, what is theirs.
SELECT i.engagement_id, i.id, i.title, i.kind, i.status, i.next_step, i.next_at, i.due_at FROM items i
WHERE i.org_id = @org_id AND i.engagement_id = ANY (@engagements::uuid[]) AND i.status <> 'removed'
  AND (i.engagement_id <> ALL (@read_only::uuid[]) OR EXISTS (SELECT FROM item_recipients r WHERE r.org_id = i.org_id AND r.item_id = i.id AND r.person_id = @person AND r.removed_at IS NULL))
ORDER BY i.engagement_id, i.position, i.id;

-- name: HeldOfList :many
SELECT n.engagement_id::uuid AS engagement_id, count(*) AS count FROM notifications n
WHERE n.org_id = @org_id AND n.engagement_id = ANY (@engagements::uuid[]) AND n.state = 'held' GROUP BY 1;

-- name: MailsFind :many
-- Those of an organization, of an engagement or to a person.
SELECT n.id, n.engagement_id, n.item_id, n.kind, n.step, n.person_id, n.address, n.recipient_name, n.reason, n.state, n.state_reason, n.planned_at, n.sent_at, n.outcome_at,
  n.subject, n.template_version, n.mail_message_id, n.provider_id, coalesce(i.title, '')::text AS item_title, coalesce(e.name, '')::text AS engagement_name, (n.state IN ('held', 'bounced', 'failed'))::boolean AS trouble
FROM (
SELECT n.id FROM notifications n
WHERE n.org_id = @org_id
  AND (sqlc.narg(state)::text IS NULL OR n.state = sqlc.narg(state))
  AND (sqlc.narg(engagement)::uuid IS NULL OR n.engagement_id = sqlc.narg(engagement))
  AND (sqlc.narg(person)::uuid IS NULL OR n.person_id = sqlc.narg(person))
  AND (@part::text <> 'urgent' OR ((n.state IN ('held', 'bounced', 'failed')), n.id) < (@key_flag::boolean, @key_id::uuid))
  AND (@part <> 'urgent back' OR ((n.state IN ('held', 'bounced', 'failed')), n.id) > (@key_flag, @key_id))
  AND (@part <> 'newest' OR n.id < @key_id)
  AND (@part <> 'newest back' OR n.id > @key_id)
ORDER BY CASE WHEN @sort::text = 'urgent' THEN (n.state IN ('held', 'bounced', 'failed')) END DESC, CASE WHEN @sort = 'urgent back' THEN (n.state IN ('held', 'bounced', 'failed')) END,
  CASE WHEN @sort IN ('urgent', 'newest') THEN n.id END DESC, CASE WHEN @sort IN ('urgent back', 'newest back') THEN n.id END
LIMIT @most
) page
JOIN notifications n ON n.org_id = @org_id AND n.id = page.id
LEFT JOIN items i ON i.org_id = n.org_id AND i.id = n.item_id
LEFT JOIN engagements e ON e.org_id = n.org_id AND e.id = n.engagement_id
ORDER BY CASE WHEN @sort = 'urgent' THEN (n.state IN ('held', 'bounced', 'failed')) END DESC, CASE WHEN @sort = 'urgent back' THEN (n.state IN ('held', 'bounced', 'failed')) END,
  CASE WHEN @sort IN ('urgent', 'newest') THEN n.id END DESC, CASE WHEN @sort IN ('urgent back', 'newest back') THEN n.id END;

-- name: MailsFindTo :many
-- Those to people that a search has found, and to these addresses of nobody here, the
-- newest first: of each as many as a page has, of which the page is made.
SELECT n.id, n.engagement_id, n.item_id, n.kind, n.step, n.person_id, n.address, n.recipient_name, n.reason, n.state, n.state_reason, n.planned_at, n.sent_at, n.outcome_at,
  n.subject, n.template_version, n.mail_message_id, n.provider_id, coalesce(i.title, '')::text AS item_title, coalesce(e.name, '')::text AS engagement_name, (n.state IN ('held', 'bounced', 'failed'))::boolean AS trouble
FROM (
  SELECT m.id FROM (
    SELECT o.id FROM unnest(@people::uuid[]) AS p(id), LATERAL (
      SELECT x.id FROM notifications x
      WHERE x.org_id = @org_id AND x.person_id = p.id AND (sqlc.narg(state)::text IS NULL OR x.state = sqlc.narg(state))
        AND (sqlc.narg(engagement)::uuid IS NULL OR x.engagement_id = sqlc.narg(engagement))
        AND (@part::text <> 'newest' OR x.id < @key_id::uuid) AND (@part <> 'newest back' OR x.id > @key_id)
      ORDER BY CASE WHEN @sort::text = 'newest' THEN x.id END DESC, CASE WHEN @sort = 'newest back' THEN x.id END
      LIMIT @most) o
    UNION ALL
    SELECT x.id FROM notifications x
    WHERE x.org_id = @org_id AND x.id = ANY (@outside::uuid[]) AND (sqlc.narg(state)::text IS NULL OR x.state = sqlc.narg(state))
      AND (sqlc.narg(engagement)::uuid IS NULL OR x.engagement_id = sqlc.narg(engagement))
      AND (@part <> 'newest' OR x.id < @key_id) AND (@part <> 'newest back' OR x.id > @key_id)
  ) m
  ORDER BY CASE WHEN @sort = 'newest' THEN m.id END DESC, CASE WHEN @sort = 'newest back' THEN m.id END
  LIMIT @most
) page
JOIN notifications n ON n.org_id = @org_id AND n.id = page.id
LEFT JOIN items i ON i.org_id = n.org_id AND i.id = n.item_id
LEFT JOIN engagements e ON e.org_id = n.org_id AND e.id = n.engagement_id
ORDER BY CASE WHEN @sort = 'newest' THEN n.id END DESC, CASE WHEN @sort = 'newest back' THEN n.id END;

-- name: MailsToOutside :many
-- The mails to addresses of nobody in the organization that begin so.
SELECT n.id FROM notifications n
WHERE n.org_id = @org_id AND n.person_id IS NULL AND n.address COLLATE "C" >= @beginning AND n.address COLLATE "C" < @beyond LIMIT @most;

-- name: MailsCount :many
SELECT '' AS value, count(*) AS count FROM (SELECT FROM notifications n WHERE n.org_id = @org_id LIMIT @most) c
UNION ALL SELECT 'planned', count(*) FROM (SELECT FROM notifications n WHERE n.org_id = @org_id AND n.state = 'planned' LIMIT @most) c
UNION ALL SELECT 'held', count(*) FROM (SELECT FROM notifications n WHERE n.org_id = @org_id AND n.state = 'held' LIMIT @most) c
UNION ALL SELECT 'suppressed', count(*) FROM (SELECT FROM notifications n WHERE n.org_id = @org_id AND n.state = 'suppressed' LIMIT @most) c
UNION ALL SELECT 'sending', count(*) FROM (SELECT FROM notifications n WHERE n.org_id = @org_id AND n.state = 'sending' LIMIT @most) c
UNION ALL SELECT 'sent', count(*) FROM (SELECT FROM notifications n WHERE n.org_id = @org_id AND n.state = 'sent' LIMIT @most) c
UNION ALL SELECT 'delivered', count(*) FROM (SELECT FROM notifications n WHERE n.org_id = @org_id AND n.state = 'delivered' LIMIT @most) c
UNION ALL SELECT 'bounced', count(*) FROM (SELECT FROM notifications n WHERE n.org_id = @org_id AND n.state = 'bounced' LIMIT @most) c
UNION ALL SELECT 'failed', count(*) FROM (SELECT FROM notifications n WHERE n.org_id = @org_id AND n.state = 'failed' LIMIT @most) c
UNION ALL SELECT 'cancelled', count(*) FROM (SELECT FROM notifications n WHERE n.org_id = @org_id AND n.state = 'cancelled' LIMIT @most) c
UNION ALL SELECT 'dropped', count(*) FROM (SELECT FROM notifications n WHERE n.org_id = @org_id AND n.state = 'dropped' LIMIT @most) c;

-- name: MailsCountOf :many
-- The same of an engagement, or to a person, where there are more, of so many of them.
SELECT c.state AS value, count(*) AS count FROM (
  SELECT n.state FROM notifications n WHERE n.org_id = @org_id AND (sqlc.narg(engagement)::uuid IS NULL OR n.engagement_id = sqlc.narg(engagement))
    AND (sqlc.narg(person)::uuid IS NULL OR n.person_id = sqlc.narg(person)) LIMIT @most) c GROUP BY 1;

-- name: MessagesFind :many
-- Those of an organization.
SELECT m.id, m.stream_id, m.author_id, m.subject, left(m.body, 200)::text AS beginning, m.posted_at, m.waits, p.name AS author_name,
  s.coach_id, k.name AS coach_name, s.client_id, c.name AS client_name, (SELECT count(*) FROM files f WHERE f.org_id = m.org_id AND f.message_id = m.id AND NOT f.inline) AS files
FROM messages m
JOIN people p ON p.org_id = m.org_id AND p.id = m.author_id
JOIN streams s ON s.org_id = m.org_id AND s.id = m.stream_id
JOIN people k ON k.org_id = s.org_id AND k.id = s.coach_id
JOIN people c ON c.org_id = s.org_id AND c.id = s.client_id
WHERE m.org_id = @org_id
  AND (sqlc.narg(waits)::boolean IS NULL OR m.waits = sqlc.narg(waits))
  AND (@part::text <> 'urgent' OR (m.waits, m.id) < (@key_flag::boolean, @key_id::uuid))
  AND (@part <> 'urgent back' OR (m.waits, m.id) > (@key_flag, @key_id))
  AND (@part <> 'newest' OR m.id < @key_id)
  AND (@part <> 'newest back' OR m.id > @key_id)
ORDER BY CASE WHEN @sort::text = 'urgent' THEN m.waits END DESC, CASE WHEN @sort = 'urgent back' THEN m.waits END,
  CASE WHEN @sort IN ('urgent', 'newest') THEN m.id END DESC, CASE WHEN @sort IN ('urgent back', 'newest back') THEN m.id END
LIMIT @most;

-- name: MessagesFindIn :many
-- Those of some streams: of each as many as a page has, of which the page is made.
-- What waits is the latest of its stream, so each stream has one order for both.
SELECT m.id, m.stream_id, m.author_id, m.subject, left(m.body, 200)::text AS beginning, m.posted_at, m.waits, p.name AS author_name,
  s.coach_id, k.name AS coach_name, s.client_id, c.name AS client_name, (SELECT count(*) FROM files f WHERE f.org_id = m.org_id AND f.message_id = m.id AND NOT f.inline) AS files
FROM (
  SELECT o.id FROM unnest(@streams::uuid[]) AS t(id), LATERAL ((
    SELECT x.id, x.waits FROM messages x
    WHERE x.org_id = @org_id AND x.stream_id = t.id AND (sqlc.narg(waits)::boolean IS NULL OR x.waits = sqlc.narg(waits))
      AND (@part::text <> 'newest' OR x.id < @key_id::uuid) AND (@part <> 'newest back' OR x.id > @key_id)
      AND (@part <> 'urgent' OR CASE WHEN @key_flag::boolean THEN NOT x.waits OR x.id < @key_id ELSE NOT x.waits AND x.id < @key_id END)
      AND (@part <> 'urgent back' OR (x.id > @key_id AND (x.waits OR NOT @key_flag)))
    ORDER BY CASE WHEN @sort::text IN ('urgent', 'newest') THEN x.id END DESC, CASE WHEN @sort IN ('urgent back', 'newest back') THEN x.id END
    LIMIT @most)
    UNION ALL ( -- what waits stands before all that does not, also where it is older
    SELECT x.id, x.waits FROM messages x
    WHERE x.org_id = @org_id AND x.stream_id = t.id AND x.waits AND x.id <= @key_id
    LIMIT CASE WHEN @part = 'urgent back' AND NOT @key_flag THEN @most ELSE 0 END)) o
  ORDER BY CASE WHEN @sort = 'urgent' THEN o.waits END DESC, CASE WHEN @sort = 'urgent back' THEN o.waits END,
    CASE WHEN @sort IN ('urgent', 'newest') THEN o.id END DESC, CASE WHEN @sort IN ('urgent back', 'newest back') THEN o.id END
  LIMIT @most
) page
JOIN messages m ON m.org_id = @org_id AND m.id = page.id
JOIN people p ON p.org_id = m.org_id AND p.id = m.author_id
JOIN streams s ON s.org_id = m.org_id AND s.id = m.stream_id
JOIN people k ON k.org_id = s.org_id AND k.id = s.coach_id
JOIN people c ON c.org_id = s.org_id AND c.id = s.client_id
ORDER BY CASE WHEN @sort = 'urgent' THEN m.waits END DESC, CASE WHEN @sort = 'urgent back' THEN m.waits END,
  CASE WHEN @sort IN ('urgent', 'newest') THEN m.id END DESC, CASE WHEN @sort IN ('urgent back', 'newest back') THEN m.id END;

-- name: MessagesCount :one
SELECT (SELECT count(*) FROM (SELECT FROM messages m WHERE m.org_id = @org_id LIMIT @most) c) AS everything,
  (SELECT count(*) FROM (SELECT FROM messages m WHERE m.org_id = @org_id AND m.waits LIMIT @most) c) AS waiting;

-- name: MessagesCountIn :one
SELECT (SELECT count(*) FROM (SELECT FROM unnest(@streams::uuid[]) AS t(id) JOIN messages m ON m.org_id = @org_id AND m.stream_id = t.id LIMIT @most) c) AS everything,
  (SELECT count(*) FROM unnest(@streams) AS t(id), LATERAL (SELECT x.waits FROM messages x WHERE x.org_id = @org_id AND x.stream_id = t.id ORDER BY x.id DESC LIMIT 1) o WHERE o.waits) AS waiting;

-- name: StreamsOf :many
-- The streams of people: as coach or client.
SELECT f.id::uuid AS id FROM (
  SELECT o.id FROM unnest(@people::uuid[]) AS p(id), LATERAL (SELECT s.id FROM streams s WHERE s.org_id = @org_id AND s.coach_id = p.id LIMIT @most) o
  UNION SELECT o.id FROM unnest(@people) AS p(id), LATERAL (SELECT s.id FROM streams s WHERE s.org_id = @org_id AND s.client_id = p.id LIMIT @most) o
) f LIMIT @most;

-- name: StreamsOfPerson :many
-- One's own streams, all or those with somebody whose name is like this. A coach finds
-- clients by their addresses, too.
SELECT s.id FROM streams s
JOIN people k ON k.org_id = s.org_id AND k.id = s.coach_id
JOIN people c ON c.org_id = s.org_id AND c.id = s.client_id
WHERE s.org_id = @org_id AND (s.coach_id = @person OR s.client_id = @person)
  AND (sqlc.narg(pattern)::text IS NULL OR search_text(k.name) LIKE sqlc.narg(pattern) OR search_text(c.name) LIKE sqlc.narg(pattern)
    OR (s.coach_id = @person AND c.search LIKE sqlc.narg(pattern)))
LIMIT @most;

-- name: InboundMailsFind :many
-- Those of an organization. A pattern is looked for in the mails themselves, which
-- takes few of them: those in quarantine.
SELECT m.id, m.system_address_id, m.session_id, m.state, m.reason, m.from_address, m.subject, m.too_large, m.received_at, m.settled_at, m.released_at, b.size,
  coalesce(a.local_part, '')::text AS local_part, coalesce(a.direction, '')::text AS direction, s.coach_id, coalesce(k.name, '')::text AS coach_name, s.client_id, coalesce(c.name, '')::text AS client_name
FROM inbound_mails m
JOIN mailbox_mails b ON b.id = m.mailbox_mail_id
LEFT JOIN system_addresses a ON a.org_id = m.org_id AND a.id = m.system_address_id
LEFT JOIN streams s ON s.org_id = a.org_id AND s.id = a.stream_id
LEFT JOIN people k ON k.org_id = s.org_id AND k.id = s.coach_id
LEFT JOIN people c ON c.org_id = s.org_id AND c.id = s.client_id
WHERE m.org_id = @org_id
  AND (sqlc.narg(state)::text IS NULL OR m.state = sqlc.narg(state))
  AND (sqlc.narg(pattern)::text IS NULL OR search_text(m.from_address || ' ' || m.subject) LIKE sqlc.narg(pattern) OR k.search LIKE sqlc.narg(pattern) OR c.search LIKE sqlc.narg(pattern))
  AND (@part::text <> 'urgent' OR ((m.state = 'quarantined'), m.received_at, m.id) < (@key_flag::boolean, @key_time::timestamptz, @key_id::uuid))
  AND (@part <> 'urgent back' OR ((m.state = 'quarantined'), m.received_at, m.id) > (@key_flag, @key_time, @key_id))
  AND (@part <> 'newest' OR (m.received_at, m.id) < (@key_time, @key_id))
  AND (@part <> 'newest back' OR (m.received_at, m.id) > (@key_time, @key_id))
ORDER BY CASE WHEN @sort::text = 'urgent' THEN (m.state = 'quarantined') END DESC, CASE WHEN @sort = 'urgent back' THEN (m.state = 'quarantined') END,
  CASE WHEN @sort IN ('urgent', 'newest') THEN m.received_at END DESC, CASE WHEN @sort IN ('urgent back', 'newest back') THEN m.received_at END,
  CASE WHEN @sort IN ('urgent', 'newest') THEN m.id END DESC, CASE WHEN @sort IN ('urgent back', 'newest back') THEN m.id END
LIMIT @most;

-- name: InboundMailsFindAt :many
-- Those that came to some system addresses: of each as many as a page has, of which
-- the page is made.
SELECT m.id, m.system_address_id, m.session_id, m.state, m.reason, m.from_address, m.subject, m.too_large, m.received_at, m.settled_at, m.released_at, b.size,
  coalesce(a.local_part, '')::text AS local_part, coalesce(a.direction, '')::text AS direction, s.coach_id, coalesce(k.name, '')::text AS coach_name, s.client_id, coalesce(c.name, '')::text AS client_name
FROM (
  SELECT o.id FROM unnest(@addresses::uuid[]) AS t(id), LATERAL (
    SELECT x.id, x.received_at FROM inbound_mails x
    WHERE x.org_id = @org_id AND x.system_address_id = t.id AND (sqlc.narg(state)::text IS NULL OR x.state = sqlc.narg(state))
      AND (@part::text <> 'newest' OR (x.received_at, x.id) < (@key_time::timestamptz, @key_id::uuid))
      AND (@part <> 'newest back' OR (x.received_at, x.id) > (@key_time, @key_id))
    ORDER BY CASE WHEN @sort::text = 'newest' THEN x.received_at END DESC, CASE WHEN @sort = 'newest back' THEN x.received_at END,
      CASE WHEN @sort = 'newest' THEN x.id END DESC, CASE WHEN @sort = 'newest back' THEN x.id END
    LIMIT @most) o
  ORDER BY CASE WHEN @sort = 'newest' THEN o.received_at END DESC, CASE WHEN @sort = 'newest back' THEN o.received_at END,
    CASE WHEN @sort = 'newest' THEN o.id END DESC, CASE WHEN @sort = 'newest back' THEN o.id END
  LIMIT @most
) page
JOIN inbound_mails m ON m.org_id = @org_id AND m.id = page.id
JOIN mailbox_mails b ON b.id = m.mailbox_mail_id
LEFT JOIN system_addresses a ON a.org_id = m.org_id AND a.id = m.system_address_id
LEFT JOIN streams s ON s.org_id = a.org_id AND s.id = a.stream_id
LEFT JOIN people k ON k.org_id = s.org_id AND k.id = s.coach_id
LEFT JOIN people c ON c.org_id = s.org_id AND c.id = s.client_id
ORDER BY CASE WHEN @sort = 'newest' THEN m.received_at END DESC, CASE WHEN @sort = 'newest back' THEN m.received_at END,
  CASE WHEN @sort = 'newest' THEN m.id END DESC, CASE WHEN @sort = 'newest back' THEN m.id END;

-- name: InboundMailsCount :many
SELECT '' AS value, count(*) AS count FROM (SELECT FROM inbound_mails m WHERE m.org_id = @org_id LIMIT @most) c
UNION ALL SELECT 'received', count(*) FROM (SELECT FROM inbound_mails m WHERE m.org_id = @org_id AND m.state = 'received' LIMIT @most) c
UNION ALL SELECT 'posted', count(*) FROM (SELECT FROM inbound_mails m WHERE m.org_id = @org_id AND m.state = 'posted' LIMIT @most) c
UNION ALL SELECT 'filed', count(*) FROM (SELECT FROM inbound_mails m WHERE m.org_id = @org_id AND m.state = 'filed' LIMIT @most) c
UNION ALL SELECT 'taken', count(*) FROM (SELECT FROM inbound_mails m WHERE m.org_id = @org_id AND m.state = 'taken' LIMIT @most) c
UNION ALL SELECT 'duplicate', count(*) FROM (SELECT FROM inbound_mails m WHERE m.org_id = @org_id AND m.state = 'duplicate' LIMIT @most) c
UNION ALL SELECT 'ignored', count(*) FROM (SELECT FROM inbound_mails m WHERE m.org_id = @org_id AND m.state = 'ignored' LIMIT @most) c
UNION ALL SELECT 'quarantined', count(*) FROM (SELECT FROM inbound_mails m WHERE m.org_id = @org_id AND m.state = 'quarantined' LIMIT @most) c
UNION ALL SELECT 'discarded', count(*) FROM (SELECT FROM inbound_mails m WHERE m.org_id = @org_id AND m.state = 'discarded' LIMIT @most) c;

-- name: SystemAddressesOfStreams :many
-- All that streams ever had.
SELECT a.id FROM system_addresses a WHERE a.org_id = @org_id AND a.stream_id = ANY (@streams::uuid[]);

-- name: SystemAddressesFind :many
SELECT a.id, a.stream_id, a.direction, a.local_part, a.created_at, s.coach_id, s.client_id, k.name AS coach_name, c.name AS client_name
FROM system_addresses a JOIN streams s ON s.org_id = a.org_id AND s.id = a.stream_id
JOIN people k ON k.org_id = s.org_id AND k.id = s.coach_id
JOIN people c ON c.org_id = s.org_id AND c.id = s.client_id
WHERE a.org_id = @org_id AND a.retired_at IS NULL
  AND (sqlc.narg(coach)::uuid IS NULL OR s.coach_id = sqlc.narg(coach))
  AND (sqlc.narg(direction)::text IS NULL OR a.direction = sqlc.narg(direction))
  AND (sqlc.narg(streams)::uuid[] IS NULL OR a.stream_id = ANY (sqlc.narg(streams)::uuid[]))
  AND (@part::text <> 'newest' OR a.id < @key_id::uuid)
  AND (@part <> 'newest back' OR a.id > @key_id)
ORDER BY CASE WHEN @sort::text = 'newest' THEN a.id END DESC, CASE WHEN @sort = 'newest back' THEN a.id END
LIMIT @most;

-- name: SystemAddressesCount :many
SELECT d.value::text AS value, (SELECT count(*) FROM (SELECT FROM system_addresses a JOIN streams s ON s.org_id = a.org_id AND s.id = a.stream_id
  WHERE a.org_id = @org_id AND a.retired_at IS NULL AND a.direction = d.value AND (sqlc.narg(coach)::uuid IS NULL OR s.coach_id = sqlc.narg(coach))
    AND (sqlc.narg(streams)::uuid[] IS NULL OR a.stream_id = ANY (sqlc.narg(streams)::uuid[])) LIMIT @most) c) AS count
FROM unnest(@directions::text[]) AS d(value);

-- name: FormsFind :many
SELECT f.id, f.name, f.latest_version, f.created_at, f.search
FROM forms f
WHERE f.org_id = @org_id AND (sqlc.narg(pattern)::text IS NULL OR f.search LIKE sqlc.narg(pattern))
  AND (@part::text <> 'newest' OR f.id < @key_id::uuid)
  AND (@part <> 'newest back' OR f.id > @key_id)
  AND (@part <> 'name' OR (f.search, f.id) > (@key_text::text, @key_id))
  AND (@part <> 'name back' OR (f.search, f.id) < (@key_text, @key_id))
ORDER BY CASE WHEN @sort::text = 'name' THEN f.search END, CASE WHEN @sort = 'name back' THEN f.search END DESC,
  CASE WHEN @sort IN ('newest', 'name back') THEN f.id END DESC, CASE WHEN @sort IN ('newest back', 'name') THEN f.id END
LIMIT @most;

-- name: FormsCount :one
SELECT count(*) FROM (SELECT FROM forms f WHERE f.org_id = @org_id AND (sqlc.narg(pattern)::text IS NULL OR f.search LIKE sqlc.narg(pattern)) LIMIT @most) c;

-- name: ProgramTemplatesFind :many
SELECT t.id, t.name, t.items, t.version, t.created_at, t.search
FROM program_templates t
WHERE t.org_id = @org_id AND (sqlc.narg(pattern)::text IS NULL OR t.search LIKE sqlc.narg(pattern))
  AND (@part::text <> 'newest' OR t.id < @key_id::uuid)
  AND (@part <> 'newest back' OR t.id > @key_id)
  AND (@part <> 'name' OR (t.search, t.id) > (@key_text::text, @key_id))
  AND (@part <> 'name back' OR (t.search, t.id) < (@key_text, @key_id))
ORDER BY CASE WHEN @sort::text = 'name' THEN t.search END, CASE WHEN @sort = 'name back' THEN t.search END DESC,
  CASE WHEN @sort IN ('newest', 'name back') THEN t.id END DESC, CASE WHEN @sort IN ('newest back', 'name') THEN t.id END
LIMIT @most;

-- name: ProgramTemplatesCount :one
SELECT count(*) FROM (SELECT FROM program_templates t WHERE t.org_id = @org_id AND (sqlc.narg(pattern)::text IS NULL OR t.search LIKE sqlc.narg(pattern)) LIMIT @most) c;

-- name: UploadedFilesFind :many
SELECT f.id, f.name, f.content_type, f.size, f.uploaded_by, f.created_at, f.search, p.name AS uploader_name
FROM files f JOIN people p ON p.org_id = f.org_id AND p.id = f.uploaded_by
WHERE f.org_id = @org_id AND f.client_id IS NULL AND (sqlc.narg(person)::uuid IS NULL OR f.uploaded_by = sqlc.narg(person))
  AND (sqlc.narg(pattern)::text IS NULL OR f.search LIKE sqlc.narg(pattern))
  AND (@part::text <> 'newest' OR f.id < @key_id::uuid)
  AND (@part <> 'newest back' OR f.id > @key_id)
  AND (@part <> 'name' OR (f.search, f.id) > (@key_text::text, @key_id))
  AND (@part <> 'name back' OR (f.search, f.id) < (@key_text, @key_id))
ORDER BY CASE WHEN @sort::text = 'name' THEN f.search END, CASE WHEN @sort = 'name back' THEN f.search END DESC,
  CASE WHEN @sort IN ('newest', 'name back') THEN f.id END DESC, CASE WHEN @sort IN ('newest back', 'name') THEN f.id END
LIMIT @most;

-- name: UploadedFilesCount :one
SELECT count(*) FROM (SELECT FROM files f WHERE f.org_id = @org_id AND f.client_id IS NULL
  AND (sqlc.narg(person)::uuid IS NULL OR f.uploaded_by = sqlc.narg(person))
  AND (sqlc.narg(pattern)::text IS NULL OR f.search LIKE sqlc.narg(pattern)) LIMIT @most) c;
