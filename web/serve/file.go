package serve

import (
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"unicode"

	"github.com/gabriel-vasile/mimetype"
	"github.com/gin-gonic/gin"
)

// File answers with what others have sent, to be saved and not to be run.
func File(c *gin.Context, name, contentType string, data []byte) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", FilePolicy)
	h.Set("Content-Disposition", disposition(withExtension(name, contentType)))
	h.Set(NotCompressed, "1")
	c.Data(http.StatusOK, SafeType(contentType), data)
}

// withExtension adds what tells a computer how to open a file, where the name that
// a person gave it has none: "Plan for May" that is a PDF.
func withExtension(name, contentType string) string {
	ext := path.Ext(name) // "v2.1" and "2026.05" end in none
	if len(ext) > 1 && len(ext) <= 11 && !strings.Contains(ext, " ") && strings.ContainsFunc(ext, unicode.IsLetter) {
		return name
	}
	if known := mimetype.Lookup(contentType); known != nil && !known.Is("application/octet-stream") {
		return name + known.Extension()
	}
	return name
}

// disposition names a download (RFC 6266), whatever characters the name has.
func disposition(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`/\`, r) {
			return '_'
		}
		return r
	}, name)
	if value := mime.FormatMediaType("attachment", map[string]string{"filename": name}); value != "" {
		return value
	}
	return "attachment"
}

// SafeType keeps the type of a file where it is well formed and nothing that a
// browser would run.
func SafeType(contentType string) string {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil || strings.Contains(kind, "html") || strings.Contains(kind, "xml") || strings.Contains(kind, "script") {
		return "application/octet-stream"
	}
	return kind
}

var fileKinds = map[string]string{
	"application/pdf": "PDF", "application/zip": "ZIP archive", "text/plain": "Text", "text/csv": "Table (CSV)", "text/calendar": "Calendar",
	"application/msword": "Word document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word document",
	"application/vnd.ms-excel": "Excel table", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel table",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint slides",
}

// FileKind says in words what a file is.
func FileKind(contentType string) string {
	kind := SafeType(contentType)
	switch {
	case fileKinds[kind] != "":
		return fileKinds[kind]
	case strings.HasPrefix(kind, "image/"):
		return "Image"
	case strings.HasPrefix(kind, "audio/"):
		return "Sound"
	case strings.HasPrefix(kind, "video/"):
		return "Video"
	}
	return "File"
}

// FileSize writes a number of bytes for people.
func FileSize(bytes int64) string {
	switch {
	case bytes < 1000:
		return strconv.FormatInt(bytes, 10) + " bytes"
	case bytes < 1000*1000:
		return strconv.FormatFloat(float64(bytes)/1000, 'f', 0, 64) + " KB"
	}
	return strconv.FormatFloat(float64(bytes)/1000/1000, 'f', 1, 64) + " MB"
}
