package receive

import (
	"net"
	"sync"
	"time"
)

// rollingConn is a connection whose deadlines move with its traffic. While
// armed, a silence of the given length breaks it; while not, reading may wait
// for ever. Deadlines set by others are ignored.
type rollingConn struct {
	net.Conn

	mu      sync.Mutex
	silence time.Duration // 0: not armed
	last    time.Time     // the latest deadline of all; zero: none
}

func (c *rollingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.mu.Lock()
		c.roll()
		c.mu.Unlock()
	}
	return n, err
}

// arm begins to watch for silence.
func (c *rollingConn) arm(silence time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.silence = silence
	c.roll()
}

// disarm lets the connection be silent.
func (c *rollingConn) disarm() { c.arm(0) }

// stopBy breaks the connection at the given time, whatever happens on it.
func (c *rollingConn) stopBy(last time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = last
	c.roll()
}

// roll sets the deadlines anew. An error means that the connection is closed,
// which the next read or write says itself.
func (c *rollingConn) roll() {
	var deadline time.Time
	if c.silence > 0 {
		deadline = time.Now().Add(c.silence)
	}
	if !c.last.IsZero() && (deadline.IsZero() || c.last.Before(deadline)) {
		deadline = c.last
	}
	_ = c.Conn.SetDeadline(deadline)
}

// SetDeadline does nothing: see rollingConn.
func (c *rollingConn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing: see rollingConn.
func (c *rollingConn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing: see rollingConn.
func (c *rollingConn) SetWriteDeadline(time.Time) error { return nil }
