package workflows

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/workflow"

	"coachflow/coaching"
	"coachflow/program"
)

// ProgramID is the id of the workflow that delivers an engagement's program.
func ProgramID(engagement uuid.UUID) string { return "program/" + engagement.String() }

// What may be said to a running program. Somebody waits for the answer to an Update.
// A Signal says that something is in the rows already.
const (
	SendUpdate     = "send"      // ProgramCommand: send an item now, or again
	TakeBackUpdate = "take-back" // ProgramCommand: undo that while there is time
	SkipUpdate     = "skip"      // ProgramCommand
	ReopenUpdate   = "reopen"    // ProgramCommand
	EditUpdate     = "edit"      // ProgramEdit: apply a stored edit
	HoldUpdate     = "hold"      // ProgramHold: hold or resume one recipient's reminders
	PauseUpdate    = "pause"     // ProgramCommand
	ResumeUpdate   = "resume"    // ProgramCommand
	EndUpdate      = "end"       // ProgramEnd: complete or cancel the engagement
	SessionUpdate  = "session"   // ProgramSession: carry a stored act on a session out

	AnsweredSignal  = "answered"   // ProgramAnswer: an answer was submitted
	ReadAgainSignal = "read-again" // the rows were changed beside the workflow
)

// What was said to runs of the version before.
const (
	AnswerUpdate    = "answer"     // ProgramAnswer, where AnsweredSignal is sent today
	LookAgainSignal = "look-again" // where ReadAgainSignal is sent today
	ReleasedSignal  = "released"   // ProgramCommand: mails about an item that were held may leave
)

// ProgramInput starts a program's workflow. State is what runs of the version before
// carried on; today's read the rows.
type ProgramInput struct {
	Org        uuid.UUID     `json:"org"`
	Engagement uuid.UUID     `json:"engagement"`
	State      *ProgramState `json:"state,omitempty"`
}

// ProgramState is what a program's workflow knows. Stage and Listing are the program's
// revisions of which its status and its order are known.
type ProgramState struct {
	Stage    int                  `json:"stage"`
	Listing  int                  `json:"listing"`
	Status   string               `json:"status"`
	Started  time.Time            `json:"started"`
	PausedAt time.Time            `json:"paused_at,omitzero"`
	Items    []coaching.ItemState `json:"items"`
}

// ProgramCommand is the command of a person on a program or on one of its items.
type ProgramCommand struct {
	Item  uuid.UUID  `json:"item,omitzero"`
	Actor *uuid.UUID `json:"actor,omitempty"`
}

// ProgramAnswer names a submitted answer.
type ProgramAnswer struct {
	Item      uuid.UUID `json:"item"`
	Recipient uuid.UUID `json:"recipient"`
	Round     int       `json:"round"`
}

// ProgramEdit names a stored edit.
type ProgramEdit struct {
	ID    uuid.UUID  `json:"id"`
	Actor *uuid.UUID `json:"actor,omitempty"`
}

// ProgramHold holds or resumes the reminders to one recipient.
type ProgramHold struct {
	Item      uuid.UUID  `json:"item"`
	Recipient uuid.UUID  `json:"recipient"`
	Held      bool       `json:"held"`
	Actor     *uuid.UUID `json:"actor,omitempty"`
}

// ProgramSession names a stored act on the session of an item, and its kind.
type ProgramSession struct {
	Item  uuid.UUID               `json:"item"`
	ID    uuid.UUID               `json:"id"`
	Kind  coaching.SessionActKind `json:"kind"`
	Actor *uuid.UUID              `json:"actor,omitempty"`
}

// ProgramEnd says how an engagement ends: "completed" or "cancelled".
type ProgramEnd struct {
	Status string     `json:"status"`
	Actor  *uuid.UUID `json:"actor,omitempty"`
}

// ProgramResult is the answer to every Update: where the engagement and the item stand
// now.
type ProgramResult struct {
	Status string              `json:"status"`
	Item   *coaching.ItemState `json:"item,omitempty"`
}

// continueAfter is the length of a history, in events, after which a program
// goes on in a new run. A variable for the test that does it with little.
var continueAfter = 4000

// Program delivers an engagement's program step by step, until the engagement is
// completed or cancelled.
func Program(ctx workflow.Context, in ProgramInput) error {
	p := &programRun{org: in.Org, engagement: in.Engagement, running: map[uuid.UUID]bool{}, stuck: map[uuid.UUID]coaching.NextStep{}}
	if err := p.setup(ctx, in.State); err != nil {
		return err
	}
	return p.run(ctx)
}

// programRun is one run of a program's workflow.
type programRun struct {
	ProgramState
	org        uuid.UUID
	engagement uuid.UUID
	running    map[uuid.UUID]bool              // items that have their coroutine
	live       int                             // coroutines of items, and signals, that are not done with
	stuck      map[uuid.UUID]coaching.NextStep // steps that were refused for good
	loaded     bool                            // the program was read
	continuing bool
	before     bool // a run of the version before, see program_before.go
	renewed    bool // such a run was told to go on in one of today
	everyItem  bool // an older one still, in which every item has its coroutine from beginning to end
}

func (p *programRun) setup(ctx workflow.Context, carried *ProgramState) error {
	p.before = workflow.GetVersion(ctx, "next-steps-from-activities", workflow.DefaultVersion, 1) == workflow.DefaultVersion
	if p.before {
		p.everyItem = workflow.GetVersion(ctx, "coroutines-of-items-with-a-step", workflow.DefaultVersion, 1) == workflow.DefaultVersion
	}
	if err := p.listen(ctx); err != nil {
		return err
	}
	if p.before && carried != nil {
		p.ProgramState = *carried
	} else if err := p.load(ctx, "read the program"); err != nil {
		return err
	}
	p.loaded = true
	p.describe(ctx)
	return nil
}

