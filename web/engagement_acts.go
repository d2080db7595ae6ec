package web

import (
	"slices"

	"github.com/google/uuid"

	"coachflow/app"
)

// engagementAct is a change of an engagement's status, with the words that ask
// for it.
type engagementAct struct {
	Title, Button, Done string
	Lines               []string
	Danger              bool
	From                []string // the states in which it is offered
	do                  func(*app.App, *request, uuid.UUID) (app.Engagement, error)
}

var engagementActs = map[string]engagementAct{
	"start": {Title: "Start this engagement?", Button: "Start", Done: "The engagement is started.", From: []string{"draft"},
		Lines: []string{"The program begins: items that are due at once are sent now, the others follow by their rules.", "Items that are sent by hand wait for you."},
		do: func(a *app.App, v *request, id uuid.UUID) (app.Engagement, error) {
			return a.StartEngagement(v.ctx, v.who, id)
		}},
	"pause": {Title: "Pause this engagement?", Button: "Pause", Done: "The engagement is paused. Nothing is sent until you resume it.", From: []string{"active"},
		Lines: []string{"Nothing is sent while it is paused: no forms, no reminders. Open links keep working.", "When you resume it, all open dates move by the length of the pause."},
		do: func(a *app.App, v *request, id uuid.UUID) (app.Engagement, error) {
			return a.PauseEngagement(v.ctx, v.who, id)
		}},
	"resume": {Title: "Resume this engagement?", Button: "Resume", Done: "The engagement goes on.", From: []string{"paused"},
		Lines: []string{"All open dates move by the length of the pause, so nothing is sent in a burst."},
		do: func(a *app.App, v *request, id uuid.UUID) (app.Engagement, error) {
			return a.ResumeEngagement(v.ctx, v.who, id)
		}},
	"complete": {Title: "Complete this engagement?", Button: "Complete", Done: "The engagement is complete.", From: []string{"active", "paused"},
		Lines: []string{"What is still planned is not sent any more, and open forms close. What was answered stays.", "This cannot be undone."},
		do: func(a *app.App, v *request, id uuid.UUID) (app.Engagement, error) {
			return a.CompleteEngagement(v.ctx, v.who, id)
		}},
	"cancel": {Title: "Cancel this engagement?", Button: "Cancel the engagement", Done: "The engagement is cancelled.", Danger: true, From: []string{"draft", "active", "paused"},
		Lines: []string{"What is still planned is not sent any more, and open forms close. What was answered stays.", "This cannot be undone."},
		do: func(a *app.App, v *request, id uuid.UUID) (app.Engagement, error) {
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

// firstAct is the change that moves the engagement on, where one does.
func (e engagementView) firstAct() string {
	if acts := e.acts(); len(acts) > 0 && (acts[0] == "start" || acts[0] == "resume") {
		return acts[0]
	}
	return ""
}

// otherActs are the changes beside the first one.
func (e engagementView) otherActs() []string {
	return slices.DeleteFunc(e.acts(), func(name string) bool { return name == e.firstAct() })
}

func actOnEngagement(name string) handler {
	act := engagementActs[name]
	return func(v *request) error {
		view, err := v.runEngagement("program")
		if err != nil {
			return err
		}
		if !v.posted() {
			return v.confirm("engagements", confirmation{Title: act.Title, Action: view.URL(name), Button: act.Button, Back: view.URL(""), Danger: act.Danger,
				Lines: append([]string{view.Name + ", " + view.CoacheeName}, act.Lines...)})
		}
		v.back = view.URL("")
		e, err := act.do(v.app(), v, view.ID)
		if err != nil {
			return err
		}
		if e.Unread {
			return v.leave(view.URL(""), flash{act.Done + " Its process did not answer and is ended by itself.", "warning"})
		}
		return v.done(view.URL(""), act.Done)
	}
}
