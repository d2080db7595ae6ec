package app

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
)

// Stream is the messages between one coach and one client.
type Stream struct {
	ID         uuid.UUID `json:"id"`
	CoachID    uuid.UUID `json:"coach_id"`
	CoachName  string    `json:"coach_name"`
	ClientID   uuid.UUID `json:"client_id"`
	ClientName string    `json:"client_name"`
}

// StreamInput names the pair of a stream.
type StreamInput struct {
	CoachID  uuid.UUID `json:"coach_id"`
	ClientID uuid.UUID `json:"client_id"`
}

// OpenStream makes the stream of a pair with its two system addresses; where
// there is one already, that one.
func (a *App) OpenStream(ctx context.Context, p Principal, in StreamInput) (Stream, error) {
	if !p.Admin() && p.Person != in.CoachID {
		return Stream{}, adminOnly(p)
	}
	var id uuid.UUID
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		if err := mayOpenStream(ctx, q, p, in); err != nil {
			return err
		}
		if err := checkRole(ctx, q, p, in.ClientID, "coachee", "client_id"); err != nil {
			return err
		}
		if err := checkRole(ctx, q, p, in.CoachID, "coach", "coach_id"); err != nil {
			return err
		}
		row, err := q.StreamUpsert(ctx, rows.StreamUpsertParams{OrgID: p.Org, ID: db.NewID(), CoachID: in.CoachID, ClientID: in.ClientID})
		if err != nil {
			return wrap(err, "open stream")
		}
		id = row.ID
		return newAddresses(ctx, q, p.Org, row.ID)
	})
	if err != nil {
		return Stream{}, err
	}
	return a.GetStream(ctx, p, id)
}

// mayOpenStream lets a coach write to their own clients alone.
func mayOpenStream(ctx context.Context, q *rows.Queries, p Principal, in StreamInput) error {
	if p.Admin() {
		return nil
	}
	shared, err := q.EngagementOfPair(ctx, rows.EngagementOfPairParams{OrgID: p.Org, CoachID: &in.CoachID, CoacheeID: in.ClientID})
	if err == nil && shared == 0 {
		return coaching.Problemf(coaching.Invalid, "person_not_found", "You have no such client.").WithField("client_id", "person_not_found", "not a client of yours")
	}
	return wrap(err, "look for engagement")
}

func newAddresses(ctx context.Context, q *rows.Queries, org, stream uuid.UUID) error {
	for _, direction := range coaching.Directions {
		err := q.SystemAddressInsert(ctx, rows.SystemAddressInsertParams{OrgID: org, ID: db.NewID(), StreamID: stream, Direction: string(direction), LocalPart: newLocalPart()})
		if err != nil {
			return wrap(err, "make system address")
		}
	}
	return nil
}

// newLocalPart makes 120 random bits readable in an address.
func newLocalPart() string {
	raw := make([]byte, 15)
	_, _ = rand.Read(raw) // never fails: crypto/rand ends the program first
	return strings.ToLower(base32.StdEncoding.EncodeToString(raw))
}

// streamFor reads a stream that the principal may see: an admin all, a coach
// and a client their own.
func streamFor(ctx context.Context, q *rows.Queries, p Principal, id uuid.UUID) (rows.StreamGetRow, error) {
	row, err := q.StreamGet(ctx, p.Org, id)
	if err != nil {
		return row, found(err, "stream")
	}
	if !p.Admin() && row.CoachID != p.Person && row.ClientID != p.Person {
		return row, notFound("stream")
	}
	return row, nil
}

// GetStream reads a stream.
func (a *App) GetStream(ctx context.Context, p Principal, id uuid.UUID) (Stream, error) {
	var out Stream
	err := a.inOrg(ctx, p, func(q *rows.Queries) (err error) {
		out, err = getStream(ctx, q, p, id)
		return err
	})
	return out, err
}

func getStream(ctx context.Context, q *rows.Queries, p Principal, id uuid.UUID) (Stream, error) {
	row, err := streamFor(ctx, q, p, id)
	return Stream{ID: row.ID, CoachID: row.CoachID, CoachName: row.CoachName, ClientID: row.ClientID, ClientName: row.ClientName}, err
}

