package main

import (
	"net/http"
	netmail "net/mail"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestReplies_AReplyToALetterIsAnswered replies to a letter that belongs to no
// conversation, by mail, and reads what comes back.
func TestReplies_AReplyToALetterIsAnswered(t *testing.T) {
	_, o := shared(t)
	asked, err := o.do(http.MethodPost, o.Web+"/password", strings.NewReader(url.Values{"email": {o.CoachEmail}}.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, asked.Status)
	told := o.waitMail(o.CoachEmail, "Choose a new password")
	to, err := netmail.ParseAddress(told.header("Reply-To"))
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(to.Address, "reply-") && strings.HasSuffix(to.Address, "@"+o.InboundDomain), to.Address)

	o.send(o.CoachEmail, to.Address, plainMail(o.CoachEmail, to.Address, "What is this", "I wrote none."))
	answer := o.waitMail(o.CoachEmail, "Nobody reads your mail to")
	require.Equal(t, "auto-replied", answer.header("Auto-Submitted"))
	require.NotEmpty(t, answer.header("In-Reply-To"))
	require.Contains(t, answer.Text, o.Web+"/login")
	type inbound struct {
		Subject string `json:"subject"`
		Reason  string `json:"reason"`
	}
	o.eventually(30*time.Second, "the reply among the ignored mails", func() bool {
		for _, m := range list[inbound](o, "/inbound-mails?state=ignored") {
			if m.Subject == "What is this" && m.Reason == "answered_once" {
				return true
			}
		}
		return false
	})
}
