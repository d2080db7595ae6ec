// Package accounts holds what leads to an account and changes it: invitations,
// passwords, and what was held for somebody who has one now.
package accounts

import (
	"context"
	"fmt"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// Accounts changes accounts, with all that it depends on.
type Accounts struct {
	DB     *db.DB
	Outbox *outbox.Outbox
}

// Writers write the mails of this package that stand alone.
func (a *Accounts) Writers() map[coaching.NotificationKind]outbox.Writer {
	return map[coaching.NotificationKind]outbox.Writer{
		outbox.PasswordReset:    a.writePasswordReset,
		outbox.PasswordChanged:  a.writePasswordChanged,
		outbox.InvitationRanOut: a.writeInvitationRanOut,
	}
}

// Close closes the account of a person, who is internal again: nobody is logged in to
// it any more, and nothing opens it. An account that comes again begins anew: also the
// API keys of the old one are gone, and the address of its calendar.
func Close(ctx context.Context, q *rows.Queries, who outbox.Addressee) error {
	if err := q.SessionDeleteOfPerson(ctx, who.Org, who.Person); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	if err := q.PersonClearPassword(ctx, who.Org, who.Person); err != nil {
		return fmt.Errorf("clear password: %w", err)
	}
	if err := q.APIKeyRevokeOfPerson(ctx, rows.APIKeyRevokeOfPersonParams{OrgID: who.Org, PersonID: who.Person, RevokedAt: &who.At}); err != nil {
		return fmt.Errorf("revoke API keys: %w", err)
	}
	if err := q.CalendarFeedDelete(ctx, who.Org, who.Person); err != nil {
		return fmt.Errorf("remove calendar feed: %w", err)
	}
	return EndPasswordLinks(ctx, q, who)
}
