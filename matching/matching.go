// Package matching holds the transactions of a search for a coach: each act and each date
// is one transaction under the lock of the engagement. The rules are coaching.Matching.
package matching

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// Matchings changes matchings, with all that hangs on them.
type Matchings struct {
	DB     *db.DB
	Outbox *outbox.Outbox
	// CheckSlot refuses a start that a coach does not offer, in the transaction that takes it.
	CheckSlot func(ctx context.Context, q *rows.Queries, org, coach uuid.UUID, in coaching.SlotRequest) error
	// Begin gives an engagement the coach who was found, within the transaction: its program
	// is laid out, and starts where that is set. It is given by who wires the packages.
	Begin func(ctx context.Context, q *rows.Queries, found coaching.FoundCoach) error
}

// Ref names a matching at a moment.
type Ref struct {
	Org      uuid.UUID `json:"o"`
	Matching uuid.UUID `json:"m"`
	At       time.Time `json:"t"`
}

// Act names a stored act of a matching.
type Act struct {
	Ref
	Act   uuid.UUID  `json:"d"`
	Actor *uuid.UUID `json:"a,omitempty"`
}

// State is how a matching stands: what its workflow keeps of it. Nothing in it is personal.
type State struct {
	Status   coaching.MatchingStatus `json:"s"`
	Revision int                     `json:"v"`
	// NextAt is when something is to be done next; zero: somebody must act first.
	NextAt time.Time `json:"n,omitzero"`
	// Open are the interviews and the selection that wait, in words for people who run the
	// system.
	Waits []string `json:"w,omitempty"`
	// Mails are to leave now.
	Mails []outbox.StandaloneMail `json:"l,omitempty"`
	// Starts is the engagement whose program begins; zero: none.
	Starts uuid.UUID `json:"e,omitzero"`
}

// Read reads how a matching stands, and notes that its workflow has read it.
func (s *Matchings) Read(ctx context.Context, in Ref) (State, error) {
	return s.change(ctx, in, nil, func(o *open) error {
		if err := o.MatchingRead(ctx, rows.MatchingReadParams{OrgID: in.Org, ID: in.Matching, ReadAt: &in.At}); err != nil {
			return fmt.Errorf("note that the matching was read: %w", err)
		}
		o.refresh()
		return nil
	})
}

// TakeStep does what the time has brought about, and names the mails that are to leave.
func (s *Matchings) TakeStep(ctx context.Context, in Ref) (State, error) {
	return s.change(ctx, in, nil, func(o *open) error {
		o.refresh()
		return nil
	})
}

// Apply carries a stored act out. One that was carried out before changes nothing.
func (s *Matchings) Apply(ctx context.Context, in Act) (State, error) {
	return s.change(ctx, in.Ref, in.Actor, func(o *open) error { return o.applyStored(ctx, in.Act) })
}

// change opens a matching, lets do change it, and stores what follows.
func (s *Matchings) change(ctx context.Context, in Ref, actor *uuid.UUID, do func(*open) error) (State, error) {
	var out State
	err := s.DB.InOrg(ctx, in.Org, func(q *rows.Queries) error {
		o, err := s.open(ctx, q, in, actor)
		if err != nil {
			return err
		}
		if !o.m.Status.Over() {
			if err := do(o); err != nil {
				return err
			}
		} else if err := q.MatchingRead(ctx, rows.MatchingReadParams{OrgID: in.Org, ID: in.Matching, ReadAt: &in.At}); err != nil {
			return fmt.Errorf("note that the end of the matching was read: %w", err)
		}
		out, err = o.save(ctx)
		return err
	})
	return out, err
}
