package db_test

import (
	"net/url"
	"testing"

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
