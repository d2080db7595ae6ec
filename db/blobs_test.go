package db_test

import (
	"errors"
	"io"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"coachflow/db"
)

func TestBlobs(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	blobs, err := db.OpenBlobs(ctx, (&url.URL{Scheme: "file", Path: t.TempDir(), RawQuery: "no_tmp_dir=true"}).String())
	require.NoError(t, err)
	defer func() { require.NoError(t, blobs.Close()) }()

	for _, data := range []string{"", "Subject: x\r\n\r\n\x00\xff", "the same key, other bytes"} {
		require.NoError(t, blobs.Put(ctx, "mail/2026/03/ä?#.eml", []byte(data)))
		got, err := blobs.Get(ctx, "mail/2026/03/ä?#.eml")
		require.NoError(t, err)
		require.Equal(t, data, string(got))
	}
	_, err = blobs.Get(ctx, "mail/none")
	require.ErrorContains(t, err, "mail/none is missing")
	_, err = blobs.Get(ctx, "../../../../etc/passwd")
	require.Error(t, err, "a key does not lead out of the store")
	_, err = db.OpenBlobs(ctx, "ftp://example.com")
	require.ErrorContains(t, err, "open blob store")
}

// What does not fit into memory is stored and read as a stream, whole or not at all.
func TestBlobs_Streams(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	dir := t.TempDir()
	blobs, err := db.OpenBlobs(ctx, (&url.URL{Scheme: "file", Path: dir}).String())
	require.NoError(t, err)
	defer func() { require.NoError(t, blobs.Close()) }()
	cut := io.MultiReader(strings.NewReader("the beginning"), iotest.ErrReader(errors.New("cut off")))
	require.ErrorContains(t, blobs.PutFrom(ctx, "mail/large", cut), "cut off")
	_, _, err = blobs.Open(ctx, "mail/large")
	require.Error(t, err)
	for _, data := range []string{"", "first", strings.Repeat("second ", 1<<20)} {
		require.NoError(t, blobs.PutFrom(ctx, "mail/large", strings.NewReader(data)))
		require.Error(t, blobs.PutFrom(ctx, "mail/large", iotest.ErrReader(errors.New("cut off"))))
		r, size, err := blobs.Open(ctx, "mail/large")
		require.NoError(t, err)
		read, err := io.ReadAll(r)
		require.NoError(t, errors.Join(err, r.Close()))
		require.True(t, data == string(read), "what was there stays")
		require.EqualValues(t, len(data), size)
	}
	left, err := filepath.Glob(filepath.Join(dir, "mail", "*"))
	require.NoError(t, err)
	require.Len(t, left, 1, "nothing half done is left")
}
