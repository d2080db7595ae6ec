package receive

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestR22_NameInAnyWriting: one address that is clear is one author, whatever
// stands in the name.
func TestR22_NameInAnyWriting(t *testing.T) {
	t.Parallel()
	for from, name := range map[string]string{
		"=?iso-8859-1?Q?M=FCller,_Anna?= <anna@example.org>":                           "Müller, Anna",
		"=?utf-8?q?Anna_Berg_=5BNorthwind=5D?= <anna@example.org>":                     "Anna Berg [Northwind]",
		"=?utf-8?b?TcO8bGxlciwgQW5uYQ==?= (Northwind) <anna@example.org>":              "Müller, Anna (Northwind)",
		"Anna Berg [Northwind] <anna@example.org>":                                     "Anna Berg [Northwind]",
		"Müller, Anna <anna@example.org>":                                              "Müller, Anna",
		"Berg, Anna (Northwind, Köln) <anna@example.org>":                              "Berg, Anna (Northwind, Köln)",
		"Dr. Anna Berg, M.A. <anna@example.org>":                                       "Dr. Anna Berg, M.A.",
		"Northwind: Anna Berg <anna@example.org>":                                      "Northwind: Anna Berg",
		"Anna; Berg <anna@example.org>":                                                "Anna; Berg",
		"Anna M\xfcller <anna@example.org>":                                            "Anna Müller",
		"\"Anna M\xfcller\" <anna@example.org>":                                        "Anna Müller",
		"Anna \"die Kluge\" Berg, Köln <anna@example.org>":                             "Anna die Kluge Berg, Köln",
		"anna@example.org <anna@example.org>":                                          "anna@example.org",
		"'anna@example.org' <anna@example.org>":                                        "'anna@example.org'",
		"\"'anna@example.org'\" <anna@example.org>":                                    "'anna@example.org'",
		"Anna Berg (anna@example.org) <Anna@Example.org>":                              "Anna Berg",
		"Anna Berg <anna@example.org>, anna@example.org":                               "Anna Berg",
		"anna@example.org, \"Anna Berg\" <Anna@Example.ORG>":                           "Anna Berg",
		"Anna :) <anna@example.org>":                                                   "Anna :)",
		"Anna/Berg=Köln? <anna@example.org>":                                           "Anna/Berg=Köln?",
		"=?utf-8?q?Anna?= [Northwind] =?utf-8?q?K=C3=B6ln?= <anna@example.org>":        "Anna [Northwind] Köln",
		"  Anna Berg [Northwind]  < anna@example.org >  ":                              "Anna Berg [Northwind]",
		"Anna\r\n\tBerg\r\n [Northwind]\r\n <anna@example.org>":                        "Anna Berg [Northwind]",
		"\xe4\xf6\xfc, \xc4nna <anna@example.org>":                                     "äöü, Änna",
		"=?utf-8?q?Anna?=, =?utf-8?q?Berg?= <anna@example.org>":                        "Anna, Berg",
		"Anna Berg <Northwind> <anna@example.org>":                                     "!",
		"Anna Berg & Söhne | \u201eNorthwind\u201c <anna@example.org>":                 "Anna Berg & Söhne | \u201eNorthwind\u201c",
		"=?utf-8?q?Anna=2C_Berg?=\r\n =?utf-8?q?_=5BNorthwind=5D?= <anna@example.org>": "Anna, Berg [Northwind]",
	} {
		raw := []byte("From: " + from + "\r\n\r\nhello")
		author, err := SoleAuthor(raw)
		if name == "!" { // a second pair of brackets is a second address
			require.Error(t, err, from)
			continue
		}
		require.NoError(t, err, from)
		require.Equal(t, "anna@example.org", strings.ToLower(author.Addr), from)
		require.Equal(t, name, author.Name, from)
		in, err := ParseInbound(raw)
		require.NoError(t, err)
		require.NotEmpty(t, in.From, from)
		require.Equal(t, "anna@example.org", strings.ToLower(in.From[0].Addr), from)
	}
}