// StreamOf reads the stream of a coach and a client, if there is one that the
// principal may see.
func (a *App) StreamOf(ctx context.Context, p Principal, in StreamInput) (Stream, error) {
	var out Stream
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		row, err := q.StreamOfPair(ctx, rows.StreamOfPairParams{OrgID: p.Org, CoachID: in.CoachID, ClientID: in.ClientID})
		if err != nil {
			return found(err, "stream")
		}
		out, err = getStream(ctx, q, p, row.ID)
		return err
	})
	return out, err
}

// ListStreams lists the streams that the principal may see.
func (a *App) ListStreams(ctx context.Context, p Principal, paging Paging) (Page[Stream], error) {
	after, most, err := paging.read()
	if err != nil {
		return Page[Stream]{}, err
	}
	var list []rows.StreamListRow
	err = a.list(ctx, p, func(q *rows.Queries) (err error) {
		list, err = q.StreamList(ctx, rows.StreamListParams{OrgID: p.Org, After: after, Person: ownOnly(p), Most: most + 1})
		return wrap(err, "list streams")
	})
	return page(list, most, func(r rows.StreamListRow) uuid.UUID { return r.ID }, func(r rows.StreamListRow) Stream {
		return Stream{ID: r.ID, CoachID: r.CoachID, CoachName: r.CoachName, ClientID: r.ClientID, ClientName: r.ClientName}
	}), err
}

// Message is one message of a stream.
type Message struct {
	ID         uuid.UUID `json:"id"`
	StreamID   uuid.UUID `json:"stream_id"`
	AuthorID   uuid.UUID `json:"author_id"`
	AuthorName string    `json:"author_name"`
	Subject    string    `json:"subject"`
	Text       string    `json:"text"`
	HTML       string    `json:"html,omitempty" doc:"Cleaned; images of the mail stand as cid: addresses, see files."`
	Quoted     string    `json:"quoted,omitempty" doc:"What the mail quoted of earlier ones, folded away."`
	PostedAt   time.Time `json:"posted_at"`
	Files      []File    `json:"files"`
}

// File is a file of a client.
type File struct {
	ID          uuid.UUID  `json:"id"`
	MessageID   *uuid.UUID `json:"message_id,omitempty"`
	Name        string     `json:"name"`
	ContentType string     `json:"content_type"`
	Size        int64      `json:"size" doc:"bytes"`
	Inline      bool       `json:"inline" doc:"An image inside the text of the message."`
	ContentID   string     `json:"content_id,omitempty"`
	Note        string     `json:"note,omitempty" doc:"What the author wrote in the mail that shared the file."`
	NoteQuoted  string     `json:"note_quoted,omitempty" doc:"What was folded away below the note as a quotation or a signature."`
	CreatedAt   time.Time  `json:"created_at"`
	Views       []FileView `json:"views,omitempty"`
}

// FileView says when a person first and last opened a file, and how often.
type FileView struct {
	PersonID uuid.UUID `json:"person_id"`
	Name     string    `json:"name"`
	FirstAt  time.Time `json:"first_at"`
	LastAt   time.Time `json:"last_at"`
	Views    int       `json:"views"`
}

func file(row rows.File) File {
	return File{ID: row.ID, MessageID: row.MessageID, Name: row.Name, ContentType: row.ContentType, Size: row.Size, Inline: row.Inline, ContentID: row.ContentID,
		Note: row.Note, NoteQuoted: row.NoteQuoted, CreatedAt: row.CreatedAt}
}

// ListMessages lists the messages of a stream with their files, in order.
func (a *App) ListMessages(ctx context.Context, p Principal, stream uuid.UUID, paging Paging) (Page[Message], error) {
	after, most, err := paging.read()
	if err != nil {
		return Page[Message]{}, err
	}
	var list []rows.MessageListRow
	var files map[uuid.UUID][]File
	err = a.list(ctx, p, func(q *rows.Queries) error {
		if _, err := streamFor(ctx, q, p, stream); err != nil {
			return err
		}
		if list, err = q.MessageList(ctx, rows.MessageListParams{OrgID: p.Org, StreamID: stream, After: after, Most: most + 1}); err != nil {
			return wrap(err, "list messages")
		}
		files, err = filesByMessage(ctx, q, p, list)
		return err
	})
	return page(list, most, func(r rows.MessageListRow) uuid.UUID { return r.ID }, func(r rows.MessageListRow) Message { return message(r, files) }), err
}

