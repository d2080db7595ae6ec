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
// each system address and each address of a session that it is to, by which its workflow is
// started, or for the unread address of an organization. A mail to no address that we know is stored, too,
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
	to, unrouted, err := x.route(ctx, m)
	if err != nil {
		return nil, err
	}
	intake := rows.MailboxMailInsertParams{ID: id, Mailbox: m.Mailbox, Uidvalidity: int64(m.UIDValidity), Uid: int64(m.UID),
		Size: m.Size, RawKey: key, ReceivedAt: m.ReceivedAt, Unrouted: unrouted}
	if len(to) == 0 {
		_, err := x.DB.Across().MailboxMailInsert(ctx, intake)
		x.Log.WarnContext(ctx, "mail to no address that is known", "mail", id, "reason", unrouted)
		return nil, db.IgnoreNoRow(err)
	}
	stored := make([]Inbound, 0, len(to))
	for _, d := range to {
		of := d.of
		if d.kind == toUnread {
			of = d.org
		}
		in := Inbound{Org: d.org, ID: uuid.NewSHA1(id, of[:])}
		if err := x.insertMail(ctx, intake, m.TooLarge, in, d); err != nil {
			return nil, err
		}
		stored = append(stored, in)
	}
	return stored, nil
}

// destination is where in the system a mail belongs.
type destination struct {
	kind destinationKind
	org  uuid.UUID
	of   uuid.UUID // the system address, or the session
}

type destinationKind int

const (
	toStream  destinationKind = iota // by a system address
	toUnread                         // the unread address of an organization
	toSession                        // the address of a session
)

// storeRaw stores the bytes of a mail; those of a large one as they come.
func (x *Inbox) storeRaw(ctx context.Context, key string, m receive.Arrived) error {
	if m.Whole != nil {
		return x.Blobs.PutFrom(ctx, key, m.Whole)
	}
	return x.Blobs.Put(ctx, key, m.Raw)
}

func (x *Inbox) insertMail(ctx context.Context, intake rows.MailboxMailInsertParams, tooLarge bool, in Inbound, to destination) error {
	err := x.DB.InOrg(ctx, in.Org, func(q *rows.Queries) error {
		if _, err := q.MailboxMailInsert(ctx, intake); db.IgnoreNoRow(err) != nil {
			return err
		}
		switch to.kind {
		case toUnread:
			return q.ReplyMailInsert(ctx, rows.ReplyMailInsertParams{OrgID: in.Org, ID: in.ID, MailboxMailID: intake.ID,
				RawKey: intake.RawKey, TooLarge: tooLarge, ReceivedAt: intake.ReceivedAt})
		case toSession:
			return q.SessionMailInsert(ctx, rows.SessionMailInsertParams{OrgID: in.Org, ID: in.ID, MailboxMailID: intake.ID, SessionID: to.of,
				RawKey: intake.RawKey, TooLarge: tooLarge, ReceivedAt: intake.ReceivedAt})
		}
		return q.InboundMailInsert(ctx, rows.InboundMailInsertParams{OrgID: in.Org, ID: in.ID, MailboxMailID: intake.ID, SystemAddressID: to.of,
			RawKey: intake.RawKey, TooLarge: tooLarge, ReceivedAt: intake.ReceivedAt})
	})
	if err != nil {
		return fmt.Errorf("store mail: %w", err)
	}
	return nil
}

// route finds where a mail belongs by the addresses that it is to, or the reason why it
// belongs nowhere.
func (x *Inbox) route(ctx context.Context, m receive.Arrived) (to []destination, unrouted string, err error) {
	locals := receive.InboundRecipients(m.Raw, x.Domain)
	for _, local := range locals {
		d, is, err := x.destination(ctx, local)
		if err != nil {
			return nil, "", err
		}
		if is {
			to = append(to, d)
		}
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

// destination finds where a mail to one address belongs.
func (x *Inbox) destination(ctx context.Context, local string) (destination, bool, error) {
	if strings.HasPrefix(local, coaching.SessionAddress) {
		row, err := x.DB.Across().LookupSessionAddress(ctx, local)
		return destination{toSession, row.OrgID, row.ID}, err == nil, lookedUp(err, "session")
	}
	row, err := x.DB.Across().LookupSystemAddress(ctx, local)
	if !db.NoRow(err) {
		return destination{toStream, row.OrgID, row.ID}, err == nil, lookedUp(err, "system")
	}
	org, is, err := x.isUnread(ctx, local)
	return destination{kind: toUnread, org: org}, is, err
}

// lookedUp is the error of a look-up, to which nothing found is none.
func lookedUp(err error, what string) error {
	if db.IgnoreNoRow(err) == nil {
		return nil
	}
	return fmt.Errorf("look %s address up: %w", what, err)
}

// ofKnownSender finds where a mail belongs that is to an address which there is not, as one
// that somebody has mistyped: to the unread address of the organization whose person has sent
// it, where a server vouches for that. There an admin sees it, and the sender is told where to
// write. Of somebody in several organizations it belongs to the first. The answers of
// calendars are no such mail.
func (x *Inbox) ofKnownSender(ctx context.Context, raw []byte, locals []string) ([]destination, error) {
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
	return []destination{{kind: toUnread, org: orgs[0]}}, nil
}
