package compose

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReferences(t *testing.T) {
	t.Parallel()
	require.Empty(t, References(""))
	require.Empty(t, References("no-at", "", "a b@c", "a@b>\r\nBcc: x"))
	require.Equal(t, map[string]string{"References": "<a@x> <b@x>"}, References("", "a@x", "bad id", "b@x"))
	require.Equal(t, map[string]string{"In-Reply-To": "<Mixed.Case@X>", "References": "<Mixed.Case@X>"}, References("Mixed.Case@X", "Mixed.Case@X"), "ids are compared letter by letter")
	var many []string
	for i := range 100 {
		many = append(many, fmt.Sprintf("%03d-%s@example.com", i, strings.Repeat("x", 30)))
	}
	h := References(many[98], many...)
	require.Less(t, len(h["References"]), 998-len("References: "))
	require.True(t, strings.HasSuffix(h["References"], "<"+many[99]+">"), "the newest stay")
	require.Equal(t, "<"+many[98]+">", h["In-Reply-To"])
}
