package web

import (
	"net/url"
	"time"

	"coachflow/app"
	"coachflow/coaching"
)

// engagement is an engagement of Amara Okafor and Jonas Weber.
func (i invented) engagement(status string) app.Engagement {
	coach := i.coach.Person
	e := app.Engagement{ID: inventedID("engagement"), Name: "Leadership coaching 2026", CoacheeID: i.coachee.Person, CoacheeName: i.coachee.Name, CoachID: &coach, CoachName: i.coach.Name,
		Status: status, ProgramRevision: 7, CreatedAt: i.now.Add(-40 * day)}
	if status != "draft" {
		e.StartedAt = i.ahead(-38 * day)
	}
	switch status {
	case "paused":
		e.PausedAt = i.ahead(-2 * day)
	case "completed", "cancelled":
		e.EndedAt = i.ahead(-3 * day)
	}
	return e
}

// row is an engagement in a list.
func (i invented) row(name, coachee, coach, status string, progress ...string) app.EngagementRow {
	e := i.engagement(status)
	e.ID, e.Name, e.CoacheeName, e.CoachName = inventedID(name+coachee), name, coachee, coach
	if coach == "" {
		e.CoachID = nil
	}
	row := app.EngagementRow{Engagement: e, Progress: progress, Total: len(progress)}
	for _, segment := range progress {
		switch segment {
		case "done":
			row.Done++
		case "current":
			row.Current++
		case "skipped":
			row.Skipped++
		}
	}
	return row
}

func (i invented) engagementRows() []app.EngagementRow {
	next := func(row app.EngagementRow, title string, step coaching.StepKind, in time.Duration) app.EngagementRow {
		row.Next = &app.ComingNext{Title: title, Step: step, At: i.now.Add(in)}
		return row
	}
	overdue := next(i.row("Leadership coaching 2026", "Amara Okafor", "Jonas Weber", "active", "done", "done", "current", "waiting", "waiting"), "Your goals", coaching.EscalationStep, 20*time.Hour)
	overdue.OverdueSince = i.ahead(-2 * day)
	held := next(i.row("First steps as a lead", "Ben Bergmann", "Jonas Weber", "active", "done", "current", "waiting"), "Two weeks in", coaching.ReminderStep, 3*day)
	held.Held = 2
	return []app.EngagementRow{overdue, held,
		next(i.row(longTitle, longName, longName, "active", "done", "skipped", "current", "waiting", "waiting", "waiting", "waiting", "waiting", "waiting", "waiting", "waiting", "waiting", "waiting", "waiting", "waiting", "waiting", "waiting", "waiting"),
			longTitle, coaching.IssueStep, 9*day),
		i.row(hebrewTitle, hebrewName, arabicName, "active", "done", "current"),
		i.row("Onboarding", chineseName, "", "draft", "waiting", "waiting", "waiting"), i.row("Onboarding", "Clara Coach", "Jonas Weber", "draft"),
		i.row("Team lead 2025", "Ængus de la Cruz", "Jonas Weber", "paused", "done", "done", "current", "waiting"),
		i.row("Team lead 2025", unbrokenWord, "Jonas Weber", "completed", "done", "done", "done"), i.row("Team lead 2024", "Ben Bergmann", "Jonas Weber", "cancelled", "done", "skipped", "waiting")}
}

// counted are counts by the value of a filter.
func counted(of map[string]int) map[string]app.Count {
	out := map[string]app.Count{}
	for value, n := range of {
		out[value] = app.Count{Count: n}
	}
	return out
}

func (i invented) engagements() []Sample {
	at := inventedPlace{title: "Engagements", key: "engagements", path: "/"}
	asCoach, own := at, at
	asCoach.who = i.coach
	own.who, own.title = i.coachee, "My coaching"
	filled := app.Listing[app.EngagementRow]{Items: i.engagementRows(), Next: "next", Previous: "previous", Counts: app.Counts{"status": {"": {Count: 1000, More: true}, "active": {Count: 214}, "draft": {Count: 12}, "paused": {Count: 3}, "completed": {Count: 96}, "cancelled": {Count: 4}},
		"overdue": counted(map[string]int{"true": 5}), "held": counted(map[string]int{"true": 2})}}
	nothing := at
	nothing.query = "q=Zoë&status=paused"
	show := func(at inventedPlace, list app.Listing[app.EngagementRow]) listView[app.EngagementRow] {
		return lay(i.request(at), engagementsLook, list)
	}
	few := app.Listing[app.EngagementRow]{Items: i.engagementRows()[:2]}
	return in("Engagements",
		i.page("engagements", at, engagementsPage(show(at, filled), true, &desk{Today: &app.Count{Count: 4}})), i.page("engagements-none", at, engagementsPage(show(at, app.Listing[app.EngagementRow]{}), true, nil)),
		i.page("engagements-nothing-found", nothing, engagementsPage(show(nothing, app.Listing[app.EngagementRow]{}), true, nil)),
		i.page("engagements-coach", asCoach, engagementsPage(show(asCoach, few), false, i.desk(false))), i.page("engagements-coach-none", asCoach, engagementsPage(show(asCoach, app.Listing[app.EngagementRow]{}), false, nil)),
		i.page("engagements-coachee", own, ownEngagementsPage(show(own, few), i.listed(false)[:1], i.zone)), i.page("engagements-coachee-none", own, ownEngagementsPage(show(own, app.Listing[app.EngagementRow]{}), nil, i.zone)),
		i.page("engagement-new", i.below("New engagement"), newEngagementPage(i.engagementForm(url.Values{}, nil))),
		i.page("engagement-new-faults", i.wrong(i.below("New engagement"), "What you entered is not complete yet."), newEngagementPage(i.engagementForm(url.Values{"name": {""}},
			map[string]string{"name": "An engagement needs a name.", "coachee_id": "Choose who is coached."}))))
}

func (i invented) engagementForm(values url.Values, faults map[string]string) engagementForm {
	return engagementForm{Values: values, Faults: faults, Coachees: []option{{Value: "", Label: "Please choose"}, {Value: "a", Label: i.coachee.Name}, {Value: "l", Label: longName}},
		Coaches: []option{{Value: "", Label: "None yet"}, {Value: i.coach.Person.String(), Label: i.coach.Name}, {Value: "r", Label: arabicName}}, Templates: []option{{Value: "", Label: "An empty program"}, {Value: "t", Label: longTitle}}}
}

// below is a page below the list of engagements.
func (i invented) below(title string) inventedPlace {
	return inventedPlace{title: title, key: "engagements", path: "/engagements/new"}
}

// inside is a page of the engagement.
func (i invented) inside(title string) inventedPlace {
	return inventedPlace{title: title, key: "engagements", path: engagementURL(inventedID("engagement"), title),
		crumbs: []crumb{{"Engagements", "/"}, {"Leadership coaching 2026", engagementURL(inventedID("engagement"), "")}}}
}

// wrong is a page that was sent and refused.
func (i invented) wrong(at inventedPlace, message string) inventedPlace {
	at.alert = coaching.Problemf(coaching.Invalid, "invalid_input", "%s", message)
	return at
}

// view is the engagement as an admin sees it.
func (i invented) view(status, tab string) engagementView {
	return engagementView{Engagement: i.engagement(status), Tab: tab, Admin: true, MayRun: true, Zone: i.zone}
}
