package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/outbox"
)

func TestLetters_AreCheckedBeforeTheyAreSaved(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	path := "/settings/letters/form_request"
	for _, letter := range []string{"form_request", "form_reminder", "form_escalation", "stream_message", "inbound_mail_quarantined"} {
		page := v.get("/settings/letters/" + letter)
		require.Equal(t, http.StatusOK, page.status, letter)
		require.Contains(t, page.body, "How it reads", letter)
	}
	page := v.post(path, url.Values{"action": {"save"}, "subject": {"{{form}}"}, "body": {"Dear {{nobody}}"}})
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Contains(t, page.body, "Dear {{nobody}}")
	page = v.post(path, url.Values{"action": {"preview"}, "subject": {"{{form}}"}, "body": {"Dear {{name}}, {{link}}"}})
	require.Contains(t, page.body, "Dear Amara Okafor")
	require.Contains(t, v.follow(path, url.Values{"action": {"save"}, "subject": {"{{form}}"}, "body": {"Dear {{name}}, {{link}}"}}).body, "The letter is saved")
	require.Contains(t, v.follow(path+"/reset", url.Values{}).body, "default one again")
	require.Equal(t, http.StatusNotFound, v.get("/settings/letters/nonsense").status)
}

func TestLetters_AreAllListed(t *testing.T) {
	w := newWorld(t)
	page := w.login(w.ours.admin).get("/settings/letters")
	for _, letter := range outbox.Letters() {
		for _, shown := range []string{`href="/settings/letters/` + string(letter.Kind) + `"`, letter.Label, letter.When, letter.To, letter.Subject} {
			require.Contains(t, page.body, shown, letter.Kind)
		}
	}
	require.Equal(t, len(outbox.Letters()), strings.Count(page.body, `href="/settings/letters/`), "each has its link, and nothing else is listed")
	require.Contains(t, page.body, "Held for people without an account")
}

func TestGateWords_SayWhatIsStopped(t *testing.T) {
	t.Parallel()
	const bare = " Not sent to email addresses that belong to nobody in the organization."
	check := func(row coaching.GateRow, want string) {
		t.Helper()
		to := func(standing coaching.Standing) coaching.Gate { return row.Decide(standing, false).Gate }
		require.Equal(t, want, gateWords(app.LetterGates{Active: to(coaching.ActivePerson), Invited: to(coaching.InvitedPerson), Internal: to(coaching.InternalPerson), BareEmail: to(coaching.BareEmail)}))
	}
	check(coaching.InvitationRow, "Sent to people without an account only.")
	check(coaching.PasswordRow, "Sent to people with an account only.")
	check(coaching.FormRow, "Sent with or without an account.")
	check(coaching.StreamRow, "Sent with or without an account."+bare)
	check(coaching.TaskRow, "Held for people without an account, and sent when they have one."+bare)
	check(coaching.ResourceRow, "Not sent to people without an account."+bare)
}

func TestAPIKey_IsShownOnce(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	page := v.post("/settings/api-keys", url.Values{"name": {"script"}})
	require.Contains(t, page.body, "cfk_")
	require.NotContains(t, v.get("/settings/api-keys").body, "cfk_")
	require.Equal(t, http.StatusUnprocessableEntity, v.post("/settings/api-keys", url.Values{"name": {" "}}).status)
	keys, err := w.app.ListAPIKeys(t.Context(), w.ours.admin)
	require.NoError(t, err)
	path := "/settings/api-keys/" + keys[0].ID.String() + "/revoke"
	require.Contains(t, v.get(path).body, "Revoke the API key “script”?")
	require.Contains(t, v.follow(path, url.Values{}).body, "The key “script” is revoked.")
	require.Contains(t, v.follow(path, url.Values{}).body, "was revoked before", "pressed twice")
}

func TestAPIKey_RevokingWhatIsNoneIsNoPage(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	foreign, err := w.app.CreateAPIKey(t.Context(), w.theirs.admin, "theirs")
	require.NoError(t, err)
	for _, id := range []string{uuid.NewString(), foreign.ID.String(), "nonsense"} {
		path := "/settings/api-keys/" + id + "/revoke"
		require.Equal(t, http.StatusNotFound, v.get(path).status, id)
		require.Equal(t, http.StatusNotFound, v.post(path, url.Values{}).status, id)
	}
}

func TestSettings_KeepWhatWasTyped(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	for _, values := range []url.Values{
		{"name": {"New"}, "time_zone": {"Mars/Base"}, "undo_seconds": {"30"}},
		{"name": {"New"}, "time_zone": {"UTC"}, "undo_seconds": {"soon"}},
		{"name": {"New"}, "time_zone": {"UTC"}, "undo_seconds": {"99999"}},
	} {
		page := v.post("/settings", values)
		require.Equal(t, http.StatusUnprocessableEntity, page.status)
		require.Contains(t, page.body, `value="New"`)
	}
	require.Contains(t, v.follow("/settings", url.Values{"name": {"New"}, "time_zone": {"UTC"}, "undo_seconds": {"0"}}).body, "The settings are saved.")
}
