package dev

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"

	embeddedpostgres "github.com/fergusstrange/embedded-postgres"
)

// minPostgresMajor is the oldest version of Postgres that will do.
const minPostgresMajor = 15

// embeddedVersion is what is fetched where no Postgres is installed.
const embeddedVersion = embeddedpostgres.V17

const embeddedMajor = 17

// postgresBinaries is a directory with postgres and initdb of one version.
type postgresBinaries struct {
	dir     string
	version string // as the server tells it, "15.14"
	major   int
}

func (b postgresBinaries) path(program string) string { return filepath.Join(b.dir, program) }

// binaryPlaces are the patterns of directories where packages put the server,
// besides the PATH; many keep it off the PATH.
var binaryPlaces = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/usr/local/pgsql/bin",
	"/usr/libexec/postgresql*",
	"/opt/homebrew/opt/postgresql*/bin",
	"/usr/local/opt/postgresql*/bin",
	"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// findBinaries returns the newest installed version, or with a major version
// the newest of that one; where none is installed, it fetches one.
func findBinaries(ctx context.Context, cfg PostgresConfig, major int) (postgresBinaries, error) {
	dirs := append(filepath.SplitList(os.Getenv("PATH")), expand(binaryPlaces)...)
	for _, binaries := range installed(ctx, dirs) {
		if major == 0 || binaries.major == major {
			return binaries, nil
		}
	}
	if major != 0 && major != embeddedMajor {
		return postgresBinaries{}, setupErrorf("The database in %s was made by Postgres %d, which is not installed: install that version, or choose another directory with --data DIR.",
			cfg.Dir, major)
	}
	return fetchBinaries(ctx, cfg)
}

func expand(patterns []string) []string {
	var dirs []string
	for _, pattern := range patterns {
		matches, err := filepath.Glob(pattern)
		if err != nil {
			continue // only a malformed pattern is an error
		}
		dirs = append(dirs, matches...)
	}
	return dirs
}

// installed returns what is usable in the directories, newest first.
func installed(ctx context.Context, dirs []string) []postgresBinaries {
	var found []postgresBinaries
	for _, dir := range dirs {
		if binaries, ok := inspectBinaries(ctx, dir); ok {
			found = append(found, binaries)
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].newerThan(found[j]) })
	return found
}

func (b postgresBinaries) newerThan(other postgresBinaries) bool {
	if b.major != other.major {
		return b.major > other.major
	}
	return minorOf(b.version) > minorOf(other.version)
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)(?:\.(\d+))?`)

// inspectBinaries asks the server in a directory for its version.
func inspectBinaries(ctx context.Context, dir string) (postgresBinaries, bool) {
	b := postgresBinaries{dir: dir}
	if !filepath.IsAbs(dir) || !executable(b.path("initdb")) || !executable(b.path("postgres")) {
		return b, false
	}
	output, err := exec.CommandContext(ctx, b.path("postgres"), "-V").Output()
	if err != nil {
		return b, false
	}
	b.version, b.major = parseVersion(string(output))
	return b, b.major >= minPostgresMajor
}

// parseVersion reads the answer of postgres -V; major is 0 where it is of no
// kind that we know.
func parseVersion(output string) (version string, major int) {
	match := versionPattern.FindStringSubmatch(output)
	if match == nil {
		return "", 0
	}
	major, err := strconv.Atoi(match[1])
	if err != nil {
		return "", 0
	}
	if match[2] == "" { // a beta: "18beta1"
		return match[1], major
	}
	return match[1] + "." + match[2], major
}

// minorOf is the part after the dot; -1 without one, so that a beta is older.
func minorOf(version string) int {
	_, after, _ := strings.Cut(version, ".")
	minor, err := strconv.Atoi(after)
	if err != nil {
		return -1
	}
	return minor
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir() && info.Mode()&0o111 != 0
}

// fetchBinaries returns a Postgres that embedded-postgres has downloaded, and
// has it do so on first use.
func fetchBinaries(ctx context.Context, cfg PostgresConfig) (postgresBinaries, error) {
	place, err := fetchedPlace()
	if err != nil {
		return postgresBinaries{}, err
	}
	if err := os.MkdirAll(place, dataDirMode()); err != nil {
		return postgresBinaries{}, fmt.Errorf("directory for Postgres: %w", err)
	}
	unlock, err := waitLock(ctx, filepath.Join(place, "lock"), func(string) {
		cfg.Progress("waiting for another coachflow that is fetching Postgres")
	})
	if err != nil {
		return postgresBinaries{}, err
	}
	defer unlock()
	dir := filepath.Join(place, string(embeddedVersion), "bin")
	if binaries, ok := inspectBinaries(ctx, dir); ok {
		return binaries, nil
	}
	cfg.Progress("no Postgres is installed: fetching version " + string(embeddedVersion) + ", once only")
	err = unpackEmbedded(place)
	if binaries, ok := inspectBinaries(ctx, dir); ok {
		return binaries, nil
	}
	return postgresBinaries{}, &SetupError{Err: err, Sentence: fmt.Sprintf(
		"Postgres is not installed and could not be fetched (%v): install Postgres %d or later, or set DATABASE_URL.", err, minPostgresMajor)}
}

// unpackEmbedded has the library bring the binaries. It cannot be asked for
// them alone, so it starts a server once, which is stopped again at once; run
// as root that start fails, after the unpacking. The caller looks at what is
// there, and uses the error only to say why it is not.
func unpackEmbedded(place string) error {
	port, err := FreePorts(1)
	if err != nil {
		return err
	}
	trial := filepath.Join(place, "trial")
	database := embeddedpostgres.NewDatabase(embeddedpostgres.DefaultConfig().
		Version(embeddedVersion).
		Port(uint32(port[0])). // between 10,000 and 32,000
		CachePath(place).
		BinariesPath(filepath.Join(place, string(embeddedVersion))).
		RuntimePath(trial).
		Logger(io.Discard))
	err = database.Start()
	if err == nil {
		err = database.Stop()
	}
	return errors.Join(err, os.RemoveAll(trial))
}

// fetchedPlace is the user's cache; for root a directory that the server's
// user can enter.
func fetchedPlace() (string, error) {
	if os.Geteuid() == 0 {
		return filepath.Join(systemClusters, "binaries"), nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", &SetupError{Sentence: "There is no place for a downloaded Postgres: set HOME, or install Postgres.", Err: err}
	}
	return filepath.Join(cache, "coachflow", "postgres"), nil
}
