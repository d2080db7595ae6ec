package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/parts"
	"coachflow/web/serve"
)

// The files of an item: in its form, on the program's page, and their replacement.

// mostOffered is how many files of the library the form of an item offers.
const mostOffered = 100

// takeUploads chooses what was uploaded with the form of an item.
func (v *request) takeUploads() {
	for _, file := range v.files {
		v.form.Add("file_ids", file.ID.String())
	}
	if more := v.form.Get("file_more"); more != "" {
		v.form.Add("file_ids", more)
		v.form.Del("file_more")
	}
}

// chosenFiles are the ids of the files that are chosen in a form, each once.
func chosenFiles(chosen []string) []uuid.UUID {
	var ids []uuid.UUID
	for _, text := range chosen {
		if id := optionalID(text); id != nil && !slices.Contains(ids, *id) {
			ids = append(ids, *id)
		}
	}
	return ids
}

// offerFiles reads the names of the chosen files, and what else could be chosen.
func (v *request) offerFiles(form *itemForm) error {
	form.Upload = uploadField("files", "Files")
	form.Upload.Chosen, form.Upload.Fault = "file_ids", form.Faults["file_ids"]
	chosen := chosenFiles(form.Values["file_ids"])
	for _, id := range chosen {
		file, err := v.app().GetFile(v.ctx, v.who, id)
		if _, told := coaching.AsProblem(err); told {
			continue // it is none of theirs, and is refused when it is sent
		}
		if err != nil {
			return err
		}
		form.Upload.Files = append(form.Upload.Files, parts.ChosenFile{ID: id.String(), Name: file.Name, Size: serve.FileSize(file.Size)})
	}
	list, err := v.app().FindFiles(v.ctx, v.who, app.LibraryFilter{ListQuery: app.ListQuery{Limit: mostOffered}})
	if err != nil {
		return err
	}
	form.Library = []option{{Value: "", Label: "None"}}
	for _, file := range list.Items {
		if !slices.Contains(chosen, file.ID) {
			form.Library = append(form.Library, option{Value: file.ID.String(), Label: file.Name + " · " + serve.FileSize(file.Size)})
		}
	}
	return nil
}

// present are the files of an item in the versions of now.
func (i itemView) present() []app.ItemFile {
	return slices.DeleteFunc(slices.Clone(i.Files), func(f app.ItemFile) bool { return f.ReplacedAt != nil })
}

func (i itemView) canReplace() bool {
	return i.engagement.MayRun && !i.engagement.over() && !i.ended()
}

// fileWords say of a file of an item what is beside its name.
func fileWords(f app.ItemFile) string {
	words := []string{serve.FileKind(f.ContentType), serve.FileSize(f.Size)}
	if f.Version > 1 {
		words = append(words, "version "+strconv.Itoa(f.Version))
	}
	return strings.Join(words, " · ")
}

// openedWords say who has opened a file of an item.
func openedWords(f app.ItemFile, zone *time.Location) string {
	if len(f.Views) == 0 {
		return "Nobody has opened it yet."
	}
	return viewsOf(app.File{Views: f.Views}, zone)
}

// replacement is a file of an item that is to be replaced.
type replacement struct {
	Item   itemView
	File   app.ItemFile
	Upload parts.UploadField
}

func (r replacement) action() string {
	return r.Item.URL("files/" + r.File.FileID.String() + "/replace")
}

// told says who is told of a new version.
func (r replacement) told() string {
	n := 0
	for _, to := range r.Item.To {
		if to.AnsweredAt == nil && !strings.HasPrefix(to.Undelivered, "held ") {
			n++
		}
	}
	switch {
	case !r.Item.rules().HasFiles:
		return "Nobody is told by mail: those who attend find the new version on the page of the session, and in the next mail about it."
	case !r.Item.issued():
		return "The item did not go out yet, so nobody is told."
	case n == 0:
		return "Nobody who has got it still has to review it, so nobody is told."
	}
	return parts.Count(n, "recipient who has", "recipients who have") + " not reviewed it yet: the new version is told by mail at once. Those who have reviewed it are left alone."
}

func replaceFile(v *request) error {
	item, _, err := v.item()
	if err != nil {
		return err
	}
	id, err := v.id("file")
	if err != nil {
		return err
	}
	r := replacement{Item: item, Upload: parts.UploadField{Name: "file", Label: "The new version", Hint: "At most 100 MB.", Single: true}}
	at := slices.IndexFunc(item.present(), func(f app.ItemFile) bool { return f.FileID == id })
	if at < 0 {
		return serve.ErrMissing
	}
	r.File = item.present()[at]
	title := "Replace “" + r.File.Name + "”"
	if !v.posted() {
		return v.show(title, "engagements", nil, replaceFilePage(r))
	}
	if err = v.refused; err == nil && len(v.files) != 1 {
		err = wrong("file", "file_missing", "Choose the new version first.")
	}
	if err == nil {
		_, err = v.app().ReplaceItemFile(v.ctx, v.who, item.ID, id, v.files[0].ID)
	}
	if err != nil {
		r.Upload.Fault = faultsOf(err)["file"]
		return v.show(title, "engagements", err, replaceFilePage(r))
	}
	return v.done(item.anchor(), "“"+r.File.Name+"” has a new version.")
}
