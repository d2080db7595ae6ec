package compose

import (
	"net/url"
	"strings"
	"unicode"
)

// Letter is a rendered template: what one person will read.
type Letter struct {
	Subject string
	HTML    string
	Text    string
	// TemplateVersion names the template it was rendered from.
	TemplateVersion string
}

// slotValues are the cleaned values of a template's slots, by slot number.
type slotValues []string

// The tree that a template is compiled to. It is walked once for HTML and once
// for text; a value is looked up at its slot and can never become part of the
// tree.
type (
	tplBlock struct {
		kind   tplBlockKind
		level  int // of a heading
		start  int // first number of an ordered list; 0 for bullets
		tight  bool
		last   bool // paragraph that ends a quote
		kids   []tplBlock
		inline []tplSpan
	}
	tplSpan struct {
		kind tplSpanKind
		text string    // literal
		slot int       // of a value
		dest []tplSpan // of a link: literals and values
		kids []tplSpan
		line bool // of a link: it has a line to itself
		bare bool // of a link: it was written without words of its own
	}
	tplBlockKind int
	tplSpanKind  int
)

const (
	blockParagraph tplBlockKind = iota
	blockHeading
	blockQuote
	blockList
	blockItem
	blockCode
	blockRule
)

const (
	spanLiteral tplSpanKind = iota
	spanValue
	spanEmphasis
	spanStrong
	spanCode
	spanLink
	spanBreak
)

// destination puts a link's address together. A value at its beginning is
// taken whole (it is the address); a value further on is a piece of path or
// query and cannot bring separators of its own. ok is false where the result
// is no absolute http, https, mailto or tel address.
func destination(dest []tplSpan, vs slotValues) (href string, ok bool) {
	var b strings.Builder
	for i, d := range dest {
		switch {
		case d.kind == spanLiteral:
			b.WriteString(d.text)
		case i == 0:
			b.WriteString(strings.TrimSpace(vs[d.slot]))
		default:
			b.WriteString(escapeComponent(vs[d.slot], strings.HasPrefix(b.String(), "mailto:")))
		}
	}
	return b.String(), safeURL(b.String())
}

func escapeComponent(v string, keepAt bool) string {
	v = strings.ReplaceAll(url.QueryEscape(v), "+", "%20")
	if keepAt {
		v = strings.ReplaceAll(v, "%40", "@")
	}
	return v
}

func safeURL(s string) bool {
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return false
	}
	u, err := url.Parse(s)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "http", "https":
		return u.Host != "" && u.User == nil
	case "mailto", "tel":
		return u.Opaque != ""
	}
	return false
}

// preheader gives the first words of the letter, which mail programs show beside
// the subject. Addresses of links are left out, they are no words.
func preheader(bs []tplBlock, vs slotValues, limit int) string {
	var b strings.Builder
	for _, blk := range bs {
		if b.Len() >= limit {
			break
		}
		previewWords(&b, blk, vs)
	}
	return shorten(strings.Join(strings.Fields(b.String()), " "), limit)
}

func previewWords(b *strings.Builder, blk tplBlock, vs slotValues) {
	var walk func(ss []tplSpan)
	walk = func(ss []tplSpan) {
		for _, s := range ss {
			switch s.kind {
			case spanLiteral:
				b.WriteString(s.text)
			case spanValue:
				b.WriteString(vs[s.slot])
			case spanBreak:
				b.WriteByte(' ')
			default:
				walk(s.kids)
			}
		}
	}
	walk(blk.inline)
	b.WriteByte(' ')
	for _, kid := range blk.kids {
		previewWords(b, kid, vs)
	}
}
