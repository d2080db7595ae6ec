package web

import (
	"strconv"
	"strings"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/parts"
)

// frame is what stands around the content of a page.
type frame struct {
	head
	Title, Section string
	Organization   string
	Logo           string // its path; empty: the first letter of the name stands in
	Who, Role      string
	Nav            []navItem
	Tabs           []navItem // the pages of the section, on a page that is one of them
	Tab            string
	Crumbs         []crumb // the pages above this one
	MaySearch      bool
	Query          string // what is searched for
	Flash          flash
	Alert          *coaching.Problem
	Zone           string
	DevMail        bool
	TemporalUI     string
}

// head is what a page loads.
type head struct {
	Stylesheets []string
	Script      string
}

// frame is the frame of a page. key is its key among the pages of the sidebar.
func (v *request) frame(title, key string) frame {
	area, tab := placeOf(v.who, key)
	f := frame{Title: title, Section: area.Key, Organization: v.org.Name, Logo: v.org.Logo, Who: v.who.Name, Role: roleWord(v.who), Nav: v.nav(),
		MaySearch: v.who.Admin() || v.who.Coach(), Query: v.search, head: v.pages.consoleHead(v.org.BrandColor), Zone: v.zone.String(),
		DevMail: v.pages.DevMail, TemporalUI: v.pages.temporalFor(v.who)}
	switch {
	case v.crumbs != nil:
		f.Crumbs = v.crumbs
	case tab.URL != "" && v.Request.URL.Path != tab.URL:
		f.Crumbs = []crumb{{tab.Label, tab.URL}}
	default:
		f.Tabs, f.Tab = v.counted(area.Pages), tab.Key
	}
	return f
}

// temporalFor shows Temporal's own pages to admins alone: they are not
// bounded to an organization.
func (p *Pages) temporalFor(who app.Principal) string {
	if who.Admin() {
		return p.TemporalUI
	}
	return ""
}

func roleWord(p app.Principal) string {
	switch {
	case p.Admin():
		return "admin"
	case p.Coach():
		return "coach"
	}
	return "coachee"
}

func flashRole(f flash) string {
	if f.Tone == "success" {
		return "status"
	}
	return "alert"
}

func flashClass(f flash) string {
	switch f.Tone {
	case "success":
		return "alert-success"
	case "danger":
		return "alert-danger"
	}
	return "alert-warning"
}

func alertClass(p *coaching.Problem) string {
	if p.Class == coaching.Unavailable || p.Class == coaching.Stale {
		return "alert-warning"
	}
	return "alert-danger"
}

// placesOf are the wrong places that no field of a page stands for: those deep
// inside of what was typed.
func placesOf(p *coaching.Problem) []coaching.FieldProblem {
	var places []coaching.FieldProblem
	for _, field := range p.Fields {
		if strings.ContainsAny(field.Path, ".[") && !strings.HasPrefix(field.Path, "items[") && !strings.HasPrefix(field.Path, "emails[") && !strings.HasPrefix(field.Path, "roles[") {
			places = append(places, field)
		}
	}
	return places
}

type option = parts.Option

// confirmation asks before a command.
type confirmation = parts.Confirmation

func (v *request) confirm(section string, c confirmation) error {
	return v.show(strings.TrimSuffix(c.Title, "?"), section, nil, parts.Confirm(c))
}

func trimmed(s string) string { return strings.TrimSpace(s) }

// faultsOf are the messages of a problem by field, for the fields of a form.
func faultsOf(err error) map[string]string {
	problem, is := coaching.AsProblem(err)
	if !is {
		return nil
	}
	return coaching.ProblemsByQuestion(problem.Fields)
}

// commonZones are offered where a time zone is asked for; others can be typed.
var commonZones = []string{"Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi", "America/Bogota", "America/Chicago", "America/Denver",

	"America/Los_Angeles", "America/Mexico_City", "America/New_York", "America/Sao_Paulo", "America/Toronto", "Asia/Dubai", "Asia/Hong_Kong", "Asia/Jakarta",
	"Asia/Kolkata", "Asia/Seoul", "Asia/Shanghai", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney", "Europe/Amsterdam", "Europe/Athens", "Europe/Berlin",
	"Europe/Helsinki", "Europe/Istanbul", "Europe/Kyiv", "Europe/Lisbon", "Europe/London", "Europe/Madrid", "Europe/Paris", "Europe/Rome", "Europe/Stockholm",
	"Europe/Vienna", "Europe/Warsaw", "Europe/Zurich", "Pacific/Auckland", "UTC"}

// everyPage reads all pages of a list, up to a bound that no person reads past.
func everyPage[T any](read func(app.Paging) (app.Page[T], error)) ([]T, error) {
	var all []T
	paging := app.Paging{Most: 200}
	for range 10 {
		page, err := read(paging)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if page.Next == "" {
			break
		}
		paging.After = page.Next
	}
	return all, nil
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

func revisionOf(f engagementForm) string {
	if typed := f.Values.Get("revision"); typed != "" {
		return typed
	}
	return strconv.Itoa(f.View.ProgramRevision)
}
