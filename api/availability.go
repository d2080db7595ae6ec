package api

import (
	"context"
	"net/http"

	"coachflow/app"
	"coachflow/coaching"
)

// ListSlotsInput asks for the times that can be booked with a coach.
type ListSlotsInput struct {
	ByID
	From coaching.Date `query:"from" maxLength:"10" doc:"The first date of the coach's clock, like 2027-03-30; today where it is left out."`
	To   coaching.Date `query:"to" maxLength:"10" doc:"The last date; all until the horizon where it is left out."`
}

// availabilityRoutes are when coaches can be booked.
func (s *server) availabilityRoutes() {
	a := s.App
	route(s, http.MethodGet, "/people/{id}/availability", "getAvailability", "Availability", "Read when a coach can be booked",
		func(ctx context.Context, p app.Principal, in *ByID) (*Tagged[app.CoachAvailability], error) {
			out, err := a.GetAvailability(ctx, p, in.ID)
			return tagged(out, out.Version, err)
		}, says("For the coach and the admins. Until it is set nothing can be booked."))
	route(s, http.MethodPut, "/people/{id}/availability", "setAvailability", "Availability", "Replace when a coach can be booked",
		func(ctx context.Context, p app.Principal, in *Change[coaching.Availability]) (*Tagged[app.CoachAvailability], error) {
			version, err := ifMatch(in.IfMatch)
			if err != nil {
				return nil, err
			}
			out, err := a.SetAvailability(ctx, p, in.ID, version, in.Body)
			return tagged(out, out.Version, err)
		}, says("Hours are on the coach's clock; an exception stands in for the hours of its date, and without hours closes it. What is booked stays."))
	route(s, http.MethodGet, "/people/{id}/slots", "listSlots", "Availability", "List the times that can be booked with a coach",
		func(ctx context.Context, p app.Principal, in *ListSlotsInput) (*Plain[app.Page[app.Slot]], error) {
			return all(a.ListSlots(ctx, p, in.ID, in.From, in.To))
		})
}
