package receive

import (
	"crypto/tls"
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/stretchr/testify/require"
)

// newTLSMailServer serves TLS from the first byte or on STARTTLS.
func newTLSMailServer(mode string, config *tls.Config) *mailServer {
	server := newMailServer()
	config.NextProtos = nil
	server.tls = config
	if mode == MailboxTLS {
		server.listen = func() (net.Listener, error) { return tls.Listen("tcp", "127.0.0.1:0", config) }
	}
	return server
}

func TestMailbox_FailedCopyDeletesNothing(t *testing.T) {
	t.Parallel()
	server := newMailServer()
	server.start(t)
	server.set(func() {
		server.copyErr = &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeOverQuota, Text: "full"}
	})
	server.deliver(t, sampleMail("one"))
	got := newCollector()
	mailbox, _ := runMailbox(t, server.config(), got.take)
	eventually(t, "COPY is tried again", func() bool { return server.said(" UID COPY ") >= 3 })
	require.Equal(t, 1, server.count("INBOX"))
	require.Zero(t, server.said(" UID STORE "))
	require.Zero(t, server.said("EXPUNGE "))
	require.True(t, mailbox.Connected())

	server.deliver(t, sampleMail("two"))
	eventually(t, "further mail is taken", func() bool { return len(got.subjects()) == 2 })
	server.set(func() { server.copyErr = nil })
	eventually(t, "filed", func() bool { return server.count("INBOX") == 0 && server.count("Processed") == 2 })
	require.Len(t, got.subjects(), 2, "what was taken is not taken again by the same process")
}

func TestMailbox_DeletesOnlyWhatWasCopied(t *testing.T) {
	t.Parallel()
	server := newMailServer()
	server.start(t)
	server.set(func() { server.copyOnly = 1 })
	server.deliver(t, sampleMail("one"))
	server.deliver(t, sampleMail("two"))
	got := newCollector()
	runMailbox(t, server.config(), got.take)
	eventually(t, "the first is filed", func() bool { return server.count("Processed") >= 1 && server.count("INBOX") == 1 })
	server.set(func() { server.copyOnly = 0 })
	eventually(t, "the second, too", func() bool { return server.count("INBOX") == 0 })
}

func TestMailbox_WithoutUIDPlus(t *testing.T) {
	t.Parallel()
	server := newMailServer()
	server.caps = imap.CapSet{imap.CapIMAP4rev1: {}}
	server.start(t)
	server.deliver(t, sampleMail("one"))
	var stuck atomic.Bool
	stuck.Store(true)
	got := newCollector()
	got.say = func(mail Arrived) error {
		if subjectOf(mail) == "deleted by a person" && stuck.Load() {
			return fmt.Errorf("not now")
		}
		return nil
	}
	runMailbox(t, server.config(), got.take)
	eventually(t, "filed by EXPUNGE", func() bool { return server.count("INBOX") == 0 && server.count("Processed") == 1 })

	server.deliver(t, sampleMail("deleted by a person"), imap.AppendOptions{Flags: []imap.Flag{imap.FlagDeleted}})
	server.deliver(t, sampleMail("two"))
	eventually(t, "copied", func() bool { return server.count("Processed") == 2 })
	looks := server.said(" UID SEARCH ")
	eventually(t, "it has looked again what else is deleted", func() bool { return server.said(" UID SEARCH ") >= looks+3 })
	require.Equal(t, 2, server.count("INBOX"), "EXPUNGE would remove what nobody has taken")
	require.Equal(t, 2, server.count("Processed"), "and the copy is not made twice")
	stuck.Store(false)
	eventually(t, "all filed", func() bool { return server.count("INBOX") == 0 && server.count("Processed") == 3 })
}

func TestMailbox_ShortLiteralIsNotHandedOver(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func([]byte) []byte{
		"cut":    func(raw []byte) []byte { return raw[:20] },
		"empty":  func([]byte) []byte { return nil },
		"longer": func(raw []byte) []byte { return append(raw, "more"...) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newMailServer()
			server.start(t)
			server.set(func() { server.spoil = spoil })
			server.deliver(t, sampleMail("spoiled"))
			got := newCollector()
			mailbox, _ := runMailbox(t, server.config(), got.take)
			eventually(t, "fetched again", func() bool { return server.said(" UID FETCH 1 ") >= 3 })
			require.Empty(t, got.subjects())
			require.True(t, mailbox.Connected())
			server.set(func() { server.spoil = nil })
			require.Equal(t, sampleMail("spoiled"), string(got.next(t).Raw))
		})
	}
}

