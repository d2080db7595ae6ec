package receive

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// Not parallel: it looks at all goroutines.
func TestMailbox_LeavesNothingBehind(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	server := newMailServer()
	stopServer := server.start(t)
	got := newCollector()
	_, stop := runMailbox(t, server.config(), got.take)
	server.deliver(t, sampleMail("one"))
	got.next(t)
	eventually(t, "filed", func() bool { return server.count("Processed") == 1 })
	stop()
	stopServer()
}

func TestMailbox_HandsOverAndFiles(t *testing.T) {
	t.Parallel()
	server := newMailServer()
	server.start(t)
	received := time.Now().Add(-time.Hour).Truncate(time.Second)
	server.deliver(t, sampleMail("first"), imap.AppendOptions{Time: received})
	got := newCollector()
	mailbox, _ := runMailbox(t, server.config(), got.take)

	mail := got.next(t)
	require.Equal(t, sampleMail("first"), string(mail.Raw))
	require.EqualValues(t, len(mail.Raw), mail.Size)
	require.WithinDuration(t, received, mail.ReceivedAt, 0)
	require.Equal(t, "imap://intake@127.0.0.1/INBOX", mail.Mailbox)
	require.EqualValues(t, 1, mail.UID)
	require.EqualValues(t, 1, mail.UIDValidity)
	require.False(t, mail.TooLarge)

	eventually(t, "filed", func() bool { return server.count("INBOX") == 0 && server.count("Processed") == 1 })
	require.True(t, mailbox.Connected())
	eventually(t, "nothing waits", func() bool { return mailbox.OldestUnfiled() == 0 })
	require.Zero(t, server.said("BODYSTRUCTURE"))
	require.Zero(t, server.said("ENVELOPE"))
}

func TestMailbox_NewMailIsTakenAtOnce(t *testing.T) {
	t.Parallel()
	server := newMailServer()
	server.start(t)
	got := newCollector()
	runMailbox(t, server.config(), got.take)
	eventually(t, "IDLE", func() bool { return server.said(" IDLE\r\n") > 0 })
	for i := range 20 {
		server.deliver(t, sampleMail(fmt.Sprint("n", i)))
		require.Equal(t, fmt.Sprint("n", i), subjectOf(got.next(t)))
		eventually(t, "filed", func() bool { return server.count("INBOX") == 0 })
	}
}

// Nothing but the server's word ends this wait: there is no other look for an hour.
func TestMailbox_TheServersWordEndsTheWait(t *testing.T) {
	t.Parallel()
	server := newMailServer()
	server.start(t)
	c, err := dialMailbox(t.Context(), server.config().withDefaults())
	require.NoError(t, err)
	t.Cleanup(c.close)
	for i := range 20 {
		ended := make(chan error, 1)
		go func() { ended <- c.waitNews(t.Context(), time.Hour) }()
		eventually(t, "IDLE", func() bool { return server.said(" IDLE\r\n") == i+1 })
		require.Empty(t, ended, "there is no news yet")
		server.deliver(t, sampleMail(fmt.Sprint("n", i)))
		select {
		case err := <-ended:
			require.NoError(t, err)
		case <-time.After(time.Minute):
			require.FailNow(t, "the word was not heard")
		}
		heads, err := c.list()
		require.NoError(t, err)
		require.Len(t, heads, i+1)
	}
}

