package outbox

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
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
// are still to come. The programs of the items are to be signalled.
func ReleaseHeld(ctx context.Context, q *rows.Queries, who Addressee) ([]Released, error) {
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

// FindReleased looks across organizations for what was held and may leave now. It
// answers with the items about which mails may leave, and plans the word to the
// admins about what was held for too long. most bounds each kind.
func (b *Outbox) FindReleased(ctx context.Context, before time.Time, most int32) ([]Released, error) {
	var found []Released
	across, at := b.DB.Across(), db.Now()
	missed, err := across.SweepReleasable(ctx, most)
	if err != nil {
		return nil, fmt.Errorf("sweep held mails: %w", err)
	}
	for _, row := range missed {
		who := Addressee{Org: row.OrgID, Person: row.PersonID, At: at}
		err := b.DB.InOrg(ctx, row.OrgID, func(q *rows.Queries) error {
			released, err := ReleaseHeld(ctx, q, who)
			found = append(found, released...)
			return err
		})
		if err != nil { // one person's trouble does not hold up the others
			b.Log.ErrorContext(ctx, "held mails not released", "person", who.Person, "error", err)
		}
	}
	released, err := across.SweepReleased(ctx, before, most)
	if err != nil {
		return nil, fmt.Errorf("sweep released mails: %w", err)
	}
	for _, row := range released {
		found = append(found, Released{Engagement: row.EngagementID, Item: row.ItemID})
	}
	return found, b.tellHeld(ctx, at, most)
}

func (b *Outbox) tellHeld(ctx context.Context, at time.Time, most int32) error {
	held, err := b.DB.Across().SweepHeld(ctx, at.Add(-heldTooLong), most)
	if err != nil {
		return fmt.Errorf("sweep mails that are held for long: %w", err)
	}
	for _, row := range held {
		who := Addressee{Org: row.OrgID, Person: row.PersonID, At: at}
		if err := b.DB.InOrg(ctx, row.OrgID, func(q *rows.Queries) error { return planHeldWord(ctx, q, who) }); err != nil {
			b.Log.ErrorContext(ctx, "admins not told of held mails", "person", who.Person, "error", err)
		}
	}
	return nil
}

// planHeldWord plans the word to the admins about a person for whom mails are
// held. The sweep sends it.
func planHeldWord(ctx context.Context, q *rows.Queries, who Addressee) error {
	noted, err := q.NotificationsNoteHeld(ctx, rows.NotificationsNoteHeldParams{OrgID: who.Org, PersonID: &who.Person, ToldAt: &who.At})
	if err != nil {
		return fmt.Errorf("note that the admins are told of held mails: %w", err)
	}
	if len(noted) == 0 {
		return nil
	}
	key := fmt.Sprintf("%s/%s/%d", HeldTooLong, who.Person, who.At.UnixMicro())
	plans, err := PlanToAdmins(ctx, q, who.Org, HeldTooLong, key, func(*time.Location) time.Time { return who.At })
	if err != nil {
		return err
	}
	for i := range plans {
		plans[i].AboutIds = []uuid.UUID{who.Person}
	}
	return PlanAll(ctx, q, plans)
}

// writeHeldTooLong writes the word to the admins, unless nothing is held any more.
func (b *Outbox) writeHeldTooLong(ctx context.Context, q *rows.Queries, n rows.Notification) (*Draft, error) {
	held, err := q.NotificationsHeldCount(ctx, n.OrgID, &n.AboutIds[0])
	if err != nil {
		return nil, fmt.Errorf("count held mails: %w", err)
	}
	if held == 0 {
		return nil, TakeBack(ctx, q, n, "nothing is held any more")
	}
	d, err := b.heldLetter(ctx, q, n)
	return &d, err
}

func (b *Outbox) heldLetter(ctx context.Context, q *rows.Queries, n rows.Notification) (Draft, error) {
	d, to, err := AboutPerson(ctx, q, n, n.AboutIds[0])
	if err != nil {
		return d, err
	}
	values := map[string]string{"name": n.RecipientName, "organization": d.Sender, "person": to.Name, "address": coaching.ShowAddress(to.Address),
		"page": b.BaseURL + "/people/" + n.AboutIds[0].String()}
	return d, b.Render(ctx, q, &d, values, compose.Layout{OrganizationName: d.Sender})
}
