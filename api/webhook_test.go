package api

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/db/rows"
	"coachflow/mail/deliver"
)

const delivered = `{"type":"email.delivered","created_at":"2026-03-04T09:00:00.000Z","data":{"email_id":"mail-1"}}`

// signed are the headers of a webhook that was signed at a time.
func signed(secret, body string, at time.Time) []string {
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("msg_1." + stamp + "." + body))
	return []string{"Authorization", "", "svix-id", "msg_1", "svix-timestamp", stamp, "svix-signature", "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))}
}

func resendWebhook(secret string, record func(context.Context, deliver.DeliveryEvent) error) Webhook {
	return DeliveryWebhook("resend", secret, deliver.ResendReports, record)
}

func TestResendWebhook(t *testing.T) {
	w := newWorld(t)
	for _, body := range []string{delivered, `{"type":"email.opened","data":{}}`, strings.Replace(delivered, "mail-1", `\u0000`, 1)} {
		for range 2 { // the provider repeats itself
			require.Equal(t, 204, w.call("POST", "/webhooks/resend", body, signed(webhookSecret, body, time.Now())...).status, body)
		}
	}
	other := "whsec_" + base64.StdEncoding.EncodeToString([]byte("another secret of 32 bytes......"))
	w.call("POST", "/webhooks/resend", delivered, "Authorization", "").refused(401, "webhook_signature_invalid")
	w.call("POST", "/webhooks/resend", delivered, signed(other, delivered, time.Now())...).refused(401, "webhook_signature_invalid")
	w.call("POST", "/webhooks/resend", delivered+" ", signed(webhookSecret, delivered, time.Now())...).refused(401, "webhook_signature_invalid")
	for _, away := range []time.Duration{-6 * time.Minute, 6 * time.Minute} {
		w.call("POST", "/webhooks/resend", delivered, signed(webhookSecret, delivered, time.Now().Add(away))...).refused(401, "webhook_signature_invalid")
	}
	w.call("POST", "/webhooks/resend", "{", signed(webhookSecret, "{", time.Now())...).refused(400, "json_invalid")
	odd := `{"type":"email.bounced"}`
	w.call("POST", "/webhooks/resend", odd, signed(webhookSecret, odd, time.Now())...).refused(422, "webhook_not_understood")
	w.call("POST", "/webhooks/resend", strings.Repeat("x", 2<<20), "Authorization", "").refused(413, "body_too_large")
	w.call("GET", "/webhooks/resend", nil).refused(405, "method_not_allowed")
	newBare(t).call("POST", "/webhooks/resend", delivered, signed(webhookSecret, delivered, time.Now())...).refused(404, "webhook_not_configured")
}

func TestBlockedAddresses_AreListedAndCleared(t *testing.T) {
	w := newWorld(t)
	w.inOrg(w.ours.org, func(ctx context.Context, q *rows.Queries) error {
		return q.BlockedAddressInsert(ctx, rows.BlockedAddressInsertParams{OrgID: w.ours.org, Address: "a+b@example.com", Reason: "bounced", BlockedAt: time.Now()})
	})
	require.Len(t, w.call("GET", "/api/v1/blocked-addresses", nil).ok(200)["items"], 1)
	w.call("DELETE", "/api/v1/blocked-addresses/a+b@example.com", nil, as(w.theirs.key)...).refused(404, "blocked_address_not_found")
	require.Equal(t, 204, w.call("DELETE", "/api/v1/blocked-addresses/A%2Bb%40example.com", nil).status)
	require.Empty(t, w.call("GET", "/api/v1/blocked-addresses", nil).ok(200)["items"])
}

func mustID(t testing.TB, s string) uuid.UUID {
	t.Helper()
	id, err := uuid.Parse(s)
	require.NoError(t, err)
	return id
}
