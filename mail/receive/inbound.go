// Package receive takes mail in: it reads the mailbox, parses a mail within
// limits, judges who wrote it, and makes its text and HTML fit to show.
package receive

import (
	netmail "net/mail"
	"slices"
	"strings"
	"time"
)

// Inbound is a mail as it was read: text decoded to UTF-8 without NUL, lines
// ending in LF. Nothing of it is trusted; HTML in particular is raw and must
// pass SanitizeHTML before anyone sees it.
type Inbound struct {
	MessageID  string   // without the angle brackets, "" when absent
	InReplyTo  string   // the first id of In-Reply-To, without brackets
	References []string // without brackets, oldest first

	From    []Address // for display; SoleAuthor decides who wrote it
	ReplyTo []Address
	Subject string
	Date    time.Time // zero when absent or unreadable

	Text string // derived from HTML when there is only HTML
	HTML string // "" when there is only text
	// Parts are all files of the mail, each once, in their order.
	Parts []Part
	// Encrypted is set where the words of the mail are encrypted, or a part of them
	// is: nobody here can read it, and Refused says so.
	Encrypted bool
	// Warnings say what was odd about the mail, for the log of a person who
	// looks into it.
	Warnings []string

	froms   []string // every From field as received
	damaged bool     // it is signed and could not be unpacked
}

// Part is one file of a mail. An inline one is an image shown inside the text,
// found there by its ContentID where it has one.
type Part struct {
	Name        string // cleaned: safe as a file name, never empty
	ContentType string // lower-case media type without parameters
	ContentID   string // without the angle brackets
	Inline      bool
	// Signs marks the signature of a signed mail, which is for programs, and
	// nothing that anybody attached.
	Signs bool
	// Data may share memory with the raw bytes of the mail: nobody may write to it.
	Data []byte
}

// The codes of Refused.
const (
	MailEncrypted  = "mail_encrypted"
	MailUnreadable = "mail_unreadable"
)

// Refused gives why a mail that was parsed can still not be posted, nil where it
// can: it is encrypted, or signed in a form that cannot be unpacked. There are no
// words in it to read then. It is for the caller to ask once the sender is known.
func (in *Inbound) Refused() *Refusal {
	switch {
	case in.Encrypted:
		return refuseMail(MailEncrypted, "The mail is encrypted. Send it again without encryption; a signature may stay.")
	case in.damaged && strings.TrimSpace(in.Text) == "":
		return refuseMail(MailUnreadable, "The mail is signed in a form that cannot be read. Send it again without the signature.")
	}
	return nil
}

// ParseInbound reads a mail. The error is a *Refusal: the mail is then to be
// kept with its raw bytes for a person to look at. Memory and time are linear in
// the size of the mail: it takes less than four times its size.
func ParseInbound(raw []byte) (*Inbound, error) {
	root, err := scanStructure(raw)
	if err != nil {
		return nil, err
	}
	in := &Inbound{}
	c := partCollector{charset: root.textCharset()}
	in.readHeader(root.fields, c.charset)
	in.readAuthor(readFields(raw)) // strictly, as those do who check the sender
	if err := c.collect(root); err != nil {
		return nil, err
	}
	c.fill(in)
	return in, nil
}

// ReadHeader reads what the header of a mail says of it, for a mail that is not
// to be read whole.
func ReadHeader(raw []byte) *Inbound {
	in := &Inbound{}
	in.readHeader(readFields(raw), "")
	return in
}

// readHeader reads the fields; charset is that of their 8-bit text, where known.
func (in *Inbound) readHeader(h headerFields, charset string) {
	in.readAuthor(h)
	in.ReplyTo = parseAddresses(h.get("Reply-To"))
	in.Subject = decodeHeaderAs(h.get("Subject"), charset)
	in.MessageID = firstID(h.get("Message-ID"))
	in.InReplyTo = firstID(h.get("In-Reply-To"))
	in.References = messageIDs(h.get("References"))
	in.Date = in.parseDate(h.get("Date"))
}

func (in *Inbound) readAuthor(h headerFields) {
	in.froms, in.From = h.all("From"), nil
	for _, from := range in.froms {
		in.From = append(in.From, parseAddresses(from)...)
	}
}

func (in *Inbound) parseDate(value string) time.Time {
	if value == "" {
		in.warn("no Date")
		return time.Time{}
	}
	date, err := netmail.ParseDate(value)
	if err != nil || date.Year() < 1970 || date.Year() > 9999 {
		in.warn("unreadable Date")
		return time.Time{}
	}
	return date.UTC()
}

// maxWarnings bounds the warnings kept of one mail.
const maxWarnings = 50

func (in *Inbound) warn(text string) {
	if len(in.Warnings) < maxWarnings {
		in.Warnings = append(in.Warnings, text)
	}
}

// SoleAuthor gives the one author of the mail, or a *Refusal: see the function
// of the same name.
func (in *Inbound) SoleAuthor() (Address, error) { return soleAuthor(in.froms) }

// Answers reports whether the mail answers one whose Message-ID is of a domain.
func (in *Inbound) Answers(domain string) bool {
	of := func(id string) bool {
		_, host, found := strings.Cut(id, "@")
		return found && strings.EqualFold(host, domain)
	}
	return of(in.InReplyTo) || slices.ContainsFunc(in.References, of)
}

// Attachments are the parts that are real files, without inline images and
// without the signature of a signed mail.
func (in *Inbound) Attachments() []Part {
	var out []Part
	for _, p := range in.Parts {
		if !p.Inline && !p.Signs {
			out = append(out, p)
		}
	}
	return out
}

// Opaque reports whether a part holds a whole mail, signed or encrypted by S/MIME
// (RFC 8551, section 3.2), whose files nobody sees from outside.
func (p Part) Opaque() bool {
	return p.ContentType == "application/pkcs7-mime" || p.ContentType == "application/x-pkcs7-mime"
}

// signature reports whether a part is of a type that signs (S/MIME, OpenPGP).
func (p Part) signature() bool {
	switch p.ContentType {
	case "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature":
		return true
	}
	return false
}

const maxReferences = 100

// messageIDs reads a list of message ids, with or without brackets.
func messageIDs(value string) []string {
	var out []string
	for _, word := range strings.FieldsFunc(value, func(r rune) bool {
		return r <= ' ' || r == '<' || r == '>' || r == ','
	}) {
		if id := validText(word); strings.Contains(id, "@") || !strings.ContainsAny(id, "\"();:") {
			out = append(out, id)
		}
		if len(out) == maxReferences {
			break
		}
	}
	return out
}

func firstID(value string) string {
	if ids := messageIDs(value[:min(len(value), maxMediaType)]); len(ids) > 0 {
		return ids[0]
	}
	return ""
}
