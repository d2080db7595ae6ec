package deliver

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"coachflow/mail/compose"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestSMTP_DeliversOverOneWarmConnection(t *testing.T) {
	t.Parallel()
	r := startRelay(t, nil)
	s := r.transport(t, nil)
	o := outgoingSample()
	o.EnvelopeFrom = "bounces@mail.example.com"
	for range 5 {
		receipt, err := s.Send(t.Context(), o)
		require.NoError(t, err)
		require.Equal(t, o.MessageID, receipt.ProviderID)
	}
	conns, mails := r.seen()
	require.Equal(t, 1, conns)
	require.Len(t, mails, 5)
	require.Equal(t, "bounces@mail.example.com", mails[0].from)
	require.Equal(t, "anna@example.org", mails[0].to)
	want, err := compose.BuildMIME(o)
	require.NoError(t, err)
	require.Equal(t, string(want), mails[4].raw)
}

func TestSMTP_Classification(t *testing.T) {
	t.Parallel()
	type stages struct{ mail, rcpt, data error }
	cases := []struct {
		name      string
		at        stages
		code      string
		permanent bool
		bad       bool
	}{
		{"no such user", stages{rcpt: refusal(550, smtp.EnhancedCode{5, 1, 1})}, "smtp_bad_address", true, true},
		{"no such user, old server", stages{rcpt: refusal(550, smtp.NoEnhancedCode)}, "smtp_bad_address", true, true},
		{"no such domain", stages{rcpt: refusal(553, smtp.EnhancedCode{5, 1, 2})}, "smtp_bad_address", true, true},
		{"policy", stages{rcpt: refusal(550, smtp.EnhancedCode{5, 7, 1})}, "smtp_policy", true, false},
		{"mailbox full for good", stages{rcpt: refusal(552, smtp.EnhancedCode{5, 2, 2})}, "smtp_mailbox_full", true, false},
		{"mailbox full for now", stages{rcpt: refusal(452, smtp.EnhancedCode{4, 2, 2})}, "smtp_deferred", false, false},
		{"greylisted", stages{rcpt: refusal(451, smtp.EnhancedCode{4, 7, 1})}, "smtp_deferred", false, false},
		{"closing", stages{rcpt: refusal(421, smtp.EnhancedCode{4, 3, 2})}, "smtp_deferred", false, false},
		{"spam", stages{data: refusal(554, smtp.EnhancedCode{5, 7, 1})}, "smtp_policy", true, false},
		{"550 after the data is not about the address", stages{data: refusal(550, smtp.NoEnhancedCode)}, "smtp_refused", true, false},
		{"data deferred", stages{data: refusal(451, smtp.EnhancedCode{4, 3, 0})}, "smtp_deferred", false, false},
		{"too large", stages{data: refusal(552, smtp.EnhancedCode{5, 3, 4})}, "message_too_large", true, false},
		{"sender refused is our fault", stages{mail: refusal(550, smtp.EnhancedCode{5, 7, 1})}, "smtp_sender", false, false},
		{"sender deferred", stages{mail: refusal(450, smtp.EnhancedCode{4, 1, 8})}, "smtp_sender", false, false},
		{"too large by announcement", stages{mail: refusal(552, smtp.EnhancedCode{5, 3, 4})}, "message_too_large", true, false},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := startRelay(t, func(r *relay) {
				r.onMail = func(int, string) error { return tc.at.mail }
				r.onRcpt = func(string) error { return tc.at.rcpt }
				r.onBody = func(*smtp.Conn) error { return tc.at.data }
			})
			_, err := r.transport(t, nil).Send(t.Context(), outgoingSample())
			var se *SendError
			require.ErrorAs(t, err, &se)
			require.Equal(t, tc.code, se.Code)
			require.Equal(t, tc.permanent, IsPermanent(err))
			require.Equal(t, tc.bad, IsBadAddress(err))
		})
	}
}

