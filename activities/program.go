package activities

import (
	"context"

	"coachflow/program"
)

// LoadProgram reads a program whole, for a workflow that begins or reads it again.
func (a *Activities) LoadProgram(ctx context.Context, c program.CommandContext) (program.Change, error) {
	change, err := a.programs.Load(ctx, c)
	return change, final(err)
}

// TakeStep does what is due for an item.
func (a *Activities) TakeStep(ctx context.Context, c program.CommandContext) (program.Change, error) {
	return run(ctx, a.programs.TakeStep, c)
}

// TakeAnswer acknowledges a submitted answer.
func (a *Activities) TakeAnswer(ctx context.Context, in program.Answered) (program.Change, error) {
	change, err := a.programs.TakeAnswer(ctx, in)
	return change, final(err)
}

// SendItem sends an item by hand.
func (a *Activities) SendItem(ctx context.Context, c program.CommandContext) (program.Change, error) {
	change, err := a.programs.SendItem(ctx, c)
	return change, final(err)
}

// TakeBack undoes a send by hand that has not left yet.
func (a *Activities) TakeBack(ctx context.Context, c program.CommandContext) (program.Change, error) {
	change, err := a.programs.TakeBack(ctx, c)
	return change, final(err)
}

// SkipItem ends an item without an answer.
func (a *Activities) SkipItem(ctx context.Context, c program.CommandContext) (program.Change, error) {
	change, err := a.programs.SkipItem(ctx, c)
	return change, final(err)
}

// ReopenItem opens an item again that has ended.
func (a *Activities) ReopenItem(ctx context.Context, c program.CommandContext) (program.Change, error) {
	change, err := a.programs.ReopenItem(ctx, c)
	return change, final(err)
}

// ApplyEdit applies a stored edit of a program.
func (a *Activities) ApplyEdit(ctx context.Context, in program.Edit) (program.Change, error) {
	change, err := a.programs.ApplyEdit(ctx, in)
	return change, final(err)
}

// HoldFollowUp stops or resumes the reminders to one recipient of an item.
func (a *Activities) HoldFollowUp(ctx context.Context, in program.Hold) (program.Change, error) {
	change, err := a.programs.HoldFollowUp(ctx, in)
	return change, final(err)
}

// ApplySession carries a stored act on the session of an item out.
func (a *Activities) ApplySession(ctx context.Context, in program.SessionCommand) (program.Change, error) {
	change, err := a.programs.ApplySession(ctx, in)
	return change, final(err)
}

// Pause stops a program until it is resumed.
func (a *Activities) Pause(ctx context.Context, c program.CommandContext) (program.Change, error) {
	change, err := a.programs.Pause(ctx, c)
	return change, final(err)
}

// Resume goes on with a paused program.
func (a *Activities) Resume(ctx context.Context, c program.CommandContext) (program.Change, error) {
	change, err := a.programs.Resume(ctx, c)
	return change, final(err)
}

// EndEngagement completes or cancels an engagement.
func (a *Activities) EndEngagement(ctx context.Context, in program.Ending) (program.Change, error) {
	change, err := a.programs.EndEngagement(ctx, in)
	return change, final(err)
}
