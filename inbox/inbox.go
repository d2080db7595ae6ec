// Package inbox turns mails to system addresses into the coaching record: it
// stores what arrives, judges it, posts it as a message or shares it as a file,
// sends it on to the other side, or puts it aside with its reason.
package inbox

import (
	"context"
	"io"
	"log/slog"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/outbox"
)

// Blobs keeps raw mails and files.
type Blobs interface {
	Put(ctx context.Context, key string, data []byte) error
	Get(ctx context.Context, key string) ([]byte, error)
	// PutFrom and Open are the same for what is not to be in memory whole.
	PutFrom(ctx context.Context, key string, data io.Reader) error
	Open(ctx context.Context, key string) (data io.ReadCloser, size int64, err error)
}

// Inbox reads mails, with all that it depends on.
type Inbox struct {
	DB     *db.DB
	Outbox *outbox.Outbox
	Blobs  Blobs
	Log    *slog.Logger
	// Domain is the domain of the system addresses.
	Domain string
	// AuthservID names the server whose Authentication-Results are believed.
	AuthservID string
	// Sessions takes the mails to the addresses of sessions.
	Sessions Sessions
}

// Writers write the mails of this package that stand alone.
func (x *Inbox) Writers() map[coaching.NotificationKind]outbox.Writer {
	return map[coaching.NotificationKind]outbox.Writer{
		outbox.ContactsForCoach: x.writeContacts,
		outbox.AddressForClient: x.writeContacts,
		outbox.MachinesStopped:  x.writeMachinesStopped,
		outbox.StreamMessage:    x.writeOnward,
		outbox.FileShared:       x.writeOnward,
	}
}
