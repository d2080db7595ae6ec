package activities

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
)

// program is one engagement's program inside a transaction that holds its
// lock: read whole, changed in memory by the rules, written back in what
// differs.
type program struct {
	*rows.Queries
	act        Act
	engagement rows.Engagement
	order      []uuid.UUID
	items      map[uuid.UUID]coaching.ProgramItem
	rows       map[uuid.UUID]rows.Item
	touched    map[uuid.UUID]bool
	recipients map[uuid.UUID][]recipient // read once; those of an item change in no deed that sends it
	changed    bool                      // beyond the touched items: order or status
	out        Change
}

// change runs one deed on a program and returns what it changed.
func (a *Activities) change(ctx context.Context, act Act, do func(context.Context, *program) error) (Change, error) {
	var out Change
	err := a.DB.InOrgPipelined(ctx, act.Org, func(q *rows.Queries) error {
		p, err := openProgram(ctx, q, act)
		if err != nil {
			return err
		}
		if err := do(ctx, p); err != nil {
			return err
		}
		out, err = p.save(ctx)
		return err
	})
	return out, refuse(err)
}

func openProgram(ctx context.Context, q *rows.Queries, act Act) (*program, error) {
	engagement, err := q.EngagementLock(ctx, act.Org, act.Engagement)
	if db.NoRow(err) {
		return nil, coaching.Problemf(coaching.NotFound, "engagement_not_found", "There is no such engagement.")
	}
	if err != nil {
		return nil, fmt.Errorf("lock engagement: %w", err)
	}
	list, err := q.ItemList(ctx, act.Org, act.Engagement)
	if err != nil {
		return nil, fmt.Errorf("read items: %w", err)
	}
	p := &program{Queries: q, act: act, engagement: engagement, touched: map[uuid.UUID]bool{},
		items: make(map[uuid.UUID]coaching.ProgramItem, len(list)), rows: make(map[uuid.UUID]rows.Item, len(list))}
	for _, row := range list {
		item, err := ProgramItem(row)
		if err != nil {
			return nil, err
		}
		p.order = append(p.order, row.ID)
		p.items[row.ID], p.rows[row.ID] = item, row
	}
	return p, nil
}

// ProgramItem reads a row as the rules see it.
func ProgramItem(row rows.Item) (coaching.ProgramItem, error) {
	var spec coaching.ItemSpec
	if err := json.Unmarshal(row.Spec, &spec); err != nil {
		return coaching.ProgramItem{}, fmt.Errorf("read specification of item %s: %w", row.ID, err)
	}
	return coaching.ProgramItem{Spec: spec, State: coaching.ItemState{
		ID: row.ID, Revision: int(row.Revision), Kind: coaching.ItemKind(row.Kind), Status: coaching.ItemStatus(row.Status), Release: spec.Release, Zone: row.Zone,
		ReleaseAt: deref(row.ReleaseAt), SendAt: deref(row.SendAt), IssuedAt: deref(row.IssuedAt), DueAt: deref(row.DueAt), DoneAt: deref(row.DoneAt),
		Round: int(row.Round), Plan: int(row.Plan), PlannedAt: deref(row.PlanMadeAt), FollowFrom: deref(row.FollowFrom), Followed: int(row.Followed),
	}}, nil
}

// list is the program in order.
func (p *program) list() []coaching.ProgramItem {
	items := make([]coaching.ProgramItem, len(p.order))
	for i, id := range p.order {
		items[i] = p.items[id]
	}
	return items
}

// item finds the item that the deed is about.
func (p *program) item() (coaching.ProgramItem, error) {
	item, found := p.items[p.act.Item]
	if !found {
		return item, coaching.Problemf(coaching.NotFound, "item_not_found", "The program has no such item.")
	}
	return item, nil
}

// put takes over a changed item.
func (p *program) put(item coaching.ProgramItem) {
	p.items[item.State.ID] = item
	p.touched[item.State.ID] = true
}

// save writes what was touched and answers with it, in program order.
func (p *program) save(ctx context.Context) (Change, error) {
	for position, id := range p.order {
		row, known := p.rows[id]
		if !p.touched[id] && known && int(row.Position) == position {
			continue
		}
		item := p.items[id]
		item.State.Revision++
		if err := p.saveItem(ctx, position, item); err != nil {
			return Change{}, err
		}
		if p.touched[id] {
			p.out.Items = append(p.out.Items, item.State)
		}
	}
	// A repeat that finds its work done answers with the state all the same: the
	// first answer may never have arrived.
	if item, known := p.items[p.act.Item]; known && !p.touched[p.act.Item] {
		p.out.Items = append(p.out.Items, item.State)
	}
	return p.out, p.count(ctx)
}

