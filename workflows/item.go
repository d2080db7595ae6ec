package workflows

import (
	"fmt"

	"github.com/google/uuid"
	"go.temporal.io/sdk/workflow"

	"coachflow/coaching"
	"coachflow/program"
)

// One coroutine delivers one item, for as long as it has a next step. Items of every
// kind go this way; what is done for each kind is up to the activity TakeStep.

// nextFor is the next step of an item. A step that was refused for good is none until
// something changes.
func (p *programRun) nextFor(id uuid.UUID) coaching.NextStep {
	i := p.item(id)
	if i < 0 || p.Status != "active" {
		return coaching.NextStep{}
	}
	n := p.Items[i].Next
	if p.before {
		n = nextBefore(p.Items, i, p.Started)
	}
	if stuck, is := p.stuck[id]; is && stuck == n {
		return coaching.NextStep{}
	}
	return n
}

// deliverItem takes the steps of an item until it has none.
func (p *programRun) deliverItem(ctx workflow.Context, id uuid.UUID) {
	item := steps{
		next:    func() coaching.NextStep { return p.nextFor(id) },
		stop:    p.stopping,
		take:    func(ctx workflow.Context, n coaching.NextStep) { p.takeStep(ctx, id, n) },
		summary: func(n coaching.NextStep) string { return p.stepWords(id, n) },
		before:  p.before,
	}
	err := takeSteps(ctx, item)
	for p.everyItem && err == nil && !p.stopping() {
		if err = workflow.Await(ctx, func() bool { return p.stopping() || p.nextFor(id).Step != coaching.NoStep }); err == nil {
			err = takeSteps(ctx, item)
		}
	}
	// An error says that the workflow was cancelled, which ends it.
}

// takeStep does one step. A step that leaves everything as it was, or that is refused
// for good, is not tried again before something changes.
func (p *programRun) takeStep(ctx workflow.Context, id uuid.UUID, n coaching.NextStep) {
	var c program.Change
	words := p.stepWords(id, n)
	command := p.command(ctx, ProgramCommand{Item: id}, string(n.Step))
	err := workflow.ExecuteActivity(withMail(ctx, words), p.stepActivity(n.Step), command).Get(ctx, &c)
	delete(p.stuck, id)
	if err != nil {
		code, _ := refused(err)
		workflow.GetLogger(ctx).Error("step refused", "step", words, "code", code)
		p.stuck[id] = n
		p.describe(ctx)
		return
	}
	p.apply(ctx, c)
	sendStandaloneMails(ctx, c.Mails)
	if p.nextFor(id) == n {
		p.stuck[id] = n
	}
}

// stepActivity is the activity that takes a step.
func (p *programRun) stepActivity(step coaching.StepKind) any {
	if p.before {
		return stepActivityBefore(step)
	}
	return registered.TakeStep
}

// stepWords says which step of which item it is.
func (p *programRun) stepWords(id uuid.UUID, n coaching.NextStep) string {
	i := p.item(id)
	if i < 0 {
		return string(n.Step)
	}
	return fmt.Sprintf("%s of item %d (%s)", n.Step, i+1, p.Items[i].Kind)
}
