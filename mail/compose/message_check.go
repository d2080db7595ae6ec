package compose

import (
	netmail "net/mail"
	"net/textproto"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxSubject   = 500      // bytes; a subject longer than this is a mistake
	maxName      = 2000     // bytes of a display name or a file name; 200 characters "via" 200 others are up to 1,605
	maxHeader    = 4000     // bytes of one further header value
	maxKey       = 256      // bytes, Resend's limit
	maxMessageID = 250      // bytes, so that the line stays below 998 in replies' References, too
	maxPayload   = 30 << 20 // bytes of bodies and files together; most providers stop at 40 MB of base64
)

// reservedHeaders are written by this package or by the transport.
var reservedHeaders = map[string]bool{
	"From": true, "Sender": true, "To": true, "Cc": true, "Bcc": true, "Reply-To": true, "Subject": true,
	"Date": true, "Message-Id": true, "Mime-Version": true, "Auto-Submitted": true, "Return-Path": true,
	"Received": true, "Dkim-Signature": true, "X-Auto-Response-Suppress": true, NotificationHeader: true,
}

// Check refuses what must not leave: values that could smuggle header lines
// into the mail, and mails that lack what makes them answerable or unique. The
// error is a *Refused.
func (o Outgoing) Check() error {
	for _, step := range []func() error{o.checkParties, o.checkFields, o.checkHeaders, o.checkFiles} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (o Outgoing) checkParties() error {
	if err := checkRecipient("From", o.From); err != nil {
		return err
	}
	if err := checkRecipient("To", o.To); err != nil {
		if r, ok := err.(*Refused); ok && r.Code == "address_invalid" {
			r.BadAddress = true
		}
		return err
	}
	if o.ReplyTo != (Recipient{}) {
		if err := checkRecipient("Reply-To", o.ReplyTo); err != nil {
			return err
		}
	}
	if o.EnvelopeFrom != "" {
		return checkRecipient("envelope sender", Recipient{Addr: o.EnvelopeFrom})
	}
	return nil
}

func checkRecipient(what string, r Recipient) error {
	if r.Addr == "" {
		return refuse("address_missing", "%s: no address", what)
	}
	if err := checkText(what+" name", r.Name, maxName); err != nil {
		return err
	}
	if err := checkText(what+" address", r.Addr, MaxAddr); err != nil {
		return err
	}
	// Written out and read back, the address must be the same one address: a
	// list, a comment or a second @ does not survive that. One that needs quotes
	// ("a b"@c) is legal, but no mailbox that anybody has; it is refused, since
	// SMTP and Resend would each need it written in their own way.
	bare := (&netmail.Address{Address: r.Addr}).String()
	back, err := netmail.ParseAddress(bare)
	if err != nil || bare != "<"+r.Addr+">" || back.Address != r.Addr || !strings.Contains(r.Addr, "@") {
		return refuse("address_invalid", "%s: not one mail address", what)
	}
	return nil
}

func (o Outgoing) checkFields() error {
	fields := []struct {
		what, value string
		limit       int
	}{
		{"subject", o.Subject, maxSubject},
		{"Message-ID", o.MessageID, maxMessageID},
		{"idempotency key", o.IdempotencyKey, maxKey},
	}
	for _, f := range fields {
		if f.value == "" {
			return refuse("field_missing", "no %s", f.what)
		}
		if err := checkText(f.what, f.value, f.limit); err != nil {
			return err
		}
	}
	switch {
	case !PrintableASCII(o.IdempotencyKey):
		return refuse("idempotency_key_invalid", "the idempotency key is not printable ASCII")
	case !validMessageID(o.MessageID):
		return refuse("message_id_invalid", "the Message-ID is not of the form left@right")
	case o.Date.IsZero():
		return refuse("field_missing", "no date")
	case strings.TrimSpace(o.Text) == "":
		return refuse("field_missing", "no text")
	}
	return nil
}

// References writes the fields that say what a mail answers (RFC 5322, section
// 3.6.4): one Message-ID, empty for none, and all of its conversation, the oldest
// first; without <>. Ids that could not stand there are left out, and the oldest
// where they are too many for one line.
func References(answers string, ids ...string) map[string]string {
	fields := map[string]string{}
	if validMessageID(answers) && len(answers) < maxReferencesField {
		fields["In-Reply-To"] = "<" + answers + ">"
	}
	var list []string
	length := 0
	for _, id := range slices.Backward(ids) {
		if !validMessageID(id) || length+len(id)+3 > maxReferencesField {
			continue
		}
		length += len(id) + 3
		list = append([]string{"<" + id + ">"}, list...)
	}
	if len(list) > 0 {
		fields["References"] = strings.Join(list, " ")
	}
	return fields
}

// maxReferencesField keeps the field within one line of a mail, in bytes.
const maxReferencesField = 900

func validMessageID(id string) bool {
	left, right, ok := strings.Cut(id, "@")
	return ok && left != "" && right != "" && PrintableASCII(id) && !strings.ContainsAny(id, "<>() ,;:\"\\[]") && !strings.Contains(right, "@")
}

func (o Outgoing) checkHeaders() error {
	seen := make(map[string]bool, len(o.Headers))
	for _, name := range sortedKeys(o.Headers) {
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		switch {
		case !validHeaderName(name):
			return refuse("header_invalid", "%q is not the name of a header field", name)
		case reservedHeaders[canonical], strings.HasPrefix(canonical, "Content-"):
			return refuse("header_reserved", "header field %s is not for the caller to set", canonical)
		case seen[canonical]:
			return refuse("header_invalid", "header field %s is given twice", canonical)
		}
		seen[canonical] = true
		if err := checkText("header "+canonical, o.Headers[name], maxHeader); err != nil {
			return err
		}
	}
	return nil
}

// validHeaderName asks for less than RFC 5322 allows: letters, digits, hyphens.
func validHeaderName(name string) bool {
	for _, c := range name {
		if c != '-' && (c > unicode.MaxASCII || !unicode.IsLetter(c) && !unicode.IsDigit(c)) {
			return false
		}
	}
	return name != "" && len(name) <= 70
}

func (o Outgoing) checkFiles() error {
	total := len(o.Text) + len(o.HTML)
	for _, a := range o.Attachments {
		if err := checkFile(a); err != nil {
			return err
		}
		total += len(a.Data)
	}
	for _, a := range o.Inline {
		if err := checkFile(a); err != nil {
			return err
		}
		if a.ContentID == "" || !PrintableASCII(a.ContentID) || strings.ContainsAny(a.ContentID, "<> \"") {
			return refuse("content_id_invalid", "inline file without a usable content id")
		}
		total += len(a.Data)
	}
	if o.Calendar != nil {
		if err := checkCalendar(o.Calendar); err != nil {
			return err
		}
		total += 2 * len(o.Calendar.Data)
	}
	if total > maxPayload {
		return refuse("message_too_large", "the mail has %d bytes, more than %d", total, maxPayload)
	}
	return nil
}

func checkFile(a Attachment) error {
	if a.Name == "" {
		return refuse("attachment_name", "a file without a name")
	}
	if err := checkText("file name", a.Name, maxName); err != nil {
		return err
	}
	return checkText("media type", a.ContentType, maxName)
}

func checkCalendar(c *CalendarPart) error {
	switch c.Method {
	case "REQUEST", "CANCEL", "PUBLISH", "REPLY":
		return nil
	}
	return refuse("calendar_method", "%q is not a calendar method", c.Method)
}

// checkText refuses control characters, CR and LF first of all, in a value
// that becomes part of a header or of an SMTP command.
func checkText(what, value string, limit int) error {
	if len(value) > limit {
		return refuse("field_too_long", "%s has %d bytes, more than %d", what, len(value), limit)
	}
	if strings.ContainsFunc(value, BreaksLine) || !utf8.ValidString(value) {
		return refuse("control_characters", "%s contains control characters", what)
	}
	return nil
}
