package app

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
)

// Form is a form with its newest version.
type Form struct {
	ID         uuid.UUID       `json:"id"`
	Name       string          `json:"name"`
	Version    int             `json:"version"`
	Definition json.RawMessage `json:"definition,omitempty" doc:"SurveyJS JSON, in the subset that is supported."`
	CreatedAt  time.Time       `json:"created_at"`
}

// FormInput is what an admin says of a form.
type FormInput struct {
	Name       string          `json:"name" minLength:"1" maxLength:"200"`
	Definition json.RawMessage `json:"definition" doc:"SurveyJS JSON, in the subset that is supported."`
}

// read checks a form and gives its definition as it is stored.
func (in *FormInput) read() (_ json.RawMessage, err error) {
	if in.Name, err = coaching.CleanName("A form", in.Name); err != nil {
		return nil, err
	}
	form, err := coaching.ParseForm(in.Definition)
	if problem, is := coaching.AsProblem(err); is {
		for i := range problem.Fields {
			problem.Fields[i].Path = strings.TrimSuffix("definition."+problem.Fields[i].Path, ".")
		}
		return nil, problem
	}
	if err != nil {
		return nil, err
	}
	return form.JSON()
}

// CreateForm stores a form as version 1.
func (a *App) CreateForm(ctx context.Context, p Principal, in FormInput) (Form, error) {
	if err := adminOnly(p); err != nil {
		return Form{}, err
	}
	definition, err := in.read()
	if err != nil {
		return Form{}, err
	}
	id := db.NewID()
	err = a.inOrg(ctx, p, func(q *rows.Queries) error {
		if err := q.FormInsert(ctx, rows.FormInsertParams{OrgID: p.Org, ID: id, Name: in.Name}); err != nil {
			return wrap(err, "insert form")
		}
		return wrap(q.FormVersionInsert(ctx, rows.FormVersionInsertParams{OrgID: p.Org, FormID: id, Version: 1, Definition: definition}), "insert form version")
	})
	if err != nil {
		return Form{}, err
	}
	return a.GetForm(ctx, p, id)
}

// UpdateForm makes a new version. What was sent keeps the version it was sent
// with. version is the one that was read.
func (a *App) UpdateForm(ctx context.Context, p Principal, id uuid.UUID, version int, in FormInput) (Form, error) {
	if err := adminOnly(p); err != nil {
		return Form{}, err
	}
	definition, err := in.read()
	if err != nil {
		return Form{}, err
	}
	err = a.inOrg(ctx, p, func(q *rows.Queries) error {
		if _, err := q.FormGet(ctx, p.Org, id); err != nil {
			return found(err, "form")
		}
		next, err := q.FormBump(ctx, rows.FormBumpParams{OrgID: p.Org, ID: id, LatestVersion: int32(version), Name: in.Name})
		if db.NoRow(err) {
			return stale("form")
		}
		if err != nil {
			return wrap(err, "count form version")
		}
		return wrap(q.FormVersionInsert(ctx, rows.FormVersionInsertParams{OrgID: p.Org, FormID: id, Version: next, Definition: definition}), "insert form version")
	})
	if err != nil {
		return Form{}, err
	}
	return a.GetForm(ctx, p, id)
}

// GetForm reads the newest version of a form.
func (a *App) GetForm(ctx context.Context, p Principal, id uuid.UUID) (Form, error) {
	if !p.Admin() && !p.Coach() {
		return Form{}, notFound("form")
	}
	var out Form
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		row, err := q.FormGet(ctx, p.Org, id)
		out = Form{ID: row.Form.ID, Name: row.Form.Name, Version: int(row.Form.LatestVersion), Definition: row.Definition, CreatedAt: row.Form.CreatedAt}
		return found(err, "form")
	})
	return out, err
}

