package receive

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// leadBytes are the first bytes of the characters of a double-byte charset, as
// pairs of a first and a last byte: of those that most texts are made of, and of
// those that many texts have. All others are rare.
type leadBytes struct{ usual, fair string }

func (l leadBytes) rarity(lead byte) int32 {
	for i := 0; i+1 < len(l.usual); i += 2 {
		if lead >= l.usual[i] && lead <= l.usual[i+1] {
			return 0
		}
	}
	for i := 0; i+1 < len(l.fair); i += 2 {
		if lead >= l.fair[i] && lead <= l.fair[i+1] {
			return 1
		}
	}
	return 2
}

// skipRarity is what it costs to take a byte for damage: as much as two rare
// characters.
const skipRarity = 4

// maxResync is the longest text that is read so, in bytes: it takes some hundred
// nanoseconds a byte.
const maxResync = 256 << 10

// resyncDouble reads text of a double-byte charset in which a few bytes are
// damaged. One byte too many or too few makes other characters of all that follow
// it. So of all ways to split a line into characters and damaged bytes, this
// takes the one with the fewest rare characters.
func resyncDouble(raw []byte, c mailCharset) string {
	var b strings.Builder
	b.Grow(len(raw) + len(raw)/2)
	r := doubleReader{decode: c.enc.NewDecoder(), lead: c.lead}
	for len(raw) > 0 {
		end := bytes.IndexByte(raw, '\n') + 1
		if end == 0 {
			end = len(raw)
		}
		r.line(&b, raw[:end])
		raw = raw[end:]
	}
	return b.String()
}

type doubleReader struct {
	decode interface {
		Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error)
		Reset()
	}
	lead leadBytes
	// rarity and size belong to the best way from each byte of a line to its end:
	// what it costs, and how many bytes its first character has, 0 for damage.
	rarity []int32
	size   []uint8
}

func (r *doubleReader) line(b *strings.Builder, line []byte) {
	r.rarity = append(r.rarity[:0], make([]int32, len(line)+1)...)
	r.size = append(r.size[:0], make([]uint8, len(line))...)
	for i := len(line) - 1; i >= 0; i-- {
		r.rarity[i] = r.rarity[i+1] + skipRarity
		char, size := r.at(line, i)
		if char == utf8.RuneError {
			continue
		}
		cost := r.rarity[i+size]
		if line[i] >= utf8.RuneSelf {
			cost += r.lead.rarity(line[i])
		}
		if cost <= r.rarity[i] {
			r.rarity[i], r.size[i] = cost, uint8(size)
		}
	}
	for i := 0; i < len(line); i += max(1, int(r.size[i])) {
		char := utf8.RuneError
		if r.size[i] > 0 {
			char, _ = r.at(line, i)
		}
		b.WriteRune(char)
	}
}

// at reads the one character that begins at a place.
func (r *doubleReader) at(line []byte, i int) (char rune, size int) {
	if line[i] < utf8.RuneSelf {
		return rune(line[i]), 1
	}
	var dst [8]byte
	for size = 1; size <= 4 && i+size <= len(line); size++ {
		r.decode.Reset()
		n, used, err := r.decode.Transform(dst[:], line[i:i+size], true)
		char, width := utf8.DecodeRune(dst[:n])
		if err == nil && used == size && width == n && char != utf8.RuneError {
			return char, size
		}
	}
	return utf8.RuneError, 1
}
