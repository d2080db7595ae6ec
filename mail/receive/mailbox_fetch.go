package receive

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// maxHeaderBytes bounds the header of a large mail.
const maxHeaderBytes = 256 << 10

var (
	errNotSent   = errors.New("mail: the server did not send the mail")
	errCutShort  = errors.New("mail: the mail ended before its announced size")
	errWrongSize = errors.New("mail: the mail has not the size that the server announced")
)

// fetchedMail is a mail as it came over the wire, or why it did not.
type fetchedMail struct {
	head  mailHead
	raw   []byte
	large bool // raw is a part of it
	err   error
}

// list reads UID, size and date of all that is in the queue, oldest first.
func (c *mailboxConn) list() ([]mailHead, error) {
	select {
	case <-c.news: // whatever was announced is in the answer
	default:
	}
	var heads []mailHead
	err := c.do("UID FETCH", func() error {
		all := imap.UIDSet{imap.UIDRange{Start: 1}} // 1:*
		cmd := c.client.Fetch(all, &imap.FetchOptions{UID: true, RFC822Size: true, InternalDate: true})
		for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
			heads = append(heads, readHead(msg))
		}
		return cmd.Close()
	})
	slices.SortFunc(heads, func(a, b mailHead) int { return int(int64(a.uid) - int64(b.uid)) })
	return heads, err
}

func readHead(msg *imapclient.FetchMessageData) mailHead {
	var head mailHead
	for item := msg.Next(); item != nil; item = msg.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			head.uid = item.UID
		case imapclient.FetchItemDataRFC822Size:
			head.size = item.Size
		case imapclient.FetchItemDataInternalDate:
			head.receivedAt = item.Time
		}
	}
	return head
}

// fetch reads the mails: whole, or the header of those that are large.
// BODY.PEEK does not touch a flag, so nothing is lost by fetching again.
func (c *mailboxConn) fetch(heads []mailHead) ([]fetchedMail, error) {
	fetched := make([]fetchedMail, len(heads))
	index := map[imap.UID]int{}
	var whole imap.UIDSet
	for i, h := range heads {
		fetched[i] = fetchedMail{head: h, large: c.cfg.isLarge(h), err: errNotSent}
		index[h.uid] = i
		if !fetched[i].large {
			whole.AddNum(h.uid)
		}
	}
	if len(whole) > 0 {
		if err := c.fetchBodies(whole, &imap.FetchItemBodySection{Peek: true}, c.cfg.MaxSize, fetched, index); err != nil {
			return nil, err
		}
	}
	for i := range fetched {
		if fetched[i].large {
			section := &imap.FetchItemBodySection{
				Peek: true, Specifier: imap.PartSpecifierHeader, Partial: &imap.SectionPartial{Size: maxHeaderBytes},
			}
			if err := c.fetchBodies(imap.UIDSetNum(fetched[i].head.uid), section, max(c.cfg.MaxSize, maxHeaderBytes), fetched, index); err != nil {
				return nil, err
			}
			// Not every server keeps to the part that was asked for.
			fetched[i].raw = fetched[i].raw[:min(len(fetched[i].raw), maxHeaderBytes)]
		}
	}
	return fetched, nil
}

// fetchBodies fills in raw and err of the mails that the server sends, each of at most
// so many bytes.
func (c *mailboxConn) fetchBodies(uids imap.UIDSet, section *imap.FetchItemBodySection, most int64, fetched []fetchedMail, index map[imap.UID]int) error {
	return c.do("UID FETCH BODY", func() error {
		cmd := c.client.Fetch(uids, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
		for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
			readBody(msg, most, fetched, index)
		}
		return cmd.Close()
	})
}

// readBody reads the literal where it stands: once the next item is asked for
// it is gone, and reads as empty without an error.
func readBody(msg *imapclient.FetchMessageData, most int64, fetched []fetchedMail, index map[imap.UID]int) {
	var uid imap.UID
	var raw []byte
	err := errNotSent
	for item := msg.Next(); item != nil; item = msg.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			uid = item.UID
		case imapclient.FetchItemDataBodySection:
			raw, err = readLiteral(item.Literal, most)
		}
	}
	i, ok := index[uid]
	if !ok {
		return // not asked for
	}
	f := &fetched[i]
	if err == nil && !f.large && int64(len(raw)) != f.head.size {
		err = fmt.Errorf("%w: %d bytes instead of %d", errWrongSize, len(raw), f.head.size)
	}
	if f.err = err; err == nil {
		f.raw = raw
	}
}

// readLiteral reads all of the literal, and no more than is allowed.
func readLiteral(literal imap.LiteralReader, most int64) ([]byte, error) {
	if literal == nil {
		return nil, errNotSent
	}
	if literal.Size() > most {
		return nil, fmt.Errorf("%w: %d bytes are over the limit", errWrongSize, literal.Size())
	}
	raw := make([]byte, literal.Size())
	if _, err := io.ReadFull(literal, raw); err != nil {
		return nil, fmt.Errorf("%w: %w", errCutShort, err)
	}
	return raw, nil
}

// copy copies the mails to the folder, and returns those of which the server
// confirmed it.
func (c *mailboxConn) copy(uids []imap.UID, folder string) (confirmed []imap.UID, err error) {
	err = c.do("UID COPY", func() error {
		data, err := c.client.Copy(imap.UIDSetNum(uids...), folder).Wait()
		if err != nil {
			return err
		}
		for _, uid := range uids {
			// COPYUID (RFC 4315) names what was copied; without it OK means all.
			if len(data.SourceUIDs) == 0 || data.SourceUIDs.Contains(uid) {
				confirmed = append(confirmed, uid)
			}
		}
		return nil
	})
	return confirmed, err
}

// remove takes the mails out of the queue. They must have been copied.
func (c *mailboxConn) remove(uids []imap.UID) error {
	set := imap.UIDSetNum(uids...)
	err := c.do("UID STORE", func() error {
		return c.client.Store(set, &imap.StoreFlags{
			Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted},
		}, nil).Close()
	})
	if err != nil {
		return err
	}
	if c.hasUIDPlus {
		return c.do("UID EXPUNGE", func() error { return c.client.UIDExpunge(set).Close() })
	}
	if err := c.onlyDeleted(set); err != nil {
		return err
	}
	return c.do("EXPUNGE", func() error { return c.client.Expunge().Close() })
}

// onlyDeleted makes sure that a plain EXPUNGE would remove nothing but ours.
func (c *mailboxConn) onlyDeleted(ours imap.UIDSet) error {
	var deleted []imap.UID
	err := c.do("UID SEARCH", func() error {
		data, err := c.client.UIDSearch(&imap.SearchCriteria{Flag: []imap.Flag{imap.FlagDeleted}}, nil).Wait()
		if err == nil {
			deleted = data.AllUIDs()
		}
		return err
	})
	if err != nil {
		return err
	}
	if slices.ContainsFunc(deleted, func(uid imap.UID) bool { return !ours.Contains(uid) }) {
		return errOthersDeleted
	}
	return nil
}