// LatestMessages lists the latest messages of a stream with their files, in order,
// and says whether there are earlier ones.
func (a *App) LatestMessages(ctx context.Context, p Principal, stream uuid.UUID, most int) (list []Message, earlier bool, err error) {
	err = a.list(ctx, p, func(q *rows.Queries) error {
		if _, err := streamFor(ctx, q, p, stream); err != nil {
			return err
		}
		latest, err := q.MessagesLatest(ctx, rows.MessagesLatestParams{OrgID: p.Org, StreamID: stream, Most: int32(most) + 1})
		if err != nil {
			return wrap(err, "list messages")
		}
		if earlier = len(latest) > most; earlier {
			latest = latest[:most]
		}
		var inOrder []rows.MessageListRow
		for _, r := range slices.Backward(latest) {
			inOrder = append(inOrder, rows.MessageListRow(r))
		}
		files, err := filesByMessage(ctx, q, p, inOrder)
		for _, r := range inOrder {
			list = append(list, message(r, files))
		}
		return err
	})
	return list, earlier, err
}

func filesByMessage(ctx context.Context, q *rows.Queries, p Principal, messages []rows.MessageListRow) (map[uuid.UUID][]File, error) {
	ids := make([]uuid.UUID, len(messages))
	for i, m := range messages {
		ids[i] = m.ID
	}
	list, err := q.FilesOfMessages(ctx, p.Org, ids)
	files := map[uuid.UUID][]File{}
	for _, f := range list {
		files[*f.MessageID] = append(files[*f.MessageID], file(f))
	}
	return files, wrap(err, "list files of messages")
}

func message(r rows.MessageListRow, files map[uuid.UUID][]File) Message {
	m := Message{ID: r.ID, StreamID: r.StreamID, AuthorID: r.AuthorID, AuthorName: r.AuthorName, Subject: coaching.Visible(r.Subject), Text: r.Body, HTML: r.Html, Quoted: r.Quoted, PostedAt: r.PostedAt, Files: files[r.ID]}
	if m.Files == nil {
		m.Files = []File{}
	}
	return m
}

// ListFiles lists the files of a client, with who viewed them when.
func (a *App) ListFiles(ctx context.Context, p Principal, client uuid.UUID, paging Paging) (Page[File], error) {
	after, most, err := paging.read()
	if err != nil {
		return Page[File]{}, err
	}
	var list []rows.File
	var views map[uuid.UUID][]FileView
	err = a.list(ctx, p, func(q *rows.Queries) error {
		stream, err := filesBy(ctx, q, p, client)
		if err != nil {
			return err
		}
		if list, err = q.FilesOfClient(ctx, rows.FilesOfClientParams{OrgID: p.Org, ClientID: &client, Stream: stream, After: optional(after), Most: most + 1}); err != nil {
			return wrap(err, "list files")
		}
		views, err = viewsByFile(ctx, q, p, list...)
		return err
	})
	return page(list, most, func(r rows.File) uuid.UUID { return r.ID }, func(r rows.File) File {
		out := file(r)
		out.Views = views[r.ID]
		return out
	}), err
}

func viewsByFile(ctx context.Context, q *rows.Queries, p Principal, files ...rows.File) (map[uuid.UUID][]FileView, error) {
	ids := make([]uuid.UUID, len(files))
	for i, f := range files {
		ids[i] = f.ID
	}
	list, err := q.FileViews(ctx, p.Org, ids)
	views := map[uuid.UUID][]FileView{}
	for _, v := range list {
		views[v.FileID] = append(views[v.FileID], FileView{PersonID: v.PersonID, Name: v.Name, FirstAt: v.FirstAt, LastAt: v.LastAt, Views: int(v.Views)})
	}
	return views, wrap(err, "list views")
}

// ownStream is the coach through whose stream a file must have come for p to
// see it; none for admins and for the client.
func ownStream(p Principal, client uuid.UUID) *uuid.UUID {
	if p.Person == client {
		return nil
	}
	return ownOnly(p)
}

// maySeeFile refuses files that came through somebody else's stream, and uploaded ones
// that are not for who asks. whole: they see, too, who has opened it.
func maySeeFile(ctx context.Context, q *rows.Queries, p Principal, f rows.FileGetRow) (whole bool, err error) {
	if f.File.ClientID == nil {
		sees, runs, err := uploadReader(ctx, q, p, f.File)
		if err == nil && !sees {
			err = notFound("file")
		}
		return runs, err
	}
	coach := ownStream(p, *f.File.ClientID)
	if coach != nil && (f.CoachID == nil || *f.CoachID != *coach) {
		return false, notFound("file")
	}
	return true, nil
}

