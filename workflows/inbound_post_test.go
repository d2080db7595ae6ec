package workflows_test

import (
	"encoding/base64"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/mail/compose"
)

var (
	png = append([]byte("\x89PNG\r\n\x1a\n"), strings.Repeat("pixel", 40)...)
	pdf = []byte("%PDF-1.7\n" + strings.Repeat("page ", 300))
)

func encoded(header string, data []byte) string {
	return header + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString(data)
}

func TestR23_ImagesAndFilesArriveOnceEach(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	related := "Content-Type: multipart/related; boundary=related-edge\r\n\r\n" + joined("related",
		"Content-Type: text/html; charset=utf-8\r\n\r\n<p>See <b>this</b>: <img src=\"cid:picture@acme\"></p><script>alert(1)</script>",
		encoded("Content-Type: image/png; name=picture.png\r\nContent-ID: <picture@acme>\r\nContent-Disposition: inline; filename=picture.png", png))
	raw := w.mail("Plan for Tuesday", "").multipart("mixed", related, encoded("Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"plan.pdf\"", pdf)).bytes()
	_, state := w.receives(raw)
	require.Equal(t, "posted", state)

	messages := w.messages()
	require.Len(t, messages, 1)
	m := messages[0]
	require.Equal(t, "Plan for Tuesday", m.Subject)
	require.Equal(t, w.coach.ID, m.AuthorID)
	require.Contains(t, m.HTML, "cid:picture@acme")
	require.NotContains(t, m.HTML, "script")
	require.Len(t, m.Files, 2)
	for _, f := range m.Files {
		_, data, err := w.app.ReadFile(t.Context(), w.admin, f.ID)
		require.NoError(t, err)
		require.Equal(t, f.Name == "picture.png", f.Inline)
		require.Equal(t, map[string][]byte{"picture.png": png, "plan.pdf": pdf}[f.Name], data)
	}
	files, err := w.app.ListFiles(t.Context(), w.admin, w.client.ID, app.Paging{})
	require.NoError(t, err)
	require.Len(t, files.Items, 1, "an inline image is no file of the client's")

	require.Len(t, w.mails.all(), 1)
	onward := w.mails.all()[0]
	_, wayBack := w.addresses()
	require.Equal(t, ben, onward.To.Addr)
	require.Equal(t, wayBack.Address, onward.ReplyTo.Addr)
	require.Equal(t, "Clara Schumann via Acme Coaching", onward.From.Name)
	require.Equal(t, "no-reply@mail.coachflow.test", onward.From.Addr)
	require.Len(t, onward.Inline, 1)
	require.Equal(t, png, onward.Inline[0].Data)
	require.Contains(t, onward.HTML, "cid:"+onward.Inline[0].ContentID)
	require.Empty(t, onward.Attachments, "files arrive as links")
	link, err := w.app.OpenLink(tokenIn(t, onward.Text))
	require.NoError(t, err)
	require.Equal(t, coaching.FileLink, link.Purpose)
	file, err := w.app.ViewFile(t.Context(), link)
	require.NoError(t, err)
	require.Equal(t, "plan.pdf", file.Name)
	require.Equal(t, pdf, file.Data)
}

func tokenIn(t *testing.T, text string) string {
	t.Helper()
	found := regexp.MustCompile(`/l/([A-Za-z0-9_-]+)`).FindStringSubmatch(text)
	require.NotNil(t, found, text)
	return found[1]
}

// Of an answer with a quote only the new text goes on; its image is shown below.
func TestR23_AnImageOutsideOfTheText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	text := "Content-Type: text/plain; charset=utf-8\r\n\r\nLook\r\n\r\nOn Sun, 22 Nov 2026 at 10:00, Ben wrote:\r\n> Show me"
	html := "Content-Type: text/html; charset=utf-8\r\n\r\n<p>Look <img src=\"cid:photo@acme\"></p><blockquote>Show me</blockquote>"
	both := "Content-Type: multipart/alternative; boundary=alternative-edge\r\n\r\n" + joined("alternative", text, html)
	raw := w.mail("Photo", "").multipart("related", both, encoded("Content-Type: image/png; name=photo.png\r\nContent-ID: <photo@acme>", png)).bytes()
	w.receives(raw)
	onward := w.mails.all()[0]
	require.Empty(t, w.messages()[0].HTML)
	require.Len(t, onward.Inline, 1)
	require.Equal(t, 1, strings.Count(onward.HTML, "cid:"+onward.Inline[0].ContentID))
	require.Len(t, w.messages()[0].Files, 1)
}

