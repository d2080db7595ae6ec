package deliver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"coachflow/mail/compose"

	"github.com/emersion/go-smtp"
)

// SMTPSecurity says how the connection to the mail server is protected.
type SMTPSecurity string

// The ways to protect a connection.
const (
	SMTPStartTLS SMTPSecurity = "starttls" // plain connect, then TLS or nothing (RFC 3207)
	SMTPTLS      SMTPSecurity = "tls"      // TLS from the first byte (RFC 8314)
	SMTPPlain    SMTPSecurity = "none"     // no protection: for a server on the same machine or network
)

// SMTPConfig names a mail server that relays for us.
type SMTPConfig struct {
	Addr      string // host:port
	Username  string // empty for no login
	Password  string
	TLSMode   SMTPSecurity  // empty is SMTPStartTLS
	TLSConfig *tls.Config   // nil for the system's roots and the host of Addr
	HelloName string        // our name in EHLO; empty is localhost
	Timeout   time.Duration // longest wait for one answer or one write; 0 is 30 s
	MaxConns  int           // most connections at a time; 0 is 4
}

// maxIdle is how long a connection is kept open without a mail. Servers close
// idle connections after one to five minutes.
const maxIdle = 30 * time.Second

// firstAnswer bounds the wait for the first answer on a connection that was
// idle: where it died silently, a new one is quicker than a full timeout.
const firstAnswer = 5 * time.Second

// SMTP sends mail through one server over a few connections that it keeps
// open. It implements Transport.
type SMTP struct {
	cfg  SMTPConfig
	pool *smtpPool
}

var _ Transport = (*SMTP)(nil)

// NewSMTP checks the configuration; it does not connect yet.
func NewSMTP(cfg SMTPConfig) (*SMTP, error) {
	if _, _, err := net.SplitHostPort(cfg.Addr); err != nil {
		return nil, fmt.Errorf("SMTP server address: %w", err)
	}
	switch cfg.TLSMode {
	case "":
		cfg.TLSMode = SMTPStartTLS
	case SMTPStartTLS, SMTPTLS, SMTPPlain:
	default:
		return nil, fmt.Errorf("SMTP TLS mode %q: want starttls, tls or none", cfg.TLSMode)
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 30 * time.Second
	}
	if cfg.MaxConns <= 0 {
		cfg.MaxConns = 4
	}
	if cfg.HelloName == "" {
		cfg.HelloName = "localhost"
	}
	return &SMTP{cfg: cfg, pool: newSMTPPool(cfg.MaxConns)}, nil
}

// Close ends all idle connections; those in use end with their mail.
func (s *SMTP) Close() error { return s.pool.close() }

// Send delivers o to the server. The ProviderID is the Message-ID.
//
// A connection that died while it was idle is replaced, and the mail sent over
// the new one, as long as the server had not agreed to take the mail's data.
// After that, only the server knows whether it has the mail: the error is
// temporary with code smtp_outcome_unknown, and the next try carries the same
// Message-ID.
func (s *SMTP) Send(ctx context.Context, o compose.Outgoing) (Receipt, error) {
	raw, err := compose.BuildMIME(o)
	if err != nil {
		return Receipt{}, refused(err)
	}
	release, err := s.pool.acquire(ctx)
	if err != nil {
		return Receipt{}, err
	}
	defer release()
	if conn := s.pool.takeIdle(); conn != nil {
		err := s.sendOver(ctx, conn, o, raw)
		if err == nil || !conn.replaceable(err) || ctx.Err() != nil {
			return receipt(o, err)
		}
	}
	conn, err := s.dial(ctx)
	if err != nil {
		return Receipt{}, err
	}
	return receipt(o, s.sendOver(ctx, conn, o, raw))
}

func receipt(o compose.Outgoing, err error) (Receipt, error) {
	if err != nil {
		return Receipt{}, err
	}
	return Receipt{ProviderID: o.MessageID}, nil
}

// sendOver runs one mail transaction and gives the connection back, or closes
// it after any failure: a connection in a doubtful state is not worth keeping.
func (s *SMTP) sendOver(ctx context.Context, conn *smtpConn, o compose.Outgoing, raw []byte) error {
	stop := conn.closeOn(ctx)
	err := conn.transaction(o, raw)
	if !stop() {
		// The context ended meanwhile, and the connection with it.
		if err == nil {
			return nil // the server had said yes before
		}
		return conn.failed(fmt.Errorf("%w: %w", context.Cause(ctx), err))
	}
	if err != nil {
		conn.end(err)
		return conn.failed(err)
	}
	s.pool.giveBack(conn)
	return nil
}

// transaction is MAIL, RCPT, DATA (RFC 5321, 3.3). conn.stage says how far it came.
func (c *smtpConn) transaction(o compose.Outgoing, raw []byte) error {
	if err := c.fits(o, raw); err != nil {
		return err
	}
	from := o.EnvelopeFrom
	if from == "" {
		from = o.From.Addr
	}
	from, to := compose.ASCIIDomain(from), compose.ASCIIDomain(o.To.Addr)
	opts := &smtp.MailOptions{Size: int64(len(raw)), UTF8: needsUTF8(o)}
	c.stage = stageMail
	if c.used > 0 {
		c.net.limit(min(firstAnswer, c.timeout))
	}
	err := c.client.Mail(from, opts)
	c.net.limit(c.timeout)
	if err != nil {
		return err
	}
	c.stage = stageRcpt
	if err := c.client.Rcpt(to, nil); err != nil {
		return err
	}
	return c.data(raw)
}

func (c *smtpConn) data(raw []byte) error {
	c.stage = stageData
	w, err := c.client.Data()
	if err != nil {
		return err
	}
	c.stage = stageBody
	if _, err := w.Write(raw); err != nil {
		return err
	}
	// Servers filter the mail before they answer; giving up early here is how
	// duplicates are made.
	c.net.limit(4 * c.timeout)
	err = w.Close()
	c.net.limit(c.timeout)
	return err
}

// fits asks the server's announced abilities before anything is sent.
func (c *smtpConn) fits(o compose.Outgoing, raw []byte) error {
	if size, ok := c.client.MaxMessageSize(); ok && size > 0 && len(raw) > size {
		return refusef("message_too_large", "the mail has %d bytes, the server takes %d", len(raw), size)
	}
	if ok, _ := c.client.Extension("SMTPUTF8"); !ok && needsUTF8(o) {
		return refusef("smtp_utf8_unsupported", "the server takes no addresses beyond ASCII")
	}
	return nil
}

// needsUTF8 is true where a local part is beyond ASCII: only SMTPUTF8 (RFC
// 6531) can carry that. Domains have an ASCII form.
func needsUTF8(o compose.Outgoing) bool {
	for _, addr := range []string{o.From.Addr, o.To.Addr, o.ReplyTo.Addr, o.EnvelopeFrom} {
		if !compose.PrintableASCII(compose.ASCIIDomain(addr)) {
			return true
		}
	}
	return false
}

// asSMTP finds the server's answer in an error chain.
func asSMTP(err error) (*smtp.SMTPError, bool) {
	var answer *smtp.SMTPError
	ok := errors.As(err, &answer)
	return answer, ok
}
