package workflows_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"coachflow/inbox"
	"coachflow/mail/receive"
	"coachflow/workflows"
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

func TestR20_RobotsNeitherPostNorGetAnAnswer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*draft) *draft
		reason string
	}{
		{"vacation", func(d *draft) *draft { return d.set("Auto-Submitted", "auto-replied") }, receive.AutomaticReply},
		{"bounce", func(d *draft) *draft {
			return d.set("Return-Path", "<>").multipart("report; report-type=delivery-status", "Content-Type: text/plain\r\n\r\nno such user", "Content-Type: message/delivery-status\r\n\r\nAction: failed")
		}, receive.AutomaticBounce},
		{"mailing list", func(d *draft) *draft { return d.set("List-Id", "<news.acme.test>") }, receive.AutomaticList},
		{"our own mail come back", func(d *draft) *draft { return d.set("X-Coachflow-Notification", "k") }, receive.AutomaticOwn},
		{"our own address", func(d *draft) *draft { return d.set("From", "no-reply@mail.coachflow.test") }, receive.AutomaticOwn},
		{"a forged robot", func(d *draft) *draft {
			return d.set("Auto-Submitted", "auto-replied").set(results, "mx.coachflow.test; dmarc=fail header.from=acme.test")
		}, receive.AutomaticReply},
	}
	w := newWorld(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in, state := w.receives(test.change(w.mail("Out of office", "I am away.")).bytes())
			require.Equal(t, "ignored "+test.reason, state)
			in.Released = true
			require.Equal(t, state, w.reads(in), "a release changes nothing")
			require.Empty(t, w.messages())
			require.Empty(t, w.mails.all())
		})
	}
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
	in.Released, in.Actor = true, &w.admin.Person
	require.Equal(t, "posted", w.reads(in))
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
		in.Released, in.Actor = true, &w.admin.Person
		require.Equal(t, state, w.reads(in), "letting it through opens nothing")
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
	raw, err := w.app.RawInboundMail(t.Context(), w.admin, in.ID)
	require.NoError(t, err)
	require.Equal(t, deep.bytes(), raw)
	require.Len(t, w.mails.to(clara), 1)
	in.Released, in.Actor = true, &w.admin.Person
	require.Equal(t, "quarantined", strings.Fields(w.reads(in))[0], "letting it through does not make it readable")
	_, err = w.activities.DiscardMail(t.Context(), in)
	require.NoError(t, err)
	require.Equal(t, "discarded", strings.Fields(w.mailState(in.ID))[0])
}

func TestInbound_AMailThatIsTooLarge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	arrived := w.arrives(w.letter("Large", "only its header was fetched"))
	arrived.TooLarge, arrived.Size = true, 40<<20
	mails, err := w.domain.Inbox.Store(t.Context(), arrived)
	require.NoError(t, err)
	mails[0].At = time.Now()
	require.Equal(t, "quarantined mail_too_large", w.reads(mails[0]))
	require.Empty(t, w.messages())
	require.Contains(t, w.mails.to(clara)[0].Text, "larger than 30 MB")
}

// quarantine is the workflow of a quarantined mail in controlled time.
func (w *world) quarantine(t *testing.T) (*testsuite.TestWorkflowEnvironment, inbox.Inbound) {
	t.Helper()
	in := w.stores(w.mail("Forged", "Release me.").without(results).bytes())
	env := w.environment(time.Now())
	env.RegisterWorkflow(workflows.InboundMail)
	return env, in
}

func decide(t *testing.T, env *testsuite.TestWorkflowEnvironment, w *world, name, refusal string) {
	t.Helper()
	done := func(err error) {
		var refused *temporal.ApplicationError
		if refusal == "" {
			require.NoError(t, err)
			return
		}
		require.ErrorAs(t, err, &refused)
		require.Equal(t, refusal, refused.Type())
	}
	env.UpdateWorkflow(name, name, &testsuite.TestUpdateCallback{OnAccept: func() {}, OnReject: done, OnComplete: func(_ any, err error) { done(err) }},
		workflows.InboundMailDecision{Actor: &w.admin.Person})
}

func TestInboundMail_TheQuarantineEnds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		act   string
		after time.Duration // when it ends
		state string
		posts int
	}{
		{"released", workflows.ReleaseUpdate, 5 * day, "posted", 1},
		{"discarded", workflows.DiscardUpdate, 5 * day, "discarded no_results", 0},
		{"forgotten", "", 90 * day, "quarantined no_results", 0},
	}
	w := newWorld(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w.mails.clear()
			before := len(w.messages())
			env, in := w.quarantine(t)
			start := env.Now()
			if test.act != "" {
				env.RegisterDelayedCallback(func() { decide(t, env, w, test.act, "") }, 5*day)
			}
			env.ExecuteWorkflow(workflows.InboundMail, workflows.InboundMailInput{Org: in.Org, ID: in.ID})
			require.NoError(t, env.GetWorkflowError())
			require.Equal(t, short(test.after), short(env.Now().Sub(start)))
			require.Equal(t, test.state, w.mailState(in.ID))
			require.Len(t, w.messages(), before+test.posts)
			require.Len(t, w.mails.to(ben), test.posts)
			decided := w.count("SELECT count(*) FROM inbound_mails WHERE id = $1 AND released_by = $2", in.ID, w.admin.Person)
			require.Equal(t, test.act != "", decided == 1, "who decided is written down")
		})
	}
}

// Two people decide at once: one does, the other is told.
func TestInboundMail_ADecisionIsMadeOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	env, in := w.quarantine(t)
	env.RegisterDelayedCallback(func() {
		decide(t, env, w, workflows.ReleaseUpdate, "")
		decide(t, env, w, workflows.DiscardUpdate, "mail_not_quarantined")
	}, day)
	env.ExecuteWorkflow(workflows.InboundMail, workflows.InboundMailInput{Org: in.Org, ID: in.ID})
	require.NoError(t, env.GetWorkflowError())
	require.Equal(t, "posted", w.mailState(in.ID))
	require.Len(t, w.mails.to(ben), 1)
}

// What was good needs nobody, and ends at once.
func TestInboundMail_APostedMailEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := w.stores(w.letter("Hello", "fine"))
	env := w.environment(time.Now())
	env.RegisterWorkflow(workflows.InboundMail)
	env.ExecuteWorkflow(workflows.InboundMail, workflows.InboundMailInput{Org: in.Org, ID: in.ID})
	var verdict inbox.Verdict
	require.NoError(t, env.GetWorkflowResult(&verdict))
	require.Equal(t, inbox.Verdict{State: "posted"}, verdict)
}
