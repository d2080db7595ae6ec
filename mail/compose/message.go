// Package compose makes what leaves by mail: letters from templates, files of
// contacts, and the complete mail. It refuses what must not leave.
package compose

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"mime"
	netmail "net/mail"
	"regexp"
	"sort"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// NotificationHeader carries the idempotency key of a mail of ours. The
// reading side knows our own mail by it and lets it post nowhere.
const NotificationHeader = "X-Coachflow-Notification"

// Recipient is one mail address with the name shown beside it. Addr is the
// bare address (local@domain); Name may be empty.
type Recipient struct {
	Name string
	Addr string
}

// Attachment is one file that rides on a mail.
type Attachment struct {
	Name        string // file name as the reader sees it, without a folder
	ContentType string // media type, parameters allowed; empty is application/octet-stream
	ContentID   string // without <>; only for inline files, which HTML names as cid:ContentID
	Data        []byte
}

// CalendarPart is an iCalendar object that a mail program should offer to
// accept or to remove (RFC 6047), and not merely show as a file.
type CalendarPart struct {
	Method string // REQUEST, CANCEL, PUBLISH or REPLY: the METHOD inside Data
	Data   []byte
}

// Outgoing is one mail to one person, complete: nothing in it is looked up or
// made at random when it is sent, so every try of it is the same mail.
type Outgoing struct {
	From    Recipient
	To      Recipient
	ReplyTo Recipient // zero for none
	// EnvelopeFrom is the address for bounces; empty means From. Resend sets
	// its own.
	EnvelopeFrom string
	Subject      string
	Text         string // never empty
	HTML         string // may be empty
	MessageID    string // without <>, see MessageID
	// Answers marks a mail that a program writes as the answer to one that came in.
	Answers bool
	// Headers are further header fields. Those that this package writes itself
	// are refused.
	Headers     map[string]string
	Inline      []Attachment
	Attachments []Attachment
	Calendar    *CalendarPart
	// IdempotencyKey names the notification: 1 to 256 printable ASCII
	// characters, the same on every try.
	IdempotencyKey string
	Date           time.Time
}

// MessageID makes the Message-ID (RFC 5322, 3.6.4; without <>) of the mail
// with the given idempotency key. The same key gives the same id, so a mail
// that was sent twice by a crash can be recognized as one.
func MessageID(domain, key string) string {
	sum := sha256.Sum256([]byte(key))
	id := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:20])
	return strings.ToLower(id) + "@" + domain
}

// BuildMIME writes the mail as it goes over SMTP (RFC 5322, MIME). Two builds
// of one Outgoing are byte for byte equal. The error is a *Refused.
func BuildMIME(o Outgoing) ([]byte, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	setHeaders(m, o)
	setBodies(m, o)
	if err := setFiles(m, o); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return nil, refuse("message_build", "write MIME: %w", err)
	}
	return fixBoundaries(b.Bytes()), nil
}

func setHeaders(m *gomail.Msg, o Outgoing) {
	m.FromMailAddress(o.From.netmail())
	m.ToMailAddress(o.To.netmail())
	if o.ReplyTo.Addr != "" {
		m.ReplyToMailAddress(o.ReplyTo.netmail())
	}
	m.Subject(o.Subject)
	m.SetMessageIDWithValue(o.MessageID)
	m.SetDateWithValue(o.Date)
	for name, value := range o.ExtraHeaders() {
		m.SetGenHeader(gomail.Header(name), value)
	}
}

// ExtraHeaders are the header fields beyond addresses, subject, date and
// Message-ID: the caller's, and those that every mail of ours carries. RFC 3834
// asks for Auto-Submitted; the other two keep Exchange's robots from answering
// and let us know our own mail when it comes back.
func (o Outgoing) ExtraHeaders() map[string]string {
	h := make(map[string]string, len(o.Headers)+3)
	for name, value := range o.Headers {
		h[name] = value
	}
	h["Auto-Submitted"] = "auto-generated"
	if o.Answers {
		h["Auto-Submitted"] = "auto-replied"
	}
	h["X-Auto-Response-Suppress"] = "All"
	h[NotificationHeader] = o.IdempotencyKey
	return h
}

