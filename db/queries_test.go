package db_test

import (
	"io/fs"
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

// Whether a guarded write took effect must be known where it is promised to a
// person: it is :execrows, or :one or :many with RETURNING. Of these nobody needs
// to know, each for its reason.
var unwatched = map[string]string{
	"APIKeyRevokeOfPerson":            "keys that are revoked stay so",
	"IdempotencyPrune":                "tidying up",
	"IdempotencyRelease":              "a request that was answered meanwhile keeps its answer",
	"SessionsDropExpired":             "tidying up",
	"EngagementTakeUp":                "only the first time counts",
	"ItemFilesClear":                  "what was sent keeps its versions",
	"InvitationTakeUp":                "only the first time counts",
	"InvitationFollowed":              "steps go on, never back",
	"MatchingWaitsCancel":             "all that are still planned",
	"LinksRevoke":                     "links that are revoked stay so",
	"NotificationUnclaim":             "a claim that another attempt has taken is that one's",
	"NotificationSent":                "a mail of which more is known already, as that it arrived, stays at that",
	"RatingsEnd":                      "all that can still be answered",
	"RecipientsClear":                 "of an item that was issued nobody is removed",
	"PersonInvite":                    "under the person's lock, behind the gate",
	"PersonUninvite":                  "under the person's lock; somebody who is active stays so",
	"NotificationRendered":            "NotificationClaim asks again before the mail leaves",
	"NotificationFailed":              "one that was cancelled meanwhile stays so",
	"NotificationStop":                "one that is being sent stays so",
	"NotificationCancel":              "one that was sent stays so",
	"NotificationsFollowPerson":       "all that are still planned",
	"NotificationsCancelOfInvitation": "all that are still planned",
	"NotificationsCancelOfKind":       "all that are still planned",
	"NotificationsCancelOfItem":       "all that are still planned",
	"NotificationsCancelPlan":         "all that are still planned",
	"NotificationsCancelReminders":    "all that are still planned",
	"NotificationsCancelStep":         "all that are still planned",
	"NotificationsCancelAnswered":     "all that are still planned",
	"AttendeesUnanswer":               "all that are invited now",
	"ProposalLettersCancel":           "all that are still planned",
	"PersonFoundBy":                   "the person was just written in the same transaction",
	"BlockedAddressInsert":            "an address can be nobody's here, or blocked before",
}

// byKey is a condition that only says which row is meant.
var byKey = regexp.MustCompile(`(?i)^\(?(\w+\.)?(org_id|\w*id|key|token_hash|address|kind|purpose|step|direction) = (@\w+|\$\d+|\w+\.\w+)\)?$`)

func TestQueries_GuardedWritesSayWhetherTheyTookEffect(t *testing.T) {
	t.Parallel()
	var guarded []string
	for _, q := range queries(t) {
		if (q.kind == "exec" || q.kind == "batchexec") && isGuarded(q.sql) {
			guarded = append(guarded, q.name)
		}
	}
	for _, name := range guarded {
		require.Contains(t, unwatched, name, "make it :execrows, or say here why nobody needs to know whether it took effect")
	}
	for name := range unwatched {
		require.Contains(t, guarded, name, "it is not guarded any more, or is watched")
	}
}

// isGuarded reports whether a write depends on more than which row is meant.
func isGuarded(sql string) bool {
	if !strings.Contains(sql, "UPDATE") && !strings.Contains(sql, "DELETE") || strings.Contains(sql, "FOR UPDATE") || strings.Contains(sql, "FOR NO KEY UPDATE") {
		return false
	}
	_, where, found := strings.Cut(sql, "WHERE ")
	if strings.Contains(sql, "ON CONFLICT") {
		_, where, found = strings.Cut(sql[strings.Index(sql, "ON CONFLICT"):], "WHERE ")
	}
	if !found {
		return false
	}
	for _, condition := range strings.Split(strings.Join(strings.Fields(strings.TrimSuffix(strings.TrimSpace(where), ";")), " "), " AND ") {
		if !byKey.MatchString(condition) {
			return true
		}
	}
	return false
}

func TestIsGuarded(t *testing.T) {
	t.Parallel()
	check := func(want bool, sql string) {
		t.Helper()
		require.Equal(t, want, isGuarded(sql), sql)
	}
	check(false, "UPDATE a SET b = @b\nWHERE org_id = @org_id AND id = @id;")
	check(true, "UPDATE a SET b = @b WHERE org_id = @org_id AND id = @id AND state = 'open';")
	check(true, "UPDATE a SET b = @b WHERE org_id = @org_id AND id = @id AND version = @version;")
	check(true, "DELETE FROM a WHERE org_id = $1 AND at < $2;")
	check(false, "DELETE FROM a WHERE org_id = $1 AND token_hash = $2;")
	check(false, "SELECT FROM a WHERE org_id = $1 AND state = 'x' FOR UPDATE;")
	check(false, "INSERT INTO a VALUES ($1) ON CONFLICT (id) DO UPDATE SET b = excluded.b;")
	check(true, "INSERT INTO a VALUES ($1) ON CONFLICT (id) DO UPDATE SET b = excluded.b WHERE a.at IS NULL;")
	check(false, "INSERT INTO a VALUES ($1) ON CONFLICT DO NOTHING;")
}

// What a statement says about its effect is looked at.
func TestQueries_CountsAreLookedAt(t *testing.T) {
	t.Parallel()
	counted := map[string]bool{}
	for _, q := range queries(t) {
		counted[q.name] = q.kind == "execrows"
	}
	dropped := regexp.MustCompile(`_, \w+ :?= [\w.]*\.(\w+)\(`)
	seen := 0
	require.NoError(t, filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "/rows/") {
			return err
		}
		data, err := os.ReadFile(path)
		for _, found := range dropped.FindAllStringSubmatch(string(data), -1) {
			seen++
			require.False(t, counted[found[1]], "%s drops the count of %s", path, found[1])
		}
		return err
	}))
	require.Greater(t, seen, 20)
}
