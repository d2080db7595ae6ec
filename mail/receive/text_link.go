package receive

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// textLink is a link of HTML while its text is read.
type textLink struct {
	address string // "" where there is none to be shown
	text    []byte // its first bytes
	picture bool   // it has a picture
	alt     string // what the picture says instead
}

// maxLinkText is how much of the text of a link is compared with its address.
const maxLinkText = 4 << 10

// see notes a character of the text.
func (l *textLink) see(r rune) {
	if l.address != "" && len(l.text) < maxLinkText {
		l.text = utf8.AppendRune(l.text, r)
	}
}

// shows tells whether the text of the link says its address already.
func (l *textLink) shows(text string) bool {
	if strings.Contains(text, l.address) {
		return true
	}
	plain := func(s string) string {
		s = strings.ToLower(strings.TrimSpace(s))
		for _, prefix := range []string{"https://", "http://", "mailto:", "tel:", "www."} {
			s = strings.TrimPrefix(s, prefix)
		}
		return strings.TrimRight(s, "/")
	}
	if plain(text) == plain(l.address) {
		return true
	}
	number := func(r rune) rune {
		if strings.ContainsRune(" -/().\u00a0", r) {
			return -1
		}
		return r
	}
	return strings.HasPrefix(l.address, "+") && strings.Map(number, text) == strings.Map(number, l.address)
}

// linkAddress is the address of a link as people are shown it, "" for one that
// leads nowhere outside of the mail.
func linkAddress(href string) string {
	href = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, strings.TrimSpace(href))
	scheme, rest, found := strings.Cut(href, ":")
	if !found || rest == "" {
		return ""
	}
	switch strings.ToLower(scheme) {
	case "http", "https":
		if !strings.HasPrefix(rest, "//") {
			return ""
		}
		return strings.NewReplacer(" ", "%20", "<", "%3C", ">", "%3E", "\u00a0", "%C2%A0").Replace(href)
	case "mailto", "tel":
		rest, _, _ = strings.Cut(rest, "?")
		plain, err := url.PathUnescape(rest)
		if err != nil || strings.ContainsFunc(plain, func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError || r == '<' || r == '>' }) {
			return rest
		}
		return strings.TrimSpace(plain)
	}
	return ""
}
