package receive

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Words that are the only text of a mail are its text, however it names their type.
func TestInbound_TextOfATypeThatIsNotKnown(t *testing.T) {
	t.Parallel()
	for _, ctype := range []string{";;;", "garbage", "/", "=", "text/markdown", "text/enriched; charset=utf-8", "text/x-notes", "TEXT/Markdown; variant=GFM", "te xt/plain"} {
		in := received(t, "Content-Type: "+ctype, "", "Grüße, *Clara*")
		require.Equal(t, "Grüße, *Clara*", in.Text, ctype)
		require.Empty(t, in.Parts, ctype)
	}
	in := received(t, "Content-Type: ;;;", "", "<html><body><p>Hello</p></body></html>")
	require.Equal(t, "Hello", words(in.Text))
	for _, headers := range [][]string{
		{"Content-Type: text/markdown; name=plan.md"}, {"Content-Type: text/markdown", "Content-Disposition: attachment"}, {"Content-Type: ;;; name=plan.md"},
		{"Content-Type: application/octet-stream"}, {"Content-Type: text/calendar; method=REQUEST"}, {"Content-Type: text/vcard"},
	} {
		in := received(t, append(headers, "", "# Plan")...)
		require.Empty(t, in.Text, headers)
		require.Len(t, in.Parts, 1, headers)
	}
	in = received(t, "Content-Type: ;;;", "Content-Transfer-Encoding: base64", "", "JVBERi0xLjcKAAEC/w==")
	require.Len(t, in.Parts, 1, "bytes that are no text are a file")
}

func TestInbound_OtherTextBesideTextIsAFile(t *testing.T) {
	t.Parallel()
	in, err := ParseInbound([]byte(rootHead + multi("mixed", "m", plainPart, "Content-Type: text/markdown\r\n\r\n# Plan")))
	require.NoError(t, err)
	require.Equal(t, "hello", words(in.Text))
	require.Len(t, in.Parts, 1)
	in, err = ParseInbound([]byte(rootHead + multi("mixed", "m", "Content-Type: text/markdown\r\n\r\n# Plan", part("Content-Type: application/pdf; name=a.pdf", pdfBytes))))
	require.NoError(t, err)
	require.Equal(t, "# Plan", words(in.Text))
	require.Len(t, in.Parts, 1)
}
