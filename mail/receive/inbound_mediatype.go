package receive

import (
	"cmp"
	"strings"
	"unicode/utf8"
)

// maxMediaType is the longest Content-Type or Content-Disposition that is
// parsed, in bytes.
const maxMediaType = 8 << 10

const unknownType = "application/octet-stream"

// contentType parses a Content-Type leniently; what cannot be parsed at all is
// application/octet-stream, so that one bad field never costs the mail.
func contentType(value string) (string, map[string]string) {
	if strings.TrimSpace(value) == "" {
		return "text/plain", nil
	}
	if len(value) > maxMediaType {
		return unknownType, nil
	}
	name, rest := mediaName(value)
	params := mediaParams(rest)
	switch {
	case name == "text" || name == "text/" || name == "" && params["charset"] != "":
		return "text/plain", params
	case name == "html":
		return "text/html", params
	}
	kind, subtype, _ := strings.Cut(name, "/")
	subtype, _, _ = strings.Cut(subtype, "/")
	switch {
	case kind == "multipart" && subtype == "":
		return "multipart/mixed", params
	case kind == "" || subtype == "":
		return unknownType, params
	}
	return kind + "/" + subtype, params
}

// disposition parses a Content-Disposition leniently; what cannot be parsed is
// none that is known, so that the part is a file.
func disposition(value string) (kind string, params map[string]string) {
	if strings.TrimSpace(value) == "" || len(value) > maxMediaType {
		return "", nil
	}
	kind, rest := mediaName(value)
	if strings.HasPrefix(rest, "=") { // only parameters
		return unknownType, mediaParams(value)
	}
	return cmp.Or(kind, unknownType), mediaParams(rest)
}

// mediaName takes the name before the parameters, in lower case, without what can
// be in no name.
func mediaName(value string) (name, rest string) {
	value = strings.TrimLeft(value, " \t\r\n\"'")
	end := strings.IndexAny(value, "; \t\r\n,\"'=(")
	if end < 0 {
		end = len(value)
	}
	if strings.HasPrefix(value[end:], "=") && !strings.Contains(value[:end], "/") {
		return "", value // it begins with a parameter
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r > ' ' && r < utf8.RuneSelf && !strings.ContainsRune(`<>@:\[]?`, r):
			return r
		}
		return -1
	}, value[:end])
	return name, value[end:]
}
