package receive

import (
	"bytes"
	"io"
	"mime"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"coachflow/mail/compose"

	"golang.org/x/net/html/charset"
)

// headerField is one field of a header block: the name without the spaces that
// some senders put before the colon, and the body unfolded (RFC 5322, 2.2.3)
// but otherwise untouched.
type headerField struct {
	name  string
	value string
}

// headerFields is a header block in the order of the mail. The order matters:
// a server puts what it adds on top.
type headerFields []headerField

// readFields reads the header block of a mail or of a part and looks no further
// than MaxHeaderSize. It never fails. A line that is no field is appended to
// the field before it, as lenient readers do: a field whose meaning depends on
// such a line is then broken for the strict readers here instead of shortened.
func readFields(raw []byte) headerFields {
	block, _ := splitHeader(raw[:min(len(raw), MaxHeaderSize)])
	var (
		fields headerFields
		value  strings.Builder
	)
	flush := func() {
		if n := len(fields); n > 0 {
			fields[n-1].value = strings.TrimSpace(value.String())
		}
		value.Reset()
	}
	for len(block) > 0 {
		var line []byte
		line, block = cutLine(block)
		if name, rest, ok := fieldStart(line); ok {
			flush()
			fields = append(fields, headerField{name: name})
			value.WriteString(rest)
			continue
		}
		if line[0] != ' ' && line[0] != '\t' {
			value.WriteByte(' ')
		}
		value.Write(line)
	}
	flush()
	return fields
}

// fieldStart tells whether a line begins a field. The "From " line of mbox
// files does not: its part before the colon has spaces inside.
func fieldStart(line []byte) (name, rest string, ok bool) {
	colon := bytes.IndexByte(line, ':')
	if colon <= 0 || line[0] == ' ' || line[0] == '\t' {
		return "", "", false
	}
	trimmed := bytes.TrimRight(line[:colon], " \t")
	for _, c := range trimmed {
		if c <= ' ' || c > '~' {
			return "", "", false
		}
	}
	return string(trimmed), string(line[colon+1:]), true
}

// all gives the bodies of every field of that name, topmost first.
func (h headerFields) all(name string) []string {
	var values []string
	for _, f := range h {
		if strings.EqualFold(f.name, name) {
			values = append(values, f.value)
		}
	}
	return values
}

// get gives the body of the topmost field of that name.
func (h headerFields) get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.name, name) {
			return f.value
		}
	}
	return ""
}

// has tells whether a field of that name is there, even an empty one.
func (h headerFields) has(name string) bool {
	for _, f := range h {
		if strings.EqualFold(f.name, name) {
			return true
		}
	}
	return false
}

// splitHeader cuts a mail or part at its first empty line, which belongs to
// neither half. Without one, all of it is header.
func splitHeader(raw []byte) (header, body []byte) {
	rest := raw
	for len(rest) > 0 {
		line, next := cutLine(rest)
		if len(line) == 0 {
			return raw[:len(raw)-len(rest)], next
		}
		rest = next
	}
	return raw, nil
}

// cutLine gives the first line without its LF or CRLF, and what follows it.
func cutLine(b []byte) (line, rest []byte) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return b, nil
	}
	return bytes.TrimSuffix(b[:i], []byte{'\r'}), b[i+1:]
}

var wordDecoder = mime.WordDecoder{CharsetReader: readCharset}

// latinWord begins an encoded word in a charset that is read as Windows-1252:
// see readAsWindows. The decoder would take it literally.
var latinWord = regexp.MustCompile(`(?i)=\?(?:iso-8859-1|us-ascii)(?:\*[a-z-]{1,20})?\?([bq])\?`)

// readCharset reads any charset the web knows. A made-up one is taken for UTF-8
// or Windows-1252, whichever fits, rather than shown undecoded.
func readCharset(label string, r io.Reader) (io.Reader, error) {
	if encoding, _ := charset.Lookup(label); encoding != nil {
		return encoding.NewDecoder().Reader(r), nil
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return strings.NewReader(validText(string(raw))), nil
}

// decodeHeader turns the body of an unstructured field into text for people:
// RFC 2047 words decoded, unknown ones left as they came, 8-bit text that is
// not UTF-8 read as Windows-1252, control characters gone.
func decodeHeader(value string) string {
	value = validText(value)
	if strings.Contains(value, "=?") {
		if decoded, err := wordDecoder.DecodeHeader(latinWord.ReplaceAllString(value, "=?windows-1252?$1?")); err == nil && !strings.ContainsRune(decoded, utf8.RuneError) {
			value = decoded
		}
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) && compose.BreaksLine(r), r == '\u2028', r == '\u2029':
			return ' '
		case compose.BreaksLine(r):
			return -1
		}
		return r
	}, value))
}

// validText makes valid UTF-8 without NUL, which the database cannot keep.
func validText(s string) string {
	if !utf8.ValidString(s) {
		s = latinToUTF8(s)
	}
	return strings.ReplaceAll(s, "\x00", "")
}

// latinToUTF8 reads bytes as Windows-1252, in which every byte means something.
func latinToUTF8(s string) string {
	encoding, _ := charset.Lookup("windows-1252")
	out, err := encoding.NewDecoder().String(s)
	if err != nil {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	return out
}
