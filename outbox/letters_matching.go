package outbox

import (
	"slices"

	"coachflow/coaching"
)

// The letters about matching, from its start to the coach who is found. All stand alone:
// each is written when it leaves, if it is still true then.
var matchingLetters = []Letter{
	{
		Kind: coaching.MatchingStartedLetter, Gate: coaching.MatchingRow, Label: "Choose your coach", Standalone: true,
		When:    "When an admin starts matching.",
		To:      "The coachee.",
		Subject: "Find your coach with {{organization}}",
		Body: `Hello {{name}},

{{organization}} invites you to choose your coach.

{{welcome}}

[Look at the coaches]({{link}})

The page works without a login. It is for you alone.
`,
		Placeholders: matching("organization", "name", "welcome", "link"),
		Carries:      "welcome",
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.MatchingReminderLetter, Gate: coaching.MatchingRow, Label: "Reminder to choose a coach", Standalone: true,
		When:    "While you have not asked for an interview, on the days that are set under Reminders.",
		To:      "The coachee.",
		Subject: "Reminder: your coach with {{organization}}",
		Body: `Hello {{name}},

the coaches of {{organization}} are still waiting for your choice.

[Look at the coaches]({{link}})
`,
		Placeholders: matching("organization", "name", "link"),
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.MatchingGoesOnLetter, Gate: coaching.MatchingRow, Label: "Coaches to choose from again", Standalone: true,
		When:    "When there was no coach left to choose, and an admin has added one.",
		To:      "The coachee.",
		Subject: "There are coaches to choose from again",
		Body: `Hello {{name}},

{{organization}} has added somebody to the coaches that you can choose from.

[Look at the coaches]({{link}})
`,
		Placeholders: matching("name", "organization", "link"),
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.CoachGoneLetter, Gate: coaching.MatchingRow, Label: "Coach no longer available", Standalone: true,
		When:    "When a coach with whom you have had, or asked for, an interview is not offered any more.",
		To:      "The coachee.",
		Subject: "{{coach}} is no longer available",
		Body: `Hello {{name}},

**{{coach}}** is no longer available as your coach. What was open with them has ended. We are sorry about that.

[Choose another coach]({{link}})
`,
		Placeholders: matching("coach", "name", "link"),
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.MatchingCancelledLetter, Gate: coaching.MatchingRow, Label: "Search for a coach ended", Standalone: true,
		When:    "When an admin ends the search without a coach.",
		To:      "The coachee.",
		Subject: "Your search for a coach has ended",
		Body: `Hello {{name}},

{{organization}} has ended your search for a coach. There is nothing that you need to do.

{{words}}
`,
		Placeholders: matching("name", "organization", "words"),
		Carries:      "words",
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.MatchingLateLetter, Gate: coaching.WorkRow, Label: "Matching that waits", Standalone: true,
		When:    "When what a matching waits for has not come after the time that is set under Reminders.",
		To:      "Every admin.",
		Subject: "{{coachee}} is still without a coach",
		Body: `Hello {{name}},

the search of **{{coachee}}** for a coach waits: {{waits}}.

[Look at it]({{page}})
`,
		Placeholders: matching("coachee", "name", "waits", "page"),
		Why:          "You get this mail because you are an admin of this organization.",
	},
	{
		Kind: coaching.MatchingStalledLetter, Gate: coaching.WorkRow, Label: "No coach left to choose", Standalone: true,
		When:    "When there is no coach left whom a coachee can ask or choose.",
		To:      "Every admin.",
		Subject: "{{coachee}} has no coach left to choose from",
		Body: `Hello {{name}},

**{{coachee}}** cannot go on: every coach who was offered has declined, is full, or is gone.

[Offer another coach, or end the search]({{page}})
`,
		Placeholders: matching("coachee", "name", "page"),
		Why:          "You get this mail because you are an admin of this organization.",
	},
	{
		Kind: coaching.InterviewAskedLetter, Gate: coaching.InterviewRow, Label: "Request for an interview", Standalone: true,
		When:    "When a coachee asks for an interview without a free slot, and when they ask for other times.",
		To:      "The coach of the interview.",
		Subject: "{{coachee}} would like to talk with you",
		Body: `Hello {{name}},

**{{coachee}}** is looking for a coach with {{organization}}, and asks you for an interview of {{length}}.

> {{words}}

[Propose up to three times, or decline]({{link}})

The page works without a login. Without an answer until {{until}} the request counts as declined.
`,
		Placeholders: matching("coachee", "name", "organization", "length", "words", "link", "until"),
		Carries:      "words",
		Why:          "You get this mail because this organization offers you as a coach.",
	},
	{
		Kind: coaching.InterviewAskedReminder, Gate: coaching.InterviewRow, Label: "Reminder of a request for an interview", Standalone: true,
		When:    "While the coach has not answered, on the days that are set under Reminders.",
		To:      "The coach of the interview.",
		Subject: "Reminder: {{coachee}} would like to talk with you",
		Body: `Hello {{name}},

**{{coachee}}** still waits for your answer to the request for an interview.

[Propose up to three times, or decline]({{link}})

Without an answer until {{until}} the request counts as declined.
`,
		Placeholders: matching("coachee", "name", "link", "until"),
		Why:          "You get this mail because this organization offers you as a coach.",
	},
	{
		Kind: coaching.InterviewRequestedLetter, Gate: coaching.InterviewRow, Label: "Interview asked for", Standalone: true,
		When:    "When the coachee has asked for an interview for which the coach proposes times.",
		To:      "The coachee.",
		Subject: "{{coach}} was asked for an interview",
		Body: `Hello {{name}},

your words have gone to **{{coach}}**, who proposes times to you, or declines, until {{until}}. You get a mail in either case.

[Where it stands]({{link}})
`,
		Placeholders: matching("coach", "name", "until", "link"),
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.InterviewProposedLetter, Gate: coaching.InterviewRow, Label: "Times for an interview", Standalone: true,
		When:    "When a coach proposes times.",
		To:      "The coachee.",
		Subject: "{{coach}} proposes times for your interview",
		Body: `Hello {{name}},

**{{coach}}** would like to talk with you, and proposes:

{{times}}

[Take one of them, or ask for others]({{link}})
`,
		Placeholders: matching("coach", "name", "times", "link"),
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.InterviewProposedReminder, Gate: coaching.InterviewRow, Label: "Reminder of proposed times", Standalone: true,
		When:    "While the coachee has taken none of the proposed times, on the days that are set under Reminders.",
		To:      "The coachee.",
		Subject: "Reminder: {{coach}} proposes times for your interview",
		Body: `Hello {{name}},

**{{coach}}** still waits to hear which of these times suits you:

{{times}}

[Take one of them, or ask for others]({{link}})
`,
		Placeholders: matching("coach", "name", "times", "link"),
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.InterviewPendingLetter, Gate: coaching.InterviewRow, Label: "Interview waits for approval", Standalone: true,
		When:    "When an interview has a time and an admin has to approve it.",
		To:      "The coachee.",
		Subject: "Your interview with {{coach}} waits for approval",
		Body: `Hello {{name}},

your interview with **{{coach}}** on {{when}} waits for the approval of {{organization}}. The time is kept for you until {{until}}. You get a mail when it is decided.

[Where it stands]({{link}})
`,
		Placeholders: matching("coach", "name", "when", "organization", "until", "link"),
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.InterviewDeclinedLetter, Gate: coaching.InterviewRow, Label: "Interview declined", Standalone: true,
		When:    "When a coach declines, or does not answer in time.",
		To:      "The coachee.",
		Subject: "{{coach}} cannot take the interview",
		Body: `Hello {{name}},

**{{coach}}** cannot take the interview that you asked for. It does not count against the number that you can have.

{{words}}

[Choose another coach]({{link}})
`,
		Placeholders: matching("coach", "name", "words", "link"),
		Carries:      "words",
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.InterviewRejectedLetter, Gate: coaching.InterviewRow, Label: "Interview not approved", Standalone: true,
		When:    "When an admin does not approve an interview.",
		To:      "The coachee, and the coach if they know of it.",
		Subject: "The interview was not approved",
		Body: `Hello {{name}},

{{organization}} has not approved the interview of {{coachee}} and {{coach}} on {{when}}.

{{words}}

[What is possible now]({{link}})
`,
		Placeholders: matching("name", "organization", "coachee", "coach", "when", "words", "link"),
		Carries:      "words",
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.InterviewExpiredLetter, Gate: coaching.InterviewRow, Label: "Interview expired", Standalone: true,
		When:    "When nobody decided or answered about an interview in time.",
		To:      "The coachee, and the coach if they know of it.",
		Subject: "The interview has expired",
		Body: `Hello {{name}},

the interview of {{coachee}} and {{coach}} has expired, since it was not settled in time. Nothing takes place, and the time is free again.

[What is possible now]({{link}})
`,
		Placeholders: matching("name", "coachee", "coach", "link"),
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.InterviewWithdrawnLetter, Gate: coaching.InterviewRow, Label: "Interview withdrawn", Standalone: true,
		When:    "When an interview that was not scheduled yet is cancelled.",
		To:      "The coachee, and the coach if they know of it.",
		Subject: "The interview is cancelled",
		Body: `Hello {{name}},

the interview of {{coachee}} and {{coach}} does not take place.

{{words}}

[What is possible now]({{link}})
`,
		Placeholders: matching("name", "coachee", "coach", "words", "link"),
		Carries:      "words",
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.InterviewMissedLetter, Gate: coaching.InterviewRow, Label: "Interview not attended", Standalone: true,
		When:    "When a coach notes that an interview was not attended.",
		To:      "The coachee.",
		Subject: "Your interview with {{coach}} did not take place",
		Body: `Hello {{name}},

**{{coach}}** has noted that your interview on {{when}} did not take place. If you still want to talk with each other, ask for another time.

[What is possible now]({{link}})
`,
		Placeholders: matching("coach", "name", "when", "link"),
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.InterviewScheduledLetter, Gate: coaching.InterviewRow, Label: "Interview scheduled", Standalone: true,
		When:    "When an interview has its time and, where that is set, is approved. An invitation for calendars rides on it.",
		To:      "The coachee and the coach.",
		Subject: "Interview of {{coachee}} and {{coach}}: {{when}}",
		Body: `Hello {{name}},

the interview of **{{coachee}}** and **{{coach}}** is scheduled.

**When:** {{when}}, {{length}}

**Where:** {{place}}

{{about}}

[Move or cancel it]({{link}})
`,
		Placeholders: matching("coachee", "coach", "when", "name", "length", "place", "about", "link"),
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.InterviewRescheduledLetter, Gate: coaching.InterviewRow, Label: "Interview moved", Standalone: true,
		When:    "When an interview gets another time. The change for calendars rides on it.",
		To:      "The coachee and the coach.",
		Subject: "Changed: interview of {{coachee}} and {{coach}}, {{when}}",
		Body: `Hello {{name}},

the interview of **{{coachee}}** and **{{coach}}** has another time.

**When:** {{when}}, {{length}}

**Where:** {{place}}

{{words}}

[Move or cancel it]({{link}})
`,
		Placeholders: matching("coachee", "coach", "when", "name", "length", "place", "words", "link"),
		Carries:      "words",
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.InterviewCancelledLetter, Gate: coaching.InterviewRow, Label: "Interview cancelled", Standalone: true,
		When:    "When a scheduled interview is cancelled. It is taken out of calendars.",
		To:      "The coachee and the coach.",
		Subject: "Cancelled: interview of {{coachee}} and {{coach}}, {{when}}",
		Body: `Hello {{name}},

the interview of **{{coachee}}** and **{{coach}}** on {{when}} does not take place.

{{words}}

[What is possible now]({{link}})
`,
		Placeholders: matching("coachee", "coach", "when", "name", "words", "link"),
		Carries:      "words",
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.InterviewReminderLetter, Gate: coaching.InterviewRow, Label: "Reminder of an interview", Standalone: true,
		When:    "A day and an hour before an interview, or as it is set under Reminders.",
		To:      "The coachee and the coach.",
		Subject: "Reminder: interview of {{coachee}} and {{coach}}, {{when}}",
		Body: `Hello {{name}},

the interview of **{{coachee}}** and **{{coach}}** is soon.

**When:** {{when}}, {{length}}

**Where:** {{place}}

[Move or cancel it]({{link}})
`,
		Placeholders: matching("coachee", "coach", "when", "name", "length", "place", "link"),
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.SelectCoachLetter, Gate: coaching.SelectionRow, Label: "Select your coach", Standalone: true,
		When:    "When no interview is open any more, and at least one was held.",
		To:      "The coachee.",
		Subject: "Select your coach",
		Body: `Hello {{name}},

your interviews are done. Which coach would you like to work with?

[Select your coach]({{link}})
`,
		Placeholders: matching("name", "link"),
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.SelectCoachReminder, Gate: coaching.SelectionRow, Label: "Reminder to select a coach", Standalone: true,
		When:    "While no coach is selected, on the days that are set under Reminders.",
		To:      "The coachee.",
		Subject: "Reminder: select your coach",
		Body: `Hello {{name}},

one step is left: which coach would you like to work with?

[Select your coach]({{link}})
`,
		Placeholders: matching("name", "link"),
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.SelectionPendingLetter, Gate: coaching.SelectionRow, Label: "Choice waits for approval", Standalone: true,
		When:    "When the coachee has selected a coach and an admin has to approve it.",
		To:      "The coachee.",
		Subject: "Your choice of {{coach}} waits for approval",
		Body: `Hello {{name}},

you have chosen **{{coach}}**. {{organization}} decides about it until {{until}}. You get a mail then.

[Where it stands]({{link}})
`,
		Placeholders: matching("coach", "name", "organization", "until", "link"),
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.SelectionRejectedLetter, Gate: coaching.SelectionRow, Label: "Choice not approved", Standalone: true,
		When:    "When an admin does not approve the selection.",
		To:      "The coachee.",
		Subject: "Please choose another coach",
		Body: `Hello {{name}},

{{organization}} could not approve your choice of **{{coach}}**. You can choose again.

{{words}}

[Choose again]({{link}})
`,
		Placeholders: matching("name", "organization", "coach", "words", "link"),
		Carries:      "words",
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.SelectionExpiredLetter, Gate: coaching.SelectionRow, Label: "Choice expired", Standalone: true,
		When:    "When nobody decided about the selection in time.",
		To:      "The coachee.",
		Subject: "Your choice of {{coach}} has expired",
		Body: `Hello {{name}},

nobody at {{organization}} has decided about your choice of **{{coach}}** in time. We are sorry. You can choose again; the admins were told.

[Choose again]({{link}})
`,
		Placeholders: matching("coach", "name", "organization", "link"),
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.MatchedLetter, Gate: coaching.SelectionRow, Label: "Your coach", Standalone: true,
		When:    "When the coach is found.",
		To:      "The coachee.",
		Subject: "{{coach}} is your coach",
		Body: `Hello {{name}},

**{{coach}}** is your coach from now on. You hear from each other soon; what your program asks of you comes by mail.

[Your page]({{page}})
`,
		Placeholders: matching("coach", "name", "page"),
		Why:          "You get this mail because you are looking for a coach with this organization.",
	},
	{
		Kind: coaching.NewClientLetter, Gate: coaching.WorkRow, Label: "New client", Standalone: true,
		When:    "When a coachee has selected the coach.",
		To:      "The coach who was selected.",
		Subject: "{{coachee}} has chosen you as coach",
		Body: `Hello {{name}},

**{{coachee}}** has chosen you as coach, at {{organization}}.

[Look at the engagement]({{page}})
`,
		Placeholders: matching("coachee", "name", "organization", "page"),
		Why:          "You get this mail because this organization offers you as a coach.",
	},
	{
		Kind: coaching.NotChosenLetter, Gate: coaching.InterviewRow, Label: "Not chosen", Standalone: true,
		When:    "When the coachee has selected another coach.",
		To:      "Each other coach with whom an interview was held, or open.",
		Subject: "{{coachee}} has found a coach",
		Body: `Hello {{name}},

**{{coachee}}** has decided for another coach this time. Thank you for the time that you gave, or were ready to give. What was open between you has ended.
`,
		Placeholders: matching("coachee", "name"),
		Why:          "You get this mail because this organization offers you as a coach.",
	},
	{
		Kind: coaching.ApprovalNeededLetter, Gate: coaching.WorkRow, Label: "Approval needed", Standalone: true,
		When:    "When an interview or a selection has to be approved.",
		To:      "Each admin who approves, or every admin where none is named.",
		Subject: "Please decide: {{coachee}} and {{coach}}",
		Body: `Hello {{name}},

**{{coachee}}** has asked: {{asked}}.

[Approve or reject]({{link}})

The page has all the facts, and needs no login. Undecided, the request expires on {{until}}.
`,
		Placeholders: matching("coachee", "coach", "name", "asked", "link", "until"),
		Why:          "You get this mail because you are an admin of this organization.",
	},
	{
		Kind: coaching.ApprovalReminderLetter, Gate: coaching.WorkRow, Label: "Reminder of an approval", Standalone: true,
		When:    "While nobody has decided, on the days that are set under Reminders.",
		To:      "Each admin who approves, or every admin where none is named.",
		Subject: "Still to decide: {{coachee}} and {{coach}}",
		Body: `Hello {{name}},

**{{coachee}}** still waits for a decision: {{asked}}.

[Approve or reject]({{link}})

Undecided, the request expires on {{until}}.
`,
		Placeholders: matching("coachee", "coach", "name", "asked", "link", "until"),
		Why:          "You get this mail because you are an admin of this organization.",
	},
	{
		Kind: coaching.ApprovalExpiredLetter, Gate: coaching.WorkRow, Label: "Approval expired", Standalone: true,
		When:    "When nobody decided in time.",
		To:      "Each admin who approves, or every admin where none is named.",
		Subject: "Expired without a decision: {{coachee}} and {{coach}}",
		Body: `Hello {{name}},

nobody decided in time about what **{{coachee}}** had asked with **{{coach}}**. It has expired, and those concerned were told.

[Look at the search]({{page}})
`,
		Placeholders: matching("coachee", "coach", "name", "page"),
		Why:          "You get this mail because you are an admin of this organization.",
	},
}

// matchingPlaceholders are those of all letters about matching.
var matchingPlaceholders = []Placeholder{
	readerName, organizationName, coachName, coacheeName, personalLink, personPage, until,
	{"when", until.Sample}, {"length", "30 minutes"}, {"place", "https://example.com/room"},
	{"times", "- Monday, 9 March 2026, 10:00 (Europe/Berlin)\n- Tuesday, 10 March 2026, 15:00 (Europe/Berlin)"},
	{"words", "I would like to talk about my first months as a lead."},
	{"welcome", "Take your time, and talk with the one or two who speak to you most."},
	{"about", "In half an hour you find out whether you can work with each other."},
	{"asked", "an interview on " + until.Sample},
	{"waits", "for the coachee, who has not asked for an interview yet"},
}

// matching are those of them that a letter uses.
func matching(names ...string) []Placeholder {
	var out []Placeholder
	for _, p := range matchingPlaceholders {
		if slices.Contains(names, p.Name) {
			out = append(out, p)
		}
	}
	return out
}

// MatchingLetters are the kinds of all letters about matching.
func MatchingLetters() []coaching.NotificationKind {
	var out []coaching.NotificationKind
	for _, letter := range matchingLetters {
		out = append(out, letter.Kind)
	}
	return out
}
