package db

import (
	"context"
	"time"
)

// MigrateImpatiently is Migrate for tests: it gives up a lock after a moment, and
// is tried a few times.
func MigrateImpatiently(ctx context.Context, url string, tries int, tell func(try int, err error)) error {
	return migrate(ctx, url, patience{lock: 20 * time.Millisecond, pause: time.Millisecond, tries: tries}, tell)
}
