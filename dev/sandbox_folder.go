package dev

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// sandboxFolder is an IMAP folder. The store's lock guards it.
type sandboxFolder struct {
	name     string
	messages []*sandboxMessage
	tracker  *imapserver.MailboxTracker
	changed  chan struct{} // closed at the next change, for IDLE
}

// sandboxMessage is a mail in a folder. Its flags do not survive a restart: a
// mail that was marked as deleted and not removed is there again.
type sandboxMessage struct {
	record *sandboxRecord
	copy   *sandboxCopy
	flags  map[imap.Flag]struct{}
}

func newSandboxFolder(name string) *sandboxFolder {
	return &sandboxFolder{name: name, tracker: imapserver.NewMailboxTracker(0), changed: make(chan struct{})}
}

// add puts a message in before anybody looks.
func (f *sandboxFolder) add(r *sandboxRecord, c *sandboxCopy) *sandboxMessage {
	message := &sandboxMessage{record: r, copy: c, flags: map[imap.Flag]struct{}{}}
	f.messages = append(f.messages, message)
	f.tracker.QueueNumMessages(uint32(len(f.messages)))
	return message
}

// append puts a message in, and tells those who IDLE.
func (f *sandboxFolder) append(r *sandboxRecord, c *sandboxCopy) *sandboxMessage {
	message := f.add(r, c)
	f.announce()
	return message
}

func (f *sandboxFolder) announce() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// remove takes the messages out that gone wants, from behind, so that the
// sequence numbers before them stay right.
func (f *sandboxFolder) remove(gone func(*sandboxMessage) bool) (removed []*sandboxMessage) {
	for i := len(f.messages) - 1; i >= 0; i-- {
		if !gone(f.messages[i]) {
			continue
		}
		removed = append(removed, f.messages[i])
		f.tracker.QueueExpunge(uint32(i + 1))
		f.messages = slices.Delete(f.messages, i, i+1)
	}
	if len(removed) > 0 {
		f.announce()
	}
	return removed
}

// content is the message as the mailbox shows it: under the trace of its delivery.
func (m *sandboxMessage) content(authservID string) ([]byte, error) {
	raw, err := m.record.Raw()
	if err != nil {
		return nil, err
	}
	if m.copy.Strip {
		raw = stripReceiverFields(raw, authservID)
	}
	return append([]byte(m.copy.Trace), raw...), nil
}

func (m *sandboxMessage) flagList() []imap.Flag {
	list := []imap.Flag{} // not nil: no flags are an answer, too
	for flag := range m.flags {
		list = append(list, flag)
	}
	slices.Sort(list)
	return list
}

func (m *sandboxMessage) has(flag imap.Flag) bool {
	_, ok := m.flags[canonicalFlag(flag)]
	return ok
}

func (m *sandboxMessage) storeFlags(change *imap.StoreFlags) {
	if change.Op == imap.StoreFlagsSet {
		clear(m.flags)
	}
	for _, flag := range change.Flags {
		if change.Op == imap.StoreFlagsDel {
			delete(m.flags, canonicalFlag(flag))
		} else {
			m.flags[canonicalFlag(flag)] = struct{}{}
		}
	}
}

// canonicalFlag is the one spelling of a system flag, which is case-insensitive.
func canonicalFlag(flag imap.Flag) imap.Flag {
	for _, known := range []imap.Flag{imap.FlagSeen, imap.FlagAnswered, imap.FlagFlagged, imap.FlagDeleted, imap.FlagDraft} {
		if strings.EqualFold(string(flag), string(known)) {
			return known
		}
	}
	return flag
}

// duplicate copies a message into another folder. The lock is held.
func (s *sandboxStore) duplicate(m *sandboxMessage, dest *sandboxFolder) (imap.UID, error) {
	c := *m.copy
	c.Folder, c.UID = dest.name, s.lastUID+1
	m.record.Copies = append(m.record.Copies, &c)
	m.record.LastUID = c.UID
	if err := s.save(m.record); err != nil {
		m.record.Copies = m.record.Copies[:len(m.record.Copies)-1]
		return 0, err
	}
	s.lastUID = c.UID
	copied := dest.append(m.record, &c)
	for flag := range m.flags {
		copied.flags[flag] = struct{}{}
	}
	return c.UID, nil
}

// expunge removes messages for good; the mail itself stays on the page. The lock is held.
func (s *sandboxStore) expunge(f *sandboxFolder, gone func(*sandboxMessage) bool) error {
	var errs []error
	for _, m := range f.remove(gone) {
		m.record.Copies = slices.DeleteFunc(m.record.Copies, func(c *sandboxCopy) bool { return c == m.copy })
		errs = append(errs, s.save(m.record))
	}
	return errors.Join(errs...)
}

// create makes a folder.
func (s *sandboxStore) create(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	name = folderName(strings.TrimRight(name, "/"))
	if s.folders[name] != nil {
		return refuse(imap.ResponseCodeAlreadyExists, "There is such a folder")
	}
	s.folders[name] = newSandboxFolder(name)
	s.state.Folders = append(s.state.Folders, name)
	return writeJSONFile(s.statePath(), s.state)
}

// drop deletes a folder with its copies.
func (s *sandboxStore) drop(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	name = folderName(name)
	f := s.folders[name]
	if f == nil || name == "INBOX" {
		return refuse(imap.ResponseCodeNonExistent, "No folder that can be deleted")
	}
	if err := s.expunge(f, func(*sandboxMessage) bool { return true }); err != nil {
		return err
	}
	delete(s.folders, name)
	s.state.Folders = slices.DeleteFunc(s.state.Folders, func(n string) bool { return n == name })
	return writeJSONFile(s.statePath(), s.state)
}

// folder finds a folder. The lock is held.
func (s *sandboxStore) folder(name string, code imap.ResponseCode) (*sandboxFolder, error) {
	if f := s.folders[folderName(name)]; f != nil {
		return f, nil
	}
	return nil, refuse(code, "No such folder")
}

// folderName is the one spelling of INBOX, which is case-insensitive; other
// names are as they are.
func folderName(name string) string {
	if strings.EqualFold(name, "INBOX") {
		return "INBOX"
	}
	return name
}

func refuse(code imap.ResponseCode, text string) error {
	return &imap.Error{Type: imap.StatusResponseTypeNo, Code: code, Text: text}
}

// appendRaw stores a mail that came over IMAP instead of SMTP.
func (s *sandboxStore) appendRaw(folder string, raw []byte, options *imap.AppendOptions) (*imap.AppendData, error) {
	mail := readMailHead(raw)
	mail.Time, mail.Size = s.now().UTC(), int64(len(raw))
	c := &sandboxCopy{Folder: folder, Time: mail.Time, Size: mail.Size}
	if !options.Time.IsZero() {
		c.Time = options.Time
	}
	if err := s.put(mail, raw, []*sandboxCopy{c}, func(string) bool { return false }); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.folders[folder].messages {
		if m.copy == c {
			m.storeFlags(&imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: options.Flags})
		}
	}
	return &imap.AppendData{UIDValidity: s.state.UIDValidity, UID: c.UID}, nil
}

// splitHeader cuts a mail after the empty line below its header.
func splitHeader(raw []byte) (header, body []byte) {
	for _, empty := range []string{"\r\n\r\n", "\n\n"} {
		if i := bytes.Index(raw, []byte(empty)); i >= 0 {
			return raw[:i+len(empty)], raw[i+len(empty):]
		}
	}
	return raw, nil
}
