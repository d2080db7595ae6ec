package web

import (
	"maps"

	"coachflow/coaching"
	"coachflow/mail/compose"
)

// sampleValues fill the placeholders of all letters with invented names.
var sampleValues = map[string]string{
	"name": "Amara Okafor", "coach": "Jonas Weber", "coachee": "Amara Okafor", "engagement": "Leadership coaching",
	"form": "Before we begin", "link": "https://example.com/l/sample", "due": "Friday, 13 March 2026, 18:00 (Europe/Berlin).",
	"waiting": "Amara Okafor <amara@example.com>, Paul Peer <paul@example.com>", "author": "Jonas Weber", "subject": "Our next session",
	"message": "Hello Amara,\n\nshall we move it to Thursday?\n\nJonas", "files": "Files:\nplan.pdf (120 kB): https://example.com/l/sample",
	"reason": "it came from an address that is not one of yours.",
	"task":   "Talk to your team about the new roles", "description": "Take half an hour for it.\n\nWrite down afterwards what surprised you.", "person": "Amara Okafor",
	"contacts": "Amara Okafor via coachflow: xe26rnwisphhiy2gjypa3sug@in.example.com", "when": "Friday, 13 March 2026, 18:00 (Europe/Berlin)", "file": "Plan for May.pdf", "size": "120 kB",
	"inviter": "Jonas Weber", "invited": "Amara Okafor", "address": "amara@example.com", "until": "Friday, 13 March 2026, 18:00 (Europe/Berlin)", "page": "https://example.com/people/sample",
}

// SampleLetter renders the words of a letter of the kind with invented names,
// to look at before anybody gets it. Words that are no template are refused as
// compose.ParseTemplate does.
func SampleLetter(kind coaching.NotificationKind, words coaching.LetterSpec, organization string) (compose.Letter, error) {
	letter := coaching.Letters[kind]
	template, err := compose.ParseTemplate(words.Subject, words.Body, letter.Placeholders)
	if err != nil {
		return compose.Letter{}, err
	}
	values := maps.Clone(sampleValues)
	values["organization"] = organization
	item, aboutItem := coaching.KindOfLetter(kind)
	if aboutItem {
		values["due"] = item.Rules().Words.Ask + " " + values["due"]
	}
	if kind == coaching.InvitationRanOut || kind == coaching.HeldTooLong || aboutItem && kind == coaching.LettersOf(item).Escalation {
		values["name"] = values["coach"]
	}
	return template.Render(values, letter.Why, compose.Layout{OrganizationName: organization})
}
