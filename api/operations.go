package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"coachflow/coaching"
	"coachflow/mail/deliver"
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

// resendWebhook takes the mail provider's news about mails. It repeats what is
// not answered with 2xx, so whatever we could not store comes again.
func (s *server) resendWebhook(c *gin.Context) {
	if s.ResendWebhookSecret == "" {
		writeProblem(c.Writer, c.Request, coaching.Problemf(coaching.NotFound, "webhook_not_configured", "This webhook is not set up here."))
		return
	}
	if err := s.takeDelivery(c.Request); err != nil {
		writeProblem(c.Writer, c.Request, err)
		return
	}
	c.Status(http.StatusNoContent)
}

func (s *server) takeDelivery(r *http.Request) error {
	body, err := readAll(r, maxBody)
	if err != nil {
		return err
	}
	if err := deliver.VerifySvix(s.ResendWebhookSecret, r.Header, body, time.Now()); err != nil {
		requestOf(r.Context()).log.WarnContext(r.Context(), "webhook refused", "error", err)
		return coaching.Problemf(coaching.Unauthenticated, "webhook_signature_invalid", "The signature or the time of this webhook is not right.")
	}
	if !json.Valid(body) {
		return coaching.Problemf(unreadable, "json_invalid", "The body is not valid JSON.")
	}
	event, err := deliver.ParseDeliveryEvent(body)
	if err != nil {
		requestOf(r.Context()).log.WarnContext(r.Context(), "webhook not understood", "error", err)
		return coaching.Problemf(coaching.Invalid, "webhook_not_understood", "This is not an event about a mail.")
	}
	if event.Type == deliver.DeliveryOther || !clean(event.ProviderID) {
		return nil // none of our mails
	}
	return s.App.RecordDelivery(r.Context(), event)
}
