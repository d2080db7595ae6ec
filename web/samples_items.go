package web

import (
	"net/url"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/parts"
)

// itemForm is the form of an item, filled with what a new one begins with.
func (i invented) itemForm(kind coaching.ItemKind, item *itemView) itemForm {
	ladder := coaching.DefaultLadders[coaching.ItemLadder]
	return itemForm{View: i.view("active", "program"), Item: item,
		Values:    url.Values{"kind": {string(kind)}, "rule": {"after_prior"}, "delay_amount": {"3"}, "delay_unit": {"business_days"}, "due": {"after"}, "due_amount": {"7"}, "due_unit": {"days"}, "coachee": {"required"}},
		Forms:     []option{{Value: "", Label: "Please choose"}, {Value: "f", Label: "Before your first session"}, {Value: "l", Label: longTitle}},
		Places:    []option{{Value: "0", Label: "Before 1. Getting to know you"}, {Value: "3", Label: "Before 4. " + longTitle}, {Value: "", Label: "At the end"}},
		Rows:      []recipientRow{{Prefix: "r0_", Person: "p", Name: longName, Optional: true}, {Prefix: "r1_", Email: longAddress, Name: arabicName}, {Prefix: "r2_"}},
		Reminders: app.ItemReminders{WithDue: ladder.Kind.ReminderWords(ladder.LadderSteps), WithoutDue: ladder.Kind.ReminderWords(*ladder.WithoutDue)}}
}

func (i invented) items() []Sample {
	at := i.inside("Add a form to the program")
	items := i.program(i.view("active", "program"), i.admin.Person, i.inventedItems()...).Items
	task, wrong := i.itemForm(coaching.TaskItem, nil), i.itemForm(coaching.FormItem, nil)
	task.Rows = nil
	file := i.itemForm(coaching.FileItem, nil)
	file.Rows, file.Library = nil, []option{{Value: "", Label: "None"}, {Value: "q", Label: "Questions.docx · 93 KB"}, {Value: "l", Label: longTitle + ".pdf · 1.2 MB"}}
	file.Values.Set("description", "Read **both**, and mark what speaks to you.")
	file.Upload = uploadField("files", "Files")
	file.Upload.Chosen, file.Upload.Files = "file_ids", []parts.ChosenFile{{ID: "v", Name: "Values.pdf", Size: "482 KB"}, {ID: "u", Name: unbrokenWord + ".docx", Size: "93.0 MB"}}
	replaced := i.program(i.view("active", "program"), i.admin.Person, i.fileItem()).Items[0]
	replace := replacement{Item: replaced, File: replaced.Files[0], Upload: parts.UploadField{Name: "file", Label: "The new version", Hint: "At most 100 MB.", Single: true}}
	wrong.Values.Set("title", "")
	wrong.Values.Set("due_amount", "soon")
	wrong.Values.Set("letter_body", "Hello {{nobody}},")
	wrong.Faults = map[string]string{"form_id": "Choose a form.", "title": "An item needs a title.", "rule": "Say when it goes out.", "delay_amount": "Enter a whole number.", "due": "Say by when.", "due_amount": "Enter a whole number.",
		"recipients": "An item needs somebody who must answer it.", "letter_body": "There is no {{nobody}}."}
	letter := app.Letter{Subject: "Please fill out: Your goals", To: named("Amara Okafor", "amara@example.com"), Text: "Hello Amara Okafor,\n\nJonas Weber asks you to fill out “Your goals”.\n\nhttps://coachflow.example/l/sample"}
	return in("Items of a program",
		i.page("item-form", at, itemFormPage(i.itemForm(coaching.FormItem, nil))), i.page("item-task", i.inside("Add a task to the program"), itemFormPage(task)),
		i.page("item-file", i.inside("Add a file to the program"), itemFormPage(file)), i.page("replace-file", i.inside("Replace “Values.pdf”"), replaceFilePage(replace)),
		i.page("item-faults", i.wrong(at, "Some of what you entered needs another look."), itemFormPage(wrong)),
		i.page("item-due-only", i.inside("Change “Your goals”"), itemFormPage(i.itemForm(coaching.FormItem, &items[2]))),
		i.page("item-mail", i.inside("Mail of “Your goals”"), letterPreviewPage(items[2], letter, "form_request", items[2].To[0].ID.String())),
		i.page("answers", i.inside("Answers to “Getting to know you”"), answersPage(items[0], i.answers())), i.page("answers-none", i.inside("Answers to “Your goals”"), answersPage(items[2], nil)),
		i.page("skip-item", i.inside("Skip “Your goals”?"), parts.Confirm(confirmation{Title: "Skip “Your goals”?", Action: "/", Button: "Skip", Back: "/", Lines: []string{"It closes for everybody who has not answered.", "What follows it goes on."}})),
		i.page("cancel-engagement", i.inside("Cancel this engagement?"), parts.Confirm(confirmation{Title: engagementActs["cancel"].Title, Action: "/", Button: engagementActs["cancel"].Button, Back: "/", Danger: true,
			Lines: append([]string{"Leadership coaching 2026, " + longName}, engagementActs["cancel"].Lines...)})))
}

func (i invented) answers() []app.Answer {
	line := func(title string, texts ...string) coaching.AnswerLine {
		return coaching.AnswerLine{Question: coaching.Question{Title: title}, Texts: texts}
	}
	return []app.Answer{
		{Name: "Amara Okafor", Email: "amara@example.com", FormVersion: 3, Round: 2, SubmittedAt: i.ahead(-6 * day), InWords: []coaching.AnswerLine{line("What is your role?", "Head of Operations"),
			line("What made you think of coaching now?", "A new team.\n\nAnd less firefighting."), line("Which topics matter to you?", "Delegating without losing the overview", "Time to think, and rest"), line("Anything else?")}},
		{Name: arabicName, Email: longAddress, FormVersion: 3, Round: 1, SubmittedAt: i.ahead(-7 * day), InWords: []coaching.AnswerLine{line(longTitle, unbrokenWord)}},
	}
}
