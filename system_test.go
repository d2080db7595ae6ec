package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/db"
	"coachflow/dev"
	"coachflow/dev/testkit"
)

// The tests of this package meet the whole system from the outside, started as
// `dev` starts it: pages and API over HTTP, mail over SMTP. Whatever is more
// than that, like killing a server, says so.

func TestMain(m *testing.M) {
	testkit.SetMigrate(db.Migrate)
	code := testkit.Main(m, testkit.Options{})
	if err := stopShared(); err != nil {
		fmt.Fprintln(os.Stderr, "stop the shared system:", err)
		code = max(code, 1)
	}
	if builtDir != "" {
		_ = os.RemoveAll(builtDir)
	}
	os.Exit(code)
}

// sharedSystem is one system for all tests that leave it as they found it.
var sharedSystem struct {
	once  sync.Once
	stack *devStack
	dir   string
	err   error
}

// shared is the system that tests share, started by the first one.
func shared(t testing.TB) (*devStack, *outside) {
	t.Helper()
	s := &sharedSystem
	s.once.Do(func() {
		if s.dir, s.err = makeSystemDir(); s.err == nil {
			s.stack, s.err = startDev(context.Background(), devOptions{Data: s.dir, Port: freeBlock(t), Fast: true, Progress: progress})
		}
	})
	require.NoError(t, s.err)
	return s.stack, look(t, s.dir)
}

func stopShared() error {
	s := &sharedSystem
	if s.stack == nil {
		return nil
	}
	if err := s.stack.stop(); err != nil {
		return err
	}
	return os.RemoveAll(s.dir)
}

// startSystem starts a system of the test's own. It is stopped with the test.
func startSystem(t testing.TB, o devOptions) (*devStack, *outside) {
	t.Helper()
	if o.Data == "" {
		o.Data = systemDir(t)
	}
	if o.Port == 0 {
		o.Port = freeBlock(t)
	}
	o.Progress = progress
	s, err := startDev(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Errorf("stop the system: %v", err)
		}
	})
	return s, look(t, o.Data)
}

func progress(line string) { fmt.Fprintln(os.Stderr, line) }

// systemDir is a data directory that goes with the test.
func systemDir(t testing.TB) string {
	t.Helper()
	dir, err := makeSystemDir()
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// makeSystemDir makes a directory that the database can enter, which runs as
// another user where the tests run as root.
func makeSystemDir() (string, error) {
	dir, err := os.MkdirTemp("", "coachflow-system-")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o711)
}

// freeBlock finds a block of free ports below those that the kernel gives to
// outgoing connections.
func freeBlock(t testing.TB) int {
	t.Helper()
	for range 100 {
		first := 10_000 + rand.IntN(2400)*dev.BlockSize
		if _, err := dev.Block(first); err == nil {
			return first
		}
	}
	t.Fatal("no block of free ports")
	return 0
}

// builtDir holds the program as it is shipped, built once for the tests that
// run it as a process of its own.
var (
	builtDir string
	build    = sync.OnceValues(func() (program string, err error) {
		if builtDir, err = os.MkdirTemp("", "coachflow-built-"); err != nil {
			return "", err
		}
		program = filepath.Join(builtDir, "coachflow")
		if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
			return "", fmt.Errorf("%w: %s", err, out)
		}
		return program, nil
	})
)

// child is a process of the program.
type child struct {
	testing.TB
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	said bytes.Buffer  // what it wrote; to be read after done
}

// startChild runs a command of the program with a configuration, and nothing
// else, in its environment.
func startChild(t testing.TB, c config, args ...string) *child {
	t.Helper()
	return startProgram(t, environ(c), args...)
}

// startProgram runs a command of the program in an environment.
func startProgram(t testing.TB, environment []string, args ...string) *child {
	t.Helper()
	program, err := build()
	require.NoError(t, err)
	p := &child{TB: t, cmd: exec.Command(program, args...), done: make(chan struct{})}
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = environment, &p.said, &p.said
	require.NoError(t, p.cmd.Start())
	go func() {
		_ = p.cmd.Wait() // the outcome is read from ProcessState
		close(p.done)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // it has ended, as a rule
		<-p.done
	})
	return p
}

// environ is a configuration as the environment says it.
func environ(c config) []string {
	var env []string
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		env = append(env, v.Type().Field(i).Tag.Get("env")+"="+fmt.Sprint(v.Field(i).Interface()))
	}
	return env
}

// kill ends the process as a power cut would.
func (p *child) kill() {
	p.Helper()
	require.NoError(p, p.cmd.Process.Signal(syscall.SIGKILL))
	<-p.done
}

// terminate asks the process to stop and returns how long that took.
func (p *child) terminate() time.Duration {
	p.Helper()
	began := time.Now()
	require.NoError(p, p.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-p.done:
	case <-time.After(2 * time.Minute):
		p.Fatal("still running two minutes after SIGTERM")
	}
	require.Zero(p, p.cmd.ProcessState.ExitCode(), "exit code; it said: %s", p.said.String())
	return time.Since(began)
}
