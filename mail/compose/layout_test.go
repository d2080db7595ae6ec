package compose

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

const sampleBody = `# Your feedback counts

Dear {{name}},

**{{coach}}** has asked you to fill out *{{form}}* before your next session.
It takes about ten minutes, and you can stop and go on later.

[Fill out the form]({{link}})

What to have at hand:

- the goals that you set in spring
- notes from your last session, see [the program]({{program}})

> {{memo}}

Best regards,
{{coach}}`

const sampleFooter = "You get this mail because you are coached by Dana Scully. Answers to it reach nobody."

var (
	sampleNames  = []string{"name", "coach", "form", "link", "program", "memo"}
	sampleValues = map[string]string{
		"name": "Anna-Lena Müller", "coach": "Dana Scully", "form": "Midway reflection <2026>", "memo": "I look forward to it!\nSee you on Thursday.",
		"link": "https://coach.example.org/l/5f2d0a3c9be84cbb8a1c?utm=1&x=2", "program": "https://coach.example.org/p/1",
	}
)

func sampleLetter(t *testing.T, theme Layout) Letter {
	t.Helper()
	tpl, err := ParseTemplate("A form for {{name}}", sampleBody, sampleNames)
	require.NoError(t, err)
	letter, err := tpl.Render(sampleValues, sampleFooter, theme)
	require.NoError(t, err)
	return letter
}

// TestLayout_Sample renders the sample; with LETTER_FILE set it also writes it
// to that file, for a look at it in a browser.
func TestLayout_Sample(t *testing.T) {
	t.Parallel()
	letter := sampleLetter(t, testTheme)
	require.Contains(t, letter.HTML, "max-width:560px")
	require.Contains(t, letter.HTML, "width=device-width")
	require.Contains(t, letter.HTML, "Midway reflection &lt;2026&gt;")
	require.Contains(t, letter.HTML, "Answers to it reach nobody.")
	require.Contains(t, letter.HTML, "<div style=\"display:none;max-height:0;overflow:hidden;mso-hide:all\">Your feedback counts Dear Anna-Lena Müller,")
	require.Contains(t, letter.Text, "\n-- \n"+sampleFooter+"\nNorthwind Coaching\n")
	if path := os.Getenv("LETTER_FILE"); path != "" {
		require.NoError(t, os.WriteFile(path, []byte(letter.HTML), 0o600))
	}
}

func TestLayout_HTMLIsBalancedAndLoadsNothing(t *testing.T) {
	t.Parallel()
	letter := sampleLetter(t, Layout{OrganizationName: `<img src=x onerror="a">`, Color: `red;background:url(https://evil.example)`})
	void := map[string]bool{"meta": true, "br": true, "hr": true}
	var open []string
	z := html.NewTokenizer(strings.NewReader(letter.HTML))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		token := z.Token()
		switch {
		case kind == html.StartTagToken && !void[token.Data]:
			open = append(open, token.Data)
		case kind == html.EndTagToken:
			require.NotEmpty(t, open)
			require.Equal(t, open[len(open)-1], token.Data)
			open = open[:len(open)-1]
		}
		require.NotContains(t, []string{"img", "script", "link", "style", "iframe"}, token.Data)
		for _, a := range token.Attr {
			require.NotContains(t, a.Val, "url(")
			require.NotEqual(t, "src", a.Key)
		}
	}
	require.Empty(t, open)
}

func TestLayout_Look(t *testing.T) {
	t.Parallel()
	cases := []struct{ color, accent, onAccent, link string }{
		{"", defaultColor, "#ffffff", defaultColor},
		{"#0f766e", "#0f766e", "#ffffff", "#0f766e"},
		{"#facc15", "#facc15", "#111827", defaultColor},
		{"#FFFFFF", "#FFFFFF", "#111827", defaultColor},
		{"#000000", "#000000", "#ffffff", "#000000"},
		{"teal", defaultColor, "#ffffff", defaultColor},
		{"#0f766", defaultColor, "#ffffff", defaultColor},
		{"#0f766e;x", defaultColor, "#ffffff", defaultColor},
	}
	for _, tc := range cases {
		got := Layout{Color: tc.color}.look()
		require.Equal(t, tc.accent, got.accent, tc.color)
		require.Equal(t, tc.onAccent, got.onAccent, tc.color)
		require.Contains(t, got.linkStyle, "color:"+tc.link+";", tc.color)
	}
}

func TestLayout_WithoutNameOrFooter(t *testing.T) {
	t.Parallel()
	tpl, err := ParseTemplate("S", "Hi", nil)
	require.NoError(t, err)
	letter, err := tpl.Render(nil, "", Layout{})
	require.NoError(t, err)
	require.Equal(t, "Hi\n", letter.Text)
	letter, err = tpl.Render(nil, "a\r\nb\x07", Layout{OrganizationName: "Acme\r\nInc"})
	require.NoError(t, err)
	require.Equal(t, "Hi\n\n-- \na\nb\nAcme Inc\n", letter.Text)
	require.Contains(t, letter.HTML, "a<br>\nb<br>\nAcme Inc")
}

func TestLayout_TheLogoStandsAboveTheName(t *testing.T) {
	letter := sampleLetter(t, Layout{OrganizationName: "Northwind", Logo: `https://example.org/logo/a.png?"><script>`})
	require.Contains(t, letter.HTML, `<img src="https://example.org/logo/a.png?&#34;&gt;&lt;script&gt;" alt=""`)
	require.Less(t, strings.Index(letter.HTML, "<img"), strings.Index(letter.HTML, "Northwind</td>"))
	require.NotContains(t, letter.Text, "logo")
	require.NotContains(t, sampleLetter(t, Layout{OrganizationName: "Northwind"}).HTML, "<img")
}
