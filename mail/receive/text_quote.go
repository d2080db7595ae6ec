package receive

import "strings"

// MailKind is what a mail is in its conversation. It decides what may be folded
// away: see Fold.
type MailKind int

// The kinds of mails.
const (
	// FirstMail answers nothing. A divider in it is the author's own: below it
	// stands what the author has to say.
	FirstMail MailKind = iota
	// Reply answers another mail.
	Reply
	// PassedOn is a forwarded mail: all of it is what its author has to say.
	PassedOn
)

// Folded is a mail's text in the order of the mail. The parts together are the
// text, byte for byte, so a mail that goes on has all of the author's words
// when it has all four; a view that folds shows Visible.
type Folded struct {
	Above     string // the mail answered, where the whole answer stands below it
	Visible   string // what the author wrote; blank only where the text is
	Signature string // of the author, above the quotation
	Quoted    string // the mail answered, and what stands below it
}

// Fold cuts a mail's text into what its author wrote and what can be folded away.
// In a reply that is the mail answered and a signature; in a first mail it is
// only a quotation that has its date and its author, as a reply has that lost
// the fields which say so; in a mail passed on it is nothing. Answers between
// quoted lines stay visible with their quotes. In doubt nothing is folded.
//
// Every expression runs on one line or a handful of joined short lines, so the
// time is linear in the text.
func Fold(text string, kind MailKind) Folded {
	if kind == PassedOn {
		return Folded{Visible: text}
	}
	lines := cutLines(text)
	quote, forward := quoteStart(lines, kind)
	signature := quote
	if !forward && (kind == Reply || quote < len(lines)) {
		signature = signatureStart(lines, quote)
	}
	own := aboveBlank(lines, signature)
	if own == 0 || forward {
		return Folded{Visible: text}
	}
	if signature == quote {
		quote = own
	}
	return cutAt(text, offset(lines, quotedAbove(lines, own, quote, kind), text), offset(lines, own, text), offset(lines, quote, text))
}

func cutAt(text string, above, own, quote int) Folded {
	return Folded{Above: text[:above], Visible: text[above:own], Signature: text[own:quote], Quoted: text[quote:]}
}

// SplitQuote is Fold of a reply in two parts, of which the first is where its
// author wrote.
func SplitQuote(text string) (visible, quoted string) {
	f := Fold(text, Reply)
	return f.Above + f.Visible, f.Signature + f.Quoted
}

// quotedAbove finds the end of the mail answered where it stands first: the line
// before a quotation, marked lines, and below them the whole answer. 0 for none.
func quotedAbove(lines []quoteLine, own, quote int, kind MailKind) int {
	top := 0
	for top < own && lines[top].blank() {
		top++
	}
	for i := top; i < min(own, top+maxHeaderLines); i++ {
		first, sure := attributionEndingAt(lines, i, false)
		if first != top || sure < needsMarksDated && (sure == noAttribution || kind != Reply) || !markedNext(lines, i+1) {
			continue
		}
		answer := i + 1
		for answer < own && (lines[answer].marked || lines[answer].blank()) {
			answer++
		}
		for _, line := range lines[answer:quote] {
			if line.marked {
				return 0 // answers between marked lines
			}
		}
		if answer < own {
			return answer
		}
	}
	return 0
}

// aboveBlank goes up over the blank lines before line i.
func aboveBlank(lines []quoteLine, i int) int {
	for i > 0 && i < len(lines) && lines[i-1].blank() {
		i--
	}
	return i
}

func offset(lines []quoteLine, i int, text string) int {
	if i >= len(lines) {
		return len(text)
	}
	return lines[i].start
}

// quoteStart finds the first line of the quoted rest, len(lines) when there is
// none. forward is true when a forwarded mail follows: nothing is cut then.
func quoteStart(lines []quoteLine, kind MailKind) (start int, forward bool) {
	lastOwn := lastOwnLine(lines, footerStart(lines))
	for i, line := range lines {
		switch {
		case line.blank():
		case groupWise(line.text, kind):
			return i, false
		case line.marked:
			if lastOwn < i && kind == Reply {
				return i, false
			}
		case isForwardMark(line.text):
			return len(lines), true
		case originalMarkAt(lines, i, kind), headerBlockAt(lines, i, kind):
			if !answeredBelow(lines, i, lastOwn) {
				return rulerBefore(lines, i), false
			}
		default:
			if first, found := attributionAbove(lines, i, lastOwn, kind); found {
				return rulerBefore(lines, first), false
			}
		}
	}
	return len(lines), false
}

// attributionAbove tells whether line i ends the line before the quotation, and
// where that begins. What an author could have written, too, counts where nothing
// but marked lines follows; between marked lines and words of the author's nothing
// counts, for those are answers.
func attributionAbove(lines []quoteLine, i, lastOwn int, kind MailKind) (first int, found bool) {
	marked, answered := markedNext(lines, i+1), lastOwn > i
	if marked && answered {
		return 0, false
	}
	first, sure := attributionEndingAt(lines, i, answered)
	switch sure {
	case certain:
		return first, true
	case needsMarksDated:
		return first, marked
	case needsMarks:
		return first, marked && kind == Reply
	}
	return 0, false
}

// groupWise knows ">>> Ann <ann@example.com> 04.03.24 10:12 >>>". In a first mail it has
// an address, as any author can write "3.4" so.
func groupWise(line string, kind MailKind) bool {
	if !strings.HasPrefix(line, ">>> ") || !strings.HasSuffix(line, " >>>") || len(line) > maxHeaderLine || !dateIn.MatchString(line) {
		return false
	}
	address := findAddress(line) != nil
	return address || kind == Reply && timeIn.MatchString(line)
}

// lastOwnLine is the last line before end that the author may have written.
func lastOwnLine(lines []quoteLine, end int) int {
	for i := end - 1; i >= 0; i-- {
		if !lines[i].blank() && !lines[i].marked {
			return i
		}
	}
	return -1
}

func markedNext(lines []quoteLine, i int) bool {
	for ; i < len(lines); i++ {
		if !lines[i].blank() {
			return lines[i].marked
		}
	}
	return false
}
