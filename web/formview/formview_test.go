package formview

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"coachflow/coaching"
)

// node is a part of a parsed page with the few look-ups that the tests need.
type node struct{ *html.Node }

func render(t *testing.T, component templ.Component) (node, string) {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, component.Render(context.Background(), &out))
	doc, err := html.Parse(bytes.NewReader(out.Bytes()))
	require.NoError(t, err)
	return node{doc}, out.String()
}

func samples(t *testing.T) map[string]templ.Component {
	t.Helper()
	all, err := Samples()
	require.NoError(t, err)
	byName := map[string]templ.Component{}
	for _, sample := range all {
		byName[sample.Name] = sample.Component
	}
	require.Len(t, byName, len(all))
	return byName
}

func (n node) attr(name string) string {
	value, _ := n.lookup(name)
	return value
}

func (n node) lookup(name string) (string, bool) {
	for _, attribute := range n.Attr {
		if attribute.Key == name {
			return attribute.Val, true
		}
	}
	return "", false
}

// all finds elements by tag, and by attributes given as name, value, …
func (n node) all(tag string, attributes ...string) []node {
	var found []node
	for child := range n.Descendants() {
		candidate := node{child}
		if child.Type == html.ElementNode && (tag == "*" || child.Data == tag) && candidate.has(attributes) {
			found = append(found, candidate)
		}
	}
	return found
}

func (n node) has(attributes []string) bool {
	for i := 0; i < len(attributes); i += 2 {
		if value, ok := n.lookup(attributes[i]); !ok || value != attributes[i+1] {
			return false
		}
	}
	return true
}

func (n node) one(t *testing.T, tag string, attributes ...string) node {
	t.Helper()
	found := n.all(tag, attributes...)
	require.Len(t, found, 1, "%s %v", tag, attributes)
	return found[0]
}

// text is what is read, with white space folded.
func (n node) text() string {
	return strings.Join(strings.Fields(n.raw()), " ")
}

func (n node) raw() string {
	var words strings.Builder
	for child := range n.Descendants() {
		if child.Type == html.TextNode {
			words.WriteString(child.Data)
		}
	}
	return words.String()
}

func (n node) inside(tag string) bool {
	for parent := range n.Ancestors() {
		if parent.Type == html.ElementNode && parent.Data == tag {
			return true
		}
	}
	return false
}

func TestSamples_AreSoundPages(t *testing.T) {
	t.Parallel()
	for name, component := range samples(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, source := render(t, component)
			require.Len(t, doc.all("h1"), 1)
			require.NotEmpty(t, doc.one(t, "title").text())
			require.Equal(t, "en", doc.one(t, "html").attr("lang"))
			require.Empty(t, doc.all("script"))
			require.Empty(t, doc.all("style"))
			require.NotContains(t, doc.text(), "//", "no comment of the template shows")
			checkPolicy(t, doc)
			checkIDs(t, doc)
			checkControls(t, doc)
			source = strings.ReplaceAll(source, "http://www.w3.org/2000/svg", "the icon's namespace")
			require.NotContains(t, source, "http", "nothing loads from elsewhere")
		})
	}
}

// checkPolicy refuses what a strict Content-Security-Policy would block.
func checkPolicy(t *testing.T, doc node) {
	t.Helper()
	for _, element := range doc.all("*") {
		for _, attribute := range element.Attr {
			require.NotEqual(t, "style", attribute.Key)
			require.False(t, strings.HasPrefix(attribute.Key, "on"), attribute.Key)
		}
	}
}

// checkIDs wants each id once, and every reference to lead somewhere.
func checkIDs(t *testing.T, doc node) {
	t.Helper()
	ids := map[string]bool{}
	for _, element := range doc.all("*") {
		if id, ok := element.lookup("id"); ok {
			require.NotContains(t, ids, id)
			require.NotContains(t, id, " ")
			ids[id] = true
		}
	}
	for _, element := range doc.all("*") {
		for _, key := range []string{"for", "aria-describedby", "aria-labelledby"} {
			value, _ := element.lookup(key)
			for _, id := range strings.Fields(value) {
				require.Contains(t, ids, id, "%s of %s", key, element.Data)
			}
		}
		if target, ok := strings.CutPrefix(element.attr("href"), "#"); ok && element.Data == "a" {
			require.Contains(t, ids, target)
		}
	}
}

