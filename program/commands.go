package program

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
)

// The commands of persons on one item of a running program. Each is one transaction:
// the state guard, the rows, the pending mails, the timeline.

// end stores an item that is over and takes back what of it is still planned.
func (p *locked) end(ctx context.Context, item coaching.ProgramItem, event, why string) error {
	item.State.SendAt = time.Time{}
	p.put(item)
	err := p.NotificationsCancelOfItem(ctx, rows.NotificationsCancelOfItemParams{OrgID: p.command.Org, ItemID: &item.State.ID, StateReason: why, OutcomeAt: &p.command.At})
	if err != nil {
		return fmt.Errorf("cancel what is planned: %w", err)
	}
	return p.event(ctx, event, &item.State)
}

// SendItem sends an item by hand: a waiting one leaves when the time to take
// it back is over; an open one is sent again to those who have not answered.
func (s *Programs) SendItem(ctx context.Context, c CommandContext) (Change, error) {
	return s.command(ctx, c, func(ctx context.Context, p *locked) error {
		item, err := p.item()
		if err != nil || item.State.Ended() {
			return err
		}
		if item.State.SendAt.IsZero() {
			item.State.SendAt = c.At.Add(time.Duration(p.names.UndoSeconds) * time.Second)
		}
		switch item.State.Status {
		case coaching.Waiting:
			item.State.Status = coaching.Sending
		case coaching.Open:
			if err := p.planResend(ctx, item); err != nil {
				return err
			}
		}
		p.put(item)
		return p.event(ctx, "item_send_asked", &item.State)
	})
}

// TakeBack undoes a send by hand that has not left yet.
func (s *Programs) TakeBack(ctx context.Context, c CommandContext) (Change, error) {
	return s.command(ctx, c, func(ctx context.Context, p *locked) error {
		item, err := p.item()
		if err != nil {
			return err
		}
		if item.State.SendAt.IsZero() {
			return nil
		}
		// What goes to calendars leaves in a pause, too.
		if (p.engagement.Status == "active" || item.Spec.Kind.Rules().Meets) && !item.State.SendAt.After(c.At) {
			return coaching.Problemf(coaching.Conflict, "nothing_to_take_back", "It has just left; it cannot be taken back any more.")
		}
		if item.State.Status == coaching.Sending {
			item.State.Status = coaching.Waiting
		} else if err := p.cancelResend(ctx, item.State); err != nil {
			return err
		}
		item.State.SendAt = time.Time{}
		p.put(item)
		return p.event(ctx, "item_taken_back", &item.State)
	})
}

// SkipItem ends an item without an answer; the next one goes on from it.
func (s *Programs) SkipItem(ctx context.Context, c CommandContext) (Change, error) {
	return s.command(ctx, c, func(ctx context.Context, p *locked) error {
		item, err := p.item()
		if err != nil || item.State.Ended() {
			return err
		}
		if err := p.dropSession(ctx, &item, "It is left out of the program."); err != nil {
			return err
		}
		item.State.Status, item.State.DoneAt = coaching.Skipped, c.At
		return p.end(ctx, item, "item_skipped", "the item was skipped")
	})
}

// HoldFollowUp stops or resumes the reminders to one recipient of an item.
func (s *Programs) HoldFollowUp(ctx context.Context, in Hold) (Change, error) {
	return s.command(ctx, in.CommandContext, func(ctx context.Context, p *locked) error {
		item, err := p.item()
		if err != nil {
			return err
		}
		_, err = p.RecipientHoldFollowUp(ctx, rows.RecipientHoldFollowUpParams{OrgID: in.Org, ID: in.Recipient, ItemID: in.Item, Held: in.Held})
		if db.NoRow(err) {
			return coaching.Problemf(coaching.NotFound, "recipient_not_found", "The item has no such recipient.")
		}
		if err != nil {
			return fmt.Errorf("hold follow-up: %w", err)
		}
		event := "follow_up_resumed"
		if in.Held {
			event = "follow_up_held"
		}
		return p.event(ctx, event, &item.State)
	})
}

// Hold names a recipient whose reminders are held or go on.
type Hold struct {
	CommandContext
	Recipient uuid.UUID `json:"r"`
	Held      bool      `json:"h"`
}
