package activities

import (
	"context"

	"coachflow/accounts"
	"coachflow/coaching"
	"coachflow/inbox"
	"coachflow/outbox"
)

// ReceiveMail reads a stored mail, judges it, and does what follows.
func (a *Activities) ReceiveMail(ctx context.Context, in inbox.Inbound) (inbox.Verdict, error) {
	return run(ctx, a.inbox.Receive, in)
}

// ReadInvitation reads the newest invitation of a person.
func (a *Activities) ReadInvitation(ctx context.Context, who outbox.Addressee) (coaching.InvitationState, error) {
	state, err := a.accounts.ReadInvitation(ctx, who)
	return state, final(err)
}

// TakeInvitationStep does what is due for an invitation.
func (a *Activities) TakeInvitationStep(ctx context.Context, in accounts.InvitationDue) (accounts.InvitationStepDone, error) {
	return run(ctx, a.accounts.TakeInvitationStep, in)
}

// SendNotice sends a planned mail that is not part of a long-running workflow.
func (a *Activities) SendNotice(ctx context.Context, in outbox.StandaloneMail) error {
	_, err := run(ctx, func(ctx context.Context, in outbox.StandaloneMail) (struct{}, error) {
		return struct{}{}, a.outbox.SendStandalone(ctx, in)
	}, in)
	return err
}
