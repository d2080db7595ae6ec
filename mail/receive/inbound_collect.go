package receive

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/jhillyerd/enmime/v2"
)

// bodyBlock is one stretch of the message text: the plain form, the HTML form,
// or both of the same text.
type bodyBlock struct {
	plain string
	html  string
}

func (b bodyBlock) hasHTML() bool { return b.html != "" }

// partCollector walks the parts in their order and sorts each into the text or the
// files, exactly once.
type partCollector struct {
	blocks   []bodyBlock
	files    []foundFile
	warnings []string
	related  int // open multipart/related
}

// foundFile is a part that is no text, before it is known what refers to it.
type foundFile struct {
	part    Part
	inline  bool // the sender asked for inline
	related bool // it belongs to the HTML beside it
}

func (c *partCollector) collect(n *partNode) error {
	switch {
	case n.ctype == "multipart/alternative":
		return c.alternative(n)
	case n.multipart():
		if n.ctype == "multipart/related" {
			c.related++
			defer func() { c.related-- }()
		}
		for i, child := range n.children {
			before := len(c.files)
			if err := c.collect(child); err != nil {
				return err
			}
			// RFC 1847, section 2.1: the second of two parts signs the first.
			if n.ctype == "multipart/signed" && i == 1 && len(n.children) == 2 && len(c.files) == before+1 {
				c.files[before].part.Signs = c.files[before].part.signature()
			}
		}
		return nil
	}
	part, err := decodeLeaf(n)
	if err != nil {
		return err
	}
	c.note(part)
	if text, ok := bodyText(n, part); ok {
		c.blocks = append(c.blocks, text)
		return nil
	}
	file := newFile(n, part)
	file.related = c.related > 0
	c.files = append(c.files, file)
	return nil
}

// alternative merges the forms of one text into one block. Files inside of it,
// such as an invitation or the images of the HTML form, stay files.
func (c *partCollector) alternative(n *partNode) error {
	outer := c.blocks
	var plain, rich []bodyBlock
	for _, child := range n.children {
		if child.ctype == "text/x-amp-html" || child.ctype == "text/watch-html" {
			continue // renderings of the same text for special readers
		}
		c.blocks = nil
		if err := c.collect(child); err != nil {
			return err
		}
		if slices.ContainsFunc(c.blocks, bodyBlock.hasHTML) {
			rich = append(rich, c.blocks...)
		} else {
			plain = append(plain, c.blocks...)
		}
	}
	c.blocks = append(outer, mergeForms(plain, rich))
	return nil
}

// mergeForms makes one block of the plain and the rich form of a text. Plain
// text inside the rich form belongs to both, unless it says the same.
func mergeForms(plain, rich []bodyBlock) bodyBlock {
	merged := bodyBlock{html: joinHTML(rich)}
	if len(plain) == 0 {
		merged.plain = joinText(rich)
		return merged
	}
	for _, r := range rich {
		same := func(p bodyBlock) bool { return sameWords(p.plain, r.plain) }
		if strings.TrimSpace(r.plain) != "" && !slices.ContainsFunc(plain, same) {
			plain = append(plain, bodyBlock{plain: r.plain})
		}
	}
	merged.plain = joinText(plain)
	return merged
}

// bodyText tells whether a leaf is text to read rather than a file: text or
// HTML that has no file name and is not marked as an attachment.
func bodyText(n *partNode, part *enmime.Part) (bodyBlock, bool) {
	if n.isFile() {
		return bodyBlock{}, false
	}
	switch n.ctype {
	case "text/plain":
		return bodyBlock{plain: readText(part)}, true
	case "text/html":
		return bodyBlock{html: readText(part)}, true
	}
	return bodyBlock{}, false
}

// fill puts what was collected into the mail.
func (c *partCollector) fill(in *Inbound) {
	for _, w := range c.warnings {
		in.warn(w)
	}
	blocks := dropEchoes(c.blocks)
	in.Text = joinText(blocks)
	if slices.ContainsFunc(blocks, bodyBlock.hasHTML) {
		var pictures []foundFile
		in.HTML, pictures = takeEmbedded(joinHTML(blocks))
		c.files = append(c.files, pictures...)
	}
	ids := referencedIDs(in.HTML)
	for i, f := range c.files {
		in.Parts = append(in.Parts, f.finish(i+1, f.shownIn(in, ids)))
	}
}

