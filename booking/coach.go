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
	// Booked are the sessions that are scheduled with them.
	Booked []coaching.Interval
	// Calendars are their other calendars, and Busy when these have something.
	Calendars []Calendar
	Busy      []coaching.Interval
}

// longestSession is how long ago a session can have begun that still goes on.
const longestSession = 24 * time.Hour

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
	if out.Booked, err = booked(ctx, q, org, coach, now); err != nil {
		return out, err
	}
	out.Calendars, out.Busy, err = readCalendars(ctx, q, org, coach, out.Zone, now)
	return out, err
}

func booked(ctx context.Context, q *rows.Queries, org, coach uuid.UUID, now time.Time) ([]coaching.Interval, error) {
	list, err := q.SessionsOfCoach(ctx, rows.SessionsOfCoachParams{OrgID: org, CoachID: &coach, Since: now.Add(-longestSession)})
	if err != nil {
		return nil, fmt.Errorf("read sessions of coach: %w", err)
	}
	var out []coaching.Interval
	for _, s := range list {
		out = append(out, coaching.Interval{From: s.StartsAt, To: s.StartsAt.Add(time.Duration(s.Minutes) * time.Minute)})
	}
	return out, nil
}

// Slots are the starts of sessions that can be booked with a coach, on the dates of their
// clock from first to last; empty: all until the horizon.
func (c Coach) Slots(now time.Time, first, last coaching.Date) []time.Time {
	if !c.Own {
		return nil
	}
	return c.Availability.Slots(coaching.SlotsInput{Zone: c.Zone, Now: now, Busy: c.Busy, Booked: c.Booked, First: first, Last: last})
}
