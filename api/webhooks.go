package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"coachflow/coaching"
	"coachflow/mail/deliver"
)

// Webhook is the way in for what one provider reports, at /webhooks/NAME. A provider
// repeats a report until it is answered with 2xx, so what could not be stored comes
// again, and what was stored may come again, too.
type Webhook struct {
	Name string
	// Secret is what the provider signs with. Without one the webhook is not set up
	// here, and its address answers 404.
	Secret string
	// CheckSecret refuses a secret with which nothing could be verified.
	CheckSecret func(secret string) error
	// Verify checks that the provider has signed this body, not long ago.
	Verify func(secret string, header http.Header, body []byte, now time.Time) error
	// Handle takes over a verified report. It is safe to repeat.
	Handle func(ctx context.Context, body []byte) error
}

// DeliveryWebhook is the webhook of a mail provider, which reports what became of
// mails that it took. record takes over each report that is about a mail.
func DeliveryWebhook(name, secret string, reports deliver.Reports, record func(context.Context, deliver.DeliveryEvent) error) Webhook {
	handle := func(ctx context.Context, body []byte) error {
		event, err := reports.Parse(body)
		if err != nil {
			requestOf(ctx).log.WarnContext(ctx, "webhook not understood", "webhook", name, "error", err)
			return coaching.Problemf(coaching.Invalid, "webhook_not_understood", "This is not an event about a mail.")
		}
		if event.Type == deliver.DeliveryOther || !clean(event.ProviderID) {
			return nil // none of our mails
		}
		return record(ctx, event)
	}
	return Webhook{Name: name, Secret: secret, CheckSecret: reports.CheckSecret, Verify: reports.Verify, Handle: handle}
}

// check refuses a webhook that could not do its work.
func (w Webhook) check() error {
	if w.Secret == "" {
		return nil
	}
	if err := w.CheckSecret(w.Secret); err != nil {
		return fmt.Errorf("api: secret of webhook %s: %w", w.Name, err)
	}
	return nil
}

// answer answers one request to the webhook.
func (w Webhook) answer(c *gin.Context) {
	if err := w.take(c.Request); err != nil {
		writeProblem(c.Writer, c.Request, err)
		return
	}
	c.Status(http.StatusNoContent)
}

// take reads the body, verifies it and hands it to Handle.
func (w Webhook) take(r *http.Request) error {
	if w.Secret == "" {
		return coaching.Problemf(coaching.NotFound, "webhook_not_configured", "This webhook is not set up here.")
	}
	body, err := readAll(r, maxBody)
	if err != nil {
		return err
	}
	if err := w.Verify(w.Secret, r.Header, body, time.Now()); err != nil {
		requestOf(r.Context()).log.WarnContext(r.Context(), "webhook refused", "webhook", w.Name, "error", err)
		return coaching.Problemf(coaching.Unauthenticated, "webhook_signature_invalid", "The signature or the time of this webhook is not right.")
	}
	if !json.Valid(body) {
		return coaching.Problemf(unreadable, "json_invalid", "The body is not valid JSON.")
	}
	return w.Handle(r.Context(), body)
}
