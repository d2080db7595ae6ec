package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/gabriel-vasile/mimetype"
	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/mail/receive"
)

// Stored is the content of an upload that lies in the blob store and is no file yet: Keep
// makes it one, Discard removes it.
type Stored struct {
	Org         uuid.UUID
	ID          uuid.UUID
	Name        string
	ContentType string
	Size        int64

	hash [sha256.Size]byte
	key  string
}

// typeBytes is how much of a file is looked at to find its type.
const typeBytes = 3072

// Store streams what is uploaded under a name into the blob store. Its type is told by
// its content, and its name made safe as those of files in mails are. A Problem says
// what is wrong with it: file_name_invalid, file_empty, file_too_large or
// upload_incomplete. Nothing is left of what is refused.
func (f *Files) Store(ctx context.Context, org uuid.UUID, name string, data io.Reader) (Stored, error) {
	s := Stored{Org: org, ID: db.NewID(), Name: receive.CleanFileName(name)}
	if s.Name == "" || coaching.CheckVisible("The name", s.Name, "name") != nil {
		return s, coaching.Problemf(coaching.Invalid, "file_name_invalid", "A file needs a name that can be read. Give it another name, and upload it again.")
	}
	s.key = "files/" + org.String() + "/" + s.ID.String()
	err := f.DB.InOrg(ctx, org, func(q *rows.Queries) error {
		return q.UploadBegin(ctx, rows.UploadBeginParams{OrgID: org, ID: s.ID, BlobKey: s.key, BegunAt: db.Now()})
	})
	if err != nil {
		return s, fmt.Errorf("note begin of upload: %w", err)
	}
	if err := f.stream(ctx, &s, data); err != nil {
		f.Discard(ctx, s)
		return s, err
	}
	return s, nil
}

func (f *Files) stream(ctx context.Context, s *Stored, data io.Reader) error {
	in := &arriving{from: data, name: s.Name}
	head := make([]byte, typeBytes)
	n, err := io.ReadFull(in, head)
	switch {
	case in.refused != nil:
		return in.refused
	case errors.Is(err, io.EOF):
		return coaching.Problemf(coaching.Invalid, "file_empty", "“%s” is empty. Check the file, and upload it again.", s.Name)
	}
	hash := sha256.New()
	whole := io.TeeReader(io.MultiReader(bytes.NewReader(head[:n]), in), hash)
	if err := f.Blobs.PutFrom(ctx, s.key, whole); err != nil {
		return errors.Join(in.refused, fmt.Errorf("store upload: %w", err))
	}
	s.ContentType, s.Size = mimetype.Detect(head[:n]).String(), in.size
	hash.Sum(s.hash[:0])
	return nil
}

// arriving counts the bytes of a file while they arrive, and refuses those of one that is
// too large or that ends before its end.
type arriving struct {
	from    io.Reader
	name    string
	size    int64
	refused error
}

// Read reads on. Its error is the refusal, or io.EOF.
func (a *arriving) Read(p []byte) (int, error) {
	n, err := a.from.Read(p)
	a.size += int64(n)
	switch {
	case a.size > coaching.LargestFile:
		a.refused = coaching.Problemf(coaching.TooLarge, "file_too_large", "“%s” is larger than %d MB. Make it smaller, or share it where large files are kept and write the link.",
			a.name, coaching.LargestFile>>20)
	case err != nil && !errors.Is(err, io.EOF):
		a.refused = coaching.Problemf(coaching.Invalid, "upload_incomplete", "“%s” did not arrive as a whole. Upload it again.", a.name)
	}
	if a.refused != nil {
		return 0, a.refused
	}
	return n, err
}

// Keep makes files of what was stored, in the caller's transaction. Where a content is
// there already, the file shares its blob: the caller lets Discard remove the others
// after the transaction.
func Keep(ctx context.Context, q *rows.Queries, by uuid.UUID, at time.Time, stored []Stored) (kept []rows.File, doubles []Stored, err error) {
	inOrder := slices.Clone(stored) // of their contents, so that no two uploads wait for each other
	slices.SortFunc(inOrder, func(a, b Stored) int { return bytes.Compare(a.hash[:], b.hash[:]) })
	keys := map[uuid.UUID]string{}
	for _, s := range inOrder {
		key, err := q.ContentKeep(ctx, rows.ContentKeepParams{OrgID: s.Org, ContentHash: s.hash[:], BlobKey: s.key})
		if err != nil {
			return nil, nil, fmt.Errorf("keep content of upload: %w", err)
		}
		if keys[s.ID] = key; key != s.key {
			doubles = append(doubles, s)
			continue
		}
		ended, err := q.UploadEnd(ctx, s.Org, s.ID)
		if err != nil {
			return nil, nil, fmt.Errorf("note end of upload: %w", err)
		}
		if ended == 0 { // the sweep has removed the blob
			return nil, nil, coaching.Problemf(coaching.Conflict, "upload_took_too_long", "“%s” took too long to arrive. Upload it again.", s.Name)
		}
	}
	for _, s := range stored {
		row, err := q.UploadedFileInsert(ctx, rows.UploadedFileInsertParams{OrgID: s.Org, ID: s.ID, UploadedBy: by, Name: s.Name,
			ContentType: s.ContentType, Size: s.Size, BlobKey: keys[s.ID], CreatedAt: at})
		if err != nil {
			return nil, nil, fmt.Errorf("store uploaded file: %w", err)
		}
		kept = append(kept, row)
	}
	return kept, doubles, nil
}

// discardPatience is how long removing an upload may take, after the request that it
// came with may be over.
const discardPatience = 10 * time.Second

// Discard removes what was stored of uploads that are not kept; of those that are, nothing.
// What cannot be removed now, the sweep removes.
func (f *Files) Discard(ctx context.Context, list ...Stored) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), discardPatience)
	defer cancel()
	for _, s := range list {
		err := f.DB.InOrg(ctx, s.Org, func(q *rows.Queries) error {
			key, err := q.ContentKey(ctx, s.Org, s.hash[:])
			if err == nil && key == s.key || db.IgnoreNoRow(err) != nil {
				return err
			}
			if err := q.UploadForget(ctx, s.Org, s.ID); err != nil {
				return err
			}
			return f.Blobs.DeleteAll(ctx, s.key)
		})
		if err != nil {
			f.Log.WarnContext(ctx, "upload not removed, the sweep will do it", "upload", s.ID, "error", err)
		}
	}
}
