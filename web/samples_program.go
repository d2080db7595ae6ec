package web

import (
	"slices"

	"time"

	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
)

func (i invented) recipient(who app.Principal, address string) app.ItemRecipient {
	person := who.Person
	return app.ItemRecipient{ID: inventedID("recipient" + address), PersonID: &person, Name: who.Name, Address: address, Required: true}
}

func (i invented) toCoachee() app.ItemRecipient { return i.recipient(i.coachee, "amara@example.com") }

// item is an item of the engagement's program.
func (i invented) item(title string, kind coaching.ItemKind, status string, to ...app.ItemRecipient) app.Item {
	item := app.Item{ID: inventedID(title), EngagementID: inventedID("engagement"), Status: status, To: to,
		ItemSpec: coaching.ItemSpec{Kind: kind, Title: title, Release: coaching.ReleaseRule{Rule: coaching.AfterPrior, Delay: &coaching.Delay{Amount: 3, Unit: coaching.BusinessDays}}}}
	if status == "open" || status == "completed" {
		item.IssuedAt = i.ahead(-9 * day)
	}
	if status == "completed" || status == "skipped" {
		item.DoneAt = i.ahead(-5 * day)
	}
	return item
}

// inventedItems has an item in each state.
func (i invented) inventedItems() []app.Item {
	answered := i.toCoachee()
	answered.AnsweredAt = i.ahead(-6 * day)
	done := i.item("Getting to know you", coaching.FormItem, "completed", answered)
	skipped := i.item("A word from your manager", coaching.FormItem, "skipped", i.toCoachee())
	bounced := app.ItemRecipient{ID: inventedID("bounced"), Name: longName, Address: longAddress, Undelivered: "the mailbox does not exist"}
	held := app.ItemRecipient{ID: inventedID("held"), Name: arabicName, Address: "muhammad@example.com", Required: true, FollowUpHeld: true, Undelivered: "held until they have an account"}
	overdue := i.item("Your goals", coaching.FormItem, "open", i.toCoachee(), bounced, held)
	overdue.DueAt, overdue.Next = i.ahead(-day), &app.Coming{What: "escalation", At: i.ahead(20 * time.Hour), Text: "Jonas Weber is told that it stays open"}
	open := i.item(longTitle, coaching.TaskItem, "open", i.toCoachee())
	open.DueAt, open.Next = i.ahead(5*day), &app.Coming{What: "reminder", At: i.ahead(3 * day), Text: "Amara Okafor is reminded"}
	leaving := i.item("Half-time", coaching.FormItem, "sending", i.toCoachee())
	leaving.SendAt = i.ahead(40 * time.Second)
	byHand := i.item("Prepare the third session", coaching.TaskItem, "waiting", i.toCoachee())
	byHand.Release = coaching.ReleaseRule{Rule: coaching.Manual}
	byHand.Next = &app.Coming{What: "release_by_hand", Text: "waits until somebody sends it"}
	later := i.item("Looking back", coaching.FormItem, "waiting", i.toCoachee())
	later.Next, later.Due = &app.Coming{What: "release", At: i.ahead(21 * day), Text: "goes out to Amara Okafor"}, &coaching.DueRule{After: &coaching.Delay{Amount: 7, Unit: coaching.Days}}
	after := i.item(hebrewTitle, coaching.FormItem, "waiting", i.toCoachee())
	after.Next = &app.Coming{What: "release_after", Text: "goes out when the item before it is complete"}
	return []app.Item{done, skipped, overdue, open, leaving, byHand, later, after, i.fileItem()}
}

// fileItem is a file that went out, and was replaced.
func (i invented) fileItem() app.Item {
	file := i.item("What matters to you", coaching.FileItem, "open", i.toCoachee())
	file.DueAt, file.Next, file.Files = i.ahead(12*day), &app.Coming{What: "reminder", At: i.ahead(9 * day), Text: "Amara Okafor is reminded"}, i.itemFiles()
	return file
}

func (i invented) itemFiles() []app.ItemFile {
	view := app.FileView{PersonID: i.coachee.Person, Name: "Amara Okafor", FirstAt: i.now.Add(-3 * day), LastAt: i.now.Add(-day), Views: 3}
	return []app.ItemFile{
		{FileID: inventedID("values-2"), Name: "Values.pdf", ContentType: "application/pdf", Size: 482_113, Version: 2, AddedAt: i.now.Add(-day)},
		{FileID: inventedID("values"), Name: "Values.pdf", ContentType: "application/pdf", Size: 481_000, Version: 1, AddedAt: i.now.Add(-9 * day), ReplacedAt: i.ahead(-day), Views: []app.FileView{view}},
		{FileID: inventedID("long-file"), Name: unbrokenWord + ".docx", ContentType: "application/msword", Size: 93_000_000, Version: 1, AddedAt: i.now.Add(-9 * day), Views: []app.FileView{view}},
	}
}

