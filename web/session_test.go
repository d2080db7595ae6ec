package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/app"
)

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
