package outbox

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"coachflow/db/rows"
	"coachflow/mail/compose"
)

// A reply to a letter reaches somebody. Its Reply-To is the first of these:
//
//   - the system address by which the reader writes to the other side, where the
//     letter belongs to the conversation of a coach and a client: its writer sets it;
//   - the reply address of the organization, which an admin sets;
//   - the unread address of the organization: it is one of the inbound domain, nobody
//     reads it, and it answers once with what to do (package inbox).

// unreadPrefix begins the local part of every unread address. The id of the
// organization follows.
const unreadPrefix = "reply-"

// UnreadAddress is the address of an organization that nobody reads; empty where there
// is no inbound domain.
func (o *Outbox) UnreadAddress(org uuid.UUID) string {
	if o.InboundDomain == "" {
		return ""
	}
	return unreadPrefix + hex.EncodeToString(org[:]) + "@" + o.InboundDomain
}

// OrgOfUnread finds the organization whose unread address has a local part.
func OrgOfUnread(local string) (uuid.UUID, bool) {
	id, is := strings.CutPrefix(local, unreadPrefix)
	org, err := hex.DecodeString(id)
	if !is || err != nil || len(org) != len(uuid.UUID{}) {
		return uuid.UUID{}, false
	}
	return uuid.UUID(org), true
}

// ReplyTo is where replies to letters of an organization go that belong to no
// conversation. set is the organization's reply address, empty for none.
func (o *Outbox) ReplyTo(org uuid.UUID, name, set string) compose.Recipient {
	if set == "" {
		set = o.UnreadAddress(org)
	}
	if set == "" {
		return compose.Recipient{}
	}
	return compose.Recipient{Name: name, Addr: set}
}

// fillReplyTo gives a letter that is being written its Reply-To, where its writer set
// none. One that is tried again keeps what it had.
func (o *Outbox) fillReplyTo(ctx context.Context, q *rows.Queries, d *Draft) error {
	again := d.Row.State == "sending"
	if d.ReplyTo.Addr != "" || again && d.Row.ReplyTo == "" {
		return nil
	}
	organization, err := q.ReplyAddressGet(ctx, d.Row.OrgID)
	if err != nil {
		return fmt.Errorf("read reply address: %w", err)
	}
	d.ReplyTo = o.ReplyTo(d.Row.OrgID, organization.Name, organization.ReplyAddress)
	return nil
}
