package receive

import (
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Text made from HTML keeps the addresses of links, each once.
func TestHTMLToText_Links(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"a link", `Book <a href="https://x.test/book?a=1&amp;b=2">a slot</a>.`, "Book a slot <https://x.test/book?a=1&b=2>."},
		{"equal", `<a href="https://x.test/a">https://x.test/a</a>`, "https://x.test/a"},
		{"equal but for a slash", `<a href="https://x.test/">https://x.test</a>`, "https://x.test"},
		{"equal but for the scheme", `<a href="http://www.x.test/">x.test</a>`, "x.test"},
		{"in the text of the link", `<a href="https://x.test/a">Book: https://x.test/a</a>`, "Book: https://x.test/a"},
		{"shortened in the text", `<a href="https://x.test/abcdef">https://x.test/abc…</a>`, "https://x.test/abc… <https://x.test/abcdef>"},
		{"mail", `<a href="mailto:anna@x.test?subject=Hi">Anna</a>`, "Anna <anna@x.test>"},
		{"mail, equal", `&lt;<a href="mailto:anna@x.test">Anna@x.test</a>&gt; wrote:`, "<Anna@x.test> wrote:"},
		{"mail, escaped", `<a href="mailto:anna%2Bb@x.test">Anna</a>`, "Anna <anna+b@x.test>"},
		{"telephone", `<a href="tel:+4930123456">call me</a>`, "call me <+4930123456>"},
		{"telephone, equal", `<a href="tel:+4930123456">+49 30 / 123-456</a>`, "+49 30 / 123-456"},
		{"a picture", `<a href="https://x.test/a"><img src="cid:a" alt="Join the call"></a>`, "Join the call <https://x.test/a>"},
		{"a picture without words", `<a href="https://x.test/a"><img src="cid:a"></a>`, "<https://x.test/a>"},
		{"nothing to see", `a<a href="https://x.test/a"></a>b<a href="https://x.test/b"> </a>c`, "ab c"},
		{"an anchor", `<a name=x>a</a> <a href="#x">b</a> <a href="/l/x">c</a> <a href="//x.test">d</a> <a href="javascript:x">e</a> <a href="cid:x">f</a>`, "a b c d e f"},
		{"over blocks", `<a href="https://x.test/a"><table><tr><td>Join</td></tr></table></a>after`, "Join\n\n<https://x.test/a> after"},
		{"a link that never ends", `<a href="https://x.test/a">Join`, "Join <https://x.test/a>"},
		{"a link in a link", `<a href="https://x.test/a">A <a href="https://x.test/b">B</a></a>`, "A <https://x.test/a> B <https://x.test/b>"},
		{"two links", `<a href="https://x.test/a">A</a>, <a href="https://x.test/b">B</a>`, "A <https://x.test/a>, B <https://x.test/b>"},
		{"in a list", `<ul><li><a href="https://x.test/a">A</a></li></ul>`, "- A <https://x.test/a>"},
		{"in a quotation", `<blockquote><a href="https://x.test/a">A</a></blockquote>`, "> A <https://x.test/a>"},
		{"in pre", `<pre>see <a href="https://x.test/a">A</a></pre>`, "see A <https://x.test/a>"},
		{"bad characters", "<a href=\" https://x.test/a\r\nb&#1;<c> d \">A</a>", "A <https://x.test/ab%3Cc%3E%20d>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, HTMLToText(tt.in))
		})
	}
}

