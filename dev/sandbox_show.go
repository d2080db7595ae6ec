package dev

import (
	"fmt"
	"html/template"
	"net/http"
	"regexp"
	"strings"
)

// showHTML sends the HTML of a mail as a document of no origin: nothing in it
// runs, and nothing is loaded but what came with the mail. Links open in a window of their own.
func (s *Sandbox) showHTML(w http.ResponseWriter, _ *http.Request, m shownMail) {
	body := readBody(m.raw)
	if body.HTML == "" {
		http.Error(w, "The mail has no HTML.", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Security-Policy",
		"sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; font-src data:; frame-ancestors 'self'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(framedHTML(body, m.URL))) // the reader is gone
}

var (
	cidPattern  = regexp.MustCompile(`(?i)\bcid:([^"'\s)>]+)`)
	headPattern = regexp.MustCompile(`(?i)<head(\s[^>]*)?>`)
	htmlPattern = regexp.MustCompile(`(?i)<html(\s[^>]*)?>`)
)

// framedHTML points inline images to their parts and links to new windows.
func framedHTML(body sandboxBody, mailURL string) string {
	html := cidPattern.ReplaceAllStringFunc(body.HTML, func(ref string) string {
		for _, p := range body.Parts {
			if p.CID != "" && p.CID == ref[len("cid:"):] {
				return fmt.Sprintf("%s/parts/%d", mailURL, p.Number)
			}
		}
		return ref
	})
	const base = `<base target="_blank">`
	for _, place := range []*regexp.Regexp{headPattern, htmlPattern} {
		if at := place.FindStringIndex(html); at != nil {
			return html[:at[1]] + base + html[at[1]:]
		}
	}
	return base + html
}

var linkPattern = regexp.MustCompile(`https?://[^\s<>"]+`)

// linkify makes the addresses in plain text clickable. A full stop, comma or
// bracket at the end belongs to the sentence.
func linkify(text string) template.HTML {
	var b strings.Builder
	for {
		at := linkPattern.FindStringIndex(text)
		if at == nil {
			b.WriteString(template.HTMLEscapeString(text))
			return template.HTML(b.String()) // every piece is escaped
		}
		link := strings.TrimRight(text[at[0]:at[1]], ".,;:!?)]'")
		end := at[0] + len(link)
		b.WriteString(template.HTMLEscapeString(text[:at[0]]))
		escaped := template.HTMLEscapeString(link)
		fmt.Fprintf(&b, `<a href="%s" target="_blank" rel="noreferrer">%s</a>`, escaped, escaped)
		text = text[end:]
	}
}

// humanSize writes a number of bytes for people.
func humanSize(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1_000_000)
}
