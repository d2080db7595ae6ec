package receive

import (
	netmail "net/mail"
	"regexp"
	"strings"

	"coachflow/mail/compose"

	"golang.org/x/net/idna"
)

// Address is one mail address with the display name its owner gave. The domain
// of Addr is in lower case, and in its ASCII form where it has one.
type Address struct {
	Name string
	Addr string
}

// Domain is the part after the last @, or "" where there is none.
func (a Address) Domain() string {
	if i := strings.LastIndexByte(a.Addr, '@'); i >= 0 {
		return a.Addr[i+1:]
	}
	return ""
}

// Local is the part before the last @, as written.
func (a Address) Local() string {
	if i := strings.LastIndexByte(a.Addr, '@'); i >= 0 {
		return a.Addr[:i]
	}
	return a.Addr
}

// maxAddressList bounds an address field that is parsed, in bytes.
const maxAddressList = 64 << 10

// parseAddresses reads an address list for display. What it cannot read it
// leaves out; nothing that decides who may post is built on it.
func parseAddresses(value string) []Address {
	if len(value) > maxAddressList {
		return nil
	}
	parser := netmail.AddressParser{WordDecoder: &wordDecoder}
	list, err := parser.ParseList(validText(value))
	if err != nil {
		return looseAddresses(validText(value))
	}
	out := make([]Address, 0, len(list))
	for _, a := range list {
		out = append(out, Address{Name: decodeHeader(a.Name), Addr: lowerDomain(a.Address)})
	}
	return out
}

var looseAddress = regexp.MustCompile(`[^\s<>()",;:@]{1,64}@[A-Za-z0-9.-]{1,255}`)

// looseAddresses picks what looks like an address out of a broken list.
func looseAddresses(value string) []Address {
	var out []Address
	for _, m := range looseAddress.FindAllString(value, 100) {
		out = append(out, Address{Addr: lowerDomain(m)})
	}
	return out
}

func lowerDomain(addr string) string {
	i := strings.LastIndexByte(addr, '@')
	if i < 0 {
		return addr
	}
	domain := strings.ToLower(addr[i+1:])
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		domain = ascii
	}
	return addr[:i+1] + domain
}

// SoleAuthor gives the one author of a mail. A mail without From, with several
// From fields, several addresses, a group, or an address written in a way that
// two programs could read differently has none: the error is a *Refusal with
// code author_missing, author_ambiguous or author_malformed. RFC 5322 allows
// more; RFC 7489, 6.6.1, is the precedent for refusing it.
func SoleAuthor(raw []byte) (Address, error) {
	return soleAuthor(readFields(raw).all("From"))
}

func soleAuthor(froms []string) (Address, error) {
	switch {
	case len(froms) == 0:
		return Address{}, refuseMail("author_missing", "The mail has no From field.")
	case len(froms) > 1:
		return Address{}, refuseMail("author_ambiguous", "The mail has more than one From field.")
	}
	value := strings.ReplaceAll(froms[0], "\t", " ") // from folding
	malformed := refuseMail("author_malformed", "The From field of the mail cannot be read with certainty.")
	if len(value) > 2000 || strings.ContainsFunc(value, compose.BreaksLine) {
		return Address{}, malformed
	}
	if hasUnquoted(value, ":;") {
		return Address{}, refuseMail("author_ambiguous", "The From field of the mail names a group.")
	}
	parser := netmail.AddressParser{WordDecoder: &wordDecoder}
	list, err := parser.ParseList(value)
	if err != nil {
		return Address{}, malformed
	}
	if len(list) != 1 {
		return Address{}, refuseMail("author_ambiguous", "The From field of the mail has more than one address.")
	}
	author := Address{Name: decodeHeader(list[0].Name), Addr: lowerDomain(list[0].Address)}
	if !plainAddress(author.Addr) || !strings.Contains(strings.ToLower(value), strings.ToLower(list[0].Address)) {
		return Address{}, malformed
	}
	return author, nil
}

var (
	plainLocal  = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+/=?^_{|}~\x60-]+(\.[A-Za-z0-9!#$%&'*+/=?^_{|}~\x60-]+)*$`)
	plainDomain = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)
)

// plainAddress accepts dot-atoms at host names only: no quoted local part, no
// address literal, no encoded word, nothing outside ASCII.
func plainAddress(addr string) bool {
	a := Address{Addr: addr}
	local, domain := a.Local(), a.Domain()
	return len(addr) <= compose.MaxAddr && !strings.Contains(local, "=?") &&
		plainLocal.MatchString(local) && plainDomain.MatchString(domain)
}

// hasUnquoted tells whether one of the characters stands outside quoted
// strings and comments.
func hasUnquoted(s, chars string) bool {
	quoted, depth := false, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && (quoted || depth > 0):
			i++
		case c == '"' && depth == 0:
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth == 0 && strings.IndexByte(chars, c) >= 0:
			return true
		}
	}
	return false
}
