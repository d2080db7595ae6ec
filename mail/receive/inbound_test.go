package receive

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"coachflow/mail/compose"

	"github.com/stretchr/testify/require"
)

// pngBytes and pdfBytes are enough of the formats to be recognised.
var (
	pngBytes = append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), make([]byte, 20)...)
	pdfBytes = []byte("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")
)

func part(header string, data []byte) string {
	encoded := base64.StdEncoding.EncodeToString(data)
	var b strings.Builder
	b.WriteString(header + "\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	for len(encoded) > 76 {
		b.WriteString(encoded[:76] + "\r\n")
		encoded = encoded[76:]
	}
	return b.String() + encoded
}

func multi(kind, boundary string, parts ...string) string {
	out := "Content-Type: multipart/" + kind + "; boundary=" + boundary + "\r\n\r\n"
	for _, p := range parts {
		out += "--" + boundary + "\r\n" + p + "\r\n"
	}
	return out + "--" + boundary + "--\r\n"
}

const (
	plainPart = "Content-Type: text/plain; charset=utf-8\r\n\r\nhello"
	htmlPart  = "Content-Type: text/html; charset=utf-8\r\n\r\n<p>hello <img src=\"cid:logo@x\"></p>"
	rootHead  = "From: Ann <ann@example.com>\r\nSubject: s\r\n"
)

func TestR23_FilesAreNeitherLostNorDoubled(t *testing.T) {
	t.Parallel()
	png := func(header string) string { return part("Content-Type: image/png"+header, pngBytes) }
	logo := png("\r\nContent-ID: <logo@x>")
	pdf := part("Content-Type: application/pdf; name=\"a.pdf\"\r\nContent-Disposition: attachment; filename=\"a.pdf\"", pdfBytes)
	alternative := multi("alternative", "alt", plainPart, htmlPart)
	tests := []struct {
		name, body, text, html string
		parts                  []string // as partNames writes them
	}{
		{"text", plainPart, "hello", "", nil},
		{"html alone", htmlPart, "hello", "<p>", nil},
		{"image of the html", multi("related", "r", htmlPart, logo), "hello", "<p>", []string{"image-1.png image/png inline"}},
		{"image called attachment, but shown", multi("related", "r", htmlPart, png("\r\nContent-ID: <logo@x>\r\nContent-Disposition: attachment; filename=l.png")), "hello", "<p>", []string{"l.png image/png inline"}},
		{"inside alternative", multi("alternative", "a", plainPart, multi("related", "r", htmlPart, logo)), "hello", "<p>", []string{"image-1.png image/png inline"}},
		{"image beside the html, unreferenced", multi("mixed", "m", alternative, png("; name=p.png\r\nContent-Disposition: inline")), "hello", "<p>", []string{"p.png image/png"}},
		{"nameless inline image", multi("mixed", "m", alternative, png("\r\nContent-Disposition: inline")), "hello", "<p>", []string{"image-1.png image/png inline"}},
		{"photograph of a phone", multi("mixed", "m", plainPart, png("; name=IMG_1.png\r\nContent-Disposition: inline; filename=IMG_1.png")), "hello", "", []string{"IMG_1.png image/png"}},
		{"place in the text", multi("mixed", "m", "Content-Type: text/plain\r\n\r\n[image: p.png]", png("; name=p.png")), "[image: p.png]", "", []string{"p.png image/png inline"}},
		{"inline pdf", multi("mixed", "m", plainPart, part("Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: inline; filename=a.pdf", pdfBytes)), "hello", "", []string{"a.pdf application/pdf"}},
		{"file", multi("mixed", "m", alternative, pdf), "hello", "<p>", []string{"a.pdf application/pdf"}},
		{"the same file twice is two files", multi("mixed", "m", plainPart, pdf, pdf), "hello", "", []string{"a.pdf application/pdf", "a.pdf application/pdf"}},
		{"generic type", multi("mixed", "m", plainPart, part("Content-Type: application/octet-stream", pdfBytes)), "hello", "", []string{"attachment-1.pdf application/pdf"}},
		{"no type at all but a name", multi("mixed", "m", plainPart, part("Content-Disposition: attachment; filename=x", pdfBytes)), "hello", "", []string{"x text/plain"}},
		{"bad type", multi("mixed", "m", plainPart, part("Content-Type: ;;==/;\"", pdfBytes)), "hello", "", []string{"attachment-1.pdf application/pdf"}},
		{"html that says it is an image", multi("mixed", "m", plainPart, part("Content-Type: image/png\r\nContent-Disposition: inline", []byte("<html><script>x</script></html>"))), "hello", "", []string{"attachment-1.html text/html"}},
		{"attached mail", multi("mixed", "m", plainPart, "Content-Type: message/rfc822\r\n\r\nFrom: x@y\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\ninner\r\n--i--"), "hello", "", []string{"message-1.eml message/rfc822"}},
		{"attached text", multi("mixed", "m", plainPart, "Content-Type: text/plain\r\nContent-Disposition: attachment; filename=n.txt\r\n\r\nnotes"), "hello", "", []string{"n.txt text/plain"}},
		{"attached text without a name", multi("mixed", "m", plainPart, "Content-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nnotes"), "hello", "", []string{"attachment-1.txt text/plain"}},
		{"invitation", multi("alternative", "a", plainPart, "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR"), "hello", "", []string{"attachment-1.ics text/calendar"}},
		{"only a file", pdf, "", "", []string{"a.pdf application/pdf"}},
		{"signed", multi("signed", "s", plainPart, "Content-Type: application/pgp-signature\r\n\r\nsig"), "hello", "", []string{"attachment-1.asc application/pgp-signature"}},
		{"empty file", multi("mixed", "m", plainPart, part("Content-Type: image/png; name=\"\"\r\nContent-Disposition: attachment; filename=\"\"", nil)), "hello", "", []string{"attachment-1.png image/png"}},
		{"text around a file", multi("mixed", "m", plainPart, pdf, "Content-Type: text/plain\r\n\r\nbye"), "hello\n\nbye", "", []string{"a.pdf application/pdf"}},
		{"html around a file", multi("mixed", "m", htmlPart, pdf, "Content-Type: text/html\r\n\r\n<b>bye</b>"), "hello\n\nbye", "<b>bye", []string{"a.pdf application/pdf"}},
		{"footer of a list", multi("mixed", "m", alternative, "Content-Type: text/plain\r\n\r\nfooter <1>"), "hello\n\nfooter <1>", "footer &lt;1&gt;", nil},
		{"both forms side by side are not doubled", multi("mixed", "m", plainPart, "Content-Type: text/html\r\n\r\n<i>hello</i>"), "hello", "<i>hello", nil},
		{"nested and unclosed", "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: multipart/mixed; boundary=n\r\n\r\n--n\r\n" + plainPart + "\r\n--n\r\n" + pdf, "hello", "", []string{"a.pdf application/pdf"}},
		{"boundary never used", "Content-Type: multipart/mixed; boundary=q\r\n\r\nhello", "hello", "", nil},
		{"part without header", "Content-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\nhello\r\n--q--", "hello", "", nil},
		{"broken base64 keeps what it has", multi("mixed", "m", plainPart, "Content-Type: application/pdf; name=b.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK?=!"), "hello", "", []string{"b.pdf application/pdf"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			in, err := ParseInbound([]byte(rootHead + tt.body))
			require.NoError(t, err)
			require.Equal(t, tt.text, strings.TrimSpace(in.Text))
			require.Equal(t, tt.parts, partNames(in))
			require.Equal(t, tt.html == "", in.HTML == "")
			require.Contains(t, in.HTML, tt.html)
			require.LessOrEqual(t, strings.Count(in.Text, "hello"), 1)
			require.LessOrEqual(t, strings.Count(in.HTML, "hello"), 1)
		})
	}
}

