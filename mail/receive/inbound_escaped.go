package receive

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// shiftState says which characters the bytes of a 7-bit charset are at a place:
// ISO-2022-JP (RFC 1468), ISO-2022-KR (RFC 1557), ISO-2022-CN (RFC 1922) and HZ
// (RFC 1843).
type shiftState struct {
	outShift bool // the charset switches by the control characters SO and SI
	tilde    bool // the charset switches by ~{ and ~}
	set      byte // 0 for ASCII, 'B' two bytes, 'D' two bytes of JIS X 0212, 'I' katakana
}

// hasEscape tells whether text of an escaped charset really has a switch.
func hasEscape(raw []byte, c mailCharset) bool {
	switch {
	case c.shift.tilde:
		return bytes.Contains(raw, []byte("~{"))
	case c.shift.outShift:
		return bytes.IndexByte(raw, 0x0e) >= 0
	}
	return bytes.IndexByte(raw, 0x1b) >= 0
}

// decodeSevenBit reads text without a byte above ASCII, which is ASCII in every
// charset but a few. ISO-2022-JP is known by itself, since it is often sent under
// no name or a wrong one.
func decodeSevenBit(raw []byte, declared mailCharset) string {
	switch {
	case declared.family == escapedCharset && hasEscape(raw, declared):
		return decodeEscaped(raw, declared)
	case declared.family == utf7Charset && bytes.IndexByte(raw, '+') >= 0:
		return decodeUTF7(raw)
	case bytes.Contains(raw, []byte("\x1b$B")) || bytes.Contains(raw, []byte("\x1b$@")):
		return decodeEscaped(raw, iso2022JP)
	case bytes.Contains(raw, []byte("\x1b$)C")):
		return decodeEscaped(raw, iso2022KR)
	}
	return string(raw)
}

// decodeEscaped turns the text into the same characters in 8 bits and decodes
// those. Every switch, line end and byte above ASCII is a place at which it finds
// its way again after damage.
func decodeEscaped(raw []byte, c mailCharset) string {
	wide := make([]byte, 0, len(raw)+len(raw)/2)
	state, damage := c.shift, -8
	for i := 0; i < len(raw); {
		size := state.change(raw[i:])
		if size == 0 && i-damage <= 2 {
			size = state.damagedEscape(raw[i:], i >= 2 && raw[i-2] == 0x1b)
		}
		if size > 0 {
			i += size
			continue
		}
		size = state.size(raw[i:])
		switch {
		case size == 0:
			lone := byte(0xFF)
			if state.set == 'B' && raw[i] > ' ' && raw[i] < 0x7f {
				lone = raw[i] | 0x80 // half of a character
			}
			wide = append(wide, lone)
			size, damage = 1, i
		case state.set == 'I':
			wide = append(wide, 0x8E, raw[i]|0x80)
		case state.set == 'D':
			wide = append(wide, 0x8F, raw[i]|0x80, raw[i+1]|0x80)
		case size == 2:
			wide = append(wide, raw[i]|0x80, raw[i+1]|0x80)
		default:
			wide = append(wide, raw[i])
		}
		i += size
	}
	if damage >= 0 && len(raw) <= maxResync {
		return resyncDouble(wide, c)
	}
	return decodeWith(c.enc, wide)
}

// change takes a switch and gives its length, 0 where there is none.
func (s *shiftState) change(rest []byte) int {
	switch {
	case rest[0] == '\n':
		s.set = 0 // every line begins in ASCII
	case s.tilde && rest[0] == '~' && len(rest) > 1:
		switch rest[1] {
		case '{':
			s.set = 'B'
			return 2
		case '}':
			s.set = 0
			return 2
		case '~':
			if s.set == 0 {
				return 1 // a tilde is written twice
			}
		}
	case s.outShift && rest[0] == 0x0e:
		s.set = 'B'
		return 1
	case s.outShift && rest[0] == 0x0f:
		s.set = 0
		return 1
	case rest[0] == 0x1b:
		return s.escape(rest)
	}
	return 0
}

