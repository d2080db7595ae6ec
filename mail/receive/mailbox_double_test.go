package receive

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/stretchr/testify/require"
)

const (
	testUser     = "intake"
	testPassword = "secret \"quoted\" pass"
)

// mailServer is a real IMAP server in memory whose answers a test can spoil.
type mailServer struct {
	addr string
	user *imapmemserver.User

	mu       sync.Mutex
	copyErr  error                   // the answer to COPY, if any
	onCopy   func()                  // called before COPY
	copyOnly imap.UID                // COPY silently copies this one alone
	spoil    func(raw []byte) []byte // what BODY[] gives instead
	wire     bytes.Buffer            // all that was said, both ways
	caps     imap.CapSet             // before start
	tls      *tls.Config             // before start: STARTTLS
	listen   func() (net.Listener, error)
}

func newMailServer() *mailServer {
	s := &mailServer{
		user: imapmemserver.NewUser(testUser, testPassword),
		caps: imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}},
	}
	s.listen = func() (net.Listener, error) { return net.Listen("tcp", "127.0.0.1:0") }
	return s
}

// start serves until the test ends or the returned function is called.
func (s *mailServer) start(t testing.TB) (stop func()) {
	t.Helper()
	if s.addr == "" {
		require.NoError(t, s.user.Create("INBOX", nil))
	}
	listener, err := s.listen()
	require.NoError(t, err)
	s.addr = listener.Addr().String()
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return &spoiledSession{UserSession: imapmemserver.NewUserSession(s.user), server: s}, nil, nil
		},
		Caps: s.caps, InsecureAuth: s.tls == nil, TLSConfig: s.tls, DebugWriter: s, Logger: log.New(io.Discard, "", 0),
	})
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(listener) }()
	stop = sync.OnceFunc(func() { _ = server.Close(); <-done })
	t.Cleanup(stop)
	return stop
}

// Write records what goes over the wire.
func (s *mailServer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wire.Write(p)
}

// said counts how often the text went over the wire.
func (s *mailServer) said(text string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Count(s.wire.String(), text)
}

func (s *mailServer) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *mailServer) deliver(t testing.TB, raw string, options ...imap.AppendOptions) {
	t.Helper()
	options = append(options, imap.AppendOptions{Time: time.Now()})
	_, err := s.user.Append("INBOX", bytes.NewReader([]byte(raw)), &options[0])
	require.NoError(t, err)
}

// count is the number of mails in the folder; -1 if there is no such folder.
func (s *mailServer) count(folder string) int {
	data, err := s.user.Status(folder, &imap.StatusOptions{NumMessages: true})
	if err != nil {
		return -1
	}
	return int(*data.NumMessages)
}

func (s *mailServer) config() MailboxConfig {
	return MailboxConfig{
		Addr: s.addr, Username: testUser, Password: testPassword, TLSMode: MailboxPlain,
		Timeouts: MailboxTimeouts{
			Dial: 5 * time.Second, Command: 5 * time.Second, Idle: 10 * time.Second, Poll: 20 * time.Millisecond,
			RetryMin: 20 * time.Millisecond, RetryMax: 100 * time.Millisecond,
			PauseMin: 20 * time.Millisecond, PauseMax: 100 * time.Millisecond,
		},
	}
}

// spoiledSession is a session of the memory server with the faults of mailServer.
type spoiledSession struct {
	*imapmemserver.UserSession
	server *mailServer
}

func (s *spoiledSession) Copy(set imap.NumSet, dest string) (*imap.CopyData, error) {
	s.server.mu.Lock()
	err, hook, only := s.server.copyErr, s.server.onCopy, s.server.copyOnly
	s.server.mu.Unlock()
	if hook != nil {
		hook()
	}
	if err != nil {
		return nil, err
	}
	if only != 0 {
		set = imap.UIDSetNum(only)
	}
	return s.UserSession.Copy(set, dest)
}

func (s *spoiledSession) Fetch(w *imapserver.FetchWriter, set imap.NumSet, options *imap.FetchOptions) error {
	s.server.mu.Lock()
	spoil := s.server.spoil
	s.server.mu.Unlock()
	if spoil == nil || len(options.BodySection) == 0 {
		return s.UserSession.Fetch(w, set, options)
	}
	// One mail in the box is all that this double can do.
	raw := spoil([]byte(sampleMail("spoiled")))
	message := w.CreateMessage(1)
	message.WriteUID(1)
	literal := message.WriteBodySection(options.BodySection[0], int64(len(raw)))
	if _, err := literal.Write(raw); err != nil {
		return err
	}
	if err := literal.Close(); err != nil {
		return err
	}
	return message.Close()
}

// sampleMail is a mail that can be told from others by its subject.
func sampleMail(subject string) string {
	return "From: coach@example.org\r\nTo: x@in.example\r\nSubject: " + subject + "\r\nMessage-ID: <" + subject + "@example.org>\r\n\r\nHello, " + subject + "!\r\n"
}

func subjectOf(mail Arrived) string {
	_, after, _ := strings.Cut(string(mail.Raw), "Subject: ")
	subject, _, _ := strings.Cut(after, "\r\n")
	return subject
}

// collector is a take function that remembers.
type collector struct {
	mu    sync.Mutex
	mails []Arrived
	seen  chan Arrived
	say   func(Arrived) error // the answer; nil: taken
}

func newCollector() *collector { return &collector{seen: make(chan Arrived, 5000)} }

func (c *collector) take(_ context.Context, mail Arrived) error {
	c.mu.Lock()
	c.mails = append(c.mails, mail)
	say := c.say
	c.mu.Unlock()
	c.seen <- mail
	if say != nil {
		return say(mail)
	}
	return nil
}

func (c *collector) next(t testing.TB) Arrived {
	t.Helper()
	select {
	case mail := <-c.seen:
		return mail
	case <-time.After(15 * time.Second):
		require.FailNow(t, "no mail was handed over")
		return Arrived{}
	}
}

func (c *collector) subjects() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var subjects []string
	for _, m := range c.mails {
		subjects = append(subjects, subjectOf(m))
	}
	return subjects
}

// runMailbox runs a reader until the test ends or the returned function is called.
func runMailbox(t testing.TB, cfg MailboxConfig, take TakeFunc) (*Mailbox, func()) {
	t.Helper()
	mailbox := NewMailbox(cfg, slog.New(slog.NewTextHandler(io.Discard, nil)))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- mailbox.Run(ctx, take) }()
	stop := sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			require.NoError(t, err)
		case <-time.After(15 * time.Second):
			require.FailNow(t, "the reader does not stop")
		}
	})
	t.Cleanup(stop)
	return mailbox, stop
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	require.Eventually(t, ok, 15*time.Second, 5*time.Millisecond, what)
}
