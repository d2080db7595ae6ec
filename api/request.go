package api

import (
	"context"
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"github.com/gin-gonic/gin"

	"coachflow/db"
)

// request is one request from its arrival to its line in the log.
type request struct {
	id    string
	route string // the pattern, never the path: paths hold tokens
	log   *slog.Logger
}

type requestKey struct{}

// noRequest stands in where no request is known.
var noRequest = &request{log: slog.New(slog.DiscardHandler)}

func requestOf(ctx context.Context) *request {
	if req, ok := ctx.Value(requestKey{}).(*request); ok {
		return req
	}
	return noRequest
}

// requestIDs are the ids that are taken over from a client or a proxy: short,
// and harmless in a header and a log.
var requestIDs = regexp.MustCompile(`^[A-Za-z0-9._-]{8,64}$`)

// identify gives every request its id, and keeps its line for the log.
func (s *server) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get("X-Request-Id")
		if !requestIDs.MatchString(id) {
			id = db.NewID().String()
		}
		w.Header().Set("X-Request-Id", id)
		req := &request{id: id, log: s.Log.With("request_id", id)}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestKey{}, req)))
	})
}

// logAccess writes one line a request: route pattern, status, time and size.
// Path, query, address, headers and bodies stay out, since they are personal
// or secret.
func (s *server) logAccess(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, counted := time.Now(), &countingWriter{ResponseWriter: w}
		req := requestOf(r.Context())
		defer func() {
			level := slog.LevelInfo
			if req.route == "/healthz" || req.route == "/readyz" {
				level = slog.LevelDebug
			}
			req.log.Log(r.Context(), level, "request", "method", method(r), "route", req.pattern(), "status", counted.status(),
				"duration_ms", time.Since(start).Milliseconds(), "bytes", counted.bytes)
		}()
		next.ServeHTTP(counted, r)
	})
}

// method is the request's, where it is one of the known ones: anything can
// stand there.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

func (req *request) pattern() string {
	if req.route == "" {
		return "none"
	}
	return req.route
}

// noteRoute tells the log which route was taken.
func noteRoute(c *gin.Context) { requestOf(c.Request.Context()).route = c.FullPath() }

// countingWriter remembers what was answered.
type countingWriter struct {
	http.ResponseWriter
	code  int
	bytes int64
}

func (w *countingWriter) status() int {
	if w.code == 0 {
		return http.StatusOK
	}
	return w.code
}

// WriteHeader remembers the final status; 1xx ones only announce it.
func (w *countingWriter) WriteHeader(code int) {
	if w.code == 0 && code >= 200 {
		w.code = code
	}
	w.ResponseWriter.WriteHeader(code)
}

// Write counts the bytes of the body.
func (w *countingWriter) Write(b []byte) (int, error) {
	if w.code == 0 {
		w.code = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Flush sends what is buffered; Gin expects it to be there.
func (w *countingWriter) Flush() {
	if w.code == 0 {
		w.code = http.StatusOK
	}
	_ = http.NewResponseController(w.ResponseWriter).Flush() // where it cannot flush, it sends later
}

// Unwrap lets http.ResponseController reach the connection.
func (w *countingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
