package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/formview"
)

func (p *Pages) registerAdmin(engine *gin.Engine) {
	p.get(engine, "/people", adminPage(listPeople))
	p.both(engine, "/people/new", adminPage(newPerson))
	p.both(engine, "/people/:id", adminPage(changePerson))
	p.post(engine, "/blocked-addresses/clear", adminPage(clearBlocked))
	p.get(engine, "/forms", listForms)
	p.both(engine, "/forms/new", adminPage(newForm))
	p.get(engine, "/forms/:id", showForm)
	p.both(engine, "/forms/:id/edit", adminPage(replaceForm))
	p.both(engine, "/forms/:id/try", tryForm)
	p.get(engine, "/templates", adminPage(listTemplates))
	p.get(engine, "/templates/:id", adminPage(showTemplate))
	p.get(engine, "/quarantine", adminPage(listInbound))
	p.get(engine, "/quarantine/:id", adminPage(showInbound))
	p.get(engine, "/quarantine/:id/raw", adminPage(rawInbound))
	p.post(engine, "/quarantine/:id/release", adminPage(decideInbound("release")))
	p.post(engine, "/quarantine/:id/discard", adminPage(decideInbound("discard")))
	p.registerSettings(engine)
}

func listPeople(v *visit) error {
	role := v.Query("role")
	list, err := v.app().ListPeople(v.ctx, v.who, role, v.paging())
	if err != nil {
		return err
	}
	blocked, err := v.app().ListBlockedAddresses(v.ctx, v.who)
	if err != nil {
		return err
	}
	return v.show("People", "people", nil, peoplePage(list, role, blocked, v.zone))
}

// personForm is the form for a person, with what was typed.
type personForm struct {
	ID     *uuid.UUID // nil: a new one
	Name   string
	Values url.Values
	Faults map[string]string
}

func (f personForm) action() string {
	if f.ID == nil {
		return "/people/new"
	}
	return "/people/" + f.ID.String()
}

func (f personForm) hasRole(role string) bool {
	for _, r := range f.Values["roles"] {
		if r == role {
			return true
		}
	}
	return false
}

// fault finds the message of a field, also where it is about one entry of it.
func (f personForm) fault(field string) string {
	for path, message := range f.Faults {
		if path == field || strings.HasPrefix(path, field+"[") {
			return message
		}
	}
	return ""
}

var (
	roleOptions  = []option{{"coachee", "Coachee: is coached"}, {"coach", "Coach: has clients"}, {"admin", "Admin: runs the organization"}}
	stateOptions = []option{{"internal", "Internal: a record only"}, {"invited", "Invited"}, {"active", "Active"}}
)

func personInput(v *visit) app.PersonInput {
	in := app.PersonInput{Name: v.field("name"), Roles: v.form["roles"], State: v.field("state"), TimeZone: v.field("time_zone")}
	for _, address := range strings.FieldsFunc(v.form.Get("emails"), func(r rune) bool { return strings.ContainsRune("\r\n,; ", r) }) {
		in.Emails = append(in.Emails, address)
	}
	return in
}

func newPerson(v *visit) error {
	form := personForm{Values: v.form}
	if !v.posted() {
		form.Values = url.Values{"roles": {"coachee"}, "state": {"internal"}, "time_zone": {v.org.TimeZone}}
		return v.show("New person", "people", nil, personPage(form))
	}
	person, err := v.app().CreatePerson(v.ctx, v.who, personInput(v))
	if err != nil {
		form.Faults = faultsOf(err)
		return v.show("New person", "people", err, personPage(form))
	}
	return v.done("/people", person.Name+" is added.")
}

