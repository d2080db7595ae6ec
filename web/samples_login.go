package web

import (
	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/parts"
	"coachflow/web/serve"
)

func (i invented) logins() []Sample {
	sheets := (&Pages{}).stylesheets()
	login := func(name string, view loginView) Sample {
		view.Stylesheets, view.DevMail = sheets, true
		return i.bare(name, loginPage(view))
	}
	forgot := func(name string, view forgotView) Sample {
		view.Stylesheets, view.DevMail = sheets, true
		return i.bare(name, forgotPage(view))
	}
	return in("Login",
		login("login", loginView{To: "/"}), login("login-wrong", loginView{Email: "ada@example.com", Problem: errWrongLogin.Message}),
		login("login-slowed", loginView{Email: longAddress, Problem: "There were too many attempts. Wait 30 seconds, then try again."}), login("login-after-logout", loginView{LoggedOut: true}),
		forgot("forgotten-password", forgotView{}), forgot("forgotten-password-problem", forgotView{Email: "ada@", Problem: "“ada@” is not an email address."}), forgot("forgotten-password-asked", forgotView{Email: longAddress, Asked: true}))
}

// rest are the pages that stand beside the areas.
func (i invented) rest() []Sample {
	v := i.request(inventedPlace{})
	failed := trouble{Title: "Something went wrong on our side", Body: "What you asked for may not have been done. Go back, look, and try again.", RequestID: "0198f2a4-c1d7-7d3c-b6e1-f0a2c1d77d3c", head: v.pages.plainHead()}
	away := failed
	away.Title, away.Body, away.RequestID = "This does not work right now", "Please try again in a minute. If you have typed something, go back with your browser: it is still there.", ""
	missing, _ := coaching.AsProblem(serve.ErrMissing)
	forbidden := coaching.Problemf(coaching.Forbidden, "not_yours", "Only the coach of the engagement, or an admin, may do that.")
	late := coaching.Problemf(coaching.Unavailable, "engine_unavailable", "The process engine did not answer in time.")
	refused := coaching.Problemf(coaching.Invalid, "invalid_input", "Some of what was sent cannot be used.").WithField("name", "missing", "An engagement needs a name.").WithField("coach_id", "unknown", "There is no such coach.")
	search := inventedPlace{title: "Search", path: "/search"}
	rows := i.personRows()
	found := app.Findings{People: rows[:3], Engagements: i.engagementRows()[:3]}
	asCoach := search
	asCoach.who = i.coach
	return append(in("Tasks, search and trouble",
		i.task("task", app.TaskOpen), i.task("task-pending", app.TaskPending), i.task("task-done", app.TaskDone), i.task("task-closed", app.TaskClosed), i.fileTask(),
		i.page("search", search, searchContent(findings{Text: "a", Admin: true, Findings: found})), i.page("search-coach", asCoach, searchContent(findings{Text: "a", Findings: found})),
		i.page("search-nothing", search, searchContent(findings{Text: "Zoë", Admin: true})), i.page("search-empty", search, searchContent(findings{Admin: true})),
		i.bare("trouble-404", troublePage(v.trouble(missing))), i.bare("trouble-403", troublePage(v.trouble(forbidden))), i.bare("trouble-422", troublePage(v.trouble(refused))),
		i.bare("trouble-late", troublePage(v.trouble(late))), i.bare("trouble-500", troublePage(failed)), i.bare("trouble-503", troublePage(away))),
		in("Parts", i.page("parts", inventedPlace{title: "Parts"}, partSamples(parts.Samples(i.now))), i.page("notices", inventedPlace{title: "Notices"}, noticeSamples()))...)
}

// fileTask is a file item as its recipient sees it.
func (i invented) fileTask() Sample {
	t := app.Task{ID: inventedID("file"), EngagementID: inventedID("engagement"), EngagementName: "Leadership coaching 2026", Kind: string(coaching.FileItem), Title: "What matters to you", Stand: app.TaskOpen,
		IssuedAt: i.now.Add(-9 * day), DueAt: i.ahead(12 * day), Files: ownFilesOf(i.itemFiles()),
		Description: "# Before you begin\n\nRead **both**, and mark what speaks to you:\n\n1. alone\n2. with [somebody](https://example.com/" + unbrokenWord + ") whom you trust\n\n> It is not a test.\n\n" + hebrewTitle}
	return i.page("task-file", inventedPlace{who: i.coachee, title: t.Title, key: "engagements", path: "/tasks/one"}, taskPage(t, true, i.zone))
}

func ownFilesOf(list []app.ItemFile) []app.ItemFile {
	return itemView{Item: app.Item{Files: list}}.present()
}

func (i invented) task(name string, stand app.TaskStand) Sample {
	t := app.Task{ID: inventedID("task"), EngagementID: inventedID("engagement"), EngagementName: "Leadership coaching 2026", Kind: string(coaching.TaskItem), Title: longTitle, Stand: stand, IssuedAt: i.now.Add(-2 * day), DueAt: i.ahead(5 * day),
		Description: "Write down what has changed since we began, in your own words.\n\nIt helps to read https://example.com/" + unbrokenWord + " before.\n\n" + hebrewTitle}
	if stand == app.TaskDone || stand == app.TaskPending {
		t.DoneAt = i.ahead(-3600e9)
	}
	return i.page(name, inventedPlace{who: i.coachee, title: t.Title, key: "engagements", path: "/tasks/one"}, taskPage(t, stand != app.TaskClosed, i.zone))
}
