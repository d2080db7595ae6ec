package receive

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
)

// maxEmbedded bounds the pictures taken out of the HTML of one mail.
const maxEmbedded = 100

var (
	dataImage = regexp.MustCompile(`(?i)^data:(image/[a-z]{1,20})\s*;\s*base64\s*,`)
	// imageSource is an image tag up to the value of its source, with the quote.
	imageSource = regexp.MustCompile(`(?i)^<img\s([^>]*\s)?src\s*=\s*(["']?)\s*$`)
)

// maxImageTag is how far before its source an image tag begins, in bytes.
const maxImageTag = 2 << 10

// maxTries bounds how often something is looked at that may be such a picture.
const maxTries = 10 * maxEmbedded

// takeEmbedded takes the pictures that are written into HTML as data: URLs out
// of it, as inline files like those that came beside it: so they are kept where
// the HTML is not, and do not make it too long to be kept. What cannot be
// decoded, or shown as a picture, stays as it is. taken is how many were taken
// before; where the rest is longer than most, it is all of the HTML.
func takeEmbedded(source []byte, taken, most int) (rest []byte, pictures []foundFile) {
	var out []byte
	from, search := 0, 0
	for tries := 0; tries < maxTries && len(pictures)+taken < maxEmbedded; tries++ {
		at := findDataImage(source, search)
		if at < 0 {
			break
		}
		size, picture := embeddedAt(source, at)
		if search = at + size; picture.part.Data == nil {
			continue
		}
		picture.part.ContentID = fmt.Sprintf("embedded-%d@html", taken+len(pictures)+1)
		if quote := source[at-1]; quote == '"' || quote == '\'' {
			at, search = at-1, search+1
		}
		out = append(append(out, source[from:at]...), `"cid:`+picture.part.ContentID+`"`...)
		pictures = append(pictures, picture)
		if from = search; len(out) > most {
			return source, nil
		}
	}
	if len(pictures) == 0 || len(out)+len(source)-from > most {
		return source, nil
	}
	return append(out, source[from:]...), pictures
}

var dataScheme = []byte("data:image/")

// findDataImage finds the next data: URL of a picture from a place on.
func findDataImage(source []byte, from int) int {
	colon := bytes.IndexByte(dataScheme, ':')
	for at := from; ; at++ {
		next := bytes.IndexByte(source[at:], ':')
		if next < 0 {
			return -1
		}
		at += next
		begin := at - colon
		if begin >= from && begin+len(dataScheme) <= len(source) && bytes.EqualFold(source[begin:begin+len(dataScheme)], dataScheme) {
			return begin
		}
	}
}

// embeddedAt takes the picture whose data: URL begins at a place, and tells how
// long that is. It has no data where it is none to be taken.
func embeddedAt(source []byte, at int) (size int, picture foundFile) {
	before := source[max(0, at-maxImageTag):at]
	tag := bytes.LastIndexByte(before, '<')
	if tag < 0 {
		return len(dataScheme), picture
	}
	url := source[at:]
	head := imageSource.FindSubmatch(before[tag:])
	m := dataImage.FindSubmatch(url[:min(len(url), 100)])
	if head == nil || m == nil || !Picture(string(m[1])) {
		return len(dataScheme), picture
	}
	end := bytes.IndexAny(url, " \t\r\n>")
	if len(head[2]) > 0 {
		end = bytes.IndexByte(url, head[2][0])
	}
	if end < len(m[0]) {
		return len(dataScheme), picture
	}
	return end, embeddedPicture(strings.ToLower(string(m[1])), url[len(m[0]):end])
}

// embeddedPicture decodes a picture; it has no data where that cannot be done.
func embeddedPicture(ctype string, encoded []byte) foundFile {
	count := countBase64(encoded)
	if count.bad > 0 || count.digits == 0 || count.digits%4 == 1 {
		return foundFile{}
	}
	r := base64Reader{foreign: -1}
	r.data = make([]byte, 0, base64.RawStdEncoding.DecodedLen(count.digits)+3)
	r.decode(encoded)
	r.flush()
	return foundFile{inline: true, related: true, part: Part{ContentType: sniff(ctype, r.data), Data: r.data}}
}
