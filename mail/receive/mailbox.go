package receive

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"sync/atomic"
	"time"
)

// ErrPause is what a take function returns (or wraps) when nothing can be
// taken for a reason that is not the mail's: the database is away, say. The
// mailbox is then left alone for a while, and no mail counts as failed.
var ErrPause = errors.New("mail: intake paused")

// The ways in which a connection to the mailbox is protected. An empty TLSMode
// means MailboxTLS.
const (
	MailboxTLS      = "tls"      // TLS from the first byte, usually port 993
	MailboxStartTLS = "starttls" // plain first, then STARTTLS; refused if the server has none
	MailboxPlain    = "none"     // no protection: for a server on the same machine
)

// DefaultKeepSize is up to which size a large mail is kept, in bytes.
const DefaultKeepSize = 150 << 20

// MailboxConfig says where the mailbox is and how to work through it. Zero
// values stand for the defaults given at the fields.
type MailboxConfig struct {
	Addr               string // host:port
	Username, Password string
	TLSMode            string      // MailboxTLS
	TLSConfig          *tls.Config // the system's roots and the host's name

	Inbox     string // INBOX: the queue
	Processed string // Processed: where a mail goes that was taken
	TooLarge  string // TooLarge: where a mail goes that is over KeepSize

	MaxSize     int64 // in bytes; 30 MB. A larger mail is handed over by its header, and read piece by piece
	KeepSize    int64 // in bytes; 150 MB. Of a larger mail the header is all that is handed over
	Concurrency int   // how many mails are with take at the same time; 4

	Timeouts MailboxTimeouts
}

// MailboxTimeouts bound every wait for the server or for the take function.
type MailboxTimeouts struct {
	Dial    time.Duration // connecting, TLS and greeting; 10 s
	Command time.Duration // silence of the server while it owes an answer; 30 s
	Idle    time.Duration // one IDLE, before the server is asked whether it is there; 5 min
	Poll    time.Duration // between two looks where the server has no IDLE; 5 s
	Take    time.Duration // the deadline of the context given to take; 30 s
	Large   time.Duration // the same for a large mail, which is read meanwhile; 10 min
	Stop    time.Duration // for filing what was taken when the context has ended; 3 s

	RetryMin, RetryMax time.Duration // before a failed mail is tried again; 2 s doubling to 5 min
	PauseMin, PauseMax time.Duration // after ErrPause, and before a new connection; 1 s doubling to 10 s
}

// Arrived is a mail in the mailbox as it is handed over. Mailbox, UIDValidity
// and UID together name one mail for ever (RFC 9051 section 2.3.1.1): a mail
// that is handed over again has the same three.
type Arrived struct {
	Mailbox     string // user, host and folder as a URL, without the port
	UIDValidity uint32
	UID         uint32
	Size        int64     // as announced by the server, in bytes
	ReceivedAt  time.Time // when the server took it in (INTERNALDATE)
	Raw         []byte    // the whole mail; of a large one at most 256 KB of its header
	// Whole reads a large mail from the mailbox, for as long as take runs; nil for others.
	Whole io.Reader
	// TooLarge is set where the mail is over KeepSize, so that there is Raw and no Whole.
	TooLarge bool
}

// TakeFunc takes over one mail. It returns nil only when the mail is safe
// elsewhere, since the mail then leaves the queue. It is called from several
// goroutines, and for the same mail again after a failure or a crash.
type TakeFunc = func(ctx context.Context, mail Arrived) error

// Mailbox works through an IMAP mailbox whose INBOX is a queue: every mail in
// it is handed to a take function and, once taken, moved to another folder.
//
//	connect ─▶ list ─▶ fetch ─▶ take ─▶ COPY ─▶ STORE \Deleted ─▶ EXPUNGE
//	  ▲          ▲                │ failed: later again                │
//	  │          └── IDLE ◀───────┴────────────────────────────────────┘
//	  └── on any error of the connection
//
// Stopping anywhere on this way repeats harmlessly, and a mail is never
// marked as deleted before the server has confirmed the copy.
type Mailbox struct {
	cfg   MailboxConfig
	log   *slog.Logger
	queue *mailboxQueue

	running   atomic.Bool
	connected atomic.Bool
	oldest    atomic.Int64 // Unix nanoseconds; 0: nothing waits
}

// NewMailbox makes a reader for the mailbox. It does not connect: Run does.
func NewMailbox(cfg MailboxConfig, log *slog.Logger) *Mailbox {
	cfg = cfg.withDefaults()
	return &Mailbox{cfg: cfg, log: log, queue: newMailboxQueue(cfg.Timeouts)}
}

// Running tells whether Run is at work. Where several processes share a
// mailbox, one of them is.
func (m *Mailbox) Running() bool { return m.running.Load() }

// Connected tells whether the mailbox is logged in to and selected.
func (m *Mailbox) Connected() bool { return m.connected.Load() }

