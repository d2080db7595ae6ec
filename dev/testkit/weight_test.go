package testkit

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// heavy takes the place of a test that is expected to fail.
type heavy struct {
	testing.TB
	said string
}

func (h *heavy) Errorf(format string, args ...any) { h.said += fmt.Sprintf(format, args...) }
func (h *heavy) FailNow()                          { panic(h) }

func TestWeight_IsThatOfAllThatAPageLoads(t *testing.T) {
	t.Parallel()
	picture := 10_000
	mux := http.NewServeMux()
	write := func(path, contentType, text string) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			_, _ = io.WriteString(w, text)
		})
	}
	write("/page", "text/html; charset=utf-8", `<link rel="preload" href="/font.woff2"><link rel="stylesheet" href="/a.css"><link rel="canonical" href="/nowhere"><link rel="icon" href="data:,x">
		<script src="b.js"></script><img src="/c.png"><img src="/c.png"><a href="/nowhere"><iframe src="/nowhere"></iframe><p>url(/nowhere)</p>`)
	write("/font.woff2", "font/woff2", "font!")
	write("/b.js", "text/javascript", "script!!")
	mux.HandleFunc("GET /c.png", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("p", picture)) })
	var style int
	mux.HandleFunc("GET /a.css", func(w http.ResponseWriter, r *http.Request) {
		require.Equal(t, "gzip", r.Header.Get("Accept-Encoding"))
		w.Header().Set("Content-Type", "text/css")
		w.Header().Set("Content-Encoding", "gzip")
		var packed strings.Builder
		zip := gzip.NewWriter(&packed)
		_, _ = io.WriteString(zip, `@font-face{src:url("font.woff2")} a{background:url(/d.png)} b{background:url("data:image/svg+xml,%3csvg x='1 2'")}`+strings.Repeat(" ", 5000))
		_ = zip.Close()
		style = packed.Len()
		_, _ = io.WriteString(w, packed.String())
	})
	write("/d.png", "image/png", "d")
	write("/away", "text/html", "")
	mux.Handle("GET /login", http.RedirectHandler("/away", http.StatusSeeOther))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)

	answer, err := server.Client().Get(server.URL + "/page")
	require.NoError(t, err)
	page, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	weight := Weight(t, server.Client(), server.URL+"/page")
	require.Less(t, style, 1000)
	require.Equal(t, len(page)+len("font!")+len("script!!")+style+picture+len("d"), weight)

	failed := func(path string) string {
		h := &heavy{TB: t}
		func() {
			defer func() { require.Equal(t, any(h), recover()) }()
			Weight(h, server.Client(), server.URL+path)
		}()
		return h.said
	}
	require.Contains(t, failed("/login"), "it led elsewhere")
	require.Contains(t, failed("/missing"), "404")
	picture = MostWeight
	require.Contains(t, failed("/page"), "150000  "+server.URL+"/c.png")
}
