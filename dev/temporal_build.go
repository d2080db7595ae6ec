package dev

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"coachflow/dev/temporaltool"
)

// minTemporalMinor is the oldest minor version of Temporal server 1.x that an
// installed `temporal` may carry: the one that the tests run against.
const minTemporalMinor = 29

var serverVersion = regexp.MustCompile(`Server (\d+)\.(\d+)`)

// findTemporal returns the path of an installed `temporal` of a version that
// will do, else of the pinned one, which it builds on first use.
func findTemporal(ctx context.Context, progress func(string)) (string, error) {
	if path, err := exec.LookPath("temporal"); err == nil && temporalFits(ctx, path) {
		return path, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", &SetupError{Sentence: "There is no place for Temporal's dev server: set HOME (or XDG_CACHE_HOME), or install `temporal`.", Err: err}
	}
	return builtTemporal(ctx, filepath.Join(cache, "coachflow"), progress)
}

// temporalFits asks a binary for its version.
func temporalFits(ctx context.Context, path string) bool {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	output, err := exec.CommandContext(ctx, path, "--version").Output()
	return err == nil && versionFits(string(output))
}

func versionFits(output string) bool {
	match := serverVersion.FindStringSubmatch(output)
	if match == nil {
		return false
	}
	major, err1 := strconv.Atoi(match[1])
	minor, err2 := strconv.Atoi(match[2])
	return err1 == nil && err2 == nil && (major > 1 || major == 1 && minor >= minTemporalMinor)
}

// builtTemporal returns the pinned tool in the cache directory. Its name
// carries a hash of the pin, and a lock file keeps two processes from building
// it at the same time.
func builtTemporal(ctx context.Context, cache string, progress func(string)) (string, error) {
	hash := sha256.Sum256(append(bytes.Clone(temporaltool.Mod), temporaltool.Sum...))
	binary := filepath.Join(cache, fmt.Sprintf("temporal-%x", hash[:6]))
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	if err := os.MkdirAll(cache, 0o700); err != nil {
		return "", fmt.Errorf("cache directory: %w", err)
	}
	unlock, err := waitLock(ctx, binary+".lock", progress)
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(binary); err == nil { // built while we waited
		return binary, nil
	}
	return binary, buildTemporal(ctx, binary, progress)
}

// waitLock waits for the lock on path, which is given back by the function
// returned.
func waitLock(ctx context.Context, path string, progress func(string)) (func(), error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock of the build: %w", err)
	}
	unlock := func() { _ = file.Close() } // nothing was written
	for told := false; ; told = true {
		locked, err := tryLock(file)
		if err == nil && !locked {
			if !told {
				progress("waiting for another coachflow that is building Temporal's dev server")
			}
			err = pause(ctx, 200*time.Millisecond)
		}
		if err != nil {
			unlock()
			return nil, fmt.Errorf("lock of the build: %w", err)
		}
		if locked {
			return unlock, nil
		}
	}
}

// buildTemporal compiles the pinned tool in a module of its own and puts it in
// place in one step, so that a build cut short leaves nothing half done.
func buildTemporal(ctx context.Context, binary string, progress func(string)) error {
	compiler, err := exec.LookPath("go")
	if err != nil {
		return &SetupError{Sentence: "Temporal's dev server is needed, and neither `temporal` nor `go`, which would build it, is on the PATH: install one of the two.", Err: err}
	}
	module, err := writeToolModule()
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(module) }() // a temporary directory, at worst left for the system to clean
	unfinished := binary + ".building"
	cmd := exec.CommandContext(ctx, compiler, "build", "-ldflags=-s -w", "-o", unfinished, temporaltool.Package)
	cmd.Dir = module
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly")
	cmd.WaitDelay = 5 * time.Second
	output, err := runTelling(cmd, progress)
	if err != nil {
		e := setupErrorf("Temporal's dev server could not be built (%s): check the network connection and start again, or install `temporal`.", lastLine(output, err))
		e.Err = err
		return e
	}
	if err := os.Rename(unfinished, binary); err != nil {
		return fmt.Errorf("keep the built tool: %w", err)
	}
	return nil
}

func writeToolModule() (string, error) {
	module, err := os.MkdirTemp("", "coachflow-temporal-")
	if err != nil {
		return "", fmt.Errorf("module for the build: %w", err)
	}
	err = errors.Join(
		os.WriteFile(filepath.Join(module, "go.mod"), temporaltool.Mod, 0o600),
		os.WriteFile(filepath.Join(module, "go.sum"), temporaltool.Sum, 0o600))
	if err != nil {
		return "", fmt.Errorf("module for the build: %w", err)
	}
	return module, nil
}

// runTelling runs the build and says every 5 seconds that it still goes on.
func runTelling(cmd *exec.Cmd, progress func(string)) (string, error) {
	began, done := time.Now(), make(chan struct{})
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		ticker := time.NewTicker(5 * time.Second)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				progress(fmt.Sprintf("building Temporal's dev server, %d s so far; this happens once and takes some minutes",
					int(time.Since(began).Seconds())))
			}
		}
	}()
	output, err := cmd.CombinedOutput()
	close(done)
	<-finished
	return string(output), err
}

// lastLine is the last line of a command's output, or its error without one.
func lastLine(output string, err error) string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return last
	}
	return err.Error()
}
