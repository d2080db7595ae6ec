-- name: SessionAttendeeNewest :one
-- The newest invitation of a recipient to a session.
SELECT * FROM session_attendees WHERE org_id = @org_id AND session_id = @session_id AND recipient_id = @recipient_id ORDER BY id DESC LIMIT 1;

-- name: AttendeeAnswer :execrows
UPDATE session_attendees SET answer = @answer, answer_words = @answer_words, answered_at = @answered_at, answer_sequence = @answer_sequence, answer_stamp = @answer_stamp
WHERE org_id = @org_id AND id = @id AND removed_at IS NULL;

-- name: AttendeesUnanswer :exec
-- A session has another time: what was answered was about the one before.
UPDATE session_attendees SET answer = '', answer_words = '', answered_at = NULL, answer_sequence = 0, answer_stamp = NULL
WHERE org_id = @org_id AND session_id = @session_id AND removed_at IS NULL;

-- name: AnswersOfSessions :many
-- What the attendees of sessions have answered, as far as they are invited now.
SELECT session_id, recipient_id, answer, answer_words, answered_at FROM session_attendees
WHERE org_id = @org_id AND session_id = ANY (@sessions::uuid[]) AND removed_at IS NULL;

-- name: SessionAnswerInsert :execrows
-- No row: the same mail counted before.
INSERT INTO session_answers (org_id, id, session_id, attendee_id, mail_key, kind, address, words, received_at, starts_at, minutes, state)
VALUES (@org_id, @id, @session_id, @attendee_id, @mail_key, @kind, @address, @words, @received_at, @starts_at, @minutes, @state)
ON CONFLICT (org_id, session_id, address, mail_key) DO NOTHING;

-- name: SessionAnswerGet :one
SELECT sqlc.embed(a), t.recipient_id, coalesce(t.answer, '')::text AS answer, (t.removed_at IS NOT NULL)::boolean AS removed FROM session_answers a
LEFT JOIN session_attendees t ON t.org_id = a.org_id AND t.id = a.attendee_id
WHERE a.org_id = @org_id AND a.id = @id;

-- name: ProposalsOfSessions :many
-- The proposals that are open, the newest first.
SELECT sqlc.embed(a), t.recipient_id FROM session_answers a
JOIN session_attendees t ON t.org_id = a.org_id AND t.id = a.attendee_id
WHERE a.org_id = @org_id AND a.session_id = ANY (@sessions::uuid[]) AND a.state = 'open' ORDER BY a.received_at DESC, a.id DESC;

-- name: ProposalEnd :execrows
-- No row: it is not open any more.
UPDATE session_answers SET state = @state, reason = @reason, ended_at = @ended_at, ended_by = @ended_by
WHERE org_id = @org_id AND id = @id AND state = 'open';

-- name: ProposalsEnd :many
-- Ends the open proposals of a session, or of one of its attendees, but for one.
UPDATE session_answers SET state = @state, ended_at = @ended_at
WHERE org_id = @org_id AND session_id = @session_id AND state = 'open' AND id <> @but AND (sqlc.narg(attendee_id)::uuid IS NULL OR attendee_id = sqlc.narg(attendee_id))
RETURNING id;

-- name: ProposalLettersCancel :exec
-- The letters about a proposal that have not left.
UPDATE notifications SET state = 'cancelled', state_reason = cancelled_because(@state_reason, state, claimed_until), outcome_at = @outcome_at
WHERE org_id = @org_id AND item_id = @item_id AND kind = ANY (@kinds::text[]) AND @proposal::uuid = ANY (about_ids) AND state IN ('planned', 'held', 'sending');

-- name: ProposalLinkGet :one
-- What the link to a proposal shows. The address that it was mailed to must still be that
-- of its holder, who must still be responsible for the engagement.
SELECT l.purpose, l.expires_at, l.revoked_at, l.person_id, sqlc.embed(a), sqlc.embed(s), i.engagement_id, i.title, i.status AS item_status, e.status AS engagement_status,
  r.id AS recipient_id, coalesce(p.name, r.name)::text AS asker, coalesce(k.address, r.email, '')::text AS asker_address, o.name AS organization_name, o.brand_color, o.logo, h.name AS holder, h.time_zone AS zone
FROM links l
JOIN session_answers a ON a.org_id = l.org_id AND a.id = l.subject_id
JOIN session_attendees t ON t.org_id = a.org_id AND t.id = a.attendee_id
JOIN item_recipients r ON r.org_id = t.org_id AND r.id = t.recipient_id
JOIN item_sessions s ON s.org_id = a.org_id AND s.id = a.session_id
JOIN items i ON i.org_id = s.org_id AND i.id = s.item_id
JOIN engagements e ON e.org_id = i.org_id AND e.id = i.engagement_id
JOIN organizations o ON o.org_id = l.org_id
JOIN people h ON h.org_id = l.org_id AND h.id = l.person_id
JOIN person_addresses own ON own.org_id = h.org_id AND own.person_id = h.id AND own.address = l.email
LEFT JOIN people p ON p.org_id = r.org_id AND p.id = r.person_id
LEFT JOIN person_addresses k ON k.org_id = r.org_id AND k.person_id = r.person_id AND k.is_primary
WHERE l.org_id = @org_id AND l.id = @id AND (e.coach_id = l.person_id OR 'admin' = ANY (h.roles));

-- name: SessionWordsRecent :one
-- How many mails with words of their own came from an address to sessions since a moment.
SELECT count(*) FROM session_answers WHERE org_id = @org_id AND address = @address AND kind = 'words' AND received_at > @since;