func TestMailbox_AThousandWaitingInFewRoundTrips(t *testing.T) {
	t.Parallel()
	server := newMailServer()
	server.start(t)
	for i := range 1000 {
		server.deliver(t, sampleMail(fmt.Sprint("mail", i)))
	}
	var running, most atomic.Int32
	var taken sync.Map
	four := make(chan struct{}) // closed when four are at work
	enough := sync.OnceFunc(func() { close(four) })
	runMailbox(t, server.config(), func(ctx context.Context, mail Arrived) error {
		n := running.Add(1)
		defer running.Add(-1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		_, twice := taken.LoadOrStore(mail.UID, subjectOf(mail))
		if twice {
			return fmt.Errorf("mail %d handed over twice", mail.UID)
		}
		if n == 4 {
			enough()
		}
		select { // as if each took its time
		case <-four:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	eventually(t, "all filed", func() bool { return server.count("INBOX") == 0 })
	require.Equal(t, 1000, server.count("Processed"))
	require.EqualValues(t, 4, most.Load())
	require.Less(t, server.said(" completed\r\n"), 100, "commands")
	for i := range 1000 {
		subject, ok := taken.Load(uint32(i + 1))
		require.True(t, ok)
		require.Equal(t, fmt.Sprint("mail", i), subject)
	}
}

func TestMailbox_TooLargeIsHandedOverByItsHeader(t *testing.T) {
	t.Parallel()
	server := newMailServer()
	server.start(t)
	header := "Subject: big\r\nFrom: a@b.example\r\n\r\n"
	server.deliver(t, header+strings.Repeat("x", 5000))
	server.deliver(t, sampleMail("small"))
	cfg := server.config()
	cfg.MaxSize, cfg.KeepSize = 1000, 2000
	got := newCollector()
	runMailbox(t, cfg, got.take)

	mails := map[string]Arrived{}
	for range 2 {
		mail := got.next(t)
		mails[subjectOf(mail)] = mail
	}
	require.True(t, mails["big"].TooLarge)
	require.Nil(t, mails["big"].Whole)
	require.Equal(t, header, string(mails["big"].Raw))
	require.EqualValues(t, len(header)+5000, mails["big"].Size)
	require.False(t, mails["small"].TooLarge)
	eventually(t, "filed", func() bool {
		return server.count("INBOX") == 0 && server.count("TooLarge") == 1 && server.count("Processed") == 1
	})
}

func TestMailbox_HugeHeaderIsBounded(t *testing.T) {
	t.Parallel()
	server := newMailServer()
	server.start(t)
	server.deliver(t, "Subject: huge\r\nX-Filler: "+strings.Repeat("y\r\n y", 200_000)+"\r\n\r\nbody")
	cfg := server.config()
	cfg.MaxSize, cfg.KeepSize = 1000, 1000
	got := newCollector()
	runMailbox(t, cfg, got.take)
	mail := got.next(t)
	require.True(t, mail.TooLarge)
	require.LessOrEqual(t, len(mail.Raw), maxHeaderBytes)
	require.True(t, bytes.HasPrefix(mail.Raw, []byte("Subject: huge")))
}

func TestMailbox_PoisonDoesNotBlockTheQueue(t *testing.T) {
	t.Parallel()
	for name, poison := range map[string]func() error{
		"error": func() error { return fmt.Errorf("cannot read this") },
		"panic": func() error { panic("cannot read this either") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newMailServer()
			server.start(t)
			var cured atomic.Bool
			got := newCollector()
			got.say = func(mail Arrived) error {
				if subjectOf(mail) == "poison" && !cured.Load() {
					return poison()
				}
				return nil
			}
			server.deliver(t, sampleMail("poison"))
			server.deliver(t, sampleMail("good"))
			mailbox, _ := runMailbox(t, server.config(), got.take)
			// A mail is copied first and removed then: for a moment it is in both.
			eventually(t, "the good one is filed", func() bool { return server.count("Processed") == 1 && server.count("INBOX") == 1 })
			eventually(t, "the poison is tried again", func() bool { return len(got.subjects()) >= 4 })
			require.Positive(t, mailbox.OldestUnfiled())
			server.deliver(t, sampleMail("later"))
			eventually(t, "the later one is filed", func() bool { return server.count("Processed") == 2 })
			cured.Store(true)
			eventually(t, "the cured one is filed", func() bool { return server.count("Processed") == 3 })
		})
	}
}

func TestMailbox_HangingTakeGetsADeadline(t *testing.T) {
	t.Parallel()
	server := newMailServer()
	server.start(t)
	server.deliver(t, sampleMail("hangs"))
	server.deliver(t, sampleMail("good"))
	cfg := server.config()
	cfg.Timeouts.Take = 50 * time.Millisecond
	runMailbox(t, cfg, func(ctx context.Context, mail Arrived) error {
		if subjectOf(mail) == "hangs" {
			<-ctx.Done()
			return ctx.Err()
		}
		return nil
	})
	eventually(t, "the good one is filed", func() bool { return server.count("Processed") == 1 && server.count("INBOX") == 1 })
}

func TestMailbox_PauseLeavesTheMailboxAlone(t *testing.T) {
	t.Parallel()
	server := newMailServer()
	server.start(t)
	for i := range 100 {
		server.deliver(t, sampleMail(fmt.Sprint("m", i)))
	}
	var away atomic.Bool
	away.Store(true)
	got := newCollector()
	got.say = func(Arrived) error {
		if away.Load() {
			return fmt.Errorf("no database: %w", ErrPause)
		}
		return nil
	}
	runMailbox(t, server.config(), got.take)
	// After each pause it asks whether the connection is still there.
	eventually(t, "it has paused again and again", func() bool { return server.said(" NOOP\r\n") >= 4 })
	calls := len(got.subjects())
	rounds := server.said(" NOOP\r\n") + 1
	require.LessOrEqual(t, calls, 4*rounds, "after the first refusal of a round the others are not tried")
	require.Equal(t, 100, server.count("INBOX"))
	require.Zero(t, server.said(" UID COPY "))
	away.Store(false)
	eventually(t, "all filed", func() bool { return server.count("Processed") == 100 })
}

func TestMailbox_StopFilesWhatWasTaken(t *testing.T) {
	t.Parallel()
	server := newMailServer()
	server.start(t)
	server.deliver(t, sampleMail("last"))
	entered := make(chan struct{})
	_, stop := runMailbox(t, server.config(), func(ctx context.Context, _ Arrived) error {
		close(entered)
		<-ctx.Done() // it is being stopped, and this mail was taken all the same
		return nil
	})
	<-entered
	stop()
	require.Equal(t, 0, server.count("INBOX"))
	require.Equal(t, 1, server.count("Processed"))
}

func TestMailbox_PollsWithoutIdle(t *testing.T) {
	t.Parallel()
	server := newMailServer()
	server.start(t)
	proxy := newFaultProxy(t, server.addr, func(b []byte) []byte {
		return bytes.ReplaceAll(b, []byte(" IDLE"), []byte(" XDLE"))
	})
	cfg := server.config()
	cfg.Addr = proxy.addr()
	got := newCollector()
	mailbox, _ := runMailbox(t, cfg, got.take)
	eventually(t, "connected", mailbox.Connected)
	server.deliver(t, sampleMail("polled"))
	got.next(t)
	require.Zero(t, server.said(" IDLE\r\n"))
}

func TestMailbox_TLS(t *testing.T) {
	t.Parallel()
	web := httptest.NewTLSServer(nil) // for its certificate
	defer web.Close()
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())
	for name, mode := range map[string]string{"implicit": MailboxTLS, "starttls": MailboxStartTLS} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newTLSMailServer(mode, web.TLS.Clone())
			server.start(t)
			server.deliver(t, sampleMail("secret"))

			cfg := server.config()
			cfg.TLSMode, cfg.TLSConfig = mode, web.TLS.Clone()
			cfg.TLSConfig.NextProtos = nil
			runRefused(t, cfg, "a certificate of nobody")

			cfg.TLSConfig.RootCAs = roots
			got := newCollector()
			runMailbox(t, cfg, got.take)
			require.Equal(t, "secret", subjectOf(got.next(t)))
		})
	}
}

