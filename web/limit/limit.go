// Package limit counts tries, in the memory of this process: so many at once, then
// one more every so often. What it remembers is bounded.
package limit

import (
	"sync"
	"time"
)

// Limits are tables whose buckets are asked together: a try is allowed by all of
// them, or counted by none.
type Limits struct {
	mu  sync.Mutex
	now func() time.Time
}

// New makes limits by a clock; nil is the clock of the system.
func New(now func() time.Time) *Limits {
	if now == nil {
		now = time.Now
	}
	return &Limits{now: now}
}

// Claim is one try in one bucket of a table.
type Claim struct {
	table *Table
	key   string
}

// Take counts a try in every bucket, if all of them allow it. Otherwise it says how
// long to wait until they do, and counts nothing.
func (l *Limits) Take(claims ...Claim) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	for _, c := range claims {
		wait = max(wait, c.table.wait(c.key, now))
	}
	if wait > 0 {
		return wait
	}
	// Only now, so that a try which is refused makes nobody else be forgotten.
	for _, c := range claims {
		if !c.table.makeRoom(c.key, now) {
			return c.table.rate.Every
		}
	}
	for _, c := range claims {
		c.table.count(c.key, now)
	}
	return 0
}

// GiveBack takes a counted try off again.
func (l *Limits) GiveBack(claims ...Claim) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	for _, c := range claims {
		c.table.giveBack(c.key, now)
	}
}
