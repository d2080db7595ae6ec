package deliver

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const testSvixSecret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5"

func signedHeader(t *testing.T, secret, id string, at time.Time, body []byte) http.Header {
	t.Helper()
	key, err := svixKey(secret)
	require.NoError(t, err)
	stamp := strconv.FormatInt(at.Unix(), 10)
	h := http.Header{}
	h.Set("svix-id", id)
	h.Set("svix-timestamp", stamp)
	h.Set("svix-signature", "v1,"+base64.StdEncoding.EncodeToString(svixMAC(key, id, stamp, body)))
	return h
}

// TestVerifySvix_KnownAnswer uses the example that Svix publishes for makers
// of libraries.
func TestVerifySvix_KnownAnswer(t *testing.T) {
	t.Parallel()
	h := http.Header{}
	h.Set("svix-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
	h.Set("svix-timestamp", "1614265330")
	h.Set("svix-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
	err := VerifySvix("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", h, []byte(`{"test": 2432232314}`), time.Unix(1614265330, 0))
	require.NoError(t, err)
}

func TestVerifySvix(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_780_000_000, 0)
	body := []byte(`{"type":"email.delivered"}`)
	good := func() http.Header { return signedHeader(t, testSvixSecret, "msg_1", now, body) }
	cases := []struct {
		name   string
		change func(h http.Header)
		secret string
		body   string
		at     time.Duration
		want   error
	}{
		{name: "good"},
		{name: "late but in time", at: 5 * time.Minute},
		{name: "early but in time", at: -5 * time.Minute},
		{name: "too late", at: 5*time.Minute + time.Second, want: ErrSvixTime},
		{name: "from the future", at: -5*time.Minute - time.Second, want: ErrSvixTime},
		{name: "other body", body: `{"type":"email.bounced"}`, want: ErrSvixSignature},
		{name: "other secret", secret: "whsec_" + base64.StdEncoding.EncodeToString([]byte("another secret, long enough")), want: ErrSvixSignature},
		{name: "other id", change: func(h http.Header) { h.Set("svix-id", "msg_2") }, want: ErrSvixSignature},
		{name: "no id", change: func(h http.Header) { h.Del("svix-id") }, want: ErrSvixHeaders},
		{name: "no time", change: func(h http.Header) { h.Del("svix-timestamp") }, want: ErrSvixHeaders},
		{name: "time is no number", change: func(h http.Header) { h.Set("svix-timestamp", "now") }, want: ErrSvixHeaders},
		{name: "time moved", change: func(h http.Header) { h.Set("svix-timestamp", "1780000001") }, want: ErrSvixSignature},
		{name: "no signature", change: func(h http.Header) { h.Del("svix-signature") }, want: ErrSvixSignature},
		{name: "wrong version", change: func(h http.Header) {
			h.Set("svix-signature", strings.Replace(h.Get("svix-signature"), "v1,", "v2,", 1))
		}, want: ErrSvixSignature},
		{name: "no version", change: func(h http.Header) {
			h.Set("svix-signature", strings.TrimPrefix(h.Get("svix-signature"), "v1,"))
		}, want: ErrSvixSignature},
		{name: "second of several", change: func(h http.Header) {
			h.Set("svix-signature", "v1,AAAA v1a,xyz v1,!!! "+h.Get("svix-signature"))
		}},
		{name: "empty secret", secret: "-", want: ErrSvixSecret},
		{name: "bare prefix", secret: "whsec_", want: ErrSvixSecret},
		{name: "no base64", secret: "whsec_***", want: ErrSvixSecret},
		{name: "without prefix", secret: strings.TrimPrefix(testSvixSecret, "whsec_"), want: ErrSvixSecret},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h, secret, sent := good(), testSvixSecret, body
			if tc.change != nil {
				tc.change(h)
			}
			if tc.secret != "" {
				secret = strings.TrimPrefix(tc.secret, "-")
			}
			if tc.body != "" {
				sent = []byte(tc.body)
			}
			require.ErrorIs(t, VerifySvix(secret, h, sent, now.Add(tc.at)), tc.want)
			require.Equal(t, tc.want == ErrSvixSecret, CheckSvixSecret(secret) != nil)
		})
	}
}

func TestParseDeliveryEvent(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 4, 8, 0, 0, 123_000_000, time.UTC)
	event := func(kind, more string) string {
		return `{"type":"` + kind + `","created_at":"2026-03-04T08:00:00.123Z","data":{"email_id":"e1","to":["a@b.c"],"subject":"s"` + more + `}}`
	}
	cases := []struct {
		name, body string
		want       DeliveryEvent
		stops      bool
	}{
		{"delivered", event("email.delivered", ""), DeliveryEvent{Type: DeliveryDelivered}, false},
		{"sent", event("email.sent", ""), DeliveryEvent{Type: DeliverySent}, false},
		{"delayed", event("email.delivery_delayed", ""), DeliveryEvent{Type: DeliveryDelayed}, false},
		{"complained", event("email.complained", ""), DeliveryEvent{Type: DeliveryComplained}, true},
		{"hard bounce", event("email.bounced", `,"bounce":{"type":"Permanent","subType":"General","message":"No such\nuser"}`), DeliveryEvent{Type: DeliveryBounced, HardBounce: true, Reason: "No such user"}, true},
		{"soft bounce", event("email.bounced", `,"bounce":{"type":"Transient","subType":"MailboxFull","message":"full"}`), DeliveryEvent{Type: DeliveryBounced, Reason: "full"}, false},
		{"undetermined bounce", event("email.bounced", `,"bounce":{"type":"Undetermined"}`), DeliveryEvent{Type: DeliveryBounced}, false},
		{"bounce without a type", event("email.bounced", ""), DeliveryEvent{Type: DeliveryBounced, HardBounce: true}, true},
		{"suppressed", event("email.suppressed", ""), DeliveryEvent{Type: DeliverySuppressed, HardBounce: true}, true},
		{"failed", event("email.failed", `,"failed":{"reason":"reached_daily_quota"}`), DeliveryEvent{Type: DeliveryFailed, Reason: "reached_daily_quota"}, false},
		{"opened", event("email.opened", ""), DeliveryEvent{Type: DeliveryOther}, false},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseDeliveryEvent([]byte(tc.body))
			require.NoError(t, err)
			tc.want.ProviderID, tc.want.At = "e1", at
			require.Equal(t, tc.want, got)
			require.Equal(t, tc.stops, got.StopsMail())
		})
	}
	other, err := ParseDeliveryEvent([]byte(`{"type":"contact.created","created_at":"2026-03-04T08:00:00Z","data":{"id":"c"}}`))
	require.NoError(t, err)
	require.Equal(t, DeliveryOther, other.Type)
	for _, bad := range []string{"", "[]", "{", `{"type":"email.bounced"}`, `{"type":"email.bounced","data":{"email_id":"x"}}`, `{"type":"email.sent","created_at":"yesterday"}`} {
		_, err := ParseDeliveryEvent([]byte(bad))
		require.Error(t, err, bad)
	}
}
