package dev

import (
	"errors"
	"io"
	"log"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-smtp"
)

// sandboxServers is what listens between Resume and Pause.
type sandboxServers struct {
	smtp  *smtp.Server
	imap  *imapserver.Server
	conns []*sandboxListener
	done  sync.WaitGroup
}

func (s *Sandbox) serve(smtpListener, imapListener net.Listener) *sandboxServers {
	quiet := log.New(io.Discard, "", 0) // a client that hangs up is nothing to report
	mailer := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &sandboxSMTP{sandbox: s, conn: c}, nil
	}))
	mailer.Domain = s.cfg.AuthservID
	mailer.MaxMessageBytes = maxSandboxMail
	mailer.MaxLineLength = 1 << 20 // mail with lines over 998 bytes exists, and reaches the product
	mailer.EnableSMTPUTF8 = true
	mailer.ReadTimeout, mailer.WriteTimeout = 5*time.Minute, time.Minute
	mailer.ErrorLog = quiet
	mailbox := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return &sandboxIMAP{sandbox: s, store: s.store}, nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}, imap.CapMove: {}, imap.CapNamespace: {}},
		InsecureAuth: true,
		Logger:       quiet,
	})
	servers := &sandboxServers{smtp: mailer, imap: mailbox}
	servers.start(smtpListener, mailer.Serve)
	servers.start(imapListener, mailbox.Serve)
	return servers
}

func (s *sandboxServers) start(listener net.Listener, serve func(net.Listener) error) {
	tracked := &sandboxListener{Listener: listener, conns: map[net.Conn]struct{}{}}
	s.conns = append(s.conns, tracked)
	s.done.Go(func() {
		_ = serve(tracked) // ends with an error when the listener is closed, which is how it ends
	})
}

// close drops everything and waits until the connections are let go.
func (s *sandboxServers) close() error {
	err := errors.Join(s.smtp.Close(), s.imap.Close())
	for _, l := range s.conns {
		l.drop()
	}
	s.done.Wait()
	return err
}

// sandboxListener knows the connections it accepted. The servers forget some
// of theirs when they are closed in the same moment as a connection comes in.
type sandboxListener struct {
	net.Listener

	mu     sync.Mutex
	conns  map[net.Conn]struct{}
	closed bool
}

// Accept waits for the next connection.
func (l *sandboxListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	tracked := &sandboxConn{Conn: conn, listener: l}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, errors.Join(net.ErrClosed, conn.Close())
	}
	l.conns[tracked] = struct{}{}
	return tracked, nil
}

// drop ends the listener, which a server that is closed in the moment of its
// start does not know yet, and its connections.
func (l *sandboxListener) drop() {
	_ = l.Close() // the server may have done it
	l.mu.Lock()
	l.closed = true
	conns := l.conns
	l.conns = map[net.Conn]struct{}{}
	l.mu.Unlock()
	for conn := range conns {
		_ = conn.Close() // closed already, or now
	}
}

type sandboxConn struct {
	net.Conn
	listener *sandboxListener
}

// Close closes the connection and has the listener forget it.
func (c *sandboxConn) Close() error {
	c.listener.mu.Lock()
	delete(c.listener.conns, c)
	c.listener.mu.Unlock()
	return c.Conn.Close()
}
