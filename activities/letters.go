package activities

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/mail/compose"
)

// A letter is rendered once, with the links' ids where the tokens will be, and
// stored so. The token takes the id's place only in the bytes that leave:
// neither a row nor a history holds one, and every retry sends the same mail.

// placeholderLink is a link as it stands in a stored copy.
func (a *Activities) placeholderLink(purpose coaching.LinkPurpose, id uuid.UUID) string {
	return a.BaseURL + "/l/" + purpose.Name() + "-" + id.String()
}

// seal puts tokens in the places of the given links.
func (a *Activities) seal(text string, links []coaching.LinkRef) string {
	for _, l := range links {
		text = strings.ReplaceAll(text, a.placeholderLink(l.Purpose, l.ID), a.BaseURL+"/l/"+a.Links.Sign(l))
	}
	return text
}

// outbound is one mail ready to leave.
type outbound struct {
	row     rows.Notification
	letter  compose.Letter
	links   []coaching.LinkRef
	replyTo compose.Recipient
	sender  string // shown as the sender's name
	claimed time.Time
	inline  []compose.Attachment
	// headers are fields beyond those that every mail of ours has.
	headers map[string]string
	// attachments are the files that ride on the mail.
	attachments []compose.Attachment
}

// itemLetters renders the letters of one item.
type itemLetters struct {
	a          *Activities
	p          *program
	item       coaching.ProgramItem
	names      rows.EngagementContextRow
	recipients map[uuid.UUID]recipient
}

func (a *Activities) itemLetters(ctx context.Context, p *program, item coaching.ProgramItem) (itemLetters, error) {
	l := itemLetters{a: a, p: p, item: item, recipients: map[uuid.UUID]recipient{}}
	var err error
	if l.names, err = p.context(ctx); err != nil {
		return l, err
	}
	list, err := p.recipientsOf(ctx, item.State.ID)
	for _, r := range list {
		l.recipients[r.ID] = r
	}
	return l, err
}

// prepare renders one planned mail and stores its copy. Who is written to, and
// whether, is asked again now: a nil letter is one that the gate stopped. A copy
// that is there from an earlier try is sent as it is.
func (l itemLetters) prepare(ctx context.Context, n rows.Notification) (*outbound, error) {
	out := &outbound{row: n, sender: l.names.OrganizationName}
	kind := coaching.NotificationKind(n.Kind)
	if n.RecipientID != nil && l.item.Spec.Kind == coaching.FormItem {
		r := l.recipients[*n.RecipientID]
		out.links = []coaching.LinkRef{{Purpose: coaching.FormLink, Org: l.p.act.Org, ID: coaching.LinkID(coaching.FormLink, r.ID, holder(r.PersonID, r.ID))}}
	}
	if n.State == "sending" {
		out.letter = compose.Letter{Subject: n.Subject, HTML: n.Html, Text: n.Body, TemplateVersion: n.TemplateVersion}
		return out, nil
	}
	var err error
	if out.row, err = l.readAgain(ctx, n); err != nil || out.row.State != "planned" {
		return nil, err
	}
	template, why, err := l.p.template(ctx, kind, l.item.Spec.Letter)
	if err != nil {
		return nil, err
	}
	out.letter, err = template.Render(l.values(out.row), why, compose.Layout{OrganizationName: l.names.OrganizationName})
	if _, hopeless := coaching.AsProblem(err); hopeless {
		return nil, l.p.failUnwritten(ctx, out.row, err)
	}
	if err != nil {
		return nil, fmt.Errorf("render letter: %w", err)
	}
	return out, l.p.storeCopy(ctx, l.a, out)
}

// failUnwritten records a mail whose letter cannot be written with these words and
// values. It is shown as failed, and holds up nothing else.
func (p *program) failUnwritten(ctx context.Context, n rows.Notification, cause error) error {
	for i := range p.plans {
		if p.plans[i].ID == n.ID {
			p.plans[i].State, p.plans[i].StateReason = "failed", unwritten(cause)
			return nil
		}
	}
	return failUnwritten(ctx, p.Queries, n, cause)
}

