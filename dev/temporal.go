package dev

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"syscall"
	"time"
)

// TemporalConfig says where and how Temporal's dev server runs.
type TemporalConfig struct {
	// Dir holds temporal.db, its log and its process id. The caller holds the
	// directory's lock (OpenDataDir): a server left over in it is stopped.
	Dir string
	// Port is gRPC's, the others are the UI's, the HTTP API's and the metrics'.
	// Where one is 0, a free one is taken.
	Port, UIPort, HTTPPort, MetricsPort int
	// InMemory keeps nothing: a restart is a new, empty server.
	InMemory bool
	// Namespace is made where it is missing; empty means "default".
	Namespace string
	// SearchAttributes by name, with the type as Temporal spells it ("Keyword").
	SearchAttributes map[string]string
	Log              *slog.Logger // may be nil
	// Progress is told in words what takes long; may be nil.
	Progress func(string)
}

// Temporal is a running dev server. Its methods are for one goroutine; the
// channel of Done may be waited on by any.
type Temporal struct {
	cfg    TemporalConfig
	binary string
	proc   *process
}

// temporalTuning are the dynamic settings of the dev server. Its defaults wait
// for load that a single machine does not have: polling at 2000 a second and
// one partition a queue make a task several times quicker to come round. The
// limits on requests are out of the way of load tests. The limit on updates in
// flight for one workflow is 10 by default; production sets the same value.
var temporalTuning = []string{
	"history.transferProcessorMaxPollRPS=2000",
	"history.timerProcessorMaxPollRPS=2000",
	"history.visibilityProcessorMaxPollRPS=2000",
	"matching.numTaskqueueReadPartitions=1",
	"matching.numTaskqueueWritePartitions=1",
	"frontend.rps=20000",
	"frontend.namespaceRPS=20000",
	"frontend.namespaceRPS.visibility=1000",
	"frontend.namespaceCount=5000",
	"history.rps=30000",
	"history.maxInFlightUpdates=100",
}

