// Package accounts holds what leads to an account and changes it: invitations,
// passwords, and what was held for somebody who has one now.
package accounts

import (
	"coachflow/coaching"
	"coachflow/db"
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