func TestInbound_TheClientAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	toClient, toCoach := w.addresses()
	raw := w.mail("Re: Plan", "Fine with me.\r\n\r\nOn Sun, 22 Nov 2026 at 10:00, Clara Schumann wrote:\r\n> Tuesday?").set("To", toCoach.Address).set("From", ben).
		set("Authentication-Results", "mx.coachflow.test; dmarc=pass header.from=client.test").bytes()
	_, state := w.receives(raw)
	require.Equal(t, "posted", state)
	m := w.messages()[0]
	require.Equal(t, "Fine with me.", m.Text)
	require.Contains(t, m.Quoted, "> Tuesday?", "folded away, not lost")
	require.Equal(t, w.client.ID, m.AuthorID)
	onward := w.mails.all()[0]
	require.Equal(t, clara, onward.To.Addr)
	require.Equal(t, toClient.Address, onward.ReplyTo.Addr)
}

// A crash or an outage between any two steps repeats harmlessly.
func TestR21_ReadingAgainPostsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := w.stores(w.letter("Hello", "once"))
	w.mails.refuse(func(compose.Outgoing) error { return errors.New("no route to host") })
	_, err := w.activities.ReceiveMail(t.Context(), in)
	require.Error(t, err)
	require.Len(t, w.messages(), 1, "it is posted before the provider has taken the mail")
	w.mails.refuse(nil)
	require.Equal(t, "posted", w.reads(in))
	require.Equal(t, "posted", w.reads(in))
	require.Len(t, w.messages(), 1)
	require.Len(t, w.mails.all(), 1)
	for _, tries := range w.mails.tries {
		require.Len(t, tries, 2, "refused once, taken once, then not tried again")
		require.Equal(t, tries[0], tries[1])
	}
}

func TestR21_ARedeliveredMailIsOneMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	raw := w.letter("Hello", "once")
	arrived := w.arrives(raw)
	first, err := w.domain.Inbox.Store(t.Context(), arrived)
	require.NoError(t, err)
	again, err := w.domain.Inbox.Store(t.Context(), arrived)
	require.NoError(t, err)
	require.Equal(t, first, again, "the same place in the mailbox is the same mail")
	require.Equal(t, "posted", w.reads(first[0]))
	_, state := w.receives(raw)
	require.Equal(t, "duplicate posted_before", state, "delivered twice")
	_, state = w.receives([]byte("Received: from elsewhere\r\n" + string(raw)))
	require.Equal(t, "duplicate posted_before", state, "by another way")
	require.Len(t, w.messages(), 1)
	require.Len(t, w.mails.all(), 1)
}

// Whoever knows the Message-ID of a mail to come cannot suppress it.
func TestR21_AStrangerWithTheSameMessageIDComesFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	raw := w.mail("Hello", "the real one").set("Message-ID", "<known@acme.test>").bytes()
	stranger := w.mail("Hello", "the other one").set("Message-ID", "<known@acme.test>").set("From", "eve@evil.test").
		set("Authentication-Results", "mx.coachflow.test; dmarc=pass header.from=evil.test").bytes()
	strange, state := w.receives(stranger)
	require.Equal(t, "quarantined sender_unknown", state)
	_, state = w.receives(raw)
	require.Equal(t, "posted", state)
	require.Equal(t, "the real one", w.messages()[0].Text)

	require.Equal(t, "quarantined message_id_reused", w.releases(strange), "released by mistake, it does not stand in for the real one")
	aside, err := w.app.GetInboundMail(t.Context(), w.admin, strange.ID)
	require.NoError(t, err)
	require.Nil(t, aside.ReleasedAt, "it can be decided about anew")
	require.True(t, aside.Releasable)
	require.Len(t, w.messages(), 1)
}

