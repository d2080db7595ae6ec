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

// TaskStand says what can be done with a task.
type TaskStand string

// The stands of a task.
const (
	TaskOpen    TaskStand = "open"
	TaskPending TaskStand = "pending" // marked as complete, being processed
	TaskDone    TaskStand = "done"    // by this recipient
	TaskClosed  TaskStand = "closed"  // skipped, removed, or the engagement is over
)

// Task is an item that is completed after a login, a task above all, as one of those
// sees it who are to do it.
type Task struct {
	ID             uuid.UUID  `json:"id"`
	EngagementID   uuid.UUID  `json:"engagement_id"`
	EngagementName string     `json:"engagement_name"`
	Kind           string     `json:"kind" doc:"The kind of the item."`
	Title          string     `json:"title"`
	Description    string     `json:"description,omitempty" doc:"What is to be done: plain text, or of kind file Markdown."`
	Files          []ItemFile `json:"files,omitempty" doc:"Of kind file: the files, in the versions of now."`
	Stand          TaskStand  `json:"stand" doc:"open, pending (marked as complete, being processed), done, or closed"`
	IssuedAt       time.Time  `json:"issued_at"`
	DueAt          *time.Time `json:"due_at,omitempty"`
	DoneAt         *time.Time `json:"done_at,omitempty"`

	recipient uuid.UUID
	round     int32
}

// taskKinds are the kinds of items that are completed as a task is.
var taskKinds = func() []string {
	var kinds []string
	for _, kind := range coaching.KindsOn(coaching.TaskPage) {
		kinds = append(kinds, string(kind))
	}
	return kinds
}()

// GetTask reads a task that was sent to the principal. One that is somebody
// else's, or was not sent yet, does not exist.
func (a *App) GetTask(ctx context.Context, p Principal, id uuid.UUID) (Task, error) {
	var out Task
	err := a.inOrg(ctx, p, func(q *rows.Queries) (err error) {
		out, err = task(ctx, q, p, id)
		return err
	})
	return out, err
}

func task(ctx context.Context, q *rows.Queries, p Principal, id uuid.UUID) (Task, error) {
	r, err := q.TaskGet(ctx, rows.TaskGetParams{OrgID: p.Org, PersonID: &p.Person, ID: id, Kinds: taskKinds})
	if err != nil {
		return Task{}, found(err, "task")
	}
	parsed, err := program.Item(rows.Item{ID: r.ID, Spec: r.Spec})
	if err != nil {
		return Task{}, err
	}
	out := Task{ID: r.ID, EngagementID: r.EngagementID, EngagementName: r.EngagementName, Kind: r.Kind, Title: r.Title, Description: parsed.Spec.Description,
		Stand: TaskOpen, IssuedAt: *r.IssuedAt, DueAt: r.DueAt, DoneAt: r.SubmittedAt, recipient: r.RecipientID, round: r.Round}
	if coaching.ItemKind(r.Kind).Rules().HasFiles {
		files, err := filesByItem(ctx, q, p, []uuid.UUID{r.ID})
		if err != nil {
			return Task{}, err
		}
		out.Files = ownFiles(p, files[r.ID])
	}
	over := coaching.EngagementStatus(r.EngagementStatus).Over()
	switch status := coaching.ItemStatus(r.Status); {
	case r.TakenUpAt != nil || (r.SubmittedAt != nil && over):
		out.Stand = TaskDone
	case r.SubmittedAt != nil:
		out.Stand = TaskPending
	case over || status == coaching.Skipped || status == coaching.Removed:
		out.Stand = TaskClosed
	}
	return out, nil
}

// CompleteTask marks a task as complete for the principal. That is saved
// first and signalled to the program then; should the latter fail, the stand is
// TaskPending and the recovery sweep signals it. Doing it again changes nothing.
func (a *App) CompleteTask(ctx context.Context, p Principal, id uuid.UUID) (Task, error) {
	var out Task
	err := a.inOrg(ctx, p, func(q *rows.Queries) (err error) {
		if out, err = task(ctx, q, p, id); err != nil {
			return err
		}
		// Read again behind the lock: it may just be skipped or reopened.
		if _, err := q.EngagementLock(ctx, p.Org, out.EngagementID); err != nil {
			return found(err, "engagement")
		}
		if out, err = task(ctx, q, p, id); err != nil {
			return err
		}
		switch out.Stand {
		case TaskClosed:
			return coaching.Problemf(coaching.Conflict, "task_closed", "This %s is closed; there is nothing to complete any more.", coaching.ItemKind(out.Kind).Rules().Words.Noun)
		case TaskOpen:
			return out.complete(ctx, q, p)
		}
		return nil
	})
	if err != nil || out.Stand != TaskPending {
		return out, err
	}
	answer := workflows.ProgramAnswer{Item: out.ID, Recipient: out.recipient, Round: int(out.round)}
	if a.signalProgram(ctx, out.EngagementID, workflows.AnsweredSignal, answer) {
		out.Stand = TaskDone
	}
	return out, nil
}

func (t *Task) complete(ctx context.Context, q *rows.Queries, p Principal) error {
	at := now()
	submitted, err := q.AnswerSubmit(ctx, rows.AnswerSubmitParams{OrgID: p.Org, ID: db.NewID(), RecipientID: t.recipient, Round: t.round,
		Draft: []byte("{}"), Answer: []byte("{}"), SavedAt: at})
	if err == nil && submitted == 0 {
		*t, err = task(ctx, q, p, t.ID) // completed before, and that is what counts
		return err
	}
	t.Stand, t.DoneAt = TaskPending, &at
	return wrap(err, "store completion")
}
