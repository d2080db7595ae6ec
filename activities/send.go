package activities

import (
	"context"
	"errors"
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

// A mail that is being handed over is claimed, so that a second attempt beside a
// slow first one does not send it again. A claim that is older than claimFresh
// is made anew, and with it the question whether the mail is still wanted.
const (
	claimLife  = 15 * time.Second
	claimFresh = 2 * time.Second
)

// giveUpAfter is how long a mail that is refused for passing reasons is tried.
const giveUpAfter = 72 * time.Hour

// handOverAll hands over what it can: one recipient's trouble does not hold up
// the others.
func (a *Activities) handOverAll(ctx context.Context, out []outbound) error {
	var faults []error
	for _, o := range out {
		if err := a.handOver(ctx, o); err != nil {
			faults = append(faults, err)
		}
	}
	return oneFault(faults)
}

// oneFault makes one error of several. Where all mails were not taken, it is the
// one with the longest delay, as it is: a joined error would not say when to try
// again.
func oneFault(faults []error) error {
	if len(faults) == 1 {
		return faults[0]
	}
	var longest *temporal.ApplicationError
	for _, fault := range faults {
		var delayed *temporal.ApplicationError
		if !errors.As(fault, &delayed) || delayed.Type() != mailDelayed {
			return errors.Join(faults...)
		}
		if longest == nil || delayed.NextRetryDelay() > longest.NextRetryDelay() {
			longest = delayed
		}
	}
	if longest == nil {
		return nil
	}
	return longest
}

// handOver gives one mail to the transport and records how that went. A
// refusal for good is an outcome, not an error: it is recorded and shown, and
// the program goes on. Everything else is tried again under the same key.
func (a *Activities) handOver(ctx context.Context, o outbound) error {
	if err := a.Pace.wait(ctx); err != nil {
		return err
	}
	if wanted, err := a.claim(ctx, &o); !wanted || err != nil {
		return err
	}
	receipt, err := a.Mail.Send(ctx, a.outgoing(o))
	// What is known now must be written down, whatever ends the attempt.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	switch {
	case err == nil:
		return a.recordSent(ctx, o, receipt)
	case mail.IsPermanent(err) || givesUp(ctx):
		return a.recordFailure(ctx, o, err)
	}
	if failed := a.unclaim(ctx, o); failed != nil {
		a.Log.WarnContext(ctx, "claim stays until it ends", "notification", o.row.ID, "error", failed)
	}
	return a.delayed(ctx, o, err)
}

// mailDelayed is the type of the error of delayed.
const mailDelayed = "mail_delayed"

// delayed is the error for a mail that was not taken for a passing reason. It
// holds the reason's code alone: the server's words name addresses, and errors
// become part of histories. It also says when to try again, other than the
// workflow's retry policy: that one is made for our own database, which is to be
// asked again soon.
func (a *Activities) delayed(ctx context.Context, o outbound, err error) error {
	delay := mail.RetryAfter(err)
	if delay == 0 {
		delay = mailDelay(attempt(ctx))
	}
	a.Log.WarnContext(ctx, "mail not taken, will be tried again", "notification", o.row.ID, "reason", mail.Reason(err), "in", delay)
	return temporal.NewApplicationErrorWithOptions("the mail was not taken: "+mail.Reason(err), mailDelayed,
		temporal.ApplicationErrorOptions{NextRetryDelay: delay})
}

// A provider that is away is asked again after firstMailDelay, then after twice
// as long each time, up to longestMailDelay.
const (
	firstMailDelay   = 10 * time.Second
	longestMailDelay = 5 * time.Minute
)

// mailDelay is how long a mail waits after its attempt, counted from 1, failed
// and the provider did not say how long: 10, 20, 40 … 300 s.
func mailDelay(attempt int) time.Duration {
	delay := firstMailDelay
	for range attempt - 1 {
		if delay *= 2; delay >= longestMailDelay {
			return longestMailDelay
		}
	}
	return delay
}

// attempt is the number of the activity's attempt, from 1.
func attempt(ctx context.Context) int {
	if !activity.IsActivity(ctx) {
		return 1
	}
	return int(activity.GetInfo(ctx).Attempt)
}

// givesUp reports whether the attempts have gone on for long enough.
func givesUp(ctx context.Context) bool {
	return activity.IsActivity(ctx) && time.Since(activity.GetInfo(ctx).ScheduledTime) > giveUpAfter
}

// claim makes sure that the mail is still wanted and that this attempt alone
// has it. A claim from rendering a moment ago is good enough.
func (a *Activities) claim(ctx context.Context, o *outbound) (wanted bool, err error) {
	at := now()
	if o.claimed.Sub(at) > claimLife-claimFresh {
		return true, nil
	}
	until := at.Add(claimLife)
	err = a.DB.InOrg(ctx, o.row.OrgID, func(q *rows.Queries) error {
		claimed, err := q.NotificationClaim(ctx, rows.NotificationClaimParams{OrgID: o.row.OrgID, ID: o.row.ID, ClaimedUntil: &until, Moment: &at, Held: optional(o.claimed)})
		if err != nil || claimed == 1 {
			wanted = err == nil
			return err
		}
		n, err := q.NotificationGet(ctx, o.row.OrgID, o.row.ID)
		if err == nil && n.State == "sending" {
			return errHeld
		}
		return err
	})
	o.claimed = until
	if err != nil {
		return false, fmt.Errorf("claim mail: %w", err)
	}
	return wanted, nil
}

// errHeld makes an attempt wait for another one that has the mail in hand.
var errHeld = errors.New("another attempt has the mail in hand")

func (a *Activities) unclaim(ctx context.Context, o outbound) error {
	return a.DB.InOrg(ctx, o.row.OrgID, func(q *rows.Queries) error {
		return q.NotificationUnclaim(ctx, rows.NotificationUnclaimParams{OrgID: o.row.OrgID, ID: o.row.ID, Held: &o.claimed})
	})
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
		MessageID: mail.MessageID(a.mailDomain(), o.row.Key), IdempotencyKey: o.row.Key, Date: mailDate(o.row), Inline: o.inline, Attachments: o.attachments, Headers: o.headers,
	}
}

func (a *Activities) recordSent(ctx context.Context, o outbound, receipt mail.Receipt) error {
	now := time.Now()
	return a.DB.InOrgPipelined(ctx, o.row.OrgID, func(q *rows.Queries) error {
		err := q.NotificationSent(ctx, rows.NotificationSentParams{OrgID: o.row.OrgID, ID: o.row.ID, ProviderID: receipt.ProviderID, SentAt: &now})
		if err != nil {
			return fmt.Errorf("record mail as sent: %w", err)
		}
		return nil
	})
}

func (a *Activities) recordFailure(ctx context.Context, o outbound, cause error) error {
	now := time.Now()
	a.Log.WarnContext(ctx, "mail refused for good", "notification", o.row.ID, "reason", mail.Reason(cause))
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
