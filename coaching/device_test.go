package coaching

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

var deviceNow = time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)

func aDevice() Device {
	return Device{Org: uuid.New(), Person: uuid.New(), ID: uuid.New(), PasswordSet: 1_700_000_000_123_456, Until: deviceNow.Add(time.Hour)}
}

func TestDevice_IsOpenedUntilItRunsOut(t *testing.T) {
	t.Parallel()
	keys, d := linkKeys(t, "1:"+secret('a', 32)), aDevice()
	token := keys.SignDevice(d)
	require.Regexp(t, `^[A-Za-z0-9_-]+$`, token, "it can stand in a cookie")
	got, good := keys.OpenDevice(token, deviceNow)
	require.True(t, good)
	require.Equal(t, d, got)
	require.True(t, got.Known())
	require.False(t, Device{}.Known())
	_, good = keys.OpenDevice(token, d.Until)
	require.False(t, good)

	old := linkKeys(t, "2:"+secret('b', 32)+",1:"+secret('a', 32))
	_, good = old.OpenDevice(token, deviceNow)
	require.True(t, good, "keys can be rotated")
	_, good = linkKeys(t, "2:"+secret('b', 32)).OpenDevice(token, deviceNow)
	require.False(t, good)
}

func TestDevice_ForgedTokensAreNone(t *testing.T) {
	t.Parallel()
	keys := linkKeys(t, "1:"+secret('a', 32))
	token := keys.SignDevice(aDevice())
	refuse := func(token string) {
		t.Helper()
		_, good := keys.OpenDevice(token, deviceNow)
		require.False(t, good, token)
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	require.NoError(t, err)
	for i := range raw {
		forged := []byte(string(raw))
		forged[i] ^= 1
		refuse(base64.RawURLEncoding.EncodeToString(forged))
	}
	for _, bad := range []string{"", "A", token + "A", token[1:], strings.Repeat("A", len(token)), keys.Sign(aLink())} {
		refuse(bad)
	}
	_, link := keys.Open(token)
	require.False(t, link, "nor is it the token of a link")
}
