package web

import (
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/parts"
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

// engagementsLook is how engagements can be looked at.
var engagementsLook = listLook{Path: "/", Search: "Search by name or address", Sorts: []option{urgentFirst, newestFirst, byName}, Chips: []listChip{
	{"All", "status", ""}, {"Overdue", "overdue", "true"}, {"Mail held", "held", "true"}, {"Active", "status", "active"}, {"Draft", "status", "draft"},
	{"Paused", "status", "paused"}, {"Completed", "status", "completed"}, {"Cancelled", "status", "cancelled"}}}

func listEngagements(v *request) error {
	list, err := v.app().FindEngagements(v.ctx, v.who, app.EngagementFilter{ListQuery: v.listQuery(), Status: v.Query("status"),
		Overdue: v.Query("overdue") != "", Held: v.Query("held") != ""})
	if err != nil {
		return err
	}
	view := lay(v, engagementsLook, list)
	if !v.who.Admin() && !v.who.Coach() {
		next, err := v.app().NextSessions(v.ctx, v.who, 1)
		if err != nil {
			return err
		}
		return v.show("My coaching", "engagements", nil, ownEngagementsPage(view, next, v.zone))
	}
	var above *desk
	if len(view.Items) > 0 && !view.Narrowed && v.Query("cursor") == "" {
		if above, err = v.desk(); err != nil {
			return err
		}
	}
	return v.show("Engagements", "engagements", nil, engagementsPage(view, v.who.Admin(), above))
}

// engagementTone is where an engagement stands, with its word.
func engagementTone(e app.EngagementRow) (parts.Tone, string) {
	if e.OverdueSince != nil {
		return parts.Trouble, "overdue"
	}
	return toneOf(e.Status), statusWords(e.Status)
}

// progressOf is how far the program of an engagement is, as its segments show it. Of one
// that is over, nothing is under way.
func progressOf(e app.EngagementRow) parts.Progress {
	var out parts.Progress
	for _, segment := range e.Progress {
		tone := map[string]parts.Tone{"done": parts.Done, "current": parts.Now}[segment]
		switch {
		case tone == parts.Now && coaching.EngagementStatus(e.Status).Over():
			tone = parts.Over
		case tone == parts.Now && e.OverdueSince != nil:
			tone = parts.Trouble
		}
		out = append(out, tone)
	}
	return out
}

// nextStepWords say what comes next in an engagement, in front of its moment.
func nextStepWords(e app.EngagementRow) string {
	switch {
	case e.Next != nil:
		return e.Next.Title + ": " + comingWords(*e.Next)
	case e.Status == "draft" && e.CoachID == nil:
		return "Needs a coach before it can start"
	case e.Status == "draft":
		return "Ready to be started"
	case e.Status == "paused":
		return "Nothing is sent until it is resumed"
	case e.Status == "active" && e.Meets:
		return "Waits for a session"
	case e.Status == "active" && e.Current > 0:
		return "Waits for answers"
	case e.Status == "active" && e.Done+e.Skipped < e.Total:
		return "Waits to be sent by hand"
	case e.Status == "active":
		return "Nothing is planned"
	}
	return ""
}

// comingWords name the next step of a program. The reminders of a session may go to those who
// attend it, or to the coach who has not scheduled it.
func comingWords(n app.ComingNext) string {
	switch {
	case n.Step == coaching.HeldStep:
		return "counts as held"
	case n.Step == coaching.IssueStep && n.Kind.Rules().Meets:
		return "is to be scheduled"
	case n.Step == coaching.EscalationStep && n.Kind.Rules().Meets:
		return "the admins are told that it has no time"
	}
	return map[coaching.StepKind]string{coaching.IssueStep: "goes out", coaching.ReminderStep: "reminder",
		coaching.EscalationStep: "the coach is told", coaching.ResendStep: "is sent again"}[n.Step]
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
		text += ", which is " + parts.Short(*at, zone) + " for you"
	}
	return text + "."
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
	if e.RatingsSeen {
		tabs = append(tabs, navItem{Label: "Ratings", URL: e.URL("ratings"), Key: "ratings"})
	}
	if e.CoachID != nil {
		tabs = append(tabs, navItem{Label: "Messages", URL: e.URL("messages"), Key: "messages"})
	}
	if e.Admin {
		tabs = append(tabs, navItem{Label: "Details", URL: e.URL("details"), Key: "details"})
	}
	return tabs
}
