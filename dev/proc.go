package dev

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a running child server.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed once the child is reaped
}

// startProcess starts cmd in a process group of its own, so that Ctrl-C in a
// terminal reaches only the parent, which then stops its children in order.
// deathSignal is what the child gets when the parent dies without doing so.
func startProcess(cmd *exec.Cmd, deathSignal syscall.Signal) (*process, error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	endWithParent(cmd.SysProcAttr, deathSignal)
	p := &process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go p.run(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(cmd.Path), err)
	}
	return p, nil
}

// run starts and reaps the child on one locked thread: the kernel's "parent
// death" is the death of the thread that forked, not of the whole process.
func (p *process) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	_ = p.cmd.Wait() // the outcome is read from cmd.ProcessState
	close(p.done)
}

func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// stop sends each signal in turn and gives the child patience to end after
// each; the end of ctx moves on to SIGKILL at once.
func (p *process) stop(ctx context.Context, patience time.Duration, signals ...syscall.Signal) error {
	for _, sig := range signals {
		if err := p.signal(sig); err != nil {
			return err
		}
		select {
		case <-p.done:
			return nil
		case <-ctx.Done():
			return p.kill()
		case <-time.After(patience):
		}
	}
	return p.kill()
}

// kill ends the child as kill -9 does and waits until it is gone.
func (p *process) kill() error {
	if err := p.signal(syscall.SIGKILL); err != nil {
		return err
	}
	<-p.done
	return nil
}

func (p *process) signal(sig syscall.Signal) error {
	err := p.cmd.Process.Signal(sig)
	if err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("signal %s: %w", filepath.Base(p.cmd.Path), err)
	}
	return nil
}

// outcome says how an ended child ended, for error messages.
func (p *process) outcome() string {
	return p.cmd.ProcessState.String()
}

// childEnv is the environment of the servers: what finds programs, libraries
// and directories, and none of the secrets that the command may have been
// given. The C locale keeps a broken LANG from stopping initdb.
func childEnv() []string {
	env := []string{"LC_ALL=C"}
	for _, key := range []string{"PATH", "HOME", "USER", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"} {
		if value, ok := os.LookupEnv(key); ok {
			env = append(env, key+"="+value)
		}
	}
	return env
}

// maxLogSize is where a server's log file is set aside for a fresh one.
const maxLogSize = 10 << 20

// openLog opens a server's log for appending. A child writes to the file
// itself, so its output never depends on the parent reading along.
func openLog(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > maxLogSize {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, fmt.Errorf("rotate log: %w", err)
		}
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	return file, nil
}

// lastLogLine returns the last non-empty line of a log that contains one of
// the words, or the last line at all where none does.
func lastLogLine(path string, words ...string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		for _, word := range words {
			if strings.Contains(lines[i], word) {
				return strings.TrimSpace(lines[i])
			}
		}
	}
	return strings.TrimSpace(lines[len(lines)-1])
}

// stopLeftover stops the process that a pid file names in its first line, when
// that process still lives and mentions marker in its command line; the
// marker guards against a number that another program has got since. It
// reports whether there was something to stop.
func stopLeftover(ctx context.Context, pidFile, marker string, signals ...syscall.Signal) (bool, error) {
	pid, ok := readPID(pidFile)
	if !ok || !commandMentions(ctx, pid, marker) {
		return false, nil
	}
	for _, sig := range append(signals, syscall.SIGKILL) {
		if err := syscall.Kill(pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
			return true, fmt.Errorf("stop process %d left over from an earlier run: %w", pid, err)
		}
		gone, err := waitGone(ctx, pid, marker, 10*time.Second)
		if gone || err != nil {
			return true, err
		}
	}
	return true, fmt.Errorf("process %d left over from an earlier run does not end", pid)
}

func waitGone(ctx context.Context, pid int, marker string, patience time.Duration) (bool, error) {
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		if !commandMentions(ctx, pid, marker) {
			return true, nil
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return false, err
		}
	}
	return false, nil
}

func readPID(path string) (int, bool) {
	content, err := os.ReadFile(path)
	if err != nil {
		return 0, false
	}
	first, _, _ := strings.Cut(string(content), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	return pid, err == nil && pid > 1
}

// commandMentions reports whether process pid lives and has marker in its
// command line: from /proc where there is one, else from ps.
func commandMentions(ctx context.Context, pid int, marker string) bool {
	var command []byte
	if _, err := os.Stat("/proc/self/cmdline"); err == nil {
		command, err = os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err != nil {
			return false
		}
	} else if command, err = exec.CommandContext(ctx, "ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output(); err != nil {
		return false
	}
	return bytes.Contains(command, []byte(marker))
}

// pause waits for d or until ctx ends, whose error it then returns.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
