package program

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

// Answered names a submitted answer.
type Answered struct {
	CommandContext
	Recipient uuid.UUID `json:"r"`
	Round     int       `json:"n"`
}

// TakeAnswer acknowledges a submitted answer: the recipient is asked no more, and the
// item completes when nobody is left who must answer. An answer that was acknowledged
// before changes nothing.
func (s *Programs) TakeAnswer(ctx context.Context, in Answered) (Change, error) {
	return s.change(ctx, in.CommandContext, func(ctx context.Context, p *locked) error { return p.takeAnswer(ctx, in) })
}

func (p *locked) takeAnswer(ctx context.Context, in Answered) error {
	item, found := p.items[in.Item]
	if !found {
		return errNoItem()
	}
	submitted, err := p.AnswerTakeUp(ctx, rows.AnswerTakeUpParams{OrgID: in.Org, RecipientID: in.Recipient, Round: int32(in.Round), TakenUpAt: &in.At})
	if db.NoRow(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("acknowledge answer: %w", err)
	}
	if submitted == nil || in.Round != item.State.Round {
		return nil // the item was reopened: the newer round counts
	}
	return p.recipientAnswered(ctx, in, item, *submitted)
}

// takeAnswers acknowledges what was submitted and not acknowledged yet, before the
// program ends: what was answered must not be closed as if it were not.
func (p *locked) takeAnswers(ctx context.Context) error {
	list, err := p.AnswersUnread(ctx, p.command.Org, p.command.Engagement)
	if err != nil {
		return fmt.Errorf("read answers that were not acknowledged: %w", err)
	}
	actor := p.command.Actor
	p.command.Actor = nil // who ends the program has answered nothing
	defer func() { p.command.Actor = actor }()
	for _, a := range list {
		in := Answered{CommandContext: p.command, Recipient: a.RecipientID, Round: int(a.Round)}
		in.Item = a.ItemID
		if err := p.takeAnswer(ctx, in); err != nil {
			return err
		}
	}
	return nil
}

// recipientAnswered takes back what is planned to somebody who answered, and completes
// the item if nobody is left who must.
func (p *locked) recipientAnswered(ctx context.Context, in Answered, item coaching.ProgramItem, at time.Time) error {
	list, err := p.recipientsOf(ctx, in.Item)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(r recipient) bool { return r.ID == in.Recipient })
	if i < 0 {
		return coaching.Problemf(coaching.NotFound, "recipient_not_found", "The item has no such recipient.")
	}
	list[i].AnsweredAt = &at
	missing := func(r recipient) bool { return r.Required && r.AnsweredAt == nil }
	complete := item.State.Status == coaching.Open && !slices.ContainsFunc(list, missing)
	err = p.NotificationsCancelAnswered(ctx, rows.NotificationsCancelAnsweredParams{
		OrgID: in.Org, ItemID: &in.Item, RecipientID: &in.Recipient, Complete: complete, OutcomeAt: &in.At})
	if err != nil {
		return fmt.Errorf("cancel reminders: %w", err)
	}
	if err := p.answerEvent(ctx, in, item, list[i], at); err != nil || !complete {
		return err
	}
	item.State.Status, item.State.DoneAt, item.State.SendAt = coaching.Completed, p.command.At, time.Time{}
	p.put(item)
	return p.event(ctx, "item_completed", &item.State)
}

func (p *locked) answerEvent(ctx context.Context, in Answered, item coaching.ProgramItem, who recipient, at time.Time) error {
	event := rows.EventInsertParams{OrgID: in.Org, ID: db.NewID(), EngagementID: &in.Engagement, At: at, Kind: item.Spec.Kind.Rules().CompletedEvent,
		ActorKind: "person", ActorID: who.PersonID, ItemID: &in.Item, Key: fmt.Sprintf("form_answered/%s/%d", in.Recipient, in.Round)}
	if who.PersonID == nil {
		event.ActorKind, event.ActorEmail = "email", &who.Address
	}
	if err := p.EventInsert(ctx, event); err != nil {
		return fmt.Errorf("write event of answer: %w", err)
	}
	return nil
}
