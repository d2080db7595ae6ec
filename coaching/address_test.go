package coaching

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestEmailAddress(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a@example.com": "a@example.com", "  Mixed.Case+tag@Example.COM ": "mixed.case+tag@example.com",
		"o'neill@mail.example.co.uk": "o'neill@mail.example.co.uk", "jürgen@exämple.de": "jürgen@xn--exmple-cua.de",
	} {
		got, err := EmailAddress(in)
		require.NoError(t, err, in)
		require.Equal(t, want, got)
	}
	for _, bad := range []string{
		"", "@", "a", "a@", "@b.com", "a@b", "a@b..com", "a b@c.com", "A <a@b.com>", "<a@b.com>", "a@b.com,c@d.com", "a@b.com;c@d.com",
		"\"a b\"@c.com", "\"a\"@c.com", "a@b.com\r\nBcc: x@y.com", "a\x00@b.com", "a@b.com (comment)", "a@b@c.com", ".a@b.com", "a.@b.com",
		strings.Repeat("a", 250) + "@b.com",
	} {
		_, err := EmailAddress(bad)
		requireProblem(t, err, "email_invalid", "email")
	}
}

func TestR26_OneMailboxInEverySpelling(t *testing.T) {
	t.Parallel()
	for key, spellings := range map[string][]string{
		"anna@xn--bcher-kva.example": {"anna@bücher.example", "Anna@BÜCHER.example", "anna@bu\u0308cher.example", "anna@xn--bcher-kva.example", "ANNA@XN--BCHER-KVA.EXAMPLE", " anna@bücher\u3002example "},
		"anna@xn--strae-oqa.example": {"anna@straße.example", "anna@xn--strae-oqa.example"},
		"anna@xn--y9juc.example":     {"anna@ひろ.example", "anna@XN--Y9JUC.example"},
		"jürgen@example.org":         {"Jürgen@example.org", "ju\u0308rgen@EXAMPLE.ORG", "JU\u0308RGEN@example.org"},
		"anna+tag@example.org":       {"Anna+Tag@Example.org"},
		"a@b_c.example.org":          {"a@B_c.example.org"},
	} {
		for _, spelling := range spellings {
			require.Equal(t, key, MailboxKey(spelling), spelling)
			require.True(t, SameMailbox(key, spelling))
			stored, err := EmailAddress(spelling)
			require.NoError(t, err, spelling)
			require.Equal(t, key, stored, spelling)
		}
	}
	require.False(t, SameMailbox("anna@straße.example", "anna@strasse.example"), "two domains since IDNA 2008")
	require.False(t, SameMailbox("anna@example.org", "anna+tag@example.org"))
	require.Equal(t, "nobody", MailboxKey(" Nobody "))
	for _, bad := range []string{"a@xn--.ü", "a@bücher", "a@-ü.example", "a@ü\u2028.example", "a@ü..example", "a@" + strings.Repeat("ü", 250) + ".example"} {
		_, err := EmailAddress(bad)
		requireProblem(t, err, "email_invalid", "email")
	}
}

func TestR26_ShownInItsOwnScript(t *testing.T) {
	t.Parallel()
	for stored, shown := range map[string]string{
		"anna@xn--bcher-kva.example": "anna@bücher.example", "anna@example.org": "anna@example.org", "anna@xn--y9juc.example": "anna@ひろ.example", "nobody": "nobody",
		"anna@xn--a.example":        "anna@xn--a.example",
		"anna@xn--e1afmkfd.example": "anna@пример.example",
	} {
		require.Equal(t, shown, ShowAddress(stored), stored)
		require.Equal(t, stored, MailboxKey(ShowAddress(stored)))
	}
	alike := MailboxKey("anna@\u0430pple.example") // the first letter is Cyrillic
	require.True(t, strings.HasPrefix(alike, "anna@xn--"))
	require.Equal(t, alike, ShowAddress(alike))
}

func TestR26_TheKeyOfAKeyIsItself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		address := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-zA-Zäöüß.+]{1,8}@[a-zA-ZäöüßΣςİıﬁ.-]{1,12}\.[a-z]{2,3}`)).Draw(t, "address")
		key := MailboxKey(address)
		require.Equal(t, key, MailboxKey(key))
		require.Equal(t, key, MailboxKey(ShowAddress(key)))
		if stored, err := EmailAddress(address); err == nil {
			require.Equal(t, key, stored)
			again, err := EmailAddress(ShowAddress(stored))
			require.NoError(t, err)
			require.Equal(t, stored, again)
		}
	})
}

// Nothing goes to an address of our own, in whatever spelling: it would come in again.
func TestR20_AnAddressOfOurOwnIsNobodys(t *testing.T) {
	t.Parallel()
	refused := func(want bool, address, domain string) {
		t.Helper()
		problem := CheckNotOwn(address, OwnMail{Domain: domain, Sender: "Notify@Example.org"}, "email")
		require.Equal(t, want, problem != nil, address)
		if want {
			require.Equal(t, "email_is_system_address", problem.Code)
			require.Equal(t, "email", problem.Fields[0].Path)
		}
	}
	refused(true, "abc@in.example.org", "in.example.org")
	refused(true, " Abc@IN.Example.ORG ", "in.example.org")
	refused(true, "abc@in.example.org", "IN.example.org")
	refused(true, "abc@mail.in.example.org", "in.example.org")
	refused(true, "abc@in.example.org.", "in.example.org")
	refused(true, "abc@post.b\u00fccher.example", "post.xn--bcher-kva.example")
	refused(true, "abc@post.xn--bcher-kva.example", "post.B\u00dcCHER.example")
	refused(true, "abc@a.post.b\u0075\u0308cher.example", "post.b\u00fccher.example")
	refused(true, "notify@example.org", "in.example.org")
	refused(false, "abc@example.org", "in.example.org")
	refused(false, "abc@begin.example.org", "in.example.org")
	refused(false, "in.example.org@example.org", "in.example.org")
	refused(false, "abc@example.org", "")
}
