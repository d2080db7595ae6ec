package compose

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/coaching"
	"coachflow/dev/steps"
)

var testTheme = Layout{OrganizationName: "Northwind Coaching"}

func renderOne(t *testing.T, body string, given map[string]string) Letter {
	t.Helper()
	allowed := make([]string, 0, len(given))
	for name := range given {
		allowed = append(allowed, name)
	}
	tpl, err := ParseTemplate("Hello", body, allowed)
	require.NoError(t, err)
	letter, err := tpl.Render(given, "You get this because you are coached.", testTheme)
	require.NoError(t, err)
	return letter
}

func TestParseTemplate_Refuses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", MaxTemplateBody+1)
	cases := []struct {
		name, subject, body, code string
	}{
		{"unknown in body", "S", "Hi {{naem}}", "unknown_placeholder"},
		{"unknown in subject", "S {{x}}", "Hi", "unknown_placeholder"},
		{"names are case sensitive", "S", "{{Name}}", "unknown_placeholder"},
		{"a name that is markup", "S", "{{<script>}}", "unknown_placeholder"},
		{"empty braces", "S", "{{ }}", "unknown_placeholder"},
		{"unclosed", "S", "Hi {{name", "template_syntax"},
		{"unclosed before another", "S", "Hi {{name {{name}}", "template_syntax"},
		{"closed on the next line", "S", "Hi {{name\n}}", "template_syntax"},
		{"three braces", "S", "{{{name}}}", "template_syntax"},
		{"stray end", "S", "Hi name}}", "template_syntax"},
		{"stray end before a good one", "S", "}} {{name}}", "template_syntax"},
		{"empty subject", "", "Hi", "template_subject_empty"},
		{"blank subject", " \t ", "Hi", "template_subject_empty"},
		{"line end in subject", "S\r\nBcc: x@y.z", "Hi", "template_subject_invalid"},
		{"unicode line end in subject", "S\u2028x", "Hi", "template_subject_invalid"},
		{"broken UTF-8 in subject", "S\xff", "Hi", "template_subject_invalid"},
		{"private use in subject", "S\U000F0001", "Hi", "template_syntax"},
		{"private use in body", "S", "a\U000F0000b", "template_syntax"},
		{"NUL in body", "S", "a\x00b", "template_syntax"},
		{"empty body", "S", " \n\n ", "template_body_empty"},
		{"nothing to see", "S", "[a]: https://example.org", "template_syntax"},
		{"body too large", "S", long, "template_too_large"},
		{"subject too large", long[:MaxTemplateSubject+1], "Hi", "template_too_large"},
		{"quotes too deep", "S", strings.Repeat("> ", 30) + "x", "template_syntax"},
		{"numbers too deep", "S", strings.Repeat("1. ", 30) + "x", "template_syntax"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseTemplate(tc.subject, tc.body, []string{"name", "link"})
			problem, ok := coaching.AsProblem(err)
			require.True(t, ok, "%v", err)
			require.Equal(t, tc.code, problem.Code)
		})
	}
}

func TestParseTemplate_UnknownNamesItAndTheAllowed(t *testing.T) {
	t.Parallel()
	_, err := ParseTemplate("S", "Hi {{ naem }}", []string{"name", "link"})
	problem, ok := coaching.AsProblem(err)
	require.True(t, ok)
	require.Equal(t, coaching.Invalid, problem.Class)
	require.Contains(t, problem.Message, "{{naem}}")
	require.Contains(t, problem.Message, "{{name}}, {{link}}")
	require.Equal(t, "body", problem.Fields[0].Path)
}

func TestParseTemplate_HostileMarkdownTakesFewSteps(t *testing.T) {
	t.Parallel()
	c := steps.New(t, "github.com/yuin/goldmark/...")
	most := map[string]int64{"[a](": 30_000} // goldmark reads these in quadratic time, which the size of a template bounds
	for _, unit := range []string{">", "1. ", "- ", "[", "![", "*", "**a", "`", "``a", "_a ", "<", "&", "\\", "](", "[a](", "{{name}}", "# ", "\t"} {
		body := "x" + strings.Repeat(unit, (MaxTemplateBody-1)/len(unit))
		c.AtMost(max(300, most[unit]), unit, 2*len(body), func() {
			for _, text := range []string{body, body[1:]} {
				tpl, err := ParseTemplate("S", text, []string{"name"})
				if err == nil {
					_, err = tpl.Render(map[string]string{"name": "<x>"}, "f", testTheme)
				}
				if err != nil {
					_, ok := coaching.AsProblem(err)
					require.True(t, ok, "%q: %v", unit, err)
				}
			}
		})
	}
}

