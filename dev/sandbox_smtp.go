package dev

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
)

// sandboxSMTP is one SMTP connection.
type sandboxSMTP struct {
	sandbox *Sandbox
	conn    *smtp.Conn

	from string
	to   []string
}

// Reset forgets the mail that is being sent.
func (s *sandboxSMTP) Reset() { s.from, s.to = "", nil }

// Logout has nothing to free.
func (s *sandboxSMTP) Logout() error { return nil }

// Mail begins a mail.
func (s *sandboxSMTP) Mail(from string, _ *smtp.MailOptions) error {
	s.from, s.to = from, nil
	return nil
}

// Rcpt accepts every recipient that RejectRecipient does not name.
func (s *sandboxSMTP) Rcpt(to string, _ *smtp.RcptOptions) error {
	if code := s.sandbox.rejection(to); code != 0 {
		return &smtp.SMTPError{
			Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "Recipient rejected by the sandbox",
		}
	}
	if !slices.Contains(s.to, to) { // named twice, delivered once
		s.to = append(s.to, to)
	}
	return nil
}

// Data takes the mail over: after nil it is stored and delivered.
func (s *sandboxSMTP) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	envelope := sandboxEnvelope{From: s.from, To: s.to, Helo: s.conn.Hostname(), Client: s.conn.Conn().RemoteAddr().String()}
	if err := s.sandbox.accept(envelope, raw); err != nil {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "The sandbox could not store the mail: " + oneLine(err.Error())}
	}
	return nil
}

// sandboxEnvelope is what SMTP says about a mail.
type sandboxEnvelope struct {
	From   string
	To     []string
	Helo   string
	Client string
}

// accept stores the mail, and delivers it to recipients at the inbound domain.
func (s *Sandbox) accept(e sandboxEnvelope, raw []byte) error {
	mail := readMailHead(raw)
	mail.EnvelopeFrom, mail.EnvelopeTo = e.From, e.To
	mail.Time, mail.Size = s.cfg.Now().UTC(), int64(len(raw))
	var copies []*sandboxCopy
	stripped := int64(len(stripReceiverFields(raw, s.cfg.AuthservID)))
	for _, rcpt := range e.To {
		if !s.isInbound(rcpt) {
			continue
		}
		trace := s.trace(e, rcpt, raw, mail.Time)
		copies = append(copies, &sandboxCopy{
			Folder: "INBOX", Time: mail.Time, Size: int64(len(trace)) + stripped, Trace: trace, Strip: true,
		})
	}
	// Duplicates of mail to the product are its own to find.
	return s.store.put(mail, raw, copies, func(rcpt string) bool { return !s.isInbound(rcpt) })
}

func (s *Sandbox) isInbound(rcpt string) bool {
	return strings.EqualFold(domainOf(rcpt), s.cfg.InboundDomain)
}

// domainOf is what stands after the last @, in lower case; "" without one.
func domainOf(addr string) string {
	at := strings.LastIndexByte(addr, '@')
	if at < 0 {
		return ""
	}
	return strings.ToLower(strings.TrimSuffix(addr[at+1:], "."))
}

// oneLine makes text fit for one line of a protocol or a header.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
}

// SendSMTP sends one mail over its own connection. The error of a refusal is a
// *smtp.SMTPError with the server's code.
func SendSMTP(ctx context.Context, addr, from string, to []string, raw []byte) (err error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("sending mail: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	client := smtp.NewClient(conn)
	defer func() {
		if closeErr := client.Close(); err == nil && closeErr != nil && !errors.Is(closeErr, net.ErrClosed) {
			err = closeErr
		}
	}()
	if err := client.SendMail(from, to, bytes.NewReader(raw)); err != nil {
		return fmt.Errorf("sending mail: %w", errors.Join(err, ctx.Err()))
	}
	return client.Quit()
}
