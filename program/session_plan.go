package program

import (
	"context"
	"fmt"
	"time"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// What follows on the session of an open item: the reminders before it begins or, while it
// has no time, the words to the coach and the admins.

// sessionPlan are the rows of what follows.
func (p *locked) sessionPlan(ctx context.Context, item coaching.ProgramItem) ([]rows.NotificationPlanParams, error) {
	s := p.scheduled(item.State.ID)
	if s == nil {
		return p.unbookedWords(ctx, item)
	}
	to, err := p.attendees(ctx, item.State.ID)
	if err != nil {
		return nil, err
	}
	return p.sessionReminders(ctx, item, s, to)
}

// sessionReminders are the reminders of a session to these attendees, each at its very
// moment. Those that do not go out are written down with the reason (R3).
func (p *locked) sessionReminders(ctx context.Context, item coaching.ProgramItem, s *rows.ItemSession, to []recipient) ([]rows.NotificationPlanParams, error) {
	follow, err := outbox.FollowUpOf(ctx, p.Queries, p.command.Org, coaching.SessionLadder)
	if err != nil {
		return nil, err
	}
	invited, err := p.invited(ctx, s)
	if err != nil {
		return nil, err
	}
	kind := coaching.LettersOf(item.Spec.Kind).Reminder
	var plans []rows.NotificationPlanParams
	for _, r := range to {
		since := laterOf(invited[r.ID].InvitedAt, item.State.FollowFrom)
		laid := follow.Ladder.OfAttendee(s.StartsAt, since, p.command.At, p.zoneOf(r))
		add := func(step coaching.LadderStep, state string, why string) {
			n := p.planned(item, r, kind, step.Name, step.At)
			n.Key = fmt.Sprintf("%s/%s/%d/%s", kind, invited[r.ID].ID, item.State.Plan, step.Name)
			if state != "" {
				n.State, n.StateReason = state, why
			}
			plans = append(plans, n)
		}
		for _, step := range laid.Steps {
			add(step, "", "")
		}
		for _, step := range laid.Dropped {
			if p.ofEarlierPlan(step.At) {
				continue
			}
			add(step.LadderStep, "dropped", step.Reason.Words())
		}
	}
	return plans, nil
}

// ofEarlierPlan tells, of a program that is being resumed, whether a moment came before it
// was paused: what became of it then is written down already.
func (p *locked) ofEarlierPlan(at time.Time) bool {
	return p.engagement.PausedAt != nil && at.Before(*p.engagement.PausedAt)
}

func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// unbookedWords are the words that a session has no time: to the coach, and at the end to
// the admins, each in the hours of its reader.
func (p *locked) unbookedWords(ctx context.Context, item coaching.ProgramItem) ([]rows.NotificationPlanParams, error) {
	follow, err := outbox.FollowUpOf(ctx, p.Queries, p.command.Org, coaching.NoSessionBookedLadder)
	if err != nil {
		return nil, err
	}
	coach, err := p.responsibleFor(ctx)
	if err != nil {
		return nil, err
	}
	admins, err := p.adminsOf(ctx)
	if err != nil {
		return nil, err
	}
	kind := coaching.LettersOf(item.Spec.Kind).Escalation
	var plans []rows.NotificationPlanParams
	add := func(to []recipient, reason string, wanted func(coaching.LadderStep) bool) {
		for _, r := range to {
			zone := p.zoneOf(r)
			laid := follow.Ladder.OfItem(item.State, coaching.LadderZones{Reader: zone, Coach: zone, Admins: zone}, follow.Hours)
			for _, step := range laid.Steps {
				if wanted(step) {
					plans = append(plans, p.wordOf(item, r, kind, step, reason))
				}
			}
			for _, step := range laid.Dropped {
				if wanted(step.LadderStep) && !p.ofEarlierPlan(step.At) {
					n := p.wordOf(item, r, kind, step.LadderStep, reason)
					n.State, n.StateReason = "dropped", step.Reason.Words()
					plans = append(plans, n)
				}
			}
		}
	}
	add(coach, "coach of the engagement", func(s coaching.LadderStep) bool { return !s.End })
	add(admins, "admin of the organization", func(s coaching.LadderStep) bool { return s.End })
	return plans, nil
}

// wordOf is the row of a word about an item to who is responsible.
func (p *locked) wordOf(item coaching.ProgramItem, r recipient, kind coaching.NotificationKind, step coaching.LadderStep, reason string) rows.NotificationPlanParams {
	name := step.Name
	if step.End {
		name = stepEscalation
	}
	n := p.planned(item, r, kind, name, step.At)
	n.Key = fmt.Sprintf("%s/%s/%s/%d/%d/%s", kind, item.State.ID, r.PersonID, item.State.Round, item.State.Plan, name)
	n.RecipientID, n.Reason = nil, reason
	return n
}

// adminsOf are the admins of the organization.
func (p *locked) adminsOf(ctx context.Context) ([]recipient, error) {
	list, err := p.AdminsOf(ctx, p.command.Org)
	if err != nil {
		return nil, fmt.Errorf("read admins: %w", err)
	}
	admins := make([]recipient, len(list))
	for i, a := range list {
		admins[i] = recipient{PersonID: &a.ID, Name: a.Name, Address: a.Address, Standing: a.State, TimeZone: a.TimeZone, Blocked: a.Blocked}
	}
	return admins, nil
}
