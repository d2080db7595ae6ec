package main

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// mostWalked bounds how many pages one person looks at.
const mostWalked = 40

// TestWalk_EachPageOfTheDemoStandsInABrowser follows the links of the demo as its people
// do, and looks at what they come to.
func TestWalk_EachPageOfTheDemoStandsInABrowser(t *testing.T) {
	_, o := shared(t)
	for _, email := range []string{o.AdminEmail, o.CoachEmail, o.ClientEmail} {
		t.Run(email, func(t *testing.T) {
			t.Parallel()
			b := openBrowser(t)
			b.logIn(o.Web, email, o.AdminPassword)
			walked := b.walk(o.Web)
			t.Logf("%d pages: %s", len(walked), strings.Join(walked, " "))
			require.Greater(t, len(walked), 4)
		})
	}
}

func (b *browser) logIn(web, email, password string) {
	b.Helper()
	b.visit(web + "/login")
	b.do(chromedp.SendKeys(chromedp.CSS("#email"), email), chromedp.SendKeys(chromedp.CSS("#password"), password),
		chromedp.Click(chromedp.CSS("form button")), chromedp.WaitVisible(chromedp.CSS(".cf-nav")))
}

// walk goes from page to page, the nearest first. Of pages that differ by what they are
// about alone, it looks at two.
func (b *browser) walk(web string) []string {
	b.Helper()
	var walked []string
	seen := map[string]int{"/": 1, "at /": 1}
	for queue := []string{"/"}; len(queue) > 0 && len(walked) < mostWalked; queue = queue[1:] {
		path := queue[0]
		walked = append(walked, path)
		b.lookAt(web+path, path, looksAt(len(walked)))
		for _, link := range strings.Fields(b.read(chromedp.Evaluate[string](`[...document.links].map(a => a.href).join("\n")`))) {
			next, kind := walkTo(web, link)
			if kind != "" && seen[kind] < 2 && seen["at "+next] == 0 {
				seen[kind]++
				seen["at "+next]++
				queue = append(queue, next)
			}
		}
	}
	return walked
}

var (
	inPath = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)
	// noPage is what leads to a file, or out of the console.
	noPage = regexp.MustCompile(`^/(dev|docs|api)\b|/(download|raw|image|letter)$`)
)

// walkTo is where a link leads, and what kind of page that is; none where it leads to no
// page of the console.
func walkTo(web, link string) (path, kind string) {
	at, err := url.Parse(link)
	if err != nil || !strings.HasPrefix(link, web+"/") || noPage.MatchString(at.Path) {
		return "", ""
	}
	return at.RequestURI(), inPath.ReplaceAllString(at.Path, "*")
}
