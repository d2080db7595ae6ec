package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"coachflow/activities"
)

// SweepID is the id of the schedule of the sweep, and SweepEvery its distance.
const (
	SweepID    = "sweep"
	SweepEvery = time.Minute
)

// Sweep tells workflows again what was saved and not taken up: it starts those
// that are missing and signals those that run. It also raises the alarm for
// sends that are late. A person does not try again; this does it for them.
func Sweep(ctx workflow.Context) (activities.Untold, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Second, ScheduleToCloseTimeout: SweepEvery, Summary: "look for what was not taken up"})
	var found activities.Untold
	if err := workflow.ExecuteActivity(ctx, deeds.FindUntold).Get(ctx, &found); err != nil {
		return found, err
	}
	for _, p := range found.Programs {
		startChild(ctx, StartProgram(ProgramInput{Org: p.Org, Engagement: p.Engagement}))
	}
	for _, m := range found.Mails {
		startChild(ctx, StartInboundMail(InboundMailInput{Org: m.Org, ID: m.ID}))
	}
	for _, a := range found.Answers {
		answer := ProgramAnswer{Item: a.Item, Recipient: a.Recipient, Round: a.Round}
		err := workflow.SignalExternalWorkflow(ctx, ProgramID(a.Engagement), "", AnsweredSignal, answer).Get(ctx, nil)
		if err != nil {
			workflow.GetLogger(ctx).Error("program not told of an answer", "engagement", a.Engagement, "error", err)
		}
	}
	for _, engagement := range found.Changed {
		err := workflow.SignalExternalWorkflow(ctx, ProgramID(engagement), "", LookAgainSignal, nil).Get(ctx, nil)
		if err != nil {
			workflow.GetLogger(ctx).Warn("program not told to look again", "engagement", engagement, "error", err)
		}
	}
	tellOfMails(ctx, found)
	return found, nil
}

// tellOfMails sees to invitations and single mails.
func tellOfMails(ctx workflow.Context, found activities.Untold) {
	for _, who := range found.Invitations {
		if running := startChild(ctx, StartInvitation(InvitationInput{Org: who.Org, Person: who.Person})); !running {
			continue
		}
		if err := workflow.SignalExternalWorkflow(ctx, InvitationID(who.Person), "", LookAgainSignal, nil).Get(ctx, nil); err != nil {
			workflow.GetLogger(ctx).Warn("invitation not told to look again", "person", who.Person, "error", err)
		}
	}
	for _, r := range found.Released {
		if err := workflow.SignalExternalWorkflow(ctx, ProgramID(r.Engagement), "", ReleasedSignal, ProgramAct{Item: r.Item}).Get(ctx, nil); err != nil {
			workflow.GetLogger(ctx).Warn("program not told of what may leave", "engagement", r.Engagement, "error", err)
		}
	}
	sendNotices(ctx, found.Notices)
}
