package receive

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"github.com/emersion/go-imap/v2"
	"golang.org/x/sync/errgroup"
)

// One batch is fetched, taken and filed together: few round trips for many
// mails, and a bound on the memory.
const (
	batchMails = 50
	batchBytes = 16 << 20
)

// round looks at the queue once and works through what is due. It reports
// whether any mail was there to work on.
func (m *Mailbox) round(ctx context.Context, c *mailboxConn, take TakeFunc) (worked bool, err error) {
	heads, err := c.list()
	if err != nil {
		return false, err
	}
	m.queue.listed(heads)
	m.noteOldest()
	if err := m.file(ctx, c); err != nil {
		return false, err
	}
	due := m.largeLast(m.queue.due(heads, time.Now()))
	worked = len(due) > 0
	for pauses := 0; len(due) > 0 && ctx.Err() == nil; {
		batch := nextBatch(due, m.cfg.MaxSize)
		paused, err := m.work(ctx, c, batch, take)
		if err != nil {
			return worked, err
		}
		if !paused {
			due, pauses = due[len(batch):], 0
			continue
		}
		if err := m.rest(ctx, c, pauses); err != nil {
			return worked, err
		}
		due = m.queue.due(due, time.Now())
		pauses++
	}
	return worked, nil
}

// largeLast puts large mails behind the others, which are taken in no time.
func (m *Mailbox) largeLast(due []mailHead) []mailHead {
	slices.SortStableFunc(due, func(a, b mailHead) int {
		switch large := m.cfg.isLarge(a); {
		case large == m.cfg.isLarge(b):
			return 0
		case large:
			return 1
		}
		return -1
	})
	return due
}

// rest leaves the mailbox alone after ErrPause, and then sees to it that the
// connection is still there.
func (m *Mailbox) rest(ctx context.Context, c *mailboxConn, pauses int) error {
	wait := backoff(pauses, m.cfg.Timeouts.PauseMin, m.cfg.Timeouts.PauseMax)
	m.log.Warn("mailbox intake paused", "resume_in", wait)
	pause(ctx, wait)
	if ctx.Err() != nil {
		return nil
	}
	return c.noop()
}

// nextBatch cuts the first mails off that may be fetched together.
func nextBatch(due []mailHead, maxSize int64) []mailHead {
	var sum int64
	for i, h := range due {
		if h.size <= maxSize {
			sum += h.size
		}
		if i == batchMails || i > 0 && sum > batchBytes {
			return due[:i]
		}
	}
	return due
}

// work fetches, hands over and files one batch.
func (m *Mailbox) work(ctx context.Context, c *mailboxConn, batch []mailHead, take TakeFunc) (paused bool, err error) {
	fetched, err := c.fetch(batch)
	if err != nil {
		return false, err
	}
	var arrived, large []Arrived
	for _, f := range fetched {
		switch {
		case f.err != nil:
			m.noteFailure(f.head.uid, f.err)
		case f.large:
			large = append(large, m.arrived(f))
		default:
			arrived = append(arrived, m.arrived(f))
		}
	}
	paused = m.note(ctx, arrived, m.takeAll(ctx, arrived, take))
	if !paused && len(large) > 0 {
		if err := m.file(ctx, c); err != nil {
			return false, err
		}
		paused = m.takeLarge(ctx, c, large, take)
	}
	return paused, m.file(ctx, c)
}

func (m *Mailbox) arrived(f fetchedMail) Arrived {
	return Arrived{
		Mailbox:     m.cfg.name(),
		UIDValidity: m.queue.uidValidity,
		UID:         uint32(f.head.uid),
		Size:        f.head.size,
		ReceivedAt:  f.head.receivedAt,
		Raw:         f.raw,
		TooLarge:    !m.cfg.isKept(f.head),
	}
}

// takeAll hands the mails over, some at a time, and returns what take said to
// each. After the first ErrPause no further mail is handed over.
func (m *Mailbox) takeAll(ctx context.Context, mails []Arrived, take TakeFunc) []error {
	said := make([]error, len(mails))
	var paused atomic.Bool
	var group errgroup.Group
	group.SetLimit(m.cfg.Concurrency)
	for i := range mails {
		group.Go(func() error {
			if paused.Load() {
				said[i] = ErrPause
				return nil
			}
			said[i] = m.takeOne(ctx, mails[i], take)
			if errors.Is(said[i], ErrPause) {
				paused.Store(true)
			}
			return nil
		})
	}
	_ = group.Wait() // the functions return nil; what take said is in said
	return said
}

// takeOne calls take with a deadline. A panic is that mail's failure: it must
// not end the process, which would meet the same mail again after its restart.
func (m *Mailbox) takeOne(ctx context.Context, mail Arrived, take TakeFunc) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("taking a mail panicked: %v\n%s", p, debug.Stack())
		}
	}()
	if err := ctx.Err(); err != nil {
		return err
	}
	limit := m.cfg.Timeouts.Take
	if mail.Whole != nil {
		limit = m.cfg.Timeouts.Large
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return take(ctx, mail)
}

// note records what take said, and tells whether it asked for a pause.
func (m *Mailbox) note(ctx context.Context, mails []Arrived, said []error) (paused bool) {
	for i, mail := range mails {
		uid, err := imap.UID(mail.UID), said[i]
		switch {
		case err == nil && mail.TooLarge:
			m.queue.takenNow(uid, m.cfg.TooLarge)
		case err == nil:
			m.queue.takenNow(uid, m.cfg.Processed)
		case errors.Is(err, ErrPause):
			paused = true
		case ctx.Err() == nil: // a stop is not the mail's failure
			m.noteFailure(uid, err)
		}
	}
	return paused
}

func (m *Mailbox) noteFailure(uid imap.UID, err error) {
	wait := m.queue.failedNow(uid, time.Now())
	m.log.Error("mail not taken", "uidvalidity", m.queue.uidValidity, "uid", uint32(uid), "error", err, "retry_in", wait)
}

func (m *Mailbox) noteOldest() {
	var nanos int64
	if oldest := m.queue.oldest(); !oldest.IsZero() {
		nanos = oldest.UnixNano()
	}
	m.oldest.Store(nanos)
}
