package program

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// locked is one program inside a transaction that holds its lock: read whole,
// changed in memory by the rules, written back in what differs.
type locked struct {
	*rows.Queries
	command     CommandContext
	own         coaching.OwnMail
	names       rows.EngagementContextRow
	engagement  rows.Engagement
	order       []uuid.UUID
	items       map[uuid.UUID]coaching.ProgramItem
	stored      map[uuid.UUID]rows.Item // as they were read
	touched     map[uuid.UUID]bool
	recipients  map[uuid.UUID][]recipient // by item, read once
	responsible []recipient               // read once
	templates   map[coaching.NotificationKind]outbox.OrgWords
	linked      map[uuid.UUID]bool              // links that are there, as far as they were asked about
	sending     []uuid.UUID                     // mails that leave when the transaction is committed
	changed     bool                            // beyond the touched items: order or status
	sessions    map[uuid.UUID]*rows.ItemSession // the newest one of each item that has one
	answerWhole bool                            // the workflow asked for the whole program
	out         Change
}

// open is open for what can give an item other recipients.
func (s *Programs) open(ctx context.Context, q *rows.Queries, c CommandContext) (*locked, error) {
	p, err := open(ctx, q, c)
	if err == nil {
		p.own = s.Own
	}
	return p, err
}

// open locks a program and reads it.
func open(ctx context.Context, q *rows.Queries, c CommandContext) (*locked, error) {
	p := &locked{Queries: q, command: c, items: map[uuid.UUID]coaching.ProgramItem{}, stored: map[uuid.UUID]rows.Item{}, touched: map[uuid.UUID]bool{},
		recipients: map[uuid.UUID][]recipient{}, templates: map[coaching.NotificationKind]outbox.OrgWords{}, linked: map[uuid.UUID]bool{}}
	if _, err := q.EngagementLock(ctx, c.Org, c.Engagement); err != nil {
		return nil, foundEngagement(err)
	}
	var err error
	if p.names, err = q.EngagementContext(ctx, c.Org, c.Engagement); err != nil {
		return nil, foundEngagement(err)
	}
	p.engagement = p.names.Engagement
	list, err := q.ItemList(ctx, c.Org, c.Engagement)
	if err != nil {
		return nil, fmt.Errorf("read items: %w", err)
	}
	for _, row := range list {
		item, err := Item(row)
		if err != nil {
			return nil, err
		}
		p.order = append(p.order, row.ID)
		p.items[row.ID], p.stored[row.ID] = item, row
	}
	slices.SortStableFunc(p.order, func(a, b uuid.UUID) int { return cmp.Compare(p.stored[a].Position, p.stored[b].Position) })
	return p, p.readSessions(ctx)
}

func foundEngagement(err error) error {
	if db.NoRow(err) {
		return coaching.Problemf(coaching.NotFound, "engagement_not_found", "There is no such engagement.")
	}
	return fmt.Errorf("read engagement: %w", err)
}

// Item reads a row as the rules see it.
func Item(row rows.Item) (coaching.ProgramItem, error) {
	var spec coaching.ItemSpec
	if err := json.Unmarshal(row.Spec, &spec); err != nil {
		return coaching.ProgramItem{}, fmt.Errorf("read specification of item %s: %w", row.ID, err)
	}
	return coaching.ProgramItem{Spec: spec, State: coaching.ItemState{
		ID: row.ID, Revision: int(row.Revision), Kind: coaching.ItemKind(row.Kind), Status: coaching.ItemStatus(row.Status), Release: spec.Release, Zone: row.Zone,
		ReleaseAt: db.Deref(row.ReleaseAt), SendAt: db.Deref(row.SendAt), IssuedAt: db.Deref(row.IssuedAt), DueAt: db.Deref(row.DueAt), DoneAt: db.Deref(row.DoneAt), HeldAt: db.Deref(row.HeldAt),
		Round: int(row.Round), Plan: int(row.Plan), PlannedAt: db.Deref(row.PlanMadeAt), FollowFrom: db.Deref(row.FollowFrom), Followed: int(row.Followed),
		Next: next(row),
	}}, nil
}

func next(row rows.Item) coaching.NextStep {
	n := coaching.NextStep{Step: coaching.StepKind(row.NextStep), At: db.Deref(row.NextAt).UTC()}
	if n.Step == coaching.NoStep {
		return coaching.NextStep{}
	}
	if n.Step == coaching.ReminderStep || n.Step == coaching.EscalationStep {
		n.Plan = int(row.Plan)
	}
	return n
}

// list is the program in order.
func (p *locked) list() []coaching.ProgramItem {
	items := make([]coaching.ProgramItem, len(p.order))
	for i, id := range p.order {
		items[i] = p.items[id]
	}
	return items
}

// item finds the item that the command is about.
func (p *locked) item() (coaching.ProgramItem, error) {
	item, found := p.items[p.command.Item]
	if !found {
		return item, errNoItem()
	}
	return item, nil
}

func errNoItem() error {
	return coaching.Problemf(coaching.NotFound, "item_not_found", "The program has no such item.")
}

// put takes over a changed item.
func (p *locked) put(item coaching.ProgramItem) {
	p.items[item.State.ID] = item
	p.touched[item.State.ID] = true
}

// over reports whether the engagement has ended, so that nothing leaves.
func (p *locked) over() bool {
	return p.engagement.Status == "completed" || p.engagement.Status == "cancelled"
}

// event writes one line of the timeline. Writing it again is harmless: the key
// holds the item, its round and the command.
func (p *locked) event(ctx context.Context, kind string, item *coaching.ItemState) error {
	c := p.command
	e := rows.EventInsertParams{OrgID: c.Org, ID: db.NewID(), EngagementID: &c.Engagement, At: c.At,
		Kind: kind, ActorKind: "process", Key: kind + "/" + c.Engagement.String() + "/" + c.Key}
	if c.Actor != nil {
		e.ActorKind, e.ActorID = "person", c.Actor
	}
	if item != nil {
		e.ItemID = &item.ID
		e.Key = fmt.Sprintf("%s/%s/%d/%d/%s", kind, item.ID, item.Round, item.Plan, c.Key)
	}
	if err := p.EventInsert(ctx, e); err != nil {
		return fmt.Errorf("write event %s: %w", kind, err)
	}
	return nil
}
