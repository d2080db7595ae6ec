package receive

import (
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// mailPolicy is what is left of the HTML of a mail: text with its structure,
// links, and images that came with the mail. No script, style, form, frame, and
// nothing that loads from another host.
var mailPolicy = newMailPolicy()

func newMailPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "div", "span", "br", "hr", "b", "strong", "i", "em", "u", "s", "strike", "del", "ins", "sub", "sup",
		"small", "big", "code", "pre", "tt", "kbd", "samp", "blockquote", "q", "cite", "center", "address",
		"h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd",
		"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th")
	p.AllowAttrs("href").Matching(regexp.MustCompile(`(?i)^\s*(https?|mailto|tel):`)).OnElements("a")
	p.AllowAttrs("src").Matching(regexp.MustCompile(`(?i)^(cid:[^\s]+|data:image/(png|jpeg|gif|webp);base64,[a-z0-9+/=\s]+)$`)).OnElements("img")
	p.AllowURLSchemes("http", "https", "mailto", "tel", "cid", "data")
	p.AllowAttrs("alt").OnElements("img")
	number := regexp.MustCompile(`^[0-9]{1,4}%?$`)
	p.AllowAttrs("width", "height").Matching(number).OnElements("img", "table", "td", "th")
	p.AllowAttrs("colspan", "rowspan", "border", "cellpadding", "cellspacing").Matching(number).OnElements("table", "td", "th")
	p.AllowAttrs("align", "valign").Matching(regexp.MustCompile(`(?i)^(left|right|center|justify|top|middle|bottom)$`)).
		OnElements("p", "div", "table", "td", "th", "tr", "h1", "h2", "h3", "h4", "h5", "h6")
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`(?i)^(ltr|rtl|auto)$`)).Globally()
	p.AllowAttrs("start").Matching(number).OnElements("ol")
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true) // adds rel=noopener
	p.SkipElementsContent("title")
	return p
}

// SanitizeHTML makes the HTML of a mail safe to show. cid gives the URL of an
// image that came with the mail, by its content id; an image that it does not
// know, and every image elsewhere, is replaced by its alternative text. What is
// open at the end is closed, and what closes nothing is dropped, so that the
// result can stand inside another page. It is empty where the elements are
// nested too deep to be read.
func SanitizeHTML(source string, cid func(contentID string) (url string, ok bool)) string {
	return balance(showImages(mailPolicy.Sanitize(escapeCIDs(visibleHTML(validText(source)))), cid))
}

// blankCID is the source of an image whose content id has a blank in it. Some mail
// programs write such ids, and the policy takes no URL with a blank.
var blankCID = regexp.MustCompile(`(?i)\bsrc\s*=\s*("\s*cid:[^"]{1,300}"|'\s*cid:[^']{1,300}')`)

func escapeCIDs(source string) string {
	return blankCID.ReplaceAllStringFunc(source, func(attribute string) string {
		scheme := strings.IndexByte(attribute, ':')
		return attribute[:scheme] + strings.ReplaceAll(attribute[scheme:], " ", "%20")
	})
}

// maxBalance is how often HTML is read and written before it must stay the same.
const maxBalance = 5

// balance reads HTML as a browser does, inside of a div, and writes it anew, until
// a browser that reads what was written finds the same elements. HTML that never
// comes to rest becomes its text.
func balance(source string) string {
	for range maxBalance {
		anew := rewrite(source)
		if anew == source {
			return anew
		}
		source = anew
	}
	return escapeLines(HTMLToText(source))
}

func rewrite(source string) string {
	within := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	nodes, err := html.ParseFragment(strings.NewReader(source), within)
	if err != nil {
		return ""
	}
	var out strings.Builder
	for _, n := range nodes {
		if html.Render(&out, n) != nil { // a Builder takes everything; this is a tree that cannot be written
			return ""
		}
	}
	return out.String()
}

// showImages gives every image the URL under which it can be shown.
func showImages(clean string, cid func(contentID string) (url string, ok bool)) string {
	return rewriteImages(clean, func(img html.Token) (string, bool) { return imageTag(img, cid), true })
}

// rewriteImages writes HTML as it is, but for the images that are written anew.
func rewriteImages(source string, anew func(img html.Token) (string, bool)) string {
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return out.String()
		}
		written := string(z.Raw())
		if token := z.Token(); token.Data == "img" && (kind == html.StartTagToken || kind == html.SelfClosingTagToken) {
			if tag, ok := anew(token); ok {
				written = tag
			}
		}
		out.WriteString(written)
	}
}

// imageTag writes an image anew. The policy has left it nothing but cid: and
// data: sources, and this is the second lock.
func imageTag(token html.Token, cid func(string) (string, bool)) string {
	kept := html.Token{Type: html.SelfClosingTagToken, Data: "img"}
	source, alt := "", ""
	for _, a := range token.Attr {
		switch a.Key {
		case "src":
			source = a.Val
		case "alt":
			alt = a.Val
			kept.Attr = append(kept.Attr, a)
		case "width", "height":
			kept.Attr = append(kept.Attr, a)
		}
	}
	if len(source) > 4 && strings.EqualFold(source[:4], "cid:") {
		id, known := normalID(source[4:]), false
		if source, known = cid(id); !known || id == "" {
			source = ""
		}
	} else if !strings.HasPrefix(strings.ToLower(source), "data:image/") {
		source = ""
	}
	if source == "" {
		return html.EscapeString(alt)
	}
	kept.Attr = append([]html.Attribute{{Key: "src", Val: source}}, kept.Attr...)
	return kept.String()
}
