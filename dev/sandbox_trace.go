package dev

import (
	"bytes"
	"fmt"
	"net"
	"net/mail"
	"regexp"
	"strings"
	"time"
)

// trace is what the receiving server writes above a mail on its delivery.
func (s *Sandbox) trace(e sandboxEnvelope, rcpt string, raw []byte, now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Return-Path: <%s>\r\n", oneLine(e.From))
	fmt.Fprintf(&b, "Delivered-To: %s\r\n", oneLine(rcpt))
	fmt.Fprintf(&b, "Authentication-Results: %s;\r\n %s\r\n", s.cfg.AuthservID, authResults(e.From, raw))
	helo := "unknown"
	if domainPattern.MatchString(e.Helo) {
		helo = e.Helo
	}
	host, _, err := net.SplitHostPort(e.Client)
	if err != nil {
		host = "127.0.0.1"
	}
	fmt.Fprintf(&b, "Received: from %s ([%s])\r\n by %s with ESMTP for <%s>;\r\n %s\r\n",
		helo, host, s.cfg.AuthservID, oneLine(rcpt), now.Format(time.RFC1123Z))
	return b.String()
}

var domainPattern = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$`)

// authResults plays the checks of a receiving server: a mail passes where the
// envelope's sender has the domain of the one address in From, fails where the
// sender's domain begins with "forged.", and is undecided otherwise.
func authResults(sender string, raw []byte) string {
	senderDomain, fromDomain := domainOf(sender), fromDomain(raw)
	result := "none"
	switch {
	case fromDomain != "" && senderDomain == fromDomain:
		result = "pass"
	case strings.HasPrefix(senderDomain, "forged."):
		result = "fail"
	}
	text := "dmarc=" + result
	if domainPattern.MatchString(fromDomain) { // nothing that a header could be made of
		text += " header.from=" + fromDomain
	}
	text += ";\r\n spf=" + result
	if domainPattern.MatchString(senderDomain) {
		text += " smtp.mailfrom=" + senderDomain
	}
	return text
}

// fromDomain is the domain of the author; "" where there is not exactly one
// From field with exactly one address.
func fromDomain(raw []byte) string {
	domain, fields := "", 0
	for name, field := range headerFields(raw) {
		if !strings.EqualFold(name, "From") {
			continue
		}
		fields++
		_, value, _ := bytes.Cut(field, []byte(":"))
		addrs, err := mail.ParseAddressList(unfold(value))
		if err != nil || len(addrs) != 1 {
			return ""
		}
		domain = domainOf(addrs[0].Address)
	}
	if fields != 1 {
		return ""
	}
	return domain
}

// stripReceiverFields leaves out what only the receiving server may write:
// Authentication-Results in its own name (RFC 8601 section 5), and Return-Path.
func stripReceiverFields(raw []byte, authservID string) []byte {
	var out bytes.Buffer
	kept := 0 // up to here raw is in out, or left out
	end := 0
	for name, field := range headerFields(raw) {
		start := end
		end += len(field)
		if !receiverField(name, field, authservID) {
			continue
		}
		out.Write(raw[kept:start])
		kept = end
	}
	if kept == 0 {
		return raw
	}
	out.Write(raw[kept:])
	return out.Bytes()
}

func receiverField(name string, field []byte, authservID string) bool {
	if strings.EqualFold(name, "Return-Path") {
		return true
	}
	if !strings.EqualFold(name, "Authentication-Results") {
		return false
	}
	_, value, _ := bytes.Cut(field, []byte(":"))
	return strings.EqualFold(authservOf(unfold(value)), authservID)
}

// authservOf is the name at the head of Authentication-Results: a token or a
// quoted string, after any comments.
func authservOf(value string) string {
	value = skipComments(value)
	if quoted, ok := strings.CutPrefix(value, `"`); ok {
		name, _, _ := strings.Cut(quoted, `"`)
		return strings.ReplaceAll(name, `\`, "")
	}
	if end := strings.IndexAny(value, " \t;("); end >= 0 {
		value = value[:end]
	}
	return value
}

// skipComments drops white space and comments, which may nest, from the front.
func skipComments(s string) string {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && depth > 0:
			i++
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth == 0 && c != ' ' && c != '\t':
			return s[i:]
		}
	}
	return ""
}

// headerFields yields each field of the header: its name, and all its bytes
// with folded lines and line end. Together the fields are the header up to the
// empty line, or up to the first line that is no header.
func headerFields(raw []byte) func(yield func(name string, field []byte) bool) {
	return func(yield func(string, []byte) bool) {
		for len(raw) > 0 {
			end := fieldEnd(raw)
			field := raw[:end]
			name, _, ok := bytes.Cut(field, []byte(":"))
			if !ok || len(bytes.TrimSpace(field)) == 0 {
				return
			}
			if !yield(string(bytes.TrimRight(name, " \t")), field) {
				return
			}
			raw = raw[end:]
		}
	}
}

// fieldEnd is the end of the first line with the lines that continue it.
func fieldEnd(raw []byte) int {
	end := 0
	for {
		newline := bytes.IndexByte(raw[end:], '\n')
		if newline < 0 {
			return len(raw)
		}
		end += newline + 1
		if end == len(raw) || raw[end] != ' ' && raw[end] != '\t' {
			return end
		}
	}
}

// unfold makes one line of a folded value.
func unfold(value []byte) string {
	return strings.TrimSpace(strings.NewReplacer("\r", "", "\n", "").Replace(string(value)))
}
