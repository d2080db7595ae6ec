package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/db"
)

// onDisk keeps the files of the world in a folder.
func (w *world) onDisk(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	store, err := db.OpenBlobs(t.Context(), "file://"+folder)
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	w.app.Files.Blobs = store
	return folder
}

func storedIn(t *testing.T, folder string) (n int) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(folder, func(_ string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			n++
		}
		return err
	}))
	return n
}

// filePart is one part of a request with files; without a file name it is a field.
type filePart struct{ file, content string }

func (w *world) upload(key string, parts []filePart, header ...string) answer {
	w.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, part := range parts {
		var to io.Writer
		var err error
		if part.file == "" {
			to, err = form.CreateFormField("note")
		} else {
			to, err = form.CreateFormFile("file", part.file)
		}
		require.NoError(w.t, err)
		_, err = io.WriteString(to, part.content)
		require.NoError(w.t, err)
	}
	require.NoError(w.t, form.Close())
	r := httptest.NewRequest(http.MethodPost, "/api/v1/files", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+key)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return w.send(r)
}

func TestUpload_IsReadAsItWasSent(t *testing.T) {
	w := newWorld(t)
	w.onDisk(t)
	name := `Übung „1“; 日本語.pdf`
	made := w.upload(w.ours.coachKey, []filePart{{"", "a field"}, {name, "%PDF-1.7 practice"}})
	require.Equal(t, http.StatusCreated, made.status, made.body)
	require.Equal(t, "/api/v1/files/"+made.id(), made.header.Get("Location"))
	require.Equal(t, "application/pdf", made.ok(http.StatusCreated)["content_type"])
	path := "/api/v1/files/" + made.id()
	content := w.call(http.MethodGet, path+"/content", nil, as(w.ours.key)...)
	require.Equal(t, "%PDF-1.7 practice", content.body)
	kind, params, err := mime.ParseMediaType(content.header.Get("Content-Disposition"))
	require.NoError(t, err)
	require.Equal(t, "attachment", kind)
	require.Equal(t, name, params["filename"])
	require.Equal(t, "nosniff", content.header.Get("X-Content-Type-Options"))
	require.Contains(t, content.header.Get("Content-Security-Policy"), "sandbox")
	require.Equal(t, "17", content.header.Get("Content-Length"))
	read := w.call(http.MethodGet, path, nil, as(w.ours.coachKey)...).ok(http.StatusOK)
	require.Len(t, read["views"], 1, "the admin's")
	w.call(http.MethodGet, path, nil, as(w.theirs.key)...).refused(http.StatusNotFound, "file_not_found")
	w.call(http.MethodGet, path+"/content", nil, as(w.theirs.key)...).refused(http.StatusNotFound, "file_not_found")
	listed := w.call(http.MethodGet, "/api/v1/files?search=ubung", nil, as(w.ours.key)...).ok(http.StatusOK)
	require.Len(t, listed["items"], 1)
}

func TestUpload_WhatIsNoUploadIsToldSo(t *testing.T) {
	w := newWorld(t)
	folder := w.onDisk(t)
	w.call(http.MethodPost, "/api/v1/files", map[string]any{"file": "x"}, as(w.ours.key)...).refused(http.StatusUnprocessableEntity, "upload_invalid")
	w.upload(w.ours.key, nil).refused(http.StatusUnprocessableEntity, "file_missing")
	w.upload(w.ours.key, []filePart{{"", "alone"}}).refused(http.StatusUnprocessableEntity, "file_missing")
	w.upload(w.ours.key, []filePart{{"a.txt", "a"}, {"b.txt", "b"}}).refused(http.StatusUnprocessableEntity, "file_one_each")
	w.upload(w.ours.key, []filePart{{"a.txt", ""}}).refused(http.StatusUnprocessableEntity, "file_empty")
	w.upload(w.ours.key, []filePart{{"", strings.Repeat("x", 2<<20)}, {"a.txt", "a"}}).refused(http.StatusRequestEntityTooLarge, "form_too_large")
	w.upload(w.ours.coacheeKey, []filePart{{"a.txt", "a"}}).refused(http.StatusForbidden, "coach_only")
	w.upload("cfk_wrong", []filePart{{"a.txt", "a"}}).refused(http.StatusUnauthorized, "api_key_invalid")
	require.Equal(t, 0, storedIn(t, folder))
}

