package workflows_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/mail/compose"
	"coachflow/mail/deliver"
	"coachflow/outbox"
	"coachflow/program"
)

// reply is a mail of somebody to the unread address, as a mail program answers a letter.
func (w *world) reply(from string) *draft {
	w.Helper()
	domain := from[strings.LastIndexByte(from, '@')+1:]
	return w.mail("Re: A form to fill out", "The link does not work.").set("From", from).set("To", w.domain.Outbox.UnreadAddress(w.admin.Org)).
		set(results, "mx.coachflow.test; dmarc=pass header.from="+domain).set("Message-ID", "<"+uuid.NewString()+"@"+domain+">")
}

// setReplies sets where replies to letters go.
func (w *world) setReplies(address string) {
	w.Helper()
	_, err := w.app.UpdateOrganization(w.Context(), w.admin, app.OrganizationInput{Name: "Acme Coaching", TimeZone: "Europe/Berlin", ReplyAddress: &address})
	require.NoError(w, err)
}

func TestUnread_TheFirstReplyOfADayIsAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at := time.Now().UTC().Truncate(time.Second)
	d := w.reply("paul@peer.test").set("References", "<one@mail.coachflow.test>")
	in, state := w.receivesAt(at, d)
	require.Equal(t, "ignored answered_once", state)
	require.Len(t, w.mails.all(), 1)
	answer := w.newest("paul@peer.test")
	require.Equal(t, "auto-replied", answer.ExtraHeaders()["Auto-Submitted"])
	sent := string(d.bytes())
	id := sent[strings.Index(sent, "Message-ID: ")+12:]
	id = id[:strings.Index(id, "\r\n")]
	require.Equal(t, id, answer.Headers["In-Reply-To"])
	require.Contains(t, answer.Headers["References"], "<one@mail.coachflow.test> "+id)
	require.Contains(t, answer.Text, "Write to the person at Acme Coaching whom you know")
	require.Contains(t, answer.Text, "http://coachflow.test/login")

	w.reads(in) // again, as after a crash
	_, state = w.receivesAt(at.Add(time.Hour), w.reply("Paul@Peer.test"))
	require.Equal(t, "ignored answered_before", state)
	require.Len(t, w.mails.all(), 1, "once in 24 hours")
	_, state = w.receivesAt(at.Add(25*time.Hour), w.reply("paul@peer.test"))
	require.Equal(t, "ignored answered_once", state)
	require.Len(t, w.mails.all(), 2)
}

// Who is known is told at which address their coach reads; who is not learns nothing.
func TestUnread_TheAnswerSaysWhomToWriteTo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, toCoach := w.addresses()
	w.receives(w.reply(ben).bytes())
	require.Contains(t, w.newest(ben).Text, "Hello Ben Okri,")
	require.Contains(t, w.newest(ben).Text, "To write to Clara Schumann, send your mail to "+toCoach.Address+".")
	w.setReplies("office@acme.test")
	w.receives(w.reply("stranger@peer.test").bytes())
	told := w.newest("stranger@peer.test")
	require.Contains(t, told.Text, "To write to Acme Coaching, send your mail to office@acme.test.")
	for _, known := range []string{"Clara", "Ben", toCoach.Address} {
		require.NotContains(t, told.Text, known)
	}
}

// R20, R22, R28: machines, strangers' forgeries and bounces get no answer; each is kept,
// and listed with its reason.
func TestR20_TheUnreadAddressAnswersNoMachine(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	check := func(want string, change func(*draft)) {
		t.Helper()
		d := w.reply("paul@peer.test")
		change(d)
		in, state := w.receives(d.bytes())
		require.Equal(t, "ignored "+want, state)
		mail, err := w.app.RawInboundMail(t.Context(), w.admin, in.ID)
		require.NoError(t, err)
		raw, err := io.ReadAll(mail)
		require.NoError(t, err)
		require.NoError(t, mail.Close())
		require.Equal(t, d.bytes(), raw)
	}
	check("auto_reply", func(d *draft) { d.set("Auto-Submitted", "auto-replied") })
	check("auto_reply", func(d *draft) { d.set("Subject", "Automatic reply: A form to fill out") })
	check("mailing_list", func(d *draft) { d.set("List-Id", "<all.peer.test>") })
	check("mailing_list", func(d *draft) { d.set("Precedence", "bulk") })
	check("bounce", func(d *draft) { d.set("Return-Path", "<>") })
	check("bounce", func(d *draft) { d.set("From", "MAILER-DAEMON@peer.test") })
	check("bounce", func(d *draft) {
		d.multipart("mixed", "Content-Type: text/plain\r\n\r\nIt did not arrive.", "Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; x@y.test\r\nAction: failed")
	})
	check("own_mail", func(d *draft) { d.set(compose.NotificationHeader, "form_request/x") })
	check("own_mail", func(d *draft) {
		d.set("From", "x@in.coachflow.test").set(results, "mx.coachflow.test; dmarc=pass header.from=in.coachflow.test")
	})
	check("author_unclear", func(d *draft) { d.set("From", "paul@peer.test, mary@peer.test") })
	check("dmarc_failed", func(d *draft) { d.set(results, "mx.coachflow.test; dmarc=fail header.from=peer.test") })
	check("not_authenticated", func(d *draft) { d.set(results, "mx.coachflow.test; spf=pass smtp.mailfrom=evil.test") })
	check("no_results", func(d *draft) { d.without(results) })
	require.Empty(t, w.mails.all())

	page, err := w.app.FindInboundMails(t.Context(), w.admin, app.InboundMailFilter{State: "ignored"})
	require.NoError(t, err)
	require.Len(t, page.Items, 13)
	for _, m := range page.Items {
		require.NotEmpty(t, m.Reason)
		require.NotEmpty(t, m.From)
		require.Nil(t, m.SystemAddressID)
	}
}

