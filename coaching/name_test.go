package coaching

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCleanName(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{"Ann": "Ann", "  Ann \t": "Ann", "Ann\tLee": "Ann Lee", "山田 太郎": "山田 太郎",
		strings.Repeat("ü", 200): strings.Repeat("ü", 200), strings.Repeat("👩", 200): strings.Repeat("👩", 200)} {
		name, err := CleanName("A person", given)
		require.NoError(t, err)
		require.Equal(t, want, name)
	}
	for _, bad := range []string{"", " ", "\t", strings.Repeat("ü", 201), "a\nb", "a\rb", "a\x00b", "a\u2028b", "a\u0085b", "a\x7fb", "\xff"} {
		_, err := CleanName("An engagement", bad)
		problem, is := AsProblem(err)
		require.True(t, is, "%q", bad)
		require.Equal(t, "name_invalid", problem.Code)
		require.Equal(t, "name", problem.Fields[0].Path)
		require.True(t, strings.HasPrefix(problem.Message, "An engagement needs"), problem.Message)
	}
}