func TestUpload_WithAKeyIsCarriedOutOnce(t *testing.T) {
	w := newWorld(t)
	w.onDisk(t)
	first := w.upload(w.ours.key, []filePart{{"a.txt", "a"}}, "Idempotency-Key", "once")
	again := w.upload(w.ours.key, []filePart{{"a.txt", "a"}}, "Idempotency-Key", "once")
	require.Equal(t, first.id(), again.id())
	w.upload(w.ours.key, []filePart{{"a.txt", "another"}}, "Idempotency-Key", "once").refused(http.StatusUnprocessableEntity, "idempotency_key_reused")
}

// sending is a request with one file of so many bytes, which is made while it is sent.
func sending(ctx context.Context, url, key string, size int64) (*http.Request, error) {
	out, in := io.Pipe()
	form := multipart.NewWriter(in)
	go func() {
		part, err := form.CreateFormFile("file", "large.bin")
		if err == nil {
			_, err = io.Copy(part, io.LimitReader(zero{}, size))
		}
		if err == nil {
			err = form.Close()
		}
		_ = in.CloseWithError(err)
	}()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/api/v1/files", out)
	if err == nil {
		r.Header.Set("Content-Type", form.FormDataContentType())
		r.Header.Set("Authorization", "Bearer "+key)
	}
	return r, err
}

type zero struct{}

func (zero) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// An upload of 100 MB, and its download, take less than 30 MB of memory: not at a time, but
// all that is ever asked for together, so that no moment has to be met. It runs alone.
func TestUpload_IsNeverInMemoryWhole(t *testing.T) {
	w := makeWorld(t)
	w.onDisk(t)
	server := httptest.NewServer(w.handler)
	defer server.Close()
	asked := func(do func()) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		do()
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	var made app.File
	up := asked(func() {
		r, err := sending(t.Context(), server.URL, w.ours.key, coaching.LargestFile)
		require.NoError(t, err)
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		require.Equal(t, http.StatusCreated, answer.StatusCode)
		require.NoError(t, json.NewDecoder(answer.Body).Decode(&made))
		require.NoError(t, answer.Body.Close())
	})
	require.Equal(t, int64(coaching.LargestFile), made.Size)
	down := asked(func() {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/api/v1/files/"+made.ID.String()+"/content", nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+w.ours.key)
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		n, err := io.Copy(io.Discard, answer.Body)
		require.NoError(t, err)
		require.Equal(t, int64(coaching.LargestFile), n)
		require.NoError(t, answer.Body.Close())
	})
	t.Logf("allocated: %d kB up, %d kB down", up>>10, down>>10)
	require.Less(t, up, uint64(30<<20))
	require.Less(t, down, uint64(30<<20))
}

// Who sends too much sees why, although not all of it was read.
func TestUpload_OneThatIsTooLargeIsToldSo(t *testing.T) {
	w := newWorld(t)
	folder := w.onDisk(t)
	server := httptest.NewServer(w.handler)
	defer server.Close()
	r, err := sending(t.Context(), server.URL, w.ours.key, coaching.LargestFile+50<<20)
	require.NoError(t, err)
	got, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	body, err := io.ReadAll(got.Body)
	require.NoError(t, err)
	require.NoError(t, got.Body.Close())
	answer{t: t, status: got.StatusCode, header: got.Header, body: string(body)}.refused(http.StatusRequestEntityTooLarge, "file_too_large")
	require.Equal(t, 0, storedIn(t, folder))
}

// A connection that breaks in the middle of a file leaves neither a row nor a blob.
func TestUpload_OneThatIsBrokenOffLeavesNothing(t *testing.T) {
	w := newWorld(t)
	folder := w.onDisk(t)
	done := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		defer close(done)
		w.handler.ServeHTTP(rw, r)
	}))
	defer server.Close()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	require.NoError(t, err)
	part := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n" + strings.Repeat("x", 100_000)
	_, err = fmt.Fprintf(conn, "POST /api/v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n%s", w.ours.key, part)
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	<-done
	require.Equal(t, 0, storedIn(t, folder))
	count := 1
	w.row("SELECT count(*) FROM uploads", &count)
	require.Equal(t, 0, count)
	w.row("SELECT count(*) FROM files WHERE client_id IS NULL", &count)
	require.Equal(t, 0, count)
}

// row reads one value past all rules.
func (w *world) row(sql string, value any) {
	w.t.Helper()
	conn, err := pgx.Connect(w.t.Context(), w.superuser)
	require.NoError(w.t, err)
	err = conn.QueryRow(w.t.Context(), sql).Scan(value)
	require.NoError(w.t, errors.Join(err, conn.Close(w.t.Context())))
}
