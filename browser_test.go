package main

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// browser is one person's Chromium, with a profile of its own.
type browser struct {
	testing.TB
	ctx context.Context
}

// openBrowser starts Chromium as somebody who has never been here before.
func openBrowser(t testing.TB) *browser {
	t.Helper()
	const path = "/usr/bin/chromium"
	if _, err := os.Stat(path); err != nil {
		t.Skipf("SKIPPED, THE PAGES ARE NOT TESTED IN A BROWSER: there is no %s", path)
	}
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true)}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(ctx)) // starts it, with a new profile
	return &browser{t, ctx}
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	require.NoError(b, chromedp.Do(ctx, steps...))
}

func (b *browser) read(what chromedp.Action[string]) string {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, what)
	require.NoError(b, err)
	return text
}

func (b *browser) visit(address string) { b.Helper(); b.do(chromedp.Navigate(address)) }

func (b *browser) write(field, text string) {
	b.Helper()
	b.do(chromedp.SendKeys(question(field), text))
}

func question(field string) chromedp.CSS { return chromedp.CSS(fmt.Sprintf(`[name="q.%s"]`, field)) }

// choose presses the label of a radio button or a checkbox, as a thumb does.
func (b *browser) choose(field, value string) {
	b.Helper()
	b.do(chromedp.Click(chromedp.CSS(fmt.Sprintf(`input[name="q.%s"][value="%s"] + label`, field, value))))
}

// press presses a button and waits for the page that follows, which holds what
// is given.
func (b *browser) press(action string, then chromedp.CSS) {
	b.Helper()
	b.do(chromedp.Click(chromedp.CSS(fmt.Sprintf(`.actions button[value="%s"]`, action))), chromedp.WaitVisible(then))
}

func (b *browser) value(field string) string {
	b.Helper()
	return b.read(chromedp.Value(question(field)))
}

func (b *browser) text() string {
	b.Helper()
	return b.read(chromedp.Text(chromedp.CSS("body")))
}
