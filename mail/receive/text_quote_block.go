package receive

import (
	"regexp"
	"strings"
)

var (
	ruler = regexp.MustCompile(`^[*_=\-–—‐─]{3,}$`)
	// between are the signs that programs put around a word that divides.
	between = "-_=*‐–—─ \u00a0"
)

// dividedWord is the word between dashes, in lower case; dashed is false where
// there are fewer than two on either side.
func dividedWord(line string) (word string, dashed bool) {
	word = strings.Trim(line, between)
	if len(line) > 150 || word == "" {
		return "", false
	}
	at := strings.Index(line, word)
	signs := strings.TrimSpace(line[:at])
	return strings.ToLower(strings.TrimRight(word, " :：")), len(signs) >= 2
}

// originalMarkAt knows the line that Outlook and others put before the mail
// answered. Anybody could have typed it, so the header of that mail has to follow in
// a first mail, and in each where no dashes are around it, as BlackBerry writes it.
func originalMarkAt(lines []quoteLine, i int, kind MailKind) bool {
	mark, dashed := isOriginalMark(lines[i].text)
	return mark && (dashed && kind == Reply || headerFollows(lines, i, kind))
}

func isOriginalMark(line string) (mark, dashed bool) {
	word, dashed := dividedWord(line)
	return originalWords[word] || dashed && messageFrom(word), dashed
}

// messageFrom knows "----- Message from ann@example.com ---------", of Horde.
func messageFrom(word string) bool {
	for _, start := range horde {
		if strings.HasPrefix(word, start) && strings.Contains(word, "@") {
			return true
		}
	}
	return false
}

var horde = []string{"message from ", "nachricht von ", "message de ", "mensaje de ", "messaggio da ", "mensagem de ", "bericht van ", "meddelande från ", "besked fra ", "melding fra ",
	"viesti lähettäjältä ", "kiri ", "vēstule no ", "laiškas nuo ", "wiadomość od ", "zpráva od ", "správa od ", "levél ", "писмо от ", "лист від ", "poruka od ", "sporočilo od ", "μήνυμα από ", "missatge de ",
	"mensaxe de ", "skeyti frá ", "来自", "郵件自"}

// isForwardMark knows the line above a mail that is passed on.
func isForwardMark(line string) bool {
	word, dashed := dividedWord(line)
	return forwardedWords[word] && (dashed || strings.HasSuffix(line, ":") || strings.HasSuffix(line, "："))
}

// headerFollows tells whether the header of an old mail begins within the three lines
// below a mark. eM Client writes one without colons.
func headerFollows(lines []quoteLine, i int, kind MailKind) bool {
	for j := i + 1; j < min(len(lines), i+4); j++ {
		if !lines[j].blank() {
			return readHeaderBlock(lines, j, labelKinds).isOf(kind) || readHeaderBlock(lines, j, bareLabelKinds).isOf(kind)
		}
	}
	return false
}

// answeredBelow tells whether the author wrote between or below the marked lines
// of the old mail whose header stands at line i.
func answeredBelow(lines []quoteLine, i, lastOwn int) bool {
	for j := i + 1; j < min(len(lines), i+maxHeaderBlock); j++ {
		if lines[j].marked {
			return lastOwn > j
		}
		if !lines[j].blank() && len(labelKinds(lines[j].text)) == 0 {
			return false
		}
	}
	return false
}

// maxHeaderBlock is how many lines the header of an old mail takes.
const maxHeaderBlock = 12

// rulerBefore takes a line of dashes or underscores, or a mark between dashes, before
// the old mail along.
func rulerBefore(lines []quoteLine, i int) int {
	for j := i - 1; j >= 0 && j >= i-3; j-- {
		if mark, dashed := isOriginalMark(lines[j].text); mark && dashed || ruler.MatchString(lines[j].text) {
			return j
		}
		if !lines[j].blank() {
			break
		}
	}
	return i
}