// filesBy is the stream through which a client's files must have come for p to
// see them: nothing for admins and for the client, who see all, and a coach's own.
func filesBy(ctx context.Context, q *rows.Queries, p Principal, client uuid.UUID) (*uuid.UUID, error) {
	if _, err := q.PersonGet(ctx, p.Org, client); err != nil {
		return nil, found(err, "person")
	}
	coach := ownStream(p, client)
	if coach == nil {
		return nil, nil
	}
	stream, err := q.StreamOfPair(ctx, rows.StreamOfPairParams{OrgID: p.Org, CoachID: *coach, ClientID: client})
	return &stream.ID, found(err, "file")
}

// OpenFile opens a file for somebody who is logged in, and counts the view where a file
// of somebody else was opened. Who opens it closes it.
func (a *App) OpenFile(ctx context.Context, p Principal, id uuid.UUID) (File, io.ReadCloser, error) {
	var row rows.FileGetRow
	err := a.inOrg(ctx, p, func(q *rows.Queries) (err error) {
		if row, err = q.FileGet(ctx, p.Org, id); err != nil {
			return found(err, "file")
		}
		_, err = maySeeFile(ctx, q, p, row)
		return err
	})
	if err != nil {
		return File{}, nil, err
	}
	data, size, err := a.Files.Blobs.Open(ctx, row.File.BlobKey)
	if err != nil {
		return File{}, nil, wrap(err, "open file")
	}
	if err := a.viewed(ctx, p, row.File); err != nil {
		_ = data.Close() // nothing was read
		return File{}, nil, err
	}
	out := file(row.File)
	out.Size = size
	return out, data, nil
}

// ReadFile is OpenFile for what is small, as an image within a mail is.
func (a *App) ReadFile(ctx context.Context, p Principal, id uuid.UUID) (File, []byte, error) {
	f, data, err := a.OpenFile(ctx, p, id)
	if err != nil {
		return f, nil, err
	}
	all, err := io.ReadAll(data)
	return f, all, wrap(errors.Join(err, data.Close()), "read file")
}

func (a *App) viewed(ctx context.Context, p Principal, f rows.File) error {
	if f.Inline || f.UploadedBy == p.Person {
		return nil
	}
	return a.inOrg(ctx, p, func(q *rows.Queries) error {
		return wrap(q.FileViewed(ctx, rows.FileViewedParams{OrgID: p.Org, FileID: f.ID, PersonID: p.Person, At: now()}), "count view")
	})
}

// GetFile reads what is known of a file, with who viewed it when.
func (a *App) GetFile(ctx context.Context, p Principal, id uuid.UUID) (File, error) {
	var out File
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		row, err := q.FileGet(ctx, p.Org, id)
		if err != nil {
			return found(err, "file")
		}
		whole, err := maySeeFile(ctx, q, p, row)
		if err != nil {
			return err
		}
		views, err := viewsByFile(ctx, q, p, row.File)
		if out = file(row.File); whole {
			out.Views = views[id]
		} else {
			out.Views = ownViews(p, views[id])
		}
		return err
	})
	return out, err
}

// SystemAddress is a magic address: mail to it becomes a message of one stream.
type SystemAddress struct {
	ID         uuid.UUID `json:"id"`
	StreamID   uuid.UUID `json:"stream_id"`
	Direction  string    `json:"direction" doc:"to_client: the coach writes to it; to_coach: the client does"`
	Address    string    `json:"address"`
	CoachID    uuid.UUID `json:"coach_id"`
	CoachName  string    `json:"coach_name"`
	ClientID   uuid.UUID `json:"client_id"`
	ClientName string    `json:"client_name"`
	CreatedAt  time.Time `json:"created_at"`
}

