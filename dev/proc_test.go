package dev

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Variables that make this test binary act as the parent of servers.
const (
	parentDirKey  = "COACHFLOW_TEST_PARENT_DIR"
	parentWhatKey = "COACHFLOW_TEST_PARENT_WHAT"
)

// TestParentProcess is no test: it is what startParent runs in a process of its
// own, to be killed.
func TestParentProcess(t *testing.T) {
	dir := os.Getenv(parentDirKey)
	if dir == "" {
		return // it is run as a child of other tests
	}
	d, err := OpenDataDir(dir)
	require.NoError(t, err)
	if strings.Contains(os.Getenv(parentWhatKey), "postgres") {
		p, err := StartPostgres(t.Context(), PostgresConfig{Dir: d.Path})
		require.NoError(t, err)
		execute(t, p.URL(), "CREATE TABLE IF NOT EXISTS facts (n int)")
		execute(t, p.URL(), "INSERT INTO facts VALUES (1)")
		fmt.Printf("pid %d\n", p.proc.cmd.Process.Pid)
	}
	if strings.Contains(os.Getenv(parentWhatKey), "temporal") {
		s, err := StartTemporal(t.Context(), TemporalConfig{Dir: d.Path})
		require.NoError(t, err)
		startWorkflow(t, s, "program/1")
		fmt.Printf("pid %d\n", s.proc.cmd.Process.Pid)
	}
	fmt.Println("ready")
	time.Sleep(10 * time.Minute) // until it is killed; should nobody do that, it ends all the same
}

// parent is a process that has started servers.
type parent struct {
	cmd  *exec.Cmd
	pids []int
}

// startParent runs TestParentProcess, as another user where one is given, and
// returns once its servers are up.
func startParent(t *testing.T, binary, dir, what string, as account) *parent {
	t.Helper()
	p := &parent{cmd: exec.Command(binary, "-test.run=^TestParentProcess$")}
	p.cmd.Dir, p.cmd.SysProcAttr = dir, as.attr()
	p.cmd.Env = append(os.Environ(), parentDirKey+"="+dir, parentWhatKey+"="+what)
	output, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	t.Cleanup(func() { _ = p.cmd.Process.Kill() }) // long dead where the test got through
	lines := bufio.NewScanner(output)
	var said []string
	for lines.Scan() {
		var pid int
		if _, err := fmt.Sscanf(lines.Text(), "pid %d", &pid); err == nil {
			p.pids = append(p.pids, pid)
		}
		if lines.Text() == "ready" {
			return p
		}
		said = append(said, lines.Text())
	}
	t.Fatalf("the parent ended early: %s", strings.Join(said, "\n"))
	return nil
}

// kill9 kills the parent alone, as the kernel does when memory runs out.
func (p *parent) kill9(t *testing.T) {
	t.Helper()
	require.NoError(t, p.cmd.Process.Kill())
	require.Error(t, p.cmd.Wait())
}

func (p *parent) requireNoChildren(t *testing.T) {
	t.Helper()
	for _, pid := range p.pids {
		require.Eventually(t, func() bool { return !alive(pid) }, 15*time.Second, 20*time.Millisecond, "process %d lives on", pid)
	}
}

// alive does not count a zombie that nobody reaps as alive.
func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

func TestKilledParent_LeavesNoServersAndLosesNothing(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells children of their parent's death")
	}
	dir := reachableDir(t)
	p := startParent(t, os.Args[0], dir, "postgres temporal", account{})
	require.Len(t, p.pids, 2)
	p.kill9(t)
	p.requireNoChildren(t)

	d, err := OpenDataDir(dir)
	require.NoError(t, err)
	defer func() { require.NoError(t, d.Close()) }()
	pg := startPostgres(t, PostgresConfig{Dir: dir})
	require.Equal(t, "1", query(t, pg.URL(), "SELECT count(*)::text FROM facts"))
	requireWorkflow(t, startTemporal(t, TemporalConfig{Dir: dir}), "program/1")
}

func TestKilledParent_NextStartNeedNotWait(t *testing.T) {
	t.Parallel()
	dir := reachableDir(t)
	for n := 1; n <= 3; n++ {
		p := startParent(t, os.Args[0], dir, "postgres", account{})
		p.kill9(t)
	}
	pg := startPostgres(t, PostgresConfig{Dir: dir})
	require.Equal(t, "3", query(t, pg.URL(), "SELECT count(*)::text FROM facts"))
}

func TestStart_StopsServersLeftOver(t *testing.T) {
	t.Parallel()
	dir := reachableDir(t)
	first := startPostgres(t, PostgresConfig{Dir: dir, Fast: true})
	temporal := startTemporal(t, TemporalConfig{Dir: dir, InMemory: true})
	// These two stand for servers whose parent died without their noticing.
	second := startPostgres(t, PostgresConfig{Dir: dir, Fast: true, Port: first.cfg.Port})
	startTemporal(t, TemporalConfig{Dir: dir, InMemory: true, Port: temporal.cfg.Port})
	require.False(t, first.proc.running())
	require.False(t, temporal.proc.running())
	require.Equal(t, "1", query(t, second.URL(), "SELECT '1'"))
}

