package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func get(t *testing.T, method, url string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, url, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	Serve(w, r)
	return w
}

func TestFiles_AreHashedCachedAndCompressedOnce(t *testing.T) {
	t.Parallel()
	for name, contentType := range map[string]string{"console.css": "text/css; charset=utf-8", "form.css": "text/css; charset=utf-8", "inter.woff2": "font/woff2"} {
		require.Regexp(t, `^/static/[a-z]+\.[0-9a-f]{12}\.(css|woff2)$`, URL(name))
		plain := get(t, http.MethodGet, URL(name))
		require.Equal(t, http.StatusOK, plain.Code, name)
		require.Equal(t, contentType, plain.Header().Get("Content-Type"))
		require.Equal(t, "public, max-age=31536000, immutable", plain.Header().Get("Cache-Control"))
		require.Equal(t, "Accept-Encoding", plain.Header().Get("Vary"))
		require.Empty(t, plain.Header().Get("Content-Encoding"))
		sum := sha256.Sum256(plain.Body.Bytes())
		require.Contains(t, URL(name), hex.EncodeToString(sum[:6]), "the hash is that of what is served")

		zipped := get(t, http.MethodGet, URL(name), "Accept-Encoding", "br, gzip;q=0.5")
		if name == "inter.woff2" {
			require.Empty(t, zipped.Header().Get("Content-Encoding"), "it is compressed in itself")
			require.Equal(t, plain.Header().Get("ETag"), zipped.Header().Get("ETag"))
			continue
		}
		require.Equal(t, "gzip", zipped.Header().Get("Content-Encoding"))
		require.NotEqual(t, plain.Header().Get("ETag"), zipped.Header().Get("ETag"))
		unzipped, err := gzip.NewReader(bytes.NewReader(zipped.Body.Bytes()))
		require.NoError(t, err)
		text, err := io.ReadAll(unzipped)
		require.NoError(t, err)
		require.Equal(t, plain.Body.String(), string(text))

		for _, h := range []*httptest.ResponseRecorder{plain, zipped} {
			again := get(t, http.MethodGet, URL(name), "Accept-Encoding", h.Header().Get("Content-Encoding"), "If-None-Match", h.Header().Get("ETag"))
			require.Equal(t, http.StatusNotModified, again.Code)
			require.Zero(t, again.Body.Len())
		}
		head := get(t, http.MethodHead, URL(name))
		require.Equal(t, http.StatusOK, head.Code)
		require.Zero(t, head.Body.Len())
	}
}

func TestFiles_UnknownAreNotCached(t *testing.T) {
	t.Parallel()
	hashed := URL("console.css")
	wrong := strings.Replace(hashed, hashed[len("/static/console."):][:4], "0000", 1)
	for _, url := range []string{wrong, "/static/console.css", "/static/tabler.css", "/static/VENDORED.md", "/static/static.go", "/static/", "/static/../static.go"} {
		answer := get(t, http.MethodGet, url, "Accept-Encoding", "gzip")
		require.Equal(t, http.StatusNotFound, answer.Code, url)
		require.Equal(t, "no-store", answer.Header().Get("Cache-Control"), url)
		require.Empty(t, answer.Header().Get("ETag"), url)
	}
	require.Panics(t, func() { URL("no-such.css") })
}

func TestStylesheets_LoadNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	for name := range bundles {
		sheet := get(t, http.MethodGet, URL(name)).Body.String()
		require.NotContains(t, sheet, "@import", name)
		require.NotContains(t, sheet, "@charset", "%s: it would not stand at the beginning", name)
		require.Contains(t, sheet, `url("`+URL("inter.woff2")+`")`, name)
		for _, url := range regexp.MustCompile(`url\(['"]?(.{8})`).FindAllStringSubmatch(sheet, -1) {
			require.Regexp(t, `^(data:|/static/)`, url[1], name)
		}
	}
	require.Contains(t, get(t, http.MethodGet, URL("console.css")).Body.String(), "Licensed under MIT")
}

func TestTakesGzip(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{"": false, "gzip": true, "br, GZIP": true, "deflate,gzip;q=1.0, *;q=0.5": true, "gzip; q=0.2": true,
		"gzip;q=0": false, "gzip;q=0.000": false, "gzip;q=x": false, "xgzip": false, "br": false} {
		require.Equal(t, want, takesGzip(header), header)
	}
}

func TestLoad_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := load(fstest.MapFS{"picture.bmp": {Data: []byte("x")}})
	require.ErrorContains(t, err, "picture.bmp")
	_, err = load(fstest.MapFS{"inter.css": {Data: []byte("x")}})
	require.ErrorContains(t, err, ".css")
}

// The notes beside the vendored files say what they are, by checksum.
func TestVendored_ChecksumsAreThoseOfTheFiles(t *testing.T) {
	t.Parallel()
	note, err := os.ReadFile("VENDORED.md")
	require.NoError(t, err)
	for _, path := range []string{"inter.woff2", "../tabler/tabler.min.css"} {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		sum := sha256.Sum256(data)
		require.Contains(t, string(note), hex.EncodeToString(sum[:]), path)
	}
}
