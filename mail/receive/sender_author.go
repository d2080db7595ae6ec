package receive

import (
	netmail "net/mail"
	"regexp"
	"strings"

	"coachflow/mail/compose"
)

// SoleAuthor gives the one author of a mail. A mail without From, with several
// From fields, several different addresses, a group, or an address written in a
// way that two programs could read differently has none: the error is a *Refusal
// with code author_missing, author_ambiguous or author_malformed. RFC 5322 allows
// more; RFC 7489, 6.6.1, is the precedent for refusing it. A name may be written
// in any way, as long as the address is clear.
func SoleAuthor(raw []byte) (Address, error) {
	return soleAuthor(readFields(raw).all("From"))
}

const malformedAuthor = "The From field of the mail cannot be read with certainty."

func soleAuthor(froms []string) (Address, error) {
	switch {
	case len(froms) == 0:
		return Address{}, refuseMail("author_missing", "The mail has no From field.")
	case len(froms) > 1:
		return Address{}, refuseMail("author_ambiguous", "The mail has more than one From field.")
	}
	value := strings.ReplaceAll(froms[0], "\t", " ") // from folding
	malformed := refuseMail("author_malformed", malformedAuthor)
	if len(value) > 2000 || strings.ContainsFunc(value, compose.BreaksLine) {
		return Address{}, malformed
	}
	group := hasUnquoted(value, ":;")
	parser := netmail.AddressParser{WordDecoder: &wordDecoder}
	list, err := parser.ParseList(validText(value))
	if err == nil && !group {
		return oneAuthor(value, list)
	}
	if author, clear := clearAuthor(value); clear {
		return author, nil
	}
	if group {
		return Address{}, refuseMail("author_ambiguous", "The From field of the mail names a group.")
	}
	return Address{}, malformed
}

// oneAuthor takes the author from a list that a strict reader found in the field:
// the same address twice is one.
func oneAuthor(value string, list []*netmail.Address) (Address, error) {
	author := Address{Name: decodeHeader(list[0].Name), Addr: lowerDomain(list[0].Address)}
	for _, other := range list[1:] {
		if !strings.EqualFold(lowerDomain(other.Address), author.Addr) {
			return Address{}, refuseMail("author_ambiguous", "The From field of the mail has more than one address.")
		}
		if author.Name == "" {
			author.Name = decodeHeader(other.Name)
		}
	}
	if !plainAddress(author.Addr) || !strings.Contains(strings.ToLower(value), strings.ToLower(list[0].Address)) {
		return Address{}, refuseMail("author_malformed", malformedAuthor)
	}
	return author, nil
}

// clearAuthor reads "NAME <ADDRESS>" where the name has signs that it would need
// quotes for, or bytes of an old charset, so that a strict reader refuses it. The
// address is clear where every reading gives it: one pair of angle brackets, which
// ends the field, a plain address between them, and no other address anywhere, not
// even in the name when it is decoded. Open quotes and comments, which could hide
// the brackets, are refused, and so is a backslash.
func clearAuthor(value string) (Address, bool) {
	value = strings.TrimSpace(value)
	name, rest, found := strings.Cut(value, "<")
	if !found || strings.Count(value, ">") != 1 || !strings.HasSuffix(rest, ">") || strings.Contains(rest, "<") {
		return Address{}, false
	}
	written := strings.Trim(rest[:len(rest)-1], " ")
	author := Address{Name: decodeHeader(strings.ReplaceAll(name, `"`, "")), Addr: lowerDomain(written)}
	if !plainAddress(author.Addr) || !hasUnquoted(value, "<") || strings.Contains(name, `\`) || strings.Count(name, `"`)%2 != 0 {
		return Address{}, false
	}
	if !namesOnly(name, written) || !namesOnly(author.Name, written) {
		return Address{}, false
	}
	return author, true
}

// namesOnly tells whether a name has no other address in it. A program that takes
// a name for an address writes it twice.
func namesOnly(name, addr string) bool {
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(" \"'()[],;:<>", r) }) {
		if strings.ContainsAny(word, "@＠﹫") && !strings.EqualFold(word, addr) {
			return false
		}
	}
	return true
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
