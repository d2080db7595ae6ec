package dev

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// PostgresDatabase is the database that StartPostgres makes for the application.
const PostgresDatabase = "coachflow"

// PostgresConfig says where and how a private Postgres runs.
type PostgresConfig struct {
	// Dir holds the cluster, its log and its password. The caller holds the
	// directory's lock (OpenDataDir): a server left over in it is stopped.
	Dir string
	// Port on 127.0.0.1; 0 takes a free one.
	Port int
	// Fast gives up every promise about crashes for speed: for tests.
	Fast bool
	Log  *slog.Logger // may be nil
	// Progress is told in words what takes long or surprises; may be nil.
	Progress func(string)
}

// Postgres is a running private server. Its methods are for one goroutine; the
// channel of Done may be waited on by any.
type Postgres struct {
	cfg     PostgresConfig
	cluster cluster
	proc    *process
}

// StartPostgres starts a private Postgres and returns once its database
// answers. The first start in a directory makes the cluster. Run as root, the
// server gets the rights of the user postgres or nobody. What the person at
// the terminal can put right comes back as a *SetupError.
func StartPostgres(ctx context.Context, cfg PostgresConfig) (*Postgres, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Progress == nil {
		cfg.Progress = func(string) {}
	}
	if err := fillPorts(&cfg.Port); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("directory of Postgres: %w", err)
	}
	cfg.Dir = dir
	found, err := prepareCluster(ctx, cfg)
	if err != nil {
		return nil, err
	}
	p := &Postgres{cfg: cfg, cluster: found}
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

// URL connects to the application's database as superuser.
func (p *Postgres) URL() string { return p.url(PostgresDatabase) }

