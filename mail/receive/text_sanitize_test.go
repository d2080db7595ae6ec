package receive

import (
	"strings"
	"testing"

	"coachflow/coaching"
	"coachflow/dev/steps"
	"coachflow/mail/compose"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func testCID(id string) (string, bool) {
	if id == "logo@x" {
		return "/files/1?a=1&b=2", true
	}
	return "", false
}

func TestSanitizeHTML(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"text", "<p>Hi <b>you</b> &amp; me</p>", "<p>Hi <b>you</b> &amp; me</p>"},
		{"script", "a<script>alert(1)</script>b", "ab"},
		{"style", "<style>p{}</style><p style=\"x:y\" class=z id=q onclick=e()>a</p>", "<p>a</p>"},
		{"form", `<form action=x><input name=a><button>go</button></form>`, "go"},
		{"frame", `<iframe src="https://x.test">a</iframe><object data=x></object><embed src=x>`, ""},
		{"link", `<a href="https://x.test/">a</a>`, `<a href="https://x.test/" rel="nofollow noreferrer noopener" target="_blank">a</a>`},
		{"script link", `<a href="javascript:alert(1)">a</a><a href=" JaVaScript:x">b</a>`, "ab"},
		{"relative link", `<a href="/l/token">a</a><a href="//x.test">b</a>`, "ab"},
		{"data and cid links", `<a href="data:text/html,x">a</a><a href="cid:logo@x">b</a>`, "ab"},
		{"own image", `<img src="cid:logo@x" alt="A" width=10 onerror=x>`, `<img src="/files/1?a=1&amp;b=2" alt="A" width="10"/>`},
		{"own image, encoded", `<IMG SRC="CID:logo%40x">`, `<img src="/files/1?a=1&amp;b=2"/>`},
		{"unknown image", `<img src="cid:other" alt="<A>">`, "&lt;A&gt;"},
		{"remote image", `a<img src="https://track.test/p.gif" alt="pixel">b`, "apixelb"},
		{"remote image with other sources", `<img srcset="https://t.test/a" background=x data-src=y>`, ""},
		{"small data image", `<img src="data:image/png;base64,AAAA">`, `<img src="data:image/png;base64,AAAA"/>`},
		{"data image with script", `<img src="data:image/svg+xml;base64,AAAA"><img src="data:text/html,x">`, ""},
		{"svg", `<svg><image href="https://x.test"/><script>x</script></svg>`, ""},
		{"meta and base", `<meta http-equiv=refresh content="0;url=x"><base href="https://x.test/"><p>a</p>`, "<p>a</p>"},
		{"head that never ends", "<html><head><p>a</p>", "<p>a</p>"},
		{"table", `<table width="100%" border=0 background=x><tr><td colspan=2 bgcolor=red>a</td></tr></table>`, `<table width="100%" border="0"><tbody><tr><td colspan="2">a</td></tr></tbody></table>`},
		{"comment", "a<!-- b --><![CDATA[c]]><!--[if mso]>d<![endif]-->", "a"},
		{"broken", `<p><b>a<i`, "<p><b>a</b></p>"},
		{"what closes nothing", `<p>a</p></div></td></tr></table><h1>b</h1><a href="https://x.test/">c<b><s>`, `<p>a</p><h1>b</h1><a href="https://x.test/" rel="nofollow noreferrer noopener" target="_blank">c<b><s></s></b></a>`},
		{"nested too deep", strings.Repeat("<div>", 600) + "a", ""},
		{"NUL", "a\x00<scr\x00ipt>b</scr\x00ipt>", "a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, SanitizeHTML(tt.in, testCID))
		})
	}
}

func TestSanitizeHTML_IsLinear(t *testing.T) {
	t.Parallel()
	c := steps.New(t, readers...)
	for _, piece := range []string{"<b>", "<a href='https://x.test'>", "<p><b>", "<table><tr><td>", "<table>a", "</p>", "<li>", "<h1>a", "<b><i></b>", "<div><p></b><b>"} {
		c.Linear(piece, 32<<10, func(size int) { SanitizeHTML(strings.Repeat(piece, size/len(piece)), testCID) })
	}
}

func TestSanitizeHTML_NothingActiveIsLeft(t *testing.T) {
	t.Parallel()
	pieces := rapid.SampledFrom([]string{
		"<", ">", "\"", "'", "`", "/", "=", " ", "img", "src", "cid:", "https://x.test", "javascript:", "<script", "<a href=",
		"<img src=", "<svg", "onload=x", "<!--", "-->", "<style>", "</style>", "<math>", "&#106;", "\x00", "<noscript>", "<title>",
	})
	rapid.Check(t, func(t *rapid.T) {
		clean := strings.ToLower(SanitizeHTML(strings.Join(rapid.SliceOf(pieces).Draw(t, "html"), ""), testCID))
		for _, bad := range []string{"<script", "<svg", "<style", "<math", "<img src=\"http", "href=\"javascript"} {
			require.NotContains(t, clean, bad)
		}
		require.NotRegexp(t, `<[a-z]+[^>"]*("[^"]*"[^>"]*)*\sonload`, clean)
	})
}

func TestSanitizeHTML_Corpus(t *testing.T) {
	t.Parallel()
	for _, file := range append(corpusMails(t, "chatwoot"), corpusMails(t, "php-imap")...) {
		in, err := ParseInbound(corpusFile(t, file))
		require.NoError(t, err, file)
		clean := SanitizeHTML(in.HTML, func(string) (string, bool) { return "/x", true })
		for _, bad := range []string{"<script", "<style", "src=\"http", "src=\"cid:", "<form", "style="} {
			require.NotContains(t, strings.ToLower(clean), bad, file)
		}
	}
}

func TestRefuseControl(t *testing.T) {
	t.Parallel()
	for _, ok := range []string{"", "Ann", "Jürg Müller", "a, b; c", "日本", "emoji 👩‍💻"} {
		require.NoError(t, compose.RefuseControl(ok), ok)
	}
	for _, bad := range []string{"a\r\nBcc: x", "a\nb", "a\rb", "a\x00", "a\tb", "\x7f", "\u0085", "\u2028", "\u2029", "\xff", "\x1b[0m"} {
		problem, ok := coaching.AsProblem(compose.RefuseControl(bad))
		require.True(t, ok, "%q", bad)
		require.Equal(t, "control_character", problem.Code)
	}
}
