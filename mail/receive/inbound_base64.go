package receive

import (
	"bytes"
	"unicode/utf8"
)

// base64Digits gives the value of a character of the base64 alphabet (RFC 2045,
// 6.8), and what the others are.
var base64Digits = func() (table [256]byte) {
	for i := range table {
		table[i] = notDigit
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		table[c] = byte(i)
	}
	for _, c := range []byte(" \t\r\n") {
		table[c] = blankDigit
	}
	table['='] = padDigit
	return table
}()

const (
	notDigit   = 0xFF
	blankDigit = 0xFE
	padDigit   = 0xFD
)

// base64Reader decodes a body line by line, so that it can tell damage inside of
// the data from text that somebody wrote behind it.
type base64Reader struct {
	transferred
	text bool // the part is text to read, so a line can be of words

	quantum uint32 // digits that do not make a whole byte yet
	digits  int    // how many those are

	width   int  // digits of the first line
	blank   bool // an empty line came after data
	ended   bool // the data may be over
	foreign int  // where lines began that are not of the data, -1 for none
}

// endedWidth is the least number of digits by which a line counts as data again
// after the data seemed to be over.
const endedWidth = 40

// decodeBase64 undoes base64. Bytes outside of its alphabet are passed over, and
// data in several padded pieces is read to its end. ok is false where the body is
// not base64: it does not begin so, and for a file most of it is not.
func decodeBase64(body []byte, text bool) (t transferred, ok bool) {
	r := base64Reader{text: text, foreign: -1}
	if text && !beginsAsBase64(body) {
		return t, false
	}
	for rest := body; len(rest) > 0; {
		at := len(body) - len(rest)
		var line []byte
		line, rest = cutLine(rest)
		line = trimBlanks(line)
		for end := paddedEnd(line); end > 0; end = paddedEnd(line) {
			r.line(line[:end], at, body)
			line, at = line[end:], at+end
		}
		r.line(line, at, body)
	}
	if r.width == 0 || !beginsAsBase64(body) && len(r.data) < len(body)/4 {
		return t, false
	}
	r.flush()
	if r.foreign >= 0 {
		r.after = body[r.foreign:]
	}
	return r.transferred, true
}

// beginsAsBase64 tells whether the first line that holds anything can be base64
// and, where it is so short that it could be of words, is not.
func beginsAsBase64(body []byte) bool {
	for len(body) > 0 {
		var line []byte
		line, body = cutLine(body)
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if end := paddedEnd(line); end > 0 {
			line = line[:end]
		}
		count := countBase64(line)
		if count.blanks*20 > count.digits || count.digits == 0 || count.bad*8 > count.digits {
			return false
		}
		if count.digits >= endedWidth {
			return true
		}
		return (count.bad > 0 || count.digits%4 != 1) && !wordsInBase64(line, count.bad > 0)
	}
	return true
}

// wordsInBase64 tells whether a short line is words that happen to be of the
// alphabet: what it would decode to has control characters that no text has. Of a
// damaged line, more is asked.
func wordsInBase64(line []byte, damaged bool) bool {
	r := base64Reader{foreign: -1}
	r.decode(line)
	r.flush()
	if damaged && !utf8.Valid(r.data) {
		return true
	}
	zeros := bytes.Count(r.data, []byte{0})
	return bytes.ContainsFunc(r.data, func(c rune) bool {
		escape := c == '\f' || c == 0x0e || c == 0x0f || c == 0x1b
		return neverInText(c) && !escape || c == 0 && zeros*4 < len(r.data)
	})
}

// base64Count says of what a line is made.
type base64Count struct{ digits, pads, blanks, bad int }

func countBase64(line []byte) (count base64Count) {
	for _, c := range line {
		switch base64Digits[c] {
		case notDigit:
			count.bad++
		case blankDigit:
			count.blanks++
		case padDigit:
			count.pads++
		default:
			count.digits++
		}
	}
	return count
}

// paddedEnd finds the end of data that is padded in the middle of a line: 0 where
// there is none.
func paddedEnd(line []byte) int {
	pad := bytes.IndexByte(line, '=')
	if pad <= 0 {
		return 0
	}
	end := pad
	for end < len(line) && line[end] == '=' {
		end++
	}
	count := countBase64(line[:pad])
	if count.bad > 0 || count.blanks > 0 || (count.digits+min(end-pad, 2))%4 > 1 || len(bytes.TrimSpace(line[end:])) == 0 {
		return 0
	}
	return end
}

// line takes one line that begins at a place of the body.
func (r *base64Reader) line(line []byte, at int, body []byte) {
	count := countBase64(line)
	switch {
	case len(line) == 0:
		r.blank = r.width > 0
	case r.holdsData(count):
		if r.width == 0 {
			r.width = max(count.digits, 1)
			r.data = make([]byte, 0, countBase64(body[at:]).digits/4*3+3)
		}
		r.take(line, count)
	default:
		r.bad += count.bad
		if r.width > 0 {
			r.ended = true
			if r.foreign < 0 {
				r.foreign = at
			}
		}
	}
}

// holdsData tells whether a line is of the data. Once the data may be over, it
// has to look much more like it.
func (r *base64Reader) holdsData(count base64Count) bool {
	lastLine := count.pads > 0 && (count.digits+count.pads)%4 == 0
	switch {
	case count.digits == 0 && (count.pads == 0 || r.width == 0),
		count.bad*4 > count.digits, count.blanks*20 > count.digits,
		count.bad > 0 && count.digits+count.bad < min(r.width, endedWidth) && !lastLine:
		return false
	}
	if !r.ended && !(r.text && r.blank && count.digits < r.width) {
		return true
	}
	switch {
	case count.bad > 0:
		return false
	case count.digits >= endedWidth:
		return true
	case r.text:
		return lastLine && r.foreign < 0 && !r.blank
	}
	return lastLine || r.foreign < 0
}

// take decodes a line of the data.
func (r *base64Reader) take(line []byte, count base64Count) {
	if r.digits > 0 && r.width%4 == 0 && count.digits%4 == 0 {
		r.flush() // the line before lost some digits: what follows is whole
	}
	r.bad += count.bad
	r.foreign, r.blank = -1, false
	r.decode(line)
	if r.ended = count.pads > 0; r.ended {
		r.flush()
	}
}

// decode takes the digits of a line and passes over everything else.
func (r *base64Reader) decode(line []byte) {
	for _, c := range line {
		digit := base64Digits[c]
		if digit >= 64 {
			if digit == padDigit {
				r.flush()
			}
			continue
		}
		r.quantum = r.quantum<<6 | uint32(digit)
		if r.digits++; r.digits == 4 {
			r.data = append(r.data, byte(r.quantum>>16), byte(r.quantum>>8), byte(r.quantum))
			r.quantum, r.digits = 0, 0
		}
	}
}

// flush writes the whole bytes of an unfinished group of four digits.
func (r *base64Reader) flush() {
	switch r.digits {
	case 2:
		r.data = append(r.data, byte(r.quantum>>4))
	case 3:
		r.data = append(r.data, byte(r.quantum>>10), byte(r.quantum>>2))
	}
	r.quantum, r.digits = 0, 0
}
