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

	"github.com/emersion/go-imap/v2/imapclient"
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
	require.Eventually(t, mailbox.Connected, time.Minute, time.Millisecond)
	return stop
}

func TestSandboxMailbox_MailIsTakenAtOnce(t *testing.T) {
	t.Parallel()
	s := startSandbox(t, sandboxConfig(t.TempDir()))
	taken := make(chan receive.Arrived, 100)
	readSandbox(t, s, func(_ context.Context, m receive.Arrived) error { taken <- m; return nil })
	for i := range 50 {
		sendTo(t, s, "a@x.example", []string{"one@in.example"}, plainMail("a@x.example", fmt.Sprint("m", i)))
		select {
		case <-taken:
		case <-time.After(time.Minute):
			require.FailNow(t, "not taken", "mail %d", i)
		}
	}
}

// Who waits for news is told of each mail: this client looks for nothing itself.
func TestSandboxMailbox_TellsWhoWaits(t *testing.T) {
	t.Parallel()
	s := startSandbox(t, sandboxConfig(t.TempDir()))
	told := make(chan uint32, 100)
	c, err := imapclient.DialInsecure(s.IMAPAddr(), &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(data *imapclient.UnilateralDataMailbox) {
			if data.NumMessages != nil {
				told <- *data.NumMessages
			}
		}}})
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.Login("intake", "secret").Wait())
	_, err = c.Select("INBOX", nil).Wait()
	require.NoError(t, err)
	idle, err := c.Idle()
	require.NoError(t, err)
	for i := range uint32(50) {
		sendTo(t, s, "a@x.example", []string{"one@in.example"}, plainMail("a@x.example", fmt.Sprint("m", i)))
		select {
		case count := <-told:
			require.Equal(t, i+1, count)
		case <-time.After(time.Minute):
			require.FailNow(t, "not told", "mail %d", i)
		}
	}
	require.NoError(t, idle.Close())
	require.NoError(t, idle.Wait())
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
