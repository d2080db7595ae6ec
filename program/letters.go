package program

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/mail/compose"
	"coachflow/outbox"
)

// itemLetters writes the letters about one item.
type itemLetters struct {
	outbox     *outbox.Outbox
	p          *locked
	item       coaching.ProgramItem
	recipients map[uuid.UUID]recipient
	files      []rows.ItemFilesRow                // of a kind with files, those of now
	attendees  map[uuid.UUID]rows.SessionAttendee // of the item's session, by recipient
	people     []coaching.OtherAttendee           // who attends it, where its attendees may know
}

func (s *Programs) itemLetters(ctx context.Context, p *locked, item coaching.ProgramItem) (itemLetters, error) {
	l := itemLetters{outbox: s.Outbox, p: p, item: item, recipients: map[uuid.UUID]recipient{}}
	list, err := p.recipientsOf(ctx, item.State.ID)
	for _, r := range list {
		l.recipients[r.ID] = r
	}
	if err == nil && item.Spec.Kind.Rules().TakesFiles() {
		l.files, err = p.presentFiles(ctx, item.State.ID)
	}
	if s := p.sessions[item.State.ID]; s != nil && err == nil {
		if l.attendees, err = p.invited(ctx, s); err == nil {
			l.people, err = p.othersOf(ctx, s, "")
		}
	}
	return l, err
}

// layout is how the letters look. What is written in Markdown is shown as such.
func (l itemLetters) layout() compose.Layout {
	names := l.p.names
	layout := compose.Layout{OrganizationName: names.OrganizationName, Color: outbox.LetterColor(names.BrandColor), Logo: l.outbox.LogoURL(l.p.command.Org, names.Logo)}
	if l.rules().Markdown && l.item.Spec.Description != "" {
		layout.Rich = map[string]string{"description": layout.Markdown(l.item.Spec.Description)}
	}
	return layout
}

// write renders one planned mail and stores its copy. Who is written to, and whether,
// is asked again now: a nil draft is one that the gate stopped, or whose letter cannot
// be written. A copy that is there from an earlier try is sent as it is.
func (l itemLetters) write(ctx context.Context, n rows.Notification) (*outbox.Draft, error) {
	draft := &outbox.Draft{Row: n, Sender: l.p.names.OrganizationName, ReplyTo: l.replyTo(n)}
	var err error
	if draft.Row, err = l.readAgain(ctx, n); err != nil || (draft.Row.State != "planned" && draft.Row.State != "sending") {
		return nil, err
	}
	if draft.Links, err = l.links(ctx, draft.Row); err != nil {
		return nil, err
	}
	template, why, err := l.p.template(ctx, coaching.NotificationKind(n.Kind), l.item.Spec.OwnLetter(coaching.NotificationKind(n.Kind)))
	if err != nil {
		return nil, err
	}
	err = l.outbox.RenderWith(ctx, l.p.Queries, draft, template, why, l.values(draft.Row), l.layout())
	if err != nil {
		return nil, outbox.FailUnwritten(ctx, l.p.Queries, draft.Row, err)
	}
	return draft, nil
}

// links are those in a mail about an item. The one for the address that the recipient
// has now may be missing: the item can have gone out to another one.
func (l itemLetters) links(ctx context.Context, n rows.Notification) ([]coaching.LinkRef, error) {
	if l.rules().Meets {
		return l.sessionLinks(ctx, n)
	}
	if n.RecipientID == nil || !l.rules().HasLink {
		return nil, nil
	}
	r := l.recipients[*n.RecipientID]
	link := l.formLink(r, n.Address)
	if n.State == "sending" {
		before := coaching.LinkIDBefore(coaching.FormLink, r.ID, holder(r.PersonID, r.ID))
		return []coaching.LinkRef{link, {Purpose: link.Purpose, Org: link.Org, ID: before}}, nil
	}
	if l.p.linked[link.ID] {
		return []coaching.LinkRef{link}, nil
	}
	return []coaching.LinkRef{link}, l.p.linkRecipients(ctx, l.item, []recipient{r})
}

// formLink is the link to a form as it is mailed to an address of a recipient.
func (l itemLetters) formLink(r recipient, address string) coaching.LinkRef {
	return coaching.LinkRef{Purpose: coaching.FormLink, Org: l.p.command.Org, ID: coaching.LinkID(coaching.FormLink, r.ID, holder(r.PersonID, r.ID), address)}
}

