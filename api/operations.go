package api

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// readyPatience is how long the checks of /readyz may take.
const readyPatience = 5 * time.Second

// alive answers /healthz: the process serves requests.
func alive(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "ok"}) }

// ready answers /readyz: what the process depends on works. Errors go to the
// log alone, since anybody may ask.
func (s *server) ready(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), readyPatience)
	defer cancel()
	status, checks := http.StatusOK, map[string]string{}
	for _, check := range s.checks(ctx) {
		checks[check.Name] = "ok"
		if check.Err != nil {
			s.Log.WarnContext(ctx, "not ready", "check", check.Name, "error", check.Err)
			status, checks[check.Name] = http.StatusServiceUnavailable, "failed"
		}
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(status, gin.H{"ready": status == http.StatusOK, "checks": checks})
}

func (s *server) checks(ctx context.Context) []Check {
	if s.Ready == nil {
		return nil
	}
	return s.Ready(ctx)
}
