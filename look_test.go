package main

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// axeScript finds what keeps people with a disability from using a page. Its version
// and licence stand in testdata/axe.
//
//go:embed testdata/axe/axe.min.js
var axeScript string

// aspect is how a page is looked at.
type aspect struct {
	width  int64
	scheme string
}

// wcag are the rules of WCAG 2.2 AA, as axe's options in script.
const wcag = `{runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], iframes: false, resultTypes: ["violations"]}`

// aspects are all that pages must stand: both widths and both colour schemes. Colours are
// the same at every width, and places in every scheme, so two looks see all of it.
var aspects = []aspect{{1280, "light"}, {390, "dark"}}

// looksAt are the looks that the page at a place of a list gets: both where LOOKS is "all", as the
// gate sets it, or pictures are kept; otherwise they take turns, which halves the time.
func looksAt(place int) []aspect {
	if os.Getenv("LOOKS") == "all" || os.Getenv("LOOK") != "" {
		return aspects
	}
	return aspects[place%len(aspects):][:1]
}

// lookAt loads a page and looks at it. What is wrong is told with its page, width, scheme
// and place, and the test goes on.
func (b *browser) lookAt(address, name string, aspects []aspect) {
	b.Helper()
	b.do(chromedp.Navigate(address), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Evaluate[bool](axeScript+"\n"+withoutMotion+"\ntrue")(ctx, t)
		return err
	}))
	for _, a := range aspects {
		b.become(a)
		where := fmt.Sprintf("%s, %d px, %s", name, a.width, a.scheme)
		for _, fault := range strings.Split(b.read(chromedp.Evaluate[string](faultsInPage, chromedp.EvalAwaitPromise)), "\n") {
			if fault != "" {
				b.Errorf("%s: %s", where, fault)
			}
		}
		b.picture(fmt.Sprintf("%s-%d-%s", name, a.width, a.scheme))
	}
}

// withoutMotion has colours change at once.
const withoutMotion = `(() => { const s = new CSSStyleSheet(); s.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important; }"); document.adoptedStyleSheets = [s]; })();`

// faultsInPage are what is wrong with a page as it is seen now, a line each.
const faultsInPage = `document.fonts.ready.then(() => axe.run(document, ` + wcag + `)).then(found => {
		const faults = found.violations.flatMap(v => v.nodes.map(n => v.id + " at " + n.target.join(" ") + " (" + n.any.concat(n.all, n.none).map(c => c.message).join("; ").replaceAll("\n", " ") + ")"));
		const page = document.documentElement;
		if (page.scrollWidth > page.clientWidth) {
			const wide = [...document.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > page.clientWidth + 1).slice(-1).map(e => e.tagName.toLowerCase() + "." + e.getAttribute("class"));
			faults.push("it scrolls sideways: " + page.scrollWidth + " px, as " + wide);
		}
		for (const menu of document.querySelectorAll("details.cf-menu")) {
			menu.open = true;
			const list = menu.querySelector(".cf-menu-list").getBoundingClientRect();
			if (menu.checkVisibility() && list.width > 0 && (list.left < 0 || list.right > page.clientWidth)) faults.push("a menu leaves the page at " + menu.querySelector("summary").textContent.trim() + menu.querySelector("summary").getAttribute("aria-label"));
			menu.open = false;
		}
		return faults.join("\n");
	})`

// become gives the page a width and a colour scheme.
func (b *browser) become(a aspect) {
	b.Helper()
	b.do(chromedp.EmulateViewport(a.width, 900), chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: a.scheme}}})
		return err
	}))
}

// picture keeps what is seen, where somebody wants to look at all pages: LOOK names the
// folder.
func (b *browser) picture(name string) {
	b.Helper()
	folder := os.Getenv("LOOK")
	if folder == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	image, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	require.NoError(b, err)
	require.NoError(b, os.WriteFile(filepath.Join(folder, name+".png"), image, 0o600))
}

func TestSamples_StandInABrowser(t *testing.T) {
	t.Parallel()
	server := sampleServer(t)
	b := openBrowser(t)
	only := os.Getenv("LOOK_ONLY") // a part of the names, to look at few
	for i, path := range samplePaths(t) {
		if strings.Contains(path, only) {
			name := strings.ReplaceAll(strings.TrimPrefix(path, "/dev/samples/"), "/", "-")
			b.lookAt(server.URL+path, cmp.Or(name, "index"), looksAt(i))
		}
	}
}
