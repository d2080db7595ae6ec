package workflows_test

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/testsuite"
	"pgregory.net/rapid"

	"coachflow/mail/compose"
)

// What a test needs to lose a workflow: its environment is dropped at some point, with
// all that the workflow knew, and another one is started from the rows alone, as after
// the loss of a namespace. Nothing is told to it but what the rows say.

// loss says when a workflow is lost, and for how long nothing runs after that.
type loss struct {
	Point  string
	N      int           // which one of the activities of this run, or of its mails
	After  time.Duration // of the run, for "at rest"
	Outage time.Duration
}

// The points at which a workflow can be lost. Between two of them nothing becomes durable.
const (
	atRest        = "at rest"
	activityBegun = "an activity has begun"
	activityEnded = "an activity has ended, unheard"
	mailRefused   = "a mail is about to leave"
	mailLeft      = "a mail has left, unrecorded"
)

func drawLosses(t *rapid.T) []loss {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) loss {
		return loss{Point: rapid.SampledFrom([]string{atRest, activityBegun, activityEnded, mailRefused, mailLeft}).Draw(t, "point"), N: rapid.IntRange(1, 6).Draw(t, "n"),
			After:  time.Duration(rapid.IntRange(1, 100).Draw(t, "after")) * time.Hour,
			Outage: rapid.SampledFrom([]time.Duration{0, 10 * time.Minute, 30 * time.Hour, 200 * time.Hour}).Draw(t, "outage")}
	}), 1, 5).Draw(t, "losses")
}

// lost is what an environment is left with.
type lost struct{}

// lose has an environment lose its workflow at a point. The mails of which nobody knows
// whether they left are noted.
func (w *world) lose(env *testsuite.TestWorkflowEnvironment, l loss, unknown map[string]int) {
	drop := func() { panic(lost{}) }
	count := 0
	nth := func() bool { count++; return count == l.N }
	switch l.Point {
	case atRest:
		env.RegisterDelayedCallback(drop, l.After)
	case activityBegun:
		env.SetOnActivityStartedListener(func(*activity.Info, context.Context, converter.EncodedValues) {
			if nth() {
				drop()
			}
		})
	case activityEnded:
		env.SetOnActivityCompletedListener(func(*activity.Info, converter.EncodedValue, error) {
			if nth() {
				drop()
			}
		})
	}
	w.mails.dies(func(o compose.Outgoing, taken bool) {
		if taken == (l.Point == mailLeft) && (l.Point == mailLeft || l.Point == mailRefused) && nth() {
			if taken {
				unknown[o.IdempotencyKey]++
			}
			env.RegisterDelayedCallback(drop, 0)
			runtime.Goexit() // nothing after this is done
		}
	})
}

// loses runs a workflow in an environment, and reports whether it was lost.
func loses(run func()) (was bool) {
	defer func() {
		switch what := recover(); what.(type) {
		case nil:
		case lost:
			was = true
		default:
			panic(what)
		}
	}()
	run()
	return false
}

// outage lets claims end, as they do while nothing runs: they are made by the clock of
// the world, not of the story.
func (w *world) outage() {
	w.Helper()
	w.exec("UPDATE notifications SET claimed_until = now() - interval '1 second' WHERE claimed_until IS NOT NULL")
}

// handedOver lists faults: a mail that was handed over twice though nobody had lost it,
// or otherwise than the first time.
func (w *world) handedOver(unknown map[string]int) (faults []string) {
	for key, tries := range w.mails.tries {
		if len(tries) > 1+unknown[key] {
			faults = append(faults, fmt.Sprintf("%s was handed over %d times, and lost %d times", key, len(tries), unknown[key]))
		}
		for _, again := range tries[1:] {
			if again.Text != tries[0].Text || again.MessageID != tries[0].MessageID || again.To != tries[0].To {
				faults = append(faults, key+" was another mail when it was handed over again")
			}
		}
	}
	return faults
}