// ListSystemAddresses lists the addresses in use: an admin's organization's, a
// coach's own.
func (a *App) ListSystemAddresses(ctx context.Context, p Principal, coach *uuid.UUID, paging Paging) (Page[SystemAddress], error) {
	after, most, err := paging.read()
	if err != nil {
		return Page[SystemAddress]{}, err
	}
	if !p.Admin() {
		if !p.Coach() || (coach != nil && *coach != p.Person) {
			return Page[SystemAddress]{}, adminOnly(p)
		}
		coach = &p.Person
	}
	var list []rows.SystemAddressListRow
	err = a.list(ctx, p, func(q *rows.Queries) (err error) {
		list, err = q.SystemAddressList(ctx, rows.SystemAddressListParams{OrgID: p.Org, After: after, Coach: coach, Most: most + 1})
		return wrap(err, "list system addresses")
	})
	return page(list, most, func(r rows.SystemAddressListRow) uuid.UUID { return r.ID }, func(r rows.SystemAddressListRow) SystemAddress {
		return SystemAddress{ID: r.ID, StreamID: r.StreamID, Direction: r.Direction, Address: r.LocalPart + "@" + a.Inbox.Domain,
			CoachID: r.CoachID, CoachName: r.CoachName, ClientID: r.ClientID, ClientName: r.ClientName, CreatedAt: r.CreatedAt}
	}), err
}

// systemAddressFor reads an address that the principal may see: an admin all, a
// coach their own.
func systemAddressFor(ctx context.Context, q *rows.Queries, p Principal, id uuid.UUID) (rows.SystemAddressGetRow, error) {
	row, err := q.SystemAddressGet(ctx, p.Org, id)
	if err != nil {
		return row, found(err, "system_address")
	}
	if !p.Admin() && row.CoachID != p.Person {
		return row, notFound("system_address")
	}
	return row, nil
}

// GetSystemAddress reads an address that is in use.
func (a *App) GetSystemAddress(ctx context.Context, p Principal, id uuid.UUID) (SystemAddress, error) {
	var out SystemAddress
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		row, err := systemAddressFor(ctx, q, p, id)
		if err == nil && row.RetiredAt != nil {
			err = notFound("system_address")
		}
		out = SystemAddress{ID: row.ID, StreamID: row.StreamID, Direction: row.Direction, Address: row.LocalPart + "@" + a.Inbox.Domain,
			CoachID: row.CoachID, CoachName: row.CoachName, ClientID: row.ClientID, ClientName: row.ClientName, CreatedAt: row.CreatedAt}
		return err
	})
	return out, err
}

// AddressesOfStream lists the addresses in use of a stream, for admins and its
// coach.
func (a *App) AddressesOfStream(ctx context.Context, p Principal, stream uuid.UUID) ([]SystemAddress, error) {
	var out []SystemAddress
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		s, err := mayWriteAbout(ctx, q, p, stream)
		if err != nil {
			return err
		}
		list, err := q.SystemAddressesOfStream(ctx, p.Org, stream)
		for _, row := range list {
			out = append(out, SystemAddress{ID: row.ID, StreamID: row.StreamID, Direction: row.Direction, Address: row.LocalPart + "@" + a.Inbox.Domain,
				CoachID: s.CoachID, CoachName: s.CoachName, ClientID: s.ClientID, ClientName: s.ClientName, CreatedAt: row.CreatedAt})
		}
		return wrap(err, "list addresses of stream")
	})
	return out, err
}

// RegenerateSystemAddress puts a new address in the place of one, which dies at
// once.
func (a *App) RegenerateSystemAddress(ctx context.Context, p Principal, id uuid.UUID) (SystemAddress, error) {
	var out SystemAddress
	at := now()
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		old, err := systemAddressFor(ctx, q, p, id)
		if err != nil {
			return err
		}
		retired, err := q.SystemAddressRetire(ctx, rows.SystemAddressRetireParams{OrgID: p.Org, ID: id, RetiredAt: &at})
		if err != nil {
			return wrap(err, "retire address")
		}
		if retired == 0 {
			return coaching.Problemf(coaching.Conflict, "system_address_retired", "This address was replaced already.")
		}
		if err := newAddresses(ctx, q, p.Org, old.StreamID); err != nil {
			return err
		}
		row, err := q.SystemAddressLive(ctx, rows.SystemAddressLiveParams{OrgID: p.Org, StreamID: old.StreamID, Direction: old.Direction})
		out = SystemAddress{ID: row.ID, StreamID: row.StreamID, Direction: row.Direction, Address: row.LocalPart + "@" + a.Inbox.Domain,
			CoachID: old.CoachID, ClientID: old.ClientID, CreatedAt: row.CreatedAt}
		return wrap(err, "read new address")
	})
	return out, err
}
