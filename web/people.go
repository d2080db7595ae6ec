package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
)

func (p *Pages) registerPeople(engine *gin.Engine) {
	p.get(engine, "/people", adminPage(listPeople))
	p.both(engine, "/people/new", adminPage(newPerson))
	p.both(engine, "/people/:id", adminPage(changePerson))
	p.post(engine, "/people/:id/invite", adminPage(invitePerson))
	p.both(engine, "/people/:id/withdraw", adminPage(withdrawInvitation))
	p.both(engine, "/people/:id/close", adminPage(closeAccount))
	p.post(engine, "/blocked-addresses/clear", adminPage(clearBlocked))
}

// peopleLook is how people can be looked at.
var peopleLook = listLook{Path: "/people", Search: "Search by name or address", Sorts: []option{urgentFirst, newestFirst, byName}, Chips: []listChip{
	{"All", "role", ""}, {"Coachees", "role", "coachee"}, {"Coaches", "role", "coach"}, {"Admins", "role", "admin"}, {"Invited", "state", "invited"}, {"No mail reaches them", "blocked", "true"}}}

func listPeople(v *request) error {
	list, err := v.app().FindPeople(v.ctx, v.who, app.PeopleFilter{ListQuery: v.listQuery(), Role: v.Query("role"), State: v.Query("state"), Blocked: v.Query("blocked") != ""})
	if err != nil {
		return err
	}
	blocked, err := v.app().ListBlockedAddresses(v.ctx, v.who)
	if err != nil {
		return err
	}
	return v.show("People", "people", nil, peoplePage(lay(v, peopleLook, list), blocked))
}

// personForm is the form for a person, with what was typed.
type personForm struct {
	ID     *uuid.UUID // nil: a new one
	Name   string
	Values url.Values
	Faults map[string]string
	personAccount
	Rating *app.CoachRating // of a coach, where sessions are rated
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

// coaches reports whether somebody is stored as a coach.
func (f personForm) coaches() bool {
	return f.ID != nil && slices.Contains(f.Person.Roles, string(coaching.CoachRole))
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

var roleOptions = []option{{Value: "coachee", Label: "Coachee: is coached"}, {Value: "coach", Label: "Coach: has clients"}, {Value: "admin", Label: "Admin: runs the organization"}}

func personInput(v *request) app.PersonInput {
	in := app.PersonInput{Name: v.field("name"), Roles: v.form["roles"], TimeZone: v.field("time_zone")}
	in.Emails = strings.FieldsFunc(v.form.Get("emails"), func(r rune) bool { return strings.ContainsRune("\r\n,; ", r) })
	return in
}

func newPerson(v *request) error {
	form := personForm{Values: v.form}
	if !v.posted() {
		form.Values = url.Values{"roles": {"coachee"}, "time_zone": {v.org.TimeZone}}
		return v.show("New person", "people", nil, personPage(form))
	}
	person, err := v.app().CreatePerson(v.ctx, v.who, personInput(v))
	if err != nil {
		form.Faults = faultsOf(err)
		return v.show("New person", "people", err, personPage(form))
	}
	return v.done("/people/"+person.ID.String(), person.Name+" is added. Without an invitation this is a record only.")
}

func changePerson(v *request) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	person, err := v.app().GetPerson(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	form := personForm{ID: &id, Name: person.Name, Values: v.form}
	if form.personAccount, err = v.account(person); err != nil {
		return err
	}
	if form.Rating, err = v.coachRating(form); err != nil {
		return err
	}
	if !v.posted() {
		form.Values = url.Values{"name": {person.Name}, "roles": person.Roles, "time_zone": {person.TimeZone},
			"emails": {strings.Join(shown(person.Emails), "\n")}, "version": {strconv.Itoa(person.Version)}}
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

// coachRating is what coachees said of a coach, where that is asked or was.
func (v *request) coachRating(f personForm) (*app.CoachRating, error) {
	if !f.coaches() {
		return nil, nil
	}
	rating, err := v.app().RatingOfCoach(v.ctx, v.who, *f.ID)
	if err != nil || (rating.Answers == 0 && !v.org.Ratings.Asked) {
		return nil, err
	}
	return &rating, nil
}

// isStale reports whether somebody else was quicker. The page says so, and a
// second press saves.
func isStale(err error) bool {
	problem, told := coaching.AsProblem(err)
	return told && problem.Class == coaching.Stale
}

func clearBlocked(v *request) error {
	v.back = "/people"
	address := v.field("address")
	if err := v.app().ClearBlockedAddress(v.ctx, v.who, address); err != nil {
		return err
	}
	return v.done("/people", "Mail goes to "+address+" again.")
}
