package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"coachflow/app"
)

func TestAccessLog_HoldsPatternsAndNothingPersonal(t *testing.T) {
	w := newWorld(t, func(c *Config) {
		c.Pages = func(e *gin.Engine) { e.GET("/l/:token", func(c *gin.Context) { c.String(200, "hello") }) }
	})
	w.call("GET", "/l/sesame-token?next=secret-query", nil, "User-Agent", "agent-smith", "Cookie", "a=cookie-value")
	w.call("GET", "/api/v1/people/"+w.ours.coach.String(), nil)
	w.call("POST", "/api/v1/people", `{"name":"body-name","roles":["coachee"],"emails":["body@example.com"]}`)
	w.call("DELETE", "/api/v1/blocked-addresses/path@example.com", nil)
	w.call("GET", "/nowhere/hidden-path", nil)
	w.call("BREW", "/l/sesame-token", nil)
	log := w.log.String()
	for _, pattern := range []string{`"route":"/l/:token"`, `"route":"/api/v1/people/:id"`, `"route":"/api/v1/blocked-addresses/:address"`, `"route":"none"`,
		`"status":200`, `"status":201`, `"status":404`, `"bytes":5`, `"method":"other"`, `"duration_ms":`, `"request_id":`} {
		require.Contains(t, log, pattern)
	}
	for _, private := range []string{"sesame", "secret-query", "agent-smith", "cookie-value", "cfk_", w.ours.coach.String(), "body-name", "body@", "path@", "hidden", "BREW", "192.0.2"} {
		require.NotContains(t, log, private)
	}
}

func TestRequestID_IsTakenOverOnlyWhereHarmless(t *testing.T) {
	w := newWorld(t)
	require.Equal(t, "trace-12345678", w.call("GET", "/healthz", nil, "X-Request-Id", "trace-12345678").header.Get("X-Request-Id"))
	for _, bad := range []string{"short", "with space in it", "a\nb-injected", strings.Repeat("x", 65), "ünicode-id"} {
		got := w.call("GET", "/healthz", nil, "X-Request-Id", bad).header.Get("X-Request-Id")
		require.Len(t, got, 36, bad)
	}
}

func TestUnknownPaths_OfTheAPIAreProblemsAndOthersThePages(t *testing.T) {
	w := newWorld(t, func(c *Config) {
		c.Pages = func(e *gin.Engine) {
			e.NoRoute(func(c *gin.Context) { c.String(404, "page not found, with a link home") })
		}
	})
	w.call("GET", "/api/v2/people", nil, "Authorization", "").refused(404, "route_not_found")
	w.call("GET", "/webhooks/unknown", nil).refused(404, "route_not_found")
	a := w.call("PATCH", "/api/v1/people", nil)
	a.refused(405, "method_not_allowed")
	require.Contains(t, a.header.Get("Allow"), "GET")
	require.Equal(t, "page not found, with a link home", w.call("GET", "/unknown", nil).body)
}

func TestRescue_SaysNothingOfInternals(t *testing.T) {
	w := newWorld(t, func(c *Config) {
		c.Pages = func(e *gin.Engine) {
			e.GET("/boom", func(*gin.Context) { panic("the inside") })
			e.GET("/api/v1/boom", func(*gin.Context) { panic("the inside") })
			e.GET("/half", func(c *gin.Context) { c.String(200, "half"); panic("the inside") })
		}
	})
	problem := w.call("GET", "/api/v1/boom", nil)
	problem.refused(500, "internal_error")
	require.NotContains(t, problem.body, "inside")
	page := w.call("GET", "/boom", nil, "Accept", "text/html")
	require.Equal(t, 500, page.status)
	require.Contains(t, page.body, page.header.Get("X-Request-Id"))
	require.NotContains(t, page.body, "inside")
	require.PanicsWithValue(t, http.ErrAbortHandler, func() { w.call("GET", "/half", nil) }, "half an answer is cut off")
	require.Contains(t, w.log.String(), `"panic":"the inside"`)
	require.Contains(t, w.log.String(), problem.header.Get("X-Request-Id"))
}

func TestCrossOrigin_ChangesAreRefused(t *testing.T) {
	w := newWorld(t, func(c *Config) {
		c.Pages = func(e *gin.Engine) { e.POST("/l/:token", func(c *gin.Context) { c.Status(204) }) }
	})
	for _, path := range []string{"/api/v1/people", "/l/x", "/webhooks/resend"} {
		w.call("POST", path, `{}`, "Sec-Fetch-Site", "cross-site").refused(403, "cross_origin_refused")
		w.call("POST", path, `{}`, "Origin", "https://evil.example").refused(403, "cross_origin_refused")
	}
	w.call("POST", "/l/x", nil, "Sec-Fetch-Site", "cross-site", "Accept", "text/html").refused(403, "cross_origin_refused")
	require.Equal(t, 204, w.call("POST", "/l/x", nil, "Sec-Fetch-Site", "same-origin").status)
	require.Equal(t, 204, w.call("POST", "/l/x", nil).status, "scripts send no such headers")
}

