package dev

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// reachableDir is a directory that another user can enter, which
// testing.T.TempDir is not everywhere.
func reachableDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "coachflow-dev-test-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	require.NoError(t, os.Chmod(dir, 0o755))
	return dir
}

func startPostgres(t *testing.T, cfg PostgresConfig) *Postgres {
	t.Helper()
	p, err := StartPostgres(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Stop(context.Background())) })
	return p
}

func query(t *testing.T, url, sql string) string {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer func() { require.NoError(t, connection.Close(context.Background())) }()
	var answer string
	require.NoError(t, connection.QueryRow(t.Context(), sql).Scan(&answer))
	return answer
}

func execute(t *testing.T, url, sql string) {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer func() { require.NoError(t, connection.Close(context.Background())) }()
	_, err = connection.Exec(t.Context(), sql)
	require.NoError(t, err)
}

func TestPostgres_KeepsFactsOverStopAndPowerCut(t *testing.T) {
	t.Parallel()
	p := startPostgres(t, PostgresConfig{Dir: reachableDir(t)})
	execute(t, p.URL(), `CREATE TABLE facts (n int); INSERT INTO facts VALUES (1)`)
	require.NoError(t, p.Restart(t.Context()))
	require.Equal(t, "1", query(t, p.URL(), `SELECT n::text FROM facts`))

	execute(t, p.URL(), `INSERT INTO facts VALUES (2)`)
	require.NoError(t, p.Kill())
	<-p.Done()
	require.NoError(t, p.Restart(t.Context()))
	require.Equal(t, "2", query(t, p.URL(), `SELECT max(n)::text FROM facts`))
}

func TestPostgres_Settings(t *testing.T) {
	t.Parallel()
	careful := startPostgres(t, PostgresConfig{Dir: reachableDir(t)})
	fast := startPostgres(t, PostgresConfig{Dir: reachableDir(t), Fast: true})
	cases := []struct{ setting, careful, fast string }{
		{"fsync", "on", "off"},
		{"full_page_writes", "on", "off"},
		{"synchronous_commit", "on", "off"},
		{"max_connections", "200", "200"},
		{"listen_addresses", "127.0.0.1", "127.0.0.1"},
		{"unix_socket_directories", "", ""},
		{"server_encoding", "UTF8", "UTF8"},
		{"TimeZone", "UTC", "UTC"},
	}
	for _, c := range cases {
		require.Equal(t, c.careful, query(t, careful.URL(), "SHOW "+c.setting), c.setting)
		require.Equal(t, c.fast, query(t, fast.URL(), "SHOW "+c.setting), c.setting)
	}
	require.Equal(t, "ü", query(t, fast.URL(), "SELECT lower('Ü')"), "letters beyond ASCII have a case")
}

