package receive

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// The limits for what is shown of a mail. A text beyond them is a file beside the
// message, and the message has its beginning.
const (
	maxText = 1 << 20 // bytes of the text of a mail
	maxHTML = 2 << 20 // bytes of its HTML, without the pictures that are written into it
)

// addText takes a part that is text to read.
func (c *partCollector) addText(n *partNode, body transferred) {
	if n.ctype == "text/html" {
		c.addHTML(n, body)
		return
	}
	if c.text += len(body.data); c.text > maxText {
		c.addLong(n, body, len(body.data)-(c.text-maxText))
		return
	}
	c.blocks = append(c.blocks, bodyBlock{plain: n.readPlain(body, c.charset)})
}

// readPlain gives the text of a plain part: long lines that were broken on the
// way put together again, a signature around it taken off.
func (n *partNode) readPlain(body transferred, charset string) string {
	text := n.readText(body, charset)
	if strings.EqualFold(n.params["format"], "flowed") {
		text = unflow(text, strings.EqualFold(n.params["delsp"], "yes"))
	}
	return openClearSigned(text)
}

// addHTML takes HTML, and the pictures out of it.
func (c *partCollector) addHTML(n *partNode, body transferred) {
	if len(body.data) <= maxHTML && findCharset(n.params["charset"]).family == utf16Charset {
		body.data = []byte(decodeText(body.data, n.params["charset"], ""))
	}
	sent := body
	rest, pictures := takeEmbedded(body.data, len(c.pictures), maxHTML-c.html)
	if body.data = rest; c.html+len(rest) > maxHTML {
		c.addLong(n, sent, min(maxHTML-c.html, maxText/4))
		c.html = maxHTML
		return
	}
	c.html += len(rest)
	c.pictures = append(c.pictures, pictures...)
	c.blocks = append(c.blocks, bodyBlock{html: n.readText(body, c.charset)})
}

// addLong makes a file of a text that is too long, of which so many bytes may be
// shown. Only the first such text of a mail is shown at all.
func (c *partCollector) addLong(n *partNode, body transferred, show int) {
	file := newFile(n, body)
	c.long++
	if n.ctype == "text/plain" {
		file.part.Data = utf8File(body.data, n.bodyCharset(body.data))
	}
	if c.long == 1 {
		file.part.Name = "message" + extension(n.ctype, nil)
		c.blocks = append(c.blocks, bodyBlock{start: n.beginning(body.data, min(show, maxText), c.charset)})
	}
	c.files = append(c.files, file)
}

// beginning is the text of the first bytes of a part.
func (n *partNode) beginning(data []byte, show int, charset string) string {
	if line := bytes.LastIndexByte(data[:show], '\n'); line > show/2 {
		show = line
	}
	text := n.readText(transferred{data: data[:show]}, charset)
	if n.ctype == "text/html" {
		text = HTMLToText(text)
	}
	return withNote(text, "message"+extension(n.ctype, nil))
}

// longNote stands below the beginning of a text that is too long.
const longNote = "\n\n[The message is longer than this; all of it is in %s.]"

// withNote shortens a text and says where all of it is.
func withNote(text, file string) string {
	return strings.TrimRight(cutText(text, maxText-len(longNote)-100), " \t\n") + fmt.Sprintf(longNote, file)
}

// cutText shortens to whole lines where lines are short, else to whole characters.
func cutText(text string, most int) string {
	if len(text) <= most {
		return text
	}
	if line := strings.LastIndexByte(text[:most], '\n'); line > most/2 {
		most = line
	}
	return cutBytes(text, most)
}

// boundText keeps the text of a mail within what a message holds.
func (c *partCollector) boundText(in *Inbound) {
	if len(in.Text) <= maxText {
		return
	}
	c.files = append(c.files, foundFile{part: Part{Name: "message.txt", ContentType: "text/plain", Data: []byte(in.Text)}})
	in.Text = withNote(in.Text, "message.txt")
}

// utf8File makes a file of text in UTF-8. It stays as it was sent where it would
// grow to more than twice its size.
func utf8File(data []byte, label string) []byte {
	c := findCharset(label)
	if utf8.Valid(data) || c.enc == nil || c.family != westernCharset && c.family != singleCharset && c.family != doubleCharset {
		return data
	}
	var size countingWriter
	if err := decodeInto(&size, c.enc, data); err != nil || int(size) > 2*len(data) {
		return data
	}
	out := bytes.NewBuffer(make([]byte, 0, int(size)))
	if err := decodeInto(out, c.enc, data); err != nil {
		return data
	}
	return out.Bytes()
}

// countingWriter counts bytes.
type countingWriter int

var _ io.Writer = (*countingWriter)(nil)

func (w *countingWriter) Write(p []byte) (int, error) {
	*w += countingWriter(len(p))
	return len(p), nil
}
