package dev

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed sandbox_pages
var sandboxPages embed.FS

// Where the pages are. The handler is mounted at the root with its full paths.
const sandboxPath = "/dev/mail"

// mailsPerPage keeps the list usable however many mails there are.
const mailsPerPage = 100

// Handler serves the pages and the JSON under /dev/mail. The paths are listed here:
//
//	GET  /dev/mail                   list; ?q= ?to= ?since= ?page= ?format=json
//	GET  /dev/mail/send              form to write a mail
//	POST /dev/mail/send              send it, over the sandbox's SMTP port
//	GET  /dev/mail/{id}              one mail; ?format=json
//	GET  /dev/mail/{id}/raw          its bytes, as sent
//	GET  /dev/mail/{id}/html         its HTML, with nothing allowed but to be looked at
//	GET  /dev/mail/{id}/parts/{n}    an attachment
func (s *Sandbox) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+sandboxPath, s.showList)
	mux.HandleFunc("GET "+sandboxPath+"/{$}", s.showList)
	mux.HandleFunc("GET "+sandboxPath+"/style.css", showStyle)
	mux.HandleFunc("GET "+sandboxPath+"/send", s.showCompose)
	mux.HandleFunc("POST "+sandboxPath+"/send", s.send)
	mux.HandleFunc("GET "+sandboxPath+"/{id}", s.withMail(s.showMail))
	mux.HandleFunc("GET "+sandboxPath+"/{id}/raw", s.withMail(s.showRaw))
	mux.HandleFunc("GET "+sandboxPath+"/{id}/html", s.withMail(s.showHTML))
	mux.HandleFunc("GET "+sandboxPath+"/{id}/parts/{n}", s.withMail(s.showPart))
	return http.NewCrossOriginProtection().Handler(safely(mux))
}

// safely sets the headers of every answer. Nothing comes from another host,
// and no script runs.
func safely(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'")
		h.Set("X-Frame-Options", "SAMEORIGIN") // the HTML of a mail is framed by its page
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

var sandboxTemplates = template.Must(template.New("").Funcs(template.FuncMap{
	"size": humanSize,
	"time": func(t time.Time) string { return t.Local().Format("2 Jan 2006 15:04:05") },
	"link": linkify,
}).ParseFS(sandboxPages, "sandbox_pages/*.html"))

// render writes a page, whole or not at all.
func render(w http.ResponseWriter, status int, page string, data any) {
	var b bytes.Buffer
	if err := sandboxTemplates.ExecuteTemplate(&b, page, data); err != nil {
		http.Error(w, "The page could not be made: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the reader is gone
}

func renderJSON(w http.ResponseWriter, data any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(data) // the reader is gone
}

func wantsJSON(r *http.Request) bool {
	if format := r.FormValue("format"); format != "" {
		return format == "json"
	}
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/html")
}

func showStyle(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "max-age=3600")
	http.ServeFileFS(w, r, sandboxPages, "sandbox_pages/style.css")
}

// mailItem is a mail as the JSON and the pages show it.
type mailItem struct {
	Mail
	RawURL  string `json:"raw"`
	HTMLURL string `json:"html"`
	URL     string `json:"url"`
}

func newMailItem(m Mail) mailItem {
	u := sandboxPath + "/" + m.ID
	return mailItem{Mail: m, RawURL: u + "/raw", HTMLURL: u + "/html", URL: u}
}

// shownMail is a mail that was asked for, read and taken apart.
type shownMail struct {
	mailItem
	sandboxBody
	Copies []sandboxCopy
	raw    []byte
}

// withMail finds the mail of the path.
func (s *Sandbox) withMail(show func(http.ResponseWriter, *http.Request, shownMail)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		m, copies, ok := s.store.get(r.PathValue("id"))
		if !ok {
			http.Error(w, "There is no such mail.", http.StatusNotFound)
			return
		}
		raw, err := m.Raw()
		if err != nil {
			http.Error(w, "The mail cannot be read from the disk.", http.StatusInternalServerError)
			return
		}
		show(w, r, shownMail{mailItem: newMailItem(m), Copies: copies, raw: raw})
	}
}

// ReplyTo is a link to the form, filled in to answer the mail as its recipient.
func (m shownMail) ReplyTo() string {
	values := url.Values{"subject": {"Re: " + strings.TrimPrefix(m.Subject, "Re: ")}, "in_reply_to": {m.MessageID}}
	if len(m.EnvelopeTo) > 0 {
		values.Set("from", m.EnvelopeTo[0])
	}
	to := firstOf(m.From, m.EnvelopeFrom)
	for _, f := range m.Fields {
		if strings.EqualFold(f.Name, "Reply-To") {
			to = f.Value
		}
	}
	values.Set("to", to)
	return sandboxPath + "/send?" + values.Encode()
}

func (s *Sandbox) showMail(w http.ResponseWriter, r *http.Request, m shownMail) {
	m.sandboxBody = readBody(m.raw)
	if !wantsJSON(r) {
		render(w, http.StatusOK, "mail.html", m)
		return
	}
	type part struct {
		Name string `json:"name"`
		Type string `json:"type"`
		Size int64  `json:"size"`
		URL  string `json:"url"`
	}
	parts := []part{}
	for _, p := range m.Parts {
		parts = append(parts, part{p.Name, p.Type, p.Size(), fmt.Sprintf("%s/parts/%d", m.URL, p.Number)})
	}
	renderJSON(w, struct {
		mailItem
		Text      string        `json:"text"`
		HTMLBody  string        `json:"html_body"`
		Headers   [][2]string   `json:"headers"`
		Parts     []part        `json:"parts"`
		Delivered []sandboxCopy `json:"delivered"`
	}{m.mailItem, m.Text, m.HTML, m.headerPairs(), parts, m.Copies})
}

func (m shownMail) headerPairs() [][2]string {
	pairs := [][2]string{}
	for _, f := range m.Fields {
		pairs = append(pairs, [2]string{f.Name, f.Value})
	}
	return pairs
}

func (s *Sandbox) showRaw(w http.ResponseWriter, _ *http.Request, m shownMail) {
	// A browser shows this type as text or saves it, and never runs it.
	w.Header().Set("Content-Type", "message/rfc822")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": m.ID + ".eml"}))
	_, _ = w.Write(m.raw) // the reader is gone
}

func (s *Sandbox) showPart(w http.ResponseWriter, r *http.Request, m shownMail) {
	number, err := strconv.Atoi(r.PathValue("n"))
	parts := readBody(m.raw).Parts
	i := slices.IndexFunc(parts, func(p sandboxPart) bool { return p.Number == number })
	if err != nil || i < 0 {
		http.Error(w, "There is no such part.", http.StatusNotFound)
		return
	}
	name := firstOf(parts[i].Name, fmt.Sprintf("part-%d", number))
	w.Header().Set("Content-Type", parts[i].Type)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	_, _ = w.Write(parts[i].data) // the reader is gone
}
