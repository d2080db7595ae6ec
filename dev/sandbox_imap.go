package dev

import (
	"crypto/subtle"
	"io"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// sandboxIMAP is one IMAP connection. The memory server that go-imap brings
// would do, but for three things: it gives the UIDs of a fresh start again, it
// sends an empty body for a mail whose header is malformed, and a mail that
// arrives just before IDLE is not announced.
type sandboxIMAP struct {
	sandbox *Sandbox
	store   *sandboxStore
	folder  *sandboxFolder             // nil: none selected
	session *imapserver.SessionTracker // of the selected folder
}

var _ imapserver.SessionMove = (*sandboxIMAP)(nil)
var _ imapserver.SessionNamespace = (*sandboxIMAP)(nil)

// Close ends the session.
func (s *sandboxIMAP) Close() error {
	if s.session != nil {
		return s.Unselect()
	}
	return nil
}

// Login lets the one user in.
func (s *sandboxIMAP) Login(username, password string) error {
	cfg := s.sandbox.cfg
	if username != cfg.Username || subtle.ConstantTimeCompare([]byte(password), []byte(cfg.Password)) != 1 {
		return imapserver.ErrAuthFailed
	}
	return nil
}

// Select opens a folder.
func (s *sandboxIMAP) Select(name string, _ *imap.SelectOptions) (*imap.SelectData, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	f, err := s.store.folder(name, imap.ResponseCodeNonExistent)
	if err != nil {
		return nil, err
	}
	s.folder, s.session = f, f.tracker.NewSession()
	flags := []imap.Flag{imap.FlagSeen, imap.FlagAnswered, imap.FlagFlagged, imap.FlagDeleted, imap.FlagDraft}
	return &imap.SelectData{
		Flags: flags, PermanentFlags: flags,
		NumMessages: uint32(len(f.messages)), UIDNext: s.store.lastUID + 1, UIDValidity: s.store.state.UIDValidity,
	}, nil
}

// Unselect closes the folder.
func (s *sandboxIMAP) Unselect() error {
	s.store.mu.Lock() // an IDLE may not have noticed yet
	defer s.store.mu.Unlock()
	s.session.Close()
	s.folder, s.session = nil, nil
	return nil
}

// Create makes a folder.
func (s *sandboxIMAP) Create(name string, _ *imap.CreateOptions) error { return s.store.create(name) }

// Delete removes a folder with all in it.
func (s *sandboxIMAP) Delete(name string) error { return s.store.drop(name) }

// Rename is not offered.
func (s *sandboxIMAP) Rename(string, string, *imap.RenameOptions) error {
	return refuse(imap.ResponseCodeCannot, "The sandbox does not rename folders")
}

// Subscribe has no effect: all folders are listed.
func (s *sandboxIMAP) Subscribe(string) error { return nil }

// Unsubscribe has no effect: all folders are listed.
func (s *sandboxIMAP) Unsubscribe(string) error { return nil }

// Namespace says that all folders are the user's own.
func (s *sandboxIMAP) Namespace() (*imap.NamespaceData, error) {
	return &imap.NamespaceData{Personal: []imap.NamespaceDescriptor{{Delim: '/'}}}, nil
}

// List names the folders.
func (s *sandboxIMAP) List(w *imapserver.ListWriter, ref string, patterns []string, options *imap.ListOptions) error {
	if len(patterns) == 0 {
		return w.WriteList(&imap.ListData{Attrs: []imap.MailboxAttr{imap.MailboxAttrNoSelect}, Delim: '/'})
	}
	for _, data := range s.matchingFolders(ref, patterns, options) {
		if err := w.WriteList(&data); err != nil {
			return err
		}
	}
	return nil
}

func (s *sandboxIMAP) matchingFolders(ref string, patterns []string, options *imap.ListOptions) (list []imap.ListData) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	for name, f := range s.store.folders {
		matches := false
		for _, pattern := range patterns {
			matches = matches || imapserver.MatchList(name, '/', ref, pattern)
		}
		if !matches {
			continue
		}
		data := imap.ListData{Mailbox: name, Delim: '/'}
		if options.ReturnStatus != nil {
			data.Status = s.statusOf(f, options.ReturnStatus)
		}
		list = append(list, data)
	}
	return list
}

// Status counts what is in a folder.
func (s *sandboxIMAP) Status(name string, options *imap.StatusOptions) (*imap.StatusData, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	f, err := s.store.folder(name, imap.ResponseCodeNonExistent)
	if err != nil {
		return nil, err
	}
	return s.statusOf(f, options), nil
}

func (s *sandboxIMAP) statusOf(f *sandboxFolder, options *imap.StatusOptions) *imap.StatusData {
	var messages, unseen, deleted, recent uint32
	var size int64
	for _, m := range f.messages {
		messages++
		size += m.copy.Size
		if !m.has(imap.FlagSeen) {
			unseen++
		}
		if m.has(imap.FlagDeleted) {
			deleted++
		}
	}
	data := &imap.StatusData{Mailbox: f.name}
	if options.UIDNext {
		data.UIDNext = s.store.lastUID + 1
	}
	if options.UIDValidity {
		data.UIDValidity = s.store.state.UIDValidity
	}
	for _, count := range []struct {
		wanted bool
		value  *uint32
		field  **uint32
	}{
		{options.NumMessages, &messages, &data.NumMessages},
		{options.NumUnseen, &unseen, &data.NumUnseen},
		{options.NumDeleted, &deleted, &data.NumDeleted},
		{options.NumRecent, &recent, &data.NumRecent},
	} {
		if count.wanted {
			*count.field = count.value
		}
	}
	if options.Size {
		data.Size = &size
	}
	return data
}

