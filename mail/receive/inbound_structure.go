package receive

import (
	"bytes"
	"fmt"
	"strings"
)

// The limits for a mail that is read at all. What is over one of them is kept
// with its raw bytes and looked at by a person.
const (
	MaxMailSize   = 30 << 20  // bytes of the whole mail as received
	MaxHeaderSize = 256 << 10 // bytes of one header block, of the mail or of a part
	MaxNesting    = 12        // multiparts inside multiparts
	MaxParts      = 500       // parts of all multiparts together
)

// Refusal says why a mail is not taken in. Code is stable and meant for
// programs, Message is a sentence for people.
type Refusal struct {
	Code    string
	Message string
}

// Error gives code and message, for logs.
func (r *Refusal) Error() string { return r.Code + ": " + r.Message }

func refuseMail(code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Message: fmt.Sprintf(format, args...)}
}

// CheckStructure tells in linear time whether a mail is within the limits; the
// error is a *Refusal with code mail_too_large, mail_header_too_large,
// mail_too_deep or mail_too_many_parts. It is safe on any bytes.
func CheckStructure(raw []byte) error {
	_, err := scanStructure(raw)
	return err
}

// partNode is a mail or one part of it, as ranges of the raw bytes. A leaf has
// no children.
type partNode struct {
	fields   headerFields      // of a part only those about its content
	ctype    string            // lower-case media type, never empty
	params   map[string]string // of the type
	disposed string            // lower-case disposition, "" where none is stated
	placed   map[string]string // parameters of the disposition
	depth    int               // multiparts around it
	alone    bool              // it is the whole mail
	body     []byte            // still transfer-encoded; of a multipart, all between its header and its end
	children []*partNode
}

func (n *partNode) multipart() bool { return strings.HasPrefix(n.ctype, "multipart/") }

// scanStructure splits a mail into its parts. It goes through the lines once
// with a stack of open multiparts that is at most MaxNesting deep, so its time
// is linear whatever the boundaries are; the parts of a multipart that is never
// closed end with the mail.
func scanStructure(raw []byte) (*partNode, error) {
	return new(structureScanner).scan(raw)
}

func (s *structureScanner) scan(raw []byte) (*partNode, error) {
	if len(raw) > MaxMailSize {
		return nil, refuseMail("mail_too_large", "The mail is larger than %d MB.", MaxMailSize>>20)
	}
	s.raw, s.pos, s.open = raw, 0, nil
	root, err := s.begin(0)
	if err != nil {
		return nil, err
	}
	for s.pos < len(raw) && len(s.open) > 0 {
		if err := s.line(); err != nil {
			return nil, err
		}
	}
	s.closeAbove(0, len(raw))
	flattenEmpty(root)
	return root, nil
}

// openPart is a part whose end has not been seen yet. Only multiparts have a
// delimiter; a leaf is always the last one on the stack.
type openPart struct {
	node      *partNode
	delimiter []byte // "--" and the boundary
	start     int    // of the body
}

type structureScanner struct {
	raw   []byte
	pos   int
	parts int
	depth int
	open  []openPart
}

// begin reads the header that starts at pos and opens the part it describes.
func (s *structureScanner) begin(pos int) (*partNode, error) {
	header, bodyStart := s.headerAt(pos)
	if len(header) > MaxHeaderSize {
		return nil, refuseMail("mail_header_too_large", "A header of the mail is larger than %d KB.", MaxHeaderSize>>10)
	}
	node := s.newNode(header)
	if s.inDigest() && node.fields.get("Content-Type") == "" || s.digestsMail(header) {
		node.ctype = digested
	}
	if s.digestsMail(header) {
		node.fields, bodyStart = nil, pos
	}
	part := openPart{node: node, start: bodyStart}
	if node.multipart() && node.params["boundary"] == "" {
		node.params = map[string]string{"boundary": findBoundary(s.raw[bodyStart:])}
	}
	if boundary := strings.TrimRight(node.params["boundary"], " \t"); node.multipart() && boundary != "" {
		if s.depth++; s.depth > MaxNesting {
			return nil, refuseMail("mail_too_deep", "The parts of the mail are nested deeper than %d.", MaxNesting)
		}
		part.delimiter = []byte("--" + boundary)
	} else if node.multipart() {
		node.ctype, node.params = "text/plain", nil // nothing separates its parts: show what is there
	}
	s.open = append(s.open, part)
	s.pos = bodyStart
	return node, nil
}

