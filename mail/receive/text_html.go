package receive

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// HTMLToText gives the text of an HTML mail for people and for SplitQuote:
// paragraphs and list items on lines of their own, the text of a quotation
// behind "> ", links as their text. It reads tokens and builds no tree, so it
// is linear on any input.
func HTMLToText(source string) string {
	w := htmlTextWriter{}
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return w.text()
		case html.TextToken:
			w.words(strings.ToValidUTF8(string(z.Text()), "\uFFFD"))
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			w.start(atom.Lookup(name))
		case html.EndTagToken:
			name, _ := z.TagName()
			w.end(atom.Lookup(name))
		}
	}
}

// maxQuoteDepth bounds the prefix of a line, and with it the output.
const maxQuoteDepth = 8

type htmlTextWriter struct {
	out    strings.Builder
	line   strings.Builder
	quote  int
	pre    int
	hidden atom.Atom // the element whose content is skipped
	blank  int       // empty lines at the end of out
	began  bool
	space  bool // a space is due before the next word
}

func (w *htmlTextWriter) start(a atom.Atom) {
	switch {
	case w.hidden != 0:
	case a == atom.Style || a == atom.Script || a == atom.Title || a == atom.Template || a == atom.Noscript:
		w.hidden = a
	case a == atom.Br:
		w.newline()
	case a == atom.Hr:
		w.breakLine()
		w.line.WriteString(strings.Repeat("-", 10))
		w.breakLine()
	case a == atom.Blockquote:
		w.breakLine()
		w.quote++
	case a == atom.Pre:
		w.breakLine()
		w.pre++
	case a == atom.Li:
		w.breakLine()
		w.line.WriteString("- ")
	case a == atom.Td || a == atom.Th:
		w.space = true
	case isBlock(a):
		w.breakLine()
		w.paragraph(a)
	}
}

func (w *htmlTextWriter) end(a atom.Atom) {
	switch {
	case w.hidden != 0:
		if a == w.hidden {
			w.hidden = 0
		}
	case a == atom.Blockquote:
		w.breakLine()
		w.quote = max(0, w.quote-1)
	case a == atom.Pre:
		w.breakLine()
		w.pre = max(0, w.pre-1)
	case a == atom.Li:
		w.breakLine()
	case isBlock(a):
		w.breakLine()
		w.paragraph(a)
	}
}

func isBlock(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.Table, atom.Tr, atom.Ul, atom.Ol, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.Section, atom.Article, atom.Header, atom.Footer, atom.Address, atom.Dl, atom.Dt, atom.Dd, atom.Center, atom.Body:
		return true
	}
	return false
}

// paragraph leaves an empty line around what is more than a line.
func (w *htmlTextWriter) paragraph(a atom.Atom) {
	switch a {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Table:
		if w.began && w.blank == 0 {
			w.newline()
		}
	}
}

func (w *htmlTextWriter) words(text string) {
	if w.hidden != 0 {
		return
	}
	if w.pre > 0 {
		for i, line := range strings.Split(text, "\n") {
			if i > 0 {
				w.newline()
			}
			w.line.WriteString(line)
		}
		return
	}
	for _, r := range text {
		if r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\f' || r == '\u00a0' {
			w.space = true
			continue
		}
		if w.space && w.line.Len() > 0 {
			w.line.WriteByte(' ')
		}
		w.space = false
		w.line.WriteRune(r)
	}
}

// breakLine ends a line that has something on it.
func (w *htmlTextWriter) breakLine() {
	if w.line.Len() > 0 {
		w.newline()
	}
	w.space = false
}

// newline ends the line. More than two empty lines in a row say nothing more.
func (w *htmlTextWriter) newline() {
	text := strings.TrimRight(w.line.String(), " ")
	w.line.Reset()
	w.space = false
	if text == "" {
		w.blank++
	} else {
		w.blank, w.began = 0, true
	}
	if w.blank > 2 || !w.began {
		return
	}
	w.out.WriteString(strings.TrimRight(strings.Repeat("> ", min(w.quote, maxQuoteDepth))+text, " "))
	w.out.WriteByte('\n')
}

func (w *htmlTextWriter) text() string {
	w.breakLine()
	return strings.Trim(w.out.String(), "\n")
}
