package receive

import (
	"bytes"
	"path"
	"strings"
	"testing"
	"unicode/utf8"

	"coachflow/mail/compose"

	"github.com/stretchr/testify/require"
)

// FuzzIngest does with any bytes what is done with a mail that arrives.
func FuzzIngest(f *testing.F) {
	f.Add([]byte(rootHead + plainPart))
	f.Add([]byte(rootHead + multi("alternative", "a", plainPart, htmlPart)))
	f.Add([]byte(rootHead + "Content-Type: text/plain; charset=gb2312; format=flowed; delsp=yes\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C4=E3 \r\n> \xff"))
	f.Add([]byte(rootHead + "Content-Type: text/html\r\n\r\n<meta charset=big5><a href='https://x'>a</a><p hidden><img src='data:image/png;base64,iVBORw0KGgo='>"))
	f.Add([]byte(rootHead + part("Content-Type: text/plain; charset=iso-2022-jp", []byte("\x1b$B6bMK\xffF|\x1b(B"))))
	f.Add([]byte(rootHead + part("Content-Type: text/plain; charset=utf-7", []byte("+APw-"))))
	f.Add([]byte("From: a\r\n \r\nTo: b\r\nContent-Type: multipart/digest; boundary=d\r\n\r\n--d\r\nSubject: =?utf-8?B?R3LD=?= =?big5?Q?=C3\r\n\r\n--d--"))
	f.Add(opaqueSigned([]byte(plainPart)))
	f.Add([]byte(rootHead + "Content-Transfer-Encoding: x-uuencode\r\nContent-Type: a/b\r\n\r\nbegin 644 a\r\n#0V%T\r\nend"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		in, err := ParseInbound(raw)
		if err != nil {
			require.Error(t, CheckStructure(raw), "what passes the check is read")
			return
		}
		requireStorable(t, in)
		visible, quoted := SplitQuote(in.Text)
		require.Equal(t, in.Text, visible+quoted)
		clean := SanitizeHTML(in.HTML, keepCID)
		require.NotContains(t, strings.ToLower(clean), "<script")
		VerifySender(raw, "mx.test")
		Automatic(raw, "b.com")
		InboundRecipients(raw, "b.com")
		require.NotEmpty(t, MessageKey(in))
		require.Equal(t, ContentHash(in), ContentHash(in))
	})
}

// requireStorable asks that a mail can be written into the database and into the
// header of another.
func requireStorable(t *testing.T, in *Inbound) {
	t.Helper()
	require.NoError(t, compose.RefuseControl(in.Subject))
	require.LessOrEqual(t, len(in.Text), maxText)
	for _, text := range []string{in.Subject, in.Text, in.HTML} {
		require.True(t, utf8.ValidString(text))
		require.NotContains(t, text, "\x00")
	}
	require.NotContains(t, in.Text, "\r")
	for _, p := range in.Parts {
		requireFileName(t, p.Name)
		require.NotEmpty(t, p.Name)
		require.True(t, utf8.ValidString(p.ContentID))
	}
}

func requireFileName(t *testing.T, name string) {
	t.Helper()
	require.NoError(t, compose.RefuseControl(name))
	require.LessOrEqual(t, len(name), maxFileName)
	require.False(t, strings.ContainsAny(name, `/\<>:"|?*`), name)
	require.False(t, strings.HasPrefix(name, "."), name)
	require.NotEqual(t, "..", name)
}

