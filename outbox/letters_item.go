package outbox

import (
	"slices"

	"coachflow/coaching"
)

// The letters about items of programs. LettersOf knows them by their names: KIND_request,
// KIND_reminder, KIND_escalation, and KIND_replaced for kinds with files.
const (
	FormRequest    coaching.NotificationKind = "form_request"
	FormReminder   coaching.NotificationKind = "form_reminder"
	FormEscalation coaching.NotificationKind = "form_escalation"
	TaskRequest    coaching.NotificationKind = "task_request"
	TaskReminder   coaching.NotificationKind = "task_reminder"
	TaskEscalation coaching.NotificationKind = "task_escalation"
	FileRequest    coaching.NotificationKind = "file_request"
	FileReminder   coaching.NotificationKind = "file_reminder"
	FileReplaced   coaching.NotificationKind = "file_replaced"
	FileEscalation coaching.NotificationKind = "file_escalation"
)

var itemLetters = []Letter{
	{
		Kind: FormRequest, Gate: coaching.FormRow, Label: "Form to fill out",
		When:    "When the form is released in its program, and again when it is sent again by hand.",
		To:      "Each recipient of the form, who needs no account: the link in it works without a login.",
		Subject: "{{form}}: a form to fill out",
		Body: `Hello {{name}},

**{{form}}** is ready for you. It is part of “{{engagement}}” at {{organization}}.

[Fill out the form]({{link}})

{{due}}

You do not need an account, and what you enter is kept if you stop and come back later.
`,
		Placeholders: formPlaceholders,
		Why:          "You get this mail because you are a recipient of a form in a coaching program.",
	},
	{
		Kind: FormReminder, Gate: coaching.FormRow, Label: "Reminder of a form",
		When:    remindersAreSent,
		To:      "Each recipient of the form who has not answered.",
		Subject: "Reminder: {{form}} is waiting for you",
		Body: `Hello {{name}},

**{{form}}** is still open. It is part of “{{engagement}}” at {{organization}}.

[Fill out the form]({{link}})

{{due}}

If you have just sent it, there is nothing more to do.
`,
		Placeholders: formPlaceholders,
		Why:          "You get this reminder because a form in a coaching program waits for your answers.",
	},
	{
		Kind: FormEscalation, Gate: coaching.WorkRow, Label: "Form that stays open",
		When:    escalationsAreSent,
		To:      "The coach of the engagement; while it has none, every admin.",
		Subject: "{{form}} of {{coachee}} is still open",
		Body: `Hello {{name}},

**{{form}}** in the program of {{coachee}} has not been answered by everyone, and no more reminders go out.

Still waiting for: {{waiting}}

You can send it again, skip it or give it a new due date there.

[Open the program]({{page}})
`,
		Placeholders: []Placeholder{coachIsReader, organizationName, coachName, coacheeName, engagementName, formTitle, stillWaiting, programPage},
		Why:          "You get this mail because you are the coach of this engagement.",
	},
	{
		Kind: TaskRequest, Gate: coaching.TaskRow, Label: "Task to complete",
		When:    "When the task is released in its program, and again when it is sent again by hand.",
		To:      "Each recipient of the task.",
		Subject: "{{task}}: a task for you",
		Body: `Hello {{name}},

**{{task}}** is your next step in “{{engagement}}” at {{organization}}.

{{description}}

{{due}}

[Open the task]({{link}})

Log in and mark it as complete when it is done.
`,
		Placeholders: taskPlaceholders,
		Why:          "You get this mail because a task in a coaching program is yours.",
	},
	{
		Kind: TaskReminder, Gate: coaching.TaskRow, Label: "Reminder of a task",
		When:    remindersAreSent,
		To:      "Each recipient of the task who has not marked it as complete.",
		Subject: "Reminder: {{task}}",
		Body: `Hello {{name}},

**{{task}}** is still open. It is part of “{{engagement}}” at {{organization}}.

{{due}}

[Open the task]({{link}})

If it is done, mark it as complete there, and no more reminders come.
`,
		Placeholders: taskPlaceholders,
		Why:          "You get this reminder because a task in a coaching program is yours.",
	},
	{
		Kind: TaskEscalation, Gate: coaching.WorkRow, Label: "Task that stays open",
		When:    escalationsAreSent,
		To:      "The coach of the engagement; while it has none, every admin.",
		Subject: "{{task}} of {{coachee}} is still open",
		Body: `Hello {{name}},

**{{task}}** in the program of {{coachee}} has not been marked as complete, and no more reminders go out.

Still waiting for: {{waiting}}

You can send it again, skip it or give it a new due date there.

[Open the program]({{page}})
`,
		Placeholders: []Placeholder{coachIsReader, organizationName, coachName, coacheeName, engagementName, taskTitle, stillWaiting, programPage},
		Why:          "You get this mail because you are the coach of this engagement.",
	},
	{
		Kind: FileRequest, Gate: coaching.FileRow, Label: "File to review",
		When:    "When the file is released in its program, and again when it is sent again by hand.",
		To:      "Each recipient of the file.",
		Subject: "{{file}}: a file for you",
		Body: `Hello {{name}},

**{{file}}** is your next step in “{{engagement}}” at {{organization}}: {{files}}.

{{description}}

{{due}}

[Open the file]({{link}})

Log in to download it, and mark it as complete when you have reviewed it.
`,
		Placeholders: filePlaceholders,
		Why:          "You get this mail because a file in a coaching program is yours to review.",
	},
	{
		Kind: FileReminder, Gate: coaching.FileRow, Label: "Reminder of a file",
		When:    remindersAreSent,
		To:      "Each recipient of the file who has not marked it as complete.",
		Subject: "Reminder: {{file}}",
		Body: `Hello {{name}},

**{{file}}** is still open: {{files}}. It is part of “{{engagement}}” at {{organization}}.

{{due}}

[Open the file]({{link}})

If you have reviewed it, mark it as complete there, and no more reminders come.
`,
		Placeholders: filePlaceholders,
		Why:          "You get this reminder because a file in a coaching program is yours to review.",
	},
	{
		Kind: FileReplaced, Gate: coaching.FileRow, Label: "File that was replaced",
		When:    "At once when a file that was sent is replaced by a new version; of several that are replaced before the mail leaves, once.",
		To:      "Each recipient of the file who has got a mail about it and has not marked it as complete.",
		Subject: "{{file}}: there is a new version",
		Body: `Hello {{name}},

In **{{file}}** ({{files}}), part of “{{engagement}}” at {{organization}}, there is a new version of: {{replaced}}.

Please review this one; what you have downloaded before does not count any more.

{{due}}

[Open the file]({{link}})
`,
		Placeholders: append(slices.Clone(filePlaceholders), Placeholder{"replaced", "Values.pdf"}),
		Why:          "You get this mail because a file in a coaching program is yours to review.",
	},
	{
		Kind: FileEscalation, Gate: coaching.WorkRow, Label: "File that stays open",
		When:    escalationsAreSent,
		To:      "The coach of the engagement; while it has none, every admin.",
		Subject: "{{file}} of {{coachee}} is still open",
		Body: `Hello {{name}},

**{{file}}** in the program of {{coachee}} has not been marked as complete, and no more reminders go out.

Still waiting for: {{waiting}}

You can send it again, skip it or give it a new due date there.

[Open the program]({{page}})
`,
		Placeholders: []Placeholder{coachIsReader, organizationName, coachName, coacheeName, engagementName, fileTitle, stillWaiting, programPage},
		Why:          "You get this mail because you are the coach of this engagement.",
	},
}

