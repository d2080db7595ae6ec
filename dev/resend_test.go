package dev

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/mail/compose"
	"coachflow/mail/deliver"
)

func startResendStandIn(t *testing.T, s *ResendStandIn) *deliver.Resend {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	r, err := deliver.NewResend(deliver.ResendConfig{APIKey: "re_dev", BaseURL: server.URL})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	return r
}

func resendSample(key string) compose.Outgoing {
	return compose.Outgoing{
		From: compose.Recipient{Name: "Scully, Dana", Addr: "notify@mail.example.com"}, To: compose.Recipient{Name: "Zoë", Addr: "zoe@example.org"},
		ReplyTo: compose.Recipient{Addr: "s@in.example.com"}, Subject: "Hello", Text: "Hi\n", HTML: "<p>Hi</p>",
		MessageID: compose.MessageID("mail.example.com", key), IdempotencyKey: key, Date: time.Now(),
		Headers:     map[string]string{"In-Reply-To": "<x@y>"},
		Inline:      []compose.Attachment{{Name: "a.png", ContentType: "image/png", ContentID: "a@x", Data: []byte{0, 255}}},
		Attachments: []compose.Attachment{{Name: "b.txt", ContentType: "text/plain", Data: []byte("b")}},
	}
}

// TestR15_OneKeyIsOneMail tries until the mail is taken, through lost answers,
// failures and limits, as the sending activity does.
func TestR15_OneKeyIsOneMail(t *testing.T) {
	t.Parallel()
	delivered := 0
	s := NewResendStandIn(func(context.Context, ResendMail) error { delivered++; return nil })
	r := startResendStandIn(t, s)
	s.Fail(2, http.StatusInternalServerError, "internal_server_error", 0)
	s.Fail(1, http.StatusTooManyRequests, "rate_limit_exceeded", 2*time.Second)
	s.LoseAnswers(3)
	o := resendSample("form/1/remind-1/zoe")
	var receipt deliver.Receipt
	var err error
	tries := 0
	for range 10 {
		tries++
		if receipt, err = r.Send(t.Context(), o); err == nil {
			break
		}
		require.False(t, deliver.IsPermanent(err), "%v", err)
		if tries == 3 {
			require.Equal(t, 2*time.Second, deliver.RetryAfter(err))
		}
	}
	require.NoError(t, err)
	require.Equal(t, 7, tries)
	again, err := r.Send(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, receipt, again, "the provider's id stays the same")
	require.Len(t, s.Accepted(), 1)
	require.Equal(t, 1, delivered)
	require.Equal(t, receipt.ProviderID, s.Accepted()[0].ID)
}

func TestR15_OneKeyWithOtherContentIsRefused(t *testing.T) {
	t.Parallel()
	s := NewResendStandIn(nil)
	r := startResendStandIn(t, s)
	o := resendSample("k")
	_, err := r.Send(t.Context(), o)
	require.NoError(t, err)
	o.Text = "other"
	_, err = r.Send(t.Context(), o)
	require.True(t, deliver.IsPermanent(err))
	require.ErrorContains(t, err, "resend_key_reused")
	require.Len(t, s.Accepted(), 1)
}

func TestR15_ConcurrentTriesAreOneMail(t *testing.T) {
	t.Parallel()
	gate := make(chan struct{})
	s := NewResendStandIn(func(context.Context, ResendMail) error { <-gate; return nil })
	r := startResendStandIn(t, s)
	errs := make(chan error, 5)
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() { _, err := r.Send(t.Context(), resendSample("k")); errs <- err })
	}
	for range 4 { // all but the one that waits at the gate
		err := <-errs
		require.ErrorContains(t, err, "resend_concurrent")
		require.False(t, deliver.IsPermanent(err))
	}
	close(gate)
	all.Wait()
	require.NoError(t, <-errs)
	require.Len(t, s.Accepted(), 1)
}

func TestResendStandIn_ForgetsKeysAfterADay(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := NewResendStandIn(nil)
	s.Now = func() time.Time { return now }
	r := startResendStandIn(t, s)
	for _, wait := range []time.Duration{0, 23 * time.Hour, 2 * time.Hour} {
		now = now.Add(wait)
		_, err := r.Send(t.Context(), resendSample("k"))
		require.NoError(t, err)
	}
	require.Len(t, s.Accepted(), 2)
}

func TestResendStandIn_RateLimitAndKeys(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := NewResendStandIn(nil)
	s.Now = func() time.Time { return now }
	s.RateLimit = 2
	r := startResendStandIn(t, s)
	for i, key := range []string{"a", "b", "c"} {
		_, err := r.Send(t.Context(), resendSample(key))
		require.Equal(t, i == 2, err != nil)
		require.Equal(t, i == 2, deliver.RetryAfter(err) == time.Second)
	}
	now = now.Add(time.Second)
	_, err := r.Send(t.Context(), resendSample("c"))
	require.NoError(t, err)
	s.APIKey = "another"
	_, err = r.Send(t.Context(), resendSample("d"))
	require.ErrorContains(t, err, "resend_configuration")
}

func TestResendStandIn_MailArrivesWhole(t *testing.T) {
	t.Parallel()
	s := NewResendStandIn(nil)
	r := startResendStandIn(t, s)
	o := resendSample("k")
	_, err := r.Send(t.Context(), o)
	require.NoError(t, err)
	got := s.Accepted()[0].Mail
	got.Date = o.Date
	require.Equal(t, o, got)
	raw, err := compose.BuildMIME(got)
	require.NoError(t, err)
	want, err := compose.BuildMIME(o)
	require.NoError(t, err)
	require.Equal(t, string(want), string(raw), "over either way it is the same mail")
}

func TestResendStandIn_FailedDeliveryMayBeTriedAgain(t *testing.T) {
	t.Parallel()
	calls := 0
	s := NewResendStandIn(func(context.Context, ResendMail) error {
		if calls++; calls == 1 {
			return errors.New("sandbox is full")
		}
		return nil
	})
	r := startResendStandIn(t, s)
	_, err := r.Send(t.Context(), resendSample("k"))
	require.ErrorContains(t, err, "sandbox is full")
	_, err = r.Send(t.Context(), resendSample("k"))
	require.NoError(t, err)
	require.Len(t, s.Accepted(), 1)
}

func TestSignSvix_IsBelieved(t *testing.T) {
	t.Parallel()
	const secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5"
	now := time.Now()
	body := []byte(`{"type":"email.delivered"}`)
	header, err := SignSvix(secret, "msg_1", now, body)
	require.NoError(t, err)
	require.NoError(t, deliver.VerifySvix(secret, header, body, now))
	require.ErrorIs(t, deliver.VerifySvix(secret, header, append(body, ' '), now), deliver.ErrSvixSignature)
}
