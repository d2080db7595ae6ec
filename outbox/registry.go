package outbox

import (
	"fmt"
	"maps"
	"slices"

	"coachflow/coaching"
	"coachflow/mail/compose"
)

// Letter is one kind of mail that the product can send. What is not registered
// cannot be planned.
type Letter struct {
	Kind coaching.NotificationKind
	// Gate is the row of the table of who receives what.
	Gate coaching.GateRow
	// Label names the letter in lists. When and To say in whole sentences when it
	// leaves, and to whom.
	Label, When, To string
	// Subject and Body, in Markdown, are the words that go out where an organization
	// has not replaced them.
	Subject, Body string
	// Placeholders are what the words can have filled in, also those of organizations.
	Placeholders []Placeholder
	// Carries names the placeholder with what another person wrote to the reader. It
	// stands below the words of an organization that leave it out.
	Carries string
	// Why is the sentence in the footer that says why the reader got it.
	Why string
	// Standalone: the mail is not part of a long-running workflow. Each leaves by
	// itself, written by the Writer of its kind, and the recovery sweep finds it.
	Standalone bool
	// MayWait: the mail is sent by the workflow that plans it, but for one that has to
	// wait: that one is planned to stand alone, and has a Writer, too.
	MayWait bool
}

// Placeholder is what a letter has filled in, with an invented value for samples.
type Placeholder struct{ Name, Sample string }

// letters are all letters, in the order in which pages list them.
var letters = slices.Concat(accountLetters, itemLetters, sessionLetters, calendarLetters, streamLetters)

var lettersByKind = func() map[coaching.NotificationKind]Letter {
	byKind := make(map[coaching.NotificationKind]Letter, len(letters))
	for _, letter := range letters {
		byKind[letter.Kind] = letter
	}
	return byKind
}()

// Letters are all mails that the product can send, in the order in which pages list
// them.
func Letters() []Letter { return slices.Clone(letters) }

// LetterOf is the letter of a kind; false: there is none.
func LetterOf(kind coaching.NotificationKind) (Letter, bool) {
	letter, known := lettersByKind[kind]
	return letter, known
}

// GateOf decides whether a letter goes to a recipient of some standing whose address
// may be blocked. A kind that is not registered is refused.
func GateOf(kind coaching.NotificationKind, standing coaching.Standing, blocked bool) coaching.GateDecision {
	return lettersByKind[kind].Gate.Decide(standing, blocked)
}

// Names are the names of the placeholders.
func (l Letter) Names() []string {
	names := make([]string, len(l.Placeholders))
	for i, p := range l.Placeholders {
		names[i] = p.Name
	}
	return names
}

// Sample renders words for the letter with invented values, to look at before
// anybody gets it. Words that are no template are refused as compose.ParseTemplate
// does.
func (l Letter) Sample(words coaching.LetterSpec, organization string) (compose.Letter, error) {
	template, err := compose.ParseTemplate(words.Subject, l.carried(words.Body), l.Names())
	if err != nil {
		return compose.Letter{}, err
	}
	values := map[string]string{}
	for _, p := range l.Placeholders {
		values[p.Name] = p.Sample
	}
	values[organizationName.Name] = organization
	return template.Render(values, l.Why, compose.Layout{OrganizationName: organization, Color: LetterColor(coaching.DefaultBrand)})
}

// Default are the words that go out where an organization has not replaced them.
func (l Letter) Default() coaching.LetterSpec {
	return coaching.LetterSpec{Subject: l.Subject, Body: l.Body}
}

// standsAlone reports whether a mail of the kind can stand alone.
func (l Letter) standsAlone() bool { return l.Standalone || l.MayWait }

// Use adds the writers of a domain package.
func (o *Outbox) Use(writers map[coaching.NotificationKind]Writer) {
	if o.writers == nil {
		o.writers = map[coaching.NotificationKind]Writer{HeldTooLong: o.writeHeldTooLong}
	}
	maps.Copy(o.writers, writers)
}

// Check refuses a wiring in which a letter that stands alone has no writer, or a
// writer no such letter. It is asked at start, after Use.
func (o *Outbox) Check() error {
	for _, letter := range letters {
		if letter.standsAlone() && o.writers[letter.Kind] == nil {
			return fmt.Errorf("outbox: no writer for letters of kind %q, which stand alone", letter.Kind)
		}
	}
	for kind := range o.writers {
		if !lettersByKind[kind].standsAlone() {
			return fmt.Errorf("outbox: a writer for letters of kind %q, which are not registered as standing alone", kind)
		}
	}
	return nil
}

// The placeholders that many letters share. The reader of a letter is the coachee
// or, of a word about the work, the coach.
var (
	readerName       = Placeholder{"name", "Amara Okafor"}
	coachIsReader    = Placeholder{"name", "Jonas Weber"}
	organizationName = Placeholder{"organization", "Northlight Coaching"}
	coachName        = Placeholder{"coach", "Jonas Weber"}
	coacheeName      = Placeholder{"coachee", "Amara Okafor"}
	personalLink     = Placeholder{"link", "https://example.com/l/sample"}
	until            = Placeholder{"until", "Friday, 13 March 2026, 18:00 (Europe/Berlin)"}
	readerAddress    = Placeholder{"address", "amara@example.com"}
	personPage       = Placeholder{"page", "https://example.com/people/sample"}
)
