// Package outbox holds every mail that leaves. A mail is planned as a row, goes
// through the gate that decides who receives what, is written when its moment
// comes, and is sent under a key that makes a repeat harmless; the row keeps the
// copy as it was sent and what became of it.
package outbox

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/mail/compose"
	"coachflow/mail/deliver"
)

// Outbox sends mails, with all that it depends on.
type Outbox struct {
	DB    *db.DB
	Mail  deliver.Transport
	Pace  *Pace // the mail provider's limit
	Links *coaching.LinkKeys
	Log   *slog.Logger
	// BaseURL is where links in mails lead, without a slash at the end.
	BaseURL string
	// From is the sender of every mail; its domain makes Message-IDs.
	From compose.Recipient
	// InboundDomain is the domain whose mail comes back to us; empty for none.
	InboundDomain string
	// writers write the mails that stand alone, by their kind.
	writers map[coaching.NotificationKind]Writer
}

// Writer writes the letter of one planned mail, inside the transaction in which
// it is claimed. It answers nil where the mail is not true any more; it has taken
// it back then.
type Writer func(ctx context.Context, q *rows.Queries, n rows.Notification) (*Draft, error)

// Domain is the domain of the sender, of which Message-IDs are made.
func (o *Outbox) Domain() string {
	return o.From.Addr[strings.LastIndex(o.From.Addr, "@")+1:]
}

// CalendarDomain is the domain of what calendars are told: the UIDs of sessions and the
// addresses that organize them.
func (o *Outbox) CalendarDomain() string {
	if o.InboundDomain != "" {
		return o.InboundDomain
	}
	return o.Domain()
}

// Addressee names a person whom something is told, and when that was decided.
type Addressee struct {
	Org    uuid.UUID `json:"o"`
	Person uuid.UUID `json:"p"`
	At     time.Time `json:"t"`
}

// StepRequest is the step of the first mail about something. Reminders have steps
// of other names.
const StepRequest = "request"

// LinkLife is how long a link to a form or a file works after it was sent.
const LinkLife = 180 * 24 * time.Hour
