package api

import (
	"context"
	"net/http"

	"coachflow/app"
)

// formRoutes are what programs are made of: forms and program templates.
func (s *server) formRoutes() {
	a := s.App
	route(s, http.MethodPost, "/forms", "createForm", "Forms", "Make a form",
		func(ctx context.Context, p app.Principal, in *With[app.FormInput]) (*Created[app.Form], error) {
			out, err := a.CreateForm(ctx, p, in.Body)
			return created("/forms", out.ID, out.Version, out, err)
		}, creates)
	route(s, http.MethodGet, "/forms", "listForms", "Forms", "List the forms, without their definitions",
		func(ctx context.Context, p app.Principal, in *ListLibraryInput) (*Plain[app.Listing[app.Form]], error) {
			return plain(a.FindForms(ctx, p, app.LibraryFilter{ListQuery: in.query(in.Sort)}))
		})
	route(s, http.MethodGet, "/forms/{id}", "getForm", "Forms", "Read a form in its newest version",
		func(ctx context.Context, p app.Principal, in *ByID) (*Tagged[app.Form], error) {
			out, err := a.GetForm(ctx, p, in.ID)
			return tagged(out, out.Version, err)
		})
	route(s, http.MethodPut, "/forms/{id}", "updateForm", "Forms", "Make a new version of a form",
		func(ctx context.Context, p app.Principal, in *Change[app.FormInput]) (*Tagged[app.Form], error) {
			version, err := ifMatch(in.IfMatch)
			if err != nil {
				return nil, err
			}
			out, err := a.UpdateForm(ctx, p, in.ID, version, in.Body)
			return tagged(out, out.Version, err)
		}, says("What was sent keeps the version that it was sent with."))
	s.programTemplateRoutes()
}

func (s *server) programTemplateRoutes() {
	a := s.App
	route(s, http.MethodPost, "/program-templates", "createProgramTemplate", "Program templates", "Make a template",
		func(ctx context.Context, p app.Principal, in *With[app.ProgramTemplateInput]) (*Created[app.ProgramTemplate], error) {
			out, err := a.CreateProgramTemplate(ctx, p, in.Body)
			return created("/program-templates", out.ID, out.Version, out, err)
		}, creates)
	route(s, http.MethodGet, "/program-templates", "listProgramTemplates", "Program templates", "List the templates",
		func(ctx context.Context, p app.Principal, in *ListLibraryInput) (*Plain[app.Listing[app.ProgramTemplateRow]], error) {
			return plain(a.FindProgramTemplates(ctx, p, app.LibraryFilter{ListQuery: in.query(in.Sort)}))
		})
	route(s, http.MethodGet, "/program-templates/{id}", "getProgramTemplate", "Program templates", "Read a template",
		func(ctx context.Context, p app.Principal, in *ByID) (*Tagged[app.ProgramTemplate], error) {
			out, err := a.GetProgramTemplate(ctx, p, in.ID)
			return tagged(out, out.Version, err)
		})
	route(s, http.MethodPut, "/program-templates/{id}", "updateProgramTemplate", "Program templates", "Replace a template",
		func(ctx context.Context, p app.Principal, in *Change[app.ProgramTemplateInput]) (*Tagged[app.ProgramTemplate], error) {
			version, err := ifMatch(in.IfMatch)
			if err != nil {
				return nil, err
			}
			out, err := a.UpdateProgramTemplate(ctx, p, in.ID, version, in.Body)
			return tagged(out, out.Version, err)
		}, says("Programs that were laid out from it stay as they are."))
}
