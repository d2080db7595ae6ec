package app

import (
	"context"
	"errors"
	"io"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/files"
)

// Uploads gives the files of one request, one after the other as they arrive: a name and
// the content, which is read before the next is asked for. The error after the last is
// io.EOF.
type Uploads func() (name string, data io.Reader, err error)

// UploadFiles stores the files of one request: all of them, or none where one is refused.
func (a *App) UploadFiles(ctx context.Context, p Principal, next Uploads) ([]File, error) {
	if !p.Admin() && !p.Coach() {
		return nil, coachOnly()
	}
	stored, err := a.storeUploads(ctx, p, next)
	if err != nil {
		a.Files.Discard(ctx, stored...)
		return nil, err
	}
	var kept []rows.File
	var doubles []files.Stored
	err = a.inOrg(ctx, p, func(q *rows.Queries) (err error) {
		kept, doubles, err = files.Keep(ctx, q, p.Person, now(), stored)
		return err
	})
	if err != nil {
		a.Files.Discard(ctx, stored...) // of those that are kept all the same, nothing is removed
		return nil, err
	}
	a.Files.Discard(ctx, doubles...)
	out := make([]File, len(kept))
	for i, row := range kept {
		out[i] = file(row)
	}
	return out, nil
}

func (a *App) storeUploads(ctx context.Context, p Principal, next Uploads) (stored []files.Stored, err error) {
	for {
		name, data, err := next()
		if errors.Is(err, io.EOF) {
			return stored, nil
		}
		if err != nil {
			return stored, err
		}
		if len(stored) == coaching.MostFiles {
			return stored, coaching.Problemf(coaching.Invalid, "files_too_many", "At most %d files can be uploaded at once. None of them was kept; upload them in parts.", coaching.MostFiles)
		}
		one, err := a.Files.Store(ctx, p.Org, name, data)
		if err != nil {
			return stored, err
		}
		stored = append(stored, one)
	}
}

// UploadedFile is a file of the library.
type UploadedFile struct {
	File
	UploadedBy   uuid.UUID `json:"uploaded_by"`
	UploaderName string    `json:"uploader_name"`
}

// FindFiles lists what was uploaded: an admin sees the files of all, a coach their own. A
// search finds them by name.
func (a *App) FindFiles(ctx context.Context, p Principal, in LibraryFilter) (Listing[UploadedFile], error) {
	if !p.Admin() && !p.Coach() {
		return Listing[UploadedFile]{}, coachOnly()
	}
	at, err := in.place(NewestFirst, ByName)
	if err != nil {
		return Listing[UploadedFile]{}, err
	}
	var out Listing[UploadedFile]
	err = a.list(ctx, p, func(q *rows.Queries) error {
		s, err := searchFor(ctx, q, in.Search)
		if err != nil {
			return err
		}
		list, err := q.UploadedFilesFind(ctx, rows.UploadedFilesFindParams{OrgID: p.Org, Person: ownOnly(p), Pattern: s.pattern,
			Part: at.part, Sort: at.sort, KeyText: at.Text, KeyID: at.ID, Most: at.most})
		if err != nil {
			return wrap(err, "list uploaded files")
		}
		out = listing(at, list, func(r rows.UploadedFilesFindRow) cursor { return cursor{Text: r.Search, ID: r.ID} }, func(r rows.UploadedFilesFindRow) UploadedFile {
			return UploadedFile{File: File{ID: r.ID, Name: r.Name, ContentType: r.ContentType, Size: r.Size, CreatedAt: r.CreatedAt}, UploadedBy: r.UploadedBy, UploaderName: r.UploaderName}
		})
		n, err := q.UploadedFilesCount(ctx, rows.UploadedFilesCountParams{OrgID: p.Org, Person: ownOnly(p), Pattern: s.pattern, Most: mostCounted + 1})
		out.Counts = Counts{"": {"": count(n)}}
		return wrap(err, "count uploaded files")
	})
	return out, err
}
