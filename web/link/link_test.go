package link_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
)

func TestR9_OpeningALinkChangesNothing(t *testing.T) {
	w := newWorld(t)
	_, _, form := w.sent(w.ours)
	file := w.file(w.ours)
	for _, path := range []string{form, w.link(w.ours, coaching.FileLink, file, w.ours.coach.Person, time.Hour)} {
		before := w.snapshot()
		for range 3 {
			require.Equal(t, http.StatusOK, w.visitor().get(path).status)
		}
		require.Equal(t, http.StatusOK, w.visitor().do(http.MethodHead, path, nil).status)
		for _, scanner := range [][]string{{"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-User", "?0"},
			{"Sec-Fetch-Site", "none", "User-Agent", "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0 Safari/537.36"},
			{"Sec-Fetch-Site", "none", "Sec-CH-UA", `"Chromium"`, "User-Agent", "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"}} {
			page := w.visitor().post(path, answers("submit", "role", "typed by a machine"), scanner...)
			require.Equal(t, http.StatusOK, page.status)
			require.Contains(t, page.body, "lease press the button")
			require.Empty(t, page.header.Get("Content-Disposition"))
		}
		require.Equal(t, before, w.snapshot())
	}
	page := w.visitor().post(form, answers("submit", "role", "typed <by> hand"), "Sec-Fetch-Site", "same-origin")
	require.Contains(t, page.body, "typed &lt;by&gt; hand", "what was typed is kept and shown")
}

func TestLinks_ABrowserThatNeverSendsSecFetchUserIsBelieved(t *testing.T) {
	w := newWorld(t)
	_, _, path := w.sent(w.ours)
	page := w.visitor().post(path, answers("draft", "role", "From my phone"), "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "navigate",
		"User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1")
	require.Contains(t, page.body, "Your draft is saved")
}

func TestLinks_WhatIsNotGoodGetsOnePageThatTellsNothing(t *testing.T) {
	w := newWorld(t)
	_, item, good := w.sent(w.ours)
	expired := w.link(w.ours, coaching.FormLink, item.To[0].ID, w.ours.coach.Person, -time.Hour)
	sign := func(ref coaching.LinkRef) string { return "/l/" + w.app.Outbox.Links.Sign(ref) }
	id := coaching.LinkID(coaching.FormLink, item.To[0].ID, w.ours.coachee.Person, address(w.ours.coachee))
	bad := map[string]string{
		"nonsense": "/l/abc", "forged": good[:len(good)-2] + "xx", "cut off": good[:len(good)-5], "expired": expired,
		"of another organization": sign(coaching.LinkRef{Purpose: coaching.FormLink, Org: w.theirs.org, ID: id}),
		"for another purpose":     sign(coaching.LinkRef{Purpose: coaching.FileLink, Org: w.ours.org, ID: id}),
		"for an unknown purpose":  sign(coaching.LinkRef{Purpose: 'x', Org: w.ours.org, ID: id}),
		"of nothing":              sign(coaching.LinkRef{Purpose: coaching.FormLink, Org: w.ours.org, ID: uuid.New()}),
	}
	want := w.visitor().get("/l/abc").body
	require.Contains(t, want, "This link does not work")
	require.Contains(t, want, "What you can do")
	for name, path := range bad {
		for _, page := range []response{w.visitor().get(path), w.visitor().post(path, answers("submit", "role", "x"))} {
			require.Equal(t, http.StatusNotFound, page.status, name)
			require.Equal(t, want, page.body, name)
		}
	}
	require.NotContains(t, want, "Ours")
}

func TestLinks_TakeTextThatNoDatabaseHolds(t *testing.T) {
	w := newWorld(t)
	w.agree(nil)
	_, _, form := w.sent(w.ours)
	file := w.link(w.ours, coaching.FileLink, w.file(w.ours), w.ours.coach.Person, time.Hour)
	_, _, invitation := w.invited(w.ours, "nora@ours.example")
	require.Equal(t, http.StatusNotFound, w.visitor().get("/l/%00").status)
	for _, bad := range []string{"a\x00b", "a\xffb"} {
		require.Less(t, w.visitor().get(form+"?edit="+url.QueryEscape(bad)).status, 500)
		for _, path := range []string{form, file, invitation} {
			page := w.visitor().post(path, url.Values{"action": {bad}, "q.role": {bad}, "q." + bad: {bad}, "password": {bad}, "again": {bad}})
			require.Less(t, page.status, 500, path)
		}
	}
	require.Contains(t, w.visitor().get(form).body, "a\uFFFDb", "what was typed around it is kept")
	page := w.visitor().get(form).send("submit", "role", "one\x00two")
	require.Equal(t, http.StatusOK, page.status)
	require.Contains(t, page.body, "one\uFFFDtwo")
}

// What was mailed to a mistyped address is dead once the address is corrected: who reads
// there sees the page that says what to do, and can neither read nor answer. An address
// that the person keeps beside the new one stays good.
func TestLinks_DieWithTheAddressThatTheyWereMailedTo(t *testing.T) {
	w := newWorld(t)
	w.agree(nil)
	_, _, form := w.sent(w.ours)
	file := w.link(w.ours, coaching.FileLink, w.file(w.ours), w.ours.coachee.Person, time.Hour)
	v := w.visitor()
	becomes := func(emails ...string) {
		t.Helper()
		person, err := w.app.GetPerson(t.Context(), w.ours.admin, w.ours.coachee.Person)
		require.NoError(t, err)
		_, err = w.app.UpdatePerson(t.Context(), w.ours.admin, person.ID, person.Version, app.PersonInput{Name: person.Name, Roles: person.Roles, Emails: emails})
		require.NoError(t, err)
	}
	becomes("corrected@ours.example", address(w.ours.coachee))
	for _, path := range []string{form, file} {
		require.Equal(t, http.StatusOK, v.get(path).status, "the address is still theirs")
	}
	becomes("corrected@ours.example")
	for _, path := range []string{form, file} {
		for _, page := range []response{v.get(path), v.post(path, answers("submit", "role", "x"), "Sec-Fetch-User", "?1", "Sec-Fetch-Site", "same-origin")} {
			require.Equal(t, http.StatusNotFound, page.status)
			require.Contains(t, page.body, "What you can do")
		}
	}
	require.Equal(t, "0", w.value("SELECT count(*)::text FROM answers"), "nothing that was typed there is kept")
	sent := w.link(w.ours, coaching.FormLink, uuid.MustParse(w.value("SELECT id::text FROM item_recipients")), w.ours.coachee.Person, time.Hour)
	require.Equal(t, http.StatusOK, v.get(sent).status, "the link that goes to the new address works")
	require.NotEqual(t, form, sent)
}
