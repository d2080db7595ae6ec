package receive

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// casesFolder is the folder of mails that are kept outside of the project. Where
// COACHFLOW_SHARED names it, its absence is a failure.
func casesFolder(t testing.TB) string {
	t.Helper()
	folder, named := os.LookupEnv("COACHFLOW_SHARED")
	if !named {
		folder = filepath.Join("..", "..", "..", "shared")
	}
	folder = filepath.Join(folder, "mail-cases")
	if _, err := os.Stat(folder); err != nil {
		if named {
			t.Fatalf("COACHFLOW_SHARED is set, and the mails are not at %s: %v", folder, err)
		}
		t.Skipf("SKIPPED: the mails are not at %s: %v", folder, err)
	}
	return folder
}

// caseMail reads the mail whose file name begins with a number.
func caseMail(t testing.TB, number string) []byte {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(casesFolder(t), number+"-*.eml"))
	require.NoError(t, err)
	require.Len(t, found, 1, number)
	raw, err := os.ReadFile(found[0])
	require.NoError(t, err)
	return raw
}
