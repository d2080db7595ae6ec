package coaching

import "slices"

// LetterDefault is the letter that goes out where an organization has not
// replaced it: subject and Markdown body with placeholders, and the sentence
// in the footer that says why the reader got it.
type LetterDefault struct {
	Subject      string
	Body         string
	Placeholders []string
	Why          string
}

var invitationPlaceholders = []string{"name", "organization", "inviter", "address", "link", "until"}

var formPlaceholders = []string{"name", "organization", "coach", "coachee", "engagement", "form", "link", "due"}

var taskPlaceholders = []string{"name", "organization", "coach", "coachee", "engagement", "task", "description", "link", "due"}

// Letters are the defaults by kind. Kinds without one are not sent yet.
var Letters = map[NotificationKind]LetterDefault{
	InvitationMail: {
		Subject: "Your account with {{organization}}",
		Body: `Hello {{name}},

{{inviter}} invites you to create your account with {{organization}}. In it you find the programs, the messages and the files in one place.

[Create your account]({{link}})

You choose a password, and from then on you log in with {{address}}. The link is for you alone and works until {{until}}.

If you did not expect this mail, leave it: without you, nothing happens.
`,
		Placeholders: invitationPlaceholders,
		Why:          "You get this mail because you were invited to create an account.",
	},
	InvitationReminder: {
		Subject: "Reminder: your account with {{organization}}",
		Body: `Hello {{name}},

{{inviter}} has invited you to create your account with {{organization}}, and it is still waiting for you.

[Create your account]({{link}})

You choose a password, and from then on you log in with {{address}}. The link works until {{until}}.

If you do not want an account, you need not do anything.
`,
		Placeholders: invitationPlaceholders,
		Why:          "You get this reminder because you were invited to create an account.",
	},
	InvitationRanOut: {
		Subject: "{{invited}} has not created an account",
		Body: `Hello {{name}},

**{{invited}}** ({{address}}) was invited to {{organization}} and has not created an account. The link in the invitation has run out, and no more reminders go out.

[Invite them again]({{page}})
`,
		Placeholders: []string{"name", "organization", "invited", "address", "page"},
		Why:          "You get this mail because you are an admin of this organization.",
	},
	PasswordReset: {
		Subject: "Choose a new password",
		Body: `Hello {{name}},

somebody, most likely you, has asked for a new password for your account with {{organization}}.

[Choose a new password]({{link}})

The link works until {{until}}, and once. Until you use it, your present password stays as it is.

If it was not you, leave this mail: nobody can do anything without it.
`,
		Placeholders: []string{"name", "organization", "link", "until"},
		Why:          "You get this mail because a new password was asked for with your address.",
	},
	FormRequest: {
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
	FormReminder: {
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
	FormEscalation: {
		Subject: "{{form}} of {{coachee}} is still open",
		Body: `Hello {{name}},

**{{form}}** in the program of {{coachee}} has not been answered by everyone, and no more reminders go out.

Still waiting for: {{waiting}}

You can send it again, skip it or give it a new due date in the program.
`,
		Placeholders: []string{"name", "organization", "coach", "coachee", "engagement", "form", "waiting"},
		Why:          "You get this mail because you are the coach of this engagement.",
	},
	PasswordChanged: {
		Subject: "Your password was changed",
		Body: `Hello {{name}},

the password of your account with {{organization}} was changed on {{when}}. Every login with the old password has ended.

If it was you, there is nothing to do. If it was not, [choose a new password]({{page}}) at once, and tell an admin of {{organization}}.
`,
		Placeholders: []string{"name", "organization", "when", "page"},
		Why:          "You get this mail because the password of your account was changed.",
	},
	TaskRequest: {
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
	TaskReminder: {
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
	TaskEscalation: {
		Subject: "{{task}} of {{coachee}} is still open",
		Body: `Hello {{name}},

**{{task}}** in the program of {{coachee}} has not been marked as complete, and no more reminders go out.

Still waiting for: {{waiting}}

You can send it again, skip it or give it a new due date in the program.
`,
		Placeholders: []string{"name", "organization", "coach", "coachee", "engagement", "task", "waiting"},
		Why:          "You get this mail because you are the coach of this engagement.",
	},
	HeldTooLong: {
		Subject: "Mails to {{person}} are still held",
		Body: `Hello {{name}},

mails of a coaching program to **{{person}}** ({{address}}) have been held for 14 days, because they can only be used with an account and there is none yet. They leave by themselves as soon as {{person}} has one.

[Look at the account, and invite {{person}}]({{page}})
`,
		Placeholders: []string{"name", "organization", "person", "address", "page"},
		Why:          "You get this mail because you are an admin of this organization.",
	},
	StreamMessage: {
		Subject:      "{{subject}}",
		Body:         "{{author}} wrote to you:\n\n{{message}}\n\n{{files}}\n",
		Placeholders: []string{"name", "organization", "author", "subject", "message", "files"},
		Why:          "You get this mail because of your coaching conversation. Your answer to it goes into the conversation, too.",
	},
	FileShared: {
		Subject: "{{author}} shared a file: {{file}}",
		Body: `Hello {{name}},

{{author}} shared a file with you: **{{file}}** ({{size}})

[Open the file]({{link}})
`,
		Placeholders: []string{"name", "organization", "author", "file", "size", "link"},
		Why:          "You get this mail because of your coaching conversation. Your answer to it goes into the conversation.",
	},
	FileNotShared: {
		Subject: "Your mail shared no file",
		Body: `Hello {{name}},

your mail “{{subject}}” was to share a file, but {{reason}} So it went into the conversation as an ordinary message, with all that was in it, and on to the other side.

To share a file and nothing else, write “File:” and its name as the subject, and attach exactly one file. Images within the text do not count.
`,
		Placeholders: []string{"name", "organization", "subject", "reason"},
		Why:          "You get this mail because of a mail of yours to one of your system addresses.",
	},
	ContactsForCoach: {
		Subject: "Contacts of your clients",
		Body: `Hello {{name}},

attached are contacts for your address book. A mail to one of them reaches your client and stands in your conversation with {{organization}}:

{{contacts}}

Open the attached file to add them.
`,
		Placeholders: []string{"name", "organization", "contacts"},
		Why:          "You get this mail because contacts of your clients were sent to you.",
	},
	AddressForClient: {
		Subject: "Write to {{coach}} by email",
		Body: `Hello {{name}},

at this address you reach {{coach}}, and what you write there is kept in your coaching conversation with {{organization}}:

**{{address}}**

It is for you alone, and works from the email address at which you read this. Save it, or open the attached contact.
`,
		Placeholders: []string{"name", "organization", "coach", "address"},
		Why:          "You get this mail because your coach wants to be reached in this way.",
	},
	InboundMailQuarantined: {
		Subject: "A mail in your name was not posted",
		Body: `Hello {{name}},

a mail that was sent to one of your system addresses with {{organization}} was kept aside and not posted: {{reason}}

If it was you, ask an admin of {{organization}} to release it. If it was not, there is nothing to do: nobody else has seen it.
`,
		Placeholders: []string{"name", "organization", "reason"},
		Why:          "You get this mail because the address that was written to belongs to you.",
	},
}

// LetterKinds lists the kinds that have a letter, in a fixed order.
func LetterKinds() []NotificationKind {
	kinds := make([]NotificationKind, 0, len(Letters))
	for kind := range Letters {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return kinds
}
