// Package activities holds the deeds of the workflows: each changes rows, sends
// a letter or reads a mail, is safe to repeat, and answers with facts. What is
// decided is decided by the rules in coaching; who is told is told by the
// workflows.
package activities

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/temporal"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/mail/compose"
	"coachflow/mail/deliver"
)

// Blobs keeps raw mails and files.
type Blobs interface {
	Put(ctx context.Context, key string, data []byte) error
	Get(ctx context.Context, key string) ([]byte, error)
}

// Activities are the deeds with all that they depend on.
type Activities struct {
	DB    *db.DB
	Mail  deliver.Transport
	Pace  *Pace // the provider's limit
	Blobs Blobs
	Links *coaching.LinkKeys
	Log   *slog.Logger
	// BaseURL is where links in mails lead, without a slash at the end.
	BaseURL string
	// From is the sender of every mail; its domain makes Message-IDs.
	From compose.Recipient
	// InboundDomain is the domain of the system addresses.
	InboundDomain string
	// AuthservID names the server whose Authentication-Results are believed.
	AuthservID string
	// LateAfter is how late a planned send may be before it is an alarm.
	LateAfter time.Duration
	// Late is told how many sends are late, for the metrics.
	Late func(count int64)
}

// Act says whose deed it is, upon what and when. At is the workflow's time, so
// that a controlled clock reaches the rows. Key is the same on every repeat.
type Act struct {
	Org        uuid.UUID  `json:"o"`
	Engagement uuid.UUID  `json:"e"`
	Item       uuid.UUID  `json:"i,omitzero"`
	Actor      *uuid.UUID `json:"a,omitempty"` // nil: the process itself
	At         time.Time  `json:"t"`
	Key        string     `json:"k,omitempty"`
	// Told marks an act that reached its workflow as an Update: should the
	// answer be lost on its way there, the rows say so, and the sweep sees it.
	Told bool `json:"u,omitempty"`
	// Heard is, for a deed of the process itself, the revision of the last such
	// act whose answer has arrived.
	Heard int `json:"h,omitempty"`
}

// Change is what a deed changed, for the workflow that asked: only what
// differs, since every change becomes part of the history.
type Change struct {
	// Revision is the program's after the deed.
	Revision int `json:"r,omitempty"`
	// Uncounted marks a deed that changed nothing of the program, whose revision
	// is then another deed's.
	Uncounted bool `json:"u,omitempty"`
	// Items are the items with a new state.
	Items []coaching.ItemState `json:"i,omitempty"`
	// Order lists the items of the program where the list itself changed.
	Order []uuid.UUID `json:"l,omitempty"`
	// Status is the engagement's, where it changed.
	Status string `json:"s,omitempty"`
	// Started and PausedAt accompany a status.
	Started  time.Time `json:"st,omitzero"`
	PausedAt time.Time `json:"p,omitzero"`
}

// refuse turns a Problem into an error that no retry can mend, with its code
// as the type, and leaves other errors for the retries.
func refuse(err error) error {
	if problem, is := coaching.AsProblem(err); is {
		return temporal.NewNonRetryableApplicationError(problem.Message, problem.Code, nil, string(problem.Class))
	}
	return err
}

// deref is what an optional value points to; the zero value for none.
func deref[T any](v *T) T {
	if v == nil {
		var none T
		return none
	}
	return *v
}

// optional is the stored form of a time that may be zero.
func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
