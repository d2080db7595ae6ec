package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
)

const root = "../.."

func TestStylesheet_IsFresh(t *testing.T) {
	t.Parallel()
	want, err := generate(root)
	require.NoError(t, err)
	have, err := os.ReadFile(filepath.Join(root, cut))
	require.NoError(t, err)
	require.Equal(t, string(want), string(have), "run: make generate")
}

// What a template says in class="…" and Tabler has a rule for is in the small file.
func TestStylesheet_HasTheClassesOfTheTemplates(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile(filepath.Join(root, whole))
	require.NoError(t, err)
	small, err := os.ReadFile(filepath.Join(root, cut))
	require.NoError(t, err)
	inTabler, inSmall := ruled(string(source)), ruled(string(small))
	attribute := regexp.MustCompile(`class="([^"]*)"`)
	found := 0
	require.NoError(t, filepath.WalkDir(filepath.Join(root, pages), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".templ" {
			return err
		}
		template, err := os.ReadFile(path)
		for _, match := range attribute.FindAllStringSubmatch(string(template), -1) {
			for class := range strings.FieldsSeq(match[1]) {
				if inTabler[class] {
					found++
					require.True(t, inSmall[class], "%s: .%s", path, class)
				}
			}
		}
		return err
	}))
	require.Greater(t, found, 50)
}

// ruled are the classes that have a rule of their own: ".card{", ".card,", ".card>".
func ruled(sheet string) map[string]bool {
	classes := map[string]bool{}
	for _, match := range regexp.MustCompile(`[,{}\n]\.([a-z][a-z0-9-]*)[,{]`).FindAllStringSubmatch(sheet, -1) {
		classes[match[1]] = true
	}
	return classes
}

// A class that is put together while the program runs would not be found.
func TestTemplates_WriteClassesWhole(t *testing.T) {
	t.Parallel()
	require.NoError(t, filepath.WalkDir(filepath.Join(root, pages), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_templ.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			require.False(t, joinsClass(n), "%s puts a class together: write a function that returns each class whole", path)
			return true
		})
		return nil
	}))
	for code, want := range map[string]bool{`[]any{"alert", "alert-" + tone}`: true, `[]any{"alert", alertClass(tone)}`: false, `[]string{"a" + b}`: false} {
		expression, err := parser.ParseExpr(code)
		require.NoError(t, err)
		require.Equal(t, want, joinsClass(expression), code)
	}
}

// joinsClass reports whether a list of classes, as templ writes it, joins texts.
func joinsClass(n ast.Node) bool {
	list, is := n.(*ast.CompositeLit)
	if !is {
		return false
	}
	array, is := list.Type.(*ast.ArrayType)
	if !is {
		return false
	}
	if element, is := array.Elt.(*ast.Ident); !is || element.Name != "any" {
		return false
	}
	return slices.ContainsFunc(list.Elts, func(e ast.Expr) bool { _, joins := e.(*ast.BinaryExpr); return joins })
}

// Where everything is used, everything is written again as it was.
func TestCut_LosesNothingThatIsUsed(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile(filepath.Join(root, whole))
	require.NoError(t, err)
	header, sheet, err := read(source)
	require.NoError(t, err)
	require.Contains(t, header, "Licensed under MIT")
	var out strings.Builder
	write(&out, sheet)
	_, rest, found := strings.Cut(string(source), "*/")
	require.True(t, found)
	rest = regexp.MustCompile(`/\*#.*\*/`).ReplaceAllString(rest, "")
	require.Equal(t, lexed(rest), lexed(out.String()))
}

// lexed are the tokens of a stylesheet without the space between them.
func lexed(text string) []string {
	var list []string
	lexer := css.NewLexer(parse.NewInputString(text))
	for kind, data := lexer.Next(); kind != css.ErrorToken; kind, data = lexer.Next() {
		if kind != css.WhitespaceToken && kind != css.SemicolonToken {
			list = append(list, strings.ReplaceAll(string(data), " ", ""))
		}
	}
	return list
}

