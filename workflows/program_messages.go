package workflows

import (
	"errors"

	"github.com/google/uuid"
	"go.temporal.io/sdk/workflow"

	"coachflow/coaching"
	"coachflow/program"
)

// listen sets the handlers. Each Update has a validator that refuses what the state
// does not allow, and one activity that writes the rows and answers with the new state.
func (p *programRun) listen(ctx workflow.Context) error {
	onSignal(ctx, p, AnsweredSignal, "answers that were submitted", p.takeAnswer)
	if p.before {
		if err := p.listenBefore(ctx); err != nil {
			return err
		}
	}
	onSignal(ctx, p, ReadAgainSignal, "changes beside the workflow", p.readAgain)
	return errors.Join(
		handle(ctx, p, SendUpdate, p.send, p.maySend),
		handle(ctx, p, TakeBackUpdate, p.takeBack, p.mayTakeBack),
		handle(ctx, p, SkipUpdate, p.skip, p.maySkip),
		handle(ctx, p, ReopenUpdate, p.reopen, p.mayReopen),
		handle(ctx, p, EditUpdate, p.edit, func(ProgramEdit) error { return p.mayChange() }),
		handle(ctx, p, HoldUpdate, p.hold, func(in ProgramHold) error { return p.known(in.Item) }),
		handle(ctx, p, SessionUpdate, p.session, p.mayActOnSession),
		handle(ctx, p, PauseUpdate, p.pause, p.mayPause),
		handle(ctx, p, ResumeUpdate, p.resume, p.mayResume),
		handle(ctx, p, EndUpdate, p.end, p.mayEnd),
	)
}

// handle sets one handler. An Update that comes before the program was read is
// let in, waits for that, and is judged then.
func handle[In any](ctx workflow.Context, p *programRun, name string, do func(workflow.Context, In) (ProgramResult, error), may func(In) error) error {
	validate := func(in In) error {
		if !p.loaded {
			return nil
		}
		return may(in)
	}
	judged := func(ctx workflow.Context, in In) (ProgramResult, error) {
		early := !p.loaded
		if err := workflow.Await(ctx, func() bool { return p.loaded }); err != nil {
			return ProgramResult{}, err
		}
		if err := may(in); early && err != nil {
			return ProgramResult{}, err
		}
		return do(ctx, in)
	}
	return workflow.SetUpdateHandlerWithOptions(ctx, name, judged, workflow.UpdateHandlerOptions{Validator: validate})
}

// takeAnswer handles an answer that was submitted. The recovery sweep sends it again
// for as long as it is not acknowledged.
func (p *programRun) takeAnswer(ctx workflow.Context, in ProgramAnswer) {
	if _, err := p.answer(ctx, in); err != nil {
		workflow.GetLogger(ctx).Error("answer not acknowledged", "item", in.Item, "error", err)
	}
}

// readAgain reads the program anew: its rows were changed beside the workflow. A run of
// the version before goes on in a run of today instead.
func (p *programRun) readAgain(ctx workflow.Context, _ ProgramCommand) {
	if p.before {
		p.renewed = true
		return
	}
	if err := p.load(ctx, "read the program again"); err != nil {
		workflow.GetLogger(ctx).Error("program not read again", "error", err)
	}
}

// onSignal handles each signal of a name in turn, once the program was read. A signal
// that is being handled counts as live, so that no run ends in the middle of it.
func onSignal[In any](ctx workflow.Context, p *programRun, name, words string, do func(workflow.Context, In)) {
	signals := workflow.GetSignalChannel(ctx, name)
	workflow.GoNamed(ctx, words, func(ctx workflow.Context) {
		for {
			var in In
			if !signals.Receive(ctx, &in) || workflow.Await(ctx, func() bool { return p.loaded }) != nil {
				return
			}
			p.live++
			do(ctx, in)
			p.live--
		}
	})
}

// carryOut runs one activity for an Update and takes its change over.
func (p *programRun) carryOut(ctx workflow.Context, summary string, item uuid.UUID, activity, in any) (ProgramResult, error) {
	var c program.Change
	if err := p.execute(ctx, summary, activity, in).Get(ctx, &c); err != nil {
		return ProgramResult{}, err
	}
	p.apply(ctx, c)
	sendStandaloneMails(ctx, c.Mails)
	result := ProgramResult{Status: p.Status}
	if i := p.item(item); i >= 0 {
		result.Item = &p.Items[i]
	}
	return result, nil
}

// commandKey tells two commands of one kind apart, and is the same when a handler is
// replayed or its activity repeated.
func commandKey(ctx workflow.Context) string {
	info := workflow.GetCurrentUpdateInfo(ctx)
	if info == nil {
		return "signal"
	}
	return info.ID
}

func (p *programRun) answer(ctx workflow.Context, in ProgramAnswer) (ProgramResult, error) {
	command := p.command(ctx, ProgramCommand{Item: in.Item}, "answer")
	return p.carryOut(ctx, "acknowledge an answer", in.Item, registered.TakeAnswer, program.Answered{CommandContext: command, Recipient: in.Recipient, Round: in.Round})
}

func (p *programRun) send(ctx workflow.Context, in ProgramCommand) (ProgramResult, error) {
	return p.carryOut(ctx, "send by hand", in.Item, registered.SendItem, p.command(ctx, in, commandKey(ctx)))
}

