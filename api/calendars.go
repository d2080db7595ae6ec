package api

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"coachflow/app"
)

// OneBusyCalendar names a busy calendar of a coach.
type OneBusyCalendar struct {
	ByID
	Calendar uuid.UUID `path:"calendar_id"`
}

// NewBusyCalendar adds a busy calendar to a coach.
type NewBusyCalendar struct {
	ByID
	Body app.BusyCalendarInput
}

// calendarRoutes are the other calendars of coaches.
func (s *server) calendarRoutes() {
	a := s.App
	const list, one = "/people/{id}/busy-calendars", "/people/{id}/busy-calendars/{calendar_id}"
	route(s, http.MethodGet, list, "listBusyCalendars", "Availability", "List the busy calendars of a coach",
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.Page[app.BusyCalendar]], error) {
			return all(a.ListBusyCalendars(ctx, p, in.ID))
		}, says("Other calendars of the coach, for the coach and the admins. What is in them keeps times from being offered; only when something is there is known, and nothing else of it."))
	route(s, http.MethodPost, list, "addBusyCalendar", "Availability", "Add a busy calendar to a coach",
		func(ctx context.Context, p app.Principal, in *NewBusyCalendar) (*Plain[app.BusyCalendar], error) {
			return plain(a.AddBusyCalendar(ctx, p, in.ID, in.Body))
		}, creates, says("It is fetched at once, and every 15 minutes from then on. A coach has five at most. Until it was read the first time, times are offered without it."))
	route(s, http.MethodGet, one, "getBusyCalendar", "Availability", "Read how a busy calendar stands",
		func(ctx context.Context, p app.Principal, in *OneBusyCalendar) (*Plain[app.BusyCalendar], error) {
			return plain(a.GetBusyCalendar(ctx, p, in.ID, in.Calendar))
		})
	route(s, http.MethodPost, one+"/fetch", "fetchBusyCalendar", "Availability", "Fetch a busy calendar now",
		func(ctx context.Context, p app.Principal, in *OneBusyCalendar) (*Plain[app.BusyCalendar], error) {
			return plain(a.FetchBusyCalendar(ctx, p, in.ID, in.Calendar))
		}, says("Refused within ten minutes after it was fetched. Read it again to see what became of it."))
	route(s, http.MethodDelete, one, "removeBusyCalendar", "Availability", "Remove a busy calendar",
		func(ctx context.Context, p app.Principal, in *OneBusyCalendar) (*None, error) {
			return nil, a.RemoveBusyCalendar(ctx, p, in.ID, in.Calendar)
		}, says("All that was read of it is forgotten."))
}
