package workflows_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/inbox"
	"coachflow/mail/compose"
	"coachflow/mail/receive"
)

const results = "Authentication-Results"

func TestR22_AForgedSenderNeverPosts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*world, *draft) *draft
		reason string
	}{
		{"DMARC failed", func(_ *world, d *draft) *draft {
			return d.set(results, "mx.coachflow.test; dmarc=fail header.from=acme.test")
		}, "dmarc_failed"},
		{"DMARC failed, but SPF passed", func(_ *world, d *draft) *draft {
			return d.set(results, "mx.coachflow.test; dmarc=fail header.from=acme.test; spf=pass smtp.mailfrom=clara@acme.test")
		}, "dmarc_failed"},
		{"no results", func(_ *world, d *draft) *draft { return d.without(results) }, "no_results"},
		{"results of another server", func(_ *world, d *draft) *draft {
			return d.set(results, "mx.evil.test; dmarc=pass header.from=acme.test")
		}, "no_results"},
		{"nothing passed", func(_ *world, d *draft) *draft {
			return d.set(results, "mx.coachflow.test; dmarc=none header.from=acme.test; spf=softfail")
		}, "not_authenticated"},
		{"SPF of another domain", func(_ *world, d *draft) *draft {
			return d.set(results, "mx.coachflow.test; dmarc=none header.from=acme.test; spf=pass smtp.mailfrom=eve@evil.test")
		}, "not_authenticated"},
		{"a stranger's own address", func(_ *world, d *draft) *draft {
			return d.set("From", "Clara Schumann <clara@evil.test>").set(results, "mx.coachflow.test; dmarc=pass header.from=evil.test")
		}, "sender_unknown"},
		{"the client writes as the coach", func(_ *world, d *draft) *draft {
			return d.set("From", ben).set(results, "mx.coachflow.test; dmarc=pass header.from=client.test")
		}, "sender_unknown"},
		{"two authors", func(_ *world, d *draft) *draft { return d.set("From", clara+", eve@evil.test") }, "author_unclear"},
		{"two From fields", func(_ *world, d *draft) *draft {
			d.fields = append(d.fields, [2]string{"From", "eve@evil.test"})
			return d
		}, "author_unclear"},
		{"an address that was replaced", func(w *world, d *draft) *draft {
			old, _ := w.addresses()
			_, err := w.app.RegenerateSystemAddress(w.Context(), w.admin, old.ID)
			require.NoError(w, err)
			return d
		}, "address_retired"},
	}
	w := newWorld(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w.mails.clear()
			w.later += 2 * time.Hour // each is told of, since they come far apart
			in, state := w.receives(test.change(w, w.mail("Believe me", "Please pay.")).bytes())
			require.Equal(t, "quarantined "+test.reason, state)
			require.Empty(t, w.messages())
			require.Len(t, w.mails.all(), 1, "the expected author is told, and nobody else")
			require.Equal(t, clara, w.mails.all()[0].To.Addr)
			require.NotContains(t, w.mails.all()[0].Text, "Please pay")
			require.Equal(t, state, w.reads(in))
			require.Len(t, w.mails.all(), 1, "and once")
		})
	}
}

// Nobody can flood a person through an address that was made to receive mail.
func TestR20_TheExpectedAuthorIsToldOnceAnHour(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 5 {
		_, state := w.receives(w.mail("Spam", "spam").without(results).bytes())
		require.Equal(t, "quarantined no_results", state)
	}
	require.Len(t, w.mails.all(), 1)
	w.later = 2 * time.Hour
	w.receives(w.mail("Spam", "spam").without(results).bytes())
	require.Len(t, w.mails.all(), 2)
}

