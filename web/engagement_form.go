package web

import (
	"net/url"
	"strconv"

	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
)

// engagementForm is the form for an engagement, with what was typed.
type engagementForm struct {
	View                         *engagementView // nil: a new one
	Values                       url.Values
	Faults                       map[string]string
	Coachees, Coaches, Templates []option
}

func newEngagement(v *request) error {
	form := engagementForm{Values: v.form}
	if err := v.choices(&form); err != nil {
		return err
	}
	if !v.posted() {
		return v.show("New engagement", "engagements", nil, newEngagementPage(form))
	}
	in := app.EngagementInput{Name: v.field("name")}
	in.CoacheeID, _ = uuid.Parse(v.field("coachee_id")) // nobody: said by the app
	in.CoachID, in.TemplateID = optionalID(v.field("coach_id")), optionalID(v.field("program_template_id"))
	e, err := v.app().CreateEngagement(v.ctx, v.who, in)
	if err != nil {
		form.Faults = faultsOf(err)
		return v.show("New engagement", "engagements", err, newEngagementPage(form))
	}
	return v.done(engagementURL(e.ID, ""), "The engagement is created. Look at its program, then start it.")
}

func optionalID(s string) *uuid.UUID {
	id, err := uuid.Parse(s)
	if err != nil {
		return nil
	}
	return &id
}

// choices reads the people and templates to choose from.
func (v *request) choices(form *engagementForm) error {
	var err error
	if form.Coachees, err = v.people("coachee", "Please choose"); err != nil {
		return err
	}
	if form.Coaches, err = v.people("coach", "None yet"); err != nil {
		return err
	}
	templates, err := everyPage(func(at app.Paging) (app.Page[app.ProgramTemplate], error) {
		return v.app().ListProgramTemplates(v.ctx, v.who, at)
	})
	form.Templates = []option{{Value: "", Label: "An empty program"}}
	for _, t := range templates {
		form.Templates = append(form.Templates, option{Value: t.ID.String(), Label: t.Name})
	}
	return err
}

func (v *request) people(role, none string) ([]option, error) {
	list, err := everyPage(func(at app.Paging) (app.Page[app.Person], error) { return v.app().ListPeople(v.ctx, v.who, role, at) })
	options := []option{{Value: "", Label: none}}
	for _, person := range list {
		options = append(options, option{Value: person.ID.String(), Label: person.Name})
	}
	return options, err
}

func engagementDetails(v *request) error {
	view, err := v.engagement("details")
	if err != nil {
		return err
	}
	form := engagementForm{View: &view, Values: v.form}
	if form.Coaches, err = v.people("coach", "None yet"); err != nil {
		return err
	}
	if view.CoachID != nil {
		form.Coaches = form.Coaches[1:] // a coach is replaced, never taken away
	}
	if !v.posted() {
		form.Values = url.Values{"name": {view.Name}, "coach_id": {idText(view.CoachID)}}
		return v.show("Details", "engagements", nil, engagementDetailsPage(form))
	}
	name := v.field("name")
	_, err = v.app().UpdateEngagement(v.ctx, v.who, view.ID, atoi(v.field("revision")), app.EngagementChange{Name: &name, CoachID: optionalID(v.field("coach_id"))})
	if err != nil {
		form.Faults = faultsOf(err)
		form.again(err)
		return v.show("Details", "engagements", err, engagementDetailsPage(form))
	}
	return v.done(view.URL("details"), "The engagement is changed.")
}

// again lets a second press save over a change that the person was told about.
func (f *engagementForm) again(err error) {
	if problem, is := coaching.AsProblem(err); is && problem.Class == coaching.Stale {
		f.Values.Set("revision", strconv.Itoa(f.View.ProgramRevision))
	}
}

func idText(id *uuid.UUID) string {
	if id == nil {
		return ""
	}
	return id.String()
}
