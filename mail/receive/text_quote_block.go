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

// isOriginalMark knows the line that Outlook and others put before the mail
// answered. Without dashes, as BlackBerry writes it, a label has to follow.
func isOriginalMark(lines []quoteLine, i int) bool {
	word, dashed := dividedWord(lines[i].text)
	if !originalWords[word] {
		return dashed && messageFrom(word)
	}
	return dashed || labelFollows(lines, i)
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

func labelFollows(lines []quoteLine, i int) bool {
	for j := i + 1; j < min(len(lines), i+4); j++ {
		if !lines[j].blank() {
			return len(labelKinds(lines[j].text)) > 0
		}
	}
	return false
}

// labelKinds gives what a line's label can mean, none where it has none.
func labelKinds(line string) []string {
	at := strings.IndexAny(line[:min(len(line), 60)], ":：")
	if at <= 0 {
		return nil
	}
	return labelWords[strings.ToLower(strings.Trim(line[:at], " *_|\u00a0\t"))]
}

// headerBlockAt tells whether the header of an old mail is written out from
// line i on: at least three of From, Date, To and Subject, in any order, with at
// most two wrapped lines between. From and Subject are among them, or From and To
// with "Sent:", or with an address and a date: a journey has the others, too.
func headerBlockAt(lines []quoteLine, i int) bool {
	if len(labelKinds(lines[i].text)) == 0 {
		return false
	}
	kinds, labels, wrapped, mailed := map[string]bool{}, 0, 0, false
	for _, line := range lines[i:min(len(lines), i+9)] {
		found := labelKinds(line.text)
		if len(found) == 0 {
			if wrapped++; wrapped > 2 || line.blank() {
				break
			}
			continue
		}
		labels++
		mailed = mailed || strings.Contains(line.text, "@")
		for _, kind := range found {
			kinds[kind] = true
		}
	}
	return labels >= 3 && kinds[labelFrom] && (kinds[labelSubject] || kinds[labelTo] && (kinds[labelSent] || kinds[labelDate] && mailed))
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

// rulerBefore takes a line of dashes or underscores before the old mail along.
func rulerBefore(lines []quoteLine, i int) int {
	for j := i - 1; j >= 0 && j >= i-3; j-- {
		if ruler.MatchString(lines[j].text) {
			return j
		}
		if !lines[j].blank() {
			break
		}
	}
	return i
}
