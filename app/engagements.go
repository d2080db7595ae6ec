package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/program"
	"coachflow/workflows"
)

// Engagement is one coachee's coaching.
type Engagement struct {
	ID              uuid.UUID  `json:"id"`
	Name            string     `json:"name"`
	CoacheeID       uuid.UUID  `json:"coachee_id"`
	CoacheeName     string     `json:"coachee_name"`
	CoachID         *uuid.UUID `json:"coach_id,omitempty"`
	CoachName       string     `json:"coach_name,omitempty"`
	Status          string     `json:"status" doc:"draft, matching, active, paused, completed or cancelled"`
	ProgramRevision int        `json:"program_revision" doc:"Counts changes of the engagement and its program; it is the ETag of both."`
	StartedAt       *time.Time `json:"started_at,omitempty"`
	PausedAt        *time.Time `json:"paused_at,omitempty"`
	EndedAt         *time.Time `json:"ended_at,omitempty"`
	// Unread: the engagement was cancelled though its workflow did not answer.
	Unread    bool      `json:"process_unread,omitempty" doc:"The engagement was cancelled though its process did not answer. Nothing of it is sent any more; the process is told, or ended, by itself."`
	CreatedAt time.Time `json:"created_at"`
	// RatingsSeen: there are ratings of its sessions for who reads it, or will be.
	RatingsSeen bool `json:"-"`
}

// EngagementInput is what an admin says of an engagement.
type EngagementInput struct {
	Name      string     `json:"name" minLength:"1" maxLength:"200"`
	CoacheeID uuid.UUID  `json:"coachee_id"`
	CoachID   *uuid.UUID `json:"coach_id,omitempty"`
	// TemplateID lays a program out from a template.
	TemplateID *uuid.UUID `json:"program_template_id,omitempty"`
}

// CreateEngagement makes a draft, with a program where a template is named.
func (a *App) CreateEngagement(ctx context.Context, p Principal, in EngagementInput) (Engagement, error) {
	if err := adminOnly(p); err != nil {
		return Engagement{}, err
	}
	var err error
	if in.Name, err = coaching.CleanName("An engagement", in.Name); err != nil {
		return Engagement{}, err
	}
	id := db.NewID()
	var template []coaching.ItemSpec
	err = a.inOrg(ctx, p, func(q *rows.Queries) error {
		if err := checkPair(ctx, q, p, in.CoacheeID, in.CoachID); err != nil {
			return err
		}
		var err error
		if template, err = templateItems(ctx, q, p, in.TemplateID); err != nil {
			return err
		}
		_, err = q.EngagementInsert(ctx, rows.EngagementInsertParams{OrgID: p.Org, ID: id, Name: in.Name, CoacheeID: in.CoacheeID, CoachID: in.CoachID, Status: string(coaching.EngagementDraft)})
		if err != nil {
			return wrap(err, "insert engagement")
		}
		if err := event(ctx, q, p, id, "engagement_created"); err != nil || len(template) == 0 {
			return err
		}
		return a.layOut(ctx, q, p, id, template)
	})
	if err != nil {
		return Engagement{}, err
	}
	return a.GetEngagement(ctx, p, id)
}

// layOut puts a template's items into a program that has not started, within
// the transaction that made it.
func (a *App) layOut(ctx context.Context, q *rows.Queries, p Principal, engagement uuid.UUID, specs []coaching.ItemSpec) error {
	wanted := make([]coaching.EditItem, len(specs))
	for i, spec := range specs {
		wanted[i] = coaching.EditItem{ID: db.NewID(), New: true, Spec: spec}
	}
	return a.Programs.EditDraft(ctx, q, a.command(p, engagement, uuid.Nil), wanted)
}

func templateItems(ctx context.Context, q *rows.Queries, p Principal, id *uuid.UUID) ([]coaching.ItemSpec, error) {
	if id == nil {
		return nil, nil
	}
	row, err := q.ProgramTemplateGet(ctx, p.Org, *id)
	if db.NoRow(err) {
		return nil, coaching.Problemf(coaching.Invalid, "program_template_not_found", "There is no such program template.").WithField("program_template_id", "program_template_not_found", "no such template")
	}
	if err != nil {
		return nil, wrap(err, "read template")
	}
	template, err := programTemplate(row)
	return template.Items, err
}

