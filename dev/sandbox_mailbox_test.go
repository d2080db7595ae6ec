package dev

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/mail/receive"
)

// readSandbox runs the product's reader on the sandbox's mailbox.
func readSandbox(t testing.TB, s *Sandbox, take receive.TakeFunc) (stop func()) {
	t.Helper()
	mailbox := receive.NewMailbox(receive.MailboxConfig{
		Addr: s.IMAPAddr(), Username: "intake", Password: "secret", TLSMode: receive.MailboxPlain,
		Timeouts: receive.MailboxTimeouts{PauseMin: 50 * time.Millisecond, PauseMax: 200 * time.Millisecond},
	}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- mailbox.Run(ctx, take) }()
	stop = sync.OnceFunc(func() { cancel(); require.NoError(t, <-done) })
	t.Cleanup(stop)
	require.Eventually(t, mailbox.Connected, 10*time.Second, time.Millisecond)
	return stop
}

func TestSandboxMailbox_MailIsTakenAtOnce(t *testing.T) {
	t.Parallel()
	s := startSandbox(t, sandboxConfig(t.TempDir()))
	taken := make(chan receive.Arrived, 100)
	readSandbox(t, s, func(_ context.Context, m receive.Arrived) error { taken <- m; return nil })
	var slowest, sum time.Duration
	const rounds = 50
	for i := range rounds {
		sendTo(t, s, "a@x.example", []string{"one@in.example"}, plainMail("a@x.example", fmt.Sprint("m", i)))
		accepted := time.Now()
		select {
		case <-taken:
		case <-time.After(10 * time.Second):
			require.FailNow(t, "not taken", "mail %d", i)
		}
		slowest, sum = max(slowest, time.Since(accepted)), sum+time.Since(accepted)
	}
	t.Logf("after the end of the SMTP connection: mean %v, slowest %v", sum/rounds, slowest)
	require.Less(t, sum/rounds, 500*time.Millisecond) // a look at the next poll takes a second at least
}

func TestSandboxMailbox_NothingIsLostOverOutagesAndRestarts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := startSandbox(t, sandboxConfig(dir))
	var names sync.Map // mailbox, UIDVALIDITY and UID → the mail
	var subjects sync.Map
	var fails atomic.Int32
	take := func(_ context.Context, m receive.Arrived) error {
		name := fmt.Sprint(m.Mailbox, m.UIDValidity, m.UID)
		if raw, seen := names.LoadOrStore(name, string(m.Raw)); seen && raw != string(m.Raw) {
			return fmt.Errorf("one name for two mails")
		}
		if fails.Add(1)%7 == 0 {
			return fmt.Errorf("take it again later")
		}
		subjects.Store(string(m.Raw), true)
		return nil
	}
	stop := readSandbox(t, s, take)
	const mails = 60
	for i := range mails {
		sendTo(t, s, "a@x.example", []string{"one@in.example"}, plainMail("a@x.example", fmt.Sprint("m", i)))
		switch i {
		case 20:
			require.NoError(t, s.Pause())
			require.NoError(t, s.Resume())
		case 40:
			stop()
			require.NoError(t, s.Close())
			s = startSandbox(t, sandboxConfig(dir))
			readSandbox(t, s, take)
		}
	}
	require.Eventually(t, func() bool {
		count := 0
		subjects.Range(func(any, any) bool { count++; return true })
		return count == mails
	}, 30*time.Second, 10*time.Millisecond)
}
