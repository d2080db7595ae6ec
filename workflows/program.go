package workflows

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/workflow"

	"coachflow/activities"
	"coachflow/coaching"
)

// ProgramID is the id of the workflow that delivers an engagement's program.
func ProgramID(engagement uuid.UUID) string { return "program/" + engagement.String() }

// What may be said to a running program. All but AnsweredSignal are Updates:
// somebody waits for the answer.
const (
	AnswerUpdate   = "answer"    // ProgramAnswer: a submitted answer is to be taken up
	SendUpdate     = "send"      // ProgramAct: send an item now, or again
	TakeBackUpdate = "take-back" // ProgramAct: undo that while there is time
	SkipUpdate     = "skip"      // ProgramAct
	ReopenUpdate   = "reopen"    // ProgramAct
	EditUpdate     = "edit"      // ProgramEdit: apply a stored edit
	HoldUpdate     = "hold"      // ProgramHold: hold or resume one recipient's reminders
	PauseUpdate    = "pause"     // ProgramAct
	ResumeUpdate   = "resume"    // ProgramAct
	EndUpdate      = "end"       // ProgramEnd: complete or cancel the engagement
	AnsweredSignal = "answered"  // ProgramAnswer, from the sweep

	LookAgainSignal = "look-again" // from the sweep: rows were changed by an act whose answer was lost
	ReleasedSignal  = "released"   // ProgramAct: mails about an item that were held for a person may leave
)

// ProgramInput starts a program's workflow. State is there after a
// continue-as-new.
type ProgramInput struct {
	Org        uuid.UUID     `json:"org"`
	Engagement uuid.UUID     `json:"engagement"`
	State      *ProgramState `json:"state,omitempty"`
}

// ProgramState is what a program's workflow knows, and carries on. Stage and
// Listing are the program's revisions of which its status and its order are
// known.
type ProgramState struct {
	Stage    int                  `json:"stage"`
	Listing  int                  `json:"listing"`
	Status   string               `json:"status"`
	Started  time.Time            `json:"started"`
	PausedAt time.Time            `json:"paused_at,omitzero"`
	Items    []coaching.ItemState `json:"items"`
}

