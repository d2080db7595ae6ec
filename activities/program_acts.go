package activities

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
)

// The acts of persons on a running program. Each is one transaction: the
// state guard, the rows, the pending sends, the timeline.

// Answered names a submitted answer.
type Answered struct {
	Act
	Recipient uuid.UUID `json:"r"`
	Round     int       `json:"n"`
}

// TakeAnswer takes a submitted answer up: the recipient is asked no more, and
// the item completes when nobody is left who must answer. An answer that was
// taken up before changes nothing.
func (a *Activities) TakeAnswer(ctx context.Context, in Answered) (Change, error) {
	var submitted *time.Time
	takeUp := func(ctx context.Context, q *rows.Queries, _ *program) error {
		at, err := q.AnswerTakeUp(ctx, rows.AnswerTakeUpParams{OrgID: in.Org, RecipientID: in.Recipient, Round: int32(in.Round), TakenUpAt: &in.At})
		if db.NoRow(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("take up answer: %w", err)
		}
		submitted = at
		return nil
	}
	return a.changeItem(ctx, in.Act, func(ctx context.Context, p *program) error {
		item, err := p.item()
		if err != nil || submitted == nil || in.Round != item.State.Round {
			return err // taken up before, or the item was reopened: the newer round counts
		}
		return p.recipientAnswered(ctx, in, item, *submitted)
	}, takeUp)
}

// recipientAnswered takes back what is planned to somebody who answered, and
// completes the item if nobody is left who must.
func (p *program) recipientAnswered(ctx context.Context, in Answered, item coaching.ProgramItem, at time.Time) error {
	list := p.recipients[in.Item]
	i := slices.IndexFunc(list, func(r recipient) bool { return r.ID == in.Recipient })
	if i < 0 {
		return coaching.Problemf(coaching.NotFound, "recipient_not_found", "The item has no such recipient.")
	}
	who := &list[i]
	who.AnsweredAt = &at
	missing := func(r recipient) bool { return r.Required && r.AnsweredAt == nil }
	complete := item.State.Status == coaching.Open && !slices.ContainsFunc(list, missing)
	err := p.NotificationsCancelAnswered(ctx, rows.NotificationsCancelAnsweredParams{
		OrgID: in.Org, ItemID: &in.Item, RecipientID: &in.Recipient, Complete: complete, OutcomeAt: &in.At})
	if err != nil {
		return fmt.Errorf("cancel reminders: %w", err)
	}
	event := rows.EventInsertParams{OrgID: in.Org, ID: db.NewID(), EngagementID: &in.Engagement, At: at, Kind: "form_answered",
		ActorKind: "person", ActorID: who.PersonID, ItemID: &in.Item, Key: fmt.Sprintf("form_answered/%s/%d", in.Recipient, in.Round)}
	if item.Spec.Kind == coaching.TaskItem {
		event.Kind = "task_done"
	}
	if who.PersonID == nil {
		event.ActorKind, event.ActorEmail = "email", &who.Address
	}
	if err := p.EventInsert(ctx, event); err != nil || !complete {
		return err
	}
	item.State.Status, item.State.DoneAt, item.State.SendAt = coaching.Completed, p.act.At, time.Time{}
	p.put(item)
	return p.event(ctx, "item_completed", &item.State, "")
}

// end stores an item that is over and takes back what of it is still planned.
func (p *program) end(ctx context.Context, item coaching.ProgramItem, event, why string) error {
	item.State.SendAt = time.Time{}
	p.put(item)
	err := p.NotificationsCancelOfItem(ctx, rows.NotificationsCancelOfItemParams{OrgID: p.act.Org, ItemID: &item.State.ID, StateReason: why, OutcomeAt: &p.act.At})
	if err != nil {
		return fmt.Errorf("cancel what is planned: %w", err)
	}
	return p.event(ctx, event, &item.State, "")
}

