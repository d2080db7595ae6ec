package api

import (
	"fmt"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"coachflow/coaching"
)

// word is what the document says of a field, beyond its type.
type word struct {
	description string
	example     any
}

// itemWords are the fields of an item, wherever it stands.
var itemWords = map[string]word{
	"kind":     {kindWords(), string(coaching.FormItem)},
	"title":    {"What recipients read as its name; on one line.", "Start form"},
	"form_id":  {"The form that is sent; needed for kind " + kindsWith(func(k coaching.KindRules) bool { return k.HasForm }) + ".", exampleID},
	"file_ids": {"The files that are handed over, in order, of those that were uploaded; only for kind " + kindsWith(coaching.KindRules.TakesFiles) + ".", nil},
	"description": {"What is to be done, of at most 10,000 characters; only for kind " + kindsWith(func(k coaching.KindRules) bool { return k.HasDescription }) + ". Plain text, or for kind " +
		kindsWith(func(k coaching.KindRules) bool { return k.Markdown }) + " Markdown.", nil},
	"release":    {"When it goes out.", nil},
	"due":        {"By when it should be done; reminders follow from it.", nil},
	"recipients": {"At least one, of whom one must not be optional.", nil},
	"letter":     {"Replaces the organization's letter for this item.", nil},
}

// kindsWith names the kinds that have something.
func kindsWith(has func(coaching.KindRules) bool) string {
	var names []string
	for _, kind := range coaching.ItemKinds {
		if has(kind.Rules()) {
			names = append(names, string(kind))
		}
	}
	return strings.Join(names, " or ")
}

// kindWords says which kinds of items there are.
func kindWords() string { return kindsWith(func(coaching.KindRules) bool { return true }) }

// words are what the document says of types that cannot say it themselves, by
// schema and field; the field "" is the schema as a whole.
var words = map[string]map[string]word{
	"ItemSpec": itemWords, "NewItem": itemWords, "EditItem": itemWords, "Item": itemWords,
	"ReleaseRule": {
		"":      {"", map[string]any{"rule": "manual"}},
		"rule":  {"manual, at (a time) or after_prior (when the item before it is complete)", nil},
		"at":    {"For rule at: a local time like 2026-03-04T09:00, on the recipient's clock, at most 20 years from now.", nil},
		"delay": {"For rule after_prior; none where it is left out.", nil},
	},
	"DueRule": {
		"":      {"", map[string]any{"after": map[string]any{"amount": 7, "unit": "days"}}},
		"at":    {"A local time, at most 20 years from now; give this or after.", nil},
		"after": {"Counts from when it went out; give this or at.", nil},
	},
	"Delay": {"amount": {"From 0.", 7}, "unit": {"hours, days or business_days", "days"}},
	"RecipientSpec": {
		"":          {"", map[string]any{"role": "coachee"}},
		"role":      {"coachee or coach of the engagement; give exactly one of role, person_id, email", nil},
		"person_id": {"A person of the organization.", nil},
		"email":     {"Anybody's address; no account needed.", nil},
		"name":      {"How a bare address is greeted.", nil},
		"optional":  {"The item completes without this one's answer.", nil},
	},
	"LetterSpec": {
		"subject": {"With placeholders like {{name}}.", "A form for you, {{name}}"},
		"body":    {"Markdown, with placeholders like {{name}} and {{link}}.", "Hello {{name}},\n\nplease fill out {{link}}."},
	},
	"PersonInput":          {"name": {"", "Kim Lee"}, "roles": {"", []any{"coachee"}}, "emails": {"", []any{"kim@example.com"}}},
	"StreamsInput":         {"stream_ids": {"", []any{exampleID}}},
	"InvitationInput":      {"person_id": {"Who is invited; a person of the organization without an active account.", exampleID}},
	"FormInput":            {"name": {"", "Start form"}, "definition": {"", exampleForm}},
	"ProgramTemplateInput": {"name": {"", "Six months"}},
	"EngagementInput":      {"name": {"", "Growth 2026"}},
	"EngagementChange":     {"name": {"", "Growth 2027"}},
	"OrganizationInput":    {"name": {"", "Example Coaching"}, "time_zone": {"IANA name", "Europe/Berlin"}, "undo_seconds": {"", 30}},
	"WorkingHours": {
		"":     {"The hours in which reminders leave, on the clock of whoever reads them; the days are also the business_days of reminders.", map[string]any{"from": "08:00", "to": "18:00", "days": []any{"monday", "tuesday", "wednesday", "thursday", "friday"}}},
		"from": {"The first of them, like 08:00.", nil},
		"to":   {"The end, which is not one of them; later than from.", nil},
		"days": {"At least one of monday to sunday.", nil},
		"holidays": {"Dates on which no reminder leaves, on the clock of its reader; they are no business_days of reminders. Replaced with the rest.",
			[]any{map[string]any{"date": "2027-01-01", "name": "New Year"}}},
	},
	"Holiday": {"date": {"", "2027-01-01"}, "name": {"", "New Year"}},
	"LadderSpec": {
		"": {"", map[string]any{"steps": []any{exampleRung("part", 0, 50), exampleRung("before_due", 1, 0)}, "end": exampleEnd("at_due", 0),
			"without_due": map[string]any{"steps": []any{exampleRung("after_start", 3, 0)}, "end": exampleEnd("after_start", 10)}}},
		"steps": ladderWords["steps"], "end": ladderWords["end"],
	},
	"LadderSteps":       ladderWords,
	"LadderPreviewSpec": {"due_days": {"", 14}},
	"Rung":              {"when": {"Its moment.", nil}, "to": {"reader, coach or admins; for items and invitations the reader alone", "reader"}},
	"When": {
		"":        {"", map[string]any{"rule": "after_start", "delay": map[string]any{"amount": 3, "unit": "days"}}},
		"rule":    {"after_start (delay after it was sent), every (again and again, most times), part (after percent of the time until it is due), before_due, at_due or after_due", nil},
		"delay":   {"For the rules after_start, every, before_due and after_due; at least 1.", nil},
		"percent": {"For rule part: 1 to 99.", nil},
		"most":    {"For rule every: how often at most, 1 to 20.", nil},
	},
	"LadderEnd": {
		"when": {"Its moment, of any rule but every.", nil},
		"does": {"What the kind's end does: escalate for items, expire for invitations.", "escalate"},
		"to":   {"Who is told: coach for items (the admins while there is none), admins for invitations.", "coach"},
	},
	"KeyInput": {"name": {"", "nightly import"}},
	"FieldProblem": {
		"path": {"A path into the JSON body, or a parameter's name.", nil},
		"code": {"For programs.", nil}, "message": {"For people.", nil},
	},
}

