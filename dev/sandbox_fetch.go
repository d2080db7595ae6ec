package dev

import (
	"bufio"
	"bytes"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-message/textproto"
)

// Fetch sends messages, or parts of them.
func (s *sandboxIMAP) Fetch(w *imapserver.FetchWriter, set imap.NumSet, options *imap.FetchOptions) error {
	s.store.mu.Lock()
	chosen := s.choose(set)
	flags := make([][]imap.Flag, len(chosen))
	for i, m := range chosen {
		if marksSeen(options) {
			m.flags[imap.FlagSeen] = struct{}{}
		}
		flags[i] = m.flagList()
	}
	s.store.mu.Unlock()
	// Sending takes as long as the client likes, so it goes without the lock.
	for i, m := range chosen {
		if err := s.fetchOne(w, m, flags[i], options); err != nil {
			return err
		}
	}
	return nil
}

func marksSeen(options *imap.FetchOptions) bool {
	for _, section := range options.BodySection {
		if !section.Peek {
			return true
		}
	}
	return false
}

func (s *sandboxIMAP) fetchOne(w *imapserver.FetchWriter, m numbered, flags []imap.Flag, options *imap.FetchOptions) error {
	var content []byte
	if len(options.BodySection) > 0 || options.Envelope || options.BodyStructure != nil {
		var err error
		if content, err = m.content(s.sandbox.cfg.AuthservID); err != nil {
			return err
		}
	}
	out := w.CreateMessage(m.seq)
	out.WriteUID(m.copy.UID)
	if options.Flags {
		out.WriteFlags(flags)
	}
	if options.InternalDate {
		out.WriteInternalDate(m.copy.Time)
	}
	if options.RFC822Size {
		out.WriteRFC822Size(m.copy.Size)
	}
	if options.Envelope {
		out.WriteEnvelope(envelopeOf(content))
	}
	if options.BodyStructure != nil {
		out.WriteBodyStructure(imapserver.ExtractBodyStructure(bytes.NewReader(content)))
	}
	for _, section := range options.BodySection {
		body := bodySection(content, section)
		literal := out.WriteBodySection(section, int64(len(body)))
		if _, err := literal.Write(body); err != nil {
			return err
		}
		if err := literal.Close(); err != nil {
			return err
		}
	}
	return out.Close()
}

// bodySection cuts what was asked for out of the mail. The whole mail, its
// header and its text are cut from the very bytes, however malformed they are.
func bodySection(content []byte, section *imap.FetchItemBodySection) []byte {
	plain := len(section.Part) == 0 && len(section.HeaderFields) == 0 && len(section.HeaderFieldsNot) == 0
	if !plain || section.Specifier == imap.PartSpecifierMIME {
		return imapserver.ExtractBodySection(bytes.NewReader(content), section)
	}
	header, body := splitHeader(content)
	switch section.Specifier {
	case imap.PartSpecifierHeader:
		content = header
	case imap.PartSpecifierText:
		content = body
	}
	if p := section.Partial; p != nil {
		from := min(p.Offset, int64(len(content)))
		content = content[from:min(from+p.Size, int64(len(content)))]
	}
	return content
}

// envelopeOf is the envelope of a mail, empty if its header cannot be read.
func envelopeOf(content []byte) *imap.Envelope {
	header, err := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(content)))
	if err != nil {
		return &imap.Envelope{}
	}
	return imapserver.ExtractEnvelope(header)
}
