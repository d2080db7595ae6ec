package receive

import (
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// guessText makes text of a part whose Content-Type names no type that can be read, as
// RFC 2045, section 5.2 wants it, where its bytes are text.
func (n *partNode) guessText(data []byte) {
	if n.ctype != unknownType {
		return
	}
	if name, _ := mediaName(n.fields.get("Content-Type")); strings.HasPrefix(name, unknownType) {
		return
	}
	found := mimetype.Detect(data)
	for m := found; m != nil; m = m.Parent() {
		if m.Is("text/plain") {
			n.ctype = "text/plain"
		}
	}
	if found.Is("text/html") {
		n.ctype = "text/html"
	}
}

// textForPrograms are the types of text that programs read, and no people.
var textForPrograms = map[string]bool{"text/calendar": true, "text/vcard": true, "text/x-vcard": true, "text/directory": true, "text/rfc822-headers": true,
	"text/css": true, "text/javascript": true, "text/ecmascript": true, "text/xml": true, "text/x-amp-html": true, "text/watch-html": true}

// otherText tells whether a part is text for people in a form that is neither plain nor
// HTML, such as text/markdown, and no file of its own.
func (n *partNode) otherText() bool {
	return n.isText() && !n.isFile() && !textForPrograms[n.ctype]
}

// readOtherText takes text in other forms for the text of a mail that has none. Beside
// other text it stays a file.
func (c *partCollector) readOtherText() {
	for _, b := range c.blocks {
		if strings.TrimSpace(b.plain+b.html+b.start) != "" {
			return
		}
	}
	files := c.files[:0]
	for _, f := range c.files {
		if strings.TrimSpace(f.text) == "" {
			files = append(files, f)
			continue
		}
		c.blocks = append(c.blocks, bodyBlock{plain: f.text})
	}
	c.files = files
}
