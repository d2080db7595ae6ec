package outbox

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
)

// StandaloneMail names a planned mail that is not part of a long-running workflow.
type StandaloneMail struct {
	Org uuid.UUID `json:"o"`
	ID  uuid.UUID `json:"i"`
	// At is when it leaves; zero: at once.
	At time.Time `json:"t,omitzero"`
}

// PlanStandalone plans a mail about a person's account to the person, and says whether
// it is to leave.
func PlanStandalone(ctx context.Context, q *rows.Queries, who Addressee, kind coaching.NotificationKind, reason string) (notice StandaloneMail, planned bool, err error) {
	to, err := q.ContactGet(ctx, who.Org, who.Person)
	if err != nil {
		return notice, false, fmt.Errorf("read person: %w", err)
	}
	n := PlanTo(to, kind, "", reason)
	n.OrgID, n.Key, n.PlannedAt = who.Org, string(kind)+"/"+n.ID.String(), who.At
	return StandaloneMail{Org: who.Org, ID: n.ID}, n.State == "planned", PlanOne(ctx, q, n)
}

// SendStandalone renders and sends a planned mail that stands alone, unless
// what it is about is over by now. Repeating it does what is missing.
func (b *Outbox) SendStandalone(ctx context.Context, in StandaloneMail) error {
	var out []Draft
	err := b.DB.InOrg(ctx, in.Org, func(q *rows.Queries) error {
		n, err := q.NotificationGet(ctx, in.Org, in.ID)
		if err != nil {
			return fmt.Errorf("read notification: %w", err)
		}
		if err := lockAround(ctx, q, n); err != nil {
			return err
		}
		if n, err = q.NotificationGet(ctx, in.Org, in.ID); err != nil {
			return fmt.Errorf("read notification: %w", err)
		}
		if n, err = ReadAgain(ctx, q, n); err != nil || (n.State != "planned" && n.State != "sending") {
			return err
		}
		write, known := b.writers[coaching.NotificationKind(n.Kind)]
		if !known {
			return fmt.Errorf("no writer for mails of kind %q", n.Kind)
		}
		d, err := write(ctx, q, n)
		if err != nil {
			return FailUnwritten(ctx, q, n, err)
		}
		if d != nil {
			out = append(out, *d)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return b.Send(ctx, out)
}

// lockAround lets one attempt at a time decide whether a mail leaves, and none while what
// it is about changes: the account of its reader or, of a mail about an item, its program.
func lockAround(ctx context.Context, q *rows.Queries, n rows.Notification) error {
	if n.EngagementID != nil {
		if _, err := q.EngagementLock(ctx, n.OrgID, *n.EngagementID); err != nil {
			return fmt.Errorf("lock program: %w", err)
		}
		return nil
	}
	if _, err := q.PersonLock(ctx, n.OrgID, *n.PersonID); err != nil {
		return fmt.Errorf("lock reader: %w", err)
	}
	return nil
}

// TakeBack ends a mail that is not true any more, planned or being tried again.
func TakeBack(ctx context.Context, q *rows.Queries, n rows.Notification, why string) error {
	at := db.Now()
	err := q.NotificationCancel(ctx, rows.NotificationCancelParams{OrgID: n.OrgID, ID: n.ID, StateReason: why, OutcomeAt: &at})
	if err != nil {
		return fmt.Errorf("take mail back: %w", err)
	}
	return nil
}

// AboutPerson begins a letter about somebody's account: it reads the person and
// names the organization as the sender.
func AboutPerson(ctx context.Context, q *rows.Queries, n rows.Notification, about uuid.UUID) (d Draft, person rows.ContactGetRow, err error) {
	organization, err := q.OrganizationGet(ctx, n.OrgID)
	if err != nil {
		return d, person, fmt.Errorf("read organization: %w", err)
	}
	person, err = q.ContactGet(ctx, n.OrgID, about)
	if err != nil {
		return d, person, fmt.Errorf("read person: %w", err)
	}
	return Draft{Row: n, Sender: organization.Name}, person, nil
}
