package receive

import (
	"errors"
	"strings"
)

// errAuthResSyntax is the one answer to everything that RFC 8601 does not
// allow: what cannot be read for certain says nothing.
var errAuthResSyntax = errors.New("mail: malformed Authentication-Results")

// authResult is one resinfo of an Authentication-Results field (RFC 8601, 2.2).
type authResult struct {
	method string // lower case
	result string // lower case
	props  []authProp
}

// authProp is one property, such as smtp.mailfrom. Loose marks a value that
// servers write without the quotes it needs; nothing is decided by it.
type authProp struct {
	ptype, name string // lower case
	value       string // unquoted
	loose       bool
}

// prop gives the one property of that name. Given twice, it is not given.
func (r authResult) prop(ptype, name string) (string, bool) {
	value, found := "", false
	for _, p := range r.props {
		if p.ptype != ptype || p.name != name {
			continue
		}
		if found || p.loose {
			return "", false
		}
		value, found = p.value, true
	}
	return value, found
}

// has tells whether a property of that name is there, however often.
func (r authResult) has(ptype, name string) bool {
	for _, p := range r.props {
		if p.ptype == ptype && p.name == name {
			return true
		}
	}
	return false
}

// trustedResults gives the results of the topmost field of the receiving server,
// and of its fields right below that one: a server may have one program write a
// field for DKIM and another one for DMARC. What a lower field says of a method
// that one above has named counts only where it did not pass. Fields of others
// above are passed over; below the first field of anybody else nothing is looked
// at, since the sender may have written it. found is false when the server has
// written none.
func trustedResults(h headerFields, authservID string) (results []authResult, found bool, err error) {
	if authservID == "" {
		return nil, false, nil
	}
	for i, field := range h {
		results, ours, err := resultsIn(field, authservID)
		if err == nil && !ours {
			continue
		}
		for _, next := range h[i+1:] {
			if err != nil || len(results) == 0 {
				break
			}
			more, ours, moreErr := resultsIn(next, authservID)
			if !ours {
				break // whatever it is, it need not be readable
			}
			results, err = addResults(results, more), moreErr
		}
		return results, true, err
	}
	return nil, false, nil
}

// resultsIn reads a field of the header. ours is false where it is another field,
// or of another server; an error without ours says that nobody knows whose it is.
func resultsIn(field headerField, authservID string) (results []authResult, ours bool, err error) {
	if !strings.EqualFold(field.name, "Authentication-Results") {
		return nil, false, nil
	}
	p := authResParser{s: field.value}
	id, err := p.authservID()
	if err != nil || !strings.EqualFold(id, authservID) {
		return nil, false, err
	}
	results, err = p.results()
	return results, true, err
}

// addResults adds what a lower field says.
func addResults(results, lower []authResult) []authResult {
	named := map[string]bool{}
	for _, r := range results {
		named[r.method] = true
	}
	for _, r := range lower {
		if r.result != "pass" || !named[r.method] {
			results = append(results, r)
		}
	}
	return results
}

// authResParser reads the field left to right. Comments and folding white space
// may stand between any two tokens (RFC 5322, 3.2.2), quoted strings are one
// token whatever is inside of them.
type authResParser struct {
	s   string
	pos int
	// microsoft allows "action=none" and the like between the properties.
	microsoft bool
}

// authservID reads the id and the optional version, which must be 1.
func (p *authResParser) authservID() (string, error) {
	if err := p.skipCFWS(); err != nil {
		return "", err
	}
	id, err := p.value()
	if err != nil {
		return "", err
	}
	return id, nil
}

// results reads everything after the authserv-id.
func (p *authResParser) results() ([]authResult, error) {
	if err := p.version(); err != nil {
		return nil, err
	}
	var out []authResult
	for !p.end() {
		if !p.take(';') {
			return nil, errAuthResSyntax
		}
		if err := p.skipCFWS(); err != nil {
			return nil, err
		}
		if p.end() && len(out) > 0 {
			break // a closing semicolon is common, and says nothing
		}
		r, none, err := p.resinfo()
		if err != nil {
			return nil, err
		}
		if none {
			if len(out) > 0 || !p.end() {
				return nil, errAuthResSyntax
			}
			return nil, nil
		}
		out = append(out, r)
	}
	if len(out) == 0 {
		return nil, errAuthResSyntax
	}
	return out, nil
}

func (p *authResParser) version() error {
	if err := p.skipCFWS(); err != nil {
		return err
	}
	if p.end() || p.s[p.pos] == ';' {
		return nil
	}
	version := p.run(isDigit)
	if version != "1" {
		return errAuthResSyntax
	}
	return p.skipCFWS()
}

// resinfo reads one method with its result, reason and properties, up to the
// next semicolon or the end.
func (p *authResParser) resinfo() (r authResult, none bool, err error) {
	if r.method, err = p.keyword(); err != nil {
		return r, false, err
	}
	if r.method == "none" && p.end() {
		return r, true, nil
	}
	if p.take('/') {
		if err := p.methodVersion(); err != nil {
			return r, false, err
		}
	}
	if r.result, err = p.equals(p.keyword); err != nil {
		return r, false, err
	}
	for first := true; !p.end() && p.s[p.pos] != ';'; first = false {
		if err := p.reasonOrProp(&r, first); err != nil {
			return r, false, err
		}
	}
	return r, false, nil
}

func (p *authResParser) methodVersion() error {
	if err := p.skipCFWS(); err != nil {
		return err
	}
	if p.run(isDigit) == "" {
		return errAuthResSyntax
	}
	return p.skipCFWS()
}

// reasonOrProp reads one "ptype.property=value", or as the first one
// "reason=value". A word must not run into the one before it.
func (p *authResParser) reasonOrProp(r *authResult, first bool) error {
	if !p.separated() {
		return errAuthResSyntax
	}
	ptype, err := p.keyword()
	if err != nil {
		return err
	}
	if (first && ptype == "reason" || p.microsoft) && !p.end() && p.s[p.pos] == '=' {
		_, err := p.equals(p.value)
		return err
	}
	if !p.take('.') {
		return errAuthResSyntax
	}
	if err := p.skipCFWS(); err != nil {
		return err
	}
	prop := authProp{ptype: ptype}
	if prop.name, err = p.keyword(); err != nil {
		return err
	}
	prop.value, err = p.equals(func() (string, error) {
		value, loose, err := p.pvalue()
		prop.loose = loose
		return value, err
	})
	r.props = append(r.props, prop)
	return err
}
