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

var formPlaceholders = []string{"name", "organization", "coach", "coachee", "engagement", "form", "link", "due"}

// Letters are the defaults by kind. Kinds without one are not sent yet.
var Letters = map[NotificationKind]LetterDefault{
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
	StreamMessage: {
		Subject:      "{{subject}}",
		Body:         "{{author}} wrote to you:\n\n{{message}}\n\n{{files}}\n",
		Placeholders: []string{"name", "organization", "author", "subject", "message", "files"},
		Why:          "You get this mail because of your coaching conversation. Your answer to it goes into the conversation, too.",
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