// R20: a machine that does not say so, and writes from another address each time, is
// told by its hurry; and nothing answers the answer to an answer.
func TestR20_TheUnreadAddressIsInNoLoop(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at := time.Now().UTC().Truncate(time.Second)
	states := map[string]int{}
	for n := range 20 {
		_, state := w.receivesAt(at.Add(time.Duration(n)*5*time.Second), w.reply(fmt.Sprintf("ticket+%d@desk.test", n)))
		states[state]++
	}
	require.Equal(t, map[string]int{"ignored answered_once": 4, "ignored answers_like_a_machine": 16}, states)
	_, state := w.receivesAt(at.Add(3*time.Minute), w.reply("mary@peer.test"))
	require.Equal(t, "ignored answered_once", state, "others are told")

	answer := w.newest("mary@peer.test")
	_, state = w.receivesAt(at.Add(48*time.Hour), w.reply("mary@peer.test").set("In-Reply-To", "<"+answer.MessageID+">").
		set("References", answer.Headers["References"]+" <"+answer.MessageID+">"))
	require.Equal(t, "ignored answers_an_answer", state)
}

// People whom the organization knows are answered, however many write at once.
func TestUnread_ManyPeopleAtOnceAreAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n := range 8 {
		address := fmt.Sprintf("coachee%d@client.test", n)
		w.person("Coachee", "coachee", address)
		_, state := w.receives(w.reply(address).bytes())
		require.Equal(t, "ignored answered_once", state)
	}
}

func TestUnread_AnAddressThatBouncedGetsNoAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec("INSERT INTO blocked_addresses VALUES ($1, 'paul@peer.test', 'it bounced', now())", w.admin.Org)
	_, state := w.receives(w.reply("paul@peer.test").bytes())
	require.Equal(t, "ignored answered_once", state)
	require.Empty(t, w.mails.all())
	var why string
	w.ask("SELECT state || ': ' || state_reason FROM notifications WHERE kind = 'unread_answer'", &why)
	require.Contains(t, why, "suppressed: mail to the address is stopped")
}

// An answer that could not leave is the same mail when it is tried again.
func TestR15_TheAnswerIsTriedAgainAsItWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mails.refuse(func(compose.Outgoing) error { return &deliver.SendError{Code: "away"} })
	in := w.stores(w.reply("paul@peer.test").bytes())
	_, err := w.activities.ReceiveMail(t.Context(), in)
	require.Error(t, err)
	w.mails.refuse(nil)
	w.setReplies("office@acme.test")
	w.exec("UPDATE notifications SET claimed_until = NULL")
	require.Equal(t, "ignored answered_once", w.reads(in))
	for _, tries := range w.mails.tries {
		require.Len(t, tries, 2)
		require.Equal(t, tries[0].Text, tries[1].Text)
		require.Equal(t, tries[0].ReplyTo, tries[1].ReplyTo)
		require.Equal(t, tries[0].ExtraHeaders(), tries[1].ExtraHeaders())
	}
}

// A mail to the address of no organization is kept as a mail to nobody.
func TestUnread_OfNoOrganization(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, to := range []string{w.domain.Outbox.UnreadAddress(uuid.New()), "reply-@in.coachflow.test", "reply-zz@in.coachflow.test", "reply@in.coachflow.test"} {
		mails, err := w.domain.Inbox.Store(t.Context(), w.arrives(w.reply("paul@peer.test").set("To", to).bytes()))
		require.NoError(t, err)
		require.Empty(t, mails, to)
	}
	require.Equal(t, 4, w.count("SELECT count(*) FROM mailbox_mails WHERE unrouted = 'unknown_address'"))
}

