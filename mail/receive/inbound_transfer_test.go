package receive

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// inLines breaks text into lines of a width.
func inLines(text string, width int, newline string) string {
	var b strings.Builder
	for len(text) > width {
		b.WriteString(text[:width] + newline)
		text = text[width:]
	}
	return b.String() + text + newline
}

// textOf and fileOf read a text and a file with a body in base64.
func textOf(t testing.TB, body string) string {
	t.Helper()
	in, err := ParseInbound([]byte("From: a@b.test\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body))
	require.NoError(t, err)
	return in.Text
}

func fileOf(t testing.TB, body string) []byte {
	t.Helper()
	in, err := ParseInbound([]byte("From: a@b.test\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body))
	require.NoError(t, err)
	require.Len(t, in.Parts, 1)
	return in.Parts[0].Data
}

const letter = "Liebe Clara, Freitag passt gut. Viele Grüße, Anna.\r\nWir sehen uns am üblichen Ort, und ich bringe die Pläne mit.\r\n"

// Text behind encoded text is read as it stands.
func TestInbound_FootersBehindBase64(t *testing.T) {
	t.Parallel()
	want := strings.ReplaceAll(letter, "\r\n", "\n")
	footers := []string{
		"-- \r\nScanned by the gateway of Northwind Ltd.\r\n", "_______________________________________________\r\nCoaching mailing list\r\nhttps://lists.example.org/coaching\r\n",
		"Regards, the gateway\r\n", "Diese Nachricht wurde geprüft.\r\n", "This-message-was-scanned.\r\n",
	}
	for _, width := range []int{60, 64, 72, 76, 1000} {
		for pad := range 3 {
			text := letter + strings.Repeat("!", pad)
			body := inLines(base64.StdEncoding.EncodeToString([]byte(text)), width, "\r\n")
			require.Equal(t, want+strings.Repeat("!", pad), textOf(t, body))
			for _, footer := range footers {
				got := textOf(t, body+"\r\n"+footer)
				require.True(t, strings.HasPrefix(got, want), "%d %d %q", width, pad, got)
				require.Equal(t, words(text+"\n"+footer), words(got))
				got = textOf(t, body+footer)
				require.Equal(t, words(text+"\n"+footer), words(got))
				require.Equal(t, text, string(fileOf(t, body+"\r\n"+footer)), "a footer is no part of a file")
			}
		}
	}
	in := received(t, "Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: base64", "", base64.StdEncoding.EncodeToString([]byte("<p>Grüße</p>")), "", "A <footer> of 2 lines.")
	require.Equal(t, "Grüße\n\nA <footer> of 2 lines.", in.Text)
	got := textOf(t, base64.StdEncoding.EncodeToString([]byte("Hello Ben"+"!"))+"-- A footer on the same line.\r\n")
	require.Equal(t, "Hello Ben! -- A footer on the same line.", words(got))
}

// Base64 is read as far as it goes.
func TestInbound_DamagedBase64(t *testing.T) {
	t.Parallel()
	data := []byte(strings.Repeat(allBytes(), 20))
	encoded := base64.StdEncoding.EncodeToString(data)
	for _, width := range []int{4, 19, 60, 76, 998, len(encoded)} {
		for _, newline := range []string{"\n", "\r\n", "\r\n\r\n", " \r\n"} {
			require.Equal(t, data, fileOf(t, inLines(encoded, width, newline)), "%d %q", width, newline)
		}
	}
	lines := inLines(encoded, 76, "\r\n")
	require.Equal(t, data, fileOf(t, strings.ReplaceAll(lines, "A", "A!")), "bytes that are no base64 are passed over")
	require.Equal(t, data, fileOf(t, lines[:780]+"!!!! rubbish of a broken relay !!!!\r\n"+lines[780:]))
	var chunks string
	for chunk := range slices.Chunk(data, 100) {
		chunks += base64.StdEncoding.EncodeToString(chunk)
	}
	require.Equal(t, data, fileOf(t, chunks), "padded pieces one after the other")
	require.Equal(t, data, fileOf(t, inLines(strings.TrimRight(encoded, "="), 76, "\r\n")))

	lost := strings.Replace(lines, lines[790:800], lines[790:799], 1)
	got := fileOf(t, lost)
	require.Equal(t, data[:57*10], got[:57*10], "a lost digit")
	require.Equal(t, data[57*12:], got[len(got)-len(data)+57*12:], "costs its line alone")

	for _, rubbish := range []string{"!@#$%^&*", "%PDF-1.4\nplain\n", "=", "\x00\xff"} {
		body := strings.Repeat(rubbish, 1000)
		require.Equal(t, body, string(fileOf(t, body)), "what is not base64 is kept as it came")
	}
	plain := inLines(base64.StdEncoding.EncodeToString([]byte(letter)), 60, "\r\n")
	for at := range plain {
		got := textOf(t, plain[:at]+"!"+plain[at:])
		got, _ = strings.CutSuffix(words(got), " !") // behind the data it is a footer
		require.Equal(t, words(letter), got, "a bad byte at %d", at)
	}
	require.Equal(t, "Grüße an alle", textOf(t, "R3LD!vMOfZSBhbiBhbGxl"))
	for _, text := range []string{"Hello!", "Hi!Ben", "Hello", "Hello\r\nBen, how are you?", "Danke!\r\nAnna", "Goodbye", "Thanks\r\n\r\nAnna"} {
		require.Equal(t, words(text), words(textOf(t, text)), "words are no base64")
	}
}

func TestInbound_QuotedPrintable(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, want string }{
		{"escapes", "Gr=C3=BC=c3=9fe", "Grüße"},
		{"soft breaks", "Gr=\r\n=C3=BC=\n=C3=9Fe", "Grüße"},
		{"soft breaks with blanks behind", "Gr= \t\r\n=C3=BC= \n=C3=9Fe", "Grüße"},
		{"blanks at the end of a line", "a \t\r\nb=20\r\nc", "a\nb \nc"},
		{"bad escapes", "1=1, 100=%, =ZZ, a=", "1=1, 100=%, =ZZ, a"},
		{"8-bit bytes", "Grüße =C3=BC", "Grüße ü"},
		{"8-bit bytes of Latin-1", "n\xe4chste =C3=BC", "nächste ü"},
		{"nothing encoded", "a\r\nb", "a\nb"},
		{"a lone equals sign at the end", "a\r\n=", "a\n"},
	}
	for _, tt := range tests {
		in := received(t, "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "", tt.body)
		require.Equal(t, tt.want, in.Text, tt.name)
	}
}

// A file keeps its line ends.
func TestInbound_QuotedPrintableFiles(t *testing.T) {
	t.Parallel()
	in := received(t, "Content-Type: text/csv; name=a.csv", "Content-Transfer-Encoding: quoted-printable", "", "a;b  \r\nc;d\nGr=C3=BC=DF=0D\r\n")
	require.Equal(t, "a;b\r\nc;d\nGrü\xdf\r\r\n", string(in.Parts[0].Data))
}

func TestInbound_Uuencode(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"x-uuencode", "uuencode", "X-UUE", "uue"} {
		in := received(t, "Content-Type: application/octet-stream", "Content-Transfer-Encoding: "+name, "", "begin 644 cat.txt", "#0V%T", "`", "end", "")
		require.Len(t, in.Parts, 1)
		require.Equal(t, "Cat", string(in.Parts[0].Data), name)
		require.Equal(t, "cat.txt", in.Parts[0].Name)
	}
	in := received(t, "Content-Type: application/octet-stream; name=a.bin", "Content-Transfer-Encoding: x-uuencode", "", "begin 644 cat.txt", "M0V%T", "\x01\xff", "#0V%T")
	require.Equal(t, "CatCat", string(in.Parts[0].Data), "damage costs itself alone")
	require.Equal(t, "a.bin", in.Parts[0].Name)
}

// The names of the encodings as some programs write them.
func TestInbound_NamesOfEncodings(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"base64", "BASE64", " Base64 ", `"base64"`, "base64;", "base-64"} {
		in := received(t, "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: "+name, "", base64.StdEncoding.EncodeToString([]byte(letter)))
		require.Equal(t, words(letter), words(in.Text), name)
	}
	for _, name := range []string{"quoted-printable", "Quoted-Printable", "quoted printable", "quoted_printable"} {
		in := received(t, "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: "+name, "", "Gr=C3=BC")
		require.Equal(t, "Grü", in.Text, name)
	}
}

// The bytes of a file that is not encoded are those of the mail.
func TestInbound_BinaryFiles(t *testing.T) {
	t.Parallel()
	data := bytes.Repeat([]byte(allBytes()), 3)
	for _, name := range []string{"binary", "8bit", "7bit", "", "x-unknown"} {
		in, err := ParseInbound(slices.Concat([]byte("Content-Type: application/x-made-up\r\nContent-Transfer-Encoding: "+name+"\r\n\r\n"), data))
		require.NoError(t, err)
		require.Equal(t, data, in.Parts[0].Data)
	}
}
