package compose

import (
	"strconv"
	"strings"
)

// letterText writes spans as plain text.
type letterText struct {
	strings.Builder
	values slotValues
}

// textBlocks gives the blocks as text, one empty line between them unless they
// are the lines of a tight list.
func textBlocks(bs []tplBlock, vs slotValues, tight bool) string {
	parts := make([]string, 0, len(bs))
	for _, b := range bs {
		if !b.empty(vs) {
			parts = append(parts, textBlock(b, vs, tight))
		}
	}
	if tight {
		return strings.Join(parts, "\n")
	}
	return strings.Join(parts, "\n\n")
}

func textBlock(b tplBlock, vs slotValues, tight bool) string {
	switch b.kind {
	case blockQuote:
		return indentText(textBlocks(b.kids, vs, false), "> ", "> ")
	case blockList:
		return textList(b, vs)
	case blockItem:
		return textBlocks(b.kids, vs, tight)
	case blockRule:
		return "* * *"
	}
	w := letterText{values: vs}
	w.spans(b.inline)
	if b.kind == blockCode {
		return indentText(strings.TrimRight(w.String(), "\n"), "    ", "    ")
	}
	return w.String()
}

func textList(b tplBlock, vs slotValues) string {
	lines := make([]string, 0, len(b.kids))
	for i, kid := range b.kids {
		mark := "- "
		if b.start > 0 {
			mark = strconv.Itoa(b.start+i) + ". "
		}
		lines = append(lines, indentText(textBlock(kid, vs, b.tight), mark, strings.Repeat(" ", len(mark))))
	}
	if b.tight {
		return strings.Join(lines, "\n")
	}
	return strings.Join(lines, "\n\n")
}

// indentText puts first before the first line of s and rest before the others.
func indentText(s, first, rest string) string {
	return first + strings.ReplaceAll(s, "\n", "\n"+rest)
}

func (w *letterText) spans(ss []tplSpan) {
	for _, s := range ss {
		switch s.kind {
		case spanLiteral:
			w.WriteString(s.text)
		case spanValue:
			w.WriteString(w.values[s.slot])
		case spanBreak:
			w.WriteString("\n")
		case spanLink:
			w.link(s)
		default:
			w.spans(s.kids)
		}
	}
}

// link writes "label: address" where the link has the line to itself, and
// otherwise puts the address in <>, which no mail program takes for a part of
// it (RFC 3986, appendix C).
func (w *letterText) link(s tplSpan) {
	href, ok := destination(s.dest, w.values)
	label := letterText{values: w.values}
	label.spans(s.kids)
	address := strings.TrimPrefix(href, "mailto:")
	switch {
	case s.bare && ok && !s.line:
		w.WriteString("<" + address + ">")
	case label.String() == href || label.String() == address:
		w.WriteString(label.String())
	case s.line || !ok:
		w.WriteString(label.String() + ": " + address)
	default:
		w.WriteString(label.String() + " <" + address + ">")
	}
}