// checkControls wants a label on everything that can be filled in, and a
// legend around what belongs together.
func checkControls(t *testing.T, doc node) {
	t.Helper()
	for _, control := range append(append(doc.all("input"), doc.all("textarea")...), doc.all("select")...) {
		if control.attr("type") == "hidden" {
			continue
		}
		require.NotEmpty(t, doc.one(t, "label", "for", control.attr("id")).text())
		if kind := control.attr("type"); kind == "radio" || kind == "checkbox" {
			require.True(t, control.inside("fieldset"))
		}
	}
	for _, fieldset := range doc.all("fieldset") {
		require.NotEmpty(t, fieldset.one(t, "legend").text())
	}
}

func TestPage_EveryQuestionCanBeAnswered(t *testing.T) {
	t.Parallel()
	doc, _ := render(t, samples(t)["form"])
	form, err := coaching.ParseForm(sampleForm)
	require.NoError(t, err)
	for _, question := range form.Questions() {
		require.NotEmpty(t, doc.all("*", "name", question.Field()), question.Name)
	}
	posting := doc.one(t, "form")
	require.Equal(t, "post", posting.attr("method"))
	require.Equal(t, "/l/sample", posting.attr("action"))
	require.Equal(t, "sample", posting.one(t, "input", "name", "csrf").attr("value"))
	require.Len(t, posting.all("input", "type", "radio", "name", "q.energy"), 5, "required: no way out")
	require.Len(t, posting.all("input", "type", "radio", "name", "q.sure"), 12, "optional: eleven values and no answer")
	require.Len(t, posting.all("input", "type", "checkbox", "name", "q.topics"), 3)
	require.Equal(t, "decimal", posting.one(t, "input", "name", "q.years").attr("inputmode"))
	require.Equal(t, "date", posting.one(t, "input", "name", "q.start").attr("type"))
	require.Equal(t, "2026-01-01", posting.one(t, "input", "name", "q.start").attr("min"))
	require.Equal(t, "true", posting.one(t, "textarea").attr("aria-required"))
	require.Empty(t, posting.all("input", "checked", ""), "nothing is chosen for the reader")
}

func TestPage_Buttons(t *testing.T) {
	t.Parallel()
	doc, _ := render(t, samples(t)["form"])
	buttons := doc.all("button")
	require.Len(t, buttons, 3)
	require.Equal(t, ActionDraft, buttons[0].attr("value"), "Enter in a field presses the first button, which must not send")
	require.Equal(t, "-1", buttons[0].attr("tabindex"))
	require.Equal(t, "Send answers", buttons[1].text())
	require.Equal(t, ActionSubmit, buttons[1].attr("value"))
	require.Equal(t, "Save and finish later", buttons[2].text())
	require.Equal(t, ActionDraft, buttons[2].attr("value"))
	for _, button := range buttons {
		require.Equal(t, ActionField, button.attr("name"))
	}
}

func TestPage_ProblemsStandBesideTheQuestions(t *testing.T) {
	t.Parallel()
	doc, source := render(t, samples(t)["form-problems"])
	require.Contains(t, doc.one(t, "title").text(), "Please check: ")

	summary := doc.one(t, "div", "id", "problems")
	require.Equal(t, "alert", summary.attr("role"))
	_, focused := summary.lookup("autofocus")
	require.True(t, focused)
	require.Equal(t, "4 answers need another look", summary.one(t, "h2").text())
	require.Len(t, summary.all("a"), 4)

	years := doc.one(t, "input", "name", "q.years")
	require.Equal(t, "true", years.attr("aria-invalid"))
	require.Equal(t, "about seven", years.attr("value"), "what was typed is kept")
	require.Contains(t, years.attr("aria-describedby"), "q2-problem")
	require.Contains(t, doc.one(t, "p", "id", "q2-problem").text(), "as a number")

	start := doc.one(t, "input", "name", "q.start")
	require.Equal(t, "text", start.attr("type"), "a date input would drop what is no date")
	require.Equal(t, "4 March", start.attr("value"))

	require.Equal(t, `Head of <Operations> & "more"`, doc.one(t, "input", "name", "q.role").attr("value"))
	require.NotContains(t, source, "<Operations>")
	require.Equal(t, "First line.\nSecond line.", doc.one(t, "textarea").raw())
	_, chosen := doc.one(t, "input", "name", "q.format", "value", "room").lookup("checked")
	require.True(t, chosen)
}

func TestPage_DraftFillsThePage(t *testing.T) {
	t.Parallel()
	doc, _ := render(t, samples(t)["form-draft"])
	require.Len(t, doc.all("input", "checked", ""), 3)
	require.Contains(t, doc.text(), "Draft saved today at 14:05 CET. It has not been sent yet.")
	require.Equal(t, "status", doc.one(t, "div", "class", "notice success").attr("role"))
}

