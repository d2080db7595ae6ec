package receive

import (
	"cmp"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html/charset"
)

// extendedParam finds the pieces of a parameter in the form of RFC 2231:
// name*=…, name*0*=…, name*1=….
var extendedParam = regexp.MustCompile(`(?i)(?:^|[;\s])(filename|name)\*(\d{1,3})?(\*)?\s*=\s*(?:"([^"]*)"|([^;\s]*))`)

// extendedName decodes a file name in the form of RFC 2231. The standard
// library reads it in UTF-8 only and gives part of the name otherwise; so
// this is asked where another charset is stated, and "" means it is not.
func extendedName(value string) string {
	if len(value) > maxMediaType || !strings.Contains(value, "*") {
		return ""
	}
	var raw strings.Builder
	label := ""
	for i, m := range extendedParam.FindAllStringSubmatch(value, 200) {
		piece := m[4] + m[5]
		encoded := m[3] != "" || m[2] == ""
		if i == 0 {
			parts := strings.SplitN(piece, "'", 3)
			if !encoded || len(parts) != 3 {
				return ""
			}
			label, piece = parts[0], parts[2]
		}
		if encoded {
			plain, err := url.PathUnescape(piece)
			if err != nil {
				return ""
			}
			piece = plain
		}
		raw.WriteString(piece)
	}
	encoding, canonical := charset.Lookup(label)
	if encoding == nil || canonical == "utf-8" {
		return ""
	}
	name, err := encoding.NewDecoder().String(raw.String())
	if err != nil {
		return ""
	}
	return name
}

// fileName is the name that the sender gave to a part: from the disposition, or
// from the type as older programs have it.
func (n *partNode) fileName() string {
	for _, field := range []string{"Content-Disposition", "Content-Type"} {
		if name := extendedName(n.fields.get(field)); name != "" {
			return name
		}
	}
	// The last one is misplaced by some senders.
	return cmp.Or(decodeHeader(n.named), decodeHeader(n.params["name"]), decodeHeader(n.params["filename"]))
}