func TestInbound_AMessageIDUsedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.receives(w.mail("One", "first").set("Message-ID", "<same@acme.test>").bytes())
	second, state := w.receives(w.mail("Two", "second").set("Message-ID", "<same@acme.test>").bytes())
	require.Equal(t, "quarantined message_id_reused", state)
	require.Len(t, w.messages(), 1)
	require.Equal(t, "posted", w.releases(second))
	require.Equal(t, "posted", w.releases(second), "and once only")
	require.Len(t, w.messages(), 2)
	require.Len(t, w.mails.to(ben), 2)
	m, err := w.app.GetInboundMail(t.Context(), w.admin, second.ID)
	require.NoError(t, err)
	require.NotNil(t, m.ReleasedAt)
}

func TestInbound_TwoSystemAddressesInOneMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.person("Nina Simone", "coachee", "nina@client.test")
	_, err := w.app.OpenStream(t.Context(), w.admin, app.StreamInput{CoachID: w.coach.ID, ClientID: other.ID})
	require.NoError(t, err)
	page, err := w.app.ListSystemAddresses(t.Context(), w.admin, nil, app.Paging{})
	require.NoError(t, err)
	var both []string
	for _, a := range page.Items {
		if a.Direction == "to_client" {
			both = append(both, a.Address)
		}
	}
	toClient, _ := w.addresses()
	both = append(both, toClient.Address)
	mails, err := w.domain.Inbox.Store(t.Context(), w.arrives(w.mail("Both", "to you two").set("To", strings.Join(both, ", ")).bytes()))
	require.NoError(t, err)
	require.Len(t, mails, 2)
	for _, in := range mails {
		in.At = w.coach.CreatedAt
		require.Equal(t, "posted", w.reads(in))
	}
	require.Len(t, w.mails.to(ben), 1)
	require.Len(t, w.mails.to("nina@client.test"), 1)
	require.Len(t, w.messages(), 1)
}

// A mail to nobody is stored, and belongs to nobody.
func TestInbound_AnAddressThatNobodyHas(t *testing.T) {
	t.Parallel()
	for reason, address := range map[string]string{"unknown_address": strings.Repeat("a", 24) + "@in.coachflow.test", "no_address": "somebody@elsewhere.test"} {
		w := newWorld(t)
		arrived := w.arrives(w.reply("stranger@elsewhere.test").set("To", address).bytes())
		mails, err := w.domain.Inbox.Store(t.Context(), arrived)
		require.NoError(t, err)
		require.Empty(t, mails)
		mails, err = w.domain.Inbox.Store(t.Context(), arrived)
		require.NoError(t, err)
		require.Empty(t, mails)
		require.Equal(t, 1, w.count("SELECT count(*) FROM mailbox_mails WHERE unrouted = $1", reason))
		require.Empty(t, w.mails.all())
	}
}

// A reply quotes the link of the mail that it answers; the link belongs to who
// got it, not to who reads the reply.
func TestInbound_LinksInRepliesAreBlotted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ref := coaching.LinkRef{Purpose: coaching.FileLink, Org: w.admin.Org, ID: uuid.New()}
	url := w.domain.Outbox.BaseURL + "/l/" + w.domain.Outbox.Links.Sign(ref)
	tests := map[string]*draft{
		"in the text":      w.mail("One", "Does "+url+" work for you?"),
		"in the quote":     w.mail("Two", "Thanks.\r\n\r\nOn Sunday Ben wrote:\r\n> see "+url),
		"in the HTML":      w.mail("Three", `<p><a href="`+url+`">here</a> or `+url+`</p>`).set("Content-Type", "text/html; charset=utf-8"),
		"quoted-printable": w.mail("Four", strings.ReplaceAll(url, "/l/", "/l/=\r\n")).set("Content-Transfer-Encoding", "quoted-printable"),
	}
	for name, d := range tests {
		_, state := w.receives(d.bytes())
		require.Equal(t, "posted", state, name)
	}
	token := w.domain.Outbox.Links.Sign(ref)
	for _, m := range w.messages() {
		require.NotContains(t, m.Text+m.Quoted+m.HTML, token[:40], m.Subject)
	}
	for _, m := range w.mails.all() {
		require.NotContains(t, m.Text+m.HTML, token[:40], m.Subject)
	}
	require.Len(t, w.mails.all(), len(tests))
}
