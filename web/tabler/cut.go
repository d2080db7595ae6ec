package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
)

// generate makes the small stylesheet out of the files of the project.
func generate(root string) ([]byte, error) {
	source, err := os.ReadFile(filepath.Join(root, whole))
	if err != nil {
		return nil, fmt.Errorf("read Tabler: %w", err)
	}
	u, err := scan(filepath.Join(root, pages))
	if err != nil {
		return nil, err
	}
	return u.cut(source)
}

// cut leaves of a stylesheet what is used.
func (u *used) cut(source []byte) ([]byte, error) {
	header, sheet, err := read(source)
	if err != nil {
		return nil, fmt.Errorf("read Tabler: %w", err)
	}
	sheet = u.reachable(u.rules(sheet))
	if sheet, err = withDark(sheet); err != nil {
		return nil, err
	}
	var out strings.Builder
	out.WriteString(header + "\n/* Cut by go run ./web/tabler: do not edit. */\n")
	write(&out, sheet)
	return []byte(out.String()), nil
}

// rules leaves the rules whose selectors can match.
func (u *used) rules(sheet []node) []node {
	var kept []node
	for _, n := range sheet {
		switch {
		case strings.HasPrefix(n.at, "@media"), strings.HasPrefix(n.at, "@supports"):
			if n.inside = u.rules(n.inside); len(n.inside) > 0 {
				kept = append(kept, n)
			}
		case n.at != "": // decided by who refers to it
			kept = append(kept, n)
		default:
			n.selectors = slices.DeleteFunc(slices.Clone(n.selectors), func(s tokens) bool { return !u.keeps(s) })
			if len(n.selectors) > 0 {
				kept = append(kept, n)
			}
		}
	}
	return kept
}

// keeps reports whether a selector can match. A theme can always be set on the page.
func (u *used) keeps(selector tokens) bool {
	if theme, rest := rootTheme(selector); theme != "" {
		return u.matches(rest)
	}
	return u.matches(selector)
}

// reachable leaves out what is set or defined and that nothing refers to: custom
// properties, @property, @keyframes. Each that goes may take others with it.
func (u *used) reachable(sheet []node) []node {
	for {
		named := map[string]bool{}
		for name := range u.properties {
			named[name] = true
		}
		references(sheet, named)
		kept, dropped := prune(sheet, named)
		if !dropped {
			return kept
		}
		sheet = kept
	}
}

// references notes every name that a value holds: of custom properties, and the
// words of animations.
func references(sheet []node, named map[string]bool) {
	for _, n := range sheet {
		references(n.inside, named)
		for _, d := range n.declarations {
			for _, token := range d.value {
				for _, name := range namesIn(token) {
					if name != d.name {
						named[name] = true
					}
				}
			}
		}
	}
}

// namesIn takes names out of a token. The value of a custom property is one token.
func namesIn(t css.Token) []string {
	switch t.TokenType {
	case css.CustomPropertyNameToken, css.IdentToken:
		return []string{string(t.Data)}
	case css.CustomPropertyValueToken:
		var names []string
		lexer := css.NewLexer(parse.NewInputBytes(slices.Clone(t.Data)))
		for kind, data := lexer.Next(); kind != css.ErrorToken; kind, data = lexer.Next() {
			names = append(names, namesIn(css.Token{TokenType: kind, Data: data})...)
		}
		return names
	}
	return nil
}

// prune drops what has no name in the list, and what is empty then.
func prune(sheet []node, named map[string]bool) (kept []node, dropped bool) {
	for _, n := range sheet {
		if _, name, _ := strings.Cut(n.at, " "); !strings.HasPrefix(n.at, "@media") && !strings.HasPrefix(n.at, "@supports") && n.at != "" && !named[name] {
			dropped = true
			continue
		}
		var gone bool
		n.inside, gone = prune(n.inside, named)
		dropped = dropped || gone
		before := len(n.declarations)
		n.declarations = slices.DeleteFunc(slices.Clone(n.declarations), func(d declaration) bool { return d.custom() && !named[d.name] })
		if len(n.declarations) == before && before > 0 || len(n.inside) > 0 || n.raw != "" {
			kept = append(kept, n)
			continue
		}
		dropped = true
		if len(n.declarations) > 0 {
			kept = append(kept, n)
		}
	}
	return kept, dropped
}
