package receive

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestR20_Automatic(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, header, reason string
	}{
		{"human", "From: ann@example.com", ""},
		{"human from Outlook", "From: ann@example.com\r\nX-Auto-Response-Suppress: All", ""},
		{"auto-submitted no", "From: a@b.com\r\nAuto-Submitted: no", ""},
		{"auto-submitted No with comment", "Auto-Submitted: No (by hand)", ""},
		{"auto-replied", "Auto-Submitted: auto-replied; owner-email=\"a@b\"", AutomaticReply},
		{"auto-generated, odd case", "auto-submitted:AUTO-GENERATED", AutomaticReply},
		{"empty auto-submitted", "Auto-Submitted:", AutomaticReply},
		{"a second one says yes", "Auto-Submitted: no\r\nAuto-Submitted: auto-replied", AutomaticReply},
		{"x-autoreply", "X-Autoreply: yes", AutomaticReply},
		{"x-autorespond", "X-Autorespond: Out of office", AutomaticReply},
		{"precedence auto_reply", "Precedence: auto_reply", AutomaticReply},
		{"vacation with null sender is a reply", "Return-Path: <>\r\nAuto-Submitted: auto-replied", AutomaticReply},
		{"exchange out of office", "Return-Path: <>\r\nX-Auto-Response-Suppress: All", AutomaticReply},
		{"icloud vacation", "X-Apple-Action: VACATION", AutomaticReply},
		{"bulk", "Precedence: bulk", AutomaticList},
		{"junk", "Precedence: Junk", AutomaticList},
		{"first-class", "Precedence: first-class", ""},
		{"list id", "List-Id: <a.b.c>", AutomaticList},
		{"list unsubscribe", "List-Unsubscribe: <mailto:x@y>", AutomaticList},
		{"list post", "List-Post: NO", AutomaticList},
		{"null sender", "Return-Path: <>\r\nFrom: a@b.com", AutomaticBounce},
		{"normal sender", "Return-Path: <a@b.com>\r\nFrom: a@b.com", ""},
		{"failed recipients", "X-Failed-Recipients: a@b.com", AutomaticBounce},
		{"daemon", "From: MAILER-DAEMON@mx.example.com (Mail Delivery System)", AutomaticBounce},
		{"daemon without a domain", "From: <MAILER-DAEMON>", AutomaticBounce},
		{"daemon by name alone", "From: \"\" (Mail Delivery System)", AutomaticBounce},
		{"postmaster", "From: Postmaster <postmaster@example.com>", AutomaticBounce},
		{"a person with an unlucky address", "From: postmasterson@example.com", ""},
		{"report", "Content-Type: multipart/report; report-type=delivery-status; boundary=x", AutomaticBounce},
		{"report with broken parameters", "Content-Type: multipart/report; ;=\"", AutomaticBounce},
		{"our header", "X-Coachflow-Notification: n1", AutomaticOwn},
		{"a colleague at our own domain", "From: ann@notify.coachflow.test\r\nMessage-ID: <n1@notify.coachflow.test>", ""},
		{"our from", "From: Coachflow <no-reply@Notify.Coachflow.Test>", AutomaticOwn},
		{"a sister domain is not ours", "From: ann@coachflow.test", ""},
		{"an answer to ours", "From: ann@x.com\r\nIn-Reply-To: <n1@notify.coachflow.test>", ""},
		{"folded", "Auto-Submitted:\r\n auto-generated", AutomaticReply},
		{"marks in the body do not count", "From: a@b.com\r\n\r\nAuto-Submitted: auto-replied", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			reason, yes := Automatic([]byte(tt.header+"\r\n\r\nbody"), "no-reply@notify.coachflow.test")
			require.Equal(t, tt.reason, reason)
			require.Equal(t, tt.reason != "", yes)
		})
	}
}

func TestR20_DeliveryStatusPart(t *testing.T) {
	t.Parallel()
	report := []string{"Content-Type: message/delivery-status", "", "Status: 5.1.1"}
	bounce := append([]string{"From: x@y.com", "Content-Type: multipart/mixed; boundary=b", "", "--b"}, append(report, "--b--")...)
	reason, yes := Automatic(crlfMail(bounce...), "")
	require.True(t, yes)
	require.Equal(t, AutomaticBounce, reason)

	attached := crlfMail("From: x@y.com", "Content-Type: multipart/mixed; boundary=o", "", "--o",
		"Content-Type: message/rfc822", "", strings.Join(bounce, "\r\n"), "--o--")
	_, yes = Automatic(attached, "")
	require.False(t, yes, "a person who forwards a bounce is a person")
}

func TestR20_AutomaticOnCorpus(t *testing.T) {
	t.Parallel()
	var bounces, replies []string
	for _, c := range corpusCases(t) {
		var want struct {
			Bounce    *bool `json:"bounce"`
			AutoReply *bool `json:"auto_reply"`
		}
		c.decode(t, &want)
		switch {
		case want.Bounce != nil && *want.Bounce:
			bounces = append(bounces, c.File)
		case want.AutoReply != nil && *want.AutoReply:
			replies = append(replies, c.File)
		}
	}
	for _, dsn := range corpusMails(t, "enmime/dsn") {
		if dsn != "enmime/dsn/multi_recipient_dsn.raw" { // it has an expectation
			bounces = append(bounces, dsn)
		}
	}
	found := 0
	for _, file := range bounces {
		reason, yes := Automatic(corpusFile(t, file), "no-reply@coachflow.test")
		if yes && reason == AutomaticBounce {
			found++
		} else {
			t.Logf("bounce not found: %s (%q)", file, reason)
		}
	}
	t.Logf("bounces found: %d of %d", found, len(bounces))
	require.GreaterOrEqual(t, float64(found)/float64(len(bounces)), 0.97)
	for _, file := range replies {
		reason, yes := Automatic(corpusFile(t, file), "no-reply@coachflow.test")
		require.True(t, yes, file)
		if strings.Contains(file, "rfc3834") {
			require.Equal(t, AutomaticReply, reason, file)
		}
	}
}

func TestR20_HumansAreNotAutomatic(t *testing.T) {
	t.Parallel()
	machines := map[string]bool{
		"chatwoot/emails/auto_reply.eml": true, "chatwoot/emails/auto_reply_with_auto_submitted.eml": true,
		"chatwoot/emails/non_utf_encoded_mail.eml": true, // says Auto-Submitted and X-Autoreply of itself
		"chatwoot/emails/bounced_gmail.eml":        true, "chatwoot/emails/bounced_with_no_from.eml": true,
	}
	for _, file := range append(corpusMails(t, "talon"), corpusMails(t, "chatwoot")...) {
		reason, yes := Automatic(corpusFile(t, file), "no-reply@coachflow.test")
		require.Equal(t, machines[file], yes, "%s: %s", file, reason)
	}
}
