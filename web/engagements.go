package web

import (
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/serve"
)

func (p *Pages) registerEngagements(engine *gin.Engine) {
	p.get(engine, "/", listEngagements)
	p.both(engine, "/engagements/new", adminPage(newEngagement))
	p.both(engine, "/engagements/:id/details", adminPage(engagementDetails))
	p.get(engine, "/engagements/:id/timeline", timelinePage)
	p.get(engine, "/engagements/:id/mails", engagementMails)
	p.get(engine, "/engagements/:id/messages", engagementMessages)
	p.post(engine, "/engagements/:id/messages", openEngagementStream)
	for name := range engagementActs {
		p.both(engine, "/engagements/:id/"+name, actOnEngagement(name))
	}
}

// engagementRow is a line of the list: what stands where, and what comes next.
type engagementRow struct {
	app.Engagement
	Next string
}

// listSize keeps the list quick, since each line shows what a program comes to.
const listSize = 25

func listEngagements(v *request) error {
	list, err := v.app().ListEngagements(v.ctx, v.who, app.Paging{After: v.Query("after"), Most: listSize})
	if err != nil {
		return err
	}
	view := engagementList{Title: "Engagements", Admin: v.who.Admin(), Coachee: !v.who.Admin() && !v.who.Coach(), Cursor: list.Next}
	if view.Coachee {
		view.Title = "My coaching"
	}
	var running []uuid.UUID
	for _, e := range list.Items {
		if coaching.EngagementStatus(e.Status).Running() {
			running = append(running, e.ID)
		}
	}
	programs, err := v.app().GetPrograms(v.ctx, v.who, running)
	if err != nil {
		return err
	}
	for _, e := range list.Items {
		view.Rows = append(view.Rows, engagementRow{Engagement: e, Next: nextOf(e, programs, v.zone)})
	}
	return v.show(view.Title, "engagements", nil, engagementsPage(view))
}

type engagementList struct {
	Title          string
	Admin, Coachee bool
	Rows           []engagementRow
	Cursor         string
}

// nextOf says in one sentence what comes next in an engagement.
func nextOf(e app.Engagement, programs map[uuid.UUID]app.Program, zone *time.Location) string {
	program, running := programs[e.ID]
	switch {
	case running:
		return nextOfProgram(program, zone)
	case e.Status == "draft" && e.CoachID == nil:
		return "It needs a coach before it can start."
	case e.Status == "draft":
		return "It is ready to be started."
	}
	return ""
}

func nextOfProgram(program app.Program, zone *time.Location) string {
	first := -1
	for i, item := range program.Items {
		at := comingAt(item)
		if at.IsZero() {
			continue
		}
		if first < 0 || at.Before(comingAt(program.Items[first])) {
			first = i
		}
	}
	if first >= 0 {
		return program.Items[first].Title + ": " + lowerFirst(nextSentence(program.Items[first], zone))
	}
	for _, item := range program.Items {
		if item.Next != nil && item.Next.What == "release_by_hand" {
			return item.Title + ": " + lowerFirst(nextSentence(item, zone))
		}
	}
	return "Nothing is planned."
}

func comingAt(item app.Item) time.Time {
	switch {
	case item.SendAt != nil:
		return *item.SendAt
	case item.Next != nil && item.Next.At != nil:
		return *item.Next.At
	}
	return time.Time{}
}

// nextSentence says what comes next for an item. The app words it in the
// recipient's zone; where the reader's is another, the reader's is added.
func nextSentence(item app.Item, zone *time.Location) string {
	switch {
	case item.SendAt != nil && item.Next != nil && item.SendAt.Before(time.Now()):
		return upperFirst(item.Next.Text) + "."
	case item.SendAt != nil:
		return "Leaves on " + seconds(*item.SendAt, zone) + ", and can be taken back until then."
	case item.Next == nil:
		return ""
	}
	text := upperFirst(item.Next.Text)
	if at := item.Next.At; at != nil && !strings.Contains(text, zone.String()) {
		text += ", which is " + short(*at, zone) + " for you"
	}
	return text + "."
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// seconds shows a moment that is near.
func seconds(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("2 January at 15:04:05") + " (" + zone.String() + ")"
}

// engagementView is what the pages of one engagement share.
type engagementView struct {
	app.Engagement
	Tab    string
	Admin  bool
	MayRun bool
	Zone   *time.Location
}

// engagement reads what a page of an engagement is about.
func (v *request) engagement(tab string) (engagementView, error) {
	id, err := v.id("id")
	if err != nil {
		return engagementView{}, err
	}
	e, err := v.app().GetEngagement(v.ctx, v.who, id)
	own := e.CoachID != nil && *e.CoachID == v.who.Person
	_, list := placeOf(v.who, "engagements")
	v.crumbs = []crumb{{list.Label, list.URL}}
	if v.Request.URL.Path != engagementURL(id, "") {
		v.crumbs = append(v.crumbs, crumb{e.Name, engagementURL(id, "")})
	}
	return engagementView{Engagement: e, Tab: tab, Admin: v.who.Admin(), MayRun: v.who.Admin() || own, Zone: v.zone}, err
}

// runEngagement is engagement for pages that a coachee does not have.
func (v *request) runEngagement(tab string) (engagementView, error) {
	view, err := v.engagement(tab)
	if err == nil && !view.MayRun {
		return view, serve.ErrMissing
	}
	return view, err
}

// URL is a page of the engagement.
func (e engagementView) URL(page string) string { return engagementURL(e.ID, page) }

func engagementURL(id uuid.UUID, page string) string {
	return strings.TrimSuffix("/engagements/"+id.String()+"/"+page, "/")
}

func (e engagementView) over() bool { return coaching.EngagementStatus(e.Status).Over() }

// tabs are the pages of an engagement for this reader.
func (e engagementView) tabs() []navItem {
	tabs := []navItem{{Label: "Program", URL: e.URL(""), Key: "program"}}
	if e.MayRun {
		tabs = append(tabs, navItem{Label: "Timeline", URL: e.URL("timeline"), Key: "timeline"}, navItem{Label: "Mails", URL: e.URL("mails"), Key: "mails"})
	}
	if e.CoachID != nil {
		tabs = append(tabs, navItem{Label: "Messages", URL: e.URL("messages"), Key: "messages"})
	}
	if e.Admin {
		tabs = append(tabs, navItem{Label: "Details", URL: e.URL("details"), Key: "details"})
	}
	return tabs
}
