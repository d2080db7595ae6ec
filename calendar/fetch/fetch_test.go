package fetch_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/calendar/fetch"
	"coachflow/coaching"
)

const secret = "private-4f1c"

// code is the code of what a fetch has failed with. No words of it hold the address.
func code(t *testing.T, err error) string {
	t.Helper()
	problem, told := coaching.AsProblem(err)
	require.True(t, told, "%v", err)
	require.NotContains(t, problem.Error(), secret)
	require.NotContains(t, problem.Error(), "127.0.0.1")
	return problem.Code
}

// No name of these is looked up: all are addresses, or names of this machine.
func TestFetch_HostileAddresses(t *testing.T) {
	t.Parallel()
	check := func(want string, addresses ...string) {
		t.Helper()
		for _, address := range addresses {
			t.Run(address, func(t *testing.T) {
				t.Parallel()
				_, err := fetch.New(fetch.Config{Timeout: 5 * time.Second}).Fetch(t.Context(), address, fetch.Seen{})
				require.Equal(t, want, code(t, err))
			})
		}
	}
	check("calendar_address_private",
		"http://127.0.0.1/private-4f1c", "http://127.1.2.3/x", "http://[::1]/x", "http://[::ffff:10.0.0.1]/x", "http://[::ffff:127.0.0.1]/x", "http://[64:ff9b::7f00:1]/x", "http://[fe80::1]/x",
		"http://[fc00::1]/x", "http://10.0.0.1/x", "http://172.16.0.1/x", "http://192.168.1.1/x", "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/x", "http://0.0.0.0/x", "http://[::]/x",
		"http://255.255.255.255/x", "http://224.0.0.1/x", "http://198.18.0.1/x", "webcal://127.0.0.1/x", "https://127.0.0.1:5432/x", "http://localhost/x",
		"http://93.184.216.34:25/x", "http://93.184.216.34:22/x")
	check("calendar_address_user", "https://user:"+secret+"@example.com/x", "https://user@example.com/x", "webcal://a:b@example.com/x")
	check("calendar_address_invalid", "ftp://example.com/x", "file:///etc/passwd", "gopher://127.0.0.1/x", "//example.com/x", "example.com/x", "https:///x", "https:example.com", "javascript:alert(1)",
		"http://exa mple.com/x", "http://example.com/\r\nHost: other", "http://[::1/x", "https://example.com/"+strings.Repeat("x", 3000), "http://%zz/")
	check("calendar_address_missing", "", "  ")
}

// serve answers by a handler, on this machine.
func serve(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	return server.URL
}

func here() *fetch.Fetcher {
	return fetch.New(fetch.Config{Loopback: true, Timeout: 2 * time.Second})
}

const feed = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"

func TestFetch_HostileServers(t *testing.T) {
	t.Parallel()
	endless := func(w io.Writer) {
		for line := []byte(strings.Repeat("x", 1<<16)); ; {
			if _, err := w.Write(line); err != nil {
				return
			}
		}
	}
	check := func(name, want string, handle http.HandlerFunc) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := here().Fetch(t.Context(), serve(t, handle)+"/"+secret, fetch.Seen{})
			require.Equal(t, want, code(t, err))
		})
	}
	check("a body without end", "calendar_too_large", func(w http.ResponseWriter, _ *http.Request) { endless(w) })
	check("a small body that unpacks without end", "calendar_too_large", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		endless(packed)
	})
	check("a body that never comes", "calendar_slow", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, feed[:10])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	check("no answer", "calendar_slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	check("a body that is cut off", "calendar_cut_off", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, feed)
	})
	check("a header without end", "calendar_unreachable", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Long", strings.Repeat("x", 1<<20)) })
	check("packed, and not", "calendar_cut_off", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = io.WriteString(w, feed)
	})
	check("a page", "calendar_not_found", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, feed)
	})
	check("a picture", "calendar_not_found", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "image/png") })
	for status, want := range map[int]string{401: "calendar_forbidden", 403: "calendar_forbidden", 404: "calendar_gone", 410: "calendar_gone", 429: "calendar_unavailable", 500: "calendar_unavailable",
		503: "calendar_unavailable", 204: "calendar_not_given", 206: "calendar_not_given", 304: "calendar_not_given", 400: "calendar_not_given"} {
		check(fmt.Sprint(status), want, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
	}
	leads := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusFound)
		}
	}
	check("to a file", "calendar_address_invalid", leads("file:///etc/passwd"))
	check("to another protocol", "calendar_address_invalid", leads("gopher://127.0.0.1:25/x"))
	check("to webcal", "calendar_address_invalid", leads("webcal://example.com/x"))
	check("to one with a user name", "calendar_address_invalid", leads("http://user@127.0.0.1/"))
	check("to a private network", "calendar_address_private", leads("http://10.0.0.1/x"))
	check("to the data of a cloud", "calendar_address_private", leads("http://169.254.169.254/latest/meta-data/"))
	check("to itself, for ever", "calendar_redirects", leads("/again"))
}

