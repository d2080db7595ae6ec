package api

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"coachflow/app"
)

// engagementRoutes are the engagements and what can be done with a whole one.
func (s *server) engagementRoutes() {
	a := s.App
	route(s, http.MethodPost, "/engagements", "createEngagement", "Engagements", "Make a draft, with a program where a template is named",
		func(ctx context.Context, p app.Principal, in *With[app.EngagementInput]) (*Created[app.Engagement], error) {
			out, err := a.CreateEngagement(ctx, p, in.Body)
			return created("/engagements", out.ID, out.ProgramRevision, out, err)
		}, creates)
	route(s, http.MethodGet, "/engagements", "listEngagements", "Engagements", "List the engagements that you may see",
		func(ctx context.Context, p app.Principal, in *ListEngagementsInput) (*Plain[app.Listing[app.EngagementRow]], error) {
			return plain(a.FindEngagements(ctx, p, in.filter()))
		}, says(listSays("A search finds them by coachee, coach and name. By default those come first that are overdue for longest, then those of which something comes next, then the newest.")))
	route(s, http.MethodGet, "/engagements/{id}", "getEngagement", "Engagements", "Read an engagement",
		func(ctx context.Context, p app.Principal, in *ByID) (*Tagged[app.Engagement], error) {
			return engagement(a.GetEngagement(ctx, p, in.ID))
		})
	route(s, http.MethodPatch, "/engagements/{id}", "updateEngagement", "Engagements", "Change name or coach",
		func(ctx context.Context, p app.Principal, in *Change[app.EngagementChange]) (*Tagged[app.Engagement], error) {
			revision, err := ifMatch(in.IfMatch)
			if err != nil {
				return nil, err
			}
			return engagement(a.UpdateEngagement(ctx, p, in.ID, revision, in.Body))
		}, says("What was not sent yet goes to the new coach, where it is for the coach."))
	s.engagementAct("start", "Start a draft", a.StartEngagement)
	s.engagementAct("pause", "Send nothing until it is resumed", a.PauseEngagement)
	s.engagementAct("resume", "Go on; open dates move by the time of the pause", a.ResumeEngagement)
	s.engagementAct("complete", "End it: it has run its course", a.CompleteEngagement)
	s.engagementAct("cancel", "End it early", a.CancelEngagement)
	route(s, http.MethodGet, "/engagements/{id}/timeline", "getTimeline", "Engagements", "Read what happened, and what comes next",
		func(ctx context.Context, p app.Principal, in *PagedByID) (*Plain[app.Timeline], error) {
			return plain(a.GetTimeline(ctx, p, in.ID, in.paging()))
		})
	route(s, http.MethodGet, "/engagements/{id}/ratings", "listRatings", "Sessions", "List what was said of the sessions of an engagement",
		func(ctx context.Context, p app.Principal, in *PagedByID) (*Plain[app.Page[app.SessionRating]], error) {
			return plain(a.ListRatings(ctx, p, in.ID, in.paging()))
		}, says("You get those whose question named you as a reader: an admin all, the coach those of their own time as the coach. They are given by the links in mails."))
}

func (s *server) engagementAct(verb, summary string, act func(context.Context, app.Principal, uuid.UUID) (app.Engagement, error)) {
	route(s, http.MethodPost, "/engagements/{id}/"+verb, verb+"Engagement", "Engagements", summary,
		func(ctx context.Context, p app.Principal, in *ByID) (*Tagged[app.Engagement], error) {
			return engagement(act(ctx, p, in.ID))
		})
}

func engagement(out app.Engagement, err error) (*Tagged[app.Engagement], error) {
	return tagged(out, out.ProgramRevision, err)
}
