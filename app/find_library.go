package app

import (
	"context"
	"time"

	"coachflow/coaching"
	"coachflow/db/rows"
)

// LibraryFilter chooses of what is reused: forms, program templates. Its orders are newest
// and name.
type LibraryFilter struct{ ListQuery }

// FindForms lists the forms, without their definitions. A search finds them by name.
func (a *App) FindForms(ctx context.Context, p Principal, in LibraryFilter) (Listing[Form], error) {
	if !p.Admin() && !p.Coach() {
		return Listing[Form]{}, adminOnly(p)
	}
	at, err := in.place(NewestFirst, ByName)
	if err != nil {
		return Listing[Form]{}, err
	}
	var out Listing[Form]
	err = a.list(ctx, p, func(q *rows.Queries) error {
		s, err := searchFor(ctx, q, in.Search)
		if err != nil {
			return err
		}
		list, err := q.FormsFind(ctx, rows.FormsFindParams{OrgID: p.Org, Pattern: s.pattern,
			Part: at.part, Sort: at.sort, KeyText: at.Text, KeyID: at.ID, Most: at.most})
		if err != nil {
			return wrap(err, "list forms")
		}
		out = listing(at, list, func(r rows.FormsFindRow) cursor { return cursor{Text: r.Search, ID: r.ID} }, func(r rows.FormsFindRow) Form {
			return Form{ID: r.ID, Name: r.Name, Version: int(r.LatestVersion), CreatedAt: r.CreatedAt}
		})
		n, err := q.FormsCount(ctx, rows.FormsCountParams{OrgID: p.Org, Pattern: s.pattern, Most: mostCounted + 1})
		out.Counts = Counts{"": {"": count(n)}}
		return wrap(err, "count forms")
	})
	return out, err
}

// ProgramTemplateRow is a program template as lists show it.
type ProgramTemplateRow struct {
	ProgramTemplate
	CreatedAt time.Time           `json:"created_at"`
	Kinds     []coaching.ItemKind `json:"kinds" doc:"The kinds of its items, in order."`
}

// FindProgramTemplates lists the templates. A search finds them by name.
func (a *App) FindProgramTemplates(ctx context.Context, p Principal, in LibraryFilter) (Listing[ProgramTemplateRow], error) {
	if err := adminOnly(p); err != nil {
		return Listing[ProgramTemplateRow]{}, err
	}
	at, err := in.place(NewestFirst, ByName)
	if err != nil {
		return Listing[ProgramTemplateRow]{}, err
	}
	var out Listing[ProgramTemplateRow]
	err = a.list(ctx, p, func(q *rows.Queries) error {
		s, err := searchFor(ctx, q, in.Search)
		if err != nil {
			return err
		}
		list, err := q.ProgramTemplatesFind(ctx, rows.ProgramTemplatesFindParams{OrgID: p.Org, Pattern: s.pattern,
			Part: at.part, Sort: at.sort, KeyText: at.Text, KeyID: at.ID, Most: at.most})
		if err != nil {
			return wrap(err, "list templates")
		}
		out = listing(at, list, func(r rows.ProgramTemplatesFindRow) cursor { return cursor{Text: r.Search, ID: r.ID} }, templateRow)
		n, err := q.ProgramTemplatesCount(ctx, rows.ProgramTemplatesCountParams{OrgID: p.Org, Pattern: s.pattern, Most: mostCounted + 1})
		out.Counts = Counts{"": {"": count(n)}}
		return wrap(err, "count templates")
	})
	return out, err
}

func templateRow(r rows.ProgramTemplatesFindRow) ProgramTemplateRow {
	template, _ := programTemplate(rows.ProgramTemplate{ID: r.ID, Name: r.Name, Items: r.Items, Version: r.Version}) // what cannot be read was checked when it was stored
	row := ProgramTemplateRow{ProgramTemplate: template, CreatedAt: r.CreatedAt, Kinds: []coaching.ItemKind{}}
	for _, item := range template.Items {
		row.Kinds = append(row.Kinds, item.Kind)
	}
	return row
}