// FuzzFileName reads any field that names a file. The name is fit for a disk,
// stays the same when it is cleaned again, and keeps a plain extension.
func FuzzFileName(f *testing.F) {
	for _, seed := range []string{`attachment; filename="Pl\xe4ne.pdf"`, "attachment; filename=\t\"=?utf-8?Q?Pl=C3=A4ne.pdf?=\"; size=12", "a; filename*0*=utf-8''%C3; filename*1*=%A4.pdf; filename*=x",
		"attachment; filename==?utf-8?b?UGzDpG5lLnBkZg===?= size=3", `attachment; filename="a; size=3; name="b`, "attachment; name=../../etc/passwd", "filename=\u202egpj.exe", "=?utf-8?Q?a?b?=.c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, field string) {
		if strings.ContainsAny(field, "\r\n") {
			return // they are unfolded before
		}
		n := partNode{fields: headerFields{{"Content-Disposition", field}}}
		n.disposed, n.placed = disposition(field)
		name := CleanFileName(n.fileName())
		requireFileName(t, name)
		require.Equal(t, name, CleanFileName(name))
		if plain := CleanFileName(field); plain != "" && compose.PrintableASCII(field) && !strings.ContainsAny(field, `;="'*%\?`) {
			named, params := disposition(`attachment; filename="` + field + `"; size=12`)
			require.Equal(t, "attachment", named)
			require.Equal(t, path.Ext(plain), path.Ext(CleanFileName(params["filename"])))
			require.Equal(t, "12", params["size"])
		}
	})
}

func keepCID(id string) (string, bool) { return "cid:" + id, true }

// FuzzSanitizeHTML: what is clean stays as it is, and holds nothing that acts.
func FuzzSanitizeHTML(f *testing.F) {
	for _, seed := range []string{"<p>Hi <b>you</b>", `<a href="https://x.test/?a=1&b">a</a><img src="cid:a%20b" alt="<x>">`, "<table><p>a<td>b<style>c", `<svg><style><img src=x onerror=y>`, "<pre>\n\na",
		"<p dir=rtl style='direction:rtl;display:none'>a<p>b", "<b><p><i></b>c</i>", "<a href='https://a'><table><a href='https://b'>c", "<body dir=rtl><ul><li>a<li>b", "a<!--b--><![CDATA[c]]>", "<math><mtext><table><mglyph><style>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		clean := SanitizeHTML(source, keepCID)
		require.True(t, utf8.ValidString(clean))
		require.Equal(t, clean, SanitizeHTML(clean, keepCID))
		for _, bad := range []string{"<script", "<style", "<svg", "<math", "<iframe", "<form", "<object", "<meta", "<base", "<link"} {
			require.NotContains(t, strings.ToLower(clean), bad)
		}
		require.NotContains(t, HTMLToText(clean), "\x00")
	})
}

// FuzzUndoTransfer: whatever the encoding, no more comes out than went in.
func FuzzUndoTransfer(f *testing.F) {
	for _, seed := range []string{"QUJD\r\nREVG\r\n-- \r\nfooter", "QQ==QQ==", "=C3=A4=\r\n=", "begin 644 a\n#0V%T\nend", "!!!"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		before := bytes.Clone(body)
		for _, encoding := range []string{"base64", "quoted-printable", "x-uuencode", "8bit"} {
			for _, ctype := range []string{"text/plain", "application/pdf"} {
				n := partNode{ctype: ctype, body: body, fields: headerFields{{"Content-Transfer-Encoding", encoding}}}
				decoded := undoTransfer(&n)
				require.LessOrEqual(t, len(decoded.data)+len(decoded.after), len(body))
			}
		}
		require.Equal(t, before, body)
	})
}

// FuzzDecodeText: any bytes in any charset become text, of three bytes for one.
func FuzzDecodeText(f *testing.F) {
	for _, sample := range charsetSamples {
		raw, err := sample.enc.NewEncoder().Bytes([]byte(sample.text))
		require.NoError(f, err)
		f.Add(raw, sample.label)
	}
	f.Add([]byte("+APw-a"), "utf-7")
	f.Fuzz(func(t *testing.T, raw []byte, label string) {
		text := decodeText(raw, label, "koi8-r")
		require.True(t, utf8.ValidString(text))
		require.LessOrEqual(t, len(text), 3*len(raw)+3)
	})
}
