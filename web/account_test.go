package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/app"
)

const lamps = "seven quiet green lamps"

func TestForgotPassword_TheAnswerTellsNothing(t *testing.T) {
	w := newWorld(t)
	v := w.visitor()
	ask := func(email string) response { return v.post("/password", url.Values{"email": {email}}) }
	known, unknown := ask(address(w.ours.coach)), ask("nobody@ours.example")
	w.pages.Wait()
	require.Equal(t, http.StatusOK, known.status)
	require.Equal(t, strings.ReplaceAll(known.body, address(w.ours.coach), "nobody@ours.example"), unknown.body)
	require.Equal(t, http.StatusUnprocessableEntity, ask("no address").status)
	require.Equal(t, http.StatusUnprocessableEntity, ask("").status)
	for range loginBurst {
		unknown = ask("nobody@ours.example")
	}
	require.Equal(t, http.StatusTooManyRequests, unknown.status)
	require.NotEmpty(t, unknown.header.Get("Retry-After"))
	list, err := w.app.ListNotifications(t.Context(), w.ours.admin, nil, "", app.Paging{})
	require.NoError(t, err)
	require.Len(t, list.Items, 1)
	require.Equal(t, "password_reset", list.Items[0].Kind)
	require.Equal(t, address(w.ours.coach), list.Items[0].Address)
}

func TestAccount_ANewPasswordEndsOtherLogins(t *testing.T) {
	w := newWorld(t)
	here, elsewhere := w.login(w.ours.coach), w.login(w.ours.coach)
	require.Contains(t, here.get("/account").body, "Change the password")
	wrong := here.post("/account", url.Values{"present": {"not it, sorry"}, "password": {lamps}, "again": {lamps}})
	require.Equal(t, http.StatusUnprocessableEntity, wrong.status)
	require.Contains(t, wrong.body, "not your present password")
	w.exec("CREATE TABLE old_sessions AS TABLE sessions")
	page := here.follow("/account", url.Values{"present": {password}, "password": {lamps}, "again": {lamps}})
	require.Contains(t, page.body, "The new password is set")
	require.Equal(t, http.StatusOK, here.get("/").status, "who changed it stays logged in")
	w.exec("INSERT INTO sessions SELECT * FROM old_sessions ON CONFLICT DO NOTHING") // as a request that was under way would write it back
	require.Equal(t, http.StatusSeeOther, elsewhere.get("/").status, "and nobody else")
	require.Equal(t, http.StatusUnauthorized, w.visitor().post("/login", url.Values{"email": {address(w.ours.coach)}, "password": {password}}).status)
	for range loginBurst + 1 {
		wrong = here.post("/account", url.Values{"present": {"guess"}, "password": {lamps}, "again": {lamps}})
	}
	require.Equal(t, http.StatusTooManyRequests, wrong.status)
}