func checkPair(ctx context.Context, q *rows.Queries, p Principal, coachee uuid.UUID, coach *uuid.UUID) error {
	if err := checkRole(ctx, q, p, coachee, "coachee", "coachee_id"); err != nil {
		return err
	}
	if coach == nil {
		return nil
	}
	if *coach == coachee {
		return coaching.Problemf(coaching.Invalid, "coach_is_coachee", "Nobody coaches themselves.").WithField("coach_id", "coach_is_coachee", "the same person")
	}
	return checkRole(ctx, q, p, *coach, "coach", "coach_id")
}

func checkRole(ctx context.Context, q *rows.Queries, p Principal, id uuid.UUID, role, field string) error {
	row, err := q.PersonGet(ctx, p.Org, id)
	if db.NoRow(err) {
		return coaching.Problemf(coaching.Invalid, "person_not_found", "There is no such person in this organization.").WithField(field, "person_not_found", "no such person")
	}
	if err != nil {
		return wrap(err, "read person")
	}
	for _, has := range row.Person.Roles {
		if has == role {
			return nil
		}
	}
	return coaching.Problemf(coaching.Invalid, "role_missing", "%s does not have the role %s.", row.Person.Name, role).WithField(field, "role_missing", "not a %s", role)
}

// event writes a line of the timeline about an engagement.
func event(ctx context.Context, q *rows.Queries, p Principal, engagement uuid.UUID, kind string) error {
	id := db.NewID()
	return wrap(q.EventInsert(ctx, rows.EventInsertParams{OrgID: p.Org, ID: id, EngagementID: &engagement, At: now(), Kind: kind,
		ActorKind: string(coaching.ActorPerson), ActorID: &p.Person, Key: kind + "/" + engagement.String() + "/" + id.String()}), "write event")
}

// command is a command of the principal, as a transaction of the program takes it.
func (a *App) command(p Principal, engagement, item uuid.UUID) program.CommandContext {
	return program.CommandContext{Org: p.Org, Engagement: engagement, Item: item, Actor: &p.Person, At: now(), Key: db.NewID().String()}
}

// GetEngagement reads an engagement.
func (a *App) GetEngagement(ctx context.Context, p Principal, id uuid.UUID) (Engagement, error) {
	var out Engagement
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		e, err := engagementFor(ctx, q, p, id)
		if err != nil {
			return err
		}
		names, err := q.EngagementContext(ctx, p.Org, id)
		if err != nil {
			return wrap(err, "read names")
		}
		out = engagement(e, names.CoacheeName, names.CoachName)
		out.RatingsSeen, err = ratingsSeen(ctx, q, p, e, names.Ratings)
		return err
	})
	return out, err
}

func engagement(e rows.Engagement, coachee, coach string) Engagement {
	return Engagement{ID: e.ID, Name: e.Name, CoacheeID: e.CoacheeID, CoacheeName: coachee, CoachID: e.CoachID, CoachName: coach, Status: e.Status,
		ProgramRevision: int(e.ProgramRevision), StartedAt: e.StartedAt, PausedAt: e.PausedAt, EndedAt: e.EndedAt, CreatedAt: e.CreatedAt,
		Unread: coaching.EngagementStatus(e.Status).Over() && e.StartedAt != nil && e.TakenUpAt == nil}
}

