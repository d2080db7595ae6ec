package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/dev/testkit"
	"coachflow/outbox"
	"coachflow/web/formview"
	pageserve "coachflow/web/serve"
	"coachflow/web/static"
)

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
	pages, err := formview.Samples()
	require.NoError(t, err)
	for _, page := range pages {
		require.Contains(t, index, "/dev/samples/page/"+page.Name)
		require.Contains(t, get("/dev/samples/page/"+page.Name).Body.String(), "<main")
	}
	for _, letter := range outbox.Letters() {
		kind := letter.Kind
		require.Contains(t, index, "/dev/samples/letter/"+string(kind))
		require.Contains(t, get("/dev/samples/letter/"+string(kind)).Body.String(), "Northlight Coaching")
		require.NotContains(t, get("/dev/samples/letter/"+string(kind)+"?text=1").Body.String(), "{{")
	}
}

func TestSamples_AreLight(t *testing.T) {
	t.Parallel()
	shown, err := samples()
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.Handle("/dev/samples/", shown)
	mux.HandleFunc(static.Path, static.Serve)
	server := httptest.NewServer(pageserve.Compress(mux))
	t.Cleanup(server.Close)
	pages, err := formview.Samples()
	require.NoError(t, err)
	for _, page := range pages {
		testkit.Weight(t, server.Client(), server.URL+"/dev/samples/page/"+page.Name)
	}
	for _, letter := range outbox.Letters() {
		testkit.Weight(t, server.Client(), server.URL+"/dev/samples/letter/"+string(letter.Kind))
	}
}