// TestR28_AForgedMailHidesNoWordAboutTheAuthorsOwn: the limit on what strangers cause
// swallows nothing that the author has to hear of. What is the author's own is told once
// an hour for each reason.
func TestR28_AForgedMailHidesNoWordAboutTheAuthorsOwn(t *testing.T) {
	t.Parallel()
	own := map[string]func(w *world) (state string){
		"address_retired": func(w *world) string {
			d := w.mail("To the old address", "It is me.")
			old, _ := w.addresses()
			_, err := w.app.RegenerateSystemAddress(w.Context(), w.admin, old.ID)
			require.NoError(w, err)
			_, state := w.receives(d.bytes())
			return state
		},
		"message_id_reused": func(w *world) string {
			w.receives(w.mail("First", "first").set("Message-ID", "<same@acme.test>").bytes())
			_, state := w.receives(w.mail("Second", "second").set("Message-ID", "<same@acme.test>").bytes())
			return state
		},
		"answers_like_a_machine": func(w *world) string {
			_, _, state := w.loop(time.Now().UTC(), responders["in a thread, varying words"])
			return state
		},
		"mail_encrypted": func(w *world) string {
			_, state := w.receives(w.mail("Secret", "-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA5Vw\r\n=abcd\r\n-----END PGP MESSAGE-----").bytes())
			return state
		},
	}
	for reason, happens := range own {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.receives(w.mail("Forged", "forged").without(results).bytes())
			w.receives(w.answers(true, w.newest(clara), "forged@client.test").set("To", w.toCoach()).without(results).bytes())
			told := func() int {
				return w.count("SELECT count(*) FROM notifications WHERE kind = 'inbound_mail_quarantined' AND state = 'sent' AND reason LIKE '%' || $1", reason)
			}
			require.Equal(t, "quarantined "+reason, happens(w))
			require.Equal(t, 1, told())
			if reason == "message_id_reused" {
				require.Equal(t, "quarantined "+reason, happens(w))
				require.Equal(t, 1, told(), "for one reason once an hour")
			}
		})
	}
}

func (w *world) toCoach() string {
	_, toCoach := w.addresses()
	return toCoach.Address
}

func TestR20_RobotsNeitherPostNorGetAnAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, robot := range robots {
		w.mails.clear()
		in, state := w.receives(robot.change(w.mail("Out of office", "I am away.")).bytes())
		require.Equal(t, "ignored "+robot.reason, state, name)
		require.Equal(t, state, w.reads(in), name)
		require.Empty(t, w.messages(), name)
		require.Empty(t, w.mails.all(), name)
	}
}

// robots are mails of machines, with the reason why each is ignored. Of some an admin may
// know better.
var robots = map[string]struct {
	change     func(*draft) *draft
	reason     string
	releasable bool
}{
	"vacation": {func(d *draft) *draft { return d.set("Auto-Submitted", "auto-replied") }, receive.AutomaticReply, true},
	"a forged robot": {func(d *draft) *draft {
		return d.set("Auto-Submitted", "auto-replied").set(results, "mx.coachflow.test; dmarc=fail header.from=acme.test")
	}, receive.AutomaticReply, true},
	"mailing list": {func(d *draft) *draft { return d.set("List-Id", "<news.acme.test>") }, receive.AutomaticList, true},
	"two signs of bulk": {func(d *draft) *draft {
		return d.set("Precedence", "bulk").set("List-Unsubscribe", "<mailto:u@acme.test>")
	}, receive.AutomaticList, true},
	"a service that sends": {func(d *draft) *draft {
		return d.set("Return-Path", "<bounces+1@s.test>").set("List-Unsubscribe", "<mailto:u@s.test>")
	}, "looks_like_a_bounce", true},
	"bounce": {func(d *draft) *draft {
		return d.set("Return-Path", "<>").multipart("report; report-type=delivery-status", "Content-Type: text/plain\r\n\r\nno such user", "Content-Type: message/delivery-status\r\n\r\nAction: failed")
	}, receive.AutomaticBounce, false},
	"our own mail come back": {func(d *draft) *draft { return d.set("X-Coachflow-Notification", "k") }, receive.AutomaticOwn, false},
	"our own address":        {func(d *draft) *draft { return d.set("From", "no-reply@mail.coachflow.test") }, receive.AutomaticOwn, false},
}

