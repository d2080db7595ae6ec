package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/formview"
	"coachflow/web/serve"
)

func (p *Pages) registerForms(engine *gin.Engine) {
	p.get(engine, "/forms", listForms)
	p.both(engine, "/forms/new", adminPage(newForm))
	p.get(engine, "/forms/:id", showForm)
	p.both(engine, "/forms/:id/edit", adminPage(replaceForm))
	p.both(engine, "/forms/:id/try", tryForm)
}

// formsLook is how forms can be looked at.
var formsLook = listLook{Path: "/forms", Search: "Search by name", Sorts: []option{newestFirst, byName}}

func listForms(v *request) error {
	list, err := v.app().FindForms(v.ctx, v.who, app.LibraryFilter{ListQuery: v.listQuery()})
	if problem, told := coaching.AsProblem(err); told && problem.Class == coaching.Forbidden {
		return serve.ErrMissing
	}
	if err != nil {
		return err
	}
	return v.show("Forms", "forms", nil, formsPage(lay(v, formsLook, list), v.who.Admin()))
}

// form reads a form with its definition, parsed.
func (v *request) formOf() (app.Form, *coaching.Form, error) {
	id, err := v.id("id")
	if err != nil {
		return app.Form{}, nil, err
	}
	form, err := v.app().GetForm(v.ctx, v.who, id)
	if err != nil {
		return form, nil, err
	}
	parsed, err := coaching.ParseForm(form.Definition)
	return form, parsed, err
}

func showForm(v *request) error {
	form, parsed, err := v.formOf()
	if err != nil {
		return err
	}
	return v.show(form.Name, "forms", nil, formPage(form, parsed, v.who.Admin()))
}

// definitionForm is the form for a form's definition, with what was typed.
type definitionForm struct {
	Form   *app.Form // nil: a new one
	Values url.Values
	Faults map[string]string
}

func (f definitionForm) action() string {
	if f.Form == nil {
		return "/forms/new"
	}
	return "/forms/" + f.Form.ID.String() + "/edit"
}

func formInput(v *request) app.FormInput {
	return app.FormInput{Name: v.field("name"), Definition: json.RawMessage(v.form.Get("definition"))}
}

func newForm(v *request) error {
	form := definitionForm{Values: v.form}
	if !v.posted() {
		return v.show("New form", "forms", nil, definitionPage(form))
	}
	created, err := v.app().CreateForm(v.ctx, v.who, formInput(v))
	if err != nil {
		form.Faults = faultsOf(err)
		return v.show("New form", "forms", err, definitionPage(form))
	}
	return v.done("/forms/"+created.ID.String(), "The form is created.")
}

func replaceForm(v *request) error {
	present, _, err := v.formOf()
	if err != nil {
		return err
	}
	form := definitionForm{Form: &present, Values: v.form}
	if !v.posted() {
		form.Values = url.Values{"name": {present.Name}, "definition": {pretty(present.Definition)}, "version": {strconv.Itoa(present.Version)}}
		return v.show(present.Name, "forms", nil, definitionPage(form))
	}
	_, err = v.app().UpdateForm(v.ctx, v.who, present.ID, atoi(v.field("version")), formInput(v))
	if err != nil {
		form.Faults = faultsOf(err)
		if isStale(err) {
			form.Values.Set("version", strconv.Itoa(present.Version))
		}
		return v.show(present.Name, "forms", err, definitionPage(form))
	}
	return v.done("/forms/"+present.ID.String(), "The form has a new version. What was sent before keeps the version it was sent with.")
}

// pretty writes JSON for people.
func pretty(data []byte) string {
	var value any
	if json.Unmarshal(data, &value) != nil {
		return string(data)
	}
	out, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return string(data)
	}
	return string(out)
}

// tryForm shows a form as its recipients see it. It can be filled out, and
// keeps nothing.
func tryForm(v *request) error {
	form, parsed, err := v.formOf()
	if err != nil {
		return err
	}
	page := formview.FormPage{Form: parsed, State: formview.StateOpen, Action: "/forms/" + form.ID.String() + "/try",
		Intro: "This is a trial. You can fill it out and send it, and nothing is kept.",
		Frame: formview.Frame{OrganizationName: v.org.Name, Brand: v.org.BrandColor, Logo: v.org.Logo, Footer: "A trial of the form, seen by you alone."}}
	status := http.StatusOK
	if v.posted() {
		page.Draft = formview.Entered(parsed, v.form)
		answer, faults := parsed.Check(page.Draft)
		switch {
		case v.form.Get(formview.ActionField) != formview.ActionSubmit:
			page.Notice = "A draft would be saved now."
		case len(faults) > 0:
			page.Problems, status = coaching.ProblemsByQuestion(faults), http.StatusUnprocessableEntity
		default:
			page.State, page.Answer, page.Notice = formview.StateAnswered, answer, "This was a trial: nothing was kept."
		}
	}
	return v.render(status, formview.Page(page))
}
