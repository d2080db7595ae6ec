package web

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
)

// received makes a mail to a system address of ours that was put aside or ignored.
func (w *world) received(state, reason string, size int64) uuid.UUID {
	w.t.Helper()
	box, id := uuid.New(), uuid.New()
	s, err := w.app.OpenStream(w.t.Context(), w.ours.admin, app.StreamInput{CoachID: w.ours.coach.Person, ClientID: w.ours.coachee.Person})
	require.NoError(w.t, err)
	w.exec("INSERT INTO mailbox_mails (id, mailbox, uidvalidity, uid, size, raw_key, received_at) SELECT $1, 'm', 1, count(*), $2, 'raw', now() FROM mailbox_mails", box, size)
	w.exec(`INSERT INTO inbound_mails (org_id, id, mailbox_mail_id, system_address_id, raw_key, too_large, state, reason, from_address, subject, received_at)
		SELECT org_id, $1, $2, id, 'raw', $5 = 'mail_too_large', $4, $5, 'clara@example.com', 'Mail of ' || $4, now() FROM system_addresses WHERE stream_id = $3 LIMIT 1`, id, box, s.ID, state, reason)
	require.NoError(w.t, w.app.Inbox.Blobs.Put(w.t.Context(), "raw", bytes.Repeat([]byte("0123456789"), 300_000)))
	return id
}

// R28: each mail that was put aside or ignored is seen with its reason, with the buttons
// that can work and no others, and where there is none, with what is left to do.
func TestR28_MailsAsideSayWhatCanBeDone(t *testing.T) {
	w := newWorld(t)
	admin := w.login(w.ours.admin)
	for _, test := range []struct {
		state, reason    string
		size             int64
		release, discard bool
		says             []string
	}{
		{"quarantined", "dmarc_failed", 9, true, true, []string{"DMARC", "Let it through only if you know", "Download the mail as it came"}},
		{"quarantined", "answers_like_a_machine", 9, true, true, []string{"as from a machine"}},
		{"quarantined", "mail_large", 60 << 20, false, true, []string{"It is kept whole.", "62.9 MB", "Download it, and pass on by hand"}},
		{"quarantined", "mail_too_large", 200 << 20, false, true, []string{"the folder TooLarge of the mailbox", "Download its header"}},
		{"quarantined", "mail_encrypted", 9, false, true, []string{"encrypted", "It cannot become a message."}},
		{"ignored", "auto_reply", 9, true, false, []string{"automatic reply", "Let it through only if you know"}},
		{"ignored", "auto_reply", 60 << 20, false, false, []string{"automatic reply", "It is larger than 30 MB."}},
		{"ignored", "mailing_list", 9, true, false, []string{"mailing list"}},
		{"ignored", "looks_like_a_bounce", 9, true, false, []string{"A person&#39;s mail can look so, too"}},
		{"ignored", "bounce", 9, false, false, []string{"Such a report is never passed on"}},
		{"ignored", "own_mail", 9, false, false, []string{"round in circles"}},
		{"posted", "", 9, false, false, nil},
	} {
		id := w.received(test.state, test.reason, test.size)
		page := admin.get("/quarantine/" + id.String())
		require.Equal(t, test.release, strings.Contains(page.body, "/release"), test.reason)
		require.Equal(t, test.discard, strings.Contains(page.body, "/discard"), test.reason)
		for _, words := range test.says {
			require.Contains(t, page.body, words, test.reason)
		}
		list := admin.get("/quarantine?state=" + test.state)
		require.Contains(t, list.body, id.String())
	}
	require.Contains(t, admin.get("/quarantine?state=ignored").body, "Let through what a person wrote")
	require.NotContains(t, admin.get("/quarantine").body, "Mail of ignored")
}

// What the page says after the button is what holds, also where it is pressed twice, and
// where the engine has not posted the mail yet.
func TestQuarantine_LetThrough(t *testing.T) {
	w := newWorld(t)
	admin := w.login(w.ours.admin)
	id := w.received("ignored", "auto_reply", 9).String()
	for range 2 {
		page := admin.follow("/quarantine/"+id+"/release", url.Values{})
		require.Equal(t, http.StatusOK, page.status)
		require.Contains(t, page.body, "The mail is let through. It is posted in a moment.")
		require.Contains(t, page.body, "being posted")
		require.NotContains(t, page.body, "/release")
	}
	w.exec("UPDATE inbound_mails SET state = 'posted', reason = '' WHERE id = $1", id)
	require.Contains(t, admin.follow("/quarantine/"+id+"/release", url.Values{}).body, "The mail is let through, and posted.")

	id = w.received("quarantined", "no_results", 9).String()
	require.Contains(t, admin.follow("/quarantine/"+id+"/discard", url.Values{}).body, "put aside for good")
	require.Contains(t, admin.follow("/quarantine/"+id+"/release", url.Values{}).body, "The mail is discarded.")
	id = w.received("quarantined", "mail_large", 60<<20).String()
	require.Contains(t, admin.follow("/quarantine/"+id+"/release", url.Values{}).body, "The mail cannot be let through.")
}

func TestQuarantine_TheWholeMailIsDownloaded(t *testing.T) {
	w := newWorld(t)
	id := w.received("quarantined", "mail_large", 60<<20)
	raw := w.login(w.ours.admin).get("/quarantine/" + id.String() + "/raw")
	require.Equal(t, "3000000", raw.header.Get("Content-Length"))
	require.Contains(t, raw.header.Get("Content-Disposition"), "attachment")
	require.Contains(t, raw.header.Get("Content-Security-Policy"), "sandbox")
	require.Len(t, raw.body, 3_000_000)
	stored, err := w.app.Inbox.Blobs.Get(context.Background(), "raw")
	require.NoError(t, err)
	require.True(t, string(stored) == raw.body)
}
