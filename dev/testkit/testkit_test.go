package testkit

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"coachflow/dev"
)

var migrations atomic.Int32

func TestMain(m *testing.M) {
	SetMigrate(func(ctx context.Context, url string) error {
		migrations.Add(1)
		connection, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		if _, err := connection.Exec(ctx, "CREATE TABLE facts (n int)"); err != nil {
			return err
		}
		return connection.Close(ctx)
	})
	os.Exit(Main(m, Options{}))
}

func TestDatabase_EachTestHasItsOwn(t *testing.T) {
	t.Parallel()
	for i := range 10 {
		t.Run(fmt.Sprintf("Ünsafe '\"; name %d", i), func(t *testing.T) {
			t.Parallel()
			connection, err := pgx.Connect(t.Context(), Database(t))
			require.NoError(t, err)
			// Left open on purpose: dropping the database must not mind.
			_, err = connection.Exec(t.Context(), "INSERT INTO facts VALUES (1)")
			require.NoError(t, err)
			var n int
			require.NoError(t, connection.QueryRow(t.Context(), "SELECT count(*) FROM facts").Scan(&n))
			require.Equal(t, 1, n)
			require.Equal(t, int32(1), migrations.Load())
		})
	}
}

func TestDatabaseName_FitsPostgres(t *testing.T) {
	t.Parallel()
	for _, test := range []string{"", "TestShort", "Test/ü/'\"", strings.Repeat("TestLong", 40)} {
		name := databaseName(test)
		require.LessOrEqual(t, len(name), 63)
		require.Regexp(t, `^[a-z0-9_]+$`, name)
		require.NotEqual(t, name, databaseName(test))
	}
}

func TestTemporal_AnswersClients(t *testing.T) {
	t.Parallel()
	hostPort, ui := Temporal(t)
	require.Contains(t, ui, "http://127.0.0.1:")
	c, err := client.DialContext(t.Context(), client.Options{HostPort: hostPort})
	require.NoError(t, err)
	defer c.Close()
	again, _ := Temporal(t)
	require.Equal(t, hostPort, again)
}

func TestSweep_RemovesOnlyWhatNobodyHolds(t *testing.T) {
	t.Parallel()
	tmp := t.TempDir()
	old := time.Now().Add(-time.Hour)
	dir := func(name string, age time.Time) string {
		path := filepath.Join(tmp, dirPrefix+name)
		require.NoError(t, os.Mkdir(path, 0o700))
		require.NoError(t, os.Chtimes(path, age, age))
		return path
	}
	abandoned, fresh, held := dir("abandoned", old), dir("fresh", time.Now()), dir("held", old)
	lock, err := dev.OpenDataDir(held)
	require.NoError(t, err)
	defer func() { require.NoError(t, lock.Close()) }()
	require.NoError(t, os.Chtimes(held, old, old))

	sweep(tmp, 10*time.Minute)
	require.NoDirExists(t, abandoned)
	require.DirExists(t, fresh)
	require.DirExists(t, held)
}
