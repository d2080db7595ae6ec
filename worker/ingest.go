package worker

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"coachflow/inbox"
	"coachflow/mail/receive"
	"coachflow/workflows"
)

// ingest takes mails out of the mailbox: bytes stored, row committed, workflow
// started, and only then is the mail filed. Each step can be repeated.
type ingest struct{ Config }

func (in *ingest) take(ctx context.Context, arrived receive.Arrived) error {
	mails, err := in.Domain.Inbox.Store(ctx, arrived)
	if errors.Is(err, inbox.ErrStoreAway) {
		return errors.Join(receive.ErrPause, err)
	}
	if err != nil {
		return err // this mail's own trouble: it waits, the others go on
	}
	for _, m := range mails {
		if err := in.start(ctx, m.Org, m.ID); err != nil {
			return errors.Join(receive.ErrPause, err)
		}
	}
	return nil
}

func (in *ingest) start(ctx context.Context, org, id uuid.UUID) error {
	_, err := in.Temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: workflows.InboundMailID(id), TaskQueue: workflows.TaskQueue,
		WorkflowIDReusePolicy:    enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		StaticSummary:            "Mail " + id.String(),
		TypedSearchAttributes: temporal.NewSearchAttributes(workflows.OrganizationAttribute.ValueSet(org.String()),
			workflows.KindAttribute.ValueSet("inbound_mail")),
	}, workflows.InboundMail, workflows.InboundMailInput{Org: org, ID: id})
	if err != nil {
		return fmt.Errorf("start workflow of mail: %w", err)
	}
	return nil
}
