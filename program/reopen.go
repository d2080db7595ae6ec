package program

import (
	"context"
	"fmt"
	"time"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// ReopenItem opens a completed or skipped item again. What was sent after it
// stays sent. An item that never went out waits again.
func (s *Programs) ReopenItem(ctx context.Context, c CommandContext) (Change, error) {
	return s.command(ctx, c, func(ctx context.Context, p *locked) error {
		item, err := p.item()
		if err != nil || !item.State.Ended() || item.State.Status == coaching.Removed {
			return err
		}
		if err := p.endRatings(ctx, c.Item); err != nil {
			return err
		}
		item.State.DoneAt = time.Time{}
		if item.State.IssuedAt.IsZero() {
			item.State.Status, item.State.ReleaseAt = coaching.Waiting, time.Time{}
			item.State.Release = coaching.ReleaseRule{Rule: coaching.Manual}
			item.Spec.Release = item.State.Release
		} else if err := p.reopenIssued(ctx, &item); err != nil {
			return err
		}
		p.put(item)
		return p.event(ctx, "item_reopened", &item.State)
	})
}

func (p *locked) reopenIssued(ctx context.Context, item *coaching.ProgramItem) error {
	s := &item.State
	s.Status, s.Round, s.Plan, s.Followed = coaching.Open, s.Round+1, s.Plan+1, 0
	s.FollowFrom, s.PlannedAt = p.command.At, p.command.At
	if s.DueAt.Before(p.command.At) {
		s.DueAt = time.Time{}
	}
	if err := p.RecipientsReopen(ctx, p.command.Org, s.ID); err != nil {
		return fmt.Errorf("reopen recipients: %w", err)
	}
	if err := p.replacePlan(ctx, *item, "the item was reopened"); err != nil {
		return err
	}
	return p.holdRequest(ctx, *item)
}

// holdRequest plans the first mail of a new round to those who are reached only
// when they have an account: what was held for them before ended with its round.
// Nobody else is sent a mail by a reopening.
func (p *locked) holdRequest(ctx context.Context, item coaching.ProgramItem) error {
	to, err := p.RecipientsOfItem(ctx, p.command.Org, item.State.ID)
	if err != nil {
		return fmt.Errorf("read recipients: %w", err)
	}
	var plans []rows.NotificationPlanParams
	for _, n := range p.requests(item, to) {
		if n.PlannedAt = p.command.At; n.State == string(coaching.GateHold) {
			plans = append(plans, n)
		}
	}
	return outbox.PlanAll(ctx, p.Queries, plans)
}
