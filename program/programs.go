// Package program changes the program of an engagement: each command and each step
// of an item is one transaction over its rows, under the lock of the engagement.
// What may happen is decided by the rules in coaching; what goes out is planned and
// sent through the outbox; the workflow is told what changed and what comes next.
package program

import (
	"context"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// Programs changes programs, with all that it depends on.
type Programs struct {
	DB     *db.DB
	Outbox *outbox.Outbox
	// Own is where no item goes.
	Own coaching.OwnMail
	// CheckSlot refuses a start that a coach does not offer, in the transaction that books
	// it: booking.CheckSlot.
	CheckSlot SlotCheck
}

// SlotCheck asks whether a coach can be booked as somebody wants.
type SlotCheck func(ctx context.Context, q *rows.Queries, org, coach uuid.UUID, in coaching.SlotRequest) error

// CommandContext says upon what a command works, whose it is and when. At is the
// workflow's time, so that a controlled clock reaches the rows. Key is the same on
// every repeat of the command.
type CommandContext struct {
	Org        uuid.UUID  `json:"o"`
	Engagement uuid.UUID  `json:"e"`
	Item       uuid.UUID  `json:"i,omitzero"`
	Actor      *uuid.UUID `json:"a,omitempty"` // nil: the process itself
	At         time.Time  `json:"t"`
	Key        string     `json:"k,omitempty"`
}

// Change is what a command changed, for the workflow: only what differs, since every
// change becomes part of the history. A command that found nothing to change answers
// with the whole program: it may be a repeat, whose first answer never arrived.
type Change struct {
	// Revision is the program's after the command.
	Revision int `json:"r,omitempty"`
	// Items are the items with a new state or a new next step.
	Items []coaching.ItemState `json:"i,omitempty"`
	// Order lists the items of the program where the list itself changed.
	Order []uuid.UUID `json:"l,omitempty"`
	// Status is the engagement's, where it changed.
	Status string `json:"s,omitempty"`
	// Mails are those that leave by themselves because of it: mails to calendars.
	Mails []outbox.StandaloneMail `json:"m,omitempty"`
	// Started and PausedAt accompany a status.
	Started  time.Time `json:"st,omitzero"`
	PausedAt time.Time `json:"p,omitzero"`
}

// command is change for what a person asks for. Of two that come at the same moment, the
// second can find that the first has ended the engagement: it is refused, and told so.
func (s *Programs) command(ctx context.Context, c CommandContext, do func(context.Context, *locked) error) (Change, error) {
	return s.change(ctx, c, func(ctx context.Context, p *locked) error {
		if p.over() {
			return Over(p.engagement.Status)
		}
		return do(ctx, p)
	})
}

// Over refuses a command on an engagement that has ended, and says how.
func Over(status string) error {
	return coaching.Problemf(coaching.Conflict, "engagement_over", "The engagement is %s; nothing of it can be changed.", status)
}

// change runs one command on a program, in one transaction that holds its lock, and
// answers with what it changed.
func (s *Programs) change(ctx context.Context, c CommandContext, do func(context.Context, *locked) error) (Change, error) {
	var out Change
	err := s.DB.InOrg(ctx, c.Org, func(q *rows.Queries) error {
		p, err := s.open(ctx, q, c)
		if err != nil {
			return err
		}
		if err := do(ctx, p); err != nil {
			return err
		}
		out, err = p.save(ctx)
		return err
	})
	return out, err
}

// Load reads a program whole, for a workflow that begins or that is told to read it
// again, and notes that the workflow has read it. Next steps are worked out anew.
func (s *Programs) Load(ctx context.Context, c CommandContext) (Change, error) {
	return s.change(ctx, c, func(ctx context.Context, p *locked) error {
		return p.acknowledge(ctx)
	})
}
