package deliver

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
)

// relay is a real SMTP server whose answers a test chooses.
type relay struct {
	addr   string
	server *smtp.Server

	mu       sync.Mutex
	conns    []net.Conn
	mails    []relayed
	onMail   func(n int, from string) error // n counts from 1
	onRcpt   func(to string) error
	onData   func(c *smtp.Conn) error // before the data is read
	onBody   func(c *smtp.Conn) error // after it
	password string
}

type relayed struct {
	from, to string
	utf8     bool
	raw      string
}

func startRelay(t testing.TB, change func(*relay)) *relay {
	t.Helper()
	r := &relay{}
	r.server = smtp.NewServer(r)
	r.server.Domain = "relay.test"
	r.server.AllowInsecureAuth = true
	r.server.ErrorLog = log.New(io.Discard, "", 0)
	if change != nil {
		change(r)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	r.addr = listener.Addr().String()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = r.server.Serve(recordingListener{listener, r})
	}()
	t.Cleanup(func() {
		_ = r.server.Close()
		<-done
	})
	return r
}

// recordingListener lets a test cut connections.
type recordingListener struct {
	net.Listener
	r *relay
}

func (l recordingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		c = &recordedConn{Conn: c}
		l.r.mu.Lock()
		l.r.conns = append(l.r.conns, c)
		l.r.mu.Unlock()
	}
	return c, err
}

// recordedConn tells whether the server has closed it.
type recordedConn struct {
	net.Conn
	closed atomic.Bool
}

func (c *recordedConn) Close() error {
	defer c.closed.Store(true)
	return c.Conn.Close()
}

// allClosed reports whether the server has closed every connection.
func (r *relay) allClosed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !slices.ContainsFunc(r.conns, func(c net.Conn) bool { return !c.(*recordedConn).closed.Load() })
}

func (r *relay) cutAll() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		_ = c.Close()
	}
}

func (r *relay) seen() (sessions int, mails []relayed) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.conns), append([]relayed(nil), r.mails...)
}

func (r *relay) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &relaySession{r: r, c: c, authed: r.password == ""}, nil
}

type relaySession struct {
	r       *relay
	c       *smtp.Conn
	current relayed
	authed  bool
	n       int
}

func (s *relaySession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *relaySession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if username != "user" || password != s.r.password {
			return smtp.ErrAuthFailed
		}
		s.authed = true
		return nil
	}), nil
}

func (s *relaySession) Mail(from string, opts *smtp.MailOptions) error {
	if s.n++; !s.authed {
		return smtp.ErrAuthRequired
	}
	s.current = relayed{from: from, utf8: opts.UTF8}
	if s.r.onMail != nil {
		return s.r.onMail(s.n, from)
	}
	return nil
}

func (s *relaySession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.current.to = to
	if s.r.onRcpt != nil {
		return s.r.onRcpt(to)
	}
	return nil
}

func (s *relaySession) Data(body io.Reader) error {
	if s.r.onData != nil {
		if err := s.r.onData(s.c); err != nil {
			return err
		}
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	s.current.raw = string(raw)
	if s.r.onBody != nil {
		if err := s.r.onBody(s.c); err != nil {
			return err
		}
	}
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	s.r.mails = append(s.r.mails, s.current)
	return nil
}

func (s *relaySession) Reset()        {}
func (s *relaySession) Logout() error { return nil }

func (r *relay) transport(t testing.TB, change func(*SMTPConfig)) *SMTP {
	t.Helper()
	cfg := SMTPConfig{Addr: r.addr, TLSMode: SMTPPlain, Timeout: 5 * time.Second}
	if change != nil {
		change(&cfg)
	}
	s, err := NewSMTP(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func refusal(code int, enhanced smtp.EnhancedCode) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: "no"}
}

// startBabbler is a server that says its piece, once, and then nothing more.
func startBabbler(t *testing.T, says string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				_, _ = io.WriteString(c, says)
				_, _ = io.Copy(io.Discard, c)
				_ = c.Close()
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		all.Wait()
	})
	return listener.Addr().String()
}

func testCertificates(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "relay.test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, &tls.Config{RootCAs: roots}
}