// ProgramAct is an act of a person on a program or on one of its items.
type ProgramAct struct {
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

// ProgramEnd says how an engagement ends: "completed" or "cancelled".
type ProgramEnd struct {
	Status string     `json:"status"`
	Actor  *uuid.UUID `json:"actor,omitempty"`
}

// ProgramResult is the answer to every Update: where the engagement and the
// item stand now.
type ProgramResult struct {
	// Revision is the program's, of which the workflow has now heard. It is zero
	// where nothing was counted, or a deed follows at once, which notes it.
	Revision int                 `json:"revision,omitempty"`
	Status   string              `json:"status"`
	Item     *coaching.ItemState `json:"item,omitempty"`
}

// continueAfter is the length of a history, in events, after which a program
// goes on in a new run. A variable for the test that does it with little.
var continueAfter = 4000

// Program delivers an engagement's program step by step, until the engagement
// is completed or cancelled.
func Program(ctx workflow.Context, in ProgramInput) error {
	p := &program{org: in.Org, engagement: in.Engagement, running: map[uuid.UUID]bool{}, stuck: map[uuid.UUID]next{}, handing: map[uuid.UUID]bool{}}
	if err := p.setup(ctx, in.State); err != nil {
		return err
	}
	return p.run(ctx)
}

type program struct {
	ProgramState
	org        uuid.UUID
	engagement uuid.UUID
	running    map[uuid.UUID]bool // items that have their coroutine
	everyItem  bool               // an older run, in which every item has one from its beginning to its end
	live       int                // coroutines of items, and signals, that are not done with
	stuck      map[uuid.UUID]next // steps that were refused for good
	handing    map[uuid.UUID]bool // items of which mails that were held are being handed over
	loaded     bool               // the program was read
	heard      int                // the revision of the last Update's change
	continuing bool
}

func (p *program) setup(ctx workflow.Context, carried *ProgramState) error {
	if carried != nil {
		p.ProgramState = *carried
	}
	p.everyItem = workflow.GetVersion(ctx, "coroutines-of-items-with-a-step", workflow.DefaultVersion, 1) == workflow.DefaultVersion
	if err := p.listen(ctx); err != nil {
		return err
	}
	if carried == nil {
		var c activities.Change
		act := p.act(ctx, ProgramAct{}, "load")
		if err := workflow.ExecuteLocalActivity(withRows(ctx, "read the program"), deeds.LoadProgram, act).Get(ctx, &c); err != nil {
			return err
		}
		p.apply(ctx, c)
	}
	p.loaded = true
	p.describe(ctx)
	return nil
}

// run gives every item that has a next step its coroutine and waits for the end, or for the moment
// to go on in a new run.
func (p *program) run(ctx workflow.Context) error {
	for !p.ended() {
		p.spawn(ctx)
		err := workflow.Await(ctx, func() bool { return p.ended() || slices.ContainsFunc(p.Items, p.idle) || p.tooLong(ctx) })
		if err != nil {
			return err
		}
		if p.tooLong(ctx) {
			return p.continueAsNew(ctx)
		}
	}
	return workflow.Await(ctx, func() bool { return p.live == 0 && workflow.AllHandlersFinished(ctx) })
}

func (p *program) tooLong(ctx workflow.Context) bool {
	info := workflow.GetInfo(ctx)
	return info.GetCurrentHistoryLength() > continueAfter || info.GetContinueAsNewSuggested()
}

// continueAsNew goes on in a new run once nothing is in flight: every
// coroutine has come to its wait and left, every handler has answered.
func (p *program) continueAsNew(ctx workflow.Context) error {
	p.continuing = true
	err := workflow.Await(ctx, func() bool { return p.live == 0 && workflow.AllHandlersFinished(ctx) })
	if err != nil {
		return err
	}
	if p.ended() {
		return nil
	}
	state := p.ProgramState
	return workflow.NewContinueAsNewError(ctx, Program, ProgramInput{Org: p.org, Engagement: p.engagement, State: &state})
}

// idle reports whether an item has a next step and nobody who takes it.
func (p *program) idle(item coaching.ItemState) bool {
	return !p.running[item.ID] && (p.everyItem || p.nextFor(item.ID).step != nothing)
}

// spawn gives every item that has a next step its coroutine. Most items of a
// program have none, for most of the time: they wait for another one, or have
// ended.
func (p *program) spawn(ctx workflow.Context) {
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

func (p *program) ended() bool    { return p.Status == "completed" || p.Status == "cancelled" }
func (p *program) stopping() bool { return p.continuing || p.ended() }

// item is the place of an item in the program; -1 if it is not there.
func (p *program) item(id uuid.UUID) int {
	for i := range p.Items {
		if p.Items[i].ID == id {
			return i
		}
	}
	return -1
}

// apply takes over what a deed changed. Deeds run side by side, so their news
// can overtake each other: what is older than what is known of the same thing
// is let go.
func (p *program) apply(ctx workflow.Context, c activities.Change) {
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

func (p *program) setStatus(ctx workflow.Context, c activities.Change) {
	if !c.Started.IsZero() {
		p.Started = c.Started
	}
	if c.Status != p.Status {
		p.Status, p.PausedAt = c.Status, c.PausedAt
		tellStage(ctx, p.Status)
	}
}

func (p *program) reorder(order []uuid.UUID) {
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

// act is a person's act as a deed takes it. key tells repeats of one act from
// two acts.
func (p *program) act(ctx workflow.Context, in ProgramAct, key string) activities.Act {
	return activities.Act{Org: p.org, Engagement: p.engagement, Item: in.Item, Actor: in.Actor, At: stamp(ctx), Key: key}
}
