package receive

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAuthRes_Grammar(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, field string
		want        string // method=result pairs, "error" for a refusal
	}{
		{"simple", "mx.test; dmarc=pass header.from=a.com", "dmarc=pass"},
		{"version", "mx.test 1; dmarc=pass header.from=a.com", "dmarc=pass"},
		{"unknown version", "mx.test 2; dmarc=pass", "error"},
		{"none", "mx.test; none", ""},
		{"none with version and comments", "mx.test 1 (c); (d) none (e)", ""},
		{"several", "mx.test; spf=pass smtp.mailfrom=a@a.com; dkim=fail reason=\"bad key\" header.d=a.com", "spf=pass dkim=fail"},
		{"closing semicolon", "mx.test; spf=pass smtp.mailfrom=a.com;", "spf=pass"},
		{"nested comments", `mx.test; dmarc=pass (a (b \) ; dmarc=fail) c) header.from=a.com`, "dmarc=pass"},
		{"space everywhere", "(x) mx.test (y) ; dmarc (a) / 1 = (b) pass (c) header . from = a.com (d)", "dmarc=pass"},
		{"case", "mx.test; DMARC=Pass HEADER.From=a.com", "dmarc=pass"},
		{"quoted local part", `mx.test; spf=pass smtp.mailfrom="x; dmarc=pass header.from=v.com"@evil.com`, "spf=pass"},
		{"quoted value", `mx.test; dkim=pass header.b="ab/cd=" header.d=a.com`, "dkim=pass"},
		{"value without the quotes it needs", "mx.test; dkim=pass header.b=ab/cd= header.d=a.com; iprev=pass policy.iprev=2001:db8::1", "dkim=pass iprev=pass"},
		{"nothing after the id", "mx.test", "error"},
		{"empty result", "mx.test;", "error"},
		{"empty result in the middle", "mx.test; ; dmarc=pass", "error"},
		{"no result", "mx.test; dmarc", "error"},
		{"none and more", "mx.test; none; dmarc=pass", "error"},
		{"more and none", "mx.test; dmarc=pass; none", "error"},
		{"open comment", "mx.test; dmarc=pass (", "error"},
		{"open quote", `mx.test; spf=pass smtp.mailfrom="a; dmarc=pass`, "error"},
		{"comment closed twice", "mx.test; dmarc=pass ) header.from=a.com", "error"},
		{"two words", "mx.test; dmarc=pass action=none header.from=a.com", "error"},
		{"reason after a property", "mx.test; dmarc=pass header.from=a.com reason=x", "error"},
		{"property without value", "mx.test; dmarc=pass header.from=", "error"},
		{"word glued to a quote", `mx.test; spf=pass smtp.mailfrom="a"header.from=b`, "error"},
		{"comma", "mx.test; dmarc=pass, spf=pass", "error"},
		{"two at signs", "mx.test; spf=pass smtp.mailfrom=a@b@c.com", "error"},
		{"control character", "mx.test; dmarc=pass header.from=a.com\x00", "error"},
		{"backslash at the end", `mx.test; dmarc=pass (\`, "error"},
		{"utf-8 in a comment", "mx.test; dmarc=pass (für) header.from=a.com", "dmarc=pass"},
		{"utf-8 outside", "mx.test; dmarc=pass header.from=ä.com", "error"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			results, found, err := trustedResults(headerFields{{name: "Authentication-Results", value: tt.field}}, "mx.test")
			require.True(t, found)
			if tt.want == "error" {
				require.ErrorIs(t, err, errAuthResSyntax)
				return
			}
			require.NoError(t, err)
			var got []string
			for _, r := range results {
				got = append(got, r.method+"="+r.result)
			}
			require.Equal(t, tt.want, strings.Join(got, " "))
		})
	}
}

// outsideQuotes blanks quoted strings, with a 1 at either end, and comments. It is written apart from
// the parser, and stupid, to check on it.
func outsideQuotes(s string) string {
	var out strings.Builder
	quoted, depth, escaped := false, 0, false
	for _, r := range s {
		switch {
		case escaped:
			escaped = false
			continue
		case r == '\\' && (quoted || depth > 0):
			escaped = true
			continue
		case r == '"' && depth == 0:
			quoted = !quoted
			out.WriteByte(1)
			continue
		case r == '(' && !quoted:
			depth++
		case r == ')' && !quoted && depth > 0:
			depth--
			out.WriteRune(' ')
			continue
		}
		if !quoted && depth == 0 {
			out.WriteRune(r)
		}
	}
	return out.String()
}

var plainPass = regexp.MustCompile(`(?i);\s*(dmarc|spf|dkim)\s*(/\s*[0-9]+\s*)?=\s*pass([\s;]|$)`)

// FuzzAuthRes: no input panics, and nothing passes without a result that stands
// in the field outside every quoted string and comment, about the domain.
func FuzzAuthRes(f *testing.F) {
	for _, seed := range []string{
		"mx.test; dmarc=pass header.from=victim.com",
		"mx.test 1; spf=pass smtp.mailfrom=a@victim.com; dkim=pass header.d=victim.com",
		`mx.test; spf=pass smtp.mailfrom="x; dmarc=pass header.from=victim.com"@evil.com`,
		`mx.test; dmarc=fail (dmarc=pass header.from=victim.com (x)) header.from=victim.com`,
		`mx.test; dkim=pass (a "b) header.d=victim.com ("; x=y`, "mx.test; none", `"mx.test"1;dmarc/1=pass header.from="victim.com"`,
		"mx.test; dkim=pass header.i=@victim.com header.s=s1", "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=victim.com; dmarc=pass action=none header.from=victim.com;compauth=pass reason=100",
		"mx.microsoft.com 1; dkim=pass header.d=victim.com; dmarc=bestguesspass action=none header.from=victim.com",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, field string) {
		field = strings.NewReplacer("\r", "", "\n", "").Replace(field)
		raw := []byte("Authentication-Results: " + field + "\r\nFrom: a@victim.com\r\n\r\n")
		requireVouched(t, field, VerifySender(raw, "mx.test"))
		placed := insideHop + "\r\nAuthentication-Results: " + field + "\r\n" + edgeHop + "\r\nFrom: a@victim.com\r\n" + stranger + "\r\n\r\n"
		requireVouched(t, ";"+strings.TrimPrefix(field, microsoftName), VerifySender([]byte(placed), Microsoft365))
	})
}

// requireVouched checks a verdict by the text of the field.
func requireVouched(t *testing.T, field string, verdict SenderVerdict) {
	t.Helper()
	if !verdict.Pass {
		return
	}
	plain := outsideQuotes(field)
	if !plainPass.MatchString(plain) {
		t.Fatalf("passed by %q", field)
	}
	if !strings.Contains(strings.ToLower(strings.ReplaceAll(field, `\`, "")), "victim.com") {
		t.Fatalf("passed without the domain: %q", field)
	}
	if plainFailure.MatchString(plain) {
		t.Fatalf("passed in spite of a failure: %q", field)
	}
}

var plainFailure = regexp.MustCompile(`(?i);\s*dmarc\s*=\s*(fail|reject|quarantine)\b`)
