package compose

import (
	"bufio"
	"bytes"
	stdhtml "html"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// firstSlot begins the characters that stand for slots while Markdown is
// parsed: plane 15, private use, no character that anybody writes.
const firstSlot = '\U000F0000'

func slotRune(i int) rune { return firstSlot + rune(i) }

func isSlot(r rune) bool { return r >= firstSlot && r < firstSlot+0xFFFE }

// maxDepth bounds how deep quotes and lists may be nested: each level costs an
// indentation of all that is in it.
const maxDepth = 10

// markdownParser reads CommonMark without raw HTML: what looks like a tag is
// text, here as in the values.
var markdownParser = parser.NewParser(
	parser.WithBlockParsers(
		util.Prioritized(parser.NewSetextHeadingParser(), 100),
		util.Prioritized(parser.NewThematicBreakParser(), 200),
		util.Prioritized(parser.NewListParser(), 300),
		util.Prioritized(parser.NewListItemParser(), 400),
		util.Prioritized(parser.NewCodeBlockParser(), 500),
		util.Prioritized(parser.NewATXHeadingParser(), 600),
		util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
		util.Prioritized(parser.NewBlockquoteParser(), 800),
		util.Prioritized(parser.NewParagraphParser(), 1000),
	),
	parser.WithInlineParsers(
		util.Prioritized(parser.NewCodeSpanParser(), 100),
		util.Prioritized(parser.NewLinkParser(), 200),
		util.Prioritized(parser.NewAutoLinkParser(), 300),
		util.Prioritized(parser.NewEmphasisParser(), 500),
	),
	parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
)

// treeBuilder turns goldmark's tree into ours.
type treeBuilder struct {
	source []byte
	names  []string // of the slots
	depth  int
	err    error
}

// parseBlocks reads a marked body.
func parseBlocks(marked string, names []string) ([]tplBlock, error) {
	if deepestPrefix(marked) > maxDepth {
		return nil, syntaxProblem("body", "Quotes or lists are nested too deep.")
	}
	t := &treeBuilder{source: []byte(marked), names: names}
	blocks := t.blocks(markdownParser.Parse(text.NewReader(t.source)))
	if t.err == nil && len(blocks) == 0 {
		t.err = syntaxProblem("body", "There is nothing in the text that a reader would see.")
	}
	return blocks, t.err
}

// deepestPrefix is the greatest number of quote and list markers at the start
// of one line. It is counted before parsing, whose effort grows with it.
func deepestPrefix(s string) int {
	deepest := 0
	for line := range strings.SplitSeq(s, "\n") {
		if strings.Trim(line, "-*_ \t") != "" { // else it is a rule
			deepest = max(deepest, len(markerRE.FindAllString(prefixRE.FindString(line), -1)))
		}
	}
	return deepest
}

var (
	markerRE = regexp.MustCompile(`[>*+-]|\d{1,9}[.)]`)
	prefixRE = regexp.MustCompile(`^(?:[ \t]|[>*+-]|\d{1,9}[.)])*`)
)

func (t *treeBuilder) blocks(parent ast.Node) []tplBlock {
	if t.depth++; t.depth > 2*maxDepth {
		t.err = syntaxProblem("body", "Quotes or lists are nested too deep.")
		return nil
	}
	defer func() { t.depth-- }()
	var out []tplBlock
	for n := parent.FirstChild(); n != nil && t.err == nil; n = n.NextSibling() {
		if b, ok := t.block(n); ok {
			out = append(out, b)
		}
	}
	return out
}

func (t *treeBuilder) block(n ast.Node) (tplBlock, bool) {
	switch n := n.(type) {
	case *ast.Paragraph, *ast.TextBlock:
		b := tplBlock{kind: blockParagraph, inline: t.inline(n)}
		return b, len(b.inline) > 0
	case *ast.Heading:
		return tplBlock{kind: blockHeading, level: n.Level, inline: t.inline(n)}, true
	case *ast.Blockquote:
		kids := t.blocks(n)
		if len(kids) > 0 {
			kids[len(kids)-1].last = true
		}
		return tplBlock{kind: blockQuote, kids: kids}, true
	case *ast.List:
		return t.list(n), true
	case *ast.ListItem:
		return tplBlock{kind: blockItem, kids: t.blocks(n)}, true
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		return tplBlock{kind: blockCode, inline: splitSlots(string(n.Lines().Value(t.source)))}, true
	case *ast.ThematicBreak:
		return tplBlock{kind: blockRule}, true
	}
	return tplBlock{}, false // link reference definitions have nothing to show
}

func (t *treeBuilder) list(n *ast.List) tplBlock {
	b := tplBlock{kind: blockList, tight: n.IsTight, kids: t.blocks(n)}
	if n.IsOrdered() {
		b.start = max(n.Start, 1)
	}
	return b
}

func (t *treeBuilder) inline(parent ast.Node) []tplSpan {
	if t.depth++; t.depth > 6*maxDepth {
		t.err = syntaxProblem("body", "Emphasis or links are nested too deep.")
		return nil
	}
	defer func() { t.depth-- }()
	var out []tplSpan
	for n := parent.FirstChild(); n != nil && t.err == nil; n = n.NextSibling() {
		out = append(out, t.span(n)...)
	}
	markOwnLines(out)
	return out
}

func (t *treeBuilder) span(n ast.Node) []tplSpan {
	switch n := n.(type) {
	case *ast.Text:
		return t.text(n)
	case *ast.String:
		return splitSlots(resolveEscapes(n.Value))
	case *ast.Emphasis:
		kind := spanEmphasis
		if n.Level > 1 {
			kind = spanStrong
		}
		return []tplSpan{{kind: kind, kids: t.inline(n)}}
	case *ast.CodeSpan:
		return []tplSpan{{kind: spanCode, kids: t.inline(n)}}
	case *ast.Link:
		return []tplSpan{t.link(n, n.Destination)}
	case *ast.Image:
		return []tplSpan{t.link(n, n.Destination)} // a mail of ours loads nothing from elsewhere
	case *ast.AutoLink:
		label := splitSlots(string(n.Label(t.source)))
		return []tplSpan{{kind: spanLink, kids: label, dest: splitSlots(string(n.URL(t.source)))}}
	}
	return t.inline(n)
}

func (t *treeBuilder) text(n *ast.Text) []tplSpan {
	var out []tplSpan
	if segment := n.Segment.Value(t.source); n.IsRaw() || isCode(n.Parent()) {
		out = splitSlots(string(bytes.ReplaceAll(segment, []byte("\n"), []byte(" "))))
	} else {
		out = t.bareLinks(n, splitSlots(resolveEscapes(segment)))
	}
	if n.SoftLineBreak() || n.HardLineBreak() {
		out = append(out, tplSpan{kind: spanBreak})
	}
	return out
}

// linkPlaceholder is the placeholder whose value is a link. Where it stands by
// itself in a text, it can be followed.
const linkPlaceholder = "link"

func (t *treeBuilder) bareLinks(n *ast.Text, ss []tplSpan) []tplSpan {
	for parent := n.Parent(); parent != nil; parent = parent.Parent() {
		if parent.Kind() == ast.KindLink || parent.Kind() == ast.KindImage {
			return ss
		}
	}
	for i, s := range ss {
		if s.kind == spanValue && t.names[s.slot] == linkPlaceholder {
			ss[i] = tplSpan{kind: spanLink, bare: true, kids: []tplSpan{s}, dest: []tplSpan{s}}
		}
	}
	return ss
}

func isCode(n ast.Node) bool { return n.Kind() == ast.KindCodeSpan }

func (t *treeBuilder) link(n ast.Node, dest []byte) tplSpan {
	kids := t.inline(n)
	to := splitSlots(resolveEscapes(dest))
	if len(kids) == 0 {
		kids = slices.Clone(to)
	}
	return tplSpan{kind: spanLink, kids: kids, dest: to}
}

// resolveEscapes resolves backslash escapes and entities, as CommonMark asks, by way of
// goldmark's own writer.
func resolveEscapes(segment []byte) string {
	if !bytes.ContainsAny(segment, `\&`) {
		return string(segment)
	}
	var b bytes.Buffer
	w := bufio.NewWriter(&b)
	html.DefaultWriter.Write(w, segment)
	if err := w.Flush(); err != nil {
		return string(segment)
	}
	return stdhtml.UnescapeString(b.String())
}

// markOwnLines finds the links that have a line to themselves.
func markOwnLines(ss []tplSpan) {
	for i := range ss {
		before := i == 0 || ss[i-1].kind == spanBreak
		after := i == len(ss)-1 || ss[i+1].kind == spanBreak
		ss[i].line = ss[i].kind == spanLink && before && after
	}
}

// splitSlots separates literals from slots.
func splitSlots(s string) []tplSpan {
	var out []tplSpan
	for len(s) > 0 {
		i := strings.IndexFunc(s, isSlot)
		if i < 0 {
			return append(out, tplSpan{kind: spanLiteral, text: s})
		}
		if i > 0 {
			out = append(out, tplSpan{kind: spanLiteral, text: s[:i]})
		}
		r := []rune(s[i : i+4])[0]
		out = append(out, tplSpan{kind: spanValue, slot: int(r - firstSlot)})
		s = s[i+4:]
	}
	return out
}
