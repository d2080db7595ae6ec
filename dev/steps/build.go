package steps

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// build is a second build, which tests that run at the same time share.
type build struct {
	dir   string
	make  func() error // makes it once
	users int
}

var (
	buildsMu sync.Mutex
	builds   = map[string]*build{} // by the packages that are counted
)

// built makes the second build, which is removed with the last test that uses it.
func built(t *testing.T, packages string) (binary string) {
	t.Helper()
	b, err := use(packages)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.release(packages) })
	if err := b.make(); err != nil {
		t.Fatal(err)
	}
	return b.binary()
}

func (b *build) binary() string { return filepath.Join(b.dir, "steps.test") }

func use(packages string) (*build, error) {
	buildsMu.Lock()
	defer buildsMu.Unlock()
	b := builds[packages]
	if b == nil {
		dir, err := os.MkdirTemp("", "coachflow-steps-")
		if err != nil {
			return nil, fmt.Errorf("directory for a build: %w", err)
		}
		b = &build{dir: dir}
		b.make = sync.OnceValue(func() error { return b.run(packages) })
		builds[packages] = b
	}
	b.users++
	return b, nil
}

func (b *build) run(packages string) error {
	command := exec.Command("go", "test", "-c", "-covermode=count", "-coverpkg="+packages, "-o", b.binary(), ".")
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("build with counters: %w\n%s", err, out)
	}
	return nil
}

func (b *build) release(packages string) {
	buildsMu.Lock()
	defer buildsMu.Unlock()
	if b.users--; b.users > 0 {
		return
	}
	delete(builds, packages)
	_ = os.RemoveAll(b.dir) // what cannot be removed is left for the system
}