// ListEngagements lists what the principal may see.
func (a *App) ListEngagements(ctx context.Context, p Principal, paging Paging) (Page[Engagement], error) {
	after, most, err := paging.read()
	if err != nil {
		return Page[Engagement]{}, err
	}
	var list []rows.EngagementListRow
	err = a.list(ctx, p, func(q *rows.Queries) (err error) {
		list, err = q.EngagementList(ctx, rows.EngagementListParams{OrgID: p.Org, After: after, Person: ownOnly(p), Most: most + 1})
		return wrap(err, "list engagements")
	})
	return page(list, most, func(r rows.EngagementListRow) uuid.UUID { return r.ID }, func(r rows.EngagementListRow) Engagement {
		e := rows.Engagement{ID: r.ID, Name: r.Name, CoacheeID: r.CoacheeID, CoachID: r.CoachID, Status: r.Status, ProgramRevision: r.ProgramRevision,
			StartedAt: r.StartedAt, TakenUpAt: r.TakenUpAt, PausedAt: r.PausedAt, EndedAt: r.EndedAt, CreatedAt: r.CreatedAt}
		return engagement(e, r.CoacheeName, r.CoachName)
	}), err
}

// EngagementChange is what can be changed of an engagement.
type EngagementChange struct {
	Name    *string    `json:"name,omitempty" maxLength:"200"`
	CoachID *uuid.UUID `json:"coach_id,omitempty"`
}

// UpdateEngagement changes name or coach. revision is the one that was read.
// Items that were not sent yet go to the new coach where they name the role.
func (a *App) UpdateEngagement(ctx context.Context, p Principal, id uuid.UUID, revision int, in EngagementChange) (Engagement, error) {
	if err := adminOnly(p); err != nil {
		return Engagement{}, err
	}
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		if _, err := q.EngagementLock(ctx, p.Org, id); err != nil {
			return found(err, "engagement")
		}
		e, err := q.EngagementGet(ctx, p.Org, id)
		if err != nil {
			return found(err, "engagement")
		}
		if in.Name != nil {
			if e.Name, err = coaching.CleanName("An engagement", *in.Name); err != nil {
				return err
			}
		}
		newCoach := in.CoachID != nil && (e.CoachID == nil || *in.CoachID != *e.CoachID)
		if newCoach {
			e.CoachID = in.CoachID
			if err := checkPair(ctx, q, p, e.CoacheeID, e.CoachID); err != nil {
				return err
			}
		}
		_, err = q.EngagementUpdate(ctx, rows.EngagementUpdateParams{OrgID: p.Org, ID: id, ProgramRevision: int32(revision), Name: e.Name, CoachID: e.CoachID})
		if db.NoRow(err) {
			return stale("engagement")
		}
		if err != nil || !newCoach {
			return wrap(err, "update engagement")
		}
		if err := event(ctx, q, p, id, "coach_set"); err != nil {
			return err
		}
		return program.SyncRecipients(ctx, q, a.command(p, id, uuid.Nil))
	})
	if err != nil {
		return Engagement{}, err
	}
	out, err := a.GetEngagement(ctx, p, id)
	if err == nil && out.StartedAt != nil {
		a.signalProgram(ctx, id, workflows.ReadAgainSignal, nil)
	}
	return out, err
}

// StartEngagement starts a draft: it becomes active and its program begins. The
// start is saved first; should the engine be away, the sweep tells it later.
func (a *App) StartEngagement(ctx context.Context, p Principal, id uuid.UUID) (Engagement, error) {
	at := now()
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		e, err := engagementFor(ctx, q, p, id)
		if err != nil {
			return err
		}
		if err := mayRun(p, e); err != nil {
			return err
		}
		if e.CoachID == nil {
			return coaching.Problemf(coaching.Conflict, "coach_missing", "The engagement has no coach yet; set one first.")
		}
		_, err = q.EngagementStart(ctx, rows.EngagementStartParams{OrgID: p.Org, ID: id, StartedAt: &at})
		if db.NoRow(err) {
			return coaching.Problemf(coaching.Conflict, "engagement_started", "The engagement is %s; only a draft can be started.", e.Status)
		}
		if err != nil {
			return wrap(err, "start engagement")
		}
		return event(ctx, q, p, id, "engagement_started")
	})
	if err != nil {
		return Engagement{}, err
	}
	if err := a.startProgram(ctx, p.Org, id); err != nil {
		a.Log.WarnContext(ctx, "program not started yet, the sweep will", "engagement", id, "error", err)
	}
	return a.GetEngagement(ctx, p, id)
}

