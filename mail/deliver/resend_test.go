package deliver

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"coachflow/mail/compose"

	"github.com/stretchr/testify/require"
)

func newTestResend(t *testing.T, h http.HandlerFunc) *Resend {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	r, err := NewResend(ResendConfig{APIKey: "re_test", BaseURL: server.URL, Timeout: 5 * time.Second})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	return r
}

func TestResend_Request(t *testing.T) {
	t.Parallel()
	o := outgoingSample()
	o.From.Name = `Dana "D" Scully, M.D.`
	o.ReplyTo = compose.Recipient{Addr: "a1b2@in.example.com"}
	o.Headers = map[string]string{"In-Reply-To": "<x@y>"}
	o.Inline = []compose.Attachment{{Name: "logo.png", ContentType: "image/png", ContentID: "logo@x", Data: []byte{1, 255}}}
	o.Attachments = []compose.Attachment{{Name: "März.pdf", ContentType: "application/pdf", ContentID: "ignored", Data: []byte("%PDF")}}
	o.Calendar = &compose.CalendarPart{Method: "CANCEL", Data: []byte("BEGIN:VCALENDAR")}
	var got map[string]any
	var header http.Header
	r := newTestResend(t, func(w http.ResponseWriter, req *http.Request) {
		header = req.Header
		if req.URL.Path == "/emails" && json.NewDecoder(req.Body).Decode(&got) == nil {
			_, _ = io.WriteString(w, `{"id":"e1"}`)
		}
	})
	receipt, err := r.Send(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, "e1", receipt.ProviderID)
	require.Equal(t, o.IdempotencyKey, header.Get("Idempotency-Key"))
	require.Equal(t, "Bearer re_test", header.Get("Authorization"))
	require.Equal(t, `"Dana \"D\" Scully, M.D." <notify@mail.example.com>`, got["from"])
	require.Equal(t, []any{"Anna-Lena Müller <anna@example.org>"}, got["to"])
	require.Equal(t, "a1b2@in.example.com", got["reply_to"])
	require.Equal(t, o.Subject, got["subject"])
	require.Equal(t, map[string]any{
		"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", compose.NotificationHeader: o.IdempotencyKey,
		"Message-ID": "<" + o.MessageID + ">", "In-Reply-To": "<x@y>",
	}, got["headers"])
	files := got["attachments"].([]any)
	require.Equal(t, map[string]any{"filename": "logo.png", "content_type": "image/png", "content_id": "logo@x", "content": []any{1.0, 255.0}}, files[0])
	require.NotContains(t, files[1], "content_id")
	require.Equal(t, "text/calendar; charset=utf-8; method=CANCEL", files[2].(map[string]any)["content_type"])
}

func TestResend_Classification(t *testing.T) {
	t.Parallel()
	cases := []struct {
		status    int
		name      string
		code      string
		permanent bool
	}{
		{400, "validation_error", "resend_refused", true},
		{401, "missing_api_key", "resend_configuration", false},
		{403, "invalid_api_key", "resend_configuration", false},
		{404, "not_found", "resend_refused", true},
		{405, "method_not_allowed", "resend_refused", true},
		{408, "", "resend_unavailable", false},
		{409, "concurrent_idempotent_requests", "resend_concurrent", false},
		{409, "", "resend_concurrent", false},
		{409, "invalid_idempotent_request", "resend_key_reused", true},
		{413, "", "resend_refused", true},
		{422, "missing_required_field", "resend_refused", true},
		{429, "rate_limit_exceeded", "resend_rate_limit", false},
		{429, "daily_quota_exceeded", "resend_quota", false},
		{451, "security_error", "resend_refused", true},
		{500, "internal_server_error", "resend_unavailable", false},
		{502, "", "resend_unavailable", false},
		{503, "", "resend_unavailable", false},
		{302, "", "resend_unavailable", false},
	}
	for _, tc := range cases {
		for _, kind := range []string{"application/json", "text/html"} {
			r := newTestResend(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", kind)
				w.Header().Set("Location", "http://127.0.0.1:1/")
				w.WriteHeader(tc.status)
				_ = json.NewEncoder(w).Encode(map[string]any{"statusCode": tc.status, "name": tc.name, "message": "words of the provider"})
			})
			_, err := r.Send(t.Context(), outgoingSample())
			var se *SendError
			require.ErrorAs(t, err, &se)
			require.Equal(t, tc.code, se.Code, "%d %s", tc.status, tc.name)
			require.Equal(t, tc.permanent, se.Permanent, "%d %s", tc.status, tc.name)
			require.False(t, se.BadAddress)
		}
	}
}

func TestResend_BrokenAnswersAreTemporary(t *testing.T) {
	t.Parallel()
	answers := map[string]http.HandlerFunc{
		"empty id": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{}`) },
		"no JSON":  func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `<html>`) },
		"nothing":  func(http.ResponseWriter, *http.Request) {},
		"cut off":  func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"cut short": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "99")
			_, _ = io.WriteString(w, `{"id":"e1"}`)
		},
		"endless error": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadGateway)
			_, _ = io.WriteString(w, strings.Repeat("x", 4*maxAnswer))
		},
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := newTestResend(t, answer).Send(t.Context(), outgoingSample())
			require.Error(t, err)
			require.False(t, IsPermanent(err), "%v", err)
		})
	}
}

func TestResend_ContextEndsAWait(t *testing.T) {
	t.Parallel()
	r := newTestResend(t, func(_ http.ResponseWriter, req *http.Request) {
		_, _ = io.Copy(io.Discard, req.Body)
		<-req.Context().Done()
	})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := r.Send(ctx, outgoingSample())
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.False(t, IsPermanent(err))
}

func TestResend_RefusesInjection(t *testing.T) {
	t.Parallel()
	r := newTestResend(t, func(http.ResponseWriter, *http.Request) { t.Error("it was sent") })
	o := outgoingSample()
	o.Subject = "x\r\nBcc: evil@example.org"
	_, err := r.Send(t.Context(), o)
	require.True(t, IsPermanent(err))
	o = outgoingSample()
	o.To.Addr = "a@b.c, evil@example.org"
	_, err = r.Send(t.Context(), o)
	require.True(t, IsPermanent(err))
}

func TestParseRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "0": 0, "1": time.Second, "0.5": 500 * time.Millisecond, "-3": 0, "soon": 0, "NaN": 0, "Inf": 0, "1e300": 0,
		"999999": 24 * time.Hour, "Wed, 04 Mar 2026 09:00:30 GMT": 30 * time.Second, "Wed, 04 Mar 2026 08:00:00 GMT": 0,
	} {
		require.Equal(t, want, parseRetryAfter(value, now), value)
	}
}

func TestNewResend_RefusesBadConfiguration(t *testing.T) {
	t.Parallel()
	for _, cfg := range []ResendConfig{{}, {APIKey: " "}, {APIKey: "re\r\nX: y"}, {APIKey: "re_1", BaseURL: "not a url"}, {APIKey: "re_1", BaseURL: "/emails"}} {
		_, err := NewResend(cfg)
		require.Error(t, err)
	}
}
