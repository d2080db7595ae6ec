package app

import (
	"context"
	"slices"
	"time"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// maxDueDays is the latest due date that a preview takes, in days from today.
const maxDueDays = 730

// LadderPreviewInput says what is to be laid out.
type LadderPreviewInput struct {
	// Ladder is what has not been saved yet; nil: what is in force.
	Ladder *coaching.Ladder
	// DueDays is in how many days it is due; 0: it has no due date.
	DueDays int
}

// LadderPreview is what a sending of now would bring.
type LadderPreview struct {
	Start time.Time           `json:"start"`
	Due   *time.Time          `json:"due,omitempty"`
	Steps []LadderPreviewStep `json:"steps" doc:"In the order of their moments."`
}

// LadderPreviewStep is one mail of it, or one that would not go out.
type LadderPreviewStep struct {
	Name    string            `json:"name,omitempty" doc:"request, reminder-1, escalation, end; absent for a step for which there is no room, so that it is no part of the plan."`
	Words   string            `json:"words" doc:"The step in words, as it was set: 1 day before it is due."`
	At      time.Time         `json:"at"`
	Text    string            `json:"text" doc:"The moment on the clock of the organization."`
	To      coaching.Audience `json:"to,omitempty" doc:"reader, coach or admins"`
	Dropped string            `json:"dropped,omitempty" doc:"Why it does not go out; absent where it does."`
	Effect  *time.Time        `json:"effect,omitempty" doc:"Of an end: when it takes effect. Its mail may have to wait for working hours."`
}

// PreviewLadder lays a ladder out for something that is sent now, on the clock of the
// organization. Nothing is stored.
func (a *App) PreviewLadder(ctx context.Context, p Principal, kind coaching.LadderKind, in LadderPreviewInput) (LadderPreview, error) {
	if err := ladderInUse(p, kind); err != nil {
		return LadderPreview{}, err
	}
	if problem := in.check(kind); problem != nil {
		return LadderPreview{}, problem
	}
	out := LadderPreview{Start: now(), Steps: []LadderPreviewStep{}}
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		follow, err := outbox.FollowUpOf(ctx, q, p.Org, kind)
		if err != nil {
			return err
		}
		if in.Ladder != nil {
			follow.Ladder = *in.Ladder
		}
		out.lay(follow, in.DueDays)
		return nil
	})
	return out, err
}

// check refuses what cannot be laid out, with all faults at once, and sets the kind.
func (in *LadderPreviewInput) check(kind coaching.LadderKind) *coaching.Problem {
	problem := coaching.Problemf(coaching.Invalid, "due_days_invalid", "The due date is to be 1 to %d days from today, or absent.", maxDueDays)
	if in.Ladder != nil {
		own := *in.Ladder
		own.Kind = kind
		in.Ladder = &own
		if wrong := own.Check("ladder"); wrong != nil {
			problem = wrong
		}
	}
	switch {
	case in.DueDays != 0 && !kind.HasDue():
		problem.WithField("due_days", "due_days_misplaced", "what is waited for here has no due date")
	case in.DueDays < 0 || in.DueDays > maxDueDays || (in.DueDays == 0 && kind.HasDue() && !kind.MayBeDue()):
		problem.WithField("due_days", "due_days_invalid", "between 1 and %d, or 0 for none", maxDueDays)
	}
	if len(problem.Fields) == 0 {
		return nil
	}
	return problem
}

// lay puts down what follows on a sending at the start.
func (l *LadderPreview) lay(follow outbox.FollowUp, dueDays int) {
	in := coaching.LadderInput{Start: l.Start, Now: l.Start, Hours: follow.Hours, Zones: coaching.LadderZones{Reader: follow.Zone, Coach: follow.Zone, Admins: follow.Zone}}
	set := follow.Ladder.LadderSteps
	switch {
	case dueDays > 0:
		in.Due = coaching.Delay{Amount: dueDays, Unit: coaching.Days}.After(l.Start, follow.Zone).UTC()
		l.Due = &in.Due
	case follow.Ladder.WithoutDue != nil:
		set = *follow.Ladder.WithoutDue
	}
	laid := follow.Ladder.Lay(in)
	for _, s := range laid.Steps {
		l.add(s, set, follow, "")
	}
	for _, s := range slices.Concat(laid.Dropped, laid.LeftOut) {
		l.add(s.LadderStep, set, follow, s.Reason.Words())
	}
	slices.SortStableFunc(l.Steps, func(a, b LadderPreviewStep) int { return a.At.Compare(b.At) })
}

func (l *LadderPreview) add(s coaching.LadderStep, set coaching.LadderSteps, follow outbox.FollowUp, dropped string) {
	kind := follow.Ladder.Kind
	step := LadderPreviewStep{Name: s.Name, At: s.At, Text: coaching.ShowTime(s.At, follow.Zone), To: s.To, Dropped: dropped}
	switch {
	case s.End:
		step.Words, step.Effect = kind.StepWords(set.End.When)+", "+kind.EndWords(*set.End), &s.Effect
	case s.Request:
		step.Words = "at once"
	default:
		step.Words = kind.StepWords(set.Steps[s.Rung].When)
	}
	l.Steps = append(l.Steps, step)
}