// SendItem sends an item by hand: a waiting one leaves when the time to take
// it back is over; an open one is sent again to those who have not answered.
func (a *Activities) SendItem(ctx context.Context, act Act) (Change, error) {
	return a.changeItem(ctx, act, func(ctx context.Context, p *program) error {
		item, err := p.item()
		if err != nil || item.State.Ended() {
			return err
		}
		names, err := p.context(ctx)
		if err != nil {
			return err
		}
		if item.State.SendAt.IsZero() {
			item.State.SendAt = act.At.Add(time.Duration(names.UndoSeconds) * time.Second)
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
		return p.event(ctx, "item_send_asked", &item.State, "")
	})
}

// TakeBack undoes a send by hand that has not left yet.
func (a *Activities) TakeBack(ctx context.Context, act Act) (Change, error) {
	return a.changeItem(ctx, act, func(ctx context.Context, p *program) error {
		item, err := p.item()
		if err != nil {
			return err
		}
		if item.State.SendAt.IsZero() {
			return nil
		}
		if p.engagement.Status == "active" && !item.State.SendAt.After(act.At) {
			return coaching.Problemf(coaching.Conflict, "nothing_to_take_back", "It has just left; it cannot be taken back any more.")
		}
		if item.State.Status == coaching.Sending {
			item.State.Status = coaching.Waiting
		} else if err := p.cancelResend(ctx, item.State); err != nil {
			return err
		}
		item.State.SendAt = time.Time{}
		p.put(item)
		return p.event(ctx, "item_taken_back", &item.State, "")
	})
}

// SkipItem ends an item without an answer; the next one goes on from it.
func (a *Activities) SkipItem(ctx context.Context, act Act) (Change, error) {
	return a.changeItem(ctx, act, func(ctx context.Context, p *program) error {
		item, err := p.item()
		if err != nil || item.State.Ended() {
			return err
		}
		item.State.Status, item.State.DoneAt = coaching.Skipped, act.At
		return p.end(ctx, item, "item_skipped", "the item was skipped")
	})
}

// ReopenItem opens a completed or skipped item again. What was sent after it
// stays sent. An item that never went out waits again.
func (a *Activities) ReopenItem(ctx context.Context, act Act) (Change, error) {
	return a.changeItem(ctx, act, func(ctx context.Context, p *program) error {
		item, err := p.item()
		if err != nil || !item.State.Ended() || item.State.Status == coaching.Removed {
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
		return p.event(ctx, "item_reopened", &item.State, "")
	})
}

func (p *program) reopenIssued(ctx context.Context, item *coaching.ProgramItem) error {
	s := &item.State
	s.Status, s.Round, s.Plan, s.Followed = coaching.Open, s.Round+1, s.Plan+1, 0
	s.FollowFrom, s.PlannedAt = p.act.At, p.act.At
	if s.DueAt.Before(p.act.At) {
		s.DueAt = time.Time{}
	}
	if err := p.RecipientsReopen(ctx, p.act.Org, s.ID); err != nil {
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
func (p *program) holdRequest(ctx context.Context, item coaching.ProgramItem) error {
	to, err := p.RecipientsOfItem(ctx, p.act.Org, item.State.ID)
	if err != nil {
		return fmt.Errorf("read recipients: %w", err)
	}
	for _, r := range to {
		n := p.planned(item, r, coaching.LettersOf(item.Spec.Kind).Request, stepRequest, p.act.At)
		if n.State == string(coaching.GateHold) {
			p.plan(n)
		}
	}
	return nil
}

// Pause stops a program: nothing of it is sent until it is resumed.
func (a *Activities) Pause(ctx context.Context, act Act) (Change, error) {
	return a.change(ctx, act, func(ctx context.Context, p *program) error {
		if p.engagement.Status != "active" {
			p.whole()
			return nil
		}
		p.out.PausedAt = act.At
		return p.setStatus(ctx, "paused", "engagement_paused")
	})
}

// Resume goes on with a paused program. Open dates move by the time that it
// was paused, so nothing leaves in a burst.
func (a *Activities) Resume(ctx context.Context, act Act) (Change, error) {
	return a.change(ctx, act, func(ctx context.Context, p *program) error {
		if p.engagement.Status != "paused" {
			p.whole()
			return nil
		}
		states := coaching.States(p.list())
		for i, id := range p.order {
			moved := coaching.ShiftAfterPause(states, i, deref(p.engagement.StartedAt), deref(p.engagement.PausedAt), act.At)
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
		return p.setStatus(ctx, "active", "engagement_resumed")
	})
}

// EndEngagement completes or cancels an engagement; what of it is planned is
// not sent.
func (a *Activities) EndEngagement(ctx context.Context, in Ending) (Change, error) {
	return a.change(ctx, in.Act, func(ctx context.Context, p *program) error {
		if p.over() {
			p.whole()
			return nil
		}
		for _, id := range p.order {
			err := p.NotificationsCancelOfItem(ctx, rows.NotificationsCancelOfItemParams{OrgID: in.Org, ItemID: &id,
				StateReason: "the engagement is " + in.Status, OutcomeAt: &in.At})
			if err != nil {
				return fmt.Errorf("cancel what is planned: %w", err)
			}
			p.dropSend(id)
		}
		return p.setStatus(ctx, in.Status, "engagement_"+in.Status)
	})
}

// dropSend takes back a send by hand that waits to leave.
func (p *program) dropSend(id uuid.UUID) {
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
	Act
	Status string `json:"s"`
}

func (p *program) setStatus(ctx context.Context, status, event string) error {
	set := rows.EngagementSetStatusParams{OrgID: p.act.Org, ID: p.act.Engagement, Status: status}
	switch status {
	case "paused":
		set.PausedAt = &p.act.At
	case "completed", "cancelled":
		set.EndedAt = &p.act.At
	}
	if err := p.EngagementSetStatus(ctx, set); err != nil {
		return fmt.Errorf("set engagement %s: %w", status, err)
	}
	p.out.Status, p.changed = status, true
	return p.event(ctx, event, nil, "")
}

// HoldFollowUp stops or resumes the reminders to one recipient of an item.
func (a *Activities) HoldFollowUp(ctx context.Context, in Hold) (Change, error) {
	return a.changeItem(ctx, in.Act, func(ctx context.Context, p *program) error {
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
		return p.event(ctx, event, &item.State, "")
	})
}

// Hold names a recipient whose reminders are held or go on.
type Hold struct {
	Act
	Recipient uuid.UUID `json:"r"`
	Held      bool      `json:"h"`
}
