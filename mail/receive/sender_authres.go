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

// trustedResults gives the results of the topmost field of the receiving
// server. Fields of others above it are passed over; a field below it is never
// looked at, since the sender may have written it. found is false when the
// server has written none.
func trustedResults(h headerFields, authservID string) (results []authResult, found bool, err error) {
	if authservID == "" {
		return nil, false, nil
	}
	for _, value := range h.all("Authentication-Results") {
		p := authResParser{s: value}
		id, err := p.authservID()
		if err != nil {
			return nil, true, err
		}
		if strings.EqualFold(id, authservID) {
			results, err := p.results()
			return results, true, err
		}
	}
	return nil, false, nil
}

// authResParser reads the field left to right. Comments and folding white space
// may stand between any two tokens (RFC 5322, 3.2.2), quoted strings are one
// token whatever is inside of them.
type authResParser struct {
	s   string
	pos int
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
	if first && ptype == "reason" && !p.end() && p.s[p.pos] == '=' {
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