func failUnwritten(ctx context.Context, q *rows.Queries, n rows.Notification, cause error) error {
	if _, hopeless := coaching.AsProblem(cause); !hopeless {
		return cause
	}
	at := now()
	err := q.NotificationFailed(ctx, rows.NotificationFailedParams{OrgID: n.OrgID, ID: n.ID, StateReason: unwritten(cause), OutcomeAt: &at})
	if err != nil {
		return fmt.Errorf("record unwritten mail: %w", err)
	}
	return nil
}

func unwritten(cause error) string {
	problem, _ := coaching.AsProblem(cause)
	return "the letter cannot be written: " + problem.Message
}

// readAgain asks once more who is written to, and whether.
func (l itemLetters) readAgain(ctx context.Context, n rows.Notification) (rows.Notification, error) {
	if n.RecipientID == nil {
		return readAgain(ctx, l.p.Queries, n)
	}
	r := l.recipients[*n.RecipientID]
	n.Address, n.RecipientName = r.Address, r.Name
	gate := coaching.GateOf(coaching.NotificationKind(n.Kind), coaching.Standing(r.Standing), r.Blocked)
	stopped, err := stopAtGate(ctx, l.p.Queries, n, gate)
	if stopped {
		n.State = string(gate.Gate)
	}
	return n, err
}

// stopAtGate holds or suppresses a planned mail that may not leave any more.
func stopAtGate(ctx context.Context, q *rows.Queries, n rows.Notification, gate coaching.GateDecision) (bool, error) {
	if gate.Gate == coaching.GateSend {
		return false, nil
	}
	state := string(gate.Gate)
	if gate.Gate == coaching.GateRefuse {
		state = "failed"
	}
	return true, stopPlanned(ctx, q, n, now(), state, gate.Reason)
}

// storeCopy keeps the letter as it will be sent.
func (a *Activities) storeCopy(ctx context.Context, q *rows.Queries, o *outbound) error {
	a.complete(o)
	err := q.NotificationRendered(ctx, rows.NotificationRenderedParams{
		OrgID: o.row.OrgID, ID: o.row.ID, Address: o.row.Address, RecipientName: o.row.RecipientName, Subject: o.letter.Subject, Html: o.letter.HTML, Body: o.letter.Text,
		TemplateVersion: o.letter.TemplateVersion, MailMessageID: o.row.MailMessageID, ClaimedUntil: &o.claimed,
	})
	if err != nil {
		return fmt.Errorf("store copy of letter: %w", err)
	}
	return nil
}

// complete gives a rendered mail its Message-ID and claims it for this attempt.
func (a *Activities) complete(o *outbound) {
	o.row.MailMessageID = compose.MessageID(a.mailDomain(), o.row.Key)
	o.claimed = now().Add(claimLife)
}

// values are the placeholders of one mail.
func (l itemLetters) values(n rows.Notification) map[string]string {
	v := map[string]string{
		"name": n.RecipientName, "organization": l.names.OrganizationName, "coach": l.names.CoachName,
		"coachee": l.names.CoacheeName, "engagement": l.names.Engagement.Name, "form": l.item.Spec.Title, "task": l.item.Spec.Title,
		"description": l.item.Spec.Description, "link": "", "due": "", "waiting": l.waiting(),
	}
	if v["name"] == "" {
		v["name"] = "there"
	}
	zone := l.names.CoacheeZone
	if n.RecipientID != nil {
		r := l.recipients[*n.RecipientID]
		v["link"] = l.link(r)
		if r.TimeZone != "" {
			zone = r.TimeZone
		}
	}
	if due := l.item.State.DueAt; !due.IsZero() {
		words := l.dueWords(due.Before(l.p.act.At))
		v["due"] = words + coaching.ShowTime(due, coaching.ZoneOrUTC(zone)) + "."
	}
	return v
}

// link leads to the form, for whom it is; or to the task, for who logs in.
func (l itemLetters) link(r recipient) string {
	if l.item.Spec.Kind == coaching.TaskItem {
		return l.a.BaseURL + "/tasks/" + l.item.State.ID.String()
	}
	return l.a.placeholderLink(coaching.FormLink, coaching.LinkID(coaching.FormLink, r.ID, holder(r.PersonID, r.ID)))
}