func TestPostgres_OrdinaryUserAndThenRoot(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("needs root, to become somebody else")
	}
	nobody := account{name: "nobody", uid: 65534, gid: 65534}
	dir := reachableDir(t)
	binary := copyOfOurselves(t, dir)
	data := filepath.Join(dir, "data")
	require.NoError(t, os.Mkdir(data, 0o755))
	require.NoError(t, nobody.own(data))

	p := startParent(t, binary, data, "postgres", nobody)
	p.kill9(t)
	p.requireNoChildren(t)
	owner, err := ownerOf(filepath.Join(data, "postgres"))
	require.NoError(t, err)
	require.Equal(t, nobody.uid, owner.uid)

	pg := startPostgres(t, PostgresConfig{Dir: data})
	require.Equal(t, "1", query(t, pg.URL(), "SELECT count(*)::text FROM facts"), "root runs it as its owner")
}

func TestPostgres_RunsWithoutRootsRights(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 || runtime.GOOS != "linux" {
		t.Skip("only for root, and read from /proc")
	}
	p := startPostgres(t, PostgresConfig{Dir: reachableDir(t), Fast: true})
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.proc.cmd.Process.Pid))
	require.NoError(t, err)
	require.NotRegexp(t, `(?m)^Uid:.*\b0\b`, string(status))
	require.NotRegexp(t, `(?m)^Gid:.*\b0\b`, string(status))
	require.Regexp(t, `(?m)^Groups:\s*$`, string(status))
	require.Regexp(t, `(?m)^CapEff:\s*0+$`, string(status))
}

// copyOfOurselves puts the test binary where another user can run it.
func copyOfOurselves(t *testing.T, dir string) string {
	t.Helper()
	source, err := os.Open(os.Args[0])
	require.NoError(t, err)
	defer func() { require.NoError(t, source.Close()) }()
	path := filepath.Join(dir, "dev.test")
	target, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o755)
	require.NoError(t, err)
	_, err = io.Copy(target, source)
	require.NoError(t, err)
	require.NoError(t, target.Close())
	return path
}

func TestProcess_IsNotInOurProcessGroup(t *testing.T) {
	t.Parallel()
	p, err := startProcess(exec.Command("sleep", "60"), syscall.SIGKILL)
	require.NoError(t, err)
	group, err := syscall.Getpgid(p.cmd.Process.Pid)
	require.NoError(t, err)
	require.Equal(t, p.cmd.Process.Pid, group, "Ctrl-C must reach the parent alone")
	require.NoError(t, p.stop(t.Context(), time.Minute, syscall.SIGTERM))
	require.False(t, p.running())
	require.NoError(t, p.stop(context.Background(), time.Minute, syscall.SIGTERM), "stopping twice is fine")
}

func TestProcess_StopGetsHarder(t *testing.T) {
	t.Parallel()
	p := startDeaf(t)
	require.NoError(t, p.stop(t.Context(), 100*time.Millisecond, syscall.SIGTERM, syscall.SIGINT))
	require.Equal(t, "signal: killed", p.outcome())
}

// The end of the context leaves a child no patience, of which it has plenty here.
func TestProcess_StopIsHardWhenTheContextEnds(t *testing.T) {
	t.Parallel()
	p := startDeaf(t)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, p.stop(ended, time.Hour, syscall.SIGTERM, syscall.SIGINT))
	require.Equal(t, "signal: killed", p.outcome())
}

// startDeaf starts a child that hears no signal but SIGKILL.
func startDeaf(t *testing.T) *process {
	t.Helper()
	ready := filepath.Join(t.TempDir(), "ready")
	p, err := startProcess(exec.Command("sh", "-c", `trap "" TERM INT; : > "$0"; while :; do sleep 0.05; done`, ready), syscall.SIGKILL)
	require.NoError(t, err)
	require.Eventually(t, func() bool { _, err := os.Stat(ready); return err == nil }, time.Minute, 5*time.Millisecond, "it has set its trap")
	return p
}

func TestChildEnv_CarriesNoSecrets(t *testing.T) {
	t.Setenv("STRIPE_KEY", "secret")
	t.Setenv("PGPASSWORD", "secret")
	require.NotContains(t, strings.Join(childEnv(), "\n"), "secret")
}

func TestStopLeftover_LeavesStrangersAlone(t *testing.T) {
	t.Parallel()
	stranger, err := startProcess(exec.Command("sleep", "60"), syscall.SIGKILL)
	require.NoError(t, err)
	defer func() { require.NoError(t, stranger.kill()) }()
	file := filepath.Join(t.TempDir(), "pid")
	for _, content := range []string{fmt.Sprint(stranger.cmd.Process.Pid), "1\n", "-1", "", "x", "999999999"} {
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		stopped, err := stopLeftover(t.Context(), file, "/some/cluster", syscall.SIGTERM)
		require.NoError(t, err)
		require.False(t, stopped, content)
	}
	require.True(t, stranger.running())
}

func TestLogs(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	require.Empty(t, lastLogLine(path, "FATAL"))
	require.NoError(t, os.WriteFile(path, []byte("FATAL: one\nLOG: two\n\n"), 0o600))
	require.Equal(t, "FATAL: one", lastLogLine(path, "FATAL"))
	require.Equal(t, "LOG: two", lastLogLine(path, "PANIC"))

	require.NoError(t, os.Truncate(path, maxLogSize+1))
	log, err := openLog(path)
	require.NoError(t, err)
	require.NoError(t, log.Close())
	require.FileExists(t, path+".1")
}
