package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/dev"
)

// seen is a mail in the sandbox.
type seen struct {
	ID         string    `json:"id"`
	EnvelopeTo []string  `json:"envelope_to"`
	From       string    `json:"from"`
	Subject    string    `json:"subject"`
	MessageID  string    `json:"message_id"`
	Time       time.Time `json:"time"`
	Duplicates int       `json:"duplicates"`
	URL        string    `json:"url"`
}

// letter is a mail of the sandbox, opened.
type letter struct {
	seen
	Text    string      `json:"text"`
	HTML    string      `json:"html_body"`
	Headers [][2]string `json:"headers"`
	Parts   []struct {
		Name string `json:"name"`
		Type string `json:"type"`
		URL  string `json:"url"`
	} `json:"parts"`
}

// mails lists the mails to an address whose subject or addresses hold a text,
// oldest first.
func (o *outside) mails(to, text string) []seen {
	o.Helper()
	mails, err := o.fetchMails(url.Values{"to": {to}, "q": {text}})
	require.NoError(o, err)
	return mails
}

func (o *outside) fetchMails(query url.Values) ([]seen, error) {
	query.Set("format", "json")
	var page struct {
		Mails []seen `json:"mails"`
	}
	if err := o.fetchJSON(o.Web+"/dev/mail?"+query.Encode(), &page); err != nil {
		return nil, err
	}
	for i, j := 0, len(page.Mails)-1; i < j; i, j = i+1, j-1 {
		page.Mails[i], page.Mails[j] = page.Mails[j], page.Mails[i]
	}
	return page.Mails, nil
}

func (o *outside) fetchJSON(address string, into any) error {
	answer, err := o.do(http.MethodGet, address, nil, nil)
	if err != nil {
		return err
	}
	if answer.Status != http.StatusOK {
		return fmt.Errorf("%s answers %d: %s", address, answer.Status, answer.Body)
	}
	return json.Unmarshal(answer.Body, into)
}

// waitMail waits for the first mail to an address with a text in its subject.
func (o *outside) waitMail(to, subject string) letter {
	o.Helper()
	var found seen
	o.eventually(30*time.Second, fmt.Sprintf("mail %q to %s", subject, to), func() bool {
		for _, m := range o.mails(to, "") {
			if strings.Contains(m.Subject, subject) {
				found = m
				return true
			}
		}
		return false
	})
	open, err := o.open(found)
	require.NoError(o, err)
	return open
}

func (o *outside) open(m seen) (letter, error) {
	var open letter
	return open, o.fetchJSON(o.Web+m.URL+"?format=json", &open)
}

func (l letter) header(name string) string {
	for _, h := range l.Headers {
		if strings.EqualFold(h[0], name) {
			return h[1]
		}
	}
	return ""
}

var linkPattern = regexp.MustCompile(`https?://[^\s/]+/l/[A-Za-z0-9_-]+`)

// link is the first link in a letter.
func (l letter) link() string { return linkPattern.FindString(l.Text) }

// send hands a mail over as its author's mail server does.
func (o *outside) send(from, to, raw string) {
	o.Helper()
	require.NoError(o, dev.SendSMTP(o.Context(), o.SMTP, from, []string{to}, crlf(raw)))
}

// crlf gives a mail the line ends that mails have.
func crlf(raw string) []byte {
	return []byte(strings.ReplaceAll(strings.ReplaceAll(raw, "\r\n", "\n"), "\n", "\r\n"))
}

// plainMail is a mail as a mail program writes it.
func plainMail(from, to, subject, text string) string {
	return fmt.Sprintf("From: %s\nTo: %s\nSubject: %s\nDate: %s\nMessage-ID: <%d.%s@test.example>\n\n%s\n",
		from, to, subject, time.Now().Format(time.RFC1123Z), time.Now().UnixNano(), strings.ReplaceAll(subject, " ", "-"), text)
}