func TestTemplate_VersionNamesTheText(t *testing.T) {
	t.Parallel()
	version := func(subject, body string) string {
		tpl, err := ParseTemplate(subject, body, nil)
		require.NoError(t, err)
		return tpl.Version()
	}
	require.Equal(t, version("a", "b"), version("a", "b"))
	require.Equal(t, version("a", "b\nc"), version(" a ", "b\r\nc"), "line ends and outer spaces are no change")
	require.NotEqual(t, version("a", "b"), version("a", "c"))
	require.NotEqual(t, version("a b", "c"), version("a", "b c"))
	require.Equal(t, "ee0f7cb4cbd675177e630c8812203a84", version("Hello", "World"), "stored versions depend on it")
}

func TestRender_ValuesAreNeverMarkup(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, value, html string }{
		{"tag", `<script>alert(1)</script>`, `&lt;script&gt;alert(1)&lt;/script&gt;`},
		{"link", `x](javascript:alert(1))`, `x](javascript:alert(1))`},
		{"whole link", `[x](https://evil.example)`, `[x](https://evil.example)`},
		{"image", `![x](https://evil.example/p.png)`, `![x](https://evil.example/p.png)`},
		{"emphasis", `**bold** _it_ ` + "`code`", `**bold** _it_ ` + "`code`"},
		{"heading after a line end", "a\n# b", "a<br>\n# b"},
		{"paragraphs", "a\n\nb", "a<br>\n<br>\nb"},
		{"windows line ends", "a\r\nb", "a<br>\nb"},
		{"quotes", `" onclick="x`, `&#34; onclick=&#34;x`},
		{"entity", `&lt;b&gt;`, `&amp;lt;b&amp;gt;`},
		{"placeholder", `{{link}}`, `{{link}}`},
		{"stand-in of a slot", "\U000F0000", "\U000F0000"},
		{"controls", "a\x00\x1b[31mb", "a[31mb"},
		{"broken UTF-8", "a\xffb", "a\uFFFDb"},
		{"backslash", `\<b\>`, `\&lt;b\&gt;`},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for _, around := range [][2]string{{"Hi ", "!"}, {"Hi **", "**"}, {"- ", ""}, {"# ", ""}, {"> ", ""}, {"`", "`"}} {
				letter := renderOne(t, around[0]+"{{name}}"+around[1], map[string]string{"name": tc.value})
				require.Contains(t, letter.HTML, tc.html, "in %q", around)
			}
			letter := renderOne(t, "Hi {{name}}!", map[string]string{"name": tc.value})
			require.Contains(t, letter.Text, "Hi "+cleanValue(tc.value)+"!")
		})
	}
}

func TestRender_TemplateTagsAreText(t *testing.T) {
	t.Parallel()
	letter := renderOne(t, "a <b>b</b>\n\n<script>x</script>\n\n<!-- c -->", nil)
	require.Contains(t, letter.HTML, "a &lt;b&gt;b&lt;/b&gt;")
	require.Contains(t, letter.HTML, "&lt;script&gt;x&lt;/script&gt;")
	require.Contains(t, letter.Text, "<!-- c -->")
}