// OldestUnfiled is how long the oldest mail in the queue has been waiting there
// since it arrived, as of the last look; 0 when none waits.
func (m *Mailbox) OldestUnfiled() time.Duration {
	oldest := m.oldest.Load()
	if oldest == 0 {
		return 0
	}
	return max(0, time.Since(time.Unix(0, oldest)))
}

// Run works until ctx ends, and then returns nil. Whatever fails on the way is
// logged and tried again; only a configuration that cannot work is an error.
func (m *Mailbox) Run(ctx context.Context, take TakeFunc) error {
	if err := m.cfg.check(); err != nil {
		return err
	}
	m.running.Store(true)
	defer m.running.Store(false)
	for attempt := 0; ctx.Err() == nil; attempt++ {
		began := time.Now()
		err := m.session(ctx, take)
		m.connected.Store(false)
		if ctx.Err() != nil {
			break
		}
		if time.Since(began) > m.cfg.Timeouts.PauseMax {
			attempt = 0
		}
		// The first try comes quickly: most often the server was restarted.
		wait := backoff(attempt, m.cfg.Timeouts.PauseMin/5, m.cfg.Timeouts.PauseMax)
		m.log.Warn("mailbox connection lost", "error", err, "retry_in", wait)
		pause(ctx, wait)
	}
	return nil
}

// session works over one connection until it breaks or ctx ends.
func (m *Mailbox) session(ctx context.Context, take TakeFunc) error {
	c, err := dialMailbox(ctx, m.cfg)
	if err != nil {
		return err
	}
	defer c.close()
	if m.queue.reset(c.uidValidity) {
		m.log.Warn("mailbox has a new UIDVALIDITY", "uidvalidity", c.uidValidity)
	}
	m.connected.Store(true)
	m.log.Info("mailbox connected", "uidvalidity", c.uidValidity, "idle", c.hasIdle, "uidplus", c.hasUIDPlus)
	for quiet := 0; ctx.Err() == nil; quiet++ {
		worked, err := m.round(ctx, c, take)
		if err != nil {
			return err
		}
		if worked {
			quiet = 0
		}
		if err := c.waitNews(ctx, min(m.queue.nextDue(time.Now()), idleStep(quiet, m.cfg.Timeouts.Idle))); err != nil {
			return err
		}
	}
	return nil
}

// idleStep is how long to IDLE after so many looks without news. The first
// ones are short, because some servers do not announce a mail that arrives
// between the answer to a command and the start of IDLE.
func idleStep(quiet int, longest time.Duration) time.Duration {
	steps := []time.Duration{time.Second, 10 * time.Second, time.Minute}
	if quiet < len(steps) {
		return min(steps[quiet], longest)
	}
	return longest
}

// name identifies the mailbox in Arrived. The port is left out: the same
// mailbox behind another port is still the same.
func (c MailboxConfig) name() string {
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil {
		host = c.Addr
	}
	u := url.URL{Scheme: "imap", User: url.User(c.Username), Host: host, Path: "/" + c.Inbox}
	return u.String()
}

// check finds what no retry will mend.
func (c MailboxConfig) check() error {
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		return fmt.Errorf("mailbox address: %w", err)
	}
	switch c.TLSMode {
	case MailboxTLS, MailboxStartTLS, MailboxPlain:
	default:
		return fmt.Errorf("mailbox TLS mode %q is none of tls, starttls, none", c.TLSMode)
	}
	if c.Inbox == c.Processed || c.Inbox == c.TooLarge {
		return fmt.Errorf("mailbox folder %q cannot be both the queue and where mail is filed", c.Inbox)
	}
	return nil
}

// withDefaults fills in what is not set.
func (c MailboxConfig) withDefaults() MailboxConfig {
	setDefault(&c.TLSMode, MailboxTLS)
	setDefault(&c.Inbox, "INBOX")
	setDefault(&c.Processed, "Processed")
	setDefault(&c.TooLarge, "TooLarge")
	setDefault(&c.MaxSize, MaxMailSize)
	setDefault(&c.KeepSize, DefaultKeepSize)
	setDefault(&c.Concurrency, 4)
	t := &c.Timeouts
	setDefault(&t.Dial, 10*time.Second)
	setDefault(&t.Command, 30*time.Second)
	setDefault(&t.Idle, 5*time.Minute)
	setDefault(&t.Poll, 5*time.Second)
	setDefault(&t.Take, 30*time.Second)
	setDefault(&t.Large, 10*time.Minute)
	setDefault(&t.Stop, 3*time.Second)
	setDefault(&t.RetryMin, 2*time.Second)
	setDefault(&t.RetryMax, 5*time.Minute)
	setDefault(&t.PauseMin, time.Second)
	setDefault(&t.PauseMax, 10*time.Second)
	return c
}

// setDefault gives *v the value if it has none.
func setDefault[T comparable](v *T, value T) {
	var zero T
	if *v == zero {
		*v = value
	}
}
