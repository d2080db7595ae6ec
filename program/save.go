package program

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
)

// save writes what was touched, works out what comes next for every item, and
// answers with what changed, in program order.
func (p *locked) save(ctx context.Context) (Change, error) {
	if err := p.saveTouched(ctx); err != nil {
		return Change{}, err
	}
	if err := p.saveNext(ctx); err != nil {
		return Change{}, err
	}
	p.out.Revision = int(p.engagement.ProgramRevision)
	nothing := len(p.touched) == 0 && !p.changed
	if nothing || p.answerWhole {
		p.whole()
	} else {
		p.differences()
	}
	if nothing {
		return p.out, nil
	}
	p.out.Revision++ // nobody else counts: this transaction holds the lock
	due, urgency := p.urgency()
	count := rows.EngagementCountParams{OrgID: p.command.Org, ID: p.command.Engagement, DueAt: db.OptionalTime(due), Urgency: urgency}
	if err := p.EngagementCount(ctx, count); err != nil {
		return Change{}, fmt.Errorf("count program revision: %w", err)
	}
	return p.out, nil
}

// urgency is what lists are ordered by: when the first open item is due, and how urgent
// that is. Nothing of a program that does not run is.
func (p *locked) urgency() (due time.Time, urgency int64) {
	if p.engagement.Status != string(coaching.EngagementActive) {
		return time.Time{}, 0
	}
	states := coaching.States(p.list())
	due = coaching.FirstDue(states)
	return due, coaching.Urgency(states)
}

// differences puts the touched items into the answer.
func (p *locked) differences() {
	for _, id := range p.order {
		if p.touched[id] {
			p.out.Items = append(p.out.Items, p.items[id].State)
		}
	}
}

func (p *locked) saveTouched(ctx context.Context) error {
	for position, id := range p.order {
		row, known := p.stored[id]
		if !p.touched[id] && known && int(row.Position) == position {
			continue
		}
		item := p.items[id]
		item.State.Revision++
		p.items[id] = item
		if err := p.saveItem(ctx, position, item); err != nil {
			return err
		}
	}
	return nil
}

func (p *locked) saveItem(ctx context.Context, position int, item coaching.ProgramItem) error {
	spec, err := json.Marshal(item.Spec)
	if err != nil {
		return fmt.Errorf("write specification: %w", err)
	}
	s, old := item.State, p.stored[item.State.ID]
	err = p.ItemUpsert(ctx, rows.ItemUpsertParams{
		OrgID: p.command.Org, ID: s.ID, EngagementID: p.command.Engagement, Position: int32(position),
		Kind: string(item.Spec.Kind), Title: item.Spec.Title, Spec: spec, FormID: item.Spec.FormID, FormVersion: old.FormVersion,
		Status: string(s.Status), Revision: int32(s.Revision), Round: int32(s.Round), Plan: int32(s.Plan), PlanMadeAt: db.OptionalTime(s.PlannedAt), FollowFrom: db.OptionalTime(s.FollowFrom),
		Followed: int32(s.Followed), ReleaseAt: db.OptionalTime(s.ReleaseAt), SendAt: db.OptionalTime(s.SendAt), IssuedAt: db.OptionalTime(s.IssuedAt),
		DueAt: db.OptionalTime(s.DueAt), DoneAt: db.OptionalTime(s.DoneAt), HeldAt: db.OptionalTime(s.HeldAt), Zone: s.Zone, NextStep: string(s.Next.Step), NextAt: db.OptionalTime(s.Next.At),
	})
	if err != nil {
		return fmt.Errorf("save item: %w", err)
	}
	return p.saveFiles(ctx, item)
}

// saveNext stores what comes next for every item for which that is not what it was.
// Such an item counts as touched: the workflow must know.
func (p *locked) saveNext(ctx context.Context) error {
	pending, err := Pending(ctx, p.Queries, p.command.Org, []uuid.UUID{p.command.Engagement}, p.sending)
	if err != nil {
		return err
	}
	states := coaching.States(p.list())
	for i, id := range p.order {
		next := coaching.NextStep{}
		if p.engagement.Status == "active" {
			next = coaching.NextStepOf(states, i, db.Deref(p.engagement.StartedAt), pending[id])
		}
		item := p.items[id]
		if next == item.State.Next {
			continue
		}
		if item.State.Next = next; !p.touched[id] {
			item.State.Revision++
		}
		p.put(item)
		err := p.ItemNext(ctx, rows.ItemNextParams{OrgID: p.command.Org, ID: id, NextStep: string(next.Step), NextAt: db.OptionalTime(next.At), Revision: int32(item.State.Revision)})
		if err != nil {
			return fmt.Errorf("store what comes next: %w", err)
		}
	}
	return nil
}

// Pending reads the moments of the mails about the open items of programs that have not
// left, but for those of sending, by item.
func Pending(ctx context.Context, q *rows.Queries, org uuid.UUID, engagements, sending []uuid.UUID) (map[uuid.UUID]coaching.PendingMails, error) {
	if sending == nil {
		sending = []uuid.UUID{}
	}
	list, err := q.NotificationsPending(ctx, rows.NotificationsPendingParams{OrgID: org, Engagements: engagements, SendingNow: sending})
	if err != nil {
		return nil, fmt.Errorf("read what is planned: %w", err)
	}
	pending := map[uuid.UUID]coaching.PendingMails{}
	for _, row := range list {
		mails := pending[row.ItemID]
		*momentOf(&mails, coaching.StepKind(row.Step)) = row.At
		pending[row.ItemID] = mails
	}
	return pending, nil
}

func momentOf(mails *coaching.PendingMails, step coaching.StepKind) *time.Time {
	switch step {
	case coaching.IssueStep:
		return &mails.Request
	case coaching.EscalationStep:
		return &mails.Escalation
	}
	return &mails.Reminder
}

// whole puts everything that a workflow knows of its program into the answer.
func (p *locked) whole() {
	p.out.Order, p.out.Status = append([]uuid.UUID{}, p.order...), p.engagement.Status
	p.out.Started, p.out.PausedAt = db.Deref(p.engagement.StartedAt), db.Deref(p.engagement.PausedAt)
	p.out.Items = nil
	for _, id := range p.order {
		p.out.Items = append(p.out.Items, p.items[id].State)
	}
}

// acknowledge notes that the workflow has read the program, and answers with all of it.
func (p *locked) acknowledge(ctx context.Context) error {
	p.answerWhole = true
	c := p.command
	if err := p.EngagementTakeUp(ctx, rows.EngagementTakeUpParams{OrgID: c.Org, ID: c.Engagement, TakenUpAt: &c.At}); err != nil {
		return fmt.Errorf("note that the workflow has read the program: %w", err)
	}
	return nil
}

// saveUnread saves what was changed beside the workflow, and notes that the workflow is
// to read the program again: the recovery sweep tells it for as long as it has not.
func (p *locked) saveUnread(ctx context.Context) error {
	if _, err := p.save(ctx); err != nil {
		return err
	}
	if p.engagement.StartedAt == nil {
		return nil
	}
	return p.unread(ctx)
}

func (p *locked) unread(ctx context.Context) error {
	if err := p.EngagementUnread(ctx, p.command.Org, p.command.Engagement); err != nil {
		return fmt.Errorf("note that the program is to be read again: %w", err)
	}
	return nil
}
