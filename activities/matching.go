package activities

import (
	"context"

	"coachflow/matching"
)

// ReadMatching reads how a search for a coach stands, and notes that its workflow has.
func (a *Activities) ReadMatching(ctx context.Context, in matching.Ref) (matching.State, error) {
	state, err := a.matchings.Read(ctx, in)
	return state, final(err)
}

// TakeMatchingStep does what the time has brought about.
func (a *Activities) TakeMatchingStep(ctx context.Context, in matching.Ref) (matching.State, error) {
	state, err := a.matchings.TakeStep(ctx, in)
	return state, final(err)
}

// ApplyMatchingAct carries a stored act out.
func (a *Activities) ApplyMatchingAct(ctx context.Context, in matching.Act) (matching.State, error) {
	state, err := a.matchings.Apply(ctx, in)
	return state, final(err)
}
