package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// With script, each file is uploaded as soon as it is chosen, and the list shows all when
// the last has arrived.
func TestUpload_InTheBrowser(t *testing.T) {
	_, o := shared(t)
	var paths []string
	for name, content := range map[string]string{"First in the browser.txt": "first", "Second in the browser.txt": "second"} {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		paths = append(paths, path)
	}
	b := openBrowser(t)
	b.logIn(o.Web, o.AdminEmail, o.AdminPassword)
	b.visit(o.Web + "/files?q=in+the+browser")
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#files"), paths), chromedp.WaitVisible(chromedp.CSS("tbody tr:nth-child(2)")))
	text := b.text()
	require.Contains(t, text, "First in the browser.txt")
	require.Contains(t, text, "Second in the browser.txt")

	empty := filepath.Join(t.TempDir(), "empty.txt")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#files"), []string{empty}), chromedp.WaitVisible(chromedp.CSS("[data-uploads] .text-danger")))
	require.Contains(t, b.read(chromedp.Text(chromedp.CSS("[data-uploads] li"))), "is empty")
}
