package receive

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wroteWords are the verbs that stand alone between other signs; wrotePieces are
// those of scripts that write no space around them.
var wroteWords, wrotePieces = readWrote()

func readWrote() (words map[string]bool, pieces []string) {
	words = map[string]bool{}
	for word := range inReplyWords(func(w replyWords) string { return w.wrote }) {
		if spaced(word) {
			words[word] = true
		} else {
			pieces = append(pieces, word)
		}
	}
	return words, pieces
}

// spaced tells whether the script of a word puts spaces between words.
func spaced(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Khmer)
}

// findWrote gives the place of the last verb in a text, nil where there is none.
func findWrote(s string) []int {
	var found []int
	eachWord(s, func(start, end int) {
		if wroteWords[strings.ToLower(s[start:end])] {
			found = []int{start, end}
		}
	})
	if isASCII(s) {
		return found
	}
	for _, piece := range wrotePieces {
		if at := strings.LastIndex(s, piece); at >= 0 && (found == nil || at >= found[0]) {
			found = []int{at, at + len(piece)}
		}
	}
	return found
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// eachWord goes over the words of a text: letters, and the slashes, hyphens and
// brackets between them ("napisał(a)", "כתב/ה").
func eachWord(s string, see func(start, end int)) {
	start := -1
	for i, r := range s + " " {
		inside := unicode.IsLetter(r) || unicode.IsMark(r) || start >= 0 && strings.ContainsRune("()/-", r)
		switch {
		case inside && start < 0:
			start = i
		case !inside && start >= 0:
			see(start, trimWord(s, start, i))
			start = -1
		}
	}
}

// trimWord takes off signs at the end that belong to the sentence: ")" where the
// word opened no bracket.
func trimWord(s string, start, end int) int {
	for end > start {
		last := s[end-1]
		if last != '-' && last != '/' && last != '(' && (last != ')' || strings.Contains(s[start:end], "(")) {
			break
		}
		end--
	}
	return end
}

var quotingWords = inReplyWords(func(w replyWords) string { return w.quoting })

// startsQuoting knows "Quoting Ann <ann@example.com>:", as Horde writes it.
func startsQuoting(s string) bool {
	lower := strings.ToLower(s[:min(len(s), 60)])
	for word := range quotingWords {
		if rest, ok := strings.CutPrefix(lower, word); ok && rest != "" && (!spaced(word) || strings.HasPrefix(rest, " ")) {
			return len(strings.Fields(s)) <= 8 && (strings.Contains(s, "@") || nameLike(s[len(word):], 4))
		}
	}
	return false
}

// openers begin sentences of an author's that end in "wrote:".
var openers = wordSet("as like what when where how why here this that these those i you he she we they and but or so then if because since my your his her our their " +
	"wie was als da wo hier das dies ich du sie er es wir ihr und aber oder comme quand ici je tu il elle nous vous ils et mais como cuando aquí yo tú él ella y pero come quando qui io lui lei e ma")

// namedVerb knows "Ann Berg wrote:", without date and address: a name of two to
// four words and the verb.
func namedVerb(s string, verb []int) bool {
	words := strings.Fields(s)
	if verb == nil || len(words) < 3 || len(words) > 6 || openers[strings.ToLower(words[0])] {
		return false
	}
	before, after := strings.Fields(s[:verb[0]]), strings.TrimSpace(s[verb[1]:])
	if n := len(before); n > 0 && wordSetOfHelpers[strings.ToLower(before[n-1])] {
		before = before[:n-1]
	}
	return (after == "" || wordSetOfHelpers[after]) && len(before) >= 2 && len(before) <= 4 && nameLike(strings.Join(before, " "), 4)
}

// wordSetOfHelpers stand beside the verb: "a écrit", "ha scritto", "napisao je".
var wordSetOfHelpers = wordSet("a ha hat het va je đã hà eo")
