package receive

import (
	"hash/fnv"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlTag is a tag with the attributes that matter here.
type htmlTag struct {
	atom   atom.Atom // 0 for a name that HTML does not have
	id     uint32    // one for each name
	hidden bool      // it has the attribute of that name
	// The values of attributes, "" where they are absent.
	style, class, key, href, dir, alt string
}

// readTag reads the tag at which the tokenizer stands.
func readTag(z *html.Tokenizer) htmlTag {
	name, more := z.TagName()
	tag := htmlTag{atom: atom.Lookup(name)}
	if tag.id = uint32(tag.atom); tag.id == 0 {
		h := fnv.New32a()
		h.Write(name) // a hash.Hash never returns an error
		tag.id = h.Sum32() | 1<<31
	}
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		if string(key) == "hidden" {
			tag.hidden = true
		} else if kept := tag.attribute(string(key)); kept != nil && *kept == "" {
			*kept = string(value) // of two the first counts
		}
	}
	return tag
}

func (t *htmlTag) attribute(key string) *string {
	switch key {
	case "style":
		return &t.style
	case "class":
		return &t.class
	case "id":
		return &t.key
	case "href":
		return &t.href
	case "dir":
		return &t.dir
	case "alt":
		return &t.alt
	}
	return nil
}

// openElement is an element that was begun and not ended yet.
type openElement struct {
	id    uint32
	block bool // it is no part of a line
	cell  bool // what stands in it ends nothing outside
	none  bool // it is not shown at all, with everything in it
	// invisible and tiny are inherited, and undone by an element inside.
	invisible bool
	tiny      bool
}

// visibility follows the tags of HTML and knows what a reader sees: not what is
// hidden by its style, as senders hide a text for the list of mails ("preheader").
// It builds no tree: an end tag ends what a browser would end in all but mad HTML.
type visibility struct {
	open    []openElement
	count   map[uint32]int  // open elements of a name
	none    int             // open elements that are not shown
	classes map[string]bool // simple selectors that hide, as hiddenSelectors gives them
}

// maxOpen bounds how many open elements are followed.
const maxOpen = 512

// hidden tells whether nothing is shown here, hiddenText whether no text is.
func (v *visibility) hidden() bool { return v.none > 0 || v.top().invisible }

func (v *visibility) hiddenText() bool { return v.hidden() || v.top().tiny }

func (v *visibility) top() openElement {
	if len(v.open) == 0 {
		return openElement{}
	}
	return v.open[len(v.open)-1]
}

// start takes a start tag.
func (v *visibility) start(tag htmlTag) {
	v.endImplied(tag.atom)
	if isVoid(tag.atom) || len(v.open) == maxOpen {
		return
	}
	outer, style := v.top(), v.styleOf(tag)
	e := openElement{id: tag.id, block: endsParagraph(tag.atom), cell: isCell(tag.atom), none: style.none, invisible: outer.invisible, tiny: outer.tiny}
	if style.visibility != "" {
		e.invisible = style.visibility != "visible"
	}
	if style.sized {
		e.tiny = style.tiny
	}
	if v.count == nil {
		v.count = map[uint32]int{}
	}
	v.open = append(v.open, e)
	v.count[e.id]++
	if e.none {
		v.none++
	}
}

// end takes an end tag. One of a line ends nothing around the block in which it
// stands, and none but those of tables ends anything outside of a cell.
func (v *visibility) end(tag htmlTag) {
	if v.count[tag.id] == 0 {
		return
	}
	block, table := endsParagraph(tag.atom), isTable(tag.atom)
	v.popTo(func(e openElement) bool { return e.id == tag.id },
		func(e openElement) bool { return !block && e.block || !table && e.cell })
}

// endImplied ends what a start tag ends without saying so.
func (v *visibility) endImplied(a atom.Atom) {
	among := func(names ...atom.Atom) func(openElement) bool {
		return func(e openElement) bool {
			for _, name := range names {
				if e.id == uint32(name) {
					return true
				}
			}
			return false
		}
	}
	switch a {
	case atom.Td, atom.Th:
		v.popTo(among(atom.Td, atom.Th), among(atom.Tr, atom.Table))
	case atom.Tr:
		v.popTo(among(atom.Tr), among(atom.Table))
	case atom.Tbody, atom.Thead, atom.Tfoot:
		v.popTo(among(atom.Tbody, atom.Thead, atom.Tfoot), among(atom.Table))
	case atom.Li:
		v.popTo(among(atom.Li), among(atom.Ul, atom.Ol, atom.Td, atom.Th))
	case atom.Dt, atom.Dd:
		v.popTo(among(atom.Dt, atom.Dd), among(atom.Dl, atom.Td, atom.Th))
	case atom.Body:
		v.popTo(among(atom.Head), among(atom.Body))
	case atom.A:
		v.popTo(among(atom.A), func(e openElement) bool { return e.block })
	}
	if endsParagraph(a) && v.count[uint32(atom.P)] > 0 {
		v.popTo(among(atom.P), func(e openElement) bool { return e.cell })
	}
}

// popTo ends the innermost element that fits, with those in it, if none that bars
// the way stands before it.
func (v *visibility) popTo(fits, bars func(openElement) bool) {
	for i := len(v.open) - 1; i >= 0; i-- {
		if !fits(v.open[i]) {
			if bars(v.open[i]) {
				return
			}
			continue
		}
		for _, e := range v.open[i:] {
			v.count[e.id]--
			if e.none {
				v.none--
			}
		}
		v.open = v.open[:i]
		return
	}
}

func isVoid(a atom.Atom) bool {
	switch a {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta, atom.Param, atom.Source, atom.Track, atom.Wbr:
		return true
	}
	return false
}

func isCell(a atom.Atom) bool {
	return a == atom.Td || a == atom.Th || a == atom.Caption || a == atom.Table
}

func isTable(a atom.Atom) bool {
	switch a {
	case atom.Table, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr, atom.Td, atom.Th, atom.Caption:
		return true
	}
	return false
}

// endsParagraph tells whether an element stands on lines of its own.
func endsParagraph(a atom.Atom) bool {
	return isBlock(a) || isTable(a) || a == atom.Blockquote || a == atom.Pre || a == atom.Li || a == atom.Hr || a == atom.Form || a == atom.Main
}