// runRefused runs a reader that gives up each connection before it is logged in.
func runRefused(t *testing.T, cfg MailboxConfig, why string) {
	t.Helper()
	var lost atomic.Int32
	mailbox := NewMailbox(cfg, slog.New(warnings{&lost}))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- mailbox.Run(ctx, newCollector().take) }()
	eventually(t, "it has tried again", func() bool {
		require.False(t, mailbox.Connected(), why)
		return lost.Load() >= 3
	})
	cancel()
	require.NoError(t, <-ended)
}

// warnings count what a log is warned of.
type warnings struct{ count *atomic.Int32 }

func (w warnings) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }
func (w warnings) WithAttrs([]slog.Attr) slog.Handler               { return w }
func (w warnings) WithGroup(string) slog.Handler                    { return w }

func (w warnings) Handle(context.Context, slog.Record) error {
	w.count.Add(1)
	return nil
}

func TestMailbox_StartTLSIsNotSkipped(t *testing.T) {
	t.Parallel()
	server := newMailServer() // without TLS
	server.start(t)
	cfg := server.config()
	cfg.TLSMode = MailboxStartTLS
	runRefused(t, cfg, "no protection")
	require.Zero(t, server.said("LOGIN intake"), "the password does not leave in the clear")
	require.Zero(t, server.said(testUser))
}

func TestMailbox_RefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]MailboxConfig{
		"no port":          {Addr: "imap.example.com"},
		"unknown TLS mode": {Addr: "imap.example.com:993", TLSMode: "ssl"},
		"files to itself":  {Addr: "imap.example.com:993", Processed: "INBOX"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := NewMailbox(cfg, slog.Default()).Run(context.Background(), newCollector().take)
			require.Error(t, err)
		})
	}
}
