package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// composeFile is what the test reads of docker-compose.yml.
type composeFile struct {
	Services map[string]struct {
		Command     []string       `yaml:"command"`
		Build       string         `yaml:"build"`
		Environment map[string]any `yaml:"environment"`
	} `yaml:"services"`
}

// TestCompose_ConfiguresEachCommand holds the environments of docker-compose.yml
// against config: no name that nobody reads, and with the defaults of the file
// nothing is missing for the command.
func TestCompose_ConfiguresEachCommand(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("docker-compose.yml")
	require.NoError(t, err)
	var file composeFile
	require.NoError(t, yaml.Unmarshal(data, &file))
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
