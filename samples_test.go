package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/dev/testkit"
	"coachflow/outbox"
	"coachflow/web"
	"coachflow/web/formview"
	pageserve "coachflow/web/serve"
	"coachflow/web/static"
)

// sampleServer serves all samples, as dev does.
func sampleServer(t testing.TB) *httptest.Server {
	t.Helper()
	shown, err := samples()
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.Handle("/dev/samples", shown)
	mux.Handle("/dev/samples/", shown)
	mux.HandleFunc(static.Path, static.Serve)
	server := httptest.NewServer(pageserve.Compress(mux))
	t.Cleanup(server.Close)
	return server
}

// samplePaths are the addresses of all samples, and of their index.
func samplePaths(t testing.TB) []string {
	t.Helper()
	pages, err := formview.Samples()
	require.NoError(t, err)
	paths := []string{"/dev/samples"}
	for _, section := range sampleSections(web.Samples(time.Now()), pages) {
		for _, link := range section.Links {
			paths = append(paths, link.URL)
		}
	}
	return paths
}

func TestSamples_EachIsShown(t *testing.T) {
	t.Parallel()
	handler, err := samples()
	require.NoError(t, err)
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		require.Equal(t, http.StatusOK, w.Code, path)
		return w
	}
	index := get("/dev/samples").Body.String()
	require.Contains(t, index, `<a class="btn" href="/">`, "a way back")
	for _, path := range samplePaths(t) {
		if path != "/dev/samples" {
			require.Contains(t, index, `href="`+path+`"`)
		}
		require.Contains(t, get(path).Body.String(), "</html>", path)
	}
	for _, letter := range outbox.Letters() {
		path := samplePath("letter", string(letter.Kind))
		require.Contains(t, get(path).Body.String(), "Northlight Coaching")
		require.NotContains(t, get(path+"?text=1").Body.String(), "{{")
	}
}

func TestSamples_AreLight(t *testing.T) {
	t.Parallel()
	server := sampleServer(t)
	for _, path := range samplePaths(t) {
		testkit.Weight(t, server.Client(), server.URL+path)
	}
}
