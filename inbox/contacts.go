package inbox

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/mail/compose"
	"coachflow/outbox"
)

// Contacts for address books: a coach is mailed those of chosen clients, and
// chosen clients the address by which they write to their coach. Which addresses
// are in use is asked when the mail leaves.

// PlanContacts plans the mail with contacts to the coach of streams, which are all
// one coach's. It is a part of the transaction of who sends them.
func PlanContacts(ctx context.Context, q *rows.Queries, to outbox.Addressee, streams []uuid.UUID) (outbox.StandaloneMail, error) {
	return planAbout(ctx, q, to, outbox.ContactsForCoach, streams, "contacts of their clients were sent to them")
}

// PlanAddress plans the mail with the address by which the client of a stream
// writes to the coach.
func PlanAddress(ctx context.Context, q *rows.Queries, to outbox.Addressee, stream uuid.UUID) (outbox.StandaloneMail, error) {
	return planAbout(ctx, q, to, outbox.AddressForClient, []uuid.UUID{stream}, "the address of their coach was sent to them")
}

func planAbout(ctx context.Context, q *rows.Queries, to outbox.Addressee, kind coaching.NotificationKind, streams []uuid.UUID, reason string) (outbox.StandaloneMail, error) {
	if _, err := q.PersonLock(ctx, to.Org, to.Person); err != nil {
		return outbox.StandaloneMail{}, fmt.Errorf("lock recipient: %w", err)
	}
	// The same thing asked for again while it waits to leave is asked for once.
	waits, err := q.NotificationPlannedAbout(ctx, rows.NotificationPlannedAboutParams{OrgID: to.Org, PersonID: &to.Person, Kind: string(kind), AboutIds: streams})
	if err == nil {
		return outbox.StandaloneMail{Org: to.Org, ID: waits}, nil
	} else if !db.NoRow(err) {
		return outbox.StandaloneMail{}, fmt.Errorf("look for the same mail: %w", err)
	}
	contact, err := q.ContactGet(ctx, to.Org, to.Person)
	if err != nil {
		return outbox.StandaloneMail{}, fmt.Errorf("read recipient: %w", err)
	}
	n := outbox.PlanTo(contact, kind, string(kind)+"/"+db.NewID().String(), reason)
	if n.State != "planned" {
		return outbox.StandaloneMail{}, outbox.BlockedProblem(contact.Address)
	}
	n.OrgID, n.PlannedAt, n.AboutIds = to.Org, to.At, streams
	return outbox.StandaloneMail{Org: to.Org, ID: n.ID}, outbox.PlanOne(ctx, q, n)
}

func (x *Inbox) writeContacts(ctx context.Context, q *rows.Queries, n rows.Notification) (*outbox.Draft, error) {
	organization, err := q.OrganizationGet(ctx, n.OrgID)
	if err != nil {
		return nil, fmt.Errorf("read organization: %w", err)
	}
	direction := "to_client"
	if coaching.NotificationKind(n.Kind) == outbox.AddressForClient {
		direction = "to_coach"
	}
	list, err := q.ContactsOfStreams(ctx, rows.ContactsOfStreamsParams{OrgID: n.OrgID, Direction: direction, Streams: n.AboutIds})
	if err != nil {
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	if len(list) == 0 && n.State == "planned" {
		return nil, outbox.TakeBack(ctx, q, n, "none of the addresses is in use any more")
	}
	o := outbox.Draft{Row: n, Sender: organization.Name}
	cards := make([]compose.Contact, len(list))
	var lines []string
	for i, row := range list {
		name := row.ClientName
		if direction == "to_coach" {
			name = row.CoachName
		}
		cards[i] = compose.Contact{UID: "urn:uuid:" + uuid.NewSHA1(row.StreamID, []byte(direction)).String(), Name: strings.TrimSpace(name + " " + organization.ContactSuffix),
			Addr: row.LocalPart + "@" + x.Domain, Organization: organization.Name}
		lines = append(lines, cards[i].Name+": "+cards[i].Addr)
	}
	data, err := x.cardsAsSent(ctx, n, cards)
	if err != nil {
		return nil, err
	}
	o.Attachments = []compose.Attachment{{Name: "contacts.vcf", ContentType: "text/vcard; charset=utf-8", Data: data}}
	values := map[string]string{"name": n.RecipientName, "organization": organization.Name, "contacts": strings.Join(lines, "\n"),
		"coach": "", "address": ""}
	if len(list) > 0 {
		values["coach"], values["address"] = list[0].CoachName, cards[0].Addr
		if direction == "to_coach" {
			o.ReplyTo = compose.Recipient{Name: list[0].CoachName, Addr: cards[0].Addr}
		}
	}
	return &o, x.Outbox.Render(ctx, q, &o, values, compose.Layout{OrganizationName: organization.Name})
}

// cardsAsSent writes the cards and keeps them with the copy of the letter, or takes
// those of an earlier try: every try sends the same mail.
func (x *Inbox) cardsAsSent(ctx context.Context, n rows.Notification, cards []compose.Contact) ([]byte, error) {
	key := "notifications/" + n.OrgID.String() + "/" + n.ID.String() + ".vcf"
	if n.State == "sending" {
		data, err := x.Blobs.Get(ctx, key)
		if err != nil {
			return nil, fmt.Errorf("read contacts as sent: %w", err)
		}
		return data, nil
	}
	data, err := compose.ContactCards(cards)
	if err != nil {
		return nil, err
	}
	if err := x.Blobs.Put(ctx, key, data); err != nil {
		return nil, fmt.Errorf("keep contacts as sent: %w", err)
	}
	return data, nil
}
