package db_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/db"
	"coachflow/dev/testkit"
)

// A migration without a transaction can end anywhere, when its process is killed: what
// it did until then stays, and the next start begins it anew. So each is broken off
// after its first statement, begun anew and broken off after the second, and so on.
func TestMigrate_GoesOnWhereItWasKilled(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("migrations/*.sql")
	require.NoError(t, err)
	broken := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		if !strings.Contains(string(text), "-- +goose NO TRANSACTION") {
			continue
		}
		broken++
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			url := testkit.Database(t)
			want := shapeOf(t, url)
			version, err := strconv.ParseInt(filepath.Base(file)[:5], 10, 64)
			require.NoError(t, err)
			_, err = provide(t, url).DownTo(t.Context(), version-1)
			require.NoError(t, err)
			statements := statementsUp(string(text))
			for end := range statements {
				conn := connect(t, url) // settings of a session go with it
				for _, statement := range statements[:end+1] {
					exec(t, conn, statement)
				}
				if strings.Contains(statements[end], "CREATE INDEX CONCURRENTLY") { // killed while it was made
					exec(t, conn, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = (SELECT max(oid) FROM pg_class WHERE relkind = 'i' AND relnamespace = 'public'::regnamespace)")
				}
				require.NoError(t, conn.Close(t.Context()))
			}
			require.NoError(t, db.Migrate(t.Context(), url))
			require.Equal(t, want, shapeOf(t, url))
			require.Equal(t, []string{"0"}, column(t, connect(t, url), "SELECT count(*)::text FROM pg_index WHERE NOT indisvalid"))
		})
	}
	require.Positive(t, broken)
}

// statementsUp are the statements of a migration's way up.
func statementsUp(text string) (statements []string) {
	_, up, _ := strings.Cut(text, "-- +goose Up\n")
	up, _, _ = strings.Cut(up, "-- +goose Down")
	statement, whole := "", false
	for line := range strings.Lines(up) {
		switch strings.TrimSpace(line) {
		case "-- +goose StatementBegin":
			whole = true
			continue
		case "-- +goose StatementEnd":
			whole = false
		default:
			if !strings.HasPrefix(line, "--") {
				statement += line
			}
		}
		code, _, _ := strings.Cut(line, " --")
		if !whole && strings.TrimSpace(statement) != "" && (strings.HasSuffix(strings.TrimSpace(code), ";") || strings.HasPrefix(line, "-- +goose StatementEnd")) {
			statements, statement = append(statements, statement), ""
		}
	}
	return statements
}
