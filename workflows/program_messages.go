package workflows

import (
	"errors"
	"fmt"

	"github.com/google/uuid"
	"go.temporal.io/sdk/workflow"

	"coachflow/activities"
	"coachflow/coaching"
)

// listen sets the handlers. Each Update has a validator that refuses what the
// state does not allow, and one local activity that writes the rows and
// answers with the new state.
func (p *program) listen(ctx workflow.Context) error {
	p.hear(ctx)
	p.lookAgain(ctx)
	p.handOver(ctx)
	return errors.Join(
		handle(ctx, p, AnswerUpdate, p.answer, func(in ProgramAnswer) error { return p.known(in.Item) }),
		handle(ctx, p, SendUpdate, p.send, p.maySend),
		handle(ctx, p, TakeBackUpdate, p.takeBack, p.mayTakeBack),
		handle(ctx, p, SkipUpdate, p.skip, p.maySkip),
		handle(ctx, p, ReopenUpdate, p.reopen, p.mayReopen),
		handle(ctx, p, EditUpdate, p.edit, func(ProgramEdit) error { return p.mayChange() }),
		handle(ctx, p, HoldUpdate, p.hold, func(in ProgramHold) error { return p.known(in.Item) }),
		handle(ctx, p, PauseUpdate, p.pause, p.mayPause),
		handle(ctx, p, ResumeUpdate, p.resume, p.mayResume),
		handle(ctx, p, EndUpdate, p.end, p.mayEnd),
	)
}

