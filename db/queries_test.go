package db_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// query is one statement of db/queries.
type query struct {
	name, kind string // as in "-- name: FormList :many"
	comment    string
	sql        string // without comments
}

var queryName = regexp.MustCompile(`(?m)^-- name: (\w+) :(\w+)\n`)

// queries reads all statements of db/queries.
func queries(t testing.TB) []query {
	t.Helper()
	paths, err := filepath.Glob("queries/*.sql")
	require.NoError(t, err)
	var all []query
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		text := string(data)
		names := queryName.FindAllStringSubmatchIndex(text, -1)
		for i, at := range names {
			end := len(text)
			if i+1 < len(names) {
				end = names[i+1][0]
			}
			q := query{name: text[at[2]:at[3]], kind: text[at[4]:at[5]]}
			for line := range strings.Lines(text[at[1]:end]) {
				if comment, is := strings.CutPrefix(line, "--"); is {
					q.comment += comment
				} else {
					q.sql += line
				}
			}
			all = append(all, q)
		}
	}
	require.Greater(t, len(all), 100)
	return all
}

var allColumns = regexp.MustCompile(`(SELECT|,) (\w+\.)?\*|sqlc\.embed`)

// wholeRows are the lists that show all of their rows, or nearly.
var wholeRows = []string{"BlockedAddressList", "FilesOfClient", "FormList", "InvitationList", "ProgramTemplateList"}

// A page of a list fetches what it shows: no letters, no drafts, no hashes.
func TestQueries_ListsSelectWhatTheyShow(t *testing.T) {
	t.Parallel()
	var whole []string
	for _, q := range queries(t) {
		if q.kind == "many" && strings.Contains(q.sql, "LIMIT") && allColumns.MatchString(q.sql) && !strings.Contains(q.sql, "LIMIT 1;") {
			whole = append(whole, q.name)
		}
	}
	require.ElementsMatch(t, wholeRows, whole)
}