// ListForms lists the forms, without their definitions.
func (a *App) ListForms(ctx context.Context, p Principal, paging Paging) (Page[Form], error) {
	if !p.Admin() && !p.Coach() {
		return Page[Form]{}, adminOnly(p)
	}
	after, most, err := paging.read()
	if err != nil {
		return Page[Form]{}, err
	}
	var list []rows.Form
	err = a.list(ctx, p, func(q *rows.Queries) (err error) {
		list, err = q.FormList(ctx, rows.FormListParams{OrgID: p.Org, After: after, Most: most + 1})
		return wrap(err, "list forms")
	})
	return page(list, most, func(r rows.Form) uuid.UUID { return r.ID }, func(r rows.Form) Form {
		return Form{ID: r.ID, Name: r.Name, Version: int(r.LatestVersion), CreatedAt: r.CreatedAt}
	}), err
}

// Answer is what one recipient answered to the form version that was sent.
type Answer struct {
	ID          uuid.UUID             `json:"id"`
	RecipientID uuid.UUID             `json:"recipient_id"`
	Name        string                `json:"name,omitempty"`
	Email       string                `json:"email,omitempty"`
	FormID      *uuid.UUID            `json:"form_id,omitempty" doc:"Absent where a task was marked as complete."`
	FormVersion int                   `json:"form_version,omitempty"`
	Round       int                   `json:"round" doc:"Counts from 1; a reopened item is answered again in a new round."`
	Answer      json.RawMessage       `json:"answer"`
	InWords     []coaching.AnswerLine `json:"in_words"`
	SubmittedAt *time.Time            `json:"submitted_at"`
}

// ListAnswers lists the submitted answers to an item.
func (a *App) ListAnswers(ctx context.Context, p Principal, id uuid.UUID) ([]Answer, error) {
	engagement, err := a.engagementOf(ctx, p, id)
	if err != nil {
		return nil, err
	}
	out := []Answer{}
	err = a.inOrg(ctx, p, func(q *rows.Queries) error {
		if err := mayEdit(ctx, q, p, engagement); err != nil {
			return err
		}
		list, err := q.AnswersOfItem(ctx, p.Org, id)
		if err != nil {
			return wrap(err, "list answers")
		}
		forms := formVersions{}
		for _, row := range list {
			answer, err := showAnswer(ctx, q, p, forms, row)
			if err != nil {
				return err
			}
			out = append(out, answer)
		}
		return nil
	})
	return out, err
}

func showAnswer(ctx context.Context, q *rows.Queries, p Principal, forms formVersions, row rows.AnswersOfItemRow) (Answer, error) {
	out := Answer{ID: row.ID, RecipientID: row.RecipientID, Name: row.RecipientName, Email: row.Address, FormID: row.FormID,
		Round: int(row.Round), Answer: row.Answer, InWords: []coaching.AnswerLine{}, SubmittedAt: row.SubmittedAt}
	if row.FormID == nil || row.FormVersion == nil {
		return out, nil
	}
	out.FormVersion = int(*row.FormVersion)
	form, err := forms.get(ctx, q, p, formRef{*row.FormID, *row.FormVersion})
	if err != nil {
		return out, err
	}
	var answer coaching.Answer
	if err := json.Unmarshal(row.Answer, &answer); err != nil {
		return out, wrap(err, "read answer")
	}
	out.InWords = form.Summary(answer)
	return out, nil
}

type formRef struct {
	id      uuid.UUID
	version int32
}

// formVersions are versions of forms that were read, so that each is read once.
type formVersions map[formRef]*coaching.Form

func (f formVersions) get(ctx context.Context, q *rows.Queries, p Principal, ref formRef) (*coaching.Form, error) {
	if form := f[ref]; form != nil {
		return form, nil
	}
	row, err := q.FormVersionGet(ctx, rows.FormVersionGetParams{OrgID: p.Org, FormID: ref.id, Version: ref.version})
	if err != nil {
		return nil, wrap(err, "read form version")
	}
	form, err := coaching.ParseForm(row.Definition)
	f[ref] = form
	return form, err
}
