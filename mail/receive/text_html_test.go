package receive

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestHTMLToText(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"only markup", "<html><body><p></p><br></body></html>", ""},
		{"paragraphs", "<p>a</p><p>b</p>", "a\n\nb"},
		{"lines", "a<br>b<div>c</div><div>d</div>", "a\nb\nc\nd"},
		{"an empty line of gmail", "<div>a</div><div><br></div><div>b</div>", "a\n\nb"},
		{"many empty lines", "a<br><br><br><br><br><br>b", "a\n\n\nb"},
		{"white space", "  a \n\t b  <b> c</b>d ", "a b cd"},
		{"entities", "&lt;a&gt; &amp; &euro;&nbsp;1", "<a> & € 1"},
		{"hidden", "<head><title>t</title><style>s</style></head>a<script>x</script><noscript>n</noscript>b", "ab"},
		{"style that never ends", "a<style>b", "a"},
		{"pre", "<pre>a\n  b</pre>c", "a\n  b\nc"},
		{"table", "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"},
		{"rule", "a<hr>b", "a\n----------\nb"},
		{"quote in a quote", "a<blockquote>b<blockquote>c</blockquote>d</blockquote>e", "a\n> b\n> > c\n> d\ne"},
		{"ends without begins", "</blockquote></pre></p>a", "a"},
		{"comment", "a<!-- b -->c", "ac"},
		{"broken UTF-8", "a\xffb", "a\ufffdb"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, HTMLToText(tt.in))
		})
	}
}

func TestHTMLToText_AnyInput(t *testing.T) {
	t.Parallel()
	tag := rapid.SampledFrom([]string{"<p>", "</p>", "<br>", "<blockquote>", "</blockquote>", "<pre>", "</pre>", "<li>", "<td>", "<style>", "</style>", "\xff", " "})
	rapid.Check(t, func(t *rapid.T) {
		text := HTMLToText(strings.Join(rapid.SliceOf(rapid.OneOf(tag, rapid.String())).Draw(t, "html"), ""))
		require.True(t, utf8.ValidString(text))
		require.Equal(t, strings.Trim(text, "\n"), text)
	})
}

func TestContentType(t *testing.T) {
	t.Parallel()
	tests := []struct{ value, ctype, boundary string }{
		{"", "text/plain", ""},
		{"Text/HTML; charset=x", "text/html", ""},
		{"multipart/mixed; boundary=\"a b\"", "multipart/mixed", "a b"},
		{"multipart/mixed; boundary=a=b;", "multipart/mixed", "a=b"},
		{"multipart/mixed boundary=a", "multipart/mixed", "a"},
		{"multipart/mixed; boundary*0=a; boundary*1=b", "multipart/mixed", "ab"},
		{"multipart/mixed; boundary=a; boundary=b", "multipart/mixed", "a"},
		{"garbage", "application/octet-stream", ""},
		{"/", "application/octet-stream", ""},
		{";;;", "application/octet-stream", ""},
		{"text/plain; name=\"unclosed", "text/plain", ""},
		{"application/pdf; name=\xff", "application/pdf", ""},
		{"multipart/mixed; " + strings.Repeat("a=b;", 5000) + "boundary=c", "application/octet-stream", ""},
	}
	for _, tt := range tests {
		ctype, params := contentType(tt.value)
		require.Equal(t, tt.ctype, ctype, clip(tt.value))
		require.Equal(t, tt.boundary, params["boundary"], clip(tt.value))
	}
}

// Names in the form of RFC 2231, in any charset.
func TestExtendedName(t *testing.T) {
	t.Parallel()
	tests := []struct{ value, want string }{
		{"attachment; filename*=iso-8859-1''%E4.txt", "ä.txt"},
		{"attachment; filename*0*=iso-8859-15'de'%A4; filename*1=uro; filename*2*=%2Etxt", "€uro.txt"},
		{"attachment; filename*=utf-8''%C3%A4.txt", "ä.txt"},
		{"attachment; filename*=nope''a", "a"},
		{"attachment; filename*=iso-8859-1''%zz", "%zz"},
		{"attachment; filename*0=a", "a"},
		{"attachment; filename=a*b", "a*b"},
		{"attachment", ""},
		{"attachment; filename*1=b.txt; filename*0=a", "ab.txt"},
		{"attachment; filename=plain.txt; filename*=utf-8''%C3%A4.txt", "ä.txt"},
		{"attachment; filename*=UTF-8'%C3%A4.txt", "ä.txt"},
		{"attachment; filename*=%C3%A4.txt", "ä.txt"},
	}
	for _, tt := range tests {
		n := partNode{}
		n.disposed, n.placed = disposition(tt.value)
		require.Equal(t, tt.want, n.fileName(), tt.value)
	}
}
