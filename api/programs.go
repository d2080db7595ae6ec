package api

import (
	"context"
	"net/http"
	"regexp"
	"slices"

	"coachflow/app"
	"coachflow/coaching"
)

// ProgramInput is a program as it should be.
type ProgramInput struct {
	Items []app.EditItem `json:"items" maxItems:"200" doc:"All items in their order: those with an id are there already, those without are new, and those that are missing are removed."`
}

// PreviewProgramInput is an edit that is only tried.
type PreviewProgramInput struct {
	ByID
	Body ProgramInput
}

// NewItem is an item to add.
type NewItem struct {
	coaching.ItemSpec
	Position *int `json:"position,omitempty" minimum:"0" maximum:"1000" doc:"Counts from 0; the end where it is left out."`
}

// AddItemInput adds an item to the program of an engagement.
type AddItemInput struct {
	ByID
	Body NewItem
}

// programRoutes are programs as a whole.
func (s *server) programRoutes() {
	a := s.App
	route(s, http.MethodGet, "/engagements/{id}/program", "getProgram", "Programs", "Read a program, with what comes next for each item",
		func(ctx context.Context, p app.Principal, in *ByID) (*Tagged[app.Program], error) {
			out, err := a.GetProgram(ctx, p, in.ID)
			return tagged(out, out.Revision, err)
		})
	route(s, http.MethodPut, "/engagements/{id}/program", "editProgram", "Programs", "Replace a program as a whole",
		func(ctx context.Context, p app.Principal, in *Change[ProgramInput]) (*Tagged[app.Program], error) {
			revision, err := ifMatch(in.IfMatch)
			if err != nil {
				return nil, err
			}
			out, err := a.EditProgram(ctx, p, in.ID, revision, in.Body.Items)
			return tagged(out, out.Revision, err)
		}, says("What was sent stays as it was sent. Try the edit with preview first."))
	route(s, http.MethodPost, "/engagements/{id}/program/preview", "previewProgram", "Programs", "Tell what an edit would do, and do nothing",
		func(ctx context.Context, p app.Principal, in *PreviewProgramInput) (*Plain[app.EditPreview], error) {
			return plain(a.PreviewProgram(ctx, p, in.ID, in.Body.Items))
		})
	route(s, http.MethodPost, "/engagements/{id}/items", "addItem", "Programs", "Add an item",
		func(ctx context.Context, p app.Principal, in *AddItemInput) (*Created[app.Item], error) {
			position := -1
			if in.Body.Position != nil {
				position = *in.Body.Position
			}
			out, err := a.AddItem(ctx, p, in.ID, position, in.Body.ItemSpec)
			return created("/items", out.ID, 0, out, withinItem(err))
		}, creates)
}

// itemPrefix is where an item stands in a program.
var itemPrefix = regexp.MustCompile(`^items\[\d+\]\.?`)

// withinItem makes the paths of a problem, which are those of the whole
// program, paths of the one item that was sent.
func withinItem(err error) error {
	problem, is := coaching.AsProblem(err)
	if !is {
		return err
	}
	out := *problem
	out.Fields = slices.Clone(problem.Fields)
	for i := range out.Fields {
		out.Fields[i].Path = itemPrefix.ReplaceAllString(out.Fields[i].Path, "")
	}
	return &out
}
