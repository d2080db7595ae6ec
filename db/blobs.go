package db

import (
	"context"
	"fmt"
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

// Close gives the bucket back.
func (b *Blobs) Close() error { return b.bucket.Close() }
