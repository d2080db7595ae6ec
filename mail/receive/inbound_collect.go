package receive

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// bodyBlock is one stretch of the message text: the plain form, the HTML form,
// or both of the same text.
type bodyBlock struct {
	plain string
	html  string
	// start is how a text begins that is too long to be shown.
	start string
}

func (b bodyBlock) hasHTML() bool { return b.html != "" }

// partCollector walks the parts in their order and sorts each into the text or the
// files, exactly once.
type partCollector struct {
	blocks   []bodyBlock
	files    []foundFile
	pictures []foundFile // written into the HTML
	warnings []string
	related  int    // open multipart/related
	leaves   int    // parts seen so far
	charset  string // of 8-bit text that says nothing of its own

	text, html int // bytes of text and of HTML so far
	long       int // texts that were too long to be shown

	opened    int  // signed mails that were unpacked around this part
	encrypted bool // a part of the text is encrypted
	damaged   bool // a signed mail could not be unpacked
}

// foundFile is a part that is no text, before it is known what refers to it.
type foundFile struct {
	part    Part
	inline  bool // the sender asked for inline
	related bool // it belongs to the HTML beside it
	// text is what is read of it where the mail has no other text.
	text string
}

func (c *partCollector) collect(n *partNode) error {
	switch {
	case n.ctype == "multipart/alternative":
		return c.alternative(n)
	case n.multipart():
		return c.multipart(n)
	}
	c.leaves++
	body := undoTransfer(n)
	c.note(n, body)
	if opened, err := c.unpack(n, body); opened || err != nil {
		return err
	}
	if !n.isFile() {
		n.guessText(body.data)
		if n.ctype == "text/plain" || n.ctype == "text/html" {
			c.addText(n, body)
			return nil
		}
	}
	file := newFile(n, body)
	file.related = c.related > 0
	if n.otherText() {
		file.text = n.readPlain(body, c.charset)
	}
	c.files = append(c.files, file)
	return nil
}

func (c *partCollector) multipart(n *partNode) error {
	switch n.ctype {
	case "multipart/related":
		c.related++
		defer func() { c.related-- }()
	case "multipart/encrypted":
		c.encrypted = true
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
	if len(plain)+len(rich) > 1 { // of a form that is too long nothing is shown beside another
		plain = slices.DeleteFunc(plain, func(b bodyBlock) bool { return b.start != "" })
	}
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

// fill puts what was collected into the mail.
func (c *partCollector) fill(in *Inbound) {
	for _, w := range c.warnings {
		in.warn(w)
	}
	c.readOtherText()
	blocks := dropEchoes(c.blocks)
	in.Text = joinText(blocks)
	if slices.ContainsFunc(blocks, bodyBlock.hasHTML) {
		in.HTML = joinHTML(blocks)
		c.files = append(c.files, c.pictures...)
	}
	c.boundText(in)
	in.Encrypted = c.encrypted || armored(in.Text)
	in.damaged = c.damaged
	ids := c.referencedIDs(in.HTML)
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

func (c *partCollector) note(n *partNode, body transferred) {
	if body.bad > 0 && len(c.warnings) < maxWarnings {
		c.warnings = append(c.warnings, fmt.Sprintf("%d bytes of a part (%.100s) are not of its transfer encoding", body.bad, n.ctype))
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

// sameWords tells whether two texts differ in white space alone. Two without words
// do not count as the same.
func sameWords(a, b string) bool {
	found := false
	for {
		var wordA, wordB string
		wordA, a = nextWord(a)
		wordB, b = nextWord(b)
		if wordA != wordB {
			return false
		}
		if wordA == "" {
			return found
		}
		found = true
	}
}

func nextWord(s string) (word, rest string) {
	s = strings.TrimLeftFunc(s, unicode.IsSpace)
	if end := strings.IndexFunc(s, unicode.IsSpace); end >= 0 {
		return s[:end], s[end:]
	}
	return s, ""
}

// joinText is the plain form of all blocks.
func joinText(blocks []bodyBlock) string {
	var texts []string
	for _, b := range blocks {
		text := b.plain
		if strings.TrimSpace(text) == "" && b.html != "" {
			text = HTMLToText(b.html)
		}
		if strings.TrimSpace(text) == "" {
			text = b.start
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
			out = append(out, escapeLines(b.plain))
		case b.start != "":
			out = append(out, escapeLines(b.start))
		}
	}
	return strings.Join(out, "\n")
}

// escapeLines makes HTML of plain text.
func escapeLines(text string) string {
	return `<div>` + strings.ReplaceAll(html.EscapeString(text), "\n", "<br>\n") + `</div>`
}

var cidReference = regexp.MustCompile(`(?i)\bcid:([^\s"'<>)\\]{1,300})`)

// referencedIDs are the content ids of files that the HTML refers to.
func (c *partCollector) referencedIDs(text string) map[string]bool {
	ids := map[string]bool{}
	for _, f := range c.files {
		if id := normalID(f.part.ContentID); id != "" {
			ids[id] = false
		}
	}
	for len(ids) > 0 {
		at := cidReference.FindStringSubmatchIndex(text)
		if at == nil {
			break
		}
		if id := normalID(html.UnescapeString(text[at[2]:at[3]])); !ids[id] {
			if _, known := ids[id]; known {
				ids[id] = true
			}
		}
		text = text[at[1]:]
	}
	return ids
}

// normalID makes the forms of one content id equal: in a URL it is
// percent-encoded (RFC 2392), by some programs twice.
func normalID(id string) string {
	for range 3 {
		id = strings.TrimSpace(strings.Trim(strings.TrimSpace(id), "<>"))
		plain, err := url.PathUnescape(id)
		if err != nil || plain == id {
			break
		}
		id = plain
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, validText(id)))
}
