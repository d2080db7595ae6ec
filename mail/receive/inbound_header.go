package receive

import (
	"bytes"
	"io"
	"mime"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"coachflow/mail/compose"
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
	return parseFields(block)
}

// parseFields reads all fields of a header block or, where names are given, the
// topmost one of each.
func parseFields(block []byte, names ...string) headerFields {
	var (
		fields headerFields
		folded []byte // of the last field, where it has more than one line
		wanted bool
	)
	unfold := func() {
		if n := len(fields); n > 0 && folded != nil {
			fields[n-1].value, folded = string(bytes.TrimSpace(folded)), nil
		}
	}
	if colons := bytes.Count(block, []byte(":")); len(names) == 0 && colons > 0 {
		fields = make(headerFields, 0, min(colons, bytes.Count(block, []byte("\n"))+1))
	}
	for len(block) > 0 {
		var line []byte
		line, block = cutLine(block)
		name, rest, ok := fieldStart(line)
		if ok {
			unfold()
			if wanted = len(names) == 0 || isAmong(name, names) && !fields.has(string(name)); wanted {
				fields = append(fields, headerField{name: string(name), value: string(bytes.TrimSpace(rest))})
			}
			continue
		}
		if !wanted || len(fields) == 0 {
			continue
		}
		if folded == nil {
			folded = []byte(fields[len(fields)-1].value)
		}
		if len(line) > 0 && line[0] != ' ' && line[0] != '\t' {
			folded = append(folded, ' ')
		}
		folded = append(folded, line...)
	}
	unfold()
	return fields
}

func isAmong(name []byte, names []string) bool {
	return slices.ContainsFunc(names, func(other string) bool {
		return len(other) == len(name) && strings.EqualFold(other, string(name))
	})
}

// fieldStart tells whether a line begins a field. The "From " line of mbox
// files does not: its part before the colon has spaces inside.
func fieldStart(line []byte) (name, rest []byte, ok bool) {
	colon := bytes.IndexByte(line, ':')
	if colon <= 0 || line[0] == ' ' || line[0] == '\t' {
		return nil, nil, false
	}
	name = bytes.TrimRight(line[:colon], " \t")
	for _, c := range name {
		if c <= ' ' || c > '~' {
			return nil, nil, false
		}
	}
	return name, line[colon+1:], true
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

// cutLine gives the first line without its LF or CRLF, and what follows it.
func cutLine(b []byte) (line, rest []byte) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return b, nil
	}
	return bytes.TrimSuffix(b[:i], []byte{'\r'}), b[i+1:]
}

// wordDecoder reads encoded words for the address parser of the standard library.
var wordDecoder = mime.WordDecoder{CharsetReader: readCharset}

// readCharset reads any charset that findCharset knows, and a made-up one as what
// its bytes look like.
func readCharset(label string, r io.Reader) (io.Reader, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return strings.NewReader(decodeText(raw, label, "")), nil
}

// decodeHeader turns the body of an unstructured field into text for people:
// encoded words decoded, 8-bit text that is not UTF-8 read as Windows-1252,
// control characters gone.
func decodeHeader(value string) string { return decodeHeaderAs(value, "") }

// decodeHeaderAs does the same where the charset of 8-bit text is known.
func decodeHeaderAs(value, charset string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) && compose.BreaksLine(r), r == '\u2028', r == '\u2029':
			return ' '
		case compose.BreaksLine(r):
			return -1
		}
		return r
	}, decodeWords(value, charset)))
}

// rawHeader reads text of a header field that is not encoded.
func rawHeader(text, charset string) string {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf || text[i] == 0x1b {
			return decodeText([]byte(text), "", charset)
		}
	}
	return text
}

// validText makes valid UTF-8 without NUL, which the database cannot keep.
func validText(s string) string {
	if !utf8.ValidString(s) {
		raw := []byte(s)
		s = decodeMixed(raw, surveyUTF8(raw))
	}
	return strings.ReplaceAll(s, "\x00", "")
}
