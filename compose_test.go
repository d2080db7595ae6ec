package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"coachflow/db"
	"coachflow/dev"
)

// composeFile is what the test reads of docker-compose.yml.
type composeFile struct {
	Services map[string]struct {
		Command     []string       `yaml:"command"`
		Build       string         `yaml:"build"`
		Environment map[string]any `yaml:"environment"`
		Configs     []struct {
			Source, Target string
		} `yaml:"configs"`
	} `yaml:"services"`
	Configs map[string]struct {
		Content string `yaml:"content"`
	} `yaml:"configs"`
}

func readCompose(t testing.TB) (file composeFile) {
	t.Helper()
	data, err := os.ReadFile("docker-compose.yml")
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(data, &file))
	return file
}

// value is a variable of a service, with the defaults of the file.
func (f composeFile) value(t testing.TB, service, variable string) string {
	t.Helper()
	return interpolate(t, fmt.Sprint(f.Services[service].Environment[variable]), nil)
}

// TestCompose_ConfiguresEachCommand holds the environments of docker-compose.yml
// against config: no name that nobody reads, and with the defaults of the file
// nothing is missing for the command.
func TestCompose_ConfiguresEachCommand(t *testing.T) {
	t.Parallel()
	file := readCompose(t)
	known := variables()
	var ours []string
	for name, service := range file.Services {
		if service.Build == "" {
			continue
		}
		ours = append(ours, name)
		require.Equal(t, []string{name}, service.Command)
		environment := map[string]string{}
		for variable, value := range service.Environment {
			require.Contains(t, known, variable, "%s sets what nobody reads", name)
			environment[variable] = interpolate(t, fmt.Sprint(value), map[string]string{"LINK_KEYS": complete()["LINK_KEYS"]})
		}
		require.NoError(t, readOnly(t, environment).check(name), name)
	}
	slices.Sort(ours)
	require.Equal(t, []string{"migrate", "serve", "worker"}, ours)
}

// serve and worker log in as somebody who owns nothing; migrate is the owner.
func TestCompose_ServesWithALoginThatOwnsNothing(t *testing.T) {
	t.Parallel()
	file := readCompose(t)
	login := func(service string) *url.URL {
		at, err := url.Parse(file.value(t, service, "DATABASE_URL"))
		require.NoError(t, err)
		return at
	}
	owner, program := login("migrate"), login("serve")
	require.Equal(t, program, login("worker"))
	require.Equal(t, file.value(t, "postgres", "POSTGRES_USER"), owner.User.Username())
	require.NotEqual(t, owner.User.Username(), program.User.Username())
	require.Equal(t, []struct{ Source, Target string }{{"program_login", "/docker-entrypoint-initdb.d/program_login.sql"}}, file.Services["postgres"].Configs,
		"Postgres runs it when it starts in an empty volume")

	// The statements are tried on a server of the test's own, in the order of Compose.
	server, err := dev.StartPostgres(t.Context(), dev.PostgresConfig{Dir: systemDir(t), Fast: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, server.Stop(context.Background())) }()
	conn, err := pgx.Connect(t.Context(), server.URL())
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(context.Background())) }()
	_, err = conn.Exec(t.Context(), interpolate(t, file.Configs["program_login"].Content, nil))
	require.NoError(t, err)
	require.NoError(t, db.Migrate(t.Context(), server.URL()))
	at, err := url.Parse(server.URL())
	require.NoError(t, err)
	at.User = program.User
	d, err := db.Open(t.Context(), at.String())
	require.NoError(t, err)
	d.Close()
	done, err := db.Migrated(t.Context(), at.String())
	require.NoError(t, err, "/readyz asks")
	require.True(t, done)
	var powers int
	require.NoError(t, conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_roles r WHERE rolname = $1
		AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR EXISTS (SELECT FROM pg_class WHERE relowner = r.oid))`, program.User.Username()).Scan(&powers))
	require.Zero(t, powers)
}

// Without keys for links nothing starts: no key is ever made up.
func TestCompose_AsksForLinkKeys(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("docker-compose.yml")
	require.NoError(t, err)
	require.Regexp(t, `LINK_KEYS: '?\$\{LINK_KEYS:\?`, string(data))
}

var composeVariable = regexp.MustCompile(`\$\{([A-Z_]+)(?::([-?])([^}]*))?\}`)

// interpolate puts variables in their places as Compose does:
// ${NAME:-default}, and ${NAME:?why it is needed}.
func interpolate(t testing.TB, value string, given map[string]string) string {
	t.Helper()
	out := composeVariable.ReplaceAllStringFunc(value, func(found string) string {
		parts := composeVariable.FindStringSubmatch(found)
		switch {
		case given[parts[1]] != "":
			return given[parts[1]]
		case parts[2] == "?":
			t.Errorf("%s must be given: %s", parts[1], parts[3])
		}
		return parts[3]
	})
	return strings.ReplaceAll(out, "$$", "$")
}
