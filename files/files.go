// Package files keeps what people upload. A file streams into the blob store while it
// arrives, and is never in memory whole; files with the same content share one blob in
// their organization. What is broken off leaves nothing behind.
package files

import (
	"context"
	"io"
	"log/slog"

	"coachflow/db"
)

// Blobs keeps the contents of files.
type Blobs interface {
	PutFrom(ctx context.Context, key string, data io.Reader) error
	Open(ctx context.Context, key string) (data io.ReadCloser, size int64, err error)
	// DeleteAll deletes every blob whose key begins with prefix, and what attempts to
	// store one have left.
	DeleteAll(ctx context.Context, prefix string) error
}

// Files stores files, with all that it depends on.
type Files struct {
	DB    *db.DB
	Blobs Blobs
	Log   *slog.Logger
}
