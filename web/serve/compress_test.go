package serve

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"
)

// asked is the answer of a handler to somebody who takes gzip.
func asked(t *testing.T, handle http.HandlerFunc, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	r.Header.Set("Accept-Encoding", "gzip, br")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	Compress(handle).ServeHTTP(w, r)
	return w
}

// writes is a handler that writes a text of a type.
func writes(contentType, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = io.WriteString(w, text)
	}
}

var long = strings.Repeat("many words of a page, ", 500)

func TestCompress_WhatPagesAndTheAPIWrite(t *testing.T) {
	t.Parallel()
	for _, contentType := range []string{"text/html; charset=utf-8", "application/json", "application/problem+json", "image/svg+xml"} {
		w := asked(t, writes(contentType, long))
		require.Equal(t, "gzip", w.Header().Get("Content-Encoding"), contentType)
		require.Equal(t, "Accept-Encoding", w.Header().Get("Vary"))
		require.Less(t, w.Body.Len(), len(long)/10)
		unzipped, err := gzip.NewReader(w.Body)
		require.NoError(t, err)
		text, err := io.ReadAll(unzipped)
		require.NoError(t, err)
		require.Equal(t, long, string(text))

		plain := asked(t, writes(contentType, long), "Accept-Encoding", "identity")
		require.Empty(t, plain.Header().Get("Content-Encoding"))
		require.Equal(t, long, plain.Body.String())
	}
}

// Who can choose a part of a page and see how long the answer is must not read the rest
// off its length.
func TestCompress_LengthDoesNotTellTheContent(t *testing.T) {
	t.Parallel()
	padding := func(text string) int {
		w := asked(t, writes("text/html", text))
		unzipped, err := gzip.NewReader(bytes.NewReader(w.Body.Bytes()))
		require.NoError(t, err)
		return len(unzipped.Comment)
	}
	seen := map[int]bool{}
	for i := range 50 {
		text := long + "guess " + strings.Repeat("x", i)
		seen[padding(text)] = true
		require.Equal(t, padding(text), padding(text), "asking again tells nothing new")
	}
	require.Greater(t, len(seen), 10)
}

// What others have sent is theirs as it is, whatever its type; parts of it can be asked for.
func TestCompress_DownloadsAreLeftAlone(t *testing.T) {
	t.Parallel()
	for _, contentType := range []string{"application/json", "text/plain", "application/pdf", "text/css"} {
		w := asked(t, func(w http.ResponseWriter, r *http.Request) {
			c, _ := gin.CreateTestContext(w)
			c.Request = r
			File(c, "plan", contentType, []byte(long))
		})
		require.Empty(t, w.Header().Get("Content-Encoding"), contentType)
		require.Empty(t, w.Header().Get(NotCompressed), "it does not leave the house")
		require.Equal(t, long, w.Body.String())
	}
	w := asked(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set(NotCompressed, "1")
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(long))
	}, "Range", "bytes=5-2004")
	require.Equal(t, http.StatusPartialContent, w.Code)
	require.Equal(t, "bytes", w.Header().Get("Accept-Ranges"))
	require.Equal(t, "2000", w.Header().Get("Content-Length"))
	require.Equal(t, long[5:2005], w.Body.String())
}

func TestCompress_WhatIsCompressedStaysSo(t *testing.T) {
	t.Parallel()
	w := asked(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		writes("image/svg+xml", long)(w, nil)
	})
	require.Equal(t, long, w.Body.String(), "as the handler wrote it")
}
