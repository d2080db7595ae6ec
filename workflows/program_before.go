package workflows

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/workflow"

	"coachflow/coaching"
	"coachflow/program"
)

// Runs of the version before decide themselves what comes next, and carry commands out
// by local activities. This file keeps their way, so that their histories replay: it
// uses no rule that can change. ReadAgainSignal, which the recovery sweep sends to
// each of them, makes them go on in a run of today. The file can go when the last of
// them has.

// followUpBefore is the follow-up as it was fixed then.
const (
	everyBefore     = 72 * time.Hour
	mostBefore      = 5
	beforeDueBefore = 24 * time.Hour
	minGapBefore    = 4 * time.Hour
)

// nextBefore is what came next for an item by the rules of then.
func nextBefore(items []coaching.ItemState, i int, started time.Time) coaching.NextStep {
	item := items[i]
	if item.Status == coaching.Open {
		return nextOpenBefore(item)
	}
	if at := releaseBefore(items, i, started); !at.IsZero() {
		return coaching.NextStep{Step: coaching.IssueStep, At: at.UTC()}
	}
	return coaching.NextStep{}
}

func nextOpenBefore(item coaching.ItemState) coaching.NextStep {
	follow := nextFollowUpBefore(item)
	if !item.SendAt.IsZero() && (follow.Step == coaching.NoStep || item.SendAt.Before(follow.At)) {
		return coaching.NextStep{Step: coaching.ResendStep, At: item.SendAt.UTC()}
	}
	return follow
}

func nextFollowUpBefore(item coaching.ItemState) coaching.NextStep {
	moments := followUpsBefore(item.FollowFrom, item.DueAt)
	for n, at := range moments {
		last := n == len(moments)-1
		if n < item.Followed || (at.Before(item.PlannedAt) && !last) {
			continue
		}
		return coaching.NextStep{Step: coaching.ReminderStep, At: at.UTC(), Plan: item.Plan*100 + n + 1}
	}
	return coaching.NextStep{}
}

// followUpsBefore are the moments of reminders, and last that of the word to the coach.
func followUpsBefore(from, due time.Time) []time.Time {
	var plan []time.Time
	if !due.After(from) {
		for n := 1; n <= mostBefore+1; n++ {
			plan = append(plan, from.Add(time.Duration(n)*everyBefore))
		}
		return plan
	}
	span, last := due.Sub(from), from
	wanted := []time.Time{from.Add(span / 2), from.Add(span * 3 / 4), due.Add(-beforeDueBefore)}
	if wanted[2].Before(wanted[1]) {
		wanted[1], wanted[2] = wanted[2], wanted[1]
	}
	if wanted[1].Before(wanted[0]) {
		wanted[0], wanted[1] = wanted[1], wanted[0]
	}
	for _, at := range wanted {
		if at.Sub(last) >= minGapBefore && due.Sub(at) >= minGapBefore {
			plan, last = append(plan, at), at
		}
	}
	return append(plan, due)
}

// releaseBefore is when a waiting item goes out; zero while that is not known.
func releaseBefore(items []coaching.ItemState, i int, started time.Time) time.Time {
	item := items[i]
	switch {
	case item.Status == coaching.Sending:
		return item.SendAt
	case item.Status != coaching.Waiting || item.Release.Rule == coaching.Manual:
		return time.Time{}
	case item.Release.Rule == coaching.At:
		return item.ReleaseAt
	}
	base := started
	if prior, found := coaching.Prior(items, i); found {
		if !items[prior].Done() {
			return time.Time{}
		}
		base = items[prior].DoneAt
	}
	if item.Release.Delay != nil {
		base = item.Release.Delay.After(base, coaching.ZoneOrUTC(item.Zone))
	}
	if item.ReleaseAt.After(base) {
		return item.ReleaseAt
	}
	return base
}

func stepActivityBefore(step coaching.StepKind) any {
	switch step {
	case coaching.IssueStep:
		return registered.IssueItem
	case coaching.ResendStep:
		return registered.ResendItem
	}
	return registered.SendFollowUp
}

// listenBefore sets the handlers that only runs of then have.
func (p *programRun) listenBefore(ctx workflow.Context) error {
	onSignal(ctx, p, LookAgainSignal, "programs to look at again", func(ctx workflow.Context, _ ProgramCommand) {
		var c program.Change
		command := p.command(ctx, ProgramCommand{}, "look again")
		if err := workflow.ExecuteLocalActivity(withRowsBefore(ctx, "read the program again"), registered.LoadProgram, command).Get(ctx, &c); err == nil {
			p.apply(ctx, c)
		}
	})
	p.sendReleasedBefore(ctx)
	return handle(ctx, p, AnswerUpdate, p.answer, func(in ProgramAnswer) error { return p.known(in.Item) })
}

// sendReleasedBefore sends what was held for somebody who has an account now.
func (p *programRun) sendReleasedBefore(ctx workflow.Context) {
	sending := map[uuid.UUID]bool{}
	signals := workflow.GetSignalChannel(ctx, ReleasedSignal)
	workflow.GoNamed(ctx, "mails that were held and may leave", func(ctx workflow.Context) {
		for {
			var in ProgramCommand
			if !signals.Receive(ctx, &in) || workflow.Await(ctx, func() bool { return p.loaded }) != nil {
				return
			}
			i := p.item(in.Item)
			if i < 0 || sending[in.Item] {
				continue
			}
			sending[in.Item] = true
			p.live++
			workflow.GoNamed(ctx, "held mails of item "+shortID(in.Item), func(ctx workflow.Context) {
				var c program.Change
				mailCtx := withMail(ctx, fmt.Sprintf("what was held of item %d", i+1))
				if err := workflow.ExecuteActivity(mailCtx, registered.HandOverReleased, p.command(ctx, in, "released")).Get(ctx, &c); err == nil {
					p.apply(ctx, c)
				}
				p.live--
				delete(sending, in.Item)
			})
		}
	})
}

// withRowsBefore sets the options of local activities as they were.
func withRowsBefore(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout: 10 * time.Second, ScheduleToCloseTimeout: 365 * 24 * time.Hour, RetryPolicy: rowRetry, Summary: summary,
	})
}

// waitForBefore is waitFor as it was: a timer that nobody waits for any more stayed.
func waitForBefore(ctx workflow.Context, at time.Time, summary string, changed func() bool) error {
	options := workflow.AwaitOptions{Timeout: at.Sub(stamp(ctx)), TimerOptions: workflow.TimerOptions{Summary: summary}}
	_, err := workflow.AwaitWithOptions(ctx, options, changed)
	return err
}
