package main_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "coachflow"

// layers are the packages of this module by the first element of their path,
// with the layers that each may import. A package below a layer belongs to it.
var layers = map[string][]string{
	"coaching":   {},
	"db":         {"coaching"},
	"mail":       {"coaching"},
	"calendar":   {"coaching"},
	"outbox":     {"db", "mail", "coaching"},
	"program":    {"outbox", "calendar", "db", "mail", "coaching"},
	"inbox":      {"outbox", "db", "mail", "calendar", "coaching"},
	"accounts":   {"outbox", "db", "mail", "coaching"},
	"booking":    {"outbox", "calendar", "db", "mail", "coaching"},
	"files":      {"db", "mail", "coaching"},
	"activities": {"program", "inbox", "accounts", "booking", "files", "outbox", "calendar", "db", "mail", "coaching"},
	"workflows":  {"activities", "program", "inbox", "accounts", "booking", "files", "outbox", "db", "mail", "coaching"},
	"app":        {"workflows", "activities", "program", "inbox", "accounts", "booking", "files", "outbox", "calendar", "db", "mail", "coaching"},
	"web":        {"app", "workflows", "activities", "program", "inbox", "accounts", "booking", "files", "outbox", "db", "mail", "coaching"},
	"api":        {"web", "app", "workflows", "activities", "program", "inbox", "accounts", "booking", "files", "outbox", "db", "mail", "coaching"},
	"worker":     {"workflows", "activities", "program", "inbox", "accounts", "booking", "files", "outbox", "db", "mail", "coaching"},
	"dev":        {"mail", "db", "coaching", "app", "activities", "program", "inbox", "accounts", "booking", "files", "outbox", "workflows", "worker", "api"},
	mainLayer:    {"api", "worker", "dev", "web", "app", "workflows", "activities", "program", "inbox", "accounts", "booking", "files", "outbox", "calendar", "db", "mail", "coaching"},
}

// mailLayers are the packages inside mail, with those of their siblings that each
// may import: what leaves is made before it is delivered, and what comes in knows
// what left.
var mailLayers = map[string][]string{
	module + "/mail/compose": {},
	module + "/mail/deliver": {module + "/mail/compose"},
	module + "/mail/receive": {module + "/mail/compose"},
}

// mainLayer is the package at the root.
const mainLayer = "main"

// dependencies are modules and packages that few layers may import, with those layers.
var dependencies = map[string][]string{
	"github.com/emersion/go-imap":                {"mail", "dev"},
	"github.com/emersion/go-smtp":                {"mail", "dev"},
	"github.com/jhillyerd/enmime":                {"mail", "dev"},
	"github.com/wneessen/go-mail":                {"mail", "dev"},
	"github.com/resend/resend-go":                {"mail", "dev"},
	"github.com/gin-gonic/gin":                   {"api", "web", mainLayer},
	"github.com/danielgtaylor/huma":              {"api", "web", mainLayer},
	"github.com/klauspost/compress":              {"web"},
	"github.com/tdewolff/parse":                  {"web"},
	module + "/db/rows":                          {"db", "outbox", "program", "inbox", "accounts", "booking", "files", "app"},
	"pgregory.net/rapid":                         {},
	"github.com/teambition/rrule-go":             {},
	"github.com/stretchr/testify":                {"dev"},
	"github.com/Shopify/toxiproxy":               {},
	"github.com/chromedp/chromedp":               {},
	"github.com/fergusstrange/embedded-postgres": {"dev"},
}

// listed is what go list tells of a package.
type listed struct {
	ImportPath           string
	Imports, TestImports []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Imports,TestImports", "./...")
	out, err := list.Output()
	require.NoError(t, err)
	var found []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		found = append(found, p)
	}
	require.Greater(t, len(found), 5)
	return found
}

// layerOf is the layer of an import path; false for other people's packages.
func layerOf(path string) (string, bool) {
	if path == module {
		return mainLayer, true
	}
	rest, ours := strings.CutPrefix(path, module+"/")
	layer, _, _ := strings.Cut(rest, "/")
	return layer, ours
}

func TestLayers_ImportsPointDown(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		layer, _ := layerOf(p.ImportPath)
		allowed, known := layers[layer]
		require.True(t, known, "%s is in no layer", p.ImportPath)
		for _, imported := range p.Imports {
			other, ours := layerOf(imported)
			if ours && other != layer {
				require.Contains(t, allowed, other, "%s imports %s", p.ImportPath, imported)
			}
		}
		// A layer's own tests keep to its imports, but may have the servers of dev.
		// Tests in a package of their own stand outside, as a caller does.
		for _, imported := range p.TestImports {
			other, ours := layerOf(imported)
			if ours && other != layer && other != "dev" {
				require.Contains(t, allowed, other, "a test inside %s imports %s", p.ImportPath, imported)
			}
		}
	}
}

func TestLayers_InsideMail(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, p := range packages(t) {
		if layer, _ := layerOf(p.ImportPath); layer != "mail" {
			continue
		}
		seen++
		allowed, known := mailLayers[p.ImportPath]
		require.True(t, known, "%s is no package of mail", p.ImportPath)
		for _, imported := range append(p.Imports, p.TestImports...) {
			if layer, ours := layerOf(imported); ours && layer == "mail" {
				require.Contains(t, allowed, imported, "%s imports %s", p.ImportPath, imported)
			}
		}
	}
	require.Equal(t, len(mailLayers), seen)
}

func TestLayers_KeepTheirDependencies(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		layer, _ := layerOf(p.ImportPath)
		for _, imported := range p.Imports {
			for dependency, allowed := range dependencies {
				if imported == dependency || strings.HasPrefix(imported, dependency+"/") {
					require.Contains(t, allowed, layer, "%s imports %s", p.ImportPath, imported)
				}
			}
		}
	}
}

// Two layers that may import each other would be one.
func TestLayers_HaveNoCycle(t *testing.T) {
	t.Parallel()
	for layer, below := range layers {
		for _, other := range below {
			require.Contains(t, layers, other)
			require.NotContains(t, layers[other], layer, "%s and %s", layer, other)
		}
	}
}
