package receive

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Microsoft365 stands in the place of an authserv-id where Microsoft 365 is the
// receiving server. It writes Authentication-Results without a name, or under one
// that it shares with all of its customers, so that a field which the sender wrote
// looks the same; the one that counts is found by its place: see microsoftResults.
const Microsoft365 = "microsoft-365"

// CheckAuthservID refuses a name under which no server writes results.
func CheckAuthservID(id string) error {
	lower := strings.ToLower(id)
	switch {
	case id == "":
		return errors.New("the name of the receiving server is missing")
	case id == Microsoft365:
		return nil
	case strings.HasSuffix(lower, "outlook.com"), strings.HasSuffix(lower, "microsoft.com"), strings.HasSuffix(lower, "office365.com"):
		return fmt.Errorf("microsoft 365 writes its results under no name of its own, so %q vouches for nobody; write %s instead, and see docs/configuration.md", id, Microsoft365)
	case strings.ContainsFunc(id, func(r rune) bool { return r > 0x7f || !isTokenChar(byte(r)) }):
		return fmt.Errorf("%q is no name of a server: it stands in Authentication-Results before the first semicolon, like mx.example.com", id)
	}
	return nil
}

const (
	microsoftEdge  = ".mail.protection.outlook.com"
	microsoftName  = "mx.microsoft.com"
	maxInsideHops  = 12
	organizationBy = "X-MS-Exchange-Organization-AuthAs"
)

// microsoftInside are the hosts between the edge and the mailbox.
var microsoftInside = []string{".prod.outlook.com", ".outlook.office365.com", ".prod.exchangelabs.com"}

// microsoftResults takes the results from the place where the edge of Microsoft
// 365 writes them:
//
//	Received: by hosts inside, one or more
//	Authentication-Results
//	Received-SPF
//	Received: by the edge, to which strangers deliver
//	what came with the mail
//
// Nothing is found where another field stands between, as in mail inside of one
// tenant, which does not pass the edge, or where Exchange does not say that the
// sender was a stranger to it: it removes that field from mail that comes in.
func microsoftResults(h headerFields) (results []authResult, found bool, err error) {
	if as := h.all(organizationBy); len(as) != 1 || !strings.EqualFold(strings.TrimSpace(as[0]), "Anonymous") {
		return nil, false, nil
	}
	inside := 0
	for inside < min(len(h), maxInsideHops) && receivedByAny(h[inside], microsoftInside) {
		inside++
	}
	if inside == 0 || inside == len(h) || !strings.EqualFold(h[inside].name, "Authentication-Results") {
		return nil, false, nil
	}
	edge := inside + 1
	if edge < len(h) && strings.EqualFold(h[edge].name, "Received-SPF") {
		edge++
	}
	if edge >= len(h) || !receivedByAny(h[edge], []string{microsoftEdge}) {
		return nil, false, nil
	}
	results, err = microsoftField(h[inside].value)
	return results, true, err
}

// microsoftField reads the field with or without the name.
func microsoftField(value string) (results []authResult, err error) {
	p := authResParser{s: value, microsoft: true}
	if id, err := p.authservID(); err != nil || !strings.EqualFold(id, microsoftName) {
		p = authResParser{s: ";" + value, microsoft: true}
	}
	if results, err = p.results(); err != nil {
		return nil, err
	}
	for i, r := range results {
		if r.method == "dmarc" && r.result == "bestguesspass" {
			results[i].result = "none" // the domain has no policy; SPF and DKIM are there
		}
	}
	return results, nil
}

var receivedFrom = regexp.MustCompile(`(?i)^from +[^ ;]+ +by +([a-z0-9.-]+)( *;| (with|via|id|for) )`)

// receivedByAny tells whether a field is a Received field (RFC 5321, 4.4) that a
// host with one of these endings wrote.
func receivedByAny(field headerField, ends []string) bool {
	if !strings.EqualFold(field.name, "Received") {
		return false
	}
	bare, ok := withoutComments(field.value)
	match := receivedFrom.FindStringSubmatch(bare)
	if !ok || match == nil {
		return false
	}
	for _, end := range ends {
		if strings.HasSuffix(strings.ToLower(match[1]), end) {
			return true
		}
	}
	return false
}

// withoutComments is a field without its comments, and with single spaces.
func withoutComments(value string) (bare string, ok bool) {
	var out strings.Builder
	p := authResParser{s: value}
	for !p.end() {
		if err := p.skipCFWS(); err != nil {
			return "", false
		}
		word := p.run(func(c byte) bool { return c != ' ' && c != '\t' && c != '(' })
		out.WriteString(word + " ")
	}
	return strings.TrimSpace(out.String()), true
}
