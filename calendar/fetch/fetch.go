// Package fetch fetches calendars from addresses that people give. Such an address may be
// meant to harm: to reach what only this machine can reach, or to keep it busy. So where
// it leads is checked when the connection is made, also on each redirect and for whatever
// the name is resolved to, and time and size are bounded.
package fetch

import (
	"context"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"code.dny.dev/ssrf"

	"coachflow/coaching"
)

// The limits of one fetch.
const (
	wholeTime = 10 * time.Second // with all redirects, until the last byte
	maxSize   = 10 << 20         // bytes, after they are unpacked
	maxHops   = 5                // redirects
	maxHeader = 64 << 10         // bytes
	atOnce    = 8                // fetches; each may hold a feed in memory
)

// ports are those at which calendars are served.
var ports = []uint16{80, 443, 8443}

// Config says what may be reached.
type Config struct {
	// Loopback lets this machine be reached, at all ports. Only a system for trying out
	// sets it, and tests do.
	Loopback bool
	// Timeout is for a whole fetch; zero: 10 seconds.
	Timeout time.Duration
}

// Fetcher fetches calendars. It is safe for concurrent use.
type Fetcher struct {
	client *http.Client
	slots  chan struct{}
}

// New makes a Fetcher.
func New(c Config) *Fetcher {
	options := []ssrf.Option{ssrf.WithPorts(ports...)}
	if c.Loopback {
		options = []ssrf.Option{ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(netip.MustParsePrefix("127.0.0.0/8")), ssrf.WithAllowedV6Prefixes(netip.MustParsePrefix("::1/128"))}
	}
	if c.Timeout == 0 {
		c.Timeout = wholeTime
	}
	dialer := net.Dialer{Control: ssrf.New(options...).Safe}
	transport := &http.Transport{
		Proxy:       nil, // a proxy would connect in our place, without the check
		DialContext: dialer.DialContext, DisableKeepAlives: true, MaxResponseHeaderBytes: maxHeader, ForceAttemptHTTP2: true,
	}
	return &Fetcher{client: &http.Client{Transport: transport, Timeout: c.Timeout, CheckRedirect: checkRedirect}, slots: make(chan struct{}, atOnce)}
}

// Seen is what a server said of the calendar when it was fetched the last time. Given back
// to the server, it lets it answer that nothing has changed.
type Seen struct{ ETag, Modified string }

// Feed is a calendar as it was fetched.
type Feed struct {
	Body []byte
	Seen
	Unchanged bool // since Seen; there is no Body
}

// Fetch fetches a calendar. The error is a *coaching.Problem, whose words do not hold the
// address: it is a secret. Only where ctx has ended it is the context's.
func (f *Fetcher) Fetch(ctx context.Context, address string, seen Seen) (Feed, error) {
	select {
	case f.slots <- struct{}{}:
		defer func() { <-f.slots }()
	case <-ctx.Done():
		return Feed{}, ctx.Err()
	}
	address, problem := coaching.CalendarAddress(address, "")
	if problem != nil {
		return Feed{}, problem
	}
	feed, err := f.get(ctx, address, seen)
	if err == nil {
		return feed, nil
	}
	if ctx.Err() != nil {
		return Feed{}, ctx.Err()
	}
	return Feed{}, explain(err)
}

func (f *Fetcher) get(ctx context.Context, address string, seen Seen) (Feed, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return Feed{}, errAddress
	}
	request.Header.Set("User-Agent", "coachflow (reads busy times)")
	request.Header.Set("Accept", "text/calendar, */*;q=0.5")
	if seen.ETag != "" {
		request.Header.Set("If-None-Match", seen.ETag)
	}
	if seen.Modified != "" {
		request.Header.Set("If-Modified-Since", seen.Modified)
	}
	answer, err := f.client.Do(request)
	if err != nil {
		return Feed{}, err
	}
	defer answer.Body.Close() //nolint:errcheck // it was only read
	if answer.StatusCode == http.StatusNotModified && seen != (Seen{}) {
		return Feed{Seen: seen, Unchanged: true}, nil
	}
	if problem := refusedBy(answer); problem != nil {
		return Feed{}, problem
	}
	return readBody(answer)
}

// readBody reads an answer as far as it is allowed to go. What is packed is unpacked by the
// transport while it is read.
func readBody(answer *http.Response) (Feed, error) {
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxSize+1))
	switch {
	case len(body) > maxSize:
		return Feed{}, coaching.Problemf(coaching.TooLarge, "calendar_too_large", "The calendar is larger than %d MB. Share a smaller one.", maxSize>>20)
	case err != nil:
		return Feed{}, errors.Join(errCutOff, err)
	}
	return Feed{Body: body, Seen: Seen{kept(answer.Header.Get("ETag")), kept(answer.Header.Get("Last-Modified"))}}, nil
}

// kept is a word of a server that is given back to it; nothing for what is too long.
func kept(word string) string {
	if len(word) > 500 || strings.ContainsFunc(word, func(r rune) bool { return r < ' ' || r > '~' }) {
		return ""
	}
	return word
}

// neverCalendars are types of answers that are no calendar, whatever is in them. Many
// servers give calendars as plain text or as bytes.
var neverCalendars = []string{"text/html", "application/xhtml+xml", "application/pdf", "application/zip"}

// refusedBy says why an answer brings no calendar; nil: it may be one.
func refusedBy(answer *http.Response) *coaching.Problem {
	switch status := answer.StatusCode; {
	case status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusProxyAuthRequired:
		return coaching.Problemf(coaching.Forbidden, "calendar_forbidden", "The calendar is not given to us: its address asks for a login. Use the secret address for calendar programs.")
	case status == http.StatusNotFound || status == http.StatusGone:
		return coaching.Problemf(coaching.NotFound, "calendar_gone", "There is no calendar at this address any more. Copy its present address from your calendar.")
	case status == http.StatusTooManyRequests || status >= 500:
		return coaching.Problemf(coaching.Unavailable, "calendar_unavailable", "The server of the calendar cannot give it now. It is tried again by itself.")
	case status != http.StatusOK:
		return coaching.Problemf(coaching.Invalid, "calendar_not_given", "The server of the calendar gives something else than a calendar. Check the address.")
	}
	kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	family, _, _ := strings.Cut(kind, "/")
	if slices.Contains(neverCalendars, kind) || slices.Contains([]string{"image", "video", "audio", "font"}, family) {
		return coaching.Problemf(coaching.Invalid, "calendar_not_found", "There is no calendar at this address, but something else. Check the address: it is the one for calendar programs, and needs no login.")
	}
	return nil
}