// escape takes an escape sequence.
func (s *shiftState) escape(rest []byte) int {
	for _, e := range []struct {
		sequence string
		set      byte
	}{{"$B", 'B'}, {"$@", 'B'}, {"$(B", 'B'}, {"$(@", 'B'}, {"$(D", 'D'}, {"(B", 0}, {"(J", 0}, {"(H", 0}, {"(I", 'I'}} {
		if bytes.HasPrefix(rest[1:], []byte(e.sequence)) {
			if !s.outShift {
				s.set = e.set
			}
			return 1 + len(e.sequence)
		}
	}
	for _, announced := range []string{"$)C", "$)A", "$)G", "$*H"} {
		if bytes.HasPrefix(rest[1:], []byte(announced)) {
			return 1 + len(announced)
		}
	}
	if s.outShift || len(rest) < 3 || rest[1] != '$' && rest[1] != '(' {
		return 0
	}
	// The last byte is damaged, or one is too many.
	if s.set = 0; rest[1] == '$' {
		s.set = 'B'
	}
	if len(rest) > 3 && rest[3] == 'B' {
		return 4
	}
	return 3
}

// damagedEscape takes what is left of an escape sequence whose first bytes were
// damaged: it stands right behind the damage. last tells whether only its last
// byte can be left.
func (s *shiftState) damagedEscape(rest []byte, last bool) int {
	text := string(rest[:min(len(rest), 2)])
	switch {
	case s.outShift || s.tilde:
		return 0
	case s.set == 0 && (text == "$B" || text == "$@"):
		s.set = 'B'
		return 2
	case s.set != 0 && (text == "(B" || text == "(J"):
		s.set = 0
		return 2
	case last && text[0] == 'B' && s.set == 0:
		s.set = 'B'
		return 1
	case last && text[0] == 'B':
		s.set = 0
		return 1
	}
	return 0
}

// size is how many bytes the character at the start of rest has, 0 for damage.
func (s *shiftState) size(rest []byte) int {
	graphic := func(c byte) bool { return c > ' ' && c < 0x7f }
	switch {
	case rest[0] >= utf8.RuneSelf || neverInText(rune(rest[0])):
		return 0
	case s.set == 0 || rest[0] <= ' ':
		return 1
	case s.set == 'I':
		if rest[0] >= 0x60 {
			return 0
		}
		return 1
	case len(rest) > 1 && graphic(rest[0]) && graphic(rest[1]):
		return 2
	}
	return 0
}

// decodeUTF7 reads UTF-7 (RFC 2152): ASCII with UTF-16 in base64 between + and -.
// What is no such stretch stays as it stands.
func decodeUTF7(raw []byte) string {
	var b strings.Builder
	b.Grow(len(raw))
	for len(raw) > 0 {
		plus := bytes.IndexByte(raw, '+')
		if plus < 0 {
			break
		}
		b.Write(raw[:plus])
		raw = raw[plus+1:]
		end := 0
		for end < len(raw) && base64Digits[raw[end]] < 64 {
			end++
		}
		text, ok := utf7Stretch(raw[:end])
		switch {
		case end == 0 && len(raw) > 0 && raw[0] == '-':
			b.WriteByte('+')
		case !ok:
			b.WriteByte('+')
			continue
		default:
			b.WriteString(text)
		}
		if raw = raw[end:]; len(raw) > 0 && raw[0] == '-' {
			raw = raw[1:]
		}
	}
	b.Write(raw)
	return b.String()
}

func utf7Stretch(digits []byte) (text string, ok bool) {
	if len(digits) < 3 {
		return "", false
	}
	if len(digits)%4 == 1 {
		digits = digits[:len(digits)-1]
	}
	data, err := base64.RawStdEncoding.DecodeString(string(digits))
	if err != nil {
		return "", false
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = uint16(data[2*i])<<8 | uint16(data[2*i+1])
	}
	return string(utf16.Decode(units)), true
}
