package receive

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const authres = "Authentication-Results: "

func TestR22_ForgedSenderNeverPosts(t *testing.T) {
	t.Parallel()
	const from = "From: Ann <ann@victim.com>"
	tests := []struct {
		name   string
		header []string
		method string // "" must not pass
		reason string
	}{
		{"dmarc", []string{authres + "mx.test; dmarc=pass header.from=victim.com", from}, "dmarc", ""},
		{"dmarc in another case", []string{authres + "mx.test; dmarc=pass header.from=Victim.Com", from}, "dmarc", ""},
		{"dmarc of a part does not vouch for the organization", []string{authres + "mx.test; dmarc=pass header.from=Mail.Victim.com", from}, "", SenderNotAligned},
		{"dmarc of the organization does not vouch for a part", []string{authres + "mx.test; dmarc=pass header.from=victim.com", "From: a@mail.victim.com"}, "", SenderNotAligned},
		{"dmarc of somebody else", []string{authres + "mx.test; dmarc=pass header.from=evil.com", from}, "", SenderNotAligned},
		{"dmarc without a domain", []string{authres + "mx.test; dmarc=pass", from}, "", SenderNotAligned},
		{"dmarc with two domains", []string{authres + "mx.test; dmarc=pass header.from=evil.com header.from=victim.com", from}, "", SenderNotAligned},
		{"dmarc fails", []string{authres + "mx.test; dmarc=fail header.from=victim.com", from}, "", SenderDMARCFailed},
		{"spf does not rescue", []string{authres + "mx.test; spf=pass smtp.mailfrom=a@victim.com; dmarc=fail header.from=victim.com", from}, "", SenderDMARCFailed},
		{"dkim does not rescue", []string{authres + "mx.test; dmarc=fail header.from=victim.com; dkim=pass header.d=victim.com", from}, "", SenderDMARCFailed},
		{"a second dmarc does not rescue", []string{authres + "mx.test; dmarc=pass header.from=victim.com; dmarc=fail header.from=victim.com", from}, "", SenderDMARCFailed},
		{"a dmarc result that nobody knows", []string{authres + "mx.test; dmarc=bestguesspass header.from=victim.com; spf=pass smtp.mailfrom=victim.com", from}, "", SenderDMARCFailed},
		{"aligned spf", []string{authres + "mx.test; dmarc=none; spf=pass smtp.mailfrom=bounce@mail.victim.com", from}, "spf", ""},
		{"spf of a domain alone", []string{authres + "mx.test; spf=pass smtp.mailfrom=victim.com", from}, "spf", ""},
		{"spf of somebody else", []string{authres + "mx.test; spf=pass smtp.mailfrom=a@evil.com", from}, "", SenderNotAligned},
		{"spf of the greeting", []string{authres + "mx.test; spf=pass smtp.helo=victim.com", from}, "", SenderNotAligned},
		{"spf softfail", []string{authres + "mx.test; spf=softfail smtp.mailfrom=a@victim.com", from}, "", SenderNotAligned},
		{"aligned dkim", []string{authres + "mx.test; dkim=fail header.d=victim.com; dkim=pass header.d=victim.com", from}, "dkim", ""},
		{"dkim after dmarc could not be asked", []string{authres + "mx.test; dmarc=temperror; dkim=pass header.d=victim.com", from}, "dkim", ""},
		{"dkim of somebody else", []string{authres + "mx.test; dkim=pass header.d=evil.com header.i=@victim.com", from}, "", SenderNotAligned},
		{"dkim by the identity alone", []string{authres + "mx.test; dkim=pass header.i=@victim.com header.s=s1 header.b=AbCd", from}, "dkim", ""},
		{"dkim by an identity with a local part", []string{authres + "mx.test; dkim=pass header.i=ann@mail.victim.com", from}, "dkim", ""},
		{"dkim by the identity of somebody else", []string{authres + "mx.test; dkim=pass header.i=@evil.com", from}, "", SenderNotAligned},
		{"dkim by two identities", []string{authres + "mx.test; dkim=pass header.i=@victim.com header.i=@evil.com", from}, "", SenderNotAligned},
		{"dkim by two domains and an identity", []string{authres + "mx.test; dkim=pass header.d=evil.com header.d=evil.com header.i=@victim.com", from}, "", SenderNotAligned},
		{"dkim by a quoted identity", []string{authres + `mx.test; dkim=pass header.i="x@victim.com"@evil.com`, from}, "", SenderNotAligned},
		{"dkim that failed by the identity", []string{authres + "mx.test; dkim=fail header.i=@victim.com", from}, "", SenderNotAligned},
		{"dkim and dmarc in fields of their own", []string{authres + "mx.test; dmarc=none header.from=victim.com", authres + "mx.test; dkim=pass header.d=victim.com", from}, "dkim", ""},
		{"dmarc fails in the lower field", []string{authres + "mx.test; dkim=pass header.d=victim.com", authres + "mx.test; dmarc=fail header.from=victim.com", from}, "", SenderDMARCFailed},
		{"the lower field says the opposite", []string{authres + "mx.test; dmarc=none", authres + "mx.test; dmarc=pass header.from=victim.com", from}, "", SenderNotAligned},
		{"a lower field after another one", []string{authres + "mx.test; dmarc=none", "Received: from x by y", authres + "mx.test; dkim=pass header.d=victim.com", from}, "", SenderNotAligned},
		{"a lower field after a foreign one", []string{authres + "mx.test; dmarc=none", authres + "mx.evil.com; none", authres + "mx.test; dkim=pass header.d=victim.com", from}, "", SenderNotAligned},
		{"a lower field after none", []string{authres + "mx.test; none", authres + "mx.test; dkim=pass header.d=victim.com", from}, "", SenderNotAligned},
		{"a lower field that is broken", []string{authres + "mx.test; dmarc=pass header.from=victim.com", authres + "mx.test; dkim=pass ,", from}, "", SenderUnreadable},
		{"a foreign field below that is broken", []string{authres + "mx.test; dmarc=pass header.from=victim.com", authres + "spf=none (", from}, "dmarc", ""},
		{"a suffix is no organization", []string{authres + "mx.test; dkim=pass header.d=other.co.uk", "From: a@victim.co.uk"}, "", SenderNotAligned},
		{"a whole suffix vouches for nobody", []string{authres + "mx.test; dkim=pass header.d=co.uk", "From: a@victim.co.uk"}, "", SenderNotAligned},
		{"customers of a host are strangers", []string{authres + "mx.test; dkim=pass header.d=evil.github.io", "From: a@victim.github.io"}, "", SenderNotAligned},
		{"a domain that only ends alike", []string{authres + "mx.test; dkim=pass header.d=notvictim.com", from}, "", SenderNotAligned},
		{"hosts without dots are equal or nothing", []string{authres + "mx.test; dmarc=pass header.from=localhost", "From: a@localhost"}, "dmarc", ""},
		{"international domain", []string{authres + "mx.test; dmarc=pass header.from=xn--bcher-kva.example", "From: a@bücher.example"}, "dmarc", ""},
		{"no results", []string{from}, "", SenderNoResults},
		{"results of another server only", []string{authres + "mx.evil.com; dmarc=pass header.from=victim.com", from}, "", SenderNoResults},
		{"id in another case", []string{authres + "MX.Test; dmarc=pass header.from=victim.com", from}, "dmarc", ""},
		{"the server above the forger", []string{authres + "mx.test; dmarc=fail header.from=victim.com", authres + "mx.test; dmarc=pass header.from=victim.com", from}, "", SenderDMARCFailed},
		{"others above the server", []string{authres + "relay.test; none", authres + "mx.test; dmarc=pass header.from=victim.com", from}, "dmarc", ""},
		{"a broken field above hides what is below", []string{authres + "(", authres + "mx.test; dmarc=pass header.from=victim.com", from}, "", SenderUnreadable},
		{"broken results", []string{authres + "mx.test; dmarc=pass header.from=victim.com ,", from}, "", SenderUnreadable},
		{"a line that is no field", []string{authres + "mx.test; none", "; dmarc=pass header.from=victim.com", from}, "", SenderUnreadable},
		{"forged in a quoted local part", []string{authres + `mx.test; spf=pass smtp.mailfrom="x; dmarc=pass header.from=victim.com"@evil.com`, from}, "", SenderNotAligned},
		{"forged with an escaped quote", []string{authres + `mx.test; spf=pass smtp.mailfrom="\"; dmarc=pass header.from=victim.com; x=\""@evil.com`, from}, "", SenderNotAligned},
		{"forged in a comment", []string{authres + "mx.test; spf=pass (; dmarc=pass header.from=victim.com) smtp.mailfrom=a@evil.com", from}, "", SenderNotAligned},
		{"forged in a reason", []string{authres + `mx.test; dkim=fail reason="; dmarc=pass header.from=victim.com" header.d=evil.com`, from}, "", SenderNotAligned},
		{"two From fields", []string{authres + "mx.test; dmarc=pass header.from=evil.com", "From: a@evil.com", from}, "", "author_ambiguous"},
		{"no From", []string{authres + "mx.test; dmarc=pass header.from=victim.com"}, "", "author_missing"},
		{"folded", []string{"Authentication-Results:", "\tmx.test;", " dmarc=pass", "\theader.from=victim.com", from}, "dmarc", ""},
		{"in the body", []string{from, "", authres + "mx.test; dmarc=pass header.from=victim.com"}, "", SenderNoResults},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			raw := crlfMail(append(tt.header, "", "hello")...)
			verdict := VerifySender(raw, "mx.test")
			require.Equal(t, tt.method != "", verdict.Pass, verdict.Reason)
			require.Equal(t, tt.method, verdict.Method)
			require.Equal(t, tt.reason, verdict.Reason)
			if !strings.HasPrefix(tt.reason, "author_") {
				require.NotEmpty(t, verdict.Domain)
			}
		})
	}
}

