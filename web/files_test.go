package web

import (
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
