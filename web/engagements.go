package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
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

// listSize keeps the list quick, since each line asks for a program.
const listSize = 25

func listEngagements(v *visit) error {
	list, err := v.app().ListEngagements(v.ctx, v.who, app.Paging{After: v.Query("after"), Most: listSize})
	if err != nil {
		return err
	}
	view := engagementList{Title: "Engagements", Admin: v.who.Admin(), Coachee: !v.who.Admin() && !v.who.Coach(), Cursor: list.Next}
	if view.Coachee {
		view.Title = "My coaching"
	}
	for _, e := range list.Items {
		row := engagementRow{Engagement: e}
		if row.Next, err = v.nextOf(e); err != nil {
			return err
		}
		view.Rows = append(view.Rows, row)
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
func (v *visit) nextOf(e app.Engagement) (string, error) {
	switch e.Status {
	case "draft":
		if e.CoachID == nil {
			return "It needs a coach before it can start.", nil
		}
		return "It is ready to be started.", nil
	case "active", "paused":
	default:
		return "", nil
	}
	program, err := v.app().GetProgram(v.ctx, v.who, e.ID)
	if err != nil {
		return "", err
	}
	return nextOfProgram(program, v.zone), nil
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
func (v *visit) engagement(tab string) (engagementView, error) {
	id, err := v.id("id")
	if err != nil {
		return engagementView{}, err
	}
	e, err := v.app().GetEngagement(v.ctx, v.who, id)
	own := e.CoachID != nil && *e.CoachID == v.who.Person
	return engagementView{Engagement: e, Tab: tab, Admin: v.who.Admin(), MayRun: v.who.Admin() || own, Zone: v.zone}, err
}

// runEngagement is engagement for pages that a coachee does not have.
func (v *visit) runEngagement(tab string) (engagementView, error) {
	view, err := v.engagement(tab)
	if err == nil && !view.MayRun {
		return view, errMissing
	}
	return view, err
}

// URL is a page of the engagement.
func (e engagementView) URL(page string) string { return engagementURL(e.ID, page) }

func engagementURL(id uuid.UUID, page string) string {
	return strings.TrimSuffix("/engagements/"+id.String()+"/"+page, "/")
}

func (e engagementView) over() bool { return e.Status == "completed" || e.Status == "cancelled" }

// tabs are the pages of an engagement for this reader.
func (e engagementView) tabs() []navItem {
	tabs := []navItem{{"Program", e.URL(""), "program"}}
	if e.MayRun {
		tabs = append(tabs, navItem{"Timeline", e.URL("timeline"), "timeline"}, navItem{"Mails", e.URL("mails"), "mails"})
	}
	if e.CoachID != nil {
		tabs = append(tabs, navItem{"Messages", e.URL("messages"), "messages"})
	}
	if e.Admin {
		tabs = append(tabs, navItem{"Details", e.URL("details"), "details"})
	}
	return tabs
}

// engagementAct is a change of an engagement's status, with the words that ask
// for it.
type engagementAct struct {
	Title, Button, Done string
	Lines               []string
	Danger              bool
	From                []string // the states in which it is offered
	do                  func(*app.App, *visit, uuid.UUID) (app.Engagement, error)
}

var engagementActs = map[string]engagementAct{
	"start": {Title: "Start this engagement?", Button: "Start", Done: "The engagement is started.", From: []string{"draft"},
		Lines: []string{"The program begins: items that are due at once are sent now, the others follow by their rules.", "Items that are sent by hand wait for you."},
		do: func(a *app.App, v *visit, id uuid.UUID) (app.Engagement, error) {
			return a.StartEngagement(v.ctx, v.who, id)
		}},
	"pause": {Title: "Pause this engagement?", Button: "Pause", Done: "The engagement is paused. Nothing is sent until you resume it.", From: []string{"active"},
		Lines: []string{"Nothing is sent while it is paused: no forms, no reminders. Open links keep working.", "When you resume it, all open dates move by the length of the pause."},
		do: func(a *app.App, v *visit, id uuid.UUID) (app.Engagement, error) {
			return a.PauseEngagement(v.ctx, v.who, id)
		}},
	"resume": {Title: "Resume this engagement?", Button: "Resume", Done: "The engagement goes on.", From: []string{"paused"},
		Lines: []string{"All open dates move by the length of the pause, so nothing is sent in a burst."},
		do: func(a *app.App, v *visit, id uuid.UUID) (app.Engagement, error) {
			return a.ResumeEngagement(v.ctx, v.who, id)
		}},
	"complete": {Title: "Complete this engagement?", Button: "Complete", Done: "The engagement is complete.", From: []string{"active", "paused"},
		Lines: []string{"What is still planned is not sent any more, and open forms close. What was answered stays.", "This cannot be undone."},
		do: func(a *app.App, v *visit, id uuid.UUID) (app.Engagement, error) {
			return a.CompleteEngagement(v.ctx, v.who, id)
		}},
	"cancel": {Title: "Cancel this engagement?", Button: "Cancel the engagement", Done: "The engagement is cancelled.", Danger: true, From: []string{"draft", "active", "paused"},
		Lines: []string{"What is still planned is not sent any more, and open forms close. What was answered stays.", "This cannot be undone."},
		do: func(a *app.App, v *visit, id uuid.UUID) (app.Engagement, error) {
			return a.CancelEngagement(v.ctx, v.who, id)
		}},
}

// acts are the changes of status that are offered now, in a fixed order.
func (e engagementView) acts() []string {
	var names []string
	for _, name := range []string{"start", "resume", "pause", "complete", "cancel"} {
		offered := slices.Contains(engagementActs[name].From, e.Status) && e.MayRun
		if name == "start" && e.CoachID == nil || name == "cancel" && e.Status == "draft" && !e.Admin {
			offered = false
		}
		if offered {
			names = append(names, name)
		}
	}
	return names
}

func actOnEngagement(name string) handler {
	act := engagementActs[name]
	return func(v *visit) error {
		view, err := v.runEngagement("program")
		if err != nil {
			return err
		}
		if !v.posted() {
			return v.confirm("engagements", confirmation{Title: act.Title, Action: view.URL(name), Button: act.Button, Back: view.URL(""), Danger: act.Danger,
				Lines: append([]string{view.Name + ", " + view.CoacheeName}, act.Lines...)})
		}
		v.back = view.URL("")
		if _, err := act.do(v.app(), v, view.ID); err != nil {
			return err
		}
		return v.done(view.URL(""), act.Done)
	}
}

// engagementForm is the form for an engagement, with what was typed.
type engagementForm struct {
	View                         *engagementView // nil: a new one
	Values                       url.Values
	Faults                       map[string]string
	Coachees, Coaches, Templates []option
}

func newEngagement(v *visit) error {
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
func (v *visit) choices(form *engagementForm) error {
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
	form.Templates = []option{{"", "An empty program"}}
	for _, t := range templates {
		form.Templates = append(form.Templates, option{t.ID.String(), t.Name})
	}
	return err
}

func (v *visit) people(role, none string) ([]option, error) {
	list, err := everyPage(func(at app.Paging) (app.Page[app.Person], error) { return v.app().ListPeople(v.ctx, v.who, role, at) })
	options := []option{{"", none}}
	for _, person := range list {
		options = append(options, option{person.ID.String(), person.Name})
	}
	return options, err
}

func engagementDetails(v *visit) error {
	view, err := v.engagement("details")
	if err != nil {
		return err
	}
	form := engagementForm{View: &view, Values: v.form}
	if form.Coaches, err = v.people("coach", "None yet"); err != nil {
		return err
	}
	if !v.posted() {
		form.Values = url.Values{"name": {view.Name}, "coach_id": {idText(view.CoachID)}}
		return v.show(view.Name, "engagements", nil, engagementDetailsPage(form))
	}
	name := v.field("name")
	_, err = v.app().UpdateEngagement(v.ctx, v.who, view.ID, atoi(v.field("revision")), app.EngagementChange{Name: &name, CoachID: optionalID(v.field("coach_id"))})
	if err != nil {
		form.Faults = faultsOf(err)
		form.again(err)
		return v.show(view.Name, "engagements", err, engagementDetailsPage(form))
	}
	return v.done(view.URL("details"), "The engagement is changed.")
}

// again lets a second press save over a change that the visitor was told about.
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

func timelinePage(v *visit) error {
	view, err := v.runEngagement("timeline")
	if err != nil {
		return err
	}
	var coming []app.ComingItem
	events, err := everyPage(func(at app.Paging) (app.Page[app.Event], error) {
		t, err := v.app().GetTimeline(v.ctx, v.who, view.ID, at)
		coming = t.Coming
		return app.Page[app.Event]{Items: t.Events, Next: t.Next}, err
	})
	if err != nil {
		return err
	}
	slices.Reverse(events)
	slices.SortStableFunc(coming, func(a, b app.ComingItem) int { return soon(a.At).Compare(soon(b.At)) })
	return v.show(view.Name, "engagements", nil, timelineContent(view, events, coming))
}

// soon puts what has no time behind all that has one.
func soon(at *time.Time) time.Time {
	if at == nil {
		return time.Unix(1<<40, 0)
	}
	return *at
}

func comingSentence(c app.ComingItem, zone *time.Location) string {
	return nextSentence(app.Item{Next: &app.Coming{What: c.What, At: c.At, Text: c.Text}}, zone)
}

func engagementMails(v *visit) error {
	view, err := v.runEngagement("mails")
	if err != nil {
		return err
	}
	list, err := everyPage(func(at app.Paging) (app.Page[app.Notification], error) {
		return v.app().ListNotifications(v.ctx, v.who, &view.ID, "", at)
	})
	if err != nil {
		return err
	}
	coming, past := splitMails(list)
	return v.show(view.Name, "engagements", nil, engagementMailsContent(view, coming, past))
}

// splitMails parts what is still to come, soonest first, from what is over,
// newest first.
func splitMails(list []app.Notification) (coming, past []app.Notification) {
	for _, n := range list {
		if n.State == "planned" || n.State == "held" || n.State == "sending" {
			coming = append(coming, n)
		} else {
			past = append(past, n)
		}
	}
	slices.SortStableFunc(coming, func(a, b app.Notification) int { return a.PlannedAt.Compare(b.PlannedAt) })
	slices.SortStableFunc(past, func(a, b app.Notification) int { return happened(b).Compare(happened(a)) })
	return coming, past
}

func happened(n app.Notification) time.Time {
	switch {
	case n.SentAt != nil:
		return *n.SentAt
	case n.OutcomeAt != nil:
		return *n.OutcomeAt
	}
	return n.PlannedAt
}

func engagementMessages(v *visit) error {
	view, err := v.engagement("messages")
	if err != nil {
		return err
	}
	streams, err := everyPage(func(at app.Paging) (app.Page[app.Stream], error) { return v.app().ListStreams(v.ctx, v.who, at) })
	if err != nil {
		return err
	}
	for _, s := range streams {
		if view.CoachID != nil && s.CoachID == *view.CoachID && s.ClientID == view.CoacheeID {
			content, err := v.stream(s)
			if err != nil {
				return err
			}
			return v.show(view.Name, "engagements", nil, engagementMessagesContent(view, content))
		}
	}
	return v.show(view.Name, "engagements", nil, engagementMessagesContent(view, noStream(view)))
}

func openEngagementStream(v *visit) error {
	view, err := v.runEngagement("messages")
	if err != nil {
		return err
	}
	v.back = view.URL("")
	if view.CoachID == nil {
		return coaching.Problemf(coaching.Conflict, "coach_missing", "The engagement has no coach yet; set one first.")
	}
	if _, err := v.app().OpenStream(v.ctx, v.who, app.StreamInput{CoachID: *view.CoachID, ClientID: view.CoacheeID}); err != nil {
		return err
	}
	return v.done(view.URL("messages"), "The conversation is open. Write to its address by email.")
}
