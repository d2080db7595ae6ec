package receive

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// headerParts is what a line before a quotation has, with places in the text.
type headerParts struct {
	text               string
	verb, address      []int // begin and end; nil for none
	dated, timed, head bool  // head: the date comes first
}

// findAddress gives the place of the first address in a text, nil where there is
// none.
func findAddress(s string) []int {
	for from := 0; ; {
		at := strings.IndexByte(s[from:], '@')
		if at < 0 {
			return nil
		}
		at += from
		start := strings.LastIndexFunc(s[from:at], endsAddress)
		if start < 0 {
			start = from
		} else {
			_, size := utf8.DecodeRuneInString(s[from+start:])
			start += from + size
		}
		end := strings.IndexFunc(s[at+1:], endsAddress)
		if end < 0 {
			end = len(s)
		} else {
			end += at + 1
		}
		if start < at && end > at+1 {
			return []int{start, end}
		}
		from = at + 1
	}
}

func endsAddress(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune("<>()[]{}\"'“”«»,;:、，", r)
}

// certain: date, verb and address, the verb or the address at the end, and
// between verb and address a name.
func (h headerParts) certain() bool {
	if !h.dated || h.address == nil || h.verb == nil || !h.shortTail() {
		return false
	}
	if h.verb[1] <= h.address[0] && !nameLike(h.text[h.verb[1]:h.address[0]], maxName) {
		return false
	}
	return h.head && h.fewSmallWords() || h.nameFirst()
}

// likely is what counts before marked lines only: two of date, verb and author.
func (h headerParts) likely() bool {
	switch {
	case !h.shortTail():
		return false
	case h.head && h.dated:
		return h.verb != nil || h.address != nil || h.timed && len(strings.Fields(h.text)) <= 12 && nameLike(afterClock(h.text), 6)
	case h.address != nil && h.nameFirst():
		return h.verb != nil || h.dated
	}
	return h.verb != nil && h.dated && h.nameLeads()
}

// nameLeads tells whether nothing but a name stands before the verb or the date.
func (h headerParts) nameLeads() bool {
	end := h.verb[0]
	if digit := strings.IndexFunc(h.text, unicode.IsDigit); digit >= 0 {
		end = min(end, digit)
	}
	return end > 0 && nameLike(h.text[:end], maxName)
}

// nameFirst tells whether the author stands at the beginning: a name before the
// address, and no other words.
func (h headerParts) nameFirst() bool {
	before := h.text[:h.address[0]]
	if h.verb != nil && h.verb[1] <= h.address[0] {
		before = h.text[:h.verb[0]] + h.text[h.verb[1]:h.address[0]]
	}
	return nameLike(before, maxName)
}

// fewSmallWords tells a program's line from a sentence: between the date and the
// address stand a name and at most three words in small letters.
func (h headerParts) fewSmallWords() bool {
	before := afterClock(h.text[:h.address[0]])
	small := 0
	for _, word := range strings.Fields(before) {
		if startsSmall(word) && word != "via" {
			small++
		}
	}
	return small <= 3 && len(strings.Fields(before)) <= maxName+4
}

// shortTail: at most three words after the last of verb, address and digits, or
// the name.
func (h headerParts) shortTail() bool {
	end := 0
	for _, place := range [][]int{h.verb, h.address} {
		if place != nil {
			end = max(end, place[1])
		}
	}
	if digits := strings.LastIndexFunc(h.text, unicode.IsDigit); digits >= 0 {
		_, size := utf8.DecodeRuneInString(h.text[digits:])
		end = max(end, digits+size)
	}
	tail := strings.Fields(h.text[end:])
	return len(tail) <= 3 && len(strings.Join(tail, " ")) <= 60 || h.verb != nil && nameLike(h.text[end:], maxName)
}

// afterClock is what follows the last time of day, or the last number.
func afterClock(s string) string {
	if clock := timeIn.FindAllStringIndex(s, -1); len(clock) > 0 {
		return s[clock[len(clock)-1][1]:]
	}
	return s[strings.LastIndexFunc(s, unicode.IsDigit)+1:]
}

// smallParts are words in small letters that stand in names, or before them in
// the lines of mail programs.
var smallParts = wordSet("von vom van der den de da do dos das del della di du la le el al bin ibn ben ten ter zu via by from at of gmt cet cest utc am pm uhr u. a ni nang przez " +
	"от от: від by za y e и et und and je oseba osoba ο η ο/η ο/η: χρήστης hat har heeft het er erabiltzaileak egileak igorleak użytkownik uživatel užívateľ používateľ odesílatel lietotājs kasutaja")

// nameLike tells whether a text is a name of at most so many words: none begins
// with a small letter, but parts as "von".
func nameLike(s string, most int) bool {
	count := 0
	for _, word := range strings.Fields(s) {
		if startsSmall(word) && !smallParts[strings.Trim(word, ",;()<>\"'")] {
			return false
		}
		if strings.ContainsFunc(word, unicode.IsLetter) {
			count++
		}
	}
	return count <= most
}

func startsSmall(word string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(word, "\"'“„«‚‘(<[,;.-–"))
	return unicode.IsLower(r)
}

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(words) {
		set[word] = true
	}
	return set
}
