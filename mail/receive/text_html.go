package receive

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// HTMLToText gives the text of an HTML mail for people and for SplitQuote:
// paragraphs and list items on lines of their own, the text of a quotation
// behind "> ", links as their text with the address behind it, and nothing that
// the HTML hides. It reads tokens and builds no tree, so it is linear on any
// input.
func HTMLToText(source string) string {
	w := htmlTextWriter{}
	w.out.Grow(min(len(source), maxText))
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return w.text()
		case html.TextToken:
			w.words(z.Text())
		case html.StartTagToken, html.SelfClosingTagToken:
			w.start(readTag(z))
		case html.EndTagToken:
			w.end(readTag(z))
		}
	}
}

// maxQuoteDepth bounds the prefix of a line, and with it the output.
const maxQuoteDepth = 8

type htmlTextWriter struct {
	out   strings.Builder
	line  []byte
	quote int
	pre   int
	shown visibility
	skip  atom.Atom // the element whose content is no text
	link  textLink
	blank int // empty lines at the end of out
	began bool
	cut   bool // the beginning of the line is written already
	space bool // a space is due before the next word
	glued bool // an address was written, from which a word must be apart
}

func (w *htmlTextWriter) start(tag htmlTag) {
	if w.skip != 0 {
		return
	}
	w.shown.start(tag)
	if noText(tag.atom) {
		w.skip = tag.atom
		return
	}
	if w.shown.hidden() || isVoid(tag.atom) && w.shown.styleOf(tag).none {
		return
	}
	switch a := tag.atom; {
	case a == atom.Br:
		w.newline()
	case a == atom.A:
		w.endLink()
		w.link = textLink{address: linkAddress(tag.href)}
	case a == atom.Img:
		w.link.picture = w.link.address != ""
		w.link.alt = tag.alt
	case a == atom.Hr:
		w.breakLine()
		w.line = append(w.line, "----------"...)
		w.breakLine()
	case a == atom.Blockquote:
		w.breakLine()
		w.quote++
	case a == atom.Pre:
		w.breakLine()
		w.pre++
	case a == atom.Li:
		w.breakLine()
		w.line = append(w.line, "- "...)
	case a == atom.Td || a == atom.Th:
		w.space = true
	case isBlock(a):
		w.breakLine()
		w.paragraph(a)
	}
}

func (w *htmlTextWriter) end(tag htmlTag) {
	if w.skip != 0 {
		if tag.atom == w.skip {
			w.skip = 0
			w.shown.end(tag)
		}
		return
	}
	hidden := w.shown.hidden()
	w.shown.end(tag)
	if hidden {
		return
	}
	switch a := tag.atom; {
	case a == atom.A:
		w.endLink()
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

// noText tells whether what an element holds is no text of the mail.
func noText(a atom.Atom) bool {
	return a == atom.Style || a == atom.Script || a == atom.Title || a == atom.Template || a == atom.Noscript
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

func (w *htmlTextWriter) words(text []byte) {
	switch {
	case w.skip == atom.Style:
		w.shown.styleSheet(string(text))
		return
	case w.skip != 0 || w.shown.hiddenText():
		return
	}
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text) // what is not valid becomes U+FFFD
		text = text[size:]
		switch {
		case w.pre > 0 && r == '\n':
			w.newline()
		case w.pre == 0 && (r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\f' || r == '\u00a0'):
			w.space = true
			w.link.see(' ')
		default:
			w.write(r)
			w.link.see(r)
		}
	}
}

// write adds a character to the line, behind the space that is due.
func (w *htmlTextWriter) write(r rune) {
	due := w.space && w.pre == 0 || w.glued && (unicode.IsLetter(r) || unicode.IsDigit(r))
	if due && w.lineBegan() {
		w.line = append(w.line, ' ')
	}
	w.space, w.glued = false, false
	if w.line = utf8.AppendRune(w.line, r); len(w.line) > maxLine && r != ' ' {
		w.writeLine(w.line)
		w.line, w.cut = w.line[:0], true
	}
}

// maxLine is how much of a line is held before it is written, in bytes.
const maxLine = 32 << 10

// endLink writes the address of a link behind its text, or the text of a picture
// in its place.
func (w *htmlTextWriter) endLink() {
	link := w.link
	w.link = textLink{}
	text := strings.TrimSpace(string(link.text))
	if link.address == "" || text == "" && !link.picture || link.shows(text) {
		return
	}
	if text == "" && strings.TrimSpace(link.alt) != "" {
		w.words([]byte(strings.ToValidUTF8(link.alt, "")))
	}
	if w.lineBegan() {
		w.line = append(w.line, ' ')
	}
	w.line = append(w.line, "<"+link.address+">"...)
	w.space, w.glued = false, true
}

func (w *htmlTextWriter) lineBegan() bool { return w.cut || len(w.line) > 0 }

// breakLine ends a line that has something on it.
func (w *htmlTextWriter) breakLine() {
	if w.lineBegan() {
		w.newline()
	}
	w.space = false
}

// newline ends the line. More than two empty lines in a row say nothing more.
func (w *htmlTextWriter) newline() {
	text := bytes.TrimRight(w.line, " ")
	w.line = w.line[:0]
	w.space, w.glued = false, false
	if len(text) == 0 && !w.cut {
		w.blank++
	} else {
		w.blank, w.began = 0, true
	}
	if w.blank > 2 || !w.began {
		return
	}
	w.writeLine(text)
	w.out.WriteByte('\n')
	w.cut = false
}

// writeLine writes a line, or what is left of one, behind the marks of its depth.
func (w *htmlTextWriter) writeLine(text []byte) {
	if w.cut {
		w.out.Write(text)
		return
	}
	prefix := strings.Repeat("> ", min(w.quote, maxQuoteDepth))
	if len(text) == 0 {
		prefix = strings.TrimRight(prefix, " ")
	}
	w.out.WriteString(prefix)
	w.out.Write(text)
}

func (w *htmlTextWriter) text() string {
	w.endLink()
	w.breakLine()
	return strings.Trim(w.out.String(), "\n")
}