// replyTo is where a reply to a letter goes: the coachee, who reads of their own item,
// answers to their coach, everybody else to the organization.
func (l itemLetters) replyTo(n rows.Notification) compose.Recipient {
	names := l.p.names
	if n.RecipientID != nil && n.PersonID != nil && *n.PersonID == names.Engagement.CoacheeID && names.ToCoach != "" && l.outbox.InboundDomain != "" {
		return compose.Recipient{Name: names.CoachName, Addr: names.ToCoach + "@" + l.outbox.InboundDomain}
	}
	return l.outbox.ReplyTo(n.OrgID, names.OrganizationName, names.ReplyAddress)
}

// readAgain asks once more who is written to, and whether.
func (l itemLetters) readAgain(ctx context.Context, n rows.Notification) (rows.Notification, error) {
	if n.State != "planned" {
		return n, nil
	}
	if n.RecipientID == nil {
		return outbox.ReadAgain(ctx, l.p.Queries, n)
	}
	r := l.recipients[*n.RecipientID]
	n.Address, n.RecipientName = r.Address, r.Name
	gate := outbox.GateOf(coaching.NotificationKind(n.Kind), coaching.Standing(r.Standing), r.Blocked)
	stopped, err := outbox.StopAtGate(ctx, l.p.Queries, n, gate)
	if stopped {
		n.State = string(gate.Gate)
	}
	return n, err
}

// values are the placeholders of one mail.
func (l itemLetters) values(n rows.Notification) map[string]string {
	v := map[string]string{
		"name": n.RecipientName, "organization": l.p.names.OrganizationName, "coach": l.p.names.CoachName,
		"coachee": l.p.names.CoacheeName, "engagement": l.p.names.Engagement.Name, string(l.item.Spec.Kind): l.item.Spec.Title,
		"description": l.item.Spec.Description, "link": "", "due": "", "waiting": l.waiting(), "files": l.fileNames(nil), "replaced": l.fileNames(n.AboutIds),
		"page": l.outbox.BaseURL + "/engagements/" + l.p.command.Engagement.String() + "#item-" + l.item.State.ID.String(),
	}
	if v["name"] == "" {
		v["name"] = "there"
	}
	zone := l.p.names.CoacheeZone
	if n.RecipientID != nil {
		r := l.recipients[*n.RecipientID]
		v["link"] = l.link(r)
		if r.TimeZone != "" {
			zone = r.TimeZone
		}
	}
	if due := l.item.State.DueAt; !due.IsZero() {
		words := l.dueWords(due.Before(l.p.command.At))
		v["due"] = words + coaching.ShowTime(due, coaching.ZoneOrUTC(zone)) + "."
	}
	if l.rules().Meets {
		l.sessionValues(v, n, coaching.ZoneOrUTC(zone))
	}
	return v
}

func (l itemLetters) rules() coaching.KindRules { return l.item.Spec.Kind.Rules() }

// link leads to where the recipient completes the item: by a link of their own, or on
// a page that asks for a login.
func (l itemLetters) link(r recipient) string {
	if path := l.rules().Path; path != "" {
		return l.outbox.BaseURL + path + l.item.State.ID.String()
	}
	link := l.formLink(r, r.Address)
	return l.outbox.LinkPlaceholder(link.Purpose, link.ID)
}

func (l itemLetters) dueWords(passed bool) string {
	if passed {
		return l.rules().Words.Passed + " "
	}
	return l.rules().Words.Ask + " "
}

// waiting lists who has not answered, for the coach.
func (l itemLetters) waiting() string {
	var names []string
	for _, r := range l.recipients {
		if r.AnsweredAt == nil && r.Required {
			name := strings.TrimSpace(r.Name + " <" + r.Address + ">")
			if outbox.GateOf(coaching.LettersOf(l.item.Spec.Kind).Request, coaching.Standing(r.Standing), r.Blocked).Gate == coaching.GateHold {
				name += ", who has no account yet and has got none of the mails: they are held until then"
			}
			names = append(names, name)
		}
	}
	return strings.Join(names, "; ")
}

// template finds the template of a kind, and the footer's reason. The
// organization's words are read once in a transaction.
func (p *locked) template(ctx context.Context, kind coaching.NotificationKind, own *coaching.LetterSpec) (*compose.Template, string, error) {
	words, known := p.templates[kind]
	if !known {
		var err error
		if words, err = outbox.ReadWords(ctx, p.Queries, p.command.Org, kind); err != nil {
			return nil, "", err
		}
		p.templates[kind] = words
	}
	return outbox.TemplateOf(kind, own, words)
}
