package activities

import (
	"context"

	"coachflow/booking"
)

// FetchCalendar fetches a busy calendar of a coach.
func (a *Activities) FetchCalendar(ctx context.Context, in booking.CalendarDue) (booking.CalendarFetched, error) {
	return run(ctx, a.booking.FetchCalendar, in)
}
