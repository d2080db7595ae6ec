package web

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

var feedAddress = regexp.MustCompile(`https://coachflow\.test(/calendar/[A-Za-z0-9_-]{43}\.ics)`)

func TestCalendarFeed_AnAddressIsShownOnceAndReadWithoutALogin(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.coachee)
	require.Contains(t, v.get("/account").body, "Make an address")
	made := v.post("/account/calendar", url.Values{})
	require.Equal(t, http.StatusOK, made.status)
	found := feedAddress.FindStringSubmatch(made.body)
	require.Len(t, found, 2, made.body)
	path := found[1]
	require.NotContains(t, v.get("/account").body, path, "once")

	stranger := w.visitor()
	before := w.snapshot()
	got := stranger.get(path)
	require.Equal(t, http.StatusOK, got.status)
	require.Equal(t, "text/calendar; charset=utf-8", got.header.Get("Content-Type"))
	require.Equal(t, "private, no-cache", got.header.Get("Cache-Control"))
	require.Empty(t, got.header.Get("Last-Modified"))
	require.Empty(t, got.header.Get("Content-Disposition"))
	require.Empty(t, got.header.Get("Set-Cookie"))
	etag := got.header.Get("ETag")
	for sent, status := range map[string]int{etag: 304, "W/" + etag: 304, `"other", ` + etag: 304, "*": 304, `"other"`: 200, "": 200} {
		again := stranger.do(http.MethodGet, path, nil, "If-None-Match", sent)
		require.Equal(t, status, again.status, sent)
		require.Equal(t, etag, again.header.Get("ETag"))
		require.Equal(t, status == 304, again.body == "", sent)
	}
	require.Equal(t, http.StatusOK, stranger.do(http.MethodGet, path, nil, "If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT").status)
	head := stranger.do(http.MethodHead, path, nil)
	require.Equal(t, http.StatusOK, head.status)
	require.Equal(t, etag, head.header.Get("ETag"))
	require.Equal(t, before, w.snapshot(), "reading it writes nothing")

	require.Contains(t, v.get("/account/calendar/new").body, "dead at once")
	require.Equal(t, http.StatusOK, stranger.get(path).status, "looking at the question changes nothing")
	second := feedAddress.FindStringSubmatch(v.post("/account/calendar/new", url.Values{}).body)[1]
	require.NotEqual(t, path, second)
	gone := stranger.get(path)
	require.Equal(t, http.StatusNotFound, gone.status)
	require.Equal(t, "There is no such calendar.", gone.body)
	require.Equal(t, gone.body, stranger.get("/calendar/"+"x.ics").body)
	require.Equal(t, http.StatusNotFound, stranger.get(second[:len(second)-4]).status, "without its ending")
	require.Contains(t, v.follow("/account/calendar/remove", url.Values{}).body, "is dead")
	require.Equal(t, http.StatusNotFound, stranger.get(second).status)
	require.NotContains(t, w.log.String(), path[10:30], "no log holds it")
}