func TestR23_AttachedMailIsKeptAsSent(t *testing.T) {
	t.Parallel()
	inner := "From: x@y\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\ninner\r\n--i--\r\n"
	in, err := ParseInbound([]byte(rootHead + multi("mixed", "m", plainPart, "Content-Type: message/rfc822; name=\"../fw.eml\"\r\n\r\n"+inner)))
	require.NoError(t, err)
	require.Len(t, in.Parts, 1)
	require.Equal(t, "fw.eml", in.Parts[0].Name)
	require.Equal(t, inner, string(in.Parts[0].Data))
	require.NotContains(t, in.Text, "inner")
}

func TestParseInbound_Header(t *testing.T) {
	t.Parallel()
	in, err := ParseInbound(crlfMail(
		"Message-ID: <a.b@Example.COM>", "In-Reply-To: <first@x> <second@x>", "References: <1@x>", " <2@x>",
		"From: =?iso-8859-1?q?J=FCrg?= <J@Example.com>", "Reply-To: b@example.com, c@example.com",
		"Subject: =?utf-8?B?w6Q=?= =?utf-8?B?w7Y=?= =?x-made-up?q?ok?=\ttab", "Date: Tue, 3 Apr 2012 16:19:00 +0200 (CEST)", "", "hi"))
	require.NoError(t, err)
	require.Equal(t, "a.b@Example.COM", in.MessageID)
	require.Equal(t, "first@x", in.InReplyTo)
	require.Equal(t, []string{"1@x", "2@x"}, in.References)
	require.Equal(t, []Address{{Name: "Jürg", Addr: "J@example.com"}}, in.From)
	require.Equal(t, []Address{{Addr: "b@example.com"}, {Addr: "c@example.com"}}, in.ReplyTo)
	require.Equal(t, "äöok tab", in.Subject)
	require.Equal(t, time.Date(2012, 4, 3, 14, 19, 0, 0, time.UTC), in.Date)
	require.Empty(t, in.Warnings)

	in, err = ParseInbound(crlfMail("Subject: a\x00\xe4", "Date: yesterday", "", "x\x00y\r\nz\xe4"))
	require.NoError(t, err)
	require.Equal(t, "aä", in.Subject)
	require.Equal(t, "xy\nzä", in.Text)
	require.True(t, in.Date.IsZero())
	require.NotEmpty(t, in.Warnings)
}

