package receive

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// SenderVerdict says whether the receiving server vouches for the domain of the
// author of a mail. Reason is a stable code and set when Pass is false.
type SenderVerdict struct {
	Pass   bool
	Method string // what passed: "dmarc", "spf" or "dkim"
	Domain string // of the author, lower case; "" when there is no sole author
	Reason string
}

// The reasons of a SenderVerdict beside the codes of SoleAuthor.
const (
	SenderNoResults   = "no_results"        // the receiving server wrote no results
	SenderUnreadable  = "results_malformed" // its results cannot be read
	SenderDMARCFailed = "dmarc_failed"      // nothing else counts then
	SenderNotAligned  = "not_authenticated" // nothing passed for the author's domain
)

// VerifySender judges by the Authentication-Results of the trusted receiving
// server, named by its authserv-id, or by Microsoft365. The sender passes by
// dmarc=pass for the very domain of From, or where DMARC has no opinion by SPF or
// DKIM for a domain with the same organizational domain (relaxed alignment, RFC
// 7489, 3.1). A failed DMARC is rescued by nothing. Whatever is unclear does not
// pass.
func VerifySender(raw []byte, authservID string) SenderVerdict {
	fields := readFields(raw)
	author, err := soleAuthor(fields.all("From"))
	if err != nil {
		return SenderVerdict{Reason: unsureAuthor(err)}
	}
	verdict := SenderVerdict{Domain: author.Domain()}
	results, found, err := resultsOf(fields, authservID)
	switch {
	case err != nil:
		verdict.Reason = SenderUnreadable
	case !found:
		verdict.Reason = SenderNoResults
	default:
		verdict.Method, verdict.Reason = judge(results, verdict.Domain)
		verdict.Pass = verdict.Reason == ""
	}
	return verdict
}

func resultsOf(fields headerFields, authservID string) (results []authResult, found bool, err error) {
	if authservID == Microsoft365 {
		return microsoftResults(fields)
	}
	return trustedResults(fields, authservID)
}

func unsureAuthor(err error) string {
	if r, ok := err.(*Refusal); ok {
		return r.Code
	}
	return "author_malformed"
}

// judge gives the method that passed, or the reason why none did.
func judge(results []authResult, domain string) (method, reason string) {
	dmarcPassed := false
	for _, r := range results {
		if r.method != "dmarc" {
			continue
		}
		switch r.result {
		case "pass":
			// The policy was asked of this domain: one of another, were it above or
			// below, says that the server read another author.
			from, ok := r.prop("header", "from")
			if !ok || asDomain(from) != domain {
				return "", SenderNotAligned
			}
			dmarcPassed = true
		case "none", "temperror", "permerror":
			// no opinion: there is no policy, or it could not be looked up
		default:
			return "", SenderDMARCFailed
		}
	}
	if dmarcPassed {
		return "dmarc", ""
	}
	for _, r := range results {
		if r.result == "pass" && r.vouchesFor(domain) {
			return r.method, ""
		}
	}
	return "", SenderNotAligned
}

// vouchesFor tells whether an SPF or DKIM result is about that domain. A server
// may give the domain of a signature by header.i alone, which is header.d or below
// it (RFC 6376, 3.5).
func (r authResult) vouchesFor(domain string) bool {
	var about string
	var ok bool
	switch r.method {
	case "spf":
		about, ok = r.prop("smtp", "mailfrom")
	case "dkim":
		about, ok = r.prop("header", "d")
		if !r.has("header", "d") {
			about, ok = r.prop("header", "i")
		}
	}
	return ok && aligned(about, domain)
}

// aligned tells whether an address or domain has the same organizational domain
// as the author's. Where the public suffix list knows none, such as for a host
// without dots or for a suffix itself, the two must be equal.
func aligned(addr, domain string) bool {
	other := asDomain(addr)
	if !plainDomain.MatchString(other) {
		return false
	}
	if other == domain {
		return true
	}
	a, err := publicsuffix.EffectiveTLDPlusOne(other)
	if err != nil {
		return false
	}
	b, err := publicsuffix.EffectiveTLDPlusOne(domain)
	return err == nil && a == b
}

// asDomain is the domain of an address or domain, as those of authors are written.
func asDomain(addr string) string {
	domain := addr[strings.LastIndexByte(addr, '@')+1:]
	return strings.TrimSuffix(Address{Addr: lowerDomain("x@" + domain)}.Domain(), ".")
}
