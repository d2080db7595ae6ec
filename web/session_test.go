package web

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
)

func formLinkWith(draft coaching.Draft) app.FormLink { return app.FormLink{Draft: draft} }

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

func TestLogin_GuessingIsSlowedDownForThatAddressAlone(t *testing.T) {
	w := newWorld(t)
	guess := url.Values{"email": {"admin@ours.example"}, "password": {"guess"}}
	for range loginBurst {
		require.Equal(t, http.StatusUnauthorized, w.visitor().post("/login", guess).status)
	}
	page := w.visitor().post("/login", url.Values{"email": {"Admin@Ours.example"}, "password": {password}})
	require.Equal(t, http.StatusTooManyRequests, page.status)
	require.NotEmpty(t, page.header.Get("Retry-After"))
	require.Contains(t, page.body, "too many attempts")
	w.login(w.ours.coach)
}

func TestLoginLimits_RefillAndForget(t *testing.T) {
	t.Parallel()
	now := time.Now()
	l := newLoginLimits()
	l.now = func() time.Time { return now }
	for range loginBurst {
		require.True(t, l.take("a"))
	}
	require.False(t, l.take("a"))
	now = now.Add(loginRefill + time.Millisecond)
	require.True(t, l.take("a"))
	require.False(t, l.take("a"))
	l.giveBack("a")
	require.True(t, l.take("a"), "an attempt that succeeded costs nothing")
	for i := range 3 * mostBuckets {
		l.take(strings.Repeat("x", 1+i%7) + time.Duration(i).String())
	}
	require.LessOrEqual(t, len(l.buckets), mostBuckets)
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

func TestSession_EndsWhenIdleAndAfterAWeek(t *testing.T) {
	w := newWorld(t)
	before := time.Now()
	v := w.login(w.ours.admin)
	after := time.Now()
	row, found, err := w.app.FindSession(t.Context(), app.KeyHash(strings.TrimPrefix(v.cookie, "coachflow=")))
	require.NoError(t, err)
	require.True(t, found)
	deadline, _, err := w.pages.sessions.Codec.Decode(row.Data)
	require.NoError(t, err)
	require.WithinRange(t, deadline, before.Add(loginTime), after.Add(loginTime))

	untouched := w.snapshot()
	v.get("/")
	require.Equal(t, untouched, w.snapshot(), "a request right after another writes nothing")
	w.exec("UPDATE sessions SET expires_at = now() - interval '1 second'")
	require.Equal(t, http.StatusSeeOther, v.get("/").status)
}

func TestSessionPrincipal_IsWhoTheCookieSays(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.coach)
	r := httptest.NewRequest(http.MethodGet, "/api/v1/people", nil)
	_, in := w.pages.SessionPrincipal(r)
	require.False(t, in)
	r.Header.Set("Cookie", v.cookie)
	who, in := w.pages.SessionPrincipal(r)
	require.True(t, in)
	require.Equal(t, w.ours.coach, who)
	r.Header.Set("Cookie", "coachflow="+strings.Repeat("x", 43))
	_, in = w.pages.SessionPrincipal(r)
	require.False(t, in)
}

func TestSessionStore_RefusesASessionOfNobody(t *testing.T) {
	w := newWorld(t)
	data, err := w.pages.sessions.Codec.Encode(time.Now().Add(time.Hour), map[string]any{"x": "y"})
	require.NoError(t, err)
	require.Error(t, w.pages.sessions.Store.Commit("token", data, time.Now().Add(time.Hour)))
	require.Error(t, w.pages.sessions.Store.Commit("token", []byte("junk"), time.Now()))
	require.NoError(t, w.pages.sessions.Store.Delete("token"))
	_, found, err := w.pages.sessions.Store.Find("token")
	require.NoError(t, err)
	require.False(t, found)
}

func TestLocalPath_LeadsNowhereElse(t *testing.T) {
	t.Parallel()
	for wanted, want := range map[string]string{"/people?role=coach": "/people?role=coach", "": "/", "/": "/", "people": "/", "//evil.example": "/", `/\evil.example`: "/",
		"https://evil.example": "/", "javascript:alert(1)": "/", "/a\r\nb": "/", "///": "/", "/a#b": "/a#b"} {
		require.Equal(t, want, localPath(wanted), wanted)
	}
}

func TestBroken_TellsNothingOfTheInside(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	w.exec("ALTER TABLE engagements RENAME TO gone")
	page := v.do(http.MethodGet, "/", nil)
	require.Equal(t, http.StatusInternalServerError, page.status)
	require.Contains(t, page.body, "Something went wrong on our side")
	require.NotContains(t, page.body, "engagements&#34;")
	require.True(t, bytes.Contains(w.log.Bytes(), []byte("page failed")))
}
