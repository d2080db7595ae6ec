package dev

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// systemClusters is where root's clusters go whose data directory the server's
// user cannot enter.
const systemClusters = "/var/lib/coachflow-dev"

// clusterDir says where the cluster of a data directory is, or is to be: inside
// it, unless the file postgres.location there names another place.
func clusterDir(dataDir string) (string, error) {
	content, err := os.ReadFile(locationPath(dataDir))
	if errors.Is(err, fs.ErrNotExist) {
		return filepath.Join(dataDir, "postgres"), nil
	}
	if err != nil {
		return "", dataDirError(dataDir, err)
	}
	return strings.TrimSpace(string(content)), nil
}

func locationPath(dataDir string) string { return filepath.Join(dataDir, "postgres.location") }

// placeCluster returns dir when the server's user can work there. Below a
// closed directory, as /root usually is, that user cannot; then the cluster
// goes under systemClusters, and the data directory keeps a pointer to it, so
// that the data directory still decides which database is meant.
func placeCluster(ctx context.Context, cfg PostgresConfig, binaries postgresBinaries, owner account, dir string) (string, error) {
	if owner.name == "" || canWorkIn(ctx, binaries, owner, filepath.Dir(dir)) {
		return dir, nil
	}
	if err := os.MkdirAll(systemClusters, 0o711); err != nil {
		return "", setupErrorf("The user %s, as whom Postgres runs, cannot enter %s: choose a directory outside of closed ones such as /root with --data DIR.", owner.name, cfg.Dir)
	}
	home, err := os.MkdirTemp(systemClusters, filepath.Base(cfg.Dir)+"-")
	if err != nil {
		return "", fmt.Errorf("place for the database: %w", err)
	}
	dir = filepath.Join(home, "postgres")
	err = errors.Join(os.Chmod(home, 0o711), os.WriteFile(locationPath(cfg.Dir), []byte(dir+"\n"), 0o600))
	if err != nil {
		return "", fmt.Errorf("place for the database: %w", err)
	}
	if !canWorkIn(ctx, binaries, owner, home) {
		return "", setupErrorf("The user %s cannot run %s: install Postgres for all users, start as an ordinary user, or set DATABASE_URL.",
			owner.name, binaries.path("postgres"))
	}
	cfg.Progress(fmt.Sprintf("the database is kept in %s, since the user %s, as whom it runs, cannot enter %s", dir, owner.name, cfg.Dir))
	return dir, nil
}

// canWorkIn tries it out: the account starts the server's binary, which only
// tells its version, inside the directory.
func canWorkIn(ctx context.Context, binaries postgresBinaries, owner account, dir string) bool {
	cmd := exec.CommandContext(ctx, binaries.path("postgres"), "-V")
	cmd.Dir, cmd.Env, cmd.SysProcAttr = dir, childEnv(), owner.attr()
	return cmd.Run() == nil
}
