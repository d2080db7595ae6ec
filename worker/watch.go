package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"

	"coachflow/db"
	"coachflow/inbox"
	"coachflow/workflows"
)

// Watch sees to it that workflows run for what they must run for. The rows do not know
// when one is gone: somebody terminated it, or Temporal's data was lost. A round asks
// Temporal about some of them and starts those again from their rows that do not run;
// each process goes on with what is left, and sends nothing twice. It also ends the
// workflows of engagements that have ended, where they do not take that up.
type Watch struct {
	Engine
	DB *db.DB

	// Where a round has stopped, and the next one goes on.
	programs, invitations uuid.UUID
}

// process is what a workflow must run for.
type process struct {
	id    uuid.UUID
	start workflows.Start
}

const (
	watchEvery = time.Minute
	// lookAtOnce is how many of each kind one round asks about, at a millisecond or two of
	// the server each. Where one was lost it goes on, until startAtOnce were started.
	lookAtOnce  = 100
	startAtOnce = 200
	// unreadLong is how long a workflow has to take up that its engagement has ended. The
	// recovery sweep tells it once a minute.
	unreadLong = 10 * time.Minute
	// unsentLong is when it is asked about a mail whether anything sends it.
	unsentLong = 2 * time.Minute
)

// Run makes a round a minute until ctx ends. One that fails is followed by the next.
func (w *Watch) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := w.Round(ctx); err != nil && ctx.Err() == nil {
			w.Log.ErrorContext(ctx, "not all workflows were looked after, the next round will", "error", err)
		}
		pause(ctx, watchEvery)
	}
	return nil
}

// Round looks at some of what workflows must run for. The recovery sweep is among it.
func (w *Watch) Round(ctx context.Context) error {
	if err := w.prepareOnce(ctx); err != nil {
		return err
	}
	return errors.Join(w.endUnread(ctx), w.walk(ctx, &w.programs, w.programsAfter), w.walk(ctx, &w.invitations, w.invitationsAfter), w.sends(ctx))
}

// walk looks at the next processes of a kind, and at those after them as long as some
// were lost. After the last one it begins anew.
func (w *Watch) walk(ctx context.Context, at *uuid.UUID, after func(context.Context, uuid.UUID) ([]process, error)) error {
	for started := 0; started < startAtOnce; {
		list, err := after(ctx, *at)
		if err != nil {
			return err
		}
		lost, err := w.startLost(ctx, list)
		if err != nil {
			return err
		}
		if len(list) < lookAtOnce {
			*at = uuid.Nil
			return nil
		}
		*at = list[len(list)-1].id
		if lost == 0 {
			return nil
		}
		started += lost
	}
	return nil
}

// startLost starts the workflows that do not run, and counts them.
func (w *Watch) startLost(ctx context.Context, list []process) (lost int, err error) {
	for _, p := range list {
		runs, err := w.runs(ctx, p.start.ID)
		if err != nil {
			return lost, err
		}
		if runs {
			continue
		}
		w.Log.WarnContext(ctx, "workflow was lost, started again from its rows", "workflow", p.start.ID)
		if err := w.start(ctx, p.start); err != nil {
			return lost, err
		}
		lost++
	}
	return lost, nil
}

func (w *Watch) start(ctx context.Context, s workflows.Start) error {
	ctx, cancel := context.WithTimeout(ctx, prepareCall)
	defer cancel()
	return s.By(ctx, w.Temporal)
}

// runs asks whether a workflow runs.
func (w *Watch) runs(ctx context.Context, id string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, prepareCall)
	defer cancel()
	found, err := w.Temporal.DescribeWorkflow(ctx, id, "")
	var none *serviceerror.NotFound
	if errors.As(err, &none) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("ask about workflow %s: %w", id, err)
	}
	return found.Status == enums.WORKFLOW_EXECUTION_STATUS_RUNNING, nil
}

func (w *Watch) programsAfter(ctx context.Context, after uuid.UUID) ([]process, error) {
	list, err := w.DB.Across().SweepRunningPrograms(ctx, after, lookAtOnce)
	if err != nil {
		return nil, fmt.Errorf("list running programs: %w", err)
	}
	var out []process
	for _, r := range list {
		out = append(out, process{r.ID, workflows.StartProgram(workflows.ProgramInput{Org: r.OrgID, Engagement: r.ID})})
	}
	return out, nil
}

func (w *Watch) invitationsAfter(ctx context.Context, after uuid.UUID) ([]process, error) {
	list, err := w.DB.Across().SweepRunningInvitations(ctx, after, lookAtOnce)
	if err != nil {
		return nil, fmt.Errorf("list open invitations: %w", err)
	}
	var out []process
	for _, r := range list {
		out = append(out, process{r.ID, workflows.StartInvitation(workflows.InvitationInput{Org: r.OrgID, Person: r.PersonID})})
	}
	return out, nil
}

// sends looks after mails that should have left: single ones, and the letters of received
// mails. Those of programs and invitations leave with their processes.
func (w *Watch) sends(ctx context.Context) error {
	list, err := w.DB.Across().SweepRunningSends(ctx, db.Now().Add(-unsentLong), lookAtOnce)
	if err != nil {
		return fmt.Errorf("list mails that did not leave: %w", err)
	}
	var out []process
	for _, r := range list {
		if r.Standalone {
			out = append(out, process{start: workflows.StartStandaloneMail(workflows.StandaloneMailInput{Org: r.OrgID, ID: r.ID})})
		} else if mail, is := inbox.MailOfLetter(r.Key); is {
			out = append(out, process{start: workflows.StartInboundMail(workflows.InboundMailInput{Org: r.OrgID, ID: mail})})
		}
	}
	_, err = w.startLost(ctx, out)
	return err
}

// endUnread terminates workflows that have not taken up for long that their engagement
// has ended. The recovery sweep starts another one then, which finds nothing left to do.
func (w *Watch) endUnread(ctx context.Context) error {
	list, err := w.DB.Across().SweepUnreadEnds(ctx, db.Now().Add(-unreadLong), lookAtOnce)
	if err != nil {
		return fmt.Errorf("list engagements whose end was not read: %w", err)
	}
	for _, e := range list {
		if err := w.terminate(ctx, workflows.ProgramID(e.EngagementID)); err != nil {
			return err
		}
	}
	return nil
}

func (w *Watch) terminate(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, prepareCall)
	defer cancel()
	err := w.Temporal.TerminateWorkflow(ctx, id, "", "The engagement has ended, and this workflow has not taken it up for ten minutes.")
	var none *serviceerror.NotFound
	if err != nil && !errors.As(err, &none) {
		return fmt.Errorf("terminate workflow %s: %w", id, err)
	}
	if err == nil {
		w.Log.WarnContext(ctx, "workflow terminated: it did not take up that its engagement has ended", "workflow", id)
	}
	return nil
}
