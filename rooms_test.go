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

// rooms are the packages of this module by the first element of their path,
// with the rooms that each may import. A package below a room belongs to it.
var rooms = map[string][]string{
	"coaching":   {},
	"db":         {"coaching"},
	"mail":       {"coaching"},
	"billing":    {"coaching"},
	"activities": {"db", "mail", "billing", "coaching"},
	"workflows":  {"activities", "db", "mail", "billing", "coaching"},
	"app":        {"workflows", "activities", "db", "mail", "billing", "coaching"},
	"web":        {"app", "workflows", "activities", "db", "mail", "billing", "coaching"},
	"api":        {"web", "app", "workflows", "activities", "db", "mail", "billing", "coaching"},
	"worker":     {"workflows", "activities", "db", "mail", "billing", "coaching"},
	"dev":        {"mail", "db", "coaching", "app", "activities", "workflows", "worker", "api"},
	mainRoom:     {"api", "worker", "dev", "web", "app", "workflows", "activities", "db", "mail", "billing", "coaching"},
}

// mailRooms are the packages inside mail, with those of their siblings that each
// may import: what leaves is made before it is delivered, and what comes in knows
// what left.
var mailRooms = map[string][]string{
	module + "/mail/compose": {},
	module + "/mail/deliver": {module + "/mail/compose"},
	module + "/mail/receive": {module + "/mail/compose"},
}

// mainRoom is the package at the root.
const mainRoom = "main"

// lodgers are other people's modules, and the rooms that they stay in.
var lodgers = map[string][]string{
	"github.com/emersion/go-imap":                {"mail", "dev"},
	"github.com/emersion/go-smtp":                {"mail", "dev"},
	"github.com/jhillyerd/enmime":                {"mail", "dev"},
	"github.com/wneessen/go-mail":                {"mail", "dev"},
	"github.com/resend/resend-go":                {"mail", "dev"},
	"github.com/gin-gonic/gin":                   {"api", "web", mainRoom},
	"github.com/danielgtaylor/huma":              {"api", "web", mainRoom},
	module + "/db/rows":                          {"db", "activities", "app"},
	"pgregory.net/rapid":                         {},
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

// roomOf is the room of an import path; false for other people's packages.
func roomOf(path string) (string, bool) {
	if path == module {
		return mainRoom, true
	}
	rest, ours := strings.CutPrefix(path, module+"/")
	room, _, _ := strings.Cut(rest, "/")
	return room, ours
}

func TestRooms_ArrowsPointDown(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		room, _ := roomOf(p.ImportPath)
		allowed, known := rooms[room]
		require.True(t, known, "%s is in no room", p.ImportPath)
		for _, imported := range p.Imports {
			other, ours := roomOf(imported)
			if ours && other != room {
				require.Contains(t, allowed, other, "%s imports %s", p.ImportPath, imported)
			}
		}
		// A room's own tests keep to its arrows, but may have the servers of dev.
		// Tests in a package of their own stand outside, as a caller does.
		for _, imported := range p.TestImports {
			other, ours := roomOf(imported)
			if ours && other != room && other != "dev" {
				require.Contains(t, allowed, other, "a test inside %s imports %s", p.ImportPath, imported)
			}
		}
	}
}

func TestRooms_InsideMail(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, p := range packages(t) {
		if room, _ := roomOf(p.ImportPath); room != "mail" {
			continue
		}
		seen++
		allowed, known := mailRooms[p.ImportPath]
		require.True(t, known, "%s is no package of mail", p.ImportPath)
		for _, imported := range append(p.Imports, p.TestImports...) {
			if room, ours := roomOf(imported); ours && room == "mail" {
				require.Contains(t, allowed, imported, "%s imports %s", p.ImportPath, imported)
			}
		}
	}
	require.Equal(t, len(mailRooms), seen)
}

func TestRooms_LodgersStayInTheirs(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		room, _ := roomOf(p.ImportPath)
		for _, imported := range p.Imports {
			for lodger, at := range lodgers {
				if imported == lodger || strings.HasPrefix(imported, lodger+"/") {
					require.Contains(t, at, room, "%s imports %s", p.ImportPath, imported)
				}
			}
		}
	}
}

// An arrow that is allowed both ways would be no arrow.
func TestRooms_HaveNoCircle(t *testing.T) {
	t.Parallel()
	for room, below := range rooms {
		for _, other := range below {
			require.Contains(t, rooms, other)
			require.NotContains(t, rooms[other], room, "%s and %s", room, other)
		}
	}
}
