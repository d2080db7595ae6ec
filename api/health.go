package api

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// Health answers /healthz, /readyz and /metrics, for a process that serves
// nothing else. Of cfg it takes Ready, Metrics and Log.
func Health(cfg Config) http.Handler {
	s := &server{Config: cfg}
	engine := gin.New()
	engine.GET("/healthz", alive)
	engine.GET("/readyz", s.ready)
	if cfg.Metrics != nil {
		engine.GET("/metrics", gin.WrapH(cfg.Metrics))
	}
	return rescue(engine)
}