func (p *programRun) takeBack(ctx workflow.Context, in ProgramCommand) (ProgramResult, error) {
	return p.carryOut(ctx, "take a send back", in.Item, registered.TakeBack, p.command(ctx, in, commandKey(ctx)))
}

func (p *programRun) skip(ctx workflow.Context, in ProgramCommand) (ProgramResult, error) {
	return p.carryOut(ctx, "skip an item", in.Item, registered.SkipItem, p.command(ctx, in, commandKey(ctx)))
}

func (p *programRun) reopen(ctx workflow.Context, in ProgramCommand) (ProgramResult, error) {
	return p.carryOut(ctx, "reopen an item", in.Item, registered.ReopenItem, p.command(ctx, in, commandKey(ctx)))
}

func (p *programRun) edit(ctx workflow.Context, in ProgramEdit) (ProgramResult, error) {
	command := p.command(ctx, ProgramCommand{Actor: in.Actor}, in.ID.String())
	return p.carryOut(ctx, "apply an edit", uuid.Nil, registered.ApplyEdit, program.Edit{CommandContext: command, ID: in.ID})
}

func (p *programRun) hold(ctx workflow.Context, in ProgramHold) (ProgramResult, error) {
	command := p.command(ctx, ProgramCommand{Item: in.Item, Actor: in.Actor}, commandKey(ctx))
	return p.carryOut(ctx, "hold or resume reminders", in.Item, registered.HoldFollowUp, program.Hold{CommandContext: command, Recipient: in.Recipient, Held: in.Held})
}

func (p *programRun) session(ctx workflow.Context, in ProgramSession) (ProgramResult, error) {
	command := p.command(ctx, ProgramCommand{Item: in.Item, Actor: in.Actor}, in.ID.String())
	return p.carryOut(ctx, "session: "+string(in.Kind), in.Item, registered.ApplySession, program.SessionCommand{CommandContext: command, Act: in.ID})
}

func (p *programRun) pause(ctx workflow.Context, in ProgramCommand) (ProgramResult, error) {
	return p.carryOut(ctx, "pause", uuid.Nil, registered.Pause, p.command(ctx, in, commandKey(ctx)))
}

func (p *programRun) resume(ctx workflow.Context, in ProgramCommand) (ProgramResult, error) {
	return p.carryOut(ctx, "resume", uuid.Nil, registered.Resume, p.command(ctx, in, commandKey(ctx)))
}

func (p *programRun) end(ctx workflow.Context, in ProgramEnd) (ProgramResult, error) {
	command := p.command(ctx, ProgramCommand{Actor: in.Actor}, commandKey(ctx))
	return p.carryOut(ctx, "end the engagement", uuid.Nil, registered.EndEngagement, program.Ending{CommandContext: command, Status: in.Status})
}

// The validators. They look at the state and change nothing.

func (p *programRun) known(id uuid.UUID) error {
	if i := p.item(id); i < 0 || p.Items[i].Status == coaching.Removed {
		return refusal("not_found", "item_not_found", "The program has no such item.")
	}
	return nil
}

func (p *programRun) mayChange() error {
	if p.ended() {
		return refusal("conflict", "engagement_over", "The engagement is "+p.Status+"; nothing of it can be changed.")
	}
	return nil
}

func (p *programRun) mayEnd(in ProgramEnd) error {
	if in.Status != "completed" && in.Status != "cancelled" {
		return refusal("invalid", "engagement_end_unknown", "An engagement ends as completed or cancelled.")
	}
	return p.mayChange()
}

func (p *programRun) may(id uuid.UUID, allowed func(coaching.ItemState) bool, code, message string) error {
	if err := p.mayChange(); err != nil {
		return err
	}
	if err := p.known(id); err != nil {
		return err
	}
	if !allowed(p.Items[p.item(id)]) {
		return refusal("conflict", code, message)
	}
	return nil
}

func (p *programRun) maySend(in ProgramCommand) error {
	return p.may(in.Item, func(i coaching.ItemState) bool { return !i.Ended() && i.SendAt.IsZero() },
		"item_not_sendable", "The item is on its way already, or it has ended; reopen it to send it again.")
}

func (p *programRun) mayTakeBack(in ProgramCommand) error {
	return p.may(in.Item, func(i coaching.ItemState) bool { return !i.SendAt.IsZero() && !i.Ended() },
		"nothing_to_take_back", "Nothing of the item waits to be sent; it may have left a moment ago.")
}

func (p *programRun) maySkip(in ProgramCommand) error {
	return p.may(in.Item, func(i coaching.ItemState) bool { return !i.Ended() }, "item_ended", "The item has ended already.")
}

func (p *programRun) mayReopen(in ProgramCommand) error {
	return p.may(in.Item, func(i coaching.ItemState) bool { return i.Ended() }, "item_not_ended", "Only an item that has ended can be reopened.")
}

func (p *programRun) mayActOnSession(in ProgramSession) error {
	return p.may(in.Item, func(i coaching.ItemState) bool { return !i.Ended() }, "item_ended", "The item has ended already; reopen it first.")
}

func (p *programRun) mayPause(ProgramCommand) error {
	if p.Status != "active" {
		return refusal("conflict", "engagement_not_active", "Only an active engagement can be paused.")
	}
	return nil
}

func (p *programRun) mayResume(ProgramCommand) error {
	if p.Status != "paused" {
		return refusal("conflict", "engagement_not_paused", "The engagement is not paused.")
	}
	return nil
}
