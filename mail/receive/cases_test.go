package receive

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// inShared is a folder of mails that are kept outside of the project.
// COACHFLOW_SHARED names the folder above it; without it, that stands beside the
// project.
func inShared(name string) string {
	if folder, named := os.LookupEnv("COACHFLOW_SHARED"); named {
		return filepath.Join(folder, name)
	}
	return filepath.Join("..", "..", "..", "shared", name)
}

// requireOrSkip ends a test whose mails are not there: it fails where
// COACHFLOW_SHARED says where they are.
func requireOrSkip(t testing.TB, folder string, err error) {
	t.Helper()
	if _, named := os.LookupEnv("COACHFLOW_SHARED"); named {
		t.Fatalf("COACHFLOW_SHARED is set, and the mails are not at %s: %v", folder, err)
	}
	t.Skipf("SKIPPED: the mails are not at %s: %v", folder, err)
}

// caseMail reads the mail of the table whose file name begins with a number.
func caseMail(t testing.TB, number string) []byte {
	t.Helper()
	folder := inShared("mail-cases")
	if _, err := os.Stat(folder); err != nil {
		requireOrSkip(t, folder, err)
	}
	found, err := filepath.Glob(filepath.Join(folder, number+"-*.eml"))
	require.NoError(t, err)
	require.Len(t, found, 1, number)
	raw, err := os.ReadFile(found[0])
	require.NoError(t, err)
	return raw
}
