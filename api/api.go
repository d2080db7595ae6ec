// Package api is the way in over HTTP: the Gin engine with what holds for every
// request, the JSON API with its OpenAPI document, webhooks and health. It
// parses, asks app, and renders; what is allowed is decided in app.
package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"coachflow/app"
)

// Check is one thing that must work before requests are welcome. Err is for the
// log; outside only its absence shows.
type Check struct {
	Name string
	Err  error
}

// Config is what the API is made of. App and Log are needed.
type Config struct {
	App *app.App
	Log *slog.Logger
	// Webhooks are the ways in for what providers report.
	Webhooks []Webhook
	// TrustedProxies are the addresses or networks whose X-Forwarded-For counts.
	TrustedProxies []string
	// Ready runs the checks of /readyz; nil: always ready.
	Ready func(context.Context) []Check
	// Pages registers the pages on the same engine.
	Pages func(*gin.Engine)
	// CrossOriginPage answers people whose request comes from a page of another
	// site and is refused; nil: they get the problem that programs get.
	CrossOriginPage http.HandlerFunc
	// SessionPrincipal finds who is logged in by a cookie; nil: API keys only.
	SessionPrincipal func(*http.Request) (app.Principal, bool)
}

// Gin's debug mode prints paths, and every path may hold a token. The mode is a
// global of Gin, so it is set once, before any engine.
func init() { gin.SetMode(gin.ReleaseMode) }

// server is the API with its dependencies.
type server struct {
	Config
	huma huma.API
}

// New makes the handler of everything that is reached over HTTP.
func New(cfg Config) (http.Handler, error) {
	if cfg.App == nil || cfg.Log == nil {
		return nil, errors.New("api: App and Log are needed")
	}
	for _, hook := range cfg.Webhooks {
		if err := hook.check(); err != nil {
			return nil, err
		}
	}
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	if err := engine.SetTrustedProxies(cfg.TrustedProxies); err != nil {
		return nil, fmt.Errorf("api: trusted proxies: %w", err)
	}
	// Nothing else names a client: a proxy that does not know X-Real-IP would pass on
	// the one that a stranger has written.
	engine.RemoteIPHeaders = []string{"X-Forwarded-For"}
	s := &server{Config: cfg}
	engine.Use(noteRoute, unrouted)
	s.operate(engine)
	if err := s.publish(engine); err != nil {
		return nil, err
	}
	if cfg.Pages != nil {
		cfg.Pages(engine)
	}
	return s.around(engine), nil
}

// operate registers health and the webhooks of providers.
func (s *server) operate(engine *gin.Engine) {
	looks := []string{http.MethodGet, http.MethodHead}
	engine.Match(looks, "/healthz", alive)
	engine.Match(looks, "/readyz", s.ready)
	for _, hook := range s.Webhooks {
		engine.POST("/webhooks/"+hook.Name, hook.answer)
	}
}

// publish registers the JSON API and what describes it.
func (s *server) publish(engine *gin.Engine) error {
	s.huma = newHuma(engine, s.Log)
	s.huma.UseMiddleware(s.plainJSON, s.authenticate, s.readBody, s.idempotent)
	s.routes()
	describeErrors(s.huma.OpenAPI())
	if err := putWords(s.huma.OpenAPI()); err != nil {
		return err
	}
	return serveDocs(engine, s.huma.OpenAPI())
}

// routes lists the API, a file for each group of nouns.
func (s *server) routes() {
	s.organizationRoutes()
	s.peopleRoutes()
	s.availabilityRoutes()
	s.calendarRoutes()
	s.formRoutes()
	s.engagementRoutes()
	s.programRoutes()
	s.itemRoutes()
	s.notificationRoutes()
	s.ladderRoutes()
	s.streamRoutes()
	s.fileRoutes()
	s.mailRoutes()
	s.listRoutes()
}

// Server is an HTTP server that nobody can hold up: every phase of a request
// has its limit.
func Server(addr string, h http.Handler) *http.Server {
	return &http.Server{
		Addr: addr, Handler: h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       60 * time.Second,
		WriteTimeout:      120 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    64 << 10,
	}
}
