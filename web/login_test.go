package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"coachflow/app"

	"github.com/stretchr/testify/require"
)

func TestLogin_OpensTheWantedPageWithAFreshCookie(t *testing.T) {
	w := newWorld(t)
	v := w.visitor()
	away := v.get("/people?role=coach")
	require.Equal(t, http.StatusSeeOther, away.status)
	require.Equal(t, "/login?to=%2Fpeople%3Frole%3Dcoach", away.location)
	require.Contains(t, v.get(away.location).body, `value="/people?role=coach"`)

	v.cookie = "coachflow=planted-by-somebody-else"
	page := v.post("/login", url.Values{"email": {"ADMIN@ours.example "}, "password": {password}, "to": {"/people?role=coach"}})
	require.Equal(t, http.StatusSeeOther, page.status, page.body)
	require.Equal(t, "/people?role=coach", page.location)
	cookie := page.header.Get("Set-Cookie")
	require.Contains(t, cookie, "HttpOnly")
	require.Contains(t, cookie, "SameSite=Lax")
	require.NotContains(t, cookie, "planted")
	require.Equal(t, http.StatusOK, v.get("/people").status)
	require.Equal(t, "/", v.get("/login").location, "who is in does not log in again")
}

func TestLogin_TokenIsRenewedAndOnlyItsHashIsStored(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	first := v.cookie
	v.post("/login", url.Values{"email": {"coach@ours.example"}, "password": {password}})
	require.NotEqual(t, first, v.cookie)
	old := &visitor{w: w, cookie: first}
	require.Equal(t, http.StatusSeeOther, old.get("/").status, "the token from before is over")
	require.NotContains(t, w.snapshot(), strings.TrimPrefix(v.cookie, "coachflow="))
}

func TestLogin_SecureCookieIsBoundToTheHost(t *testing.T) {
	t.Parallel()
	m := newSessions(Config{Secure: true})
	rec := httptest.NewRecorder()
	m.WriteSessionCookie(t.Context(), rec, "token", time.Now().Add(time.Hour))
	cookie := rec.Header().Get("Set-Cookie")
	require.True(t, strings.HasPrefix(cookie, "__Host-coachflow=token; Path=/;"), cookie)
	require.Contains(t, cookie, "Secure")
	require.NotContains(t, cookie, "Domain")
}

func TestLogin_EveryFailureLooksTheSame(t *testing.T) {
	w := newWorld(t)
	attempt := func(email, password string) response {
		page := w.visitor().post("/login", url.Values{"email": {email}, "password": {password}})
		require.Equal(t, http.StatusUnauthorized, page.status)
		require.Empty(t, page.header.Values("Set-Cookie"))
		page.body = strings.ReplaceAll(page.body, `value="`+email+`"`, "")
		return page
	}
	want := attempt("admin@ours.example", "wrong").body
	require.Contains(t, want, "do not go together")
	require.NotContains(t, want, "wrong", "the password is not shown again")
	require.Equal(t, want, attempt("nobody@ours.example", "wrong").body)
	require.Equal(t, want, attempt("not an address", "wrong").body)
	for _, ugly := range []string{"a\x00b@example.com", "\xff@example.com", strings.Repeat("a", 300)} {
		require.Equal(t, http.StatusUnauthorized, w.visitor().post("/login", url.Values{"email": {ugly}, "password": {"x"}}).status)
	}
}

func TestLogout_EndsTheSessionForGood(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	token := v.cookie
	page := v.post("/logout", url.Values{})
	require.Equal(t, "/login?bye=1", page.location)
	require.Contains(t, page.header.Get("Set-Cookie"), "Max-Age=0")
	again := &visitor{w: w, cookie: token}
	require.Equal(t, http.StatusSeeOther, again.get("/").status)
	require.NotContains(t, w.snapshot(), "\nsessions\n")
	require.Equal(t, http.StatusNotFound, w.visitor().get("/logout").status, "a link cannot log anybody out")
}

func TestLocalPath_LeadsNowhereElse(t *testing.T) {
	t.Parallel()
	for wanted, want := range map[string]string{"/people?role=coach": "/people?role=coach", "": "/", "/": "/", "people": "/", "//evil.example": "/", `/\evil.example`: "/",
		"https://evil.example": "/", "javascript:alert(1)": "/", "/a\r\nb": "/", "///": "/", "/a#b": "/a#b"} {
		require.Equal(t, want, localPath(wanted), wanted)
	}
}

func TestLogin_DropsSessionsThatHaveRunOut(t *testing.T) {
	w := newWorld(t)
	expires := map[string]time.Time{"over": time.Now().Add(-time.Minute), "still good": time.Now().Add(time.Hour)}
	for token, at := range expires {
		for _, p := range []party{w.ours, w.theirs} {
			require.NoError(t, w.app.SaveSession(t.Context(), app.KeyHash(token), app.SessionRow{Org: p.org, Person: p.coach.Person, Data: []byte(token), Expires: at}))
		}
	}
	w.login(w.ours.admin)
	require.Equal(t, "0", w.value("SELECT count(*)::text FROM sessions WHERE org_id = $1 AND data = 'over'", w.ours.org))
	require.Equal(t, "1", w.value("SELECT count(*)::text FROM sessions WHERE org_id = $1 AND data = 'still good'", w.ours.org))
	require.Equal(t, "1", w.value("SELECT count(*)::text FROM sessions WHERE org_id = $1 AND data = 'over'", w.theirs.org), "each organization tidies up its own")
}