// program lays items out for a reader.
func (i invented) program(view engagementView, reader uuid.UUID, items ...app.Item) programView {
	p := programView{engagementView: view}
	for n, item := range items {
		p.Items = append(p.Items, itemView{Item: item, engagement: view, Number: n + 1, Turn: item.Status != "waiting" || n > 0, Reader: reader})
	}
	if n := current(p.Items); n >= 0 {
		p.Items[n].Current = true
	}
	return p
}

// begun is the program of a new engagement.
func (i invented) begun() []app.Item {
	first := i.item("Getting to know you", coaching.FormItem, "waiting", i.toCoachee())
	first.Release = coaching.ReleaseRule{Rule: coaching.Manual}
	first.Next = &app.Coming{What: "release_by_hand", Text: "waits until somebody sends it"}
	second := i.item("Your goals", coaching.FormItem, "waiting", i.toCoachee())
	second.Next = &app.Coming{What: "release_after", Text: "goes out 3 business days after “Getting to know you” is complete"}
	return []app.Item{first, second}
}

func (i invented) programs() []Sample {
	at := i.inside("Leadership coaching 2026")
	at.crumbs = at.crumbs[:1]
	said := at
	said.flash = flash{"“Half-time” leaves in a minute.", "success"}
	draft := i.view("draft", "program")
	draft.CoachID, draft.CoachName = nil, ""
	asCoachee, coachee := i.view("active", "program"), at
	asCoachee.Admin, asCoachee.MayRun = false, false
	coachee.who, coachee.crumbs = i.coachee, []crumb{{"My coaching", "/"}}
	everything := i.inventedItems()
	all := i.program(i.view("active", "program"), i.admin.Person, everything...)
	for n := range all.Items { // each open, to see all of them
		all.Items[n].Current = true
	}
	over := i.inventedItems()
	over = append(over[:4:4], over[6:]...)
	ended := slices.Clone(over)
	for n := range ended { // as the app gives them out
		if ended[n].Status == "open" {
			ended[n].Status, ended[n].Next = app.ItemClosed, nil
		}
	}
	return in("Program of an engagement",
		i.page("program-draft", at, programContent(i.program(draft, i.admin.Person, i.begun()...))), i.page("program-empty", at, programContent(i.program(i.view("draft", "program"), i.admin.Person))),
		i.page("program", said, programContent(i.program(i.view("active", "program"), i.admin.Person, everything...))), i.page("program-all-open", at, programContent(all)),
		i.page("program-paused", at, programContent(i.program(i.view("paused", "program"), i.admin.Person, over...))),
		i.page("program-completed", at, programContent(i.program(i.view("completed", "program"), i.admin.Person, ended...))),
		i.page("program-coachee", coachee, programContent(i.program(asCoachee, i.coachee.Person, everything[0], everything[2], everything[3], everything[6]))),
		i.page("order", i.inside("Order of the program"), orderPage(orderView{engagementView: i.view("active", "program"), Kept: all.Items})),
		i.page("order-changed", i.inside("Order of the program"), orderPage(orderView{engagementView: i.view("active", "program"), Kept: all.Items[1:], Changed: true, Preview: i.effects()})),
		i.page("edit-preview", i.inside("Change the program"), editPreviewPage(editStep{Title: "Change “Looking back”", Action: "/", Back: "/", Preview: i.effects(), Running: true, Again: true})),
		i.page("edit-preview-nothing", i.inside("Change the program"), editPreviewPage(editStep{Title: "Remove “" + longTitle + "”", Action: "/", Back: "/"})))
}

func (i invented) effects() app.EditPreview {
	return app.EditPreview{Revision: 7, Effects: []app.Effect{{Text: "“Getting to know you” is removed. What was answered stays."}, {Text: "“" + longTitle + "” moves from place 4 to place 3."},
		{Text: "“Looking back” goes out on " + full(i.now.Add(14*day), i.zone) + " instead of " + full(i.now.Add(21*day), i.zone) + "."}}}
}
