package receive

import (
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// faultProxy stands between reader and server and can freeze or cut the
// connections that are open, as a lost route or a restarted firewall does.
type faultProxy struct {
	listener net.Listener
	target   string
	rewrite  func([]byte) []byte // of what the server says

	mu     sync.Mutex
	conns  []net.Conn
	frozen chan struct{} // closed: connections opened so far pass nothing more
}

func newFaultProxy(t testing.TB, target string, rewrite ...func([]byte) []byte) *faultProxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &faultProxy{listener: listener, target: target, frozen: make(chan struct{})}
	if len(rewrite) > 0 {
		p.rewrite = rewrite[0]
	}
	go p.serve()
	t.Cleanup(func() { _ = listener.Close(); p.cut() })
	return p
}

func (p *faultProxy) addr() string { return p.listener.Addr().String() }

func (p *faultProxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, client, server)
		frozen := p.frozen
		p.mu.Unlock()
		go p.pump(server, client, frozen, nil)
		go p.pump(client, server, frozen, p.rewrite)
	}
}

func (p *faultProxy) pump(dst, src net.Conn, frozen chan struct{}, rewrite func([]byte) []byte) {
	buf := make([]byte, 64<<10)
	for {
		n, err := src.Read(buf)
		select {
		case <-frozen:
			return // neither passed on nor closed
		default:
		}
		if err != nil {
			_ = dst.Close()
			return
		}
		data := buf[:n]
		if rewrite != nil {
			data = rewrite(data)
		}
		if _, err := dst.Write(data); err != nil {
			return
		}
	}
}

// freeze makes the open connections half-open: no byte passes, no end is seen.
func (p *faultProxy) freeze() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.frozen)
	p.frozen = make(chan struct{})
}

// cut closes the open connections.
func (p *faultProxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.conns = nil
}
