package receive

import (
	"slices"
	"strings"
)

// InboundRecipients gives the local parts at the inbound domain that a mail is
// for, in lower case, each once, in their order. Where the receiving server
// wrote down the recipient of this very copy, the topmost such field that names
// the domain decides alone: a mail to two addresses arrives twice. Otherwise
// the visible recipients count.
func InboundRecipients(raw []byte, domain string) []string {
	domain = Address{Addr: lowerDomain("x@" + domain)}.Domain()
	if domain == "" {
		return nil
	}
	fields := readFields(raw)
	var visible []string
	for _, f := range fields {
		switch strings.ToLower(f.name) {
		case "delivered-to", "x-original-to", "envelope-to":
			if locals := localsAt(f.value, domain, nil); len(locals) > 0 {
				return locals
			}
		case "to", "cc", "resent-to", "resent-cc":
			visible = localsAt(f.value, domain, visible)
		}
	}
	return visible
}

// localsAt appends the local parts of the addresses at the domain that are not
// there yet.
func localsAt(value, domain string, locals []string) []string {
	for _, a := range parseAddresses(value) {
		if local := strings.ToLower(a.Local()); a.Domain() == domain && local != "" && !slices.Contains(locals, local) {
			locals = append(locals, local)
		}
	}
	return locals
}
