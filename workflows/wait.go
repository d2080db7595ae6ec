package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"coachflow/coaching"
)

// The wait that all long processes share. What comes next, and when, is decided in
// activities and comes back as data; a workflow waits for that moment or for a change.

// steps is one thing whose steps are taken in turn: an item, an invitation.
type steps struct {
	next    func() coaching.NextStep
	stop    func() bool                               // whether to leave the wait
	take    func(workflow.Context, coaching.NextStep) // does the step; next tells another one afterwards
	summary func(coaching.NextStep) string            // of the timer, for people who run the system
	before  bool                                      // a run of the version before, which leaves its timers
}

// takeSteps takes each step when its moment has come, and looks anew whenever
// something changes, until there is no step or stop says so. It fails when the
// workflow is cancelled.
func takeSteps(ctx workflow.Context, s steps) error {
	for n := s.next(); n.Step != coaching.NoStep && !s.stop(); n = s.next() {
		if n.Due(stamp(ctx)) {
			s.take(ctx, n)
			continue
		}
		wait := waitFor
		if s.before {
			wait = waitForBefore
		}
		if err := wait(ctx, n.At, s.summary(n), func() bool { return s.stop() || s.next() != n }); err != nil {
			return err
		}
	}
	return nil
}

// waitFor waits for a moment or for a change, whichever comes first. A timer that nobody
// waits for any more is cancelled: it would show as pending, and wake the workflow for
// nothing.
func waitFor(ctx workflow.Context, at time.Time, summary string, changed func() bool) error {
	timerCtx, cancel := workflow.WithCancel(ctx)
	defer cancel()
	timer := workflow.NewTimerWithOptions(timerCtx, at.Sub(stamp(ctx)), workflow.TimerOptions{Summary: summary})
	return workflow.Await(ctx, func() bool { return timer.IsReady() || changed() })
}
