package api

import (
	"fmt"
	"html"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/gin-gonic/gin"

	"coachflow/coaching"
	"coachflow/web/serve"
)

// maxAnyBody bounds every request body, in bytes, but for uploads, which have a bound for
// each file. The API and the webhooks have a narrower bound of their own.
const maxAnyBody = 16 << 20

// around is what holds for every request, pages included, from the outside in.
func (s *server) around(engine http.Handler) http.Handler {
	// No bypass patterns: scripts and webhooks send neither Origin nor
	// Sec-Fetch-Site, and so pass.
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(s.refuseCrossOrigin))
	h := serve.Compress(serve.Bound(protection.Handler(engine), maxAnyBody))
	return s.identify(s.logAccess(secure(rescue(h))))
}

// refuseCrossOrigin tells people in a page, and programs in a problem, that what
// was sent from a page of another site is not taken.
func (s *server) refuseCrossOrigin(w http.ResponseWriter, r *http.Request) {
	if s.CrossOriginPage != nil && forPeople(r) {
		s.CrossOriginPage(w, r)
		return
	}
	writeProblem(w, r, coaching.Problemf(coaching.Forbidden, "cross_origin_refused", "Requests that change something are not taken from pages of other sites."))
}

// secure sets the headers that every answer has. A handler that sets its own
// replaces them, as the pages do that are framed or that load images.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Content-Security-Policy", "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		if isAPI(r) {
			h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
			h.Set("Cache-Control", "no-store")
		}
		next.ServeHTTP(w, r)
	})
}

// forPeople reports whether somebody looks at the answer, in a browser.
func forPeople(r *http.Request) bool {
	return !isAPI(r) && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// isAPI reports whether a program asks, which gets problems as JSON.
func isAPI(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/webhooks/")
}

// rescue answers for a handler that panicked. What it said goes to the log.
func rescue(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			what := recover()
			if what == nil {
				return
			}
			if what == http.ErrAbortHandler {
				panic(what) // a handler's own way to cut the connection
			}
			req := requestOf(r.Context())
			req.log.ErrorContext(r.Context(), "handler panicked", "route", req.pattern(), "panic", fmt.Sprint(what), "stack", string(debug.Stack()))
			if counted, ok := w.(*countingWriter); ok && counted.code != 0 {
				panic(http.ErrAbortHandler) // half an answer is out: cutting it off is the honest end
			}
			writeCrash(w, r)
		}()
		next.ServeHTTP(w, r)
	})
}

func writeCrash(w http.ResponseWriter, r *http.Request) {
	if !forPeople(r) {
		write(w, internalError(requestOf(r.Context())))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = fmt.Fprintf(w, "<!doctype html><html lang=\"en\"><title>Something went wrong</title><h1>Something went wrong</h1>"+
		"<p>The mistake is ours, and it is in our log. Try again; if it stays, name this number: %s</p></html>", html.EscapeString(requestOf(r.Context()).id))
}

// unrouted answers for paths and methods of the API that do not exist. Other
// paths are the pages' to answer for.
func unrouted(c *gin.Context) {
	if c.FullPath() != "" || !isAPI(c.Request) {
		return
	}
	problem := problemOf(coaching.Problemf(coaching.NotFound, "route_not_found", "There is nothing at this address. See /docs for what there is."))
	if c.Writer.Status() == http.StatusMethodNotAllowed {
		problem.fill(http.StatusMethodNotAllowed, "method_not_allowed", "This address does not take this method; the Allow header lists those that it takes.")
	}
	problem.RequestID = requestOf(c.Request.Context()).id
	write(c.Writer, problem)
	c.Abort()
}
