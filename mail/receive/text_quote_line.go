package receive

import (
	"regexp"
	"strings"
	"unicode"
)

// quoteLine is a line without its end, surrounding space and signs that nobody
// sees. A line longer than anything these rules are about has its beginning only.
type quoteLine struct {
	start  int // byte offset in the text
	text   string
	sig    bool // exactly the mark before a signature (RFC 3676, 4.3)
	marked bool // quoted by ">"
}

const maxQuoteLine = 500 // bytes

func cutLines(text string) []quoteLine {
	lines := make([]quoteLine, 0, strings.Count(text, "\n")+1)
	address := openAddress{}
	for start := 0; start < len(text); {
		end := start + strings.IndexByte(text[start:], '\n') + 1
		if end == start {
			end = len(text)
		}
		whole := text[start:min(end, start+maxQuoteLine)]
		line := quoteLine{start: start, text: plainLine(whole), sig: strings.TrimRight(whole, "\r\n") == "-- "}
		line.marked = strings.HasPrefix(line.text, ">") && !address.endsIn(line.text)
		address.read(line)
		lines = append(lines, line)
		start = end
	}
	return lines
}

// plainLine drops the signs that direct the writing and have no width, makes
// every space a plain one, and trims.
func plainLine(line string) string {
	for i := range len(line) {
		if line[i] >= 0x80 {
			line = strings.Map(plainRune, line)
			break
		}
	}
	return strings.TrimSpace(line)
}

func plainRune(r rune) rune {
	switch {
	case unicode.Is(unicode.Cf, r):
		return -1
	case unicode.Is(unicode.Zs, r):
		return ' '
	}
	return r
}

func (l quoteLine) blank() bool { return l.text == "" }

// openAddress follows an address that is wrapped over lines: Gmail cuts after the
// "<", and before the ">", which then looks like the mark of a quotation.
type openAddress struct {
	text  string // since the "<"
	lines int    // 0: none is open
}

func (a *openAddress) read(line quoteLine) {
	open, shut := strings.LastIndexByte(line.text, '<'), strings.LastIndexByte(line.text, '>')
	switch {
	case line.blank() || line.marked || shut > open:
		*a = openAddress{}
	case open >= 0:
		*a = openAddress{text: line.text[open+1:], lines: 1}
	case a.lines > 0 && a.lines < 3:
		a.text, a.lines = a.text+line.text, a.lines+1
	default:
		*a = openAddress{}
	}
}

var wholeAddress = regexp.MustCompile(`^[^\s<>@]{1,100}@[^\s<>@]{1,100}$`)

// endsIn tells whether a line that begins with ">" closes the address, with at
// most a few words behind.
func (a *openAddress) endsIn(line string) bool {
	return a.lines > 0 && len(line) < 100 && wholeAddress.MatchString(strings.TrimSpace(a.text))
}
