package serve

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWithExtension(t *testing.T) {
	t.Parallel()
	check := func(name, contentType, want string) {
		t.Helper()
		require.Equal(t, want, withExtension(name, contentType))
	}
	check("Plan for May", "application/pdf", "Plan for May.pdf")
	check("Plan v1. The start", "application/pdf", "Plan v1. The start.pdf")
	check("Plan v2.1", "application/pdf", "Plan v2.1.pdf")
	check("Budget 2026.05", "application/pdf", "Budget 2026.05.pdf")
	check("Notes.markdown", "text/plain", "Notes.markdown")
	check("Plan.pdf", "application/pdf", "Plan.pdf")
	check("Plan.docx", "application/pdf", "Plan.docx")
	check("Plan.", "text/plain", "Plan..txt")
	check("Notes", "application/octet-stream", "Notes")
	check("Notes", "no type", "Notes")
	check("Notes", "", "Notes")
}

func TestDisposition_NamesAnyFileSafely(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"plan.pdf", "Plän für Montag.pdf", "a\"b;c.pdf", "a\r\nSet-Cookie: x=y", "../../etc/passwd", "", "日本.txt", "\xff.bin"} {
		value := disposition(name)
		require.True(t, strings.HasPrefix(value, "attachment"), name)
		require.NotContains(t, value, "\r")
		require.NotContains(t, value, "\n")
		require.NotContains(t, value, "/")
	}
}
