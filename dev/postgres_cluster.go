package dev

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// superuser is the name of the cluster's superuser.
const superuser = "postgres"

// cluster is an initialized data directory with what is needed to run it.
type cluster struct {
	dir      string
	binaries postgresBinaries
	owner    account
	password string
}

// account is the user that the server runs as; zero is ourselves.
type account struct {
	name     string
	uid, gid int
}

// attr makes a child run as the account.
func (a account) attr() *syscall.SysProcAttr {
	if a.name == "" {
		return &syscall.SysProcAttr{}
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{
		Uid: uint32(a.uid), Gid: uint32(a.gid), // ids from the system, never negative
	}}
}

// own gives a file or directory to the account.
func (a account) own(path string) error {
	if a.name == "" {
		return nil
	}
	return os.Chown(path, a.uid, a.gid)
}

// prepareCluster finds the cluster of a data directory, and makes it on the
// first start.
func prepareCluster(ctx context.Context, cfg PostgresConfig) (cluster, error) {
	if err := os.MkdirAll(cfg.Dir, dataDirMode()); err != nil {
		return cluster{}, dataDirError(cfg.Dir, err)
	}
	dir, err := clusterDir(cfg.Dir)
	if err != nil {
		return cluster{}, err
	}
	version, err := os.ReadFile(filepath.Join(dir, "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return createCluster(ctx, cfg, dir)
	}
	if err != nil {
		return cluster{}, setupErrorf("The database in %s belongs to another user (%v): start as that user, or choose another directory with --data DIR.", dir, err)
	}
	return openCluster(ctx, cfg, dir, strings.TrimSpace(string(version)))
}

// openCluster returns an existing cluster, which only binaries of its own
// major version can run, as the user who owns it.
func openCluster(ctx context.Context, cfg PostgresConfig, dir, version string) (cluster, error) {
	major, err := strconv.Atoi(version)
	if err != nil {
		return cluster{}, fmt.Errorf("version of the database in %s: %w", dir, err)
	}
	owner, err := ownerOf(dir)
	if err != nil {
		return cluster{}, err
	}
	password, err := os.ReadFile(passwordPath(cfg.Dir))
	if err != nil {
		return cluster{}, &SetupError{Err: err, Sentence: fmt.Sprintf("The password of the database is missing from %s: put the file back, or delete %s to start afresh.",
			passwordPath(cfg.Dir), cfg.Dir)}
	}
	binaries, err := findBinaries(ctx, cfg, major)
	if err != nil {
		return cluster{}, err
	}
	return cluster{dir: dir, binaries: binaries, owner: owner, password: strings.TrimSpace(string(password))}, nil
}

// createCluster makes a new cluster. It becomes visible under its name in one
// step, so that a first start cut short leaves nothing that looks like one.
func createCluster(ctx context.Context, cfg PostgresConfig, dir string) (cluster, error) {
	owner, err := serverAccount()
	if err != nil {
		return cluster{}, err
	}
	binaries, err := findBinaries(ctx, cfg, 0)
	if err != nil {
		return cluster{}, err
	}
	dir, err = placeCluster(ctx, cfg, binaries, owner, dir)
	if err != nil {
		return cluster{}, err
	}
	password := rand.Text()
	if err := os.WriteFile(passwordPath(cfg.Dir), []byte(password+"\n"), 0o600); err != nil {
		return cluster{}, dataDirError(cfg.Dir, err)
	}
	c := cluster{dir: dir, binaries: binaries, owner: owner, password: password}
	if err := c.initialize(ctx, cfg.Fast); err != nil {
		return cluster{}, err
	}
	return c, nil
}

// initialize runs initdb beside the final place and renames the result.
func (c cluster) initialize(ctx context.Context, fast bool) error {
	unfinished := c.dir + ".new"
	if err := c.makeEmpty(unfinished); err != nil {
		return err
	}
	passwordFile := unfinished + ".password" // a copy that initdb, as another user, can read
	err := errors.Join(os.WriteFile(passwordFile, []byte(c.password+"\n"), 0o600), c.owner.own(passwordFile))
	if err == nil {
		err = c.initdb(ctx, unfinished, passwordFile, fast)
	}
	if err := errors.Join(err, os.Remove(passwordFile)); err != nil {
		return fmt.Errorf("make the database cluster: %w", err)
	}
	if err := os.Rename(unfinished, c.dir); err != nil {
		return fmt.Errorf("make the database cluster: %w", err)
	}
	return nil
}

// makeEmpty makes an empty directory of the owner, in place of any remains.
func (c cluster) makeEmpty(dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("remove an unfinished database cluster: %w", err)
	}
	if err := errors.Join(os.Mkdir(dir, 0o700), c.owner.own(dir)); err != nil {
		return fmt.Errorf("make the database cluster: %w", err)
	}
	return nil
}

// initdb asks for a locale that knows letters beyond ASCII. Not every system
// has one of these by name; the last works everywhere.
func (c cluster) initdb(ctx context.Context, dir, passwordFile string, fast bool) error {
	var err error
	for _, locale := range []string{"C.UTF-8", "en_US.UTF-8", "C"} {
		if err = c.makeEmpty(dir); err != nil {
			return err
		}
		args := []string{"-D", dir, "-U", superuser, "--auth=scram-sha-256", "--pwfile=" + passwordFile,
			"--encoding=UTF8", "--locale=" + locale}
		if fast {
			args = append(args, "--no-sync")
		}
		cmd := exec.CommandContext(ctx, c.binaries.path("initdb"), args...)
		cmd.Dir, cmd.Env, cmd.SysProcAttr = dir, childEnv(), c.owner.attr()
		output, runErr := cmd.CombinedOutput()
		if runErr == nil {
			return nil
		}
		err = fmt.Errorf("initdb: %w: %s", runErr, strings.TrimSpace(string(output)))
		if !strings.Contains(string(output), "locale") {
			break
		}
	}
	return err
}

// serverAccount is whom the server runs as: ourselves, but never root, which
// Postgres refuses.
func serverAccount() (account, error) {
	if os.Geteuid() != 0 {
		return account{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(found.Uid)
		gid, err2 := strconv.Atoi(found.Gid)
		if err1 == nil && err2 == nil && uid > 0 {
			return account{name: name, uid: uid, gid: gid}, nil
		}
	}
	return account{}, setupErrorf("Postgres does not run as root, and there is no user postgres or nobody to run it as: start as an ordinary user, or set DATABASE_URL.")
}

// ownerOf returns whom an existing cluster belongs to: root runs the server as
// that user, anybody else must be that user.
func ownerOf(dir string) (account, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return account{}, fmt.Errorf("owner of the database: %w", err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return account{}, fmt.Errorf("owner of the database in %s is not known", dir)
	}
	uid := int(stat.Uid)
	if uid == os.Geteuid() && uid != 0 {
		return account{}, nil
	}
	if os.Geteuid() != 0 || uid == 0 {
		return account{}, setupErrorf("The database in %s belongs to user %d: start as that user, or choose another directory with --data DIR.", dir, uid)
	}
	return account{name: strconv.Itoa(uid), uid: uid, gid: int(stat.Gid)}, nil
}

func passwordPath(dataDir string) string { return filepath.Join(dataDir, "postgres.password") }

func isSharedMemoryHeld(line string) bool {
	return strings.Contains(line, "shared memory block") && strings.Contains(line, "still in use")
}
