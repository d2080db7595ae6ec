package receive

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// utf8Survey counts what 8-bit text looks like when it is read as UTF-8.
type utf8Survey struct {
	two    int // characters of two bytes
	longer int // characters of three or four
	bad    int // bytes that belong to none
	inside int // of those of two bytes: within a word of ASCII letters
	bytes  int // above ASCII
}

func (s utf8Survey) good() int { return s.two + s.longer }

func (s utf8Survey) high() int { return s.bytes }

func surveyUTF8(raw []byte) (s utf8Survey) {
	for i := 0; i < len(raw); {
		if raw[i] < utf8.RuneSelf {
			i++
			continue
		}
		_, size := utf8.DecodeRune(raw[i:])
		s.bytes += size
		switch size {
		case 1:
			s.bad++
		case 2:
			s.two++
			if besideLetter(raw, i, i+2) {
				s.inside++
			}
		default:
			s.longer++
		}
		i += size
	}
	return s
}

// besideLetter tells whether an ASCII letter stands directly before or behind.
func besideLetter(raw []byte, from, to int) bool {
	letter := func(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
	return from > 0 && letter(raw[from-1]) || to < len(raw) && letter(raw[to])
}

// isUTF8 tells whether text that is declared to be of some charset is UTF-8. The
// more a charset uses the byte pairs of UTF-8 by chance, the more it takes.
func (s utf8Survey) isUTF8(declared charsetFamily) bool {
	good := s.good()
	switch {
	case good == 0:
		return false
	case declared == utf8Charset || declared == unknownCharset:
		return s.bad <= good
	case s.bad > 0:
		return good >= 8 && s.bad*10 <= good
	case s.longer > 0 || declared == westernCharset:
		return true
	case declared == doubleCharset:
		return s.two >= 4 || s.inside == s.two
	}
	return s.two >= 2 || s.inside > 0
}

// decodeMixed reads UTF-8 in which some bytes are damaged, or came from another
// program in Windows-1252. Without any character of UTF-8 it is all Windows-1252.
func decodeMixed(raw []byte, seen utf8Survey) string {
	if seen.bad == 0 {
		return string(raw)
	}
	var b strings.Builder
	b.Grow(len(raw) + 2*seen.bad)
	for i := 0; i < len(raw); {
		r, size := utf8.DecodeRune(raw[i:])
		if r == utf8.RuneError && size == 1 {
			r, size = strayByte(raw, i, seen.good() == 0)
		}
		b.WriteRune(r)
		i += size
	}
	return b.String()
}

// strayByte reads a byte that is not of UTF-8, and how many belong to it. Between
// characters of UTF-8 it is taken for Windows-1252 where it is a letter or a
// common sign there, and otherwise for what is left of a broken character.
func strayByte(raw []byte, i int, western bool) (rune, int) {
	c := raw[i]
	latin := charmap.Windows1252.DecodeByte(c)
	if western {
		return latin, 1
	}
	if broken := brokenCharacter(raw[i:]); broken > 1 || i+1 == len(raw) {
		return utf8.RuneError, broken
	}
	switch {
	case c >= 0xC0 && c != 0xD7 && c != 0xF7, c == 0x80, c == 0x85, c >= 0x91 && c <= 0x97:
		return latin, 1
	}
	return utf8.RuneError, 1
}

// brokenCharacter counts the bytes of a character that is cut off.
func brokenCharacter(raw []byte) int {
	want := 1
	switch c := raw[0]; {
	case c >= 0xC2 && c <= 0xDF:
		want = 2
	case c >= 0xE0 && c <= 0xEF:
		want = 3
	case c >= 0xF0 && c <= 0xF4:
		want = 4
	}
	n := 1
	for n < want && n < len(raw) && raw[n] >= 0x80 && raw[n] <= 0xBF {
		n++
	}
	return n
}
