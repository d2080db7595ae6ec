package compose

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"coachflow/coaching"

	"golang.org/x/net/idna"
)

// MaxAddr is the longest mail address, in bytes (RFC 5321 with erratum 1690).
const MaxAddr = 254

// BreaksLine is true for characters that some program takes for the end of a
// line, and for all other controls.
func BreaksLine(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
}

// PrintableASCII is true for letters, digits, signs and spaces of ASCII alone.
func PrintableASCII(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// ASCIIDomain writes the domain of an address in its ASCII form (IDNA), which
// every server takes. The local part has no such form.
func ASCIIDomain(addr string) string {
	at := strings.LastIndexByte(addr, '@')
	if at < 0 || PrintableASCII(addr[at:]) {
		return addr
	}
	domain, err := idna.Lookup.ToASCII(addr[at+1:])
	if err != nil {
		return addr
	}
	return addr[:at+1] + domain
}

// RefuseControl refuses a value with control characters, line separators or
// broken UTF-8, before it reaches a header, calendar, contact, CSV or log line:
// there a line break would begin a line of the sender's choosing. The error is
// a *coaching.Problem with code control_character.
func RefuseControl(s string) error {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, BreaksLine) {
		return nil
	}
	return coaching.Problemf(coaching.Invalid, "control_character", "Line breaks and control characters are not allowed here.")
}

// OneLine makes one line of words out of what another program sent: white space
// is single spaces, control characters are gone, and it ends after limit bytes.
func OneLine(s string, limit int) string {
	return shorten(strings.Join(strings.Fields(cleanValue(s)), " "), limit)
}

// shorten shortens s to at most limit bytes, at the end of a word where there is one.
func shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	s = s[:limit]
	if space := strings.LastIndexByte(s, ' '); space > limit/2 {
		s = s[:space]
	}
	return s + "…"
}