func TestCut_KeepsWhatCanMatch(t *testing.T) {
	t.Parallel()
	u := newUsed()
	require.NoError(t, u.scanGo("x_templ.go", []byte(`package x
		import "a/unused-import"
		var _ = templruntime.WriteString(buffer, 1, "<table class=\"card list\"><tr data-row=\"")
		var _ = templruntime.WriteString(buffer, 2, "\"><td>Words of a page: grid</td></tr></table>")
		var tone = map[bool]string{true: "bg-green-lt", false: "bg-red-lt text-bold"}
		var _ = "No sentence is read for its classes: active, show."
		var _ = `+"`<svg class=\"icon\"><path fill=\"var(--tblr-pink)\"/></svg>`")))
	check := func(source, want string) {
		t.Helper()
		small, err := u.cut([]byte("/*! the licence */" + source))
		require.NoError(t, err)
		text, headed := strings.CutPrefix(string(small), "/*! the licence */\n/* Cut by go run ./web/tabler: do not edit. */\n")
		require.True(t, headed)
		require.Equal(t, want, strings.ReplaceAll(text, "\n", ""))
	}
	same := func(source string) { t.Helper(); check(source, source) }
	gone := func(source string) { t.Helper(); check(source, "") }

	same(".card{color:red}")
	same(".bg-green-lt,.bg-red-lt{color:red}")
	same(".text-bold:hover::before,.icon{color:red}")
	gone(".active,.show,.grid,.unused-import{color:red}")
	check(".card,.gone .card,.card .gone,.card.list{color:red}", ".card,.card.list{color:red}")
	same("table>tr~td,*,::before,:root,[type=text]{color:red}")
	gone("video,kbd+table,video.card{color:red}")
	same(".card:not(.gone){color:red}")
	same(":is(.gone,.card)>td,.card:has(.list){color:red}")
	gone(".card:is(.gone,.gone2),:where(.gone){color:red}")
	same(".card:nth-child(2n+1){color:red}")
	check("[class*=\" bg-\"],[class^=navbar]{color:red}", "[class*=\" bg-\"]{color:red}")
	check("[data-row] td,[data-other]{color:red}", "[data-row] td{color:red}")
	same("@media (min-width:10px){.card{color:red}}")
	gone("@media (min-width:10px){.gone{color:red}}")
	same("@supports (display:grid){.card{color:red}}")
	check(":root{--a:1px;--b:var(--c);--c:var(--d, 2px);--d:0;--e:var(--e)}.card{margin:var(--b)}", ":root{--b:var(--c);--c:var(--d, 2px);--d:0}.card{margin:var(--b)}")
	same(":root{--tblr-pink:pink}")
	gone(":root{--tblr-gold:gold}")
	check("@keyframes turn{from{top:0}50%{top:var(--x)}}@keyframes other{to{top:1px}}.card{--x:1px;animation:1s turn}.gone{animation:other}",
		"@keyframes turn{from{top:0}50%{top:var(--x)}}.card{--x:1px;animation:1s turn}")
	check(`@charset "UTF-8";@property --x{syntax:"<angle>";inherits:true}@property --y{inherits:true}.card{rotate:var(--x)}`, `@property --x{syntax:"<angle>";inherits:true}.card{rotate:var(--x)}`)
	same(`.card{background:url("data:image/svg+xml,%3csvg a='b;c}'%3e") no-repeat;width:calc(100% - 2px)!important}`)

	_, err := u.cut([]byte("@layer x{.card{color:red}}"))
	require.ErrorContains(t, err, "@layer")
	_, err = u.cut([]byte(".card{color:red"))
	require.NoError(t, err, "a browser closes it, too")
	_, err = u.cut([]byte(".card{color:red}}.list{"))
	require.Error(t, err)
}

// The theme of the reader's system is the theme of the page, without a script.
func TestCut_DarkThemeFollowsTheSystem(t *testing.T) {
	t.Parallel()
	u := newUsed()
	u.classes["card"], u.classes["navbar"] = true, true
	check := func(source, want string) {
		t.Helper()
		small, err := u.cut([]byte("/*!*/" + source))
		require.NoError(t, err)
		require.Equal(t, want, strings.ReplaceAll(strings.SplitN(string(small), "\n", 3)[2], "\n", ""))
	}
	const twin = "@media (prefers-color-scheme:dark){:root:where(:not([data-bs-theme=light]))"
	check("[data-bs-theme=dark],[data-theme=dark]{color-scheme:dark}", "[data-bs-theme=dark]{color-scheme:dark}"+twin+"{color-scheme:dark}}")
	check("[data-bs-theme=dark] .card,.card{color:red}", "[data-bs-theme=dark] .card,.card{color:red}"+twin+" .card{color:red}}")
	check(":root[data-bs-theme=dark] .card,body[data-bs-theme=dark]>.card{color:red}",
		":root[data-bs-theme=dark] .card,body[data-bs-theme=dark]>.card{color:red}"+twin+" .card,:root:where(:not([data-bs-theme=light]))>.card{color:red}}")
	check("[data-bs-theme=dark] .gone{color:red}", "")
	check("[data-bs-theme=dark]{top:0}[data-bs-theme=dark] .card{top:1px}", "[data-bs-theme=dark]{top:0}"+twin+"{top:0}}[data-bs-theme=dark] .card{top:1px}"+twin+" .card{top:1px}}")
	check("@media print{[data-bs-theme=dark] .card{top:0}}", "@media print{[data-bs-theme=dark] .card{top:0}"+twin+" .card{top:0}}}")
	check(":root,[data-bs-theme=light]{top:0}", ":root,[data-bs-theme=light]{top:0}")
	check(".navbar[data-bs-theme=dark],body[data-bs-theme=dark] [data-bs-theme=light]{top:0}", "")
	u.attributes["data-bs-theme"] = true
	check(".navbar[data-bs-theme=dark]{top:0}", ".navbar[data-bs-theme=dark]{top:0}")

	_, err := u.cut([]byte(":root:not([data-bs-theme=dark]) .card{top:0}"))
	require.ErrorContains(t, err, "prefers-color-scheme")
}
