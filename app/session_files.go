package app

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
)

// The files that go with a session, for its attendees.

// readFiles reads the files of a session as an attendee sees them.
func (s *AttendedSession) readFiles(ctx context.Context, q *rows.Queries, p Principal) error {
	if s.Stand == SessionNotYours {
		return nil
	}
	files, err := filesByItem(ctx, q, p, []uuid.UUID{s.ID})
	s.Files = ownFiles(p, files[s.ID])
	return err
}

// SessionFileByLink gives an attendee a file that goes with a session, by the link in their
// mail, and counts the view of a person.
func (a *App) SessionFileByLink(ctx context.Context, ref coaching.LinkRef, file uuid.UUID) (FileLink, error) {
	s, err := a.ReadSessionLink(ctx, ref)
	if err != nil {
		return FileLink{}, err
	}
	at := slices.IndexFunc(s.Files, func(f ItemFile) bool { return f.FileID == file })
	if at < 0 {
		return FileLink{}, coaching.Problemf(coaching.Conflict, "session_file_gone", "This file does not go with the session any more. The page below shows what does.")
	}
	out := FileLink{Organization: s.Organization, Brand: s.Brand, Logo: s.Logo, Name: s.Files[at].Name, ContentType: s.Files[at].ContentType, Size: s.Files[at].Size}
	var key string
	var reader rows.SessionReaderRow
	err = a.DB.InOrg(ctx, ref.Org, func(q *rows.Queries) error {
		row, err := q.FileGet(ctx, ref.Org, file)
		if err != nil {
			return wrap(err, "read file")
		}
		key = row.File.BlobKey
		reader, err = q.SessionReader(ctx, ref.Org, s.ref.recipient)
		return wrap(err, "read attendee")
	})
	if err != nil {
		return FileLink{}, err
	}
	if out.Data, err = a.Inbox.Blobs.Get(ctx, key); err != nil {
		return FileLink{}, wrap(err, "read file")
	}
	if reader.PersonID == nil {
		return out, nil
	}
	return out, a.DB.InOrg(ctx, ref.Org, func(q *rows.Queries) error {
		return wrap(q.FileViewed(ctx, rows.FileViewedParams{OrgID: ref.Org, FileID: file, PersonID: *reader.PersonID, At: now()}), "count view")
	})
}
