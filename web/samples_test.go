package web

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Whoever adds a page adds its samples.
func TestSamples_ThereIsOneOfEachPage(t *testing.T) {
	t.Parallel()
	var source []byte
	files, err := filepath.Glob("samples*.go")
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		source = append(source, text...)
	}
	templates, err := filepath.Glob("*.templ")
	require.NoError(t, err)
	named := regexp.MustCompile(`(?m)^templ (\w+(?:Page|Content))\(`)
	// The content of an item and of a conversation is a part of other pages.
	parts := map[string]bool{"itemContent": true, "streamContent": true}
	pages := 0
	for _, file := range templates {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, name := range named.FindAllStringSubmatch(string(text), -1) {
			if parts[name[1]] {
				continue
			}
			pages++
			require.Regexp(t, `\b`+name[1]+`\(`, string(source), "%s: %s has no sample in web/samples*.go", file, name[1])
		}
	}
	require.Greater(t, pages, 30)
}

func TestSamples_EachIsDrawnAndHasItsName(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, sample := range Samples(time.Now()) {
		require.Regexp(t, `^[a-z0-9-]+$`, sample.Name)
		require.False(t, names[sample.Name], "%s twice", sample.Name)
		names[sample.Name] = true
		require.NotEmpty(t, sample.Area, sample.Name)
		require.NoError(t, sample.Component.Render(t.Context(), io.Discard), sample.Name)
	}
}
