// Package booking holds when coaches can be booked: their hours, their sessions, and what
// their other calendars say.
package booking

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
)

// Coach is when somebody can be booked.
type Coach struct {
	Name string
	Zone *time.Location
	// Own reports whether they have set it. What is not set offers nothing, and Availability
	// is then what a page begins with.
	Own          bool
	Version      int
	Availability coaching.Availability
	// Booked are the appointments that they have.
	Booked []Appointment
	// Calendars are their other calendars, and Busy when these have something.
	Calendars []Calendar
	Busy      []coaching.Interval
}

// Appointment is a time of a coach that is taken.
type Appointment struct {
	coaching.Interval
	Session uuid.UUID // whose time it is; zero: another appointment's
}

// bookedSince is how long ago an appointment can have ended that is read. Those of a date
// that is not over yet count for the most per day.
const bookedSince = 24 * time.Hour

// ReadCoach reads when a coach can be booked. Somebody who is none is no coach.
func ReadCoach(ctx context.Context, q *rows.Queries, org, coach uuid.UUID, now time.Time) (Coach, error) {
	row, err := q.AvailabilityGet(ctx, org, coach)
	if db.NoRow(err) || err == nil && !slices.Contains(row.Roles, string(coaching.CoachRole)) {
		return Coach{}, coaching.Problemf(coaching.NotFound, "coach_not_found", "There is no such coach.")
	}
	if err != nil {
		return Coach{}, fmt.Errorf("read availability: %w", err)
	}
	out := Coach{Name: row.Name, Zone: coaching.ZoneOrUTC(row.TimeZone), Own: row.Rules != nil, Version: int(row.Version), Availability: coaching.DefaultAvailability()}
	if out.Own {
		out.Availability = coaching.Availability{}
		if err := json.Unmarshal(row.Rules, &out.Availability); err != nil {
			return Coach{}, fmt.Errorf("read availability: %w", err)
		}
	}
	if out.Booked, err = out.booked(ctx, q, org, coach, now); err != nil {
		return out, err
	}
	out.Calendars, out.Busy, err = readCalendars(ctx, q, org, coach, out.Zone, now)
	return out, err
}

// booked reads the appointments of a coach. Until the end of one counts what was to be kept
// free after it when it was booked, beyond what is kept free today.
func (c Coach) booked(ctx context.Context, q *rows.Queries, org, coach uuid.UUID, now time.Time) ([]Appointment, error) {
	list, err := q.BookingsOfCoach(ctx, rows.BookingsOfCoachParams{OrgID: org, CoachID: coach, Since: now.Add(-bookedSince)})
	if err != nil {
		return nil, fmt.Errorf("read what is booked of coach: %w", err)
	}
	padding := time.Duration(c.Availability.Padding) * time.Minute
	out := make([]Appointment, len(list))
	for i, b := range list {
		to := b.EndsAt
		if blocked := b.BlockedUntil.Add(-padding); blocked.After(to) {
			to = blocked
		}
		out[i] = Appointment{Interval: coaching.Interval{From: b.StartsAt, To: to}, Session: db.Deref(b.SessionID)}
	}
	return out, nil
}

// Slots are the starts of sessions that can be booked with a coach, on the dates of their
// clock from first to last; empty: all until the horizon.
func (c Coach) Slots(now time.Time, first, last coaching.Date) []time.Time {
	if !c.Own {
		return nil
	}
	in := c.taken(now)
	in.First, in.Last = first, last
	return c.Availability.Slots(in)
}

// taken is what free slots depend on, beside the availability.
func (c Coach) taken(now time.Time) coaching.SlotsInput {
	in := coaching.SlotsInput{Zone: c.Zone, Now: now, Busy: c.Busy}
	for _, a := range c.Booked {
		in.Booked = append(in.Booked, a.Interval)
	}
	return in
}

// For is the coach for sessions of so many minutes. The time of the session that is to be
// moved, if one is, does not stand in its own way: also not where the coach has it in
// another calendar, too.
func (c Coach) For(minutes int, moves uuid.UUID) Coach {
	c.Availability.Duration = minutes
	for _, a := range c.Booked {
		if moves != uuid.Nil && a.Session == moves {
			c.Busy = coaching.CutInterval(c.Busy, a.Interval)
		}
	}
	c.Booked = slices.DeleteFunc(slices.Clone(c.Booked), func(a Appointment) bool { return moves != uuid.Nil && a.Session == moves })
	return c
}

// Check refuses a start that the coach does not offer.
func (c Coach) Check(in coaching.SlotRequest) *coaching.Problem {
	if !c.Own {
		return coaching.Problemf(coaching.Conflict, "slot_not_offered", "No times are offered that can be booked. Ask the coach for one.")
	}
	c = c.For(in.Minutes, in.Moves)
	return c.Availability.CheckSlot(in.Start, c.taken(in.Now))
}

// CheckSlot is Check in the transaction that books: nobody else books with the coach, and
// nobody changes what is offered, before it ends.
func CheckSlot(ctx context.Context, q *rows.Queries, org, coach uuid.UUID, in coaching.SlotRequest) error {
	if _, err := q.AvailabilityLock(ctx, org, coach); db.IgnoreNoRow(err) != nil {
		return fmt.Errorf("lock availability: %w", err)
	}
	c, err := ReadCoach(ctx, q, org, coach, in.Now)
	if err != nil {
		return err
	}
	if problem := c.Check(in); problem != nil {
		return problem
	}
	return nil
}
