package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tdewolff/parse/v2/css"
)

// Tabler's dark theme hangs on an attribute that only a script can set by what the
// reader's system prefers. So its rules are written a second time, behind the
// question for that preference: for the whole page, where no theme is set.
const (
	themeAttribute = "data-bs-theme"
	prefersDark    = "@media (prefers-color-scheme:dark)"
	// darkRoot weighs as much as the attribute that it stands for, so that it wins
	// over the same rules, and no others.
	darkRoot = ":root:where(:not([data-bs-theme=light]))"
)

// rootTheme is the theme that a selector asks of the whole page, and what follows
// its first compound: "dark" and " .badge" of "[data-bs-theme=dark] .badge".
func rootTheme(selector tokens) (theme string, rest tokens) {
	i := 0
	for i < len(selector) && rootWords[string(selector[i].Data)] {
		i++
	}
	if i == len(selector) || selector[i].TokenType != css.LeftBracketToken || string(selector[i+1].Data) != themeAttribute {
		return "", nil
	}
	end := closing(selector, i)
	rest = selector[end+1:]
	if len(rest) > 0 && rest[0].TokenType != css.WhitespaceToken && rest[0].TokenType != css.DelimToken {
		return "", nil
	}
	return string(selector[end-1].Data), rest
}

// rootWords can stand before the attribute on the whole page.
var rootWords = map[string]bool{":": true, "root": true, "html": true, "body": true}

// withDark adds to each rule of the dark theme its twin, right behind it.
func withDark(sheet []node) ([]node, error) {
	var out []node
	for _, n := range sheet {
		if strings.HasPrefix(n.at, "@media") {
			inside, err := withDark(n.inside)
			if err != nil {
				return nil, err
			}
			n.inside = inside
		}
		out = append(out, n)
		twin := node{declarations: n.declarations}
		for _, selector := range n.selectors {
			if theme, rest := rootTheme(selector); theme == "dark" {
				twin.selectors = append(twin.selectors, append(darkTokens(), rest...))
			} else if strings.Contains(selector.String(), "not(["+themeAttribute+"=dark]") {
				return nil, fmt.Errorf("%s is for every theme but the dark one, which this command cannot write: use @media (prefers-color-scheme) in console.css instead", selector)
			}
		}
		if len(twin.selectors) > 0 {
			out = append(out, node{at: prefersDark, inside: []node{twin}})
		}
	}
	return joined(out), nil
}

// joined puts neighbours under the same question into one.
func joined(sheet []node) []node {
	var out []node
	for _, n := range sheet {
		if last := len(out) - 1; last >= 0 && n.at != "" && n.raw == "" && n.at == out[last].at && strings.HasPrefix(n.at, "@media") {
			out[last].inside = append(slices.Clone(out[last].inside), n.inside...)
			continue
		}
		out = append(out, n)
	}
	return out
}

func darkTokens() tokens { return tokens{{TokenType: css.IdentToken, Data: []byte(darkRoot)}} }
