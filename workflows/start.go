package workflows

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// Start is how one workflow is started, whoever starts it: the application, the
// ingest, the recovery sweep or another workflow.
//
// The workflow id is a business id, so at most one of each runs at a time: a
// start while it runs changes nothing. A run of the same id that has ended does
// not stand in the way. Every process first reads its rows, so another run does
// what is left to do, and ends at once where that is nothing. A row that was
// restored from a backup, or a run that somebody terminated, is healed by this.
type Start struct {
	ID       string
	Workflow any
	Input    any
	// Summary and Details are for people who run the system. They name kinds and
	// ids, never persons.
	Summary, Details string
	Attributes       []temporal.SearchAttributeUpdate
}

// StartProgram is the start of the workflow that delivers an engagement's program.
func StartProgram(in ProgramInput) Start {
	return Start{
		ID: ProgramID(in.Engagement), Workflow: Program, Input: in,
		Summary: "Program of engagement " + in.Engagement.String(),
		Details: "Delivers the items one after the other, reminds, and ends with the engagement.",
		Attributes: []temporal.SearchAttributeUpdate{KindAttribute.ValueSet("program"), OrganizationAttribute.ValueSet(in.Org.String()),
			EngagementAttribute.ValueSet(in.Engagement.String()), StageAttribute.ValueSet("active")},
	}
}

// StartInvitation is the start of the workflow that follows the invitations of a person.
func StartInvitation(in InvitationInput) Start {
	return Start{
		ID: InvitationID(in.Person), Workflow: Invitation, Input: in,
		Summary:    "Invitation of person " + in.Person.String(),
		Details:    "Sends the invitation and its reminders, and tells the admins when the link has run out.",
		Attributes: []temporal.SearchAttributeUpdate{KindAttribute.ValueSet("invitation"), OrganizationAttribute.ValueSet(in.Org.String())},
	}
}

// StartInboundMail is the start of the workflow that sees one received mail through.
func StartInboundMail(in InboundMailInput) Start {
	return Start{
		ID: InboundMailID(in.ID), Workflow: InboundMail, Input: in,
		Summary:    "Received mail " + in.ID.String(),
		Details:    "Posts the mail to its stream and forwards it, ignores it, or puts it into quarantine.",
		Attributes: []temporal.SearchAttributeUpdate{KindAttribute.ValueSet("inbound_mail"), OrganizationAttribute.ValueSet(in.Org.String())},
	}
}

// StartMailRelease is the start of the workflow that posts a mail which was let through.
func StartMailRelease(in InboundMailInput) Start {
	return Start{
		ID: MailReleaseID(in.ID), Workflow: MailRelease, Input: in,
		Summary:    "Release of received mail " + in.ID.String(),
		Details:    "Posts the mail, which a person let through, to its stream and forwards it.",
		Attributes: []temporal.SearchAttributeUpdate{KindAttribute.ValueSet("mail_release"), OrganizationAttribute.ValueSet(in.Org.String())},
	}
}

// StartStandaloneMail is the start of the workflow that sends one single mail.
func StartStandaloneMail(in StandaloneMailInput) Start {
	return Start{
		ID: StandaloneMailID(in.ID), Workflow: StandaloneMailType, Input: in,
		Summary:    "Single mail " + in.ID.String(),
		Details:    "Sends one mail that is not part of a longer process.",
		Attributes: []temporal.SearchAttributeUpdate{KindAttribute.ValueSet("notice"), OrganizationAttribute.ValueSet(in.Org.String())},
	}
}

// StartBusyCalendar is the start of the workflow that fetches a busy calendar of a coach.
func StartBusyCalendar(org, calendar uuid.UUID) Start {
	return Start{
		ID: BusyCalendarID(calendar), Workflow: BusyCalendar, Input: BusyCalendarInput{Org: org, Calendar: calendar, Fetches: busyFetches},
		Summary:    "Busy calendar " + calendar.String(),
		Details:    "Fetches one of the other calendars of a coach every 15 minutes, and tells the coach when it fails for a day.",
		Attributes: []temporal.SearchAttributeUpdate{KindAttribute.ValueSet("busy_calendar"), OrganizationAttribute.ValueSet(org.String())},
	}
}

// StartRecoverySweep is the start of the one recovery sweep.
func StartRecoverySweep() Start {
	return Start{
		ID: SweepID, Workflow: RecoverySweep, Input: sweepInput,
		Summary:    "Recovery sweep",
		Details:    "Once a minute, tells workflows again what was saved and not acknowledged. Runs for ever; every start of a worker sees to it.",
		Attributes: []temporal.SearchAttributeUpdate{KindAttribute.ValueSet("sweep")},
	}
}

// By starts the workflow with a client, unless it runs.
func (s Start) By(ctx context.Context, c client.Client) error {
	if _, err := c.ExecuteWorkflow(ctx, s.options(), s.Workflow, s.Input); err != nil {
		return fmt.Errorf("start workflow %s: %w", s.ID, err)
	}
	return nil
}

// Run starts the workflow with a client, unless it runs, and waits for its end.
func (s Start) Run(ctx context.Context, c client.Client) error {
	run, err := c.ExecuteWorkflow(ctx, s.options(), s.Workflow, s.Input)
	if err != nil {
		return fmt.Errorf("start workflow %s: %w", s.ID, err)
	}
	if err := run.Get(ctx, nil); err != nil {
		return fmt.Errorf("wait for workflow %s: %w", s.ID, err)
	}
	return nil
}

// SignalBy starts the workflow with a client, unless it runs, and signals it in
// either case.
func (s Start) SignalBy(ctx context.Context, c client.Client, signal string) error {
	if _, err := c.SignalWithStartWorkflow(ctx, s.ID, signal, nil, s.options(), s.Workflow, s.Input); err != nil {
		return fmt.Errorf("start or signal workflow %s: %w", s.ID, err)
	}
	return nil
}

func (s Start) options() client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID: s.ID, TaskQueue: TaskQueue,
		WorkflowIDReusePolicy:    enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		// Without it the client answers a refused start with the old run and no error.
		WorkflowExecutionErrorWhenAlreadyStarted: true,
		StaticSummary:                            s.Summary, StaticDetails: s.Details,
		TypedSearchAttributes: temporal.NewSearchAttributes(s.Attributes...),
	}
}

// child starts the workflow from another one, which it outlives, and says
// whether it ran already. A child has no conflict policy: a start while it runs
// is refused, which is the same as using the existing one.
func (s Start) child(ctx workflow.Context) (running bool, err error) {
	ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID: s.ID, TaskQueue: TaskQueue, ParentClosePolicy: enums.PARENT_CLOSE_POLICY_ABANDON,
		WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		StaticSummary:         s.Summary, StaticDetails: s.Details,
		TypedSearchAttributes: temporal.NewSearchAttributes(s.Attributes...),
	})
	err = workflow.ExecuteChildWorkflow(ctx, s.Workflow, s.Input).GetChildWorkflowExecution().Get(ctx, nil)
	var already *temporal.ChildWorkflowExecutionAlreadyStartedError
	if errors.As(err, &already) {
		return true, nil
	}
	return false, err
}
