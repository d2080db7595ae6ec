package activities

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
)

// program is one engagement's program inside a transaction that holds its
// lock: read, changed in memory by the rules, written back in what differs. It
// holds all items, or the one that the deed is about and the one before it.
type program struct {
	*rows.Queries
	act         Act
	engagement  rows.Engagement
	names       *rows.EngagementContextRow // read once, where they are needed
	order       []uuid.UUID
	items       map[uuid.UUID]coaching.ProgramItem
	rows        map[uuid.UUID]rows.Item
	touched     map[uuid.UUID]bool
	recipients  map[uuid.UUID][]recipient                // read once; those of an item change in no deed that sends it
	responsible []recipient                              // read once, where it is needed
	templates   map[coaching.NotificationKind]wordsOfOrg // read once
	plans       []rows.NotificationPlanParams            // planned in this deed, written with the rest
	formVersion *int32                                   // the newest of the item's form, where the deed asked
	complete    bool                                     // all items were read
	changed     bool                                     // beyond the touched items: order or status
	out         Change
}

// ask is a question about a program that is asked together with the others.
type ask func(ctx context.Context, q *rows.Queries, p *program) error

// change runs one deed on a whole program and returns what it changed.
func (a *Activities) change(ctx context.Context, act Act, do func(context.Context, *program) error) (Change, error) {
	return a.changeIn(ctx, act, openProgram, do)
}

// changeItem runs one deed on one item of a program. What the deed needs to
// know beside the item is asked in the same trip.
func (a *Activities) changeItem(ctx context.Context, act Act, do func(context.Context, *program) error, more ...ask) (Change, error) {
	return a.changeIn(ctx, act, itemBehind(askEngagement, more...), do)
}

// opener locks a program and reads of it what a deed needs.
type opener func(context.Context, *rows.Queries, Act) (*program, error)

func (a *Activities) changeIn(ctx context.Context, act Act, open opener, do func(context.Context, *program) error) (Change, error) {
	var out Change
	err := a.DB.InOrgPipelined(ctx, act.Org, func(q *rows.Queries) error {
		p, err := open(ctx, q, act)
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

// openProgram locks a program and reads all of it.
func openProgram(ctx context.Context, q *rows.Queries, act Act) (*program, error) {
	p := &program{complete: true}
	return p, p.open(ctx, q, act, askNames, func(ctx context.Context, q *rows.Queries, p *program) error {
		list, err := q.ItemList(ctx, act.Org, act.Engagement)
		if err != nil {
			return fmt.Errorf("read items: %w", err)
		}
		return p.take(list...)
	})
}

// itemBehind locks a program and reads the item that the deed is about, with its
// recipients, behind the engagement, alone or with its names.
func itemBehind(engagement ask, more ...ask) opener {
	return func(ctx context.Context, q *rows.Queries, act Act) (*program, error) {
		p := &program{}
		return p, p.open(ctx, q, act, append([]ask{engagement, askItem, askRecipients}, more...)...)
	}
}

func (p *program) open(ctx context.Context, q *rows.Queries, act Act, asks ...ask) error {
	p.Queries, p.act = q, act
	p.items, p.rows, p.touched = map[uuid.UUID]coaching.ProgramItem{}, map[uuid.UUID]rows.Item{}, map[uuid.UUID]bool{}
	p.recipients, p.templates = map[uuid.UUID][]recipient{}, map[coaching.NotificationKind]wordsOfOrg{}
	if err := q.EngagementLock(ctx, act.Org, act.Engagement); err != nil {
		return fmt.Errorf("lock engagement: %w", err)
	}
	questions := make([]func(*rows.Queries) error, len(asks))
	for i, ask := range asks {
		questions[i] = func(q *rows.Queries) error { return ask(ctx, q, p) }
	}
	return db.Together(ctx, q, questions...)
}

func askEngagement(ctx context.Context, q *rows.Queries, p *program) (err error) {
	p.engagement, err = q.EngagementGet(ctx, p.act.Org, p.act.Engagement)
	return foundEngagement(err)
}

// askNames asks for the engagement with all the names that a letter may use.
func askNames(ctx context.Context, q *rows.Queries, p *program) error {
	names, err := q.EngagementContext(ctx, p.act.Org, p.act.Engagement)
	p.names, p.engagement = &names, names.Engagement
	return foundEngagement(err)
}

func foundEngagement(err error) error {
	if db.NoRow(err) {
		return coaching.Problemf(coaching.NotFound, "engagement_not_found", "There is no such engagement.")
	}
	if err != nil {
		return fmt.Errorf("read engagement: %w", err)
	}
	return nil
}

func askItem(ctx context.Context, q *rows.Queries, p *program) error {
	row, err := q.ItemGet(ctx, p.act.Org, p.act.Item)
	if db.NoRow(err) || (err == nil && row.EngagementID != p.act.Engagement) {
		return coaching.Problemf(coaching.NotFound, "item_not_found", "The program has no such item.")
	}
	if err != nil {
		return fmt.Errorf("read item: %w", err)
	}
	return p.take(row)
}

// askPrior asks for the item that the release of the deed's item counts from.
func askPrior(ctx context.Context, q *rows.Queries, p *program) error {
	list, err := q.ItemPrior(ctx, rows.ItemPriorParams{OrgID: p.act.Org, EngagementID: p.act.Engagement, ID: p.act.Item})
	if err != nil {
		return fmt.Errorf("read item before: %w", err)
	}
	return p.take(list...)
}

func askRecipients(ctx context.Context, q *rows.Queries, p *program) (err error) {
	p.recipients[p.act.Item], err = readRecipients(ctx, q, p.act.Org, p.act.Item)
	return err
}

// context is the engagement with the names that a letter may use.
func (p *program) context(ctx context.Context) (rows.EngagementContextRow, error) {
	if p.names == nil {
		if err := askNames(ctx, p.Queries, p); err != nil {
			return rows.EngagementContextRow{}, err
		}
	}
	return *p.names, nil
}

// take takes over the rows of items.
func (p *program) take(list ...rows.Item) error {
	for _, row := range list {
		item, err := ProgramItem(row)
		if err != nil {
			return err
		}
		p.order = append(p.order, row.ID)
		p.items[row.ID], p.rows[row.ID] = item, row
	}
	slices.SortStableFunc(p.order, func(a, b uuid.UUID) int { return cmp.Compare(p.rows[a].Position, p.rows[b].Position) })
	return nil
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

// list is what was read of the program, in order.
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
		if known && !p.complete {
			position = int(row.Position)
		}
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
	if err := p.writePlans(ctx); err != nil {
		return Change{}, err
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
		p.out.Uncounted = true
		return nil
	}
	p.out.Revision++ // nobody else counts: this transaction holds the lock
	touch := rows.EngagementTouchParams{OrgID: p.act.Org, ID: p.act.Engagement, Untold: p.act.Told, Heard: int32(p.act.Heard)}
	if err := p.EngagementTouch(ctx, touch); err != nil {
		return fmt.Errorf("count program revision: %w", err)
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
		if err := p.EngagementToldAll(ctx, act.Org, act.Engagement); err != nil {
			return fmt.Errorf("note that the workflow knows: %w", err)
		}
		return p.EngagementTakeUp(ctx, rows.EngagementTakeUpParams{OrgID: act.Org, ID: act.Engagement, TakenUpAt: &act.At})
	})
}
