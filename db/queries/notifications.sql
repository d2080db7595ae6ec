-- name: NotificationPlan :batchexec
-- Planning the same thing again is harmless: the key stands. What leaves at once
-- has its copy from the start.
INSERT INTO notifications (org_id, id, engagement_id, item_id, recipient_id, message_id, invitation_id, matching_id, interview_id, about_ids, kind, standalone, step, key, plan, person_id, address, recipient_name, reason, state, state_reason, planned_at,
  subject, html, body, template_version, mail_message_id, claimed_until, calendar_uid, calendar_method, calendar_sequence, calendar_stamp, calendar_says)
VALUES (@org_id, @id, @engagement_id, @item_id, @recipient_id, @message_id, @invitation_id, @matching_id, @interview_id, coalesce(@about_ids::uuid[], '{}'), @kind, @standalone, @step, @key, @plan, @person_id, @address, @recipient_name, @reason, @state, @state_reason, @planned_at,
  @subject, @html, @body, @template_version, @mail_message_id, @claimed_until, @calendar_uid, @calendar_method, @calendar_sequence, @calendar_stamp, @calendar_says)
ON CONFLICT (org_id, key) DO NOTHING;

-- name: NotificationGet :one
SELECT * FROM notifications WHERE org_id = $1 AND id = $2;

-- name: NotificationByKey :one
SELECT * FROM notifications WHERE org_id = $1 AND key = $2;

-- name: NotificationsUnsent :many
-- The mails about an item whose moment has come, the first first. "sending" is an
-- attempt of which nobody knows the end: it is tried again under the same key.
-- Plan 0 is what stands outside of plans: the request itself and resends. What stands
-- alone leaves by itself.
SELECT * FROM notifications
WHERE org_id = @org_id AND item_id = @item_id AND NOT standalone AND (plan = 0 OR plan = @plan) AND (state = 'sending' OR (state = 'planned' AND planned_at <= @moment))
ORDER BY planned_at, key;

-- name: NotificationsPending :many
-- The moments of the mails about the open items of programs that have not left,
-- but for those that are being sent now. A resend that can still be taken back
-- stands with its item.
SELECT n.item_id::uuid AS item_id, (CASE WHEN n.plan = 0 THEN 'issue' WHEN n.step = 'escalation' THEN 'escalation' ELSE 'reminder' END)::text AS step,
  min(n.planned_at)::timestamptz AS at
FROM notifications n JOIN items i ON i.org_id = n.org_id AND i.id = n.item_id
WHERE n.org_id = @org_id AND n.engagement_id = ANY (@engagements::uuid[]) AND n.state IN ('planned', 'sending') AND i.status = 'open' AND NOT n.standalone
  AND (n.plan = i.plan OR (n.plan = 0 AND NOT (n.state = 'planned' AND n.step LIKE 'resend-%')))
  AND n.id <> ALL (@sending_now::uuid[])
GROUP BY 1, 2;

-- name: NotificationRendered :exec
-- The copy is stored before it leaves, so that a retry sends the same bytes.
UPDATE notifications SET state = 'sending', claimed_until = @claimed_until, address = @address, recipient_name = @recipient_name, subject = @subject, html = @html, body = @body, template_version = @template_version, mail_message_id = @mail_message_id, reply_to = @reply_to, calendar = @calendar
WHERE org_id = @org_id AND id = @id AND state IN ('planned', 'sending');

-- name: NotificationClaim :execrows
-- Asks again, at the moment of sending: no row means that the mail was taken
-- back, or that another attempt holds it. Of an attempt whose claim has run out nobody
-- knows whether the mail left.
UPDATE notifications SET claimed_until = @claimed_until, doubtful = doubtful OR coalesce(claimed_until < @moment AND claimed_until IS DISTINCT FROM @held, false)
WHERE org_id = @org_id AND id = @id AND state = 'sending' AND (claimed_until IS NULL OR claimed_until < @moment OR claimed_until = @held);

-- name: NotificationUnclaim :exec
-- The mail was not taken: the next attempt need not wait for the claim to end.
UPDATE notifications SET claimed_until = NULL, doubtful = doubtful OR @doubtful::boolean WHERE org_id = @org_id AND id = @id AND claimed_until = @held;

-- name: NotificationsRecent :one
-- How many letters of a kind a person got, or will get, since a moment, for a reason that
-- begins so.
SELECT count(*) FROM notifications
WHERE org_id = @org_id AND person_id = @person_id AND kind = @kind AND planned_at > @since AND starts_with(reason, @reason) AND state IN ('planned', 'sending', 'sent', 'delivered');

-- name: NotificationsRecentAbout :one
-- How many letters of a kind about something a person got, or will get, since a moment.
SELECT count(*) FROM notifications
WHERE org_id = @org_id AND person_id = @person_id AND kind = @kind AND planned_at > @since AND @about::uuid = ANY (about_ids)
  AND state IN ('planned', 'sending', 'sent', 'delivered');

-- name: NotificationSent :exec
-- Also over a cancellation that came while the mail was on its way: it was sent.
UPDATE notifications SET state = 'sent', state_reason = '', provider_id = @provider_id, sent_at = @sent_at, outcome_at = @sent_at
WHERE org_id = @org_id AND id = @id AND state IN ('planned', 'sending', 'cancelled');

-- name: NotificationFailed :exec
UPDATE notifications SET state = 'failed', state_reason = @state_reason, outcome_at = @outcome_at
WHERE org_id = @org_id AND id = @id AND state IN ('planned', 'sending');

-- name: NotificationStop :exec
-- Takes one planned send back: cancelled, suppressed or held, with the reason.
UPDATE notifications SET state = @state, state_reason = @state_reason, outcome_at = @outcome_at
WHERE org_id = @org_id AND id = @id AND state = 'planned';

