package receive

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/emersion/go-imap/v2"
)

// A mail over MaxSize is not fetched with the others. Its header is handed over, and with
// it a reader that fetches the mail piece by piece while take reads it, so that one piece
// is in memory and never the whole. There is one such mail at a time, after the others of
// a round.

// pieceBytes is how much of a large mail is fetched at once.
const pieceBytes = 4 << 20

// isLarge tells whether a mail is handed over by its header.
func (c MailboxConfig) isLarge(h mailHead) bool { return h.size > c.MaxSize }

// isKept tells whether a large mail can be read whole.
func (c MailboxConfig) isKept(h mailHead) bool { return h.size <= c.KeepSize }

// takeLarge hands large mails over, one after the other.
func (m *Mailbox) takeLarge(ctx context.Context, c *mailboxConn, mails []Arrived, take TakeFunc) (paused bool) {
	for _, mail := range mails {
		whole := &wholeMail{conn: c, uid: imap.UID(mail.UID), size: mail.Size}
		if !mail.TooLarge {
			mail.Whole = whole
		}
		err := m.takeOne(ctx, mail, take)
		if whole.err != nil && !errors.Is(whole.err, io.EOF) {
			err = whole.err // what failed is the reading, whatever take made of that
		}
		if paused = m.note(ctx, []Arrived{mail}, []error{err}); paused {
			return true
		}
	}
	return false
}

// wholeMail reads a large mail from the mailbox.
type wholeMail struct {
	conn    *mailboxConn
	uid     imap.UID
	size    int64
	fetched int64  // so much of it
	piece   []byte // fetched, and not read yet
	err     error  // io.EOF when it was read whole
}

// Read fetches the next piece where there is none.
func (w *wholeMail) Read(p []byte) (int, error) {
	if len(w.piece) == 0 && w.err == nil {
		w.piece, w.err = w.next()
	}
	n := copy(p, w.piece)
	if w.piece = w.piece[n:]; n > 0 {
		return n, nil
	}
	return 0, w.err
}

// next fetches a piece. Of the last one it asks for a byte more than there should be: a
// mail that is longer than announced must not be cut off.
func (w *wholeMail) next() ([]byte, error) {
	left := w.size - w.fetched
	if left == 0 {
		return nil, io.EOF
	}
	ask, want := int64(pieceBytes), int64(pieceBytes)
	if left <= pieceBytes {
		ask, want = left+1, left
	}
	piece, err := w.conn.fetchPiece(w.uid, w.fetched, ask)
	if err != nil {
		return nil, err
	}
	if int64(len(piece)) != want {
		return nil, fmt.Errorf("%w: %d bytes from %d on instead of %d", errWrongSize, len(piece), w.fetched, want)
	}
	w.fetched += want
	return piece, nil
}

// fetchPiece reads some bytes of a mail.
func (c *mailboxConn) fetchPiece(uid imap.UID, offset, size int64) ([]byte, error) {
	fetched := []fetchedMail{{head: mailHead{uid: uid}, large: true, err: errNotSent}}
	section := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Offset: offset, Size: size}}
	if err := c.fetchBodies(imap.UIDSetNum(uid), section, size, fetched, map[imap.UID]int{uid: 0}); err != nil {
		return nil, err
	}
	return fetched[0].raw, fetched[0].err
}