func TestSMTP_RefusalLeavesTheNextMailAlone(t *testing.T) {
	t.Parallel()
	r := startRelay(t, func(r *relay) {
		r.onRcpt = func(to string) error {
			if strings.HasPrefix(to, "gone@") {
				return refusal(550, smtp.EnhancedCode{5, 1, 1})
			}
			return nil
		}
	})
	s := r.transport(t, nil)
	for _, to := range []string{"anna@example.org", "gone@example.org", "anna@example.org"} {
		o := outgoingSample()
		o.To.Addr = to
		_, err := s.Send(t.Context(), o)
		require.Equal(t, to == "gone@example.org", err != nil)
	}
	_, mails := r.seen()
	require.Len(t, mails, 2)
}

func TestSMTP_ReplacesConnectionThatDiedIdle(t *testing.T) {
	t.Parallel()
	r := startRelay(t, nil)
	s := r.transport(t, nil)
	for range 3 {
		_, err := s.Send(t.Context(), outgoingSample())
		require.NoError(t, err)
		r.cutAll()
	}
	conns, mails := r.seen()
	require.Equal(t, 3, conns)
	require.Len(t, mails, 3)
}

func TestSMTP_ServerClosesIdleConnections(t *testing.T) {
	t.Parallel()
	r := startRelay(t, func(r *relay) { r.server.ReadTimeout = 50 * time.Millisecond })
	s := r.transport(t, nil)
	for range 2 {
		_, err := s.Send(t.Context(), outgoingSample())
		require.NoError(t, err)
		require.Eventually(t, r.allClosed, time.Minute, 5*time.Millisecond, "the server has closed the connection")
	}
	_, mails := r.seen()
	require.Len(t, mails, 2)
}

func TestSMTP_IdleConnectionIsEnded(t *testing.T) {
	t.Parallel()
	r := startRelay(t, nil)
	s := r.transport(t, nil)
	s.pool.maxIdle = 30 * time.Millisecond
	for range 2 {
		_, err := s.Send(t.Context(), outgoingSample())
		require.NoError(t, err)
		require.Eventually(t, func() bool {
			s.pool.mu.Lock()
			defer s.pool.mu.Unlock()
			return len(s.pool.idle) == 0
		}, time.Minute, 5*time.Millisecond)
	}
	conns, _ := r.seen()
	require.Equal(t, 2, conns)
}

func TestSMTP_LimitOfMailsPerConnection(t *testing.T) {
	t.Parallel()
	for _, code := range []int{421, 451, 550} {
		r := startRelay(t, func(r *relay) {
			r.onMail = func(n int, _ string) error {
				if n > 2 {
					return refusal(code, smtp.NoEnhancedCode)
				}
				return nil
			}
		})
		s := r.transport(t, nil)
		for range 5 {
			_, err := s.Send(t.Context(), outgoingSample())
			require.NoError(t, err, "%d", code)
		}
		conns, mails := r.seen()
		require.Equal(t, 3, conns)
		require.Len(t, mails, 5)
	}
}

func TestR15_DropAfterDataIsNotSentAgainAtOnce(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"before the data", "after the data"} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			drop, tries := false, 0
			cut := func(c *smtp.Conn) error {
				mu.Lock()
				defer mu.Unlock()
				if tries++; drop {
					return errors.Join(c.Conn().Close(), errors.New("cut"))
				}
				return nil
			}
			r := startRelay(t, func(r *relay) {
				if when == "before the data" {
					r.onData = cut
				} else {
					r.onBody = cut
				}
			})
			s := r.transport(t, nil)
			_, err := s.Send(t.Context(), outgoingSample())
			require.NoError(t, err)
			mu.Lock()
			drop = true
			mu.Unlock()
			_, err = s.Send(t.Context(), outgoingSample())
			var se *SendError
			require.ErrorAs(t, err, &se)
			require.Equal(t, "smtp_outcome_unknown", se.Code)
			require.False(t, se.Permanent)
			mu.Lock()
			defer mu.Unlock()
			require.Equal(t, 2, tries, "the server may have the mail: no second try of our own")
		})
	}
}

