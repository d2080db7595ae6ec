package receive

import (
	"cmp"
	"fmt"
	"mime"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"coachflow/mail/compose"

	"github.com/gabriel-vasile/mimetype"
)

func (n *partNode) isText() bool { return strings.HasPrefix(n.ctype, "text/") }

// isFile tells whether a part is a file rather than text to read: it is marked
// as an attachment, or has a file name.
func (n *partNode) isFile() bool {
	return n.disposed != "" && n.disposed != "inline" || n.fileName() != ""
}

// textCharset is the charset of the first text of a mail that names one: what
// stands in its header without an encoding is likely to be in it, too.
func (n *partNode) textCharset() string {
	if n.isText() && n.params["charset"] != "" {
		return n.params["charset"]
	}
	for _, child := range n.children {
		if label := child.textCharset(); label != "" {
			return label
		}
	}
	return ""
}

// bodyCharset is the charset that the text of a part says it is in.
func (n *partNode) bodyCharset(data []byte) string {
	label := strings.TrimSpace(n.params["charset"])
	if label == "" && n.ctype == "text/html" {
		return htmlCharset(data)
	}
	return label
}

// readText gives the text of a body part in UTF-8 with LF line ends.
func (n *partNode) readText(body transferred, hint string) string {
	text := textLines(decodeText(body.data, n.bodyCharset(body.data), hint))
	if after := strings.TrimSpace(textLines(decodeText(body.after, "", hint))); after != "" {
		if n.ctype == "text/html" {
			after = escapeLines(after)
		}
		text = strings.TrimRight(text, "\n") + "\n\n" + after + "\n"
	}
	return text
}

// textLines makes every line end LF, and takes out NUL, which the database cannot
// keep.
func textLines(text string) string {
	if !strings.ContainsAny(text, "\r\x00") {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for i := range len(text) {
		switch c := text[i]; {
		case c == 0, c == '\r' && i+1 < len(text) && text[i+1] == '\n':
		case c == '\r':
			b.WriteByte('\n')
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func newFile(n *partNode, body transferred) foundFile {
	file := foundFile{inline: n.disposed == "inline"}
	file.part = Part{
		Name:      cmp.Or(n.fileName(), body.name),
		ContentID: normalID(decodeHeader(n.fields.get("Content-ID"))),
		Data:      body.data,
	}
	file.part.ContentType = sniff(n.ctype, body.data)
	return file
}

// Picture tells whether files of a media type are shown as pictures, in a mail
// and on a page: what every browser and mail program can show, and no SVG, which
// may hold scripts. All others are files to open.
func Picture(contentType string) bool {
	switch mediaTypeOnly(contentType) {
	case "image/png", "image/jpeg", "image/jpg", "image/pjpeg", "image/gif", "image/webp":
		return true
	}
	return false
}

// sniff replaces a media type that says nothing, or that wrongly says image,
// by what the bytes say.
func sniff(declared string, data []byte) string {
	generic := declared == "application/octet-stream" || declared == "application/x-unknown" ||
		!strings.Contains(declared, "/") || strings.HasPrefix(declared, "attachment/")
	if !generic && !strings.HasPrefix(declared, "image/") || len(data) == 0 {
		return declared
	}
	found := mediaTypeOnly(mimetype.Detect(data).String())
	if !generic && (strings.HasPrefix(found, "image/") || found == "application/octet-stream") {
		return declared
	}
	return found
}

func mediaTypeOnly(ctype string) string {
	ctype, _, _ = strings.Cut(ctype, ";")
	return strings.ToLower(strings.TrimSpace(ctype))
}

// finish names the n-th file of a mail.
func (f foundFile) finish(n int, inline bool) Part {
	p := f.part
	p.Inline = inline
	p.Name = CleanFileName(p.Name)
	if p.Name == "" {
		stem := "attachment"
		if p.Inline {
			stem = "image"
		} else if p.ContentType == "message/rfc822" {
			stem = "message"
		}
		p.Name = fmt.Sprintf("%s-%d%s", stem, n, extension(p.ContentType, p.Data))
	}
	return p
}

// wellKnownExtensions win over the system's tables, which differ by machine.
var wellKnownExtensions = map[string]string{
	"message/rfc822": ".eml", "message/delivery-status": ".txt", "message/global": ".eml",
	"text/plain": ".txt", "text/html": ".html", "text/csv": ".csv", "text/calendar": ".ics",
	"text/vcard": ".vcf", "text/x-vcard": ".vcf", "text/rfc822-headers": ".txt",
	"image/jpeg": ".jpg", "image/jpg": ".jpg", "image/pjpeg": ".jpg",
	"application/pgp-signature": ".asc", "application/pkcs7-signature": ".p7s", "application/x-pkcs7-signature": ".p7s",
}

// extension gives a file extension with its dot, ".bin" when nothing is known.
func extension(ctype string, data []byte) string {
	if ext, ok := wellKnownExtensions[ctype]; ok {
		return ext
	}
	if m := mimetype.Lookup(ctype); m != nil && m.Extension() != "" {
		return m.Extension()
	}
	if exts, err := mime.ExtensionsByType(ctype); err == nil && len(exts) > 0 {
		return exts[0]
	}
	if ext := mimetype.Detect(data).Extension(); ext != "" && len(data) > 0 {
		return ext
	}
	return ".bin"
}

// maxFileName bounds a file name in bytes; file systems stop at 255.
const maxFileName = 200

// CleanFileName makes a file name that came by mail harmless: no path, no
// control or direction characters, nothing that a file system refuses, at most
// 200 bytes with its extension kept. It is "" when nothing is left.
func CleanFileName(name string) string {
	name = strings.ReplaceAll(decodeHeader(name), `\`, "/")
	name = name[strings.LastIndexByte(name, '/')+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r), compose.BreaksLine(r), r == utf8.RuneError:
			return -1
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	if len(name) > maxFileName {
		ext := path.Ext(name)
		if len(ext) > 20 {
			ext = ""
		}
		name = strings.TrimRight(cutBytes(name[:len(name)-len(ext)], maxFileName-len(ext)), " .") + ext
	}
	return name
}

// cutBytes shortens to at most n bytes without splitting a character.
func cutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
