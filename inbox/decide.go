package inbox

import (
	"context"
	"fmt"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// What a person decides about a mail that was put aside or ignored stands in its row,
// once. A mail that is let through is then posted by a run of its own, which finds the
// decision there.

// Release lets a mail through, and reports whether it is still to be posted. Doing it
// again changes nothing.
func (x *Inbox) Release(ctx context.Context, in Inbound) (pending bool, err error) {
	err = x.DB.InOrg(ctx, in.Org, func(q *rows.Queries) error {
		row, err := lockMail(ctx, q, in)
		if err != nil || row.ReleasedAt != nil {
			pending = err == nil && letThrough(row)
			return err
		}
		if err := mayRelease(row); err != nil {
			return err
		}
		took, err := q.InboundMailRelease(ctx, rows.InboundMailReleaseParams{OrgID: in.Org, ID: in.ID, ReleasedBy: in.Actor, ReleasedAt: &in.At})
		if err == nil && took == 0 {
			err = decidedAlready(row)
		}
		pending = err == nil
		return err
	})
	return pending, err
}

// Discard keeps a quarantined mail aside for good. Its bytes stay. Doing it again
// changes nothing.
func (x *Inbox) Discard(ctx context.Context, in Inbound) (Verdict, error) {
	verdict := Verdict{State: string(coaching.InboundDiscarded)}
	err := x.DB.InOrg(ctx, in.Org, func(q *rows.Queries) error {
		row, err := lockMail(ctx, q, in)
		if verdict.Reason = row.Reason; err != nil || row.State == string(coaching.InboundDiscarded) {
			return err
		}
		took, err := q.InboundMailDiscard(ctx, rows.InboundMailDiscardParams{OrgID: in.Org, ID: in.ID, SettledAt: &in.At, ReleasedBy: in.Actor})
		if err != nil {
			return fmt.Errorf("discard mail: %w", err)
		}
		if took == 0 {
			return decidedAlready(row)
		}
		return takeQuarantineWordBack(ctx, q, in, "somebody has put the mail aside for good")
	})
	return verdict, err
}

// lockMail reads a mail about which nobody else decides meanwhile.
func lockMail(ctx context.Context, q *rows.Queries, in Inbound) (row rows.InboundMailGetRow, err error) {
	if _, err = q.InboundMailLock(ctx, in.Org, in.ID); err == nil {
		row, err = inboundMail(ctx, q, in)
	}
	if db.NoRow(err) {
		return row, noSuchMail()
	}
	if err != nil {
		return row, fmt.Errorf("read mail: %w", err)
	}
	return row, nil
}

// mayRelease says why a mail cannot be let through.
func mayRelease(row rows.InboundMailGetRow) error {
	if !aside(row.State) {
		return decidedAlready(row)
	}
	if why := NotPostable(row.Reason, row.Size); why != "" {
		return coaching.Problemf(coaching.Conflict, "mail_not_postable", "The mail cannot be let through. %s", why)
	}
	return nil
}

func decidedAlready(row rows.InboundMailGetRow) error {
	if letThrough(row) {
		return coaching.Problemf(coaching.Conflict, "mail_not_quarantined", "Somebody has just let the mail through; it is being posted.")
	}
	return coaching.Problemf(coaching.Conflict, "mail_not_quarantined", "The mail is %s. Only what is in quarantine can be decided about, and what was ignored be let through.", row.State)
}

func noSuchMail() error {
	return coaching.Problemf(coaching.NotFound, "inbound_mail_not_found", "There is no such mail.")
}

// takeQuarantineWordBack takes the letter to the author back, unless it has left.
func takeQuarantineWordBack(ctx context.Context, q *rows.Queries, in Inbound, why string) error {
	n, err := q.NotificationByKey(ctx, in.Org, quarantinedKey+in.ID.String())
	if err != nil || (n.State != "planned" && n.State != "sending") {
		return db.IgnoreNoRow(err)
	}
	return outbox.TakeBack(ctx, q, n, why)
}