func TestRender_Links(t *testing.T) {
	t.Parallel()
	const link = "https://app.example.org/l/abc?x=1&y=2"
	cases := []struct{ name, body, value, html, text string }{
		{"button", "[Fill out the form]({{link}})", link, `<a href="https://app.example.org/l/abc?x=1&amp;y=2"`, "Fill out the form: " + link + "\n"},
		{"spaces in braces", "[Form]({{ link }})", link, `href="https://app.example.org/l/abc?x=1&amp;y=2"`, "Form: " + link},
		{"inside a sentence", "Please [fill it out]({{link}}) today.", link, `>fill it out</a> today.`, "Please fill it out <" + link + "> today."},
		{"two lines", "[Move]({{link}})\n[Cancel]({{link}})", link, ">Move</a><br>", "Move: " + link + "\nCancel: " + link},
		{"in a list", "- [Move]({{link}})", link, ">Move</a>", "- Move: " + link},
		{"label is the address", "[{{link}}]({{link}})", link, ">https://app.example.org/l/abc?x=1&amp;y=2</a>", "\n" + link},
		{"by itself in a sentence", "Please fill out {{link}}.", link, `Please fill out <a href="https://app.example.org/l/abc?x=1&amp;y=2"`, "Please fill out <" + link + ">."},
		{"by itself on a line", "Here:\n{{link}}\nThanks", link, `>https://app.example.org/l/abc?x=1&amp;y=2</a><br>`, "Here:\n" + link + "\nThanks"},
		{"by itself, strong", "**{{link}}**", link, `<strong><a href="https://app.example.org`, link},
		{"by itself, without a value", "Go {{link}} now", "", "Go  now", "Go  now"},
		{"reference", "[Form][f]\n\n[f]: {{link}}", link, `href="https://app.example.org/l/abc?x=1&amp;y=2"`, "Form: " + link},
		{"value in the path", "[x](https://e.org/p/{{link}}/q)", "a/../b?c#d é", `href="https://e.org/p/a%2F..%2Fb%3Fc%23d%20%C3%A9/q"`, "x: https://e.org/p/a%2F"},
		{"mailto", "[Write](mailto:{{link}})", "anna@example.org", `href="mailto:anna@example.org"`, "Write: anna@example.org"},
		{"literal with escapes", `[x](https://e.org/a\_b?c=1&amp;d=2)`, "", `href="https://e.org/a_b?c=1&amp;d=2"`, "x: https://e.org/a_b?c=1&d=2"},
		{"autolink", "<https://e.org/a>", "", `<a href="https://e.org/a"`, "https://e.org/a"},
		{"image becomes a link", "See ![Logo](https://e.org/l.png) here", "", `<a href="https://e.org/l.png"`, "See Logo <https://e.org/l.png> here"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			letter := renderOne(t, tc.body, map[string]string{"link": tc.value})
			require.Contains(t, letter.HTML, tc.html)
			require.Contains(t, "\n"+letter.Text, tc.text)
		})
	}
}

func TestRender_ButtonOnlyWhenAlone(t *testing.T) {
	t.Parallel()
	given := map[string]string{"link": "https://e.org/x"}
	const button = `bgcolor="#1d4ed8"`
	require.Contains(t, renderOne(t, "Hi\n\n[Go]({{link}})\n\nBye", given).HTML, button)
	require.Contains(t, renderOne(t, "Hi\n\n**not** [Go]({{link}})", given).HTML, `<strong>not</strong> <a href=`)
	require.NotContains(t, renderOne(t, "Hi [Go]({{link}})", given).HTML, button)
	require.NotContains(t, renderOne(t, "Hi\n\n{{link}}", given).HTML, button, "it has no words for a button")
}

func TestRender_UnsafeAddressesAreNoLinks(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,x",
		"vbscript:x", "//evil.example", "/relative", "zoom room 4", "", "https://", "https://good.example@evil.example/",
		"https://e.org/a b", "file:///etc/passwd", "mailto:", "https://e.org/\u2028x",
	} {
		letter := renderOne(t, "[Join]({{link}})\n\n[Join]({{link}}) there", map[string]string{"link": address})
		require.NotContains(t, letter.HTML, "<a ", "%q", address)
		require.Contains(t, letter.Text, "Join: ", "%q", address)
	}
	letter := renderOne(t, "[Join]({{link}})", map[string]string{"link": `https://e.org/"onclick="x`})
	require.Contains(t, letter.HTML, `href="https://e.org/&#34;onclick=&#34;x"`)
}

func TestRender_TextForm(t *testing.T) {
	t.Parallel()
	body := "# Welcome\n\nDear *{{name}}*,\nit starts **soon**.\n\n- one\n- two\n  more\n\n3. three\n4. four\n\n> quoted\n> twice\n\n    code {{name}}\n\n---\n\nA \\*star\\* &amp; `a*b`  \nend"
	letter := renderOne(t, body, map[string]string{"name": "Zoë"})
	want := "Welcome\n\nDear Zoë,\nit starts soon.\n\n- one\n- two\n  more\n\n3. three\n4. four\n\n> quoted\n> twice\n\n    code Zoë\n\n* * *\n\n" +
		"A *star* & a*b\nend\n\n-- \nYou get this because you are coached.\nNorthwind Coaching\n"
	require.Equal(t, want, letter.Text)
	require.Contains(t, letter.HTML, `<ol start="3"`)
	require.Contains(t, letter.HTML, "<em>Zoë</em>")
	require.Contains(t, letter.HTML, "A *star* &amp; <code")
}

