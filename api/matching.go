package api

import (
	"context"
	"net/http"

	"coachflow/app"
	"coachflow/coaching"
)

// StartMatchingInput says how matching starts for an engagement.
type StartMatchingInput struct {
	ByID
	Body app.MatchingStart
}

// ActInMatchingInput is an act in a matching.
type ActInMatchingInput struct {
	ByID
	Body app.MatchingActInput
}

// matchingRoutes are what admins do to find coaches for coachees: pools, profiles, and the
// search itself.
func (s *server) matchingRoutes() {
	a := s.App
	route(s, http.MethodGet, "/pools", "listPools", "Matching", "List the pools of coaches",
		func(ctx context.Context, p app.Principal, in *Paged) (*Plain[app.Page[app.PoolLine]], error) {
			return plain(a.ListPools(ctx, p, in.paging()))
		})
	route(s, http.MethodPost, "/pools", "createPool", "Matching", "Make a pool of coaches",
		func(ctx context.Context, p app.Principal, in *With[app.PoolInput]) (*Created[app.Pool], error) {
			out, err := a.CreatePool(ctx, p, in.Body)
			return created("/pools", out.ID, out.Version, out, err)
		}, creates, says("Settings that are left out are the organization's; those of a matching can differ once more."))
	route(s, http.MethodGet, "/pools/{id}", "getPool", "Matching", "Read a pool",
		func(ctx context.Context, p app.Principal, in *ByID) (*Tagged[app.Pool], error) {
			out, err := a.GetPool(ctx, p, in.ID)
			return tagged(out, out.Version, err)
		})
	route(s, http.MethodPut, "/pools/{id}", "updatePool", "Matching", "Replace name, coaches and settings of a pool",
		func(ctx context.Context, p app.Principal, in *Change[app.PoolInput]) (*Tagged[app.Pool], error) {
			version, err := ifMatch(in.IfMatch)
			if err != nil {
				return nil, err
			}
			out, err := a.UpdatePool(ctx, p, in.ID, version, in.Body)
			return tagged(out, out.Version, err)
		}, says("Matchings that run keep the coaches and settings that they started with."))
	route(s, http.MethodDelete, "/pools/{id}", "archivePool", "Matching", "Take a pool out of the lists",
		func(ctx context.Context, p app.Principal, in *ByID) (*None, error) {
			return nil, a.ArchivePool(ctx, p, in.ID)
		}, says("Matchings that run go on."))
	route(s, http.MethodGet, "/people/{id}/coach-profile", "getCoachProfile", "Matching", "Read the profile of a coach",
		func(ctx context.Context, p app.Principal, in *ByID) (*Tagged[app.Profile], error) {
			out, err := a.GetCoachProfile(ctx, p, in.ID)
			return tagged(out, out.Version, err)
		})
	route(s, http.MethodPut, "/people/{id}/coach-profile", "setCoachProfile", "Matching", "Replace the profile of a coach",
		func(ctx context.Context, p app.Principal, in *Change[coaching.CoachProfile]) (*Tagged[app.Profile], error) {
			version, err := ifMatch(in.IfMatch)
			if err != nil {
				return nil, err
			}
			out, err := a.SetCoachProfile(ctx, p, in.ID, version, in.Body)
			return tagged(out, out.Version, err)
		}, says("Coachees read it while they choose a coach."))
	s.searchRoutes()
}

// searchRoutes are the attempts to find a coach for an engagement.
func (s *server) searchRoutes() {
	a := s.App
	route(s, http.MethodPost, "/engagements/{id}/matchings", "startMatching", "Matching", "Begin to look for a coach for a draft",
		func(ctx context.Context, p app.Principal, in *StartMatchingInput) (*Created[app.Matching], error) {
			out, err := a.StartMatching(ctx, p, in.ID, in.Body)
			return created("/matchings", out.ID, 0, out, err)
		}, creates, says("One mail goes to the coachee. Starting twice is a conflict, and sends nothing."))
	route(s, http.MethodGet, "/engagements/{id}/matchings", "listMatchings", "Matching", "List the attempts of an engagement, the newest first",
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.Page[app.Matching]], error) {
			return all(a.ListMatchings(ctx, p, in.ID))
		})
	route(s, http.MethodGet, "/matchings", "listOpenMatchings", "Matching", "List the attempts that have not ended",
		func(ctx context.Context, p app.Principal, in *Paged) (*Plain[app.Page[app.OpenMatching]], error) {
			return plain(a.ListOpenMatchings(ctx, p, in.paging()))
		}, says("The oldest first, each with what it waits for and since when."))
	route(s, http.MethodGet, "/matchings/{id}", "getMatching", "Matching", "Read an attempt to find a coach",
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.Matching], error) {
			return plain(a.GetMatching(ctx, p, in.ID))
		})
	route(s, http.MethodPost, "/matchings/{id}/acts", "actInMatching", "Matching", "Do something in an attempt to find a coach",
		func(ctx context.Context, p app.Principal, in *ActInMatchingInput) (*Plain[app.Matching], error) {
			return plain(a.ActInMatching(ctx, p, in.ID, in.Body))
		}, says("An admin can do whatever coachee and coach can do, with the admin's name in the timeline, and decides about what waits for an approval. A decision can be taken back until it takes effect, after the time that the organization gives for that."))
}
