package compose

import (
	"strings"
)

// Markdown is what somebody has written in Markdown as HTML, for a letter in this layout:
// without raw HTML and images, as the words of letters. What cannot be read as Markdown
// stands as it was typed.
func (l Layout) Markdown(text string) string {
	return markdown(text, letterHTML{look: l.look()})
}

// PageMarkdown is Markdown for a page, whose stylesheet knows the elements.
func PageMarkdown(text string) string { return markdown(text, letterHTML{page: true}) }

func markdown(text string, w letterHTML) string {
	text = strings.Map(func(r rune) rune {
		if isSlot(r) {
			return -1
		}
		return r
	}, cleanValue(text))
	if strings.TrimSpace(text) == "" {
		return ""
	}
	blocks, err := parseBlocks(text, nil)
	if err != nil {
		blocks = nil
		for part := range strings.SplitSeq(text, "\n\n") {
			blocks = append(blocks, tplBlock{kind: blockParagraph, inline: lines(part)})
		}
	}
	w.blocks(blocks, false)
	return w.String()
}

func lines(text string) []tplSpan {
	var out []tplSpan
	for line := range strings.SplitSeq(strings.Trim(text, "\n"), "\n") {
		if len(out) > 0 {
			out = append(out, tplSpan{kind: spanBreak})
		}
		out = append(out, tplSpan{kind: spanLiteral, text: line})
	}
	return out
}
