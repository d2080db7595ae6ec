package app

import (
	"context"

	"coachflow/db/rows"
)

// PeopleFilter chooses people. Its orders are urgent (those whose address is blocked,
// then the newest), newest and name.
type PeopleFilter struct {
	ListQuery
	Role    string
	State   string
	Blocked bool // only those to whose primary address nothing is sent
}

// PersonRow is a person as lists show them.
type PersonRow struct {
	Person
	Engagements Count `json:"engagements" doc:"In how many the person is coachee or coach; for a coach, of their own."`
	Blocked     bool  `json:"blocked" doc:"Nothing is sent to the primary address: it bounced, or somebody complained."`
}

// FindPeople lists the people of the principal's circle. The counts are by role, state
// and blocked.
func (a *App) FindPeople(ctx context.Context, p Principal, in PeopleFilter) (Listing[PersonRow], error) {
	if !p.Admin() && !p.Coach() {
		return Listing[PersonRow]{}, adminOnly(p)
	}
	var out Listing[PersonRow]
	err := a.list(ctx, p, func(q *rows.Queries) error {
		s, err := searchFor(ctx, q, in.Search)
		if err != nil {
			return err
		}
		among, err := peopleFound(ctx, q, p, s)
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

// foundPeople are those of the principal's circle whom a search has found.
type foundPeople struct {
	match
	circle circle
	who    Principal
}

func peopleFound(ctx context.Context, q *rows.Queries, p Principal, s search) (out foundPeople, err error) {
	out = foundPeople{match: match{pattern: s.pattern}, who: p}
	if out.circle, err = circleOf(ctx, q, p); err != nil || !out.circle.everybody {
		return out, err
	}
	ids, more, err := s.people(ctx, q, p.Org, mostFound)
	out.match = s.match(ids, more)
	return out, err
}

// list reads one page of them.
func (f foundPeople) list(ctx context.Context, q *rows.Queries, in PeopleFilter) (Listing[PersonRow], error) {
	at, err := in.place(UrgentFirst, NewestFirst, ByName)
	if err != nil {
		return Listing[PersonRow]{}, err
	}
	at = at.among(in.Blocked)
	list, err := f.read(ctx, q, rows.PeopleFindParams{OrgID: f.who.Org, Role: optional(in.Role), State: optional(in.State), Blocked: optional(in.Blocked), MostCounted: mostCounted + 1,
		Ids: f.ids, Pattern: f.pattern, Part: at.part, Sort: at.sort, KeyFlag: at.Flag, KeyText: at.Text, KeyID: at.ID, Most: at.most})
	return listing(at, list, func(r rows.PeopleFindRow) cursor { return cursor{Flag: r.Blocked, Text: r.Search, ID: r.ID} }, f.show), wrap(err, "list people")
}

func (f foundPeople) read(ctx context.Context, q *rows.Queries, in rows.PeopleFindParams) ([]rows.PeopleFindRow, error) {
	if f.circle.everybody {
		return q.PeopleFind(ctx, in)
	}
	list, err := q.PeopleFindOfCoach(ctx, rows.PeopleFindOfCoachParams{OrgID: in.OrgID, CoachID: &f.who.Person, Own: f.circle.own, Role: in.Role, State: in.State, Blocked: in.Blocked,
		Pattern: in.Pattern, MostCounted: in.MostCounted, Part: in.Part, Sort: in.Sort, KeyFlag: in.KeyFlag, KeyText: in.KeyText, KeyID: in.KeyID, Most: in.Most})
	out := make([]rows.PeopleFindRow, len(list))
	for i, r := range list {
		out[i] = rows.PeopleFindRow(r)
	}
	return out, err
}

func (f foundPeople) show(r rows.PeopleFindRow) PersonRow {
	row := listedPerson(rows.PersonListRow{ID: r.ID, Name: r.Name, Roles: r.Roles, State: r.State, TimeZone: r.TimeZone, Version: r.Version, CreatedAt: r.CreatedAt, PrimaryAddress: r.PrimaryAddress})
	shown, _ := f.circle.show(row) // the statement gives nobody else
	return PersonRow{Person: shown, Engagements: count(r.Engagements), Blocked: r.Blocked}
}

// count counts them by each filter.
func (f foundPeople) count(ctx context.Context, q *rows.Queries) (Counts, error) {
	if !f.circle.everybody {
		n, err := q.PeopleCountOfCoach(ctx, rows.PeopleCountOfCoachParams{OrgID: f.who.Org, Own: f.circle.own, Pattern: f.pattern})
		return peopleCounts(rows.PeopleCountRow(n)), wrap(err, "count people of coach")
	}
	switch {
	case f.pattern != nil:
		return nil, nil // too many to count
	case f.ids != nil:
		n, err := q.PeopleCountAmong(ctx, f.who.Org, f.ids)
		return peopleCounts(rows.PeopleCountRow(n)), wrap(err, "count people")
	}
	n, err := q.PeopleCount(ctx, f.who.Org, mostCounted+1)
	return peopleCounts(n), wrap(err, "count people")
}

func peopleCounts(n rows.PeopleCountRow) Counts {
	return Counts{
		"role":    {"": count(n.Everybody), "admin": count(n.Admins), "coach": count(n.Coaches), "coachee": count(n.Coachees)},
		"state":   {"internal": count(n.Internal), "invited": count(n.Invited), "active": count(n.Active)},
		"blocked": {"true": count(n.Blocked)},
	}
}
