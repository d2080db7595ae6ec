package workflows_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
)

const (
	attached  = "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=v3-final.pdf"
	signature = "Content-Type: image/png\r\nContent-ID: <logo>\r\nContent-Disposition: inline"
	withLogo  = "Content-Type: text/html; charset=utf-8\r\n\r\n<p>Best, Clara</p><img src=\"cid:logo\">"
)

// shares is a mail of the coach that shares a file under a name.
func (w *world) shares(subject string, parts ...string) *draft {
	w.Helper()
	return w.mail(subject, "").multipart("mixed", append([]string{"Content-Type: text/plain\r\n\r\nBest, Clara"}, parts...)...)
}

func (w *world) files() []app.File {
	w.Helper()
	list, err := w.app.ListFiles(w.Context(), w.admin, w.client.ID, app.Paging{})
	require.NoError(w, err)
	return list.Items
}

func TestShare_OneFileUnderItsName(t *testing.T) {
	t.Parallel()
	for name, parts := range map[string][]string{
		"plain": {encoded(attached, []byte("%PDF-1.7"))},
		"with a picture in the signature": {"Content-Type: multipart/related; boundary=related-edge\r\n\r\n" + joined("related", withLogo, encoded(signature, png)),
			encoded(attached, []byte("%PDF-1.7"))},
	} {
		w := newWorld(t)
		raw := w.shares("File: Plan for May", parts...).bytes()
		in, state := w.receives(raw)
		require.Equal(t, "filed", state, name)
		require.Empty(t, w.messages(), "no message is posted")
		files := w.files()
		require.Len(t, files, 1, name)
		require.Equal(t, "Plan for May", files[0].Name)
		require.Equal(t, "application/pdf", files[0].ContentType)
		_, data, err := w.app.ReadFile(t.Context(), w.admin, files[0].ID)
		require.NoError(t, err)
		require.Equal(t, "%PDF-1.7", string(data))

		require.Len(t, w.mails.all(), 1, "the other side is told, once")
		told := w.mails.all()[0]
		require.Equal(t, ben, told.To.Addr)
		require.Equal(t, "Clara Schumann shared a file: Plan for May", told.Subject)
		require.Contains(t, told.Text, "http://coachflow.test/l/")
		require.Contains(t, told.Text, "\n\nBest, Clara\n", "R25: with the author's words")
		require.Contains(t, files[0].Note, "Best, Clara")
		_, back := w.addresses()
		require.Equal(t, back.Address, told.ReplyTo.Addr)
		link, err := w.app.ViewFile(t.Context(), (&invited{world: w}).link(ben))
		require.NoError(t, err)
		require.Equal(t, "%PDF-1.7", string(link.Data))

		require.Equal(t, "filed", w.reads(in), "a repeat changes nothing")
		_, state = w.receives(raw)
		require.Equal(t, "duplicate posted_before", state, "R21: a redelivered mail is one file")
		require.Len(t, w.files(), 1)
		require.Len(t, w.mails.all(), 1)
	}
}