func TestPostgres_LetsNobodyInWithoutItsPassword(t *testing.T) {
	t.Parallel()
	dir := reachableDir(t)
	p := startPostgres(t, PostgresConfig{Dir: dir, Fast: true})
	config, err := pgx.ParseConfig(p.URL())
	require.NoError(t, err)
	config.Password = "guess"
	_, err = pgx.ConnectConfig(t.Context(), config)
	require.ErrorContains(t, err, "password authentication failed")

	info, err := os.Stat(passwordPath(dir))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestPostgres_RefusesATakenPort(t *testing.T) {
	t.Parallel()
	port := holdPort(t)
	_, err := StartPostgres(t.Context(), PostgresConfig{Dir: reachableDir(t), Port: port, Fast: true})
	requireSentence(t, err, "Postgres cannot use port")
}

func TestPostgres_NeedsItsPasswordFile(t *testing.T) {
	t.Parallel()
	dir := reachableDir(t)
	p := startPostgres(t, PostgresConfig{Dir: dir, Fast: true})
	require.NoError(t, p.Stop(t.Context()))
	require.NoError(t, os.WriteFile(passwordPath(dir), []byte("another\n"), 0o600))
	_, err := StartPostgres(t.Context(), PostgresConfig{Dir: dir, Fast: true})
	requireSentence(t, err, "does not take the password")

	require.NoError(t, os.Remove(passwordPath(dir)))
	_, err = StartPostgres(t.Context(), PostgresConfig{Dir: dir, Fast: true})
	requireSentence(t, err, "password of the database is missing")
}

func TestPostgres_SaysWhichVersionIsMissing(t *testing.T) {
	t.Parallel()
	dir := reachableDir(t)
	cluster := filepath.Join(dir, "postgres")
	require.NoError(t, os.Mkdir(cluster, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(cluster, "PG_VERSION"), []byte("12\n"), 0o600))
	require.NoError(t, os.WriteFile(passwordPath(dir), []byte("x\n"), 0o600))
	if os.Geteuid() == 0 {
		nobody, err := serverAccount()
		require.NoError(t, err)
		require.NoError(t, nobody.own(cluster))
	}
	_, err := StartPostgres(t.Context(), PostgresConfig{Dir: dir})
	requireSentence(t, err, "made by Postgres 12")
}

func TestPostgres_BeginsAgainAfterAFirstStartCutShort(t *testing.T) {
	t.Parallel()
	dir := reachableDir(t)
	remains := filepath.Join(dir, "postgres.new")
	require.NoError(t, os.Mkdir(remains, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(remains, "PG_VERSION"), []byte("15\n"), 0o600))
	p := startPostgres(t, PostgresConfig{Dir: dir, Fast: true})
	require.Equal(t, "1", query(t, p.URL(), "SELECT '1'"))
	require.NoDirExists(t, remains)
}

func TestPostgres_RootBelowAClosedDirectory(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root's server runs as another user")
	}
	closed := reachableDir(t)
	require.NoError(t, os.Chmod(closed, 0o700))
	dir := filepath.Join(closed, "data")
	var told []string
	cfg := PostgresConfig{Dir: dir, Fast: true, Progress: func(s string) { told = append(told, s) }}
	p := startPostgres(t, cfg)
	location, err := clusterDir(dir)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, os.RemoveAll(filepath.Dir(location)))
		_ = os.Remove(systemClusters) // only where nobody else keeps anything there
	})
	require.Len(t, told, 1)
	require.Contains(t, told[0], location)
	execute(t, p.URL(), `CREATE TABLE facts (n int)`)
	require.NoError(t, p.Stop(t.Context()))

	again := startPostgres(t, cfg)
	require.Equal(t, "0", query(t, again.URL(), `SELECT count(*)::text FROM facts`))
	require.Len(t, told, 1, "the second start has nothing new to tell")
}

func TestInstalledPostgres_NewestFirst(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	var dirs []string
	for _, version := range []string{"14.9", "15.2", "17.10", "17.9", "18beta1", "nonsense"} {
		dir := filepath.Join(root, version)
		require.NoError(t, os.Mkdir(dir, 0o755))
		for _, program := range []string{"postgres", "initdb"} {
			script := "#!/bin/sh\necho 'postgres (PostgreSQL) " + version + " (Debian)'\n"
			require.NoError(t, os.WriteFile(filepath.Join(dir, program), []byte(script), 0o755))
		}
		dirs = append(dirs, dir)
	}
	dirs = append(dirs, "relative", filepath.Join(root, "missing"), "")
	var versions []string
	for _, b := range installed(t.Context(), dirs) {
		versions = append(versions, b.version)
	}
	require.Equal(t, []string{"18", "17.10", "17.9", "15.2"}, versions)
}

func TestParseVersion(t *testing.T) {
	t.Parallel()
	cases := []struct {
		output, version string
		major           int
	}{
		{"postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)", "15.14", 15},
		{"postgres (PostgreSQL) 18.3", "18.3", 18},
		{"postgres (PostgreSQL) 19devel", "19", 19},
		{"postgres (EnterpriseDB) 16.1", "", 0},
		{"", "", 0},
	}
	for _, c := range cases {
		version, major := parseVersion(c.output)
		require.Equal(t, c.version, version, c.output)
		require.Equal(t, c.major, major, c.output)
	}
}

func TestPostgres_StopEndsByForceWhenTheContextEnds(t *testing.T) {
	t.Parallel()
	p := startPostgres(t, PostgresConfig{Dir: reachableDir(t), Fast: true})
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, p.proc.signal(syscall.SIGSTOP)) // it hears nothing but force
	require.NoError(t, p.Stop(ended))
	require.False(t, p.proc.running())
	require.Equal(t, "signal: killed", p.proc.outcome())
}