// digested is the type of what stands in a digest (RFC 2046, 5.1.5).
const digested = "message/rfc822"

// inDigest tells whether the part that begins is one of a digest.
func (s *structureScanner) inDigest() bool {
	return len(s.open) > 0 && s.open[len(s.open)-1].node.ctype == "multipart/digest"
}

// digestsMail tells whether the header is that of the mail in a digest, because
// the empty line before it is missing.
func (s *structureScanner) digestsMail(header []byte) bool {
	return s.inDigest() && len(parseFields(header, "From", "Subject")) > 0
}

// newNode describes the part that has a header.
func (s *structureScanner) newNode(header []byte) *partNode {
	node := &partNode{depth: s.depth, alone: len(s.open) == 0}
	if len(s.open) == 0 {
		node.fields = parseFields(header)
	} else {
		node.fields = parseFields(header, "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-ID")
	}
	node.ctype, node.params = contentType(node.fields.get("Content-Type"))
	node.disposed, node.placed = disposition(node.fields.get("Content-Disposition"))
	return node
}

// line looks at the next line of a body that can be a delimiter.
func (s *structureScanner) line() error {
	if !bytes.HasPrefix(s.raw[s.pos:], dashes[1:]) {
		skip := bytes.Index(s.raw[s.pos:], dashes)
		if skip < 0 {
			s.pos = len(s.raw)
			return nil
		}
		s.pos += skip + 1
	}
	start := s.pos
	line, rest := cutLine(s.raw[start:])
	s.pos = len(s.raw) - len(rest)
	level, kind := s.match(line)
	switch kind {
	case closeDelimiter:
		s.closeAbove(level, start)
		return nil
	case partDelimiter:
		s.closeAbove(level+1, start)
		if s.parts++; s.parts > MaxParts {
			return refuseMail("mail_too_many_parts", "The mail has more than %d parts.", MaxParts)
		}
		child, err := s.begin(s.pos)
		if err != nil {
			return err
		}
		parent := s.open[level].node
		parent.children = append(parent.children, child)
	}
	return nil
}

// dashes begin every line that can be a delimiter.
var dashes = []byte("\n--")

type delimiterKind int

const (
	notDelimiter delimiterKind = iota
	partDelimiter
	closeDelimiter
)

// match compares a line with the delimiters of the open multiparts, outermost
// first: an outer delimiter ends whatever inner part forgot to end itself.
func (s *structureScanner) match(line []byte) (level int, kind delimiterKind) {
	if !bytes.HasPrefix(line, dashes[1:]) {
		return 0, notDelimiter
	}
	line = trimBlanks(line)
	for i := range s.open {
		if d := s.open[i].delimiter; d != nil && bytes.Equal(line, d) {
			return i, partDelimiter
		}
	}
	for i := range s.open {
		d := s.open[i].delimiter
		if rest, ok := bytes.CutPrefix(line, d); d != nil && ok && bytes.HasPrefix(rest, dashes[1:]) {
			return i, closeDelimiter
		}
	}
	return 0, notDelimiter
}

// closeAbove ends the open parts from that level on. The line break before a
// delimiter belongs to the delimiter (RFC 2046, 5.1.1).
func (s *structureScanner) closeAbove(level, end int) {
	for i := len(s.open) - 1; i >= level; i-- {
		part := s.open[i]
		body := s.raw[part.start:max(part.start, end)]
		if end < len(s.raw) {
			body = bytes.TrimSuffix(bytes.TrimSuffix(body, []byte("\n")), []byte("\r"))
		}
		part.node.body = body
		if part.delimiter != nil {
			s.depth--
		}
	}
	s.open = s.open[:min(level, len(s.open))]
}

// flattenEmpty makes a text of each multipart in which no delimiter was found,
// so that what stands there is not lost.
func flattenEmpty(n *partNode) {
	if n.multipart() && len(n.children) == 0 {
		n.ctype, n.params = "text/plain", nil
	}
	for _, child := range n.children {
		flattenEmpty(child)
	}
}
