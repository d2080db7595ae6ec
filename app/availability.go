package app

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"coachflow/booking"
	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
)

// CoachAvailability is when a coach can be booked.
type CoachAvailability struct {
	CoachID  uuid.UUID `json:"coach_id"`
	Name     string    `json:"name"`
	TimeZone string    `json:"time_zone" doc:"The coach's, on whose clock the hours are."`
	Set      bool      `json:"set" doc:"Whether it was set. Until then nothing can be booked, and the rules are what a page begins with."`
	Version  int       `json:"version" doc:"1 until it is set."`
	coaching.Availability
}

func availability(coach uuid.UUID, c booking.Coach) CoachAvailability {
	return CoachAvailability{CoachID: coach, Name: c.Name, TimeZone: c.Zone.String(), Set: c.Own, Version: c.Version, Availability: c.Availability}
}

// ofCoach lets in the coach and the admins. Nobody else learns whether there is such a
// coach.
func ofCoach(p Principal, coach uuid.UUID) error {
	if p.Admin() || p.Coach() && p.Person == coach {
		return nil
	}
	return notFound("coach")
}

// GetAvailability reads when a coach can be booked.
func (a *App) GetAvailability(ctx context.Context, p Principal, coach uuid.UUID) (CoachAvailability, error) {
	c, err := a.coach(ctx, p, coach)
	return availability(coach, c), err
}

func (a *App) coach(ctx context.Context, p Principal, coach uuid.UUID) (c booking.Coach, err error) {
	c.Zone = time.UTC
	if err := ofCoach(p, coach); err != nil {
		return c, err
	}
	err = a.inOrg(ctx, p, func(q *rows.Queries) error {
		read, err := booking.ReadCoach(ctx, q, p.Org, coach, now())
		if err == nil {
			c = read
		}
		return err
	})
	return c, err
}

// SetAvailability replaces when a coach can be booked. Sessions that are booked stay.
func (a *App) SetAvailability(ctx context.Context, p Principal, coach uuid.UUID, version int, in coaching.Availability) (CoachAvailability, error) {
	if err := ofCoach(p, coach); err != nil {
		return CoachAvailability{}, err
	}
	if problem := in.Check("body", now()); problem != nil {
		return CoachAvailability{}, problem
	}
	rules, err := json.Marshal(in)
	if err != nil {
		return CoachAvailability{}, wrap(err, "write availability")
	}
	err = a.inOrg(ctx, p, func(q *rows.Queries) error {
		if _, err := booking.ReadCoach(ctx, q, p.Org, coach, now()); err != nil {
			return err
		}
		_, err := q.AvailabilitySet(ctx, rows.AvailabilitySetParams{OrgID: p.Org, CoachID: coach, Rules: rules, ChangedAt: now(), Version: int32(version)})
		if db.NoRow(err) {
			return stale("availability")
		}
		return wrap(err, "set availability")
	})
	if err != nil {
		return CoachAvailability{}, err
	}
	return a.GetAvailability(ctx, p, coach)
}

// Slot is a time that can be booked.
type Slot struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// ListSlots lists the times that can be booked with a coach, on the dates of the coach's
// clock from first to last; empty: all that can be booked.
func (a *App) ListSlots(ctx context.Context, p Principal, coach uuid.UUID, first, last coaching.Date) ([]Slot, error) {
	for path, date := range map[string]coaching.Date{"from": first, "to": last} {
		if problem := date.Check(path); problem != nil && date != "" {
			return nil, problem
		}
	}
	c, err := a.coach(ctx, p, coach)
	if err != nil {
		return nil, err
	}
	slots := []Slot{}
	for _, at := range c.Slots(now(), first, last) {
		slots = append(slots, Slot{at, at.Add(time.Duration(c.Availability.Duration) * time.Minute)})
	}
	return slots, nil
}
