package coaching

import (
	"strings"
	"unicode/utf8"
)

// A password has at least 12 characters, and at most 1024 bytes: hashing is
// work, and nobody types more.
const (
	shortestPassword = 12
	longestPassword  = 1024
	fewestCharacters = 4 // different ones
)

// CheckPassword refuses a password that is easy to guess for a person who is
// known by these addresses. There are no rules about kinds of characters, which
// make passwords harder to remember and not harder to guess (NIST SP 800-63B,
// section 5.1.1.2). The error is a *Problem on the field "password".
func CheckPassword(password string, addresses ...string) error {
	different := map[rune]bool{}
	for _, c := range password {
		different[c] = true
	}
	switch {
	case utf8.RuneCountInString(password) < shortestPassword:
		return passwordProblem("password_too_short", "A password needs at least %d characters.", shortestPassword)
	case len(password) > longestPassword:
		return passwordProblem("password_too_long", "A password has at most %d bytes.", longestPassword)
	case !utf8.ValidString(password) || strings.ContainsRune(password, 0):
		return passwordProblem("password_unreadable", "The password has characters that cannot be read; type it again.")
	case len(different) < fewestCharacters:
		return passwordProblem("password_too_simple", "The password repeats the same few characters; choose one that is harder to guess.")
	}
	for _, address := range addresses {
		if strings.EqualFold(password, address) {
			return passwordProblem("password_too_simple", "The password must not be your email address; choose one that is harder to guess.")
		}
	}
	return nil
}

func passwordProblem(code, format string, args ...any) error {
	p := Problemf(Invalid, code, format, args...)
	return p.WithField("password", code, "%s", p.Message)
}