// R28: what is ignored can be seen with its reason, and let through by an admin, once;
// what would go round in circles cannot, and says why. R20: what is let through goes on
// with the marks of a machine's mail, so that no machine answers it.
func TestR28_AnAdminLetsThroughWhatWasIgnored(t *testing.T) {
	t.Parallel()
	for name, robot := range robots {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			in, state := w.receives(robot.change(w.mail("Out of office", "I am away.")).bytes())
			seen, err := w.app.FindInboundMails(t.Context(), w.admin, app.InboundMailFilter{State: "ignored"})
			require.NoError(t, err)
			require.Len(t, seen.Items, 1)
			require.Equal(t, robot.reason, seen.Items[0].Reason)
			require.Equal(t, robot.releasable, seen.Items[0].Releasable)
			require.Equal(t, robot.releasable, seen.Items[0].NotReleasable == "")
			if !robot.releasable {
				require.Equal(t, "mail_not_postable", w.releaseRefused(in))
				require.Equal(t, state, w.reads(in))
				require.Empty(t, w.messages())
				return
			}
			require.Equal(t, "posted", w.releases(in))
			require.Equal(t, "posted", w.releases(in), "pressed twice")
			require.Equal(t, "posted", w.reads(in))
			require.Len(t, w.messages(), 1)
			require.Len(t, w.mails.all(), 1)
			raw, err := compose.BuildMIME(w.newest(ben))
			require.NoError(t, err)
			require.Contains(t, string(raw), "Auto-Submitted: auto-generated")
			require.Contains(t, string(raw), compose.NotificationHeader)
			require.Equal(t, "mail_not_quarantined", w.discardRefused(in), "it is decided")
		})
	}
}

// releases lets a mail through as an admin does, while the engine is away, and posts it.
func (w *world) releases(in inbox.Inbound) string {
	w.Helper()
	_, err := w.app.ReleaseInboundMail(w.Context(), w.admin, in.ID)
	require.NoError(w, err)
	return w.reads(in)
}

func (w *world) releaseRefused(in inbox.Inbound) (code string) {
	w.Helper()
	_, err := w.app.ReleaseInboundMail(w.Context(), w.admin, in.ID)
	return w.code(err)
}

func (w *world) discardRefused(in inbox.Inbound) (code string) {
	w.Helper()
	_, err := w.app.DiscardInboundMail(w.Context(), w.admin, in.ID)
	return w.code(err)
}

func (w *world) code(err error) string {
	w.Helper()
	problem, is := coaching.AsProblem(err)
	require.True(w, is, "%v", err)
	return problem.Code
}

// R20: what mail of people can have, too, does not make their mail a machine's; it
// still proves nothing about who sent it.
func TestR20_ASignOfBulkInAPersonsMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bulk := func() *draft { return w.mail("Hello", "I wrote this.").set("Precedence", "bulk") }
	_, state := w.receives(bulk().bytes())
	require.Equal(t, "posted", state)
	_, state = w.receives(bulk().set("From", "CLARA@Acme.test").bytes())
	require.Equal(t, "posted", state, "the same mailbox")
	in, state := w.receives(bulk().without(results).bytes())
	require.Equal(t, "quarantined no_results", state, "seen, and not lost")
	require.Equal(t, "posted", w.releases(in))
	_, state = w.receives(bulk().set("From", "news@shop.test").bytes())
	require.Equal(t, "ignored "+receive.AutomaticList, state, "of a stranger it is believed")
	_, state = w.receives(bulk().set("List-Unsubscribe", "<mailto:u@acme.test>").bytes())
	require.Equal(t, "ignored "+receive.AutomaticList, state, "two signs are")
	require.Len(t, w.messages(), 3)
}

