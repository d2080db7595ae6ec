package api

import (
	"context"
	"net/http"

	"coachflow/app"
	"coachflow/coaching"
)

// ByLadder is an operation on what follows while something of a kind is waited for.
type ByLadder struct {
	Kind coaching.LadderKind `path:"kind" maxLength:"60" doc:"What is waited for: item or invitation."`
}

// LadderSpec is a ladder as it is set; its kind is in the path.
type LadderSpec struct {
	coaching.LadderSteps
	WithoutDue  *coaching.LadderSteps `json:"without_due,omitempty" doc:"Stands in for steps and end where there is no due date; needed for items, and for them alone."`
	MinGapHours *int                  `json:"min_gap_hours,omitempty" doc:"The least hours between two mails about the same thing to the same reader; the default's where it is left out."`
	KeepsMoment bool                  `json:"keeps_moment,omitempty" doc:"Lets steps leave at any hour, also outside of working hours."`
}

// ladder makes a ladder of a kind of it.
func (s LadderSpec) ladder(kind coaching.LadderKind) coaching.Ladder {
	out := coaching.DefaultLadders[kind]
	out.LadderSteps, out.WithoutDue, out.KeepsMoment = s.LadderSteps, s.WithoutDue, s.KeepsMoment
	if s.MinGapHours != nil {
		out.MinGapHours = *s.MinGapHours
	}
	return out
}

// SetLadderInput replaces the ladder of a kind.
type SetLadderInput struct {
	ByLadder
	Body LadderSpec
}

// LadderPreviewSpec is what a preview is laid out for.
type LadderPreviewSpec struct {
	Ladder  *LadderSpec `json:"ladder,omitempty" doc:"One that is not saved yet; what is in force where it is left out."`
	DueDays int         `json:"due_days,omitempty" doc:"In how many days it is due, 1 to 730; without a due date where it is left out."`
}

// PreviewLadderInput asks what a sending of now would bring.
type PreviewLadderInput struct {
	ByLadder
	Body LadderPreviewSpec
}

const actsLater = "It acts on what is sent from now on. Reminders that are planned already stay as they are."

// ladderRoutes are the reminders, and what ends the waiting.
func (s *server) ladderRoutes() {
	a := s.App
	route(s, http.MethodGet, "/ladders", "listLadders", "Reminders", "List what follows while something is waited for",
		func(ctx context.Context, p app.Principal, _ *None) (*Plain[app.Page[app.LadderSetting]], error) {
			return all(a.ListLadders(ctx, p))
		})
	route(s, http.MethodGet, "/ladders/{kind}", "getLadder", "Reminders", "Read the reminders of a kind, and their end",
		func(ctx context.Context, p app.Principal, in *ByLadder) (*Plain[app.LadderSetting], error) {
			return plain(a.GetLadder(ctx, p, in.Kind))
		})
	route(s, http.MethodPut, "/ladders/{kind}", "setLadder", "Reminders", "Replace the reminders of a kind, and their end",
		func(ctx context.Context, p app.Principal, in *SetLadderInput) (*Plain[app.LadderSetting], error) {
			return plain(a.SetLadder(ctx, p, in.Kind, in.Body.ladder(in.Kind)))
		}, says(actsLater))
	route(s, http.MethodDelete, "/ladders/{kind}", "resetLadder", "Reminders", "Go back to the default reminders",
		func(ctx context.Context, p app.Principal, in *ByLadder) (*None, error) {
			_, err := a.ResetLadder(ctx, p, in.Kind)
			return nil, err
		}, says(actsLater))
	route(s, http.MethodPost, "/ladders/{kind}/preview", "previewLadder", "Reminders", "Show what a sending of now would bring, and when",
		func(ctx context.Context, p app.Principal, in *PreviewLadderInput) (*Plain[app.LadderPreview], error) {
			wanted := app.LadderPreviewInput{DueDays: in.Body.DueDays}
			if in.Body.Ladder != nil {
				ladder := in.Body.Ladder.ladder(in.Kind)
				wanted.Ladder = &ladder
			}
			return plain(a.PreviewLadder(ctx, p, in.Kind, wanted))
		}, says("Nothing is stored or sent. The moments are those of working hours on the clock of the organization."))
}