func (p *Postgres) url(database string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(superuser, p.cluster.password),
		Host:     loopback(p.cfg.Port),
		Path:     "/" + database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// Done is closed when the server has ended, whoever ended it. After a Restart,
// ask again.
func (p *Postgres) Done() <-chan struct{} { return p.proc.done }

// Stop shuts the server down in order (Postgres calls it fast: clients are
// disconnected, what is committed stays); when ctx ends first, by force.
func (p *Postgres) Stop(ctx context.Context) error {
	if err := p.proc.stop(ctx, 20*time.Second, syscall.SIGINT, syscall.SIGQUIT); err != nil {
		return fmt.Errorf("stop Postgres: %w", err)
	}
	return nil
}

// Kill ends the server as a power cut would, for tests of what survives.
func (p *Postgres) Kill() error { return p.proc.kill() }

// Restart stops the server, if it still runs, and starts it again on the same
// port and data.
func (p *Postgres) Restart(ctx context.Context) error {
	if err := p.Stop(ctx); err != nil {
		return err
	}
	return p.start(ctx)
}

// start launches the server, waits until it answers, and makes the
// application's database where it is missing.
func (p *Postgres) start(ctx context.Context) error {
	began := time.Now()
	if err := p.stopLeftover(ctx); err != nil {
		return err
	}
	if err := probePort(p.cfg.Port); err != nil {
		return setupErrorf("Postgres cannot use port %d on 127.0.0.1 (%v): stop what uses it, or choose another block with --port N.", p.cfg.Port, err)
	}
	if err := p.launchUntilReady(ctx); err != nil {
		return err
	}
	if err := p.ensureDatabase(ctx); err != nil {
		return errors.Join(err, p.proc.kill())
	}
	p.cfg.Log.Info("postgres is ready", "port", p.cfg.Port, "version", p.cluster.binaries.version,
		"directory", p.cluster.dir, "took", time.Since(began))
	return nil
}

// stopLeftover stops a server that outlived its killed parent on this cluster.
// The parent's death has told it to stop already; then this only waits.
func (p *Postgres) stopLeftover(ctx context.Context) error {
	stopped, err := postgresLeftover(p.cluster.dir).stop(ctx)
	if stopped && err == nil {
		p.cfg.Log.Info("stopped a Postgres left over from an earlier run", "directory", p.cluster.dir)
	}
	return err
}

// launchUntilReady tries again for a while when the server refuses to start
// because processes of one killed just before still hold its shared memory.
func (p *Postgres) launchUntilReady(ctx context.Context) error {
	deadline := time.Now().Add(10 * time.Second)
	for {
		if err := p.launch(); err != nil {
			return err
		}
		err := p.awaitReady(ctx)
		if err == nil {
			return nil
		}
		if killErr := p.proc.kill(); killErr != nil {
			return errors.Join(err, killErr)
		}
		var held *sharedMemoryHeldError
		if !errors.As(err, &held) || time.Now().After(deadline) {
			return err
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}

func (p *Postgres) launch() error {
	log, err := openLog(p.logPath())
	if err != nil {
		return dataDirError(p.cfg.Dir, err)
	}
	cmd := exec.Command(p.cluster.binaries.path("postgres"), p.args()...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = p.cluster.dir, childEnv(), log, log
	cmd.SysProcAttr = p.cluster.owner.attr()
	proc, err := startProcess(cmd, syscall.SIGINT)
	if err != nil {
		return errors.Join(err, log.Close())
	}
	p.proc = proc
	return log.Close()
}

func (p *Postgres) logPath() string { return filepath.Join(p.cfg.Dir, "postgres.log") }

// args are the whole configuration: given on the command line they also hold
// for a cluster that an earlier version made. There is no socket in the file
// system, since its path would be too long in a deep directory.
func (p *Postgres) args() []string {
	settings := []string{
		"port=" + strconv.Itoa(p.cfg.Port),
		"listen_addresses=127.0.0.1",
		"unix_socket_directories=",
		"max_connections=200",
		"timezone=UTC",
		"log_timezone=UTC",
		"synchronous_commit=on",
	}
	if p.cfg.Fast {
		settings = append(settings, "fsync=off", "full_page_writes=off", "synchronous_commit=off",
			"autovacuum=off", "max_wal_size=2GB", "checkpoint_timeout=1h")
	}
	args := []string{"-D", p.cluster.dir}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	return args
}

// sharedMemoryHeldError is a start refused because of a server that is about
// to be gone.
type sharedMemoryHeldError struct{ line string }

func (e *sharedMemoryHeldError) Error() string { return "start Postgres: " + e.line }

// awaitReady waits until the server lets us in. After a crash it first replays
// its log, which is given a minute.
func (p *Postgres) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		err := p.ping(ctx)
		var refused *pgconn.PgError
		switch {
		case err == nil:
			return nil
		case errors.As(err, &refused) && refused.Code == "28P01": // invalid_password
			return setupErrorf("Postgres does not take the password in %s: put back the file that belongs to the database, or delete the data directory %s to start afresh.",
				passwordPath(p.cfg.Dir), p.cfg.Dir)
		}
		select {
		case <-p.proc.done:
			return p.startError()
		case <-ctx.Done():
			return fmt.Errorf("wait for Postgres: %w", errors.Join(ctx.Err(), err))
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (p *Postgres) ping(ctx context.Context) error {
	connection, err := pgx.Connect(ctx, p.url("postgres"))
	if err != nil {
		return err
	}
	return connection.Close(ctx)
}

func (p *Postgres) startError() error {
	line := lastLogLine(p.logPath(), "FATAL", "PANIC", "could not")
	if isSharedMemoryHeld(line) {
		return &sharedMemoryHeldError{line: line}
	}
	return setupErrorf("Postgres did not start (%s): %s. Its log is %s.", p.proc.outcome(), line, p.logPath())
}

// ensureDatabase makes the application's database on the first start.
func (p *Postgres) ensureDatabase(ctx context.Context) error {
	connection, err := pgx.Connect(ctx, p.url("postgres"))
	if err != nil {
		return fmt.Errorf("connect to Postgres: %w", err)
	}
	_, err = connection.Exec(ctx, "CREATE DATABASE "+PostgresDatabase)
	var exists *pgconn.PgError
	if errors.As(err, &exists) && exists.Code == "42P04" { // duplicate_database
		err = nil
	}
	if err := errors.Join(err, connection.Close(ctx)); err != nil {
		return fmt.Errorf("make the database: %w", err)
	}
	return nil
}
