package receive

import "bytes"

// splitHeader cuts a mail or part at its first empty line, which belongs to
// neither half. Without one, all of it is header.
func splitHeader(raw []byte) (header, body []byte) {
	rest := raw
	for len(rest) > 0 {
		line, next := cutLine(rest)
		if len(line) == 0 || isBlank(line) && endsHeader(next) {
			return raw[:len(raw)-len(rest)], next
		}
		rest = next
	}
	return raw, nil
}

func isBlank(line []byte) bool { return len(trimBlanks(line)) == 0 }

// trimBlanks takes blanks and tabs off the end of a line.
func trimBlanks(line []byte) []byte {
	end := len(line)
	for end > 0 && (line[end-1] == ' ' || line[end-1] == '\t' || line[end-1] == '\r') {
		end--
	}
	return line[:end]
}

// maxFolds is the longest stretch of folded lines that is looked through for the
// field behind them.
const maxFolds = 50

// endsHeader tells whether a line of nothing but blanks was the end of the header,
// by what follows it. Some programs leave a blank on that line. Others fold a
// field there, and then a field that mails have follows.
func endsHeader(rest []byte) bool {
	for range maxFolds {
		line, next := cutLine(rest)
		if len(line) == 0 {
			return true
		}
		if line[0] != ' ' && line[0] != '\t' {
			name, _, ok := fieldStart(line)
			return !ok || !mailField(name)
		}
		rest = next
	}
	return true
}

var mailFields = map[string]bool{
	"from": true, "to": true, "cc": true, "bcc": true, "subject": true, "date": true, "message-id": true, "in-reply-to": true, "references": true,
	"reply-to": true, "sender": true, "mime-version": true, "received": true, "received-spf": true, "return-path": true, "delivered-to": true,
	"authentication-results": true, "dkim-signature": true, "domainkey-signature": true, "auto-submitted": true, "precedence": true, "importance": true,
	"priority": true, "user-agent": true, "thread-topic": true, "thread-index": true, "accept-language": true, "organization": true, "comments": true,
	"keywords": true, "envelope-to": true, "disposition-notification-to": true, "autocrypt": true, "errors-to": true, "feedback-id": true, "status": true,
}

// mailField tells whether a name is one that fields of mails have. Words that end
// in a colon begin many a text.
func mailField(name []byte) bool {
	var lower [40]byte
	if len(name) > len(lower) {
		name = name[:len(lower)]
	}
	for i, c := range name {
		if lower[i] = c; c >= 'A' && c <= 'Z' {
			lower[i] = c + 'a' - 'A'
		}
	}
	known := lower[:len(name)]
	for _, prefix := range fieldPrefixes {
		if bytes.HasPrefix(known, prefix) {
			return true
		}
	}
	return mailFields[string(known)]
}

// fieldPrefixes begin the names of more fields than can be listed.
var fieldPrefixes = [][]byte{[]byte("content-"), []byte("x-"), []byte("list-"), []byte("arc-"), []byte("resent-")}

// maxPreamble is how far the first delimiter of a multipart is looked for that
// does not say what separates its parts, in bytes.
const maxPreamble = 64 << 10

// findBoundary finds the boundary of a multipart that names none: a line that
// begins with two dashes and stands before a field about content.
func findBoundary(body []byte) string {
	body = body[:min(len(body), maxPreamble)]
	for len(body) > 0 {
		var line []byte
		line, body = cutLine(body)
		boundary, ok := bytes.CutPrefix(trimBlanks(line), dashes[1:])
		if ok && len(boundary) > 0 && len(boundary) <= 200 && len(body) > 8 && bytes.EqualFold(body[:8], []byte("Content-")) {
			return string(boundary)
		}
	}
	return ""
}

// maxStray is how many lines that are no fields may stand before the next field
// of a header: more are the text of a mail that lacks the empty line.
const maxStray = 20

// headerAt finds the header of the part at pos: up to the first empty line or
// the next delimiter. A part whose first line is no field has no header. Where
// lines come that are no fields, and no field that mails have comes after them,
// the body begins there; not behind a semicolon, which has a parameter behind it.
func (s *structureScanner) headerAt(pos int) (header []byte, bodyStart int) {
	rest := s.raw[pos:]
	stray, since, goesOn := -1, 0, false
	for first := true; len(rest) > 0; first = false {
		line, next := cutLine(rest)
		at := len(s.raw) - len(rest)
		_, kind := s.match(line)
		name, _, isField := fieldStart(line)
		switch {
		case stray >= 0 && (since > maxStray || len(line) == 0 || kind != notDelimiter):
			return s.raw[pos:stray], stray
		case len(line) == 0 || isBlank(line) && (first && len(s.open) > 0 || endsHeader(next)):
			return s.raw[pos:at], len(s.raw) - len(next)
		case kind != notDelimiter:
			return s.raw[pos:at], at
		case first && !isField && len(s.open) > 0:
			return nil, pos
		case at-pos > MaxHeaderSize:
			return s.raw[pos : len(s.raw)-len(next)], len(s.raw)
		case stray >= 0 && isField && mailField(name):
			stray, since = -1, 0
		case !isField && line[0] != ' ' && line[0] != '\t' && stray < 0 && !goesOn:
			stray = at
		}
		goesOn = bytes.HasSuffix(trimBlanks(line), []byte(";"))
		if stray >= 0 {
			since++
		}
		rest = next
	}
	if stray >= 0 {
		return s.raw[pos:stray], stray
	}
	return s.raw[pos:], len(s.raw)
}
