package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestSettings_RepliesAndPace(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	values := url.Values{"name": {"New"}, "time_zone": {"UTC"}, "undo_seconds": {"0"}, "reply_address": {"office@acme.example"}, "onward_per_hour": {"12"}}
	require.Contains(t, v.follow("/settings", values).body, "The settings are saved.")
	page := v.get("/settings")
	require.Contains(t, page.body, `value="office@acme.example"`)
	require.Contains(t, page.body, `value="12"`)
	wrong := func(field, value, words string) {
		t.Helper()
		values := url.Values{"name": {"New"}, "time_zone": {"UTC"}, "undo_seconds": {"0"}, field: {value}}
		page := v.post("/settings", values)
		require.Equal(t, http.StatusUnprocessableEntity, page.status)
		require.Contains(t, page.body, words)
		require.Contains(t, page.body, `value="`+value+`"`)
	}
	wrong("reply_address", "office", "is not an email address")
	wrong("reply_address", "x@"+w.app.Inbox.Domain, "is an address of this system")
	wrong("onward_per_hour", "many", "a whole number of messages")
	wrong("onward_per_hour", "0", "Between 1 and 100000")
}

// R28: a reply that nobody reads is listed with its reason, and can be looked at; no
// button offers to post it.
func TestR28_RepliesThatNobodyReadsAreListed(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	id, box := uuid.New(), uuid.New()
	w.exec("INSERT INTO mailbox_mails (id, mailbox, uidvalidity, uid, size, raw_key, received_at) VALUES ($1, 'box', 9, 9, 1, 'raw', now())", box)
	w.exec(`INSERT INTO inbound_mails (org_id, id, mailbox_mail_id, raw_key, state, reason, from_address, subject, received_at)
		VALUES ($1, $2, $3, 'raw', 'ignored', 'answered_once', 'paul@peer.example', 'Re: A form', now())`, w.ours.admin.Org, id, box)
	list := v.get("/quarantine?state=ignored")
	require.Contains(t, list.body, "Re: A form")
	require.Contains(t, list.body, "Its sender was told so, and what to do.")
	page := v.get("/quarantine/" + id.String())
	require.Equal(t, http.StatusOK, page.status)
	require.Contains(t, page.body, "The address that nobody reads.")
	require.Contains(t, page.body, "paul@peer.example")
	require.NotContains(t, page.body, "/release")
	require.Equal(t, http.StatusNotFound, w.login(w.theirs.admin).get("/quarantine/"+id.String()).status)
}

// R26: the page of a person whose mailbox is somebody else's, too, says so, and the block
// can be cleared in the spelling in which it stands.
func TestR26_ThePageSaysThatAMailboxIsDouble(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	w.exec("UPDATE person_addresses SET address = 'hanna@bücher.example' WHERE person_id = $1", w.ours.coach.Person)
	w.exec("INSERT INTO blocked_addresses VALUES ($1, 'hanna@bücher.example', 'it is the mailbox of another person, too', now())", w.ours.admin.Org)
	path := "/people/" + w.ours.coach.Person.String()
	require.Contains(t, v.get(path).body, "No mail goes to hanna@bücher.example: it is the mailbox of another person, too.")
	require.Contains(t, v.follow("/blocked-addresses/clear", url.Values{"address": {"hanna@bücher.example"}}).body, "again.")
	require.NotContains(t, v.get(path).body, "No mail goes to")
}