// load reads the program from the rows.
func (p *programRun) load(ctx workflow.Context, summary string) error {
	var c program.Change
	if err := p.execute(ctx, summary, registered.LoadProgram, p.command(ctx, ProgramCommand{}, "load")).Get(ctx, &c); err != nil {
		return err
	}
	p.apply(ctx, c)
	return nil
}

// execute runs a short activity on rows. It is in the history before it begins, so
// whatever fails, this workflow hears what was done.
func (p *programRun) execute(ctx workflow.Context, summary string, activity, in any) workflow.Future {
	if p.before {
		return workflow.ExecuteLocalActivity(withRowsBefore(ctx, summary), activity, in)
	}
	return workflow.ExecuteActivity(withRows(ctx, summary), activity, in)
}

// run gives every item that has a next step its coroutine and waits for the end, or for the moment
// to go on in a new run.
func (p *programRun) run(ctx workflow.Context) error {
	for !p.ended() {
		p.spawn(ctx)
		leave := func() bool { return p.renewed || p.tooLong(ctx) }
		err := workflow.Await(ctx, func() bool { return p.ended() || slices.ContainsFunc(p.Items, p.idle) || leave() })
		if err != nil {
			workflow.SetCurrentDetails(ctx, endedEarly)
			return err
		}
		if leave() {
			return p.continueAsNew(ctx)
		}
	}
	return workflow.Await(ctx, func() bool { return p.live == 0 && workflow.AllHandlersFinished(ctx) })
}

func (p *programRun) tooLong(ctx workflow.Context) bool {
	info := workflow.GetInfo(ctx)
	return info.GetCurrentHistoryLength() > continueAfter || info.GetContinueAsNewSuggested()
}

// continueAsNew goes on in a new run once nothing is in flight: every
// coroutine has come to its wait and left, every handler has answered.
func (p *programRun) continueAsNew(ctx workflow.Context) error {
	p.continuing = true
	err := workflow.Await(ctx, func() bool { return p.live == 0 && workflow.AllHandlersFinished(ctx) })
	if err != nil {
		return err
	}
	if p.ended() {
		return nil
	}
	return workflow.NewContinueAsNewError(ctx, Program, ProgramInput{Org: p.org, Engagement: p.engagement})
}

// idle reports whether an item has a next step and nobody who takes it.
func (p *programRun) idle(item coaching.ItemState) bool {
	return !p.running[item.ID] && (p.everyItem || p.nextFor(item.ID).Step != coaching.NoStep)
}

// spawn gives every item that has a next step its coroutine. Most items of a
// program have none, for most of the time: they wait for another one, or have
// ended.
func (p *programRun) spawn(ctx workflow.Context) {
	for _, item := range p.Items {
		if !p.idle(item) {
			continue
		}
		p.running[item.ID] = true
		p.live++
		workflow.GoNamed(ctx, "item "+shortID(item.ID), func(ctx workflow.Context) {
			p.deliverItem(ctx, item.ID)
			p.live--
			delete(p.running, item.ID)
		})
	}
}

func (p *programRun) ended() bool    { return p.Status == "completed" || p.Status == "cancelled" }
func (p *programRun) stopping() bool { return p.continuing || p.ended() }

// item is the place of an item in the program; -1 if it is not there.
func (p *programRun) item(id uuid.UUID) int {
	for i := range p.Items {
		if p.Items[i].ID == id {
			return i
		}
	}
	return -1
}

// apply takes over what an activity changed. Activities run side by side, so their
// results can overtake each other: what is older than what is known of the same thing
// is let go.
func (p *programRun) apply(ctx workflow.Context, c program.Change) {
	if c.Status != "" && c.Revision >= p.Stage {
		p.Stage = c.Revision
		p.setStatus(ctx, c)
	}
	if c.Order != nil && c.Revision >= p.Listing {
		p.Listing = c.Revision
		p.reorder(c.Order)
	}
	for _, item := range c.Items {
		if i := p.item(item.ID); i >= 0 && item.Revision >= p.Items[i].Revision {
			p.Items[i] = item
		}
	}
	p.describe(ctx)
}

func (p *programRun) setStatus(ctx workflow.Context, c program.Change) {
	if !c.Started.IsZero() {
		p.Started = c.Started
	}
	if c.Status != p.Status {
		p.Status, p.PausedAt = c.Status, c.PausedAt
		tellStage(ctx, p.Status)
	}
}

func (p *programRun) reorder(order []uuid.UUID) {
	items := make([]coaching.ItemState, 0, len(order))
	for _, id := range order {
		item := coaching.ItemState{ID: id, Revision: -1, Status: coaching.Waiting, Release: coaching.ReleaseRule{Rule: coaching.Manual}}
		if i := p.item(id); i >= 0 {
			item = p.Items[i]
		}
		items = append(items, item)
	}
	p.Items = items
}

// command is a person's command, or a step of the process, as an activity takes it.
// key tells repeats of one command from two commands.
func (p *programRun) command(ctx workflow.Context, in ProgramCommand, key string) program.CommandContext {
	return program.CommandContext{Org: p.org, Engagement: p.engagement, Item: in.Item, Actor: in.Actor, At: stamp(ctx), Key: key}
}