func TestRender_Subject(t *testing.T) {
	t.Parallel()
	tpl, err := ParseTemplate("Form for {{name}}: **now**", "x", []string{"name"})
	require.NoError(t, err)
	cases := []struct{ value, want string }{
		{"Anna", "Form for Anna: **now**"},
		{"Anna\r\nBcc: evil@example.org", "Form for Anna Bcc: evil@example.org: **now**"},
		{"a\u2028b\x00c\td", "Form for a bc d: **now**"},
		{"  ", "Form for : **now**"},
	}
	for _, tc := range cases {
		letter, err := tpl.Render(map[string]string{"name": tc.value}, "", testTheme)
		require.NoError(t, err)
		require.Equal(t, tc.want, letter.Subject)
	}
	letter, err := tpl.Render(map[string]string{"name": strings.Repeat("né", 400)}, "", testTheme)
	require.NoError(t, err)
	require.LessOrEqual(t, len(letter.Subject), maxSubject)
	require.True(t, strings.HasSuffix(letter.Subject, "…"))
}

func TestRender_Refuses(t *testing.T) {
	t.Parallel()
	tpl, err := ParseTemplate("{{name}}", "{{memo}}", []string{"name", "memo"})
	require.NoError(t, err)
	require.Equal(t, []string{"name", "memo"}, tpl.Placeholders())
	cases := []struct {
		given map[string]string
		code  string
	}{
		{map[string]string{"name": "x"}, "placeholder_value_missing"},
		{nil, "placeholder_value_missing"},
		{map[string]string{"name": " \n", "memo": "x"}, "template_subject_empty"},
		{map[string]string{"name": "x", "memo": strings.Repeat("x", maxValue)}, "placeholder_value_too_large"},
	}
	for _, tc := range cases {
		_, err := tpl.Render(tc.given, "f", testTheme)
		problem, ok := coaching.AsProblem(err)
		require.True(t, ok)
		require.Equal(t, tc.code, problem.Code)
	}
	_, err = tpl.Render(map[string]string{"name": "x", "memo": "", "extra": "y"}, "f", testTheme)
	require.NoError(t, err, "an empty value is a value, and a spare one does no harm")
}

func TestRender_LetterThatGrowsTooLarge(t *testing.T) {
	t.Parallel()
	tpl, err := ParseTemplate("S", strings.Repeat("{{memo}} ", 100), []string{"memo"})
	require.NoError(t, err)
	_, err = tpl.Render(map[string]string{"memo": strings.Repeat("<", 100_000)}, "f", testTheme)
	problem, ok := coaching.AsProblem(err)
	require.True(t, ok)
	require.Equal(t, "letter_too_large", problem.Code)
}

func FuzzRender(f *testing.F) {
	f.Add("Hi {{name}}", "<b>")
	f.Add("[a]({{name}})\n> x", "javascript:x")
	f.Add("- {{name}}\n1. [x][y]\n\n[y]: {{name}}", "a\nb")
	f.Fuzz(func(t *testing.T, body, value string) {
		tpl, err := ParseTemplate("S", body, []string{"name"})
		if err != nil {
			return
		}
		letter, err := tpl.Render(map[string]string{"name": value}, "f", testTheme)
		if err != nil {
			return
		}
		plainLetter, err := tpl.Render(map[string]string{"name": ""}, "f", testTheme)
		require.NoError(t, err)
		for _, mark := range []string{"<script", "<h1", "<ul", "<ol", "<blockquote", "<strong", "<em", "<code", "<pre"} {
			require.Equal(t, strings.Count(plainLetter.HTML, mark), strings.Count(letter.HTML, mark), "a value made %s", mark)
		}
		require.NotContains(t, strings.ToLower(letter.HTML), `href="javascript:`)
	})
}

func BenchmarkRender(b *testing.B) {
	tpl, err := ParseTemplate("A form for {{name}}", sampleBody, sampleNames)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tpl.Render(sampleValues, sampleFooter, testTheme); err != nil {
			b.Fatal(err)
		}
	}
}
