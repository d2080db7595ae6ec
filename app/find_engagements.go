package app

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
)

// EngagementFilter chooses engagements. Its orders are urgent (what is overdue for
// longest, then what comes next, then the newest), newest and name, which is that of the
// coachee.
type EngagementFilter struct {
	ListQuery
	Status  string
	Coach   uuid.UUID
	Coachee uuid.UUID
	Overdue bool // only those with an open item whose due date is past
	Held    bool // only those of which mails are held
}

// EngagementRow is an engagement as lists show it. A coachee gets of the items those
// that are theirs.
type EngagementRow struct {
	Engagement
	Progress     []string    `json:"progress" doc:"Where each item stands, in order: done, current, waiting or skipped."`
	Done         int         `json:"done"`
	Current      int         `json:"current"`
	Skipped      int         `json:"skipped"`
	Total        int         `json:"total"`
	Meets        bool        `json:"-"` // one of the current items is a session
	Next         *ComingNext `json:"next,omitempty" doc:"What comes next; absent where something must happen first."`
	OverdueSince *time.Time  `json:"overdue_since,omitempty" doc:"When the first of the open items was due; absent where none is overdue."`
	Held         int         `json:"held" doc:"How many mails are held until their recipients have an account."`
}

// ComingNext is the next step of a program: which, of which item, when.
type ComingNext struct {
	ItemID uuid.UUID         `json:"item_id"`
	Title  string            `json:"title"`
	Kind   coaching.ItemKind `json:"kind" doc:"form, task, file or session: that of the item"`
	Step   coaching.StepKind `json:"step" enum:"issue,reminder,escalation,resend,held"`
	At     time.Time         `json:"at"`
}

// FindEngagements lists what the principal may see. The counts are by status, overdue
// and held.
func (a *App) FindEngagements(ctx context.Context, p Principal, in EngagementFilter) (Listing[EngagementRow], error) {
	var out Listing[EngagementRow]
	err := a.list(ctx, p, func(q *rows.Queries) error {
		s, err := searchFor(ctx, q, in.Search)
		if err != nil {
			return err
		}
		among, err := engagementsFound(ctx, q, p, s)
		if err != nil {
			return err
		}
		if out, err = among.list(ctx, q, in); err == nil {
			out.Counts, err = among.count(ctx, q)
		}
		return err
	})
	return out, err
}

// foundEngagements are those that the principal may see which a search has found.
type foundEngagements struct {
	match
	who Principal
	at  time.Time
}

func engagementsFound(ctx context.Context, q *rows.Queries, p Principal, s search) (out foundEngagements, err error) {
	out = foundEngagements{match: match{pattern: s.pattern}, who: p, at: now()}
	if !p.Admin() {
		return out, nil
	}
	ids, more, err := s.engagements(ctx, q, p.Org, mostFound)
	out.match = s.match(ids, more)
	return out, err
}

// list reads one page of them.
func (f foundEngagements) list(ctx context.Context, q *rows.Queries, in EngagementFilter) (out Listing[EngagementRow], err error) {
	at, err := in.place(UrgentFirst, NewestFirst, ByName)
	if err != nil {
		return out, err
	}
	find := rows.EngagementsFindParams{OrgID: f.who.Org, Status: optional(in.Status), Coach: optional(in.Coach), Coachee: optional(in.Coachee), Held: in.Held,
		Ids: f.ids, Pattern: f.pattern, Part: at.part, Sort: at.sort, KeyNumber: at.Number, KeyText: at.Text, KeyID: at.ID, Most: at.most}
	if in.Overdue {
		find.OverdueAt, find.OverdueUrgency = &f.at, coaching.UrgencyAt(f.at)
	}
	list, err := f.read(ctx, q, find)
	if err != nil {
		return out, wrap(err, "list engagements")
	}
	out = listing(at, list, func(r rows.EngagementsFindRow) cursor { return cursor{Number: r.Urgency, Text: r.Search, ID: r.ID} }, engagementRow)
	return out, f.fill(ctx, q, out.Items)
}

func (f foundEngagements) read(ctx context.Context, q *rows.Queries, in rows.EngagementsFindParams) ([]rows.EngagementsFindRow, error) {
	if f.who.Admin() {
		return q.EngagementsFind(ctx, in)
	}
	list, err := q.EngagementsFindOfPerson(ctx, rows.EngagementsFindOfPersonParams{OrgID: in.OrgID, Person: &f.who.Person, Status: in.Status, Coach: in.Coach, Coachee: in.Coachee,
		OverdueAt: in.OverdueAt, Held: in.Held, Pattern: in.Pattern, Part: in.Part, Sort: in.Sort, KeyNumber: in.KeyNumber, KeyText: in.KeyText, KeyID: in.KeyID, Most: in.Most})
	out := make([]rows.EngagementsFindRow, len(list))
	for i, r := range list {
		out[i] = rows.EngagementsFindRow(r)
	}
	return out, err
}

