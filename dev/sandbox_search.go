package dev

import (
	"bytes"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// Search finds messages by number, flag, date, size or text.
func (s *sandboxIMAP) Search(kind imapserver.NumKind, criteria *imap.SearchCriteria, _ *imap.SearchOptions) (*imap.SearchData, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	var seqs imap.SeqSet
	var uids imap.UIDSet
	data := &imap.SearchData{}
	for _, m := range s.choose(imap.UIDSet{imap.UIDRange{Start: 1}}) {
		found, err := s.matches(m, criteria)
		if err != nil {
			return nil, err
		}
		if !found {
			continue
		}
		number := uint32(m.copy.UID)
		if kind == imapserver.NumKindSeq {
			number = m.seq
		}
		seqs.AddNum(m.seq)
		uids.AddNum(m.copy.UID)
		if data.Count == 0 {
			data.Min = number
		}
		data.Max = number
		data.Count++
	}
	data.All = uids
	if kind == imapserver.NumKindSeq {
		data.All = seqs
	}
	return data, nil
}

func (s *sandboxIMAP) matches(m numbered, c *imap.SearchCriteria) (bool, error) {
	if !s.matchesNumbers(m, c) || !matchesMarks(m, c) {
		return false, nil
	}
	if found, err := s.matchesText(m, c); !found || err != nil {
		return false, err
	}
	for i := range c.Not {
		if found, err := s.matches(m, &c.Not[i]); found || err != nil {
			return false, err
		}
	}
	for i := range c.Or {
		left, err := s.matches(m, &c.Or[i][0])
		if err != nil {
			return false, err
		}
		right, err := s.matches(m, &c.Or[i][1])
		if err != nil || !left && !right {
			return false, err
		}
	}
	return true, nil
}

func (s *sandboxIMAP) matchesNumbers(m numbered, c *imap.SearchCriteria) bool {
	last := s.folder.messages[len(s.folder.messages)-1].copy.UID
	count := uint32(len(s.folder.messages))
	for _, set := range c.SeqNum {
		if !inSet(set, m.seq, count, m.copy.UID, last) {
			return false
		}
	}
	for _, set := range c.UID {
		if !inSet(set, m.seq, count, m.copy.UID, last) {
			return false
		}
	}
	return true
}

func matchesMarks(m numbered, c *imap.SearchCriteria) bool {
	for _, flag := range c.Flag {
		if !m.has(flag) {
			return false
		}
	}
	for _, flag := range c.NotFlag {
		if m.has(flag) {
			return false
		}
	}
	if !c.Since.IsZero() && m.copy.Time.Before(c.Since) || !c.Before.IsZero() && !m.copy.Time.Before(c.Before) {
		return false
	}
	return (c.Larger == 0 || m.copy.Size > c.Larger) && (c.Smaller == 0 || m.copy.Size < c.Smaller)
}

func (s *sandboxIMAP) matchesText(m numbered, c *imap.SearchCriteria) (bool, error) {
	if len(c.Header) == 0 && len(c.Body) == 0 && len(c.Text) == 0 {
		return true, nil
	}
	content, err := m.content(s.sandbox.cfg.AuthservID)
	if err != nil {
		return false, err
	}
	for _, field := range c.Header {
		if !hasField(content, field.Key, field.Value) {
			return false, nil
		}
	}
	_, body := splitHeader(content)
	for _, text := range c.Body {
		if !containsFold(body, text) {
			return false, nil
		}
	}
	for _, text := range c.Text {
		if !containsFold(content, text) {
			return false, nil
		}
	}
	return true, nil
}

func hasField(content []byte, key, value string) bool {
	for name, field := range headerFields(content) {
		_, text, _ := bytes.Cut(field, []byte(":"))
		if strings.EqualFold(name, key) && containsFold([]byte(unfold(text)), value) {
			return true
		}
	}
	return false
}

func containsFold(data []byte, text string) bool {
	return bytes.Contains(bytes.ToLower(data), bytes.ToLower([]byte(text)))
}