func (a *App) startProgram(ctx context.Context, org, id uuid.UUID) error {
	ctx, cancel := context.WithTimeout(ctx, a.Patience)
	defer cancel()
	return workflows.StartProgram(workflows.ProgramInput{Org: org, Engagement: id}).By(ctx, a.Temporal)
}

// engagementCommand runs one Update on a running engagement.
func (a *App) engagementCommand(ctx context.Context, p Principal, id uuid.UUID, update string, arg any) (Engagement, error) {
	e, err := a.running(ctx, p, id)
	if err != nil {
		return Engagement{}, err
	}
	if err := a.updateProgram(ctx, e, update, db.NewID().String(), arg); err != nil {
		return Engagement{}, err
	}
	return a.GetEngagement(ctx, p, id)
}

// running refuses commands on what is not running, and by those who may not.
func (a *App) running(ctx context.Context, p Principal, id uuid.UUID) (rows.Engagement, error) {
	var out rows.Engagement
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		e, err := engagementFor(ctx, q, p, id)
		if err != nil {
			return err
		}
		if err := mayRun(p, e); err != nil {
			return err
		}
		if coaching.EngagementStatus(e.Status).Over() {
			return program.Over(e.Status)
		}
		if e.StartedAt == nil {
			return coaching.Problemf(coaching.Conflict, "engagement_not_started", "The engagement has not started; start it first.")
		}
		out = e
		return nil
	})
	return out, err
}

// PauseEngagement stops all sending until it is resumed.
func (a *App) PauseEngagement(ctx context.Context, p Principal, id uuid.UUID) (Engagement, error) {
	return a.engagementCommand(ctx, p, id, workflows.PauseUpdate, workflows.ProgramCommand{Actor: &p.Person})
}

// ResumeEngagement goes on; open dates move by the time of the pause.
func (a *App) ResumeEngagement(ctx context.Context, p Principal, id uuid.UUID) (Engagement, error) {
	return a.engagementCommand(ctx, p, id, workflows.ResumeUpdate, workflows.ProgramCommand{Actor: &p.Person})
}

// CompleteEngagement ends an engagement that has run its course.
func (a *App) CompleteEngagement(ctx context.Context, p Principal, id uuid.UUID) (Engagement, error) {
	return a.engagementCommand(ctx, p, id, workflows.EndUpdate, workflows.ProgramEnd{Status: string(coaching.EngagementCompleted), Actor: &p.Person})
}

// CancelEngagement ends an engagement early; a draft is cancelled, too. An admin can
// cancel one whose workflow does not answer: that is stored, nothing of the engagement
// leaves any more, and Engagement.Unread says that the workflow is still to be told.
func (a *App) CancelEngagement(ctx context.Context, p Principal, id uuid.UUID) (Engagement, error) {
	e, err := a.GetEngagement(ctx, p, id)
	if err != nil {
		return e, err
	}
	if e.StartedAt == nil {
		if err := adminOnly(p); err != nil {
			return e, err
		}
		return a.cancelBeside(ctx, p, id)
	}
	e, err = a.engagementCommand(ctx, p, id, workflows.EndUpdate, workflows.ProgramEnd{Status: string(coaching.EngagementCancelled), Actor: &p.Person})
	if problem, is := coaching.AsProblem(err); is && problem.Class == coaching.Unavailable && p.Admin() {
		a.Log.WarnContext(ctx, "cancelled beside the workflow, the sweep will tell it", "engagement", id)
		return a.cancelBeside(ctx, p, id)
	}
	return e, err
}

// cancelBeside cancels an engagement that has no workflow, or none that answers.
func (a *App) cancelBeside(ctx context.Context, p Principal, id uuid.UUID) (Engagement, error) {
	end := program.Ending{CommandContext: a.command(p, id, uuid.Nil), Status: string(coaching.EngagementCancelled)}
	if err := a.Programs.EndBeside(ctx, end); err != nil {
		return Engagement{}, err
	}
	return a.GetEngagement(ctx, p, id)
}
