package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"

	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/mail/compose"
	"coachflow/mail/deliver"
)

// A mail that is being sent is claimed, so that a second attempt beside a
// slow first one does not send it again. A claim that is older than claimFresh
// is made anew, and with it the question whether the mail is still wanted.
const (
	claimLife  = 15 * time.Second
	claimFresh = 2 * time.Second
)

// giveUpAfter is how long a mail that is refused for passing reasons is tried.
const giveUpAfter = 72 * time.Hour

// Send sends what it can: one recipient's trouble does not hold up
// the others.
func (b *Outbox) Send(ctx context.Context, out []Draft) error {
	var faults []error
	for _, d := range out {
		if err := b.send(ctx, d); err != nil {
			faults = append(faults, err)
		}
	}
	return oneFault(faults)
}

// send gives one mail to the transport and records how that went. A
// refusal for good is an outcome, not an error: it is recorded and shown, and
// the program goes on. Everything else is tried again under the same key.
func (b *Outbox) send(ctx context.Context, d Draft) error {
	if err := b.Pace.wait(ctx); err != nil {
		return err
	}
	if wanted, err := b.claim(ctx, &d); !wanted || err != nil {
		return err
	}
	receipt, err := b.Mail.Send(ctx, b.outgoing(d))
	// What is known now must be written down, whatever ends the attempt.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	switch {
	case err == nil:
		return b.recordSent(ctx, d, receipt)
	case deliver.IsPermanent(err) || givesUp(ctx):
		return b.recordFailure(ctx, d, err)
	}
	if failed := b.unclaim(ctx, d, deliver.IsDoubtful(err)); failed != nil {
		b.Log.WarnContext(ctx, "claim stays until it ends", "notification", d.Row.ID, "error", failed)
	}
	return b.delayed(ctx, d, err)
}

// givesUp reports whether the attempts have gone on for long enough.
func givesUp(ctx context.Context) bool {
	return activity.IsActivity(ctx) && time.Since(activity.GetInfo(ctx).ScheduledTime) > giveUpAfter
}

// claim makes sure that the mail is still wanted and that this attempt alone
// has it. A claim from rendering a moment ago is good enough.
func (b *Outbox) claim(ctx context.Context, d *Draft) (wanted bool, err error) {
	at := db.Now()
	if d.ClaimedUntil.Sub(at) > claimLife-claimFresh {
		return true, nil
	}
	until := at.Add(claimLife)
	err = b.DB.InOrg(ctx, d.Row.OrgID, func(q *rows.Queries) error {
		claimed, err := q.NotificationClaim(ctx, rows.NotificationClaimParams{OrgID: d.Row.OrgID, ID: d.Row.ID, ClaimedUntil: &until, Moment: &at, Held: db.OptionalTime(d.ClaimedUntil)})
		if err != nil || claimed == 1 {
			wanted = err == nil
			return err
		}
		n, err := q.NotificationGet(ctx, d.Row.OrgID, d.Row.ID)
		if err == nil && n.State == "sending" {
			return errHeld
		}
		return err
	})
	d.ClaimedUntil = until
	if err != nil {
		return false, fmt.Errorf("claim mail: %w", err)
	}
	return wanted, nil
}

// errHeld makes an attempt wait for another one that has the mail in hand.
var errHeld = errors.New("another attempt has the mail in hand")

// unclaim lets the next attempt have the mail. doubtful says that this one may have sent it.
func (b *Outbox) unclaim(ctx context.Context, d Draft, doubtful bool) error {
	return b.DB.InOrg(ctx, d.Row.OrgID, func(q *rows.Queries) error {
		return q.NotificationUnclaim(ctx, rows.NotificationUnclaimParams{OrgID: d.Row.OrgID, ID: d.Row.ID, Held: &d.ClaimedUntil, Doubtful: doubtful})
	})
}

func (b *Outbox) outgoing(d Draft) compose.Outgoing {
	from := b.From
	if d.Sender != "" {
		from.Name = d.Sender
	}
	return compose.Outgoing{
		From: from, EnvelopeFrom: b.From.Addr, ReplyTo: d.ReplyTo,
		To:      compose.Recipient{Name: d.Row.RecipientName, Addr: d.Row.Address},
		Subject: d.Letter.Subject, Text: b.seal(d.Letter.Text, d.Links), HTML: b.seal(d.Letter.HTML, d.Links),
		MessageID: compose.MessageID(b.Domain(), d.Row.Key), IdempotencyKey: d.Row.Key, Date: mailDate(d.Row), Inline: d.Inline, Attachments: d.Attachments, Headers: d.Headers, Answers: d.Answers,
		Calendar: d.calendarPart(),
	}
}

func (b *Outbox) recordSent(ctx context.Context, d Draft, receipt deliver.Receipt) error {
	now := time.Now()
	return b.DB.InOrg(ctx, d.Row.OrgID, func(q *rows.Queries) error {
		err := q.NotificationSent(ctx, rows.NotificationSentParams{OrgID: d.Row.OrgID, ID: d.Row.ID, ProviderID: receipt.ProviderID, SentAt: &now})
		if err != nil {
			return fmt.Errorf("record mail as sent: %w", err)
		}
		return nil
	})
}

func (b *Outbox) recordFailure(ctx context.Context, d Draft, cause error) error {
	now := time.Now()
	b.Log.WarnContext(ctx, "mail refused for good", "notification", d.Row.ID, "reason", deliver.Reason(cause))
	return b.DB.InOrg(ctx, d.Row.OrgID, func(q *rows.Queries) error {
		why := "the mail was refused for good: " + deliver.Reason(cause)
		if err := q.NotificationFailed(ctx, rows.NotificationFailedParams{OrgID: d.Row.OrgID, ID: d.Row.ID, StateReason: why, OutcomeAt: &now}); err != nil {
			return fmt.Errorf("record refused mail: %w", err)
		}
		if deliver.IsBadAddress(cause) {
			if err := block(ctx, q, d.Row, now, "refused by the receiving server"); err != nil {
				return err
			}
		}
		return q.EventInsert(ctx, rows.EventInsertParams{OrgID: d.Row.OrgID, ID: db.NewID(), EngagementID: d.Row.EngagementID, At: now,
			Kind: "mail_failed", ActorKind: "process", ItemID: d.Row.ItemID, Reason: why, Key: "mail_failed/" + d.Row.ID.String()})
	})
}

// mailDate is the date of a mail. It is the planned time, so that a retry
// sends the same bytes, unless that was long ago.
func mailDate(n rows.Notification) time.Time { return n.PlannedAt.UTC() }
