package app

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"coachflow/db"
	"coachflow/db/rows"
)

// circle is whom a principal may read of the people of the organization: an admin
// everybody, a coach those whom they work with and, by name alone, the other
// coaches. Everybody may read themselves.
type circle struct {
	everybody bool
	coach     bool
	own       []uuid.UUID
}

func circleOf(ctx context.Context, q *rows.Queries, p Principal) (circle, error) {
	c := circle{everybody: p.Admin(), coach: p.Coach(), own: []uuid.UUID{p.Person}}
	if c.everybody || !c.coach {
		return c, nil
	}
	own, err := q.PeopleOfCoach(ctx, p.Org, &p.Person)
	c.own = append(c.own, own...)
	return c, wrap(err, "list people of coach")
}

// knows reports whether all of a person may be read.
func (c circle) knows(person uuid.UUID) bool { return c.everybody || slices.Contains(c.own, person) }

// show leaves of a person what may be read, which can be nothing.
func (c circle) show(p Person) (Person, bool) {
	if c.knows(p.ID) {
		return p, true
	}
	if !c.coach || !slices.Contains(p.Roles, "coach") {
		return Person{}, false
	}
	return Person{ID: p.ID, Name: p.Name, Roles: []string{"coach"}, Emails: []string{}, Version: p.Version, CreatedAt: p.CreatedAt}, true
}

// list reads one page of the people of a role that may be read.
func (c circle) list(ctx context.Context, q *rows.Queries, in rows.PersonListParams) ([]Person, error) {
	out := []Person{}
	if c.everybody {
		list, err := q.PersonList(ctx, in)
		for _, r := range list {
			out = append(out, listedPerson(r))
		}
		return out, wrap(err, "list people")
	}
	list, err := q.PersonListOfCoach(ctx, rows.PersonListOfCoachParams{OrgID: in.OrgID, After: in.After, Role: db.Deref(in.Role), Own: c.own, Most: in.Most})
	for _, r := range list {
		if shown, may := c.show(listedPerson(rows.PersonListRow(r))); may {
			out = append(out, shown)
		}
	}
	return out, wrap(err, "list people of coach")
}

// listedPerson is a person with the address that stands for the others.
func listedPerson(r rows.PersonListRow) Person {
	return Person{ID: r.ID, Name: r.Name, Roles: r.Roles, State: r.State, TimeZone: r.TimeZone, Emails: []string{r.PrimaryAddress}, Version: int(r.Version), CreatedAt: r.CreatedAt}
}
