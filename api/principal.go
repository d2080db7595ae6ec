package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"coachflow/app"
	"coachflow/coaching"
)

// principalKey is where the request's context holds who asks.
type principalKey struct{}

// principalOf is who asks; authenticate has put it there.
func principalOf(ctx context.Context) app.Principal {
	p, _ := ctx.Value(principalKey{}).(app.Principal)
	return p
}

// authenticate finds out who asks: by the API key, else by the session. A key
// that is wrong is told, even beside a good session.
func (s *server) authenticate(c huma.Context, next func(huma.Context)) {
	p, err := s.principal(humagin.Unwrap(c).Request)
	if err != nil {
		s.refuse(c, err)
		return
	}
	next(huma.WithValue(c, principalKey{}, p))
}

func (s *server) principal(r *http.Request) (app.Principal, error) {
	if given := r.Header.Get("Authorization"); given != "" {
		scheme, key, _ := strings.Cut(given, " ")
		key = strings.TrimSpace(key)
		if !strings.EqualFold(scheme, "Bearer") || !strings.HasPrefix(key, "cfk_") || len(key) > 200 {
			return app.Principal{}, coaching.Problemf(coaching.Unauthenticated, "api_key_invalid", "Send an API key like this: Authorization: Bearer cfk_…")
		}
		return s.App.WithAPIKey(r.Context(), key)
	}
	if s.SessionPrincipal != nil {
		if p, is := s.SessionPrincipal(r); is {
			return p, nil
		}
	}
	return app.Principal{}, coaching.Problemf(coaching.Unauthenticated, "login_needed", "Send an API key as Authorization: Bearer cfk_…, or log in first.")
}
