package api

import (
	"context"
	"net/http"

	"coachflow/app"
)

// organizationRoutes are an admin's settings.
func (s *server) organizationRoutes() {
	a := s.App
	route(s, http.MethodGet, "/organization", "getOrganization", "Organization", "Read the organization",
		func(ctx context.Context, p app.Principal, _ *None) (*Plain[app.Organization], error) {
			return plain(a.GetOrganization(ctx, p))
		})
	route(s, http.MethodPut, "/organization", "updateOrganization", "Organization", "Set name, time zone, the time for taking mails back and working hours",
		func(ctx context.Context, p app.Principal, in *With[app.OrganizationInput]) (*Plain[app.Organization], error) {
			return plain(a.UpdateOrganization(ctx, p, in.Body))
		})
	s.keyRoutes()
}

// KeyInput names a new API key.
type KeyInput struct {
	Name string `json:"name" minLength:"1" maxLength:"100" doc:"What the key is for."`
}

func (s *server) keyRoutes() {
	a := s.App
	route(s, http.MethodPost, "/api-keys", "createAPIKey", "API keys", "Make a key",
		func(ctx context.Context, p app.Principal, in *With[KeyInput]) (*Plain[app.APIKey], error) {
			return plain(a.CreateAPIKey(ctx, p, in.Body.Name))
		}, creates, holdsSecret("key"), says("The key itself is in this answer alone, and not in its replay."))
	route(s, http.MethodGet, "/api-keys", "listAPIKeys", "API keys", "List the keys",
		func(ctx context.Context, p app.Principal, _ *None) (*Plain[app.Page[app.APIKey]], error) {
			return all(a.ListAPIKeys(ctx, p))
		})
	route(s, http.MethodDelete, "/api-keys/{id}", "revokeAPIKey", "API keys", "Revoke a key, at once",
		func(ctx context.Context, p app.Principal, in *ByID) (*None, error) {
			return nil, a.RevokeAPIKey(ctx, p, in.ID)
		})
}
