package outbox

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/mail/compose"
)

// OrgWords are an organization's own words for a kind of letter, if it has any.
type OrgWords struct {
	own           bool
	subject, body string
}

// ReadWords reads them.
func ReadWords(ctx context.Context, q *rows.Queries, org uuid.UUID, kind coaching.NotificationKind) (OrgWords, error) {
	replaced, err := q.NotificationTemplateGet(ctx, org, string(kind))
	if db.NoRow(err) {
		return OrgWords{}, nil
	}
	if err != nil {
		return OrgWords{}, fmt.Errorf("read template: %w", err)
	}
	return OrgWords{own: true, subject: replaced.Subject, body: replaced.Body}, nil
}

// TemplateFor finds the template of a kind: the organization's, else the
// default. The second result is the footer's reason.
func TemplateFor(ctx context.Context, q *rows.Queries, org uuid.UUID, kind coaching.NotificationKind) (*compose.Template, string, error) {
	words, err := ReadWords(ctx, q, org, kind)
	if err != nil {
		return nil, "", err
	}
	return TemplateOf(kind, nil, words)
}

// TemplateOf is the template of a kind: the item's own (coaching.ItemSpec.OwnLetter), else
// the organization's, else the default.
func TemplateOf(kind coaching.NotificationKind, own *coaching.LetterSpec, words OrgWords) (*compose.Template, string, error) {
	letter, known := LetterOf(kind)
	if !known {
		return nil, "", coaching.Problemf(coaching.NotFound, "notification_kind_unknown", "There is no letter of kind %q.", kind)
	}
	subject, body := letter.Subject, letter.Body
	switch {
	case own != nil:
		subject, body = own.Subject, own.Body
	case words.own:
		subject, body = words.subject, letter.carried(words.body)
	}
	template, err := compose.ParseTemplate(subject, body, letter.Names())
	return template, letter.Why, err
}

// carried are an organization's words with what another person wrote to the reader, also
// where the words leave it out.
func (l Letter) carried(body string) string {
	if l.Carries == "" || regexp.MustCompile(`\{\{\s*`+l.Carries+`\s*\}\}`).MatchString(body) {
		return body
	}
	return body + "\n\n{{" + l.Carries + "}}\n"
}

// CheckLetter refuses words for a kind of letter that could not be rendered, or
// with which nobody could do what they are asked to: a request has its link, in
// the body alone, since a subject is seen by others.
func CheckLetter(kind coaching.NotificationKind, words coaching.LetterSpec) error {
	letter := lettersByKind[kind]
	allowed := letter.Names()
	if _, err := compose.ParseTemplate(words.Subject, letter.carried(words.Body), allowed); err != nil {
		return err
	}
	switch {
	case descriptionSlot.MatchString(words.Subject):
		return coaching.Problemf(coaching.Invalid, "letter_description_in_subject", "A description has more than one line; write {{description}} into the text of the letter, not into its subject.").
			WithField("subject", "letter_description_in_subject", "holds {{description}}")
	case linkSlot.MatchString(words.Subject):
		return coaching.Problemf(coaching.Invalid, "letter_link_in_subject", "The link is personal; write {{link}} into the text of the letter, not into its subject.").
			WithField("subject", "letter_link_in_subject", "holds {{link}}")
	case slices.Contains(allowed, "link") && !linkSlot.MatchString(words.Body):
		return coaching.Problemf(coaching.Invalid, "letter_link_missing", "Without {{link}} nobody can do what the letter asks for; write it where the link is to stand.").
			WithField("body", "letter_link_missing", "has no {{link}}")
	}
	return nil
}

var (
	linkSlot        = regexp.MustCompile(`\{\{\s*link\s*\}\}`)
	descriptionSlot = regexp.MustCompile(`\{\{\s*description\s*\}\}`)
)
