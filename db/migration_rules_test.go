package db_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// largeTables are those that grow with the use of an organization. What reads one
// of them whole under a lock keeps people waiting.
var largeTables = []string{"answers", "events", "file_views", "files", "inbound_mails", "invitations", "item_recipients", "items", "links", "mailbox_mails",
	"messages", "notifications", "people", "person_addresses", "sessions"}

var (
	makesIndex      = regexp.MustCompile(`(?i)CREATE (?:UNIQUE )?INDEX (CONCURRENTLY )?[^;]*?\bON (\w+)`)
	makesConstraint = regexp.MustCompile(`(?i)ALTER TABLE (\w+)\s[^;]*?\bADD CONSTRAINT [^;]*;`)
	setsNotNull     = regexp.MustCompile(`(?i)ALTER TABLE (\w+)\s[^;]*?\bSET NOT NULL[^;]*;`)
	makesTable      = regexp.MustCompile(`(?i)CREATE TABLE (\w+)`)
)

// lockedFor finds what a migration does to large tables under a lock, which keeps
// everybody from them while they are read whole. A line "-- offline: why" in it says
// that this is meant.
func lockedFor(migration string) (found []string) {
	_, up, _ := strings.Cut(migration, "-- +goose Up")
	up, _, _ = strings.Cut(up, "-- +goose Down")
	if strings.Contains(up, "-- offline: ") {
		return nil
	}
	var fresh []string
	for _, table := range makesTable.FindAllStringSubmatch(up, -1) {
		fresh = append(fresh, table[1])
	}
	large := func(table string) bool { return slices.Contains(largeTables, table) && !slices.Contains(fresh, table) }
	for _, index := range makesIndex.FindAllStringSubmatch(up, -1) {
		if index[1] == "" && large(index[2]) {
			found = append(found, index[0])
		}
	}
	for _, constraint := range append(makesConstraint.FindAllStringSubmatch(up, -1), setsNotNull.FindAllStringSubmatch(up, -1)...) {
		if large(constraint[1]) && !strings.Contains(constraint[0], "NOT VALID") && !strings.Contains(constraint[0], "USING INDEX") {
			found = append(found, constraint[0])
		}
	}
	return found
}

func TestMigrations_KeepNobodyFromLargeTables(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(released)
	require.NoError(t, err)
	paths, err := filepath.Glob("migrations/*.sql")
	require.NoError(t, err)
	for _, path := range paths {
		if strings.Contains(string(data), filepath.Base(path)) {
			continue
		}
		migration, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Empty(t, lockedFor(string(migration)), "%s: see CONTRIBUTING, Change a table that is large", path)
	}
}

func TestLockedFor(t *testing.T) {
	t.Parallel()
	check := func(want int, sql string) {
		t.Helper()
		require.Len(t, lockedFor("-- +goose Up\n"+sql+"\n-- +goose Down\nCREATE INDEX a ON people (id);"), want, sql)
	}
	check(1, "CREATE INDEX a ON notifications (state);")
	check(1, "CREATE UNIQUE INDEX a ON notifications (state) WHERE state = 'x';")
	check(0, "CREATE INDEX CONCURRENTLY IF NOT EXISTS a ON notifications (state);")
	check(0, "CREATE INDEX a ON organizations (name);")
	check(0, "CREATE TABLE messages (id uuid);\nCREATE INDEX a ON messages (id);")
	check(1, "ALTER TABLE items ADD CONSTRAINT a CHECK (kind <> '');")
	check(1, "ALTER TABLE items ADD COLUMN b uuid, ADD CONSTRAINT a FOREIGN KEY (org_id, b) REFERENCES people;")
	check(0, "ALTER TABLE items ADD CONSTRAINT a CHECK (kind <> '') NOT VALID;\nALTER TABLE items VALIDATE CONSTRAINT a;")
	check(0, "ALTER TABLE items ADD COLUMN b uuid;")
	check(1, "ALTER TABLE items ALTER COLUMN b SET NOT NULL;")
	check(0, "-- offline: nobody has any yet\nALTER TABLE items ALTER COLUMN b SET NOT NULL;")
}
