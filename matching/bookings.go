package matching

import (
	"context"
	"fmt"
	"time"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
)

// saveBookings keeps the times of the interviews that have one, so that nobody else gets
// them: also those that wait for an approval. All are given up before others are taken, so
// that two can change places.
func (o *open) saveBookings(ctx context.Context) error {
	for k := range o.m.Interviews {
		i := &o.m.Interviews[k]
		if o.moved(i) {
			if err := o.BookingFreeInterview(ctx, o.ref.Org, &i.ID); err != nil {
				return fmt.Errorf("free the time of an interview: %w", err)
			}
		}
	}
	for k := range o.m.Interviews {
		i := &o.m.Interviews[k]
		if !i.State.KeepsSlot() || !o.moved(i) {
			continue
		}
		padding, err := o.BookingPadding(ctx, o.ref.Org, i.Coach)
		if err != nil {
			return fmt.Errorf("read what a coach keeps free: %w", err)
		}
		take := rows.BookingTakeInterviewParams{OrgID: o.ref.Org, ID: db.NewID(), CoachID: i.Coach, StartsAt: i.Start, EndsAt: i.End(),
			BlockedUntil: i.End().Add(time.Duration(padding) * time.Minute), InterviewID: &i.ID}
		if err := o.BookingTakeInterview(ctx, take); db.Taken(err) {
			return coaching.Problemf(coaching.Conflict, "slot_taken", "Somebody else has just taken this time. Choose another one.")
		} else if err != nil {
			return fmt.Errorf("take the time of an interview: %w", err)
		}
	}
	return nil
}

// moved reports whether the time that an interview keeps is another one than before.
func (o *open) moved(i *coaching.Interview) bool {
	old := o.before.Interview(i.ID)
	if old == nil || !old.State.KeepsSlot() || !i.State.KeepsSlot() {
		return old != nil && old.State.KeepsSlot() || i.State.KeepsSlot()
	}
	return !old.Start.Equal(i.Start)
}
