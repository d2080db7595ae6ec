package accounts

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/mail/compose"
	"coachflow/outbox"
)

// prepareInvitation renders the mails of a step and stores the copies.
func (a *Accounts) prepareInvitation(ctx context.Context, q *rows.Queries, row rows.InvitationGetRow, list []rows.Notification) ([]outbox.Draft, error) {
	var out []outbox.Draft
	for _, n := range list {
		n, err := outbox.ReadAgain(ctx, q, n)
		if err != nil {
			return nil, err
		}
		if n.State != "planned" && n.State != "sending" {
			continue
		}
		o, err := a.invitationLetter(ctx, q, row, n)
		if err != nil {
			if err := outbox.FailUnwritten(ctx, q, n, err); err != nil {
				return nil, err
			}
			continue
		}
		out = append(out, o)
	}
	return out, nil
}

func (a *Accounts) invitationLetter(ctx context.Context, q *rows.Queries, row rows.InvitationGetRow, n rows.Notification) (outbox.Draft, error) {
	o := outbox.Draft{Row: n, Sender: row.OrganizationName}
	to, err := q.ContactGet(ctx, n.OrgID, row.Invitation.PersonID)
	if err != nil {
		return o, fmt.Errorf("read person: %w", err)
	}
	values := map[string]string{"name": n.RecipientName, "organization": row.OrganizationName, "inviter": row.InviterName, "address": coaching.ShowAddress(to.Address),
		"invited": row.PersonName, "page": a.Outbox.BaseURL + "/people/" + row.Invitation.PersonID.String(),
		"until": coaching.ShowTime(row.Invitation.ExpiresAt, coaching.ZoneOrUTC(to.TimeZone)), "link": ""}
	if *n.PersonID == row.Invitation.PersonID {
		link := accountLink(n, coaching.InvitationLink, row.Invitation.ID)
		if err := insertAccountLink(ctx, q, link, n, row.Invitation.ID, row.Invitation.ExpiresAt); err != nil {
			return o, err
		}
		o.Links = []coaching.LinkRef{link}
		values["link"] = a.Outbox.LinkPlaceholder(link.Purpose, link.ID)
	}
	return o, a.Outbox.Render(ctx, q, &o, values, compose.Layout{OrganizationName: row.OrganizationName})
}

// accountLink is the link in a mail by which its reader chooses a password.
func accountLink(n rows.Notification, purpose coaching.LinkPurpose, subject uuid.UUID) coaching.LinkRef {
	return coaching.LinkRef{Purpose: purpose, Org: n.OrgID, ID: coaching.LinkID(purpose, subject, *n.PersonID, n.Address)}
}

func insertAccountLink(ctx context.Context, q *rows.Queries, link coaching.LinkRef, n rows.Notification, subject uuid.UUID, expires time.Time) error {
	err := q.LinkInsert(ctx, rows.LinkInsertParams{OrgID: n.OrgID, ID: link.ID, Purpose: link.Purpose.Name(), SubjectID: subject,
		PersonID: n.PersonID, Email: &n.Address, ExpiresAt: expires})
	if err != nil {
		return fmt.Errorf("make link: %w", err)
	}
	return nil
}

// writeInvitationRanOut writes the word to an admin that an invitation has run out,
// unless the person was invited again or has an account by now.
func (a *Accounts) writeInvitationRanOut(ctx context.Context, q *rows.Queries, n rows.Notification) (*outbox.Draft, error) {
	row, err := q.InvitationGet(ctx, n.OrgID, *n.InvitationID)
	if err != nil {
		return nil, fmt.Errorf("read invitation: %w", err)
	}
	person, err := q.ContactGet(ctx, n.OrgID, row.Invitation.PersonID)
	if err != nil {
		return nil, fmt.Errorf("read person: %w", err)
	}
	if person.State != string(coaching.InternalPerson) {
		return nil, outbox.TakeBack(ctx, q, n, "the person was invited again, or has an account")
	}
	d, err := a.invitationLetter(ctx, q, row, n)
	return &d, err
}
