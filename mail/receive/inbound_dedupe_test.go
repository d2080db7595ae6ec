package receive

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func parsed(t *testing.T, raw []byte) *Inbound {
	t.Helper()
	in, err := ParseInbound(raw)
	require.NoError(t, err)
	return in
}

func TestR21_MessageKey(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, id, key string }{
		{"plain", "<a@b.com>", "mid:a@b.com"},
		{"domain in any case, left part as sent", "<Aa@B.COM>", "mid:Aa@b.com"},
		{"without brackets", "a@b.com", "mid:a@b.com"},
		{"no at", "<ab>", ""}, {"no left part", "<@b.com>", ""}, {"no domain", "<a@>", ""}, {"empty", "<>", ""},
		{"none", "", ""}, {"control", "<a\x01@b.com>", ""}, {"not ascii", "<ä@b.com>", ""},
		{"absurdly long", "<" + strings.Repeat("a", 600) + "@b.com>", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			key := MessageKey(parsed(t, crlfMail("Message-ID: "+tt.id, "Subject: x", "", "y")))
			if tt.key == "" {
				require.Regexp(t, "^sha256:[0-9a-f]{64}$", key)
			} else {
				require.Equal(t, tt.key, key)
			}
		})
	}
}

func TestR21_RedeliveryHasTheSameKey(t *testing.T) {
	t.Parallel()
	const date = "Date: Tue, 3 Apr 2012 16:19:00 +0200"
	first := parsed(t, crlfMail(date, "From: a@b.com", "Subject: =?utf-8?q?sch=C3=B6n?=",
		multi("mixed", "m", "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nsch=C3=B6n =\r\nhier",
			part("Content-Type: application/pdf; name=a.pdf", pdfBytes))))
	relayed := parsed(t, bytes.ReplaceAll(crlfMail("Received: from x by y", "X-Spam: no", "Date: Tue, 3 Apr 2012 14:19:00 +0000", "From: a@b.com", "Subject: =?utf-8?b?c2Now7Zu?=",
		multi("mixed", "other", "Content-Type: text/plain; charset=iso-8859-1\r\n\r\nsch\xf6n hier",
			part("Content-Type: application/pdf; name=b.pdf", pdfBytes))), []byte("\r\n"), []byte("\n")))
	require.Equal(t, ContentHash(first), ContentHash(relayed))
	require.Equal(t, MessageKey(first), MessageKey(relayed))

	tomorrow := *first
	tomorrow.Date = first.Date.AddDate(0, 0, 1)
	require.Equal(t, ContentHash(first), ContentHash(&tomorrow))
	require.NotEqual(t, MessageKey(first), MessageKey(&tomorrow), "the same words on another day are another message")
}

func TestR21_OtherContentHasAnotherKey(t *testing.T) {
	t.Parallel()
	base := Inbound{Subject: "s", Text: "t", HTML: "h", Parts: []Part{{Data: []byte("ab")}, {Data: []byte("c")}}}
	seen := map[string]bool{ContentHash(&base): true}
	for _, other := range []Inbound{
		{Subject: "st", HTML: "h", Parts: base.Parts}, {Subject: "s", Text: "th", Parts: base.Parts},
		{Subject: "s", Text: "t", HTML: "h", Parts: []Part{{Data: []byte("a")}, {Data: []byte("bc")}}},
		{Subject: "s", Text: "t", HTML: "h", Parts: []Part{{Data: []byte("abc")}}},
		{Subject: "s", Text: "t", HTML: "h"}, {},
	} {
		hash := ContentHash(&other)
		require.False(t, seen[hash])
		seen[hash] = true
	}
}

// TestR21_KeyNeedsTheAuthor pins what the guard is made of: a stranger's mail
// with a stolen Message-ID has the same key, but is never by the same author.
func TestR21_KeyNeedsTheAuthor(t *testing.T) {
	t.Parallel()
	real := crlfMail(authres+"mx.test; dmarc=pass header.from=b.com", "From: a@b.com", "Message-ID: <1@b.com>", "", "hello")
	stolen := crlfMail(authres+"mx.test; dmarc=pass header.from=evil.com", "From: x@evil.com", "Message-ID: <1@b.com>", "", "spam")
	forged := crlfMail(authres+"mx.test; dmarc=fail header.from=b.com", "From: a@b.com", "Message-ID: <1@b.com>", "", "spam")
	require.Equal(t, MessageKey(parsed(t, real)), MessageKey(parsed(t, stolen)))
	require.True(t, VerifySender(real, "mx.test").Pass)
	author, err := SoleAuthor(stolen)
	require.NoError(t, err)
	require.NotEqual(t, "a@b.com", author.Addr)
	require.False(t, VerifySender(forged, "mx.test").Pass)
}
