package dev

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

// SandboxConfig says where the mail sandbox listens and what it plays.
type SandboxConfig struct {
	// SMTPAddr and IMAPAddr are addresses on the loopback interface; port 0
	// takes any free one. The sandbox lets everybody in, so it listens nowhere else.
	SMTPAddr, IMAPAddr string
	// Dir is where mails are kept, so that a second start finds them again.
	Dir string
	// InboundDomain is the domain whose mail goes to the IMAP user's INBOX. Mail
	// to all other domains is only kept to be looked at.
	InboundDomain string
	// AuthservID is the name under which the sandbox, as the receiving server,
	// writes Authentication-Results (RFC 8601).
	AuthservID string
	// Username and Password are those of the one IMAP user.
	Username, Password string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// maxSandboxMail is the size of the largest mail that is accepted, in bytes:
// well above what the product accepts, so that its own limit can be met.
const maxSandboxMail = 64 << 20

// Sandbox stands in for all mail servers there are: it accepts mail for
// everybody over SMTP, delivers what is for the inbound domain into an IMAP
// mailbox, and shows all of it on a page.
type Sandbox struct {
	cfg   SandboxConfig
	store *sandboxStore

	mu       sync.Mutex
	smtpAddr string
	imapAddr string
	servers  *sandboxServers // nil while paused
	rejected map[string]int  // address, in lower case → SMTP code
}

// StartSandbox reads what Dir holds and begins to listen. The context bounds
// the start alone; Close ends the sandbox.
func StartSandbox(ctx context.Context, cfg SandboxConfig) (*Sandbox, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	store, err := openSandboxStore(cfg.Dir, cfg.Now)
	if err != nil {
		return nil, fmt.Errorf("opening the mail sandbox: %w", err)
	}
	s := &Sandbox{cfg: cfg, store: store, smtpAddr: cfg.SMTPAddr, imapAddr: cfg.IMAPAddr, rejected: map[string]int{}}
	if err := s.Resume(); err != nil {
		return nil, err
	}
	return s, nil
}

func (cfg SandboxConfig) check() error {
	for _, addr := range []string{cfg.SMTPAddr, cfg.IMAPAddr} {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return fmt.Errorf("mail sandbox address %q: %w", addr, err)
		}
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return fmt.Errorf("mail sandbox address %q is not on the loopback interface", addr)
		}
	}
	switch "" {
	case cfg.Dir, cfg.InboundDomain, cfg.AuthservID, cfg.Username, cfg.Password:
		return errors.New("mail sandbox: Dir, InboundDomain, AuthservID, Username and Password must be set")
	}
	return nil
}

// SMTPAddr is the address to send mail to, with its actual port.
func (s *Sandbox) SMTPAddr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.smtpAddr
}

// IMAPAddr is the address of the mailbox, with its actual port.
func (s *Sandbox) IMAPAddr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.imapAddr
}

// Close stops listening and drops all connections. What was accepted stays in Dir.
func (s *Sandbox) Close() error { return s.Pause() }

// Pause plays a mail server that is away: it stops listening and drops all
// connections. The pages and the methods go on working.
func (s *Sandbox) Pause() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	servers := s.servers
	s.servers = nil
	if servers == nil {
		return nil
	}
	return servers.close()
}

// Resume listens again, at the same addresses.
func (s *Sandbox) Resume() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.servers != nil {
		return nil
	}
	smtpListener, err := net.Listen("tcp", s.smtpAddr)
	if err != nil {
		return fmt.Errorf("mail sandbox, SMTP: %w", err)
	}
	imapListener, err := net.Listen("tcp", s.imapAddr)
	if err != nil {
		return errors.Join(fmt.Errorf("mail sandbox, IMAP: %w", err), smtpListener.Close())
	}
	s.smtpAddr, s.imapAddr = smtpListener.Addr().String(), imapListener.Addr().String()
	s.servers = s.serve(smtpListener, imapListener)
	return nil
}

// RejectRecipient makes SMTP answer RCPT TO for the address with the code
// (550, 451, …) from now on; 0 accepts it again.
func (s *Sandbox) RejectRecipient(addr string, code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if code == 0 {
		delete(s.rejected, strings.ToLower(addr))
		return
	}
	s.rejected[strings.ToLower(addr)] = code
}

func (s *Sandbox) rejection(addr string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rejected[strings.ToLower(addr)]
}

// Mails are the accepted mails that the filter wants, oldest first; all with a nil filter.
func (s *Sandbox) Mails(filter func(Mail) bool) []Mail {
	return s.store.mails(filter)
}

// Wait returns the first mail that the filter wants, as soon as it is there.
func (s *Sandbox) Wait(ctx context.Context, filter func(Mail) bool) (Mail, error) {
	for {
		changed := s.store.changes()
		if mails := s.store.mails(filter); len(mails) > 0 {
			return mails[0], nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Mail{}, fmt.Errorf("waiting for a mail in the sandbox: %w", ctx.Err())
		}
	}
}
