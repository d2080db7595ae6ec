package receive

import (
	"strings"
	"unicode/utf8"
)

// decodeWords reads the encoded words of a header field (RFC 2047) as far as they
// can be read: with wrong padding, bytes that should have been encoded, blanks
// inside, no end, or a charset that does not exist or does not fit. What is no
// encoded word stays as it stands. hint is the charset of text that is not
// encoded, where one is known.
func decodeWords(value, hint string) string {
	w := wordReader{hint: hint}
	for value != "" {
		at := strings.Index(value, "=?")
		if at < 0 {
			break
		}
		word, size := parseWord(value[at:])
		if size == 0 {
			w.plain(value[:at+2])
			value = value[at+2:]
			continue
		}
		w.plain(value[:at])
		w.word(word, value[at:at+size])
		value = value[at+size:]
	}
	w.plain(value)
	w.flush()
	return w.out.String()
}

// encodedWord is one word as it stands.
type encodedWord struct {
	charset string // lower case, without a language
	base64  bool
	payload string
}

// maxWordHead is the longest charset with its language that a word names.
const maxWordHead = 100

// parseWord takes the word that begins a string with "=?". size is 0 where there
// is none.
func parseWord(s string) (word encodedWord, size int) {
	head := s[2:min(len(s), 2+maxWordHead)]
	mark := strings.IndexByte(head, '?')
	if mark < 0 || mark+2 >= len(head) || head[mark+2] != '?' || strings.ContainsAny(head[:mark], " =<>@\"") {
		return word, 0
	}
	switch head[mark+1] {
	case 'b', 'B':
		word.base64 = true
	case 'q', 'Q':
	default:
		return word, 0
	}
	word.charset, _, _ = strings.Cut(strings.ToLower(head[:mark]), "*")
	from := 2 + mark + 3
	end, size := wordEnd(s, from, word.base64)
	word.payload = s[from:end]
	return word, size
}

// wordEnd finds where the payload of a word ends, and the word. A word without an
// end is cut off by the next one, or by the end of the field.
func wordEnd(s string, from int, base64 bool) (end, size int) {
	for i := from; i+1 < len(s); i++ {
		switch {
		case s[i] == '?' && s[i+1] == '=':
			if _, escaped := hexByte(s[i+2:]); escaped && !base64 && endsLater(s[i+2:]) {
				continue // a question mark before an escape, which should have been escaped itself
			}
			return i, i + 2
		case s[i] == '=' && s[i+1] == '?' && i+2 < len(s) && s[i+2] != '=' && i > from:
			if _, another := parseHead(s[i:]); another {
				return i, i
			}
		}
	}
	return len(s), len(s)
}

// endsLater tells whether a word goes on to an end that is not far.
func endsLater(s string) bool {
	s = s[:min(len(s), maxWordHead)]
	end := strings.Index(s, "?=")
	return end >= 0 && !strings.Contains(s[:end], "=?")
}

// parseHead tells whether an encoded word begins here.
func parseHead(s string) (charset string, ok bool) {
	head := s[2:min(len(s), 2+maxWordHead)]
	mark := strings.IndexByte(head, '?')
	if mark <= 0 || mark+2 >= len(head) || head[mark+2] != '?' || strings.ContainsAny(head[:mark], " =<>@\"") {
		return "", false
	}
	return head[:mark], strings.IndexByte("bBqQ", head[mark+1]) >= 0
}

// wordReader puts words together. Words of one charset that follow each other are
// decoded as one, since some senders cut a character in two.
type wordReader struct {
	out     strings.Builder
	hint    string
	charset string       // of the words that are not decoded yet
	source  []byte       // what they looked like
	raw     []byte       // their bytes
	digits  base64Reader // what is left of a base64 word that was cut
	open    bool         // there is such a word
	gap     string       // white space behind it
}

// plain takes text between words. Between two of them white space says nothing.
func (w *wordReader) plain(text string) {
	if w.open && strings.Trim(text, " \t\r\n") == "" {
		w.gap += text
		return
	}
	if text == "" {
		return
	}
	w.flush()
	w.out.WriteString(rawHeader(text, w.hint))
}

// word takes an encoded word.
func (w *wordReader) word(word encodedWord, source string) {
	if family := findCharset(word.charset).family; w.open && (word.charset != w.charset || family == escapedCharset || family == utf7Charset) {
		w.gap = ""
		w.flush()
	}
	w.source = append(append(w.source, w.gap...), source...)
	w.charset, w.open, w.gap = word.charset, true, ""
	if word.base64 {
		w.base64(word.payload)
		return
	}
	w.finishDigits()
	w.quoted(word.payload)
}

// base64 decodes a word in base64. It goes on where the word before was cut
// between two digits that make one byte, and not where that only lacked padding.
func (w *wordReader) base64(payload string) {
	count := countBase64([]byte(payload))
	whole := w.digits.quantum&(1<<(2*(4-w.digits.digits))-1) == 0 // no bit is left over
	if whole && w.digits.digits > 1 || count.digits%4 == 0 || (w.digits.digits+count.digits+count.pads)%4 != 0 {
		w.digits.flush()
	}
	w.digits.decode([]byte(payload))
}

// finishDigits ends the base64 word before.
func (w *wordReader) finishDigits() {
	w.digits.flush()
	w.raw = append(w.raw, w.digits.data...)
	w.digits.data = w.digits.data[:0]
}

// quoted decodes the Q encoding (RFC 2047, 4.2). Characters of UTF-8 that stand in
// a word of another charset are taken as they are.
func (w *wordReader) quoted(payload string) {
	family := findCharset(w.charset).family
	asIs := (family == westernCharset || family == singleCharset) && utf8.ValidString(payload)
	for i := 0; i < len(payload); i++ {
		c := payload[i]
		if asIs && c >= utf8.RuneSelf {
			_, size := utf8.DecodeRuneInString(payload[i:])
			w.out.WriteString(decodeText(w.raw, w.charset, w.hint) + payload[i:i+size])
			w.raw = w.raw[:0]
			i += size - 1
			continue
		}
		if b, ok := hexByte(payload[i+1:]); c == '=' && ok {
			c = b
			i += 2
		} else if c == '_' {
			c = ' '
		}
		w.raw = append(w.raw, c)
	}
}

// flush decodes the words that were read and writes them with the white space
// behind them.
func (w *wordReader) flush() {
	if !w.open {
		return
	}
	w.finishDigits()
	text := decodeText(w.raw, w.charset, w.hint)
	if text = strings.TrimRightFunc(text, neverInText); strings.ContainsFunc(text, neverInText) {
		text = rawHeader(string(w.source), w.hint) // it is no text at all
	}
	w.out.WriteString(text + w.gap)
	w.raw, w.source, w.open, w.gap = w.raw[:0], w.source[:0], false, ""
}

// neverInText tells whether a character is one that no text has. Zeros, tabs and line
// ends come from programs that pad and fold before they encode.
func neverInText(r rune) bool {
	return r < ' ' && r != 0 && r != '\t' && r != '\n' && r != '\r'
}
