package app_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/db"
)

// upload is a file as a request has it.
type upload struct {
	name string
	data io.Reader
}

func text(name, content string) upload { return upload{name, strings.NewReader(content)} }

// uploads are the files of one request.
func uploads(list ...upload) app.Uploads {
	return func() (string, io.Reader, error) {
		if len(list) == 0 {
			return "", nil, io.EOF
		}
		one := list[0]
		list = list[1:]
		return one.name, one.data, nil
	}
}

// onDisk is the world with a store of blobs on a disk, and the folder in which they are.
func onDisk(t *testing.T) (*world, string) {
	t.Helper()
	w, folder := newWorld(t), t.TempDir()
	store, err := db.OpenBlobs(t.Context(), "file://"+folder)
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	w.app.Files.Blobs = store
	return w, folder
}

// stored counts the files on the disk.
func stored(t *testing.T, folder string) (n int) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(folder, func(_ string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			n++
		}
		return err
	}))
	return n
}

func (w *world) rowsOf(table string) (n int) {
	w.Helper()
	require.NoError(w, w.superuser.QueryRow(w.Context(), "SELECT count(*) FROM "+table).Scan(&n))
	return n
}

func (w *world) upload(p app.Principal, list ...upload) []app.File {
	w.Helper()
	out, err := w.app.UploadFiles(w.Context(), p, uploads(list...))
	require.NoError(w, err)
	return out
}

// content reads a file as somebody sees it.
func (w *world) content(p app.Principal, f app.File) string {
	w.Helper()
	_, data, err := w.app.ReadFile(w.Context(), p, f.ID)
	require.NoError(w, err)
	return string(data)
}

func TestUploads_NameAndTypeAreThoseOfTheFile(t *testing.T) {
	t.Parallel()
	w, _ := onDisk(t)
	png := "\x89PNG\r\n\x1a\n" + strings.Repeat("x", 100)
	list := w.upload(w.clara, text(`C:\My files\..\Plan für “Mai”?.pdf`, "%PDF-1.7 plan"), text("photo.txt", png), text("notes", "just words"), text("page.png", "<!doctype html><script>alert(1)</script>"))
	var names, types []string
	for _, f := range list {
		names, types = append(names, f.Name), append(types, f.ContentType)
	}
	require.Equal(t, []string{"Plan für “Mai”_.pdf", "photo.txt", "notes", "page.png"}, names)
	require.Equal(t, []string{"application/pdf", "image/png", "text/plain; charset=utf-8", "text/html; charset=utf-8"}, types)
	require.Equal(t, int64(13), list[0].Size)
	require.Equal(t, "%PDF-1.7 plan", w.content(w.clara, list[0]))
	require.Equal(t, png, w.content(w.clara, list[1]))
}

func TestUploads_TheSameContentIsStoredOnce(t *testing.T) {
	t.Parallel()
	w, folder := onDisk(t)
	first := w.upload(w.clara, text("a.txt", "the same"))
	again := w.upload(w.otto, text("b.txt", "the same"), text("c.txt", "the same"), text("d.txt", "another"))
	require.Equal(t, 2, stored(t, folder))
	w.upload(w.foreign, text("a.txt", "the same"))
	require.Equal(t, 3, stored(t, folder), "another organization has its own")
	require.Equal(t, "the same", w.content(w.clara, first[0]))
	require.Equal(t, "the same", w.content(w.otto, again[1]))
	require.Equal(t, 0, w.rowsOf("uploads"))
}

func TestUploads_TheSameContentAtOnce(t *testing.T) {
	t.Parallel()
	w, folder := onDisk(t)
	var all sync.WaitGroup
	faults := make([]error, 6)
	for n := range faults {
		all.Go(func() {
			list := []upload{text("a.txt", "one"), text("b.txt", "two")}
			if n%2 == 1 {
				list[0], list[1] = list[1], list[0]
			}
			_, faults[n] = w.app.UploadFiles(t.Context(), w.clara, uploads(list...))
		})
	}
	all.Wait()
	require.NoError(t, errors.Join(faults...))
	require.Equal(t, 2, stored(t, folder))
	require.Equal(t, 0, w.rowsOf("uploads"))
}

// zeros are n bytes.
func zeros(n int64) io.Reader { return io.LimitReader(zero{}, n) }

type zero struct{}

