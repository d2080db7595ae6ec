package workflows

import (
	"errors"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
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
func Sweep(ctx workflow.Context) (activities.Unprocessed, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Second, ScheduleToCloseTimeout: SweepEvery, Summary: "look for what was not taken up"})
	var found activities.Unprocessed
	if err := workflow.ExecuteActivity(ctx, registered.FindUntold).Get(ctx, &found); err != nil {
		return found, err
	}
	for _, p := range found.Programs {
		startOnce(ctx, ProgramID(p.Engagement), Program, ProgramInput{Org: p.Org, Engagement: p.Engagement},
			KindAttribute.ValueSet("program"), OrganizationAttribute.ValueSet(p.Org.String()), EngagementAttribute.ValueSet(p.Engagement.String()))
	}
	for _, m := range found.Mails {
		startOnce(ctx, InboundMailID(m.ID), InboundMail, InboundMailInput{Org: m.Org, ID: m.ID},
			KindAttribute.ValueSet("inbound_mail"), OrganizationAttribute.ValueSet(m.Org.String()))
	}
	for _, a := range found.Answers {
		answer := ProgramAnswer{Item: a.Item, Recipient: a.Recipient, Round: a.Round}
		err := workflow.SignalExternalWorkflow(ctx, ProgramID(a.Engagement), "", AnsweredSignal, answer).Get(ctx, nil)
		if err != nil {
			workflow.GetLogger(ctx).Error("program not told of an answer", "engagement", a.Engagement, "error", err)
		}
	}
	for _, engagement := range found.Changed {
		err := workflow.SignalExternalWorkflow(ctx, ProgramID(engagement), "", ReadAgainSignal, nil).Get(ctx, nil)
		if err != nil {
			workflow.GetLogger(ctx).Warn("program not told to read its rows again", "engagement", engagement, "error", err)
		}
	}
	tellOfMails(ctx, found)
	return found, nil
}

// tellOfMails sees to invitations and single mails.
func tellOfMails(ctx workflow.Context, found activities.Unprocessed) {
	for _, who := range found.Invitations {
		id := InvitationID(who.Person)
		running := start(ctx, id, enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE, Invitation, InvitationInput{Org: who.Org, Person: who.Person},
			KindAttribute.ValueSet("invitation"), OrganizationAttribute.ValueSet(who.Org.String()))
		if !running {
			continue
		}
		if err := workflow.SignalExternalWorkflow(ctx, id, "", LookAgainSignal, nil).Get(ctx, nil); err != nil {
			workflow.GetLogger(ctx).Warn("invitation not told to look again", "person", who.Person, "error", err)
		}
	}
	sendNotices(ctx, found.Notices)
}

// startOnce starts a workflow that has not run to its end before. One that runs
// already is what was wanted.
func startOnce(ctx workflow.Context, id string, what, input any, found ...temporal.SearchAttributeUpdate) {
	start(ctx, id, enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY, what, input, found...)
}

// start starts a workflow that outlives the one that starts it, and says whether it runs
// already.
func start(ctx workflow.Context, id string, reuse enums.WorkflowIdReusePolicy, what, input any, found ...temporal.SearchAttributeUpdate) (running bool) {
	ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID: id, ParentClosePolicy: enums.PARENT_CLOSE_POLICY_ABANDON,
		WorkflowIDReusePolicy: reuse,
		TypedSearchAttributes: temporal.NewSearchAttributes(found...),
	})
	err := workflow.ExecuteChildWorkflow(ctx, what, input).GetChildWorkflowExecution().Get(ctx, nil)
	var already *temporal.ChildWorkflowExecutionAlreadyStartedError
	if errors.As(err, &already) {
		return true
	}
	if err != nil {
		workflow.GetLogger(ctx).Error("workflow not started", "id", id, "error", err)
	}
	return false
}
