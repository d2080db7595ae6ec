package coaching

import (
	"net/mail"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// One mailbox has one spelling in which it is stored and compared: small letters,
// composed (NFC), and the domain in ASCII (IDNA 2008: "xn--…" for "bücher"). People
// see the domain as they write it.

// maxAddress is how long an address may be, in bytes (RFC 5321, 4.5.3.1.3).
const maxAddress = 254

// MailboxKey gives the one spelling of an address, which tells whether two are the
// same mailbox. It refuses nothing: what is no address comes back in small letters.
func MailboxKey(address string) string {
	address = composed(strings.TrimSpace(address))
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return address
	}
	return address[:at+1] + asciiDomain(address[at+1:])
}

// SameMailbox reports whether two addresses are one mailbox.
func SameMailbox(a, b string) bool { return MailboxKey(a) == MailboxKey(b) }

// SessionAddress begins the local part of the address that organizes a session in
// calendars: what comes there are the answers of calendars.
const SessionAddress = "session-"

// IsOwn reports whether an address is in a domain of ours, or below it: mail to it comes
// back in, and the answers to it do, too. An empty domain is nobody's.
func IsOwn(address, domain string) bool {
	own, key := strings.TrimPrefix(MailboxKey("@"+domain), "@"), MailboxKey(address)
	theirs := strings.TrimSuffix(key[strings.LastIndexByte(key, '@')+1:], ".")
	return own != "" && (theirs == own || strings.HasSuffix(theirs, "."+own))
}

// OwnMail is where mail comes to this system, or leaves from it.
type OwnMail struct {
	Domain string // of the system addresses
	// Sender is the address that all mails are from. Others of its domain may be people's.
	Sender string
}

// CheckNotOwn refuses an address in a domain of ours, and the one that our mails are from:
// what goes there reaches nobody, and what comes from there counts as ours.
func CheckNotOwn(address string, own OwnMail, path string) *Problem {
	if !IsOwn(address, own.Domain) && (own.Sender == "" || !SameMailbox(address, own.Sender)) {
		return nil
	}
	return Problemf(Invalid, "email_is_system_address", "%s is an address of this system, at which nobody reads mail. Enter the person's own.", strings.TrimSpace(address)).
		WithField(path, "email_is_system_address", "an address of this system")
}

// EmailAddress checks a bare address (RFC 5321 Mailbox, no display name, at
// most 254 bytes) and returns it in the spelling in which addresses are stored:
// see MailboxKey. ShowAddress is for people. The error is a *Problem with code
// email_invalid or invisible_character on the field "email".
func EmailAddress(s string) (string, error) {
	s = strings.TrimSpace(s)
	if p := checkVisibleAddress(s); p != nil {
		return "", p
	}
	key := MailboxKey(s)
	parsed, err := mail.ParseAddress(key)
	domain := key[strings.LastIndexByte(key, '@')+1:]
	bad := err != nil || parsed.Address != key || len(key) > maxAddress || strings.ContainsFunc(key, isControl) ||
		strings.ContainsAny(key, " \"<>,;") || !strings.Contains(domain, ".") || !isASCII(domain)
	if bad {
		return "", Problemf(Invalid, "email_invalid", "%q is not an email address; write it like name@example.com.", s).
			WithField("email", "email_invalid", "not an email address like name@example.com")
	}
	return key, nil
}

// checkVisibleAddress refuses an address with a character that nobody sees. In the part
// before the @ there is none that anybody needs; a domain may have those of its script.
func checkVisibleAddress(s string) *Problem {
	at := strings.LastIndexByte(s, '@')
	for _, r := range s[:max(at, 0)] {
		if unicode.Is(invisible, r) {
			return invisibleProblem("The address", r, "email")
		}
	}
	return CheckVisible("The address", s[at+1:], "email")
}

// ShowAddress gives a stored address as people write it, with the domain in its own
// script. A domain that mixes scripts, so that it can be taken for another one, is
// shown as it is stored.
func ShowAddress(stored string) string {
	at := strings.LastIndexByte(stored, '@')
	if at < 0 || !strings.Contains(stored[at:], "xn--") {
		return stored
	}
	domain, err := idna.Display.ToUnicode(stored[at+1:])
	if shown := stored[:at+1] + domain; err == nil && !mixesScripts(domain) && MailboxKey(shown) == stored {
		return shown
	}
	return stored
}

// composed is a text in small letters, with one way of writing accents.
func composed(s string) string { return norm.NFC.String(strings.ToLower(norm.NFC.String(s))) }

// asciiDomain is a domain in ASCII. One that cannot be written so stays: where it
// is in ASCII already, as with an underscore, mail may reach it.
func asciiDomain(domain string) string {
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		return ascii
	}
	return domain
}

// mixesScripts tells whether a label of a domain has letters of Latin beside those
// of Cyrillic or Greek, which look alike.
func mixesScripts(domain string) bool {
	for _, label := range strings.Split(domain, ".") {
		count := 0
		for _, script := range []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek} {
			if strings.ContainsFunc(label, func(r rune) bool { return unicode.Is(script, r) }) {
				count++
			}
		}
		if count > 1 {
			return true
		}
	}
	return false
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}
