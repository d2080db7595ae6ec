package receive

import (
	"os"
	"path/filepath"
	"testing"

	"coachflow/dev/cases"

	"github.com/stretchr/testify/require"
)

// caseMail reads the mail of the table whose file name begins with a number.
func caseMail(t testing.TB, number string) []byte {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(cases.Folder(t, "mail-cases"), number+"-*.eml"))
	require.NoError(t, err)
	require.Len(t, found, 1, number)
	raw, err := os.ReadFile(found[0])
	require.NoError(t, err)
	return raw
}
