package receive

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"path"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"coachflow/mail/compose"

	"github.com/gabriel-vasile/mimetype"
	"github.com/jhillyerd/enmime/v2"
	"golang.org/x/net/html/charset"
)

// keepPartial keeps what could be decoded of a part with broken encoding.
func keepPartial(*enmime.Part, error) bool { return true }

var (
	leafOptions = []enmime.Option{
		enmime.SetCustomParseMediaType(lenientMediaType),
		enmime.SetReadPartErrorPolicy(keepPartial),
		enmime.MultipartWOBoundaryAsSinglePart(true),
		enmime.DisableTextConversion(true),
		enmime.MaxStoredPartErrors(10),
	}
	// declaredParser believes the stated charset, detectingParser looks at the
	// bytes first.
	declaredParser  = enmime.NewParser(append([]enmime.Option{enmime.DisableCharacterDetection(true)}, leafOptions...)...)
	detectingParser = enmime.NewParser(leafOptions...)
)

// maxDetect is the longest text whose charset is guessed, in bytes: guessing
// reads it a dozen times.
const maxDetect = 256 << 10

// decodeLeaf undoes transfer encoding and charset of one part. enmime is given
// single parts only: its own splitting of nested multiparts takes exponential
// time on hostile mail.
func decodeLeaf(n *partNode) (*enmime.Part, error) {
	ctype := n.fields.get("Content-Type")
	label := strings.ToLower(strings.TrimSpace(n.params["charset"]))
	switch {
	case !n.isText() || n.isFile():
		return undoTransfer(n)
	case label == "":
		return decodeUndeclared(n)
	case readAsWindows(label):
		return decodeWindows(n, label)
	}
	part, err := parseLeaf(declaredParser, n, ctype)
	if err != nil || len(n.body) > maxDetect || !damaged(part.Content) {
		return part, err
	}
	return parseLeaf(detectingParser, n, ctype)
}

// undoTransfer undoes the transfer encoding alone: the bytes of a file are the
// sender's, whatever charset is said of them.
func undoTransfer(n *partNode) (*enmime.Part, error) {
	return parseLeaf(declaredParser, n, "application/octet-stream")
}

// readAsWindows tells whether a charset is read as Windows-1252, which has the
// letters of ASCII and ISO 8859-1 where they have them, and quotes, dashes and
// the Euro sign where they have nothing to show. Many programs write those under
// the older names, so every browser reads them so (WHATWG Encoding Standard).
func readAsWindows(label string) bool {
	encoding, canonical := charset.Lookup(label)
	return encoding != nil && canonical == "windows-1252"
}

// decodeWindows reads such text. What calls itself ASCII, has other bytes and
// is UTF-8, is UTF-8.
func decodeWindows(n *partNode, label string) (*enmime.Part, error) {
	part, err := undoTransfer(n)
	if err != nil {
		return nil, err
	}
	if bytes.Contains(part.Content, []byte("\x1b$")) { // ISO-2022-JP under another name
		return parseLeaf(detectingParser, n, n.fields.get("Content-Type"))
	}
	if strings.Contains(label, "ascii") && utf8.Valid(part.Content) {
		return part, nil
	}
	return part, convert(part, label)
}

// decodeUndeclared reads text whose charset is not stated: as the HTML itself
// says, as UTF-8 where it is that, and by guessing only then.
func decodeUndeclared(n *partNode) (*enmime.Part, error) {
	part, err := undoTransfer(n)
	if err != nil {
		return nil, err
	}
	raw := part.Content
	if n.ctype == "text/html" {
		if m := metaCharset.FindSubmatch(raw[:min(len(raw), 2048)]); m != nil {
			return part, convert(part, string(m[1]))
		}
	}
	escaped := bytes.Contains(raw, []byte("\x1b$")) // ISO-2022-JP looks like ASCII
	if utf8.Valid(raw) && !escaped || len(raw) > maxDetect {
		return part, nil
	}
	return parseLeaf(detectingParser, n, n.fields.get("Content-Type"))
}

var metaCharset = regexp.MustCompile(`(?i)<meta[^>]{1,200}charset\s*=\s*["']?\s*([a-z0-9_:-]{2,40})`)

// convert decodes a part from a charset; an unknown one leaves it alone.
func convert(part *enmime.Part, label string) error {
	r, err := readCharset(label, bytes.NewReader(part.Content))
	if err != nil {
		return err
	}
	decoded, err := io.ReadAll(r)
	if err != nil {
		return refuseMail("mail_unreadable", "A part of the mail cannot be read.")
	}
	part.Content = decoded
	return nil
}

func (n *partNode) isText() bool { return strings.HasPrefix(n.ctype, "text/") }

// isFile tells whether a part is a file rather than text to read: it is marked
// as an attachment, or has a file name.
func (n *partNode) isFile() bool {
	return n.disposed != "" && n.disposed != "inline" || n.fileName() != ""
}

// damaged tells whether text was decoded with the wrong charset.
func damaged(text []byte) bool {
	return !utf8.Valid(text) || bytes.ContainsRune(text, utf8.RuneError)
}

func parseLeaf(parser *enmime.Parser, n *partNode, ctype string) (*enmime.Part, error) {
	var header strings.Builder
	field := func(name, value string) {
		if value = strings.TrimSpace(value); value != "" {
			// readFields has unfolded it; a bare CR is all that could be left.
			fmt.Fprintf(&header, "%s: %s\r\n", name, strings.ReplaceAll(value, "\r", " "))
		}
	}
	if strings.TrimSpace(ctype) == "" || strings.HasPrefix(strings.ToLower(ctype), "multipart/") {
		ctype = n.ctype // missing, or a multipart read as text
	}
	field("Content-Type", ctype)
	if encoding := transferEncoding(n.fields.get("Content-Transfer-Encoding")); encoding != "base64" || !n.isText() || looksBase64(n.body) {
		field("Content-Transfer-Encoding", encoding)
	}
	header.WriteString("\r\n")
	part, err := parser.ReadParts(io.MultiReader(strings.NewReader(header.String()), bytes.NewReader(n.body)))
	if err != nil {
		return nil, refuseMail("mail_unreadable", "A part of the mail cannot be read.")
	}
	return part, nil
}

// looksBase64 tells whether the first line that holds anything can be base64.
// Text that is only called so is read as it stands.
func looksBase64(body []byte) bool {
	for len(body) > 0 {
		var line []byte
		if line, body = cutLine(body); len(bytes.TrimSpace(line)) > 0 {
			return !bytes.ContainsFunc(bytes.TrimSpace(line), notBase64)
		}
	}
	return true
}

func notBase64(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '+' || r == '/' || r == '=')
}

// transferEncoding drops what some senders add to the one word.
func transferEncoding(value string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(strings.ToLower(value)), ";")
	return strings.Trim(word, " \t\"'")
}

// readText gives the text of a body part in UTF-8 with LF line ends.
func readText(part *enmime.Part) string {
	text := strings.ReplaceAll(validText(string(part.Content)), "\r\n", "\n")
	return strings.TrimPrefix(strings.ReplaceAll(text, "\r", "\n"), "\uFEFF")
}

func newFile(n *partNode, part *enmime.Part) foundFile {
	file := foundFile{inline: n.disposed == "inline"}
	file.part = Part{
		Name:      n.fileName(),
		ContentID: normalID(decodeHeader(n.fields.get("Content-ID"))),
		Data:      part.Content,
	}
	file.part.ContentType = sniff(n.ctype, part.Content)
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
