package activities

import (
	"context"

	"coachflow/accounts"
	"coachflow/inbox"
	"coachflow/outbox"
	"coachflow/program"
)

// Activities that runs of the version before call. They can go when no such run is open
// any more.

// IssueItem is TakeStep.
func (a *Activities) IssueItem(ctx context.Context, c program.CommandContext) (program.Change, error) {
	return a.TakeStep(ctx, c)
}

// ResendItem is TakeStep.
func (a *Activities) ResendItem(ctx context.Context, c program.CommandContext) (program.Change, error) {
	return a.TakeStep(ctx, c)
}

// SendFollowUp is TakeStep.
func (a *Activities) SendFollowUp(ctx context.Context, c program.CommandContext) (program.Change, error) {
	return a.TakeStep(ctx, c)
}

// HandOverReleased is TakeStep.
func (a *Activities) HandOverReleased(ctx context.Context, c program.CommandContext) (program.Change, error) {
	return a.TakeStep(ctx, c)
}

// SendInvitation is TakeInvitationStep.
func (a *Activities) SendInvitation(ctx context.Context, in accounts.InvitationDue) ([]outbox.StandaloneMail, error) {
	done, err := a.TakeInvitationStep(ctx, in)
	return done.Words, err
}

// DiscardMail ends a quarantined mail that nobody wants.
func (a *Activities) DiscardMail(ctx context.Context, in inbox.Inbound) (inbox.Verdict, error) {
	verdict, err := a.inbox.Discard(ctx, in)
	return verdict, final(err)
}
