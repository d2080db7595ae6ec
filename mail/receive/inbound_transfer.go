package receive

import (
	"bytes"
	"strings"
)

// transferred is the body of a part without its transfer encoding.
type transferred struct {
	// data may share memory with the mail: nobody may write to it.
	data []byte
	// after is plain text that stands behind the encoded data. A gateway that
	// adds a footer to the bytes of a mail leaves it there.
	after []byte
	// name is the file name that uuencoded data brings along.
	name string
	// bad counts bytes that the encoding does not allow.
	bad int
}

// undoTransfer decodes the body of a leaf as far as it can be decoded (RFC 2045,
// section 6). A body that is only called encoded is left as it came. Time and
// memory are linear in the body, whatever it holds.
func undoTransfer(n *partNode) transferred {
	body := n.body[:len(n.body):len(n.body)]
	switch transferEncoding(n.fields.get("Content-Transfer-Encoding")) {
	case "base64":
		if decoded, ok := decodeBase64(body, n.isText() && !n.isFile()); ok {
			return decoded
		}
	case "quotedprintable":
		return decodeQuotedPrintable(body)
	case "xuuencode", "uuencode", "xuue", "uue":
		if decoded, ok := decodeUU(body); ok {
			return decoded
		}
	}
	return transferred{data: body}
}

// transferEncoding gives the one word of the field in its plainest form: lower
// case, without what some senders put around it or between its letters.
func transferEncoding(value string) string {
	word, _, _ := strings.Cut(value, ";")
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, word)
}

// decodeQuotedPrintable undoes quoted-printable (RFC 2045, 6.7). What is no valid
// escape stays as it stands, and so do bytes that should have been escaped.
func decodeQuotedPrintable(body []byte) transferred {
	t := transferred{data: make([]byte, 0, len(body))}
	for len(body) > 0 {
		end := bytes.IndexByte(body, '\n') + 1
		if end == 0 {
			end = len(body)
		}
		t.quotedLine(body[:end])
		body = body[end:]
	}
	return t
}

var newline = []byte("\n")

// quotedLine decodes one line with its line end. An equals sign there joins the
// line with the next one.
func (t *transferred) quotedLine(line []byte) {
	text := trimBlanks(bytes.TrimSuffix(line, newline))
	lineEnd := line[len(text):]
	if bytes.HasSuffix(line, []byte("\r\n")) {
		lineEnd = line[len(line)-2:] // blanks before it were added on the way
	} else if bytes.HasSuffix(line, newline) {
		lineEnd = newline
	}
	if soft, ok := bytes.CutSuffix(text, []byte("=")); ok {
		text, lineEnd = soft, nil
	}
	for len(text) > 0 {
		at := bytes.IndexByte(text, '=')
		if at < 0 {
			break
		}
		t.data = append(t.data, text[:at]...)
		text = text[at:]
		if b, ok := hexByte(text[1:]); ok {
			t.data = append(t.data, b)
			text = text[3:]
			continue
		}
		t.bad++
		t.data = append(t.data, '=')
		text = text[1:]
	}
	t.data = append(append(t.data, text...), lineEnd...)
}

// hexByte reads the two hexadecimal digits at the start of s.
func hexByte[T string | []byte](s T) (byte, bool) {
	if len(s) < 2 {
		return 0, false
	}
	high, low := hexDigits[s[0]], hexDigits[s[1]]
	return high<<4 | low, high < 16 && low < 16
}

// hexDigits gives the value of a hexadecimal digit, 255 for other bytes.
var hexDigits = func() (table [256]byte) {
	for i := range table {
		table[i] = 255
	}
	for i, c := range []byte("0123456789abcdef") {
		table[c] = byte(i)
		table[bytes.ToUpper([]byte{c})[0]] = byte(i)
	}
	return table
}()

// decodeUU undoes uuencode, which came before MIME: a line "begin MODE NAME", the
// data, a line "end". ok is false where no such first line is found.
func decodeUU(body []byte) (t transferred, ok bool) {
	for len(body) > 0 && !ok {
		var line []byte
		line, body = cutLine(body)
		t.name, ok = uuBegin(line)
	}
	if !ok {
		return t, false
	}
	t.data = make([]byte, 0, len(body)/4*3)
	for len(body) > 0 {
		var line []byte
		line, body = cutLine(body)
		if bytes.Equal(bytes.TrimSpace(line), []byte("end")) {
			break
		}
		t.uuLine(line)
	}
	t.after = body
	return t, true
}

func uuBegin(line []byte) (name string, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte("begin "))
	mode, file, found := bytes.Cut(rest, []byte(" "))
	if !ok || !found || len(mode) < 3 || len(mode) > 4 || bytes.ContainsFunc(mode, func(r rune) bool { return r < '0' || r > '7' }) {
		return "", false
	}
	return string(bytes.TrimSpace(file[:min(len(file), maxMediaType)])), true
}

// uuLine decodes one line: its length, then four characters for three bytes.
func (t *transferred) uuLine(line []byte) {
	if len(line) == 0 || line[0] < ' ' || line[0] > '`' {
		t.bad += len(line)
		return
	}
	size, digits := int(line[0]-' ')&63, line[1:]
	for at := 0; size > 0 && at < len(digits); at += 4 {
		var four [4]byte
		for i, c := range digits[at:min(at+4, len(digits))] {
			four[i] = (c - ' ') & 63
		}
		three := [3]byte{four[0]<<2 | four[1]>>4, four[1]<<4 | four[2]>>2, four[2]<<6 | four[3]}
		t.data = append(t.data, three[:min(size, 3)]...)
		size -= 3
	}
}