// whole puts everything that a workflow knows of its program into the answer.
func (p *program) whole() {
	p.out.Order, p.out.Status = append([]uuid.UUID{}, p.order...), p.engagement.Status
	p.out.Started, p.out.PausedAt = deref(p.engagement.StartedAt), deref(p.engagement.PausedAt)
	for _, id := range p.order {
		p.out.Items = append(p.out.Items, p.items[id].State)
	}
}

// count gives the program a new revision if anything changed.
func (p *program) count(ctx context.Context) error {
	p.out.Revision = int(p.engagement.ProgramRevision)
	if len(p.touched) == 0 && !p.changed {
		return nil
	}
	p.out.Revision++ // nobody else counts: this transaction holds the lock
	if err := p.EngagementTouch(ctx, p.act.Org, p.act.Engagement); err != nil {
		return fmt.Errorf("count program revision: %w", err)
	}
	if !p.act.Told {
		return nil
	}
	if err := p.EngagementUntold(ctx, p.act.Org, p.act.Engagement); err != nil {
		return fmt.Errorf("note that the workflow is to hear of it: %w", err)
	}
	return nil
}

func (p *program) saveItem(ctx context.Context, position int, item coaching.ProgramItem) error {
	spec, err := json.Marshal(item.Spec)
	if err != nil {
		return fmt.Errorf("write specification: %w", err)
	}
	s, old := item.State, p.rows[item.State.ID]
	err = p.ItemUpsert(ctx, rows.ItemUpsertParams{
		OrgID: p.act.Org, ID: s.ID, EngagementID: p.act.Engagement, Position: int32(position),
		Kind: string(item.Spec.Kind), Title: item.Spec.Title, Spec: spec, FormID: item.Spec.FormID, FormVersion: old.FormVersion,
		Status: string(s.Status), Revision: int32(s.Revision), Round: int32(s.Round), Plan: int32(s.Plan), PlanMadeAt: optional(s.PlannedAt), FollowFrom: optional(s.FollowFrom),
		Followed: int32(s.Followed), ReleaseAt: optional(s.ReleaseAt), SendAt: optional(s.SendAt), IssuedAt: optional(s.IssuedAt),
		DueAt: optional(s.DueAt), DoneAt: optional(s.DoneAt), Zone: s.Zone,
	})
	if err != nil {
		return fmt.Errorf("save item: %w", err)
	}
	return nil
}

// event writes one line of the timeline. Writing it again is harmless: the
// key holds the item, its round and the deed.
func (p *program) event(ctx context.Context, kind string, item *coaching.ItemState, note string) error {
	e := rows.EventInsertParams{OrgID: p.act.Org, ID: db.NewID(), EngagementID: &p.act.Engagement, At: p.act.At,
		Kind: kind, ActorKind: "process", Reason: note, Key: kind + "/" + p.act.Engagement.String() + "/" + p.act.Key}
	if p.act.Actor != nil {
		e.ActorKind, e.ActorID = "person", p.act.Actor
	}
	if item != nil {
		e.ItemID = &item.ID
		e.Key = fmt.Sprintf("%s/%s/%d/%d/%s", kind, item.ID, item.Round, item.Plan, p.act.Key)
	}
	if err := p.EventInsert(ctx, e); err != nil {
		return fmt.Errorf("write event %s: %w", kind, err)
	}
	return nil
}

// LoadProgram reads a program whole, for a workflow that begins or that is told
// to look again, and notes that the workflow knows it.
func (a *Activities) LoadProgram(ctx context.Context, act Act) (Change, error) {
	return a.change(ctx, act, func(ctx context.Context, p *program) error {
		p.whole()
		told := rows.EngagementToldParams{OrgID: act.Org, ID: act.Engagement, Revision: p.engagement.ProgramRevision}
		if err := p.EngagementTold(ctx, told); err != nil {
			return fmt.Errorf("note that the workflow knows: %w", err)
		}
		return p.EngagementTakeUp(ctx, rows.EngagementTakeUpParams{OrgID: act.Org, ID: act.Engagement, TakenUpAt: &act.At})
	})
}