func (l itemLetters) dueWords(passed bool) string {
	done := "answered"
	if l.item.Spec.Kind == coaching.TaskItem {
		done = "done"
	}
	switch {
	case passed:
		return "It was to be " + done + " by "
	case done == "done":
		return "Please do it by "
	}
	return "Please answer by "
}

// waiting lists who has not answered, for the coach.
func (l itemLetters) waiting() string {
	var names []string
	for _, r := range l.recipients {
		if r.AnsweredAt == nil && r.Required {
			name := strings.TrimSpace(r.Name + " <" + r.Address + ">")
			if coaching.GateOf(coaching.LettersOf(l.item.Spec.Kind).Request, coaching.Standing(r.Standing), r.Blocked).Gate == coaching.GateHold {
				name += ", who has no account yet and has got none of the mails: they are held until then"
			}
			names = append(names, name)
		}
	}
	return strings.Join(names, "; ")
}

// wordsOfOrg are an organization's own words for a kind of letter, if it has any.
type wordsOfOrg struct {
	own           bool
	subject, body string
}

func readWords(ctx context.Context, q *rows.Queries, org uuid.UUID, kind coaching.NotificationKind) (wordsOfOrg, error) {
	replaced, err := q.NotificationTemplateGet(ctx, org, string(kind))
	if db.NoRow(err) {
		return wordsOfOrg{}, nil
	}
	if err != nil {
		return wordsOfOrg{}, fmt.Errorf("read template: %w", err)
	}
	return wordsOfOrg{own: true, subject: replaced.Subject, body: replaced.Body}, nil
}

// template finds the template of a kind, and the footer's reason. The
// organization's words are read once in a deed.
func (p *program) template(ctx context.Context, kind coaching.NotificationKind, own *coaching.LetterSpec) (*compose.Template, string, error) {
	words, known := p.templates[kind]
	if !known {
		var err error
		if words, err = readWords(ctx, p.Queries, p.act.Org, kind); err != nil {
			return nil, "", err
		}
		p.templates[kind] = words
	}
	return templateOf(kind, own, words)
}

// TemplateFor finds the template of a kind: the organization's, else the
// default. The second result is the footer's reason.
func TemplateFor(ctx context.Context, q *rows.Queries, org uuid.UUID, kind coaching.NotificationKind) (*compose.Template, string, error) {
	words, err := readWords(ctx, q, org, kind)
	if err != nil {
		return nil, "", err
	}
	return templateOf(kind, nil, words)
}

// templateOf is the template of a kind: the item's own, else the organization's,
// else the default.
func templateOf(kind coaching.NotificationKind, own *coaching.LetterSpec, words wordsOfOrg) (*compose.Template, string, error) {
	letter, known := coaching.Letters[kind]
	if !known {
		return nil, "", coaching.Problemf(coaching.NotFound, "notification_kind_unknown", "There is no letter of kind %q.", kind)
	}
	subject, body := letter.Subject, letter.Body
	switch {
	case own != nil && (kind == coaching.FormRequest || kind == coaching.TaskRequest):
		subject, body = own.Subject, own.Body
	case words.own:
		subject, body = words.subject, words.body
	}
	template, err := compose.ParseTemplate(subject, body, letter.Placeholders)
	return template, letter.Why, err
}

func (a *Activities) mailDomain() string {
	return a.From.Addr[strings.LastIndex(a.From.Addr, "@")+1:]
}

// mailDate is the date of a mail. It is the planned time, so that a retry
// sends the same bytes, unless that was long ago.
func mailDate(n rows.Notification) time.Time { return n.PlannedAt.UTC() }

