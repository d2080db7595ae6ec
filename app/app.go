// Package app holds the use cases, which is what people may do: one method a command, permission first.
// The API and the pages call the same methods, so they allow the same things
// and answer with the same words.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"coachflow/activities"
	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/files"
	"coachflow/inbox"
	"coachflow/matching"
	"coachflow/outbox"
	"coachflow/program"
	"coachflow/workflows"
)

// App is the application as people meet it.
type App struct {
	DB        *db.DB
	Temporal  client.Client
	Outbox    *outbox.Outbox
	Programs  *program.Programs // for what happens outside of a workflow: edits of drafts, previews
	Inbox     *inbox.Inbox
	Files     *files.Files
	Matchings *matching.Matchings // for the start of a matching
	Log       *slog.Logger
	// Patience is how long a command waits for its workflow's answer.
	Patience time.Duration
	// Owners is the lane of passwords of those who are known: by a login, by a link in
	// a mail, or by a device in which they have logged in before. Strangers is that of
	// everybody else.
	Owners, Strangers *Lane
}

// New makes the application over the domain packages. patience is how long a command
// waits for its workflow's answer.
func New(d *activities.Domain, temporal client.Client, log *slog.Logger, patience time.Duration) *App {
	return &App{DB: d.Outbox.DB, Temporal: temporal, Outbox: d.Outbox, Programs: d.Programs, Inbox: d.Inbox, Files: d.Files, Matchings: d.Matchings, Log: log, Patience: patience,
		Owners: NewLane(laneSlots(), ownersWaiting), Strangers: NewLane(laneSlots(), strangersWaiting)}
}

// Principal is who acts: a person of an organization.
type Principal struct {
	Org    uuid.UUID
	Person uuid.UUID
	Name   string
	Roles  []string
	// PasswordSet is when the person's password was set, in microseconds since
	// 1970; a login with an older one is over.
	PasswordSet int64
}

// Admin reports whether the principal runs the organization.
func (p Principal) Admin() bool { return slices.Contains(p.Roles, string(coaching.AdminRole)) }

// Coach reports whether the principal has clients.
func (p Principal) Coach() bool { return slices.Contains(p.Roles, string(coaching.CoachRole)) }

// Page is one page of a list. Next is the cursor of the page after it, empty
// at the end.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next_cursor,omitempty" doc:"Pass it as cursor to get the next page; absent on the last page."`
}

// Paging asks for a page: After is the cursor of an earlier page.
type Paging struct {
	After string
	Most  int
}

// defaultPage and largestPage bound a page.
const (
	defaultPage = 50
	largestPage = 200
)

func (p Paging) read() (after uuid.UUID, most int32, err error) {
	most = int32(min(max(p.Most, 0), largestPage))
	if most == 0 {
		most = defaultPage
	}
	if p.After == "" {
		return after, most, nil
	}
	if after, err = uuid.Parse(p.After); err != nil {
		return after, most, coaching.Problemf(coaching.Invalid, "cursor_invalid", "The cursor is not one that this list gave out; start without one.")
	}
	return after, most, nil
}

// page cuts a list that was read with one row more than asked for.
func page[R, T any](list []R, most int32, id func(R) uuid.UUID, show func(R) T) Page[T] {
	out := Page[T]{Items: make([]T, 0, len(list))}
	if len(list) > int(most) {
		list = list[:most]
		out.Next = id(list[most-1]).String()
	}
	for _, row := range list {
		out.Items = append(out.Items, show(row))
	}
	return out
}

func adminOnly(p Principal) error {
	if !p.Admin() {
		return coaching.Problemf(coaching.Forbidden, "admin_only", "Only an admin of the organization can do this.")
	}
	return nil
}

func notFound(what string) error {
	return coaching.Problemf(coaching.NotFound, what+"_not_found", "There is no such %s.", spaced(what))
}

func spaced(code string) string {
	b := []byte(code)
	for i, c := range b {
		if c == '_' {
			b[i] = ' '
		}
	}
	return string(b)
}

// found maps pgx.ErrNoRows to a NotFound problem.
func found(err error, what string) error {
	if db.NoRow(err) {
		return notFound(what)
	}
	return err
}

// now is the time of a command, in UTC and as exact as rows are.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// updateProgram sends an Update to a program's workflow and waits for its answer. A
// workflow that was lost is started again from its rows, and asked then. e is the
// engagement as it was before.
func (a *App) updateProgram(ctx context.Context, e rows.Engagement, update, id string, arg any) error {
	var result workflows.ProgramResult
	err := a.update(ctx, workflows.ProgramID(e.ID), update, id, arg, &result)
	if err = a.orState(ctx, e, err); !missing(err) {
		return err
	}
	if started := a.startProgram(ctx, e.OrgID, e.ID); started != nil {
		return a.orState(ctx, e, a.explain(ctx, started))
	}
	return a.orState(ctx, e, a.update(ctx, workflows.ProgramID(e.ID), update, id, arg, &result))
}

// missing reports whether nothing ran that could have taken a command.
func missing(err error) bool {
	problem, is := coaching.AsProblem(err)
	return is && problem.Code == "not_running"
}