func TestSMTP_TroubleWithTheServerIsTemporary(t *testing.T) {
	t.Parallel()
	t.Run("nobody listens", func(t *testing.T) {
		t.Parallel()
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		require.NoError(t, listener.Close())
		s, err := NewSMTP(SMTPConfig{Addr: listener.Addr().String(), TLSMode: SMTPPlain})
		require.NoError(t, err)
		requireTemporary(t, s, "smtp_connect")
	})
	for greeting, code := range map[string]string{
		"554 go away\r\n": "smtp_greeting", "421 busy\r\n": "smtp_greeting", "hello?\r\n": "smtp_connection", "": "smtp_connection",
		"220 ok\r\n550 who are you\r\n": "smtp_greeting",
	} {
		t.Run(greeting, func(t *testing.T) {
			t.Parallel()
			s, err := NewSMTP(SMTPConfig{Addr: startBabbler(t, greeting), TLSMode: SMTPPlain, Timeout: 300 * time.Millisecond})
			require.NoError(t, err)
			requireTemporary(t, s, code)
		})
	}
	t.Run("no STARTTLS", func(t *testing.T) {
		t.Parallel()
		s := startRelay(t, nil).transport(t, func(c *SMTPConfig) { c.TLSMode = "" })
		requireTemporary(t, s, "smtp_connection")
	})
	t.Run("wrong password", func(t *testing.T) {
		t.Parallel()
		r := startRelay(t, func(r *relay) { r.password = "right" })
		s := r.transport(t, func(c *SMTPConfig) { c.Username, c.Password = "user", "wrong" })
		requireTemporary(t, s, "smtp_auth")
	})
}

func requireTemporary(t *testing.T, s *SMTP, code string) {
	t.Helper()
	_, err := s.Send(t.Context(), outgoingSample())
	var se *SendError
	require.ErrorAs(t, err, &se)
	require.Equal(t, code, se.Code, "%v", err)
	require.False(t, se.Permanent)
}

func TestSMTP_LoginAndTLS(t *testing.T) {
	t.Parallel()
	server, client := testCertificates(t)
	for _, mode := range []SMTPSecurity{SMTPStartTLS, SMTPTLS} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			r := startRelay(t, func(r *relay) {
				r.password = "right"
				r.server.TLSConfig = server
				r.server.AllowInsecureAuth = false
			})
			addr := r.addr
			if mode == SMTPTLS {
				listener, err := tls.Listen("tcp", "127.0.0.1:0", server)
				require.NoError(t, err)
				addr = listener.Addr().String()
				go func() { _ = r.server.Serve(listener) }()
			}
			s := r.transport(t, func(c *SMTPConfig) {
				c.Addr, c.TLSMode, c.TLSConfig = addr, mode, client
				c.Username, c.Password = "user", "right"
			})
			for range 2 {
				_, err := s.Send(t.Context(), outgoingSample())
				require.NoError(t, err)
			}
			_, mails := r.seen()
			require.Len(t, mails, 2)
			stranger := r.transport(t, func(c *SMTPConfig) { c.Addr, c.TLSMode = addr, mode })
			_, err := stranger.Send(t.Context(), outgoingSample())
			require.ErrorContains(t, err, "certificate")
			require.False(t, IsPermanent(err))
		})
	}
}

func TestSMTP_AddressesBeyondASCII(t *testing.T) {
	t.Parallel()
	domain, local := outgoingSample(), outgoingSample()
	domain.To.Addr, local.To.Addr = "anna@bücher.example", "änna@example.org"

	old := startRelay(t, nil)
	s := old.transport(t, nil)
	_, err := s.Send(t.Context(), domain)
	require.NoError(t, err, "a domain has an ASCII form")
	_, err = s.Send(t.Context(), local)
	var se *SendError
	require.ErrorAs(t, err, &se)
	require.Equal(t, "smtp_utf8_unsupported", se.Code)
	require.True(t, se.Permanent)
	_, mails := old.seen()
	require.Len(t, mails, 1)
	require.Equal(t, "anna@xn--bcher-kva.example", mails[0].to)
	require.False(t, mails[0].utf8)

	modern := startRelay(t, func(r *relay) { r.server.EnableSMTPUTF8 = true })
	_, err = modern.transport(t, nil).Send(t.Context(), local)
	require.NoError(t, err)
	_, mails = modern.seen()
	require.Equal(t, "änna@example.org", mails[0].to)
	require.True(t, mails[0].utf8)
}

