package limit

import (
	"container/list"
	"time"
)

// Rate is how many tries are allowed at once, and how long it takes until there is
// one more.
type Rate struct {
	Burst int
	Every time.Duration
}

// Table is one limit: a bucket for each key. Buckets that are full are the same as
// none.
type Table struct {
	rate    Rate
	most    int
	buckets map[string]*list.Element
	recent  *list.List // of *bucket, the one that was used last at the end
}

// bucket is told by one moment, at which it is full again (the generic cell rate
// algorithm, ITU-T I.371): each try moves that moment on.
type bucket struct {
	key    string
	fullAt time.Time
}

// NewTable makes a table of at most so many buckets.
func NewTable(rate Rate, most int) *Table {
	return &Table{rate: rate, most: most, buckets: map[string]*list.Element{}, recent: list.New()}
}

// Of is a try in the bucket of a key.
func (t *Table) Of(key string) Claim { return Claim{t, key} }

// wait is how long the bucket of a key is locked.
func (t *Table) wait(key string, now time.Time) time.Duration {
	element, known := t.buckets[key]
	if !known {
		return 0
	}
	return max(t.openAt(element).Sub(now), 0)
}

// openAt is when a bucket allows one more.
func (t *Table) openAt(element *list.Element) time.Time {
	return element.Value.(*bucket).fullAt.Add(-time.Duration(t.rate.Burst-1) * t.rate.Every)
}

// makeRoom forgets the bucket that was used longest ago, where there is no room for
// a new one. What is locked is never forgotten: it answers false where there is
// nothing else.
//
// Few are locked at a time, because each took a burst of tries that all limits
// allowed, so that it looks at few.
func (t *Table) makeRoom(key string, now time.Time) bool {
	if _, known := t.buckets[key]; known || len(t.buckets) < t.most {
		return true
	}
	for element := t.recent.Front(); element != nil; element = element.Next() {
		if !t.openAt(element).After(now) {
			t.forget(element)
			return true
		}
	}
	return false
}

func (t *Table) forget(element *list.Element) {
	delete(t.buckets, element.Value.(*bucket).key)
	t.recent.Remove(element)
}

func (t *Table) count(key string, now time.Time) {
	element, known := t.buckets[key]
	if !known {
		element = t.recent.PushBack(&bucket{key: key, fullAt: now})
		t.buckets[key] = element
	}
	b := element.Value.(*bucket)
	if b.fullAt.Before(now) {
		b.fullAt = now
	}
	b.fullAt = b.fullAt.Add(t.rate.Every)
	t.recent.MoveToBack(element)
}

func (t *Table) giveBack(key string, now time.Time) {
	element, known := t.buckets[key]
	if !known {
		return
	}
	b := element.Value.(*bucket)
	if b.fullAt = b.fullAt.Add(-t.rate.Every); !b.fullAt.After(now) {
		t.forget(element)
	}
}