// Append stores a mail without SMTP.
func (s *sandboxIMAP) Append(name string, r imap.LiteralReader, options *imap.AppendOptions) (*imap.AppendData, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	s.store.mu.Lock()
	f, err := s.store.folder(name, imap.ResponseCodeTryCreate)
	s.store.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return s.store.appendRaw(f.name, raw, options)
}

// Poll reports what has changed since the last command.
func (s *sandboxIMAP) Poll(w *imapserver.UpdateWriter, allowExpunge bool) error {
	if s.session == nil {
		return nil
	}
	return s.session.Poll(w, allowExpunge)
}

// Idle reports changes as they happen. It takes the signal first and looks
// then, so that no change falls between the two.
func (s *sandboxIMAP) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	s.store.mu.Lock()
	folder, session := s.folder, s.session
	s.store.mu.Unlock()
	if session == nil {
		<-stop
		return nil
	}
	for {
		s.store.mu.Lock()
		changed := folder.changed
		s.store.mu.Unlock()
		if err := session.Poll(w, true); err != nil {
			return err
		}
		select {
		case <-changed:
		case <-stop:
			return nil
		}
	}
}

// Expunge removes what is marked as deleted, among the UIDs if they are given.
func (s *sandboxIMAP) Expunge(_ *imapserver.ExpungeWriter, uids *imap.UIDSet) error {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	return s.store.expunge(s.folder, func(m *sandboxMessage) bool {
		return m.has(imap.FlagDeleted) && (uids == nil || uids.Contains(m.copy.UID))
	})
}

// numbered is a message with its sequence number as the client knows it.
type numbered struct {
	*sandboxMessage
	seq       uint32 // 0: the client does not know of it yet
	serverSeq uint32
}

// choose finds the messages of the set. The lock is held.
func (s *sandboxIMAP) choose(set imap.NumSet) (chosen []numbered) {
	count := uint32(len(s.folder.messages))
	var lastUID imap.UID
	if count > 0 {
		lastUID = s.folder.messages[count-1].copy.UID
	}
	for i, m := range s.folder.messages {
		n := numbered{sandboxMessage: m, serverSeq: uint32(i + 1), seq: s.session.EncodeSeqNum(uint32(i + 1))}
		if n.seq != 0 && inSet(set, n.seq, count, m.copy.UID, lastUID) {
			chosen = append(chosen, n)
		}
	}
	return chosen
}

// inSet tells whether a message is in the set. "*" is the last message, and
// n:* includes it even where n is greater.
func inSet(set imap.NumSet, seq, lastSeq uint32, uid, lastUID imap.UID) bool {
	switch set := set.(type) {
	case imap.SeqSet:
		return set.Contains(seq) || seq == lastSeq && set.Dynamic()
	case imap.UIDSet:
		return set.Contains(uid) || uid == lastUID && set.Dynamic()
	}
	return false
}

// Store changes flags.
func (s *sandboxIMAP) Store(w *imapserver.FetchWriter, set imap.NumSet, flags *imap.StoreFlags, _ *imap.StoreOptions) error {
	s.store.mu.Lock()
	for _, m := range s.choose(set) {
		m.storeFlags(flags)
		s.folder.tracker.QueueMessageFlags(m.serverSeq, m.copy.UID, m.flagList(), s.session)
	}
	s.store.mu.Unlock()
	if flags.Silent {
		return nil
	}
	return s.Fetch(w, set, &imap.FetchOptions{Flags: true})
}

// Copy copies messages into another folder.
func (s *sandboxIMAP) Copy(set imap.NumSet, name string) (*imap.CopyData, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	data, _, err := s.copyTo(set, name)
	return data, err
}

func (s *sandboxIMAP) copyTo(set imap.NumSet, name string) (*imap.CopyData, map[*sandboxMessage]bool, error) {
	dest, err := s.store.folder(name, imap.ResponseCodeTryCreate)
	if err != nil {
		return nil, nil, err
	}
	if dest == s.folder {
		return nil, nil, refuse("", "That is the same folder")
	}
	data := &imap.CopyData{UIDValidity: s.store.state.UIDValidity}
	copied := map[*sandboxMessage]bool{}
	for _, m := range s.choose(set) {
		uid, err := s.store.duplicate(m.sandboxMessage, dest)
		if err != nil {
			return nil, nil, err
		}
		copied[m.sandboxMessage] = true
		data.SourceUIDs.AddNum(m.copy.UID)
		data.DestUIDs.AddNum(uid)
	}
	if len(copied) == 0 {
		data = nil // COPYUID cannot name nothing
	}
	return data, copied, nil
}

// Move copies messages into another folder and removes them from this one.
func (s *sandboxIMAP) Move(w *imapserver.MoveWriter, set imap.NumSet, name string) error {
	s.store.mu.Lock()
	data, copied, err := s.copyTo(set, name)
	if err == nil {
		err = s.store.expunge(s.folder, func(m *sandboxMessage) bool { return copied[m] })
	}
	s.store.mu.Unlock()
	if err != nil || data == nil {
		return err
	}
	return w.WriteCopyData(data) // the EXPUNGE responses come with the next poll
}
