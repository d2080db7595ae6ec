package web

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/dev/testkit"
	"coachflow/web/serve"
)

func TestPages_AreLight(t *testing.T) {
	w := newWorld(t)
	places := w.places()
	server := httptest.NewServer(serve.Compress(w.engine))
	t.Cleanup(server.Close)
	heaviest, where := 0, ""
	weigh := func(v *visitor, path string) {
		if weight := testkit.Weight(t, &http.Client{Transport: withCookie{v.cookie}}, server.URL+path); weight > heaviest {
			heaviest, where = weight, path
		}
	}
	for who, v := range map[string]*visitor{"admin": w.login(w.ours.admin), "coach": w.login(w.ours.coach), "coachee": w.login(w.ours.coachee)} {
		for _, place := range places {
			if map[string]bool{"admin": place.admin, "coach": place.coach, "coachee": place.coachee}[who] && !framed.MatchString(place.path) {
				weigh(v, place.path)
			}
		}
	}
	weigh(w.visitor(), "/login")
	require.NotEmpty(t, where)
	t.Logf("the heaviest page is %s: %d bytes", where, heaviest)
}

// withCookie sends a cookie with each request.
type withCookie struct{ cookie string }

func (c withCookie) RoundTrip(r *http.Request) (*http.Response, error) {
	if r = r.Clone(r.Context()); c.cookie != "" {
		r.Header.Set("Cookie", c.cookie)
	}
	return http.DefaultTransport.RoundTrip(r)
}
