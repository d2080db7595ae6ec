package web

import (
	"fmt"
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
}

func TestAccount_OnlyAWrongPresentPasswordCountsAsATry(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.coach)
	change := func(present, password, again string) response {
		return v.post("/account", url.Values{"present": {present}, "password": {password}, "again": {again}})
	}
	for range 2 * ownRate.Burst {
		require.Equal(t, http.StatusUnprocessableEntity, change(password, "short", "short").status)
		require.Equal(t, http.StatusUnprocessableEntity, change(password, lamps, lamps+"!").status)
		require.Equal(t, http.StatusUnprocessableEntity, change("", lamps, lamps).status)
		require.Equal(t, http.StatusUnprocessableEntity, change(strings.Repeat("x", 1025), lamps, lamps).status)
	}
	for range ownRate.Burst {
		require.Equal(t, http.StatusUnprocessableEntity, change("guess", lamps, lamps).status)
	}
	page := change(password, lamps, lamps)
	require.Equal(t, http.StatusTooManyRequests, page.status)
	require.Equal(t, "12", page.header.Get("Retry-After"))
	require.Contains(t, page.body, "Wait 12 seconds")
	w.clock = w.clock.Add(ownRate.Every)
	require.Equal(t, http.StatusSeeOther, change(password, lamps, lamps).status)
}

func TestAccount_WhenTooManyLogInItSaysSo(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.coach)
	w.app.Owners = app.NewLane(0, 0)
	page := v.post("/account", url.Values{"present": {password}, "password": {lamps}, "again": {lamps}})
	require.Equal(t, http.StatusServiceUnavailable, page.status)
	require.Equal(t, "5", page.header.Get("Retry-After"))
	require.Contains(t, page.body, "Nothing was done")
}

func TestForgotPassword_OnePlaceIsRefusedAndOneAddressInSilence(t *testing.T) {
	w := newWorld(t)
	ask := func(v *visitor, email, place string) response {
		return v.post("/password", url.Values{"email": {email}}, "X-Forwarded-For", place)
	}
	mails := func() string {
		w.pages.Wait()
		return w.value("SELECT count(*)::text FROM notifications WHERE kind = 'password_reset'")
	}
	// From everywhere, for one address: the answer is always the same, and one mail leaves.
	want := ask(w.visitor(), address(w.ours.coach), "203.0.113.9")
	for i := range 50 {
		page := ask(w.visitor(), address(w.ours.coach), fmt.Sprintf("10.0.%d.7", i))
		require.Equal(t, http.StatusOK, page.status)
		require.Equal(t, want.body, page.body)
	}
	require.Equal(t, "1", mails())

	// From one place, for many: it is told to wait, and a known device is not.
	const place = "198.51.100.7"
	known := w.login(w.ours.admin)
	for i := range resetRate.Burst {
		require.Equal(t, http.StatusOK, ask(w.visitor(), fmt.Sprintf("nobody%d@ours.example", i), place).status)
	}
	page := ask(w.visitor(), "nobody@ours.example", place)
	require.Equal(t, http.StatusTooManyRequests, page.status)
	require.Equal(t, "12", page.header.Get("Retry-After"))
	require.Contains(t, page.body, "wait 12 seconds")
	require.Equal(t, http.StatusOK, ask(known, address(w.ours.admin), place).status)
	require.Equal(t, "2", mails())
}
