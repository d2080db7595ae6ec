package compose

import (
	stdhtml "html"
	"strconv"
	"strings"
)

// letterHTML writes the tree as HTML for mail programs: every style stands in
// the element, since many of them drop style sheets.
type letterHTML struct {
	strings.Builder
	values slotValues
	look   look
	rich   map[int]string // ready-made HTML by slot
	page   bool           // for a page, which has a style sheet
}

// styled begins an element.
func (w *letterHTML) styled(tag, style string) {
	w.WriteString("<" + tag)
	if !w.page {
		w.WriteString(` style="` + style + `"`)
	}
	w.WriteString(">")
}

func (w *letterHTML) blocks(bs []tplBlock, tight bool) {
	for _, b := range bs {
		w.block(b, tight)
	}
}

func (w *letterHTML) block(b tplBlock, tight bool) {
	switch b.kind {
	case blockParagraph:
		w.paragraph(b, tight)
	case blockHeading:
		level := b.level
		if w.page {
			level++ // below the title of the page
		}
		tag := "h" + strconv.Itoa(min(level, 3))
		w.element(tag, headingStyles[min(b.level, 3)-1], func() { w.spans(b.inline) })
	case blockQuote:
		w.element("blockquote", quoteStyle, func() { w.blocks(b.kids, false) })
	case blockList:
		w.list(b)
	case blockItem:
		w.element("li", itemStyle, func() { w.blocks(b.kids, tight) })
	case blockCode:
		w.element("pre", preStyle, func() { w.spans(b.inline) })
	case blockRule:
		w.styled("hr", ruleStyle)
		w.WriteString("\n")
	}
}

func (w *letterHTML) element(tag, style string, body func()) {
	w.styled(tag, style)
	body()
	w.WriteString("</" + tag + ">\n")
}

func (w *letterHTML) paragraph(b tplBlock, tight bool) {
	if !w.page && len(b.inline) == 1 && b.inline[0].kind == spanLink && !b.inline[0].bare {
		if href, ok := destination(b.inline[0].dest, w.values); ok {
			w.look.button(&w.Builder, href, func() { w.spans(b.inline[0].kids) })
			return
		}
	}
	if ready, is := w.ready(b); is {
		w.WriteString(`<div style="` + paragraphStyle + `">` + ready + "</div>\n")
		return
	}
	if b.empty(w.values) {
		return
	}
	if tight {
		w.spans(b.inline)
		return
	}
	style := paragraphStyle
	if b.last {
		style = lastStyle
	}
	w.element("p", style, func() { w.spans(b.inline) })
}

// ready gives the ready-made HTML of a paragraph that is one placeholder.
func (w *letterHTML) ready(b tplBlock) (string, bool) {
	if len(b.inline) != 1 || b.inline[0].kind != spanValue {
		return "", false
	}
	ready, is := w.rich[b.inline[0].slot]
	return ready, is
}

// empty reports whether a paragraph is one placeholder without a value: it
// would only leave a gap.
func (b tplBlock) empty(values slotValues) bool {
	return b.kind == blockParagraph && len(b.inline) == 1 && b.inline[0].kind == spanValue && values[b.inline[0].slot] == ""
}

func (w *letterHTML) list(b tplBlock) {
	tag := "ul"
	if b.start > 0 {
		tag = "ol"
	}
	w.WriteString("<" + tag)
	if b.start > 1 {
		w.WriteString(` start="` + strconv.Itoa(b.start) + `"`)
	}
	if !w.page {
		w.WriteString(` style="` + listStyle + `"`)
	}
	w.WriteString(">\n")
	w.blocks(b.kids, b.tight)
	w.WriteString("</" + tag + ">\n")
}

func (w *letterHTML) spans(ss []tplSpan) {
	for _, s := range ss {
		switch s.kind {
		case spanLiteral:
			w.WriteString(stdhtml.EscapeString(s.text))
		case spanValue:
			w.value(w.values[s.slot])
		case spanEmphasis:
			w.wrap("<em>", s.kids, "</em>")
		case spanStrong:
			w.wrap("<strong>", s.kids, "</strong>")
		case spanCode:
			w.styled("code", codeStyle)
			w.wrap("", s.kids, "</code>")
		case spanBreak:
			w.WriteString("<br>\n")
		case spanLink:
			w.link(s)
		}
	}
}

func (w *letterHTML) wrap(before string, kids []tplSpan, after string) {
	w.WriteString(before)
	w.spans(kids)
	w.WriteString(after)
}

// value writes data: markup in it stays text, only its line ends are kept.
func (w *letterHTML) value(v string) {
	w.WriteString(strings.ReplaceAll(stdhtml.EscapeString(v), "\n", "<br>\n"))
}

func (w *letterHTML) link(s tplSpan) {
	href, ok := destination(s.dest, w.values)
	if !ok {
		// Not an address that a link may have: say it, do not link it.
		w.spans(s.kids)
		if s.bare {
			return
		}
		w.WriteString(": ")
		w.value(href)
		return
	}
	how := ` style="` + w.look.linkStyle + `"`
	if w.page {
		how = ` rel="noopener noreferrer nofollow"`
	}
	w.WriteString(`<a href="` + stdhtml.EscapeString(href) + `"` + how + ">")
	w.spans(s.kids)
	w.WriteString("</a>")
}
