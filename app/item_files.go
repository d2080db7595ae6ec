package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/program"
	"coachflow/workflows"
)

// ItemFile is a file of an item, in one of its versions.
type ItemFile struct {
	FileID      uuid.UUID  `json:"file_id"`
	Name        string     `json:"name"`
	ContentType string     `json:"content_type"`
	Size        int64      `json:"size" doc:"bytes"`
	Version     int        `json:"version" doc:"1, and one more each time that the file was replaced."`
	AddedAt     time.Time  `json:"added_at"`
	ReplacedAt  *time.Time `json:"replaced_at,omitempty" doc:"Absent for the version of now."`
	Views       []FileView `json:"views,omitempty" doc:"Who has opened it; a coachee gets their own views."`
}

// filesByItem are the files of items in all versions, the newest first, with who has
// opened them.
func filesByItem(ctx context.Context, q *rows.Queries, p Principal, items []uuid.UUID) (map[uuid.UUID][]ItemFile, error) {
	list, err := q.ItemFiles(ctx, p.Org, items)
	if err != nil || len(list) == 0 {
		return nil, wrap(err, "list files of items")
	}
	views, err := viewsByFile(ctx, q, p, fileIDs(list)...)
	out := map[uuid.UUID][]ItemFile{}
	for _, f := range list {
		out[f.ItemID] = append(out[f.ItemID], ItemFile{FileID: f.FileID, Name: f.Name, ContentType: f.ContentType, Size: f.Size,
			Version: int(f.Version), AddedAt: f.AddedAt, ReplacedAt: f.ReplacedAt, Views: views[f.FileID]})
	}
	return out, err
}

func fileIDs(list []rows.ItemFilesRow) []rows.File {
	files := make([]rows.File, len(list))
	for i, f := range list {
		files[i].ID = f.FileID
	}
	return files
}

// readFiles fills in the files of a program's items.
func (out *Program) readFiles(ctx context.Context, q *rows.Queries, p Principal) error {
	var items []uuid.UUID
	for _, item := range out.Items {
		if item.Kind.Rules().TakesFiles() {
			items = append(items, item.ID)
		}
	}
	if len(items) == 0 {
		return nil
	}
	files, err := filesByItem(ctx, q, p, items)
	for i := range out.Items {
		out.Items[i].Files = files[out.Items[i].ID]
	}
	return err
}

// reduceFiles leaves a recipient the files of now, of their views their own, and nothing
// of what was not sent yet.
func (i *Item) reduceFiles(p Principal) {
	if i.IssuedAt == nil {
		i.FileIDs, i.Files = nil, nil
		return
	}
	i.Files = ownFiles(p, i.Files)
}

func ownFiles(p Principal, list []ItemFile) []ItemFile {
	list = slices.DeleteFunc(slices.Clone(list), func(f ItemFile) bool { return f.ReplacedAt != nil })
	for n := range list {
		list[n].Views = ownViews(p, list[n].Views)
	}
	return list
}

func ownViews(p Principal, views []FileView) []FileView {
	return slices.DeleteFunc(slices.Clone(views), func(v FileView) bool { return v.PersonID != p.Person })
}

// uploadReader says whether somebody may see an uploaded file, and whether they see who else has
// opened it: admins, who has uploaded it, and who runs an engagement in which it is. A
// recipient sees what was sent to them.
func uploadReader(ctx context.Context, q *rows.Queries, p Principal, f rows.File) (sees, runs bool, err error) {
	if p.Admin() || f.UploadedBy == p.Person {
		return true, true, nil
	}
	r, err := q.FileReaders(ctx, rows.FileReadersParams{OrgID: p.Org, FileID: f.ID, PersonID: p.Person})
	return r.Runs || r.Reads, r.Runs, wrap(err, "read who sees a file")
}