func TestSecurityHeaders_AreDefaultsThatHandlersReplace(t *testing.T) {
	w := newWorld(t, func(c *Config) {
		c.Pages = func(e *gin.Engine) {
			e.GET("/plain", func(c *gin.Context) { c.Status(200) })
			e.GET("/own", func(c *gin.Context) { c.Header("Content-Security-Policy", "frame-ancestors 'self'") })
		}
	})
	for path, policy := range map[string]string{
		"/plain":            "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
		"/own":              "frame-ancestors 'self'",
		"/api/v1/people":    "default-src 'none'; frame-ancestors 'none'",
		"/nowhere/whatever": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
	} {
		a := w.call("GET", path, nil)
		require.Equal(t, []string{policy}, a.header.Values("Content-Security-Policy"), path)
		require.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"))
		require.Equal(t, "same-origin", a.header.Get("Referrer-Policy"))
	}
}

func TestHealth(t *testing.T) {
	checks := []Check{{Name: "database"}, {Name: "temporal"}}
	w := newWorld(t, func(c *Config) {
		c.Ready = func(context.Context) []Check { return checks }
	})
	require.Equal(t, "ok", w.call("GET", "/healthz", nil).ok(200)["status"])
	require.Equal(t, true, w.call("GET", "/readyz", nil).ok(200)["ready"])
	checks[1].Err = errors.New("dial tcp 10.0.0.7: refused")
	failed := w.call("GET", "/readyz", nil)
	require.Equal(t, map[string]any{"database": "ok", "temporal": "failed"}, failed.ok(503)["checks"])
	require.NotContains(t, failed.body, "10.0.0.7")
	require.Equal(t, 404, newBare(t).call("GET", "/metrics", nil).status)
}

// Metrics have a listener of their own; where everybody comes in, there are none.
func TestMetrics_StandApart(t *testing.T) {
	w := newWorld(t)
	require.Equal(t, 404, w.call("GET", "/metrics", nil).status)
	w.handler = Metrics(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "metric 1") }))
	require.Equal(t, "metric 1", w.call("GET", "/metrics", nil).body)
	require.Equal(t, 404, w.call("GET", "/api/v1/people", nil).status)
}

// newBare is a world without what may be left out.
func newBare(t *testing.T) *world {
	t.Helper()
	log := &lockedBuffer{}
	h, err := New(Config{App: &app.App{}, Log: noRequest.log, Webhooks: []Webhook{resendWebhook("", nil)}})
	require.NoError(t, err)
	return &world{t: t, handler: h, log: log}
}

func TestNew_RefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	good := Config{App: &app.App{}, Log: noRequest.log}
	for name, spoil := range map[string]func(*Config){
		"no app":    func(c *Config) { c.App = nil },
		"no log":    func(c *Config) { c.Log = nil },
		"no secret": func(c *Config) { c.Webhooks = []Webhook{resendWebhook("secret", nil)} },
		"no proxy":  func(c *Config) { c.TrustedProxies = []string{"proxy"} },
	} {
		bad := good
		spoil(&bad)
		_, err := New(bad)
		require.Error(t, err, name)
	}
}

// Over a real connection a client that sends too much sees the answer, not a
// broken pipe.
func TestServer_TellsWhoSendsTooMuch(t *testing.T) {
	w := newWorld(t)
	srv := httptest.NewUnstartedServer(w.handler)
	srv.Config = Server("", w.handler)
	require.Equal(t, []time.Duration{10 * time.Second, 60 * time.Second, 120 * time.Second, 120 * time.Second},
		[]time.Duration{srv.Config.ReadHeaderTimeout, srv.Config.ReadTimeout, srv.Config.WriteTimeout, srv.Config.IdleTimeout})
	srv.Start()
	t.Cleanup(srv.Close)
	for _, known := range []bool{true, false} {
		body := io.Reader(bytes.NewReader(make([]byte, 10<<20)))
		if !known {
			body = io.MultiReader(body) // without a Content-Length
		}
		r, err := http.NewRequestWithContext(t.Context(), "POST", srv.URL+"/api/v1/people", body)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+w.ours.key)
		res, err := srv.Client().Do(r)
		require.NoError(t, err)
		data, err := io.ReadAll(res.Body)
		require.NoError(t, errors.Join(err, res.Body.Close()))
		answer{t: t, status: res.StatusCode, header: res.Header, body: string(data)}.refused(413, "body_too_large")
	}
}

func TestClientIP_IsTheOneThatATrustedProxyNamesInOneHeader(t *testing.T) {
	w := newWorld(t, func(c *Config) {
		c.TrustedProxies = []string{"192.0.2.1"} // where requests of a test come from
		c.Pages = func(e *gin.Engine) { e.GET("/whoami", func(c *gin.Context) { c.String(200, c.ClientIP()) }) }
	})
	require.Equal(t, "198.51.100.7", w.call("GET", "/whoami", nil, "X-Forwarded-For", "10.9.9.9, 198.51.100.7").body)
	require.Equal(t, "192.0.2.1", w.call("GET", "/whoami", nil, "X-Real-IP", "198.51.100.7").body)
}
