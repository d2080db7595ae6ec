package api

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// Health answers /healthz and /readyz, for a process that serves nothing else.
// Of cfg it takes Ready and Log.
func Health(cfg Config) http.Handler {
	s := &server{Config: cfg}
	engine := gin.New()
	engine.GET("/healthz", alive)
	engine.GET("/readyz", s.ready)
	return rescue(engine)
}

// Metrics answers /metrics and nothing else. Metrics tell how an organization is
// doing, so they are not for everybody: the handler belongs on a listener of its
// own, which only the monitoring reaches.
func Metrics(metrics http.Handler) http.Handler {
	engine := gin.New()
	engine.GET("/metrics", gin.WrapH(metrics))
	return rescue(engine)
}