// The signature of a signed mail is nothing that anybody attached; a file that is
// called so is.
func TestShare_SignedMails(t *testing.T) {
	t.Parallel()
	content := "Content-Type: multipart/mixed; boundary=mixed-edge\r\n\r\n" + joined("mixed", "Content-Type: text/plain\r\n\r\nBest", encoded(attached, []byte("%PDF-1.7")))
	smime := encoded("Content-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Disposition: attachment; filename=smime.p7s", []byte("signature"))
	pgp := "Content-Type: application/pgp-signature; name=signature.asc\r\n\r\n-----BEGIN PGP SIGNATURE-----"
	for name, signature := range map[string]string{"S/MIME": smime, "OpenPGP": pgp} {
		w := newWorld(t)
		_, state := w.receives(w.mail("File: Plan", "").multipart("signed", content, signature).bytes())
		require.Equal(t, "filed", state, name)
		require.Equal(t, "application/pdf", w.files()[0].ContentType)
		_, state = w.receives(w.mail("Plan", "").multipart("signed", content, signature).bytes())
		require.Equal(t, "posted", state, name)
		require.Len(t, w.messages()[0].Files, 1, "the PDF, and not its signature")
	}
	w := newWorld(t)
	_, state := w.receives(w.shares("The signature of our contract", smime).bytes())
	require.Equal(t, "posted", state)
	require.Len(t, w.messages()[0].Files, 1, "what was attached is not lost")
	sealed := "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m"
	_, state = w.receives(w.mail("File: Plan", "").multipart("mixed", "Content-Type: text/plain\r\n\r\nBest", sealed+"\r\n\r\nx").bytes())
	require.Equal(t, "posted share_opaque", state)
	_, state = w.receives(w.mail("File: Plan", "x").set("Content-Type", strings.TrimPrefix(sealed, "Content-Type: ")).bytes())
	require.Equal(t, "quarantined mail_unreadable", state, "no message without a word")
}

// Who may see a file that came without a message: its two sides, and admins.
func TestShare_IsSeenByItsTwoSides(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.receives(w.shares("File: Plan", encoded(attached, []byte("%PDF-1.7"))).bytes())
	file := w.files()[0].ID
	other := w.active(w.person("Olga Other", "coach", "olga@acme.test"))
	_, err := w.app.OpenStream(t.Context(), w.admin, app.StreamInput{CoachID: other.Person, ClientID: w.client.ID})
	require.NoError(t, err)
	for _, who := range []app.Principal{w.active(w.coach), w.active(w.client)} {
		_, _, err := w.app.ReadFile(t.Context(), who, file)
		require.NoError(t, err)
		list, err := w.app.ListFiles(t.Context(), who, w.client.ID, app.Paging{})
		require.NoError(t, err)
		require.Len(t, list.Items, 1)
	}
	_, _, err = w.app.ReadFile(t.Context(), other, file)
	requireProblem(t, err, "file_not_found")
	list, err := w.app.ListFiles(t.Context(), other, w.client.ID, app.Paging{})
	require.NoError(t, err)
	require.Empty(t, list.Items, "another coach of the same client")
	shown, err := w.app.GetFile(t.Context(), w.admin, file)
	require.NoError(t, err)
	require.Len(t, shown.Views, 1, "the client's view counts, the uploader's does not")
}

func TestShare_OtherwiseItIsAMessageAndTheSenderIsToldWhy(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, subject, reason, says string }{
		{"no file", "File: Plan", "share_without_file", "no file was attached"},
		{"two files", "File: Plan", "share_of_many", "more than one file"},
		{"no name", "File:", "share_without_name", "names no file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			var parts []string
			for range map[string]int{"no file": 0, "two files": 2, "no name": 1}[test.name] {
				parts = append(parts, encoded(attached, []byte("%PDF-1.7")))
			}
			in, state := w.receives(w.shares(test.subject, parts...).bytes())
			require.Equal(t, "posted "+test.reason, state)
			require.Len(t, w.messages(), 1)
			require.Len(t, w.mails.to(ben), 1, "it goes on as any message")
			require.Len(t, w.mails.to(clara), 1)
			require.Contains(t, w.mails.to(clara)[0].Text, test.says)
			w.reads(in)
			require.Len(t, w.mails.all(), 2, "each once")
		})
	}
	w := newWorld(t)
	for _, subject := range []string{"Re: File: Plan", "My files: see below"} {
		_, state := w.receives(w.shares(subject, encoded(attached, []byte("%PDF-1.7"))).bytes())
		require.Equal(t, "posted", state)
	}
	require.Empty(t, w.mails.to(clara), "nothing was asked for that did not happen")
}