func changePerson(v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	person, err := v.app().GetPerson(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	form := personForm{ID: &id, Name: person.Name, Values: v.form}
	if !v.posted() {
		form.Values = url.Values{"name": {person.Name}, "roles": person.Roles, "state": {person.State}, "time_zone": {person.TimeZone},
			"emails": {strings.Join(person.Emails, "\n")}, "version": {strconv.Itoa(person.Version)}}
		return v.show(person.Name, "people", nil, personPage(form))
	}
	changed, err := v.app().UpdatePerson(v.ctx, v.who, id, atoi(v.field("version")), personInput(v))
	if err != nil {
		form.Faults = faultsOf(err)
		if isStale(err) {
			form.Values.Set("version", strconv.Itoa(person.Version))
		}
		return v.show(person.Name, "people", err, personPage(form))
	}
	return v.done("/people", changed.Name+" is changed.")
}

// isStale reports whether somebody else was quicker. The page says so, and a
// second press saves.
func isStale(err error) bool {
	problem, told := coaching.AsProblem(err)
	return told && problem.Class == coaching.Stale
}

func clearBlocked(v *visit) error {
	v.back = "/people"
	address := v.field("address")
	if err := v.app().ClearBlockedAddress(v.ctx, v.who, address); err != nil {
		return err
	}
	return v.done("/people", "Mail goes to "+address+" again.")
}

func listForms(v *visit) error {
	list, err := v.app().ListForms(v.ctx, v.who, v.paging())
	if problem, told := coaching.AsProblem(err); told && problem.Class == coaching.Forbidden {
		return errMissing
	}
	if err != nil {
		return err
	}
	return v.show("Forms", "forms", nil, formsPage(list, v.who.Admin(), v.zone))
}

// form reads a form with its definition, parsed.
func (v *visit) formOf() (app.Form, *coaching.Form, error) {
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

func showForm(v *visit) error {
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

func formInput(v *visit) app.FormInput {
	return app.FormInput{Name: v.field("name"), Definition: json.RawMessage(v.form.Get("definition"))}
}

func newForm(v *visit) error {
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

func replaceForm(v *visit) error {
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
func tryForm(v *visit) error {
	form, parsed, err := v.formOf()
	if err != nil {
		return err
	}
	page := formview.FormPage{Form: parsed, State: formview.StateOpen, Action: "/forms/" + form.ID.String() + "/try",
		Intro: "This is a trial. You can fill it out and send it, and nothing is kept.",
		Frame: formview.Frame{OrganizationName: v.org.Name, Stylesheet: v.pages.static.url("form.css"), Footer: "A trial of the form, seen by you alone."}}
	status := http.StatusOK
	if v.posted() {
		page.Draft = typed(parsed, v.form)
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

func listTemplates(v *visit) error {
	list, err := v.app().ListProgramTemplates(v.ctx, v.who, v.paging())
	if err != nil {
		return err
	}
	return v.show("Programs", "templates", nil, templatesPage(list))
}

func showTemplate(v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	t, err := v.app().GetProgramTemplate(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	return v.show(t.Name, "templates", nil, templatePage(t))
}

var inboundStates = []option{{"quarantined", "In quarantine"}, {"", "All"}, {"received", "Received"}, {"posted", "Posted"}, {"duplicate", "Duplicate"}, {"ignored", "Ignored"}, {"discarded", "Discarded"}}

func listInbound(v *visit) error {
	state, given := v.GetQuery("state")
	if !given {
		state = "quarantined"
	}
	list, err := v.app().ListInboundMails(v.ctx, v.who, state, v.paging())
	if err != nil {
		return err
	}
	return v.show("Quarantine", "quarantine", nil, inboundPage(list, state, v.zone))
}

func showInbound(v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	m, err := v.app().GetInboundMail(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	return v.show("Mail received", "quarantine", nil, inboundMailPage(m, v.zone))
}

func rawInbound(v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	raw, err := v.app().RawInboundMail(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	sendFile(v.Context, "mail-"+id.String()+".txt", "text/plain", raw)
	return nil
}

func decideInbound(what string) handler {
	return func(v *visit) error {
		id, err := v.id("id")
		if err != nil {
			return err
		}
		v.back = "/quarantine/" + id.String()
		if what == "release" {
			if _, err = v.app().ReleaseInboundMail(v.ctx, v.who, id); err != nil {
				return err
			}
			return v.done(v.back, "The mail is let through. It is posted in a moment.")
		}
		if _, err = v.app().DiscardInboundMail(v.ctx, v.who, id); err != nil {
			return err
		}
		return v.done("/quarantine", "The mail is put aside for good.")
	}
}
