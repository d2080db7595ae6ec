package receive

import (
	"regexp"
	"strings"

	"github.com/jhillyerd/enmime/v2/mediatype"
)

// maxMediaType is the longest Content-Type or Content-Disposition that is
// parsed, in bytes: the tolerant parser takes quadratic time.
const maxMediaType = 8 << 10

var boundaryParam = regexp.MustCompile(`(?i)boundary\s*=\s*(?:"([^"]{1,200})"|([^\s";]{1,200}))`)

// contentType parses a Content-Type leniently; what cannot be parsed at all is
// application/octet-stream, so that one bad field never costs the mail.
func contentType(value string) (string, map[string]string) {
	if strings.TrimSpace(value) == "" {
		return "text/plain", nil
	}
	ctype, params, _, err := lenientMediaType(value)
	if err != nil || !strings.Contains(ctype, "/") {
		ctype = "application/octet-stream"
	}
	start := strings.ToLower(strings.TrimSpace(value[:min(len(value), 64)]))
	if params["boundary"] == "" && strings.HasPrefix(start, "multipart/") {
		if m := boundaryParam.FindStringSubmatch(value[:min(len(value), maxMediaType)]); m != nil {
			return "multipart/mixed", map[string]string{"boundary": m[1] + m[2]}
		}
	}
	return ctype, params
}

// disposition parses a Content-Disposition leniently; what cannot be parsed is
// none that is known, so that the part is a file.
func disposition(value string) (kind, name string) {
	if strings.TrimSpace(value) == "" || len(value) > maxMediaType {
		return "", ""
	}
	kind, params, _, _ := lenientMediaType(value)
	return kind, params["filename"]
}

// lenientMediaType is the media type parser given to enmime. It never fails:
// see contentType.
func lenientMediaType(value string) (mtype string, params map[string]string, invalid []string, err error) {
	const fallback = "application/octet-stream"
	if len(value) > maxMediaType {
		return fallback, nil, nil, nil
	}
	mtype, params, invalid, err = mediatype.ParseWithOptions(value, mediatype.ParseOptions{StripMediaTypeInvalidCharacters: true})
	if err != nil {
		return fallback, nil, nil, nil //nolint:nilerr // the part is kept as a plain file instead
	}
	return strings.ToLower(mtype), params, invalid, nil
}
