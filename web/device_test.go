package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
)

// besiege is what strangers can do at most: the address is tried from everywhere, also
// from where its owner is, and their lane is full.
func (w *world) besiege(email, place string) {
	w.t.Helper()
	for i := range addressRate.Burst {
		w.fail(1, email, fmt.Sprintf("10.0.%d.7", i))
	}
	for i := range placeRate.Burst {
		w.fail(1, fmt.Sprintf("nobody%d@ours.example", i), place)
	}
	w.noHashes()
}

func TestLogin_StrangersDoNotKeepTheOwnerOut(t *testing.T) {
	w := newWorld(t)
	const home = "198.51.100.7"
	v := w.visitor()
	require.Equal(t, http.StatusSeeOther, v.from(home, address(w.ours.coach), password).status)
	v.post("/logout", url.Values{})
	w.besiege(address(w.ours.coach), home)
	require.Equal(t, http.StatusTooManyRequests, w.visitor().from(home, address(w.ours.coach), password).status)
	for range 20 {
		require.Equal(t, http.StatusSeeOther, v.from(home, address(w.ours.coach), password).status)
		v.post("/logout", url.Values{})
	}
	require.Equal(t, http.StatusTooManyRequests, v.from(home, address(w.ours.admin), password).status, "it is known for this person alone")
}

func TestLogin_WrongPasswordsFromAKnownDeviceSlowDownThisDeviceAlone(t *testing.T) {
	w := newWorld(t)
	one, other := w.login(w.ours.coach), w.login(w.ours.coach)
	w.noHashes()
	for range ownRate.Burst {
		require.Equal(t, http.StatusUnauthorized, one.from("198.51.100.7", address(w.ours.coach), "guess").status)
	}
	require.Equal(t, http.StatusTooManyRequests, one.from("203.0.113.9", address(w.ours.coach), password).status, "from wherever it is")
	require.Equal(t, http.StatusSeeOther, other.from("198.51.100.7", address(w.ours.coach), password).status)
	w.clock = w.clock.Add(ownRate.Every)
	require.Equal(t, http.StatusSeeOther, one.from("198.51.100.7", address(w.ours.coach), password).status)
}

func TestDevice_IsForgottenWithTheNextPassword(t *testing.T) {
	w := newWorld(t)
	v, elsewhere := w.login(w.ours.coach), w.login(w.ours.coach)
	page := v.follow("/account", url.Values{"present": {password}, "password": {lamps}, "again": {lamps}})
	require.Contains(t, page.body, "The new password is set")
	w.noHashes()
	require.Equal(t, http.StatusSeeOther, v.from("198.51.100.7", address(w.ours.coach), lamps).status, "where it was changed it is known again")
	require.Equal(t, http.StatusServiceUnavailable, elsewhere.from("198.51.100.7", address(w.ours.coach), lamps).status)
}

func TestDevice_IsKnownForAFewPeople(t *testing.T) {
	w := newWorld(t)
	v := w.visitor()
	family := []app.Principal{w.ours.admin, w.ours.coach, w.ours.coachee, w.theirs.admin, w.theirs.coach}
	for _, who := range append(family, w.theirs.admin) {
		require.Equal(t, http.StatusSeeOther, v.from("198.51.100.7", address(who), password).status)
	}
	w.noHashes()
	require.Equal(t, http.StatusServiceUnavailable, v.from("198.51.100.7", address(family[0]), password).status, "the one longest ago is forgotten")
	for _, who := range family[1:] {
		require.Equal(t, http.StatusSeeOther, v.from("198.51.100.7", address(who), password).status)
	}
}

func TestDevice_ACookieThatIsMadeUpIsNone(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.coach)
	good := v.device
	w.noHashes()
	for _, bad := range []string{"", ".", "x", strings.Repeat("....", 500), good[:len(good)-2] + "xx", good + good} {
		v.device = "coachflow-device=" + strings.TrimPrefix(bad, "coachflow-device=")
		require.Equal(t, http.StatusServiceUnavailable, v.from("198.51.100.7", address(w.ours.coach), password).status, bad)
	}
	v.device = good
	require.Equal(t, http.StatusSeeOther, v.from("198.51.100.7", address(w.ours.coach), password).status)
}

// The cookie logs nobody in, lives long, and is out of the reach of scripts and of
// other hosts.
func TestDevice_CookieIsBoundToTheHost(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.coach)
	v.cookie = ""
	require.Equal(t, http.StatusSeeOther, v.get("/").status)

	pages, err := New(Config{App: w.app, Log: slog.New(slog.DiscardHandler), Secure: true})
	require.NoError(t, err)
	rec := httptest.NewRecorder()
	c, _ := gin.CreateTestContext(rec)
	c.Request = httptest.NewRequest(http.MethodPost, "/login", nil)
	pages.keepDevice(c, w.ours.coach)
	cookie := rec.Header().Get("Set-Cookie")
	require.True(t, strings.HasPrefix(cookie, "__Host-coachflow-device="), cookie)
	for _, part := range []string{"Path=/;", "Max-Age=31536000", "HttpOnly", "Secure", "SameSite=Lax"} {
		require.Contains(t, cookie, part)
	}
	require.NotContains(t, cookie, "Domain")
}

func TestForgotPassword_GetsTheOwnerInWhileStrangersTryTheAddress(t *testing.T) {
	w := newWorld(t)
	const home = "198.51.100.7"
	w.besiege(address(w.ours.coach), home)
	v := w.visitor()
	require.Equal(t, http.StatusTooManyRequests, v.from(home, address(w.ours.coach), password).status)
	asked := v.post("/password", url.Values{"email": {address(w.ours.coach)}}, "X-Forwarded-For", home)
	require.Contains(t, asked.body, "a mail is on its way")
	w.pages.Wait()
	require.Equal(t, "1", w.value("SELECT count(*)::text FROM notifications WHERE kind = 'password_reset' AND state = 'planned'"))

	done := v.post(w.passwordLink(w.ours.coach), url.Values{"password": {lamps}, "again": {lamps}})
	require.Contains(t, done.body, "The new password is set")
	require.Empty(t, v.cookie, "a link logs nobody in")
	require.Equal(t, http.StatusSeeOther, v.from(home, address(w.ours.coach), lamps).status)
}

// passwordLink is the path of a link as a mail brings it.
func (w *world) passwordLink(who app.Principal) string {
	w.t.Helper()
	id := uuid.New()
	w.exec("INSERT INTO links (org_id, id, purpose, subject_id, person_id, email, expires_at) VALUES ($1, $2, 'password', $2, $3, $4, now() + interval '1 hour')",
		who.Org, id, who.Person, address(who))
	return "/l/" + w.app.Outbox.Links.Sign(coaching.LinkRef{Purpose: coaching.PasswordLink, Org: who.Org, ID: id})
}
