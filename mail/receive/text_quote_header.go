package receive

import (
	"regexp"
	"strings"
)

// attribution is how sure it is that words are the line before a quotation, as
// "On 4 March 2024 at 10:12, Ann <ann@example.com> wrote:".
type attribution int

const (
	noAttribution attribution = iota
	// needsMarks is one that an author could have written, too: it counts where
	// nothing but marked lines follows.
	needsMarks
	// needsMarksDated is one with date and author, which no first mail has
	// without a quotation.
	needsMarksDated
	// certain is one that no author writes: date, address and verb, in the order
	// of a mail program.
	certain
)

const (
	maxHeaderLines = 6 // lines that "On … wrote:" is wrapped over
	maxHeaderLine  = 300
	minWrap        = 60 // bytes that a program puts on a line at least
	maxName        = 12 // words: ours are "Ann Berg via Northwind Coaching"
)

// attributionEndingAt tells whether line i ends such a line, and where that
// begins: not above another line that could be the end of one, and no higher than
// it is sure, but where the line above is wrapped. Where it has to be a certain one,
// others are not looked for.
func attributionEndingAt(lines []quoteLine, i int, onlyCertain bool) (first int, sure attribution) {
	if !endsAttribution(lines[i].text) {
		return 0, noAttribution
	}
	for k := i; k >= 0 && k > i-maxHeaderLines; k-- {
		line := lines[k]
		if line.blank() || line.marked || len(line.text) > maxHeaderLine || k < i && endsAttribution(line.text) {
			break
		}
		joined := joinHeader(lines[k : i+1])
		if onlyCertain && !strings.Contains(joined, "@") {
			continue
		}
		found := readAttribution(joined)
		if found > sure || found == sure && first == k+1 && wrapsInto(line.text, lines[first].text) {
			first, sure = k, found
		}
	}
	return first, sure
}

// endsSentence: the point of a number, as in a date, ends none.
var endsSentence = regexp.MustCompile(`([^\p{Nd}]\.|[!?;。！？；…])$`)

// wrapsInto tells whether a line can go on in the next one: the next word would
// have made it too long, and it ends no sentence.
func wrapsInto(line, next string) bool {
	word, _, _ := strings.Cut(next, " ")
	return len(line)+1+len(word) > minWrap && !endsSentence.MatchString(line)
}

// bareDate is how Gmail wrote once: "2012/4/2 Ann Berg <ann@example.com>".
var bareDate = regexp.MustCompile(`^\d{4}[/-]\d{1,2}[/-]\d{1,2},? .{1,150}[<(][^\s<>()]{1,100}@[^\s<>()]{1,100}[>)]$`)

// endsAttribution looks at the last sign: a colon, in whatever script, or the
// dashes of Zoho Mail.
func endsAttribution(line string) bool {
	line = strings.TrimRight(line, " *_")
	return bareDate.MatchString(line) || strings.HasSuffix(line, ":") || strings.HasSuffix(line, "：") || strings.HasSuffix(line, "՝") || strings.HasSuffix(line, "៖") || strings.HasSuffix(line, "---")
}

// joinHeader undoes the wrapping. A line that ends inside of an address goes on
// without a space.
func joinHeader(lines []quoteLine) string {
	joined := lines[0].text
	for _, line := range lines[1:] {
		if !insideAddress(joined) {
			joined += " "
		}
		joined += line.text
	}
	return joined
}

// insideAddress tells whether a text ends in an address that is not whole.
func insideAddress(s string) bool {
	return strings.HasSuffix(s, "@") || strings.LastIndexByte(s, '<') > strings.LastIndexByte(s, '>')
}

var (
	// mailtoCopy is the address that Outlook and HTML repeat behind an address.
	mailtoCopy = regexp.MustCompile(`(?i)[<\[(]\s*(mailto:|https?://)[^>\])\s]{1,200}\s*[>\])]`)
	// dateHead is at most five words before the first number ("On Mon, Apr 2").
	dateHead = regexp.MustCompile(`^[^\p{L}\p{N}]{0,12}(\p{L}[\p{L}\p{M}'’׳]*[.,،]{0,2}\s+){0,5}(\p{Han}\s?)?\p{N}`)
	dateIn   = regexp.MustCompile(`\p{Nd}{4}|\p{Nd}\s?[./-]\s?\p{Nd}|\p{Nd}\.? \p{L}{3,}\.? |\p{L}{3,}\.? \p{Nd}{1,2}(st|nd|rd|th)?,`)
	timeIn   = regexp.MustCompile(`\p{Nd}{1,2}\s?[:.h時时시]\s?\p{Nd}{2}`)
)

// readAttribution judges joined lines. Every expression runs on a few hundred
// bytes.
func readAttribution(s string) attribution {
	s, dashed := trimHeader(mailtoCopy.ReplaceAllString(s, ""))
	if s == "" {
		return noAttribution
	}
	h := headerParts{text: s, verb: findWrote(s), address: findAddress(s)}
	h.dated, h.timed, h.head = dateIn.MatchString(s), timeIn.MatchString(s), dateHead.MatchString(s)
	switch {
	case dashed && !(h.dated && h.verb != nil): // dashes end other things, too
		return noAttribution
	case h.certain(), dashed && h.address != nil:
		return certain
	case h.dated && h.head && h.address != nil && h.shortTail(), h.dated && h.verb != nil && h.address != nil && h.nameFirst(),
		h.dated && h.timed && h.verb != nil && (h.head || h.nameLeads()) && h.shortTail():
		return needsMarksDated
	case h.likely(), startsQuoting(s), namedVerb(s, h.verb):
		return needsMarks
	}
	return noAttribution
}

// trimHeader takes off what programs put around the line: dashes, the stars of
// bold type, the colon.
func trimHeader(s string) (trimmed string, dashed bool) {
	s = strings.Trim(s, " *_|")
	dashes := func(r rune) bool { return strings.ContainsRune("-–—‐ ", r) }
	dashed = strings.HasSuffix(s, "---") && strings.HasPrefix(s, "---")
	s = strings.TrimLeftFunc(s, dashes)
	if dashed {
		return strings.TrimRightFunc(strings.TrimRightFunc(s, dashes), func(r rune) bool { return strings.ContainsRune(" :", r) }), true
	}
	if strings.HasSuffix(s, "---") {
		return "", false
	}
	return strings.TrimRight(s, " :：՝៖*_"), false
}
