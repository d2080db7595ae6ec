package web

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"coachflow/app"
	"coachflow/web/serve"
)

var noPaging = app.Paging{}

// framed pages are shown inside of a page, as what others have written.
var framed = regexp.MustCompile(`/letter$|/streams/[^/]+/messages/|/download$|/image$|/raw$`)

func TestPages_AreSoundAndKeepToThePolicy(t *testing.T) {
	w := newWorld(t)
	places := w.places()
	for who, v := range map[string]*visitor{"admin": w.login(w.ours.admin), "coach": w.login(w.ours.coach), "coachee": w.login(w.ours.coachee)} {
		for _, place := range places {
			allowed := map[string]bool{"admin": place.admin, "coach": place.coach, "coachee": place.coachee}[who]
			if !allowed || framed.MatchString(place.path) {
				continue
			}
			page := v.get(place.path)
			checkPage(t, who+" "+place.path, serve.ConsolePolicy, page)
		}
	}
	checkPage(t, "login", serve.PagePolicy, w.visitor().get("/login"))
	checkPage(t, "nowhere", serve.PagePolicy, w.visitor().get("/nowhere"))
}

func checkPage(t *testing.T, name, policy string, page response) {
	t.Helper()
	require.Equal(t, policy, page.header.Get("Content-Security-Policy"), name)
	require.Equal(t, "no-store", page.header.Get("Cache-Control"), name)
	doc, err := html.Parse(strings.NewReader(page.body))
	require.NoError(t, err)
	ids, headings, mains := map[string]bool{}, 0, 0
	var labelled, named []string
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attributes := map[string]string{}
		for _, a := range n.Attr {
			attributes[a.Key] = a.Val
			require.False(t, strings.HasPrefix(a.Key, "on") || a.Key == "style", "%s: %s has %s", name, n.Data, a.Key)
			if a.Key == "src" || (a.Key == "href" && n.Data == "link") {
				require.Regexp(t, `^(/|data:)`, a.Val, name)
			}
		}
		require.NotEqual(t, "style", n.Data, name)
		require.False(t, n.Data == "script" && attributes["src"] == "", "%s: a script inside of the page", name)
		switch n.Data {
		case "h1":
			headings++
		case "main":
			mains++
		case "label":
			labelled = append(labelled, attributes["for"])
		case "input", "select", "textarea":
			if attributes["aria-label"] == "" && attributes["type"] != "hidden" && attributes["type"] != "radio" && attributes["type"] != "checkbox" {
				named = append(named, attributes["id"])
			}
		case "form":
			require.Regexp(t, `^/`, attributes["action"], name)
		}
		if id := attributes["id"]; id != "" {
			require.False(t, ids[id], "%s: id %s twice", name, id)
			ids[id] = true
		}
	}
	require.Equal(t, 1, headings, name)
	require.Equal(t, 1, mains, name)
	for _, id := range named {
		require.Contains(t, labelled, id, name)
	}
	require.NotContains(t, page.body, "0001", "%s: no zero time", name)
}

func TestFrames_HoldWhatOthersWroteShutOff(t *testing.T) {
	w := newWorld(t)
	places := w.places()
	v := w.login(w.ours.admin)
	for _, place := range places {
		if !framed.MatchString(place.path) {
			continue
		}
		page := v.get(place.path)
		require.Contains(t, page.header.Get("Content-Security-Policy"), "sandbox", place.path)
		require.Contains(t, page.header.Get("Content-Security-Policy"), "default-src 'none'", place.path)
		require.Equal(t, "nosniff", page.header.Get("X-Content-Type-Options"), place.path)
		require.NotContains(t, page.body, "<script>alert", place.path)
		switch {
		case strings.HasSuffix(place.path, "/download"), strings.HasSuffix(place.path, "/raw"):
			require.True(t, strings.HasPrefix(page.header.Get("Content-Disposition"), "attachment"), place.path)
		case strings.Contains(place.path, "/messages/"):
			require.Contains(t, page.body, "data:image/png;base64,ZGF0YQ==")
		}
	}
}
