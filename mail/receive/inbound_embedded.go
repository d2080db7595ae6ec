package receive

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// maxEmbedded bounds the pictures taken out of the HTML of one mail.
const maxEmbedded = 100

var dataImage = regexp.MustCompile(`(?i)^\s*data:(image/[a-z]{1,20})\s*;\s*base64\s*,`)

// takeEmbedded takes the pictures that are written into HTML as data: URLs out
// of it, as inline files like those that came beside it: so they are kept where
// the HTML is not, and do not make it too long to be kept. What cannot be
// decoded, or shown as a picture, stays as it is.
func takeEmbedded(source string) (rest string, pictures []foundFile) {
	if !strings.Contains(strings.ToLower(source), "data:image/") {
		return source, nil
	}
	rest = rewriteImages(source, func(img html.Token) (string, bool) {
		if len(pictures) == maxEmbedded {
			return "", false
		}
		picture, ok := embeddedIn(&img, len(pictures)+1)
		if ok {
			pictures = append(pictures, picture)
		}
		return img.String(), ok
	})
	return rest, pictures
}

// embeddedIn makes a file of the n-th picture, and refers to it instead.
func embeddedIn(img *html.Token, n int) (foundFile, bool) {
	for i, a := range img.Attr {
		m := dataImage.FindStringSubmatch(a.Val[:min(len(a.Val), 100)])
		if a.Key != "src" || m == nil || !Picture(m[1]) {
			continue
		}
		encoded := strings.TrimRight(strings.Map(withoutSpace, a.Val[len(m[0]):]), "=")
		data, err := base64.RawStdEncoding.DecodeString(encoded)
		if err != nil || len(data) == 0 {
			continue
		}
		id := fmt.Sprintf("embedded-%d@html", n)
		img.Attr[i].Val = "cid:" + id
		return foundFile{inline: true, related: true, part: Part{ContentID: id, ContentType: sniff(strings.ToLower(m[1]), data), Data: data}}, true
	}
	return foundFile{}, false
}

func withoutSpace(r rune) rune {
	if r == ' ' || r == '\n' || r == '\r' || r == '\t' {
		return -1
	}
	return r
}
