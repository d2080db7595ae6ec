package mail

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReferences(t *testing.T) {
	t.Parallel()
	require.Nil(t, References(nil))
	require.Nil(t, References([]string{"", "no-at", "a b@c", "a@b>\r\nBcc: x"}))
	require.Equal(t, map[string]string{"In-Reply-To": "<b@x>", "References": "<a@x> <b@x>"}, References([]string{"a@x", "bad id", "b@x"}))
	var many []string
	for i := range 100 {
		many = append(many, fmt.Sprintf("%03d-%s@example.com", i, strings.Repeat("x", 30)))
	}
	h := References(many)
	require.Less(t, len(h["References"]), 998-len("References: "))
	require.True(t, strings.HasSuffix(h["References"], "<"+many[99]+">"), "the newest stay")
	require.Equal(t, "<"+many[99]+">", h["In-Reply-To"])
}