func TestParseInbound_Charsets(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, header, body, want string }{
		{"declared", "Content-Type: text/plain; charset=iso-8859-15", "\xa4", "€"},
		{"declared and wrong", "Content-Type: text/plain; charset=utf-8", "sch\xf6n", "schön"},
		{"undeclared utf-8", "Content-Type: text/plain", "schön", "schön"},
		{"undeclared latin", "Content-Type: text/plain", "sch\xf6n", "schön"},
		{"said in the html", "Content-Type: text/html", "<meta charset=windows-1250>\x8a", "Š"},
		{"unknown", "Content-Type: text/plain; charset=x-nope", "schön", "schön"},
		{"quoted-printable with two words", "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: Quoted-Printable ", "sch=C3=B6n", "schön"},
		{"unknown encoding", "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: x-uuencode", "as it is", "as it is"},
		{"utf-16", "Content-Type: text/plain; charset=utf-16le\r\nContent-Transfer-Encoding: base64", "aABpAA==", "hi"},
		{"no header but a body", "", "hi", "hi"},
		{"iso-2022-jp undeclared", "Content-Type: text/plain", strings.Repeat("\x1b$B$3$s$K$A$O\x1b(B ", 20), strings.TrimSpace(strings.Repeat("こんにちは ", 20))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			in, err := ParseInbound([]byte(strings.TrimPrefix(tt.header+"\r\n\r\n"+tt.body, "\r\n")))
			require.NoError(t, err)
			require.Equal(t, tt.want, strings.TrimSpace(in.Text))
		})
	}
}

func TestCleanFileName(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", 300)
	tests := []struct{ in, want string }{
		{"a.pdf", "a.pdf"}, {"/etc/passwd", "passwd"}, {`C:\x\y.doc`, "y.doc"}, {"..", ""}, {"../..", ""}, {"", ""},
		{"a\x00b\r\nc.txt", "ab  c.txt"}, {"evil\u202Efdp.exe", "evilfdp.exe"}, {" .hidden. ", "hidden"}, {"a\u200bb", "ab"},
		{`a<b>:"|?*.txt`, "a_b______.txt"}, {"=?utf-8?q?=C3=A4=2Epdf?=", "ä.pdf"}, {"=?utf-8?q?..=2Fx?=", "x"},
		{long + ".pdf", strings.Repeat("ä", 98) + ".pdf"}, {"a." + strings.Repeat("b", 300), "a." + strings.Repeat("b", 198)},
	}
	for _, tt := range tests {
		got := CleanFileName(tt.in)
		require.Equal(t, tt.want, got)
		require.LessOrEqual(t, len(got), 200)
		require.NoError(t, compose.RefuseControl(got))
	}
}

// benchMail is a mail of about 60 KB with an image shown in it and a file.
func benchMail() []byte {
	body := strings.Repeat("A line of text that somebody wrote to a coach.\r\n", 60)
	return []byte(rootHead + multi("mixed", "m",
		multi("alternative", "a", "Content-Type: text/plain; charset=utf-8\r\n\r\n"+body,
			multi("related", "r", "Content-Type: text/html; charset=utf-8\r\n\r\n<p>"+body+"<img src=\"cid:i@x\"></p>",
				part("Content-Type: image/png\r\nContent-ID: <i@x>", append(pngBytes, bytes.Repeat([]byte{1, 2, 3}, 5000)...)))),
		part("Content-Type: application/pdf; name=a.pdf", append(pdfBytes, bytes.Repeat([]byte{4, 5, 6}, 8000)...))))
}

func BenchmarkParseInbound(b *testing.B) {
	raw := benchMail()
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseInbound(raw); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleHTMLToText() {
	fmt.Println(HTMLToText("<p>Hello&nbsp;you</p><ul><li>one<li>two</ul><blockquote>old<br>text</blockquote><style>x</style>"))
	// Output:
	// Hello you
	//
	// - one
	// - two
	//
	// > old
	// > text
}
