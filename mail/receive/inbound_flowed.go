package receive

import "strings"

// unflow puts the lines of a text together that its sender broke, and marks the
// depth of quotations in one way (RFC 3676, 4.1 to 4.5). deleteSpace is set where
// the space before such a break belongs to the break.
func unflow(text string, deleteSpace bool) string {
	f := flowReader{deleteSpace: deleteSpace}
	f.out.Grow(len(text))
	for text != "" {
		line, rest, _ := strings.Cut(text, "\n")
		f.line(line)
		text = rest
	}
	f.end()
	return f.out.String()
}

type flowReader struct {
	out         strings.Builder
	deleteSpace bool
	open        bool // a line was written that goes on
	depth       int  // of the line that goes on
}

func (f *flowReader) line(line string) {
	text := strings.TrimLeft(line, ">")
	depth := len(line) - len(text)
	text = strings.TrimPrefix(text, " ") // space-stuffing
	separator := text == "-- "
	flows := strings.HasSuffix(text, " ") && !separator
	if f.open && (depth != f.depth || separator) {
		f.end()
	}
	if !f.open && depth > 0 {
		f.out.WriteString(strings.Repeat(">", depth))
		if text != "" {
			f.out.WriteByte(' ')
		}
	}
	if flows && f.deleteSpace {
		text = text[:len(text)-1]
	}
	f.out.WriteString(text)
	f.open, f.depth = true, depth
	if !flows {
		f.end()
	}
}

// end ends the line that goes on.
func (f *flowReader) end() {
	if f.open {
		f.out.WriteByte('\n')
		f.open = false
	}
}
