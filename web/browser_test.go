package web

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"coachflow/app"
)

// console is one person's Chromium at the pages of a world.
type console struct {
	testing.TB
	ctx     context.Context
	address string
}

// openConsole starts Chromium and logs somebody in.
func (w *world) openConsole(who app.Principal) *console {
	w.t.Helper()
	const path = "/usr/bin/chromium"
	if _, err := os.Stat(path); err != nil {
		w.t.Skipf("SKIPPED, THE PAGES ARE NOT TESTED IN A BROWSER: there is no %s", path)
	}
	server := httptest.NewServer(w.engine)
	w.t.Cleanup(server.Close)
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true)}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	w.t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(ctx)
	w.t.Cleanup(cancel)
	require.NoError(w.t, chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900)))
	c := &console{w.t, ctx, server.URL}
	c.visit("/login")
	c.do(chromedp.SendKeys(chromedp.CSS(`[name="email"]`), address(who)), chromedp.SendKeys(chromedp.CSS(`[name="password"]`), password),
		chromedp.Submit(chromedp.CSS(`[name="password"]`)), chromedp.WaitReady(chromedp.CSS(".cf-app")))
	return c
}

func (c *console) do(steps ...chromedp.Action[chromedp.Void]) {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.ctx, time.Minute)
	defer cancel()
	require.NoError(c, chromedp.Do(ctx, steps...))
}

func (c *console) visit(path string) { c.Helper(); c.do(chromedp.Navigate(c.address + path)) }

// eval is what a script in the page comes to, as text.
func (c *console) eval(script string) string {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.ctx, time.Minute)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("String("+script+")"))
	require.NoError(c, err)
	return text
}

func (c *console) press(keys string, with ...chromedp.Modifier) {
	c.Helper()
	c.do(chromedp.KeyEvent(keys, chromedp.KeyModifiers(with...)))
}

// withoutScript switches the scripts of the pages off. What the test asks them goes on.
func (c *console) withoutScript() {
	c.Helper()
	c.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return chromedp.Void{}, err
	})
}

// focused is what has the focus, by its words.
const focused = `(document.activeElement.getAttribute("aria-label") || document.activeElement.textContent || document.activeElement.name || "").trim().replace(/\s+/g, " ")`

// tabTo presses Tab until what has those words has the focus, and is how often.
func (c *console) tabTo(words string) int {
	c.Helper()
	var stops []string
	for range 60 {
		c.press(kb.Tab)
		now := c.eval(focused)
		if stops = append(stops, now); now == words {
			c.Logf("%d Tab stops to %q: %q", len(stops), words, stops)
			return len(stops)
		}
	}
	require.Failf(c, "not reached", "%q is not among the Tab stops %q", words, stops)
	return 0
}

// programOfSix is a running program of six forms: the first is open, the others wait.
func programOfSix(w *world) (path string, items []app.Item) {
	w.t.Helper()
	engagement, items := w.programOf(w.ours, 6)
	_, err := w.app.StartEngagement(w.t.Context(), w.ours.admin, engagement.ID)
	require.NoError(w.t, err)
	w.exec("UPDATE items SET status = 'open', issued_at = now(), form_version = 1, round = 1, due_at = now() + interval '7 days' WHERE id = $1", items[0].ID)
	return "/engagements/" + engagement.ID.String(), items
}

// Whoever works without a mouse comes to the last act of a program in few steps.
func TestProgram_ItsLastActIsNearOnTheKeyboard(t *testing.T) {
	w := newWorld(t)
	path, _ := programOfSix(w)
	c := w.openConsole(w.ours.admin)
	c.visit(path)
	stops := c.tabTo("Skip to the content")
	for _, words := range []string{"6. F not sent", "Acts for “F”"} {
		c.press(kb.Enter)
		stops += c.tabTo(words)
	}
	require.Equal(t, "false", c.eval(`document.querySelector(".cf-head .cf-menu").open`), "the link to the content opens no menu")
	c.press(kb.ArrowUp)
	require.Equal(t, "Remove", c.eval(focused), "an arrow key goes into the menu, from its end")
	c.press(kb.ArrowDown)
	require.Equal(t, "Preview the mail", c.eval(focused), "and around")
	c.press(kb.Escape)
	require.Equal(t, "Acts for “F”", c.eval(focused), "the menu that closes hands the focus back")
	c.press(kb.Enter)
	stops += c.tabTo("Remove")
	require.LessOrEqual(t, stops, 25)
}

