package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
)

// from logs in from a place.
func (v *visitor) from(place, email, password string) response {
	v.w.t.Helper()
	return v.post("/login", url.Values{"email": {email}, "password": {password}}, "X-Forwarded-For", place)
}

// fail counts tries of a stranger that have failed, as often as they are allowed, and
// waits where they are not.
func (w *world) fail(times int, email, place string) {
	w.t.Helper()
	for range times {
		claims := w.pages.limits.login(email, place, coaching.Device{})
		if wait := w.pages.limits.Take(claims...); wait > 0 {
			w.clock = w.clock.Add(wait)
			require.Zero(w.t, w.pages.limits.Take(claims...), "who has waited may try again")
		}
	}
}

// noHashes lets no password of strangers be hashed: what needs that is told that too
// much is going on.
func (w *world) noHashes() { w.app.Strangers = app.NewLane(0, 0) }

func TestLogin_GuessingIsSlowedDownForThatAddressAlone(t *testing.T) {
	w := newWorld(t)
	for range ownRate.Burst {
		require.Equal(t, http.StatusUnauthorized, w.visitor().from("198.51.100.7", address(w.ours.admin), "guess").status)
	}
	page := w.visitor().from("198.51.100.7", "Admin@Ours.example", password)
	require.Equal(t, http.StatusTooManyRequests, page.status)
	require.Equal(t, "12", page.header.Get("Retry-After"))
	require.Contains(t, page.body, "There were too many attempts. Wait 12 seconds, then try again.")
	require.Equal(t, http.StatusSeeOther, w.visitor().from("198.51.100.7", address(w.ours.coach), password).status)
	require.Equal(t, http.StatusSeeOther, w.visitor().from("198.51.100.8", address(w.ours.admin), password).status, "from elsewhere it may be the owner")
	w.clock = w.clock.Add(12 * time.Second)
	require.Equal(t, http.StatusSeeOther, w.visitor().from("198.51.100.7", address(w.ours.admin), password).status)
}

func TestLogin_WhatCannotBeRightIsRefusedBeforeItIsCountedOrHashed(t *testing.T) {
	w := newWorld(t)
	lane := w.app.Strangers
	w.noHashes()
	want := "do not go together"
	for range 2 * placeRate.Burst {
		for _, wrong := range []url.Values{
			{"email": {address(w.ours.admin)}, "password": {""}},
			{"email": {address(w.ours.admin)}, "password": {strings.Repeat("x", 1025)}},
			{"email": {address(w.ours.admin)}},
			{"email": {"admin"}, "password": {password}},
			{"email": {"a b@ours.example"}, "password": {password}},
			{"email": {strings.Repeat("a", 300) + "@ours.example"}, "password": {password}},
			{},
		} {
			page := w.visitor().post("/login", wrong)
			require.Equal(t, http.StatusUnauthorized, page.status)
			require.Contains(t, page.body, want)
		}
	}
	w.app.Strangers = lane
	w.login(w.ours.admin)
}

func TestLogin_AFloodOfOthersDoesNotFreeALockedAddress(t *testing.T) {
	w := newWorld(t)
	w.fail(ownRate.Burst, address(w.ours.admin), "198.51.100.7")
	locked := func() bool {
		return w.visitor().from("198.51.100.7", address(w.ours.admin), password).status == http.StatusTooManyRequests
	}
	require.True(t, locked())
	for i := range mostBuckets + 1000 {
		w.pages.limits.Take(w.pages.limits.login(fmt.Sprintf("nobody%d@ours.example", i), fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255), coaching.Device{})...)
	}
	require.True(t, locked())
}

