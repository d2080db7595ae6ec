package receive

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The parts of a digest are mails where they do not say otherwise (RFC 2046, 5.1.5).
func TestInbound_Digests(t *testing.T) {
	t.Parallel()
	inner := "From: Ben <ben@x.test>\r\nSubject: Notes\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nR3LDvMOfZSB2b24gQmVu\r\n"
	head := "From: a@b.test\r\nContent-Type: multipart/digest; boundary=d\r\n\r\n"
	for name, part := range map[string]string{
		"as it should be": "\r\n" + inner, "without the empty line": inner, "with its type": "Content-Type: message/rfc822\r\n\r\n" + inner,
		"with a description": "Content-Description: Notes\r\n\r\n" + inner, "with another field": "X-Number: 1\r\n\r\n" + inner,
		"with a blank on the empty line": " \r\n" + inner,
	} {
		in := parsed(t, []byte(head+"--d\r\n"+part+"--d--\r\n"))
		require.Len(t, in.Parts, 1, name)
		require.Equal(t, "message/rfc822", in.Parts[0].ContentType, name)
		require.Equal(t, strings.TrimSuffix(inner, "\r\n"), string(in.Parts[0].Data), name)
		require.Empty(t, in.Text, name)
	}
	in := parsed(t, []byte(head+"--d\r\nContent-Type: text/plain\r\n\r\nThe table of contents.\r\n--d\r\n\r\n"+inner+"--d\r\n\r\n"+inner+"--d--\r\n"))
	require.Equal(t, "The table of contents.", in.Text)
	require.Len(t, in.Parts, 2)
	in = parsed(t, []byte("From: a@b.test\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n\r\nHello\r\n--m\r\nContent-Type: multipart/digest; boundary=d\r\n\r\n--d\r\n\r\n"+inner+"--d--\r\n--m\r\n\r\nBye\r\n--m--"))
	require.Equal(t, "Hello\n\nBye", in.Text)
	require.Len(t, in.Parts, 1)
}

// The line between header and body is not always empty, and not always there.
func TestInbound_SeparatorLines(t *testing.T) {
	t.Parallel()
	const head = "From: a@b.test\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8"
	tests := []struct{ name, raw, want string }{
		{"empty", head + "\r\n\r\nYes, Friday works.\r\nAnna", "Yes, Friday works.\nAnna"},
		{"a blank", head + "\r\n \r\nYes, Friday works.\r\nAnna", "Yes, Friday works.\nAnna"},
		{"a tab and blanks", head + "\r\n\t  \r\nYes, Friday works.\r\nAnna", "Yes, Friday works.\nAnna"},
		{"a blank, then words with a colon", head + "\r\n \r\nYes: Friday works.\r\nNote: at 10\r\n\r\nAnna", "Yes: Friday works.\nNote: at 10\n\nAnna"},
		{"a blank, then an indented line", head + "\r\n \r\n  Yes, Friday works.\r\nAnna", "Yes, Friday works.\nAnna"},
		{"a blank, then an empty line", head + "\r\n \r\n\r\nYes", "Yes"},
		{"a blank where the body is empty", head + "\r\n \r\n", ""},
		{"a blank, LF", strings.ReplaceAll(head, "\r\n", "\n") + "\n \nYes\nAnna\n", "Yes\nAnna"},
		{"a blank inside the header", "From: a@b.test\r\nSubject: x\r\n \r\nContent-Type: text/plain; charset=utf-8\r\n\r\nYes", "Yes"},
		{"a blank inside a folded field", "From: a@b.test\r\nContent-Type: text/plain;\r\n \r\n charset=utf-8\r\nSubject: x\r\n\r\nYes", "Yes"},
		{"none", head + "\r\nYes, Friday works.\r\nAnna", "Yes, Friday works.\nAnna"},
		{"none, with empty lines later", head + "\r\nYes, Friday works.\r\n\r\nAnna", "Yes, Friday works.\n\nAnna"},
		{"none, with words with a colon", head + "\r\nHello Clara,\r\nPS: bring the plan\r\n\r\nAnna", "Hello Clara,\nPS: bring the plan\n\nAnna"},
		{"a broken fold in the header", "From: a@b.test\r\nSubject: a long\r\nsubject\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nYes", "Yes"},
		{"a parameter that is not indented", "From: a@b.test\r\nSubject: x\r\nContent-Type: text/plain;\r\ncharset=utf-8;\r\nformat=flowed\r\n\r\nYes \r\nand no", "Yes and no"},
		{"no header at all", "Yes, Friday works.\r\n\r\nAnna", "Yes, Friday works.\n\nAnna"},
		{"from a mailbox file", "From a@b.test Mon Mar  4 10:12:00 2024\r\n" + head + "\r\n\r\nYes", "Yes"},
	}
	for _, tt := range tests {
		in := parsed(t, []byte(tt.raw))
		require.Equal(t, tt.want, strings.TrimSpace(in.Text), tt.name)
		if strings.HasPrefix(tt.raw, head) {
			require.Equal(t, "x", in.Subject, tt.name)
			author, err := in.SoleAuthor()
			require.NoError(t, err, tt.name)
			require.Equal(t, "a@b.test", author.Addr)
		}
	}
}

