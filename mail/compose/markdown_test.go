package compose

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPageMarkdown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                      "",
		"Read **all** of it.\nThen *two*.":      "<p>Read <strong>all</strong> of it.<br>\nThen <em>two</em>.</p>\n",
		"# Plan\n\n1. one\n2. two":              "<h2>Plan</h2>\n<ol>\n<li>one</li>\n<li>two</li>\n</ol>\n",
		"<script>alert(1)</script>":             "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n",
		"[here](https://example.com/a?b=1&c=2)": `<p><a href="https://example.com/a?b=1&amp;c=2" rel="noopener noreferrer nofollow">here</a></p>` + "\n",
		"[here](javascript:alert(1)) it is":     "<p>here: javascript:alert(1) it is</p>\n",
		"![x](https://example.com/x.png) seen":  `<p><a href="https://example.com/x.png" rel="noopener noreferrer nofollow">x</a> seen</p>` + "\n",
		"{{name}} and a \U000F0000 slot":        "<p>{{name}} and a  slot</p>\n",
		"---":                                   "<hr>\n",
		"`code`":                                "<p><code>code</code></p>\n",
	} {
		require.Equal(t, want, PageMarkdown(text), text)
	}
	deep := strings.Repeat("> ", 500) + "deep"
	require.Equal(t, "<p>"+strings.ReplaceAll(deep, ">", "&gt;")+"</p>\n", PageMarkdown(deep), "what is no Markdown stands as it was typed")
}

func TestMarkdown_InALetterHasItsStyles(t *testing.T) {
	t.Parallel()
	html := Layout{Color: "#0f766e"}.Markdown("**Read** it.\n\n[All of it](https://example.com)")
	require.Contains(t, html, `<p style="margin:0 0 16px"><strong>Read</strong> it.</p>`)
	require.Contains(t, html, `href="https://example.com"`)
	require.NotContains(t, html, "rel=")
}
