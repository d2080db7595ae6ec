package receive

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
)

// fileMails is how many mails are moved by one command, which bounds the
// length of its line (RFC 2683 section 3.2.1.5).
const fileMails = 200

// errOthersDeleted says that the server can only expunge everything that is
// marked as deleted, and something is that we did not mark.
var errOthersDeleted = errors.New("mail: the mailbox holds deleted mails of others, and the server has no UIDPLUS")

// file moves every taken mail out of the queue. A refusal by the server is
// logged and tried again later, and does not keep further mail from being
// taken; only a broken connection is an error.
func (m *Mailbox) file(ctx context.Context, c *mailboxConn) error {
	stopping := ctx.Err() != nil // the last chance to file
	if len(m.queue.taken) == 0 || !stopping && time.Now().Before(m.queue.fileAfter) {
		return nil
	}
	err := m.fileTaken(c)
	m.noteOldest()
	var refused *imap.Error
	if errors.As(err, &refused) || errors.Is(err, errOthersDeleted) {
		wait := m.queue.fileRefused(time.Now())
		m.log.Error("taken mails not filed", "count", len(m.queue.taken), "error", err, "retry_in", wait)
		return nil
	}
	return err
}

// fileTaken copies first. Only what the server confirmed is deleted: the MOVE
// of go-imap for servers without that command goes on when COPY has failed.
func (m *Mailbox) fileTaken(c *mailboxConn) error {
	copyErr := m.copyTaken(c)
	var copied []imap.UID
	for uid, t := range m.queue.taken {
		if t.copied {
			copied = append(copied, uid)
		}
	}
	slices.Sort(copied)
	for chunk := range slices.Chunk(copied, fileMails) {
		if err := c.remove(chunk); err != nil {
			return errors.Join(copyErr, err)
		}
		for _, uid := range chunk {
			m.queue.filed(uid)
		}
	}
	return copyErr
}

// copyTaken copies what is taken and not copied, folder by folder.
func (m *Mailbox) copyTaken(c *mailboxConn) error {
	byFolder := map[string][]imap.UID{}
	for uid, t := range m.queue.taken {
		if !t.copied {
			byFolder[t.folder] = append(byFolder[t.folder], uid)
		}
	}
	var errs []error
	for folder, uids := range byFolder {
		slices.Sort(uids)
		for chunk := range slices.Chunk(uids, fileMails) {
			confirmed, err := c.copy(chunk, folder)
			if err != nil {
				errs = append(errs, err)
				break
			}
			for _, uid := range confirmed {
				m.queue.taken[uid].copied = true
			}
		}
	}
	return errors.Join(errs...)
}
