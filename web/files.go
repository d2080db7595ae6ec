package web

import (
	"github.com/gin-gonic/gin"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/parts"
	"coachflow/web/serve"
)

// The files of the library: what people have uploaded.

func (p *Pages) registerFiles(engine *gin.Engine) {
	p.get(engine, "/files", listFiles)
	p.postFiles(engine, "/files", uploadFiles)
	engine.GET("/files/:id/download", p.loggedIn(downloadFile)) // no HEAD: it counts a view
	p.get(engine, "/files/:id/image", showImage)
}

// filesLook is how files can be looked at.
var filesLook = listLook{Path: "/files", Search: "Search by name", Sorts: []option{newestFirst, byName}}

func listFiles(v *request) error { return v.showFiles(nil) }

func (v *request) showFiles(problem error) error {
	list, err := v.app().FindFiles(v.ctx, v.who, app.LibraryFilter{ListQuery: v.listQuery()})
	if told, is := coaching.AsProblem(err); is && told.Class == coaching.Forbidden {
		return serve.ErrMissing
	}
	if err != nil {
		return err
	}
	return v.show("Files", "files", problem, filesPage(lay(v, filesLook, list), v.who.Admin()))
}

// uploadFiles keeps what was uploaded without script. With it, each file goes to the API.
func uploadFiles(v *request) error {
	if v.refused != nil {
		return v.showFiles(v.refused)
	}
	if len(v.files) == 0 {
		return v.showFiles(wrong("files", "file_missing", "Choose a file first."))
	}
	return v.done("/files", parts.Count(len(v.files), "file is", "files are")+" uploaded.")
}

// uploadField is a field for files of a page.
func uploadField(name, label string) parts.UploadField {
	return parts.UploadField{Name: name, Label: label, Largest: coaching.LargestFile, URL: "/api/v1/files",
		Hint: "Several at once, each of at most 100 MB. You can also drop them here."}
}
