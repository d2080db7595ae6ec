package inbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/mail/receive"
)

// mailSpace makes the ids of mails from their place in the mailbox, so that a
// mail that is taken out twice is stored once.
var mailSpace = uuid.MustParse("5c0f7f6e-8a3b-4d52-9f0e-1c6a35d2b7aa")

// Store stores a mail out of the mailbox: its bytes first, then a row for
// each system address that it is to, by which its workflow is started, or for the
// unread address of an organization. A mail to no address that we know is stored, too,
// and belongs to nobody. Storing the
// same mail again gives the same answer.
func (x *Inbox) Store(ctx context.Context, m receive.Arrived) ([]Inbound, error) {
	stored, err := x.storeMail(ctx, m)
	if db.Away(err) {
		err = errors.Join(ErrStoreAway, err)
	}
	return stored, err
}

// ErrStoreAway says that a mail could not be stored because the database or the
// blob store cannot be reached, and not because of the mail.
var ErrStoreAway = errors.New("the store cannot be reached")

func (x *Inbox) storeMail(ctx context.Context, m receive.Arrived) ([]Inbound, error) {
	id := uuid.NewSHA1(mailSpace, fmt.Appendf(nil, "%s\x00%d\x00%d", m.Mailbox, m.UIDValidity, m.UID))
	key := "mail/" + id.String()
	if err := x.storeRaw(ctx, key, m); err != nil {
		return nil, errors.Join(ErrStoreAway, fmt.Errorf("store raw mail: %w", err))
	}
	addresses, unrouted, err := x.route(ctx, m)
	if err != nil {
		return nil, err
	}
	intake := rows.MailboxMailInsertParams{ID: id, Mailbox: m.Mailbox, Uidvalidity: int64(m.UIDValidity), Uid: int64(m.UID),
		Size: m.Size, RawKey: key, ReceivedAt: m.ReceivedAt, Unrouted: unrouted}
	if len(addresses) == 0 {
		_, err := x.DB.Across().MailboxMailInsert(ctx, intake)
		x.Log.WarnContext(ctx, "mail to no address that is known", "mail", id, "reason", unrouted)
		return nil, db.IgnoreNoRow(err)
	}
	stored := make([]Inbound, 0, len(addresses))
	for _, address := range addresses {
		row := rows.InboundMailInsertParams{OrgID: address.OrgID, ID: uuid.NewSHA1(id, address.ID[:]), MailboxMailID: id,
			SystemAddressID: address.ID, RawKey: key, TooLarge: m.TooLarge, ReceivedAt: m.ReceivedAt}
		if address.ID == unread {
			row.ID = uuid.NewSHA1(id, address.OrgID[:])
		}
		if err := x.insertMail(ctx, intake, row); err != nil {
			return nil, err
		}
		stored = append(stored, Inbound{Org: row.OrgID, ID: row.ID})
	}
	return stored, nil
}

// storeRaw stores the bytes of a mail; those of a large one as they come.
func (x *Inbox) storeRaw(ctx context.Context, key string, m receive.Arrived) error {
	if m.Whole != nil {
		return x.Blobs.PutFrom(ctx, key, m.Whole)
	}
	return x.Blobs.Put(ctx, key, m.Raw)
}

func (x *Inbox) insertMail(ctx context.Context, intake rows.MailboxMailInsertParams, row rows.InboundMailInsertParams) error {
	err := x.DB.InOrg(ctx, row.OrgID, func(q *rows.Queries) error {
		if _, err := q.MailboxMailInsert(ctx, intake); db.IgnoreNoRow(err) != nil {
			return err
		}
		if row.SystemAddressID == unread {
			return q.ReplyMailInsert(ctx, rows.ReplyMailInsertParams{OrgID: row.OrgID, ID: row.ID, MailboxMailID: row.MailboxMailID,
				RawKey: row.RawKey, TooLarge: row.TooLarge, ReceivedAt: row.ReceivedAt})
		}
		return q.InboundMailInsert(ctx, row)
	})
	if err != nil {
		return fmt.Errorf("store mail: %w", err)
	}
	return nil
}

// unread stands for the unread address of an organization, in the place of the id of
// a system address.
var unread uuid.UUID

// route finds the system addresses that a mail is to, or the reason why there
// is none.
func (x *Inbox) route(ctx context.Context, m receive.Arrived) (to []rows.LookupSystemAddressRow, unrouted string, err error) {
	locals := receive.InboundRecipients(m.Raw, x.Domain)
	for _, local := range locals {
		row, err := x.DB.Across().LookupSystemAddress(ctx, local)
		if db.NoRow(err) {
			org, is, err := x.isUnread(ctx, local)
			if err != nil {
				return nil, "", err
			}
			if is {
				to = append(to, rows.LookupSystemAddressRow{OrgID: org, ID: unread})
			}
			continue
		}
		if err != nil {
			return nil, "", fmt.Errorf("look system address up: %w", err)
		}
		to = append(to, row)
	}
	switch {
	case len(to) > 0:
		return to, "", nil
	case len(locals) > 0:
		if to, err = x.ofKnownSender(ctx, m.Raw, locals); err != nil || len(to) > 0 {
			return to, "", err
		}
		return nil, "unknown_address", nil
	}
	return nil, "no_address", nil
}

// ofKnownSender finds where a mail belongs that is to an address which there is not, as one
// that somebody has mistyped: to the unread address of the organization whose person has sent
// it, where a server vouches for that. There an admin sees it, and the sender is told where to
// write. Of somebody in several organizations it belongs to the first. The answers of
// calendars are no such mail.
func (x *Inbox) ofKnownSender(ctx context.Context, raw []byte, locals []string) ([]rows.LookupSystemAddressRow, error) {
	forCalendar := func(local string) bool { return strings.HasPrefix(local, coaching.SessionAddress) }
	mail := x.judgeHeader(raw[:min(len(raw), receive.MaxHeaderSize)])
	if mail.from == "" || slices.ContainsFunc(locals, forCalendar) {
		return nil, nil
	}
	orgs, err := x.DB.Across().LookupOrganizations(ctx, mail.from)
	if err != nil {
		return nil, fmt.Errorf("look sender up: %w", err)
	}
	if len(orgs) == 0 {
		return nil, nil
	}
	return []rows.LookupSystemAddressRow{{OrgID: orgs[0], ID: unread}}, nil
}