func TestMailbox_CrashBetweenTakeAndMoveRepeatsHarmlessly(t *testing.T) {
	t.Parallel()
	server := newMailServer()
	server.start(t)
	server.deliver(t, sampleMail("crash"))
	server.set(func() { server.copyErr = fmt.Errorf("power cut") })
	first := newCollector()
	_, stop := runMailbox(t, server.config(), first.take)
	eventually(t, "taken, not filed", func() bool { return server.said(" UID COPY ") >= 1 })
	stop()

	server.set(func() { server.copyErr = nil })
	second := newCollector()
	runMailbox(t, server.config(), second.take)
	require.Equal(t, first.next(t), second.next(t), "the same names for the same mail")
	eventually(t, "filed", func() bool { return server.count("INBOX") == 0 && server.count("Processed") == 1 })
}

func TestMailbox_LostConnectionWhileFiling(t *testing.T) {
	t.Parallel()
	server := newMailServer()
	server.start(t)
	proxy := newFaultProxy(t, server.addr)
	var once atomic.Bool
	server.set(func() {
		server.onCopy = func() {
			if once.CompareAndSwap(false, true) {
				proxy.cut()
			}
		}
	})
	server.deliver(t, sampleMail("one"))
	cfg := server.config()
	cfg.Addr = proxy.addr()
	got := newCollector()
	runMailbox(t, cfg, got.take)
	eventually(t, "filed after all", func() bool { return server.count("INBOX") == 0 })
	require.Positive(t, server.count("Processed"))
	require.Len(t, got.subjects(), 1)
}

func TestMailbox_HalfOpenConnectionIsRedialed(t *testing.T) {
	t.Parallel()
	server := newMailServer()
	server.start(t)
	proxy := newFaultProxy(t, server.addr)
	cfg := server.config()
	cfg.Addr = proxy.addr()
	cfg.Timeouts.Idle = 100 * time.Millisecond
	cfg.Timeouts.Command = 300 * time.Millisecond
	got := newCollector()
	mailbox, _ := runMailbox(t, cfg, got.take)
	eventually(t, "idle", func() bool { return server.said(" IDLE\r\n") > 0 })

	proxy.freeze()
	server.deliver(t, sampleMail("behind the dead line"))
	require.Equal(t, "behind the dead line", subjectOf(got.next(t)))
	eventually(t, "connected", mailbox.Connected)
}

func TestMailbox_SilentServerIsGivenUp(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	var dials atomic.Int32
	go func() {
		for {
			if _, err := listener.Accept(); err != nil {
				return
			}
			dials.Add(1)
		}
	}()
	cfg := newMailServer().config()
	cfg.Addr = listener.Addr().String()
	cfg.Timeouts.Dial = 50 * time.Millisecond
	mailbox, stop := runMailbox(t, cfg, newCollector().take)
	eventually(t, "dialed again", func() bool { return dials.Load() >= 3 })
	require.False(t, mailbox.Connected())
	stop()
}

func TestMailbox_SurvivesARestartOfTheServer(t *testing.T) {
	t.Parallel()
	server := newMailServer()
	stopServer := server.start(t)
	got := newCollector()
	mailbox, _ := runMailbox(t, server.config(), got.take)
	eventually(t, "connected", mailbox.Connected)
	stopServer()
	eventually(t, "noticed", func() bool { return !mailbox.Connected() })

	addr := server.addr
	server.listen = func() (net.Listener, error) { return net.Listen("tcp", addr) }
	server.start(t)
	server.deliver(t, sampleMail("after the restart"))
	require.Equal(t, "after the restart", subjectOf(got.next(t)))
}

func TestMailbox_WrongPasswordIsTriedAgain(t *testing.T) {
	t.Parallel()
	server := newMailServer()
	server.start(t)
	cfg := server.config()
	cfg.Password = "wrong"
	mailbox, _ := runMailbox(t, cfg, newCollector().take)
	eventually(t, "tried again", func() bool { return server.said("NO [AUTHENTICATIONFAILED]") >= 2 })
	require.False(t, mailbox.Connected())
}

func TestMailbox_NewUIDValidityIsANewMail(t *testing.T) {
	t.Parallel()
	server := newMailServer()
	server.start(t)
	proxy := newFaultProxy(t, server.addr)
	cfg := server.config()
	cfg.Addr = proxy.addr()
	cfg.Timeouts.RetryMin, cfg.Timeouts.RetryMax = time.Hour, time.Hour
	got := newCollector()
	got.say = func(mail Arrived) error {
		if subjectOf(mail) == "old" {
			return fmt.Errorf("rests for an hour")
		}
		return nil
	}
	server.deliver(t, sampleMail("old"))
	runMailbox(t, cfg, got.take)
	old := got.next(t)

	require.NoError(t, server.user.Delete("INBOX"))
	require.NoError(t, server.user.Create("INBOX", nil))
	server.deliver(t, sampleMail("new"))
	proxy.cut()
	fresh := got.next(t)
	require.Equal(t, old.UID, fresh.UID)
	require.NotEqual(t, old.UIDValidity, fresh.UIDValidity)
	eventually(t, "filed", func() bool { return server.count("INBOX") == 0 && server.count("Processed") == 1 })
}
