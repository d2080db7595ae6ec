package web

import (
	"net/http"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStatic_IsHashedCachedAndComplete(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"tabler.min.css", "console.css", "form.css"} {
		sheet := w.visitor().get(w.pages.static.url(name))
		require.Equal(t, http.StatusOK, sheet.status, name)
		require.Equal(t, "text/css; charset=utf-8", sheet.header.Get("Content-Type"))
		require.Contains(t, sheet.header.Get("Cache-Control"), "immutable")
		zipped := w.visitor().do(http.MethodGet, w.pages.static.url(name), nil, "Accept-Encoding", "gzip, br")
		require.Equal(t, "gzip", zipped.header.Get("Content-Encoding"))
		require.Less(t, len(zipped.body), len(sheet.body))
		require.NotContains(t, sheet.body, "@import", name)
		for _, url := range regexp.MustCompile(`url\(['"]?(.{5})`).FindAllStringSubmatch(sheet.body, -1) {
			require.Equal(t, "data:", url[1], name)
		}
	}
	require.Equal(t, http.StatusNotFound, w.visitor().get("/static/tabler.min.css").status)
	require.Equal(t, http.StatusNotFound, w.visitor().get("/static/VENDORED.md").status)
}

func TestVendored_ChecksumIsThatOfTheFile(t *testing.T) {
	t.Parallel()
	note, err := os.ReadFile("static/VENDORED.md")
	require.NoError(t, err)
	files, err := newStaticFiles()
	require.NoError(t, err)
	sum := regexp.MustCompile(`[0-9a-f]{64}`).FindString(string(note))
	require.NotEmpty(t, sum)
	require.Contains(t, files.url("tabler.min.css"), sum[:12])
}