// signalProgram tells a program's workflow of what is saved already, and says whether the
// process engine has taken the signal. If not, the recovery sweep tells the workflow.
func (a *App) signalProgram(ctx context.Context, engagement uuid.UUID, signal string, arg any) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.Patience)
	defer cancel()
	err := a.Temporal.SignalWorkflow(ctx, workflows.ProgramID(engagement), "", signal, arg)
	if err != nil {
		a.Log.WarnContext(ctx, "saved, the sweep will tell the program", "engagement", engagement, "signal", signal, "error", err)
	}
	return err == nil
}

// runSaved starts the workflow of what is saved already, and waits for its end as long as
// a command waits. Where that fails, the recovery sweep sees to it.
func (a *App) runSaved(ctx context.Context, start workflows.Start) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.Patience)
	defer cancel()
	if err := start.Run(ctx, a.Temporal); err != nil {
		a.Log.WarnContext(ctx, "saved, not done yet", "workflow", start.ID, "error", err)
	}
}

// startSaved starts the workflow of what is saved already. Where that fails, the recovery
// sweep sees to it.
func (a *App) startSaved(ctx context.Context, start workflows.Start) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.Patience)
	defer cancel()
	if err := start.By(ctx, a.Temporal); err != nil {
		a.Log.WarnContext(ctx, "saved, the sweep will see to it", "workflow", start.ID, "error", err)
	}
}

// orState says more of why no workflow has taken a command on an engagement, by how it
// stands now: it is over, or nothing was done, or that is not sure.
func (a *App) orState(ctx context.Context, before rows.Engagement, cause error) error {
	problem, is := coaching.AsProblem(cause)
	if !is || (problem.Class != coaching.Unavailable && !missing(cause)) {
		return cause
	}
	var e rows.Engagement
	err := a.DB.InOrg(context.WithoutCancel(ctx), before.OrgID, func(q *rows.Queries) (err error) {
		e, err = q.EngagementGet(ctx, before.OrgID, before.ID)
		return err
	})
	switch {
	case err != nil:
		return cause
	case coaching.EngagementStatus(e.Status).Over():
		return program.Over(e.Status)
	case missing(cause) || e.ProgramRevision != before.ProgramRevision:
		return cause
	}
	return coaching.Problemf(coaching.Unavailable, "engine_unavailable", "This was not done: the process of the engagement does not answer. "+
		"It may still be done when the process answers again, so look before you repeat it. An admin can cancel the engagement even now.")
}

func (a *App) update(ctx context.Context, workflow, update, id string, arg, result any) error {
	ctx, cancel := context.WithTimeout(ctx, a.Patience)
	defer cancel()
	handle, err := a.Temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: workflow, UpdateName: update, UpdateID: id, Args: []any{arg}, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = handle.Get(ctx, result)
	}
	return a.explain(ctx, err)
}

// explain turns what Temporal says into a Problem: a refusal keeps its code, a
// workflow that is not there is a conflict, all else is "try again".
func (a *App) explain(ctx context.Context, err error) error {
	var refused *temporal.ApplicationError
	var none *serviceerror.NotFound
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		var class string
		if refused.Details(&class) != nil {
			class = string(coaching.Conflict)
		}
		return coaching.Problemf(coaching.Class(class), refused.Type(), "%s", refused.Message())
	case errors.As(err, &none):
		return coaching.Problemf(coaching.Conflict, "not_running", "Nothing is running for this any more, or not yet; look at its state and try again.")
	}
	a.Log.WarnContext(ctx, "workflow did not answer", "error", err)
	return coaching.Problemf(coaching.Unavailable, "engine_unavailable", "No answer came in time. What you asked for may still be in progress: look in a moment before you try again.")
}

// inOrg runs do for a principal, in one transaction of the organization.
func (a *App) inOrg(ctx context.Context, p Principal, do func(*rows.Queries) error) error {
	return a.DB.InOrg(ctx, p.Org, do)
}

// list is inOrg for lists: Postgres plans their statements for the values that
// they are given.
func (a *App) list(ctx context.Context, p Principal, do func(*rows.Queries) error) error {
	return a.DB.List(ctx, p.Org, do)
}

// optional is nothing for the zero value of a filter: it is not asked for.
func optional[T comparable](value T) *T {
	var zero T
	if value == zero {
		return nil
	}
	return &value
}

// ownOnly is the filter of who sees what is theirs alone; nothing for admins.
func ownOnly(p Principal) *uuid.UUID {
	if p.Admin() {
		return nil
	}
	return &p.Person
}

// engagementFor reads an engagement that the principal may see: an admin all,
// a coach and a coachee their own. What they may not see does not exist.
func engagementFor(ctx context.Context, q *rows.Queries, p Principal, id uuid.UUID) (rows.Engagement, error) {
	e, err := q.EngagementGet(ctx, p.Org, id)
	if err != nil {
		return e, found(err, "engagement")
	}
	if !maySee(p, e) {
		return e, notFound("engagement")
	}
	return e, nil
}

func maySee(p Principal, e rows.Engagement) bool {
	return p.Admin() || e.CoacheeID == p.Person || (e.CoachID != nil && *e.CoachID == p.Person)
}

// mayRun allows admins, and the coach of the engagement.
func mayRun(p Principal, e rows.Engagement) error {
	if p.Admin() || (e.CoachID != nil && *e.CoachID == p.Person) {
		return nil
	}
	return coachOnly()
}

func coachOnly() *coaching.Problem {
	return coaching.Problemf(coaching.Forbidden, "coach_only", "Only an admin or the coach of the engagement can do this.")
}

func wrap(err error, doing string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
