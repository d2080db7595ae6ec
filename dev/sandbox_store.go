package dev

import (
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
)

// Mail is a mail that the sandbox has accepted.
type Mail struct {
	ID           string    `json:"id"`
	EnvelopeFrom string    `json:"envelope_from"` // empty: a bounce
	EnvelopeTo   []string  `json:"envelope_to"`
	From         string    `json:"from"` // the header, decoded
	To           string    `json:"to"`   // the header, decoded
	Subject      string    `json:"subject"`
	MessageID    string    `json:"message_id"` // with its angle brackets
	Time         time.Time `json:"time"`       // when it was accepted
	Size         int64     `json:"size"`       // in bytes, as sent
	// Duplicates counts the further mails with the same Message-ID to the same
	// recipient that were accepted and dropped, as mailbox servers do.
	Duplicates int `json:"duplicates"`

	file   string // where its bytes are
	offset int64
}

// Raw is the mail exactly as it was sent.
func (m Mail) Raw() ([]byte, error) {
	file, err := os.Open(m.file)
	if err != nil {
		return nil, err
	}
	raw := make([]byte, m.Size)
	_, err = file.ReadAt(raw, m.offset)
	return raw, errors.Join(err, file.Close())
}

// SentTo tells whether the address is among the envelope's recipients.
func (m Mail) SentTo(addr string) bool {
	return slices.ContainsFunc(m.EnvelopeTo, func(to string) bool { return strings.EqualFold(to, addr) })
}

// sandboxCopy is a mail in an IMAP folder.
type sandboxCopy struct {
	Folder string    `json:"folder"`
	UID    imap.UID  `json:"uid"`
	Time   time.Time `json:"time"`
	Size   int64     `json:"size"`            // with the trace
	Trace  string    `json:"trace,omitempty"` // the header fields added on delivery
	// Strip says that header fields which only the receiving server may write
	// are left out of what was sent.
	Strip bool `json:"strip,omitempty"`
}

// sandboxRecord is a mail with its copies, and what lies beside it on the disk.
type sandboxRecord struct {
	Mail
	Copies []*sandboxCopy `json:"copies,omitempty"`
	// LastUID is the highest UID that any copy ever had. UIDs are never given
	// twice, so it is kept when the copy is gone.
	LastUID imap.UID `json:"last_uid,omitempty"`
}

// sandboxState is what concerns no single mail.
type sandboxState struct {
	UIDValidity uint32   `json:"uid_validity"`
	Folders     []string `json:"folders"`
}

// sandboxStore keeps the mails: bytes and envelope on the disk, envelopes and
// folders in memory. UIDs are unique over all folders and stable over a
// restart, so one UIDVALIDITY serves for ever.
type sandboxStore struct {
	dir string
	now func() time.Time

	mu      sync.Mutex
	end     int64 // of the file of mails
	state   sandboxState
	records []*sandboxRecord
	lastID  int
	lastUID imap.UID
	seen    map[string]*sandboxRecord // Message-ID and recipient outside → the first
	folders map[string]*sandboxFolder
	changed chan struct{} // closed at the next change
}

func seenKey(messageID, rcpt string) string { return messageID + "\x00" + strings.ToLower(rcpt) }

func (s *sandboxStore) noteSeen(r *sandboxRecord, rcpt string) {
	key := seenKey(r.MessageID, rcpt)
	if r.MessageID != "" && s.seen[key] == nil {
		s.seen[key] = r
	}
}

// put stores the mail and its copies. Recipients of whom unique is true get
// a Message-ID once; a mail that is left without a recipient is not stored.
func (s *sandboxStore) put(mail Mail, raw []byte, copies []*sandboxCopy, unique func(rcpt string) bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	keep, err := s.dropSeen(mail, unique)
	if err != nil || len(keep) == 0 && len(mail.EnvelopeTo) > 0 {
		return err
	}
	mail.EnvelopeTo, mail.ID = keep, strconv.Itoa(s.lastID+1)
	r := &sandboxRecord{Mail: mail, Copies: copies}
	for i, c := range copies {
		c.UID = s.lastUID + imap.UID(i) + 1
		r.LastUID = c.UID
	}
	if err := s.write(r, raw); err != nil {
		return err
	}
	s.publish(r)
	return nil
}

// dropSeen counts the recipients who have the mail already, and returns the others.
func (s *sandboxStore) dropSeen(mail Mail, unique func(rcpt string) bool) (keep []string, err error) {
	keep = []string{} // in JSON a list, even if it is empty
	for _, rcpt := range mail.EnvelopeTo {
		first := s.seen[seenKey(mail.MessageID, rcpt)]
		if first == nil || !unique(rcpt) {
			keep = append(keep, rcpt)
			continue
		}
		first.Duplicates++
		if err := s.save(first); err != nil {
			return nil, err
		}
		s.announce()
	}
	return keep, nil
}

func (s *sandboxStore) publish(r *sandboxRecord) {
	s.lastID++
	s.lastUID = max(s.lastUID, r.LastUID)
	s.records = append(s.records, r)
	for _, to := range r.EnvelopeTo {
		s.noteSeen(r, to)
	}
	for _, c := range r.Copies {
		s.folders[c.Folder].append(r, c)
	}
	s.announce()
}

// announce wakes whoever waits for a change.
func (s *sandboxStore) announce() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *sandboxStore) changes() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// mails are the mails that the filter wants, oldest first.
func (s *sandboxStore) mails(filter func(Mail) bool) []Mail {
	s.mu.Lock()
	all := make([]Mail, 0, len(s.records))
	for _, r := range s.records {
		all = append(all, r.Mail)
	}
	s.mu.Unlock()
	if filter == nil {
		return all
	}
	// Called without the lock: the filter may look at the sandbox.
	return slices.DeleteFunc(all, func(m Mail) bool { return !filter(m) })
}

// get finds a mail, with its copies as they are now.
func (s *sandboxStore) get(id string) (Mail, []sandboxCopy, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.records, func(r *sandboxRecord) bool { return r.ID == id })
	if i < 0 {
		return Mail{}, nil, false
	}
	copies := []sandboxCopy{}
	for _, c := range s.records[i].Copies {
		copies = append(copies, *c)
	}
	return s.records[i].Mail, copies, true
}