func TestSMTP_AnnouncedSizeIsRespected(t *testing.T) {
	t.Parallel()
	r := startRelay(t, func(r *relay) { r.server.MaxMessageBytes = 1000 })
	o := outgoingSample()
	o.Text = strings.Repeat("x", 2000)
	_, err := r.transport(t, nil).Send(t.Context(), o)
	var se *SendError
	require.ErrorAs(t, err, &se)
	require.Equal(t, "message_too_large", se.Code)
	require.True(t, se.Permanent)
}

func TestSMTP_ContextEndsAWait(t *testing.T) {
	t.Parallel()
	// Of its own accord, the transport would wait for an hour.
	s, err := NewSMTP(SMTPConfig{Addr: startBabbler(t, "220 hi\r\n"), TLSMode: SMTPPlain, MaxConns: 1, Timeout: time.Hour})
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	var all sync.WaitGroup
	for range 3 { // one talks to the server, two wait for their turn
		all.Go(func() {
			_, err := s.Send(ctx, outgoingSample())
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.False(t, IsPermanent(err))
		})
	}
	all.Wait()
}

func TestSMTP_HalfOpenConnectionTimesOut(t *testing.T) {
	t.Parallel()
	block := make(chan struct{})
	r := startRelay(t, func(r *relay) {
		r.onBody = func(*smtp.Conn) error { <-block; return nil }
	})
	t.Cleanup(func() { close(block) })
	s := r.transport(t, func(c *SMTPConfig) { c.Timeout = 50 * time.Millisecond })
	requireTemporary(t, s, "smtp_outcome_unknown") // the server itself says nothing as long as the test runs
}

func TestSMTP_NeverMoreThanMaxConns(t *testing.T) {
	t.Parallel()
	r := startRelay(t, nil)
	s := r.transport(t, func(c *SMTPConfig) { c.MaxConns = 2 })
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			_, err := s.Send(t.Context(), outgoingSample())
			require.NoError(t, err)
		})
	}
	all.Wait()
	conns, mails := r.seen()
	require.LessOrEqual(t, conns, 2)
	require.Len(t, mails, 20)
}

func TestSMTP_CloseLeavesNothingBehind(t *testing.T) {
	before := goleak.IgnoreCurrent()
	r := startRelay(t, nil)
	s, err := NewSMTP(SMTPConfig{Addr: r.addr, TLSMode: SMTPPlain})
	require.NoError(t, err)
	_, err = s.Send(t.Context(), outgoingSample())
	require.NoError(t, err)
	require.NoError(t, s.Close())
	require.NoError(t, s.Close())
	requireTemporary(t, s, "transport_closed")
	require.NoError(t, r.server.Close())
	goleak.VerifyNone(t, before)
}

func TestNewSMTP_RefusesBadConfiguration(t *testing.T) {
	t.Parallel()
	for _, cfg := range []SMTPConfig{{}, {Addr: "mail.example.com"}, {Addr: "a:25", TLSMode: "ssl"}} {
		_, err := NewSMTP(cfg)
		require.Error(t, err)
	}
	s, err := NewSMTP(SMTPConfig{Addr: "a:587"})
	require.NoError(t, err)
	require.Equal(t, SMTPStartTLS, s.cfg.TLSMode, "the default is the safe one")
}

func BenchmarkSMTP_WarmSend(b *testing.B) {
	r := startRelay(b, nil)
	s := r.transport(b, nil)
	o := outgoingSample()
	for b.Loop() {
		if _, err := s.Send(b.Context(), o); err != nil {
			b.Fatal(err)
		}
	}
}
