package outbox

import "coachflow/coaching"

// The letters about sessions. Those that calendars take note of stand alone: they leave
// whatever becomes of the program, each behind the one before it to the same reader.
const (
	SessionReminder coaching.NotificationKind = "session_reminder"
	SessionUnbooked coaching.NotificationKind = "session_unbooked"
)

var sessionLetters = []Letter{
	{
		Kind: coaching.SessionBookingLetter, Gate: coaching.SessionRow, Label: "Book a session",
		When:    "When the session of an item can be booked that the coachee books, and again when it is sent again by hand, while it has no time.",
		To:      "The coachee, who needs no account.",
		Subject: "Book your session: {{session}}",
		Body: `Hello {{name}},

**{{session}}** comes next in “{{engagement}}” at {{organization}}. Choose the time that suits you among those that {{coach}} has free.

**Length:** {{length}}

**Where:** {{place}}

{{description}}

[Choose a time]({{link}})

If none of the times suits you, you can say so there. The same link lets you move or cancel the session later.
`,
		Placeholders: []Placeholder{readerName, organizationName, coachName, coacheeName, engagementName, sessionTitle,
			sessionLength, sessionPlace, sessionDescription, personalLink},
		Why: "You get this mail because a session in your coaching program can be booked.",
	},
	{
		Kind: coaching.SessionScheduledLetter, Gate: coaching.SessionRow, Label: "Session scheduled",
		When:    "When a session is scheduled, to whoever is added later, and again when it is sent again by hand. An invitation for calendars rides on it.",
		To:      "Each attendee, who needs no account.",
		Subject: "{{session}}: {{when}}",
		Body: `Hello {{name}},

**{{session}}** is scheduled. It is part of “{{engagement}}” at {{organization}}.

**When:** {{when}}, {{length}}

**Where:** {{place}}

{{attendees}}

{{description}}

{{files}}

[Find another time]({{link}})
[Cancel the session]({{cancel_link}})

{{change_until}}
`,
		Placeholders: append([]Placeholder{{"files", "Files: Agenda.pdf, Notes.docx\nhttps://example.com/l/sample#files"}}, sessionPlaceholders...), Standalone: true,
		Why: "You get this mail because you attend a session in a coaching program.",
	},
	{
		Kind: coaching.SessionRescheduledLetter, Gate: coaching.SessionRow, Label: "Session moved",
		When:    "When a session gets another time, length or place. The change for calendars rides on it.",
		To:      "Each attendee.",
		Subject: "Changed: {{session}}, {{when}}",
		Body: `Hello {{name}},

**{{session}}** has changed. It is part of “{{engagement}}” at {{organization}}.

**When:** {{when}}, {{length}}

**Where:** {{place}}

{{attendees}}

{{before}}

{{reason}}

[Find another time]({{link}})
[Cancel the session]({{cancel_link}})

{{change_until}}
`,
		Placeholders: append([]Placeholder{sessionBefore, sessionReason}, sessionPlaceholders...), Standalone: true,
		Why: "You get this mail because you attend a session in a coaching program.",
	},
	{
		Kind: coaching.SessionCancelledLetter, Gate: coaching.SessionRow, Label: "Session cancelled",
		When:    "When a session is cancelled, its item is skipped or taken out, or the engagement ends before it. The cancellation for calendars rides on it.",
		To:      "Each attendee who got the invitation.",
		Subject: "Cancelled: {{session}}, {{when}}",
		Body: `Hello {{name}},

**{{session}}** on {{when}} is cancelled. It was part of “{{engagement}}” at {{organization}}.

{{reason}}

{{next}} [See how it stands]({{link}})
`,
		Placeholders: []Placeholder{readerName, organizationName, coachName, coacheeName, engagementName, sessionTitle, sessionWhen, sessionReason,
			{"next", "There is nothing that you need to do."}, personalLink}, Standalone: true,
		Why: "You get this mail because you were to attend a session in a coaching program.",
	},
	{
		Kind: coaching.SessionRemovedLetter, Gate: coaching.SessionRow, Label: "No longer expected at a session",
		When:    "When somebody is taken off the attendees of a session. The cancellation for their calendar rides on it; the session itself goes on.",
		To:      "Whoever is taken off.",
		Subject: "You are no longer expected: {{session}}, {{when}}",
		Body: `Hello {{name}},

you are no longer expected at **{{session}}** on {{when}}.

There is nothing that you need to do; you can take it out of your calendar.
`,
		Placeholders: []Placeholder{readerName, organizationName, coachName, coacheeName, engagementName, sessionTitle, sessionWhen}, Standalone: true,
		Why: "You get this mail because you were to attend a session in a coaching program.",
	},
	{
		Kind: SessionReminder, Gate: coaching.SessionRow, Label: "Reminder of a session",
		When:    "Before a session begins, at the moments that are set under Reminders.",
		To:      "Each attendee.",
		Subject: "Reminder: {{session}}, {{when}}",
		Body: `Hello {{name}},

**{{session}}** begins on {{when}}, and takes {{length}}.

**Where:** {{place}}

{{attendees}}

[Find another time]({{link}})
[Cancel the session]({{cancel_link}})

{{change_until}}
`,
		Placeholders: sessionPlaceholders,
		Why:          "You get this reminder because you attend a session in a coaching program.",
	},
	{
		Kind: SessionUnbooked, Gate: coaching.WorkRow, Label: "No session booked",
		When:    "While a session that could be scheduled has no time, at the moments that are set under Reminders.",
		To:      "The coach of the engagement first, then every admin.",
		Subject: "{{session}} of {{coachee}} has no time yet",
		Body: `Hello {{name}},

**{{session}}** in the program of {{coachee}} has waited to be scheduled since {{since}}. What comes after it in the program waits, too.

[Open the program]({{page}})

Schedule it there, or skip it.
`,
		Placeholders: []Placeholder{coachIsReader, organizationName, coachName, coacheeName, engagementName, sessionTitle,
			{"since", "Monday, 2 March 2026, 09:00 (Europe/Berlin)"}, {"page", "https://example.com/engagements/sample"}},
		Why: "You get this mail because you are responsible for this engagement.",
	},
	{
		Kind: coaching.SessionChangeLetter, Gate: coaching.WorkRow, Label: "Another time asked for",
		When:    "When an attendee asks for another time of a session.",
		To:      "The coach of the engagement; while it has none, every admin.",
		Subject: "{{asker}} asks for another time: {{session}}",
		Body: `Hello {{name}},

{{asker}} asks for another time of **{{session}}**, which is on {{when}}:

{{words}}

[Open the program]({{page}})

Give it another time there, or leave it as it is and tell them so.
`,
		Placeholders: []Placeholder{coachIsReader, organizationName, coachName, coacheeName, engagementName, sessionTitle, sessionWhen,
			{"asker", "Amara Okafor"}, {"words", "I am travelling that day. Would Thursday suit you?"}, {"page", "https://example.com/engagements/sample"}},
		Standalone: true,
		Why:        "You get this mail because you are responsible for this engagement.",
	},
	{
		Kind: coaching.SessionTimeAskedLetter, Gate: coaching.WorkRow, Label: "No free time suits",
		When:    "When a coachee who is to book a session finds no time that suits, and says so.",
		To:      "The coach of the engagement; while it has none, every admin.",
		Subject: "{{asker}} asks for a time: {{session}}",
		Body: `Hello {{name}},

{{asker}} is to book **{{session}}**, found no free time that suits, and writes:

{{words}}

[Open the program]({{page}})

Schedule it there, or offer more times in your availability and tell them so.
`,
		Placeholders: []Placeholder{coachIsReader, organizationName, coachName, coacheeName, engagementName, sessionTitle,
			{"asker", "Amara Okafor"}, {"words", "I work until six. Do you have something in the evening?"}, {"page", "https://example.com/engagements/sample"}},
		Standalone: true,
		Why:        "You get this mail because you are responsible for this engagement.",
	},
	{
		Kind: coaching.SessionDeclinedLetter, Gate: coaching.WorkRow, Label: "Session declined",
		When:    "When somebody who must attend a session declines it in their calendar. Once, until they answer otherwise.",
		To:      "The coach of the engagement; while it has none, every admin.",
		Subject: "{{asker}} declines: {{session}}, {{when}}",
		Body: `Hello {{name}},

{{asker}} has declined **{{session}}** on {{when}}.

{{words}}

[Open the program]({{page}})

The session stays as it is until it is moved or cancelled there.
`,
		Placeholders: append([]Placeholder{{"asker", "Amara Okafor"}, {"words", "I am travelling that day."}}, answerPlaceholders...),
		Carries:      "words", Standalone: true,
		Why: "You get this mail because you are responsible for this engagement.",
	},
	{
		Kind: coaching.SessionProposedLetter, Gate: coaching.WorkRow, Label: "Another time proposed",
		When:    "When an attendee proposes another time for a session in their calendar.",
		To:      "The coach of the engagement; while it has none, every admin.",
		Subject: "{{asker}} proposes another time: {{session}}",
		Body: `Hello {{name}},

{{asker}} proposes another time for **{{session}}**.

**Now:** {{when}}

**Proposed:** {{proposed}}

{{says}}

{{words}}

[Take it or refuse it]({{link}})
[Open the program]({{page}})

{{asker}} is told what you decide. Until then the session stays as it is.
`,
		Placeholders: append([]Placeholder{{"asker", "Amara Okafor"}, {"proposed", "Monday, 16 March 2026, 10:00 (Europe/Berlin), 60 minutes"}, {"says", "They decline the present time."},
			{"words", "I am travelling that day."}, personalLink}, answerPlaceholders...),
		Carries: "words", Standalone: true,
		Why: "You get this mail because you are responsible for this engagement.",
	},
	{
		Kind: coaching.ProposalRefusedLetter, Gate: coaching.SessionRow, Label: "Proposed time refused",
		When:    "When a time that an attendee has proposed for a session is refused.",
		To:      "The attendee who has proposed it.",
		Subject: "It stays as it is: {{session}}, {{when}}",
		Body: `Hello {{name}},

the time that you have proposed for **{{session}}** does not work: {{proposed}}.

{{reason}}

It stays on {{when}}.

[See how it stands]({{link}})
`,
		Placeholders: []Placeholder{readerName, organizationName, coachName, coacheeName, engagementName, sessionTitle, sessionWhen,
			{"proposed", "Monday, 16 March 2026, 10:00 (Europe/Berlin), 60 minutes"}, {"reason", "I am away that week."}, personalLink}, Standalone: true,
		Why: "You get this mail because you have proposed another time for a session.",
	},
	{
		Kind: coaching.ProposalExpiredLetter, Gate: coaching.SessionRow, Label: "Proposed time not decided about",
		When:    "When nobody has decided about a time that an attendee has proposed, and the session or the proposed time has come.",
		To:      "The attendee who has proposed it, and the coach of the engagement; while it has none, every admin.",
		Subject: "No decision in time: {{session}}",
		Body: `Hello {{name}},

nobody has decided in time about the other time that {{asker}} has proposed for **{{session}}**: {{proposed}}.

It was left on {{when}}.
`,
		Placeholders: []Placeholder{readerName, organizationName, coachName, coacheeName, engagementName, sessionTitle, sessionWhen,
			{"asker", "Amara Okafor"}, {"proposed", "Monday, 16 March 2026, 10:00 (Europe/Berlin), 60 minutes"}}, Standalone: true,
		Why: "You get this mail because another time was proposed for a session, by you or by somebody whom you coach.",
	},
	{
		Kind: coaching.SessionWordsLetter, Gate: coaching.WorkRow, Label: "Mail about a session",
		When:    "When an attendee writes to the address that calendars show as the organizer of a session.",
		To:      "The coach of the engagement; while it has none, every admin.",
		Subject: "{{asker}} wrote about {{session}}",
		Body: `Hello {{name}},

{{asker}} wrote about **{{session}}** on {{when}}:

{{words}}

[Open the program]({{page}})
`,
		Placeholders: append([]Placeholder{{"asker", "Amara Okafor"}, {"words", "I may be ten minutes late."}}, answerPlaceholders...),
		Carries:      "words", Standalone: true,
		Why: "You get this mail because you are responsible for this engagement.",
	},
	{
		Kind: coaching.SessionRatingLetter, Gate: coaching.SessionRow, Label: "Rating of a session",
		When:    "When a session was held, where the settings say so. Each is asked about a session once, and not reminded.",
		To:      "The coachee, if they were to attend, and the coach of the engagement. The link in it works without a login.",
		Subject: "A short rating: {{session}} on {{day}}",
		Body: `Hello {{name}},

**{{session}}** took place on {{day}}. It is part of “{{engagement}}” at {{organization}}.

{{question}}

[Give a short rating]({{link}})

{{readers}} You can change your answer until {{until}}.
`,
		Placeholders: []Placeholder{readerName, organizationName, coachName, coacheeName, engagementName, sessionTitle, {"day", "Friday, 13 March 2026"},
			{"question", coaching.DefaultRatings.Question}, {"readers", "Your answer is read by the admins of Northlight Coaching and by your coach, Jonas Weber."}, personalLink, until},
		Standalone: true,
		Why:        "You get this mail because you took part in a session of a coaching program.",
	},
}

