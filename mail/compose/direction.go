package compose

import (
	"golang.org/x/text/unicode/bidi"
)

// Direction is the direction in which a text is written, for the attribute "dir":
// "rtl" or "ltr" by its first strong character (UAX #9, rules P2 and P3), and ""
// where it has none, such as a text of digits.
func Direction(text string) string {
	isolated := 0
	for _, r := range text {
		switch properties, _ := bidi.LookupRune(r); properties.Class() {
		case bidi.LRI, bidi.RLI, bidi.FSI:
			isolated++
		case bidi.PDI:
			isolated = max(0, isolated-1)
		case bidi.L:
			if isolated == 0 {
				return "ltr"
			}
		case bidi.R, bidi.AL:
			if isolated == 0 {
				return "rtl"
			}
		}
	}
	return ""
}
