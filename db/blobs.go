package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob" // file:// buckets
	_ "gocloud.dev/blob/s3blob"   // s3:// buckets
	"gocloud.dev/gcerrors"
)

// Blobs keeps raw mails and files, by key, outside of Postgres.
type Blobs struct{ bucket *blob.Bucket }

// OpenBlobs opens a bucket by its URL: file:///path or s3://name?region=….
func OpenBlobs(ctx context.Context, address string) (*Blobs, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("read address of blob store: %w", err)
	}
	if u.Scheme == "file" {
		u.RawQuery = fileOptions(u.Query()).Encode()
	}
	bucket, err := blob.OpenBucket(ctx, u.String())
	if err != nil {
		return nil, fmt.Errorf("open blob store: %w", err)
	}
	return &Blobs{bucket}, nil
}

// fileOptions make the folder where it is missing, write beside the target so
// that the rename is atomic, and keep no second file with attributes.
func fileOptions(q url.Values) url.Values {
	q.Set("create_dir", "true")
	q.Set("no_tmp_dir", "true")
	q.Set("metadata", "skip")
	return q
}

// Put stores data under key. Storing the same again is harmless; a blob is
// there whole or not at all.
func (b *Blobs) Put(ctx context.Context, key string, data []byte) error {
	if err := b.bucket.WriteAll(ctx, key, data, &blob.WriterOptions{ContentType: "application/octet-stream"}); err != nil {
		return fmt.Errorf("store blob: %w", err)
	}
	return nil
}

// Get reads the blob at key.
func (b *Blobs) Get(ctx context.Context, key string) ([]byte, error) {
	data, err := b.bucket.ReadAll(ctx, key)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, fmt.Errorf("blob %s is missing: %w", key, err)
	}
	if err != nil {
		return nil, fmt.Errorf("read blob: %w", err)
	}
	return data, nil
}

// PutFrom stores what is read from data under key, without holding it in memory. Where
// reading fails, nothing is stored.
func (b *Blobs) PutFrom(ctx context.Context, key string, data io.Reader) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := b.bucket.NewWriter(ctx, key, &blob.WriterOptions{ContentType: "application/octet-stream", BufferSize: partSize, MaxConcurrency: 1})
	if err != nil {
		return fmt.Errorf("store blob: %w", err)
	}
	if _, err = io.Copy(w, data); err != nil {
		cancel() // without this, Close would store what was read so far
	}
	if err := errors.Join(err, w.Close()); err != nil {
		return fmt.Errorf("store blob: %w", err)
	}
	return nil
}

// partSize is how much of a blob is in memory while it is stored or read, in bytes.
// Stores of objects take parts of 5 MB at least.
const partSize = 5 << 20

// Open opens the blob at key for reading. Who opens it closes it.
func (b *Blobs) Open(ctx context.Context, key string) (data io.ReadCloser, size int64, err error) {
	r, err := b.bucket.NewReader(ctx, key, nil)
	if err != nil {
		return nil, 0, fmt.Errorf("open blob %s: %w", key, err)
	}
	return r, r.Size(), nil
}

// DeleteAll deletes every blob whose key begins with prefix, and what attempts to store
// one have left. There may be none.
func (b *Blobs) DeleteAll(ctx context.Context, prefix string) error {
	list := b.bucket.List(&blob.ListOptions{Prefix: prefix})
	for {
		found, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("list blobs: %w", err)
		}
		if err := b.bucket.Delete(ctx, found.Key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			return fmt.Errorf("delete blob: %w", err)
		}
	}
}

// Close gives the bucket back.
func (b *Blobs) Close() error { return b.bucket.Close() }
