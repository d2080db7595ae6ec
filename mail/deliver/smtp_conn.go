package deliver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// smtpConn is one connection, used by one mail at a time.
type smtpConn struct {
	net     *timedConn
	client  *smtp.Client
	timeout time.Duration
	stage   smtpStage
	used    int // mails sent over it
	idle    *time.Timer
}

// dial connects, greets, protects and logs in. Whatever goes wrong here says
// nothing about the mail, so all its errors are temporary.
func (s *SMTP) dial(ctx context.Context) (*smtpConn, error) {
	dialer := net.Dialer{Timeout: s.cfg.Timeout}
	raw, err := dialer.DialContext(ctx, "tcp", s.cfg.Addr)
	if err != nil {
		return nil, &SendError{Code: "smtp_connect", Err: err}
	}
	conn := &smtpConn{net: newTimedConn(raw, s.cfg.Timeout), timeout: s.cfg.Timeout}
	stop := conn.closeOn(ctx)
	err = conn.open(s.cfg)
	if !stop() {
		err = errors.Join(context.Cause(ctx), err)
	}
	if err != nil {
		return nil, errors.Join(conn.failed(err), ignoreClosed(raw.Close()))
	}
	return conn, nil
}

func (c *smtpConn) open(cfg SMTPConfig) error {
	c.stage = stageHello
	switch cfg.TLSMode {
	case SMTPTLS:
		c.client = smtp.NewClient(tls.Client(c.net, cfg.tlsConfig()))
	case SMTPStartTLS:
		client, err := smtp.NewClientStartTLS(c.net, cfg.tlsConfig())
		if err != nil {
			return fmt.Errorf("STARTTLS: %w", err)
		}
		c.client = client
	default:
		c.client = smtp.NewClient(c.net)
	}
	if err := c.client.Hello(cfg.HelloName); err != nil {
		return fmt.Errorf("EHLO: %w", err)
	}
	return c.login(cfg)
}

func (cfg SMTPConfig) tlsConfig() *tls.Config {
	out := &tls.Config{MinVersion: tls.VersionTLS12}
	if cfg.TLSConfig != nil {
		out = cfg.TLSConfig.Clone()
	}
	if out.ServerName == "" {
		if host, _, err := net.SplitHostPort(cfg.Addr); err == nil {
			out.ServerName = host
		}
	}
	return out
}

func (c *smtpConn) login(cfg SMTPConfig) error {
	if cfg.Username == "" {
		return nil
	}
	c.stage = stageAuth
	auth := sasl.NewPlainClient("", cfg.Username, cfg.Password)
	if !c.client.SupportsAuth(sasl.Plain) && c.client.SupportsAuth(sasl.Login) {
		auth = sasl.NewLoginClient(cfg.Username, cfg.Password)
	}
	return c.client.Auth(auth)
}

// closeOn closes the connection when ctx ends, which wakes every pending read
// and write. stop reports false where that has happened.
func (c *smtpConn) closeOn(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, c.close)
}

// close drops the connection. Its error would say that the other side was
// first, which makes no difference here.
func (c *smtpConn) close() { _ = c.net.Close() }

// quit says goodbye first, so that the server's log stays clean.
func (c *smtpConn) quit() {
	c.net.limit(time.Second)
	if err := c.client.Quit(); err != nil {
		c.close()
	}
}

// end leaves a connection after err: politely where the server still talks.
func (c *smtpConn) end(err error) {
	if _, ok := asSMTP(err); ok || IsPermanent(err) {
		c.quit()
		return
	}
	c.close()
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// timedConn gives every single read and write a deadline. go-smtp sets none
// while it writes a mail's data, and its own would undo a shorter one.
type timedConn struct {
	net.Conn
	timeout atomic.Int64
}

func newTimedConn(c net.Conn, timeout time.Duration) *timedConn {
	t := &timedConn{Conn: c}
	t.limit(timeout)
	return t
}

// limit sets how long each following read or write may take.
func (t *timedConn) limit(d time.Duration) { t.timeout.Store(int64(d)) }

func (t *timedConn) deadline() time.Time {
	return time.Now().Add(time.Duration(t.timeout.Load()))
}

// Read reads within the limit.
func (t *timedConn) Read(b []byte) (int, error) {
	if err := t.Conn.SetReadDeadline(t.deadline()); err != nil {
		return 0, err
	}
	return t.Conn.Read(b)
}

// Write writes within the limit.
func (t *timedConn) Write(b []byte) (int, error) {
	if err := t.Conn.SetWriteDeadline(t.deadline()); err != nil {
		return 0, err
	}
	return t.Conn.Write(b)
}

// SetDeadline does nothing: see timedConn.
func (t *timedConn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing: see timedConn.
func (t *timedConn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing: see timedConn. (TLS sets one to say goodbye;
// the limit bounds that, too.)
func (t *timedConn) SetWriteDeadline(time.Time) error { return nil }

// smtpPool bounds the connections and keeps the idle ones.
type smtpPool struct {
	slots   chan struct{} // one token for each mail under way
	maxIdle time.Duration

	mu     sync.Mutex
	idle   []*smtpConn // the one used last is at the end, and is used next
	closed bool
}

func newSMTPPool(size int) *smtpPool {
	return &smtpPool{slots: make(chan struct{}, size), maxIdle: maxIdle}
}

// acquire waits for the right to use a connection.
func (p *smtpPool) acquire(ctx context.Context) (release func(), err error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, &SendError{Code: "smtp_busy", Err: context.Cause(ctx)}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	release = func() { <-p.slots }
	if p.closed {
		release()
		return nil, &SendError{Code: "transport_closed", Err: errors.New("the transport is closed")}
	}
	return release, nil
}

// takeIdle gives the warmest idle connection, or nil.
func (p *smtpPool) takeIdle() *smtpConn {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.idle) > 0 {
		conn := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if conn.idle.Stop() {
			return conn
		}
	}
	return nil
}

// giveBack keeps a connection whose mail went well for the next mail.
func (p *smtpPool) giveBack(conn *smtpConn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	conn.used++
	if p.closed {
		conn.close()
		return
	}
	conn.idle = time.AfterFunc(p.maxIdle, func() { p.expire(conn) })
	p.idle = append(p.idle, conn)
}

func (p *smtpPool) expire(conn *smtpConn) {
	p.mu.Lock()
	for i, c := range p.idle {
		if c == conn {
			p.idle = append(p.idle[:i], p.idle[i+1:]...)
			break
		}
	}
	p.mu.Unlock()
	conn.quit()
}

func (p *smtpPool) close() error {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	p.mu.Unlock()
	for _, conn := range idle {
		if conn.idle.Stop() {
			conn.quit()
		}
	}
	return nil
}
