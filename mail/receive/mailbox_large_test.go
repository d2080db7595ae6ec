package receive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// largeMail has so many bytes, no two lines of which are the same.
func largeMail(subject string, size int) string {
	var b strings.Builder
	b.WriteString(sampleMail(subject))
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, "%d\r\n", i)
	}
	return b.String()[:size]
}

// reading is a take function that reads large mails.
func (c *collector) reading(whole *atomic.Value) TakeFunc {
	return func(ctx context.Context, mail Arrived) error {
		if mail.Whole != nil {
			data, err := io.ReadAll(mail.Whole)
			if err != nil {
				return errors.Join(ErrPause, err) // whose fault it is, is not for take to say
			}
			whole.Store(string(data))
		}
		return c.take(ctx, mail)
	}
}

// A large mail is handed over whole, and at no time is more than a piece of it fetched.
func TestMailbox_ALargeMailIsReadPieceByPiece(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]int{"one piece": pieceBytes / 2, "a piece exactly": pieceBytes, "two pieces exactly": 2 * pieceBytes, "a byte more": 2*pieceBytes + 1, "a byte less": 2*pieceBytes - 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newMailServer()
			server.start(t)
			sent := largeMail("large", size)
			server.deliver(t, sent)
			server.deliver(t, sampleMail("small"))
			cfg := server.config()
			cfg.MaxSize = 1000
			got, whole := newCollector(), atomic.Value{}
			runMailbox(t, cfg, got.reading(&whole))
			require.Equal(t, "small", subjectOf(got.next(t)), "the others go first")
			mail := got.next(t)
			require.False(t, mail.TooLarge)
			require.EqualValues(t, size, mail.Size)
			require.Less(t, len(mail.Raw), 1000, "its header")
			require.True(t, sent == whole.Load(), "every byte of it")
			eventually(t, "filed", func() bool { return server.count("INBOX") == 0 && server.count("Processed") == 2 })
			require.Equal(t, (size+pieceBytes-1)/pieceBytes, server.said("BODY.PEEK[]<"))
			require.Zero(t, server.said(fmt.Sprintf(" BODY[] {%d}", size)))
		})
	}
}

// The others do not wait for a large mail, though it came first.
func TestMailbox_LargeMailsGoLast(t *testing.T) {
	t.Parallel()
	server := newMailServer()
	server.start(t)
	server.deliver(t, largeMail("large", 2000))
	const others = batchMails + 10 // more than are fetched together
	for i := range others {
		server.deliver(t, sampleMail(fmt.Sprint("m", i)))
	}
	cfg := server.config()
	cfg.MaxSize = 1000
	got, whole := newCollector(), atomic.Value{}
	runMailbox(t, cfg, got.reading(&whole))
	for range others {
		require.NotEqual(t, "large", subjectOf(got.next(t)))
	}
	require.Equal(t, "large", subjectOf(got.next(t)))
}

// A mail of which the server gives other than it announced is not taken for whole, waits,
// and holds up no other.
func TestMailbox_ALargeMailThatIsCutShortIsNotTaken(t *testing.T) {
	t.Parallel()
	server := newMailServer()
	server.start(t)
	server.deliver(t, largeMail("spoiled", 3000))
	server.set(func() { server.spoil = func(raw []byte) []byte { return raw } }) // which is shorter
	cfg := server.config()
	cfg.MaxSize = 10
	got, whole := newCollector(), atomic.Value{}
	mailbox, _ := runMailbox(t, cfg, got.reading(&whole))
	eventually(t, "it is tried again", func() bool { return server.said("BODY.PEEK[]<") >= 3 })
	require.Equal(t, 1, server.count("INBOX"))
	require.Nil(t, whole.Load())
	require.Zero(t, server.said(" NOOP\r\n"), "this is not a pause of everything")
	server.set(func() { server.spoil = nil })
	require.Equal(t, "spoiled", subjectOf(got.next(t)))
	eventually(t, "filed", func() bool { return server.count("Processed") == 1 && server.count("INBOX") == 0 })
	require.True(t, mailbox.Connected())
}

// With the store away in the middle of a mail, the mailbox is left alone, and the mail is
// read from its beginning later.
func TestMailbox_ALargeMailIsReadAgainAfterAPause(t *testing.T) {
	t.Parallel()
	server := newMailServer()
	server.start(t)
	sent := largeMail("large", pieceBytes+100)
	server.deliver(t, sent)
	cfg := server.config()
	cfg.MaxSize = 1000
	got, whole := newCollector(), atomic.Value{}
	read, away := got.reading(&whole), atomic.Bool{}
	away.Store(true)
	runMailbox(t, cfg, func(ctx context.Context, mail Arrived) error {
		if away.Load() {
			_, err := io.CopyN(io.Discard, mail.Whole, 100)
			return errors.Join(ErrPause, err)
		}
		return read(ctx, mail)
	})
	eventually(t, "it has paused", func() bool { return server.said(" NOOP\r\n") >= 2 })
	require.Equal(t, 1, server.count("INBOX"))
	away.Store(false)
	got.next(t)
	require.True(t, sent == whole.Load())
	eventually(t, "filed", func() bool { return server.count("Processed") == 1 && server.count("INBOX") == 0 })
}

// A connection that breaks in the middle of a mail is no end of it.
func TestMailbox_ALargeMailOutlivesTheConnection(t *testing.T) {
	t.Parallel()
	server := newMailServer()
	server.start(t)
	proxy := newFaultProxy(t, server.addr)
	sent := largeMail("large", 2*pieceBytes)
	server.deliver(t, sent)
	cfg := server.config()
	cfg.MaxSize, cfg.Addr = 1000, proxy.addr()
	got, whole := newCollector(), atomic.Value{}
	read, cut := got.reading(&whole), atomic.Bool{}
	runMailbox(t, cfg, func(ctx context.Context, mail Arrived) error {
		if !cut.Swap(true) {
			_, err := io.CopyN(io.Discard, mail.Whole, 100)
			require.NoError(t, err)
			proxy.cut()
			rest, err := io.ReadAll(mail.Whole)
			require.Error(t, err)
			require.Less(t, len(rest), len(sent)-100)
			return nil // this take has not looked
		}
		return read(ctx, mail)
	})
	got.next(t)
	require.True(t, sent == whole.Load())
	eventually(t, "filed", func() bool { return server.count("Processed") == 1 && server.count("INBOX") == 0 })
}
