package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"coachflow/app"
)

func TestHandler_RefusesOtherSitesWithAPageToPeopleAndAProblemToPrograms(t *testing.T) {
	t.Parallel()
	p := &parts{log: slog.New(slog.DiscardHandler), app: &app.App{}, metrics: prometheus.NewRegistry()}
	handler, err := p.handler(pages{})
	require.NoError(t, err)
	send := func(path, accept string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader("q.role=mine"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		require.Equal(t, http.StatusForbidden, w.Code, path)
		return w
	}
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, path := range []string{"/l/abc", "/login", "/people/new", "/nowhere"} {
		page := send(path, browser)
		require.Equal(t, "text/html; charset=utf-8", page.Header().Get("Content-Type"), path)
		require.Contains(t, page.Body.String(), "Nothing was done")
		require.Equal(t, "no-store", page.Header().Get("Cache-Control"))
		require.Equal(t, path == "/l/abc", strings.Contains(page.Body.String(), `href="/l/abc"`), "the page of a link can be opened from here")
	}
	for path, accept := range map[string]string{"/l/abc": "*/*", "/login": "application/json", "/api/v1/people": browser} {
		answer := send(path, accept)
		require.Equal(t, "application/problem+json", answer.Header().Get("Content-Type"), path)
		require.Contains(t, answer.Body.String(), "cross_origin_refused")
	}
}