// Without the option that only a system for trying out sets, what listens on this machine is
// not even connected to.
func TestFetch_ThisMachineIsReachedOnlyWhereThatIsSet(t *testing.T) {
	t.Parallel()
	asked := atomic.Int32{}
	inside := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = io.WriteString(w, feed)
	})
	_, err := fetch.New(fetch.Config{}).Fetch(t.Context(), inside, fetch.Seen{})
	require.Equal(t, "calendar_address_private", code(t, err))
	require.Zero(t, asked.Load(), "no connection was made")
	_, err = here().Fetch(t.Context(), inside, fetch.Seen{})
	require.NoError(t, err)
}

func TestFetch_FiveRedirectsAreFollowedWithoutTellingTheAddress(t *testing.T) {
	t.Parallel()
	referers := make(chan string, 10)
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		referers <- r.Header.Get("Referer")
		if hops := len(r.URL.Path); hops < 6 {
			http.Redirect(w, r, r.URL.Path+"a", http.StatusMovedPermanently)
			return
		}
		_, _ = io.WriteString(w, feed)
	})
	got, err := here().Fetch(t.Context(), base+"/?"+secret, fetch.Seen{})
	require.NoError(t, err)
	require.Equal(t, feed, string(got.Body))
	close(referers)
	count := 0
	for referer := range referers {
		require.Empty(t, referer)
		count++
	}
	require.Equal(t, 6, count)
}

func TestFetch_WhatIsUnchangedIsNotGivenAgain(t *testing.T) {
	t.Parallel()
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"one"`)
		w.Header().Set("Last-Modified", "Mon, 01 Mar 2027 09:00:00 GMT")
		if r.Header.Get("If-None-Match") == `"one"` && r.Header.Get("If-Modified-Since") == "Mon, 01 Mar 2027 09:00:00 GMT" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		_, _ = io.WriteString(packed, feed)
		_ = packed.Close()
	})
	first, err := here().Fetch(t.Context(), base, fetch.Seen{})
	require.NoError(t, err)
	require.Equal(t, fetch.Feed{Body: []byte(feed), Seen: fetch.Seen{ETag: `"one"`, Modified: "Mon, 01 Mar 2027 09:00:00 GMT"}}, first)
	second, err := here().Fetch(t.Context(), base, first.Seen)
	require.NoError(t, err)
	require.Equal(t, fetch.Feed{Seen: first.Seen, Unchanged: true}, second)
}

// What was asked for by somebody who has gone says nothing of the calendar.
func TestFetch_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	base := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	_, err := here().Fetch(ctx, base, fetch.Seen{})
	require.ErrorIs(t, err, context.Canceled)
}

func TestFetch_AtMostTenMegabytes(t *testing.T) {
	t.Parallel()
	whole := bytes.Repeat([]byte("x"), 10<<20)
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write(whole)
		if r.URL.Path == "/more" {
			_, _ = w.Write([]byte("x"))
		}
	})
	got, err := here().Fetch(t.Context(), base+"/", fetch.Seen{})
	require.NoError(t, err)
	require.Len(t, got.Body, 10<<20)
	_, err = here().Fetch(t.Context(), base+"/more", fetch.Seen{})
	require.Equal(t, "calendar_too_large", code(t, err))
}

// A server that nobody listens at, and a name that there is not.
func TestFetch_NobodyThere(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	_, err = here().Fetch(t.Context(), "http://"+address+"/"+secret, fetch.Seen{})
	problem, told := coaching.AsProblem(err)
	require.True(t, told)
	require.Equal(t, "calendar_unreachable", problem.Code)
}
