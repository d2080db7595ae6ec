// Package testkit gives tests the real servers: one Postgres and one Temporal
// dev server for each test process, started when the first test asks for them.
//
// A package that uses it says so in its TestMain, which stops them again:
//
//	func TestMain(m *testing.M) {
//		testkit.SetMigrate(migrate)
//		os.Exit(testkit.Main(m, testkit.Options{}))
//	}
package testkit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"coachflow/dev"
)

// Options are what the servers of a test process are started with.
type Options struct {
	// SearchAttributes of Temporal by name, with their type; nil means
	// DefaultSearchAttributes.
	SearchAttributes map[string]string
}

// DefaultSearchAttributes are those of the application's workflows.
var DefaultSearchAttributes = map[string]string{
	"CoachflowOrganization": "Keyword",
	"CoachflowEngagement":   "Keyword",
	"CoachflowKind":         "Keyword",
	"CoachflowStage":        "Keyword",
}

// startPatience is how long a server may take to start, with the first build
// of Temporal's on a fresh machine.
const startPatience = 15 * time.Minute

// kit is what a test process has started.
type kit struct {
	options  Options
	dir      func() (*dev.DataDir, error)
	postgres func() (*dev.Postgres, error)
	temporal func() (*dev.Temporal, error)

	mu   sync.Mutex
	stop []func(context.Context) error // in order of starting
}

var shared = newKit()

func newKit() *kit {
	k := &kit{}
	k.dir = sync.OnceValues(k.makeDir)
	k.postgres = sync.OnceValues(k.startPostgres)
	k.temporal = sync.OnceValues(k.startTemporal)
	return k
}

// Main runs the tests of a package and then stops whatever they have started.
// It returns the exit code.
func Main(m *testing.M, options Options) int {
	shared.options = options
	code := m.Run()
	if err := shared.close(); err != nil {
		fmt.Fprintln(os.Stderr, "testkit:", err)
		return max(code, 1)
	}
	return code
}

// Postgres returns a superuser's URL of the process's own Postgres, which keeps
// nothing over a crash. Most tests want Database instead.
func Postgres(t testing.TB) (adminURL string) {
	t.Helper()
	p, err := shared.postgres()
	if err != nil {
		t.Fatal(err)
	}
	return p.URL()
}

// Temporal returns the address of the process's own dev server, which keeps
// everything in memory, and of its web UI. Tests share it, so each takes task
// queues and workflow ids of its own.
func Temporal(t testing.TB) (hostPort, ui string) {
	t.Helper()
	s, err := shared.temporal()
	if err != nil {
		t.Fatal(err)
	}
	return s.HostPort(), s.UI()
}

func (k *kit) startPostgres() (*dev.Postgres, error) {
	dir, err := k.dir()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), startPatience)
	defer cancel()
	p, err := dev.StartPostgres(ctx, dev.PostgresConfig{Dir: dir.Path, Fast: true, Progress: tell})
	if err != nil {
		return nil, err
	}
	k.onClose(p.Stop)
	return p, nil
}

func (k *kit) startTemporal() (*dev.Temporal, error) {
	dir, err := k.dir()
	if err != nil {
		return nil, err
	}
	attributes := k.options.SearchAttributes
	if attributes == nil {
		attributes = DefaultSearchAttributes
	}
	ctx, cancel := context.WithTimeout(context.Background(), startPatience)
	defer cancel()
	s, err := dev.StartTemporal(ctx, dev.TemporalConfig{
		Dir: dir.Path, InMemory: true, SearchAttributes: attributes, Progress: tell,
	})
	if err != nil {
		return nil, err
	}
	k.onClose(s.Stop)
	return s, nil
}

func tell(progress string) { fmt.Fprintln(os.Stderr, "testkit:", progress) }

const dirPrefix = "coachflow-testkit-"

// makeDir makes the directory of the servers, where another user can enter,
// since root's Postgres runs as one.
func (k *kit) makeDir() (*dev.DataDir, error) {
	sweep(os.TempDir(), 10*time.Minute)
	path, err := os.MkdirTemp("", dirPrefix)
	if err != nil {
		return nil, fmt.Errorf("directory for tests: %w", err)
	}
	if err := os.Chmod(path, 0o711); err != nil {
		return nil, fmt.Errorf("directory for tests: %w", err)
	}
	dir, err := dev.OpenDataDir(path)
	if err != nil {
		return nil, err
	}
	k.onClose(func(context.Context) error {
		return errors.Join(os.RemoveAll(dir.Path), dir.Close())
	})
	return dir, nil
}

// sweep removes what test processes left behind that ended by force: their
// directories are old enough to have been locked, and are locked no more.
func sweep(tmp string, age time.Duration) {
	paths, _ := filepath.Glob(filepath.Join(tmp, dirPrefix+"*")) // the pattern is well formed
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil || time.Since(info.ModTime()) < age {
			continue
		}
		dir, err := dev.OpenDataDir(path)
		if err != nil {
			continue // in use, or another user's
		}
		_ = os.RemoveAll(path) // what cannot be removed is left for the system
		_ = dir.Close()
	}
}

func (k *kit) onClose(stop func(context.Context) error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stop = append(k.stop, stop)
}

// close stops everything, the latest first.
func (k *kit) close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var errs []error
	for i := len(k.stop) - 1; i >= 0; i-- {
		errs = append(errs, k.stop[i](ctx))
	}
	k.stop = nil
	return errors.Join(errs...)
}
