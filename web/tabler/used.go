package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// used is what the pages use of a stylesheet.
type used struct {
	classes    map[string]bool
	elements   map[string]bool
	attributes map[string]bool
	properties map[string]bool // custom properties
}

// alwaysElements are on every page, or come out of Markdown.
var alwaysElements = []string{"html", "body", "p", "h1", "h2", "h3", "h4", "a", "strong", "em", "ul", "ol", "li", "blockquote", "pre", "code", "hr", "br", "img"}

func newUsed() *used {
	u := &used{classes: map[string]bool{}, elements: map[string]bool{}, attributes: map[string]bool{}, properties: map[string]bool{}}
	for _, element := range alwaysElements {
		u.elements[element] = true
	}
	return u
}

func (u *used) class(name string) bool { return u.classes[name] }

func (u *used) element(name string) bool { return u.elements[name] }

// classPart reports whether the name of a class holds a text, as [class*=text] asks.
func (u *used) classPart(part string) bool {
	for class := range u.classes {
		if strings.Contains(class, part) {
			return true
		}
	}
	return false
}

// scan looks through the code below a folder: at what templ has made of the
// templates, at all other Go code, at scripts, and at our own stylesheets.
func scan(folder string) (*used, error) {
	u := newUsed()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == "testdata", entry.IsDir() && entry.Name() == "tabler":
			return fs.SkipDir
		case entry.IsDir(), strings.HasSuffix(path, "_test.go"), filepath.Base(path) == filepath.Base(cut):
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		switch filepath.Ext(path) {
		case ".go":
			return u.scanGo(path, source)
		case ".js":
			u.words(string(source))
			u.customProperties(string(source))
		case ".css":
			u.customProperties(string(source))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for what is used: %w", err)
	}
	return u, nil
}

// scanGo looks at every text in a file of Go. What templ writes out between the values
// of a template is HTML when it is put together.
func (u *used) scanGo(path string, source []byte) error {
	file, err := parser.ParseFile(token.NewFileSet(), path, source, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	var page strings.Builder
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.CallExpr:
			if text, is := written(n); is {
				page.WriteString(text)
				return false
			}
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil {
				u.literal(text)
			}
		}
		return true
	})
	u.markup(page.String())
	return nil
}

// written is what a call of templ's runtime writes.
func written(call *ast.CallExpr) (string, bool) {
	function, is := call.Fun.(*ast.SelectorExpr)
	if !is || function.Sel.Name != "WriteString" || len(call.Args) != 3 {
		return "", false
	}
	if on, is := function.X.(*ast.Ident); !is || on.Name != "templruntime" {
		return "", false
	}
	literal, is := call.Args[2].(*ast.BasicLit)
	if !is {
		return "", false
	}
	text, err := strconv.Unquote(literal.Value)
	return text, err == nil
}

// literal is a text in Go: HTML, names of classes, or neither.
func (u *used) literal(text string) {
	if strings.Contains(text, "<") {
		u.markup(text)
		return
	}
	u.customProperties(text)
	for word := range strings.FieldsSeq(text) {
		if !className.MatchString(word) {
			return // it is a sentence
		}
	}
	u.words(text)
}

var (
	className      = regexp.MustCompile(`^-?[a-z_][a-z0-9_-]*$`)
	anyName        = regexp.MustCompile(`[a-z_][a-z0-9_-]*`)
	customProperty = regexp.MustCompile(`--[a-z][A-Za-z0-9_-]*`)
)

func (u *used) words(text string) {
	for _, word := range anyName.FindAllString(text, -1) {
		u.classes[word] = true
	}
}

func (u *used) customProperties(text string) {
	for _, name := range customProperty.FindAllString(text, -1) {
		u.properties[name] = true
	}
}

// markup takes elements, attributes and classes out of HTML.
func (u *used) markup(text string) {
	u.customProperties(text)
	tokenizer := html.NewTokenizer(strings.NewReader(text))
	for {
		kind := tokenizer.Next()
		if kind == html.ErrorToken {
			return
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		tag := tokenizer.Token()
		u.elements[tag.Data] = true
		for _, attribute := range tag.Attr {
			u.attributes[attribute.Key] = true
			if attribute.Key == "class" {
				for class := range strings.FieldsSeq(attribute.Val) {
					u.classes[class] = true
				}
			}
		}
	}
}
