package dev

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// mailQuery is what the list is asked for.
type mailQuery struct {
	Q, To string
	Since time.Time
	Page  int // from 1
}

func readMailQuery(r *http.Request) (mailQuery, error) {
	q := mailQuery{Q: strings.TrimSpace(r.FormValue("q")), To: strings.TrimSpace(r.FormValue("to")), Page: 1}
	if since := r.FormValue("since"); since != "" {
		t, err := time.Parse(time.RFC3339Nano, since)
		if err != nil {
			return q, fmt.Errorf("since is not a time such as 2026-01-31T09:00:00Z")
		}
		q.Since = t
	}
	if page := r.FormValue("page"); page != "" {
		n, err := strconv.Atoi(page)
		if err != nil || n < 1 {
			return q, fmt.Errorf("page is not a number from 1 on")
		}
		q.Page = n
	}
	return q, nil
}

// wants is the filter. A whole address in To is compared, a part of one is
// looked for; Since includes its own moment.
func (q mailQuery) wants(m Mail) bool {
	if m.Time.Before(q.Since) {
		return false
	}
	to := strings.ToLower(strings.Join(m.EnvelopeTo, " "))
	if q.To != "" && strings.Index(q.To, "@") > 0 && !m.SentTo(q.To) || !strings.Contains(to, strings.ToLower(q.To)) {
		return false
	}
	text := strings.Join([]string{to, m.To, m.Subject, m.From, m.EnvelopeFrom}, "\n")
	return strings.Contains(strings.ToLower(text), strings.ToLower(q.Q))
}

// listPage is what the list shows.
type listPage struct {
	Query            mailQuery
	Mails            []listRow
	Found            int
	Newer, Older     string // links; empty: none
	Inbound          string
	SMTPAddr, Notice string
}

// listRow is a mail in the list.
type listRow struct {
	mailItem
	Inbound bool
}

func (s *Sandbox) showList(w http.ResponseWriter, r *http.Request) {
	query, err := readMailQuery(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	found := s.Mails(query.wants)
	slices.Reverse(found)
	if wantsJSON(r) {
		items := make([]mailItem, 0, len(found))
		for _, m := range found {
			items = append(items, newMailItem(m))
		}
		renderJSON(w, map[string]any{"mails": items})
		return
	}
	page := listPage{Query: query, Found: len(found), Inbound: s.cfg.InboundDomain, SMTPAddr: s.SMTPAddr()}
	if r.FormValue("sent") != "" {
		page.Notice = "The mail was handed to the mail server."
	}
	from := min((query.Page-1)*mailsPerPage, len(found))
	upto := min(from+mailsPerPage, len(found))
	for _, m := range found[from:upto] {
		page.Mails = append(page.Mails, listRow{newMailItem(m), slices.ContainsFunc(m.EnvelopeTo, s.isInbound)})
	}
	if query.Page > 1 {
		page.Newer = pageLink(r.URL.Query(), query.Page-1)
	}
	if upto < len(found) {
		page.Older = pageLink(r.URL.Query(), query.Page+1)
	}
	render(w, http.StatusOK, "list.html", page)
}

func pageLink(values url.Values, page int) string {
	values.Del("sent")
	values.Set("page", strconv.Itoa(page))
	return sandboxPath + "?" + values.Encode()
}
