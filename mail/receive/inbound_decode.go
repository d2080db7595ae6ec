package receive

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"
)

// decodeText reads the bytes of a text in the charset that is said of them, and
// as what they are where they cannot be in that charset. A byte that means
// nothing costs itself alone, never the way in which the others are read. hint
// is the charset for text that says nothing of its own, where one is known.
func decodeText(raw []byte, label, hint string) string {
	declared := findCharset(label)
	if text, ok := decodeMarked(raw); ok {
		return text
	}
	switch declared.family {
	case utf16Charset:
		if text, ok := decodeUTF16(raw, declared); ok {
			return text
		}
		declared = mailCharset{}
	case utf32Charset:
		if bytes.IndexByte(raw, 0) >= 0 {
			return decodeWith(declared.enc, raw)
		}
		declared = mailCharset{}
	}
	seen := surveyUTF8(raw)
	switch {
	case seen.high() == 0:
		return decodeSevenBit(raw, declared)
	case declared.family == utf7Charset || declared.family == escapedCharset && !hasEscape(raw, declared):
		declared = mailCharset{} // they have no 8-bit bytes
	case declared.family == escapedCharset:
		return decodeEscaped(raw, declared)
	}
	if seen.isUTF8(declared.family) {
		return decodeMixed(raw, seen)
	}
	if declared.enc == nil {
		return decodeGuessed(raw, seen, hint)
	}
	return decodeDeclared(raw, declared, seen)
}

// decodeDeclared reads 8-bit text as it was declared, unless that makes no sense
// of most of it and something else does.
func decodeDeclared(raw []byte, declared mailCharset, seen utf8Survey) string {
	text := decodeWith(declared.enc, raw)
	lost := strings.Count(text, "\uFFFD")
	if lost == 0 && !(declared.family == doubleCharset && strings.ContainsFunc(text, neverInText)) {
		return text
	}
	if lost*8 > seen.high() {
		if guess := guessCharset(raw); guess.enc != nil {
			if other := decodeWith(guess.enc, raw); strings.Count(other, "\uFFFD")*4 < lost {
				return other
			}
		}
	}
	if declared.family == doubleCharset && lost*8 <= seen.high() && len(raw) <= maxResync {
		return resyncDouble(raw, declared)
	}
	return text
}

// decodeGuessed reads 8-bit text of which nothing is known that can be true.
func decodeGuessed(raw []byte, seen utf8Survey, hint string) string {
	if guess := guessCharset(raw); guess.enc != nil {
		return decodeWith(guess.enc, raw)
	}
	if other := findCharset(hint); other.enc != nil && seen.good() == 0 && (other.family == singleCharset || other.family == doubleCharset) {
		if text := decodeWith(other.enc, raw); !strings.ContainsRune(text, utf8.RuneError) {
			return text
		}
	}
	return decodeMixed(raw, seen)
}

// decodeWith decodes all of the bytes; those that mean nothing are U+FFFD.
func decodeWith(enc encoding.Encoding, raw []byte) string {
	var b strings.Builder
	b.Grow(len(raw) + surveyUTF8(raw).high())
	if err := decodeInto(&b, enc, raw); err != nil {
		return decodeMixed(raw, surveyUTF8(raw))
	}
	return b.String()
}

// decodeInto writes the decoded bytes piece by piece.
func decodeInto(w io.Writer, enc encoding.Encoding, raw []byte) error {
	decoder := enc.NewDecoder()
	var piece [4096]byte
	for {
		n, used, err := decoder.Transform(piece[:], raw, true)
		if _, err := w.Write(piece[:n]); err != nil {
			return err
		}
		if raw = raw[used:]; err == nil || err != transform.ErrShortDst || n == 0 {
			return err
		}
	}
}

// maxDetect is the longest sample by which the charset of a text is guessed, in
// bytes: guessing reads it a dozen times.
const maxDetect = 64 << 10

// minDetect is the shortest text whose charset is guessed, in bytes, and
// minConfidence how sure the guess must be, of 100.
const (
	minDetect     = 100
	minConfidence = 85
)

// guessCharset guesses a charset by how often which bytes follow each other. It
// has no enc where nothing is likely enough.
func guessCharset(raw []byte) mailCharset {
	if len(raw) < minDetect {
		return mailCharset{}
	}
	sample := raw[:min(len(raw), maxDetect)]
	detector := chardet.NewTextDetector()
	if bytes.Contains(sample, []byte("</")) {
		detector = chardet.NewHtmlDetector()
	}
	best, err := detector.DetectBest(sample)
	if err != nil || best.Confidence < minConfidence { // the error says that nothing fits
		return mailCharset{}
	}
	found := findCharset(best.Charset)
	if found.family != singleCharset && found.family != doubleCharset {
		return mailCharset{}
	}
	return found
}

var metaCharset = regexp.MustCompile(`(?i)<meta[^>]{1,200}charset\s*=\s*["']?\s*([a-z0-9_:-]{2,40})`)

// htmlCharset is the charset that HTML says of itself; UTF-16 cannot be true where
// that can be read.
func htmlCharset(raw []byte) string {
	m := metaCharset.FindSubmatch(raw[:min(len(raw), 2048)])
	if m == nil || findCharset(string(m[1])).family == utf16Charset {
		return ""
	}
	return string(m[1])
}

// decodeMarked reads text that begins with a byte order mark.
func decodeMarked(raw []byte) (string, bool) {
	switch {
	case bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")):
		raw = raw[3:]
		return decodeMixed(raw, surveyUTF8(raw)), true
	case bytes.HasPrefix(raw, []byte("\xff\xfe")):
		return utf16Text(raw[2:], true), true
	case bytes.HasPrefix(raw, []byte("\xfe\xff")):
		return utf16Text(raw[2:], false), true
	}
	return "", false
}

// decodeUTF16 reads UTF-16 without a mark. Which byte comes first is seen by the
// zero bytes of Latin letters and spaces, else it is as declared. ok is false
// for text that has no zero byte and looks like UTF-8.
func decodeUTF16(raw []byte, declared mailCharset) (text string, ok bool) {
	var zeros [2]int
	for i, c := range raw {
		if c == 0 {
			zeros[i&1]++
		}
	}
	if zeros[0]+zeros[1] == 0 {
		if seen := surveyUTF8(raw); seen.bad == 0 || seen.isUTF8(utf8Charset) {
			return "", false
		}
	}
	little := declared.enc != charsetNames["utf16be"].enc
	if zeros[0] != zeros[1] {
		little = zeros[1] > zeros[0]
	}
	return utf16Text(raw, little), true
}

func utf16Text(raw []byte, little bool) string {
	var b strings.Builder
	unit := func(i int) rune {
		if little {
			return rune(raw[i]) | rune(raw[i+1])<<8
		}
		return rune(raw[i])<<8 | rune(raw[i+1])
	}
	b.Grow(len(raw))
	for i := 0; i+1 < len(raw); i += 2 {
		r := unit(i)
		if utf16.IsSurrogate(r) {
			pair := rune(utf8.RuneError)
			if i+3 < len(raw) {
				pair = utf16.DecodeRune(r, unit(i+2))
			}
			if r = pair; pair != utf8.RuneError {
				i += 2
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}
