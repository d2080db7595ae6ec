package db

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// patience is how migrations wait for locks. A statement that waits for a lock
// keeps everybody waiting who comes behind it, so it gives up soon, lets them
// through, and is tried again.
type patience struct {
	lock  time.Duration // for each lock, in whole milliseconds
	pause time.Duration // before the next try
	tries int
}

// usual is about four minutes in all, longer than any transaction of the program.
var usual = patience{lock: 5 * time.Second, pause: 5 * time.Second, tries: 24}

// Migrate brings the database at url to the newest version. The login must own
// the tables (or create them) and may create roles. Any number of processes
// may call it at once: one migrates, the others wait.
func Migrate(ctx context.Context, url string) error {
	return migrate(ctx, url, usual, func(try int, err error) {
		slog.WarnContext(ctx, "a migration did not get a lock, and is tried again", "try", try, "error", err)
	})
}

// migrate tells of each try that did not get its locks.
func migrate(ctx context.Context, url string, p patience, tell func(try int, err error)) error {
	for try := 1; ; try++ {
		err := migrateOnce(ctx, url, p.lock)
		if err == nil {
			return nil
		}
		if !lockTimedOut(err) || try == p.tries {
			return fmt.Errorf("migrate database: %w", err)
		}
		tell(try, err)
		select {
		case <-ctx.Done():
			return fmt.Errorf("migrate database: %w", ctx.Err())
		case <-time.After(p.pause):
		}
	}
}

func migrateOnce(ctx context.Context, url string, lock time.Duration) error {
	provider, closeDB, err := newProvider(url, lock)
	if err != nil {
		return err
	}
	defer closeDB()
	if _, err = provider.Up(ctx); err != nil {
		return err
	}
	return spellAddresses(ctx, url, lock)
}

// lockTimedOut reports whether a statement gave up waiting for a lock.
func lockTimedOut(err error) bool {
	var pgErr *pgconn.PgError
	return errors.As(err, &pgErr) && pgErr.Code == "55P03"
}

// Migrated reports whether the database at url has every migration that this
// program knows.
func Migrated(ctx context.Context, url string) (bool, error) {
	provider, closeDB, err := newProvider(url, usual.lock)
	if err != nil {
		return false, err
	}
	defer closeDB()
	pending, err := provider.HasPending(ctx)
	return !pending, err
}

func newProvider(url string, lockTimeout time.Duration) (*goose.Provider, func(), error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, nil, fmt.Errorf("read database URL: %w", err)
	}
	config.RuntimeParams["lock_timeout"] = strconv.FormatInt(lockTimeout.Milliseconds(), 10)
	conn := stdlib.OpenDB(*config)
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, nil, fmt.Errorf("prepare migration lock: %w", err)
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, nil, fmt.Errorf("find migrations: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, conn, files, goose.WithSessionLocker(locker))
	if err != nil {
		return nil, nil, fmt.Errorf("read migrations: %w", err)
	}
	return provider, func() { _ = conn.Close() }, nil
}