func (zero) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// cutOff gives some bytes and ends as a connection does that breaks.
func cutOff(content string) io.Reader {
	return io.MultiReader(strings.NewReader(content), broken{})
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// Whatever is wrong with one file of a request, nothing of the request is left.
func TestUploads_WhatIsRefusedLeavesNothing(t *testing.T) {
	t.Parallel()
	w, folder := onDisk(t)
	many := make([]upload, coaching.MostFiles+1)
	for i := range many {
		many[i] = text("a.txt", string(rune('a'+i)))
	}
	before := w.rowsOf("files")
	for code, list := range map[string][]upload{
		"file_too_large":    {text("fine.txt", "fine"), {"large.bin", zeros(coaching.LargestFile + 1)}},
		"upload_incomplete": {text("fine.txt", "fine"), {"cut.txt", cutOff(strings.Repeat("x", 5000))}},
		"file_empty":        {text("fine.txt", "fine"), text("empty.txt", "")},
		"file_name_invalid": {text("fine.txt", "fine"), text("...", "x")},
		"files_too_many":    many,
	} {
		_, err := w.app.UploadFiles(t.Context(), w.clara, uploads(list...))
		requireProblem(t, err, code)
		require.Equal(t, 0, stored(t, folder), code)
		require.Equal(t, before, w.rowsOf("files"), code)
		require.Equal(t, 0, w.rowsOf("uploads"), code)
	}
	_, err := w.app.UploadFiles(t.Context(), w.clara, uploads(upload{"begun.txt", cutOff("begun")}))
	requireProblem(t, err, "upload_incomplete")
	exact := w.upload(w.clara, upload{"exact.bin", zeros(coaching.LargestFile)})
	require.Equal(t, int64(coaching.LargestFile), exact[0].Size, "as large as it may be")
}

// dyingStore stores a part and dies, as a process that is killed.
type dyingStore struct{ *db.Blobs }

func (s dyingStore) PutFrom(ctx context.Context, key string, data io.Reader) error {
	part := make([]byte, 10)
	if _, err := io.ReadFull(data, part); err != nil {
		return err
	}
	if err := s.Put(ctx, key+".18c4.tmp", part); err != nil { // as the store on a disk names what is not finished
		return err
	}
	panic("killed")
}

func TestUploads_TheSweepRemovesWhatACrashHasLeft(t *testing.T) {
	t.Parallel()
	w, folder := onDisk(t)
	kept := w.upload(w.clara, text("kept.txt", "kept"))
	store := w.app.Files.Blobs.(*db.Blobs)
	w.app.Files.Blobs = dyingStore{store}
	require.Panics(t, func() {
		_, _ = w.app.UploadFiles(t.Context(), w.clara, uploads(text("a.txt", "more than ten bytes")))
	})
	w.app.Files.Blobs = store
	require.Equal(t, 2, stored(t, folder))
	require.NoError(t, w.app.Files.Sweep(t.Context(), 10))
	require.Equal(t, 2, stored(t, folder), "it may still be under way")
	w.exec("UPDATE uploads SET begun_at = begun_at - interval '25 hours'")
	require.NoError(t, w.app.Files.Sweep(t.Context(), 10))
	require.Equal(t, 1, stored(t, folder))
	require.Equal(t, 0, w.rowsOf("uploads"))
	require.Equal(t, "kept", w.content(w.clara, kept[0]))
}

// An upload that took longer than the sweep waits is refused, and not kept without its
// content.
func TestUploads_OneThatWasSweptIsNotKept(t *testing.T) {
	t.Parallel()
	w, folder := onDisk(t)
	before := w.rowsOf("files")
	slow := readerFunc(func(p []byte) (int, error) {
		w.exec("UPDATE uploads SET begun_at = begun_at - interval '25 hours'")
		require.NoError(t, w.app.Files.Sweep(t.Context(), 10))
		return copy(p, "late"), io.EOF
	})
	_, err := w.app.UploadFiles(t.Context(), w.clara, uploads(upload{"slow.txt", slow}))
	requireProblem(t, err, "upload_took_too_long")
	require.Equal(t, before, w.rowsOf("files"))
	require.Equal(t, 0, w.rowsOf("file_contents"))
	require.Equal(t, 0, stored(t, folder))
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestUploads_ViewsAreThoseOfOthers(t *testing.T) {
	t.Parallel()
	w, _ := onDisk(t)
	random := make([]byte, 100)
	_, _ = rand.Read(random)
	f := w.upload(w.clara, upload{"a.bin", bytes.NewReader(random)})[0]
	w.content(w.clara, f)
	w.content(w.admin, f)
	w.content(w.admin, f)
	read, err := w.app.GetFile(t.Context(), w.clara, f.ID)
	require.NoError(t, err)
	require.Len(t, read.Views, 1, "one's own is no view")
	require.Equal(t, "Ada", read.Views[0].Name)
	require.Equal(t, 2, read.Views[0].Views)
	require.False(t, read.Views[0].LastAt.Before(read.Views[0].FirstAt))
}
