package app

import (
	"context"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
)

// MailFilter chooses mails that were planned or sent. Its orders are urgent (what is
// held, bounced or failed, then the rest, the newest first) and newest; where an
// engagement, a person or a search is given, the newest come first in both. Only an admin
// may leave the engagement out.
type MailFilter struct {
	ListQuery
	State      string
	Engagement uuid.UUID
	Person     uuid.UUID
}

// MailRow is a mail as lists show it.
type MailRow struct {
	Notification
	ItemTitle      string `json:"item_title,omitempty"`
	EngagementName string `json:"engagement_name,omitempty"`
}

// FindMails lists mails. A search finds those to people by their names and addresses, and
// to others by the beginning of the address. The counts are by state; while something is
// searched for, there are none.
func (a *App) FindMails(ctx context.Context, p Principal, in MailFilter) (Listing[MailRow], error) {
	var out Listing[MailRow]
	err := a.list(ctx, p, func(q *rows.Queries) error {
		if err := mayFindMails(ctx, q, p, in); err != nil {
			return err
		}
		s, err := searchFor(ctx, q, in.Search)
		if err != nil {
			return err
		}
		if s.pattern != nil {
			out, err = findMailsTo(ctx, q, p, in, s)
			return err
		}
		if out, err = findMails(ctx, q, p, in); err == nil {
			out.Counts, err = countMails(ctx, q, p, in)
		}
		return err
	})
	return out, err
}

func mayFindMails(ctx context.Context, q *rows.Queries, p Principal, in MailFilter) error {
	if in.Engagement == uuid.Nil {
		return adminOnly(p)
	}
	return mayEdit(ctx, q, p, in.Engagement)
}

func findMails(ctx context.Context, q *rows.Queries, p Principal, in MailFilter) (out Listing[MailRow], err error) {
	at, err := in.place(UrgentFirst, NewestFirst)
	if err != nil {
		return out, err
	}
	at = at.among(in.State != "" || in.Engagement != uuid.Nil || in.Person != uuid.Nil)
	list, err := q.MailsFind(ctx, rows.MailsFindParams{OrgID: p.Org, State: optional(in.State), Engagement: optional(in.Engagement), Person: optional(in.Person),
		Part: at.part, Sort: at.sort, KeyFlag: at.Flag, KeyID: at.ID, Most: at.most})
	return listing(at, list, mailKey, mailRow), wrap(err, "list mails")
}

// findMailsTo reads the mails to those whom a search finds.
func findMailsTo(ctx context.Context, q *rows.Queries, p Principal, in MailFilter, s search) (out Listing[MailRow], err error) {
	at, err := in.place(UrgentFirst, NewestFirst)
	if err != nil {
		return out, err
	}
	at = at.among(true)
	people, morePeople, err := s.people(ctx, q, p.Org, mostPeople)
	if err != nil {
		return out, err
	}
	if in.Person != uuid.Nil {
		people = only(people, in.Person)
	}
	outside, err := mailsToOutside(ctx, q, p, in)
	if err != nil {
		return out, err
	}
	moreOutside := len(outside) > mostPeople
	if moreOutside {
		outside = outside[:mostPeople]
	}
	list, err := q.MailsFindTo(ctx, rows.MailsFindToParams{OrgID: p.Org, People: people, Outside: outside, State: optional(in.State), Engagement: optional(in.Engagement),
		Part: at.part, Sort: at.sort, KeyID: at.ID, Most: at.most})
	found := make([]rows.MailsFindRow, len(list))
	for i, r := range list {
		found[i] = rows.MailsFindRow(r)
	}
	out = listing(at, found, mailKey, mailRow)
	out.Narrow = morePeople || moreOutside
	return out, wrap(err, "list mails of people")
}

// mailsToOutside finds mails to addresses of nobody in the organization. Those are as
// they were typed, but for small letters.
func mailsToOutside(ctx context.Context, q *rows.Queries, p Principal, in MailFilter) ([]uuid.UUID, error) {
	if in.Person != uuid.Nil {
		return []uuid.UUID{}, nil
	}
	beginning := coaching.MailboxKey(typedWords(in.Search))
	ids, err := q.MailsToOutside(ctx, rows.MailsToOutsideParams{OrgID: p.Org, Beginning: beginning, Beyond: beginning + lastRune, Most: mostPeople + 1})
	return ids, wrap(err, "search mails to addresses")
}

func mailKey(r rows.MailsFindRow) cursor { return cursor{Flag: r.Trouble, ID: r.ID} }

func mailRow(r rows.MailsFindRow) MailRow {
	return MailRow{ItemTitle: r.ItemTitle, EngagementName: r.EngagementName, Notification: notification(rows.NotificationListRow{ID: r.ID, EngagementID: r.EngagementID, ItemID: r.ItemID, Kind: r.Kind, Step: r.Step,
		PersonID: r.PersonID, Address: r.Address, RecipientName: r.RecipientName, Reason: r.Reason, State: r.State, StateReason: r.StateReason, PlannedAt: r.PlannedAt, SentAt: r.SentAt,
		OutcomeAt: r.OutcomeAt, Subject: r.Subject, TemplateVersion: r.TemplateVersion, MailMessageID: r.MailMessageID, ProviderID: r.ProviderID})}
}

// mostCountedMails is how many mails of one engagement, or to one person, are counted by
// their states: more than anybody is likely to have.
const mostCountedMails = 5000

func countMails(ctx context.Context, q *rows.Queries, p Principal, in MailFilter) (Counts, error) {
	counts := map[string]Count{"": {}}
	for _, state := range coaching.NotificationStates {
		counts[string(state)] = Count{}
	}
	if in.Engagement == uuid.Nil && in.Person == uuid.Nil {
		list, err := q.MailsCount(ctx, p.Org, mostCounted+1)
		for _, r := range list {
			counts[r.Value] = count(r.Count)
		}
		return Counts{"state": counts}, wrap(err, "count mails")
	}
	list, err := q.MailsCountOf(ctx, rows.MailsCountOfParams{OrgID: p.Org, Engagement: optional(in.Engagement), Person: optional(in.Person), Most: mostCountedMails + 1})
	var all int64
	for _, r := range list {
		counts[r.Value] = count(r.Count)
		all += r.Count
	}
	if counts[""] = count(all); all > mostCountedMails {
		return nil, wrap(err, "count mails") // too many to count
	}
	return Counts{"state": counts}, wrap(err, "count mails")
}

// only is id, if it is in ids.
func only(ids []uuid.UUID, id uuid.UUID) []uuid.UUID {
	for _, found := range ids {
		if found == id {
			return []uuid.UUID{id}
		}
	}
	return []uuid.UUID{}
}