-- name: NotificationsFollowPerson :exec
UPDATE notifications SET address = @address, recipient_name = @recipient_name
WHERE org_id = @org_id AND person_id = @person_id AND state IN ('planned', 'held') AND calendar_method <> 'CANCEL' AND (address, recipient_name) <> (@address, @recipient_name);

-- name: NotificationCancel :exec
UPDATE notifications SET state = 'cancelled', state_reason = cancelled_because(@state_reason, state, claimed_until), outcome_at = @outcome_at
WHERE org_id = @org_id AND id = @id AND state IN ('planned', 'sending');

-- name: NotificationsCancelOfItem :exec
-- What stands alone stays: mails to calendars tell themselves whether they are still true.
UPDATE notifications SET state = 'cancelled', state_reason = cancelled_because(@state_reason, state, claimed_until), outcome_at = @outcome_at
WHERE org_id = @org_id AND item_id = @item_id AND NOT standalone AND state IN ('planned', 'held', 'sending');

-- name: NotificationsCancelPlan :exec
-- All pending steps of earlier plans of an item. Plan 0 is what stands outside
-- of plans: the request itself and resends.
UPDATE notifications SET state = 'cancelled', state_reason = cancelled_because(@state_reason, state, claimed_until), outcome_at = @outcome_at
WHERE org_id = @org_id AND item_id = @item_id AND plan > 0 AND plan < @plan AND state IN ('planned', 'held', 'sending');

-- name: NotificationsCancelStep :exec
UPDATE notifications SET state = 'cancelled', state_reason = cancelled_because(@state_reason, state, claimed_until), outcome_at = @outcome_at
WHERE org_id = @org_id AND item_id = @item_id AND step = @step AND (state IN ('planned', 'held') OR (state = 'sending' AND NOT standalone));

-- name: NotificationsCancelAnswered :exec
-- What is planned to somebody who has answered, also what is being tried again
-- and again: it must not arrive after the answer. To the others, too, if the
-- item is complete.
UPDATE notifications SET state = 'cancelled', outcome_at = @outcome_at,
  state_reason = cancelled_because(CASE WHEN recipient_id = @recipient_id THEN 'answered' ELSE 'the item is complete' END, state, claimed_until)
WHERE org_id = @org_id AND item_id = @item_id AND (recipient_id = @recipient_id OR @complete::boolean) AND state IN ('planned', 'held', 'sending');

-- name: NotificationOutcome :one
-- Delivery news from the provider. News that come late or out of order never
-- turn a bounce back into a delivery.
UPDATE notifications SET state = @state, state_reason = @state_reason, outcome_at = @outcome_at
WHERE org_id = @org_id AND id = @id AND state IN ('sending', 'sent', 'delivered') AND NOT (state = 'delivered' AND @state = 'sent')
RETURNING address;

-- name: NotificationList :many
-- Without the letters themselves, as every list of mails.
SELECT id, engagement_id, item_id, kind, step, person_id, address, recipient_name, reason, state, state_reason, planned_at, sent_at, outcome_at,
  subject, template_version, mail_message_id, provider_id
FROM notifications
WHERE org_id = @org_id AND id > @after AND (sqlc.narg(state)::text IS NULL OR state = sqlc.narg(state))
ORDER BY id LIMIT @most;

-- name: NotificationsGet :many
SELECT id, engagement_id, item_id, kind, step, person_id, address, recipient_name, reason, state, state_reason, planned_at, sent_at, outcome_at,
  subject, template_version, mail_message_id, provider_id
FROM notifications WHERE org_id = @org_id AND id = ANY (@ids::uuid[]) ORDER BY id;

-- name: NotificationsOfEngagement :many
SELECT id, engagement_id, item_id, kind, step, person_id, address, recipient_name, reason, state, state_reason, planned_at, sent_at, outcome_at,
  subject, template_version, mail_message_id, provider_id
FROM notifications
WHERE org_id = @org_id AND engagement_id = @engagement_id AND id > @after AND (sqlc.narg(state)::text IS NULL OR state = sqlc.narg(state))
ORDER BY id LIMIT @most;

-- name: NotificationsUndelivered :many
-- The recipients of items whose last mail did not reach them, and why.
SELECT last.recipient_id::uuid AS recipient_id, last.state_reason FROM (
  SELECT DISTINCT ON (n.recipient_id) n.recipient_id, n.state, n.state_reason FROM notifications n
  WHERE n.org_id = @org_id AND n.engagement_id = ANY (@engagements::uuid[]) AND n.recipient_id IS NOT NULL
    AND (n.state IN ('sent', 'delivered', 'bounced', 'failed', 'suppressed') OR (n.state = 'held' AND n.planned_at <= now()))
  ORDER BY n.recipient_id, n.planned_at DESC, n.id DESC
) last WHERE last.state IN ('bounced', 'failed', 'suppressed', 'held');

-- name: NotificationTemplateGet :one
SELECT * FROM notification_templates WHERE org_id = $1 AND kind = $2;

-- name: NotificationTemplateList :many
SELECT * FROM notification_templates WHERE org_id = $1 ORDER BY kind;

-- name: NotificationTemplateUpsert :one
INSERT INTO notification_templates (org_id, kind, subject, body, updated_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (org_id, kind) DO UPDATE SET subject = excluded.subject, body = excluded.body, version = notification_templates.version + 1, updated_at = excluded.updated_at
RETURNING *;

-- name: NotificationTemplateDelete :execrows
DELETE FROM notification_templates WHERE org_id = $1 AND kind = $2;
