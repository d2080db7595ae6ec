package activities

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"golang.org/x/time/rate"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/mail"
)

// Pace keeps to the provider's limit: a token bucket without bursts. The task
// queue's own limit lets three or four through in one second where two are
// allowed.
type Pace struct{ limiter *rate.Limiter }

// NewPace allows perSecond mails a second; zero or less is no limit.
func NewPace(perSecond float64) *Pace {
	if perSecond <= 0 {
		return &Pace{rate.NewLimiter(rate.Inf, 1)}
	}
	return &Pace{rate.NewLimiter(rate.Limit(perSecond), 1)}
}

func (p *Pace) wait(ctx context.Context) error {
	if p == nil {
		return nil
	}
	return p.limiter.Wait(ctx)
}

// heartbeatEvery is well within the heartbeat timeout of the workflows.
const heartbeatEvery = 2 * time.Second

// alive tells Temporal that this deed is being worked on, until the result is
// called: a mail may wait for the provider's pace longer than a dead worker may
// go unnoticed.
func alive(ctx context.Context) (stop func()) {
	if !activity.IsActivity(ctx) {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		ticks := time.NewTicker(heartbeatEvery)
		defer ticks.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticks.C:
				activity.RecordHeartbeat(ctx)
			}
		}
	}()
	return cancel
}

// handOver gives one mail to the transport and records how that went. A
// refusal for good is an outcome, not an error: it is recorded and shown, and
// the program goes on. Everything else is tried again under the same key.
func (a *Activities) handOver(ctx context.Context, o outbound) error {
	if err := a.Pace.wait(ctx); err != nil {
		return err
	}
	receipt, err := a.Mail.Send(ctx, a.outgoing(o))
	switch {
	case err == nil:
		return a.recordSent(ctx, o, receipt)
	case mail.IsPermanent(err):
		return a.recordFailure(ctx, o, err)
	}
	a.Log.WarnContext(ctx, "mail not taken, will be tried again", "notification", o.row.ID, "error", err)
	if wait := mail.RetryAfter(err); wait > 0 {
		return temporal.NewApplicationErrorWithOptions("the mail provider asks to wait", "mail_delayed",
			temporal.ApplicationErrorOptions{NextRetryDelay: wait, Cause: err})
	}
	return fmt.Errorf("hand mail over: %w", err)
}

func (a *Activities) outgoing(o outbound) mail.Outgoing {
	from := a.From
	if o.sender != "" {
		from.Name = o.sender
	}
	return mail.Outgoing{
		From: from, EnvelopeFrom: a.From.Addr, ReplyTo: o.replyTo,
		To:      mail.Recipient{Name: o.row.RecipientName, Addr: o.row.Address},
		Subject: o.letter.Subject, Text: a.seal(o.letter.Text, o.links), HTML: a.seal(o.letter.HTML, o.links),
		MessageID: mail.MessageID(a.mailDomain(), o.row.Key), IdempotencyKey: o.row.Key, Date: mailDate(o.row), Inline: o.inline,
	}
}

func (a *Activities) recordSent(ctx context.Context, o outbound, receipt mail.Receipt) error {
	now := time.Now()
	return a.DB.InOrg(ctx, o.row.OrgID, func(q *rows.Queries) error {
		err := q.NotificationSent(ctx, rows.NotificationSentParams{OrgID: o.row.OrgID, ID: o.row.ID, ProviderID: receipt.ProviderID, SentAt: &now})
		if err != nil {
			return fmt.Errorf("record mail as sent: %w", err)
		}
		return nil
	})
}

func (a *Activities) recordFailure(ctx context.Context, o outbound, cause error) error {
	now := time.Now()
	a.Log.WarnContext(ctx, "mail refused for good", "notification", o.row.ID, "error", cause)
	return a.DB.InOrg(ctx, o.row.OrgID, func(q *rows.Queries) error {
		why := "the mail was refused for good: " + mail.Reason(cause)
		if err := q.NotificationFailed(ctx, rows.NotificationFailedParams{OrgID: o.row.OrgID, ID: o.row.ID, StateReason: why, OutcomeAt: &now}); err != nil {
			return fmt.Errorf("record refused mail: %w", err)
		}
		if mail.IsBadAddress(cause) {
			if err := block(ctx, q, o.row, now, "refused by the receiving server"); err != nil {
				return err
			}
		}
		return q.EventInsert(ctx, rows.EventInsertParams{OrgID: o.row.OrgID, ID: db.NewID(), EngagementID: o.row.EngagementID, At: now,
			Kind: "mail_failed", ActorKind: "process", ItemID: o.row.ItemID, Reason: why, Key: "mail_failed/" + o.row.ID.String()})
	})
}

func block(ctx context.Context, q *rows.Queries, n rows.Notification, at time.Time, why string) error {
	err := q.BlockedAddressInsert(ctx, rows.BlockedAddressInsertParams{OrgID: n.OrgID, Address: strings.ToLower(n.Address), Reason: why, BlockedAt: at})
	if err != nil {
		return fmt.Errorf("block address: %w", err)
	}
	return nil
}

// freshNews is how long after an event its mail may still be unknown.
const freshNews = 10 * time.Minute

// RecordOutcome takes the provider's news about a mail: delivered, bounced,
// complained. News about a mail that nobody knows can have overtaken our own
// note that it was sent: they are refused while they are fresh, so that the
// provider tells them again, and dropped later.
func (a *Activities) RecordOutcome(ctx context.Context, event mail.DeliveryEvent) error {
	found, err := a.DB.Across().LookupProviderID(ctx, event.ProviderID)
	if err != nil {
		return fmt.Errorf("find mail of delivery event: %w", err)
	}
	state, why := outcomeOf(event)
	if state == "" {
		return nil
	}
	if len(found) == 0 && time.Since(event.At) < freshNews {
		return coaching.Problemf(coaching.Unavailable, "mail_unknown", "The mail is not known yet; tell it again later.")
	}
	for _, f := range found {
		err := a.DB.InOrg(ctx, f.OrgID, func(q *rows.Queries) error {
			set := rows.NotificationOutcomeParams{OrgID: f.OrgID, ID: f.NotificationID, State: state, StateReason: why, OutcomeAt: &event.At}
			address, err := q.NotificationOutcome(ctx, set)
			if err != nil || !event.StopsMail() {
				return ignoreNoRow(err)
			}
			return block(ctx, q, rows.Notification{OrgID: f.OrgID, Address: address}, event.At, why)
		})
		if err != nil {
			return fmt.Errorf("record delivery event: %w", err)
		}
	}
	return nil
}

func ignoreNoRow(err error) error {
	if db.NoRow(err) {
		return nil
	}
	return err
}

// outcomeOf is the state and reason that a provider's report gives a mail;
// empty for reports that change nothing.
func outcomeOf(e mail.DeliveryEvent) (state, why string) {
	switch {
	case e.Type == mail.DeliveryDelivered:
		return "delivered", ""
	case e.Type == mail.DeliveryComplained:
		return "bounced", "the recipient complained: " + e.Reason
	case e.HardBounce || e.Type == mail.DeliveryBounced || e.Type == mail.DeliverySuppressed:
		return "bounced", "the mail bounced: " + e.Reason
	case e.Type == mail.DeliveryFailed:
		return "failed", "the provider could not send it: " + e.Reason
	}
	return "", ""
}
