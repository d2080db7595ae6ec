package activities

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/mail/compose"
)

// What is held for a person without an account leaves by itself when the account
// comes. What is held for long is told to the admins.

// heldTooLong is how long mails may be held before the admins are told.
const heldTooLong = 14 * 24 * time.Hour

// Released names an item of which mails that were held may leave.
type Released struct {
	Engagement uuid.UUID `json:"e"`
	Item       uuid.UUID `json:"i"`
}

// ReleaseHeld lets go what was held for a person, who has an account now: the
// first mail about each item that is still open, and of its reminders those that
// are still to come. The programs of the items are to be told.
func ReleaseHeld(ctx context.Context, q *rows.Queries, who Invitee) ([]Released, error) {
	list, err := q.NotificationsReleaseHeld(ctx, rows.NotificationsReleaseHeldParams{OrgID: who.Org, PersonID: &who.Person, Moment: who.At})
	if err != nil {
		return nil, fmt.Errorf("release held mails: %w", err)
	}
	var out []Released
	for _, n := range list {
		if n.Due && n.EngagementID != nil && n.ItemID != nil {
			out = append(out, Released{Engagement: *n.EngagementID, Item: *n.ItemID})
		}
	}
	return out, nil
}

// HandOverReleased hands over the mails about an item that were held and may
// leave now. Repeating it does what is missing.
func (a *Activities) HandOverReleased(ctx context.Context, act Act) (Change, error) {
	return a.deliver(ctx, act, func(_ context.Context, p *program) (string, error) {
		item, err := p.item()
		if err != nil || item.State.Status != coaching.Open || p.engagement.Status != "active" {
			return "", err // over, or paused: the sweep comes back to it
		}
		return stepRequest, nil
	})
}

// findHeld looks for what was held and may leave, and for what was held for too
// long, of which it plans the word to the admins.
func (a *Activities) findHeld(ctx context.Context, before time.Time, found *Untold) error {
	across, at := a.DB.Across(), now()
	missed, err := across.SweepReleasable(ctx, sweepBatch)
	if err != nil {
		return fmt.Errorf("sweep held mails: %w", err)
	}
	for _, row := range missed {
		who := Invitee{Org: row.OrgID, Person: row.PersonID, At: at}
		err := a.DB.InOrg(ctx, row.OrgID, func(q *rows.Queries) error {
			released, err := ReleaseHeld(ctx, q, who)
			found.Released = append(found.Released, released...)
			return err
		})
		if err != nil { // one person's trouble does not hold up the others
			a.Log.ErrorContext(ctx, "held mails not released", "person", who.Person, "error", err)
		}
	}
	released, err := across.SweepReleased(ctx, before, sweepBatch)
	if err != nil {
		return fmt.Errorf("sweep released mails: %w", err)
	}
	for _, row := range released {
		found.Released = append(found.Released, Released{Engagement: row.EngagementID, Item: row.ItemID})
	}
	return a.tellHeld(ctx, at)
}

func (a *Activities) tellHeld(ctx context.Context, at time.Time) error {
	held, err := a.DB.Across().SweepHeld(ctx, at.Add(-heldTooLong), sweepBatch)
	if err != nil {
		return fmt.Errorf("sweep mails that are held for long: %w", err)
	}
	for _, row := range held {
		who := Invitee{Org: row.OrgID, Person: row.PersonID, At: at}
		if err := a.DB.InOrg(ctx, row.OrgID, func(q *rows.Queries) error { return planHeldWord(ctx, q, who) }); err != nil {
			a.Log.ErrorContext(ctx, "admins not told of held mails", "person", who.Person, "error", err)
		}
	}
	return nil
}

// planHeldWord plans the word to the admins about a person for whom mails are
// held. The sweep sends it.
func planHeldWord(ctx context.Context, q *rows.Queries, who Invitee) error {
	noted, err := q.NotificationsNoteHeld(ctx, rows.NotificationsNoteHeldParams{OrgID: who.Org, PersonID: &who.Person, ToldAt: &who.At})
	if err != nil {
		return fmt.Errorf("note held mails as told: %w", err)
	}
	if len(noted) == 0 {
		return nil
	}
	key := fmt.Sprintf("%s/%s/%d", coaching.HeldTooLong, who.Person, who.At.UnixMicro())
	plans, err := planToAdmins(ctx, q, who.Org, coaching.HeldTooLong, key, who.At)
	if err != nil {
		return err
	}
	for i := range plans {
		plans[i].AboutIds = []uuid.UUID{who.Person}
	}
	return planAll(ctx, q, plans)
}

func (a *Activities) heldLetter(ctx context.Context, q *rows.Queries, n rows.Notification) (outbound, error) {
	o, to, err := accountLetter(ctx, q, n, n.AboutIds[0])
	if err != nil {
		return o, err
	}
	values := map[string]string{"name": n.RecipientName, "organization": o.sender, "person": to.Name, "address": to.Address,
		"page": a.BaseURL + "/people/" + n.AboutIds[0].String()}
	return o, a.renderOnce(ctx, q, &o, values, compose.Layout{OrganizationName: o.sender})
}