// Encrypted mail never becomes an empty message: its author is told how to send it.
func TestInbound_EncryptedMailIsPutAside(t *testing.T) {
	t.Parallel()
	armor := "-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA5Vw\r\n=abcd\r\n-----END PGP MESSAGE-----"
	w := newWorld(t)
	for name, d := range map[string]*draft{
		"PGP/MIME": w.mail("Secret", "").multipart("encrypted", "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1", "Content-Type: application/octet-stream\r\n\r\n"+armor),
		"PGP":      w.mail("Secret", armor),
		"S/MIME":   w.mail("Secret", "MIAGCSqGSIb3DQEHA6CAMIACAQAxgg==").set("Content-Type", "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m").set("Content-Transfer-Encoding", "base64"),
	} {
		w.mails.clear()
		w.later += 2 * time.Hour
		in, state := w.receives(d.bytes())
		require.Equal(t, "quarantined mail_encrypted", state, name)
		require.Len(t, w.mails.all(), 1)
		require.Equal(t, clara, w.mails.all()[0].To.Addr)
		require.Contains(t, w.mails.all()[0].Text, "Send it again without encryption")
		require.NotContains(t, w.mails.all()[0].Text, "ask an admin")
		require.Equal(t, "mail_not_postable", w.releaseRefused(in), "letting it through would open nothing")
		require.Equal(t, state, w.reads(in))
		require.Empty(t, w.messages())
	}
	_, state := w.receives(w.mail("Secret", armor).without(results).bytes())
	require.Equal(t, "quarantined no_results", state, "who sent it comes first")
}

// R26: a domain outside of ASCII is one mailbox in both of its spellings.
func TestR26_TheSenderIsKnownInEverySpelling(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.client = w.person("Jürgen Buch", "coachee", "Jurgen@Bücher.test")
	require.Equal(t, []string{"jurgen@xn--bcher-kva.test"}, w.client.Emails)
	_, toCoach := w.addresses()
	for _, from := range []string{"jurgen@xn--bcher-kva.test", "Jurgen@XN--BCHER-KVA.test"} {
		_, state := w.receives(w.mail("Hello", "From "+from).set("From", from).set("To", toCoach.Address).
			set(results, "mx.coachflow.test; dmarc=pass header.from=xn--bcher-kva.test").bytes())
		require.Equal(t, "posted", state, from)
	}
}

// Whatever cannot be read is kept with its bytes, and its author is told.
func TestInbound_WhatCannotBeReadIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	deep := w.mail("Deep", "").set("Content-Type", "multipart/mixed; boundary=edge0")
	for i := range 40 {
		deep.body += fmt.Sprintf("--edge%d\r\nContent-Type: multipart/mixed; boundary=edge%d\r\n\r\n", i, i+1)
	}
	in, state := w.receives(deep.bytes())
	require.Equal(t, "quarantined", strings.Fields(state)[0])
	require.Equal(t, string(deep.bytes()), w.raw(in))
	require.Len(t, w.mails.to(clara), 1)
	require.Equal(t, "mail_not_postable", w.releaseRefused(in), "letting it through does not make it readable")
	_, err := w.app.DiscardInboundMail(t.Context(), w.admin, in.ID)
	require.NoError(t, err)
	require.Equal(t, "discarded", strings.Fields(w.mailState(in.ID))[0])
	require.Equal(t, "mail_not_quarantined", w.releaseRefused(in))
}

// raw is a mail as it is downloaded.
func (w *world) raw(in inbox.Inbound) string {
	w.Helper()
	mail, err := w.app.RawInboundMail(w.Context(), w.admin, in.ID)
	require.NoError(w, err)
	data, err := io.ReadAll(mail)
	require.NoError(w, errors.Join(err, mail.Close()))
	require.EqualValues(w, len(data), mail.Size)
	return string(data)
}