func setBodies(m *gomail.Msg, o Outgoing) {
	m.SetBodyString(gomail.TypeTextPlain, crlf(o.Text))
	if o.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, crlf(o.HTML))
	}
	if c := o.Calendar; c != nil {
		kind := gomail.ContentType("text/calendar; method=" + c.Method)
		m.AddAlternativeString(kind, string(c.Data), gomail.WithPartEncoding(gomail.EncodingB64))
	}
}

// crlf makes every line end the one that mail has, whatever came in.
func crlf(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	return strings.ReplaceAll(s, "\n", "\r\n")
}

func setFiles(m *gomail.Msg, o Outgoing) error {
	for _, a := range o.Inline {
		opt, err := fileHeaders(a, "inline")
		if err != nil {
			return err
		}
		m.EmbedReadSeeker(a.Name, bytes.NewReader(a.Data), opt, gomail.WithFileContentID("<"+a.ContentID+">"))
	}
	for _, a := range o.files() {
		opt, err := fileHeaders(a, "attachment")
		if err != nil {
			return err
		}
		m.AttachReadSeeker(a.Name, bytes.NewReader(a.Data), opt)
	}
	return nil
}

// files are the attachments, and the calendar object once more as a file for
// programs that know nothing of invitations.
func (o Outgoing) files() []Attachment {
	if o.Calendar == nil {
		return o.Attachments
	}
	ics := Attachment{Name: "invite.ics", ContentType: "application/ics", Data: o.Calendar.Data}
	return append(o.Attachments[:len(o.Attachments):len(o.Attachments)], ics)
}

// fileHeaders writes name and type the way RFC 2231 says. go-mail would put
// encoded words inside quotes, which RFC 2047 forbids and some readers show.
func fileHeaders(a Attachment, disposition string) (gomail.FileOption, error) {
	media, params, err := mime.ParseMediaType(a.MediaType())
	if err != nil {
		return nil, refuse("attachment_type", "attachment's media type: %w", err)
	}
	params["name"] = a.Name
	kind := mime.FormatMediaType(media, params)
	disp := mime.FormatMediaType(disposition, map[string]string{"filename": a.Name})
	if kind == "" || disp == "" {
		return nil, refuse("attachment_type", "media type %q cannot be written", a.ContentType)
	}
	return func(f *gomail.File) {
		f.Header.Set("Content-Type", kind)
		f.Header.Set("Content-Disposition", disp)
	}, nil
}

// MediaType is the ContentType, or the one for unknown bytes where none is given.
func (a Attachment) MediaType() string {
	if a.ContentType == "" {
		return "application/octet-stream"
	}
	return a.ContentType
}

// boundaryRE finds the boundaries that go-mail chose. Only a real multipart
// header can match: CR LF cannot be in a checked header value, and neither
// quoted-printable nor base64 leaves "boundary=" as it is.
var boundaryRE = regexp.MustCompile(`multipart/[a-z]+;\r\n boundary=([0-9a-f]{60})\b`)

// fixBoundaries replaces the random boundaries with ones made from the content
// of the mail. go-mail can only set one boundary for all levels, which breaks
// nested parts. A hash of the content cannot be inside the content, so nobody
// who writes part of a mail can end a part early.
func fixBoundaries(raw []byte) []byte {
	var random []string
	for _, m := range boundaryRE.FindAllSubmatch(raw, -1) {
		random = append(random, string(m[1]))
	}
	if len(random) == 0 {
		return raw
	}
	sum := sha256.Sum256(replaceEach(raw, random, func(i int) string { return fmt.Sprint("boundary-", i) }))
	digest := hex.EncodeToString(sum[:20])
	return replaceEach(raw, random, func(i int) string { return fmt.Sprintf("cf%d_%s", i, digest) })
}

func replaceEach(raw []byte, old []string, name func(i int) string) []byte {
	pairs := make([]string, 0, 2*len(old))
	for i, o := range old {
		pairs = append(pairs, o, name(i))
	}
	return []byte(strings.NewReplacer(pairs...).Replace(string(raw)))
}

// netmail is r as the standard library has it.
func (r Recipient) netmail() *netmail.Address {
	return &netmail.Address{Name: r.Name, Address: ASCIIDomain(r.Addr)}
}

// sortedKeys keeps errors and headers in one order over all tries.
func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