// hiddenHTML is what senders hide, in the ways in which they do: the word "not" is
// never to be seen, and "yes" always.
var hiddenHTML = []struct{ name, in string }{
	{"display", `<div style="display:none">not</div>yes`},
	{"display, in capitals", `<DIV STYLE="COLOR:red; DISPLAY : NONE !important;">not</DIV>yes`},
	{"display of a line", `<span style='display:none;'>not</span>yes`},
	{"visibility", `<div style="visibility:hidden">not</div>yes`},
	{"visibility undone", `<div style="visibility:hidden">not<span style="visibility:visible">yes</span>not</div>`},
	{"font-size", `<p style="font-size:0">not</p>yes`},
	{"font-size in pixels", `<p style="font-size:0px;line-height:0">not</p>yes`},
	{"font-size of one pixel", `<p style="font-size:1px;color:#fff">not</p>yes`},
	{"font-size undone", `<td style="font-size:0px;padding:10px">not<div style="font-size:13px">yes</div></td>`},
	{"attribute", `<div hidden>not</div>yes`},
	{"attribute with a value", `<p hidden="hidden">not</p>yes`},
	{"Outlook", `<div style="mso-hide:all">not</div>yes`},
	{"Outlook has a button of its own", `<!--[if mso]><v:roundrect>not</v:roundrect><![endif]--><a style="mso-hide:all" href="https://x.test/a">yes</a>`},
	{"opacity", `<div style="opacity:0;">not</div>yes`},
	{"no height", `<div style="max-height:0px;overflow:hidden;">not</div>yes`},
	{"no size", `<div style="height:0;width:0;overflow:hidden">not</div>yes`},
	{"off the page", `<div style="position:absolute;left:-9999px">not</div>yes`},
	{"indented off the page", `<div style="text-indent:-9999px">not</div>yes`},
	{"transparent", `<div style="color:transparent">not</div>yes`},
	{"preheader", `<body><div style="display:none;font-size:1px;color:#ffffff;line-height:1px;max-height:0px;max-width:0px;opacity:0;overflow:hidden;">not&nbsp;&zwnj;</div><p>yes</p></body>`},
	{"all in it", `<div style="display:none"><p>not <b>not</b></p><div>not</div><a href="https://not.test">not</a><img alt="not"></div>yes`},
	{"all in it, whatever its style", `<div style="display:none"><p style="display:block;visibility:visible;font-size:20px">not</p></div>yes`},
	{"a class", `<style>p{color:red} .preheader, td.x { display:none !important }</style><span class="a preheader">not</span><td class=x>not</td>yes`},
	{"an id", `<style>#pre{display:none}</style><span id="pre">not</span>yes`},
	{"a class on telephones alone", `<style>@media (max-width:600px){.wide{display:none} .b{color:red}} .c{display:none}</style><span class="wide">yes</span><b class=c>not</b>`},
	{"a style in a comment", `<style>/* .a{display:none} */</style><span class="a">yes</span>`},
	{"a paragraph that is not ended", `<p style="display:none">not<p>yes`},
	{"a cell that is not ended", `<table><tr><td style="display:none">not<td>yes</table>`},
	{"a row that is not ended", `<table><tr style="display:none"><td>not<tr><td>yes</table>`},
	{"an item that is not ended", `<ul><li style="display:none">not<li>yes</ul>`},
	{"a division that its cell ends", `<table><tr><td><div style="display:none">not</td><td>yes</td></tr></table>`},
	{"an end that ends nothing", `<div style="display:none">not</span></p></b>not</div>yes`},
	{"a void element", `<img style="display:none" alt="not">yes<br style="display:none">`},
	{"an element that HTML has not", `<o:p style="display:none">not</o:p>yes`},
	{"not hidden", `<div style="display:block;visibility:visible;font-size:12px;max-height:10px;opacity:1;overflow:hidden;background:none">yes</div>`},
	{"a hidden element at the end", `yes<div style="display:none">not`},
}

func TestHTMLToText_LeavesOutWhatIsHidden(t *testing.T) {
	t.Parallel()
	for _, tt := range hiddenHTML {
		text := HTMLToText(tt.in)
		require.NotContains(t, text, "not", tt.name)
		require.Contains(t, text, "yes", tt.name)
	}
}

// What a style hid is not seen either where the style was taken away.
func TestSanitizeHTML_LeavesOutWhatIsHidden(t *testing.T) {
	t.Parallel()
	for _, tt := range hiddenHTML {
		clean := SanitizeHTML(tt.in, testCID)
		require.NotContains(t, clean, "not", tt.name)
		require.Contains(t, clean, "yes", tt.name)
	}
}

// The direction of text outlives its style and the body.
func TestSanitizeHTML_KeepsTheDirection(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{`<p dir="rtl">שלום</p>`, `<p dir="rtl">שלום</p>`},
		{`<p style="text-align:right;direction:rtl">שלום</p>`, `<p dir="rtl">שלום</p>`},
		{`<P dir=RTL style='direction:rtl'>שלום</P>`, `<p dir="RTL">שלום</p>`},
		{`<html><body dir="rtl" lang=he><p>שלום</p></body></html>`, `<div dir="rtl"><p>שלום</p></div>`},
		{`<html dir=rtl><head><title>x</title></head><body><p>שלום</p></body></html>`, `<div dir="rtl"><p>שלום</p></div>`},
		{`<body style="direction: rtl; color: red"><p>שלום</p></body>`, `<div dir="rtl"><p>שלום</p></div>`},
		{`<p style="direction:x">a</p>`, `<p>a</p>`},
	}
	for _, tt := range tests {
		require.Equal(t, tt.want, SanitizeHTML(tt.in, testCID), tt.in)
	}
}

// Four times the HTML takes four times the memory, hidden or not.
func TestHTMLToText_IsLinear(t *testing.T) {
	skipRace(t)
	measure := func(piece string, size int) uint64 {
		source := strings.Repeat(piece, size/len(piece))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		HTMLToText(source)
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	for _, piece := range []string{"<p style='display:none'>a", "<b hidden>", "</b>", "<div></b></span>", "<td>", "<a href='https://x.test/a'>a", "<style>.a{display:none}</style>", "<style>", "@media{", "<li><b>"} {
		require.Less(t, measure(piece, 1<<20), 5*measure(piece, 1<<18)+1<<20, piece)
	}
}