// ladderWords are the fields of a set of steps.
var ladderWords = map[string]word{
	"steps": {"The reminders, 20 at most; none is allowed, and the end comes all the same.", nil},
	"end":   {"What happens when they were in vain; needed.", nil},
}

func exampleRung(rule string, days, percent int) map[string]any {
	return map[string]any{"when": exampleWhen(rule, days, percent), "to": "reader"}
}

func exampleEnd(rule string, days int) map[string]any {
	return map[string]any{"when": exampleWhen(rule, days, 0), "does": "escalate", "to": "coach"}
}

func exampleWhen(rule string, days, percent int) map[string]any {
	out := map[string]any{"rule": rule}
	if days > 0 {
		out["delay"] = map[string]any{"amount": days, "unit": "days"}
	}
	if percent > 0 {
		out["percent"] = percent
	}
	return out
}

const exampleID = "01980000-0000-7000-8000-000000000000"

var exampleForm = map[string]any{"elements": []any{map[string]any{"type": "comment", "name": "goal", "title": "What should be different in six months?", "isRequired": true}}}

// putWords adds the words to the document. A name that is not there any more is
// an error, so that the words stay with the types.
func putWords(doc *huma.OpenAPI) error {
	schemas := doc.Components.Schemas.Map()
	for name, fields := range words {
		schema, is := schemas[name]
		if !is {
			return fmt.Errorf("api: words for an unknown schema %s", name)
		}
		for field, w := range fields {
			target := schema
			if field != "" {
				target = schema.Properties[field]
			}
			if target == nil {
				return fmt.Errorf("api: words for an unknown field %s.%s", name, field)
			}
			w.put(target)
		}
	}
	return nil
}

func (w word) put(s *huma.Schema) {
	if w.description != "" {
		s.Description = w.description
	}
	if w.example != nil {
		s.Examples = []any{w.example}
	}
}