func TestR22_AForgedMailSharesNoFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	raw := strings.Replace(string(w.shares("File: Invoice", encoded(attached, []byte("%PDF-1.7"))).bytes()), "dmarc=pass", "dmarc=fail", 1)
	in, state := w.receives([]byte(raw))
	require.Equal(t, "quarantined dmarc_failed", state)
	require.Empty(t, w.files())
	require.Equal(t, "filed", w.releases(in), "once somebody has looked at it")
	require.Equal(t, "filed", w.reads(in))
	require.Len(t, w.files(), 1)
	require.Len(t, w.mails.to(ben), 1)
}

// The same Message-ID over another file is another file, and is not lost.
func TestR21_AReusedMessageIDSharesBoth(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.shares("File: Plan", encoded(attached, []byte("%PDF-1.7"))).set("Message-ID", "<same@acme.test>")
	second := w.shares("File: Plan", encoded(attached, []byte("%PDF-1.7 other"))).set("Message-ID", "<same@acme.test>")
	for _, m := range []*draft{first, second} {
		_, state := w.receives(m.bytes())
		require.Equal(t, "filed", state)
	}
	require.Len(t, w.files(), 2)
	require.Len(t, w.mails.to(ben), 2)
}

// TestR25_TheWordsOfAMailThatSharesAFile reach the other side: in the letter, on the page
// and by the API, with all of them where they are many, and in their direction.
func TestR25_TheWordsOfAMailThatSharesAFile(t *testing.T) {
	t.Parallel()
	plan := encoded(attached, []byte("%PDF-1.7"))
	shares := func(w *world, text string) *draft {
		return w.mail("File: Plan", "").multipart("mixed", "Content-Type: text/plain; charset=utf-8\r\n\r\n"+text, plan)
	}
	t.Run("of a reply", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		_, state := w.receives(shares(w, "Page 3 is <b>yours</b>.\r\n\r\n-- \r\nClara\r\n\r\n> Where is the plan?").set("In-Reply-To", "<a@example.org>").bytes())
		require.Equal(t, "filed", state)
		file := w.files()[0]
		require.Equal(t, "Page 3 is <b>yours</b>.", file.Note)
		require.Equal(t, "-- \nClara\n\n> Where is the plan?", file.NoteQuoted)
		told := w.mails.to(ben)[0]
		require.Contains(t, told.Text, "Page 3 is <b>yours</b>.\n\n-- \nClara\n\n> Where is the plan?", "what is folded goes on")
		require.Contains(t, told.HTML, "Page 3 is &lt;b&gt;yours&lt;/b&gt;.")
		require.Empty(t, w.messages())
	})
	t.Run("from right to left", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.receives(shares(w, "הצעד הראשון הוא שלך").bytes())
		require.Contains(t, w.mails.to(ben)[0].HTML, `<div dir="rtl">הצעד הראשון הוא שלך</div>`)
	})
	t.Run("none", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.receives(shares(w, " \r\n").bytes())
		require.Empty(t, w.files()[0].Note)
		require.Regexp(t, `\*?Plan\*? \(8 bytes\)\n\nOpen the file: http`, w.mails.to(ben)[0].Text)
	})
	t.Run("long", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		long := strings.Repeat("All of it is needed.\n", 20_000)
		w.receives(shares(w, long).bytes())
		require.Equal(t, strings.TrimSpace(long), w.files()[0].Note)
		require.Contains(t, w.mails.to(ben)[0].Text, "all of it is in the stream")
		_, state := w.receives(shares(w, strings.Repeat(long, 4)).bytes())
		require.Equal(t, "posted share_of_many", state, "a text that long is a file, too")
		require.Len(t, w.messages()[0].Files, 2)
	})
	t.Run("in an organization's own letter", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		_, err := w.app.SetNotificationTemplate(t.Context(), w.admin, "file_shared", coaching.LetterSpec{Subject: "A file", Body: "Here: {{link}}"})
		require.NoError(t, err)
		w.receives(shares(w, "Page 3 is yours.").bytes())
		require.Contains(t, w.mails.to(ben)[0].Text, "Page 3 is yours.")
	})
}