func engagementRow(r rows.EngagementsFindRow) EngagementRow {
	e := rows.Engagement{ID: r.ID, Name: r.Name, CoacheeID: r.CoacheeID, CoachID: r.CoachID, Status: r.Status, ProgramRevision: r.ProgramRevision,
		StartedAt: r.StartedAt, PausedAt: r.PausedAt, EndedAt: r.EndedAt, CreatedAt: r.CreatedAt}
	return EngagementRow{Engagement: engagement(e, r.CoacheeName, r.CoachName), Progress: []string{}}
}

// fill puts into the rows of a page how far their programs are.
func (f foundEngagements) fill(ctx context.Context, q *rows.Queries, page []EngagementRow) error {
	all, runs, reads := []uuid.UUID{}, []uuid.UUID{}, []uuid.UUID{}
	for _, e := range page {
		all = append(all, e.ID)
		if f.who.Admin() || (e.CoachID != nil && *e.CoachID == f.who.Person) {
			runs = append(runs, e.ID)
		} else {
			reads = append(reads, e.ID)
		}
	}
	items, err := q.ItemsOfList(ctx, rows.ItemsOfListParams{OrgID: f.who.Org, Engagements: all, ReadOnly: reads, Person: &f.who.Person})
	if err != nil {
		return wrap(err, "list items of engagements")
	}
	held, err := q.HeldOfList(ctx, f.who.Org, runs)
	if err != nil {
		return wrap(err, "count held mails of engagements")
	}
	for i := range page {
		page[i].put(items, held, f.at)
	}
	return nil
}

// put notes how far a program is, of the items and counts of a whole page.
func (e *EngagementRow) put(items []rows.ItemsOfListRow, held []rows.HeldOfListRow, at time.Time) {
	for _, h := range held {
		if h.EngagementID == e.ID {
			e.Held = int(h.Count)
		}
	}
	from, _ := slices.BinarySearchFunc(items, e.ID, func(i rows.ItemsOfListRow, id uuid.UUID) int { return slices.Compare(i.EngagementID[:], id[:]) })
	for _, i := range items[from:] {
		if i.EngagementID != e.ID {
			return
		}
		e.count(i)
		if i.Status == string(coaching.Open) && e.Status == string(coaching.EngagementActive) && i.DueAt != nil && i.DueAt.Before(at) && (e.OverdueSince == nil || i.DueAt.Before(*e.OverdueSince)) {
			e.OverdueSince = i.DueAt
		}
		if i.NextAt != nil && (e.Next == nil || i.NextAt.Before(e.Next.At)) {
			e.Next = &ComingNext{ItemID: i.ID, Title: i.Title, Kind: coaching.ItemKind(i.Kind), Step: coaching.StepKind(i.NextStep), At: *i.NextAt}
		}
	}
}

func (e *EngagementRow) count(i rows.ItemsOfListRow) {
	e.Total++
	segment := "waiting"
	switch coaching.ItemStatus(i.Status) {
	case coaching.Completed:
		segment = "done"
		e.Done++
	case coaching.Skipped:
		segment = "skipped"
		e.Skipped++
	case coaching.Open, coaching.Sending:
		segment = "current"
		e.Current++
		e.Meets = e.Meets || coaching.ItemKind(i.Kind).Rules().Meets
	}
	e.Progress = append(e.Progress, segment)
}

// count counts them by each filter.
func (f foundEngagements) count(ctx context.Context, q *rows.Queries) (Counts, error) {
	var list []rows.EngagementsCountRow
	var err error
	switch {
	case !f.who.Admin():
		var own []rows.EngagementsCountOfPersonRow
		own, err = q.EngagementsCountOfPerson(ctx, rows.EngagementsCountOfPersonParams{OrgID: f.who.Org, Person: f.who.Person, Pattern: f.pattern, Moment: f.at})
		for _, r := range own {
			list = append(list, rows.EngagementsCountRow(r))
		}
	case f.pattern != nil:
		return nil, nil // too many to count
	case f.ids != nil:
		var among []rows.EngagementsCountAmongRow
		among, err = q.EngagementsCountAmong(ctx, rows.EngagementsCountAmongParams{OrgID: f.who.Org, Ids: f.ids, Moment: f.at})
		for _, r := range among {
			list = append(list, rows.EngagementsCountRow(r))
		}
	default:
		list, err = q.EngagementsCount(ctx, rows.EngagementsCountParams{OrgID: f.who.Org, Moment: f.at, Most: mostCounted + 1})
	}
	counts := Counts{"status": {}, "overdue": {}, "held": {}}
	for _, status := range coaching.EngagementStatuses {
		counts["status"][string(status)] = Count{}
	}
	for _, r := range list {
		switch r.Value {
		case "overdue", "held":
			counts[r.Value]["true"] = count(r.Count)
		default:
			counts["status"][r.Value] = count(r.Count)
		}
	}
	return counts, wrap(err, "count engagements")
}
