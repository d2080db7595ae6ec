package receive

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// mailboxConn is one connection to the mailbox, logged in and with the queue
// selected. Its methods are called by one goroutine.
type mailboxConn struct {
	cfg    MailboxConfig
	wire   *rollingConn
	client *imapclient.Client
	unstop func() bool

	uidValidity uint32
	hasIdle     bool
	hasUIDPlus  bool
	news        chan struct{} // the server has announced mail since the last look
}

// dialMailbox connects, logs in, makes the folders and selects the queue.
func dialMailbox(ctx context.Context, cfg MailboxConfig) (*mailboxConn, error) {
	dialer := net.Dialer{
		Timeout:         cfg.Timeouts.Dial,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 20 * time.Second, Interval: 10 * time.Second, Count: 3},
	}
	raw, err := dialer.DialContext(ctx, "tcp", cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("connecting to the mailbox: %w", err)
	}
	c := &mailboxConn{cfg: cfg, wire: &rollingConn{Conn: raw}, news: make(chan struct{}, 1)}
	// When ctx ends, what runs gets a little time to finish, and no more.
	c.unstop = context.AfterFunc(ctx, func() { c.wire.stopBy(time.Now().Add(cfg.Timeouts.Stop)) })
	if err := c.open(ctx); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *mailboxConn) open(ctx context.Context) error {
	if err := c.greet(ctx); err != nil {
		return err
	}
	err := c.do("LOGIN", func() error { return c.client.Login(c.cfg.Username, c.cfg.Password).Wait() })
	if err != nil {
		return err
	}
	if err := c.readCaps(); err != nil {
		return err
	}
	for _, folder := range []string{c.cfg.Processed, c.cfg.TooLarge} {
		if err := c.makeFolder(folder); err != nil {
			return err
		}
	}
	return c.do("SELECT", func() error {
		data, err := c.client.Select(c.cfg.Inbox, nil).Wait()
		if err == nil {
			c.uidValidity = data.UIDValidity
		}
		return err
	})
}

// greet sets TLS up and waits for the server's greeting.
func (c *mailboxConn) greet(ctx context.Context) error {
	c.wire.arm(c.cfg.Timeouts.Dial)
	defer c.wire.disarm()
	options := &imapclient.Options{
		TLSConfig:             c.tlsConfig(),
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{Mailbox: c.announced},
	}
	var err error
	switch c.cfg.TLSMode {
	case MailboxPlain:
		c.client = imapclient.New(c.wire, options)
	case MailboxStartTLS:
		c.client, err = imapclient.NewStartTLS(c.wire, options)
	default:
		secure := tls.Client(c.wire, c.tlsConfig())
		if err = secure.HandshakeContext(ctx); err == nil {
			c.client = imapclient.New(secure, options)
		}
	}
	if err != nil {
		return fmt.Errorf("securing the connection to the mailbox: %w", err)
	}
	if err := c.client.WaitGreeting(); err != nil {
		return fmt.Errorf("waiting for the mailbox's greeting: %w", err)
	}
	return nil
}

func (c *mailboxConn) tlsConfig() *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.cfg.TLSConfig != nil {
		config = c.cfg.TLSConfig.Clone()
	}
	if config.ServerName == "" {
		config.ServerName, _, _ = net.SplitHostPort(c.cfg.Addr) // checked by Run
	}
	return config
}

// announced is called by the client when the server speaks of its own accord.
func (c *mailboxConn) announced(data *imapclient.UnilateralDataMailbox) {
	if data.NumMessages == nil {
		return
	}
	select {
	case c.news <- struct{}{}:
	default:
	}
}

func (c *mailboxConn) readCaps() error {
	return c.do("CAPABILITY", func() error {
		caps := c.client.Caps()
		if caps == nil {
			return errors.New("the server does not tell its capabilities")
		}
		c.hasIdle = caps.Has(imap.CapIdle)
		c.hasUIDPlus = caps.Has(imap.CapUIDPlus)
		return nil
	})
}

// makeFolder creates the folder unless it is there. Not every server says so
// in a way a program can read, so a refusal is followed by a look.
func (c *mailboxConn) makeFolder(name string) error {
	return c.do("CREATE", func() error {
		createErr := c.client.Create(name, nil).Wait()
		var refused *imap.Error
		if createErr == nil || !errors.As(createErr, &refused) || refused.Code == imap.ResponseCodeAlreadyExists {
			return ignoreRefusal(createErr)
		}
		if _, err := c.client.Status(name, &imap.StatusOptions{UIDValidity: true}).Wait(); err != nil {
			return fmt.Errorf("folder %q: %w", name, createErr)
		}
		return nil
	})
}

// ignoreRefusal drops an answer of the server, and keeps an error of the connection.
func ignoreRefusal(err error) error {
	var refused *imap.Error
	if errors.As(err, &refused) {
		return nil
	}
	return err
}

// do runs a command. Nothing in go-imap times out, so while the server owes an
// answer its silence is bounded here.
func (c *mailboxConn) do(name string, command func() error) error {
	c.wire.arm(c.cfg.Timeouts.Command)
	defer c.wire.disarm()
	if err := command(); err != nil {
		return fmt.Errorf("IMAP %s: %w", name, err)
	}
	return nil
}

func (c *mailboxConn) noop() error {
	return c.do("NOOP", func() error { return c.client.Noop().Wait() })
}

// waitNews returns when the server announces mail, after the given time, or
// when ctx ends. What follows is a look at the queue, which also shows whether
// the server is still there.
func (c *mailboxConn) waitNews(ctx context.Context, longest time.Duration) error {
	if len(c.news) > 0 || longest <= 0 {
		return nil
	}
	if !c.hasIdle {
		pause(ctx, min(longest, c.cfg.Timeouts.Poll))
		return nil
	}
	var idle *imapclient.IdleCommand
	err := c.do("IDLE", func() (err error) { idle, err = c.client.Idle(); return err })
	if err != nil {
		return err
	}
	timer := time.NewTimer(longest)
	defer timer.Stop()
	select {
	case <-c.news:
	case <-timer.C:
	case <-ctx.Done():
	case <-c.client.Closed():
	}
	return c.do("DONE", func() error {
		if err := idle.Close(); err != nil {
			return err
		}
		return idle.Wait()
	})
}

// close ends the connection; politely, if it still works.
func (c *mailboxConn) close() {
	defer c.unstop()
	if c.client == nil {
		_ = c.wire.Close() // nothing was sent that could be lost
		return
	}
	c.wire.arm(min(time.Second, c.cfg.Timeouts.Command))
	_ = c.client.Logout().Wait() // a courtesy
	_ = c.client.Close()         // says why the connection broke, which the caller knows
}
