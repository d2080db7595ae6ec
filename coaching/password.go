package coaching

import (
	"fmt"
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

// PasswordAdvice tells people how to choose a password.
var PasswordAdvice = fmt.Sprintf("At least %d characters. A few words in a row are easy to remember and hard to guess.", shortestPassword)

// commonPasswords are long passwords that are tried first, and beginnings of what
// a keyboard or counting gives.
var commonPasswords = []string{"123456789", "987654321", "1234567890", "0123456789", "qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "1qaz2wsx3edc", "1q2w3e4r5t",
	"abcdefghij", "passwordpassword", "password123", "passw0rd", "iloveyou", "administrator", "welcome123", "changeme", "correcthorsebatterystaple"}

// CheckPassword refuses a password that is easy to guess for a person who is
// known by these addresses. There are no rules about kinds of characters, which
// make passwords harder to remember and not harder to guess (NIST SP 800-63B,
// section 5.1.1.2, which also wants common passwords refused). The error is a
// *Problem on the field "password".
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
	for _, common := range commonPasswords {
		// With a few characters more it is still the same one.
		if rest, is := strings.CutPrefix(strings.ToLower(password), common); is && utf8.RuneCountInString(rest) <= 4 {
			return passwordProblem("password_too_simple", "This password is among the first that are tried; choose one that is harder to guess.")
		}
	}
	for _, address := range addresses {
		if strings.EqualFold(password, address) {
			return passwordProblem("password_too_simple", "The password must not be your email address; choose one that is harder to guess.")
		}
	}
	return nil
}

// PossiblePassword reports whether something can be a password at all. What cannot be
// one is not hashed.
func PossiblePassword(password string) bool {
	return password != "" && len(password) <= longestPassword
}

func passwordProblem(code, format string, args ...any) error {
	p := Problemf(Invalid, code, format, args...)
	return p.WithField("password", code, "%s", p.Message)
}