var (
	engagementName = Placeholder{"engagement", "Leadership coaching"}
	formTitle      = Placeholder{"form", "Before we begin"}
	taskTitle      = Placeholder{"task", "Talk to your team about the new roles"}
	fileTitle      = Placeholder{"file", "What matters to you"}
	programPage    = Placeholder{"page", "https://example.com/engagements/sample#item"}
	stillWaiting   = Placeholder{"waiting", "Amara Okafor <amara@example.com>, Paul Peer <paul@example.com>"}

	formPlaceholders = []Placeholder{readerName, organizationName, coachName, coacheeName, engagementName, formTitle, personalLink,
		{"due", coaching.FormItem.Rules().Words.Ask + " " + until.Sample + "."}}
	taskPlaceholders = []Placeholder{readerName, organizationName, coachName, coacheeName, engagementName, taskTitle,
		{"description", "Take half an hour for it.\n\nWrite down afterwards what surprised you."}, personalLink,
		{"due", coaching.TaskItem.Rules().Words.Ask + " " + until.Sample + "."}}

	filePlaceholders = []Placeholder{readerName, organizationName, coachName, coacheeName, engagementName, fileTitle,
		{"files", "Values.pdf, Questions.docx"}, {"description", "Read both, and mark what speaks to you."}, personalLink,
		{"due", coaching.FileItem.Rules().Words.Ask + " " + until.Sample + "."}}

	remindersAreSent   = "While somebody has not answered, at the moments that are set under Reminders."
	escalationsAreSent = "When the reminders have come to their end without an answer."
)