// StartTemporal starts Temporal's dev server and returns once it answers. The
// first start on a machine without `temporal` builds it, which takes minutes
// and is told to Progress. What the person at the terminal can put right comes
// back as a *SetupError.
func StartTemporal(ctx context.Context, cfg TemporalConfig) (*Temporal, error) {
	if cfg.Namespace == "" {
		cfg.Namespace = "default"
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Progress == nil {
		cfg.Progress = func(string) {}
	}
	if err := fillPorts(&cfg.Port, &cfg.UIPort, &cfg.HTTPPort, &cfg.MetricsPort); err != nil {
		return nil, err
	}
	binary, err := findTemporal(ctx, cfg.Progress)
	if err != nil {
		return nil, err
	}
	t := &Temporal{cfg: cfg, binary: binary}
	if err := t.start(ctx); err != nil {
		return nil, err
	}
	return t, nil
}

// fillPorts puts free ports where none is asked for.
func fillPorts(ports ...*int) error {
	free, err := FreePorts(len(ports))
	if err != nil {
		return err
	}
	for i, port := range ports {
		if *port == 0 {
			*port = free[i]
		}
	}
	return nil
}

// HostPort is the address for clients and workers.
func (t *Temporal) HostPort() string { return loopback(t.cfg.Port) }

// UI is the address of the web UI.
func (t *Temporal) UI() string { return "http://" + loopback(t.cfg.UIPort) }

// Done is closed when the server has ended, whoever ended it. After a Restart,
// ask again.
func (t *Temporal) Done() <-chan struct{} { return t.proc.done }

// Stop ends the server in order; when ctx ends first, by force.
func (t *Temporal) Stop(ctx context.Context) error {
	if err := t.proc.stop(ctx, 15*time.Second, syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop Temporal: %w", err)
	}
	return t.forgetPID()
}

// Kill ends the server as a power cut would, for tests of what survives.
func (t *Temporal) Kill() error { return t.proc.kill() }

// Restart stops the server, if it still runs, and starts it again on the same
// ports and data.
func (t *Temporal) Restart(ctx context.Context) error {
	if err := t.Stop(ctx); err != nil {
		return err
	}
	return t.start(ctx)
}

func (t *Temporal) path(name string) string { return filepath.Join(t.cfg.Dir, name) }

// start launches the server and waits until it answers.
func (t *Temporal) start(ctx context.Context) error {
	began := time.Now()
	if err := t.clearDir(ctx); err != nil {
		return err
	}
	for _, port := range []int{t.cfg.Port, t.cfg.UIPort, t.cfg.HTTPPort, t.cfg.MetricsPort} {
		if err := probePort(port); err != nil {
			return setupErrorf("Temporal cannot use port %d on 127.0.0.1 (%v): stop what uses it, or choose another block with --port N.", port, err)
		}
	}
	if err := t.launch(); err != nil {
		return err
	}
	if err := t.awaitReady(ctx); err != nil {
		return errors.Join(err, t.proc.kill())
	}
	if err := os.WriteFile(t.path("temporal.ready"), nil, 0o600); err != nil {
		return errors.Join(fmt.Errorf("mark Temporal's database as complete: %w", err), t.proc.kill())
	}
	t.cfg.Log.Info("temporal is ready", "address", t.HostPort(), "ui", t.UI(), "took", time.Since(began))
	return nil
}

// clearDir stops a server left over from a killed parent, and removes a
// database whose first start was cut short: the server writes its schema only
// into a file that is not there yet, and would never come up on half of one.
func (t *Temporal) clearDir(ctx context.Context) error {
	if err := os.MkdirAll(t.cfg.Dir, dataDirMode()); err != nil {
		return dataDirError(t.cfg.Dir, err)
	}
	stopped, err := temporalLeftover(t.cfg.Dir, t.cfg.InMemory).stop(ctx)
	if err != nil {
		return err
	}
	if stopped {
		t.cfg.Log.Info("stopped a Temporal server left over from an earlier run")
	}
	if _, err := os.Stat(t.path("temporal.ready")); err == nil {
		return nil
	}
	for _, name := range []string{"temporal.db", "temporal.db-wal", "temporal.db-shm"} {
		if err := os.Remove(t.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return dataDirError(t.cfg.Dir, err)
		}
	}
	return nil
}

func (t *Temporal) launch() error {
	log, err := openLog(t.path("temporal.log"))
	if err != nil {
		return dataDirError(t.cfg.Dir, err)
	}
	cmd := exec.Command(t.binary, t.args()...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = t.cfg.Dir, childEnv(), log, log
	// Nothing is lost by ending the server at once when we die: its database
	// file is whole after any end of the process.
	proc, err := startProcess(cmd, syscall.SIGKILL)
	if err != nil {
		return errors.Join(err, log.Close())
	}
	t.proc = proc
	pid := []byte(strconv.Itoa(t.proc.cmd.Process.Pid) + "\n")
	if err := os.WriteFile(t.path("temporal.pid"), pid, 0o600); err != nil {
		return errors.Join(dataDirError(t.cfg.Dir, err), proc.kill(), log.Close())
	}
	return log.Close()
}

func (t *Temporal) args() []string {
	args := []string{
		"server", "start-dev", "--ip", "127.0.0.1", "--log-level", "error",
		"--port", strconv.Itoa(t.cfg.Port), "--ui-port", strconv.Itoa(t.cfg.UIPort),
		"--http-port", strconv.Itoa(t.cfg.HTTPPort), "--metrics-port", strconv.Itoa(t.cfg.MetricsPort),
	}
	if !t.cfg.InMemory {
		args = append(args, "--db-filename", t.path("temporal.db"),
			"--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=1")
	}
	if t.cfg.Namespace != "default" { // which the server makes by itself
		args = append(args, "--namespace", t.cfg.Namespace)
	}
	for _, setting := range temporalTuning {
		args = append(args, "--dynamic-config-value", setting)
	}
	for _, name := range sortedKeys(t.cfg.SearchAttributes) {
		args = append(args, "--search-attribute", name+"="+t.cfg.SearchAttributes[name])
	}
	return args
}

func (t *Temporal) forgetPID() error {
	if err := os.Remove(t.path("temporal.pid")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("stop Temporal: %w", err)
	}
	return nil
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
