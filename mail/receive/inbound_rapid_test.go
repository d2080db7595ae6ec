package receive

import (
	"fmt"
	"strings"
	"testing"

	"coachflow/mail/compose"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// sentLeaf is one thing a generated mail carries.
type sentLeaf struct {
	kind string // "text", "html", "file", "image" or "mail"
	mark string // unlike every other in the mail
}

func (l sentLeaf) raw() string {
	switch l.kind {
	case "text":
		return "Content-Type: text/plain; charset=utf-8\r\n\r\n" + l.mark
	case "html":
		return "Content-Type: text/html; charset=utf-8\r\n\r\n<p>" + l.mark + "</p>"
	case "image":
		return part("Content-Type: image/png\r\nContent-ID: <"+l.mark+">", append([]byte(l.mark), pngBytes...))
	case "mail":
		return "Content-Type: message/rfc822\r\n\r\nSubject: s\r\nContent-Type: multipart/mixed; boundary=inner\r\n\r\n--inner\r\n\r\n" + l.mark + "\r\n--inner--"
	}
	return part("Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="+l.mark+".pdf", append(pdfBytes, l.mark...))
}

// drawTree builds a part that may hold others, and remembers what it put in.
func drawTree(t *rapid.T, depth int, count *int, sent *[]sentLeaf) string {
	if depth == 0 || rapid.IntRange(0, 2).Draw(t, "leaf") == 0 {
		*count++
		leaf := sentLeaf{rapid.SampledFrom([]string{"text", "html", "file", "image", "mail"}).Draw(t, "kind"), fmt.Sprintf("mark%dx", *count)}
		*sent = append(*sent, leaf)
		return leaf.raw()
	}
	*count++
	boundary := fmt.Sprintf("b%d", *count)
	kind := rapid.SampledFrom([]string{"mixed", "related", "signed", "alternative"}).Draw(t, "multipart")
	var parts []string
	for range rapid.IntRange(1, 4).Draw(t, "parts") {
		parts = append(parts, drawTree(t, depth-1, count, sent))
	}
	out := multi(kind, boundary, parts...)
	if rapid.Bool().Draw(t, "unclosed") {
		out = strings.TrimSuffix(out, "--"+boundary+"--\r\n")
	}
	return out
}

// TestR23_EveryPartIsThereOnce: whatever the shape of the mail, closed or not,
// each of its texts is in the text once and each of its files is a part once,
// in the order in which they were sent.
func TestR23_EveryPartIsThereOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var sent []sentLeaf
		raw := rootHead + drawTree(t, 4, new(int), &sent)
		in, err := ParseInbound([]byte(raw))
		require.NoError(t, err)
		var files []string
		for _, leaf := range sent {
			switch leaf.kind {
			case "text":
				require.Equal(t, 1, strings.Count(in.Text, leaf.mark), raw)
			case "html":
				require.Equal(t, 1, strings.Count(in.HTML, leaf.mark), raw)
				require.LessOrEqual(t, strings.Count(in.Text, leaf.mark), 1, raw)
			default:
				files = append(files, leaf.mark)
			}
		}
		require.Len(t, in.Parts, len(files), raw)
		for i, mark := range files {
			require.Contains(t, string(in.Parts[i].Data), mark)
			require.NotEmpty(t, in.Parts[i].Name)
		}
	})
}

// TestParseInbound_AnyBytes: no bytes panic, and what is read can be stored and
// written into headers.
func TestParseInbound_AnyBytes(t *testing.T) {
	t.Parallel()
	pieces := rapid.SampledFrom([]string{
		"Content-Type: ", "multipart/mixed; boundary=b", "text/html", "text/plain; charset=", "utf-16", "\r\n", "\n", "\r\n\r\n", "--b", "--",
		"From: ", "a@b.com", "Subject: =?utf-8?", "q?=00?=", "Content-Disposition: inline; filename*0*=utf-8''", "%00%2e%2e/", "\x00", "\xff", "\u202e",
		"Content-Transfer-Encoding: base64", "AAAA", "=", "cid:", "<img src=", "\"", "(", ")", ";",
	})
	rapid.Check(t, func(t *rapid.T) {
		raw := []byte(strings.Join(rapid.SliceOf(rapid.OneOf(pieces, rapid.String())).Draw(t, "raw"), ""))
		in, err := ParseInbound(raw)
		require.NoError(t, err)
		require.NoError(t, compose.RefuseControl(in.Subject))
		require.NotContains(t, in.Text+in.HTML, "\x00")
		for _, p := range in.Parts {
			require.NoError(t, compose.RefuseControl(p.Name))
			require.NotContains(t, p.Name, "/")
			require.NotEmpty(t, p.Name)
		}
		visible, quoted := SplitQuote(in.Text)
		require.Equal(t, in.Text, visible+quoted)
		SanitizeHTML(in.HTML, testCID)
		VerifySender(raw, "mx.test")
		Automatic(raw, "b.com")
		InboundRecipients(raw, "b.com")
		require.NotEmpty(t, MessageKey(in))
	})
}
