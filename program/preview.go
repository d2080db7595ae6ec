package program

import (
	"context"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/mail/compose"
)

// PreviewLetter renders a letter of an item for one of its recipients as it
// would be sent now. The link in it is a stand-in that opens nothing.
func (s *Programs) PreviewLetter(ctx context.Context, q *rows.Queries, c CommandContext, kind coaching.NotificationKind, to *uuid.UUID, own *coaching.LetterSpec) (compose.Letter, string, error) {
	p, err := open(ctx, q, c)
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
		kind = item.Spec.FirstLetter()
	case !letters.Has(kind):
		return compose.Letter{}, "", coaching.Problemf(coaching.Invalid, "notification_kind_invalid", "The letters about a %s are %s.", item.Spec.Kind, listed(letters.All())).
			WithField("kind", "notification_kind_invalid", "not a letter about a %s", item.Spec.Kind)
	}
	if item.State.IssuedAt.IsZero() {
		if item.State.DueAt, err = coaching.DueAt(item.Spec, c.At, item.State.Zone); err != nil {
			return compose.Letter{}, "", err
		}
	}
	n, err := p.previewRow(ctx, item, kind, to)
	if err != nil {
		return compose.Letter{}, "", err
	}
	if own == nil || kind != item.Spec.FirstLetter() {
		own = item.Spec.OwnLetter(kind)
	}
	template, why, err := p.template(ctx, kind, own)
	if err != nil {
		return compose.Letter{}, "", err
	}
	words, err := s.itemLetters(ctx, p, item)
	if err != nil {
		return compose.Letter{}, "", err
	}
	letter, err := template.Render(words.values(n), why, words.layout())
	return letter, n.Address, err
}

func listed(kinds []coaching.NotificationKind) string {
	words := string(kinds[0])
	for i, kind := range kinds[1:] {
		between := ", "
		if i == len(kinds)-2 {
			between = " and "
		}
		words += between + string(kind)
	}
	return words
}

// previewRow is the row that a letter would have.
func (p *locked) previewRow(ctx context.Context, item coaching.ProgramItem, kind coaching.NotificationKind, to *uuid.UUID) (rows.Notification, error) {
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
			n := rows.Notification{OrgID: p.command.Org, Kind: string(kind), PersonID: r.PersonID, Address: r.Address, RecipientName: r.Name}
			if kind != escalation {
				n.RecipientID = &r.ID
			}
			return n, nil
		}
	}
	return rows.Notification{}, coaching.Problemf(coaching.Invalid, "recipient_not_found", "The item has no such recipient.").
		WithField("recipient_id", "recipient_not_found", "not a recipient of this item")
}
