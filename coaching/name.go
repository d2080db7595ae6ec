package coaching

import (
	"strings"
	"unicode/utf8"
)

// maxName is how long a name may be, in characters.
const maxName = 200

// CleanName checks the name of a thing ("A person", "An engagement"), which
// stands in mails and lists: one line of 1 to 200 characters, without control
// characters, which no header of a mail can carry. Space around it is dropped;
// a tab, as it comes out of a table, counts as a space. The error is a *Problem
// with code name_invalid or invisible_character on the field "name".
func CleanName(thing, name string) (string, error) {
	name = strings.TrimSpace(strings.ReplaceAll(name, "\t", " "))
	if name == "" || utf8.RuneCountInString(name) > maxName || !utf8.ValidString(name) || strings.ContainsFunc(name, isControl) {
		return name, Problemf(Invalid, "name_invalid", "%s needs a name of 1 to %d characters on one line.", thing, maxName).
			WithField("name", "name_invalid", "1 to %d characters, no line breaks or control characters", maxName)
	}
	if p := CheckVisible("The name", name, "name"); p != nil {
		return name, p
	}
	return name, nil
}