// shownIn tells whether a file is a picture inside the text: the HTML refers to
// it, or the plain text marks its place, or the sender put it there without
// a name or beside HTML. A picture marked inline that nothing points to is a
// file: phones send photographs so, and it must not vanish.
func (f foundFile) shownIn(in *Inbound, ids map[string]bool) bool {
	id, name := normalID(f.part.ContentID), f.part.Name
	switch {
	case !Picture(f.part.ContentType):
		return false
	case id != "" && (ids[id] || strings.Contains(in.Text, "[cid:"+id+"]")):
		return true
	case name != "" && (strings.Contains(in.Text, "[image: "+name+"]") || strings.Contains(in.Text, "[cid:"+name+"]")):
		return true
	}
	return f.inline && in.HTML != "" && (f.related || name == "")
}

func (c *partCollector) note(part *enmime.Part) {
	for _, e := range part.Errors {
		if len(c.warnings) < maxWarnings {
			c.warnings = append(c.warnings, decodeHeader(e.Error()[:min(len(e.Error()), 200)]))
		}
	}
}

// dropEchoes removes an HTML block that only repeats the plain block beside it:
// some senders put the two forms into multipart/mixed.
func dropEchoes(blocks []bodyBlock) []bodyBlock {
	var out []bodyBlock
	for _, b := range blocks {
		if n := len(out); n > 0 {
			last := &out[n-1]
			switch {
			case last.html == "" && b.plain == "" && sameWords(last.plain, HTMLToText(b.html)):
				last.html = b.html
				continue
			case last.plain == "" && b.html == "" && sameWords(b.plain, HTMLToText(last.html)):
				last.plain = b.plain
				continue
			}
		}
		out = append(out, b)
	}
	return out
}

func sameWords(a, b string) bool {
	words := strings.Fields(a)
	return len(words) > 0 && strings.Join(words, " ") == strings.Join(strings.Fields(b), " ")
}

// joinText is the plain form of all blocks.
func joinText(blocks []bodyBlock) string {
	var texts []string
	for _, b := range blocks {
		text := b.plain
		if strings.TrimSpace(text) == "" && b.html != "" {
			text = HTMLToText(b.html)
		}
		if strings.TrimSpace(text) != "" {
			texts = append(texts, text)
		}
	}
	if len(texts) == 1 {
		return texts[0]
	}
	for i := range texts {
		texts[i] = strings.Trim(texts[i], "\n")
	}
	return strings.Join(texts, "\n\n")
}

// joinHTML is the HTML form of all blocks; plain text between HTML blocks is
// carried over, so that neither form of the mail lacks anything.
func joinHTML(blocks []bodyBlock) string {
	var out []string
	for _, b := range blocks {
		switch {
		case b.html != "":
			out = append(out, b.html)
		case strings.TrimSpace(b.plain) != "":
			out = append(out, `<div>`+strings.ReplaceAll(html.EscapeString(b.plain), "\n", "<br>\n")+`</div>`)
		}
	}
	return strings.Join(out, "\n")
}

var cidReference = regexp.MustCompile(`(?i)\bcid:([^\s"'<>)\\]{1,300})`)

// referencedIDs are the content ids that the HTML refers to.
func referencedIDs(text string) map[string]bool {
	ids := map[string]bool{}
	for _, m := range cidReference.FindAllStringSubmatch(text, -1) {
		ids[normalID(html.UnescapeString(m[1]))] = true
	}
	return ids
}

// normalID makes the forms of one content id equal: in a URL it is
// percent-encoded (RFC 2392).
func normalID(id string) string {
	id = strings.Trim(strings.TrimSpace(id), "<>")
	if plain, err := url.PathUnescape(id); err == nil {
		id = plain
	}
	return id
}
