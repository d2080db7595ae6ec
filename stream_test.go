package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// png is an image of one pixel.
var png, _ = base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")

// mailWithFiles has an image inside its text, and a file beside it.
func mailWithFiles(from, to, subject, text string, file []byte) string {
	return fmt.Sprintf(`From: Clara Coach <%s>
To: %s
Subject: %s
Date: %s
Message-ID: <%d@test.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/related; boundary=inner

--inner
Content-Type: text/html; charset=utf-8

<p>%s</p><p><img src="cid:pixel@test.example" alt="a pixel"></p>

--inner
Content-Type: image/png; name=pixel.png
Content-Disposition: inline; filename=pixel.png
Content-ID: <pixel@test.example>
Content-Transfer-Encoding: base64

%s

--inner--

--outer
Content-Type: application/pdf
Content-Disposition: attachment; filename="plan.pdf"
Content-Transfer-Encoding: base64

%s

--outer--
`, from, to, subject, time.Now().Format(time.RFC1123Z), time.Now().UnixNano(), text, base64.StdEncoding.EncodeToString(png), base64.StdEncoding.EncodeToString(file))
}

// TestStream_MailsWithFilesBothWays sends mail through the system addresses in
// both directions.
func TestStream_MailsWithFilesBothWays(t *testing.T) {
	_, o := shared(t)
	file := []byte("%PDF-1.4 a plan for the week")
	o.send(o.CoachEmail, o.ToClient, mailWithFiles(o.CoachEmail, o.ToClient, "Plan for the week", "Here is the plan.", file))

	message := o.waitMessage("Plan for the week")
	require.Contains(t, message.Text, "Here is the plan.")
	require.Equal(t, "Clara Coach", message.AuthorName)
	require.Len(t, message.Files, 2)

	onward := o.waitMail(o.ClientEmail, "Plan for the week")
	require.Len(t, onward.Parts, 1, "the image came along, the file did not")
	image, err := o.do(http.MethodGet, o.Web+onward.Parts[0].URL, nil, nil)
	require.NoError(t, err)
	require.Equal(t, png, image.Body)
	require.Contains(t, onward.HTML, "cid:")
	fileIsALink(o, onward, message, file)

	back, err := netmail.ParseAddress(onward.header("Reply-To"))
	require.NoError(t, err)
	require.Equal(t, o.ToCoach, back.Address)
	o.send(o.ClientEmail, back.Address, plainMail(o.ClientEmail, back.Address, "Re: Plan for the week", "Thank you, I will."))
	require.Contains(t, o.waitMessage("Re: Plan for the week").Text, "Thank you, I will.")
	require.Contains(t, o.waitMail(o.CoachEmail, "Re: Plan for the week").Text, "Thank you, I will.")
}

// waitMessage waits for a message of the demo's stream by its subject.
func (o *outside) waitMessage(subject string) messageOf {
	o.Helper()
	stream := o.demoStream()
	var found messageOf
	o.eventually(30*time.Second, "message "+subject, func() bool {
		for _, m := range list[messageOf](o, "/streams/"+stream+"/messages") {
			if m.Subject == subject {
				found = m
			}
		}
		return found.ID != ""
	})
	return found
}

// fileIsALink opens the link as a scanner does, which counts nothing, and then
// as a person does.
func fileIsALink(o *outside, onward letter, message messageOf, content []byte) {
	o.Helper()
	var id string
	for _, f := range message.Files {
		if !f.Inline {
			require.Equal(o, "plan.pdf", f.Name)
			id = f.ID
		}
	}
	link := onward.link()
	for _, method := range []string{http.MethodGet, http.MethodGet, http.MethodHead} {
		page, err := o.do(method, link, nil, nil)
		require.NoError(o, err)
		require.Equal(o, http.StatusOK, page.Status)
		require.False(o, bytes.Contains(page.Body, content), "looking at the link shows no file")
	}
	require.Empty(o, get[fileOf](o, "/files/"+id).Views)

	opened, err := o.do(http.MethodPost, link, strings.NewReader(""), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
	require.NoError(o, err)
	require.Equal(o, content, opened.Body)
	views := get[fileOf](o, "/files/"+id).Views
	require.Len(o, views, 1)
	require.Equal(o, 1, views[0].Views)
	require.Equal(o, "Ben Bergmann", views[0].Name)
}

// TestR22_ForgedMailIsQuarantinedAndTheCoachTold is R22 from the outside.
func TestR22_ForgedMailIsQuarantinedAndTheCoachTold(t *testing.T) {
	_, o := shared(t)
	const forger = "mallory@forged.example"
	o.send(forger, o.ToClient, plainMail(o.CoachEmail, o.ToClient, "Wire me the money", "At once."))

	told := o.waitMail(o.CoachEmail, "A mail in your name was not posted")
	require.NotContains(t, told.Text, "At once.")
	type inbound struct {
		ID      string `json:"id"`
		State   string `json:"state"`
		Reason  string `json:"reason"`
		Subject string `json:"subject"`
	}
	quarantined := list[inbound](o, "/inbound-mails?state=quarantined")
	require.Len(t, quarantined, 1)
	require.Equal(t, inbound{quarantined[0].ID, "quarantined", "dmarc_failed", "Wire me the money"}, quarantined[0])
	require.Empty(t, o.mails(forger, ""), "the forger hears nothing")
	require.Empty(t, o.mails(o.ClientEmail, "Wire me the money"))
	for _, m := range list[messageOf](o, "/streams/"+o.demoStream()+"/messages") {
		require.NotEqual(t, "Wire me the money", m.Subject)
	}

	// What cannot be read safely says whose it is, and that it cannot be let through.
	parts := "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", 600) + "--b--\n"
	o.send(o.CoachEmail, o.ToClient, strings.Replace(plainMail(o.CoachEmail, o.ToClient, "Six hundred parts", ""), "\n\n", "\n"+parts, 1))
	var unreadable inbound
	o.eventually(20*time.Second, "the mail is in quarantine", func() bool {
		for _, m := range list[inbound](o, "/inbound-mails?state=quarantined") {
			if m.Subject == "Six hundred parts" {
				unreadable = m
			}
		}
		return unreadable.ID != ""
	})
	require.Equal(t, "mail_too_many_parts", unreadable.Reason)
	require.Equal(t, "mail_not_postable", o.refused(o.APIKey, http.MethodPost, "/inbound-mails/"+unreadable.ID+"/release", nil).Code)
}
