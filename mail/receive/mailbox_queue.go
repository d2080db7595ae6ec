package receive

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/emersion/go-imap/v2"
)

// mailHead is what the list of the queue says about one mail.
type mailHead struct {
	uid        imap.UID
	size       int64
	receivedAt time.Time
}

// mailboxQueue is what is remembered about the mails in the queue from one look
// to the next, and over a lost connection. Only the goroutine of Run uses it.
type mailboxQueue struct {
	timeouts    MailboxTimeouts
	uidValidity uint32

	heads  map[imap.UID]mailHead   // in the queue at the last look
	failed map[imap.UID]mailFailed // to be tried again later
	taken  map[imap.UID]*mailTaken // taken over, still to be filed

	fileFailures int
	fileAfter    time.Time // filing was refused: not before this
}

// mailFailed is a mail that take did not take.
type mailFailed struct {
	attempts  int
	notBefore time.Time
}

// mailTaken is a mail that was taken and has to leave the queue.
type mailTaken struct {
	folder string
	copied bool // the server has confirmed the copy
}

func newMailboxQueue(timeouts MailboxTimeouts) *mailboxQueue {
	q := &mailboxQueue{timeouts: timeouts}
	q.clear(0)
	return q
}

// reset forgets everything when the UIDs have got a new meaning, and tells
// whether they had another one before.
func (q *mailboxQueue) reset(uidValidity uint32) (changed bool) {
	if q.uidValidity == uidValidity {
		return false
	}
	changed = q.uidValidity != 0
	q.clear(uidValidity)
	return changed
}

func (q *mailboxQueue) clear(uidValidity uint32) {
	q.uidValidity = uidValidity
	q.heads = map[imap.UID]mailHead{}
	q.failed = map[imap.UID]mailFailed{}
	q.taken = map[imap.UID]*mailTaken{}
}

// listed replaces the heads, and drops what is said about mails that are gone.
func (q *mailboxQueue) listed(heads []mailHead) {
	clear(q.heads)
	for _, h := range heads {
		q.heads[h.uid] = h
	}
	for uid := range q.failed {
		if _, ok := q.heads[uid]; !ok {
			delete(q.failed, uid)
		}
	}
	for uid := range q.taken {
		if _, ok := q.heads[uid]; !ok {
			delete(q.taken, uid)
		}
	}
}

// due is the part of heads that is to be taken now.
func (q *mailboxQueue) due(heads []mailHead, now time.Time) []mailHead {
	var due []mailHead
	for _, h := range heads {
		if q.taken[h.uid] == nil && !q.failed[h.uid].notBefore.After(now) {
			due = append(due, h)
		}
	}
	return due
}

// failedNow notes that the mail could not be taken, and returns for how long it rests.
func (q *mailboxQueue) failedNow(uid imap.UID, now time.Time) time.Duration {
	f := q.failed[uid]
	wait := backoff(f.attempts, q.timeouts.RetryMin, q.timeouts.RetryMax)
	q.failed[uid] = mailFailed{attempts: f.attempts + 1, notBefore: now.Add(wait)}
	return wait
}

// takenNow notes that the mail is safe elsewhere.
func (q *mailboxQueue) takenNow(uid imap.UID, folder string) {
	delete(q.failed, uid)
	q.taken[uid] = &mailTaken{folder: folder}
}

// filed notes that the mail has left the queue.
func (q *mailboxQueue) filed(uid imap.UID) {
	delete(q.taken, uid)
	delete(q.heads, uid)
	q.fileFailures = 0
}

// fileRefused notes that the server would not file, and returns for how long not to ask again.
func (q *mailboxQueue) fileRefused(now time.Time) time.Duration {
	wait := backoff(q.fileFailures, q.timeouts.RetryMin, q.timeouts.RetryMax)
	q.fileFailures++
	q.fileAfter = now.Add(wait)
	return wait
}

// nextDue is how long it is until something rests no longer.
func (q *mailboxQueue) nextDue(now time.Time) time.Duration {
	next := now.Add(time.Hour)
	for _, f := range q.failed {
		if f.notBefore.Before(next) {
			next = f.notBefore
		}
	}
	if len(q.taken) > 0 && q.fileAfter.Before(next) {
		next = q.fileAfter
	}
	return max(0, next.Sub(now))
}

// oldest is when the mail that has waited longest arrived; the zero time if none waits.
func (q *mailboxQueue) oldest() time.Time {
	var oldest time.Time
	for _, h := range q.heads {
		if oldest.IsZero() || h.receivedAt.Before(oldest) {
			oldest = h.receivedAt
		}
	}
	return oldest
}

// backoff doubles from least to most with the attempts, and takes a random part
// of up to a half off, so that those who failed together do not come back together.
func backoff(attempt int, least, most time.Duration) time.Duration {
	wait := most
	if attempt < 30 {
		wait = min(most, least<<attempt)
	}
	if wait <= 0 {
		return most
	}
	return wait - rand.N(wait/2+1)
}

// pause waits for d or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
