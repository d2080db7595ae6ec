package receive

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMailCases reads one mail of each kind that was read wrongly once. What each
// kind is about is tested beside the code that reads it.
func TestMailCases(t *testing.T) {
	t.Parallel()
	const german = "Liebe Clara, die Übung gefällt mir sehr. Wir üben sie täglich früh.\n"
	tests := []struct {
		number, subject, text string
		file                  string // "" for none
	}{
		{"01", "Friday", strings.Repeat(german, 6) + "Bis nächste Woche, Anna\n", ""},
		{"03", "Friday", "Liebe Clara, Freitag passt gut. Viele Grüße, Anna\n\n-- \nScanned by the gateway of Northwind Ltd.\n", ""},
		{"04", "Friday", "", "plan.pdf"},
		{"05", "Friday", "The plan is attached.", "Pläne.pdf"},
		{"06", "Friday", "The plan is attached.", "Pläne März.pdf"},
		{"09", "Grüße", "Hello Clara\n", ""},
		{"10", "Grüße aus Köln", "Hello Clara\n", ""},
		{"17", "Friday", "克拉拉你好，星期五可以見面。", ""},
		{"29", "Friday", "Yes, Friday works.\nAnna\n", ""},
		{"30", "Friday", "", "message-1.eml"},
	}
	for _, tt := range tests {
		in, err := ParseInbound(caseMail(t, tt.number))
		require.NoError(t, err, tt.number)
		require.Equal(t, tt.subject, in.Subject, tt.number)
		require.Equal(t, tt.text, in.Text, tt.number)
		require.Nil(t, in.Refused(), tt.number)
		var files []string
		for _, p := range in.Attachments() {
			files = append(files, p.Name)
		}
		require.Equal(t, tt.file, strings.Join(files, ", "), tt.number)
	}
	digest, err := ParseInbound(caseMail(t, "30"))
	require.NoError(t, err)
	attached, err := ParseInbound(digest.Parts[0].Data)
	require.NoError(t, err)
	require.Equal(t, "Notes: Grüße von Ben", attached.Subject+": "+attached.Text)
}

// A mail of rubbish costs what a mail of its size costs.
func TestMailCases_RubbishIsCheap(t *testing.T) {
	skipRace(t)
	raw := caseMail(t, "04")
	allocated, objects := spent(raw)
	require.Less(t, allocated, uint64(len(raw)))
	require.Less(t, objects, uint64(1000))
}
