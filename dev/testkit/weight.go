package testkit

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// MostWeight is what the first load of a page may weigh, in bytes as they are sent.
const MostWeight = 150_000

// Weight loads a page as somebody does who has never been here: the page, and everything that it
// loads, compressed as a browser takes it. The test fails where that is more than MostWeight,
// and says what weighs how much. client has the cookies of whoever looks.
func Weight(t testing.TB, client *http.Client, page string) int {
	t.Helper()
	l := &load{TB: t, client: client, seen: map[string]bool{}}
	l.fetch(page)
	require.LessOrEqual(t, l.total, MostWeight, "%s is heavy:\n%s", page, strings.Join(l.parts, "\n"))
	return l.total
}

// load is what a page has loaded so far.
type load struct {
	testing.TB
	client *http.Client
	seen   map[string]bool
	total  int
	parts  []string
}

// fetch loads one address, once, and what its content refers to.
func (l *load) fetch(address string) {
	l.Helper()
	if l.seen[address] {
		return
	}
	l.seen[address] = true
	r, err := http.NewRequestWithContext(l.Context(), http.MethodGet, address, nil)
	require.NoError(l, err)
	r.Header.Set("Accept", "text/html, */*")
	r.Header.Set("Accept-Encoding", "gzip") // said here, so that the client leaves it packed
	answer, err := l.client.Do(r)
	require.NoError(l, err)
	sent, err := io.ReadAll(answer.Body)
	require.NoError(l, err)
	require.NoError(l, answer.Body.Close())
	require.Equal(l, http.StatusOK, answer.StatusCode, address)
	require.Equal(l, address, answer.Request.URL.String(), "it led elsewhere")
	l.total += len(sent)
	l.parts = append(l.parts, fmt.Sprintf("%8d  %s", len(sent), address))
	for _, part := range loadedBy(answer.Header.Get("Content-Type"), l.unpacked(answer, sent)) {
		if strings.HasPrefix(part, "data:") {
			continue
		}
		at, err := answer.Request.URL.Parse(part)
		require.NoError(l, err)
		l.fetch(at.String())
	}
}

func (l *load) unpacked(answer *http.Response, sent []byte) string {
	l.Helper()
	if answer.Header.Get("Content-Encoding") != "gzip" {
		return string(sent)
	}
	r, err := gzip.NewReader(bytes.NewReader(sent))
	require.NoError(l, err)
	text, err := io.ReadAll(r)
	require.NoError(l, err)
	return string(text)
}

// inStyles are the files that a stylesheet names.
var inStyles = regexp.MustCompile(`url\(\s*["']?([^"')]+)`)

// loadedBy are the addresses that a page or a stylesheet loads by itself. What stands in a frame
// is a page of its own.
func loadedBy(contentType, text string) []string {
	var found []string
	switch {
	case strings.HasPrefix(contentType, "text/css"):
		for _, match := range inStyles.FindAllStringSubmatch(text, -1) {
			found = append(found, match[1])
		}
	case strings.HasPrefix(contentType, "text/html"):
		tokenizer := html.NewTokenizer(strings.NewReader(text))
		for kind := tokenizer.Next(); kind != html.ErrorToken; kind = tokenizer.Next() {
			if kind == html.StartTagToken || kind == html.SelfClosingTagToken {
				found = append(found, loadedByTag(tokenizer.Token())...)
			}
		}
	}
	return found
}

// loadingLinks are the relations of <link> that load what they name.
var loadingLinks = []string{"stylesheet", "icon", "preload", "modulepreload", "manifest"}

func loadedByTag(tag html.Token) []string {
	attributes := map[string]string{}
	for _, a := range tag.Attr {
		attributes[a.Key] = a.Val
	}
	switch {
	case tag.Data == "link" && slices.Contains(loadingLinks, attributes["rel"]):
		return []string{attributes["href"]}
	case (tag.Data == "script" || tag.Data == "img") && attributes["src"] != "":
		return []string{attributes["src"]}
	}
	return nil
}