func TestR22_NoServerConfiguredTrustsNobody(t *testing.T) {
	t.Parallel()
	raw := crlfMail(authres+`""; dmarc=pass header.from=victim.com`, "From: a@victim.com", "", "")
	require.Equal(t, SenderVerdict{Domain: "victim.com", Reason: SenderNoResults}, VerifySender(raw, ""))
}

func TestR22_SoleAuthor(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, header string
		addr, code   string
	}{
		{"plain", "From: ann@Example.COM", "ann@example.com", ""},
		{"name", `From: "Ann, B." <Ann@example.com>`, "Ann@example.com", ""},
		{"encoded name", "From: =?utf-8?q?J=C3=BCrgen?= <j@example.com>", "j@example.com", ""},
		{"space before the colon", "From : a@example.com", "a@example.com", ""},
		{"folded with a tab", "From:\r\n\tAnn <a@example.com>", "a@example.com", ""},
		{"comment", "From: a@example.com (Ann: of; it)", "a@example.com", ""},
		{"subaddress", "From: a+b.c@example.com", "a+b.c@example.com", ""},
		{"international domain", "From: a@bücher.example", "a@xn--bcher-kva.example", ""},
		{"none", "To: a@example.com", "", "author_missing"},
		{"empty", "From:", "", "author_malformed"},
		{"two fields", "From: a@example.com\r\nFrom: b@example.com", "", "author_ambiguous"},
		{"two fields, one disguised", "From: a@example.com\r\nFROM : b@example.com", "", "author_ambiguous"},
		{"the same twice", "From: a@example.com\r\nFrom: a@example.com", "", "author_ambiguous"},
		{"two addresses", "From: a@example.com, b@example.com", "", "author_ambiguous"},
		{"group", "From: Friends: a@example.com;", "", "author_ambiguous"},
		{"empty group", "From: undisclosed:;", "", "author_ambiguous"},
		{"encoded address", "From: =?utf-8?q?ann=40victim.com?=", "", "author_malformed"},
		{"encoded local part", "From: <=?utf-8?q?ann?=@victim.com>", "", "author_malformed"},
		{"address in the name", "From: ann@victim.com <evil@evil.com>", "", "author_malformed"},
		{"address in a quoted name is only a name", `From: "ann@victim.com" <evil@evil.com>`, "evil@evil.com", ""},
		{"address in an encoded name is only a name", "From: =?utf-8?q?=3Cann=40victim.com=3E?= <evil@evil.com>", "evil@evil.com", ""},
		{"quoted local part", `From: "ann@victim.com"@evil.com`, "", "author_malformed"},
		{"route", "From: <@evil.com:ann@victim.com>", "", "author_ambiguous"},
		{"two angles", "From: <ann@victim.com> <evil@evil.com>", "", "author_malformed"},
		{"comment inside the address", "From: ann(x)@victim.com", "", "author_malformed"},
		{"NUL", "From: ann@victim.com\x00@evil.com", "", "author_malformed"},
		{"bare CR", "From: a@evil.com\rFrom: ann@victim.com", "", "author_malformed"},
		{"address literal", "From: ann@[127.0.0.1]", "", "author_malformed"},
		{"no domain", "From: ann", "", "author_malformed"},
		{"8-bit local part", "From: \xe4nn@victim.com", "", "author_malformed"},
		{"UTF-8 local part", "From: änn@victim.com", "", "author_malformed"},
		{"only in the body", "To: x@y.z\r\n\r\nFrom: ann@victim.com", "", "author_missing"},
		{"line that is no field", "From: a@evil.com\r\n, ann@victim.com", "", "author_ambiguous"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			raw := []byte(tt.header + "\r\n\r\nhello")
			author, err := SoleAuthor(raw)
			in, parseErr := ParseInbound(raw)
			require.NoError(t, parseErr)
			again, againErr := in.SoleAuthor()
			require.Equal(t, author, again)
			require.Equal(t, err, againErr)
			if tt.code == "" {
				require.NoError(t, err)
				require.Equal(t, tt.addr, author.Addr)
				return
			}
			var refusal *Refusal
			require.ErrorAs(t, err, &refusal)
			require.Equal(t, tt.code, refusal.Code)
			require.Empty(t, author)
		})
	}
}
