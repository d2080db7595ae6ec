package receive

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// received is a mail of these lines as it is read.
func received(t *testing.T, lines ...string) *Inbound {
	t.Helper()
	return parsed(t, []byte("From: ann@x.test\r\nMIME-Version: 1.0\r\n"+strings.Join(lines, "\r\n")))
}

// The bytes of a file are the sender's, whatever is said of their charset.
func TestInbound_FilesArriveAsTheyWereSent(t *testing.T) {
	t.Parallel()
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for _, ctype := range []string{"text/plain; charset=us-ascii", "text/csv; charset=iso-8859-1", `text/html; charset=windows-1251`,
		"text/plain; charset=utf-16", "text/calendar; charset=shift_jis", "text/plain"} {
		in := received(t, `Content-Type: multipart/mixed; boundary=b`, "", "--b", "Content-Type: text/plain", "", "Here it is.",
			"--b", "Content-Type: "+ctype, "Content-Disposition: attachment; filename=a.txt", "Content-Transfer-Encoding: base64", "",
			base64.StdEncoding.EncodeToString(all), "--b--", "")
		require.Len(t, in.Parts, 1, ctype)
		require.Equal(t, all, in.Parts[0].Data, ctype)
		require.Equal(t, "a.txt", in.Parts[0].Name)
		require.Equal(t, mediaTypeOnly(ctype), in.Parts[0].ContentType)
	}
}

// Programs write Windows-1252 under older names, and every browser reads it so.
func TestInbound_OlderNamesOfWindows1252(t *testing.T) {
	t.Parallel()
	const want = "5 – 7 March, 100 €, “urgent”"
	const bytes1252 = "5 \x96 7 March, 100 \x80, \x93urgent\x94"
	for _, label := range []string{"iso-8859-1", "ISO-8859-1", "latin1", "us-ascii", "ascii", "windows-1252"} {
		in := received(t, "Content-Type: text/plain; charset="+label, "Content-Transfer-Encoding: 8bit", "", bytes1252)
		require.Equal(t, want, strings.TrimSpace(in.Text), label)
	}
	in := received(t, "Subject: =?iso-8859-1?Q?Price_100_=80_=96_today?= =?US-ASCII*en?B?gCE=?=", "", "x")
	require.Equal(t, "Price 100 € – today€!", in.Subject)
	in = received(t, "Content-Type: text/plain; charset=us-ascii", "Content-Transfer-Encoding: 8bit", "", "Grüße")
	require.Equal(t, "Grüße", strings.TrimSpace(in.Text))
}

func TestInbound_TextThatIsOnlyCalledBase64(t *testing.T) {
	t.Parallel()
	in := received(t, "Content-Type: text/plain", "Content-Transfer-Encoding: base64", "", "Hello Ben, how are you today?")
	require.Equal(t, "Hello Ben, how are you today?", strings.TrimSpace(in.Text))
	in = received(t, "Content-Type: text/plain", "Content-Transfer-Encoding: base64", "", base64.StdEncoding.EncodeToString([]byte("Hello Ben")), "-- ", "A footer.")
	require.Contains(t, in.Text, "Hello Ben")
}

// R23: a picture that is written into the HTML is a file like the others.
func TestR23_PicturesInTheHTMLAreTakenOut(t *testing.T) {
	t.Parallel()
	png := "\x89PNG\r\n\x1a\n" + strings.Repeat("pixel", 100)
	source := "<p>Look <img alt=a src='data:image/png;base64,\r\n" + base64.StdEncoding.EncodeToString([]byte(png)) + "'> and " +
		`<img src="data:image/svg+xml;base64,AAAA"><img src="data:image/png;base64,%%%"></p>`
	in := received(t, "Content-Type: text/html", "", source)
	require.Len(t, in.Parts, 1)
	picture := in.Parts[0]
	require.Equal(t, Part{Name: "image-1.png", ContentType: "image/png", ContentID: "embedded-1@html", Inline: true, Data: []byte(png)}, picture)
	require.Contains(t, in.HTML, `src="cid:embedded-1@html"`)
	require.Contains(t, in.HTML, "data:image/svg+xml", "what is no picture stays, for the policy to remove")
}

// What a browser cannot show as a picture is a file to open.
func TestR23_OnlyPicturesAreInline(t *testing.T) {
	t.Parallel()
	tests := []struct {
		ctype, data string
		inline      bool
	}{
		{"image/png", "\x89PNG\r\n\x1a\n", true}, {"image/jpeg", "\xff\xd8\xff\xe0", true},
		{"image/heic", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", false}, {"image/tiff", "II*\x00", false}, {"image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'/>", false},
	}
	for _, test := range tests {
		in := received(t, "Content-Type: multipart/related; boundary=b", "", "--b", "Content-Type: text/html", "", `<img src="cid:a%20b">`,
			"--b", "Content-Type: "+test.ctype, "Content-Disposition: inline", "Content-ID: <a b>", "Content-Transfer-Encoding: base64", "",
			base64.StdEncoding.EncodeToString([]byte(test.data)), "--b--", "")
		require.Len(t, in.Parts, 1)
		require.Equal(t, test.ctype, in.Parts[0].ContentType)
		require.Equal(t, test.inline, in.Parts[0].Inline, test.ctype)
		require.Equal(t, "a b", in.Parts[0].ContentID)
	}
}