// TestR22_TwoReadingsAreNoAuthor: where a reader could find another address, there
// is none.
func TestR22_TwoReadingsAreNoAuthor(t *testing.T) {
	t.Parallel()
	for _, from := range []string{
		"ann@victim.com [x] <evil@evil.com>", "[x] <ann@victim.com> <evil@evil.com>", "[<ann@victim.com>] evil@evil.com", "\"ann@victim.com [x\" ] <evil@evil.com>",
		"Anna [x] <ann@victim.com>, evil@evil.com", "evil@evil.com, Anna [x] <ann@victim.com>", "Anna <ann@victim.com>, Bob <bob@victim.com>", "evil@evil.com; Anna <ann@victim.com>",
		"=?utf-8?q?evil=40evil.com?=, [x] <ann@victim.com>", "=?utf-8?q?x=22_=3Cevil=40evil.com=3E?= [y] <ann@victim.com>", "Anna ( <ann@victim.com>", "Anna \" <ann@victim.com>", "Anna [x] <ann@victim.com> (evil@evil.com)",
		"Anna [x] <ann@victim.com> evil", "Anna [x] <ann(evil)@victim.com>", "Anna [x] <\"ann\"@victim.com>", "Anna [x] <ann@victim.com,evil@evil.com>", "Anna [x] <evil@evil.com:ann@victim.com>", "Anna [x] <@evil.com:ann@victim.com>",
		"Anna [x] <ann@victim.com\x00>", "Anna \\[x <ann@victim.com>", "Anna\\\" [x] <ann@victim.com>", "Anna [x] <ann@@victim.com>", "Anna [x] <ann@victim.com@evil.com>", "Anna [x] <ann@vic tim.com>", "Anna [x] <ann@[127.0.0.1]>",
		"Anna [x] <ann@vict\xefm.com>", "Anna [x] <\xe4nn@victim.com>", "evil＠evil.com, [x] <ann@victim.com>", "Anna [x] ann@victim.com", "Anna @ Northwind <ann@victim.com>", "Friends: Anna [x] <ann@victim.com>;",
		"Anna [x] <=?utf-8?q?ann?=@victim.com>", "Anna [x] <ann@victim.com\rFrom: evil@evil.com>", "Anna [x] <ann@victim.com> <>", "<> [x] <ann@victim.com>", "Anna [x] >ann@victim.com<",
	} {
		author, err := SoleAuthor([]byte("From: " + from + "\r\n\r\nhello"))
		require.Error(t, err, "%q gave %v", from, author)
		require.Empty(t, author)
	}
}

func TestR22_AuthorCases(t *testing.T) {
	t.Parallel()
	for number, name := range map[string]string{"13": "Müller, Anna", "14": "Anna Berg [Northwind]", "15": "Anna Müller"} {
		in, err := ParseInbound(caseMail(t, number))
		require.NoError(t, err, number)
		author, err := in.SoleAuthor()
		require.NoError(t, err, number)
		require.Equal(t, Address{Name: name, Addr: "anna@example.org"}, author)
		require.Equal(t, []Address{author}, in.From)
	}
}

// FuzzSoleAuthor: no field panics, and an author stands in it as plain text, alone
// but for names in quotes and comments.
func FuzzSoleAuthor(f *testing.F) {
	for _, seed := range []string{
		"Anna <ann@victim.com>", "=?iso-8859-1?Q?M=FCller,_Anna?= <ann@victim.com>", "Anna [x] <ann@victim.com>", "Anna M\xfcller <ann@victim.com>", "ann@victim.com <ann@victim.com>",
		"\"ann@victim.com\" <evil@evil.com>", "ann@victim.com, Anna <ann@victim.com>", "Friends: ann@victim.com;", "<@evil.com:ann@victim.com>", "=?utf-8?q?ann=40victim.com?= <evil@evil.com>", "Anna (x) <ann@victim.com> (y)",
		"Anna \"x <ann@victim.com>", "a@b\u00fccher.example",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, from string) {
		from = strings.NewReplacer("\r", "", "\n", "").Replace(from)
		author, err := SoleAuthor([]byte("From: " + from + "\r\n\r\n"))
		if err != nil {
			return
		}
		if !plainAddress(author.Addr) {
			t.Fatalf("%q gave %q", from, author.Addr)
		}
		plain := strings.ToLower(outsideQuotes(from))
		if !strings.Contains(plain, strings.ToLower(author.Local())+"@") {
			t.Fatalf("%q gave %q, which it does not say", from, author.Addr)
		}
		for _, found := range strings.FieldsFunc(plain, func(r rune) bool { return strings.ContainsRune(" \t()[],;:<>\x01", r) }) {
			if other := lowerDomain(found); plainAddress(other) && !strings.EqualFold(other, author.Addr) {
				t.Fatalf("%q gave %q, and names %q", from, author.Addr, found)
			}
		}
	})
}