// maySend refuses files that somebody may not send: beside those of their own, and for
// admins of all, these are the ones that the program has already.
func maySend(ctx context.Context, q *rows.Queries, p Principal, present []Item, wanted []coaching.EditItem) error {
	var known, ask []uuid.UUID
	for _, item := range present {
		known = append(known, item.FileIDs...)
	}
	for _, item := range wanted {
		for _, id := range item.Spec.FileIDs {
			if !slices.Contains(known, id) {
				ask = append(ask, id)
			}
		}
	}
	if len(ask) == 0 {
		return nil
	}
	own, err := q.FilesUploaded(ctx, rows.FilesUploadedParams{OrgID: p.Org, Ids: ask, Person: ownOnly(p)})
	if err != nil {
		return wrap(err, "look for files")
	}
	known = append(known, own...)
	for i, item := range wanted {
		if err := program.CheckFiles(item.Spec, known, fmt.Sprintf("items[%d]", i)); err != nil {
			return err
		}
	}
	return nil
}

// AddItemFiles adds uploaded files to a session: they go with its next invitation, and
// stand on the page of each attendee at once. Nobody is mailed for that.
func (a *App) AddItemFiles(ctx context.Context, p Principal, item uuid.UUID, files []uuid.UUID) (Item, error) {
	engagement, err := a.engagementOf(ctx, p, item)
	if err != nil {
		return Item{}, err
	}
	if len(files) == 0 {
		return Item{}, coaching.Problemf(coaching.Invalid, "item_files_missing", "Choose at least one file.").WithField("file_ids", "item_files_missing", "needed")
	}
	var started bool
	err = a.inOrg(ctx, p, func(q *rows.Queries) error {
		if err := mayEdit(ctx, q, p, engagement); err != nil {
			return err
		}
		own, err := q.FilesUploaded(ctx, rows.FilesUploadedParams{OrgID: p.Org, Ids: files, Person: ownOnly(p)})
		if err != nil {
			return wrap(err, "look for files")
		}
		for i, id := range files {
			if !slices.Contains(own, id) {
				return coaching.Problemf(coaching.Invalid, "file_not_found", "There is no such file among those that you can send. Upload it first.").
					WithField(fmt.Sprintf("file_ids[%d]", i), "file_not_found", "no such file")
			}
		}
		e, err := q.EngagementGet(ctx, p.Org, engagement)
		if err != nil {
			return wrap(err, "read engagement")
		}
		started = e.StartedAt != nil
		command := a.command(p, engagement, item)
		command.Key = files[0].String()
		return a.Programs.AddFiles(ctx, q, command, files)
	})
	if err != nil {
		return Item{}, err
	}
	if started {
		a.signalProgram(ctx, engagement, workflows.ReadAgainSignal, nil)
	}
	return a.GetItem(ctx, p, item)
}

// ReplaceItemFile puts a new version in the place of a file of an item. Who has got a mail
// about the item and has not completed it is told by mail. That is saved first and
// signalled to the program then; should the latter fail, the recovery sweep does it.
func (a *App) ReplaceItemFile(ctx context.Context, p Principal, item, old, replacement uuid.UUID) (Item, error) {
	engagement, err := a.engagementOf(ctx, p, item)
	if err != nil {
		return Item{}, err
	}
	var started bool
	err = a.inOrg(ctx, p, func(q *rows.Queries) error {
		if err := mayEdit(ctx, q, p, engagement); err != nil {
			return err
		}
		own, err := q.FilesUploaded(ctx, rows.FilesUploadedParams{OrgID: p.Org, Ids: []uuid.UUID{replacement}, Person: ownOnly(p)})
		if err != nil {
			return wrap(err, "look for file")
		}
		if len(own) == 0 {
			return coaching.Problemf(coaching.Invalid, "file_not_found", "There is no such file among those that you can send. Upload it first.").
				WithField("file_id", "file_not_found", "no such file")
		}
		e, err := q.EngagementGet(ctx, p.Org, engagement)
		if err != nil {
			return wrap(err, "read engagement")
		}
		started = e.StartedAt != nil
		return a.Programs.ReplaceFile(ctx, q, program.Replacement{CommandContext: a.command(p, engagement, item), Old: old, New: replacement})
	})
	if err != nil {
		return Item{}, err
	}
	if started {
		a.signalProgram(ctx, engagement, workflows.ReadAgainSignal, nil)
	}
	return a.GetItem(ctx, p, item)
}
