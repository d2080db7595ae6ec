package db

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// The kinds of work that one process at a time does, by advisory lock.
const (
	IngestLock int64 = 0x636f616368 // "coach"
	WatchLock  int64 = 0x7761746368 // "watch"
)

// lockEvery is how often a lock is asked for, and looked after.
const lockEvery = 3 * time.Second

// WithAdvisoryLock runs do while this process is the only one that holds the lock. The
// others wait for their turn; when the holder dies, its connection does, and
// with it the lock. It returns when ctx ends, or with do's error.
func (d *DB) WithAdvisoryLock(ctx context.Context, lock int64, do func(context.Context) error) error {
	for ctx.Err() == nil {
		conn, held := d.tryLock(ctx, lock)
		if held {
			err := holding(ctx, conn, do)
			// The connection goes, and the lock with it.
			closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			_ = conn.Hijack().Close(closing)
			cancel()
			if err != nil {
				return err
			}
			continue
		}
		if conn != nil {
			conn.Release()
		}
		select {
		case <-ctx.Done():
		case <-time.After(lockEvery):
		}
	}
	return nil
}

func (d *DB) tryLock(ctx context.Context, lock int64) (*pgxpool.Conn, bool) {
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return nil, false
	}
	var held bool
	if err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", lock).Scan(&held); err != nil {
		return conn, false
	}
	return conn, held
}

// holding runs do and ends it when the connection that holds the lock is gone.
func holding(ctx context.Context, conn *pgxpool.Conn, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		defer cancel()
		for conn.Ping(ctx) == nil {
			select {
			case <-ctx.Done():
				return
			case <-time.After(lockEvery):
			}
		}
	}()
	err := do(ctx)
	cancel()
	<-watched
	return err
}