// Somebody known who mistypes an address is told where to write, and the admins see the
// mail. Strangers, forgers and calendars that answer are told nothing.
func TestR28_AMistypedAddressIsToldToWhoWroteIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.addresses()
	mistyped := strings.Repeat("a", 24) + "@in.coachflow.test"
	nobodys := func(d *draft) {
		t.Helper()
		mails, err := w.domain.Inbox.Store(t.Context(), w.arrives(d.set("To", mistyped).bytes()))
		require.NoError(t, err)
		require.Empty(t, mails)
	}
	nobodys(w.reply("stranger@elsewhere.test"))
	nobodys(w.reply(ben).set(results, "mx.coachflow.test; dmarc=fail header.from=client.test"))
	nobodys(w.reply(ben).set("Auto-Submitted", "auto-replied"))
	mistyped = coaching.SessionAddress + mistyped
	nobodys(w.reply(ben))
	require.Empty(t, w.mails.all())

	mistyped = strings.TrimPrefix(mistyped, coaching.SessionAddress)
	in := w.stores(w.reply(ben).set("To", mistyped).bytes())
	require.Equal(t, "ignored answered_once", w.reads(in))
	require.Equal(t, "ignored answered_once", w.reads(in), "read again it is the same")
	require.Len(t, w.mails.to(ben), 1)
	require.Contains(t, w.mails.to(ben)[0].Text, "send your mail to")
	list, err := w.app.FindInboundMails(t.Context(), w.admin, app.InboundMailFilter{State: "ignored"})
	require.NoError(t, err)
	require.Len(t, list.Items, 1)
	require.Equal(t, ben, list.Items[0].From)
	require.Equal(t, "ignored answered_before", w.reads(w.stores(w.reply(ben).set("To", mistyped).bytes())))
	require.Len(t, w.mails.to(ben), 1, "once a day")
}

// A mail to both a system address and the unread one does both; taken out of the mailbox
// twice it is stored once.
func TestUnread_BesideASystemAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	to, _ := w.addresses()
	arrived := w.arrives(w.mail("Hello", "Hello Ben").set("To", to.Address+", "+w.domain.Outbox.UnreadAddress(w.admin.Org)).bytes())
	for range 2 {
		mails, err := w.domain.Inbox.Store(t.Context(), arrived)
		require.NoError(t, err)
		require.Len(t, mails, 2)
	}
	require.Equal(t, 2, w.count("SELECT count(*) FROM inbound_mails"))
}

// A reply to a letter reaches somebody: the coachee's goes to the coach, everybody
// else's to the organization or to where it is answered.
func TestReplyTo_OfEveryLetter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	unread := w.domain.Outbox.UnreadAddress(w.admin.Org)
	issue := func() {
		t.Helper()
		w.mails.clear()
		e := w.engagement(w.formItem("Goals", to(coaching.RecipientSpec{Role: "coachee"}, coaching.RecipientSpec{Role: "coach"}, coaching.RecipientSpec{Email: "paul@peer.test"})))
		present, err := w.app.GetProgram(t.Context(), w.admin, e.ID)
		require.NoError(t, err)
		_, err = w.activities.TakeStep(t.Context(), program.CommandContext{Org: w.admin.Org, Engagement: e.ID, Item: present.Items[0].ID, At: e.StartedAt.Add(time.Second), Key: "issue"})
		require.NoError(t, err)
	}
	goes := func(address string) string { return w.newest(address).ReplyTo.Addr }

	issue()
	require.Equal(t, []string{unread, unread, unread}, []string{goes(ben), goes(clara), goes("paul@peer.test")}, "the pair has no addresses")
	_, toCoach := w.addresses()
	w.setReplies("office@acme.test")
	issue()
	require.Equal(t, []string{toCoach.Address, "office@acme.test", "office@acme.test"}, []string{goes(ben), goes(clara), goes("paul@peer.test")})
	require.Equal(t, "Clara Schumann", w.newest(ben).ReplyTo.Name)
	require.Equal(t, "Acme Coaching", w.newest("paul@peer.test").ReplyTo.Name)

	// The address is the one in use when the mail leaves, and the reply arrives.
	replaced, err := w.app.RegenerateSystemAddress(t.Context(), w.admin, toCoach.ID)
	require.NoError(t, err)
	issue()
	require.Equal(t, replaced.Address, goes(ben))
	d := w.answers(true, w.newest(ben), uuid.NewString()+"@client.test").set("To", goes(ben))
	_, state := w.receives(d.bytes())
	require.Equal(t, "posted", state)
	require.NotEmpty(t, w.mails.to(clara))

	var shown string
	w.ask("SELECT reply_to FROM notifications WHERE kind = 'form_request' AND person_id = $1 ORDER BY id DESC LIMIT 1", &shown, w.client.ID)
	require.Equal(t, replaced.Address, shown, "kept as it was sent")
}

// Without an inbound domain nothing comes back, so no letter asks for it.
func TestReplyTo_WithoutAnInboundDomain(t *testing.T) {
	t.Parallel()
	o := &outbox.Outbox{}
	require.Empty(t, o.UnreadAddress(uuid.New()))
	require.Zero(t, o.ReplyTo(uuid.New(), "Acme", ""))
	require.Equal(t, compose.Recipient{Name: "Acme", Addr: "office@acme.test"}, o.ReplyTo(uuid.New(), "Acme", "office@acme.test"))
	for _, letter := range outbox.Letters() {
		require.NotRegexp(t, `(?i)\breply\b`, letter.Subject+letter.Body, letter.Kind)
	}
}
