package workflows

import (
	"github.com/google/uuid"
	"go.temporal.io/sdk/workflow"

	"coachflow/activities"
	"coachflow/booking"
	"coachflow/inbox"
	"coachflow/outbox"
)

// sweepStep starts one workflow, or tells one that runs. It reports whether it
// started one. What fails is logged; the next round finds it again.
type sweepStep func(workflow.Context) (started bool)

// sweepAtOnce is how many steps of a round are under way at the same time. It
// decides on the order of commands: another number needs a version gate.
const sweepAtOnce = 20

// doAll takes the steps, sweepAtOnce of them at the same time, and counts
// the workflows that were started. It returns when all steps are done.
func doAll(ctx workflow.Context, steps []sweepStep) (started int) {
	next, wait := 0, workflow.NewWaitGroup(ctx)
	for range min(sweepAtOnce, len(steps)) {
		wait.Add(1)
		workflow.GoNamed(ctx, "steps of a round", func(ctx workflow.Context) {
			defer wait.Done()
			for next < len(steps) {
				step := steps[next]
				next++
				if step(ctx) {
					started++
				}
			}
		})
	}
	wait.Wait(ctx)
	return started
}

// startPrograms also tells the programs that run to read their rows, by a signal.
func startPrograms(found activities.Unprocessed, signal string) []sweepStep {
	return stepsFor(found.Programs, func(p activities.UnreadProgram) sweepStep {
		return starting(StartProgram(ProgramInput{Org: p.Org, Engagement: p.Engagement}), signal)
	})
}

func startMails(found activities.Unprocessed) []sweepStep {
	return stepsFor(found.Mails, func(m inbox.Inbound) sweepStep {
		return starting(StartInboundMail(InboundMailInput{Org: m.Org, ID: m.ID}), "")
	})
}

func startReleases(found activities.Unprocessed) []sweepStep {
	return stepsFor(found.LetThrough, func(m inbox.Inbound) sweepStep {
		return starting(StartMailRelease(InboundMailInput{Org: m.Org, ID: m.ID}), "")
	})
}

// endWaitingMails ends the runs of the version before that wait for a decision about a
// quarantined mail. Where none runs, the one that is started notes that.
func endWaitingMails(found activities.Unprocessed) []sweepStep {
	return stepsFor(found.Waiting, func(m inbox.Inbound) sweepStep {
		return starting(StartInboundMail(InboundMailInput{Org: m.Org, ID: m.ID}), ReadAgainSignal)
	})
}

func startStandaloneMails(found activities.Unprocessed) []sweepStep {
	return stepsFor(found.StandaloneMails, func(n outbox.StandaloneMail) sweepStep {
		return starting(StartStandaloneMail(StandaloneMailInput{Org: n.Org, ID: n.ID}), "")
	})
}

// startInvitations also tells the invitations that run: the row may have
// changed.
func startInvitations(found activities.Unprocessed) []sweepStep {
	return stepsFor(found.Invitations, func(who outbox.Addressee) sweepStep {
		return starting(StartInvitation(InvitationInput{Org: who.Org, Person: who.Person}), LookAgainSignal)
	})
}

// startCalendars also tells the busy calendars that run: somebody may have asked for one. A
// run of the sweep that has passed over some already leaves them to the next run.
func startCalendars(ctx workflow.Context, found activities.Unprocessed) []sweepStep {
	if len(found.Calendars) == 0 || workflow.GetVersion(ctx, "busy-calendars", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		return nil
	}
	return stepsFor(found.Calendars, func(c booking.Unfetched) sweepStep {
		return starting(StartBusyCalendar(c.Org, c.Calendar), LookAgainSignal)
	})
}

func tellAnswers(found activities.Unprocessed) []sweepStep {
	return stepsFor(found.Answers, func(a activities.UnprocessedAnswer) sweepStep {
		return telling(ProgramID(a.Engagement), AnsweredSignal, ProgramAnswer{Item: a.Item, Recipient: a.Recipient, Round: a.Round})
	})
}

func tellChanges(found activities.Unprocessed, signal string) []sweepStep {
	return stepsFor(found.Changed, func(engagement uuid.UUID) sweepStep {
		return telling(ProgramID(engagement), signal, nil)
	})
}

func stepsFor[T any](list []T, step func(T) sweepStep) []sweepStep {
	steps := make([]sweepStep, 0, len(list))
	for _, one := range list {
		steps = append(steps, step(one))
	}
	return steps
}

// starting starts a workflow. One that runs already is what was wanted; it is
// sent the signal, if there is one.
func starting(s Start, signal string) sweepStep {
	return func(ctx workflow.Context) bool {
		running, err := s.child(ctx)
		if err != nil {
			workflow.GetLogger(ctx).Error("workflow not started", "id", s.ID, "error", err)
			return false
		}
		if running && signal != "" {
			telling(s.ID, signal, nil)(ctx)
		}
		return !running
	}
}

// telling signals a workflow that runs.
func telling(id, signal string, arg any) sweepStep {
	return func(ctx workflow.Context) bool {
		if err := workflow.SignalExternalWorkflow(ctx, id, "", signal, arg).Get(ctx, nil); err != nil {
			workflow.GetLogger(ctx).Warn("workflow not told", "id", id, "signal", signal, "error", err)
		}
		return false
	}
}
