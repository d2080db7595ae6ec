package fetch

import (
	"errors"
	"net"
	"net/http"

	"code.dny.dev/ssrf"

	"coachflow/coaching"
)

// What ends a fetch before there is an answer.
var (
	errAddress = errors.New("no address of a calendar")
	errHops    = errors.New("too many redirects")
	errCutOff  = errors.New("cut off")
)

// checkRedirect is asked before a redirect is followed. Where it leads is checked like the
// address itself; the next server is not told the address before, which is a secret.
func checkRedirect(next *http.Request, before []*http.Request) error {
	if len(before) > maxHops {
		return errHops
	}
	if _, problem := coaching.CalendarAddress(next.URL.String(), ""); problem != nil || next.URL.Scheme == "webcal" {
		return errAddress
	}
	next.Header.Del("Referer")
	return nil
}

// explain says in words for people why a fetch has failed. The errors of net/http hold the
// address, so nothing of them is passed on.
func explain(err error) *coaching.Problem {
	if problem, told := coaching.AsProblem(err); told {
		return problem
	}
	var network net.Error
	var name *net.DNSError
	switch {
	case errors.Is(err, errAddress):
		return coaching.Problemf(coaching.Invalid, "calendar_address_invalid", "The address leads to one that is not fetched. Use the address of the calendar itself.")
	case errors.Is(err, errHops):
		return coaching.Problemf(coaching.Invalid, "calendar_redirects", "The address leads on and on to other addresses. Use the address of the calendar itself.")
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedPort), errors.Is(err, ssrf.ErrProhibitedNetwork), errors.Is(err, ssrf.ErrInvalidHostPort):
		return coaching.Problemf(coaching.Invalid, "calendar_address_private", "The address leads into a network that is not public, or to an unusual port. Only calendars on the internet are fetched.")
	case errors.As(err, &network) && network.Timeout():
		return coaching.Problemf(coaching.Unavailable, "calendar_slow", "The server of the calendar took too long to answer. It is tried again by itself.")
	case errors.As(err, &name):
		return coaching.Problemf(coaching.Unavailable, "calendar_host_unknown", "The server of the calendar is not found. Check the address.")
	case errors.Is(err, errCutOff):
		return coaching.Problemf(coaching.Unavailable, "calendar_cut_off", "The calendar was cut off on its way. It is tried again by itself.")
	}
	return coaching.Problemf(coaching.Unavailable, "calendar_unreachable", "The server of the calendar cannot be reached. It is tried again by itself.")
}
