package receive

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSharesFile(t *testing.T) {
	t.Parallel()
	check := func(subject, name string, shares bool) {
		t.Helper()
		gotName, got := SharesFile(subject)
		require.Equal(t, shares, got, subject)
		require.Equal(t, name, gotName, subject)
	}
	check("File: Plan for May.pdf", "Plan for May.pdf", true)
	check("file:plan", "plan", true)
	check("  FILE :  two   words ", "two words", true)
	check("File: Übung & Blatt №3", "Übung & Blatt №3", true)
	check("File: Budget 2026/27", "Budget 2026-27", true)
	check("File: ...", "", true)
	check("File:", "", true)
	check("File:   ", "", true)
	check("File: a\r\nBcc: b", "a Bcc_ b", true)
	check("Re: File: Plan", "", false)
	check("FW: File: Plan", "", false)
	check("Files: Plan", "", false)
	check("My file: Plan", "", false)
	check("Filé: Plan", "", false)
	check("", "", false)
	name, _ := SharesFile("File: ../../etc/passwd")
	require.NotContains(t, name, "/")
}