func TestLogin_ManyAddressesFromOnePlaceAreSlowedAndThenRefused(t *testing.T) {
	w := newWorld(t)
	const place, elsewhere = "198.51.100.7", "198.51.100.8"
	right := func(place string) response { return w.visitor().from(place, address(w.ours.coach), password) }
	for i := range placeRate.Burst {
		w.fail(1, fmt.Sprintf("nobody%d@ours.example", i), place)
	}
	slowed := right(place)
	require.Equal(t, http.StatusTooManyRequests, slowed.status)
	require.Equal(t, "6", slowed.header.Get("Retry-After"))
	require.Contains(t, slowed.body, "Wait 6 seconds")
	require.Equal(t, http.StatusSeeOther, right(elsewhere).status)
	w.clock = w.clock.Add(6 * time.Second)
	require.Equal(t, http.StatusSeeOther, right(place).status)

	for i := range 2 * placeDayRate.Burst {
		if wait := w.pages.limits.Take(w.pages.limits.login(fmt.Sprintf("somebody%d@ours.example", i), place, coaching.Device{})...); wait > 0 && wait <= placeRate.Every {
			w.clock = w.clock.Add(wait)
		}
	}
	refused := right(place)
	require.Equal(t, http.StatusTooManyRequests, refused.status)
	require.Contains(t, refused.body, "Too many attempts with this address, or from where you are, have failed. Try again in ")
	require.Contains(t, refused.body, " minutes")
	require.Contains(t, refused.body, "choose a new password by mail")
	require.Equal(t, http.StatusSeeOther, right(elsewhere).status)
}

// Whoever tries one address from everywhere gets some tries a day, and no more.
func TestLogin_OneAddressFromManyPlacesIsRefused(t *testing.T) {
	w := newWorld(t)
	for i := range addressRate.Burst {
		w.fail(1, address(w.ours.coach), fmt.Sprintf("10.0.%d.7", i))
	}
	page := w.visitor().from("203.0.113.9", address(w.ours.coach), password)
	require.Equal(t, http.StatusTooManyRequests, page.status)
	require.Equal(t, "300", page.header.Get("Retry-After"))
	require.Contains(t, page.body, "Try again in 5 minutes")
}

func TestLogin_WhenTooManyLogInItSaysSoAndCountsNothing(t *testing.T) {
	w := newWorld(t)
	lane := w.app.Strangers
	w.noHashes()
	for range 2 * placeRate.Burst {
		page := w.visitor().post("/login", url.Values{"email": {address(w.ours.coach)}, "password": {password}})
		require.Equal(t, http.StatusServiceUnavailable, page.status)
		require.Equal(t, "5", page.header.Get("Retry-After"))
		require.Contains(t, page.body, "Very many people are logging in at this moment")
	}
	w.app.Strangers = lane
	w.login(w.ours.coach)
}

func TestPlace_IsTheAddressThatATrustedProxyNames(t *testing.T) {
	t.Parallel()
	pages, err := New(Config{Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	got := "none"
	engine := gin.New()
	require.NoError(t, engine.SetTrustedProxies([]string{proxy}))
	engine.GET("/", func(c *gin.Context) { got = pages.place(c) })
	check := func(peer, forwarded, want string) {
		t.Helper()
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = peer
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		engine.ServeHTTP(httptest.NewRecorder(), r)
		require.Equal(t, want, got)
	}
	check("203.0.113.9:1234", "", "203.0.113.9")
	check("203.0.113.9:1234", "198.51.100.7", "203.0.113.9")
	check(proxy+":1234", "198.51.100.7", "198.51.100.7")
	check(proxy+":1234", "10.1.1.1, 198.51.100.7", "198.51.100.7")
	check(proxy+":1234", "nonsense", proxy)
	check("[2001:db8:1:2:3:4:5:6]:1234", "", "2001:db8:1:2::/64")
	check("[2001:db8:1:2:ffff::1]:1234", "", "2001:db8:1:2::/64")
	check("[2001:db8:1:3::1]:1234", "", "2001:db8:1:3::/64")
	check("[::ffff:203.0.113.9]:1234", "", "203.0.113.9")
	check("", "", "")
}

func TestPlace_AProxyThatIsNotTrustedIsToldOnce(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.engine.SetTrustedProxies(nil))
	ask := func(peer, forwarded string) {
		r := httptest.NewRequest(http.MethodPost, "/password", strings.NewReader("email=nobody@ours.example"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.RemoteAddr = peer
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		w.engine.ServeHTTP(httptest.NewRecorder(), r)
	}
	ask("203.0.113.9:1", "198.51.100.7") // a stranger who makes it up
	ask("10.0.0.3:1", "")
	require.NotContains(t, w.log.String(), "TRUSTED_PROXIES")
	ask("10.0.0.3:1", "198.51.100.7")
	ask("10.0.0.3:1", "198.51.100.8")
	w.pages.Wait()
	require.Equal(t, 1, strings.Count(w.log.String(), "TRUSTED_PROXIES"))
	require.NotContains(t, w.log.String(), "198.51.100")
}
