package main

import (
	"html"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/web/formview"
)

// What can be given on pages alone: answers, passwords, the login. And in mails.

// tryAnswers answers the form of the program by the link in its mail, and reads the
// answer back.
func (w *extremesWorld) tryAnswers(engagement string) {
	w.Helper()
	mail := w.waitMail(w.ClientEmail, "Every question")
	answers := map[string]string{"short": "<b>\"&'</b> שלום 👩\u200d⚕️", "long": strings.Repeat("x", 9_000) + "\n\u202e" + strings.Repeat("ß", 500), "number": "-999999999999999",
		"day": "9999-12-31", "one": "<a>", "many": "שלום", "scale": "10", "yes": "true"}
	faulty := map[string][]string{"number": {"1e400", "NaN", "Infinity", "99999999999999999999"}, "day": {"10000-01-01", "0000-12-31", "2027-02-30", "\x00"},
		"one": {"c"}, "scale": {"11", "-1"}, "yes": {"maybe"}, "short": {strings.Repeat("x", 300_000)}}
	for name, values := range faulty {
		for _, value := range values {
			typed := map[string]string{name: value}
			page, err := w.fillFrom(mail.link(), typed)
			require.NoError(w, err, "%s: %.50q", name, value)
			require.Contains(w, []int{http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge}, page.Status, "%s: %.50q", name, value)
		}
	}
	page, err := w.fillFrom(mail.link(), answers)
	require.NoError(w, err)
	require.Equal(w, http.StatusOK, page.Status, "%s", page.Body)
	for _, shown := range []string{answers["short"], "31 December 9999", answers["number"]} {
		require.Contains(w, html.UnescapeString(string(page.Body)), shown)
	}
	var got map[string]any
	w.eventually(30*time.Second, "the answer is taken", func() bool {
		all := get[struct{ Items []answerOf }](w.outside, "/items/"+w.program(engagement).Items[0].ID+"/answers").Items
		if len(all) == 0 {
			return false
		}
		got = all[0].Answer
		return true
	})
	require.Equal(w, map[string]any{"short": answers["short"], "long": answers["long"], "number": -999999999999999.0, "day": "9999-12-31", "one": "<a>", "many": []any{"שלום"}, "scale": 10.0, "yes": true}, got)
}

var draftField = regexp.MustCompile(`name="` + app.DraftField + `" value="([^"]*)"`)

// fillFrom submits a form as somebody does who has just opened it.
func (w *extremesWorld) fillFrom(link string, answers map[string]string) (reply, error) {
	w.Helper()
	page, err := w.do(http.MethodGet, link, nil, nil)
	require.NoError(w, err)
	version := draftField.FindSubmatch(page.Body)
	require.NotNil(w, version, "%s", page.Body)
	values := url.Values{"action": {"submit"}, app.DraftField: {html.UnescapeString(string(version[1]))}}
	for name, value := range answers {
		values.Set("q."+name, value)
	}
	return w.do(http.MethodPost, link, strings.NewReader(values.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
}

// trySubject has the coach write with a subject that hides its end.
func (w *extremesWorld) trySubject() {
	w.Helper()
	subject := mime.QEncoding.Encode("utf-8", "Plan\u202efdp \u200bA")
	w.outside.send(w.CoachEmail, w.ToClient, "From: <"+w.CoachEmail+">\r\nTo: <"+w.ToClient+">\r\nMessage-ID: <extreme@example.com>\r\nSubject: "+subject+"\r\n\r\nHello\r\n")
	stream := w.demoStream()
	w.eventually(60*time.Second, "the message is in the stream", func() bool {
		for _, m := range list[messageOf](w.outside, "/streams/"+stream+"/messages") {
			if strings.HasPrefix(m.Subject, "Plan") {
				require.Equal(w, "Planfdp A", m.Subject)
				return true
			}
		}
		return false
	})
}

// tryPasswords chooses a password by the link of an invitation, and logs in with it.
func (w *extremesWorld) tryPasswords() {
	w.Helper()
	address := w.address()
	person := post[thing](w.outside, "/people", map[string]any{"name": "Invited", "roles": []string{"coachee"}, "emails": []string{address}})
	post[thing](w.outside, "/invitations", map[string]any{"person_id": person.ID})
	link := w.waitMail(address, "").link()
	v := w.reader(address)
	for _, value := range w.doc.extremes("password", map[string]any{"type": "string", "maxLength": 20_000.0}) {
		text, is := value.(string)
		if !is {
			continue
		}
		// The second one differs, so that none is set.
		v.visit(http.MethodPost, strings.TrimPrefix(link, w.Web), url.Values{formview.PasswordField: {text}, formview.AgainField: {text + "x"}})
		v.visit(http.MethodPost, "/login", url.Values{"email": {text}, "password": {text}, "to": {text}})
		v.visit(http.MethodPost, "/password", url.Values{"email": {text}})
	}
	const password = "שלום 👩\u200d⚕️ <b>\"&'</b> \u202e a\u0301"
	v.visit(http.MethodPost, strings.TrimPrefix(link, w.Web), url.Values{formview.PasswordField: {password}, formview.AgainField: {password}})
	require.NotContains(w, v.visit(http.MethodPost, "/login", url.Values{"email": {address}, "password": {password}}), `name="password"`, "logged in")
}
