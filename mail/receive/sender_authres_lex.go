package receive

import (
	"regexp"
	"strings"
)

// equals reads "=" and then what read reads, with the space around both.
func (p *authResParser) equals(read func() (string, error)) (string, error) {
	if !p.take('=') {
		return "", errAuthResSyntax
	}
	if err := p.skipCFWS(); err != nil {
		return "", err
	}
	value, err := read()
	if err != nil {
		return "", err
	}
	return value, p.skipCFWS()
}

// keyword reads letters, digits and inner hyphens (RFC 5321, 4.1.2), and the
// space after them.
func (p *authResParser) keyword() (string, error) {
	word := p.run(func(c byte) bool { return isAlnum(c) || c == '-' || c == '_' })
	if word == "" || strings.HasSuffix(word, "-") {
		return "", errAuthResSyntax
	}
	return strings.ToLower(word), p.skipCFWS()
}

// value reads a token or a quoted string (RFC 2045, 5.1).
func (p *authResParser) value() (string, error) {
	if !p.end() && p.s[p.pos] == '"' {
		return p.quotedString()
	}
	token := p.run(isTokenChar)
	if token == "" {
		return "", errAuthResSyntax
	}
	return token, nil
}

var (
	looseDomain = regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$`)
	dotAtom     = regexp.MustCompile(`^[^.]+(\.[^.]+)*$`)
)

// pvalue reads the value of a property: a value, or [[local-part] "@"] domain.
// The local part may be quoted; what is inside the quotes is then never taken
// for anything else. Some servers leave out the quotes that base64 and IPv6
// need: the characters / = : ? cannot end a value, so they are read, and the
// value is marked loose.
func (p *authResParser) pvalue() (value string, loose bool, err error) {
	local := ""
	if !p.end() && p.s[p.pos] == '"' {
		if local, err = p.quotedString(); err != nil || p.end() || p.s[p.pos] != '@' {
			return local, false, err
		}
	} else {
		local = p.run(isLooseChar)
		if p.end() || p.s[p.pos] != '@' {
			if local == "" {
				return "", false, errAuthResSyntax
			}
			return local, strings.ContainsAny(local, "/=:?"), nil
		}
		if local != "" && (!dotAtom.MatchString(local) || strings.Contains(local, ":")) {
			return "", false, errAuthResSyntax
		}
	}
	p.pos++ // the @
	domain := p.run(isTokenChar)
	if !looseDomain.MatchString(domain) {
		return "", false, errAuthResSyntax
	}
	return local + "@" + domain, false, nil
}

// quotedString reads a quoted string (RFC 5322, 3.2.4) and gives its content.
func (p *authResParser) quotedString() (string, error) {
	var out strings.Builder
	for p.pos++; !p.end(); p.pos++ {
		switch c := p.s[p.pos]; {
		case c == '"':
			p.pos++
			return out.String(), nil
		case c == '\\':
			if p.pos++; p.end() || !isQuotable(p.s[p.pos]) {
				return "", errAuthResSyntax
			}
			out.WriteByte(p.s[p.pos])
		case !isQuotable(c):
			return "", errAuthResSyntax
		default:
			out.WriteByte(c)
		}
	}
	return "", errAuthResSyntax
}

// skipCFWS goes over white space and nested comments.
func (p *authResParser) skipCFWS() error {
	depth := 0
	for ; !p.end(); p.pos++ {
		switch c := p.s[p.pos]; {
		case c == '(':
			depth++
		case depth > 0 && c == ')':
			depth--
		case depth > 0 && c == '\\':
			if p.pos++; p.end() || !isQuotable(p.s[p.pos]) {
				return errAuthResSyntax
			}
		case depth > 0:
			if !isQuotable(c) {
				return errAuthResSyntax
			}
		case c != ' ' && c != '\t':
			return nil
		}
	}
	if depth > 0 {
		return errAuthResSyntax
	}
	return nil
}

// separated tells whether white space, a comment or a delimiter stands before
// the current position.
func (p *authResParser) separated() bool {
	return p.pos > 0 && strings.IndexByte(" \t)", p.s[p.pos-1]) >= 0
}

func (p *authResParser) end() bool { return p.pos >= len(p.s) }

func (p *authResParser) take(c byte) bool {
	if p.end() || p.s[p.pos] != c {
		return false
	}
	p.pos++
	return true
}

func (p *authResParser) run(in func(byte) bool) string {
	start := p.pos
	for !p.end() && in(p.s[p.pos]) {
		p.pos++
	}
	return p.s[start:p.pos]
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isAlnum(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// isTokenChar is the token of RFC 2045: printable ASCII but the tspecials.
func isTokenChar(c byte) bool {
	return c > ' ' && c < 0x7f && strings.IndexByte(`()<>@,;:\"/[]?=`, c) < 0
}

func isLooseChar(c byte) bool {
	return isTokenChar(c) || strings.IndexByte("/=:?", c) >= 0
}

// isQuotable is what may stand in a comment or quoted string: white space,
// printable ASCII, and UTF-8 (RFC 6532).
func isQuotable(c byte) bool { return c == ' ' || c == '\t' || c > ' ' && c != 0x7f }
