package testkit

import (
	"bytes"
	"context"
	"io"
)

// wholeBlobs is a store of small blobs.
type wholeBlobs interface {
	Put(ctx context.Context, key string, data []byte) error
	Get(ctx context.Context, key string) ([]byte, error)
}

// Streams gives a test's store of blobs the methods for large ones. It holds them in
// memory all the same.
type Streams struct{ wholeBlobs }

// WithStreams makes Streams of a store.
func WithStreams(b wholeBlobs) Streams { return Streams{b} }

// PutFrom is Put.
func (s Streams) PutFrom(ctx context.Context, key string, data io.Reader) error {
	all, err := io.ReadAll(data)
	if err != nil {
		return err
	}
	return s.Put(ctx, key, all)
}

// Open is Get.
func (s Streams) Open(ctx context.Context, key string) (io.ReadCloser, int64, error) {
	data, err := s.Get(ctx, key)
	return io.NopCloser(bytes.NewReader(data)), int64(len(data)), err
}

// DeleteAll deletes where the store can, and forgets nothing where it cannot.
func (s Streams) DeleteAll(ctx context.Context, prefix string) error {
	if b, can := s.wholeBlobs.(interface {
		DeleteAll(ctx context.Context, prefix string) error
	}); can {
		return b.DeleteAll(ctx, prefix)
	}
	return nil
}
