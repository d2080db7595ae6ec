package receive

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// styledText finds HTML in which something may be hidden or directed by a style.
var styledText = regexp.MustCompile(`(?i)<style|style\s*=|\bhidden\b|<(body|html)\s[^>]{0,500}dir\s*=`)

// visibleHTML gives the HTML of a mail without what it hides: the policy takes
// the styles away, and what they hid would be seen. The direction of text that a
// style or the body states becomes one of an element that stays.
func visibleHTML(source string) string {
	if !styledText.MatchString(source) {
		return source
	}
	w := visibleWriter{}
	w.out.Grow(len(source))
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return w.out.String()
		}
		w.token(z, kind, string(z.Raw()))
	}
}

type visibleWriter struct {
	out   strings.Builder
	shown visibility
	skip  atom.Atom // the element whose content is no text
}

func (w *visibleWriter) token(z *html.Tokenizer, kind html.TokenType, raw string) {
	switch kind {
	case html.TextToken:
		if w.skip == atom.Style {
			w.shown.styleSheet(raw)
		}
		if !w.shown.hiddenText() || w.skip != 0 {
			w.out.WriteString(raw)
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		tag := readTag(z)
		w.start(tag, raw)
	case html.EndTagToken:
		tag := readTag(z)
		if w.skip == tag.atom {
			w.skip = 0
		}
		hidden := w.shown.none > 0
		w.shown.end(tag)
		if !hidden || w.shown.none == 0 {
			w.out.WriteString(raw)
		}
	}
}

func (w *visibleWriter) start(tag htmlTag, raw string) {
	if w.skip != 0 {
		return
	}
	before := w.shown.none > 0
	w.shown.start(tag)
	if noText(tag.atom) {
		w.skip = tag.atom
	}
	switch {
	case before && w.shown.none > 0, isVoid(tag.atom) && (w.shown.hidden() || w.shown.styleOf(tag).none):
		return // of the outermost hidden element, the tags stay
	case tag.atom == atom.Body || tag.atom == atom.Html:
		w.out.WriteString(raw)
		if dir := directionOf(tag); dir != "" {
			w.out.WriteString(`<div dir="` + dir + `">`)
		}
		return
	}
	if dir := directionOf(tag); dir != "" && tag.dir == "" && strings.HasPrefix(raw, "<"+tag.atom.String()) {
		raw = "<" + tag.atom.String() + ` dir="` + dir + `"` + raw[1+len(tag.atom.String()):]
	}
	w.out.WriteString(raw)
}

var directionStyle = regexp.MustCompile(`(?i)(?:^|;)\s*direction\s*:\s*(rtl|ltr)\b`)

// directionOf is the direction that a tag gives to its text, "" where it gives none.
func directionOf(tag htmlTag) string {
	if m := directionStyle.FindStringSubmatch(tag.style[:min(len(tag.style), maxStyle)]); m != nil {
		return strings.ToLower(m[1])
	}
	switch dir := strings.ToLower(tag.dir); dir {
	case "rtl", "ltr", "auto":
		return dir
	}
	return ""
}
