package link

import (
	"net/http"
	"strings"
)

// pressed reports whether a person pressed the button, as far as the browser
// tells: mail scanners submit forms, too, but not on a person's behalf.
func pressed(r *http.Request) bool {
	if r.Header.Get("Sec-Fetch-User") == "?1" {
		return true
	}
	for _, name := range []string{"Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest", "Sec-Fetch-User"} {
		if r.Header.Get(name) != "" {
			return neverTells(r)
		}
	}
	return true
}

// neverTells recognizes WebKit, which is every browser of an iPhone: it sends
// the other Sec-Fetch headers and never this one, so its silence says nothing.
// A Chromium that only calls itself so is given away by its client hints.
func neverTells(r *http.Request) bool {
	agent := r.UserAgent()
	return strings.Contains(agent, "AppleWebKit/") && !strings.Contains(agent, "Chrome/") && !strings.Contains(agent, "Chromium/") && r.Header.Get("Sec-CH-UA") == ""
}