// The same for the parts of a multipart, and for the lines between them.
func TestInbound_SeparatorLinesOfParts(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"as it should be":          "--b\r\nContent-Type: text/plain\r\n\r\nYes\r\n--b--\r\n",
		"a blank":                  "--b\r\nContent-Type: text/plain\r\n \r\nYes\r\n--b--\r\n",
		"none":                     "--b\r\nContent-Type: text/plain\r\nYes\r\n--b--\r\n",
		"blanks behind delimiters": "--b \t\r\nContent-Type: text/plain\r\n\r\nYes\r\n--b-- \r\n",
		"no header":                "--b\r\nYes\r\n--b--\r\n",
		"LF":                       "--b\nContent-Type: text/plain\n\nYes\n--b--\n",
	} {
		for _, header := range []string{"multipart/mixed; boundary=b", `multipart/mixed; boundary="b "`, "multipart/mixed boundary=b", "multipart/mixed; boundary=\r\n\t\"b\"", `multipart/mixed; boundary="b" charset=utf-8`} {
			in := parsed(t, []byte("From: a@b.test\r\nContent-Type: "+header+"\r\n\r\n"+raw))
			require.Equal(t, "Yes", in.Text, "%s %s", name, header)
			require.Empty(t, in.Parts)
		}
	}
	in := parsed(t, []byte("From: a@b.test\r\nContent-Type: multipart/mixed\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nYes\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF\r\n--b--\r\n"))
	require.Equal(t, "Yes", in.Text, "the boundary is seen where it is not stated")
	require.Len(t, in.Parts, 1)
}

// Text that is longer than a message holds is a file, and its beginning is shown.
func TestR25_LongTextIsAFile(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("A line that somebody wrote, für Clara.\r\n", maxText/30)
	in := parsed(t, []byte("From: a@b.test\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"+long))
	require.LessOrEqual(t, len(in.Text), maxText)
	require.True(t, strings.HasPrefix(in.Text, "A line that somebody wrote, für Clara.\nA line"))
	require.True(t, strings.HasSuffix(in.Text, "Clara.\n\n[The message is longer than this; all of it is in message.txt.]"), in.Text[len(in.Text)-100:])
	require.Equal(t, "message.txt", in.Parts[0].Name)
	require.Equal(t, long, string(in.Parts[0].Data))

	in = parsed(t, []byte("From: a@b.test\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\n"+strings.ReplaceAll(long, "ü", "\xfc")))
	require.Equal(t, long, string(in.Parts[0].Data), "in UTF-8, as files are read")

	html := "<p>" + strings.ReplaceAll(strings.Repeat(long, 2), "\r\n", "<br>\r\n")
	in = parsed(t, []byte("From: a@b.test\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"+html))
	require.True(t, strings.HasPrefix(in.Text, "A line that somebody wrote, für Clara.\nA line"))
	require.True(t, strings.HasSuffix(in.Text, "in message.html.]"))
	require.Equal(t, html, string(in.Parts[0].Data))

	in = parsed(t, []byte(rootHead+multi("alternative", "a", plainPart, "Content-Type: text/html; charset=utf-8\r\n\r\n"+html)))
	require.Equal(t, "hello", in.Text, "the form that can be shown is shown")
	require.Equal(t, html, string(in.Parts[0].Data))

	in = parsed(t, []byte(rootHead+multi("mixed", "m", plainPart, "Content-Type: text/plain; charset=utf-8\r\n\r\n"+long, "Content-Type: text/plain\r\n\r\nbye")))
	require.True(t, strings.HasPrefix(in.Text, "hello\n\nA line"))
	require.Len(t, in.Parts, 2, "and what comes behind is a file, too")
	require.Equal(t, "bye", string(in.Parts[1].Data))
}
