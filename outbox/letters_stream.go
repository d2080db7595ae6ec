package outbox

import "coachflow/coaching"

// The letters about the conversation of a coach and a client.
const (
	StreamMessage          coaching.NotificationKind = "stream_message"
	FileShared             coaching.NotificationKind = "file_shared"
	FileNotShared          coaching.NotificationKind = "file_not_shared"
	ContactsForCoach       coaching.NotificationKind = "contacts_for_coach"
	AddressForClient       coaching.NotificationKind = "address_for_client"
	InboundMailQuarantined coaching.NotificationKind = "inbound_mail_quarantined"
	MachinesStopped        coaching.NotificationKind = "machines_stopped"
	UnreadAnswer           coaching.NotificationKind = "unread_answer"
)

var streamLetters = []Letter{
	{
		Kind: StreamMessage, Gate: coaching.StreamRow, Label: "Message passed on", MayWait: true,
		When:    "At once when a mail to a system address has been posted as a message; of many messages within an hour some wait.",
		To:      "The other side of the conversation: the coach or the client.",
		Subject: "{{subject}}",
		Body:    "{{author}} wrote to you:\n\n{{message}}\n\n{{files}}\n",
		Carries: "message",
		Placeholders: []Placeholder{readerName, organizationName, {"author", "Jonas Weber"}, {"subject", "Our next session"},
			{"message", "Hello Amara,\n\nshall we move it to Thursday?\n\nJonas"}, {"files", "Files:\nplan.pdf (120 kB): https://example.com/l/sample"}},
		Why: "You get this mail because of your coaching conversation. Your answer to it goes into the conversation, too.",
	},
	{
		Kind: FileShared, Gate: coaching.StreamRow, Label: "File shared", MayWait: true,
		When:    "At once when a mail to a system address has shared a file; of many messages within an hour some wait.",
		To:      "The other side of the conversation: the coach or the client.",
		Subject: "{{author}} shared a file: {{file}}",
		Body: `Hello {{name}},

{{author}} shared a file with you: **{{file}}** ({{size}})

{{note}}

[Open the file]({{link}})
`,
		Carries: "note",
		Placeholders: []Placeholder{readerName, organizationName, {"author", "Jonas Weber"}, {"file", "Plan for May.pdf"}, {"size", "120 kB"},
			{"note", "This is what we spoke of. Page 3 is yours to fill in."}, personalLink},
		Why: "You get this mail because of your coaching conversation. Your answer to it goes into the conversation.",
	},
	{
		Kind: FileNotShared, Gate: coaching.StreamRow, Label: "Note that no file was shared",
		When:    "At once when a mail was to share a file and was posted as an ordinary message.",
		To:      "The author of the mail.",
		Subject: "Your mail shared no file",
		Body: `Hello {{name}},

your mail “{{subject}}” was to share a file, but {{reason}} So it went into the conversation as an ordinary message, with all that was in it, and on to the other side.

To share a file and nothing else, write “File:” and its name as the subject, and attach exactly one file. Images within the text do not count.
`,
		Placeholders: []Placeholder{readerName, organizationName, {"subject", "File: Plan for May"}, {"reason", "no file was attached to it."}},
		Why:          "You get this mail because of a mail of yours to one of your system addresses.",
	},
	{
		Kind: ContactsForCoach, Gate: coaching.StreamRow, Label: "Contacts", Standalone: true,
		When:    "At once when contacts of clients are sent to their coach by hand.",
		To:      "The coach, with the contacts as a file for an address book.",
		Subject: "Contacts of your clients",
		Body: `Hello {{name}},

attached are contacts for your address book. A mail to one of them reaches your client and stands in your conversation with {{organization}}:

{{contacts}}

Open the attached file to add them.
`,
		Placeholders: []Placeholder{coachIsReader, organizationName, {"contacts", "Amara Okafor via coachflow: xe26rnwisphhiy2gjypa3sug@in.example.com"}},
		Why:          "You get this mail because contacts of your clients were sent to you.",
	},
	{
		Kind: AddressForClient, Gate: coaching.StreamRow, Label: "Address of the coach", Standalone: true,
		When:    "At once when the address of a coach is sent to their client by hand.",
		To:      "The client, with the address as a file for an address book.",
		Subject: "Write to {{coach}} by email",
		Body: `Hello {{name}},

at this address you reach {{coach}}, and what you write there is kept in your coaching conversation with {{organization}}:

**{{address}}**

It is for you alone, and works from the email address at which you read this. Save it, or open the attached contact.
`,
		Placeholders: []Placeholder{readerName, organizationName, coachName, {"address", "xe26rnwisphhiy2gjypa3sug@in.example.com"}},
		Why:          "You get this mail because your coach wants to be reached in this way.",
	},
	{
		Kind: InboundMailQuarantined, Gate: coaching.WorkRow, Label: "Note about a mail in quarantine",
		When:    "At once when a mail to a system address, or to that of a session, was put aside; of those that somebody else may have sent at most one an hour to one person.",
		To:      "The person in whose name the mail came, at their own address.",
		Subject: "A mail in your name was not posted",
		Body: `Hello {{name}},

a mail in your name that was sent to an address of yours with {{organization}}, or to that of a session, was kept aside and did not count: {{reason}}

{{advice}} If it was not you, there is nothing to do: it was passed on to nobody.
`,
		Placeholders: []Placeholder{readerName, organizationName, {"reason", "it came from an address that is not one of yours."},
			{"advice", "If it was you, ask an admin of Northlight Coaching to release it."}},
		Why: "You get this mail because the address that was written to belongs to you.",
	},
	{
		Kind: MachinesStopped, Gate: coaching.WorkRow, Label: "Mails that answer each other", Standalone: true,
		When:    "At once when the two sides of a conversation answer each other as machines do; at most once an hour about one conversation.",
		To:      "Every admin.",
		Subject: "Mails between {{coach}} and {{coachee}} answer each other",
		Body: `Hello {{name}},

in the conversation of {{coach}} and {{coachee}} the mails answered each other within minutes again and again, as machines do. The last one was put aside and did not go on, and so is the next that answers as fast. Other mails go on.

If people wrote them, release what was put aside. If not, an automatic answer in the mailbox of one of the two is to be turned off.

[Look at the quarantine]({{page}})
`,
		Placeholders: []Placeholder{readerName, organizationName, coachName, coacheeName, {"page", "https://example.com/quarantine"}},
		Why:          "You get this mail because you are an admin.",
	},
	{
		Kind: UnreadAnswer, Gate: coaching.WorkRow, Label: "Answer to a mail that nobody reads",
		When:    "At once when somebody answers a mail whose answers nobody reads, because the organization has set no reply address, or when somebody known writes to an address that there is not; once in 24 hours to one sender, and never to a machine or to a sender for whom no mail server vouches.",
		To:      "Whoever wrote, at the address that they wrote from.",
		Subject: "Nobody reads your mail to {{organization}}",
		Body: `Hello {{name}},

your mail came to an address of {{organization}} at which nobody reads.

{{contact}}

Was it about a link that does not work any more? Open the newest mail that you have about the same thing. If its link does not work either, ask the person whom it is about, or your coach, for a new one.

Was it about your account? You log in, and choose a new password, at [{{login}}]({{login}}).

This answer comes by itself, and once a day at most.
`,
		Placeholders: []Placeholder{readerName, organizationName, {"contact", "To write to Jonas Weber, send your mail to xe26rnwisphhiy2gjypa3sug@in.example.com."}, {"login", "https://example.com/login"}},
		Why:          "You get this mail because you wrote to an address from which mails are sent.",
	},
}
