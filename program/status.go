package program

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// Pause stops a program: nothing of it is sent until it is resumed.
func (s *Programs) Pause(ctx context.Context, c CommandContext) (Change, error) {
	return s.command(ctx, c, func(ctx context.Context, p *locked) error {
		if p.engagement.Status != "active" {
			return nil
		}
		p.out.PausedAt = c.At
		return p.setStatus(ctx, "paused", "engagement_paused")
	})
}

// Resume goes on with a paused program. Open dates move by the time that it
// was paused, so nothing leaves in a burst.
func (s *Programs) Resume(ctx context.Context, c CommandContext) (Change, error) {
	return s.command(ctx, c, func(ctx context.Context, p *locked) error {
		if p.engagement.Status != "paused" {
			return nil
		}
		states := coaching.States(p.list())
		for i, id := range p.order {
			moved := coaching.ShiftAfterPause(states, i, db.Deref(p.engagement.StartedAt), db.Deref(p.engagement.PausedAt), c.At)
			if moved == states[i] {
				continue
			}
			item := p.items[id]
			item.State = moved
			p.put(item)
			if err := p.replacePlan(ctx, item, "the program was paused"); err != nil {
				return err
			}
		}
		if err := p.setStatus(ctx, "active", "engagement_resumed"); err != nil {
			return err
		}
		return p.releaseHeld(ctx)
	})
}

// releaseHeld lets go what was held for people who got an account during the pause.
func (p *locked) releaseHeld(ctx context.Context) error {
	people, err := p.NotificationsHeldFor(ctx, p.command.Org, &p.command.Engagement)
	if err != nil {
		return fmt.Errorf("find for whom mails are held: %w", err)
	}
	for _, person := range people {
		who := outbox.Addressee{Org: p.command.Org, Person: person, At: p.command.At}
		if _, err := outbox.ReleaseHeld(ctx, p.Queries, who); err != nil {
			return err
		}
	}
	return nil
}

// EndEngagement completes or cancels an engagement; what of it is planned is
// not sent. One that has ended in the other way is left as it is, and named.
func (s *Programs) EndEngagement(ctx context.Context, in Ending) (Change, error) {
	return s.change(ctx, in.CommandContext, func(ctx context.Context, p *locked) error { return p.endEngagement(ctx, in) })
}

// EndBeside is EndEngagement where the workflow does not answer. It notes that the
// workflow is to read the program again, which then ends: the recovery sweep tells it, or
// starts another one that finds nothing left to do.
func (s *Programs) EndBeside(ctx context.Context, in Ending) error {
	_, err := s.change(ctx, in.CommandContext, func(ctx context.Context, p *locked) error {
		if p.engagement.Status == in.Status {
			return nil
		}
		if err := p.endEngagement(ctx, in); err != nil {
			return err
		}
		return p.unread(ctx)
	})
	return err
}

func (p *locked) endEngagement(ctx context.Context, in Ending) error {
	if p.engagement.Status == in.Status {
		return nil
	}
	if p.over() {
		return Over(p.engagement.Status)
	}
	if err := p.takeAnswers(ctx); err != nil {
		return err
	}
	for _, id := range p.order {
		err := p.NotificationsCancelOfItem(ctx, rows.NotificationsCancelOfItemParams{OrgID: in.Org, ItemID: &id,
			StateReason: "the engagement is " + in.Status, OutcomeAt: &in.At})
		if err != nil {
			return fmt.Errorf("cancel what is planned: %w", err)
		}
		p.dropSend(id)
		if err := p.endSession(ctx, id, in.Status); err != nil {
			return err
		}
	}
	return p.setStatus(ctx, in.Status, "engagement_"+in.Status)
}

// endSession cancels the session of an item that is still to come when the engagement ends.
func (p *locked) endSession(ctx context.Context, id uuid.UUID, status string) error {
	item := p.items[id]
	if p.scheduled(id) == nil {
		return nil
	}
	if err := p.dropSession(ctx, &item, "The coaching is "+status+"."); err != nil {
		return err
	}
	p.put(item)
	return nil
}

// dropSend takes back a send by hand that waits to leave.
func (p *locked) dropSend(id uuid.UUID) {
	item := p.items[id]
	if item.State.SendAt.IsZero() || item.State.Ended() {
		return
	}
	if item.State.Status == coaching.Sending {
		item.State.Status = coaching.Waiting
	}
	item.State.SendAt = time.Time{}
	p.put(item)
}

// Ending says how an engagement ends: completed or cancelled.
type Ending struct {
	CommandContext
	Status string `json:"s"`
}

func (p *locked) setStatus(ctx context.Context, status, event string) error {
	set := rows.EngagementSetStatusParams{OrgID: p.command.Org, ID: p.command.Engagement, Status: status}
	switch status {
	case "paused":
		set.PausedAt = &p.command.At
	case "completed", "cancelled":
		set.EndedAt = &p.command.At
	}
	if err := p.EngagementSetStatus(ctx, set); err != nil {
		return fmt.Errorf("set engagement %s: %w", status, err)
	}
	p.engagement.Status, p.out.Status, p.changed = status, status, true
	return p.event(ctx, event, nil)
}