var (
	sessionTitle  = Placeholder{"session", "First session"}
	sessionWhen   = Placeholder{"when", "Friday, 13 March 2026, 18:00 (Europe/Berlin)"}
	sessionReason = Placeholder{"reason", "The room is taken that day."}
	sessionBefore = Placeholder{"before", "It was to be on Thursday, 12 March 2026, 18:00 (Europe/Berlin)."}

	answerPlaceholders = []Placeholder{coachIsReader, organizationName, coachName, coacheeName, engagementName, sessionTitle, sessionWhen,
		{"page", "https://example.com/engagements/sample"}}

	sessionLength      = Placeholder{"length", "60 minutes"}
	sessionPlace       = Placeholder{"place", "https://meet.example.com/room"}
	sessionDescription = Placeholder{"description", "We look back at the first weeks.\n\nBring your notes."}

	sessionPlaceholders = []Placeholder{readerName, organizationName, coachName, coacheeName, engagementName, sessionTitle, sessionWhen,
		sessionLength, sessionPlace, {"attendees", "With: Jonas Weber, Kim Lee"}, sessionDescription,
		personalLink, {"cancel_link", "https://example.com/l/sample#cancel"}, {"change_until", "You can cancel it there until Thursday, 12 March 2026, 18:00 (Europe/Berlin)."}}
)
