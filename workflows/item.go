package workflows

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/workflow"

	"coachflow/activities"
	"coachflow/coaching"
)

// One coroutine delivers one item, for as long as it has a next step: it asks
// the rules what comes next and when, waits for that or for a change, and does
// it. Items of every kind go this way; what differs by kind is the deed that is
// done (IssueItem, SendFollowUp).

// step is what may come next for an item.
type step string

const (
	nothing  step = ""          // something must change first
	issue    step = "issue"     // send it out
	followUp step = "follow-up" // remind, or tell the coach
	resend   step = "resend"    // send it again, as asked by hand
)

// next is the next step of an item and its moment, which is in UTC: two of
// them are compared with ==, and each loading of a zone makes another Location.
type next struct {
	step step
	at   time.Time
	n    int // the number of a follow-up
	plan int
}

func (n next) due(now time.Time) bool { return n.step != nothing && !n.at.After(now) }

// nextOf asks the rules what comes next for item i.
func (p *program) nextOf(i int) next {
	item := p.Items[i]
	switch {
	case p.Status != "active":
		return next{}
	case item.Status == coaching.Open:
		return nextOpen(item)
	}
	if r := coaching.ReleaseOf(p.Items, i, p.Started); r.Known() {
		return next{step: issue, at: r.At.UTC()}
	}
	return next{}
}

func nextOpen(item coaching.ItemState) next {
	f, more := coaching.DefaultFollowUp.NextFollowUp(item)
	if !item.SendAt.IsZero() && (!more || item.SendAt.Before(f.At)) {
		return next{step: resend, at: item.SendAt.UTC()}
	}
	if !more {
		return next{}
	}
	return next{step: followUp, at: f.At.UTC(), n: f.Step, plan: item.Plan}
}

// nextFor is nextOf by id; a step that was refused for good is none until
// something changes.
func (p *program) nextFor(id uuid.UUID) next {
	i := p.item(id)
	if i < 0 {
		return next{}
	}
	n := p.nextOf(i)
	if stuck, is := p.stuck[id]; is && stuck == n {
		return next{}
	}
	return n
}

// anyDue reports whether any item's next step is due now.
func (p *program) anyDue(now time.Time) bool {
	return slices.ContainsFunc(p.Items, func(item coaching.ItemState) bool { return p.nextFor(item.ID).due(now) })
}

// deliverItem takes the steps of an item until it has none.
func (p *program) deliverItem(ctx workflow.Context, id uuid.UUID) {
	for n := p.nextFor(id); !p.stopping() && (p.everyItem || n.step != nothing); n = p.nextFor(id) {
		if n.due(stamp(ctx)) {
			p.take(ctx, id, n)
		} else if p.wait(ctx, id, n) != nil {
			return // the workflow was cancelled
		}
	}
}

// wait waits for the moment of a step, or for a change.
func (p *program) wait(ctx workflow.Context, id uuid.UUID, n next) error {
	changed := func() bool { return p.stopping() || p.nextFor(id) != n }
	if n.step == nothing {
		return workflow.Await(ctx, changed)
	}
	summary := fmt.Sprintf("%s of item %d", n.step, p.item(id)+1)
	options := workflow.AwaitOptions{Timeout: n.at.Sub(stamp(ctx)), TimerOptions: workflow.TimerOptions{Summary: summary}}
	_, err := workflow.AwaitWithOptions(ctx, options, changed)
	return err
}

// take does one step. A step that leaves everything as it was, or that is
// refused for good, is not tried again before something changes.
func (p *program) take(ctx workflow.Context, id uuid.UUID, n next) {
	var c activities.Change
	number := p.item(id) + 1
	mailCtx := withMail(ctx, fmt.Sprintf("%s of item %d", n.step, number))
	act := p.act(ctx, ProgramAct{Item: id}, string(n.step))
	act.Heard = p.heard
	var err error
	switch n.step {
	case issue:
		err = workflow.ExecuteActivity(mailCtx, deeds.IssueItem, act).Get(ctx, &c)
	case resend:
		err = workflow.ExecuteActivity(mailCtx, deeds.ResendItem, act).Get(ctx, &c)
	case followUp:
		err = workflow.ExecuteActivity(mailCtx, deeds.SendFollowUp, activities.Due{Act: act, Step: n.n, Plan: n.plan}).Get(ctx, &c)
	}
	delete(p.stuck, id)
	if err != nil {
		code, _ := refused(err)
		workflow.GetLogger(ctx).Error("step refused", "item", number, "step", n.step, "code", code)
		p.stuck[id] = n
		p.describe(ctx)
		return
	}
	p.apply(ctx, c)
	if p.nextFor(id) == n {
		p.stuck[id] = n
	}
}