// handle sets one handler. An Update that comes before the program was read is
// let in, waits for that, and is judged then.
func handle[In any](ctx workflow.Context, p *program, name string, do func(workflow.Context, In) (ProgramResult, error), may func(In) error) error {
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

// hear takes answers up of which the sweep tells.
func (p *program) hear(ctx workflow.Context) {
	signals := workflow.GetSignalChannel(ctx, AnsweredSignal)
	workflow.GoNamed(ctx, "answers told by the sweep", func(ctx workflow.Context) {
		for {
			var in ProgramAnswer
			if !signals.Receive(ctx, &in) {
				return
			}
			if workflow.Await(ctx, func() bool { return p.loaded }) != nil {
				return
			}
			p.takeUpTold(ctx, in)
		}
	})
}

// lookAgain reads the program anew when the sweep finds that the rows were
// changed by an act of which this workflow may not have heard: the server can
// die between the deed and the note of its answer.
func (p *program) lookAgain(ctx workflow.Context) {
	signals := workflow.GetSignalChannel(ctx, LookAgainSignal)
	workflow.GoNamed(ctx, "programs to look at again", func(ctx workflow.Context) {
		for signals.Receive(ctx, nil) {
			if workflow.Await(ctx, func() bool { return p.loaded }) != nil {
				return
			}
			p.live++
			var c activities.Change
			act := p.act(ctx, ProgramAct{}, "look again")
			if err := workflow.ExecuteLocalActivity(withRows(ctx, "read the program again"), deeds.LoadProgram, act).Get(ctx, &c); err == nil {
				p.apply(ctx, c)
			}
			p.live--
		}
	})
}

// handOver hands over mails that were held for somebody who has an account now.
func (p *program) handOver(ctx workflow.Context) {
	signals := workflow.GetSignalChannel(ctx, ReleasedSignal)
	workflow.GoNamed(ctx, "mails that were held and may leave", func(ctx workflow.Context) {
		for {
			var in ProgramAct
			if !signals.Receive(ctx, &in) || workflow.Await(ctx, func() bool { return p.loaded }) != nil {
				return
			}
			i := p.item(in.Item)
			if i < 0 || p.handing[in.Item] {
				continue // the sweep tells it again for as long as something waits
			}
			p.handing[in.Item] = true
			p.live++
			workflow.GoNamed(ctx, "held mails of item "+shortID(in.Item), func(ctx workflow.Context) {
				p.handOverOne(ctx, in, i+1)
				p.live--
				delete(p.handing, in.Item)
			})
		}
	})
}

func (p *program) handOverOne(ctx workflow.Context, in ProgramAct, number int) {
	var c activities.Change
	mailCtx := withMail(ctx, fmt.Sprintf("what was held of item %d", number))
	err := workflow.ExecuteActivity(mailCtx, deeds.HandOverReleased, p.act(ctx, in, "released")).Get(ctx, &c)
	if err != nil {
		workflow.GetLogger(ctx).Error("what was held is not handed over", "item", number, "error", err)
		return
	}
	p.apply(ctx, c)
}

// takeUpTold counts as live, so that no run ends in the middle of it.
func (p *program) takeUpTold(ctx workflow.Context, in ProgramAnswer) {
	p.live++
	defer func() { p.live-- }()
	if _, err := p.answer(ctx, in); err != nil {
		workflow.GetLogger(ctx).Error("answer not taken up", "item", in.Item, "error", err)
	}
}

// deed runs one local activity for an Update and takes its change over.
func (p *program) deed(ctx workflow.Context, summary string, item uuid.UUID, activity, in any) (ProgramResult, error) {
	var c activities.Change
	if err := workflow.ExecuteLocalActivity(withRows(ctx, summary), activity, in).Get(ctx, &c); err != nil {
		return ProgramResult{}, err
	}
	p.apply(ctx, c)
	result := ProgramResult{Status: p.Status}
	if !c.Uncounted {
		p.heard = c.Revision
		if !p.anyDue(stamp(ctx)) {
			result.Revision = c.Revision
		}
	}
	if i := p.item(item); i >= 0 {
		result.Item = &p.Items[i]
	}
	return result, nil
}

// actKey tells two acts of one kind apart, and is the same when a handler is
// replayed or its activity repeated.
func actKey(ctx workflow.Context) string {
	info := workflow.GetCurrentUpdateInfo(ctx)
	if info == nil {
		return "signal"
	}
	return info.ID
}

func (p *program) answer(ctx workflow.Context, in ProgramAnswer) (ProgramResult, error) {
	act := p.personAct(ctx, ProgramAct{Item: in.Item}, "answer")
	return p.deed(ctx, "take up an answer", in.Item, deeds.TakeAnswer, activities.Answered{Act: act, Recipient: in.Recipient, Round: in.Round})
}

func (p *program) send(ctx workflow.Context, in ProgramAct) (ProgramResult, error) {
	return p.deed(ctx, "send by hand", in.Item, deeds.SendItem, p.personAct(ctx, in, actKey(ctx)))
}

func (p *program) takeBack(ctx workflow.Context, in ProgramAct) (ProgramResult, error) {
	return p.deed(ctx, "take a send back", in.Item, deeds.TakeBack, p.personAct(ctx, in, actKey(ctx)))
}

func (p *program) skip(ctx workflow.Context, in ProgramAct) (ProgramResult, error) {
	return p.deed(ctx, "skip an item", in.Item, deeds.SkipItem, p.personAct(ctx, in, actKey(ctx)))
}

func (p *program) reopen(ctx workflow.Context, in ProgramAct) (ProgramResult, error) {
	return p.deed(ctx, "reopen an item", in.Item, deeds.ReopenItem, p.personAct(ctx, in, actKey(ctx)))
}

func (p *program) edit(ctx workflow.Context, in ProgramEdit) (ProgramResult, error) {
	act := p.personAct(ctx, ProgramAct{Actor: in.Actor}, in.ID.String())
	return p.deed(ctx, "apply an edit", uuid.Nil, deeds.ApplyEdit, activities.Edit{Act: act, ID: in.ID})
}

func (p *program) hold(ctx workflow.Context, in ProgramHold) (ProgramResult, error) {
	act := p.personAct(ctx, ProgramAct{Item: in.Item, Actor: in.Actor}, actKey(ctx))
	return p.deed(ctx, "hold or resume reminders", in.Item, deeds.HoldFollowUp, activities.Hold{Act: act, Recipient: in.Recipient, Held: in.Held})
}

func (p *program) pause(ctx workflow.Context, in ProgramAct) (ProgramResult, error) {
	return p.deed(ctx, "pause", uuid.Nil, deeds.Pause, p.personAct(ctx, in, actKey(ctx)))
}

func (p *program) resume(ctx workflow.Context, in ProgramAct) (ProgramResult, error) {
	return p.deed(ctx, "resume", uuid.Nil, deeds.Resume, p.personAct(ctx, in, actKey(ctx)))
}

func (p *program) end(ctx workflow.Context, in ProgramEnd) (ProgramResult, error) {
	act := p.personAct(ctx, ProgramAct{Actor: in.Actor}, actKey(ctx))
	return p.deed(ctx, "end the engagement", uuid.Nil, deeds.EndEngagement, activities.Ending{Act: act, Status: in.Status})
}

// personAct is an act that came as an Update.
func (p *program) personAct(ctx workflow.Context, in ProgramAct, key string) activities.Act {
	act := p.act(ctx, in, key)
	act.Told = true
	return act
}

// The validators. They look at the state and change nothing.

func (p *program) known(id uuid.UUID) error {
	if i := p.item(id); i < 0 || p.Items[i].Status == coaching.Removed {
		return refusal("not_found", "item_not_found", "The program has no such item.")
	}
	return nil
}

func (p *program) mayChange() error {
	if p.ended() {
		return refusal("conflict", "engagement_over", "The engagement has ended; nothing of it can be changed.")
	}
	return nil
}

func (p *program) mayEnd(in ProgramEnd) error {
	if in.Status != "completed" && in.Status != "cancelled" {
		return refusal("invalid", "engagement_end_unknown", "An engagement ends as completed or cancelled.")
	}
	return p.mayChange()
}

func (p *program) may(id uuid.UUID, allowed func(coaching.ItemState) bool, code, message string) error {
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

func (p *program) maySend(in ProgramAct) error {
	return p.may(in.Item, func(i coaching.ItemState) bool { return !i.Ended() && i.SendAt.IsZero() },
		"item_not_sendable", "The item is on its way already, or it has ended; reopen it to send it again.")
}

func (p *program) mayTakeBack(in ProgramAct) error {
	return p.may(in.Item, func(i coaching.ItemState) bool { return !i.SendAt.IsZero() && !i.Ended() },
		"nothing_to_take_back", "Nothing of the item waits to be sent; it may have left a moment ago.")
}

func (p *program) maySkip(in ProgramAct) error {
	return p.may(in.Item, func(i coaching.ItemState) bool { return !i.Ended() }, "item_ended", "The item has ended already.")
}

func (p *program) mayReopen(in ProgramAct) error {
	return p.may(in.Item, func(i coaching.ItemState) bool { return i.Ended() }, "item_not_ended", "Only an item that has ended can be reopened.")
}

func (p *program) mayPause(ProgramAct) error {
	if p.Status != "active" {
		return refusal("conflict", "engagement_not_active", "Only an active engagement can be paused.")
	}
	return nil
}

func (p *program) mayResume(ProgramAct) error {
	if p.Status != "paused" {
		return refusal("conflict", "engagement_not_paused", "The engagement is not paused.")
	}
	return nil
}