func TestPage_LeadingLineBreakSurvives(t *testing.T) {
	t.Parallel()
	form, err := coaching.ParseForm([]byte(`{"elements":[{"type":"comment","name":"a"}]}`))
	require.NoError(t, err)
	typed := "\n  indented\n</textarea><script>x</script>"
	doc, _ := render(t, Page(FormPage{Form: form, State: StateOpen, Draft: coaching.Draft{"a": {typed}}}))
	require.Equal(t, typed, doc.one(t, "textarea").raw())
	require.Empty(t, doc.all("script"))
}

func TestPage_NothingBreaksOut(t *testing.T) {
	t.Parallel()
	const nasty = `"><img src=x onerror=alert(1)>'`
	form := &coaching.Form{Title: nasty, Description: nasty, Pages: []coaching.FormSection{{Title: nasty, Description: nasty, Questions: []coaching.Question{
		{Name: nasty, Kind: coaching.AskShortText, Title: nasty, Help: nasty, Placeholder: nasty},
		{Name: nasty + "2", Kind: coaching.AskSingleChoice, Title: nasty, Choices: []coaching.FormChoice{{Value: nasty, Text: nasty}}},
		{Name: nasty + "3", Kind: coaching.AskSingleChoice, Dropdown: true, Title: nasty, Choices: []coaching.FormChoice{{Value: nasty, Text: nasty}}},
	}}}}
	page := FormPage{
		Frame: Frame{OrganizationName: nasty, Footer: nasty}, Form: form, State: StateOpen, RecipientName: nasty, Intro: nasty,
		Hidden: map[string]string{nasty: nasty}, Draft: coaching.Draft{nasty: {nasty}}, Problems: map[string]string{nasty: nasty},
		Notice: nasty, SavedAt: nasty, DueAt: nasty, Action: "javascript:alert(1)",
	}
	doc, _ := render(t, Page(page))
	require.Empty(t, doc.all("img"))
	checkPolicy(t, doc)
	checkIDs(t, doc)
	checkControls(t, doc)
	require.Equal(t, nasty, doc.one(t, "input", "name", "q."+nasty).attr("value"))
	require.NotContains(t, doc.one(t, "form").attr("action"), "javascript:")

	page.State, page.Answer, page.EditURL, page.AnsweredAt = StateAnswered, coaching.Answer{nasty: nasty}, "javascript:alert(1)", nasty
	doc, source := render(t, Page(page))
	require.Empty(t, doc.all("img"))
	require.NotContains(t, source, "javascript:")
}

func TestPage_AfterTheAnswer(t *testing.T) {
	t.Parallel()
	pages := samples(t)
	doc, _ := render(t, pages["form-answered"])
	require.Equal(t, "Thank you, Amara Okafor, your answers are in", doc.one(t, "h1").text())
	require.Equal(t, "/l/sample?edit=1", doc.one(t, "a", "class", "button").attr("href"))
	require.Len(t, doc.all("dt"), 10)
	require.Contains(t, doc.text(), "Delegating without losing the overview")
	require.Contains(t, doc.text(), "9 March 2026")
	require.Empty(t, doc.all("form"))

	doc, _ = render(t, pages["form-pending"])
	require.Contains(t, doc.text(), "no need to send them again")
	require.Empty(t, doc.all("form"))

	doc, _ = render(t, pages["form-closed"])
	require.Equal(t, "This form is closed", doc.one(t, "h1").text())
	require.Len(t, doc.all("dt"), 10)
	require.Empty(t, doc.all("form"))

	doc, _ = render(t, pages["form-closed-unanswered"])
	require.Contains(t, doc.text(), "Jonas Weber can open it again for you.")
	require.Empty(t, doc.all("dt"))
}

func TestMessage_ABrokenLinkTellsNothing(t *testing.T) {
	t.Parallel()
	doc, _ := render(t, samples(t)["expired"])
	require.NotContains(t, doc.text(), "Northlight")
	require.Contains(t, doc.text(), "for a new link")
	require.NotContains(t, doc.text(), "reply", "not every mail can be replied to")
	require.Empty(t, doc.all("form"))
}

func TestConfirm_OneButtonThatPosts(t *testing.T) {
	t.Parallel()
	pages := samples(t)
	doc, _ := render(t, pages["confirm"])
	require.Equal(t, "post", doc.one(t, "form").attr("method"))
	require.Equal(t, "Approve the interview", doc.one(t, "button").text())
	require.Equal(t, "sample", doc.one(t, "input", "name", "csrf").attr("value"))
	require.Equal(t, "A word to Amara (optional)", doc.one(t, "label", "for", "reason").text())

	doc, _ = render(t, pages["confirm-danger"])
	require.Contains(t, doc.one(t, "button").attr("class"), "danger")
	require.Len(t, doc.all("div", "role", "alert"), 1)
}
