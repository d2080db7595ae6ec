package coaching

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func secret(fill byte, n int) string {
	return base64.StdEncoding.EncodeToString([]byte(strings.Repeat(string(rune(fill)), n)))
}

func linkKeys(t testing.TB, s string) *LinkKeys {
	t.Helper()
	keys, err := ParseLinkKeys(s)
	require.NoError(t, err)
	return keys
}

func aLink() LinkRef { return LinkRef{Purpose: FormLink, Org: uuid.New(), ID: uuid.New()} }

func TestLinkKeys_OpenWhatTheySigned(t *testing.T) {
	t.Parallel()
	keys := linkKeys(t, "1:"+secret('a', 32))
	for _, purpose := range []LinkPurpose{FormLink, FileLink} {
		ref := LinkRef{Purpose: purpose, Org: uuid.New(), ID: uuid.New()}
		token := keys.Sign(ref)
		require.Equal(t, token, keys.Sign(ref), "a repeated mail carries the same link")
		require.Regexp(t, `^[A-Za-z0-9_-]+$`, token, "it survives a line of a mail")
		got, ok := keys.Open(token)
		require.True(t, ok)
		require.Equal(t, ref, got)
	}
}

func TestLinkKeys_ForgedTokensTellNothing(t *testing.T) {
	t.Parallel()
	keys := linkKeys(t, "1:"+secret('a', 32)+",2:"+secret('b', 32))
	token := keys.Sign(aLink())
	refuse := func(token string) {
		t.Helper()
		ref, ok := keys.Open(token)
		require.False(t, ok, token)
		require.Zero(t, ref)
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	require.NoError(t, err)
	for i := range raw {
		for _, flip := range []byte{0x01, 0x03, 0x80, 0xff} {
			forged := []byte(string(raw))
			forged[i] ^= flip
			refuse(base64.RawURLEncoding.EncodeToString(forged))
		}
	}
	for i := range token {
		swapped := byte('A')
		if token[i] == 'A' {
			swapped = 'B'
		}
		refuse(token[:i] + string(swapped) + token[i+1:])
		refuse(token[:i])
		refuse(token[:i] + "\n" + token[i:])
	}
	for _, bad := range []string{"", " ", token + "A", token + "=", " " + token, strings.ToUpper(token),
		strings.Repeat("A", len(token)), token + token, "../../etc/passwd", "🦊"} {
		refuse(bad)
	}
}

func TestLinkKeys_Rotation(t *testing.T) {
	t.Parallel()
	first, second := "1:"+secret('a', 32), "2:"+secret('b', 48)
	ref := aLink()
	old := linkKeys(t, first).Sign(ref)
	both := linkKeys(t, second+", "+first)
	got, ok := both.Open(old)
	require.True(t, ok, "mails that are out keep working")
	require.Equal(t, ref, got)
	require.NotEqual(t, old, both.Sign(ref), "the first key signs")
	require.Equal(t, linkKeys(t, second).Sign(ref), both.Sign(ref))

	_, ok = linkKeys(t, second).Open(old)
	require.False(t, ok, "a key that is gone opens nothing")
	_, ok = linkKeys(t, "1:"+secret('c', 32)).Open(old)
	require.False(t, ok, "nor does another secret of the same id")
}

func TestParseLinkKeys_Refuses(t *testing.T) {
	t.Parallel()
	good := secret('s', 32)
	check := func(keys, want string) {
		t.Helper()
		_, err := ParseLinkKeys(keys)
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), good, "an error goes into a log, a secret does not")
	}
	check("", "place 1")
	check(good, "place 1")
	check("0:"+good, "1 to 255")
	check("256:"+good, "1 to 255")
	check("-1:"+good, "1 to 255")
	check("a:"+good, "1 to 255")
	check("1:"+good+",", "place 2")
	check("1:", "base64 of at least 32 bytes")
	check("1:"+secret('s', 31), "base64 of at least 32 bytes")
	check("1:"+strings.TrimRight(good, "="), "base64 of at least 32 bytes")
	check("1:not base64 at all, but long enough for 32 bytes", "base64 of at least 32 bytes")
	check("7:"+good+",7:"+secret('t', 32), "key 7 is given twice")
}

func TestLinkID_IsDerived(t *testing.T) {
	t.Parallel()
	subject, holder := uuid.New(), uuid.New()
	const address = "ben@client.test"
	id := LinkID(FormLink, subject, holder, address)
	require.Equal(t, id, LinkID(FormLink, subject, holder, address))
	for _, other := range []uuid.UUID{
		LinkID(FileLink, subject, holder, address), LinkID(FormLink, holder, subject, address),
		LinkID(FormLink, subject, uuid.New(), address), LinkID(FormLink, uuid.New(), holder, address),
		LinkID(FormLink, subject, holder, "bem@client.test"), LinkIDBefore(FormLink, subject, holder),
	} {
		require.NotEqual(t, id, other)
	}
}

func TestLinkPurpose_Name(t *testing.T) {
	t.Parallel()
	require.Equal(t, "form", FormLink.Name())
	require.Equal(t, "file", FileLink.Name())
	require.Empty(t, LinkPurpose('x').Name())
}
