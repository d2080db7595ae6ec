package outbox

import (
	"context"
	"fmt"
	"time"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/mail/deliver"
)

func block(ctx context.Context, q *rows.Queries, n rows.Notification, at time.Time, why string) error {
	err := q.BlockedAddressInsert(ctx, rows.BlockedAddressInsertParams{OrgID: n.OrgID, Address: coaching.MailboxKey(n.Address), Reason: why, BlockedAt: at})
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
func (b *Outbox) RecordOutcome(ctx context.Context, event deliver.DeliveryEvent) error {
	found, err := b.DB.Across().LookupProviderID(ctx, event.ProviderID)
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
		err := b.DB.InOrg(ctx, f.OrgID, func(q *rows.Queries) error {
			set := rows.NotificationOutcomeParams{OrgID: f.OrgID, ID: f.NotificationID, State: state, StateReason: why, OutcomeAt: &event.At}
			address, err := q.NotificationOutcome(ctx, set)
			if err != nil || !event.StopsMail() {
				return db.IgnoreNoRow(err)
			}
			return block(ctx, q, rows.Notification{OrgID: f.OrgID, Address: address}, event.At, why)
		})
		if err != nil {
			return fmt.Errorf("record delivery event: %w", err)
		}
	}
	return nil
}

// outcomeOf is the state and reason that a provider's report gives a mail;
// empty for reports that change nothing.
func outcomeOf(e deliver.DeliveryEvent) (state, why string) {
	switch {
	case e.Type == deliver.DeliveryDelivered:
		return "delivered", ""
	case e.Type == deliver.DeliveryComplained:
		return "bounced", "the recipient complained: " + e.Reason
	case e.HardBounce || e.Type == deliver.DeliveryBounced || e.Type == deliver.DeliverySuppressed:
		return "bounced", "the mail bounced: " + e.Reason
	case e.Type == deliver.DeliveryFailed:
		return "failed", "the provider could not send it: " + e.Reason
	}
	return "", ""
}