// CheckLetter refuses words for a kind of letter that could not be rendered, or
// with which nobody could do what they are asked to: a request has its link, in
// the body alone, since a subject is seen by others.
func CheckLetter(kind coaching.NotificationKind, words coaching.LetterSpec) error {
	if _, err := compose.ParseTemplate(words.Subject, words.Body, coaching.Letters[kind].Placeholders); err != nil {
		return err
	}
	switch {
	case descriptionSlot.MatchString(words.Subject):
		return coaching.Problemf(coaching.Invalid, "letter_description_in_subject", "A description has more than one line; write {{description}} into the text of the letter, not into its subject.").
			WithField("subject", "letter_description_in_subject", "holds {{description}}")
	case linkSlot.MatchString(words.Subject):
		return coaching.Problemf(coaching.Invalid, "letter_link_in_subject", "The link is personal; write {{link}} into the text of the letter, not into its subject.").
			WithField("subject", "letter_link_in_subject", "holds {{link}}")
	case slices.Contains(coaching.Letters[kind].Placeholders, "link") && !linkSlot.MatchString(words.Body):
		return coaching.Problemf(coaching.Invalid, "letter_link_missing", "Without {{link}} nobody can do what the letter asks for; write it where the link is to stand.").
			WithField("body", "letter_link_missing", "has no {{link}}")
	}
	return nil
}

var (
	linkSlot        = regexp.MustCompile(`\{\{\s*link\s*\}\}`)
	descriptionSlot = regexp.MustCompile(`\{\{\s*description\s*\}\}`)
)

// PreviewLetter renders a letter of an item for one of its recipients as it
// would be sent now. The link in it is a stand-in that opens nothing.
func PreviewLetter(ctx context.Context, a *Activities, q *rows.Queries, act Act, kind coaching.NotificationKind, to *uuid.UUID, own *coaching.LetterSpec) (compose.Letter, string, error) {
	p, err := itemBehind(askNames)(ctx, q, act)
	if err != nil {
		return compose.Letter{}, "", err
	}
	item, err := p.item()
	if err != nil {
		return compose.Letter{}, "", err
	}
	letters := coaching.LettersOf(item.Spec.Kind)
	switch {
	case kind == "":
		kind = letters.Request
	case kind != letters.Request && kind != letters.Reminder && kind != letters.Escalation:
		return compose.Letter{}, "", coaching.Problemf(coaching.Invalid, "notification_kind_invalid", "The letters about a %s are %s, %s and %s.", item.Spec.Kind, letters.Request, letters.Reminder, letters.Escalation).
			WithField("kind", "notification_kind_invalid", "not a letter about a %s", item.Spec.Kind)
	}
	if item.State.IssuedAt.IsZero() {
		if item.State.DueAt, err = coaching.DueAt(item.Spec, act.At, item.State.Zone); err != nil {
			return compose.Letter{}, "", err
		}
	}
	n, err := p.previewRow(ctx, item, kind, to)
	if err != nil {
		return compose.Letter{}, "", err
	}
	if own == nil {
		own = item.Spec.Letter
	}
	template, why, err := p.template(ctx, kind, own)
	if err != nil {
		return compose.Letter{}, "", err
	}
	words, err := a.itemLetters(ctx, p, item)
	if err != nil {
		return compose.Letter{}, "", err
	}
	letter, err := template.Render(words.values(n), why, compose.Layout{OrganizationName: words.names.OrganizationName})
	return letter, n.Address, err
}

// previewRow is the row that a letter would have.
func (p *program) previewRow(ctx context.Context, item coaching.ProgramItem, kind coaching.NotificationKind, to *uuid.UUID) (rows.Notification, error) {
	list, err := p.recipientsOf(ctx, item.State.ID)
	escalation := coaching.LettersOf(item.Spec.Kind).Escalation
	if kind == escalation {
		list, err = p.responsibleFor(ctx)
	}
	if err != nil {
		return rows.Notification{}, err
	}
	for _, r := range list {
		if to == nil || r.ID == *to {
			n := rows.Notification{OrgID: p.act.Org, Kind: string(kind), PersonID: r.PersonID, Address: r.Address, RecipientName: r.Name}
			if kind != escalation {
				n.RecipientID = &r.ID
			}
			return n, nil
		}
	}
	return rows.Notification{}, coaching.Problemf(coaching.Invalid, "recipient_not_found", "The item has no such recipient.").
		WithField("recipient_id", "recipient_not_found", "not a recipient of this item")
}
