package parts

import (
	"encoding/xml"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func TestIcon_IsHiddenFromReadersAndWellFormed(t *testing.T) {
	t.Parallel()
	require.Greater(t, len(icons), 40)
	for name := range icons {
		var out strings.Builder
		require.NoError(t, Icon(name).Render(t.Context(), &out))
		var svg struct {
			XMLName xml.Name `xml:"svg"`
			Hidden  string   `xml:"aria-hidden,attr"`
			Class   string   `xml:"class,attr"`
			Width   string   `xml:"width,attr"`
			Height  string   `xml:"height,attr"`
			Stroke  string   `xml:"stroke,attr"`
			Shapes  []struct {
				XMLName xml.Name
				Style   string `xml:"style,attr"`
			} `xml:",any"`
		}
		require.NoError(t, xml.Unmarshal([]byte(out.String()), &svg), name)
		require.Equal(t, []string{"true", "icon", "20", "20", "currentColor"}, []string{svg.Hidden, svg.Class, svg.Width, svg.Height, svg.Stroke}, name)
		require.NotEmpty(t, svg.Shapes, name)
		for _, shape := range svg.Shapes {
			require.Contains(t, []string{"path", "circle", "rect", "line", "polyline"}, shape.XMLName.Local, name)
			require.Empty(t, shape.Style, "%s: the policy of the pages forbids it", name)
		}
		require.NotContains(t, out.String(), "\n", name)
	}
}

func TestIcon_UnknownFailsThePage(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, Icon("no-such-icon").Render(t.Context(), &strings.Builder{}), `"no-such-icon"`)
}

func TestIcon_OtherFilesAreRefused(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"", "<svg><path/></svg>", "<svg\n>" + iconFrame + "</svg>", "<svg\n>" + iconFrame + "<path />", "<svg\n>" + iconFrame + "<path /></svg><script/>"} {
		_, err := readIcons(fstest.MapFS{"icons/x.svg": {Data: []byte(source)}})
		require.ErrorContains(t, err, "icons/x.svg")
	}
	made, err := readIcons(fstest.MapFS{"icons/x.svg": {Data: []byte("<svg\n>" + iconFrame + "\n  <path d=\"M1 1\" />\n</svg>\n")}})
	require.NoError(t, err)
	require.Equal(t, iconBegin+`<path d="M1 1"/></svg>`, made["x"])
}

// A call with the name in it is found here. What a page chooses while it runs fails
// the test that draws the page.
func TestIcon_EveryNameInACallIsThere(t *testing.T) {
	t.Parallel()
	called, texts := 0, map[string]bool{}
	require.NoError(t, filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if name, is := iconCall(n); is {
				called++
				require.Contains(t, icons, name, "%s draws an icon that is not in web/parts/icons", path)
			}
			if text, is := textOf(n); is {
				texts[text] = true
			}
			return true
		})
		return nil
	}))
	unused := slices.DeleteFunc(slices.Sorted(maps.Keys(icons)), func(name string) bool { return texts[name] })
	t.Logf("%d calls; icons whose name is nowhere in the pages: %s", called, strings.Join(unused, " "))
}

func TestIcon_CallsAreFound(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{`Icon("home")`: "home", "parts.Icon(`x`)": "x", `Icon(name)`: "", `Other("home")`: "", `Icon("a", "b")`: ""} {
		call, err := parser.ParseExpr(code)
		require.NoError(t, err)
		name, is := iconCall(call)
		require.Equal(t, want, name, code)
		require.Equal(t, want != "", is, code)
	}
}

// iconCall is the name in Icon("name") and parts.Icon("name").
func iconCall(n ast.Node) (name string, is bool) {
	call, is := n.(*ast.CallExpr)
	if !is || len(call.Args) != 1 {
		return "", false
	}
	function := call.Fun
	if selector, of := function.(*ast.SelectorExpr); of {
		function = selector.Sel
	}
	if called, plain := function.(*ast.Ident); !plain || called.Name != "Icon" {
		return "", false
	}
	return textOf(call.Args[0])
}

func textOf(n ast.Node) (string, bool) {
	literal, is := n.(*ast.BasicLit)
	if !is || literal.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(literal.Value)
	return text, err == nil
}
