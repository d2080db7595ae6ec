package api

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/db"
	"coachflow/db/rows"
)

func TestAnswers_AreCompressedAndDownloadsAreNot(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/openapi.json", "/docs"} {
		a := w.call("GET", path, nil, "Accept-Encoding", "gzip")
		require.Equal(t, "gzip", a.header.Get("Content-Encoding"), path)
		require.Less(t, len(a.body), len(w.call("GET", path, nil).body)/3, path)
		unzipped, err := gzip.NewReader(strings.NewReader(a.body))
		require.NoError(t, err)
		if path == "/openapi.json" {
			require.NoError(t, json.NewDecoder(unzipped).Decode(&map[string]any{}))
		}
	}
	id, text := db.NewID(), strings.Repeat("<p>a file</p>", 1000)
	w.blobs.data["k"] = []byte(text)
	w.inOrg(w.ours.org, func(ctx context.Context, q *rows.Queries) error {
		return q.FileInsert(ctx, rows.FileInsertParams{OrgID: w.ours.org, ID: id, ClientID: &w.ours.coachee, UploadedBy: w.ours.coachee,
			Name: "Plan.html", ContentType: "text/html", Size: int64(len(text)), BlobKey: "k", CreatedAt: time.Now()})
	})
	a := w.call("GET", "/api/v1/files/"+id.String()+"/content", nil, "Accept-Encoding", "gzip")
	require.Empty(t, a.header.Get("Content-Encoding"))
	require.Equal(t, text, a.body)
}
