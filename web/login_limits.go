package web

import (
	"sync"
	"time"
)

// Attempts to log in with one address from one place: five at once, then one
// every twelve seconds. An attempt that succeeds costs nothing.
const (
	loginBurst  = 5
	loginRefill = 12 * time.Second
	// mostBuckets bounds the memory that attempts with made-up addresses take.
	mostBuckets = 20000
)

// loginLimits are token buckets, in the memory of this process.
type loginLimits struct {
	mu      sync.Mutex
	buckets map[string]bucket
	now     func() time.Time
}

type bucket struct {
	tokens float64
	at     time.Time
}

func newLoginLimits() *loginLimits {
	return &loginLimits{buckets: map[string]bucket{}, now: time.Now}
}

// take reports whether one more attempt is allowed, and counts it.
func (l *loginLimits) take(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b := l.filled(key, now)
	allowed := b.tokens >= 1
	if allowed {
		b.tokens--
	}
	if len(l.buckets) >= mostBuckets {
		l.sweep(now)
	}
	l.buckets[key] = b
	return allowed
}

// giveBack takes a counted attempt off again.
func (l *loginLimits) giveBack(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.filled(key, l.now())
	b.tokens = min(b.tokens+1, loginBurst)
	l.buckets[key] = b
}

func (l *loginLimits) filled(key string, now time.Time) bucket {
	b, known := l.buckets[key]
	if !known {
		return bucket{loginBurst, now}
	}
	b.tokens = min(b.tokens+now.Sub(b.at).Seconds()/loginRefill.Seconds(), loginBurst)
	b.at = now
	return b
}

// sweep forgets the buckets that are full again; where none is, all of them.
func (l *loginLimits) sweep(now time.Time) {
	for key := range l.buckets {
		if l.filled(key, now).tokens >= loginBurst {
			delete(l.buckets, key)
		}
	}
	if len(l.buckets) >= mostBuckets {
		clear(l.buckets)
	}
}