// Without script each act of an item can be found and pressed.
func TestProgram_EveryActIsThereWithoutScript(t *testing.T) {
	w := newWorld(t)
	w.agree(nil)
	path, items := programOfSix(w)
	w.exec("UPDATE items SET status = 'sending', send_at = now() + interval '1 hour' WHERE id = $1", items[1].ID)
	w.exec("UPDATE items SET status = 'skipped', done_at = now() WHERE id = $1", items[2].ID)
	c := w.openConsole(w.ours.coach)
	c.withoutScript()
	for n, acts := range map[int][]string{
		0: {"Answers", "Hold reminders", "Send again", "Preview the mail", "Change", "Skip", "Remove"},
		1: {"Take back", "Preview the mail", "Skip", "Remove"},
		2: {"Reopen", "Preview the mail", "Remove"},
		3: {"Send now", "Preview the mail", "Change", "Skip", "Remove"},
	} {
		for _, act := range acts {
			c.visit(path)
			c.reach(items[n], act)
		}
	}
	c.visit(path)
	require.Equal(t, "true", c.eval(`document.getElementById("order-form").hidden`), "dragging needs script; the link beside does not")
	c.follow(`a[href$="/order"]`, ".cf-list")
	c.follow(`[aria-label="Move “B” up"]`, `[aria-label="Move “A” up"]`)
	require.Contains(t, c.eval("document.body.innerText"), "Apply the change")
}

// reach opens an item, and its menu where the act is in it, presses the act and waits for
// the page that it leads to.
func (c *console) reach(item app.Item, act string) {
	c.Helper()
	step := "#item-" + item.ID.String()
	find := `[...document.querySelectorAll("` + step + ` a, ` + step + ` button")].find((e) => e.textContent.trim() === ` + quoted(act) + `)`
	require.NotEqual(c, "undefined", c.eval(find), "%q of %s", act, item.Title)
	if c.eval(`document.querySelector("`+step+` > details").open`) == "false" {
		c.do(chromedp.Click(chromedp.CSS(step + " > details > summary")))
	}
	if c.eval(`!!`+find+`.closest(".cf-menu")`) == "true" {
		c.do(chromedp.Click(chromedp.CSS(step + " .cf-menu > summary")))
	}
	require.Equal(c, "true", c.eval(find+`.checkVisibility()`), "%q of %s", act, item.Title)
	c.eval(find + `.setAttribute("data-test", "act")`)
	c.do(chromedp.Click(chromedp.CSS(`[data-test="act"]`)), chromedp.WaitNotPresent(chromedp.CSS(`[data-test="act"]`)), chromedp.WaitReady(chromedp.CSS("main")))
	require.NotContains(c, c.eval("document.title"), "did not work", "%q of %s", act, item.Title)
}

func (c *console) follow(link, then string) {
	c.Helper()
	c.do(chromedp.Click(chromedp.CSS(link)), chromedp.WaitReady(chromedp.CSS(then)))
}

func quoted(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

// An item moves with Alt and an arrow key; what that does is asked before it is done.
func TestProgram_AltAndAnArrowMoveAnItem(t *testing.T) {
	w := newWorld(t)
	engagement, items := w.programOf(w.ours, 3)
	path := "/engagements/" + engagement.ID.String()
	c := w.openConsole(w.ours.coach)
	c.visit(path)
	const order = `[...document.querySelectorAll("[data-step]")].map((s) => s.querySelector(".cf-step-title").textContent.trim().slice(-1)).join("")`
	require.Equal(t, "false", c.eval(`document.getElementById("order-form").checkVisibility()`))
	last := "#item-" + items[2].ID.String() + " > details > summary"
	require.Equal(t, "Alt and an arrow key move this item up or down.", c.eval(`document.getElementById(document.querySelector("`+last+`").getAttribute("aria-describedby")).textContent`))
	c.do(chromedp.Focus(chromedp.CSS(last)))
	for n, want := range []string{"ACB", "CAB", "CAB"} {
		c.press(kb.ArrowUp, chromedp.ModifierAlt)
		require.Equal(t, want, c.eval(order), strconv.Itoa(n))
		require.Equal(t, "true", c.eval(`document.activeElement === document.querySelector("`+last+`")`), "the focus stays with the item")
	}
	require.Equal(t, "true", c.eval(`document.getElementById("order-form").checkVisibility()`))
	require.Equal(t, "ABC", w.titles(engagement.ID), "nothing is changed yet")
	c.follow("#order-form button", ".cf-effects")
	require.Contains(t, c.eval("document.body.innerText"), "What this does")
	c.follow(`form[method="post"][action$="/order"] button`, ".alert-success")
	require.Equal(t, "CAB", w.titles(engagement.ID))
}
